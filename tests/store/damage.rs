//! Damaged caches: set aside whole, and everything of people's own making that can still be read is in the new one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;

use mctui::store::{LeftoverKind, MessageWindow, Store, StoreError, ThreadQuery, leftovers};
use proptest::prelude::*;
use rstest::rstest;
use tokio::sync::OnceCell;

use super::harm::{CONTACTS, Files, Own, PAGE, assert_safe, closed, expected, garbage, mended, open_still, own};
use super::{MAIN, at, contact, inbound, number, outgoing, take_in};

#[rstest]
#[case::its_magic(|cache: &mut Vec<u8>| cache[..16].fill(0))]
#[case::its_header(|cache: &mut Vec<u8>| garbage(&mut cache[..100]))]
#[case::its_first_page(|cache: &mut Vec<u8>| garbage(&mut cache[..PAGE]))]
#[case::its_application(|cache: &mut Vec<u8>| cache[68] ^= 0x40)]
#[case::its_version(|cache: &mut Vec<u8>| cache[60] ^= 0x40)]
#[case::its_version_is_none(|cache: &mut Vec<u8>| cache[63] = 0)]
#[case::it_says_read_only(|cache: &mut Vec<u8>| cache[18] = 7)]
#[case::it_says_other_pages(|cache: &mut Vec<u8>| cache[16] = 0x20)]
#[case::its_free_pages(|cache: &mut Vec<u8>| cache[35] = 99)]
#[tokio::test]
async fn a_broken_header_loses_nothing(#[case] harm: fn(&mut Vec<u8>)) {
    let (mut files, before) = closed().await;
    harm(&mut files.cache);
    let (dir, path) = files.write();
    let (store, recovery) = mended(&path).await;
    assert_eq!(own(&store).await, expected(&before));
    assert!(fs::read(&recovery.set_aside).unwrap() == files.cache, "it is set aside as it was");
    assert_eq!(fs::metadata(&recovery.set_aside).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let name = recovery.set_aside.file_name().unwrap().to_str().unwrap().to_owned();
    assert!(name.starts_with("mctui.db.damaged-2") && name.ends_with('Z'), "{name}");
    assert_eq!((recovery.drafts, recovery.waiting), (15, 8));
    assert!(recovery.to_string().contains(&name), "{recovery}");
    store.close().await;
    // once is enough
    let store = Store::open(&path).await.unwrap();
    assert_eq!(store.recovery(), None);
    assert_eq!(own(&store).await, expected(&before));
    let left: Vec<_> = leftovers(&path).into_iter().map(|left| (left.kind, left.path)).collect();
    assert_eq!(left, [(LeftoverKind::Damaged, recovery.set_aside)]);
    let other = |name: &str| !["mctui.db", "mctui.db-wal", "mctui.db-shm", "mctui.db.lock"].contains(&name);
    let names = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| other(name)).collect::<Vec<_>>(), [name], "nothing else is left");
}

#[tokio::test]
async fn a_cache_that_is_cut_off_keeps_what_is_left() {
    let (files, before) = closed().await;
    let whole = files.cache.len();
    for length in [0, 10, PAGE, PAGE + 1, whole / 3, whole / 2 / PAGE * PAGE, whole - PAGE, whole - 1] {
        let mut cut = files.clone();
        cut.cache.truncate(length);
        let (_dir, path) = cut.write();
        let (store, recovery) = mended(&path).await;
        assert!(fs::read(&recovery.set_aside).unwrap() == cut.cache, "{length}");
        assert!(recovery.lost || length > whole / 2, "{length}: {recovery}");
        assert_safe(&before, &own(&store).await);
    }
}

#[tokio::test]
async fn one_page_that_is_lost_loses_what_is_on_it() {
    let (files, before) = closed().await;
    let pages = files.cache.len() / PAGE;
    // the roots of all trees are on the first pages; of the rest, some
    for page in (1..40).chain((40..pages).step_by(7)) {
        let mut harmed = files.clone();
        garbage(&mut harmed.cache[page * PAGE..(page + 1) * PAGE]);
        let (_dir, path) = harmed.write();
        let (store, recovery) = mended(&path).await;
        let after = own(&store).await;
        assert_safe(&before, &after);
        assert!(fs::read(&recovery.set_aside).unwrap() == harmed.cache, "page {page}");
        assert!(before.messages - after.messages < 40, "page {page}: {after:?}");
        let missing = missing(&before, &after, &BTreeSet::from([page])).await;
        assert!(missing.is_empty(), "page {page}: {missing:?}");
        if !recovery.lost {
            assert_eq!((&after.drafts, &after.named), (&before.drafts, &before.named), "page {page}");
        }
    }
}

/// Where in the healthy cache each text is that matters: looked up once, because the cases are many.
async fn places() -> &'static BTreeMap<String, BTreeSet<usize>> {
    static ONCE: OnceCell<BTreeMap<String, BTreeSet<usize>>> = OnceCell::const_new();
    let find = || async {
        let (files, own) = closed().await;
        let texts = own.drafts.into_iter().flat_map(<[String; 2]>::from).chain(own.outbox.into_keys());
        let texts = texts.chain([number(MAIN).to_string()]);
        texts.map(|text| (text.clone(), pages_of(&files, &text))).collect()
    };
    ONCE.get_or_init(find).await
}

/// Pages that have this text.
fn pages_of(files: &Files, text: &str) -> BTreeSet<usize> {
    let text = text.as_bytes();
    let has = |page: &[u8]| page.windows(text.len()).any(|window| window[0] == text[0] && window == text);
    files.cache.chunks(PAGE).enumerate().filter(|(_, page)| has(page)).map(|(number, _)| number).collect()
}

/// What should have been carried over and was not: its row is on pages that are not damaged, and there is a page left that
/// says who it is to.
async fn missing(before: &Own, after: &Own, damaged: &BTreeSet<usize>) -> Vec<String> {
    let places = places().await;
    let known = |address: &str| places[address].iter().any(|page| !damaged.contains(page));
    let intact = |text: &str| places[text].iter().all(|page| !damaged.contains(page));
    let ours = known(number(MAIN).as_str());
    let drafts = before
        .drafts
        .iter()
        .filter(|(to, draft)| ours && intact(draft) && known(to) && after.drafts.get(*to) != Some(draft));
    let mut missing: Vec<String> = drafts.map(|(to, draft)| format!("{draft:?} to {to}")).collect();
    // its thread is in a row and in an index: one page cannot take both
    let texts = before.outbox.keys().filter(|text| damaged.len() == 1 && ours && intact(text));
    missing.extend(texts.filter(|text| !after.outbox.contains_key(*text)).cloned());
    missing
}

#[rstest]
#[case::its_header(15, |log: &mut Vec<u8>| garbage(&mut log[..32]))]
#[case::a_frame_in_the_middle(15, |log: &mut Vec<u8>| { let at = log.len() / 2; log[at] ^= 1; })]
#[case::its_first_frame(15, |log: &mut Vec<u8>| garbage(&mut log[32..200]))]
#[case::all_of_it(0, |log: &mut Vec<u8>| garbage(log))]
#[case::its_second_half(15, |log: &mut Vec<u8>| { let half = log.len() / 2; garbage(&mut log[half..]); })]
#[case::its_end(15, |log: &mut Vec<u8>| { let half = log.len() / 2; log.truncate(half); })]
#[case::everything(0, |log: &mut Vec<u8>| log.clear())]
#[tokio::test]
async fn a_log_that_is_not_whole_sends_nothing_twice(#[case] drafts: usize, #[case] harm: fn(&mut Vec<u8>)) {
    let (mut files, before) = open_still().await;
    harm(files.log.as_mut().unwrap());
    let (_dir, path) = files.write();
    let (store, recovery) = mended(&path).await;
    let after = own(&store).await;
    assert!(recovery.lost);
    assert!(!after.outbox.values().any(|kind| *kind == "queued"), "{after:?}");
    let log = files.log.filter(|log| !log.is_empty());
    assert!(Files::read(&recovery.set_aside).log == log, "the log is set aside with it");
    let kept = after.drafts.iter().filter(|&(to, draft)| before.drafts.get(to) == Some(draft)).count();
    assert!((0..=1).contains(&(drafts - kept)), "{kept} drafts of {drafts}: {recovery}");
}

#[tokio::test]
async fn a_crash_is_no_damage() {
    let (files, before) = open_still().await;
    let torn = |harm: fn(&mut Vec<u8>)| {
        let mut files = files.clone();
        harm(files.log.as_mut().unwrap());
        files
    };
    // whole; with the beginning of a commit that was never finished; after a cut of the power, without the index
    let unfinished = |log: &mut Vec<u8>| log.extend_from_within(32..32 + 5_000);
    let mut without_index = torn(unfinished);
    without_index.index = None;
    for files in [files.clone(), torn(unfinished), without_index] {
        let (_dir, path) = files.write();
        let store = Store::open(&path).await.unwrap();
        assert_eq!(store.recovery(), None);
        assert_eq!(own(&store).await, before);
    }
}

#[tokio::test]
async fn a_log_without_its_cache_gives_what_it_has() {
    let (mut files, before) = open_still().await;
    files.cache.clear();
    let (_dir, path) = files.write();
    let (store, recovery) = mended(&path).await;
    let after = own(&store).await;
    assert_eq!((&after.drafts, &after.named), (&before.drafts, &before.named), "{recovery}");
    assert_safe(&before, &after);
    drop(store);
    fs::remove_file(&path).unwrap();
}

#[tokio::test]
async fn damage_that_is_read_is_said_and_mended_by_the_next_start() {
    let (files, before) = closed().await;
    // the page with the first texts, which only who reads them comes by
    let page = *pages_of(&files, "300 what a customer may write").first().unwrap();
    let mut harmed = files.clone();
    garbage(&mut harmed.cache[page * PAGE..(page + 1) * PAGE]);
    let (_dir, path) = harmed.write();
    let store = Store::open(&path).await.unwrap();
    assert_eq!(store.recovery(), None, "a start does not read it all");
    let query = ThreadQuery { limit: 999, ..ThreadQuery::default() };
    let mut errors = Vec::new();
    for thread in store.threads(query).await.unwrap().threads {
        errors.extend(store.messages(thread.id, MessageWindow::Newest, 999).await.err());
    }
    assert!(matches!(errors[0], StoreError::Damaged { .. }), "{}", errors[0]);
    assert!(errors[0].to_string().contains("close mctui everywhere and start it again"), "{}", errors[0]);
    // in the meantime what can be written is written, and is there afterwards
    let thread = store.thread_between(number(MAIN), contact(1)).await.unwrap().unwrap().id;
    store.save_draft(thread, "typed after the damage", at(900)).await.unwrap();

    // while it is open, nobody takes it away
    let second = Store::open(&path).await;
    assert!(second.is_ok() || matches!(second, Err(StoreError::Damaged { .. })), "{second:?}");
    if let Ok(second) = second {
        second.close().await;
    }
    store.close().await;
    let (store, _) = mended(&path).await;
    let after = own(&store).await;
    assert_safe(&before, &after);
    assert_eq!(after.drafts.get(contact(1).as_str()).map(String::as_str), Some("typed after the damage"));
    assert_eq!(after.drafts.len(), before.drafts.len() + 1);
    assert_eq!(after.outbox.values().filter(|kind| **kind == "queued").count(), 8, "what waited still waits");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_that_open_a_damaged_cache_one_mends_it() {
    let (mut files, before) = closed().await;
    garbage(&mut files.cache[..PAGE]);
    let (_dir, path) = files.write();
    let tasks = (0..6).map(|_| {
        let path = path.clone();
        tokio::spawn(async move { Store::open(&path).await.unwrap() })
    });
    let mut stores = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        stores.push(task.await.unwrap());
    }
    assert_eq!(stores.iter().filter(|store| store.recovery().is_some()).count(), 1);
    for store in &stores {
        assert_eq!(own(store).await, expected(&before));
    }
    assert_eq!(leftovers(&path).len(), 1);
}

#[tokio::test]
async fn a_damaged_cache_is_not_taken_from_who_has_it_open() {
    let (files, _) = closed().await;
    let (_dir, path) = files.write();
    let store = Store::open(&path).await.unwrap();
    let mut harmed = files.cache.clone();
    garbage(&mut harmed[..PAGE]);
    fs::write(&path, &harmed).unwrap();
    let error = Store::open(&path).await.unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("open elsewhere"), "{error}");
    assert!(leftovers(&path).is_empty());
    store.close().await;
    mended(&path).await;
}

#[tokio::test]
async fn nothing_is_written_into_a_file_that_was_moved_away() {
    let (files, _) = closed().await;
    let (dir, path) = files.write();
    let store = Store::open(&path).await.unwrap();
    fs::rename(&path, dir.path().join("elsewhere.db")).unwrap();
    let error = store.enqueue(outgoing(1, 0, "to nobody")).await.unwrap_err();
    assert!(matches!(error, StoreError::Replaced { .. }), "{error}");
    assert!(matches!(store.contacts(5).await, Err(StoreError::Replaced { .. })));
    fs::write(&path, "another file").unwrap();
    assert!(matches!(store.keep_requests("key", vec![0]).await, Err(StoreError::Replaced { .. })));
    fs::remove_file(&path).unwrap();
    fs::rename(dir.path().join("elsewhere.db"), &path).unwrap();
    store.enqueue(outgoing(1, 0, "to somebody")).await.unwrap();
}

#[tokio::test]
async fn garbage_in_the_place_of_a_cache_is_set_aside_and_a_text_is_not() {
    let files = |cache: &[u8]| Files { cache: cache.to_vec(), log: None, index: None };
    let mut random = vec![0; 3 * PAGE + 5];
    garbage(&mut random);
    for lost in [&random[..], &[0; 2 * PAGE], &[0xa5; 40]] {
        let (_dir, path) = files(lost).write();
        let (store, recovery) = mended(&path).await;
        assert!(fs::read(&recovery.set_aside).unwrap() == lost);
        assert!(recovery.lost && own(&store).await.messages == 0);
    }
    for text in ["a shopping list".repeat(3), "ä".repeat(PAGE), format!("x{}", "ä".repeat(PAGE))] {
        let (_dir, path) = files(text.as_bytes()).write();
        let error = Store::open(&path).await.unwrap_err();
        assert!(matches!(error, StoreError::NotADatabase { .. }), "{error}");
        assert!(fs::read(&path).unwrap() == text.as_bytes());
    }
    // another program's database, too, whatever was here before
    let (_dir, path) = files(b"").write();
    fs::remove_file(&path).unwrap();
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE bookmarks (url TEXT)").unwrap();
    assert!(matches!(Store::open(&path).await, Err(StoreError::NotADatabase { .. })));
}

#[tokio::test]
async fn a_rescue_that_a_crash_interrupted_is_taken_up() {
    let (mut files, before) = closed().await;
    garbage(&mut files.cache[..100]);
    let (dir, path) = files.write();
    let (store, recovery) = mended(&path).await;
    store.close().await;
    // the new cache was made, the old one was out of the way, and its log was not yet
    let beside = |suffix: &str| dir.path().join(format!("mctui.db{suffix}"));
    fs::rename(&path, beside(".rescued")).unwrap();
    fs::write(beside("-wal"), "what was the damaged cache's").unwrap();
    fs::write(beside("-shm"), "likewise").unwrap();
    fs::write(beside(".rescue.partial"), "begun once more").unwrap();
    let store = Store::open(&path).await.unwrap();
    let taken_up = store.recovery().expect("it was mended").clone();
    assert_eq!((&taken_up.set_aside, taken_up.drafts), (&recovery.set_aside, recovery.drafts));
    assert_eq!(own(&store).await, expected(&before));
    store.close().await;
    let log = fs::read(format!("{}-wal", recovery.set_aside.display())).unwrap();
    assert_eq!(log, b"what was the damaged cache's");
    // the new cache was made, and nothing else yet: it is made anew
    fs::copy(&path, beside(".rescued")).unwrap();
    fs::write(&path, &files.cache).unwrap();
    let (store, again) = mended(&path).await;
    assert_ne!(again.set_aside, recovery.set_aside);
    assert_eq!(own(&store).await, expected(&before));
    assert!(!beside(".rescued").exists());
}

#[tokio::test]
async fn a_failed_text_that_was_damaged_does_not_pass_for_what_was_written() {
    let (mut files, before) = closed().await;
    let text = "text 6 of ours, word for word";
    assert_eq!(before.outbox[text], "failed");
    while let Some(found) = files.cache.windows(text.len()).position(|window| window == text.as_bytes()) {
        files.cache[found] = b'n';
    }
    files.cache[35] = 99;
    let (_dir, path) = files.write();
    let after = own(&mended(&path).await.0).await;
    assert_eq!(after.outbox["next 6 of ours, word for word"], "unconfirmed");
    assert_eq!(after.outbox.len(), before.outbox.len());
}

#[tokio::test]
async fn a_name_in_the_schema_that_is_no_text_any_more_is_damage() {
    let (mut files, before) = closed().await;
    while let Some(found) = files.cache.windows(21).position(|window| window == b"indexsqlite_autoindex") {
        files.cache[found + 3] = 0xff;
    }
    let (_dir, path) = files.write();
    assert_eq!(own(&mended(&path).await.0).await, expected(&before));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_damaged_the_rest_is_carried_over(
        seed in any::<u64>(), pages in 1..6_usize, bytes in 0..12_usize, zeros in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (files, before) = closed().await;
            let mut random = fastrand::Rng::with_seed(seed);
            let (mut harmed, mut damaged) = (files.clone(), BTreeSet::new());
            for _ in 0..pages {
                let page = random.usize(..files.cache.len() / PAGE);
                let from = page * PAGE;
                let part = &mut harmed.cache[from + random.usize(..PAGE - 1)..from + PAGE];
                if zeros { part.fill(0) } else { random.fill(part) }
                damaged.insert(page);
            }
            for _ in 0..bytes {
                let at = random.usize(..files.cache.len());
                harmed.cache[at] = random.u8(..);
                damaged.insert(at / PAGE);
            }
            let (_dir, path) = harmed.write();
            let mut store = match Store::open(&path).await {
                // its version may read as one to come
                Err(StoreError::Newer { .. }) if damaged.contains(&0) => return,
                opened => opened.unwrap(),
            };
            if store.recovery().is_none() && store.health().await.is_ok_and(|health| health.integrity.is_ok()) {
                // only the contents of rows have changed
                return;
            }
            if store.recovery().is_none() {
                store.close().await;
                store = Store::open(&path).await.unwrap();
            }
            let recovery = store.recovery().expect("it was mended").clone();
            assert!(fs::read(&recovery.set_aside).unwrap().len() == harmed.cache.len());
            assert_eq!(store.health().await.unwrap().integrity, Ok(()));
            let after = own(&store).await;
            assert_safe(&before, &after);
            let missing = missing(&before, &after, &damaged).await;
            assert!(missing.is_empty(), "{missing:?} of {damaged:?}");
            // and it can be worked with
            take_in(&store, (0..CONTACTS).map(|n| inbound(n, 5_000, "more")).collect()).await;
            store.enqueue(outgoing(0, 5_000, "more of ours")).await.unwrap();
            store.keep_requests("key", vec![0]).await.unwrap();
            assert_eq!(store.health().await.unwrap().integrity, Ok(()));
        });
    }
}
