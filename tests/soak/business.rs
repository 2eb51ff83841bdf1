//! The account, the home, and the book of what was asked for.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use fastrand::Rng;
use mctui::api::Timings;
use mctui::config::Places;
use mctui::emulator::{API_KEY, Dialect, Emulator, Life, Options, SendPath, USER_KEY};
use mctui::model::Address;
use mctui::store::Store;
use mctui::sync::Context;

use crate::common::program::Program;
use crate::common::{config, fictional};

/// A text between two numbers: ours, theirs.
pub type Text = (Address, Address, String);

/// No day's limit stands in the way here.
const ENDLESS: u32 = 1_000_000_000;

/// What was done, to be told of at the end and to be checked against.
#[derive(Debug, Default)]
pub struct Book {
    /// Messages written through the cache: each is one row, whatever happens.
    pub written: BTreeMap<Text, usize>,
    /// Messages given to programs that were killed, perhaps before they wrote them down: at most one row.
    pub tried: BTreeMap<Text, usize>,
    pub faults: BTreeMap<String, usize>,
    pub kills: BTreeMap<&'static str, usize>,
    /// What the cache refused to do, which it must not.
    pub refusals: Vec<String>,
}

pub struct Business {
    pub emulator: Emulator,
    pub program: Program,
    pub seed: u64,
    dialect: Dialect,
    own_keys: bool,
    until: Instant,
    /// Whether this is more than a glimpse: then things go at a pace that a machine stands for long.
    pub long: bool,
    book: Mutex<Book>,
}

impl Business {
    pub async fn open(dialect: Dialect, seed: u64, length: Duration) -> Self {
        let life = Life {
            arrivals: None,
            replies: Some(Duration::from_millis(500)),
            deliveries: Duration::from_millis(300),
            failures: 5,
            ..Life::default()
        };
        let options = Options { seed, daily_limit: ENDLESS, ..Options::empty(&["+12025550101", "+12025550102"]) };
        let emulator = Emulator::start(options.speaking(dialect.clone()).living(life)).await.unwrap();
        let own_keys = dialect == Dialect::under_api();
        let mut settings = format!("[sync]\ndaily_requests = {ENDLESS}\n");
        for (place, number) in emulator.numbers().iter().enumerate() {
            let key = if own_keys { format!("key = \"{}\"\n", number.key) } else { String::new() };
            let phone = &number.address;
            settings.push_str(&format!("[[numbers]]\nphone = \"{phone}\"\n{key}default = {}\n", place == 0));
        }
        let program = Program::bare()
            .with("MIGHTYCALL_BASE_URL", &emulator.base_url())
            .with("MIGHTYCALL_API_KEY", API_KEY)
            .with("MIGHTYCALL_USER_KEY", USER_KEY);
        let program = if own_keys { program.without("MIGHTYCALL_USER_KEY") } else { program };
        program.configure(&settings);
        let book = Mutex::default();
        let long = length > Duration::from_secs(30);
        Self { emulator, program, seed, dialect, own_keys, until: Instant::now() + length, long, book }
    }

    pub fn is_open(&self) -> bool {
        Instant::now() < self.until
    }

    pub fn book<T>(&self, write: impl FnOnce(&mut Book) -> T) -> T {
        write(&mut self.book.lock().unwrap())
    }

    /// Chance of its own for each hand; the same for the same seed.
    pub fn chance(&self, hand: u64) -> Rng {
        Rng::with_seed(self.seed.wrapping_mul(1_000).wrapping_add(hand))
    }

    /// A process of its own, as far as the cache can tell.
    pub async fn context(&self, timings: Timings) -> Context {
        let places = Places::under(self.program.home.path());
        let store = Store::open(&places.cache_file()).await.unwrap();
        let mut config = config(&self.emulator, &self.dialect, self.own_keys);
        config.sync.daily_requests = ENDLESS;
        Context::with_timings(store, config, &places, timings).await.unwrap()
    }

    /// Where messages are sent to.
    pub fn send_path(&self) -> &'static str {
        match self.dialect.sends[..] {
            [SendPath::Messages] => "/messages/send",
            [SendPath::ContactCenterMessages] => "/contactcenter/messages/send",
            _ => "/contactcenter/message/send",
        }
    }

    /// One of ours and one of theirs.
    pub fn pair(&self, rng: &mut Rng) -> (Address, Address) {
        let numbers = self.emulator.numbers();
        (numbers[rng.usize(..numbers.len())].address.clone(), fictional(rng.u8(50..62)))
    }

    /// Pauses for up to so many milliseconds; longer where it has to last.
    pub async fn pause(&self, rng: &mut Rng, most: u64) {
        let most = if self.long { most * 4 } else { most };
        tokio::time::sleep(Duration::from_millis(rng.u64(0..=most))).await;
    }
}
