//! A cache in which an earlier version has some people under other addresses than records give them now.

use super::*;

const OLD: &str = "
    INSERT INTO numbers (id, address) VALUES (1, '+12025550101');
    INSERT INTO contacts (id, address, name) VALUES
        (1, '+12025550147', NULL), (2, char(8206) || '+12025550147', 'Dana'), (3, '555-0162', 'Lee'),
        (4, '+11035550162', 'Nobody'), (5, 'MYBANK', NULL), (6, '+12025550148', 'Sam');
    INSERT INTO threads (id, number_id, contact_id, draft, draft_at, state) VALUES
        (1, 1, 1, NULL, NULL, 1), (2, 1, 2, 'on my way', 1, 0), (3, 1, 3, NULL, NULL, 0), (4, 1, 4, NULL, NULL, 0),
        (5, 1, 5, NULL, NULL, 0), (6, 1, 6, NULL, NULL, 0);
    INSERT INTO messages (id, thread_id, direction, delivery, text_key, unread, remote_id, roads, local, body) VALUES
        (65536, 1, 0, NULL, 0, 0, 'r1', 1, 0, 'is the café open'), (131072, 2, 0, NULL, 0, 1, 'r2', 1, 0, 'hello again'),
        (196608, 2, 1, 1, 0, 0, NULL, 0, 1, 'it is open'), (262144, 3, 0, NULL, 0, 1, 'r3', 1, 0, 'call me'),
        (327680, 4, 0, NULL, 0, 0, 'r4', 1, 0, 'odd'), (393216, 5, 0, NULL, 0, 0, 'r5', 1, 0, 'code 1'),
        (458752, 6, 0, NULL, 0, 0, 'r6', 1, 0, 'bye');
    INSERT INTO outbox (message_id, thread_id) VALUES (196608, 2);
    INSERT INTO aliases VALUES (2, 'other', 2, 131072);
    INSERT INTO messages_text (messages_text) VALUES ('rebuild');
";

async fn messages(store: &Store, thread: i64) -> Vec<String> {
    let page = store.messages(ThreadId(thread), MessageWindow::Newest, 9).await.unwrap();
    page.messages.into_iter().map(|message| message.body).collect()
}

/// A cache with these rows.
fn cache(dir: &TempDir, rows: &str) -> std::path::PathBuf {
    let path = dir.path().join("mctui.db");
    std::fs::write(&path, "").unwrap();
    let conn = upgrade(&path, open::MIGRATIONS).unwrap();
    conn.execute_batch(rows).unwrap();
    let mut threads = conn.prepare("SELECT id FROM threads").unwrap();
    let threads = threads.query_map([], |row| row.get(0).map(ThreadId)).unwrap().map(Result::unwrap);
    for thread in threads {
        refresh::refresh(&conn, thread, &mut Touched::default()).unwrap();
    }
    path
}

#[tokio::test]
async fn nobody_is_two_people_after_an_upgrade() {
    let dir = tempfile::tempdir().unwrap();
    let path = cache(&dir, OLD);
    for _ in 0..2 {
        let store = Store::open(&path).await.unwrap();
        let mut contacts = store.contacts(9).await.unwrap();
        contacts.sort_by_key(|contact| contact.address.clone());
        let who: Vec<(&str, Option<&str>)> =
            contacts.iter().map(|contact| (contact.address.as_str(), contact.name.as_deref())).collect();
        let expected = [
            ("+11035550162", Some("Nobody")),
            ("+12025550147", Some("Dana")),
            ("+12025550148", Some("Sam")),
            ("5550162", Some("Lee")),
            ("MYBANK", None),
        ];
        assert_eq!(who, expected);
        // what records say of them from now on
        for (spelling, thread) in [("\u{200e}(202) 555-0147", 1), ("555 0162", 3), ("(103) 555-0162", 4), ("MYBANK", 5)]
        {
            let contact = Address::from_wire(spelling).unwrap();
            let found = store.thread_between(number(), contact).await.unwrap().unwrap();
            assert_eq!(found.id, ThreadId(thread), "{spelling}");
        }
        assert_eq!(messages(&store, 1).await, ["is the café open", "hello again", "it is open"]);
        let merged = store.thread(ThreadId(1)).await.unwrap().unwrap();
        assert_eq!((merged.unread, merged.draft.as_deref(), merged.state), (1, Some("on my way"), ThreadState::Open));
        assert_eq!(store.thread(ThreadId(2)).await.unwrap(), None);
        let query = query::parse("hello", false, at(0), &jiff::tz::TimeZone::UTC);
        let asked = SearchQuery { query, limit: 9, ..SearchQuery::default() };
        let found = store.search(asked).await.unwrap().found;
        assert_eq!(found.iter().map(|found| found.message.thread).collect::<Vec<_>>(), [ThreadId(1)]);
        assert_eq!(store.health().await.unwrap().integrity, Ok(()));
        store.close().await;
        assert_eq!(
            rows(
                &path,
                "SELECT count(*) FROM outbox o JOIN messages m ON m.id = o.message_id WHERE o.thread_id = 1 AND m.thread_id = 1"
            ),
            1
        );
        assert_eq!(rows(&path, "SELECT count(*) FROM aliases WHERE thread_id = 1 AND remote_id = 'other'"), 1);
        assert_eq!(rows(&path, "SELECT unread * 100 + unread_threads * 10 + threads FROM numbers WHERE id = 1"), 225);
        assert_eq!(rows(&path, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    }
}

/// A cache that cannot be written just now is opened all the same, and mended when it can.
#[rstest::rstest]
#[case::busy("BEGIN IMMEDIATE", "ROLLBACK")]
#[case::refused(
    "INSERT INTO outbox (message_id, thread_id) VALUES (262144, 2)",
    "DELETE FROM outbox WHERE message_id = 262144"
)]
#[tokio::test]
async fn a_cache_opens_where_addresses_cannot_be_normalised(#[case] hinder: &str, #[case] let_go: &str) {
    let dir = tempfile::tempdir().unwrap();
    let path = cache(&dir, OLD);
    let holder = Connection::open(&path).unwrap();
    holder.execute_batch(hinder).unwrap();
    let store = Store::open(&path).await.unwrap();
    assert_eq!(messages(&store, 2).await, ["hello again", "it is open"]);
    store.close().await;
    holder.execute_batch(let_go).unwrap();
    let store = Store::open(&path).await.unwrap();
    assert_eq!(messages(&store, 1).await.len(), 3);
    store.close().await;
}

/// The same person in two threads, as two roads spelt the address.
const TWO_ROADS: &str = "
    INSERT INTO numbers (id, address) VALUES (1, '+12025550101');
    INSERT INTO contacts (id, address, kind, kind_at) VALUES
        (1, '+12025550147', 2, 5), (2, char(8206) || '+12025550147', 1, 9);
    INSERT INTO threads (id, number_id, contact_id, muted) VALUES (1, 1, 1, 0), (2, 1, 2, 1);
    INSERT INTO messages (id, thread_id, direction, delivery, error, text_key, unread, trouble, remote_id, roads, local,
        accepted, favorite, body) VALUES
        (65536, 1, 0, NULL, NULL, 0, 0, 0, 'both', 1, 0, 1, NULL, 'one id'),
        (65537, 2, 0, NULL, NULL, 0, 1, 0, 'both', 2, 0, 1, 1, 'one id'),
        (131072, 1, 0, NULL, NULL, 0, 0, 0, 'journal', 1, 0, 1, NULL, 'an alias'),
        (131073, 2, 0, NULL, NULL, 0, 0, 0, 'head', 8, 0, 1, NULL, 'an alias'),
        (196608, 1, 1, 5, NULL, 0, 0, 0, 'sent', 1, 0, 1, NULL, 'written here'),
        (196609, 2, 1, 3, 'no answer', 0, 0, 1, 'sent', 2, 1, 0, NULL, 'written here'),
        (262144, 1, 1, 5, NULL, 0, 0, 0, 'waits', 1, 0, 1, NULL, 'in the outbox'),
        (262145, 2, 1, 1, NULL, 0, 0, 0, 'waits', 2, 1, 0, NULL, 'in the outbox'),
        (327680, 1, 1, 5, NULL, 0, 0, 0, 'failed', 1, 0, 1, NULL, 'in trouble'),
        (327681, 2, 1, 4, 'refused', 0, 0, 1, 'failed', 2, 0, 1, NULL, 'in trouble'),
        (393216, 2, 0, NULL, NULL, 0, 1, 0, 'alone', 2, 0, 1, NULL, 'only here');
    INSERT INTO outbox (message_id, thread_id) VALUES (262145, 2);
    INSERT INTO aliases VALUES (1, 'head', 3, 131072);
    INSERT INTO news VALUES (65537, 7);
    INSERT INTO messages_text (messages_text) VALUES ('rebuild');
";

#[tokio::test]
async fn a_message_that_came_by_two_roads_is_there_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = cache(&dir, TWO_ROADS);
    let store = Store::open(&path).await.unwrap();
    let page = store.messages(ThreadId(1), MessageWindow::Newest, 20).await.unwrap();
    let seen: Vec<_> = page
        .messages
        .iter()
        .map(|message| (message.body.as_str(), message.unread, message.notes.favorite, message.delivery.clone()))
        .collect();
    let expected = [
        ("one id", true, true, None),
        ("an alias", false, false, None),
        ("written here", false, false, Some(Delivery::Unconfirmed("no answer".into()))),
        ("in the outbox", false, false, Some(Delivery::Queued)),
        ("in trouble", false, false, Some(Delivery::Failed("refused".into()))),
        ("only here", true, false, None),
    ];
    assert_eq!(seen, expected);
    let thread = store.thread(ThreadId(1)).await.unwrap().unwrap();
    assert_eq!((thread.unread, thread.trouble), (2, 2));
    // who knows an id of before finds the message
    for id in [65_536, 65_537] {
        assert_eq!(store.message(MessageId(id)).await.unwrap().unwrap().id, page.messages[0].id);
    }
    for id in [196_608, 196_609] {
        assert_eq!(store.message(MessageId(id)).await.unwrap().unwrap().id, page.messages[2].id);
    }
    assert_eq!(store.health().await.unwrap().integrity, Ok(()));
    store.close().await;
    let outbox = "SELECT count(*) FROM outbox o JOIN messages m ON m.id = o.message_id WHERE o.thread_id = 1 AND m.thread_id = 1";
    assert_eq!(rows(&path, outbox), 1);
    assert_eq!(rows(&path, "SELECT count(*) FROM news WHERE message_id = 65536 AND noted_at = 7"), 1);
    assert_eq!(rows(&path, "SELECT roads FROM messages WHERE remote_id = 'both'"), 3);
    assert_eq!(rows(&path, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

#[tokio::test]
async fn what_was_set_for_either_spelling_stays() {
    let dir = tempfile::tempdir().unwrap();
    let path = cache(&dir, TWO_ROADS);
    Store::open(&path).await.unwrap().close().await;
    assert_eq!(rows(&path, "SELECT muted FROM threads WHERE id = 1"), 1);
    assert_eq!(rows(&path, "SELECT kind * 10 + kind_at FROM contacts"), 19);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_clients_hear_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mctui.db");
    let shown = Store::open(&path).await.unwrap();
    let mut changes = shown.subscribe();
    Connection::open(&path).unwrap().execute_batch(TWO_ROADS).unwrap();
    let heard = async {
        let upgraded = Store::open(&path).await.unwrap();
        while changes.recv().await.unwrap() != Change::Everything {}
        upgraded.close().await;
    };
    tokio::time::timeout(Duration::from_secs(20), heard).await.expect("Change::Everything");
    shown.close().await;
}
