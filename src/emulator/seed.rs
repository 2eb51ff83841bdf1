//! The history that an account starts with: the same for the same seed and `now`.

use std::collections::HashMap;

use fastrand::Rng;
use jiff::SignedDuration;

use super::dialect::Source;
use super::history::{self, SPAN};
use super::ids::mix;
use super::options::{Business, Options};
use super::own_number::OwnNumber;
use super::scripts::{CAST, SCRIPTS, Scene};
use super::world::{Agent, Person, Record, Status, World};
use crate::model::phone::Address;

/// Messages of the demo.
const MESSAGES: usize = 2_000;
/// After which staff have put a message away.
const DEALT_WITH: SignedDuration = SignedDuration::from_hours(48);

/// The account that the options ask for, with its history.
pub(super) fn world(options: &Options) -> World {
    let rng = &mut Rng::with_seed(options.seed);
    let mut world = match &options.business {
        Business::Demo => demo(options, rng),
        Business::Empty(numbers) => World::new(options.seed, &CAST.business, numbers.clone(), agents()),
        &Business::Sized { numbers, contacts, messages } => sized(options, rng, numbers, contacts, messages),
    };
    world.hex_ids = options.dialect.source == Source::V4;
    world
}

fn agents() -> Vec<Agent> {
    let agent = |agent: &super::scripts::Agent| Agent { name: agent.name.clone(), extension: agent.extension.clone() };
    CAST.agents.iter().map(agent).collect()
}

fn own_numbers() -> Vec<OwnNumber> {
    let own = |(place, number): (usize, &super::scripts::Number)| {
        let address = Address::from_normal(number.address.clone());
        OwnNumber { mms: number.mms, ..OwnNumber::new(address, number.label.clone(), place + 1) }
    };
    CAST.numbers.iter().enumerate().map(own).collect()
}

fn demo(options: &Options, rng: &mut Rng) -> World {
    let mut world = World::new(options.seed, &CAST.business, own_numbers(), agents());
    for person in &CAST.people {
        world.add_person(Person {
            address: Address::from_normal(person.address.clone()),
            listed: person.name.clone(),
            first: person.first.clone(),
            opted_out: false,
        });
    }
    let recent = history::recent(&world, rng, options.now);
    let wanted = MESSAGES - recent.len();
    // as many conversations as it takes; those that are too many go from the beginning
    let mut slots = wanted / 5;
    let mut history = loop {
        let history = history::ordinary(&world, &mut rng.fork(), options.now, slots);
        if history.len() >= wanted {
            break history;
        }
        slots += slots / 20 + 1;
    };
    history.sort_by_key(|record| record.at);
    history.drain(..history.len() - wanted);
    let mut serials = Vec::with_capacity(MESSAGES);
    // when staff last wrote in each thread: what came before that was read
    let mut answered = HashMap::new();
    for record in history.into_iter().chain(recent) {
        if !record.inbound {
            answered.insert((record.number, record.person), record.at);
        }
        let finished = options.now.duration_since(record.at) > DEALT_WITH;
        let thread = (record.number, record.person);
        let at = record.at;
        serials.push((world.add(record), finished, thread, at));
    }
    for (serial, finished, thread, at) in serials {
        let read = finished || answered.get(&thread).is_some_and(|answer| at <= *answer);
        let notes = world.notes.entry(serial).or_default();
        notes.read = read;
        notes.state = finished.then(|| "Finished".to_owned());
    }
    world
}

/// Other parties of a sized account: a hundred numbers in each of the area codes from 301, beyond the business's own.
const MOST_CONTACTS: usize = 69_900;

/// The number of 555-01xx at that place, one after the other over area codes.
fn fictional(place: usize) -> Address {
    Address::from_normal(format!("+1{}55501{:02}", 301 + place / 100, place % 100))
}

fn sized(options: &Options, rng: &mut Rng, numbers: usize, contacts: usize, messages: usize) -> World {
    let own = (0..numbers.clamp(1, 99)).map(|place| {
        let address = Address::from_normal(format!("+120255501{:02}", place + 1));
        OwnNumber::new(address, format!("Line {}", place + 1), place + 1)
    });
    let mut world = World::new(options.seed, &CAST.business, own.collect(), agents());
    let numbers = world.numbers.len();
    for place in 0..contacts.clamp(1, MOST_CONTACTS) {
        let first = &CAST.people[place % 37].first;
        world.add_person(Person {
            address: fictional(place),
            listed: (place % 5 != 0).then(|| format!("{first} {}", place + 1)),
            first: first.clone(),
            opted_out: false,
        });
    }
    let lines: Vec<(bool, String)> = SCRIPTS
        .iter()
        .filter(|script| script.is_common() && !script.once)
        .flat_map(|script| &script.turns)
        .map(|turn| {
            let scene = Scene::new(rng, "there", "Ana", options.now);
            (turn.inbound, scene.fill(rng, &turn.text))
        })
        .collect();
    let step = i64::try_from(SPAN.as_millis()).unwrap_or(i64::MAX) / i64::try_from(messages.max(1)).unwrap_or(1);
    for place in 0..messages {
        let (inbound, text) = &lines[rng.usize(..lines.len())];
        let person = rng.usize(..world.people.len());
        let back = step * i64::try_from(messages - place).unwrap_or(0);
        world.add(Record {
            // a contact mostly stays with a number
            number: if rng.u8(..10) == 0 { rng.usize(..numbers) } else { home(person, numbers) },
            person,
            inbound: *inbound,
            text: text.clone(),
            at: options.now - SignedDuration::from_millis(back),
            status: (!inbound).then_some(Status::Delivered),
            agent: (!inbound).then_some(0),
            files: Vec::new(),
        });
    }
    world
}

fn home(person: usize, numbers: usize) -> usize {
    usize::try_from(mix(person as u64) % numbers as u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rstest::rstest;

    use super::*;
    use crate::emulator::world::Stored;
    use crate::model::Direction;

    fn options(business: Business, seed: u64) -> Options {
        Options { business, seed, now: "2026-01-15T16:00:00Z".parse().unwrap(), ..Options::default() }
    }

    fn stored(business: Business, seed: u64) -> Vec<Stored> {
        world(&options(business, seed)).stored(None)
    }

    #[test]
    fn the_same_seed_makes_the_same_history() {
        assert_eq!(stored(Business::Demo, 7), stored(Business::Demo, 7));
        assert_ne!(stored(Business::Demo, 7), stored(Business::Demo, 8));
    }

    #[rstest]
    #[case(1)]
    #[case(2)]
    #[case(77)]
    fn the_demo_is_as_promised(#[case] seed: u64) {
        let options = options(Business::Demo, seed);
        let world = world(&options);
        assert_eq!(world.count(None), 2_000);
        assert_eq!((world.numbers.len(), world.people.len()), (3, 40));
        assert!((0..3).all(|number| world.count(Some(number)) > 200));
        let all = world.stored(None);
        let (first, last) = (all[0].at, all[1_999].at);
        assert!(last < options.now);
        let hours = last.duration_since(first).as_hours();
        assert!((80 * 24..=90 * 24).contains(&hours), "{hours} hours");
        let failed = all.iter().filter(|message| message.status == Some(Status::Failed)).count();
        assert!((5..150).contains(&failed), "{failed} failed");
        assert!(all.iter().all(|message| !message.text.contains(['{', '}'])));
        assert!(all.iter().all(|message| message.status.is_some() == (message.direction == Direction::Outbound)));
    }

    #[test]
    fn the_newest_wait_for_an_answer() {
        let options = options(Business::Demo, 1);
        let world = world(&options);
        let lately = options.now - SignedDuration::from_hours(4);
        let waiting = world
            .threads(None, None)
            .into_iter()
            .filter_map(|(serial, _)| world.record(serial))
            .filter(|record| record.inbound && record.at > lately && record.at < options.now)
            .count();
        assert!(waiting >= 5, "{waiting}");
    }

    #[rstest]
    #[case(1, 1, 0)]
    #[case(3, 10, 500)]
    #[case(2, 5_000, 20_000)]
    fn sized_is_as_large_as_asked(#[case] numbers: usize, #[case] contacts: usize, #[case] messages: usize) {
        let world = world(&options(Business::Sized { numbers, contacts, messages }, 1));
        assert_eq!((world.numbers.len(), world.people.len(), world.count(None)), (numbers, contacts, messages));
        let addresses: HashSet<_> = world.people.iter().map(|person| &person.address).collect();
        assert_eq!(addresses.len(), contacts);
        assert!(addresses.iter().all(|address| address.national_digits().is_some()));
    }
}
