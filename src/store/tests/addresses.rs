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

#[tokio::test]
async fn nobody_is_two_people_after_an_upgrade() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mctui.db");
    std::fs::write(&path, "").unwrap();
    let conn = upgrade(&path, open::MIGRATIONS).unwrap();
    conn.execute_batch(OLD).unwrap();
    for thread in 1..=6 {
        refresh::refresh(&conn, ThreadId(thread), &mut Touched::default()).unwrap();
    }
    drop(conn);
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
