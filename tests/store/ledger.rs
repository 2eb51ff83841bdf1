//! The ledger of requests: its files, and several processes on one of them.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use mctui::store::{Entered, Ledger, LedgerError, Reservation};
use rstest::rstest;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

async fn spend(ledger: &Ledger, key: &str) -> Result<u32, LedgerError> {
    ledger.spend(key, Timestamp::now(), 1_000).await.map(|spend| spend.used)
}

#[tokio::test]
async fn keys_have_files_of_their_own_for_their_owner_alone() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("state/requests");
    let ledger = Ledger::new(&folder);
    assert_eq!(ledger.spent("one", Timestamp::now()).await.unwrap(), 0);
    assert!(!folder.exists(), "who asks makes nothing");
    assert_eq!((spend(&ledger, "one").await.unwrap(), spend(&ledger, "two").await.unwrap()), (1, 1));
    assert_eq!(spend(&ledger, "one").await.unwrap(), 2);
    assert_eq!(mode(&folder), 0o700);
    for name in ["one.db", "one.db-wal", "one.db-shm", "two.db", "lock"] {
        assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
    }
    ledger.close().await;
    let mut names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["lock", "one.db", "two.db"]);
    assert_eq!(spend(&ledger, "one").await.unwrap(), 3, "it opens again");
}

#[tokio::test]
async fn a_folder_and_a_file_that_others_can_read_are_closed_to_them() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::new(dir.path());
    spend(&ledger, "key").await.unwrap();
    ledger.close().await;
    fs::set_permissions(ledger.path("key"), fs::Permissions::from_mode(0o644)).unwrap();
    spend(&ledger, "key").await.unwrap();
    assert_eq!(mode(&ledger.path("key")), 0o600);
}

/// Nothing is written through a link, neither in place of the file nor of its log.
#[rstest]
#[case::the_file("", "key.db")]
#[case::the_file_before_it_is_made("new", "key.db")]
#[case::its_log("", "key.db-wal")]
#[case::the_lock("new", "lock")]
#[tokio::test]
async fn no_link_is_followed(#[case] state: &str, #[case] name: &str) {
    let dir = tempfile::tempdir().unwrap();
    let (folder, target) = (dir.path().join("requests"), dir.path().join("target"));
    let ledger = Ledger::new(&folder);
    fs::create_dir(&folder).unwrap();
    if state != "new" {
        spend(&ledger, "key").await.unwrap();
        ledger.close().await;
        let _ = fs::rename(folder.join(name), dir.path().join("away"));
    }
    fs::write(&target, "").unwrap();
    symlink(&target, folder.join(name)).unwrap();
    let refused = spend(&ledger, "key").await;
    assert!(refused.is_err(), "{refused:?}");
    assert_eq!(fs::read(&target).unwrap(), b"");
}

#[rstest]
#[tokio::test]
async fn no_pipe_is_waited_for(#[values("", "-wal", "-shm", "-journal")] part: &str) {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::new(dir.path());
    spend(&ledger, "key").await.unwrap();
    ledger.close().await;
    let pipe = dir.path().join(format!("key.db{part}"));
    let _ = fs::remove_file(&pipe);
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let ledger = Ledger::new(dir.path());
    let entered = tokio::time::timeout(Duration::from_secs(30), spend(&ledger, "key"));
    let why = entered.await.expect("an end").unwrap_err().to_string();
    assert!(why.contains(pipe.to_str().unwrap()) && why.contains("remove it"), "{why}");
}

/// A process that was stopped in the middle of an entry keeps nobody for long.
#[tokio::test]
async fn a_held_file_is_waited_for_a_little() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::new(dir.path());
    spend(&ledger, "key").await.unwrap();
    let holder = rusqlite::Connection::open(ledger.path("key")).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE; INSERT INTO requests (at, proven) VALUES (0, 1);").unwrap();
    let waited = tokio::time::timeout(Duration::from_secs(30), spend(&ledger, "key")).await.expect("an end");
    assert!(matches!(waited, Err(LedgerError::Busy { .. })), "{waited:?}");
    assert_eq!(ledger.spent("key", Timestamp::now()).await.unwrap(), 1, "what is there can be read");
    assert_eq!(spend(&ledger, "other").await.unwrap(), 1, "other keys do not wait");
    drop(holder);
    assert_eq!(spend(&ledger, "key").await.unwrap(), 2);
}

/// Damage of any kind is seen before it is counted by, and a new file says that all is used.
#[rstest]
#[case::garbage(|bytes: &mut Vec<u8>| bytes.fill(0xa5))]
#[case::empty(|bytes: &mut Vec<u8>| bytes.clear())]
#[case::cut(|bytes: &mut Vec<u8>| bytes.truncate(4_096))]
#[case::a_page_of_zeros(|bytes: &mut Vec<u8>| bytes[4_096..8_192].fill(0))]
#[case::its_last_page(|bytes: &mut Vec<u8>| bytes.iter_mut().rev().take(4_096).for_each(|byte| *byte = 0x5a))]
#[case::it_says_read_only(|bytes: &mut Vec<u8>| bytes[18] = 7)]
#[case::it_says_newer(|bytes: &mut Vec<u8>| bytes[60..64].fill(0x11))]
#[case::it_is_of_another_program(|bytes: &mut Vec<u8>| bytes[68..72].fill(0x11))]
#[tokio::test]
async fn damage_is_set_aside_once(#[case] harm: fn(&mut Vec<u8>)) {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::new(dir.path());
    for _ in 0..300 {
        spend(&ledger, "key").await.unwrap();
    }
    ledger.close().await;
    let mut bytes = fs::read(ledger.path("key")).unwrap();
    harm(&mut bytes);
    fs::write(ledger.path("key"), &bytes).unwrap();

    let refused = spend(&ledger, "key").await;
    assert!(matches!(refused, Err(LedgerError::Damaged { .. })), "{refused:?}");
    assert!(ledger.spent("key", Timestamp::now()).await.is_err());
    let now = Timestamp::now().as_millisecond();
    let others = [Ledger::new(dir.path()), Ledger::new(dir.path())];
    let (one, two) = tokio::join!(others[0].set_aside("key", now, true, 40), others[1].set_aside("key", now, true, 40));
    let aside: Vec<_> = [one.unwrap(), two.unwrap()].into_iter().flatten().collect();
    assert_eq!(aside, [dir.path().join("key.db.damaged")], "one of them did it");
    assert_eq!(ledger.damaged("key").as_deref(), Some(&*aside[0]));
    assert_eq!(fs::read(&aside[0]).unwrap(), bytes);
    assert_eq!(spend(&ledger, "key").await.unwrap(), 41);
    assert_eq!(ledger.set_aside("key", now, true, 40).await.unwrap(), None, "it is sound");
}

/// Who died between setting aside and beginning anew has not made room.
#[tokio::test]
async fn a_file_that_was_only_set_aside_counts_as_damaged() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::new(dir.path());
    spend(&ledger, "key").await.unwrap();
    ledger.close().await;
    fs::rename(ledger.path("key"), dir.path().join("key.db.damaged")).unwrap();
    assert!(matches!(spend(&ledger, "key").await, Err(LedgerError::Damaged { .. })));
    assert!(ledger.set_aside("key", Timestamp::now().as_millisecond(), true, 7).await.unwrap().is_some());
    assert_eq!(spend(&ledger, "key").await.unwrap(), 8);
}

/// Who has a file open that another process set aside, or a person removed, counts in the one that lies there now.
#[tokio::test]
async fn what_lies_there_counts() {
    let dir = tempfile::tempdir().unwrap();
    let (ledger, other) = (Ledger::new(dir.path()), Ledger::new(dir.path()));
    spend(&ledger, "key").await.unwrap();
    spend(&other, "key").await.unwrap();
    for name in ["key.db", "key.db-wal", "key.db-shm"] {
        fs::remove_file(dir.path().join(name)).unwrap();
    }
    assert_eq!((spend(&ledger, "key").await.unwrap(), spend(&other, "key").await.unwrap()), (1, 2));
}

/// A file that cannot be used is opened and refused again and again, such as one of a later version beside an upgraded
/// home: that wakes nobody.
#[rstest]
#[case::of_a_later_version(|bytes: &mut Vec<u8>| bytes[60..64].copy_from_slice(&2_u32.to_be_bytes()))]
#[case::damaged(|bytes: &mut Vec<u8>| bytes[4_096..8_192].fill(0))]
#[tokio::test(flavor = "multi_thread")]
async fn a_look_at_a_file_that_is_refused_does_not_wake_itself(#[case] spoil: fn(&mut Vec<u8>)) {
    let dir = tempfile::tempdir().unwrap();
    let (folder, elsewhere) = (dir.path().join("requests"), dir.path().join("elsewhere"));
    let (ledger, other) = (Ledger::new(&folder), Ledger::new(&elsewhere));
    spend(&ledger, "key").await.unwrap();
    ledger.close().await;
    let mut bytes = fs::read(ledger.path("key")).unwrap();
    spoil(&mut bytes);
    fs::write(ledger.path("key"), &bytes).unwrap();

    let mut changes = ledger.changes().await;
    let look = async || ledger.spent("key", Timestamp::now()).await;
    assert!(look().await.is_err());
    let mut woken = 0;
    while tokio::time::timeout(Duration::from_secs(1), changes.changed()).await.is_ok() {
        woken += 1;
        assert!(woken < 5, "it wakes itself");
        assert!(look().await.is_err());
    }
    // the watcher reports another file in its place
    spend(&other, "key").await.unwrap();
    other.close().await;
    changes.mark_unchanged();
    fs::rename(other.path("key"), ledger.path("key")).unwrap();
    tokio::time::timeout(Duration::from_secs(20), changes.changed()).await.expect("a change").unwrap();
    assert_eq!(look().await.unwrap(), 1);
}

/// On a disk without write-ahead logs a process that died leaves a journal, which is not the new file's.
#[rstest]
#[case::the_file_is_empty(true)]
#[case::somebody_set_it_aside_and_died(false)]
#[tokio::test]
async fn a_journal_of_a_damaged_file_is_not_rolled_back_into_the_new_one(#[case] is_empty: bool) {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::new(dir.path());
    spend(&ledger, "key").await.unwrap();
    ledger.close().await;
    let (path, journal) = (ledger.path("key"), dir.path().join("key.db-journal"));
    let hot = {
        let dying = rusqlite::Connection::open(&path).unwrap();
        dying.execute_batch("PRAGMA journal_mode = delete; PRAGMA cache_size = 2; BEGIN").unwrap();
        for at in 0..3_000 {
            dying.execute("INSERT INTO requests (at, proven) VALUES (?1, 1)", [at]).unwrap();
        }
        fs::read(&journal).unwrap()
    };
    assert_eq!(hot[..8], [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7], "it was synced");
    if is_empty {
        fs::write(&path, "").unwrap();
    } else {
        fs::rename(&path, dir.path().join("key.db.damaged")).unwrap();
    }
    fs::write(&journal, &hot).unwrap();
    let now = Timestamp::now().as_millisecond();
    assert!(ledger.set_aside("key", now, true, 40).await.unwrap().is_some());
    assert!(!journal.exists());
    assert_eq!(fs::read(dir.path().join("key.db.damaged-journal")).unwrap(), hot);
    assert_eq!(spend(&ledger, "key").await.unwrap(), 41);
}

/// What was entered in a file that is gone is not taken back from the one in its place.
#[rstest]
#[case::by_the_same_process(true)]
#[case::by_another(false)]
#[tokio::test]
async fn a_request_is_taken_back_from_its_own_file_alone(#[case] same: bool) {
    let dir = tempfile::tempdir().unwrap();
    let (ledger, other) = (Ledger::new(dir.path()), Ledger::new(dir.path()));
    let enter = async || {
        let now = Timestamp::now().as_millisecond();
        let reservation =
            Reservation { now, latest: now, at_least: Some(now), is_proven: true, limit: 9, ..reservation() };
        match ledger.enter(reservation).await.unwrap() {
            Entered::Counted { row, .. } => row,
            refused @ Entered::Refused { .. } => panic!("{refused:?}"),
        }
    };
    let row = enter().await;
    for name in ["key.db", "key.db-wal", "key.db-shm"] {
        fs::remove_file(dir.path().join(name)).unwrap();
    }
    spend(if same { &ledger } else { &other }, "key").await.unwrap();
    assert!(!ledger.take_back("key", row).await.unwrap());
    assert_eq!(ledger.spent("key", Timestamp::now()).await.unwrap(), 1);
    let row = enter().await;
    assert!(ledger.take_back("key", row).await.unwrap());
    assert!(!ledger.take_back("key", row).await.unwrap());
    assert_eq!(ledger.spent("key", Timestamp::now()).await.unwrap(), 1);
}

fn reservation() -> Reservation {
    Reservation {
        key: "key".into(),
        service: "service".into(),
        now: 0,
        latest: 0,
        at_least: None,
        is_proven: false,
        is_behind: false,
        ahead: 0,
        limit: 0,
    }
}

/// A refusal is no end where the time of an entry is in doubt: the service may tell it.
#[tokio::test]
async fn a_refusal_by_entries_in_doubt_is_unclear() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::new(dir.path());
    let now = Timestamp::now().as_millisecond();
    ledger.enter_later("key", vec![now, now]).await.unwrap();
    let reservation = Reservation { now, latest: now, limit: 2, ..reservation() };
    assert_eq!(ledger.enter(reservation.clone()).await.unwrap(), Entered::Refused { used: 2, is_unclear: true });
    ledger.correct("service", "key", now, 0, 0).await.unwrap();
    assert_eq!(ledger.enter(reservation).await.unwrap(), Entered::Refused { used: 2, is_unclear: false });
}

/// The screen shows what other homes spend when they do.
#[tokio::test(flavor = "multi_thread")]
async fn requests_of_others_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let (ledger, other) = (Ledger::new(dir.path()), Ledger::new(dir.path()));
    let mut changes = ledger.changes().await;
    assert_eq!(ledger.spent("key", Timestamp::now()).await.unwrap(), 0);
    spend(&other, "key").await.unwrap();
    let told = async |changes: &mut tokio::sync::watch::Receiver<()>| {
        tokio::time::timeout(Duration::from_secs(20), changes.changed()).await.expect("a change").unwrap();
    };
    told(&mut changes).await;
    assert_eq!(spend(&ledger, "key").await.unwrap(), 2);
    for used in 3..6 {
        changes.mark_unchanged();
        assert_eq!(spend(&other, "key").await.unwrap(), used);
        told(&mut changes).await;
    }
}
