//! The client at work.

use crate::common::fictional;
use crate::common::pty::Pty;
use crate::desk::{CTRL_Q, Desk, ENTER, eventually, given_back, is_empty};

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
