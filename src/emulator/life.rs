//! What happens by itself: messages arrive, people answer, deliveries are reported. Pure: [`Pulse::step`] carries out what
//! is due by a time, and nobody waits in here.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;

use super::history;
use super::scripts::{REPLIES, SCRIPTS, Scene, Script};
use super::world::{File, Record, Status, World};
use crate::model::phone::Address;

/// Numbers that end so never receive anything: whatever is sent to them fails.
pub const UNREACHABLE: &str = "5550199";

/// How fast things happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// Between messages of people who want something; none arrive where `None`.
    pub arrivals: Option<Duration>,
    /// From a delivered message to what its recipient answers; nobody answers where `None`.
    pub replies: Option<Duration>,
    /// From accepted to delivered or failed.
    pub deliveries: Duration,
    /// Of a hundred messages, how many fail. Those to [`UNREACHABLE`] numbers and to people who opted out always do.
    pub failures: u8,
    /// Others to whom every message fails.
    pub unreachable: Vec<Address>,
    /// Each time varies by up to 40 percent around what is given here; otherwise it is exactly that.
    pub varied: bool,
}

impl Default for Life {
    fn default() -> Self {
        Self {
            arrivals: Some(Duration::from_secs(9)),
            replies: Some(Duration::from_secs(5)),
            deliveries: Duration::from_secs(2),
            failures: 3,
            unreachable: Vec::new(),
            varied: true,
        }
    }
}

impl Life {
    /// Deliveries are reported after exactly that, none fails by chance, and nobody writes.
    pub fn deliveries_only(after: Duration) -> Self {
        Self { arrivals: None, replies: None, deliveries: after, failures: 0, unreachable: Vec::new(), varied: false }
    }

    /// Every text fails exactly that long after it was sent (in API v4 it turns from `sent` into `notSent`), and nobody
    /// writes.
    pub fn failing_after(after: Duration) -> Self {
        Self { failures: 100, ..Self::deliveries_only(after) }
    }
}

/// Something that will happen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Happening {
    /// Somebody starts a conversation.
    Arrive,
    /// Somebody says this.
    Say { number: usize, person: usize, text: String, photo: bool },
    /// The network reports on a message.
    Report { serial: u32, delivered: bool },
}

/// A [`Life`] that is going on.
#[derive(Debug)]
pub(super) struct Pulse {
    life: Life,
    rng: Rng,
    /// What is to come, soonest first; of one instant, what was planned first.
    agenda: BinaryHeap<Reverse<(Timestamp, u64, Happening)>>,
    planned: u64,
}

impl Pulse {
    /// A life from `now` on. Messages of the history without a report will get theirs.
    pub(super) fn new(life: Life, world: &World, seed: u64, now: Timestamp) -> Self {
        let rng = Rng::with_seed(seed ^ 0x11fe);
        let mut pulse = Self { life, rng, agenda: BinaryHeap::new(), planned: 0 };
        if let Some(arrivals) = pulse.life.arrivals
            && !world.numbers.is_empty()
        {
            pulse.plan(now, arrivals, Happening::Arrive);
        }
        pulse
    }

    /// When the next thing happens.
    fn next_due(&self) -> Option<Timestamp> {
        self.agenda.peek().map(|Reverse((at, ..))| *at)
    }

    /// Carries out everything that is due by `now`, each at its own time.
    pub(super) fn step(&mut self, world: &mut World, now: Timestamp) {
        while self.next_due().is_some_and(|due| due <= now) {
            if let Some(Reverse((at, _, happening))) = self.agenda.pop() {
                self.happen(world, at, happening);
            }
        }
    }

    /// A message was accepted to be sent: it will be reported on.
    pub(super) fn sent(&mut self, world: &World, serial: u32, now: Timestamp) {
        let Some(record) = world.record(serial) else { return };
        let person = &world.people[record.person];
        let unreachable = self.life.unreachable.contains(&person.address);
        let lost = person.opted_out || unreachable || person.address.as_str().ends_with(UNREACHABLE);
        let delivered = !lost && self.rng.u8(..100) >= self.life.failures;
        self.plan(now, self.life.deliveries, Happening::Report { serial, delivered });
    }

    /// Puts something on the agenda `wait` after `from`, or about that.
    fn plan(&mut self, from: Timestamp, wait: Duration, happening: Happening) {
        let wait = if self.life.varied { wait.mul_f64(0.6 + 0.8 * self.rng.f64()) } else { wait };
        self.planned += 1;
        let at = from.saturating_add(wait).unwrap_or(Timestamp::MAX);
        self.agenda.push(Reverse((at, self.planned, happening)));
    }

    fn happen(&mut self, world: &mut World, at: Timestamp, happening: Happening) {
        match happening {
            Happening::Arrive => {
                self.arrive(world, at);
                if let Some(arrivals) = self.life.arrivals {
                    self.plan(at, arrivals, Happening::Arrive);
                }
            }
            Happening::Say { number, person, text, photo } => {
                let files = if photo { vec![photo_file()] } else { Vec::new() };
                say(world, at, number, person, text, files);
            }
            Happening::Report { serial, delivered } => self.report(world, at, serial, delivered),
        }
    }

    /// Somebody who is free to starts one of the conversations that customers start.
    fn arrive(&mut self, world: &mut World, at: Timestamp) {
        const TRIES: usize = 20;
        let opens = |script: &&Script| script.recent.is_none() && script.turns.first().is_some_and(|turn| turn.inbound);
        let scripts: Vec<&Script> = SCRIPTS.iter().filter(opens).collect();
        for _ in 0..TRIES {
            let script = scripts[self.rng.usize(..scripts.len())];
            if world.people.is_empty() {
                return;
            }
            let person = history::person_for(world, &mut self.rng, script);
            let number = history::line(world, script);
            let somebody = &world.people[person];
            if somebody.opted_out || world.blocked.contains(&somebody.address) {
                continue;
            }
            let scene = Scene::new(&mut self.rng, &somebody.first, "Ana", at);
            let mut when = at;
            for turn in script.turns.iter().take_while(|turn| turn.inbound) {
                let text = scene.fill(&mut self.rng, &turn.text);
                let happening = Happening::Say { number, person, text, photo: turn.photo };
                self.planned += 1;
                self.agenda.push(Reverse((when, self.planned, happening)));
                when = when.saturating_add(Duration::from_secs(self.rng.u64(3..8))).unwrap_or(Timestamp::MAX);
            }
            return;
        }
    }

    /// The report on a message comes in; who received it may answer.
    fn report(&mut self, world: &mut World, at: Timestamp, serial: u32, delivered: bool) {
        let Some(record) = world.record_mut(serial) else { return };
        record.status = Some(if delivered { Status::Delivered } else { Status::Failed });
        let (number, person, text) = (record.number, record.person, record.text.clone());
        let Some(replies) = self.life.replies.filter(|_| delivered) else { return };
        let choices = REPLIES.to(&text);
        let reply = &choices[self.rng.usize(..choices.len())];
        let first = &world.people[person].first;
        let text = Scene::new(&mut self.rng, first, "Ana", at).fill(&mut self.rng, reply);
        self.plan(at, replies, Happening::Say { number, person, text, photo: false });
    }
}

fn photo_file() -> File {
    File { name: "photo.png".to_owned(), data: super::scripts::PHOTO.to_vec() }
}

/// Somebody writes to us.
pub(super) fn say(
    world: &mut World,
    at: Timestamp,
    number: usize,
    person: usize,
    text: String,
    files: Vec<File>,
) -> u32 {
    world.add(Record { number, person, inbound: true, text, at, status: None, agent: None, files })
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::emulator::options::Options;
    use crate::emulator::seed;

    const NOW: &str = "2026-01-15T16:00:00Z";

    fn living(life: Life) -> (World, Pulse, Timestamp) {
        let now = NOW.parse().unwrap();
        let options = Options { now, ..Options::default() };
        let world = seed::world(&options);
        let pulse = Pulse::new(life, &world, options.seed, now);
        (world, pulse, now)
    }

    fn send(world: &mut World, pulse: &mut Pulse, to: &str, text: &str, at: Timestamp) -> u32 {
        let person = world.person(&Address::from_normal(to));
        let record = Record {
            number: 0,
            person,
            inbound: false,
            text: text.to_owned(),
            at,
            status: Some(Status::Sent),
            agent: None,
            files: Vec::new(),
        };
        let serial = world.add(record);
        pulse.sent(world, serial, at);
        serial
    }

    #[test]
    fn messages_keep_coming_at_their_pace() {
        let (mut world, mut pulse, now) = living(Life::default());
        let before = world.count(None);
        pulse.step(&mut world, now);
        assert_eq!(world.count(None), before, "nothing happens in no time");
        pulse.step(&mut world, now + SignedDuration::from_mins(10));
        let came = world.count(None) - before;
        assert!((50..150).contains(&came), "{came} in ten minutes");
        let stored = world.stored(None);
        assert!(stored[before..].iter().all(|message| message.at > now && !message.text.contains(['{', '}'])));
    }

    #[test]
    fn one_long_step_is_many_short_ones() {
        let (mut world, mut pulse, now) = living(Life::default());
        let (mut other, mut other_pulse, _) = living(Life::default());
        pulse.step(&mut world, now + SignedDuration::from_secs(120));
        for second in 0..=120 {
            other_pulse.step(&mut other, now + SignedDuration::from_secs(second));
        }
        assert_eq!(world.stored(None), other.stored(None));
    }

    #[test]
    fn what_is_sent_is_delivered_and_answered() {
        let life = Life { arrivals: None, failures: 0, ..Life::default() };
        let (mut world, mut pulse, now) = living(life);
        let serial = send(&mut world, &mut pulse, "+12025550147", "How about tomorrow at 3 pm?", now);
        assert_eq!(world.record(serial).unwrap().status, Some(Status::Sent));
        pulse.step(&mut world, now + SignedDuration::from_secs(3));
        assert_eq!(world.record(serial).unwrap().status, Some(Status::Delivered));
        pulse.step(&mut world, now + SignedDuration::from_secs(15));
        let last = world.stored(Some(0)).pop().unwrap();
        assert_eq!((last.contact.as_str(), last.status), ("+12025550147", None));
        assert_eq!(pulse.next_due(), None);
    }

    #[test]
    fn the_unreachable_and_the_opted_out_are_not_reached() {
        let life = Life { arrivals: None, failures: 0, ..Life::default() };
        let (mut world, mut pulse, now) = living(life);
        let person = world.person(&Address::from_normal("+12025550147"));
        say(&mut world, now, 0, person, " stop ".to_owned(), Vec::new());
        let stopped = send(&mut world, &mut pulse, "+12025550147", "One more thing", now);
        let nowhere = send(&mut world, &mut pulse, "+12025550199", "Hello?", now);
        pulse.step(&mut world, now + SignedDuration::from_mins(1));
        assert_eq!(world.record(stopped).unwrap().status, Some(Status::Failed));
        assert_eq!(world.record(nowhere).unwrap().status, Some(Status::Failed));
        say(&mut world, now, 0, person, "START".to_owned(), Vec::new());
        let again = send(&mut world, &mut pulse, "+12025550147", "Welcome back", now);
        pulse.step(&mut world, now + SignedDuration::from_mins(2));
        assert_eq!(world.record(again).unwrap().status, Some(Status::Delivered));
    }

    #[test]
    fn a_text_fails_at_its_time_for_everybody_or_for_one() {
        let (dana, lee) = ("+12025550147", "+12025550118");
        let after = Duration::from_secs(30);
        let only_lee = Life { unreachable: vec![Address::from_normal(lee)], ..Life::deliveries_only(after) };
        for (life, expected) in [
            (Life::failing_after(after), [Status::Failed, Status::Failed]),
            (only_lee, [Status::Delivered, Status::Failed]),
        ] {
            let (mut world, mut pulse, now) = living(life);
            let sent = [dana, lee].map(|to| send(&mut world, &mut pulse, to, "Hello", now));
            pulse.step(&mut world, now + SignedDuration::from_secs(29));
            assert_eq!(sent.map(|serial| world.record(serial).unwrap().status), [Some(Status::Sent); 2]);
            pulse.step(&mut world, now + after);
            assert_eq!(sent.map(|serial| world.record(serial).unwrap().status), expected.map(Some));
        }
    }

    #[test]
    fn a_few_fail_by_chance() {
        let life = Life { arrivals: None, replies: None, failures: 10, ..Life::default() };
        let (mut world, mut pulse, now) = living(life);
        let sent: Vec<u32> = (0..300).map(|_| send(&mut world, &mut pulse, "+12025550147", "Hello", now)).collect();
        pulse.step(&mut world, now + SignedDuration::from_mins(1));
        let failed =
            sent.iter().filter(|&&serial| world.record(serial).unwrap().status == Some(Status::Failed)).count();
        assert!((10..60).contains(&failed), "{failed}");
    }
}
