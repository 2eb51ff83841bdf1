//! Finding messages, narrowing the list, putting threads away.

use mctui::emulator::Dialect;
use mctui::model::ThreadState;

use super::common::{Rig, fictional};
use super::runner::{Runner, desk};

/// The columns of the list.
fn list(screen: &str) -> String {
    screen.lines().map(|line| line.chars().take(29).collect::<String>() + "\n").collect()
}

/// The desk, and a long conversation with a third customer that is about a fence here and there.
async fn busy() -> Rig {
    let rig = desk(Dialect::v4()).await;
    let ago = |minutes| rig.emulator.now() - jiff::SignedDuration::from_mins(minutes);
    for n in 0..90_i64 {
        let text = match n {
            3 => "The fence has fallen over".to_owned(),
            70 => "Fences, all of them!".to_owned(),
            _ => format!("Something else, number {n}"),
        };
        rig.emulator.receive_at(&fictional(33), &rig.number(0), &text, ago(2_000 - n));
    }
    rig
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_found_everywhere_and_gone_to() {
    let rig = busy().await;
    let mut client = Runner::start(&rig, &Dialect::v4()).await;
    client.synced().await;
    client.press("f3");
    client.wait_for_content("from:dana").await;
    client.write("fenc");
    client.wait("three of them", |screen| screen.contains("1 of 3") && screen.contains("fallen over")).await;
    client.write("e ");
    client.wait("the word alone", |screen| screen.contains("1 of 1") && !screen.contains("Do you fix")).await;
    client.press("enter");
    client
        .wait("the message in its context", |screen| {
            screen.contains("The fence has fallen") && screen.contains("number 4") && screen.contains("1/1")
        })
        .await;
    let conversation: String = client.screen().lines().map(|line| line.chars().skip(30).collect::<String>()).collect();
    assert!(!conversation.contains("number 89"), "its end is not in view:\n{}", client.screen());
    // the search is as it was left
    client.press("f3");
    client.wait_for_content("1 of 1").await;
    client.press("ctrl-u");
    client.write("from:0162");
    client.wait_for_content("Do you fix fences?").await;
    client.press("enter");
    client.wait("the other thread", |screen| screen.contains("To (202) 555-0162")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_conversation_has_is_found_beyond_what_is_loaded() {
    let rig = busy().await;
    let mut client = Runner::start(&rig, &Dialect::v4()).await;
    client.synced().await;
    client.press("G");
    client.wait_for_content("number 89").await;
    client.press("tab");
    client.press("G");
    client.press("/");
    client.write("fence");
    client.wait("the newest", |screen| screen.contains("1/2") && screen.contains("Fences, all of them!")).await;
    client.press("enter");
    client.press("n");
    client.wait("the oldest", |screen| screen.contains("2/2") && screen.contains("The fence has fallen over")).await;
    client.press("N");
    client.wait_for_content("Fences, all of them!").await;
    client.press("esc");
    client.wait("no lights", |screen| !screen.contains("2/2 ") && !screen.contains("1/2 ")).await;
    client.press("/");
    client.write("fallen");
    client.wait("it", |screen| screen.contains("1/1") && screen.contains("The fence has fallen over")).await;
    client.press("esc");
    client.wait("the place of before", |screen| screen.contains("Fences, all of them!")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_narrowed_and_widened() {
    let rig = busy().await;
    let mut client = Runner::start(&rig, &Dialect::v4()).await;
    client.synced().await;
    client.wait("all of them", |screen| screen.matches("555-01").count() >= 3).await;
    client.press("/");
    client.write("(202) 555-0162");
    client.wait("the one", |screen| list(screen).contains("fences?") && !list(screen).contains("appointment")).await;
    client.press("enter");
    client.wait_for_content("To (202) 555-0162").await;
    client.press("esc");
    client.wait("all again", |screen| screen.contains("Threads ") && list(screen).contains("appointment")).await;
    client.press("f");
    client.wait_for_content("failed or unconfirmed").await;
    for _ in 0..2 {
        client.press("j");
    }
    client.press("enter");
    client.wait_for_content("No thread is failed").await;
    client.press("esc");
    client.wait("all again", |screen| list(screen).contains("appointment")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_is_done_comes_back_with_a_new_message() {
    let rig = desk(Dialect::v4()).await;
    let mut client = Runner::start(&rig, &Dialect::v4()).await;
    client.synced().await;
    client.wait_for_content("appointment").await;
    client.press("m");
    client.press("e");
    client.wait_for_content("is done").await;
    let store = rig.store();
    let state = async || {
        let thread = store.thread_between(rig.number(0), fictional(47)).await.unwrap();
        thread.map(|thread| thread.state)
    };
    client.press("f");
    for _ in 0..3 {
        client.press("j");
    }
    client.press("enter");
    client.wait("only the open one", |screen| screen.contains("open (Esc: all)") && screen.contains("fences?")).await;
    client.wait("the other gone", |screen| !list(screen).contains("appointment")).await;
    assert_eq!(state().await, Some(ThreadState::Done));
    rig.emulator.receive(&fictional(47), &rig.number(0), "One more thing");
    client.press("ctrl-r");
    client.wait_for_content("One more thing").await;
    assert_eq!(state().await, Some(ThreadState::Open));
}
