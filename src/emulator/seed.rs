//! The history that an account starts with: the same for the same seed and `now`.

use std::collections::HashSet;

use fastrand::Rng;
use jiff::civil::Weekday;
use jiff::{SignedDuration, Timestamp};

use super::auth::number_key;
use super::ids::mix;
use super::options::{Business, Options};
use super::scripts::{CAST, PHOTO, SCRIPTS, Scene, Script, Turn, here};
use super::world::{Agent, File, OwnNumber, Person, Record, Status, World};
use crate::model::phone::Address;

/// Messages of the demo.
const MESSAGES: usize = 2_000;
/// How far back its history goes.
const SPAN: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Where ordinary conversations end: what is newer is the recent ones.
const QUIET: SignedDuration = SignedDuration::from_hours(4);
/// After which staff have put a message away.
const DEALT_WITH: SignedDuration = SignedDuration::from_hours(48);
/// Conversations between two of the same script.
const UNHEARD: usize = 15;

/// The account that the options ask for, with its history.
pub(super) fn world(options: &Options) -> World {
    let rng = &mut Rng::with_seed(options.seed);
    match &options.business {
        Business::Demo => demo(options, rng),
        Business::Empty(numbers) => World::new(options.seed, &CAST.business, numbers.clone(), agents()),
        &Business::Sized { numbers, contacts, messages } => sized(options, rng, numbers, contacts, messages),
    }
}

fn agents() -> Vec<Agent> {
    let agent = |agent: &super::scripts::Agent| Agent { name: agent.name.clone(), extension: agent.extension.clone() };
    CAST.agents.iter().map(agent).collect()
}

/// The place of the number on which a script is played.
pub(super) fn line(world: &World, script: &Script) -> usize {
    let place = CAST.numbers.iter().position(|number| number.line == script.line);
    place.unwrap_or(0).min(world.numbers.len().saturating_sub(1))
}

fn own_numbers() -> Vec<OwnNumber> {
    let own = |(place, number): (usize, &super::scripts::Number)| OwnNumber {
        address: Address::from_normal(number.address.clone()),
        label: number.label.clone(),
        key: number_key(place + 1),
        enabled: true,
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
    let recent = recent(&world, rng, options.now);
    let wanted = MESSAGES - recent.len();
    // as many conversations as it takes; those that are too many go from the beginning
    let mut slots = wanted / 5;
    let mut history = loop {
        let history = history(&world, &mut rng.fork(), options.now, slots);
        if history.len() >= wanted {
            break history;
        }
        slots += slots / 20 + 1;
    };
    history.sort_by_key(|record| record.at);
    history.drain(..history.len() - wanted);
    let mut serials = Vec::with_capacity(MESSAGES);
    for record in history.into_iter().chain(recent) {
        let finished = options.now.duration_since(record.at) > DEALT_WITH;
        serials.push((world.add(record), finished));
    }
    for (serial, finished) in serials {
        if finished {
            world.notes.entry(serial).or_default().state = Some("Finished".to_owned());
        }
    }
    world
}

/// The last conversations, most of which wait for an answer.
fn recent(world: &World, rng: &mut Rng, now: Timestamp) -> Vec<Record> {
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

/// So many conversations, evenly over the span, each with somebody who is not talking on that number already.
fn history(world: &World, rng: &mut Rng, now: Timestamp, slots: usize) -> Vec<Record> {
    let (common, own): (Vec<_>, Vec<_>) =
        SCRIPTS.iter().enumerate().filter(|(_, script)| script.recent.is_none()).partition(|(_, s)| s.is_common());
    let end = now - QUIET;
    let step = (SPAN - QUIET).as_millis() / i128::try_from(slots.max(1)).unwrap_or(1);
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    let mut busy = vec![vec![Timestamp::MIN; world.people.len()]; world.numbers.len()];
    let mut told = HashSet::new();
    let mut heard: Vec<usize> = Vec::new();
    let mut records = Vec::new();
    for slot in 0..slots {
        let offset = step * i64::try_from(slot).unwrap_or(0) + rng.i64(0..step.max(1));
        let start = open_hours(rng, now - SPAN + SignedDuration::from_millis(offset), true);
        // a few tries: by the end of a long history many have said most things
        for _ in 0..60 {
            let pool = if rng.u8(..100) < 6 { &own } else { &common };
            let (place, script) = pool[rng.usize(..pool.len())];
            let person = person_for(world, rng, script);
            let number = line(world, script);
            let again = script.only.is_none() && (heard.contains(&place) || told.contains(&(person, place)));
            let played = script.once && told.iter().any(|&(_, other)| other == place);
            if again || played || busy[number][person] > start {
                continue;
            }
            let conversation = play(world, rng, script, person, start, |rng, before, turn| {
                let wait = f64::from(turn.wait * 60) * (0.5 + rng.f64()) + f64::from(rng.u32(8..50));
                open_hours(rng, before + SignedDuration::from_secs_f64(wait), turn.inbound)
            });
            let Some(last) = conversation.last().map(|record| record.at).filter(|&last| last < end) else { continue };
            busy[number][person] = last + SignedDuration::from_hours(5);
            if conversation.iter().any(|record| record.inbound && record.text == "STOP") {
                busy.iter_mut().for_each(|number| number[person] = Timestamp::MAX);
            }
            told.insert((person, place));
            heard.push(place);
            if heard.len() > UNHEARD {
                heard.remove(0);
            }
            records.extend(conversation);
            break;
        }
    }
    records
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

/// Other parties of a sized account: a hundred numbers in each of the area codes from 301, beyond the business's own.
const MOST_CONTACTS: usize = 69_900;

/// The number of 555-01xx at that place, one after the other over area codes.
fn fictional(place: usize) -> Address {
    Address::from_normal(format!("+1{}55501{:02}", 301 + place / 100, place % 100))
}

fn sized(options: &Options, rng: &mut Rng, numbers: usize, contacts: usize, messages: usize) -> World {
    let own = (0..numbers.clamp(1, 99)).map(|place| OwnNumber {
        address: Address::from_normal(format!("+120255501{:02}", place + 1)),
        label: format!("Line {}", place + 1),
        key: number_key(place + 1),
        enabled: true,
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
        assert!(all.iter().any(|message| message.text == "STOP"), "somebody opted out");
    }

    #[test]
    fn the_newest_wait_for_an_answer() {
        let options = options(Business::Demo, 1);
        let world = world(&options);
        let hour_ago = options.now - SignedDuration::from_hours(4);
        let waiting = world
            .threads(None, None)
            .into_iter()
            .filter_map(|(serial, _)| world.record(serial))
            .filter(|record| record.inbound && record.at > hour_ago && record.at < options.now)
            .count();
        assert!(waiting >= 5, "{waiting}");
    }

    #[test]
    fn staff_write_in_business_hours() {
        let options = options(Business::Demo, 3);
        let recent = options.now - QUIET;
        for message in world(&options).stored(None) {
            if message.direction == Direction::Outbound && message.at < recent {
                let local = message.at.to_zoned(here());
                assert!((7..22).contains(&local.hour()), "{local}");
            }
        }
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
