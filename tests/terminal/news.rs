//! The bell, the desktop's notifications by way of the terminal, and the window's title.

use jiff::SignedDuration;

use crate::common::fictional;
use crate::common::program::Program;
use crate::common::pty::Pty;
use crate::desk::{CTRL_Q, Desk, ENTER, eventually};

/// Everything is told of, by a way that can be seen here.
const LOUD: &str = "[notify]\ndesktop = \"osc9\"\nwhen = \"always\"\n";
const BELL: &str = "\x07";
const NOTIFICATION: &str = "\x1b]9;";
const TITLE: &str = "\x1b]2;";
const LOOKED_AT: &str = "\x1b[I";
const NOT_LOOKED_AT: &str = "\x1b[O";

/// Another process brings what is new, as a cron job would.
async fn sync(desk: &Desk) {
    let other = Program::bare().with("MCTUI_HOME", desk.home.path().to_str().unwrap());
    assert_eq!(other.run(&["sync"]).await.code, 0);
}

/// Nothing is left to tell of: whatever was to be said has been said.
fn all_told(desk: &Desk) {
    eventually("everything told", || desk.cached("SELECT count(*) FROM news") == 0);
}

fn told(client: &Pty) -> (usize, usize) {
    (client.count(NOTIFICATION), client.count(BELL))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_message_is_told_once_and_history_never() {
    let desk = Desk::with(&format!("{LOUD}\n[sync]\nhistory_limit = 3000\n")).await;
    let number = desk.emulator.numbers()[0].address.clone();
    for n in 0..2_000_i64 {
        let at = desk.emulator.now() - SignedDuration::from_mins(2_010 - n);
        desk.emulator.receive_at(&fictional(u8::try_from(n % 40).unwrap() + 50), &number, &format!("old {n}"), at);
    }
    let mut client = desk.open(24, 80);
    client.wait_for("appointment");
    eventually("all of history", || desk.cached("SELECT count(*) FROM messages") == 2_001);
    sync(&desk).await;
    all_told(&desk);
    assert_eq!(told(&client), (0, 0), "a first fetch");

    desk.receive(48, "Is anybody there?");
    sync(&desk).await;
    client.wait_for_bytes("\x1b]9;(202) 555-0148: Is anybody there?\x1b\\", 1);
    client.wait_for_bytes(BELL, 1);
    sync(&desk).await;
    all_told(&desk);
    assert_eq!(told(&client), (1, 1), "once");
    client.keys(CTRL_Q);
    assert!(client.ended().success());

    let client = desk.open(24, 80);
    client.wait_for("Is anybody there?");
    sync(&desk).await;
    desk.receive(49, "And now?");
    sync(&desk).await;
    client.wait_for_bytes("\x1b]9;(202) 555-0149: And now?\x1b\\", 1);
    assert_eq!(told(&client), (1, 1), "nothing of before");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_are_told_together_and_without_their_text_where_wanted() {
    let desk = Desk::with(&format!("{LOUD}show_text = false\nbell = false\n")).await;
    let client = desk.open(24, 80);
    client.wait_for("appointment");
    sync(&desk).await;
    for from in 50..55 {
        desk.receive(from, "a secret");
    }
    sync(&desk).await;
    client.wait_for_bytes("\x1b]9;5 new messages on Main Phone\x1b\\", 1);
    assert_eq!(told(&client), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_looked_at_is_not_told_and_what_is_not_looked_at_is_not_read() {
    let desk = Desk::with("[notify]\ndesktop = \"osc9\"\n").await;
    let mut client = desk.open(24, 80);
    client.wait_for("appointment");
    client.keys(LOOKED_AT);
    client.keys(ENTER);
    let unread = "SELECT sum(unread) FROM threads";
    eventually("read", || desk.cached(unread) == 0);
    sync(&desk).await;
    desk.receive(47, "while you look");
    sync(&desk).await;
    client.wait_for("while you look");
    eventually("read", || desk.cached(unread) == 0);
    all_told(&desk);
    assert_eq!(told(&client), (0, 0));

    client.keys(NOT_LOOKED_AT);
    desk.receive(47, "while you are away");
    sync(&desk).await;
    client.wait_for("while you are away");
    client.wait_for_bytes("\x1b]9;(202) 555-0147: while you are away\x1b\\", 1);
    client.wait_for_bytes("\x1b]2;(1) mctui\x1b\\", 1);
    all_told(&desk);
    assert_eq!(told(&client), (1, 1));
    assert_eq!(desk.cached(unread), 1, "nobody has seen it");
    client.keys(LOOKED_AT);
    eventually("read", || desk.cached(unread) == 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_clients_and_a_cron_job_tell_once() {
    let desk = Desk::with(LOUD).await;
    let mut clients = [desk.open(24, 80), desk.open(24, 80)];
    for client in &mut clients {
        client.wait_for("appointment");
        client.keys(NOT_LOOKED_AT);
    }
    sync(&desk).await;
    desk.receive(48, "for whoever hears it");
    sync(&desk).await;
    for client in &clients {
        client.wait_for("for whoever");
    }
    all_told(&desk);
    eventually("one to tell", || clients.iter().map(|client| told(client).0).sum::<usize>() == 1);
    sync(&desk).await;
    desk.receive(49, "and this");
    sync(&desk).await;
    eventually("the next one", || clients.iter().map(|client| told(client).0).sum::<usize>() >= 2);
    assert_eq!(clients.iter().map(|client| told(client).0).sum::<usize>(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_muted_numbers_and_threads_nothing_is_told() {
    let desk = Desk::with(&format!("{LOUD}muted = [\"+1 (202) 555-0101\"]\n")).await;
    let client = desk.open(24, 80);
    client.wait_for("appointment");
    sync(&desk).await;
    desk.receive(48, "hello?");
    sync(&desk).await;
    client.wait_for("hello?");
    all_told(&desk);
    assert_eq!(told(&client), (0, 0), "its number is muted");
    assert_eq!(client.count("\x1b]2;("), 0, "nor does the title say anything");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_title_has_the_count_and_is_given_back() {
    let desk = Desk::new().await;
    let mut client = desk.open(24, 80);
    client.wait_for_bytes("\x1b]2;(1) mctui\x1b\\", 1);
    client.keys(ENTER);
    client.wait_for_bytes("\x1b]2;mctui\x1b\\", 1);
    client.keys(CTRL_Q);
    client.ended();
    assert_eq!((client.count("\x1b[22;2t"), client.count("\x1b[23;2t")), (1, 1));
    let raw = String::from_utf8_lossy(&client.raw()).into_owned();
    assert!(raw.find("\x1b[22;2t") < raw.find(TITLE) && raw.rfind(TITLE) < raw.rfind("\x1b[23;2t"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_the_title_left_alone_has_it() {
    let desk = Desk::with("[notify]\ntitle = false\n").await;
    let mut client = desk.open(24, 80);
    client.wait_for("1 unread");
    client.keys(CTRL_Q);
    client.ended();
    assert_eq!((client.count(TITLE), client.count("\x1b[22;2t"), client.count("\x1b[23;2t")), (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_muted_with_a_key_and_stays_so() {
    let desk = Desk::with(LOUD).await;
    let mut client = desk.open(24, 80);
    client.wait_for("appointment");
    sync(&desk).await;
    client.keys("\x1bOQ");
    client.wait_for("Switch number");
    client.keys("jM");
    client.wait_for("muted  1 unread");
    let file = desk.home.path().join("config/config.toml");
    let written = || std::fs::read_to_string(&file).unwrap().contains("muted = [\"+12025550101\"]");
    eventually("the settings file", written);
    client.keys("\x1b");
    desk.receive(48, "hello?");
    sync(&desk).await;
    client.wait_for("hello?");
    all_told(&desk);
    // heard of again, and so the next one shows that nothing else was told
    client.keys("\x1bOQ");
    client.wait_for("Switch number");
    client.keys("jM");
    eventually("the settings file", || !written());
    client.wait("the number without its mark", |screen| !screen.contains("muted  "));
    desk.receive(49, "and now?");
    sync(&desk).await;
    client.wait_for_bytes("\x1b]9;(202) 555-0149: and now?\x1b\\", 1);
    assert_eq!(told(&client), (1, 1));
}
