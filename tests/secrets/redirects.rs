//! Keys go to the host, port and scheme that were set, whatever that answers.

use std::net::TcpListener;

use mctui::emulator::{Effect, Fault};
use mctui::model::{Contact, Delivery};
use mctui::store::Outgoing;
use mctui::sync::Extent;
use rstest::rstest;

use crate::common::{Rig, fictional};

/// Somebody who would like to have the keys.
struct Thief(TcpListener);

impl Thief {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn port(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }

    /// A connection waits in the system's queue as soon as the other side has it.
    fn was_visited(&self) -> bool {
        self.0.accept().is_ok()
    }
}

#[test]
fn a_visit_is_noticed() {
    let thief = Thief::new();
    assert!(!thief.was_visited());
    let _visit = std::net::TcpStream::connect(("127.0.0.1", thief.port())).unwrap();
    assert!(thief.was_visited());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn no_redirect_takes_keys_elsewhere(
    #[values("/journal", "/contactcenter", "/auth/token", "/messages/send")] path: &str,
    #[values("http://127.0.0.1:PORT/v4", "http://localhost:PORT/v4", "https://127.0.0.1:PORT/v4", "//127.0.0.1:PORT/")]
    to: &str,
) {
    let rig = Rig::empty().await;
    let thief = Thief::new();
    let to = to.replace("PORT", &thief.port().to_string());
    rig.emulator.fault(Fault::on(path, Effect::Redirect(to.clone())));
    if path == "/messages/send" {
        rig.emulator.fault(Fault::on("/contactcenter/message", Effect::Redirect(to)));
    }
    if path.contains("send") || path.contains("token") {
        let contact = Contact { address: fictional(47), name: None };
        let (number, body) = (rig.number(0), "Hello".to_owned());
        let outgoing = Outgoing { number, contact, body, at: jiff::Timestamp::now(), not_before: None };
        rig.store().enqueue(outgoing).await.unwrap();
        let settled = rig.drain().await;
        assert!(!settled.iter().any(|one| matches!(one.delivery, Delivery::Sent)), "{settled:?}");
        assert!(rig.emulator.posts().is_empty());
    } else {
        rig.sync(Extent::New(10)).await;
    }
    assert!(!thief.was_visited(), "{path} was followed");
    assert!(rig.emulator.request_count() > 0, "the service itself was asked");
}
