//! Who works: staff at two engines, customers, programs that are killed, tasks that are dropped.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mctui::model::Contact;
use mctui::store::Outgoing;
use mctui::sync::{Command, Context, Engine, Event, Extent, outbox, run};
use tokio::task::JoinSet;

use crate::business::Business;
use crate::common::hasty;

/// Works until the day is over, and comes back when everybody has gone home.
pub async fn work(business: &Arc<Business>) {
    let mut hands = JoinSet::new();
    for desk in 1..=2 {
        hands.spawn(staff(Arc::clone(business), desk));
    }
    for program in 3..=4 {
        hands.spawn(programs(Arc::clone(business), program));
    }
    hands.spawn(dropped(Arc::clone(business)));
    hands.spawn(customers(Arc::clone(business)));
    hands.join_all().await;
}

/// Somebody at a desk: writes, and has the engine look and send.
async fn staff(business: Arc<Business>, desk: u64) {
    let mut rng = business.chance(desk);
    let context = business.context(hasty()).await;
    let (engine, mut events) = Engine::start(context.clone());
    let listens = tokio::spawn({
        let business = Arc::clone(&business);
        async move {
            while let Some(event) = events.recv().await {
                for refusal in refusals(event) {
                    business.book(|book| book.refusals.push(refusal));
                }
            }
        }
    });
    let mut written = 0;
    while business.is_open() {
        written += 1;
        // some say what others said
        let text = if rng.u8(..10) == 0 { "ok".to_owned() } else { format!("Message {written} from desk {desk}") };
        write(&business, &context, &mut rng, text).await;
        match rng.u8(..6) {
            0 => engine.ask(Command::Sync { numbers: None, extent: Extent::New(200) }),
            1 => engine.ask(Command::Sync { numbers: None, extent: Extent::Limit(30) }),
            2..4 => engine.ask(Command::Drain),
            _ => {}
        }
        business.pause(&mut rng, 160).await;
    }
    engine.stop().await;
    drop((engine, context));
    listens.await.unwrap();
}

/// What the cache would not do.
fn refusals(event: Event) -> Vec<String> {
    match event {
        Event::SyncDone(report) => {
            let errors = report.numbers.into_iter().filter(|number| number.api_error().is_none());
            errors.filter_map(|number| number.error).map(|error| error.to_string()).collect()
        }
        Event::Failed(trouble) => vec![trouble.what],
        _ => Vec::new(),
    }
}

async fn write(business: &Business, context: &Context, rng: &mut fastrand::Rng, text: String) {
    let (number, contact) = business.pair(rng);
    business.book(|book| *book.written.entry((number.clone(), contact.clone(), text.clone())).or_default() += 1);
    let contact = Contact { address: contact, name: None };
    let outgoing = Outgoing { number, contact, body: text, at: Timestamp::now(), not_before: None };
    context.store.enqueue(outgoing).await.unwrap();
}

/// A sender or a sync whose task goes in the middle of what it does.
async fn dropped(business: Arc<Business>) {
    let mut rng = business.chance(5);
    let context = business.context(hasty()).await;
    let mut written = 0;
    while business.is_open() {
        written += 1;
        write(&business, &context, &mut rng, format!("Message {written} of one who goes")).await;
        let task = tokio::spawn({
            let (context, sends) = (context.clone(), rng.bool());
            async move {
                if sends {
                    let _ = outbox::drain(&context, |_| {}).await;
                } else {
                    run::sync(&context, &context.ours(), Extent::New(200), |_, _| {}).await;
                }
            }
        });
        business.pause(&mut rng, 150).await;
        task.abort();
        if task.await.is_err() {
            business.book(|book| *book.kills.entry("tasks").or_default() += 1);
        }
        business.pause(&mut rng, 150).await;
    }
}

/// The real binary, again and again, killed at any moment.
async fn programs(business: Arc<Business>, hand: u64) {
    let mut rng = business.chance(hand);
    let mut tried = 0;
    while business.is_open() {
        tried += 1;
        let (number, contact) = business.pair(&mut rng);
        let text = format!("Message {tried} of program {hand}");
        let send = ["send", "--from", number.as_str(), "--to", contact.as_str(), &text];
        let words = match rng.u8(..6) {
            0 => vec!["sync"],
            1 => vec!["sync", "--limit", "40"],
            2 => [&send[..], &["--no-wait"]].concat(),
            _ => send.to_vec(),
        };
        if words[0] == "send" {
            business.book(|book| *book.tried.entry((number.clone(), contact.clone(), text.clone())).or_default() += 1);
        }
        let run = business.program.start(&words);
        // most are killed on their way, and none may wait for what hangs: that is what killing is for
        let grace = Duration::from_millis(if rng.u8(..4) == 0 { 1_500 } else { rng.u64(0..600) });
        let Err(_) = tokio::time::timeout(grace, run.end()).await else { continue };
        // dropped, and so killed
        business.book(|book| *book.kills.entry("programs").or_default() += 1);
        business.pause(&mut rng, 100).await;
    }
}

/// People write, and some of what they wrote arrives late.
async fn customers(business: Arc<Business>) {
    let mut rng = business.chance(6);
    let mut said = 0;
    while business.is_open() {
        said += 1;
        let (number, contact) = business.pair(&mut rng);
        let late = SignedDuration::from_millis(if rng.u8(..5) == 0 { rng.i64(0..60_000) } else { 0 });
        let at = business.emulator.now() - late;
        let text = if rng.u8(..8) == 0 { "Thanks".to_owned() } else { format!("Question {said}") };
        business.emulator.receive_at(&contact, &number, &text, at);
        business.pause(&mut rng, 250).await;
    }
}
