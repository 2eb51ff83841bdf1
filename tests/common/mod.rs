//! What the flows stand on: an emulated account, a home that vanishes, and the engine's context between them.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]

pub mod flood;
pub mod program;
pub mod pty;
pub mod raw;
pub mod stage;
pub mod wire;

use std::time::Duration;

use mctui::api::Timings;
use mctui::config::{Account, BaseUrl, Config, NumberEntry, Places, Scheme, Secret};
use mctui::emulator::{API_KEY, Dialect, Emulator, Options, Schemes, Stored, USER_KEY};
use mctui::model::{Address, Message, Thread};
use mctui::store::{MessageWindow, Store, ThreadQuery};
use mctui::sync::Context;
use mctui::sync::run::{Report, sync};
use mctui::sync::{Extent, outbox};

/// Everything real but the service: HTTP to an emulator on the loopback, a database on disk.
pub struct Rig {
    pub emulator: Emulator,
    pub home: tempfile::TempDir,
    pub context: Context,
}

/// Waits a thousandth of the real ones, and the same order of them.
pub fn hasty() -> Timings {
    Timings {
        connect: Duration::from_millis(400),
        request: Duration::from_millis(800),
        first_wait: Duration::from_millis(2),
        most_wait: Duration::from_millis(10),
        ..Timings::default()
    }
}

/// The keys that the dialect's account takes.
pub fn config(emulator: &Emulator, dialect: &Dialect, own_keys: bool) -> Config {
    let secret = |text: &str| Some(Secret::parse(text).unwrap());
    let oauth = dialect.schemes != Schemes::NumberKey;
    let account = Account {
        base_url: BaseUrl::parse(&emulator.base_url()).unwrap(),
        api_key: if oauth { secret(API_KEY) } else { None },
        user_key: if oauth && !own_keys { secret(USER_KEY) } else { None },
        scheme: Scheme::Auto,
    };
    let numbers = emulator.numbers().into_iter().enumerate().map(|(index, number)| NumberEntry {
        address: number.address,
        label: Some(number.label),
        key: if own_keys { secret(&number.key) } else { None },
        is_default: index == 0,
    });
    Config::for_account(account, numbers.collect())
}

impl Rig {
    /// The account of these options; `own_keys` gives each number its own key instead of the account's user key.
    pub async fn start(options: Options, own_keys: bool) -> Self {
        let dialect = options.dialect.clone();
        let emulator = Emulator::start(options).await.unwrap();
        let home = tempfile::tempdir().unwrap();
        let context = open(&emulator, &dialect, own_keys, home.path()).await;
        Self { emulator, home, context }
    }

    /// One number and no message, as the verification report tells the service.
    pub async fn empty() -> Self {
        Self::start(Options::empty(&["+12025550101"]).speaking(Dialect::journal()), false).await
    }

    pub fn store(&self) -> &Store {
        &self.context.store
    }

    pub fn number(&self, index: usize) -> Address {
        self.emulator.numbers()[index].address.clone()
    }

    pub async fn sync(&self, extent: Extent) -> Report {
        sync(&self.context, &self.context.ours(), extent, |_, _| {}).await
    }

    /// Syncs, and fails the test if a number did.
    pub async fn sync_well(&self, extent: Extent) -> Report {
        let report = self.sync(extent).await;
        let failures: Vec<_> = report.failures().collect();
        assert!(failures.is_empty(), "{failures:#?}");
        report
    }

    pub async fn drain(&self) -> Vec<outbox::Settled> {
        let mut settled = Vec::new();
        outbox::drain(&self.context, |one| settled.push(one.clone())).await.unwrap();
        settled
    }

    /// Every message in the cache, by number, contact and time, as (number, contact, text).
    pub async fn cached(&self) -> Vec<(String, String, String)> {
        let mut all = Vec::new();
        for thread in threads(self.store()).await {
            for message in messages(self.store(), &thread).await {
                all.push((message.number.to_string(), message.contact.to_string(), message.body));
            }
        }
        all.sort();
        all
    }

    /// Every message in the account, likewise.
    pub fn account(&self) -> Vec<(String, String, String)> {
        let row = |stored: Stored| (stored.number.to_string(), stored.contact.to_string(), stored.text);
        let mut all: Vec<_> = self.emulator.messages(None).into_iter().map(row).collect();
        all.sort();
        all
    }
}

/// A context on a home, which may be there already.
pub async fn open(emulator: &Emulator, dialect: &Dialect, own_keys: bool, home: &std::path::Path) -> Context {
    let places = Places::under(home);
    let store = Store::open(&places.cache_file()).await.unwrap();
    Context::with_timings(store, config(emulator, dialect, own_keys), &places, hasty()).await.unwrap()
}

/// All threads of the cache.
pub async fn threads(store: &Store) -> Vec<Thread> {
    let query = ThreadQuery { limit: 100_000, ..ThreadQuery::default() };
    store.threads(query).await.unwrap().threads
}

/// All messages of a thread.
pub async fn messages(store: &Store, thread: &Thread) -> Vec<Message> {
    store.messages(thread.id, MessageWindow::Newest, 100_000).await.unwrap().messages
}

/// A fictional number: `+1 202 555 01xx`.
pub fn fictional(last_two: u8) -> Address {
    Address::parse(&format!("+120255501{last_two:02}")).unwrap()
}
