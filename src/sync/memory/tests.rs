mod dropped;

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::SignedDuration;
use tokio::time::advance;

use super::super::service_clock::MARGIN;
use super::*;
use crate::config::{Account, BaseUrl, Scheme};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;
/// Of ten, one is kept for sending.
const LIMIT: u32 = 10;
const KEY: &str = "demo-fingerprint";

/// The world: true time, and a clock on the wall that is off by something.
struct World {
    dir: tempfile::TempDir,
    store: Store,
    ledger: Ledger,
    began: Timestamp,
    since: Instant,
    /// Time that passed while the machine slept.
    slept: i64,
    off: Arc<AtomicI64>,
}

impl World {
    async fn new() -> Self {
        tokio::time::pause();
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("mctui.db")).await.unwrap();
        let ledger = Ledger::new(&dir.path().join("requests"));
        Self { dir, store, ledger, began: Timestamp::now(), since: Instant::now(), slept: 0, off: Arc::default() }
    }

    fn truth(&self) -> i64 {
        let passed = i64::try_from(self.since.elapsed().as_millis()).unwrap();
        self.began.as_millisecond() + passed + self.slept
    }

    fn date(&self) -> Timestamp {
        Timestamp::from_second(self.truth() / 1_000).unwrap()
    }

    fn put_wall(&self, off: i64) {
        self.off.store(off, Ordering::SeqCst);
    }

    /// The ledger cannot be written from now on: something else lies in the place of its folder.
    fn take_ledger_away(&self) {
        std::fs::create_dir_all(self.dir.path().join("requests")).unwrap();
        std::fs::rename(self.dir.path().join("requests"), self.dir.path().join("away")).unwrap();
        std::fs::write(self.dir.path().join("requests"), "not a folder").unwrap();
    }

    fn bring_ledger_back(&self) {
        std::fs::remove_file(self.dir.path().join("requests")).unwrap();
        std::fs::rename(self.dir.path().join("away"), self.dir.path().join("requests")).unwrap();
    }

    /// What a program that is started now remembers.
    async fn process(&self) -> Arc<StoreMemory> {
        let account = Account { base_url: BaseUrl::default(), api_key: None, user_key: None, scheme: Scheme::Auto };
        let mut config = Config::for_account(account, Vec::new());
        config.sync.daily_requests = LIMIT;
        let (began, since, slept, off) = (self.began, self.since, self.slept, Arc::clone(&self.off));
        let clock = Clock::Other(Arc::new(move || {
            let passed = SignedDuration::try_from(since.elapsed()).unwrap();
            began + passed + SignedDuration::from_millis(slept + off.load(Ordering::SeqCst))
        }));
        let tokens = self.dir.path().join("tokens");
        let (store, ledger) = (self.store.clone(), self.ledger.clone());
        StoreMemory::load(store, ledger, &config, watch::Sender::new(0), clock, tokens).await.unwrap()
    }
}

async fn pass(hours: i64) {
    advance(Duration::from_millis(u64::try_from(hours * HOUR).unwrap())).await;
}

/// Makes requests as the client does, the one for the time among them, until no more is allowed; says how many. `date`:
/// whether the service tells the time.
async fn spend_all(world: &World, memory: &StoreMemory, date: bool) -> u32 {
    let mut made = 0;
    for _ in 0..3 * LIMIT {
        match memory.spend(KEY, Purpose::Send).await {
            Ok(()) => made += 1,
            Err(NotAllowed::Unclear(_)) => {}
            Err(_) => return made,
        }
        memory.heard(date.then(|| world.date())).await;
    }
    panic!("{made} requests and no end");
}

#[tokio::test]
async fn a_day_has_its_requests_and_the_next_one_has_them_again() {
    let world = World::new().await;
    let memory = world.process().await;
    assert_eq!(spend_all(&world, &memory, true).await, LIMIT);
    pass(23).await;
    assert_eq!(spend_all(&world, &memory, true).await, 0);
    pass(2).await;
    assert_eq!(spend_all(&world, &memory, true).await, LIMIT);
}

/// A jump of the clock, with and without a new process, opens no second budget and closes none.
#[rstest::rstest]
#[tokio::test]
async fn a_jump_neither_prunes_nor_closes(
    #[values(DAY + HOUR, YEAR, -DAY, -YEAR)] jump: i64,
    #[values(true, false)] restarts: bool,
    #[values(true, false)] put_right: bool,
) {
    let world = World::new().await;
    let mut memory = world.process().await;
    assert_eq!(spend_all(&world, &memory, true).await, LIMIT);
    pass(1).await;
    world.put_wall(jump);
    if restarts {
        memory = world.process().await;
    }
    assert_eq!(spend_all(&world, &memory, true).await, 0, "after the jump");
    pass(1).await;
    if put_right {
        world.put_wall(0);
    }
    if restarts {
        memory = world.process().await;
    }
    assert_eq!(spend_all(&world, &memory, true).await, 0, "after it was put right");
    pass(25).await;
    assert_eq!(spend_all(&world, &memory, true).await, LIMIT, "a day later");
}

/// A client that was off for two days is not blocked: one question without keys tells how late it is.
#[tokio::test]
async fn two_days_off_are_two_days() {
    let world = World::new().await;
    assert_eq!(spend_all(&world, &*world.process().await, true).await, LIMIT);
    pass(48).await;
    let memory = world.process().await;
    let unclear = memory.spend(KEY, Purpose::Read).await;
    assert!(matches!(unclear, Err(NotAllowed::Unclear(_))), "{unclear:?}");
    memory.heard(Some(world.date())).await;
    assert_eq!(spend_all(&world, &memory, true).await, LIMIT);
}

/// Requests that an earlier version entered by a clock that was a year ahead count for a day, not for a year.
#[tokio::test]
async fn entries_from_the_future_count_for_a_day() {
    let world = World::new().await;
    let future = world.began.saturating_add(SignedDuration::from_millis(YEAR)).unwrap();
    for _ in 0..LIMIT {
        world.ledger.spend(KEY, future, LIMIT).await.unwrap();
    }
    let memory = world.process().await;
    assert_eq!(spend_all(&world, &memory, true).await, 0);
    pass(23).await;
    assert_eq!(spend_all(&world, &memory, true).await, 0);
    pass(2).await;
    assert_eq!(spend_all(&world, &memory, true).await, LIMIT);
}

/// A service that tells no time goes by the clock on the wall at the start, and by the time that passes from there.
#[tokio::test]
async fn a_service_without_dates_has_a_next_day_too() {
    let world = World::new().await;
    assert_eq!(spend_all(&world, &*world.process().await, false).await, LIMIT);
    let memory = world.process().await;
    // as the engine does when it starts
    memory.ledger_now_of(KEY).await.unwrap();
    world.put_wall(YEAR);
    assert_eq!(spend_all(&world, &*world.process().await, true).await, 0);
    world.put_wall(0);
    pass(25).await;
    assert_eq!(spend_all(&world, &memory, false).await, LIMIT);
}

/// A ledger that cannot be written stops reading, and what sending costs meanwhile is entered later.
#[tokio::test]
async fn what_cannot_be_entered_is_counted_or_not_made() {
    let world = World::new().await;
    let memory = world.process().await;
    for _ in 0..3 {
        memory.spend(KEY, Purpose::Send).await.unwrap();
        memory.heard(Some(world.date())).await;
    }
    world.take_ledger_away();
    let read = memory.spend(KEY, Purpose::Read).await;
    assert!(matches!(read, Err(NotAllowed::Uncounted(_))), "{read:?}");
    let mut made = 3;
    while memory.spend(KEY, Purpose::Send).await.is_ok() {
        made += 1;
        assert!(made <= LIMIT, "{made} requests");
    }
    assert_eq!(made, LIMIT);
    memory.refund(KEY).await;
    world.bring_ledger_back();
    assert!(memory.spend(KEY, Purpose::Read).await.is_err(), "nine of nine are used");
    let entered = world.ledger.spent(KEY, world.date()).await.unwrap();
    assert_eq!(entered, LIMIT - 1);
    assert_eq!(spend_all(&world, &memory, true).await, 1);
}

/// What is left when the program ends is entered then.
#[tokio::test]
async fn what_could_not_be_entered_is_entered_at_the_end() {
    let world = World::new().await;
    let memory = world.process().await;
    world.take_ledger_away();
    memory.spend(KEY, Purpose::Send).await.unwrap();
    world.bring_ledger_back();
    memory.settle().await;
    let entered = world.ledger.spent(KEY, world.date()).await.unwrap();
    assert_eq!(entered, 1);
}

/// Clocks that jump, machines that sleep, answers that do not come, programs that end: in no 24 hours are there more
/// requests than the limit, and after a quiet day there are all of them again.
#[tokio::test]
async fn the_budget_holds_whatever_the_clock_does() {
    for seed in 0..12 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut world = World::new().await;
        let mut memory = world.process().await;
        let mut made: Vec<i64> = Vec::new();
        for step in 0..120 {
            match rng.u8(0..10) {
                0 => world.put_wall(rng.i64(-2 * YEAR..2 * YEAR)),
                1 => world.put_wall(0),
                2 => memory = world.process().await,
                3 => {
                    // a machine that sleeps: its programs are the same ones, and their clocks know
                    let slept = rng.i64(0..10 * HOUR);
                    world.slept += slept;
                    memory = world.process().await;
                }
                4 | 5 => pass(rng.i64(0..9)).await,
                _ => {}
            }
            let answers = rng.u8(0..4) > 0;
            match memory.spend(KEY, Purpose::Send).await {
                Ok(()) => {
                    let now = world.truth();
                    made.push(now);
                    let of_a_day = made.iter().filter(|at| now - **at < DAY - 2 * MARGIN).count();
                    assert!(of_a_day <= LIMIT as usize, "{of_a_day} in a day at step {step} of seed {seed}");
                }
                Err(NotAllowed::Unclear(_)) => {}
                Err(_) => continue,
            }
            if answers {
                memory.heard(Some(world.date())).await;
            }
        }
        pass(25).await;
        memory.heard(Some(world.date())).await;
        pass(25).await;
        memory.heard(Some(world.date())).await;
        assert_eq!(spend_all(&world, &memory, true).await, LIMIT, "after two quiet days, seed {seed}");
        tokio::time::resume();
    }
}

/// A second home: another cache, and the same ledger.
async fn another_home(world: &World) -> World {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("mctui.db")).await.unwrap();
    let ledger = Ledger::new(&world.dir.path().join("requests"));
    World {
        dir,
        store,
        ledger,
        began: world.began,
        since: world.since,
        slept: world.slept,
        off: Arc::clone(&world.off),
    }
}

#[tokio::test]
async fn two_homes_share_a_day() {
    let world = World::new().await;
    let other = another_home(&world).await;
    let (one, two) = (world.process().await, other.process().await);
    let mut made = 0;
    while one.spend(KEY, Purpose::Send).await.is_ok() {
        one.heard(Some(world.date())).await;
        made += 1;
        if two.spend(KEY, Purpose::Send).await.is_ok() {
            two.heard(Some(world.date())).await;
            made += 1;
        }
        assert!(made <= LIMIT);
    }
    assert_eq!(made, LIMIT);
    assert_eq!(spend_all(&world, &two, true).await, 0);
    assert_eq!(
        spend_all(&world, &*other.process().await, true).await,
        0,
        "a home that has just come knows the time, too"
    );
    pass(25).await;
    assert_eq!(spend_all(&world, &*other.process().await, true).await, LIMIT);
    assert_eq!(spend_all(&world, &one, true).await, 0);
}

/// What a cache counted before an upgrade counts on; a process that dies half-way, or a copy of the cache, adds nothing.
#[tokio::test]
async fn what_the_cache_counted_is_taken_over_once() {
    let world = World::new().await;
    let now = world.truth();
    let ago = |minutes: i64| now - minutes * 60_000;
    world.store.keep_requests(KEY, (1..=6).map(ago).collect()).await.unwrap();
    world.store.keep_requests("other", vec![now]).await.unwrap();
    // it died before it took them out of the cache
    let legacy = world.store.legacy_requests(KEY, "service").await.unwrap();
    world.ledger.take_over(KEY, legacy).await.unwrap();
    let memory = world.process().await;
    assert_eq!(memory.ledger_now_of(KEY).await.unwrap().as_millisecond(), now);
    assert_eq!(world.ledger.spent(KEY, world.date()).await.unwrap(), 6);
    let left = async |key| world.store.legacy_requests(key, "service").await.unwrap().len();
    assert_eq!((left(KEY).await, left("other").await), (0, 1));
    // the copy of another home
    let other = another_home(&world).await;
    other.store.keep_requests(KEY, (1..=6).map(ago).collect()).await.unwrap();
    assert_eq!(spend_all(&world, &*other.process().await, true).await, LIMIT - 6);
    assert_eq!(spend_all(&world, &memory, true).await, 0);
}

/// A key that was used under a clock of long ago forgets nothing of another key.
#[tokio::test]
async fn the_clock_of_one_key_forgets_nothing_of_another() {
    let world = World::new().await;
    let enter = async |key, date: i64| {
        let memory = world.process().await;
        memory.spend(key, Purpose::Send).await.unwrap();
        memory.heard(Some(world.date() + SignedDuration::from_millis(date))).await;
        memory.spend(key, Purpose::Send).await.unwrap();
    };
    enter("ahead", YEAR).await;
    enter(KEY, 0).await;
    let memory = world.process().await;
    memory.spend("ahead", Purpose::Send).await.unwrap();
    memory.spend(KEY, Purpose::Send).await.unwrap();
    assert_eq!(world.ledger.spent(KEY, world.date()).await.unwrap(), 3);
    memory.spend("new", Purpose::Send).await.unwrap();
    memory.spend("ahead", Purpose::Send).await.unwrap();
    assert_eq!(world.ledger.spent("ahead", world.date()).await.unwrap(), 4);
}

/// Nobody knows what a damaged ledger counted: for a day only the sends of the reserve are made.
#[tokio::test]
async fn a_damaged_ledger_costs_the_reading_of_a_day() {
    let world = World::new().await;
    let memory = world.process().await;
    memory.spend(KEY, Purpose::Send).await.unwrap();
    memory.heard(Some(world.date())).await;
    world.ledger.close().await;
    std::fs::write(world.ledger.path(KEY), "not a database").unwrap();
    let read = memory.spend(KEY, Purpose::Read).await;
    assert!(matches!(&read, Err(NotAllowed::Uncounted(why)) if why.contains("was damaged")), "{read:?}");
    assert_eq!(spend_all(&world, &memory, true).await, 1);
    pass(23).await;
    assert!(world.process().await.spend(KEY, Purpose::Read).await.is_err());
    pass(2).await;
    let next = world.process().await;
    assert_eq!(spend_all(&world, &next, true).await, LIMIT);
}
