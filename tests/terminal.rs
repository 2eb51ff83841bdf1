//! The real binary in a real pseudo-terminal: what only shows there.

mod common;

use std::path::Path;
use std::time::{Duration, Instant};

use common::fictional;
use common::pty::Pty;
use mctui::emulator::{API_KEY, Dialect, Effect, Emulator, Fault, Options, USER_KEY};
use portable_pty::CommandBuilder;

const ENTER: &str = "\r";
const CTRL_Q: &str = "\x11";

/// An account with one customer who has written, and a home that knows it.
struct Desk {
    emulator: Emulator,
    home: tempfile::TempDir,
}

impl Desk {
    async fn new() -> Self {
        let emulator = Emulator::start(Options::empty(&["+12025550101"]).speaking(Dialect::journal())).await.unwrap();
        let earlier = emulator.now() - jiff::SignedDuration::from_mins(5);
        emulator.receive_at(&fictional(47), &emulator.numbers()[0].address, "Is my appointment still on?", earlier);
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(home.path().join("config")).unwrap();
        let settings = format!(
            "[account]\nbase_url = \"{}\"\napi_key = \"{API_KEY}\"\nuser_key = \"{USER_KEY}\"\n\n[[numbers]]\nphone = \"+12025550101\"\nlabel = \"Main Phone\"\ndefault = true\n",
            emulator.base_url()
        );
        let file = home.path().join("config/config.toml");
        std::fs::write(&file, settings).unwrap();
        common::program::private(&file);
        Self { emulator, home }
    }

    fn open(&self, rows: u16, columns: u16) -> Pty {
        Pty::mctui(&[], self.home.path(), &[], rows, columns)
    }
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none())
}

/// Waits for something that is not on the screen.
#[track_caller]
fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::yield_now();
    }
}

fn given_back(pty: &Pty) -> bool {
    pty.look(|screen| !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste())
}

#[test]
fn the_demo_is_a_working_client_and_leaves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let mut demo = Pty::mctui(&["demo"], home.path(), &[], 40, 120);
    demo.wait_for("Threads");
    demo.wait("conversations", |screen| screen.matches("You:").count() > 2);
    demo.keys(ENTER);
    demo.keys("Happy to help, see you soon!");
    demo.wait_for("Happy to help, see you soon!");
    demo.keys(ENTER);
    demo.wait("its delivery", |screen| {
        screen.lines().any(|line| line.contains("Happy to help") && (line.contains('✓'))) || screen.contains("✓✓")
    });
    demo.keys(CTRL_Q);
    assert!(demo.ended().success());
    assert!(given_back(&demo));
    assert!(is_empty(home.path()), "the demo left something behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_answers_and_gives_the_terminal_back() {
    let desk = Desk::new().await;
    let mut client = desk.open(24, 80);
    client.wait_for("Is my appointment still on?");
    client.keys(ENTER);
    client.keys("Yes, 2 pm.");
    client.wait_for("Yes, 2 pm.");
    client.keys(ENTER);
    eventually("the post", || desk.emulator.posts().len() == 1);
    client.wait_for("✓");
    assert_eq!(desk.emulator.posts()[0].text, "Yes, 2 pm.");
    client.keys(CTRL_Q);
    assert!(client.ended().success());
    assert!(given_back(&client));
}

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

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_resizes_and_a_tiny_terminal() {
    let desk = Desk::new().await;
    let mut client = desk.open(24, 80);
    client.wait_for("appointment");
    for (rows, columns) in [(5, 10), (1, 1), (60, 200), (10, 40), (2, 300), (40, 3), (24, 79)] {
        client.resize(rows, columns);
    }
    client.resize(30, 100);
    client.wait("a whole screen", |screen| screen.contains("Threads") && screen.contains("appointment"));
    let client = desk.open(5, 10);
    client.wait("anything at all", |screen| !screen.trim().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paste_is_one_edit_and_sends_nothing() {
    let desk = Desk::new().await;
    let mut client = desk.open(24, 80);
    client.wait_for("appointment");
    client.keys(ENTER);
    client.wait_for("To ");
    client.keys("\x1b[200~first line\rsecond line\x1b[201~");
    client.wait("both lines", |screen| screen.contains("first line") && screen.contains("second line"));
    assert!(desk.emulator.posts().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_text_never_reaches_the_terminal() {
    let desk = Desk::new().await;
    let number = desk.emulator.numbers()[0].address.clone();
    desk.emulator.receive(&fictional(66), &number, "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31mred\u{202e}backwards\u{0}");
    let mut client = desk.open(24, 80);
    client.wait_for("backwards");
    client.keys(ENTER);
    client.wait_for("To ");
    let raw = client.raw();
    let contains = |bytes: &[u8]| raw.windows(bytes.len()).any(|window| window == bytes);
    assert!(!contains(b"\x1b]0;owned"));
    assert!(!contains(b"\x1b[2Jred") && !contains("\u{9b}31m".as_bytes()) && !contains("\u{202e}".as_bytes()));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_utf8_there_is_only_ascii() {
    let desk = Desk::new().await;
    let client = Pty::mctui(&[], desk.home.path(), &[("LC_ALL", "C")], 24, 80);
    client.wait_for("appointment");
    assert!(client.raw().is_ascii(), "{}", client.screen());
}

#[test]
fn a_first_run_welcomes() {
    let home = tempfile::tempdir().unwrap();
    let mut client = Pty::mctui(&[], home.path(), &[], 30, 100);
    let screen = client.wait("a welcome", |screen| screen.to_lowercase().contains("welcome"));
    assert!(screen.contains("demo"), "{screen}");
    client.keys(CTRL_Q);
    assert!(client.ended().success());
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
    command.args(["panics_when_told", "--exact", "--nocapture", "--test-threads=1"]);
    command.env("MCTUI_TEST_PANIC", "1");
    command.env("TERM", "xterm-256color");
    let mut pty = Pty::spawn(command, 40, 100);
    assert!(!pty.ended().success());
    assert!(given_back(&pty));
    let raw = String::from_utf8_lossy(&pty.raw()).into_owned();
    let (screen, words) = raw.split_once("\x1b[?1049l").expect("the alternate screen was left");
    assert!(!screen.contains("as told") && words.contains("as told"), "{raw:?}");
}
