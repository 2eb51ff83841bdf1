//! How it ends, and what is left.

use std::io::Read;

use mctui::emulator::{Effect, Fault};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::common::pty::Pty;
use crate::desk::{Desk, ENTER, eventually, given_back, is_empty};

/// As a terminal sends it.
const CTRL_N: &str = "\x0e";

#[tokio::test(flavor = "multi_thread")]
async fn drafts_survive_signals_and_kill() {
    let desk = Desk::new().await;
    for (signal, typed) in [("TERM", "alpha "), ("HUP", "bravo "), ("KILL", "charlie")] {
        let mut client = desk.open(24, 80);
        client.wait_for("appointment");
        client.keys(ENTER);
        client.wait_for("To ");
        client.keys(typed);
        client.wait_for(typed.trim());
        if signal == "KILL" {
            // saved as one types, within a fraction of a second
            let cache = rusqlite::Connection::open(desk.home.path().join("data/mctui.db")).unwrap();
            let saved = || cache.query_row("SELECT max(draft) FROM threads", [], |row| row.get::<_, Option<String>>(0));
            eventually("the draft in the cache", || saved().unwrap().is_some_and(|draft| draft.contains("charlie")));
        }
        client.signal(signal);
        client.ended();
        assert!(signal == "KILL" || given_back(&client), "{signal}: {:?}", String::from_utf8_lossy(&client.raw()));
    }
    let client = desk.open(24, 80);
    client.wait_for("alpha bravo charlie");
}

#[test]
fn a_window_that_is_closed_leaves_nothing_of_the_demo() {
    let home = tempfile::tempdir().unwrap();
    let pair = native_pty_system().openpty(PtySize { rows: 30, cols: 100, pixel_width: 0, pixel_height: 0 }).unwrap();
    let temporary = home.path().to_str().unwrap();
    let mut demo = pair.slave.spawn_command(Pty::command(&["demo"], home.path(), &[("TMPDIR", temporary)])).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let (mut seen, mut bytes) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&seen).contains("Threads") {
        let count = reader.read(&mut bytes).unwrap();
        seen.extend_from_slice(&bytes[..count]);
    }
    assert!(!is_empty(home.path()), "it has a folder");
    drop((reader, pair.master));
    let status = demo.wait().unwrap();
    assert!(is_empty(home.path()), "{status:?}");
    assert!(status.success(), "{status:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_to_several_survives_kill() {
    let desk = Desk::new().await;
    let mut client = desk.open(24, 80);
    client.wait_for("appointment");
    client.keys(CTRL_N);
    client.wait_for("a comma adds more people");
    client.keys("2025550162,2025550147,");
    client.wait_for("555-0162, ");
    client.keys(ENTER);
    client.wait_for("one's own");
    client.keys("Closed on Monday");
    client.wait_for("Closed on Monday");
    let cache = rusqlite::Connection::open(desk.home.path().join("data/mctui.db")).unwrap();
    let saved = || cache.query_row("SELECT max(body) FROM broadcasts", [], |row| row.get::<_, Option<String>>(0));
    eventually("the text in the cache", || saved().unwrap().is_some_and(|text| text == "Closed on Monday"));
    client.signal("KILL");
    client.ended();

    let mut client = desk.open(24, 80);
    client.wait_for("appointment");
    client.keys(CTRL_N);
    client.wait_for("as you left it");
    client.wait_for("Closed on Monday");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_sending_it_says_unconfirmed_and_never_posts_again() {
    let desk = Desk::new().await;
    desk.emulator.fault(Fault::on("/messages/send", Effect::Hang).after_work());
    let mut client = desk.open(24, 80);
    client.wait_for("appointment");
    client.keys(ENTER);
    client.wait_for("To ");
    client.keys("See you at 2");
    client.wait_for("See you at 2");
    client.keys(ENTER);
    eventually("the post", || desk.emulator.posts().len() == 1);
    client.signal("KILL");
    client.ended();
    desk.emulator.clear_faults();

    let client = desk.open(24, 80);
    // history shows that it went out
    client.wait("the truth", |screen| screen.contains("See you at 2"));
    let cache = rusqlite::Connection::open(desk.home.path().join("data/mctui.db")).unwrap();
    let state = || cache.query_row("SELECT delivery FROM messages WHERE direction = 1", [], |row| row.get::<_, i64>(0));
    // 5: sent (src/store/codes.rs)
    eventually("the match with history", || state().is_ok_and(|state| state >= 5));
    assert_eq!(desk.emulator.posts().len(), 1);
}

/// Not a test by itself: what `a_panic_gives_the_terminal_back` runs on a terminal of its own.
#[test]
fn panics_when_told() {
    if std::env::var_os("MCTUI_TEST_PANIC").is_none() {
        return;
    }
    mctui::cli::log::install_panic_hook(mctui::cli::Color::Never).unwrap_or_else(|_| panic!("the hook is there once"));
    let (_guard, _terminal) = mctui::tui::terminal::take().unwrap();
    panic!("as told");
}

#[test]
fn a_panic_gives_the_terminal_back() {
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    command.args(["ending::panics_when_told", "--exact", "--nocapture", "--test-threads=1"]);
    command.env("MCTUI_TEST_PANIC", "1");
    command.env("TERM", "xterm-256color");
    let mut pty = Pty::spawn(command, 40, 100);
    assert!(!pty.ended().success());
    assert!(given_back(&pty));
    let raw = String::from_utf8_lossy(&pty.raw()).into_owned();
    let (screen, words) = raw.split_once("\x1b[?1049l").expect("the alternate screen was left");
    assert!(!screen.contains("as told") && words.contains("as told"), "{raw:?}");
}
