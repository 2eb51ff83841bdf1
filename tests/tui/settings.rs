//! The settings, the set-up and long work, with the real file, the real engine and the account behind them.

use std::path::PathBuf;

use mctui::config::edit::{Change, Editor};
use mctui::config::{Account, BaseUrl, Config, NumberEntry, Places, Secret};
use mctui::emulator::{API_KEY, Dialect, Options, USER_KEY};
use mctui::store::Store;
use mctui::sync::{Command, Context, Engine, Event, Extent};

use super::common::{Rig, hasty};
use super::keyring::own_keyring;
use super::runner::{Runner, desk};

fn places(rig: &Rig) -> Places {
    Places::under(rig.home.path())
}

fn file(rig: &Rig) -> PathBuf {
    places(rig).config_file()
}

/// The settings that the client runs with, as a person would have them in the file, with comments.
pub(super) fn write_settings(rig: &Rig) {
    let mut editor = Editor::open(&file(rig)).unwrap();
    let secret = |text: &str| Change::Set(Secret::parse(text).unwrap());
    editor.account(&Change::Set(rig.emulator.base_url()), &secret(API_KEY), &secret(USER_KEY));
    for (index, number) in rig.emulator.numbers().into_iter().enumerate() {
        let entry =
            NumberEntry { address: number.address, label: Some(number.label), key: None, is_default: index == 0 };
        editor.put_number(&entry, &Change::Keep);
    }
    editor.save().unwrap();
    let text = std::fs::read_to_string(file(rig)).unwrap();
    replace(rig, &format!("# ours\n{text}"));
}

/// As editors do it: a new file in the old one's place.
fn replace(rig: &Rig, text: &str) {
    use std::io::Write;
    let folder = places(rig).config;
    let mut new = tempfile::NamedTempFile::new_in(folder).unwrap();
    new.write_all(text.as_bytes()).unwrap();
    new.persist(file(rig)).unwrap();
}

async fn client(rig: &Rig) -> Runner {
    write_settings(rig);
    let mut client = Runner::start(rig, &Dialect::journal()).await;
    client.wait_for_content("Is my appointment still on?").await;
    client.synced().await;
    client
}

fn written(rig: &Rig) -> String {
    std::fs::read_to_string(file(rig)).unwrap()
}

fn press_all(client: &Runner, keys: &str) {
    for key in keys.split_whitespace() {
        client.press(key);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preference_goes_into_the_file_and_back_out_of_it() {
    let rig = desk(Dialect::journal()).await;
    let mut client = client(&rig).await;
    press_all(&client, "f4 tab /");
    client.write("emoji by");
    press_all(&client, "enter");
    client.wait_for_content("1 found").await;
    client.press("space");
    client.wait_for_content("▌*Emoji by name").await;
    let text = written(&rig);
    assert!(text.starts_with("# ours\n") && text.contains("[compose]\nemoji = false"), "{text}");
    client.press("r");
    client.wait_for_content("▌ Emoji by name").await;
    assert!(!written(&rig).contains("\nemoji = "), "{}", written(&rig));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_chosen_just_before_quitting_is_in_the_file() {
    let rig = desk(Dialect::journal()).await;
    let mut client = client(&rig).await;
    client.press("f6");
    client.wait_for_content("Themes").await;
    // in one breath: a theme, how times are shown, and out
    press_all(&client, "G enter enter esc t ctrl-q");
    client.wait_for_end().await;
    client.session.finish().await;
    let text = written(&rig);
    assert!(text.contains("theme = ") && text.contains("times = \"relative\""), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_bound_with_a_press_and_works_at_once() {
    let rig = desk(Dialect::journal()).await;
    let mut client = client(&rig).await;
    press_all(&client, "f4 tab tab /");
    client.write("sync now");
    press_all(&client, "enter enter");
    client.wait_for_content("Press the key to bind").await;
    client.press("f12");
    client.wait_for_content("▌*sync now").await;
    assert!(written(&rig).contains("[keys]\nsync = \"f12\""), "{}", written(&rig));
    press_all(&client, "esc esc");
    client.wait_for_content("F12 sync").await;
    client.press("f12");
    client.wait_for_content("Synced: nothing new").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_on_disk_is_in_force_at_once() {
    let rig = desk(Dialect::journal()).await;
    let mut client = client(&rig).await;
    client.wait_for_content("Ctrl-R sync").await;
    replace(&rig, &format!("{}\n[keys]\nsync = \"f12\"\n", written(&rig)));
    client.wait_for_content("it is in force now").await;
    client.press("f4");
    client.wait_for_content("Settings").await;
    client.press("esc");
    client.wait_for_content("F12 sync").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_is_told_of_with_its_line_and_never_shown() {
    let rig = desk(Dialect::journal()).await;
    let mut client = client(&rig).await;
    let good = written(&rig);
    let lines = good.lines().count();
    replace(&rig, &format!("{good}\n[keys]\nsync = \"demo-secret-1\n"));
    client.wait_for_content(&format!("config.toml, line {}", lines + 3)).await;
    client.press("f8");
    client.wait_for_content("What went wrong").await;
    client.wait_for_content("The settings from before stay in force").await;
    assert!(!client.screen().contains("secret-1"), "{}", client.screen());
    client.press("esc");
    client.wait_for_content("Ctrl-R sync").await;
    replace(&rig, &format!("{good}\n[keys]\nsync = \"f12\"\n"));
    client.wait_for_content("it is in force now").await;
}

/// A client that nothing is configured for, but where the service answers.
async fn newcomer(rig: &Rig) -> Runner {
    let account = Account {
        base_url: BaseUrl::parse(&rig.emulator.base_url()).unwrap(),
        api_key: None,
        user_key: None,
        scheme: mctui::config::Scheme::Auto,
    };
    let store = Store::open(&places(rig).cache_file()).await.unwrap();
    let config = Config::for_account(account, Vec::new());
    let context = Context::with_timings(store, config, &places(rig), hasty()).await.unwrap();
    Runner::on(context, rig.home.path(), mctui::config::Environment::default())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guided_set_up_ends_with_the_messages_on_screen() {
    let _alone = own_keyring().await;
    let rig = Rig::start(Options::empty(&["+12025550101", "+12025550102"]).speaking(Dialect::journal()), false).await;
    rig.emulator.receive(&super::common::fictional(47), &rig.number(0), "Is my appointment still on?");
    let mut client = newcomer(&rig).await;
    client.wait_for_content("Set-up 1 of 5").await;
    client.press("enter");
    client.wait_for_content("the system's keyring").await;
    client.write(API_KEY);
    client.press("tab");
    client.write(USER_KEY);
    client.press("enter");
    client.wait_for_content("Set-up 3 of 5").await;
    assert!(!client.screen().contains(USER_KEY));
    client.press("enter");
    client.wait_for_content("Everything is ready").await;
    client.press("enter");
    client.wait_for_content("Is my appointment still on?").await;
    let text = written(&rig);
    assert!(text.contains("api_key = { keyring = \"api_key\" }") && !text.contains(API_KEY), "{text}");
    assert!(text.contains("+12025550102"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_keys_are_refused_with_what_to_do_and_kept_in_their_fields() {
    let _alone = own_keyring().await;
    let rig = desk(Dialect::journal()).await;
    let mut client = newcomer(&rig).await;
    client.wait_for_content("Set-up 1 of 5").await;
    client.press("enter");
    client.wait_for_content("the system's keyring").await;
    client.write("demo-wrong");
    client.press("tab");
    client.write(USER_KEY);
    client.press("enter");
    client.wait_for_content("What to do").await;
    assert!(client.screen().contains("Set-up 2 of 5") && client.screen().contains("••••••••••"), "{}", client.screen());
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_fetched_with_a_key_and_its_end_is_told() {
    let rig = Rig::start(Options::sized(1, 10, 300).speaking(Dialect::journal()), false).await;
    rig.sync_well(Extent::Limit(20)).await;
    let mut client = Runner::start(&rig, &Dialect::journal()).await;
    client.synced().await;
    client.press("f7");
    // the client's own first look may still go on, and then the key says so
    while !client.screen().contains("Fetch everything that MightyCall has of your number") {
        client.press("e");
        client.session.turn().await.unwrap();
    }
    client.press("y");
    client.wait_for_content("All that MightyCall has is here now").await;
    assert_eq!(rig.cached().await, rig.account());
}

#[tokio::test(flavor = "multi_thread")]
async fn older_messages_are_told_of_as_older_ones() {
    let rig = Rig::start(Options::sized(1, 1, 700).speaking(Dialect::journal()), false).await;
    rig.sync_well(Extent::Limit(20)).await;
    let mut client = Runner::start(&rig, &Dialect::journal()).await;
    client.synced().await;
    client
        .wait("the conversation", |screen| screen.contains("── Today ──") || screen.contains("── Yesterday ──"))
        .await;
    press_all(&client, "enter esc g");
    // the key means something once the conversation knows that it was cut
    client.wait_for_content("older messages were not fetched").await;
    client.press("L");
    client.wait("how many came", |screen| screen.contains("Fetched ") && screen.contains(" older messages")).await;
}

/// Stopped between two pages: what came is kept, nothing else comes by itself, and going on brings the rest.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_import_is_gone_on_with() {
    let dialect = Dialect { page_cap: Some(20), has_more: true, ..Dialect::journal() };
    let rig = Rig::start(Options::sized(1, 10, 2_000).speaking(dialect), false).await;
    let (engine, mut events) = Engine::start(rig.context.clone());
    engine.ask(Command::Sync { numbers: None, extent: Extent::Full });
    let mut cancelled = None;
    let mut pages = 0;
    while let Some(event) = events.recv().await {
        match event {
            Event::Progress(page) => {
                pages += 1;
                assert_eq!((page.place, page.of), (1, 1));
                if pages == 2 {
                    engine.ask(Command::Cancel);
                }
            }
            Event::SyncDone(report) if report.is_cancelled() => {
                cancelled = Some(report);
                break;
            }
            Event::SyncDone(_) if pages >= 2 => break,
            _ => {}
        }
    }
    let report = cancelled.expect("it was cancelled");
    assert!(report.resumable && report.failures().count() == 0, "{report:#?}");
    let (here, there) = (rig.cached().await.len(), rig.account().len());
    assert!(here >= 20 && here < there, "{here} of {there}");
    let cursor = rig.store().cursor(rig.number(0)).await.unwrap().unwrap();
    assert_eq!((cursor.owed, cursor.coverage.spans().len()), (0, 1), "no gap, and nothing comes unasked");
    engine.ask(Command::Resume);
    while rig.cached().await.len() < there {
        if let Event::SyncDone(report) = events.recv().await.unwrap() {
            assert_eq!(report.failures().count(), 0, "{report:#?}");
        }
    }
    assert_eq!(rig.cached().await, rig.account());
    engine.stop().await;
}
