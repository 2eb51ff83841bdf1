//! The window's looks.

use ratatui::layout::{Position, Rect};
use unicode_width::UnicodeWidthStr;

use super::{NewMessage, On};
use crate::config::keymap::{Action, Context};
use crate::model::Contact;
use crate::model::text::safe_line;
use crate::tui::views::Scene;
use crate::tui::views::composer::warned;
use crate::tui::views::confirm;
use crate::tui::views::filling::filled;
use crate::tui::views::pad::cost::Cost;
use crate::tui::views::window::Step;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::{sheet, wrap};

/// Columns of the labels.
const LABEL: u16 = 6;

/// What is where, inside of the window.
struct Parts {
    /// Those chosen, a row a piece.
    people: Vec<String>,
    to: Rect,
    from: Rect,
    /// A problem, or what the keys do.
    said: Rect,
    /// The list, or the text.
    rest: Rect,
}

fn size(screen: Rect) -> (u16, u16) {
    (screen.width.min(72), screen.height.min(18))
}

impl NewMessage {
    fn parts(&self, area: Rect, said: usize) -> Parts {
        let most = if area.height < 12 { 1 } else { 3 };
        let people = self.people_rows(area.width.saturating_sub(LABEL).into(), most);
        let mut rest = area;
        let mut take = |rows: usize| {
            let height = u16::try_from(rows).unwrap_or(u16::MAX).min(rest.height);
            let taken = Rect { height, ..rest };
            rest = Rect { y: rest.y + height, height: rest.height - height, ..rest };
            taken
        };
        let to = take(people.len() + usize::from(people.is_empty() || self.on == On::To));
        let from = take(1);
        let said = take(said.min(usize::from(area.height) / 3));
        Parts { people, to, from, said, rest }
    }

    /// The names in rows; where not all fit, how many there are and the last ones.
    fn people_rows(&self, width: usize, most: usize) -> Vec<String> {
        if self.people.is_empty() {
            return Vec::new();
        }
        let names: Vec<String> = self.people.iter().map(|contact| safe_line(&contact.title())).collect();
        let rows = wrap::text(&names.join(", "), width);
        if rows.len() <= most {
            return rows;
        }
        let head = format!("{} people: …", names.len());
        let mut room = (width * most).saturating_sub(head.width() + most * 4);
        let fits = |name: &&String| {
            let columns = name.width() + 2;
            let fits = columns <= room;
            room = room.saturating_sub(columns);
            fits
        };
        let last: Vec<&String> = names.iter().rev().take_while(fits).collect();
        let last = last.into_iter().rev().fold(String::new(), |all, name| all + ", " + name);
        let mut rows = wrap::text(&format!("{head}{last}"), width);
        rows.truncate(most);
        rows
    }

    fn area(screen: Rect) -> Rect {
        let (columns, rows) = size(screen);
        paint::inside_of_window(screen, columns, rows)
    }

    pub(super) fn click(&mut self, screen: Rect, at: Position, scene: Scene<'_>) -> Vec<Step> {
        let area = Self::area(screen);
        let said = self.said(scene, area.width).len();
        let parts = self.parts(area, said);
        if parts.to.contains(at) {
            self.on = On::To;
        } else if parts.from.contains(at) {
            self.on = On::From;
        } else if parts.rest.contains(at) && self.on == On::Text {
            let text = text_area(parts.rest);
            if text.contains(at) {
                self.text.click(at.y - text.y, at.x - text.x);
            }
        } else if parts.rest.contains(at) {
            let first = (self.offers.at() + 1).saturating_sub(parts.rest.height.into());
            let row = first + usize::from(at.y - parts.rest.y);
            if row == self.offers.at() && self.on == On::To {
                return self.accept(scene.numbers);
            }
            if row < self.offers.all().len() {
                self.offers.go(row);
            }
            self.on = On::To;
        }
        Vec::new()
    }

    /// What speaks against texting from the number it is to go from, and what the keys do.
    fn said(&self, scene: Scene<'_>, width: u16) -> Vec<(String, Ink)> {
        let from = self.sender(scene.numbers).filter(|_| self.problem.is_none());
        let warning = from.and_then(|from| scene.numbers.texting_warning(&from)).map(warned);
        let warning = warning.as_deref().map(|warning| (warning, Ink::Warn));
        let mut rows = sheet::wrapped(warning, width);
        rows.extend(self.hint(scene, width));
        rows
    }

    fn hint(&self, scene: Scene<'_>, width: u16) -> Vec<(String, Ink)> {
        let key = |context, action| scene.key(context, action);
        let line = if let Some(problem) = &self.problem {
            (safe_line(problem), Ink::Bad)
        } else if scene.screen.height < 12 {
            // the last line of the screen has to do
            return Vec::new();
        } else if self.keeping.is_reading() {
            // for a moment: what the keys do may be another thing then
            return vec![(String::new(), Ink::Dim)];
        } else if self.keeping.came_back() {
            let afresh = key(Context::Form, Action::StartAfresh);
            (format!("This one is not sent yet, and is as you left it; {afresh} begins another"), Ink::Accent)
        } else {
            let enter = key(Context::Form, Action::Accept);
            let tab = key(Context::Form, Action::NextPane);
            let hint = match (self.on, self.people.len()) {
                (On::To, 0) => format!("{enter} opens the conversation; a comma adds more people"),
                (On::To, _) => format!("{enter} adds, or goes on where nothing is typed; {tab} next field"),
                (On::From, _) => format!("arrows choose; {tab} next field"),
                (On::Text, _) => {
                    format!("{enter} asks, then sends; {{first_name}} is each one's own")
                }
            };
            (hint, Ink::Dim)
        };
        sheet::wrapped([(line.0.as_str(), line.1)], width)
    }

    pub(super) fn paint(&self, canvas: &mut Canvas<'_>, screen: Rect, scene: Scene<'_>) -> Option<Position> {
        let (columns, rows) = size(screen);
        let title = if self.keeping.came_back() { "New message, as you left it" } else { "New message" };
        let area = paint::window(canvas, screen, columns, rows, title);
        let said = self.said(scene, area.width);
        let parts = self.parts(area, said.len());
        let ink = |on: On| if self.on == on { Ink::Bold } else { Ink::Dim };
        let beside =
            |row: Rect| Rect { x: row.x + LABEL.min(row.width), width: row.width.saturating_sub(LABEL), ..row };
        paint::put(canvas, parts.to, 0, "To", ink(On::To));
        for (row, names) in (0..).zip(&parts.people) {
            paint::put(canvas, beside(parts.to), row, names, Ink::Accent);
        }
        let field = u16::try_from(parts.people.len()).unwrap_or(u16::MAX);
        let in_to = self.to.draw(canvas, beside(parts.to), field, false);
        let from = self.sender(scene.numbers);
        let from = from.map_or_else(|| "no number".to_owned(), |from| scene.numbers.title(&from));
        paint::put(canvas, parts.from, 0, "From", ink(On::From));
        let from_ink = if self.on == On::From { Ink::Selected } else { Ink::Plain };
        paint::put(canvas, beside(parts.from), 0, &from, from_ink);
        sheet::fill(canvas, parts.said, &said);
        if let Some(question) = &self.question {
            // what is about to be sent stays in view
            self.paint_text(canvas, parts.rest, area, scene);
            confirm::ask(canvas, screen, &question.words, scene);
            return None;
        }
        match self.on {
            On::Text => self.paint_text(canvas, parts.rest, area, scene),
            _ if self.people.len() > 1
                && self.to.text().is_empty()
                && !self.offers.was_travelled()
                && self.on == On::From =>
            {
                self.paint_text(canvas, parts.rest, area, scene);
                None
            }
            on => {
                self.paint_offers(canvas, parts.rest);
                in_to.filter(|_| on == On::To)
            }
        }
    }

    fn paint_offers(&self, canvas: &mut Canvas<'_>, list: Rect) {
        // a problem says more
        if self.problem.is_none() && self.offers.all().is_empty() && !self.to.text().trim().is_empty() {
            paint::put(canvas, list, 0, "No contact like that; a number needs ten digits, or + before it", Ink::Dim);
        }
        let first = (self.offers.at() + 1).saturating_sub(list.height.into());
        for (row, (at, contact)) in (0..list.height).zip(self.offers.all().iter().enumerate().skip(first)) {
            let number = safe_line(&contact.address.display());
            let (name, number) = match &contact.name {
                Some(name) => (safe_line(name), number),
                None => (number, String::new()),
            };
            let chosen = at == self.offers.at() && self.on == On::To;
            let (left, right) = if chosen { (Ink::Selected, Ink::Selected) } else { (Ink::Plain, Ink::Dim) };
            if chosen {
                paint::tint(canvas, list, row, Ink::Selected);
            }
            paint::put_both(canvas, list, row, (&format!(" {name}"), left), (&number, right));
        }
    }

    fn paint_text(&self, canvas: &mut Canvas<'_>, area: Rect, body: Rect, scene: Scene<'_>) -> Option<Position> {
        let text = text_area(area);
        let mut pad = self.text.clone();
        pad.resize(text.width.into(), text.height.into());
        let cursor = pad.draw(canvas, text);
        if area.height > text.height {
            // what the first of them will read
            let first: Option<&Contact> = self.people.iter().next();
            let from = self.sender(scene.numbers);
            let filled = filled(self.text.text(), first, from.as_ref(), scene).text;
            let key = scene.key(Context::Writing, Action::ReplaceLookalikes);
            let room = usize::from(area.width);
            let words = if filled.is_empty() { String::new() } else { Cost::of(&filled).words(room, &key) };
            paint::put_right(canvas, area, area.height - 1, &words, Ink::Dim);
        }
        self.text.draw_offers(canvas, body, Rect { height: 1, ..text });
        cursor
    }
}

/// The text, over the meter.
fn text_area(rest: Rect) -> Rect {
    Rect { height: rest.height.saturating_sub(u16::from(rest.height > 1)), ..rest }
}
