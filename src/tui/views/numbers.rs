//! Our numbers: which one is shown, and the window that switches.

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::Scene;
use crate::config::keymap::{Action, Context};
use crate::model::text::safe_line;
use crate::model::{Address, BusinessNumber, NumberTraits};
use crate::tui::message::{NumberRow, Summary};
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};

/// Our numbers with what waits on each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Numbers {
    rows: Vec<NumberRow>,
    /// The one that is shown alone; all where none is.
    pub(crate) current: Option<Address>,
    /// The row of the window that is selected; 0 is "all".
    at: usize,
    /// Messages queued or on their way.
    pub(crate) waiting: u32,
}

/// What to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// All numbers.
    All,
    /// One alone.
    One(Address),
}

impl Choice {
    /// The one number; `None` for all.
    pub(crate) fn number(self) -> Option<Address> {
        match self {
            Self::All => None,
            Self::One(number) => Some(number),
        }
    }
}

impl Numbers {
    /// Takes new counts. `true` where the shown number is no longer one of ours, so that all are shown now.
    pub(crate) fn take(&mut self, summary: Summary) -> bool {
        self.rows = summary.numbers;
        self.waiting = summary.waiting;
        self.at = self.at.min(self.rows.len());
        let gone = self.current.as_ref().is_some_and(|current| self.get(current).is_none());
        if gone {
            self.current = None;
        }
        gone
    }

    /// One of our numbers.
    pub(crate) fn get(&self, address: &Address) -> Option<&NumberRow> {
        self.rows.iter().find(|row| &row.number.address == address)
    }

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &BusinessNumber> {
        self.rows.iter().map(|row| &row.number)
    }

    /// The n-th, from 1.
    pub(crate) fn nth(&self, n: u8) -> Option<Address> {
        self.rows.get(usize::from(n).checked_sub(1)?).map(|row| row.number.address.clone())
    }

    /// The number to send from where a person does not say: the shown one, the default, the first.
    pub(crate) fn sender(&self) -> Option<&BusinessNumber> {
        let shown = self.current.as_ref().and_then(|current| self.get(current));
        let default = || self.rows.iter().find(|row| row.number.is_default);
        shown.or_else(default).or(self.rows.first()).map(|row| &row.number)
    }

    /// Label and number: `Main Phone (202) 555-0101`.
    pub(crate) fn title(&self, address: &Address) -> String {
        match self.get(address).and_then(|row| row.number.label.as_deref()) {
            Some(label) => format!("{} {}", safe_line(label), safe_line(&address.display())),
            None => safe_line(&address.display()),
        }
    }

    /// The label, or the number where it has none.
    pub(crate) fn name(&self, address: &Address) -> String {
        self.get(address).map_or_else(|| safe_line(&address.display()), |row| safe_line(&row.number.name()))
    }

    /// Why texts from this number probably do not go out; `None` where nothing speaks against it.
    pub(crate) fn texting_warning(&self, address: &Address) -> Option<&'static str> {
        self.get(address)?.traits.texting_warning()
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether there is more than one of them.
    pub(crate) fn are_several(&self) -> bool {
        self.rows.len() > 1
    }

    /// Unread messages of the shown number, and of all.
    pub(crate) fn unread(&self) -> (u32, u32) {
        let all = self.rows.iter().map(|row| row.unread).sum();
        let shown = self.current.as_ref().and_then(|current| self.get(current)).map_or(all, |row| row.unread);
        (shown, all)
    }

    /// The window opens on the shown number.
    pub(crate) fn begin(&mut self) {
        let shown = self.rows.iter().position(|row| Some(&row.number.address) == self.current.as_ref());
        self.at = shown.map_or(0, |at| at + 1);
    }

    /// The number that is selected in the window; `None` on "all".
    pub(crate) fn selected(&self) -> Option<&Address> {
        self.at.checked_sub(1).and_then(|at| self.rows.get(at)).map(|row| &row.number.address)
    }

    /// Unread messages, less those of threads and numbers that are muted.
    pub(crate) fn loud(&self, muted: &[Address]) -> u32 {
        let heard = self.rows.iter().filter(|row| !muted.contains(&row.number.address));
        heard.map(|row| row.unread.saturating_sub(row.muted)).sum()
    }

    /// Moves in the window. Gives back what is chosen.
    pub(crate) fn update(&mut self, action: Action) -> Option<Choice> {
        match action {
            Action::Down => self.at = (self.at + 1).min(self.rows.len()),
            Action::Up => self.at = self.at.saturating_sub(1),
            Action::Top | Action::PageUp => self.at = 0,
            Action::Bottom | Action::PageDown => self.at = self.rows.len(),
            Action::Open => {
                let row = self.at.checked_sub(1).and_then(|at| self.rows.get(at));
                return Some(row.map_or(Choice::All, |row| Choice::One(row.number.address.clone())));
            }
            _ => {}
        }
        None
    }

    /// Paints the window.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, screen: Rect, scene: Scene<'_>) {
        let rows = u16::try_from((self.rows.len() + 3).max(5)).unwrap_or(u16::MAX);
        let columns = if self.rows.iter().all(|row| row.traits.words().is_empty()) { 60 } else { 96 };
        let area = paint::window(canvas, screen, columns, rows, "Switch number");
        let first = (self.at + 1).saturating_sub(area.height.into());
        for (line, at) in (0..area.height).zip(first..=self.rows.len()) {
            let name = match at.checked_sub(1).map(|at| &self.rows[at].number) {
                None => "All numbers".to_owned(),
                Some(number) => {
                    let default = if number.is_default { "  (default)" } else { "" };
                    format!("{}{default}", self.title(&number.address))
                }
            };
            let shown = at.checked_sub(1).map(|at| &self.rows[at].number.address) == self.current.as_ref();
            let action = u8::try_from(at).ok().filter(|&n| n > 0).map_or(Action::AllNumbers, Action::Number);
            let unread = if at == 0 { self.unread().1 } else { self.rows[at - 1].unread };
            let unread = if unread == 0 { String::new() } else { format!("{unread} unread") };
            let row = at.checked_sub(1).map(|at| &self.rows[at].number.address);
            let is_muted = row.is_some_and(|number| scene.preferences.notify.muted.contains(number));
            let unread = if is_muted { format!("muted  {unread}") } else { unread };
            let key = scene.key(Context::Everywhere, action);
            let ink = if shown { Ink::Bold } else { Ink::Plain };
            let mark = if shown && !scene.plain { "▌" } else { " " };
            let name = if shown && scene.plain { format!("{name}, shown now") } else { name };
            let name = format!("{mark}{key:<6} {name}");
            let room = usize::from(area.width).saturating_sub(name.width() + unread.width() + 2);
            let traits = at.checked_sub(1).map_or_else(String::new, |at| in_short(&self.rows[at].traits, room));
            let beside = [traits, unread].into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join("  ");
            paint::put_both(canvas, area, line, (&name, ink), (&beside, ink));
            if at == self.at {
                paint::tint(canvas, area, line, Ink::Selected);
            }
        }
    }
}

/// What a number can do, in so many columns; where they are too few, only that something speaks against texting.
fn in_short(traits: &NumberTraits, room: usize) -> String {
    let whole = traits.words().join(", ");
    if whole.width() <= room {
        return whole;
    }
    if traits.texting_warning().is_some() { "! texting".to_owned() } else { String::new() }
}
