//! The cache, from outside: over real files.

use mctui::model::{Address, Contact};
use mctui::store::{Outgoing, Store};

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

#[tokio::test]
async fn a_queued_message_is_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("deep/mctui.db");
    let store = Store::open(&path).await.unwrap();
    let outgoing = Outgoing {
        number: address("+12025550101"),
        contact: Contact { address: address("+12025550147"), name: Some("Dana Whitfield".into()) },
        body: "see you at 3".into(),
        at: "2026-01-05T10:00:00Z".parse().unwrap(),
        not_before: None,
    };
    let (thread, id) = store.enqueue(outgoing).await.unwrap();
    store.close().await;
    let store = Store::open(&path).await.unwrap();
    let message = store.message(id).await.unwrap().unwrap();
    assert_eq!((message.thread, message.body.as_str()), (thread, "see you at 3"));
    assert_eq!(store.outbox().await.unwrap(), [message]);
    let row = store.thread(thread).await.unwrap().unwrap();
    assert_eq!((row.snippet.as_str(), row.contact.name.as_deref()), ("see you at 3", Some("Dana Whitfield")));
}
