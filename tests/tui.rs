//! Whole flows: keys in, screen out, against the emulator over HTTP with a real database. Only the terminal is a buffer.

mod common;

use std::time::Duration;

use common::{Rig, fictional, open};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use mctui::config::keymap::Keymap;
use mctui::config::{Environment, Places, Preferences};
use mctui::emulator::{Dialect, Effect, Fault, Options};
use mctui::model::Delivery;
use mctui::tui::Ended;
use mctui::tui::effect::Effects;
use mctui::tui::message::Msg;
use mctui::tui::session::Session;
use mctui::tui::state::{Start, State};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Long enough for a debug build on a busy machine; nothing waits that long when it works.
const PATIENCE: Duration = Duration::from_secs(30);
const SIZE: (u16, u16) = (100, 30);

/// Turns the client's wheel on a buffer.
struct Runner {
    session: Session<TestBackend>,
    keys: mpsc::UnboundedSender<Msg>,
}

impl Runner {
    async fn start(rig: &Rig, dialect: &Dialect) -> Self {
        let context = open(&rig.emulator, dialect, false, rig.home.path()).await;
        let (keys, inbox) = mpsc::unbounded_channel();
        let (state, first) = State::new(Start {
            columns: SIZE.0,
            rows: SIZE.1,
            now: Timestamp::now(),
            zone: TimeZone::UTC,
            ascii: false,
            colour: true,
            demo: false,
            keymap: Keymap::default(),
            preferences: Preferences::default(),
        });
        let effects = Effects::start(context, Places::under(rig.home.path()), Environment::default(), keys.clone());
        for effect in first {
            effects.run(effect);
        }
        let terminal = Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).unwrap();
        Self { session: Session::new(terminal, state, effects, inbox), keys }
    }

    fn screen(&self) -> String {
        let buffer = self.session.terminal().backend().buffer();
        let row = |y| (0..SIZE.0).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        (0..SIZE.1).map(row).collect::<Vec<_>>().join("\n")
    }

    /// Presses a key: a character, or a name such as `enter` or `alt-u`.
    fn press(&self, name: &str) {
        let key: mctui::config::keymap::Key = name.parse().unwrap();
        self.keys.send(Msg::key(key.event())).unwrap();
    }

    fn write(&self, text: &str) {
        for character in text.chars() {
            self.keys.send(Msg::key(KeyEvent::new(KeyCode::Char(character), KeyModifiers::NONE))).unwrap();
        }
    }

    /// Turns until the screen is as wanted.
    async fn wait(&mut self, what: &str, wanted: impl Fn(&str) -> bool) {
        let turning = async {
            while !wanted(&self.screen()) {
                assert_eq!(self.session.turn().await.unwrap(), None, "left while waiting for {what}");
            }
        };
        let turned = timeout(PATIENCE, turning).await;
        assert!(turned.is_ok(), "waited in vain for {what}:\n{}", self.screen());
    }

    async fn wait_for_content(&mut self, text: &str) {
        self.wait(text, |screen| screen.contains(text)).await;
    }

    /// Turns until a first sync has ended.
    async fn synced(&mut self) {
        self.wait("a sync", |screen| screen.contains("synced") && !screen.contains("not synced")).await;
    }

    async fn wait_for_end(&mut self) -> Ended {
        loop {
            if let Some(ended) = timeout(PATIENCE, self.session.turn()).await.unwrap().unwrap() {
                return ended;
            }
        }
    }
}

/// Two numbers, two customers.
async fn desk(dialect: Dialect) -> Rig {
    let rig = Rig::start(Options::empty(&["+12025550101", "+12025550102"]).speaking(dialect), false).await;
    let ago = |minutes| rig.emulator.now() - jiff::SignedDuration::from_mins(minutes);
    rig.emulator.receive_at(&fictional(62), &rig.number(1), "Do you fix fences?", ago(30));
    rig.emulator.receive_at(&fictional(47), &rig.number(0), "Is my appointment still on?", ago(5));
    rig
}

#[tokio::test(flavor = "multi_thread")]
async fn read_answer_delivered() {
    let rig = desk(Dialect::journal()).await;
    let mut client = Runner::start(&rig, &Dialect::journal()).await;
    client.wait_for_content("Is my appointment still on?").await;
    client.wait_for_content("2 unread").await;
    client.press("enter");
    client.wait_for_content("1 unread").await;
    client.write("Yes, 2 pm.");
    client.wait_for_content("10/160 ×1").await;
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
    let rig = desk(Dialect::journal()).await;
    let mut client = Runner::start(&rig, &Dialect::journal()).await;
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

    let mut again = Runner::start(&rig, &Dialect::journal()).await;
    again.wait_for_content("for the first").await;
    assert!(rig.emulator.posts().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_message_to_a_typed_number() {
    let rig = desk(Dialect::journal()).await;
    let mut client = Runner::start(&rig, &Dialect::journal()).await;
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
    let rig = desk(Dialect::journal()).await;
    rig.emulator.fault(Fault::on("/messages/send", Effect::Status(400)).times(1));
    let mut client = Runner::start(&rig, &Dialect::journal()).await;
    client.wait_for_content("appointment").await;
    client.press("enter");
    client.write("See you at 2");
    client.press("enter");
    // the status line may tell it before the conversation does
    client.wait_for_content("R sends it again").await;
    assert!(rig.emulator.posts().is_empty());
    // back to the conversation, whose newest message is chosen
    client.press("esc");
    client.press("R");
    client.wait("the mark of acceptance", |screen| screen.contains('✓') && !screen.contains('✗')).await;
    assert_eq!(rig.emulator.posts().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_waits_and_goes_by_itself() {
    let rig = desk(Dialect::journal()).await;
    let mut client = Runner::start(&rig, &Dialect::journal()).await;
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
    let rig = desk(Dialect::journal()).await;
    let mut client = Runner::start(&rig, &Dialect::journal()).await;
    client.synced().await;
    rig.emulator.receive(&fictional(33), &rig.number(0), "From the other side");
    // the rig's own context is another writer on the same cache
    rig.sync_well(mctui::sync::Extent::New(100)).await;
    client.wait_for_content("From the other side").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_unconfirmed_until_history_shows_it() {
    let rig = desk(Dialect::journal()).await;
    let mut client = Runner::start(&rig, &Dialect::journal()).await;
    client.synced().await;
    rig.emulator.fault(Fault::on("/messages/send", Effect::Reset).after_work().times(1));
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
