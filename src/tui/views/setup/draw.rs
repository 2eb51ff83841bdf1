//! How the pages of the set-up look.

use ratatui::layout::{Position, Rect};
use unicode_width::UnicodeWidthStr;

use super::{CHOICES, Choice, Page, Setup};
use crate::config::keymap::{Action, Context};
use crate::model::text::{safe_line, safe_text};
use crate::tui::views::Scene;
use crate::tui::views::progress::{bar, messages};
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::hang;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::sheet;

/// Paints below each other, row by row.
struct Pen<'a, 'b> {
    canvas: &'a mut Canvas<'b>,
    area: Rect,
    row: u16,
}

impl Pen<'_, '_> {
    fn text(&mut self, text: &str, ink: Ink) {
        self.rows(0, 0, text, ink);
    }

    /// A text that is indented and leaves so many rows free below it; what does not fit is cut with a mark.
    fn rows(&mut self, indent: u16, kept: u16, text: &str, ink: Ink) {
        let indent = indent.min(self.area.width);
        let width = self.area.width - indent;
        let lines = sheet::wrapped([(&*safe_text(text), ink)], width);
        let height = self.left().saturating_sub(kept);
        let area = Rect { x: self.area.x + indent, y: self.area.y + self.row, width, height };
        self.row += sheet::fill(self.canvas, area, &lines);
    }

    /// The first of these that fits, else the last: what matters less goes first on small screens.
    fn longest(&mut self, texts: &[&str], ink: Ink) {
        let fits = |text: &&&str| sheet::wrapped([(**text, ink)], self.area.width).len() <= usize::from(self.left());
        if let Some(text) = texts.iter().find(fits).or(texts.last()) {
            self.text(text, ink);
        }
    }

    fn gap(&mut self) {
        // small screens have no rows to spare
        self.row += u16::from(self.area.height > 14);
    }

    /// Rows that are left.
    fn left(&self) -> u16 {
        self.area.height.saturating_sub(self.row)
    }
}

/// Paints the window; gives back where the cursor is.
pub(super) fn draw(setup: &Setup, canvas: &mut Canvas<'_>, screen: Rect, scene: Scene<'_>) -> Option<Position> {
    let (place, what) = match setup.page {
        Page::Where => (1, "Welcome"),
        Page::Keys => (2, "Keys"),
        Page::Numbers => (3, "Numbers"),
        Page::Fetch => (4, "First messages"),
        Page::Done => (5, "Ready"),
    };
    let title = format!("Set-up {place} of 5: {what}");
    let rows = if screen.height < 30 { screen.height } else { 26 };
    let area = paint::window(canvas, screen, 84, rows, &title);
    let mut pen = Pen { canvas, area, row: 0 };
    let told = match (&setup.busy, &setup.refused) {
        (Some(busy), _) => Some(((*busy).to_owned(), Ink::Accent)),
        (None, Some(why)) => Some((format!("✗ {why}"), Ink::Bad)),
        _ => None,
    };
    // a small screen may cut the end of a page, and this must be read
    let first = area.height <= 14;
    if let Some((text, ink)) = told.as_ref().filter(|_| first) {
        pen.text(text, *ink);
    }
    let cursor = match setup.page {
        Page::Where => choices(setup, &mut pen, scene),
        Page::Keys => keys(setup, &mut pen, scene),
        Page::Numbers => numbers(setup, &mut pen, scene),
        Page::Fetch => fetch(setup, &mut pen, scene),
        Page::Done => done(setup, &mut pen, scene),
    };
    if let Some((text, ink)) = told.filter(|_| !first) {
        pen.gap();
        pen.text(&text, ink);
    }
    cursor
}

fn choices(setup: &Setup, pen: &mut Pen<'_, '_>, scene: Scene<'_>) -> Option<Position> {
    let rows = u16::try_from(CHOICES.len()).unwrap_or(u16::MAX);
    if pen.left() > rows + 2 {
        pen.text("Welcome to mctui: read and answer your customers' SMS here.", Ink::Bold);
    }
    if pen.area.height > 10 {
        pen.text(
            "It works with the business numbers of a MightyCall account. You need the account's keys, and a few minutes.",
            Ink::Plain,
        );
    }
    pen.gap();
    let mut cursor = None;
    for (at, choice) in CHOICES.into_iter().enumerate() {
        let text = match choice {
            Choice::Begin => "Set up my account".to_owned(),
            Choice::Demo if pen.area.width < 70 => "Look around first: the demo".to_owned(),
            Choice::Demo => "Look around first: the demo, with a made-up business (mctui demo)".to_owned(),
            Choice::Address => "Service address ".to_owned(),
            Choice::Settings => "Not now: to the settings".to_owned(),
        };
        let mark = if at == setup.at { "▌" } else { " " };
        let column = paint::put(pen.canvas, pen.area, pen.row, &format!("{mark} {text}"), Ink::Plain);
        if choice == Choice::Address {
            let x = pen.area.x + column.min(pen.area.width);
            let inside = Rect { x, width: pen.area.width.saturating_sub(column), ..pen.area };
            if setup.typing {
                cursor = setup.address.draw(pen.canvas, inside, pen.row, false);
            } else {
                setup.address.rest(pen.canvas, inside, pen.row, false);
            }
        }
        if at == setup.at && !setup.typing {
            paint::tint(pen.canvas, pen.area, pen.row, Ink::Selected);
        }
        pen.row += 1;
    }
    pen.gap();
    let key = |action| scene.key(Context::List, action);
    if setup.typing {
        pen.text(&format!("{} takes the address", scene.key(Context::Form, Action::Accept)), Ink::Dim);
        return cursor;
    }
    let choose = format!("{} and {} choose, {} goes on", key(Action::Up), key(Action::Down), key(Action::Open));
    pen.longest(&[&format!("{choose}, {} leaves to the settings", key(Action::Back)), &choose], Ink::Dim);
    cursor
}

fn keys(setup: &Setup, pen: &mut Pen<'_, '_>, scene: Scene<'_>) -> Option<Position> {
    if pen.area.height > 12 {
        pen.text(
            "MightyCall shows the keys to an administrator, on the page of its web panel where API access is set up; its \
             support switches that on where it is missing. What you type is hidden and stays on this machine.",
            Ink::Plain,
        );
        pen.gap();
    }
    let roomy = pen.left() >= 14;
    let indent = 14.min(pen.area.width / 3);
    let mut cursor = None;
    let slots = u16::try_from(setup.keys.slots().count()).unwrap_or(u16::MAX);
    for (at, (slot, current)) in (1u16..).zip(setup.keys.slots()) {
        let ink = if current { Ink::Bold } else { Ink::Plain };
        paint::put(pen.canvas, pen.area, pen.row, slot.title(), ink);
        let inside = Rect { x: pen.area.x + indent, width: pen.area.width - indent, ..pen.area };
        if let Some(field) = setup.keys.field(slot) {
            let masked = slot.is_secret() && !setup.keys.shown;
            if current {
                cursor = field.draw(pen.canvas, inside, pen.row, masked);
            } else {
                field.rest(pen.canvas, inside, pen.row, masked);
            }
        } else {
            let on = setup.keys.keyring == Some(true);
            let text = if on { "the system's keyring" } else { "the settings file, for your eyes alone" };
            paint::put(pen.canvas, inside, pen.row, text, ink);
        }
        pen.row += 1;
        if roomy || current {
            // the fields below stay in view
            pen.rows(indent, slots - at, slot.hint(), Ink::Dim);
        }
    }
    pen.gap();
    let key = |context, action| scene.key(context, action);
    let next =
        format!("{} goes on   {} next field", key(Context::Form, Action::Accept), key(Context::Form, Action::NextPane));
    let all = format!(
        "{next}   {} back   {} shows keys   {} leaves to the settings",
        key(Context::Form, Action::PreviousPane),
        key(Context::Form, Action::ShowKeys),
        key(Context::Form, Action::Back),
    );
    pen.longest(&[&all, &next], Ink::Dim);
    cursor
}

fn numbers(setup: &Setup, pen: &mut Pen<'_, '_>, scene: Scene<'_>) -> Option<Position> {
    pen.text("MightyCall has these numbers for you. Which do you want to work with here?", Ink::Plain);
    pen.gap();
    let mut cursor = None;
    let room = usize::from(pen.left().saturating_sub(4).max(1));
    let first = (setup.at + 1).saturating_sub(room);
    for (at, row) in setup.rows.iter().enumerate().skip(first).take(room) {
        let mark = if row.picked { "[x]" } else { "[ ]" };
        let head = format!("{mark} {:<17} ", safe_line(&row.number.address.display()));
        let column = paint::put(pen.canvas, pen.area, pen.row, &head, Ink::Plain);
        let x = pen.area.x + column.min(pen.area.width);
        let inside = Rect { x, width: pen.area.width.saturating_sub(column), ..pen.area };
        let here = at == setup.at;
        if here && setup.typing {
            cursor = row.label.draw(pen.canvas, inside, pen.row, false);
        } else {
            row.label.rest(pen.canvas, inside, pen.row, false);
        }
        let note = match (at == setup.default && row.picked, row.known, row.number.enabled) {
            (true, ..) => "default",
            (_, true, _) => "there already",
            (.., false) => "switched off at MightyCall",
            _ => "",
        };
        let room = usize::from(inside.width).saturating_sub(row.label.text().width() + 1);
        if !(here && setup.typing) && note.len() <= room {
            paint::put_right(pen.canvas, pen.area, pen.row, note, Ink::Dim);
        }
        if here && !setup.typing {
            paint::tint(pen.canvas, pen.area, pen.row, Ink::Selected);
        }
        pen.row += 1;
    }
    pen.gap();
    let key = |action| scene.key(Context::Guide, action);
    let text = if setup.typing {
        format!("{} takes the label", scene.key(Context::Form, Action::Accept))
    } else {
        format!(
            "{} picks or leaves   {} label   {} default   {} goes on   {} back   {} leaves",
            key(Action::Toggle),
            key(Action::EditLabel),
            key(Action::SetDefault),
            key(Action::Open),
            key(Action::PreviousPane),
            key(Action::Back),
        )
    };
    pen.text(&text, Ink::Dim);
    cursor
}

fn fetch(setup: &Setup, pen: &mut Pen<'_, '_>, scene: Scene<'_>) -> Option<Position> {
    let key = |action| scene.key(Context::Work, action);
    let Some(running) = scene.engine.running() else {
        let text = match scene.engine.stopped {
            Some(new) => {
                format!("Stopped after {}. {} goes on where it stopped.", messages(new), key(Action::Open))
            }
            None if setup.refused.is_some() => format!(
                "It did not work. {} tries again, {} goes back to the keys.",
                key(Action::SyncNow),
                key(Action::PreviousPane)
            ),
            None => "The newest messages of each number come now…".to_owned(),
        };
        pen.text(&text, Ink::Plain);
        return None;
    };
    pen.text("The newest messages of each number come now. Older ones can be fetched at any time.", Ink::Plain);
    pen.gap();
    if let Some(part) = running.part() {
        let columns = pen.area.width.saturating_sub(2).min(60);
        pen.text(&bar(part, columns), Ink::Accent);
    }
    for (label, text) in running.facts(scene.numbers, scene.now) {
        let rows = hang::rows(label, &text, 11, pen.area.width.into(), Ink::Plain);
        let left = Rect { y: pen.area.y + pen.row, height: pen.left(), ..pen.area };
        pen.row += sheet::fill(pen.canvas, left, &rows);
    }
    pen.gap();
    let text = format!(
        "{} goes to the messages while the rest comes   {} stops it (what has come stays)",
        key(Action::Open),
        key(Action::CancelWork)
    );
    pen.text(&text, Ink::Dim);
    None
}

fn done(setup: &Setup, pen: &mut Pen<'_, '_>, scene: Scene<'_>) -> Option<Position> {
    let here = match setup.came {
        0 => "Everything is ready.".to_owned(),
        came => format!("Everything is ready: {} came.", messages(came)),
    };
    pen.text(&format!("✓ {here}"), Ink::Good);
    pen.gap();
    let key = |context, action| scene.key(context, action);
    let rows = [
        (key(Context::Threads, Action::Open), "opens a conversation and writes an answer"),
        (key(Context::Everywhere, Action::NewMessage), "writes to somebody new"),
        (key(Context::Everywhere, Action::Settings), "the settings: more numbers, preferences, keys"),
        (key(Context::Everywhere, Action::Help), "every key there is"),
    ];
    for (key, words) in rows {
        pen.text(&format!("{key:<8} {words}"), Ink::Plain);
    }
    pen.gap();
    pen.text(&format!("{} begins", key(Context::List, Action::Open)), Ink::Dim);
    None
}
