//! Upgrades that do not come to their end: the cache is as it was, and the next start does it.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use super::*;
use crate::model::upkeep::{Chore, Upkeep};

/// In a second run of this test program: the cache to upgrade.
const UPGRADES: &str = "MCTUI_TEST_UPGRADES";

fn version(path: &Path) -> i64 {
    rows(path, "PRAGMA user_version")
}

fn is_whole(path: &Path) -> bool {
    let check = |conn: Connection| conn.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0));
    check(Connection::open(path).unwrap()).unwrap() == "ok"
}

fn names_with(path: &Path, part: &str) -> Vec<PathBuf> {
    leftovers::beside(path, "").into_iter().filter(|name| name.to_string_lossy().contains(part)).collect()
}

/// This test alone, in a process of its own.
fn second_run(test: &str, cache: &Path, shell: &str) -> Command {
    let this = std::env::current_exe().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{shell} exec \"$0\" --exact \"$1\" --nocapture")]).arg(this);
    command.arg(format!("store::tests::upgrades::{test}")).env(UPGRADES, cache).stdout(Stdio::piped());
    command
}

#[tokio::test]
async fn one_that_is_interrupted_anywhere_is_done_by_the_next_start() {
    let (_dir, path) = old_cache().await;
    let mut interrupted = 0;
    for steps in (1..).map(|n| n * 400) {
        let mut conn = open::connect(&path).unwrap();
        let mut left = steps;
        let stop = move || {
            left -= 1;
            left < 0
        };
        conn.progress_handler(1, Some(stop)).unwrap();
        let done = open::prepare(&mut conn, &path, &steps_and(&NEXT), &Attendant::default());
        drop(conn);
        if done.is_ok() {
            break;
        }
        interrupted += 1;
        assert_eq!(version(&path), NOW, "after {steps} steps: {done:?}");
        assert_eq!(rows(&path, "SELECT count(*) FROM pragma_table_info('numbers') WHERE name = 'colour'"), 0);
        assert!(is_whole(&path) && names_with(&path, ".partial").is_empty(), "after {steps} steps");
    }
    assert!(interrupted > 5, "interrupted {interrupted} times");
    assert_eq!((version(&path), rows(&path, "SELECT count(*) FROM numbers WHERE colour = 'green'")), (NOW + 1, 2));
    assert!(is_whole(&path));
}

#[test]
fn one_that_is_killed_half_way_is_done_by_the_next_start() {
    if let Some(cache) = std::env::var_os(UPGRADES) {
        let cache = PathBuf::from(cache);
        let mut conn = open::connect(&cache).unwrap();
        let changed = |_, _: &str, table: &str, _| {
            if table == "numbers" {
                println!("half way");
                loop {
                    std::thread::park();
                }
            }
        };
        conn.update_hook(Some(changed)).unwrap();
        let _ = open::prepare(&mut conn, &cache, &steps_and(&NEXT), &Attendant::default());
        unreachable!("it was to be killed");
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (_dir, path) = runtime.block_on(old_cache());
    let mut child = second_run("one_that_is_killed_half_way_is_done_by_the_next_start", &path, "").spawn().unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().ends_with("half way")));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(version(&path), NOW);
    drop(upgrade(&path, &steps_and(&NEXT)).unwrap());
    assert_eq!((version(&path), rows(&path, "SELECT count(*) FROM numbers WHERE colour = 'green'")), (NOW + 1, 2));
    assert!(is_whole(&path));
    assert_eq!(names_with(&path, ".bak").len(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn without_room_for_the_copy_there_is_no_upgrade() {
    if let Some(cache) = std::env::var_os(UPGRADES) {
        let error = upgrade(Path::new(&cache), &steps_and(&NEXT)).unwrap_err();
        assert!(matches!(error, StoreError::Full { .. }), "{error}");
        assert!(error.to_string().contains(&format!(".v{NOW}.bak")), "{error}");
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (_dir, path) = runtime.block_on(old_cache());
    assert!(std::fs::metadata(&path).unwrap().len() > 100_000, "the copy is larger than the limit");
    // 64 kB for a file: the index of the log has room, a copy of the cache has not
    let test = "without_room_for_the_copy_there_is_no_upgrade";
    let run = second_run(test, &path, "trap '' XFSZ; ulimit -f 128;").output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
    assert_eq!(version(&path), NOW);
    assert!(names_with(&path, &format!(".v{NOW}.")).is_empty(), "nothing is left of it");
    drop(upgrade(&path, &steps_and(&NEXT)).unwrap());
    assert_eq!(version(&path), NOW + 1);
}

#[tokio::test]
async fn the_two_newest_copies_are_kept() {
    let (_dir, path) = old_cache().await;
    let later: Vec<String> =
        (1..=4).map(|n| to_come(n, &format!("ALTER TABLE numbers ADD COLUMN c{n} TEXT;"))).collect();
    let mut steps = open::MIGRATIONS.to_vec();
    for step in &later {
        steps.push(step);
        drop(upgrade(&path, &steps).unwrap());
    }
    let kept: Vec<_> = leftovers(&path).into_iter().map(|left| (left.kind, left.path)).collect();
    let copy = |version| (LeftoverKind::Backup, open::neighbour(&path, &format!(".v{version}.bak")));
    assert_eq!(kept, [copy(NOW + 2), copy(NOW + 3)]);
}

#[tokio::test]
async fn copies_that_were_never_finished_are_cleared_away() {
    let (_dir, path) = old_cache().await;
    for name in [".v1.4711-0.partial", ".rescue.partial", ".v1.bak"] {
        std::fs::write(open::neighbour(&path, name), "half a copy").unwrap();
    }
    let store = Store::open(&path).await.unwrap();
    assert!(names_with(&path, ".partial").is_empty());
    assert_eq!(leftovers(&path).len(), 1, "a whole copy stays");
    // somebody else may be making one
    std::fs::write(open::neighbour(&path, ".v1.4712-0.partial"), "half a copy").unwrap();
    let other = Store::open(&path).await.unwrap();
    assert_eq!(names_with(&path, ".partial").len(), 1);
    drop((store, other));
}

#[tokio::test]
async fn what_is_said_to_be_stored_is_synced() {
    let (_dir, store) = open().await;
    let settings = store
        .write(|conn, _| {
            let ask = |name| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
            Ok((ask("synchronous")?, ask("fullfsync")?, ask("checkpoint_fullfsync")?))
        })
        .await;
    assert_eq!(settings.unwrap(), (2, 1, 1), "FULL in a write-ahead log");
    // a disk that has no write-ahead log: SQLite has none in memory either
    let mut conn = Connection::open_in_memory().unwrap();
    open::prepare(&mut conn, Path::new("mctui.db"), open::MIGRATIONS, &Attendant::default()).unwrap();
    let synchronous: i64 = conn.pragma_query_value(None, "synchronous", |row| row.get(0)).unwrap();
    assert_eq!(synchronous, 3, "EXTRA without");
}

#[tokio::test]
async fn the_words_of_a_cache_without_an_index_are_found_after_the_upgrade() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mctui.db");
    std::fs::write(&path, "").unwrap();
    let conn = upgrade(&path, &open::MIGRATIONS[..1]).unwrap();
    conn.execute_batch(
        "INSERT INTO numbers (id, address) VALUES (1, '+12025550101');
         INSERT INTO contacts (id, address, name) VALUES (1, '+12025550147', 'Dana');
         INSERT INTO threads (id, number_id, contact_id, listed, activity) VALUES (1, 1, 1, 1, 131072);
         INSERT INTO messages (id, thread_id, direction, text_key, body) VALUES
             (65536, 1, 0, 0, 'is the café open'), (131072, 1, 1, 0, 'it is closed');",
    )
    .unwrap();
    drop(conn);
    let store = Store::open(&path).await.unwrap();
    let query = |text| query::parse(text, false, at(0), &jiff::tz::TimeZone::UTC);
    let find = async |text| {
        let asked = SearchQuery { query: query(text), limit: 9, ..SearchQuery::default() };
        store.search(asked).await.unwrap().found.into_iter().map(|found| found.message.id.0).collect::<Vec<_>>()
    };
    assert_eq!(find("cafe").await, [65_536]);
    assert_eq!(find("is").await, [131_072, 65_536]);
    assert!(!store.thread(ThreadId(1)).await.unwrap().unwrap().muted);
    assert_eq!(store.health().await.unwrap().integrity, Ok(()));
    assert_eq!(names_with(&path, ".v1.bak").len(), 1);
}

/// The index of before knew a run of Chinese characters as one word.
#[tokio::test]
async fn what_an_older_index_did_not_find_is_found_after_the_upgrade() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mctui.db");
    std::fs::write(&path, "").unwrap();
    let before = open::MIGRATIONS.iter().position(|step| step.contains("spellings")).unwrap();
    let conn = upgrade(&path, &open::MIGRATIONS[..before]).unwrap();
    conn.execute_batch(
        "INSERT INTO numbers (id, address, place) VALUES (1, '+12025550101', 0);
         INSERT INTO contacts (id, address) VALUES (1, '+12025550147');
         INSERT INTO threads (id, number_id, contact_id, listed, activity) VALUES (1, 1, 1, 1, 131072);
         INSERT INTO messages (id, thread_id, direction, text_key, body) VALUES
             (65536, 1, 0, 0, '明日の予約をお願いします'), (131072, 1, 1, 0, 'call (303) 555-0162');
         INSERT INTO messages_text (rowid, body, thread_id) SELECT id, body, thread_id FROM messages ORDER BY id;",
    )
    .unwrap();
    drop(conn);
    let store = Store::open(&path).await.unwrap();
    for (text, id) in [("予約", 65_536), ("3035550162", 131_072)] {
        let query = query::parse(text, true, at(0), &jiff::tz::TimeZone::UTC);
        let found = store.search(SearchQuery { query, limit: 9, ..SearchQuery::default() }).await.unwrap().found;
        assert_eq!(found.into_iter().map(|found| found.message.id.0).collect::<Vec<_>>(), [id], "{text}");
    }
    assert_eq!(store.health().await.unwrap().integrity, Ok(()));
    store.close().await;
    // and what is gone from the messages is gone from the index, also where another program deletes it
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch(
        "DELETE FROM messages; INSERT INTO messages_text (messages_text, rank) VALUES ('integrity-check', 1);",
    )
    .unwrap();
    assert_eq!(rows(&path, "SELECT count(*) FROM messages_words"), 0);
    assert_eq!(rows(&path, "SELECT count(*) FROM spellings"), 0);
}

#[tokio::test]
async fn a_cache_of_before_broadcasts_keeps_its_drafts_and_takes_one() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mctui.db");
    std::fs::write(&path, "").unwrap();
    let conn = upgrade(&path, &open::MIGRATIONS[..3]).unwrap();
    conn.execute_batch(
        "INSERT INTO numbers (id, address) VALUES (1, '+12025550101');
         INSERT INTO contacts (id, address) VALUES (1, '+12025550147');
         INSERT INTO threads (id, number_id, contact_id, listed, draft, draft_at) VALUES (1, 1, 1, 1, 'on my way', 1);",
    )
    .unwrap();
    drop(conn);
    let store = Store::open(&path).await.unwrap();
    assert_eq!(store.draft(ThreadId(1)).await.unwrap().as_deref(), Some("on my way"));
    assert_eq!(store.broadcast(None).await.unwrap(), None);
    let begun = Broadcast { sender: number(), people: vec![contact(1), contact(2)], text: "to both".into() };
    store.save_broadcast(number(), begun.clone(), at(0)).await.unwrap();
    store.close().await;
    let store = Store::open(&path).await.unwrap();
    assert_eq!(store.broadcast(Some(number())).await.unwrap(), Some((number(), begun)));
    assert_eq!(store.health().await.unwrap().integrity, Ok(()));
    assert_eq!(names_with(&path, ".v3.bak").len(), 1);
}

#[tokio::test]
async fn a_cache_of_before_notes_keeps_its_messages_and_takes_them() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mctui.db");
    std::fs::write(&path, "").unwrap();
    let conn = upgrade(&path, &open::MIGRATIONS[..4]).unwrap();
    conn.execute_batch(
        "INSERT INTO numbers (id, address, place) VALUES (1, '+12025550101', 0);
         INSERT INTO contacts (id, address) VALUES (1, '+12025550111');
         INSERT INTO threads (id, number_id, contact_id, listed, activity) VALUES (1, 1, 1, 1, 65536);
         INSERT INTO messages (id, thread_id, direction, unread, accepted, text_key, remote_id, roads, body)
         VALUES (65536, 1, 0, 1, 1, 0, 'r-1', 1, 'hi');",
    )
    .unwrap();
    drop(conn);
    let store = Store::open(&path).await.unwrap();
    let message = store.message(MessageId(65_536)).await.unwrap().unwrap();
    assert_eq!((&message.request_guid, message.notes.is_empty(), message.unread), (&None, true, true));
    assert_eq!(store.thread(ThreadId(1)).await.unwrap().unwrap().contact_kind, CallerKind::Default);
    assert_eq!(store.numbers().await.unwrap()[0].traits, NumberTraits::default());
    assert_eq!(store.thread_coverage(ThreadId(1)).await.unwrap(), None);
    let told = Incoming {
        request_guid: Some("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0".into()),
        notes: crate::model::RecordNotes { read: Some(true), ..Default::default() },
        ..record(1, Direction::Inbound, "hi")
    };
    let same = |_: &[Incoming], known: &[Known]| vec![Op::Update { id: known[0].id }];
    assert_eq!(store.intake(vec![told], same).await.unwrap().updated, [message.id]);
    let message = store.message(message.id).await.unwrap().unwrap();
    assert_eq!((message.request_guid.is_some(), message.notes.read, message.unread), (true, Some(true), false));
    assert_eq!(store.health().await.unwrap().integrity, Ok(()));
    assert_eq!(names_with(&path, ".v4.bak").len(), 1);
}

/// Messages of a cache of the first version that are more than are indexed at a time.
const MANY: u64 = 12_000;

fn first_version() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mctui.db");
    std::fs::write(&path, "").unwrap();
    let conn = upgrade(&path, &open::MIGRATIONS[..1]).unwrap();
    conn.execute_batch(&format!(
        "INSERT INTO numbers (id, address) VALUES (1, '+12025550101');
         INSERT INTO contacts (id, address) VALUES (1, '+12025550147');
         INSERT INTO threads (id, number_id, contact_id, listed, activity) VALUES (1, 1, 1, 1, 65536);
         WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {MANY})
         INSERT INTO messages (id, thread_id, direction, text_key, body)
         SELECT n * 65536, 1, 0, 0,
             'call ' || n || iif(n % 7, '', ' tomorrow') || iif(n % 11, '', ' 明日の予約 202-555-0147') FROM n;"
    ))
    .unwrap();
    (dir, path)
}

/// An attendant that notes what it hears, and stops what `stops` says.
fn attendant(stops: fn(Upkeep) -> bool) -> (Attendant, Arc<Mutex<Vec<Upkeep>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let own = Arc::new(OnceLock::<Attendant>::new());
    let (notes, me) = (Arc::clone(&heard), Arc::clone(&own));
    let attendant = Attendant::new(move |upkeep| {
        notes.lock().unwrap().push(upkeep);
        if stops(upkeep) {
            me.get().unwrap().stop();
        }
    });
    own.set(attendant.clone()).unwrap();
    (attendant, heard)
}

#[tokio::test]
async fn the_index_is_filled_in_steps_that_are_told_of() {
    let (_dir, path) = first_version();
    let (attendant, heard) = attendant(|_| false);
    let store = Store::open_attended(&path, attendant).await.unwrap();
    let heard = heard.lock().unwrap().clone();
    assert_eq!(heard[0].chore, Chore::Copy, "the copy comes first: {heard:?}");
    let indexed: Vec<_> = heard.iter().filter(|upkeep| upkeep.chore == Chore::Index).collect();
    assert!(indexed.iter().all(|upkeep| upkeep.of == MANY), "{indexed:?}");
    assert_eq!(indexed.iter().map(|upkeep| upkeep.done).collect::<Vec<_>>(), [0, 5_000, 10_000, MANY]);
    store.close().await;
    // the index itself says whether it fits to the messages, and what it makes by itself is the same
    let conn = Connection::open(&path).unwrap();
    let words = || {
        let mut words = conn.prepare("SELECT term, doc, col, offset FROM messages_words").unwrap();
        let place = |row: &rusqlite::Row<'_>| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?, row.get::<_, i64>(3)?))
        };
        words.query_map([], place).unwrap().collect::<Result<Vec<_>, _>>().unwrap()
    };
    let command = |command| conn.execute(command, []).unwrap();
    command("INSERT INTO messages_text (messages_text, rank) VALUES ('integrity-check', 1)");
    let filled = words();
    command("INSERT INTO messages_text (messages_text) VALUES ('rebuild')");
    assert!(filled.len() > 30_000 && filled == words(), "{} words", filled.len());
}

#[tokio::test]
async fn one_that_is_stopped_is_done_by_the_next_start() {
    let (_dir, path) = first_version();
    for stops in
        [|upkeep: Upkeep| upkeep.chore == Chore::Copy, |upkeep: Upkeep| upkeep.chore == Chore::Index && upkeep.done > 0]
    {
        let (attendant, _) = attendant(stops);
        let stopped = Store::open_attended(&path, attendant).await;
        assert!(matches!(stopped, Err(StoreError::Stopped { .. })), "{stopped:?}");
        assert_eq!(version(&path), 1);
        assert!(is_whole(&path) && names_with(&path, ".partial").is_empty());
    }
    let store = Store::open(&path).await.unwrap();
    assert_eq!(i64::from(store.health().await.unwrap().schema), NOW);
}

#[tokio::test]
async fn who_waits_for_another_process_hears_of_it_and_may_leave() {
    let (_dir, path) = old_cache().await;
    let lock = std::fs::File::open(open::neighbour(&path, ".lock")).unwrap();
    lock.lock().unwrap();
    let (waiting, heard) = attendant(|upkeep| upkeep.chore == Chore::Wait);
    let left = Store::open_attended(&path, waiting).await;
    assert!(matches!(left, Err(StoreError::Stopped { .. })), "{left:?}");
    assert_eq!(*heard.lock().unwrap(), [Upkeep::uncounted(Chore::Wait)]);
    drop(lock);
    Store::open(&path).await.unwrap();
}

#[tokio::test]
async fn a_rescue_is_told_of_and_begins_anew_where_it_was_stopped() {
    let (_dir, path) = old_cache().await;
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[16..24].fill(0xee);
    std::fs::write(&path, &bytes).unwrap();
    let (stopping, _) = attendant(|upkeep| upkeep.chore == Chore::Rescue);
    let stopped = Store::open_attended(&path, stopping).await;
    assert!(matches!(stopped, Err(StoreError::Stopped { .. })), "{stopped:?}");
    assert_eq!(std::fs::read(&path).unwrap(), bytes, "the damaged cache is as it was");
    let (attendant, heard) = attendant(|_| false);
    let store = Store::open_attended(&path, attendant).await.unwrap();
    assert!(store.recovery().is_some());
    let heard: Vec<_> = heard.lock().unwrap().iter().map(|upkeep| upkeep.chore).collect();
    assert!(heard.contains(&Chore::Rescue) && heard.contains(&Chore::Index), "{heard:?}");
}
