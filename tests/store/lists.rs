//! Lists of threads and conversations: windows, counts, reading.

use mctui::model::{Contact, Delivery, Direction, MessageId, Thread, ThreadFilter, ThreadId, ThreadState};
use mctui::store::{MessageWindow, StoreError, ThreadKey, ThreadQuery, ThreadWindow, Unread};
use rstest::rstest;

use super::{Home, MAIN, SIDE, at, business, contact, inbound, number, outbound, outgoing, take_in, take_one, unnamed};

fn query(window: ThreadWindow, limit: usize) -> ThreadQuery {
    ThreadQuery { window, limit, ..ThreadQuery::default() }
}

/// Twenty threads on two numbers, every third of them unread.
async fn filled() -> Home {
    let home = Home::new().await;
    let mut batch = Vec::new();
    for n in 0..20 {
        let mut record = if n % 3 == 0 {
            inbound(n, i64::from(n * 7 % 20), "in")
        } else {
            outbound(n, i64::from(n * 7 % 20), "out", Delivery::Sent)
        };
        if n % 2 == 0 {
            record.number = number(SIDE);
        }
        batch.push(record);
    }
    take_in(&home.store, batch).await;
    home
}

#[rstest]
#[tokio::test]
async fn pages_by_key_are_the_list_itself(
    #[values(1, 3, 7, 50)] limit: usize,
    #[values(ThreadFilter::All, ThreadFilter::Unread)] filter: ThreadFilter,
) {
    let home = filled().await;
    for on in [None, Some(number(MAIN)), Some(number(SIDE))] {
        let ask = |window, limit| ThreadQuery { number: on.clone(), filter, ..query(window, limit) };
        let all = home.store.threads(ask(ThreadWindow::Top, 1_000)).await.unwrap();
        assert!(!all.more_above && !all.more_below);
        let all = all.threads;
        assert!(all.is_sorted_by_key(|thread| std::cmp::Reverse(ThreadKey::from(thread))));
        let expected = (0..20).filter(|n| match &on {
            None => true,
            Some(number) => (*number == super::number(SIDE)) == (n % 2 == 0),
        });
        assert_eq!(all.len(), expected.filter(|n| filter == ThreadFilter::All || n % 3 == 0).count());

        let mut down: Vec<Thread> = Vec::new();
        let mut window = ThreadWindow::Top;
        loop {
            let page = home.store.threads(ask(window, limit)).await.unwrap();
            assert_eq!(page.more_above, !down.is_empty());
            down.extend(page.threads);
            assert_eq!(page.more_below, down.len() < all.len());
            if !page.more_below {
                break;
            }
            window = ThreadWindow::Below(down.last().unwrap().into());
        }
        assert_eq!(down, all);

        let mut up: Vec<Thread> = Vec::new();
        let mut window = ThreadWindow::Above(ThreadKey { activity: 0, id: ThreadId(0) });
        loop {
            let page = home.store.threads(ask(window, limit)).await.unwrap();
            up.splice(0..0, page.threads);
            assert_eq!(page.more_above, up.len() < all.len());
            if !page.more_above {
                break;
            }
            window = ThreadWindow::Above(up.first().unwrap().into());
        }
        assert_eq!(up, all);

        for (place, thread) in all.iter().enumerate() {
            let page = home.store.threads(ask(ThreadWindow::Around(thread.id), limit)).await.unwrap();
            assert!(page.threads.contains(thread));
            let first = all.iter().position(|other| other.id == page.threads[0].id).unwrap();
            assert_eq!(first, place - place.min(limit / 2));
            assert_eq!(page.threads[..], all[first..(first + limit).min(all.len())]);
            assert_eq!((page.more_above, page.more_below), (first > 0, first + limit < all.len()));
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_conversation_is_paged_both_ways(#[values(1, 2, 5, 100)] limit: usize) {
    let home = Home::new().await;
    let store = home.store.clone();
    let records = (0..12).map(|n| inbound(1, n * 5, &n.to_string())).collect();
    let thread = take_in(&store, records).await.threads[0];
    // neighbours in time that are of another thread
    take_in(&store, (0..12).map(|n| inbound(2, n * 5 + 1, &n.to_string())).collect()).await;
    let all = store.messages(thread, MessageWindow::Newest, 100).await.unwrap();
    assert!(!all.more_older && !all.more_newer);
    let all = all.messages;
    let texts: Vec<_> = all.iter().map(|message| message.body.clone()).collect();
    assert_eq!(texts, (0..12).map(|n| n.to_string()).collect::<Vec<_>>());

    let mut back = Vec::new();
    let mut window = MessageWindow::Newest;
    loop {
        let page = store.messages(thread, window, limit).await.unwrap();
        assert_eq!(page.more_newer, !back.is_empty());
        back.splice(0..0, page.messages);
        assert_eq!(page.more_older, back.len() < all.len());
        if !page.more_older {
            break;
        }
        window = MessageWindow::Before(back[0].id);
    }
    assert_eq!(back, all);

    let mut forth = Vec::new();
    let mut window = MessageWindow::After(MessageId(0));
    loop {
        let page = store.messages(thread, window, limit).await.unwrap();
        forth.extend(page.messages);
        assert_eq!(page.more_newer, forth.len() < all.len());
        let Some(last) = forth.last().filter(|_| page.more_newer) else { break };
        window = MessageWindow::After(last.id);
    }
    assert_eq!(forth, all);

    for (place, message) in all.iter().enumerate() {
        let page = store.messages(thread, MessageWindow::Around(message.id), limit).await.unwrap();
        let first = place - place.min(limit / 2);
        assert_eq!(page.messages[..], all[first..(first + limit).min(all.len())]);
        assert_eq!((page.more_older, page.more_newer), (first > 0, first + limit < all.len()));
    }
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let home = Home::new().await;
    let store = home.store.clone();
    let missing = ThreadId(77);
    assert!(matches!(
        store.messages(missing, MessageWindow::Newest, 5).await,
        Err(StoreError::NoSuchThread(ThreadId(77)))
    ));
    assert!(matches!(store.mark_read(missing, MessageId(1)).await, Err(StoreError::NoSuchThread(_))));
    assert!(matches!(store.mark_unread(missing, 1).await, Err(StoreError::NoSuchThread(_))));
    assert!(matches!(store.save_draft(missing, "x", at(0)).await, Err(StoreError::NoSuchThread(_))));
    assert!(matches!(store.save_draft(missing, "", at(0)).await, Err(StoreError::NoSuchThread(_))));
    assert!(matches!(store.draft(missing).await, Err(StoreError::NoSuchThread(_))));
    assert!(matches!(store.set_state(missing, ThreadState::Done).await, Err(StoreError::NoSuchThread(_))));
    assert_eq!(store.thread(missing).await.unwrap(), None);
    assert_eq!(store.message(MessageId(5)).await.unwrap(), None);
    assert_eq!(store.thread_between(number(MAIN), contact(1)).await.unwrap(), None);
    assert_eq!(store.next_unread(None, None).await.unwrap(), None);
    assert_eq!(store.next_unread(Some(number(MAIN)), None).await.unwrap(), None);
    assert!(store.threads(query(ThreadWindow::Around(missing), 5)).await.unwrap().threads.is_empty());
    assert_eq!(store.unread(Some(number(MAIN))).await.unwrap(), Unread::default());
}

#[tokio::test]
async fn a_thread_row_says_what_is_newest_whatever_comes_late() {
    let home = Home::new().await;
    let store = home.store.clone();
    let long = "ü".repeat(300);
    let (thread, newest) = take_one(&store, outbound(1, 100, &long, Delivery::Failed("no route".into()))).await;
    take_in(&store, vec![inbound(1, 50, "earlier"), inbound(1, 60, "earlier too")]).await;
    let row = store.thread(thread).await.unwrap().unwrap();
    assert_eq!(row.activity, newest.0);
    assert_eq!(row.last_message_at, at(100));
    assert_eq!(row.snippet, "ü".repeat(200));
    assert_eq!(row.last_direction, Some(Direction::Outbound));
    assert_eq!(row.last_delivery, Some(Delivery::Failed("no route".into())));
    assert_eq!((row.unread, row.trouble), (2, 1));
    take_in(&store, vec![inbound(1, 150, "later\n\u{1b}[31m")]).await;
    let row = store.thread(thread).await.unwrap().unwrap();
    assert_eq!((row.snippet.as_str(), row.last_direction), ("later\n\u{1b}[31m", Some(Direction::Inbound)));
    assert_eq!((row.last_delivery, row.unread, row.trouble), (None, 3, 1));
    assert_eq!(store.thread_between(number(MAIN), contact(1)).await.unwrap().unwrap().id, thread);
}

#[tokio::test]
async fn reading_stops_where_the_eye_was() {
    let home = Home::new().await;
    let store = home.store.clone();
    let done = take_in(&store, (0..5).map(|n| inbound(1, n, &n.to_string())).collect()).await;
    let thread = done.threads[0];
    assert_eq!(store.mark_read(thread, done.inserted[2]).await.unwrap(), 3);
    assert_eq!(store.mark_read(thread, done.inserted[2]).await.unwrap(), 0);
    assert_eq!(store.thread(thread).await.unwrap().unwrap().unread, 2);
    let shown = store.messages(thread, MessageWindow::Newest, 9).await.unwrap().messages;
    assert_eq!(shown.iter().map(|m| m.unread).collect::<Vec<_>>(), [false, false, false, true, true]);
    assert_eq!(store.mark_read(thread, MessageId(i64::MAX)).await.unwrap(), 2);
    // told again, it stays read
    take_in(&store, (0..5).map(|n| inbound(1, n, &n.to_string())).collect()).await;
    assert_eq!(store.unread(None).await.unwrap(), Unread::default());

    take_in(&store, vec![outbound(1, 90, "answer", Delivery::Sent)]).await;
    store.mark_unread(thread, 1).await.unwrap();
    store.mark_unread(thread, 1).await.unwrap();
    let shown = store.messages(thread, MessageWindow::Newest, 9).await.unwrap().messages;
    assert_eq!(shown.iter().map(|m| m.unread).collect::<Vec<_>>(), [false, false, false, false, true, false]);
    assert_eq!(store.unread(None).await.unwrap(), Unread { threads: 1, messages: 1 });
    store.mark_unread(thread, 3).await.unwrap();
    let shown = store.messages(thread, MessageWindow::Newest, 9).await.unwrap().messages;
    assert_eq!(shown.iter().map(|m| m.unread).collect::<Vec<_>>(), [false, false, true, true, true, false]);
}

#[tokio::test]
async fn unread_is_counted_per_number_and_cleared_per_number() {
    let home = filled().await;
    let store = &home.store;
    store.set_numbers(vec![business(MAIN), business(SIDE)]).await.unwrap();
    // 0, 3, 6, … 18 are unread; the even ones are on the side line
    let unread = |threads| Unread { threads, messages: threads };
    assert_eq!(store.unread(None).await.unwrap(), unread(7));
    assert_eq!(store.unread(Some(number(MAIN))).await.unwrap(), unread(3));
    assert_eq!(store.unread(Some(number(SIDE))).await.unwrap(), unread(4));
    let rows = store.numbers().await.unwrap();
    assert_eq!(rows.iter().map(|r| (r.unread, r.threads)).collect::<Vec<_>>(), [(3, 10), (4, 10)]);
    assert_eq!(store.mark_all_read(Some(number(MAIN))).await.unwrap(), 3);
    assert_eq!(store.unread(None).await.unwrap(), unread(4));
    assert_eq!(store.mark_all_read(None).await.unwrap(), 4);
    assert_eq!(store.unread(None).await.unwrap(), unread(0));
    assert_eq!(store.mark_all_read(None).await.unwrap(), 0);
}

#[tokio::test]
async fn next_unread_goes_down_the_list_and_round() {
    let home = filled().await;
    let unread = ThreadQuery { filter: ThreadFilter::Unread, ..query(ThreadWindow::Top, 100) };
    let all = home.store.threads(unread).await.unwrap().threads;
    let mut after = None;
    for thread in all.iter().chain(all.first()) {
        assert_eq!(home.store.next_unread(None, after).await.unwrap(), Some(thread.id));
        after = Some(ThreadKey::from(thread));
    }
    let on_main = home.store.next_unread(Some(number(MAIN)), None).await.unwrap().unwrap();
    assert_eq!(home.store.thread(on_main).await.unwrap().unwrap().number, number(MAIN));
}

#[tokio::test]
async fn numbers_that_are_not_configured_are_left_out() {
    let home = filled().await;
    let store = &home.store;
    let mut changes = store.subscribe();
    store.set_numbers(vec![business(SIDE)]).await.unwrap();
    assert_eq!(changes.recv().await.unwrap(), mctui::store::Change::Numbers);
    let listed = store.threads(query(ThreadWindow::Top, 100)).await.unwrap().threads;
    assert_eq!(listed.len(), 10);
    assert!(listed.iter().all(|thread| thread.number == number(SIDE)));
    assert_eq!(store.unread(None).await.unwrap().threads, 4);
    assert_eq!(store.numbers().await.unwrap().len(), 1);
    // what arrives for another number is kept, and hidden as well
    take_in(store, vec![inbound(50, 0, "for the main line")]).await;
    assert_eq!(store.threads(query(ThreadWindow::Top, 100)).await.unwrap().threads.len(), 10);
    // asked for by name, it is there
    let main = ThreadQuery { number: Some(number(MAIN)), ..query(ThreadWindow::Top, 100) };
    assert_eq!(store.threads(main).await.unwrap().threads.len(), 11);

    store.set_numbers(vec![business(MAIN), business(SIDE)]).await.unwrap();
    let rows = store.numbers().await.unwrap();
    assert_eq!(rows.iter().map(|row| row.number.clone()).collect::<Vec<_>>(), [business(MAIN), business(SIDE)]);
    assert_eq!(store.threads(query(ThreadWindow::Top, 100)).await.unwrap().threads.len(), 21);
    assert_eq!(store.unread(None).await.unwrap().threads, 8);
    let mut changes = store.subscribe();
    store.set_numbers(vec![business(MAIN), business(SIDE)]).await.unwrap();
    assert!(changes.try_recv().is_err(), "nothing changed, so nobody is told");
}

#[tokio::test]
async fn threads_of_one_contact_over_all_numbers() {
    let home = Home::new().await;
    let store = home.store.clone();
    let mut other = inbound(1, 20, "b");
    other.number = number(SIDE);
    take_in(&store, vec![inbound(1, 10, "a"), other, inbound(2, 15, "c")]).await;
    let ask = |number, unread| {
        let filter = if unread { ThreadFilter::Unread } else { ThreadFilter::All };
        ThreadQuery { number, contact: Some(contact(1)), filter, ..query(ThreadWindow::Top, 10) }
    };
    let snippets = async |on, unread_only| {
        let page = store.threads(ask(on, unread_only)).await.unwrap();
        page.threads.into_iter().map(|thread| thread.snippet).collect::<Vec<_>>()
    };
    assert_eq!(snippets(None, false).await, ["b", "a"]);
    assert_eq!(snippets(Some(number(MAIN)), false).await, ["a"]);
    store.mark_all_read(Some(number(MAIN))).await.unwrap();
    assert_eq!(snippets(None, true).await, ["b"]);
    assert_eq!(snippets(Some(number(SIDE)), true).await, ["b"]);
    assert!(snippets(Some(number(MAIN)), true).await.is_empty());
}

#[tokio::test]
async fn drafts_are_kept_and_list_new_threads() {
    let home = Home::new().await;
    let store = &home.store;
    let named = Contact { name: Some("Lee Ortiz".into()), ..unnamed(1) };
    let thread = store.ensure_thread(number(MAIN), named).await.unwrap();
    let listed = async || store.threads(query(ThreadWindow::Top, 10)).await.unwrap().threads;
    assert!(listed().await.is_empty(), "neither message nor draft");
    store.save_draft(thread, "He", at(10)).await.unwrap();
    store.save_draft(thread, "Hello", at(99)).await.unwrap();
    let row = listed().await.remove(0);
    assert_eq!((row.draft.as_deref(), row.last_message_at), (Some("Hello"), at(10)));
    assert_eq!((row.last_direction, row.snippet.as_str()), (None, ""));
    assert_eq!(row.contact.name.as_deref(), Some("Lee Ortiz"));
    // another process, after this one is gone
    let second = home.second().await;
    assert_eq!(second.draft(thread).await.unwrap().as_deref(), Some("Hello"));
    store.save_draft(thread, "", at(100)).await.unwrap();
    assert!(listed().await.is_empty());
    assert_eq!(store.draft(thread).await.unwrap(), None);

    take_in(store, vec![inbound(1, 50, "hi")]).await;
    let before = listed().await.remove(0).activity;
    store.save_draft(thread, "answer", at(500)).await.unwrap();
    let row = listed().await.remove(0);
    assert_eq!((row.activity, row.draft.as_deref()), (before, Some("answer")), "typing does not move a thread");
}

#[tokio::test]
async fn a_new_message_reopens_what_was_put_away() {
    let home = Home::new().await;
    let store = home.store.clone();
    let (thread, _) = take_one(&store, inbound(1, 0, "hi")).await;
    let state = async || store.thread(thread).await.unwrap().unwrap().state;
    store.set_state(thread, ThreadState::Done).await.unwrap();
    store.set_state(thread, ThreadState::Done).await.unwrap();
    take_in(&store, vec![inbound(1, 0, "hi"), outbound(1, 5, "bye", Delivery::Sent)]).await;
    store.enqueue(outgoing(1, 6, "really")).await.unwrap();
    assert_eq!(state().await, ThreadState::Done);
    take_in(&store, vec![inbound(1, 9, "one more thing")]).await;
    assert_eq!(state().await, ThreadState::Open);
}

#[tokio::test]
async fn a_first_import_leaves_unread_what_nobody_answered() {
    let home = Home::new().await;
    let store = home.store.clone();
    let read = |batch: &[mctui::store::Incoming], _: &[mctui::store::Known]| {
        vec![mctui::store::Op::Insert { unread: false }; batch.len()]
    };
    let mut elsewhere = inbound(4, 95, "on the other line");
    elsewhere.number = number(SIDE);
    let batch = vec![
        inbound(1, 50, "old"),
        inbound(1, 60, "new"),
        inbound(1, 70, "newer"),
        inbound(2, 80, "answered"),
        outbound(2, 81, "the answer", Delivery::Sent),
        outbound(3, 60, "first", Delivery::Sent),
        inbound(3, 65, "then"),
        elsewhere,
        inbound(5, 10, "long ago"),
    ];
    store.intake(batch, read).await.unwrap();
    let mut changes = store.subscribe();
    assert_eq!(store.mark_unanswered(number(MAIN), at(55)).await.unwrap(), 3);
    let unread = ThreadQuery { filter: ThreadFilter::Unread, ..query(ThreadWindow::Top, 10) };
    let listed = store.threads(unread).await.unwrap().threads;
    let counts: Vec<_> = listed.iter().map(|thread| (thread.contact.address.clone(), thread.unread)).collect();
    assert_eq!(counts, [(contact(1), 2), (contact(3), 1)]);
    assert_eq!(store.mark_unanswered(number(MAIN), at(55)).await.unwrap(), 0);
    let mut told: Vec<_> = listed.iter().map(|thread| thread.id).collect();
    told.sort();
    assert_eq!(changes.try_recv().unwrap(), mctui::store::Change::Threads(told));
    assert!(changes.try_recv().is_err());
}
