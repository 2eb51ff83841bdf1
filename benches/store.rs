//! What the cache costs: windows of lists and conversations, and the taking in of records.
//!
//! `MCTUI_BENCH_MESSAGES` sets how many messages there are (100,000 where it is not set); about fifty to a thread.

use std::collections::HashMap;
use std::hint::black_box;
use std::time::Instant;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use mctui::model::query::{self, Query};
use mctui::model::{
    Address, BusinessNumber, Contact, Delivery, Direction, Message, Road, Thread, ThreadFilter, ThreadText,
};
use mctui::store::{Incoming, Known, MessageWindow, Op, SearchQuery, Store, ThreadQuery, ThreadWindow};
use tokio::runtime::Runtime;

const PER_THREAD: u64 = 50;
const NUMBERS: u64 = 3;
const WORDS: [&str; 16] = [
    "appointment",
    "tomorrow",
    "invoice",
    "thanks",
    "morning",
    "see you",
    "running late",
    "confirmed",
    "the",
    "is",
    "ready",
    "please",
    "call",
    "van",
    "Tuesday",
    "can you",
];

/// Parts of texts without blanks: three in ten texts are made of them.
const RUNS: [&str; 12] = [
    "明日の",
    "予約を",
    "お願いします",
    "変更したい",
    "ありがとうございます",
    "確認しました",
    "午後3時に",
    "iPhoneの",
    "充電器",
    "領収書を",
    "電話してください",
    "、",
];

fn number(n: u64) -> Address {
    Address::parse(&format!("+1202555010{}", n % NUMBERS)).expect("a number")
}

/// The `n`th message of all; neighbours in time are of different threads.
fn record(n: u64, threads: u64, base: Timestamp) -> Incoming {
    let mut random = fastrand::Rng::with_seed(n);
    let thread = random.u64(..threads);
    let inbound = random.bool();
    let mut body: Vec<_> = (0..random.usize(2..20)).map(|_| WORDS[random.usize(..WORDS.len())]).collect();
    if random.u8(..20) == 0 {
        body.push("call 202-555-0147");
    }
    if random.u8(..10) < 3 {
        body = (0..random.usize(3..12)).map(|_| RUNS[random.usize(..RUNS.len())]).collect();
    }
    if n % 100_000 == 7 {
        body.push("giraffe");
    }
    Incoming {
        road: Road::Journal,
        remote_id: Some(format!("{:032x}", random.u128(..))),
        request_guid: None,
        number: number(thread),
        contact: Contact {
            address: Address::parse(&format!("+1303{:07}", 2_000_000 + thread)).expect("a number"),
            name: (!thread.is_multiple_of(3)).then(|| format!("Contact {thread}")),
        },
        direction: if inbound { Direction::Inbound } else { Direction::Outbound },
        delivery: (!inbound).then_some(Delivery::Delivered),
        body: body.join(" "),
        at: base + SignedDuration::from_secs(i64::try_from(n).expect("a small number") * 20),
        claimed_at: None,
        sender: None,
        attachments: Vec::new(),
        notes: mctui::model::RecordNotes::default(),
        caller: None,
    }
}

/// Known by its id, or new; the last few of all are unread.
fn by_id(batch: &[Incoming], known: &[Known], unread_from: Timestamp) -> Vec<Op> {
    let ids: HashMap<&str, &Known> =
        known.iter().flat_map(|known| known.remote_ids.iter().map(move |(_, id)| (id.as_str(), known))).collect();
    let step = |record: &Incoming| match record.remote_id.as_deref().and_then(|id| ids.get(id)) {
        Some(known) => Op::Update { id: known.id },
        None => Op::Insert { unread: record.direction == Direction::Inbound && record.at > unread_from },
    };
    batch.iter().map(step).collect()
}

async fn take_in(store: &Store, batch: Vec<Incoming>, unread_from: Timestamp) -> usize {
    let plan = move |batch: &[Incoming], known: &[Known]| by_id(batch, known, unread_from);
    store.intake(batch, plan).await.expect("an intake").inserted.len()
}

fn query(number: Option<Address>, unread_only: bool, window: ThreadWindow) -> ThreadQuery {
    let filter = if unread_only { ThreadFilter::Unread } else { ThreadFilter::All };
    ThreadQuery { number, filter, window, limit: 100, ..ThreadQuery::default() }
}

fn typed(text: &str) -> Query {
    query::parse(text, true, "2026-01-01T00:00:00Z".parse().expect("a time"), &TimeZone::UTC)
}

/// What may be typed to find messages; every hundred-thousandth holds "giraffe".
fn searches() -> [(&'static str, &'static str, usize); 20] {
    [
        ("a common word", "invoice ", 50),
        ("a rare word", "giraffe ", 50),
        ("two common words", "invoice tomorrow ", 50),
        ("a word that is nowhere", "crocodile ", 50),
        ("a letter", "t", 50),
        ("two letters", "to", 50),
        ("three letters", "tom", 50),
        ("the beginning of a common word", "appoint", 50),
        ("a phrase", "\"see you tomorrow\"", 50),
        ("two characters of a run", "予約", 50),
        ("one character", "予", 50),
        ("characters that are nowhere", "いのて", 50),
        ("a number in another spelling", "2025550147", 50),
        ("one contact and a common word", "from:\"contact 1\" in:0101 is", 50),
        ("one contact alone", "from:2000001", 50),
        ("one contact's number", "2000001", 50),
        ("every contact and a rare word", "from:contact giraffe ", 50),
        ("a long time ago and a common word", "before:2025-01-03 invoice ", 50),
        ("what is unread and a word", "is:unread invoice ", 50),
        ("five hundred of a common word", "invoice ", 500),
    ]
}

/// What narrows the list of threads.
fn narrowed() -> [(&'static str, ThreadFilter, &'static str); 5] {
    [
        ("those in trouble", ThreadFilter::Trouble, ""),
        ("none that are done", ThreadFilter::Done, ""),
        ("a name", ThreadFilter::All, "contact 1"),
        ("a number", ThreadFilter::All, "(303) 200-0123"),
        ("nobody", ThreadFilter::All, "crocodile"),
    ]
}

async fn newest(store: &Store, thread: &Thread) -> Vec<Message> {
    store.messages(thread.id, MessageWindow::Newest, 50).await.expect("a page").messages
}

#[allow(clippy::too_many_lines, reason = "a list of what is measured")]
fn benches(criterion: &mut Criterion) {
    let messages: u64 =
        std::env::var("MCTUI_BENCH_MESSAGES").ok().and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let threads = (messages / PER_THREAD).max(1);
    let runtime = Runtime::new().expect("a runtime");
    let home = tempfile::tempdir().expect("a folder");
    let store = runtime.block_on(Store::open(&home.path().join("mctui.db"))).expect("a cache");
    let base: Timestamp = "2025-01-01T00:00:00Z".parse().expect("a time");
    let unread_from = record(messages - messages / 100, threads, base).at;

    let began = Instant::now();
    runtime.block_on(async {
        let business = |n| BusinessNumber { address: number(n), label: None, is_default: n == 0 };
        store.set_numbers((0..NUMBERS).map(business).collect()).await.expect("numbers");
        for from in (0..messages).step_by(1_000) {
            let batch = (from..messages.min(from + 1_000)).map(|n| record(n, threads, base)).collect();
            take_in(&store, batch, unread_from).await;
        }
    });
    let health = runtime.block_on(store.health()).expect("health");
    eprintln!(
        "{} messages in {} threads, {} MB, made in {:.1?}",
        health.messages,
        health.threads,
        health.bytes / 1_000_000,
        began.elapsed()
    );

    let name = |what: &str| format!("{what}, of {messages}");
    let listed = runtime.block_on(store.threads(query(None, false, ThreadWindow::Top))).expect("a page").threads;
    let mut thread_page = |what: &str, asked: ThreadQuery| {
        criterion.bench_function(&name(what), |bench| {
            bench.iter(|| runtime.block_on(store.threads(black_box(asked.clone()))));
        });
    };
    thread_page("100 threads", query(None, false, ThreadWindow::Top));
    thread_page("100 threads of a number", query(Some(number(1)), false, ThreadWindow::Top));
    thread_page("100 unread threads", query(None, true, ThreadWindow::Top));
    let last = listed.last().expect("threads");
    thread_page("100 threads further down", query(None, false, ThreadWindow::Below(last.into())));
    thread_page("100 threads around one", query(None, false, ThreadWindow::Around(last.id)));

    criterion.bench_function(&name("newest 50 of a thread"), |bench| {
        let mut next = listed.iter().cycle();
        bench.iter(|| runtime.block_on(newest(&store, next.next().expect("a thread"))));
    });
    criterion.bench_function(&name("50 older by key"), |bench| {
        let keys: Vec<_> = listed.iter().map(|thread| (thread.id, runtime.block_on(newest(&store, thread)))).collect();
        let mut next = keys.iter().cycle();
        bench.iter(|| {
            let (thread, page) = next.next().expect("a thread");
            let middle = page[page.len() / 2].id;
            runtime.block_on(store.messages(*thread, MessageWindow::Before(middle), 50))
        });
    });
    criterion.bench_function(&name("next unread"), |bench| {
        let mut next = listed.iter().cycle();
        bench.iter(|| {
            let after = next.next().expect("a thread");
            runtime.block_on(store.next_unread(None, Some(after.into())))
        });
    });
    for (what, text, limit) in searches() {
        let asked = SearchQuery { query: typed(text), limit, ..SearchQuery::default() };
        criterion.bench_function(&name(&format!("search {what}")), |bench| {
            bench.iter(|| runtime.block_on(store.search(black_box(asked.clone()))));
        });
    }
    criterion.bench_function(&name("find in a thread"), |bench| {
        let mut next = listed.iter().cycle();
        bench.iter(|| {
            let thread = next.next().expect("a thread").id;
            runtime.block_on(store.find_in_thread(thread, Query::phrase("appointm"), 10_000))
        });
    });
    for (what, filter, text) in narrowed() {
        let asked = ThreadQuery { filter, text: ThreadText::new(text), limit: 100, ..ThreadQuery::default() };
        criterion.bench_function(&name(&format!("threads: {what}")), |bench| {
            bench.iter(|| runtime.block_on(store.threads(black_box(asked.clone()))));
        });
    }

    criterion.bench_function(&name("numbers with their counts"), |bench| {
        bench.iter(|| runtime.block_on(store.numbers()));
    });

    let mut group = criterion.benchmark_group("intake");
    group.sample_size(20);
    let mut fresh = messages;
    let thousand = |from: u64| (from..from + 1_000).map(|n| record(n, threads, base)).collect::<Vec<_>>();
    let known = thousand(messages.saturating_sub(1_000));
    group.bench_function(name("1,000 new records"), |bench| {
        let new = || {
            fresh += 1_000;
            thousand(fresh)
        };
        bench.iter_batched(new, |batch| runtime.block_on(take_in(&store, batch, unread_from)), BatchSize::PerIteration);
    });
    group.bench_function(name("1,000 known records"), |bench| {
        let again = || known.clone();
        bench.iter_batched(
            again,
            |batch| runtime.block_on(take_in(&store, batch, unread_from)),
            BatchSize::PerIteration,
        );
    });
    group.finish();
    runtime.block_on(store.close());
}

criterion_group!(store, benches);
criterion_main!(store);
