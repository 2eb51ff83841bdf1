//! Homes of one person that use one key: they share its requests, and nothing else.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use mctui::api::Kind;
use mctui::config::{Config, Places, Secret};
use mctui::emulator::{API_KEY, Dialect, Emulator, Options};
use mctui::store::{Ledger, Store};
use mctui::sync::run::sync;
use mctui::sync::{Context, Extent};
use rstest::rstest;
use serde_json::Value;

use crate::common::program::Program;
use crate::common::{Rig, hasty};

const ONE: &[&str] = &["+12025550101"];

fn key() -> String {
    Secret::parse(API_KEY).unwrap().fingerprint()
}

/// A person with a home folder, and a program whose data and settings lie in folders of their own there.
fn at_home(person: &Path, emulator: &Emulator, own: &str) -> Program {
    let at = |folder: &str| person.join(folder).display().to_string();
    Program::on(emulator)
        .with("MCTUI_HOME", "")
        .with("HOME", &person.display().to_string())
        .with("XDG_DATA_HOME", &at(&format!("{own}-data")))
        .with("XDG_CONFIG_HOME", &at(&format!("{own}-config")))
}

fn ledgers(person: &Path) -> PathBuf {
    person.join(".local/state/mctui/requests")
}

async fn with_number(program: Program) -> Program {
    program.json(&["numbers", "discover", "--add"]).await;
    program
}

/// Has this key make so many requests just now, in another home.
async fn spend(folder: &Path, requests: u32) {
    let ledger = Ledger::new(folder);
    for _ in 0..requests {
        assert!(ledger.spend(&key(), Timestamp::now(), u32::MAX).await.unwrap().allowed);
    }
    ledger.close().await;
}

async fn budget(program: &Program) -> Value {
    let findings = program.run(&["doctor", "--offline", "--json"]).await.json();
    let budget = |finding: &Value| finding["check"].as_str().unwrap().starts_with("budget");
    findings.into_iter().find(budget).expect("a finding of the budget")
}

fn cached(person: &Path, own: &str) -> rusqlite::Connection {
    rusqlite::Connection::open(person.join(format!("{own}-data/mctui/mctui.db"))).unwrap()
}

/// However they take turns: together they make no more requests than the key has.
#[tokio::test(flavor = "multi_thread")]
async fn two_homes_share_the_requests_of_a_key() {
    let rig = Rig::start(Options::sized(1, 3, 30).speaking(Dialect::v4()), false).await;
    let mut config = Config::clone(&rig.context.config);
    config.sync.daily_requests = 20;
    let home = |own: &str| Places { data: rig.home.path().join(own), ..Places::under(rig.home.path()) };
    let mut contexts = Vec::new();
    for own in ["one", "two", "three"] {
        let store = Store::open(&home(own).cache_file()).await.unwrap();
        contexts.push(Context::with_timings(store, config.clone(), &home(own), hasty()).await.unwrap());
    }
    let before = rig.emulator.request_count();
    let looks = contexts.iter().map(async |context| {
        loop {
            let report = sync(context, &context.ours(), Extent::Full, |_, _| {}).await;
            if let Some(error) = report.numbers[0].api_error() {
                return error.kind();
            }
        }
    });
    let ends = futures_util::future::join_all(looks).await;
    assert_eq!(ends, [Kind::OverBudget; 3]);
    let made = rig.emulator.request_count() - before;
    assert!((10..=18).contains(&made), "{made} requests, and two of twenty are kept for sending");
    for context in contexts {
        assert!(context.spent(&key()).await.unwrap() <= 18);
        context.close().await;
    }
}

#[tokio::test]
async fn the_programs_of_two_homes_share_the_requests_of_a_key() {
    let emulator = Emulator::start(Options::empty(ONE).speaking(Dialect::v4())).await.unwrap();
    let person = tempfile::tempdir().unwrap();
    let one = with_number(at_home(person.path(), &emulator, "one")).await;
    let two = with_number(at_home(person.path(), &emulator, "two")).await;
    let limit = "\n[sync]\ndaily_requests = 100\n";
    for own in ["one", "two"] {
        let file = person.path().join(format!("{own}-config/mctui/config.toml"));
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(!text.contains("\n[sync]"), "{text}");
        std::fs::write(&file, text + limit).unwrap();
    }
    spend(&ledgers(person.path()), 75).await;
    let before = emulator.request_count();
    let mut ends = Vec::new();
    for program in [&one, &two].into_iter().cycle().take(30) {
        ends.push(program.run(&["sync"]).await.code);
    }
    assert!(ends.ends_with(&[6, 6]) && ends.starts_with(&[0, 0]), "{ends:?}");
    let made = emulator.request_count() - before;
    assert!(made <= 15, "{made} requests, and ten of a hundred are kept for sending");
    // sending goes on, and counts for both
    assert_eq!(one.run(&["send", "--to", "2025550199", "hello"]).await.code, 0);
    let (of_one, of_two) = (budget(&one).await, budget(&two).await);
    assert_eq!(of_one["detail"], of_two["detail"]);
    assert!(of_one["detail"].as_str().unwrap().ends_with("of 100 requests left for the next 24 hours"), "{of_one}");

    let names: Vec<String> = std::fs::read_dir(ledgers(person.path()))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_str().unwrap().to_owned())
        .collect();
    assert!(names.contains(&format!("{}.db", key())), "{names:?}");
    assert!(names.iter().all(|name| !name.contains("demo")), "{names:?}");
}

/// A home that `MCTUI_HOME` names counts for itself, and the doctor says so to people and to scripts.
#[tokio::test]
async fn the_doctor_says_where_a_home_counts_alone() {
    let emulator = Emulator::start(Options::empty(ONE).speaking(Dialect::v4())).await.unwrap();
    let alone = with_number(Program::on(&emulator)).await;
    let finding = budget(&alone).await;
    let (detail, fix) = (finding["detail"].as_str().unwrap(), finding["fix"].as_str().unwrap());
    assert!(
        detail.contains("MCTUI_HOME is set, so requests of other homes with this key are not counted"),
        "{finding}"
    );
    assert_eq!(fix, "unset MCTUI_HOME, or use each key in one home only");
    assert_eq!(finding["ok"], true);
    let said = alone.run(&["doctor", "--offline"]).await;
    assert!(said.code == 0 && said.out.contains(fix) && said.out.contains("MCTUI_HOME is set"), "{said:?}");
    assert!(alone.home.path().join(format!("state/requests/{}.db", key())).exists());

    let person = tempfile::tempdir().unwrap();
    let shares = with_number(at_home(person.path(), &emulator, "one")).await;
    let finding = budget(&shares).await;
    assert!(!finding["detail"].as_str().unwrap().contains("MCTUI_HOME"), "{finding}");
    assert_eq!(finding["fix"], "");
}

/// What a cache of before counted counts once, however many copies of that cache there are.
#[tokio::test]
async fn an_upgrade_takes_over_what_was_counted() {
    let emulator = Emulator::start(Options::empty(ONE).speaking(Dialect::v4())).await.unwrap();
    let person = tempfile::tempdir().unwrap();
    let one = with_number(at_home(person.path(), &emulator, "one")).await;
    one.json(&["threads"]).await;
    let left = async |program: &Program| {
        let finding = budget(program).await;
        let left = finding["detail"].as_str().unwrap().split(' ').next().unwrap().parse::<u32>();
        left.unwrap_or_else(|_| panic!("{finding}"))
    };
    let before = left(&one).await;
    let cache = cached(person.path(), "one");
    let now = Timestamp::now().as_millisecond();
    for n in 0..40 {
        let row = "INSERT INTO requests (key, at, proven) VALUES (?1, ?2, ?3)";
        cache.execute(row, rusqlite::params![key(), now - n * 60_000, n % 2]).unwrap();
    }
    let two = at_home(person.path(), &emulator, "two");
    let data = |own: &str| person.path().join(format!("{own}-data/mctui"));
    std::fs::create_dir_all(data("two")).unwrap();
    cache.execute("VACUUM INTO ?1", [data("two").join("mctui.db").to_str().unwrap()]).unwrap();
    let two = with_number(two).await;
    // that took a few requests, and the copy's over
    let spent = u32::try_from(emulator.requests().len()).unwrap();
    for program in [&one, &two, &one] {
        assert!((before - 40 - spent..=before - 40).contains(&left(program).await));
    }
    let rows = |own| {
        let cache = cached(person.path(), own);
        cache.query_row("SELECT count(*) FROM requests", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!((rows("one"), rows("two")), (0, 0));
}

/// What only reads the cache neither makes nor opens a ledger.
#[tokio::test]
async fn reading_the_cache_needs_no_ledger() {
    let emulator = Emulator::start(Options::sized(1, 2, 5).speaking(Dialect::v4())).await.unwrap();
    let program = with_number(Program::on(&emulator)).await;
    program.json(&["sync"]).await;
    let folder = program.home.path().join("state/requests");
    std::fs::remove_dir_all(&folder).unwrap();
    for arguments in [&["threads"][..], &["search", "a"], &["numbers", "list"], &["doctor", "--offline"]] {
        program.json(arguments).await;
        assert!(!folder.exists(), "{arguments:?}");
    }
}

/// A ledger that is held, a link, or lost: a text goes out, what it cost counts later, and reading says why it waits.
#[rstest]
#[case::held(true)]
#[case::a_link(false)]
#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_cannot_be_written_stops_reading_alone(#[case] held: bool) {
    let emulator = Emulator::start(Options::empty(ONE).speaking(Dialect::v4())).await.unwrap();
    let program = with_number(Program::on(&emulator)).await;
    let path = program.home.path().join(format!("state/requests/{}.db", key()));
    let elsewhere = program.home.path().join("elsewhere");
    let holder = held.then(|| {
        let holder = rusqlite::Connection::open(&path).unwrap();
        holder.execute_batch("BEGIN IMMEDIATE").unwrap();
        holder
    });
    if !held {
        std::fs::rename(&path, &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
    }
    let before = emulator.request_count();
    let read = program.run(&["sync"]).await;
    assert_eq!((read.code, emulator.request_count()), (1, before), "{read:?}");
    let why = if held { "is another mctui stuck?" } else { "is a link or not a regular file" };
    assert!(read.out.contains(why) && read.out.contains(path.to_str().unwrap()), "{read:?}");
    let sent = program.run(&["send", "--to", "2025550199", "hello"]).await;
    assert_eq!((sent.code, emulator.posts().len()), (0, 1), "{sent:?}");
    let made = u32::try_from(emulator.request_count() - before).unwrap();

    drop(holder);
    if !held {
        std::fs::remove_file(&path).unwrap();
        std::fs::rename(&elsewhere, &path).unwrap();
    }
    let ledger = Ledger::new(path.parent().unwrap());
    let counted = ledger.spent(&key(), Timestamp::now()).await.unwrap();
    assert_eq!(program.run(&["doctor", "--offline"]).await.code, 0);
    assert_eq!(ledger.spent(&key(), Timestamp::now()).await.unwrap(), counted + made);
}

/// A damaged ledger is set aside: reading waits, says so, and sending goes on.
#[rstest]
#[case::garbage(&[0xa5; 5_000])]
#[case::nothing(&[])]
#[case::a_text(b"not a database")]
#[tokio::test]
async fn a_damaged_ledger_is_set_aside_and_counts_as_used(#[case] content: &[u8]) {
    let emulator = Emulator::start(Options::empty(ONE).speaking(Dialect::v4())).await.unwrap();
    let program = with_number(Program::on(&emulator)).await;
    let path = program.home.path().join(format!("state/requests/{}.db", key()));
    std::fs::write(&path, content).unwrap();
    let before = emulator.request_count();
    let finding = budget(&program).await;
    assert!(finding["ok"] == false && finding["detail"].as_str().unwrap().contains("is damaged"), "{finding}");
    let read = program.run(&["sync"]).await;
    assert_eq!(read.code, 1, "{read:?}");
    assert!(read.out.contains("was damaged") && read.out.contains(".db.damaged. mctui cannot tell"), "{read:?}");
    let asked = emulator.requests().split_off(before);
    assert!(asked.iter().all(|request| request.credentials.is_none()), "only what time it is: {asked:?}");
    assert_eq!(std::fs::read(path.with_extension("db.damaged")).unwrap(), content);
    assert_eq!(program.run(&["sync"]).await.code, 6, "it is used up");
    assert_eq!(program.run(&["send", "--to", "2025550199", "hello"]).await.code, 0);
    let finding = budget(&program).await;
    let (detail, fix) = (finding["detail"].as_str().unwrap(), finding["fix"].as_str().unwrap());
    assert!(detail.contains("the earlier count was damaged") && fix.contains("reset the count: rm '"), "{finding}");
    for entry in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    assert_eq!(program.run(&["sync"]).await.code, 0);
}
