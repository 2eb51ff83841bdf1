//! Text that the cache does not take: it is asked about, put into a rescue file, and back at the next start.

use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use mctui::config::{Config, Environment, Places};
use mctui::model::Contact;
use mctui::store::Store;
use mctui::sync::Context;
use mctui::tui::effect::Effects;
use mctui::tui::message::Effect;
use rusqlite::Connection;
use rustix::process::{Pid, Resource, Rlimit, prlimit};

use crate::common::fictional;
use crate::common::pty::Pty;
use crate::desk::{CTRL_Q, Desk, ENTER, eventually, given_back};

const CTRL_C: &str = "\x03";
const CTRL_G: &str = "\x07";
const CTRL_N: &str = "\x0e";
const TEXT: &str = "We can see you at three";

/// A client in the compose box of the only customer.
fn writing(desk: &Desk, environment: &[(&str, &str)]) -> Pty {
    let mut client = Pty::mctui(&[], desk.home.path(), environment, 30, 100);
    client.wait("all of it", |screen| screen.contains("appointment") && screen.contains("synced "));
    client.keys(ENTER);
    client.wait_for("To ");
    client
}

/// Another program holds the cache until this goes.
fn held(home: &Path) -> Connection {
    let cache = Connection::open(home.join("data/mctui.db")).unwrap();
    cache.busy_timeout(std::time::Duration::from_secs(30)).unwrap();
    cache.execute_batch("BEGIN IMMEDIATE").unwrap();
    cache
}

/// From now on the system writes no file of the client beyond a few kilobytes, as on a disk that is full; or all again.
fn fill(client: &Pty, full: bool) {
    let limit = Rlimit { current: full.then_some(4_000), maximum: None };
    prlimit(Pid::from_raw(client.id()), Resource::Fsize, limit).unwrap();
}

fn rescue_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.to_string_lossy().contains("mctui-rescue-")).collect()
}

fn only_file(folder: &Path) -> PathBuf {
    let mut files = rescue_files(folder);
    assert_eq!(files.len(), 1, "{files:?}");
    let file = files.remove(0);
    let meta = std::fs::symlink_metadata(&file).unwrap();
    assert!(meta.is_file() && meta.permissions().mode() & 0o7777 == 0o600);
    assert!(std::fs::read_to_string(&file).unwrap().contains(TEXT));
    file
}

/// What was written to the terminal after the screen was given back.
fn said_after(client: &Pty) -> String {
    let raw = String::from_utf8_lossy(&client.raw()).into_owned();
    raw.rsplit_once("\x1b[?1049l").expect("the alternate screen was left").1.replace("\r\n", "")
}

/// Whether the draft is in the cache, and no file is left.
fn is_back(desk: &Desk, folder: &Path) {
    let draft = format!("SELECT count(*) FROM threads WHERE draft = '{TEXT}'");
    eventually("the draft, and the file gone", || desk.cached(&draft) == 1 && rescue_files(folder).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn ended_while_another_program_holds_the_cache_nothing_is_lost() {
    for end in ["TERM", "HUP", "ctrl-q twice", "ctrl-c twice"] {
        let desk = Desk::new().await;
        let state = desk.home.path().join("state");
        let mut client = writing(&desk, &[]);
        let lock = held(desk.home.path());
        client.keys(TEXT);
        client.wait_for(TEXT);
        match end {
            "ctrl-q twice" => client.keys(&CTRL_Q.repeat(2)),
            "ctrl-c twice" => client.keys(&CTRL_C.repeat(2)),
            signal => client.signal(signal),
        }
        assert!(client.ended().success(), "{end}");
        assert!(given_back(&client), "{end}");
        let file = only_file(&state);
        let said = said_after(&client);
        assert!(said.contains(file.to_str().unwrap()) && said.contains("your text to "), "{end}: {said:?}");
        assert_eq!(desk.cached("SELECT count(draft) FROM threads"), 0, "{end}: it was not saved");
        drop(lock);

        let client = Pty::mctui(&[], desk.home.path(), &[], 30, 100);
        client.wait("the text", |screen| screen.contains("back now: your text to") && screen.contains(TEXT));
        is_back(&desk, &state);
        assert!(desk.emulator.posts().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_it_asks_and_says_how_things_stand() {
    let desk = Desk::new().await;
    let state = desk.home.path().join("state");
    for key in [CTRL_Q, CTRL_C] {
        let mut client = writing(&desk, &[]);
        fill(&client, true);
        client.keys(TEXT);
        client.wait_for(TEXT);
        client.keys(key);
        let screen = client.wait_for("Not saved. Quit?");
        for part in ["Your text to (202) 555-0147", TEXT, "the disk is full", "mctui-rescue-"] {
            assert!(screen.contains(part), "{part}:\n{screen}");
        }
        assert!(!screen.contains("stays as a draft"), "{screen}");
        only_file(&state);
        client.keys("n");
        client.wait("the client", |screen| !screen.contains("Quit?"));
        // once more, in the words of the palette
        client.keys("\x10>quit");
        client.wait_for("Quit");
        client.keys(ENTER);
        client.wait_for("Not saved. Quit?");
        client.keys("y");
        assert!(client.ended().success());
        let file = only_file(&state);
        assert!(said_after(&client).contains(file.to_str().unwrap()), "{}", said_after(&client));

        let mut client = Pty::mctui(&[], desk.home.path(), &[], 30, 100);
        client.wait("the text", |screen| screen.contains("back now: your text to") && screen.contains(TEXT));
        is_back(&desk, &state);
        client.keys(ENTER);
        client.wait_for("To ");
        client.keys("\x15");
        eventually("no draft", || desk.cached("SELECT count(draft) FROM threads") == 0);
        client.keys(CTRL_Q);
        assert!(client.ended().success());
        assert!(!said_after(&client).contains("rescue"), "nothing is said where nothing is unsaved");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_saved_while_it_asks_needs_no_file() {
    let desk = Desk::new().await;
    let state = desk.home.path().join("state");
    let mut client = writing(&desk, &[]);
    fill(&client, true);
    client.keys(TEXT);
    client.wait_for(TEXT);
    client.keys(CTRL_Q);
    client.wait_for("Not saved. Quit?");
    only_file(&state);
    fill(&client, false);
    client.wait_for("It is saved now");
    is_back(&desk, &state);
    client.keys("y");
    assert!(client.ended().success());
    assert!(!said_after(&client).contains("rescue"), "{}", said_after(&client));
}

/// Not a test by itself: what `a_panic_rescues_what_is_not_saved` runs on a terminal of its own.
#[test]
fn panics_with_unsaved_text_when_told() {
    let Some(home) = std::env::var_os("MCTUI_TEST_PANIC_HOME") else { return };
    mctui::cli::log::install_panic_hook(mctui::cli::Color::Never).unwrap_or_else(|_| panic!("the hook is there once"));
    let places = Places::under(Path::new(&home));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let config = Config::load(&places, &Environment::default()).unwrap();
        let store = Store::open(&places.cache_file()).await.unwrap();
        let context = Context::new(store, config, &places).await.unwrap();
        let _lock = held(Path::new(&home));
        let (messages, _inbox) = tokio::sync::mpsc::unbounded_channel();
        let effects = Effects::start(context, places, Environment::default(), messages);
        let (_guard, _terminal) = mctui::tui::terminal::take().unwrap();
        let contact = Contact { address: fictional(47), name: None };
        effects.run(Effect::SaveDraft { number: fictional(1), contact, text: TEXT.to_owned() });
        panic!("as told");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_rescues_what_is_not_saved() {
    let desk = Desk::new().await;
    let mut client = writing(&desk, &[]);
    client.keys(CTRL_Q);
    client.ended();
    let mut command = portable_pty::CommandBuilder::new(std::env::current_exe().unwrap());
    command.args(["rescue::panics_with_unsaved_text_when_told", "--exact", "--nocapture", "--test-threads=1"]);
    command.env("MCTUI_TEST_PANIC_HOME", desk.home.path());
    command.env("TERM", "xterm-256color");
    let mut pty = Pty::spawn(command, 40, 100);
    assert!(!pty.ended().success());
    assert!(given_back(&pty));
    let file = only_file(&desk.home.path().join("state"));
    let said = said_after(&pty);
    assert!(said.contains("as told") && said.contains(file.to_str().unwrap()), "{said:?}");
    assert!(!said.contains("Nothing you typed is lost"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_to_several_people_is_rescued_too() {
    let desk = Desk::new().await;
    let mut client = writing(&desk, &[]);
    client.keys(CTRL_N);
    client.wait_for("a comma adds more people");
    fill(&client, true);
    client.keys("2025550162,2025550147,");
    client.wait_for("555-0162, ");
    client.keys(ENTER);
    client.wait_for("one's own");
    client.keys(TEXT);
    client.wait_for(TEXT);
    // what the cache has not got is there all the same when the window is opened anew
    client.keys("\x1b");
    client.wait("the client", |screen| !screen.contains("one's own"));
    client.keys(CTRL_N);
    client.wait("the window", |screen| screen.contains("as you left it") && screen.contains(TEXT));
    client.keys(CTRL_Q);
    client.wait_for("Your message to 2 people");
    client.keys(CTRL_Q);
    assert!(client.ended().success());
    only_file(&desk.home.path().join("state"));

    let mut client = Pty::mctui(&[], desk.home.path(), &[], 30, 100);
    client.wait_for("back now: your message to 2 people");
    client.keys(CTRL_N);
    client.wait("the window", |screen| screen.contains("as you left it") && screen.contains(TEXT));
    eventually("no file", || rescue_files(&desk.home.path().join("state")).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_its_own_folders_are_gone_the_file_lies_among_the_temporary_ones() {
    let desk = Desk::new().await;
    let home = desk.home.path();
    let temporary = home.join("tmp");
    std::fs::DirBuilder::new().mode(0o700).create(&temporary).unwrap();
    let environment = [("TMPDIR", temporary.to_str().unwrap())];
    let mut client = writing(&desk, &environment);
    for folder in ["state", "data"] {
        std::fs::rename(home.join(folder), home.join(format!("{folder}-away"))).unwrap();
        std::fs::write(home.join(folder), "").unwrap();
    }
    client.keys(TEXT);
    client.wait_for(TEXT);
    client.signal("TERM");
    assert!(client.ended().success());
    let file = only_file(&temporary);
    assert!(said_after(&client).contains(file.to_str().unwrap()));

    for folder in ["state", "data"] {
        std::fs::remove_file(home.join(folder)).unwrap();
        std::fs::rename(home.join(format!("{folder}-away")), home.join(folder)).unwrap();
    }
    let client = Pty::mctui(&[], home, &environment, 30, 100);
    client.wait("the text", |screen| screen.contains("back now: your text to") && screen.contains(TEXT));
    is_back(&desk, &temporary);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_with_an_editor_open_what_it_saved_is_a_draft() {
    let desk = Desk::new().await;
    let home = desk.home.path();
    let (editor, temporary) = (home.join("editor"), home.join("tmp"));
    let script = format!("#!/bin/sh\necho '{TEXT}' > \"$1\"; echo editing; exec sleep 600\n");
    std::fs::write(&editor, script).unwrap();
    std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o700)).unwrap();
    std::fs::DirBuilder::new().mode(0o700).create(&temporary).unwrap();
    let environment = [("EDITOR", editor.to_str().unwrap()), ("VISUAL", " "), ("TMPDIR", temporary.to_str().unwrap())];
    let folders = || std::fs::read_dir(&temporary).unwrap().count();
    let mut client = writing(&desk, &environment);
    client.keys("Before");
    eventually("the draft", || desk.cached("SELECT count(*) FROM threads WHERE draft = 'Before'") == 1);
    client.keys(CTRL_G);
    client.wait_for("editing");

    // another one leaves it alone while the first lives
    let mut other = Pty::mctui(&[], home, &environment, 30, 100);
    other.wait("the draft", |screen| screen.contains("Before") && screen.contains("synced "));
    other.keys(CTRL_Q);
    assert!(other.ended().success());
    assert!(!other.screen().contains(TEXT) && folders() == 1);

    client.signal("KILL");
    client.ended();
    assert_eq!(folders(), 1);
    let mut client = Pty::mctui(&[], home, &environment, 30, 100);
    client.wait("the text", |screen| screen.contains("In your editor when mctui was killed") && screen.contains(TEXT));
    is_back(&desk, &temporary);
    eventually("the folder gone", || folders() == 0);
    // what it was before is one key away
    client.keys(ENTER);
    client.wait_for("To ");
    client.keys("\x1bz");
    client.wait("the text before", |screen| screen.contains("Before") && !screen.contains(TEXT));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_is_there_by_then_is_not_overwritten() {
    let desk = Desk::new().await;
    let state = desk.home.path().join("state");
    let mut client = writing(&desk, &[]);
    let lock = held(desk.home.path());
    client.keys(TEXT);
    client.wait_for(TEXT);
    client.signal("TERM");
    client.ended();
    lock.execute_batch("UPDATE threads SET draft = 'Another one'; COMMIT").unwrap();

    let mut client = Pty::mctui(&[], desk.home.path(), &[], 30, 100);
    client.wait("the question", |screen| {
        screen.contains("There is another draft now") && screen.contains(TEXT) && screen.contains("▎ Another one")
    });
    // later: the file stays
    client.keys("\x1b");
    client.wait("the client", |screen| !screen.contains("There is another draft now"));
    client.keys(CTRL_Q);
    assert!(client.ended().success());
    only_file(&state);
    assert_eq!(desk.cached("SELECT count(*) FROM threads WHERE draft = 'Another one'"), 1);

    let mut client = Pty::mctui(&[], desk.home.path(), &[], 30, 100);
    client.wait_for("Keep both");
    client.keys(ENTER);
    let both = format!("SELECT count(*) FROM threads WHERE draft = 'Another one' || char(10) || '{TEXT}'");
    eventually("both", || desk.cached(&both) == 1 && rescue_files(&state).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_on_a_full_disk_the_text_is_in_a_file_all_the_same() {
    let desk = Desk::new().await;
    let state = desk.home.path().join("state");
    let mut client = writing(&desk, &[]);
    fill(&client, true);
    client.keys(TEXT);
    client.wait_for("could not be saved yet");
    let whole =
        || rescue_files(&state).iter().any(|file| std::fs::read_to_string(file).unwrap_or_default().contains(TEXT));
    eventually("the file", whole);
    client.signal("KILL");
    client.ended();
    only_file(&state);
    let client = Pty::mctui(&[], desk.home.path(), &[], 30, 100);
    client.wait("the text", |screen| screen.contains("back now: your text to") && screen.contains(TEXT));
    is_back(&desk, &state);
}
