//! Conversations played out over the days before `now`: who says what to whom, and when.

use std::collections::{HashSet, VecDeque};

use fastrand::Rng;
use jiff::civil::Weekday;
use jiff::{SignedDuration, Timestamp};

use super::scripts::{CAST, PHOTO, SCRIPTS, Scene, Script, Turn, here};
use super::world::{File, Record, Status, World};

/// How far back the history goes.
pub(super) const SPAN: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Where ordinary conversations end: what is newer is the recent ones.
const QUIET: SignedDuration = SignedDuration::from_hours(4);
/// Conversations between two of the same script.
const UNHEARD: usize = 15;
/// Between two conversations of a thread.
const PAUSE: SignedDuration = SignedDuration::from_hours(5);
/// Of a hundred conversations, how many are of those who say nothing but their own.
const OWN: u8 = 6;

/// The last conversations, most of which wait for an answer.
pub(super) fn recent(world: &World, rng: &mut Rng, now: Timestamp) -> Vec<Record> {
    let mut records = Vec::new();
    for script in SCRIPTS.iter() {
        let Some(minutes) = script.recent else { continue };
        let person = person_for(world, rng, script);
        let length: i64 = script.turns.iter().map(|turn| i64::from(turn.wait)).sum();
        let start = now - SignedDuration::from_mins(minutes + length) - SignedDuration::from_secs(rng.i64(5..50));
        let exact = |_: &mut Rng, before: Timestamp, turn: &Turn| before + SignedDuration::from_mins(turn.wait.into());
        records.extend(play(world, rng, script, person, start, exact));
    }
    records.sort_by_key(|record| record.at);
    records
}

/// So many conversations, evenly over the span, as far as they find somebody to have them.
pub(super) fn ordinary(world: &World, rng: &mut Rng, now: Timestamp, slots: usize) -> Vec<Record> {
    let mut stage = Stage::new(world, now - QUIET);
    let step = i64::try_from((SPAN - QUIET).as_millis()).unwrap_or(i64::MAX) / i64::try_from(slots.max(1)).unwrap_or(1);
    let ordinary = || SCRIPTS.iter().enumerate().filter(|(_, script)| script.recent.is_none());
    let mut once: VecDeque<_> = ordinary().filter(|(_, script)| script.once).collect();
    let repeated = ordinary().filter(|(_, script)| !script.once);
    let (common, own): (Vec<_>, Vec<_>) = repeated.partition(|(_, script)| script.is_common());
    // what happens once does so here and there in the middle, where nothing will cut it off
    let apart = slots / (once.len() + 1);
    let mut next_once = apart;
    for slot in 0..slots {
        let offset = step * i64::try_from(slot).unwrap_or(0) + rng.i64(0..step.max(1));
        let start = now - SPAN + SignedDuration::from_millis(offset);
        if slot >= next_once
            && let Some(&choice) = once.front()
            && stage.play(world, rng, choice, start)
        {
            once.pop_front();
            next_once += apart;
            continue;
        }
        // a few tries: by the end of a long history many have said most things
        for _ in 0..60 {
            let pool = if rng.u8(..100) < OWN { &own } else { &common };
            let choice = pool[rng.usize(..pool.len())];
            if stage.play(world, rng, choice, start) {
                break;
            }
        }
    }
    stage.records
}

/// Conversations so far, and who is free for another.
struct Stage {
    records: Vec<Record>,
    end: Timestamp,
    /// By number and person, until when they talk.
    busy: Vec<Vec<Timestamp>>,
    /// Who said what.
    told: HashSet<(usize, usize)>,
    /// The last few scripts.
    heard: VecDeque<usize>,
}

impl Stage {
    fn new(world: &World, end: Timestamp) -> Self {
        let busy = vec![vec![Timestamp::MIN; world.people.len()]; world.numbers.len()];
        Self { records: Vec::new(), end, busy, told: HashSet::new(), heard: VecDeque::new() }
    }

    /// Plays a script from about `start`, with somebody who is not talking on that number and has not said it before.
    /// `false` where whom it met is not free, or would not be done by the end.
    fn play(&mut self, world: &World, rng: &mut Rng, (place, script): (usize, &Script), start: Timestamp) -> bool {
        let person = person_for(world, rng, script);
        let number = line(world, script);
        let start = open_hours(rng, start, script.turns.first().is_none_or(|turn| turn.inbound));
        let again = script.only.is_none() && (self.heard.contains(&place) || self.told.contains(&(person, place)));
        if again || self.busy[number][person] > start {
            return false;
        }
        let conversation = play(world, rng, script, person, start, |rng, before, turn| {
            let wait = f64::from(turn.wait * 60) * (0.5 + rng.f64()) + f64::from(rng.u32(8..50));
            open_hours(rng, before + SignedDuration::from_secs_f64(wait), turn.inbound)
        });
        let Some(last) = conversation.last().map(|record| record.at).filter(|&last| last < self.end) else {
            return false;
        };
        self.busy[number][person] = last + PAUSE;
        if conversation.iter().any(|record| record.inbound && record.text == "STOP") {
            for number in &mut self.busy {
                number[person] = Timestamp::MAX;
            }
        }
        self.told.insert((person, place));
        self.heard.push_back(place);
        if self.heard.len() > UNHEARD {
            self.heard.pop_front();
        }
        self.records.extend(conversation);
        true
    }
}

/// The place of the number on which a script is played.
pub(super) fn line(world: &World, script: &Script) -> usize {
    let place = CAST.numbers.iter().position(|number| number.line == script.line);
    place.unwrap_or(0).min(world.numbers.len().saturating_sub(1))
}

/// Somebody who may play the script: its own person, or anybody, some more often than others.
pub(super) fn person_for(world: &World, rng: &mut Rng, script: &Script) -> usize {
    if let Some(only) = &script.only {
        return world.person_at(only).unwrap_or(0);
    }
    if let Some(who) = &script.who {
        return world.people.iter().position(|person| &person.first == who).unwrap_or(0);
    }
    let common = CAST.people.iter().filter(|person| !person.own_scripts_only).count();
    let common = common.min(world.people.len()).max(1);
    rng.usize(..common).min(rng.usize(..common + common / 2))
}

/// The messages of a conversation, with times as `next` gives them.
fn play(
    world: &World,
    rng: &mut Rng,
    script: &Script,
    person: usize,
    start: Timestamp,
    mut next: impl FnMut(&mut Rng, Timestamp, &Turn) -> Timestamp,
) -> Vec<Record> {
    let number = line(world, script);
    let agent = (number + rng.usize(..2)) % world.agents.len().max(1);
    let name = world.agents.get(agent).map_or("", |agent| &agent.name);
    let scene = Scene::new(rng, &world.people[person].first, name, start);
    let unreachable = world.people[person].address.as_str().ends_with(super::life::UNREACHABLE);
    let mut at = start;
    let mut records = Vec::with_capacity(script.turns.len());
    for turn in &script.turns {
        if turn.wait > 0 {
            at = next(rng, at, turn);
        }
        let status = match (turn.inbound, unreachable || rng.u8(..100) < 2) {
            (true, _) => None,
            (false, true) => Some(Status::Failed),
            (false, false) => Some(Status::Delivered),
        };
        records.push(Record {
            number,
            person,
            inbound: turn.inbound,
            text: scene.fill(rng, &turn.text),
            at,
            status,
            agent: (!turn.inbound).then_some(agent),
            files: photo(turn),
        });
    }
    records
}

/// What comes along with a turn.
pub(super) fn photo(turn: &Turn) -> Vec<File> {
    let file = || File { name: "photo.png".to_owned(), data: PHOTO.to_vec() };
    turn.photo.then(file).into_iter().collect()
}

/// That time, or the next at which people write: staff from 8 to 19 and not on Sundays, customers from 7 to 22.
fn open_hours(rng: &mut Rng, at: Timestamp, inbound: bool) -> Timestamp {
    let (opens, closes) = if inbound { (7, 22) } else { (8, 19) };
    let mut local = at.to_zoned(here());
    loop {
        let closed_today = !inbound && local.weekday() == Weekday::Sunday;
        let next = match local.hour() {
            hour if hour < opens && !closed_today => local.date(),
            hour if hour >= closes || closed_today => match local.date().tomorrow() {
                Ok(tomorrow) => tomorrow,
                Err(_) => return at,
            },
            _ => return local.timestamp(),
        };
        let (minute, second) = (rng.i8(0..50), rng.i8(0..60));
        match next.at(opens, minute, second, 0).to_zoned(here()) {
            Ok(opening) => local = opening,
            Err(_) => return at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::options::Options;
    use crate::emulator::seed;
    use crate::model::Direction;

    fn options(seed: u64) -> Options {
        Options { seed, now: "2026-01-15T16:00:00Z".parse().unwrap(), ..Options::default() }
    }

    #[test]
    fn staff_write_in_business_hours() {
        let options = options(3);
        let recent = options.now - QUIET;
        for message in seed::world(&options).stored(None) {
            if message.direction == Direction::Outbound && message.at < recent {
                let local = message.at.to_zoned(here());
                assert!((7..22).contains(&local.hour()), "{local}");
            }
        }
    }

    #[test]
    fn nobody_is_written_to_after_they_said_stop() {
        for seed in 1..6 {
            let all = seed::world(&options(seed)).stored(None);
            let stop = all.iter().position(|message| message.text == "STOP").expect("somebody said it");
            assert!(all[stop + 1..].iter().all(|message| message.contact != all[stop].contact));
        }
    }

    #[test]
    fn staff_call_people_by_their_names() {
        let world = seed::world(&options(1));
        let all = world.stored(None);
        let greeted = all.iter().filter_map(|message| {
            let name = message.text.strip_prefix("Hi ")?.split([',', '!', ' ']).next()?;
            (message.direction == Direction::Outbound).then_some((name, &message.contact))
        });
        for (name, contact) in greeted {
            let person = world.people.iter().find(|person| &person.address == contact).unwrap();
            assert_eq!(person.first, name);
        }
    }
}
