//! What statements cost: their plans, and the steps of a page.

use super::*;

fn read(text: &str) -> Query {
    query::parse(text, true, at(0), &jiff::tz::TimeZone::UTC)
}

/// Every way in which a search is carried out.
pub(super) async fn searches(store: &Store) -> Result<(), StoreError> {
    for text in [
        "hi",
        "h",
        "agai",
        "again ",
        "\"a hi",
        "0111",
        "from:contact hi",
        "from:me",
        "to:me in:0101",
        "after:2020 before:2030",
        "is:unread hi",
        "is:failed",
        "has:attachment hi",
        "from:0111 to:0111",
        "in:0101 hi",
        "nothing like this",
        "明日の予約",
        "予 (202) 555 0147",
    ] {
        for number in [None, Some(number())] {
            let below = Some(MessageId(i64::MAX));
            store.search(SearchQuery { query: read(text), number, below, limit: 2 }).await?;
        }
    }
    store.find_in_thread(ThreadId(1), Query::phrase("hi"), 10).await?;
    let text = ThreadText::new("contact hi");
    store.threads(ThreadQuery { text, limit: 10, ..ThreadQuery::default() }).await?;
    Ok(())
}

/// Tables that grow with the account, by the names the statements give them. The others hold a handful of rows: our
/// numbers, the outbox, the paths.
const LARGE: [&str; 10] =
    ["messages", "m", "threads", "t", "contacts", "c", "aliases", "requests", "e", "sqlite_schema"];

/// Whether a step goes over a whole full-text table, and not by a query (`M`) or from a word on.
fn walks_the_text(step: &str, table: &str) -> bool {
    match table {
        "x" | "messages_text" => !step.contains(":M"),
        "messages_words" => step.contains("VIRTUAL TABLE INDEX 0:"),
        _ => false,
    }
}

/// Indexes that hold only what is unread or in trouble, and one that is read from its end and only as far as asked for.
const MAY_BE_WALKED: [&str; 4] = ["threads_unread", "messages_unread", "messages_trouble", "contacts_by_activity"];

/// Runs only when a number is added to or taken from the configuration, and changes all of its threads.
const RARE: &str = "UPDATE threads SET hidden = ?2 WHERE number_id = ?1";

#[tokio::test]
async fn no_statement_walks_or_sorts_what_is_large() {
    let (_dir, store) = open().await;
    everything(&store).await.unwrap();
    let conn = open::reader(store.path()).unwrap();
    let statements = sql::noted::statements();
    assert!(statements.len() > 80, "only {} statements were run", statements.len());
    for statement in statements.iter().filter(|statement| ![RARE, search::PEOPLE].contains(&statement.as_str())) {
        let mut explain = conn.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).unwrap();
        let unbound = vec![rusqlite::types::Null; explain.parameter_count()];
        let steps = explain.query_map(rusqlite::params_from_iter(unbound), |row| row.get::<_, String>(3)).unwrap();
        for step in steps.map(Result::unwrap) {
            let mut words = step.split_whitespace();
            if words.next() == Some("SCAN") {
                let table = words.next().unwrap_or_default();
                let walked = MAY_BE_WALKED.iter().any(|index| step.ends_with(&format!("INDEX {index}")));
                assert!(!LARGE.contains(&table) || walked, "{step}, in:\n{statement}");
                assert!(!walks_the_text(&step, table), "{step}, in:\n{statement}");
            }
            assert!(!step.contains("AUTOMATIC"), "{step}, in:\n{statement}");
            // a contact has a thread per number at most
            let sorts = step.contains("TEMP B-TREE") && !statement.contains("threads_by_contact");
            assert!(!sorts, "{step}, in:\n{statement}");
        }
    }
}

/// What a page of ten may take of SQLite's machine, wherever it is: some fifty steps a row and the opening of indexes.
const PAGE: i32 = 2_000;

#[tokio::test]
async fn a_page_costs_what_is_on_it_wherever_it_is() {
    let (_dir, store) = open().await;
    let many = |n: u32| {
        let address = Address::from_normal(format!("+1202{n:07}"));
        Incoming { contact: Contact { address, name: None }, ..record(n, Direction::Inbound, "hi") }
    };
    let long = |n: u32| Incoming { contact: contact(1), ..record(n, Direction::Inbound, "hi") };
    store.intake((0..2_000).map(many).collect(), insert_all).await.unwrap();
    let thread = store.intake((2_000..4_000).map(long).collect(), insert_all).await.unwrap().threads[0];
    let conn = open::reader(store.path()).unwrap();
    let within = |what: &dyn std::fmt::Debug| {
        let steps = sql::noted::take_steps();
        assert!((1..PAGE).contains(&steps), "{steps} steps for {what:?}");
    };
    let middle = ThreadKey { activity: MessageId::floor(at(1_000)).0, id: ThreadId(1) };
    let (top, bottom) = (ThreadKey { activity: i64::MAX, ..middle }, ThreadKey { activity: 0, ..middle });
    for key in [top, middle, bottom] {
        for window in [ThreadWindow::Above(key), ThreadWindow::Below(key), ThreadWindow::Around(ThreadId(1_000))] {
            for number in [None, Some(number())] {
                for filter in [ThreadFilter::All, ThreadFilter::Unread, ThreadFilter::Open, ThreadFilter::Trouble] {
                    let number = number.clone();
                    let query = ThreadQuery { number, filter, window, limit: 10, ..ThreadQuery::default() };
                    threads::page(&conn, &query).unwrap();
                    within(&query);
                    threads::next_unread(&conn, query.number.as_ref(), Some(key)).unwrap();
                    within(&(&query.number, key));
                }
            }
        }
    }
    for text in ["hi", "from:contact hi", "from:+1202 hi", "in:0101", "has:attachment"] {
        let search = SearchQuery { query: read(text), limit: 10, ..SearchQuery::default() };
        search::page(&conn, &search).unwrap();
        // every contact is looked at where one is named, or a word may be a name
        let people = if text.starts_with("from") || text.ends_with("hi") { 2_000 * 12 } else { 0 };
        let steps = sql::noted::take_steps() - people;
        assert!(steps < PAGE, "{steps} steps for {text}");
    }
    for id in [0, 2_000, 3_000, 4_000].map(|n| MessageId::floor(at(n))) {
        for window in [MessageWindow::Before(id), MessageWindow::After(id), MessageWindow::Around(id)] {
            messages::page(&conn, thread, window, 10).unwrap();
            within(&window);
        }
    }
}
