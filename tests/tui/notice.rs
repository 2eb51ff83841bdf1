//! What the terminal is asked to tell of new messages.

use mctui::emulator::Dialect;
use mctui::tui::message::{Msg, TerminalAsk};
use tokio::time::timeout;

use super::common::fictional;
use super::runner::{PATIENCE, Runner, desk};

/// Turns until something is told; the notifications' words.
async fn told(client: &mut Runner) -> Vec<String> {
    let turning = async {
        loop {
            let asked = client.session.asked();
            let words = asked.into_iter().filter_map(|ask| match ask {
                TerminalAsk::Notify { title, body } => Some(format!("{title}: {body}")),
                _ => None,
            });
            let words: Vec<_> = words.collect();
            if !words.is_empty() {
                return words;
            }
            assert_eq!(client.session.turn().await.unwrap(), None);
        }
    };
    timeout(PATIENCE, turning).await.expect("something is told")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_is_told_and_what_was_there_is_not() {
    let rig = desk(Dialect::v4()).await;
    let mut client = Runner::start(&rig, &Dialect::v4()).await;
    client.synced().await;
    client.wait("both threads", |screen| screen.contains("appointment") && screen.contains("fences")).await;
    client.press("ctrl-r");
    client.wait_for_content("Synced: nothing new").await;
    client.keys.send(Msg::Focused(false)).unwrap();
    rig.emulator.receive(&fictional(70), &rig.number(0), "Is anybody there?");
    // a key would say that somebody is
    rig.sync_well(mctui::sync::Extent::New(100)).await;
    assert_eq!(told(&mut client).await, ["(202) 555-0170: Is anybody there?"]);
    assert_eq!(client.session.state().title(), "(3) mctui");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_muted_thread_stays_muted_and_silent() {
    let rig = desk(Dialect::v4()).await;
    let mut client = Runner::start(&rig, &Dialect::v4()).await;
    client.synced().await;
    client.wait("both threads", |screen| screen.contains("appointment") && screen.contains("fences")).await;
    client.press("M");
    client.wait("the mark, from the cache", |screen| screen.contains('⊘') && screen.contains("Muted: ")).await;
    while client.session.state().title() != "(1) mctui" {
        client.session.turn().await.unwrap();
    }
    drop(client);

    let mut client = Runner::start(&rig, &Dialect::v4()).await;
    client.wait_for_content("⊘").await;
    client.synced().await;
    client.keys.send(Msg::Focused(false)).unwrap();
    rig.emulator.receive(&fictional(47), &rig.number(0), "of the muted one");
    rig.emulator.receive(&fictional(62), &rig.number(1), "of the other one");
    rig.sync_well(mctui::sync::Extent::New(100)).await;
    assert_eq!(told(&mut client).await, ["(202) 555-0162: of the other one"]);
}
