//! The demo's tour: five things to do, each named with the key that is really bound, each done by doing it.

use ratatui::layout::Rect;

use super::Scene;
use crate::config::keymap::{Action, Context, Keymap};
use crate::tui::message::Effect;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::sheet;

/// What there is to do.
const STEPS: usize = 5;

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

    fn words(self, scene: Scene<'_>) -> String {
        let key = |context, action| scene.key(context, action);
        match self.step {
            0 => format!(
                "{} and {} go through the list; {} opens a thread and lets you answer.",
                key(Context::Threads, Action::Down),
                key(Context::Threads, Action::Up),
                key(Context::Threads, Action::Open)
            ),
            1 => format!(
                "Write an answer and send it with {}. The marks behind it say how far it got. (Nothing leaves this machine.)",
                key(Context::Composer, Action::Send)
            ),
            2 => {
                format!("{} goes to the next unread thread, from anywhere.", key(Context::Composer, Action::NextUnread))
            }
            3 => match find(scene.keymap) {
                Some((key, what)) => format!("{key} {what}."),
                None => format!("{} shows every key there is.", key(Context::Everywhere, Action::Help)),
            },
            4 => format!(
                "{} shows one of the business numbers alone; {} fetches what is new at once.",
                key(Context::Everywhere, Action::SwitchNumber),
                key(Context::Everywhere, Action::SyncNow)
            ),
            _ => format!(
                "That was the tour. {} shows every key, {} the settings. Customers keep writing: have a look around.",
                key(Context::Everywhere, Action::Help),
                key(Context::Everywhere, Action::Settings)
            ),
        }
    }

    /// Paints it into the pane that is in view: a box where there is room, else one row.
    pub(crate) fn draw(self, canvas: &mut Canvas<'_>, pane: Rect, scene: Scene<'_>) {
        let ends = format!("{} ends the tour", scene.key(Context::Everywhere, Action::Tour));
        let place = if self.is_over() { String::new() } else { format!(" {}/{STEPS}", self.step + 1) };
        let words = self.words(scene);
        if pane.width < 50 || pane.height < 12 {
            let lines = sheet::wrapped([(format!("Tour{place}: {words}").as_str(), Ink::Accent)], pane.width);
            let most = if pane.height < 6 { 1 } else { 3 };
            let height = u16::try_from(lines.len()).unwrap_or(1).min(most).min(pane.height);
            let area = Rect { height, ..pane };
            paint::clear(canvas, area);
            for (row, (text, ink)) in (0..height).zip(&lines) {
                paint::put(canvas, area, row, text, *ink);
            }
            return;
        }
        let width = pane.width.min(46);
        let lines = sheet::wrapped([(words.as_str(), Ink::Plain)], width - 4);
        let height = u16::try_from(lines.len()).unwrap_or(4) + 3;
        let area = Rect { x: pane.right() - width, y: pane.y, width, height: height.min(pane.height) };
        paint::clear(canvas, area);
        let inside = paint::frame(canvas, area, &format!("Tour{place}"), true);
        let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
        for (row, (text, ink)) in (0..inside.height).zip(&lines) {
            paint::put(canvas, inside, row, text, *ink);
        }
        paint::put(canvas, inside, inside.height.saturating_sub(1), &ends, Ink::Dim);
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
