//! What is typed, pasted, clicked and resized.

use crate::desk::{CTRL_Q, Desk, ENTER, eventually, given_back};

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
async fn a_paste_without_brackets_sends_nothing_either() {
    let desk = Desk::new().await;
    let mut client = desk.open(24, 80);
    client.wait_for("appointment");
    client.keys(ENTER);
    client.wait_for("To ");
    client.keys("first line\rsecond line\rthird line\r");
    client.wait("all of it", |screen| screen.contains("first line") && screen.contains("third line"));
    let whole = "SELECT max(length(draft)) FROM threads";
    eventually("the draft in the cache", || desk.cached(whole) == 34);
    assert!(desk.emulator.posts().is_empty());
    client.keys(ENTER);
    eventually("one message", || desk.emulator.posts().len() == 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_kilobytes_are_pasted_as_one_edit_and_kept() {
    let desk = Desk::new().await;
    let mut client = desk.open(24, 80);
    client.wait_for("appointment");
    client.keys(ENTER);
    client.wait_for("To ");
    client.keys("before ");
    client.wait_for("before");
    let text = "All work and no play makes Jack a dull boy.\r".repeat(250);
    client.keys(&format!("\x1b[200~{text}the end\x1b[201~"));
    client.wait_for("the end");
    let whole = "SELECT max(length(draft)) FROM threads";
    eventually("the draft in the cache", || desk.cached(whole) > 11_000);
    // one step back
    client.keys("\x1bz");
    client.wait("what was before", |screen| screen.contains("before") && !screen.contains("the end"));
    assert!(desk.emulator.posts().is_empty());
    client.keys(CTRL_Q);
    assert!(client.ended().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_the_mouse_harms_nothing() {
    let desk = Desk::new().await;
    let mut client = desk.open(24, 80);
    client.wait_for("appointment");
    let mut storm = String::new();
    for n in 0..4_000_u32 {
        let (x, y) = (n * 7 % 90 + 1, n * 3 % 30 + 1);
        // moves, wheel up and down, drags; now and then a click in the list
        let (button, end) = [(35, 'M'), (64, 'M'), (65, 'M'), (32, 'M'), (0, 'm')][(n % 5) as usize];
        storm.push_str(&format!("\x1b[<{button};{x};{y}{end}"));
    }
    client.keys(&storm);
    // a report that is cut in two, and one that is none
    client.keys("\x1b[<64;10");
    client.keys(";10M\x1b[<999;0;0M");
    client.keys("\x11");
    assert!(client.ended().success(), "the key after the storm was heard");
    assert!(given_back(&client));
}
