//! Reading and answering.

use mctui::emulator::{Dialect, Effect, Fault};
use mctui::model::Delivery;
use mctui::tui::Ended;

use super::common::fictional;
use super::runner::{Runner, desk};

#[tokio::test(flavor = "multi_thread")]
async fn read_answer_delivered() {
    let rig = desk(Dialect::journal()).await;
    let mut client = Runner::start(&rig, &Dialect::journal()).await;
    client.wait_for_content("Is my appointment still on?").await;
    client.wait_for_content("2 unread").await;
    client.press("enter");
    client.wait_for_content("1 unread").await;
    client.write("Yes, 2 pm.");
    client.wait_for_content("10/160 · 1 segment").await;
    client.press("enter");
    client.wait("the mark of acceptance", |screen| screen.contains("Yes, 2 pm.") && screen.contains('✓')).await;
    let post = rig.emulator.posts().pop().expect("it was posted");
    assert_eq!(
        (post.from, post.to, post.text.as_str()),
        (rig.number(0), vec![fictional(47).to_string()], "Yes, 2 pm.")
    );

    let stored =
        rig.emulator.messages(Some(&rig.number(0))).into_iter().find(|stored| stored.text == "Yes, 2 pm.").unwrap();
    rig.emulator.report(&stored.id, mctui::emulator::Status::Delivered);
    client.press("ctrl-r");
    client.wait_for_content("✓✓").await;
    assert_eq!(rig.emulator.posts().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn switching_carries_no_text_across_and_keeps_each_draft() {
    let rig = desk(Dialect::v4()).await;
    let mut client = Runner::start(&rig, &Dialect::v4()).await;
    client.wait("both threads", |screen| screen.contains("appointment") && screen.contains("fences")).await;
    client.press("enter");
    client.write("for the first");
    client.wait_for_content("for the first").await;
    client.press("alt-down");
    client
        .wait("the other thread's empty box", |screen| {
            let composer = screen.rsplit("├ To ").next().unwrap_or_default();
            composer.contains("555-0162") && !composer.contains("for the first")
        })
        .await;
    client.press("alt-up");
    client
        .wait("the first draft", |screen| screen.rsplit("├ To ").next().unwrap_or_default().contains("for the first"))
        .await;
    client.press("ctrl-q");
    assert_eq!(client.wait_for_end().await, Ended::Quit);
    client.session.finish().await;

    let mut again = Runner::start(&rig, &Dialect::v4()).await;
    again.wait_for_content("for the first").await;
    assert!(rig.emulator.posts().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_message_to_a_typed_number() {
    let rig = desk(Dialect::v4()).await;
    let mut client = Runner::start(&rig, &Dialect::v4()).await;
    client.wait_for_content("appointment").await;
    client.press("ctrl-n");
    client.wait_for_content("New message").await;
    client.write("202.555.0199");
    client.wait_for_content("(202) 555-0199").await;
    client.press("enter");
    client.wait_for_content("To (202) 555-0199").await;
    client.write("Hello there");
    client.press("enter");
    client.wait("it in the list", |screen| screen.contains("You: Hello there")).await;
    client.wait("the mark of acceptance", |screen| screen.contains('✓')).await;
    assert_eq!(rig.emulator.posts()[0].to, ["+12025550199"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_told_and_sent_again_when_a_person_says_so() {
    let rig = desk(Dialect::v4()).await;
    rig.emulator.fault(Fault::on("/contactcenter/messages/send", Effect::Status(400)).times(1));
    let mut client = Runner::start(&rig, &Dialect::v4()).await;
    client.wait_for_content("appointment").await;
    client.press("enter");
    client.write("See you at 2");
    client.press("enter");
    // the conversation and the status line tell it, in either order; the first key takes the one in the status line away
    client.wait_for_content("R sends it again").await;
    client.wait("the status line", |screen| screen.lines().last().is_some_and(|line| line.contains('✗'))).await;
    assert!(rig.emulator.posts().is_empty());
    // back to the conversation, whose newest message is chosen
    client.press("esc");
    client.press("R");
    client.wait("the mark of acceptance", |screen| screen.contains('✓') && !screen.contains('✗')).await;
    assert_eq!(rig.emulator.posts().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_waits_and_goes_by_itself() {
    let rig = desk(Dialect::v4()).await;
    let mut client = Runner::start(&rig, &Dialect::v4()).await;
    client.wait_for_content("appointment").await;
    client.synced().await;
    rig.emulator.refuse().await;
    client.press("enter");
    client.write("Back soon");
    client.press("enter");
    client.wait_for_content("waits to be sent").await;
    rig.emulator.accept().await;
    client.press("ctrl-r");
    client.wait("the mark of acceptance", |screen| screen.contains("Back soon") && screen.contains('✓')).await;
    assert_eq!(rig.emulator.posts().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_writes_is_shown() {
    let rig = desk(Dialect::v4()).await;
    let mut client = Runner::start(&rig, &Dialect::v4()).await;
    client.synced().await;
    rig.emulator.receive(&fictional(33), &rig.number(0), "From the other side");
    // the rig's own context is another writer on the same cache
    rig.sync_well(mctui::sync::Extent::New(100)).await;
    client.wait_for_content("From the other side").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_unconfirmed_until_history_shows_it() {
    let rig = desk(Dialect::v4()).await;
    let mut client = Runner::start(&rig, &Dialect::v4()).await;
    client.synced().await;
    rig.emulator.fault(Fault::on("/contactcenter/messages/send", Effect::Reset).after_work().times(1));
    rig.emulator.fault(Fault::on("/journal", Effect::Status(500)));
    client.press("enter");
    client.write("Was it sent?");
    client.press("enter");
    client.wait_for_content("may have gone out").await;
    rig.emulator.clear_faults();
    client.press("ctrl-r");
    client.wait("the truth", |screen| screen.contains("Was it sent?") && screen.contains('✓')).await;
    assert_eq!(rig.emulator.posts().len(), 1);
    let outbox = rig.store().outbox().await.unwrap();
    assert!(outbox.iter().all(|message| !matches!(message.delivery, Some(Delivery::Unconfirmed(_)))));
}
