//! The help: every key of the table in force, the marks, how to search, the mouse, where files lie. Searchable.

use ratatui::layout::{Position, Rect};

use super::Scene;
use super::overlay::sheet_size;
use super::settings::filter::Filter;
use super::window::{Pointer, Step, Window};
use crate::config::Places;
use crate::config::keymap::{Action, Context, Key, Keymap, Row};
use crate::model::text::safe_line;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::hang;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::sheet::Sheet;

const MARKS: &[(&str, &str)] = &[
    ("…", "queued: will be sent"),
    ("»", "on its way to MightyCall"),
    ("✓", "sent: MightyCall took it"),
    ("✓✓", "delivered"),
    ("✗", "not sent, or not delivered"),
    ("?", "unconfirmed: may have gone out"),
    ("!", "a thread with something not sent or unconfirmed"),
    ("●", "connected; ○ is not, and words beside it say why"),
];

const SEARCH: &[(&str, &str)] = &[
    ("brakes friday", "messages that have both words, in any order; the last may be its beginning alone"),
    ("\"on my way\"", "these words, one after the other"),
    ("from:dana to:me", "who wrote it, and to whom: a name, or a part of a number"),
    ("in:workshop", "on which of our numbers"),
    ("before: after:", "a day, such as 2026-11-01 or yesterday"),
    ("is:unread is:failed", "only those; has:attachment: with something attached"),
];

const MOUSE: &[(&str, &str)] = &[
    ("click", "goes there; what a key is named for does as the key"),
    ("click twice", "opens"),
    ("click outside", "closes a window"),
    ("wheel", "scrolls what is under it"),
    ("drag between the panes", "makes the list wider; twice a click: as it was"),
    ("Shift", "held, lets the terminal select text (ui.mouse = false: always)"),
];

/// The window.
#[derive(Debug)]
pub(crate) struct Help {
    /// Where it was opened: those keys come first.
    from: Context,
    places: Option<Places>,
    demo: bool,
    filter: Filter,
    sheet: Sheet,
}

/// A part of the help.
struct Chapter {
    title: String,
    rows: Vec<(String, String)>,
}

impl Help {
    /// Opened from there.
    pub(crate) fn new(from: Context, places: Option<Places>, demo: bool) -> Self {
        Self { from, places, demo, filter: Filter::default(), sheet: Sheet::default() }
    }

    fn chapters(&self, keymap: &Keymap) -> Vec<Chapter> {
        let chain = self.from.chain();
        let contexts = chain.iter().chain(Context::ALL.iter().filter(|context| !chain.contains(context)));
        let mut out: Vec<Chapter> = contexts
            .map(|context| Chapter {
                title: context.title().to_owned(),
                rows: rows(&keymap.rows(*context).collect::<Vec<_>>()),
            })
            .collect();
        let told = |title: &str, rows: &[(&str, &str)]| Chapter {
            title: title.to_owned(),
            rows: rows.iter().map(|(what, words)| ((*what).to_owned(), (*words).to_owned())).collect(),
        };
        out.push(told("Marks", MARKS));
        out.push(told("Searching messages", SEARCH));
        out.push(told("Mouse", MOUSE));
        if let Some(places) = &self.places {
            let path = |path: std::path::PathBuf| safe_line(&path.display().to_string());
            out.push(Chapter {
                title: "Files".to_owned(),
                rows: vec![
                    ("settings".to_owned(), path(places.config_file())),
                    ("messages".to_owned(), path(places.cache_file())),
                    ("log".to_owned(), path(places.log_file())),
                ],
            });
        }
        if self.demo {
            let key = keymap.key_of(Action::Tour).map_or_else(String::new, |key| key.to_string());
            out.push(told("The demo", &[(key.as_str(), "begins the tour in five steps anew, or ends it")]));
        }
        out
    }

    fn lines(&self, keymap: &Keymap, width: u16) -> Vec<(String, Ink)> {
        let width = usize::from(width);
        let indent = (width / 3).clamp(8, 30);
        let mut out = Vec::new();
        for chapter in self.chapters(keymap) {
            let wanted = |(what, words): &&(String, String)| self.filter.matches(&[what, words, &chapter.title]);
            let rows: Vec<_> = chapter.rows.iter().filter(wanted).collect();
            if rows.is_empty() {
                continue;
            }
            if !out.is_empty() {
                out.push((String::new(), Ink::Plain));
            }
            out.push((chapter.title.clone(), Ink::Bold));
            for (what, words) in rows {
                out.extend(hang::rows(&format!("  {what}"), words, indent, width, Ink::Plain));
            }
        }
        if out.is_empty() {
            out.push(("Nothing in the help has these words".to_owned(), Ink::Dim));
        }
        out
    }

    /// The rows of the window's inside that text has, and its columns.
    fn room(&self, screen: Rect) -> (u16, usize) {
        let (columns, rows) = sheet_size(screen);
        let framed = columns >= 16 && rows >= 5;
        let (width, height) = if framed { (columns - 2, rows - 2) } else { (columns, rows) };
        let field = u16::from(self.filter.typing || !self.filter.text().is_empty());
        (width, height.saturating_sub(field + u16::from(height > 6)).into())
    }
}

/// Keys and words of each row; the nine numbers are one row.
fn rows(rows: &[&Row]) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    let is_number = |row: &&&Row| matches!(row.binding.action, Action::Number(_));
    let numbers: Vec<&&Row> = rows.iter().filter(is_number).collect();
    for row in rows {
        let words = row.binding.words.to_owned();
        match row.binding.action {
            Action::Number(_) if row.binding.action == numbers[0].binding.action => {
                let last = numbers[numbers.len() - 1];
                let more = if numbers.len() > 1 { format!(" … {}", last.keys[0]) } else { String::new() };
                out.push((format!("{}{more}", row.keys[0]), words));
            }
            Action::Number(_) => {}
            _ => out.push((row.keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" "), words)),
        }
    }
    out
}

impl Window for Help {
    fn kind(&self) -> &'static str {
        "help"
    }

    fn context(&self) -> Context {
        if self.filter.typing { Context::Form } else { Context::List }
    }

    fn offers(&self, action: Action, _: Scene<'_>) -> bool {
        // here it only closes the window
        action != Action::Open
    }

    fn act(&mut self, action: Action, scene: Scene<'_>) -> Option<Vec<Step>> {
        let (width, height) = self.room(scene.screen);
        let scrolls = match action {
            Action::CursorDown => Action::Down,
            Action::CursorUp => Action::Up,
            other => other,
        };
        let rows = self.lines(scene.keymap, width).len();
        if self.sheet.scroll(scrolls, rows, height) {
            return Some(Vec::new());
        }
        match action {
            Action::SearchHere | Action::Accept => drop(self.filter.act(action, 1)),
            Action::Back if self.filter.typing || !self.filter.text().is_empty() => {
                self.filter.act(action, 1);
                self.sheet = Sheet::default();
            }
            // the same key again closes a window
            Action::Back | Action::BackOrQuit | Action::Open | Action::Help => return Some(vec![Step::Close]),
            _ if self.filter.typing && self.filter.act(action, 1) => self.sheet = Sheet::default(),
            _ => return None,
        }
        Some(Vec::new())
    }

    fn insert(&mut self, text: &str, _scene: Scene<'_>) -> Vec<Step> {
        self.filter.insert(text);
        self.sheet = Sheet::default();
        Vec::new()
    }

    fn mouse(&mut self, pointer: Pointer, _screen: Rect, scene: Scene<'_>) -> Vec<Step> {
        if let Pointer::Wheel { down, .. } = pointer {
            for _ in 0..3 {
                self.act(if down { Action::Down } else { Action::Up }, scene);
            }
        }
        Vec::new()
    }

    fn draw(&self, canvas: &mut Canvas<'_>, screen: Rect, scene: Scene<'_>) -> Option<Position> {
        let (columns, rows) = sheet_size(screen);
        let area = paint::window(canvas, screen, columns, rows, "Help");
        let lines = self.lines(scene.keymap, area.width);
        let found = lines.iter().filter(|(text, ink)| *ink == Ink::Plain && !text.is_empty()).count();
        let (mut body, cursor) = self.filter.draw(canvas, area, scene, found);
        if area.height > 6 {
            body.height -= 1;
            let key = |action| scene.key(Context::List, action);
            let keys = format!("{} search   {} closes", key(Action::SearchHere), key(Action::Back));
            paint::put(canvas, Rect { y: body.bottom(), height: 1, ..body }, 0, &keys, Ink::Dim);
        }
        self.sheet.draw(canvas, body, &lines);
        cursor
    }
}
