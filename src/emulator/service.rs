//! What all requests share: the account and its books behind one lock, and the clock.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::allowance::Allowance;
use super::auth::{Credentials, Tokens};
use super::dialect::Dialect;
use super::faults::Faults;
use super::life::Pulse;
use super::options::Options;
use super::world::World;
use crate::model::phone::Address;

/// Requests that are kept to be looked at; older ones are forgotten.
const REQUESTS_KEPT: usize = 10_000;

/// A request that came in. Holds no key: [`Credentials`] names them, and headers and bodies have them masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// When, by the emulator's clock.
    pub at: Timestamp,
    /// `GET`, …
    pub method: String,
    /// After the base URL, with `/api` where the client wrote it.
    pub path: String,
    /// Name and value, decoded, in the order they came.
    pub query: Vec<(String, String)>,
    /// Lower-case name and value.
    pub headers: Vec<(String, String)>,
    /// As text.
    pub body: String,
    /// With what it was let in; `None` if it was not, or asked for nothing that needs it.
    pub credentials: Option<Credentials>,
    /// The answer's status; `None` while there is none, and where the connection ended without.
    pub status: Option<u16>,
}

impl Request {
    /// The first value of a query parameter.
    pub fn query(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    /// The value of a header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// A message that the account accepted to send: the work of a POST was done, whatever became of its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// When, by the emulator's clock.
    pub at: Timestamp,
    /// Which path it came by, after the base URL and without `/api`.
    pub path: String,
    /// Our side.
    pub from: Address,
    /// The other sides, as written in the request.
    pub to: Vec<String>,
    /// As it was written.
    pub text: String,
    /// With what it was let in.
    pub credentials: Credentials,
    /// The id that the answer gave, if the dialect gives any.
    pub answer_id: Option<String>,
}

/// The requests so far.
#[derive(Debug, Default)]
pub(super) struct Log {
    requests: VecDeque<Request>,
    /// How many were forgotten: the serial of the first that is kept.
    forgotten: usize,
}

impl Log {
    /// Takes in a request and gives its serial.
    pub(super) fn add(&mut self, request: Request) -> usize {
        self.requests.push_back(request);
        if self.requests.len() > REQUESTS_KEPT {
            self.requests.pop_front();
            self.forgotten += 1;
        }
        self.forgotten + self.requests.len() - 1
    }

    /// The request of that serial, if it is not forgotten.
    pub(super) fn get(&mut self, serial: usize) -> Option<&mut Request> {
        self.requests.get_mut(serial.checked_sub(self.forgotten)?)
    }

    pub(super) fn list(&self) -> impl Iterator<Item = &Request> {
        self.requests.iter()
    }

    pub(super) fn total(&self) -> usize {
        self.forgotten + self.requests.len()
    }
}

/// What changes.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) world: World,
    pub(super) pulse: Option<Pulse>,
    pub(super) tokens: Tokens,
    pub(super) allowance: Allowance,
    pub(super) faults: Faults,
    pub(super) disabled: Vec<(String, u16)>,
    pub(super) log: Log,
    pub(super) posts: Vec<Post>,
}

impl State {
    /// Carries out what life has due by now.
    pub(super) fn step(&mut self, now: Timestamp) {
        if let Some(pulse) = &mut self.pulse {
            pulse.step(&mut self.world, now);
        }
    }
}

/// The emulator, as its requests see it.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) options: Options,
    /// Where it listens.
    pub(super) address: SocketAddr,
    started: Instant,
    /// Milliseconds by which the clock was set ahead.
    ahead: AtomicU64,
    state: Mutex<State>,
}

impl Service {
    /// Makes the account. Starts the clock at the options' `now`.
    pub(super) fn new(options: Options, address: SocketAddr) -> Self {
        let world = super::seed::world(&options);
        let pulse = options.life.clone().map(|life| Pulse::new(life, &world, options.seed, options.now));
        let state = Mutex::new(State { world, pulse, ..State::default() });
        Self { options, address, started: Instant::now(), ahead: AtomicU64::new(0), state }
    }

    pub(super) fn dialect(&self) -> &Dialect {
        &self.options.dialect
    }

    /// The options' `now`, what the runtime's clock has measured since, and by how much this one was set ahead.
    pub(super) fn now(&self) -> Timestamp {
        let ahead = Duration::from_millis(self.ahead.load(Ordering::Acquire));
        self.options.now.saturating_add(self.started.elapsed() + ahead).unwrap_or(Timestamp::MAX)
    }

    /// Sets the clock ahead.
    pub(super) fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.ahead.fetch_add(by, Ordering::AcqRel);
    }

    /// The state as it is now: whoever looks finds done what life had due, so that nobody need run in between. Never
    /// held across an await. A panic in another request leaves nothing half done that matters to a test that is failing
    /// anyway.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.step(self.now());
        state
    }
}
