//! Finding messages and narrowing lists, over real files.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mctui::model::query::{self, Query};
use mctui::model::{Attachment, Contact, Delivery, MessageId, ThreadFilter, ThreadId, ThreadState, ThreadText};
use mctui::store::{Incoming, SearchQuery, ThreadQuery};
use proptest::prelude::*;
use rstest::rstest;

use super::{Home, MAIN, SIDE, at, business, by_id, contact, inbound, number, outbound, outgoing, take_in, take_one};

fn named(record: Incoming, name: &str) -> Incoming {
    Incoming { contact: Contact { name: Some(name.to_owned()), ..record.contact.clone() }, ..record }
}

/// A few conversations; the text of each message begins with a letter of its own.
async fn filled() -> Home {
    let home = Home::new().await;
    home.store.set_numbers(vec![business(MAIN), business(SIDE)]).await.unwrap();
    let file = Attachment { name: "fence.jpg".to_owned(), url: None, size: None, expired: false };
    let on_side = |record: Incoming| Incoming { number: number(SIDE), ..record };
    let batch = vec![
        named(inbound(37, 0, "A: is the café open tomorrow?"), "Dana Whitfield"),
        named(outbound(37, 60, "B: the Cafe opens at nine", Delivery::Delivered), "Dana Whitfield"),
        named(on_side(inbound(52, 3_600, "C: tomorrow, please. Call 555-0147!")), "Lee Ortiz"),
        named(on_side(outbound(52, 7_200, "D: we open tomorrow", Delivery::Failed("no".into()))), "Lee Ortiz"),
        Incoming { attachments: vec![file], ..inbound(60, 86_400, "E: see the fence") },
        inbound(60, 90_000, "F: order 4711 is open"),
    ];
    // as a page of history comes: newest first
    take_in(&home.store, batch.into_iter().rev().collect()).await;
    home
}

fn parsed(text: &str) -> Query {
    let now: Timestamp = "2026-03-04T12:00:00Z".parse().unwrap();
    query::parse(text, true, now, &TimeZone::UTC)
}

/// The letters of what is found, newest first.
async fn found(home: &Home, text: &str) -> String {
    let asked = SearchQuery { query: parsed(text), limit: 50, ..SearchQuery::default() };
    let page = home.store.search(asked).await.unwrap();
    assert!(!page.more);
    page.found.iter().map(|found| found.message.body.chars().next().unwrap()).collect()
}

#[rstest]
#[case::a_word("open ", "FDA")]
#[case::its_beginning("ope", "FDBA")]
#[case::a_longer_beginning("tomorr", "DCA")]
#[case::accents_and_capitals("CAFÉ ", "BA")]
#[case::several("tomorrow open", "DA")]
#[case::a_phrase("\"open tomorrow\"", "DA")]
#[case::a_phrase_in_another_order("\"tomorrow open\"", "")]
#[case::nowhere("crocodile", "")]
#[case::nothing("  ", "")]
#[case::only_marks("!? ", "")]
#[case::from_a_contact("from:dana", "A")]
#[case::from_a_number("from:0147", "A")]
#[case::to_a_contact("to:whit", "B")]
#[case::either("from:dana from:lee", "CA")]
#[case::from_us("from:me", "DB")]
#[case::to_us("to:me", "FECA")]
#[case::from_a_label("from:\"line 2\"", "D")]
#[case::on_a_number("in:\"line 2\"", "DC")]
#[case::on_a_number_by_digits("in:0102 tomorrow", "DC")]
#[case::with_a_word("from:me open", "DB")]
#[case::nobody("from:nobody open", "")]
#[case::since("after:2026-03-03", "FE")]
#[case::until("before:2026-03-03 open", "DBA")]
#[case::ago("after:2d open ", "F")]
#[case::unread("is:unread open ", "FA")]
#[case::unread_alone("is:unread", "FECA")]
#[case::failed("is:failed", "D")]
#[case::failed_with_another_word("is:failed fence", "")]
#[case::files("has:attachment", "E")]
#[case::files_and_a_word("has:file fence is:unread", "E")]
#[case::a_name_finds_its_contact("whitfield ", "BA")]
#[case::the_beginning_of_a_name("whit", "BA")]
#[case::a_name_and_a_word("dana nine", "B")]
#[case::a_name_in_quotes_is_a_word("\"dana\"", "")]
#[case::a_name_and_a_mark("is:failed lee", "D")]
#[case::without_a_word("open -tomorrow", "F")]
#[case::without_a_phrase("open -\"open tomorrow\"", "F")]
#[case::only_without("-open", "ECB")]
#[case::without_and_a_mark("is:unread -fence -café", "FC")]
#[case::a_number_finds_its_contact("555-0147", "CBA")]
#[case::in_any_spelling("+1 (202) 555 0162", "DC")]
#[case::digits_in_a_text("4711", "F")]
#[case::nonsense("is:green has:wings", "")]
#[case::a_word_that_is_a_threads_row("1 ", "")]
#[tokio::test]
async fn finds(#[case] text: &str, #[case] letters: &str) {
    assert_eq!(found(&filled().await, text).await, letters);
}

#[tokio::test]
async fn one_number_alone_and_hidden_ones() {
    let home = filled().await;
    let on = |n| SearchQuery { query: parsed("open"), number: Some(number(n)), limit: 9, ..SearchQuery::default() };
    let count = async |query| home.store.search(query).await.unwrap().found.len();
    assert_eq!((count(on(MAIN)).await, count(on(SIDE)).await), (3, 1));
    home.store.set_numbers(vec![business(MAIN)]).await.unwrap();
    assert_eq!(found(&home, "open").await, "FBA", "what is not configured any more is not shown");
    assert_eq!(count(on(SIDE)).await, 1, "unless it is asked for");
}

#[tokio::test]
async fn pages_follow_each_other() {
    let home = Home::new().await;
    let batch = (0..25).map(|n| inbound(n % 3, n.into(), "again")).collect();
    take_in(&home.store, batch).await;
    for text in ["again", "from:+1202", "is:unread", "after:2026-01-01"] {
        let mut seen: Vec<MessageId> = Vec::new();
        loop {
            let below = seen.last().copied();
            let asked = SearchQuery { query: parsed(text), below, limit: 10, ..SearchQuery::default() };
            let page = home.store.search(asked).await.unwrap();
            seen.extend(page.found.iter().map(|found| found.message.id));
            assert_eq!(page.more, seen.len() < 25, "{text}");
            if !page.more {
                break;
            }
        }
        assert!(seen.is_sorted_by(|one, other| one > other) && seen.len() == 25, "{text}");
    }
}

#[tokio::test]
async fn what_is_written_and_taken_back_is_followed() {
    let home = filled().await;
    let (thread, id) = home.store.enqueue(outgoing(37, 100_000, "G: zebra crossing")).await.unwrap();
    assert_eq!(found(&home, "zebra").await, "G");
    assert_eq!(home.store.find_in_thread(thread, Query::phrase("zebra cro"), 9).await.unwrap(), [id]);
    home.store.discard(id).await.unwrap();
    assert_eq!(found(&home, "zebra").await, "");
    take_in(&home.store, vec![inbound(37, -500, "H: a late zebra")]).await;
    assert_eq!(found(&home, "zebra").await, "H");
    words_are_indexed(home.store.path());
}

/// The index is as the messages are, to the last word.
pub(super) fn words_are_indexed(path: &std::path::Path) {
    let conn = rusqlite::Connection::open(path).unwrap();
    conn.execute("INSERT INTO messages_text (messages_text, rank) VALUES ('integrity-check', 1)", []).unwrap();
}

#[tokio::test]
async fn a_mended_cache_finds_and_knows_what_is_muted() {
    let home = filled().await;
    let muted = home.store.thread_between(number(MAIN), contact(37)).await.unwrap().unwrap().id;
    home.store.set_muted(muted, true).await.unwrap();
    let path = home.store.path().to_owned();
    let Home { store, dir } = home;
    store.close().await;
    // a page of the index of words alone
    let root: i64 = {
        let conn = rusqlite::Connection::open(&path).unwrap();
        let root = "SELECT rootpage FROM sqlite_schema WHERE name = 'messages_text_data'";
        conn.query_row(root, [], |row| row.get(0)).unwrap()
    };
    let mut bytes = std::fs::read(&path).unwrap();
    let page = usize::try_from((root - 1) * 4_096).unwrap();
    bytes[page + 8..page + 4_096].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();
    let (store, recovery) = super::harm::mended(&path).await;
    assert_eq!((recovery.messages, recovery.lost), (6, false));
    let home = Home { store, dir };
    assert_eq!(found(&home, "tomorr").await, "DCA");
    assert!(home.store.thread(muted).await.unwrap().unwrap().muted);
    words_are_indexed(&path);
}

#[tokio::test]
async fn finds_in_one_thread() {
    let home = Home::new().await;
    let texts = ["move it to 3?", "moving on", "it moves", "do not Move  It"];
    let batch = (0..).zip(texts).map(|(n, text)| inbound(1, n, text)).chain([inbound(2, 9, "move it")]);
    let thread = take_in(&home.store, batch.collect()).await.threads[0];
    let at = async |text: &str| {
        let found = home.store.find_in_thread(thread, Query::phrase(text), 100).await.unwrap();
        found.into_iter().map(|id| (id.at().as_second() - at(0).as_second()).unsigned_abs()).collect::<Vec<_>>()
    };
    assert_eq!(at("mov").await, [3, 2, 1, 0]);
    assert_eq!(at("move it").await, [3, 0]);
    assert_eq!(at("it ").await, [3, 2, 0]);
    assert_eq!(at("?").await, [0_u64; 0]);
    assert_eq!(home.store.find_in_thread(ThreadId(99), Query::phrase("move"), 9).await.unwrap(), []);
}

#[rstest]
#[case(ThreadFilter::All, "", &[60, 52, 37])]
#[case(ThreadFilter::Unread, "", &[60, 52, 37])]
#[case(ThreadFilter::Trouble, "", &[52])]
#[case(ThreadFilter::Open, "", &[60, 37])]
#[case(ThreadFilter::Done, "", &[52])]
#[case(ThreadFilter::Muted, "", &[37])]
#[case(ThreadFilter::All, "dana", &[37])]
#[case(ThreadFilter::All, "open", &[60, 52, 37])]
#[case(ThreadFilter::All, "lee open", &[52])]
#[case(ThreadFilter::Open, "open", &[60, 37])]
#[case(ThreadFilter::All, "(202) 555-0170", &[60])]
#[case(ThreadFilter::All, "0162", &[52])]
#[case(ThreadFilter::All, "half a draft", &[60])]
#[case(ThreadFilter::All, "nobody", &[])]
#[tokio::test]
async fn lists_are_narrowed(#[case] filter: ThreadFilter, #[case] text: &str, #[case] contacts: &[u32]) {
    let home = filled().await;
    let with = async |n, on| home.store.thread_between(number(on), contact(n)).await.unwrap().unwrap().id;
    let (dana, lee, fence) = (with(37, MAIN).await, with(52, SIDE).await, with(60, MAIN).await);
    home.store.set_muted(dana, true).await.unwrap();
    home.store.set_state(lee, ThreadState::Done).await.unwrap();
    home.store.save_draft(fence, "Half a draft", at(5)).await.unwrap();
    for on in [None, Some(MAIN), Some(SIDE)] {
        let asked = ThreadQuery {
            number: on.map(number),
            filter,
            text: ThreadText::new(text),
            limit: 9,
            ..ThreadQuery::default()
        };
        let page = home.store.threads(asked.clone()).await.unwrap();
        let listed: Vec<_> = page.threads.iter().map(|thread| thread.contact.address.clone()).collect();
        let on_it = |n: &u32| on.is_none_or(|on| (on == SIDE) == (*n == 52));
        let expected: Vec<_> = contacts.iter().filter(|n| on_it(n)).map(|&n| contact(n)).collect();
        assert_eq!(listed, expected);
        // the same by pages of one
        let mut window = mctui::store::ThreadWindow::Top;
        let mut paged = Vec::new();
        loop {
            let page = home.store.threads(ThreadQuery { window, limit: 1, ..asked.clone() }).await.unwrap();
            paged.extend(page.threads.iter().map(|thread| thread.contact.address.clone()));
            match page.threads.last() {
                Some(last) if page.more_below => window = mctui::store::ThreadWindow::Below(last.into()),
                _ => break,
            }
        }
        assert_eq!(paged, listed);
    }
}

#[tokio::test]
async fn a_new_message_reopens_and_leaves_muted() {
    let home = Home::new().await;
    let (thread, _) = take_one(&home.store, inbound(1, 0, "one")).await;
    home.store.set_state(thread, ThreadState::Done).await.unwrap();
    home.store.set_muted(thread, true).await.unwrap();
    take_in(&home.store, vec![outbound(1, 10, "two", Delivery::Sent)]).await;
    assert_eq!(home.store.thread(thread).await.unwrap().unwrap().state, ThreadState::Done, "ours does not");
    take_in(&home.store, vec![inbound(1, 20, "three")]).await;
    let row = home.store.thread(thread).await.unwrap().unwrap();
    assert_eq!((row.state, row.muted), (ThreadState::Open, true));
    assert!(home.store.set_muted(ThreadId(99), true).await.is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever is typed, SQLite takes it; and what the texts say decides.
    #[test]
    fn agrees_with_the_texts(
        bodies in prop::collection::vec("[abéÉ ,\"*:()-]{0,12}", 1..12),
        typed in "[abe \"*:()^+-]{0,10}|(from|is|in|NEAR|AND|OR|NOT):?[ab(\"]{0,3}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let home = Home::new().await;
            let batch: Vec<_> = (0..).zip(&bodies).map(|(n, body)| inbound(1, n, body)).collect();
            home.store.intake(batch, by_id).await.unwrap();
            let query = parsed(&typed);
            let words_alone = Query { terms: query.terms.clone(), ..Query::default() };
            let asked = SearchQuery { query: query.clone(), limit: 50, ..SearchQuery::default() };
            let found = home.store.search(asked).await.unwrap().found;
            if query == words_alone && !query.is_empty() {
                let expected: Vec<_> =
                    bodies.iter().rev().filter(|body| mctui::model::words::has_all(&query.terms, body)).collect();
                let bodies: Vec<_> = found.iter().map(|found| &found.message.body).collect();
                assert_eq!(bodies, expected, "{typed:?}");
            }
        });
    }
}

#[tokio::test]
async fn health_follows_what_is_written() {
    let home = filled().await;
    assert_eq!(home.store.health().await.unwrap().integrity, Ok(()));
    for n in 0..40 {
        take_in(&home.store, (0..30).map(|m| inbound(m, 5_000 + i64::from(n), "more and more words")).collect()).await;
        assert_eq!(home.store.health().await.unwrap().integrity, Ok(()), "after {n}");
    }
}
