//! A service on paper: lists that run either way, with or without filters, capped, shifting and breaking off.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;

/// What a service does, and does not.
#[derive(Debug, Clone, Copy)]
struct Manners {
    /// Pages come by number and can be filtered by time; else by offset, without a filter.
    journal: bool,
    /// It heeds the filter by time.
    filters: bool,
    ascending: bool,
    cap: usize,
    /// It says whether there is more.
    tells: bool,
    /// It counts records.
    counts: bool,
    /// It refuses windows of time that are longer than so many days.
    days: Option<i64>,
    /// Instead of refusing a long window, it searches its newest part alone.
    clips: bool,
    /// Seconds from one minute of the account to the next.
    pace: i64,
}

#[derive(Debug, Clone)]
enum Happening {
    /// So many messages arrive.
    Arrive(u8),
    /// One turns up that is dated earlier.
    Late(u16),
    /// The answer is lost, and with it the run.
    Lost,
    /// The same page comes again.
    Again,
    /// The program is killed once the page is in the cache.
    Killed,
    Nothing,
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        2 => (1u8..6).prop_map(Happening::Arrive),
        1 => (0u16..90).prop_map(Happening::Late),
        1 => Just(Happening::Lost),
        1 => Just(Happening::Again),
        1 => Just(Happening::Killed),
        6 => Just(Happening::Nothing),
    ]
}

fn manners() -> impl Strategy<Value = Manners> {
    (any::<bool>(), any::<bool>(), any::<bool>(), 11usize..30, any::<bool>()).prop_map(
        |(journal, filters, ascending, cap, tells)| Manners {
            journal,
            filters,
            ascending: ascending && !journal,
            cap,
            tells,
            ..PLAIN
        },
    )
}

const PLAIN: Manners = Manners {
    journal: true,
    filters: true,
    ascending: false,
    cap: 20,
    tells: false,
    counts: false,
    days: None,
    clips: false,
    pace: 60,
};

/// A journal as the description has it, with or without limits of its own.
fn described() -> impl Strategy<Value = Manners> {
    let days = prop_oneof![Just(None), Just(Some(7)), Just(Some(30)), Just(Some(31)), Just(Some(90)), Just(Some(366))];
    (days, any::<bool>(), prop_oneof![Just(11usize), Just(1_000)], 60i64..40_000)
        .prop_map(|(days, clips, cap, pace)| Manners { counts: true, days, clips, cap, pace, ..PLAIN })
}

fn at_pace(pace: i64, minute: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + minute * pace).unwrap()
}

/// An account, a cache and the run between them. A message is its minute and its number.
struct World {
    manners: Manners,
    there: BTreeSet<(i64, u32)>,
    /// Those that turned up dated earlier.
    late: BTreeSet<(i64, u32)>,
    here: BTreeSet<(i64, u32)>,
    next: u32,
    now: i64,
    cursor: Cursor,
    /// When the last run began that saw everything it meant to.
    checked: Option<i64>,
    /// The longest page that came short though more was to come.
    learnt_cap: Option<usize>,
}

impl World {
    fn new(manners: Manners, messages: usize) -> Self {
        let mut world = Self {
            manners,
            there: BTreeSet::new(),
            late: BTreeSet::new(),
            here: BTreeSet::new(),
            next: 0,
            now: 0,
            cursor: Cursor::default(),
            checked: None,
            learnt_cap: None,
        };
        for _ in 0..messages {
            world.now += i64::from(world.next % 3);
            world.arrive(world.now);
        }
        world
    }

    fn arrive(&mut self, minute: i64) {
        self.there.insert((minute, self.next));
        self.next += 1;
    }

    fn at(&self, minute: i64) -> Timestamp {
        at_pace(self.manners.pace, minute)
    }

    /// Whether the account refuses that much at once. Here days pass while a page is read.
    fn refuses(&self, ask: &Ask) -> bool {
        let Some(days) = self.manners.days.filter(|_| !self.manners.clips) else { return false };
        let upper = ask.until().unwrap_or(self.at(self.now));
        ask.since.is_none_or(|since| upper.duration_since(since) > SignedDuration::from_hours(24 * (days + 3)))
    }

    /// Records at and before a time.
    fn count(&self, until: Timestamp) -> u64 {
        self.there.iter().filter(|(minute, _)| self.at(*minute) <= until).count() as u64
    }

    /// The page at `offset` of what a question gets, and whether there is more.
    fn page(&self, ask: &Ask, skip: usize, offset: usize) -> (Vec<(i64, u32)>, Rest) {
        let heeds = self.manners.journal && self.manners.filters;
        let fits = |minute: i64| {
            let since = ask.since.is_none_or(|since| self.at(minute) >= since);
            let until = ask.until().is_none_or(|until| self.at(minute) <= until);
            let upper = ask.until().unwrap_or(self.at(self.now));
            let days = self.manners.days.filter(|_| self.manners.clips);
            let shown =
                days.is_none_or(|days| upper.duration_since(self.at(minute)) <= SignedDuration::from_hours(24 * days));
            !heeds || since && until && shown
        };
        let mut list: Vec<_> = self.there.iter().copied().filter(|(minute, _)| fits(*minute)).collect();
        if !self.manners.ascending {
            list.reverse();
        }
        let from = if self.manners.journal { offset } else { skip + offset };
        let size = ask.page_size.min(self.manners.cap);
        let page: Vec<_> = list.iter().copied().skip(from).take(size).collect();
        let rest = match (self.manners.tells, self.manners.journal) {
            (true, _) if from + page.len() < list.len() => Rest::Yes,
            (true, _) => Rest::No,
            (false, true) if page.len() < ask.page_size => Rest::Perhaps,
            (false, _) => Rest::Yes,
        };
        (page, rest)
    }

    fn skip(&self, ask: &Ask) -> usize {
        let here = |than: Timestamp| self.here.iter().filter(|(minute, _)| self.at(*minute) >= than).count();
        match ask.aim {
            Aim::Newest { skip } => usize::try_from(skip).unwrap(),
            Aim::Older(than) => here(than) * 49 / 50,
            Aim::Halfway(than) => here(than) / 2,
        }
    }

    /// Until when runs have looked back as far as they mean to.
    fn checked_until(&self, known: Span) -> Timestamp {
        self.checked.map_or(known.newest, |checked| known.newest.min(self.at(checked)))
    }

    /// One run to its end or until something ends it; says whether it came to its end, and how many pages it took.
    fn run(&mut self, extent: Extent, back: i64, happenings: &mut dyn Iterator<Item = Happening>) -> (bool, u32) {
        let began = self.now;
        let floor = self.cursor.coverage.top().map(|top| self.checked_until(top) - SignedDuration::from_mins(back));
        let mut walk = Walk::new(self.cursor.clone(), extent, floor, false, (None, self.at(self.now)));
        let mut seen = BTreeSet::new();
        let (mut ask, mut offset, mut pages) = (walk.ask(), 0, 0);
        let mut skip = self.skip(&ask);
        let mut counted: Option<(u64, Timestamp)> = None;
        let mut came = BTreeSet::new();
        loop {
            pages += 1;
            assert!(pages < 2_000, "it does not end");
            if self.refuses(&ask) {
                ask = walk.refused().expect("it answers a shorter window");
                continue;
            }
            if offset == 0 && self.manners.counts && walk.is_deep() && counted.is_none() {
                let until = ask.until().unwrap_or(self.at(self.now));
                counted = Some((self.count(until), until));
            }
            let (list, rest) = self.page(&ask, skip, offset);
            let happening = happenings.next().unwrap_or(Happening::Nothing);
            if matches!(happening, Happening::Lost) {
                return (false, pages);
            }
            offset += list.len();
            let fresh: Vec<_> = list.iter().copied().filter(|message| seen.insert(*message)).collect();
            self.here.extend(&fresh);
            if let Some((_, until)) = counted {
                came.extend(list.iter().filter(|message| self.at(message.0) <= until).copied());
            }
            let left = match counted {
                _ if !self.manners.counts => Left::Uncounted,
                None => Left::Unknown,
                Some((all, _)) => all.checked_sub(came.len() as u64).map_or(Left::Unknown, Left::Records),
            };
            if rest == Rest::Perhaps && matches!(left, Left::Records(1..)) {
                self.learnt_cap = self.learnt_cap.max(Some(list.len()));
            }
            let mut then = walk.take(&Page {
                times: list.iter().map(|(minute, _)| self.at(*minute)).collect(),
                own: vec![fresh.iter().map(|(minute, _)| self.at(*minute)).collect()],
                received: list.len(),
                fresh: fresh.len(),
                rest,
                capacity: self.manners.cap,
                now: self.at(self.now),
                by_time: self.manners.journal,
                short_ends: self.manners.counts && self.learnt_cap.is_none_or(|cap| list.len() < cap),
                left,
            });
            if let Then::Count(bottom) = then {
                let before = bottom - SignedDuration::from_secs(1);
                then = walk.counted(if self.count(before) > 0 { Below::From(before) } else { Below::Nothing });
            }
            self.cursor = walk.cursor.clone();
            match happening {
                Happening::Killed => return (false, pages),
                Happening::Arrive(count) => {
                    for _ in 0..count {
                        self.now += 1;
                        self.arrive(self.now);
                    }
                }
                // one that is counted for another, in a list that hides others: nobody could tell
                Happening::Late(_) if self.manners.clips => {}
                Happening::Late(by) => {
                    let minute = (self.now - i64::from(by)).max(0);
                    self.late.insert((minute, self.next));
                    self.arrive(minute);
                }
                Happening::Again if !list.is_empty() => offset -= list.len(),
                _ => {}
            }
            match then {
                Then::Next => {}
                Then::Count(_) => unreachable!("it was told"),
                Then::Done => {
                    if walk.is_whole() {
                        self.checked = Some(began);
                    }
                    return (true, pages);
                }
                Then::Leg(next) => {
                    (ask, offset) = (next, 0);
                    seen.clear();
                    skip = self.skip(&ask);
                }
            }
        }
    }
}

const BACK: i64 = 100;

proptest! {
    /// However pages, repeats, losses, kills and arrivals interleave: once runs come to their ends undisturbed, what is
    /// here is what is there, each once.
    #[test]
    fn a_full_import_ends_with_the_account(
        manners in manners(),
        messages in 0usize..400,
        runs in prop::collection::vec(
            (prop_oneof![Just(Extent::Full), Just(Extent::New(40)), Just(Extent::Limit(30)), Just(Extent::More(25))],
                prop::collection::vec(happening(), 0..20)),
            0..8,
        ),
    ) {
        let mut world = World::new(manners, messages);
        for (extent, happenings) in runs {
            world.run(extent, BACK, &mut happenings.into_iter());
            for span in world.cursor.coverage.spans() {
                // what counts as known is here; only what came late may still be missing, where nobody has looked since
                let missing = world.there.difference(&world.here).filter(|message| {
                    let looked = world.checked_until(*span) - SignedDuration::from_mins(BACK);
                    let waits = world.late.contains(message) && (world.checked.is_none() || world.at(message.0) >= looked);
                    world.at(message.0) > span.oldest && world.at(message.0) < span.newest && !waits
                });
                prop_assert_eq!(missing.count(), 0, "{:?} {:?}", world.cursor.coverage, manners);
            }
        }
        for _ in 0..2 {
            prop_assert!(world.run(Extent::Full, BACK, &mut std::iter::empty()).0);
        }
        prop_assert_eq!(&world.here, &world.there);
        prop_assert!(world.cursor.coverage.is_complete());

        // from now on a look costs one page, or the one behind it that shows the end
        let (ended, pages) = world.run(Extent::New(40), 2, &mut std::iter::empty());
        prop_assert!(ended && pages <= 25, "{} pages", pages);
    }

    /// Whatever windows of time the account takes, and however long it was silent between two texts: everything comes,
    /// and only then is it said to be complete.
    #[test]
    fn a_described_account_comes_whole(
        manners in described(),
        messages in 0usize..300,
        silence in prop_oneof![Just(0i64), 0i64..4_000],
        extents in prop::collection::vec(
            prop_oneof![Just(Extent::Full), Just(Extent::New(40)), Just(Extent::Limit(30))], 0..4),
        happenings in prop::collection::vec(happening(), 0..20),
    ) {
        let mut world = World::new(manners, messages);
        // quiet since then
        world.now += silence * 60 / manners.pace.max(1);
        for extent in extents {
            world.run(extent, BACK, &mut happenings.clone().into_iter());
            let top = world.cursor.coverage.top().map_or(Timestamp::MIN, |top| top.newest);
            let may_lack = |message: &(i64, u32)| world.late.contains(message) || world.at(message.0) >= top;
            let whole = world.there.difference(&world.here).all(may_lack);
            prop_assert!(!world.cursor.coverage.is_complete() || whole, "{:?}", world.cursor.coverage);
        }
        for _ in 0..2 {
            prop_assert!(world.run(Extent::Full, BACK, &mut std::iter::empty()).0);
        }
        let missing: Vec<_> = world.there.difference(&world.here).filter(|message| !world.late.contains(message)).collect();
        prop_assert!(missing.is_empty(), "{} missing of {}", missing.len(), world.there.len());
        prop_assert!(world.cursor.coverage.is_complete());
    }

    /// A limit, an interruption and the next sync: what was asked for comes, and no gap is left unsaid.
    #[test]
    fn an_interrupted_first_sync_is_gone_on_with(manners in manners(), messages in 60usize..300, lost in 0usize..6) {
        let mut world = World::new(manners, messages);
        let until = std::iter::repeat_n(Happening::Nothing, lost).chain([Happening::Lost]);
        world.run(Extent::New(50), BACK, &mut until.into_iter());
        prop_assert!(world.run(Extent::New(50), BACK, &mut std::iter::empty()).0);
        let newest: BTreeSet<_> = world.there.iter().rev().take(50).copied().collect();
        prop_assert!(world.here.is_superset(&newest));
        prop_assert_eq!(world.cursor.owed, 0);
        prop_assert_eq!(world.cursor.coverage.spans().len(), 1);
        prop_assert!(!world.cursor.coverage.is_complete() || world.here == world.there);
    }

    /// Each "more" brings that many older ones, until the beginning.
    #[test]
    fn more_goes_down_to_the_beginning(manners in manners(), messages in 60usize..300) {
        let mut world = World::new(manners, messages);
        world.run(Extent::New(50), BACK, &mut std::iter::empty());
        for _ in 0..20 {
            let before = world.here.len();
            world.run(Extent::More(30), BACK, &mut std::iter::empty());
            let oldest = world.here.len() == messages;
            // it begins at the third of what is known, and those count
            prop_assert!(oldest || world.here.len() >= before + 28, "{} after {}", world.here.len(), before);
        }
        prop_assert_eq!(&world.here, &world.there);
        prop_assert!(world.cursor.coverage.is_complete());
    }
}

/// An import that was killed goes on where it was, and does not read again what it has.
#[test]
fn a_killed_import_is_resumed() {
    for journal in [true, false] {
        let manners = Manners { journal, ..PLAIN };
        let mut world = World::new(manners, 4_000);
        let kill = std::iter::repeat_n(Happening::Nothing, 99).chain([Happening::Killed]);
        let (ended, pages) = world.run(Extent::Full, BACK, &mut kill.into_iter());
        assert_eq!((ended, pages, world.here.len()), (false, 100, 2_000));
        let (ended, pages) = world.run(Extent::Full, BACK, &mut std::iter::empty());
        assert!(ended && world.here == world.there && world.cursor.coverage.is_complete());
        assert!(pages <= 112, "{pages} pages for the other 100");
    }
}
