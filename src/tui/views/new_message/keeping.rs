//! What the cache keeps of the window: all that is written in it, as one types, until it is sent or put away.

use super::super::Scene;
use super::super::pad::Pad;
use super::super::window::Step;
use super::people::People;
use super::{NewMessage, On};
use crate::config::keymap::{Action, Context};
use crate::config::rescue::UnsentText;
use crate::model::{Address, Broadcast};
use crate::tui::message::{Effect, Notice};
use crate::tui::unsaved::InWindows;

/// How far the cache and the window agree.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    state: Stage,
    /// By which of our numbers it is kept: the one that was shown, or sent from, when it was begun.
    begun: Option<Address>,
    /// What the cache has.
    kept: Option<Broadcast>,
    /// What was here before somebody began afresh.
    put_away: Option<Broadcast>,
    /// It is as it was left, and nothing was done to it since.
    came_back: bool,
    /// A person was done with it before that was known.
    hasty: bool,
    /// What was kept when the cache was asked whether it still is.
    asked: Option<Broadcast>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// What was left unfinished is being read: nothing is kept before.
    #[default]
    Reading,
    Writing,
    /// It goes to the outbox, and from there out of the cache.
    Handed,
}

impl Keeping {
    pub(super) fn is_reading(&self) -> bool {
        self.state == Stage::Reading
    }

    /// Asks whether what is kept still is: another window may have sent it.
    pub(super) fn look_again(&mut self) -> Option<Effect> {
        if self.state != Stage::Writing || self.asked.is_some() {
            return None;
        }
        self.asked.clone_from(&self.kept);
        self.asked.is_some().then(|| Effect::LoadBroadcast(self.begun.clone()))
    }

    /// Notes that a person wants to go on as soon as it is known whether something was left unfinished; `false` where it
    /// is.
    pub(super) fn wait(&mut self) -> bool {
        self.hasty = self.is_reading();
        self.hasty
    }

    pub(super) fn came_back(&self) -> bool {
        self.came_back
    }

    /// By which of our numbers it is kept, itself, and what is to be kept there in its place, once it is handed over.
    pub(super) fn hand_over(&mut self) -> Option<(Address, Broadcast, Option<Broadcast>)> {
        let handed = (self.begun.clone()?, self.kept.clone()?, self.put_away.take());
        self.state = Stage::Handed;
        Some(handed)
    }
}

impl NewMessage {
    /// What was left unfinished comes back; where another is begun already, it waits behind that.
    pub(super) fn come_back(&mut self, unfinished: Option<&(Address, Broadcast)>, scene: Scene<'_>) {
        if !self.keeping.is_reading() {
            return self.follow(unfinished.map(|(_, unfinished)| unfinished));
        }
        self.keeping.state = Stage::Writing;
        let hasty = std::mem::take(&mut self.keeping.hasty);
        let Some((begun, unfinished)) = unfinished else {
            if hasty {
                self.ask(scene);
            }
            return;
        };
        (self.keeping.begun, self.keeping.kept) = (Some(begun.clone()), Some(unfinished.clone()));
        if self.is_empty() {
            self.keeping.came_back = true;
            let chosen = self.from.take();
            self.become_broadcast(unfinished.clone());
            self.from = chosen.or(self.from.take());
            return;
        }
        // two texts are never made one: what goes to whom would not be what anybody wrote
        self.keeping.put_away = Some(unfinished.clone());
        let key = scene.key(Context::Form, Action::StartAfresh);
        self.problem = Some(format!("A message that was left unfinished is put away; {key} brings it back"));
        if hasty {
            self.ask(scene);
        }
    }

    /// What another window has made of it is shown here, too, unless somebody has written here meanwhile.
    fn follow(&mut self, stored: Option<&Broadcast>) {
        let asked = self.keeping.asked.take();
        if asked.is_none()
            || self.keeping.state != Stage::Writing
            || self.keeping.kept != asked
            || asked.as_ref() == stored
        {
            return;
        }
        self.question = None;
        self.keeping.kept = stored.cloned();
        if let Some(stored) = stored {
            self.become_broadcast(stored.clone());
            self.problem = Some("It was changed in another window".to_owned());
        } else {
            (self.people, self.text, self.from, self.on) = Default::default();
            (self.keeping.begun, self.keeping.came_back) = (None, false);
            self.problem = Some("It was sent or put away in another window".to_owned());
        }
    }

    fn become_broadcast(&mut self, Broadcast { sender, people, text }: Broadcast) {
        self.people = People::default();
        for contact in people {
            self.people.add(contact);
        }
        self.text = Pad::new(&text);
        self.from = Some(sender);
        if self.to.text().is_empty() {
            self.on = if self.people.len() > 1 || !text.is_empty() { On::Text } else { On::To };
        }
    }

    /// All that is written in it.
    pub(super) fn as_unsent(&self, scene: Scene<'_>) -> Option<UnsentText> {
        let sender = self.sender(scene.numbers)?;
        let usual = || scene.numbers.sender().map_or_else(|| sender.clone(), |number| number.address.clone());
        let begun = self.keeping.begun.clone().unwrap_or_else(usual);
        Some(UnsentText::Broadcast { begun, broadcast: self.broadcast(sender) })
    }

    /// What is here and nobody was asked to keep: all of it while it is not known what was left unfinished, and what was
    /// put away for what is kept now.
    pub(super) fn not_handed_on(&self, scene: Scene<'_>) -> InWindows {
        let Some(here) = self.as_unsent(scene).filter(|here| !here.is_empty()) else { return InWindows::default() };
        let put_away = match (&self.keeping.put_away, &here) {
            (Some(put_away), UnsentText::Broadcast { begun, .. }) => {
                vec![UnsentText::Broadcast { begun: begun.clone(), broadcast: put_away.clone() }]
            }
            _ => Vec::new(),
        };
        InWindows { unkept: if self.keeping.is_reading() { vec![here] } else { Vec::new() }, put_away }
    }

    fn broadcast(&self, sender: Address) -> Broadcast {
        Broadcast { sender, people: self.people.iter().cloned().collect(), text: self.text.text().to_owned() }
    }

    /// Asks for what is written to be kept, where it is another than what is.
    pub(super) fn keep(&mut self, mut steps: Vec<Step>, scene: Scene<'_>) -> Vec<Step> {
        let (Stage::Writing, Some(sender)) = (self.keeping.state, self.sender(scene.numbers)) else { return steps };
        let here = self.broadcast(sender);
        // what was put away is not given up for nothing
        let broadcast = match &self.keeping.put_away {
            Some(put_away) if here.is_empty() => put_away.clone(),
            _ => here,
        };
        if self.keeping.kept.as_ref().map_or(broadcast.is_empty(), |kept| *kept == broadcast) {
            return steps;
        }
        let usual = || scene.numbers.sender().map_or_else(|| broadcast.sender.clone(), |number| number.address.clone());
        let begun = self.keeping.begun.get_or_insert_with(usual).clone();
        self.keeping.kept = Some(broadcast.clone()).filter(|broadcast| !broadcast.is_empty());
        self.keeping.came_back = false;
        steps.push(Step::Do(Effect::SaveBroadcast { begun, broadcast }));
        steps
    }

    /// Puts away what is here, or brings back what was put away: nothing is lost by a wrong key.
    pub(super) fn start_afresh(&mut self, scene: Scene<'_>) -> Vec<Step> {
        let key = scene.key(Context::Form, Action::StartAfresh);
        let Some(sender) = self.sender(scene.numbers) else { return Vec::new() };
        let here = Some(self.broadcast(sender)).filter(|here| !here.is_empty());
        let other = self.keeping.put_away.take();
        let said = match (&here, &other) {
            _ if self.keeping.is_reading() => return vec![Self::not_yet()],
            (None, None) => "There is nothing to put away: this is a new message".to_owned(),
            (_, Some(_)) => format!("What was put away is here again; {key} puts it away"),
            (Some(_), None) => format!("Begun afresh; {key} brings back what was here"),
        };
        (self.keeping.put_away, self.problem) = (here, None);
        (self.people, self.text, self.from, self.on) = Default::default();
        if let Some(other) = other {
            self.become_broadcast(other);
        }
        self.offer();
        vec![Step::Tell(Notice::info(said))]
    }

    /// Leaves the window: what is written in it stays in the cache.
    pub(super) fn leave(&self, scene: Scene<'_>) -> Vec<Step> {
        let key = scene.key(Context::Everywhere, Action::NewMessage);
        let put_away = self.keeping.put_away.is_some();
        if self.is_empty() && put_away {
            let said = format!("What was put away is kept; {key} goes on with it");
            return vec![Step::Close, Step::Tell(Notice::info(said))];
        }
        if self.is_empty() {
            return vec![Step::Close];
        }
        if self.keeping.is_reading() {
            return vec![Self::not_yet()];
        }
        let gone = if put_away { "; what was put away is not" } else { "" };
        vec![Step::Close, Step::Tell(Notice::info(format!("It is kept{gone}; {key} goes on with it")))]
    }

    fn not_yet() -> Step {
        Step::Tell(Notice::info("One moment: what was left unfinished here is being read"))
    }
}
