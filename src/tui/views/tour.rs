//! The demo's tour: five things to do, each named with the key that is really bound, each done by doing it.

use ratatui::layout::Rect;

use unicode_width::UnicodeWidthStr;

use crate::config::keymap::{Action, Context, Keymap};
use crate::tui::message::Effect;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::wrap;

/// What there is to do.
const STEPS: usize = 5;
/// Of so many rows of the screen it may have one.
const ROWS_TO_ONE: u16 = 10;
/// Columns before it.
const MARGIN: u16 = 1;

/// How far somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Tour {
    step: usize,
}

/// What the person has done, as far as the tour looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen<'a> {
    /// The conversation or the compose box has the keys.
    pub(crate) in_conversation: bool,
    /// The kind of the window on top.
    pub(crate) window: Option<&'a str>,
    /// One number is shown alone.
    pub(crate) one_number: bool,
    /// What was asked of the world.
    pub(crate) effects: &'a [Effect],
}

impl Tour {
    /// Goes on where the present thing was done. `false` when all of it is over.
    pub(crate) fn see(&mut self, seen: Seen<'_>) -> bool {
        let did = |wanted: fn(&Effect) -> bool| seen.effects.iter().any(wanted);
        let done = match self.step {
            0 => seen.in_conversation,
            1 => did(|effect| matches!(effect, Effect::Send { .. })),
            2 => did(|effect| matches!(effect, Effect::NextUnread { .. })),
            3 => seen.window.is_some_and(|kind| ["search", "palette", "help"].contains(&kind)),
            4 => seen.one_number || did(|effect| matches!(effect, Effect::Sync)),
            _ => false,
        };
        self.step += usize::from(done);
        self.step <= STEPS
    }

    /// Whether everything was done, and only the farewell is left.
    pub(crate) fn is_over(self) -> bool {
        self.step >= STEPS
    }

    /// What there is to do, in full and in short.
    fn words(self, keymap: &Keymap) -> [String; 2] {
        let key = |context, action| keymap.name_of(context, action);
        let (help, next) = (key(Context::Everywhere, Action::Help), key(Context::Composer, Action::NextUnread));
        match self.step {
            0 => {
                let open = key(Context::Threads, Action::Open);
                let (down, up) = (key(Context::Threads, Action::Down), key(Context::Threads, Action::Up));
                [
                    format!("{down} and {up} go through the list; {open} opens a thread and lets you answer."),
                    format!("{open} opens a thread."),
                ]
            }
            1 => {
                let send = key(Context::Composer, Action::Send);
                [
                    format!(
                        "Write an answer and send it with {send}: nothing leaves this machine. The marks behind it say \
                         how far it got."
                    ),
                    format!("Write; {send} sends it."),
                ]
            }
            2 => {
                [format!("{next} goes to the next unread thread, from anywhere."), format!("{next}: the next unread.")]
            }
            3 => match find(keymap) {
                Some((key, what)) => [format!("{key} {what}."), format!("{key} finds things.")],
                None => [format!("{help} shows every key there is."), format!("{help} shows every key.")],
            },
            4 => {
                let (number, sync) =
                    (key(Context::Everywhere, Action::SwitchNumber), key(Context::Everywhere, Action::SyncNow));
                [
                    format!("{number} shows one of the business numbers alone; {sync} fetches what is new at once."),
                    format!("{number} numbers; {sync} fetches."),
                ]
            }
            _ => {
                let settings = key(Context::Everywhere, Action::Settings);
                [
                    format!(
                        "That was the tour. {help} shows every key, {settings} the settings. Customers keep writing: \
                         have a look around."
                    ),
                    format!("That was the tour. {help}: keys"),
                ]
            }
        }
    }

    fn label(self) -> String {
        if self.is_over() { "Tour:".to_owned() } else { format!("Tour {}/{STEPS}:", self.step + 1) }
    }

    /// What it says in rows of its own under the panes: in full where a screen of so many rows can spare them.
    fn lines(self, keymap: &Keymap, columns: u16, rows: u16) -> Vec<String> {
        let most = usize::from(rows / ROWS_TO_ONE).max(1);
        let [full, short] = self
            .words(keymap)
            .map(|words| wrap::text(&format!("{} {words}", self.label()), columns.saturating_sub(MARGIN).into()));
        if full.len() <= most { full } else { short }
    }

    /// Rows that it needs on a screen of that size, the same from its beginning to its end: nothing jumps as it goes on.
    pub(crate) fn rows(keymap: &Keymap, columns: u16, rows: u16) -> u16 {
        let most = (0..=STEPS).map(|step| Self { step }.lines(keymap, columns, rows).len()).max();
        most.and_then(|most| u16::try_from(most).ok()).unwrap_or(1)
    }

    /// Paints it where the layout has left room for it, so that it hides nothing of what it speaks of.
    pub(crate) fn draw(self, canvas: &mut Canvas<'_>, area: Rect, (keymap, rows): (&Keymap, u16)) {
        paint::clear(canvas, area);
        paint::ground(canvas, area, Ink::Window);
        let lines = self.lines(keymap, area.width, rows);
        let inside = Rect { x: area.x + MARGIN.min(area.width), width: area.width.saturating_sub(MARGIN), ..area };
        for (row, line) in (0..area.height).zip(&lines) {
            // where there is less room than it needs, it is cut with a mark
            let cut = row + 1 == area.height && lines.len() > usize::from(area.height);
            let line = if cut { format!("{line}…") } else { line.clone() };
            paint::put(canvas, inside, row, &line, Ink::Plain);
        }
        paint::put(canvas, Rect { height: area.height.min(1), ..inside }, 0, &self.label(), Ink::Accent);
        let ends = format!("{} ends the tour ", keymap.name_of(Context::Everywhere, Action::Tour));
        let taken = lines.last().map_or(0, |line| line.width()) + ends.width() + 2;
        if taken <= usize::from(inside.width) && lines.len() <= usize::from(area.height) {
            let columns = paint::put_right(canvas, inside, area.height.saturating_sub(1), &ends, Ink::Dim);
            let spot =
                Rect { x: inside.right() - columns, y: area.bottom().saturating_sub(1), width: columns, height: 1 };
            canvas.press(spot, Action::Tour);
        }
    }
}

/// The key that finds things, and what it finds.
fn find(keymap: &Keymap) -> Option<(String, &'static str)> {
    let names = [("search", "searches all messages as you type"), ("palette", "finds threads, contacts and commands")];
    names.into_iter().find_map(|(name, what)| {
        let row = keymap.all().iter().find(|row| row.binding.name == name && !row.keys.is_empty())?;
        Some((row.keys[0].to_string(), what))
    })
}
