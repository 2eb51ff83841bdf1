//! The evening: the outbox is worked, everything is fetched, and both sides are laid beside each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::{Duration, Instant};

use mctui::emulator::{Status, Stored};
use mctui::model::{Delivery, Direction, Message};
use mctui::sync::{Context, Extent, outbox, run};

use crate::business::{Book, Business, Text};
use crate::common::stage::PATIENT;
use crate::common::{messages, threads};

/// What a message is, on both sides, up to its id: our number, theirs, the way it went, its text, how far it came.
type Fact = (String, String, &'static str, String, &'static str);

/// What was found.
#[derive(Debug)]
pub struct Verdict {
    written: usize,
    posts: usize,
    rows: usize,
    unconfirmed: usize,
    failed: usize,
    requests: usize,
    faults: BTreeMap<String, usize>,
    kills: BTreeMap<&'static str, usize>,
    pub differences: Vec<String>,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { written, posts, rows, unconfirmed, failed, requests, .. } = self;
        writeln!(f, "{written} messages written, {posts} POSTs that the account took, {requests} requests")?;
        writeln!(
            f,
            "{rows} rows, of which {failed} refused and {unconfirmed} unconfirmed that are not in the account"
        )?;
        writeln!(f, "killed: {:?}", self.kills)?;
        writeln!(f, "went wrong: {:?}", self.faults)?;
        write!(f, "{} differences", self.differences.len())
    }
}

/// Whether what is on this row is in the account, by what the cache says.
fn is_there(row: &Message) -> bool {
    match &row.delivery {
        None | Some(Delivery::Sent | Delivery::Delivered) => true,
        // what MightyCall took has an id there; its delivery failed
        Some(Delivery::Failed(_)) => row.remote_id.is_some(),
        _ => false,
    }
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "in",
        Direction::Outbound => "out",
        Direction::Unknown => "unknown",
    }
}

fn of_row(row: &Message) -> Fact {
    let state = row.delivery.as_ref().map_or("", Delivery::name);
    (row.number.to_string(), row.contact.to_string(), direction(row.direction), row.body.clone(), state)
}

fn of_account(stored: Stored) -> Fact {
    let state = match stored.status {
        None => "",
        Some(Status::Sent) => "sent",
        Some(Status::Delivered) => "delivered",
        Some(Status::Failed) => "failed",
    };
    (stored.number.to_string(), stored.contact.to_string(), direction(stored.direction), stored.text, state)
}

fn counted<T: Ord>(all: impl IntoIterator<Item = T>) -> BTreeMap<T, usize> {
    all.into_iter().fold(BTreeMap::new(), |mut counts, one| {
        *counts.entry(one).or_default() += 1;
        counts
    })
}

/// Works what is left, fetches until both sides stand still, and compares.
pub async fn reach(business: &Business) -> Verdict {
    let context = business.context(PATIENT).await;
    empty_the_outbox(&context).await;
    let (account, rows) = stand_still(business, &context).await;
    let mut differences = Vec::new();
    compare(
        "in the account and the cache",
        &account,
        &counted(rows.iter().filter(|row| is_there(row)).map(of_row)),
        &mut differences,
    );

    let unsettled = rows.iter().filter(|row| matches!(row.delivery, Some(Delivery::Queued | Delivery::Sending)));
    differences.extend(unsettled.map(|row| format!("still {:?}: {}", row.delivery, row.body)));
    let integrity = context.store.health().await.unwrap().integrity;
    differences.extend(integrity.err().map(|why| format!("the cache is damaged: {why:?}")));
    differences.extend(turned_away(business));
    let posts = counted(
        business
            .emulator
            .posts()
            .into_iter()
            .map(|post| (post.from, mctui::model::Address::parse(&post.to[0]).unwrap(), post.text)),
    );
    let ours = rows.iter().filter(|row| row.direction == Direction::Outbound);
    let ours = counted(ours.map(|row| (row.number.clone(), row.contact.clone(), row.body.clone())));
    business.book(|book| {
        by_the_book(book, &ours, &posts, &mut differences);
        let of = |state: &str| {
            let gone = rows.iter().filter(|row| !is_there(row));
            gone.filter(|row| row.delivery.as_ref().is_some_and(|delivery| delivery.name() == state)).count()
        };
        Verdict {
            written: book.written.values().chain(book.tried.values()).sum(),
            posts: posts.values().sum(),
            rows: rows.len(),
            unconfirmed: of("unconfirmed"),
            failed: of("failed"),
            requests: business.emulator.request_count(),
            faults: book.faults.clone(),
            kills: book.kills.clone(),
            differences,
        }
    })
}

/// What was written is a row, once; what was posted was written, and posted once.
fn by_the_book(
    book: &Book,
    ours: &BTreeMap<Text, usize>,
    posts: &BTreeMap<Text, usize>,
    differences: &mut Vec<String>,
) {
    let count = |map: &BTreeMap<Text, usize>, text: &Text| map.get(text).copied().unwrap_or(0);
    let texts: BTreeSet<_> = book.written.keys().chain(book.tried.keys()).chain(posts.keys()).collect();
    for text in texts {
        let (written, tried) = (count(&book.written, text), count(&book.tried, text));
        let (rows, posted) = (count(ours, text), count(posts, text));
        if rows < written || rows > written + tried {
            differences.push(format!("{text:?}: written {written}, tried {tried}, and {rows} rows"));
        }
        if posted > written + tried {
            differences.push(format!("{text:?}: written {written}, tried {tried}, and posted {posted} times"));
        }
    }
    differences.extend(book.refusals.iter().map(|refusal| format!("the cache refused: {refusal}")));
}

/// What the programs had to say of a cache that was in somebody's way.
fn turned_away(business: &Business) -> Vec<String> {
    let logs = std::fs::read_dir(business.program.home.path().join("state")).unwrap();
    let files = logs.map(|file| file.unwrap().path()).filter(|path| path.is_file());
    let logs = files.map(|path| std::fs::read_to_string(path).unwrap());
    let tells = |line: &&str| ["locked", "in use by another", "panicked"].iter().any(|word| line.contains(word));
    logs.flat_map(|log| log.lines().filter(tells).map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn compare(what: &str, there: &BTreeMap<Fact, usize>, here: &BTreeMap<Fact, usize>, differences: &mut Vec<String>) {
    for fact in there.keys().chain(here.keys().filter(|fact| !there.contains_key(fact))) {
        let (there, here) = (there.get(fact).unwrap_or(&0), here.get(fact).unwrap_or(&0));
        if there != here {
            differences.push(format!("{what}: {there} and {here} of {fact:?}"));
        }
    }
}

/// Until nothing waits any more.
async fn empty_the_outbox(context: &Context) {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        context.store.hurry().await.unwrap();
        outbox::drain(context, |_| {}).await.unwrap();
        if context.store.next_due_at(&context.ours()).await.unwrap().is_none() {
            return;
        }
        assert!(Instant::now() < deadline, "the outbox is never empty");
        // what the service has put off is due in a moment
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Fetches everything again and again until the account has not changed meanwhile.
async fn stand_still(business: &Business, context: &Context) -> (BTreeMap<Fact, usize>, Vec<Message>) {
    let deadline = Instant::now() + Duration::from_secs(240);
    let account = || counted(business.emulator.messages(None).into_iter().map(of_account));
    loop {
        let before = account();
        let report = run::sync(context, &context.ours(), Extent::Full, |_, _| {}).await;
        let failures: Vec<_> = report.failures().collect();
        assert!(failures.is_empty(), "{failures:#?}");
        let mut rows = Vec::new();
        for thread in threads(&context.store).await {
            rows.extend(messages(&context.store, &thread).await);
        }
        if account() == before {
            return (before, rows);
        }
        assert!(Instant::now() < deadline, "the account never stands still");
    }
}
