//! The file itself: who may read it, what it may not be, and what a crash leaves of it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use mctui::model::Delivery;
use mctui::store::{Store, StoreError};

use super::{Home, at, inbound, outgoing, take_in};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

async fn refusal(path: &Path) -> StoreError {
    Store::open(path).await.expect_err("it was opened")
}

#[tokio::test]
async fn nobody_else_can_read_the_cache() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data/mctui/mctui.db");
    let store = Store::open(&path).await.unwrap();
    take_in(&store, vec![inbound(1, 0, "hi")]).await;
    for file in ["mctui.db", "mctui.db-wal", "mctui.db-shm"] {
        assert_eq!(mode(&path.with_file_name(file)), 0o600, "{file}");
    }
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(mode(&dir.path().join("data")), 0o700);
    store.close().await;

    // a folder that was there keeps its mode, a file that was copied without care does not
    fs::set_permissions(path.parent().unwrap(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let store = Store::open(&path).await.unwrap();
    assert_eq!((mode(path.parent().unwrap()), mode(&path)), (0o755, 0o600));
    assert_eq!(store.health().await.unwrap().messages, 1);
}

#[tokio::test]
async fn a_newer_cache_is_left_alone() {
    let home = Home::new().await;
    let path = home.dir.path().join("mctui.db");
    home.store.close().await;
    let other = rusqlite::Connection::open(&path).unwrap();
    other.pragma_update(None, "user_version", 99).unwrap();
    drop(other);
    let before = fs::read(&path).unwrap();
    let error = refusal(&path).await;
    assert!(matches!(error, StoreError::Newer { found: 99, known: 9, .. }), "{error}");
    assert!(error.to_string().contains("version 99"), "{error}");
    assert!(fs::read(&path).unwrap() == before);
}

#[tokio::test]
async fn what_is_no_cache_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("notes.txt");
    fs::write(&text, "a shopping list that is long enough to be mistaken for a database file header".repeat(20))
        .unwrap();
    let others = dir.path().join("other.db");
    rusqlite::Connection::open(&others).unwrap().execute_batch("CREATE TABLE bookmarks (url TEXT)").unwrap();
    let versioned = dir.path().join("versioned.db");
    let sql = "CREATE TABLE bookmarks (url TEXT); PRAGMA user_version = 1";
    rusqlite::Connection::open(&versioned).unwrap().execute_batch(sql).unwrap();
    for path in [text, others, versioned] {
        let before = fs::read(&path).unwrap();
        let error = refusal(&path).await;
        assert!(matches!(error, StoreError::NotADatabase { .. }), "{error}");
        assert!(error.to_string().contains("is not a cache of mctui"), "{error}");
        assert!(fs::read(&path).unwrap() == before);
    }
}

#[tokio::test]
async fn a_place_that_cannot_be_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let error = refusal(dir.path()).await;
    assert!(matches!(error, StoreError::Open { .. }), "{error}");
    assert!(error.to_string().contains("it is a folder"), "{error}");

    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = refusal(&file.join("mctui.db")).await;
    assert!(matches!(error, StoreError::Open { .. }), "{error}");
    assert!(error.to_string().contains(&file.display().to_string()), "{error}");
}

#[tokio::test]
async fn a_folder_that_may_not_be_written_to_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let locked = dir.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o500)).unwrap();
    let opened = Store::open(&locked.join("mctui.db")).await;
    // the superuser may write anywhere
    if fs::write(locked.join("probe"), "").is_err() {
        let error = opened.expect_err("it was opened");
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    } else {
        opened.unwrap();
    }
}

/// Set in a second run of this test program, which writes to the cache of that folder and dies without a word.
const DIES_IN: &str = "MCTUI_TEST_DIES_IN";

#[test]
fn what_was_answered_survives_a_crash() {
    let dir = tempfile::tempdir().unwrap();
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    if let Some(folder) = std::env::var_os(DIES_IN) {
        runtime().block_on(async {
            let store = Store::open(&Path::new(&folder).join("mctui.db")).await.unwrap();
            let thread = take_in(&store, vec![inbound(1, 0, "hi")]).await.threads[0];
            let (_, claimed) = store.enqueue(outgoing(1, 5, "claimed")).await.unwrap();
            store.enqueue(outgoing(2, 6, "queued")).await.unwrap();
            assert!(store.claim(claimed, at(7)).await.unwrap());
            store.save_draft(thread, "half a sen", at(8)).await.unwrap();
            std::process::abort();
        });
    }
    let this = std::env::current_exe().unwrap();
    let run = Command::new(this)
        .args(["--exact", "files::what_was_answered_survives_a_crash", "--nocapture"])
        .env(DIES_IN, dir.path())
        .output()
        .unwrap();
    assert!(!run.status.success());
    assert!(dir.path().join("mctui.db-wal").exists(), "it did not close the cache");
    runtime().block_on(async {
        let store = Store::open(&dir.path().join("mctui.db")).await.unwrap();
        let unsettled = store.outbox().await.unwrap();
        let states: Vec<_> = unsettled.iter().map(|m| (m.body.as_str(), m.delivery.clone().unwrap())).collect();
        assert_eq!(states, [("claimed", Delivery::Sending), ("queued", Delivery::Queued)]);
        assert_eq!(store.draft(unsettled[0].thread).await.unwrap().as_deref(), Some("half a sen"));
        assert_eq!(store.health().await.unwrap().integrity, Ok(()));
    });
}
