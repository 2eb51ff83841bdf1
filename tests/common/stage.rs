//! What a cell needs: an account, the breaking server before it, and a home.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use mctui::api::Timings;
use mctui::config::{BaseUrl, Config, Places};
use mctui::emulator::{Dialect, Emulator, Options, Schemes};
use mctui::model::{Contact, MessageId};
use mctui::store::{Outgoing, Store};
use mctui::sync::{Context, Extent, outbox, run};

use super::program::Program;
use super::wire::{Target, Wire};
use super::{config, fictional, messages, threads};

/// Nothing that goes well comes near these.
pub const PATIENT: Timings = Timings {
    connect: Duration::from_secs(30),
    request: Duration::from_secs(60),
    attempts: 3,
    first_wait: Duration::from_millis(2),
    most_wait: Duration::from_millis(10),
    patience: Duration::from_secs(20),
};

/// For connections that never come about.
pub const NO_CONNECTION: Timings = Timings { connect: Duration::from_millis(300), ..PATIENT };

pub struct Stage {
    pub emulator: Emulator,
    pub wire: Wire,
    pub program: Program,
    dialect: Dialect,
}

impl Stage {
    /// An account that is asked with number keys alone, so that the first connection of a send is the POST's; or, for
    /// what happens to tokens, one with tokens.
    pub async fn new(target: Target) -> Self {
        let dialect = match target {
            Target::Post => Dialect::number_keys(),
            Target::Token => Dialect::v4(),
        };
        let emulator = Emulator::start(Options::empty(&["+12025550101"]).speaking(dialect.clone())).await.unwrap();
        let wire = Wire::before(&emulator);
        let program = Program::bare();
        let key = match target {
            Target::Post => format!("key = \"{}\"\n", emulator.numbers()[0].key),
            Target::Token => String::new(),
        };
        program.configure(&format!("[[numbers]]\nphone = \"+12025550101\"\n{key}default = true\n"));
        let program = match target {
            Target::Post => program,
            Target::Token => program
                .with("MIGHTYCALL_API_KEY", mctui::emulator::API_KEY)
                .with("MIGHTYCALL_USER_KEY", mctui::emulator::USER_KEY),
        };
        let program = program.with("MIGHTYCALL_BASE_URL", &wire.base_url());
        Self { emulator, wire, program, dialect }
    }

    /// The settings of this account, with the service at `base_url`.
    pub fn config(&self, base_url: &str) -> Config {
        let mut config = config(&self.emulator, &self.dialect, self.dialect.schemes == Schemes::NumberKey);
        config.account.base_url = BaseUrl::parse(base_url).unwrap();
        config
    }

    /// The home's cache, and the service at `base_url`.
    pub async fn context(&self, base_url: &str, timings: Timings) -> Context {
        let places = Places::under(self.program.home.path());
        let store = Store::open(&places.cache_file()).await.unwrap();
        Context::with_timings(store, self.config(base_url), &places, timings).await.unwrap()
    }

    /// The same cache, once nothing is in the way any more.
    pub async fn healed(&self) -> Context {
        self.wire.disarm();
        self.context(&self.wire.base_url(), PATIENT).await
    }

    /// How often the wire was given this text whole, and how often the account took it.
    pub fn posts(&self, text: &str) -> (usize, usize) {
        let arrived = self.wire.posts().iter().filter(|post| *post == text).count();
        (arrived, self.emulator.posts().iter().filter(|post| post.text == text).count())
    }
}

/// Writes a message to the contact `fictional(to)`.
pub async fn queue(context: &Context, to: u8, text: &str) -> MessageId {
    let contact = Contact { address: fictional(to), name: None };
    let number = context.ours().remove(0);
    let outgoing = Outgoing { number, contact, body: text.to_owned(), at: Timestamp::now(), not_before: None };
    context.store.enqueue(outgoing).await.unwrap().1
}

pub async fn drain(context: &Context) {
    outbox::drain(context, |_| {}).await.unwrap();
}

/// Fetches history.
pub async fn sync(context: &Context) {
    let report = run::sync(context, &context.ours(), Extent::New(1_000), |_, _| {}).await;
    let failures: Vec<_> = report.failures().collect();
    assert!(failures.is_empty(), "{failures:#?}");
}

/// The message's delivery, by name.
pub async fn state(store: &Store, id: MessageId) -> &'static str {
    store.message(id).await.unwrap().expect("the row stays").delivery.expect("it is one of ours").name()
}

/// How many rows the cache has.
pub async fn rows(store: &Store) -> usize {
    let mut count = 0;
    for thread in threads(store).await {
        count += messages(store, &thread).await.len();
    }
    count
}

/// What a connection of its own finds on the disk: the message's delivery as `src/store/codes.rs` numbers it.
pub fn on_disk(program: &Program, id: MessageId) -> i64 {
    let cache = rusqlite::Connection::open(program.home.path().join("data/mctui.db")).unwrap();
    cache.query_row("SELECT delivery FROM messages WHERE id = ?1", [id.0], |row| row.get(0)).unwrap()
}

/// Waits for something that tells nobody when it is so.
pub async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The newest message of ours on the disk and its delivery, where there is one.
pub fn newest_on_disk(program: &Program) -> Option<(MessageId, i64)> {
    let cache = rusqlite::Connection::open(program.home.path().join("data/mctui.db")).ok()?;
    let row = "SELECT id, delivery FROM messages WHERE direction = 1 ORDER BY id DESC LIMIT 1";
    cache.query_row(row, [], |row| Ok((MessageId(row.get(0)?), row.get(1)?))).ok()
}
