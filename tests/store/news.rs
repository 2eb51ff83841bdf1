//! Who is told of a new message: one process, once; and of what is old, nobody.

use mctui::model::news::STALE;

use super::*;

/// An inbound record of this many seconds ago.
fn fresh(from: u32, ago: i64, body: &str) -> Incoming {
    Incoming { at: Timestamp::now() - SignedDuration::from_secs(ago), ..inbound(from, -ago, body) }
}

async fn told(store: &Store) -> Vec<String> {
    let news = store.take_news(Timestamp::now()).await.unwrap();
    news.into_iter().map(|news| news.said).collect()
}

/// A planner of an import: nothing of it is unread.
fn imported(batch: &[Incoming], _: &[Known]) -> Vec<Op> {
    vec![Op::Insert { unread: false }; batch.len()]
}

#[tokio::test]
async fn what_is_new_is_told_once() {
    let home = Home::new().await;
    take_in(&home.store, vec![fresh(1, 20, "first"), fresh(2, 10, "second"), fresh(1, 5, "third")]).await;
    let news = home.store.take_news(Timestamp::now()).await.unwrap();
    assert_eq!(news.iter().map(|news| news.said.as_str()).collect::<Vec<_>>(), ["first", "second", "third"]);
    assert_eq!((news[0].thread.unread, &news[0].thread.contact.address), (2, &contact(1)));
    assert!(told(&home.store).await.is_empty());
    // the same record again, by the next look
    take_in(&home.store, vec![fresh(1, 5, "third")]).await;
    assert!(told(&home.store).await.is_empty());
}

#[tokio::test]
async fn neither_history_nor_what_is_ours_is_told() {
    let home = Home::new().await;
    let import = (0..500).map(|n| fresh(n % 7, i64::from(n) + 1, &format!("import {n}"))).collect();
    home.store.intake(import, imported).await.unwrap();
    home.store.mark_unanswered(number(MAIN), Timestamp::UNIX_EPOCH).await.unwrap();
    assert!(told(&home.store).await.is_empty(), "a first import");
    take_in(&home.store, vec![fresh(1, 100 * 3_600, "late"), fresh(1, 900, "between")]).await;
    assert!(told(&home.store).await.is_empty(), "older than what is here of the thread");
    take_in(&home.store, vec![fresh(90, 100 * 3_600, "of last week")]).await;
    assert!(told(&home.store).await.is_empty(), "older than a long weekend");
    let sent = Incoming { direction: Direction::Outbound, ..fresh(1, 0, "sent from a phone") };
    take_in(&home.store, vec![sent]).await;
    assert!(told(&home.store).await.is_empty(), "our own");
    take_in(&home.store, vec![fresh(1, -1, "new")]).await;
    assert_eq!(told(&home.store).await, ["new"]);
}

#[tokio::test]
async fn an_answer_that_crossed_hides_nothing() {
    let home = Home::new().await;
    take_in(&home.store, vec![Incoming { direction: Direction::Outbound, ..fresh(1, 1, "ours, a second later") }])
        .await;
    take_in(&home.store, vec![fresh(1, 2, "theirs")]).await;
    assert_eq!(told(&home.store).await, ["theirs"]);
}

#[tokio::test]
async fn what_was_read_in_the_meantime_is_not_told() {
    let home = Home::new().await;
    let (thread, message) = take_one(&home.store, fresh(1, 3, "read at once")).await;
    home.store.mark_read(thread, message).await.unwrap();
    assert!(told(&home.store).await.is_empty());
}

#[tokio::test]
async fn of_several_processes_one_tells() {
    let home = Home::new().await;
    let (one, other) = (home.second().await, home.second().await);
    let mut changes = one.subscribe();
    let batch = (0..50).map(|n| fresh(n, i64::from(n) + 1, &format!("nr {n}"))).collect();
    // a cron job, say
    take_in(&home.store, batch).await;
    changes.recv().await.unwrap();
    let now = Timestamp::now();
    let (a, b, c) = tokio::join!(one.take_news(now), other.take_news(now), home.store.take_news(now));
    assert_eq!([a, b, c].map(|news| news.unwrap().len()).iter().sum::<usize>(), 50);
}

#[tokio::test]
async fn what_came_while_nobody_had_a_client_open_is_not_told_later() {
    let home = Home::new().await;
    take_in(&home.store, vec![fresh(1, 3, "at night")]).await;
    let morning = Timestamp::now() + STALE + SignedDuration::from_secs(1);
    assert!(home.store.take_news(morning).await.unwrap().is_empty());
    assert!(told(&home.store).await.is_empty(), "it is out of the way");
}

#[tokio::test]
async fn telling_is_no_change_that_others_reload_for() {
    let home = Home::new().await;
    let other = home.second().await;
    take_in(&home.store, vec![fresh(1, 3, "hello")]).await;
    let mut changes = other.subscribe();
    assert_eq!(told(&home.store).await, ["hello"]);
    home.store.keep_requests("key", vec![0]).await.unwrap();
    // what the intake before it left to tell may come first
    let told = async {
        loop {
            if changes.recv().await.unwrap() == mctui::store::Change::Unseen {
                return;
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), told).await.unwrap();
}
