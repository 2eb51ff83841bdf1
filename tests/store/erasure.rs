//! What is deleted is in no file of the cache any more: looked for byte by byte.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use mctui::model::{Address, Broadcast, Contact, ThreadId};
use mctui::store::Store;
use rstest::rstest;

use super::{Home, at, inbound, outgoing, take_in};

/// Files in which the words stand, as they are written or as the index of words has them.
fn with(folder: &Path, words: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(with(&path, words));
            continue;
        }
        let bytes = fs::read(&path).unwrap_or_default().to_ascii_lowercase();
        let words = words.to_ascii_lowercase();
        if bytes.windows(words.len()).any(|window| window == words.as_bytes()) {
            found.push(path);
        }
    }
    found.sort();
    found
}

async fn gone_while_open(home: &Home, words: &str) {
    let began = Instant::now();
    while !with(home.dir.path(), words).is_empty() {
        assert!(began.elapsed() < Duration::from_secs(60), "{words}: {:?}", with(home.dir.path(), words));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Enough of a business that rows share their pages with others.
async fn busy() -> (Home, Vec<ThreadId>) {
    let home = Home::new().await;
    let mut threads = Vec::new();
    for contact in 1..40_u32 {
        let text = format!(
            "Hello from {contact}, could you have a look at my fence please? {}",
            "word ".repeat(contact as usize)
        );
        threads.extend(take_in(&home.store, vec![inbound(contact, 0, &text)]).await.threads);
    }
    threads.sort();
    threads.dedup();
    (home, threads)
}

#[rstest]
#[case::a_draft_that_is_cleared("draft")]
#[case::a_draft_that_is_rewritten("rewritten")]
#[case::a_long_draft("long")]
#[case::a_message_that_is_discarded("message")]
#[case::a_withdrawn_message("withdrawn")]
#[case::a_text_to_several("broadcast")]
#[tokio::test]
async fn what_is_discarded_is_nowhere(#[case] what: &str, #[values(true, false)] close: bool) {
    let (home, threads) = busy().await;
    let marker = "Xylographzq";
    let long = format!("{}{marker}", "a long text that takes more than a page of its own ".repeat(400));
    let thread = threads[7];
    match what {
        "draft" | "rewritten" | "long" => {
            let text = if what == "long" { long } else { format!("Dear customer, {marker} is what I mean") };
            // as one types
            for end in (1..=text.len()).step_by(if what == "long" { 4_000 } else { 3 }).chain([text.len()]) {
                home.store.save_draft(thread, &text[..end], at(10)).await.unwrap();
            }
            assert!(!with(home.dir.path(), marker).is_empty());
            let new = if what == "rewritten" { "Dear customer" } else { "" };
            home.store.save_draft(thread, new, at(20)).await.unwrap();
        }
        "message" | "withdrawn" => {
            let (_, id) = home.store.enqueue(outgoing(7, 5, &format!("It is {marker} now"))).await.unwrap();
            home.store.enqueue(outgoing(8, 6, "the next one")).await.unwrap();
            if what == "withdrawn" {
                assert!(home.store.withdraw(id, "not today").await.unwrap());
            }
            assert!(!with(home.dir.path(), marker).is_empty());
            home.store.discard(id).await.unwrap();
        }
        _ => {
            let begun = Address::parse("+12025550101").unwrap();
            let person = Contact { address: Address::parse("+12025550147").unwrap(), name: None };
            let all = Broadcast { sender: begun.clone(), people: vec![person], text: format!("To all: {marker}") };
            home.store.save_broadcast(begun.clone(), all.clone(), at(5)).await.unwrap();
            assert!(!with(home.dir.path(), marker).is_empty());
            let none = Broadcast { people: Vec::new(), text: String::new(), ..all };
            home.store.save_broadcast(begun, none, at(6)).await.unwrap();
        }
    }
    if close {
        let dir = home.dir;
        home.store.close().await;
        assert_eq!(with(dir.path(), marker), Vec::<PathBuf>::new());
    } else {
        gone_while_open(&home, marker).await;
    }
}

/// Another process has the cache open and reads from it, and the one that deleted something is gone at once.
#[tokio::test]
async fn who_is_left_empties_the_log() {
    let (home, threads) = busy().await;
    let second = home.second().await;
    second.save_draft(threads[3], "Xylographzq is a draft", at(10)).await.unwrap();
    let reader = rusqlite::Connection::open(home.dir.path().join("mctui.db")).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM threads;").unwrap();
    let _: i64 = reader.query_row("SELECT count(*) FROM threads", [], |row| row.get(0)).unwrap();
    second.save_draft(threads[3], "", at(11)).await.unwrap();
    second.close().await;
    // nobody waits for the reader
    let began = Instant::now();
    home.store.save_draft(threads[4], "another", at(12)).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(5));
    assert!(!with(home.dir.path(), "Xylographzq").is_empty());
    drop(reader);
    gone_while_open(&home, "Xylographzq").await;
}

/// Copies from before an upgrade go with a text that they may hold, and not with one that they cannot.
#[tokio::test]
async fn a_copy_of_the_cache_goes_with_what_is_discarded() {
    let (home, threads) = busy().await;
    let now = jiff::Timestamp::now();
    let backup = home.dir.path().join("mctui.db.v7.bak");
    home.store.save_draft(threads[3], "Xylographzq", now - jiff::SignedDuration::from_hours(20)).await.unwrap();
    fs::write(&backup, "Xylographzq").unwrap();
    fs::File::options()
        .write(true)
        .open(&backup)
        .unwrap()
        .set_modified(SystemTime::now() - Duration::from_hours(10))
        .unwrap();
    // begun after the copy was made
    home.store.save_draft(threads[4], "new", now).await.unwrap();
    home.store.save_draft(threads[4], "", now).await.unwrap();
    // and going on with an older one takes nothing from it
    home.store.save_draft(threads[3], "Xylographzq and more", now).await.unwrap();
    let path = home.dir.path().join("mctui.db");
    home.store.close().await;
    assert!(backup.exists());
    let store = Store::open(&path).await.unwrap();
    store.save_draft(threads[3], "", now).await.unwrap();
    store.close().await;
    assert!(!backup.exists());
    assert_eq!(with(home.dir.path(), "Xylographzq"), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn copies_and_damaged_caches_do_not_lie_there_for_ever() {
    let home = Home::new().await;
    let path = home.dir.path().join("mctui.db");
    home.store.close().await;
    let file = |name: &str, days: u64| {
        let file = home.dir.path().join(format!("mctui.db.{name}"));
        fs::write(&file, "a copy").unwrap();
        let at = SystemTime::now() - Duration::from_hours(24 * days);
        fs::File::options().write(true).open(&file).unwrap().set_modified(at).unwrap();
        file
    };
    let day = |days: i64| {
        let at = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24 * days);
        format!("damaged-{}", at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ"))
    };
    let (old, new) = (file("v6.bak", 8), file("v7.bak", 6));
    // the time in its name counts: a cache may not have been written to for long when it is set aside
    let (set_aside, log) = (file(&day(59), 90), file(&format!("{}-wal", day(59)), 90));
    let (long_ago, its_log) = (file(&day(61), 1), file(&format!("{}-wal", day(61)), 1));
    let unknown = file("damaged-by-hand", 90);
    Store::open(&path).await.unwrap().close().await;
    for (file, there) in [
        (old, false),
        (new, true),
        (set_aside, true),
        (log, true),
        (long_ago, false),
        (its_log, false),
        (unknown, true),
    ] {
        assert_eq!(file.exists(), there, "{}", file.display());
    }
}

/// Rows change pages as others grow: copies of them must not stay behind where pages were divided.
#[tokio::test]
async fn nothing_stays_where_pages_were_divided() {
    let home = Home::new().await;
    let mut threads = Vec::new();
    for contact in 1..200_u32 {
        let text =
            format!("Hello from {contact}, a look at my fence please? {}", "word ".repeat(contact as usize % 50));
        threads.extend(take_in(&home.store, vec![inbound(contact, 0, &text)]).await.threads);
    }
    threads.sort();
    threads.dedup();
    let mut queued = Vec::new();
    for round in 0..10_usize {
        for (n, thread) in threads.iter().enumerate().filter(|(n, _)| n % 3 == round % 3) {
            let text = format!("Xylographzq {} {}", n, "some more words to it ".repeat(round * (n % 7)));
            home.store.save_draft(*thread, &text, at(10)).await.unwrap();
        }
        for contact in 1..20_u32 {
            let (_, id) = home
                .store
                .enqueue(outgoing(
                    contact,
                    5 + i64::try_from(round).unwrap(),
                    &format!("Xylographzq {round} {contact}"),
                ))
                .await
                .unwrap();
            queued.push(id);
            take_in(
                &home.store,
                vec![inbound(
                    contact + 40,
                    5 + i64::try_from(round).unwrap(),
                    "in between, a longer text that takes some room in the page",
                )],
            )
            .await;
        }
    }
    for thread in &threads {
        home.store.save_draft(*thread, "", at(50)).await.unwrap();
    }
    for id in queued {
        home.store.discard(id).await.unwrap();
    }
    let path = home.dir.path().join("mctui.db");
    home.store.close().await;
    assert_eq!(with(home.dir.path(), "Xylographzq"), Vec::<PathBuf>::new());
    // and all else is as it was
    let cache = rusqlite::Connection::open(&path).unwrap();
    let sound: String = cache.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    cache.execute_batch("INSERT INTO messages_text (messages_text, rank) VALUES ('integrity-check', 1)").unwrap();
    let kept: i64 = cache.query_row("SELECT count(*) FROM messages", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 199 + 10 * 19);
    drop(cache);
    let store = Store::open(&path).await.unwrap();
    assert!(store.recovery().is_none());
    assert!(store.health().await.unwrap().integrity.is_ok());
}
