//! Going somewhere and coming back: the palette, the next unread thread, the newest messages.

use mctui::emulator::Dialect;

use super::common::fictional;
use super::runner::{Runner, desk};

#[tokio::test(flavor = "multi_thread")]
async fn the_palette_goes_to_a_thread_and_does_a_command() {
    let rig = desk(Dialect::v4()).await;
    let mut client = Runner::start(&rig, &Dialect::v4()).await;
    client.synced().await;
    client.wait("both threads", |screen| screen.contains("appointment") && screen.contains("fences")).await;
    client.press("ctrl-p");
    client.write("0162");
    client
        .wait("the thread among what is offered", |screen| screen.contains("› 0162") && screen.contains("1 unread "))
        .await;
    client.press("enter");
    client.wait_for_content("To (202) 555-0162").await;
    client.press("ctrl-p");
    client.write(">help");
    client.wait_for_content("› >help").await;
    client.press("enter");
    client.wait_for_content("┌ Help").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn next_unread_from_the_compose_box_and_from_a_window() {
    let rig = desk(Dialect::v4()).await;
    let mut client = Runner::start(&rig, &Dialect::v4()).await;
    client.synced().await;
    client.wait("both threads", |screen| screen.contains("appointment") && screen.contains("fences")).await;
    client.press("enter");
    client.wait_for_content("1 unread").await;
    client.press("alt-u");
    client.wait_for_content("To (202) 555-0162").await;
    client.wait_for_content("nothing unread").await;
    rig.emulator.receive(&fictional(47), &rig.number(0), "One more thing");
    client.press("ctrl-r");
    client.wait_for_content("1 unread").await;
    client.press("f1");
    client.wait_for_content("┌ Help").await;
    client.press("alt-u");
    client.wait("the thread", |screen| screen.contains("To (202) 555-0147") && !screen.contains("┌ Help")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_eye_stays_while_messages_come_and_the_newest_are_a_key_away() {
    let rig = desk(Dialect::v4()).await;
    // young enough to be news at a first look
    for minute in 0..40 {
        let at = rig.emulator.now() - jiff::SignedDuration::from_mins(50 - minute);
        rig.emulator.receive_at(&fictional(47), &rig.number(0), &format!("Line {minute} of many"), at);
    }
    let mut client = Runner::start(&rig, &Dialect::v4()).await;
    client.synced().await;
    client.press("enter");
    // more unread than fits: one begins at the first of them
    client.wait("the first unread", |screen| screen.contains("unread from here") && screen.contains("Line 0 of")).await;
    client.press("alt-end");
    client
        .wait("the last one", |screen| screen.contains("appointment still on?") && !screen.contains("Line 0 of"))
        .await;
    client.press("esc");
    client.press("g");
    client.wait_for_content("Line 0 of").await;
    let before: Vec<String> =
        client.screen().lines().skip(4).take(12).map(|line| line.chars().skip(31).collect()).collect();
    rig.emulator.receive(&fictional(47), &rig.number(0), "Are you there?");
    client.press("ctrl-r");
    client.wait_for_content("1 new below").await;
    let after: Vec<String> =
        client.screen().lines().skip(4).take(12).map(|line| line.chars().skip(31).collect()).collect();
    assert_eq!(before, after);
    client.press("alt-end");
    client.wait("the newest", |screen| screen.matches("Are you there?").count() == 2).await;
}
