//! A MightyCall on 127.0.0.1, for `mctui demo`, `mctui emulator`, tests and benches: an account in memory behind real HTTP.
//!
//! What it answers is written by hand from `mightycall-api.md`, never from the client's types, so that a misreading in the
//! client cannot hide behind the same misreading here. That page grades sources that disagree; a [`Dialect`] says which
//! of them an account follows.
//!
//! # What it serves
//!
//! By default API v4 as MightyCall describes it ([`Dialect::v4`]; paths and names of parameters in any case). What is not
//! there answers 404 or 405 without an `errorCode`.
//!
//! | path | what for |
//! |---|---|
//! | `POST /v4/auth/token` | client credentials with the user key, a user's extension or a number's key; refresh tokens |
//! | `POST /v4/api/messages/send`, `/contactcenter/messages/send` | send |
//! | `GET …/journal/requests`, `/counts`, `/{id}`, `/{id}/mmsAttachments` | history, how much of it, one record, its files as a zip archive |
//! | `POST`, `DELETE …/journal/requests/flags`, `/{id}/comment`; `PUT …/wfstate` | read, stars, notes, workflow |
//! | `DELETE …/journal/requests/messages`, `/voicemail`; `POST …/message` | delete and restore |
//! | `POST …/journal/blocklist/add`, `/remove`; `GET …/blocklist/availableNumbers`, `/viplist/availableNumbers` | lists of callers |
//! | `GET …/phonenumbers`, `/phonenumbers/{digits}` | the account's numbers; `DELETE` is refused |
//! | `GET …/profile`, `/profile/{extension}`, `/profile/status`, `/team`; `PUT …/profile/status/{status}` | people |
//! | `GET …/ping` | without keys |
//! | `GET …/files/{id}/{place}` | where the `link` of a file leads; the emulator's own |
//!
//! The older dialects ([`Dialect::documented`] and others) speak as the sources before the description tell, under `/v4`,
//! `/v4/api` or both:
//!
//! | path | what for |
//! |---|---|
//! | `POST /auth/token` | client credentials with the user key or a number's key; refresh tokens |
//! | `POST /contactcenter/message/send`, `/messages/send`, `/contactcenter/messages/send` | send |
//! | `GET /journal/requests`, `/journal/requests/{id}`, `…/{id}/mmsAttachments`, `/files/{id}/{place}` | history, one record, its files |
//! | `PUT /journal/requests/wfstate`, `POST` and `DELETE /journal/requests/{id}/comment` | what staff note |
//! | `POST /journal/blocklist/add`, `/remove` | block list |
//! | `GET /contactcenter/message`, `/contactcenter/message/threads` | the other road to the history |
//! | `GET /phonenumbers`, `/extensions`, `/team`, `/profile`, `/ping` | the account |
//!
//! Credentials: [`API_KEY`] and [`USER_KEY`], and a key a number ([`number_key`]: `demo-key-1` for the first), as the client
//! secret or, in some older dialects, alone. There a number's key sees its number alone. A key has so many requests in 24
//! hours ([`Options::daily_limit`]), and then what [`Dialect::used_up`] says.
//!
//! # Control
//!
//! In a test, the methods of [`Emulator`]. Over HTTP, without credentials:
//!
//! | path | what for |
//! |---|---|
//! | `GET /_emulator/requests` | the requests so far, keys masked |
//! | `GET`, `POST`, `DELETE /_emulator/faults` | `{"path":"/messages/send","effect":"reset","worked":true,"times":1}`; effects: `reset`, `delay` (`milliseconds`), `hang`, `status` (`status`), `rate_limited` (`retry_after` in seconds, `as_date` or `in_body`), `json` (`status`, `body`), `html`, `truncated`, `cut_short`, `empty`, `redirect` (`location`) |
//! | `POST /_emulator/inbound` | `{"from":"+12025550147","to":"+12025550101","text":"Hello"}`: somebody writes |
//! | `DELETE /_emulator/tokens` | every access token stops working |
//!
//! # Time
//!
//! The emulator's clock starts at [`Options::now`] and goes on with the runtime's, so tests with paused time hold it too;
//! [`Emulator::advance`] sets it ahead. What happens by itself ([`Life`]) is a pure step over the account: every look at
//! it, a request or a method of [`Emulator`], first carries out what is due by the clock, and [`Emulator::step`] goes ahead
//! of it.

mod account;
mod allowance;
mod answer;
mod ask;
mod auth;
mod contact_center;
mod control;
mod dialect;
mod faults;
mod history;
mod ids;
mod journal;
mod life;
mod line;
mod middleware;
mod options;
mod outgoing;
mod own_number;
mod routes;
mod scripts;
mod seed;
mod send;
mod service;
mod token;
mod v4;
mod wire;
mod world;
mod zip;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinHandle;

pub use auth::{API_KEY, Credentials, USER_KEY, number_key};
pub use dialect::{
    Archive, BusinessNumberForm, Dialect, Envelope, ErrorShape, Files, LinkForm, Names, NumberForm, NumberList, Order,
    OutsideApi, Prefix, ReadFlag, Schemes, SendId, SendPath, SentText, Source, TimeForm, Unfiltered, UsedUp,
    WindowLimit,
};
pub use faults::{Effect, Fault, RetryAfter};
pub use life::{Life, UNREACHABLE};
pub use options::{Business, Options};
pub use own_number::OwnNumber;
pub use service::{Post, Request};
pub use world::{File, Status, Stored};

use crate::model::phone::Address;
use line::{Cutter, Door, Porter};
use service::Service;

/// A running emulator. Stops when dropped.
#[derive(Debug)]
pub struct Emulator {
    address: SocketAddr,
    service: Arc<Service>,
    porter: Porter,
    server: JoinHandle<()>,
}

impl Emulator {
    /// Makes the account and listens on 127.0.0.1, within the runtime that this is called in.
    ///
    /// # Errors
    /// If the port cannot be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let (door, porter) = Door::new(options.port).await?;
        let address = door.address();
        let service = Arc::new(Service::new(options, address));
        let router = routes::router(&service).into_make_service_with_connect_info::<Cutter>();
        let server = tokio::spawn(async move {
            // serving ends with the task and in no other way
            let _ = axum::serve(door, router).await;
        });
        Ok(Self { address, service, porter, server })
    }

    /// Stops listening, cuts every connection, and comes back when the port is free.
    pub async fn stop(mut self) {
        self.server.abort();
        // it was aborted, and says so
        let _ = (&mut self.server).await;
    }

    /// Such as `http://127.0.0.1:40123/v4`; what follows the base URL of an account.
    pub fn base_url(&self) -> String {
        format!("http://{}{}", self.address, middleware::BASE)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The emulator's clock.
    pub fn now(&self) -> Timestamp {
        self.service.now()
    }

    /// Sets the emulator's clock ahead: tokens age, texts appear, days go by, and no test waits.
    pub fn advance(&self, by: Duration) {
        self.service.advance(by);
    }

    /// The account's business numbers.
    pub fn numbers(&self) -> Vec<OwnNumber> {
        self.service.state().world.numbers.clone()
    }

    /// Everything there is of a number, oldest first; of all numbers where `None`. Empty for a number that is not ours.
    pub fn messages(&self, number: Option<&Address>) -> Vec<Stored> {
        let state = self.service.state();
        match number {
            None => state.world.stored(None),
            Some(number) => {
                state.world.number_at(number.as_str()).map_or(Vec::new(), |at| state.world.stored(Some(at)))
            }
        }
    }

    /// How many messages a number has; all numbers where `None`.
    pub fn count(&self, number: Option<&Address>) -> usize {
        let state = self.service.state();
        match number {
            None => state.world.count(None),
            Some(number) => state.world.number_at(number.as_str()).map_or(0, |at| state.world.count(Some(at))),
        }
    }

    /// Somebody writes to one of our numbers, now. Gives the message's id in the journal.
    ///
    /// # Panics
    /// If `to` is not one of the account's numbers.
    pub fn receive(&self, from: &Address, to: &Address, text: &str) -> String {
        self.receive_at(from, to, text, self.now())
    }

    /// As [`Emulator::receive`], at any time: earlier than others that are there already, if need be.
    ///
    /// # Panics
    /// If `to` is not one of the account's numbers.
    pub fn receive_at(&self, from: &Address, to: &Address, text: &str, at: Timestamp) -> String {
        let mut state = self.service.state();
        let number = state.world.number_at(to.as_str()).expect("messages come to a number of the account");
        let person = state.world.person(from);
        let serial = life::say(&mut state.world, at, number, person, text.to_owned(), Vec::new());
        state.world.id(serial)
    }

    /// As [`Emulator::receive`], with files: an MMS.
    ///
    /// # Panics
    /// If `to` is not one of the account's numbers.
    pub fn receive_files(&self, from: &Address, to: &Address, text: &str, files: Vec<File>) -> String {
        let at = self.now();
        let mut state = self.service.state();
        let number = state.world.number_at(to.as_str()).expect("messages come to a number of the account");
        let person = state.world.person(from);
        let serial = life::say(&mut state.world, at, number, person, text.to_owned(), files);
        state.world.id(serial)
    }

    /// The network reports on the outbound message with that id or `requestGuid` in the journal. In API v4 a delivered
    /// message goes on as `sent`, and a failed one becomes `notSent`. `false` if there is none.
    pub fn report(&self, id: &str, status: Status) -> bool {
        let mut state = self.service.state();
        let serial = state.world.serial(id);
        match serial.and_then(|serial| state.world.record_mut(serial)).filter(|record| !record.inbound) {
            Some(record) => {
                record.status = Some(status);
                true
            }
            None => false,
        }
    }

    /// Carries out what life has due by `now`, which may be ahead of the clock: tests need not wait.
    pub fn step(&self, now: Timestamp) {
        self.service.state().step(now);
    }

    /// The requests so far, oldest first; the newest ten thousand of them. Those to `/_emulator` are not among them.
    pub fn requests(&self) -> Vec<Request> {
        self.service.state().log.list().cloned().collect()
    }

    /// How many requests there were, the forgotten ones included.
    pub fn request_count(&self) -> usize {
        self.service.state().log.total()
    }

    /// The sends that were accepted, whatever became of their answers, oldest first.
    pub fn posts(&self) -> Vec<Post> {
        self.service.state().posts.clone()
    }

    /// Something goes wrong from here on.
    pub fn fault(&self, fault: Fault) {
        self.service.state().faults.add(fault);
    }

    /// Nothing goes wrong any more.
    pub fn clear_faults(&self) {
        self.service.state().faults.clear();
    }

    /// The paths that begin with this (after the base URL, without `/api`) are gone: they answer `status`, 404 or 405.
    pub fn disable(&self, path: impl Into<String>, status: u16) {
        self.service.state().disabled.push((path.into(), status));
    }

    /// What was disabled by exactly this is back.
    pub fn enable(&self, path: &str) {
        self.service.state().disabled.retain(|(prefix, _)| prefix != path);
    }

    /// Every access token stops working, before its time.
    pub fn expire_tokens(&self) {
        self.service.state().tokens.expire();
    }

    /// Refuses connections from here on, as a host where nothing listens, and cuts those that there are. A client that
    /// kept one may find that one reset before it learns of the refusal.
    pub async fn refuse(&self) {
        self.porter.set(false).await;
    }

    /// Takes connections again, on the same port.
    pub async fn accept(&self) {
        self.porter.set(true).await;
    }

    /// Ends the connections that there are with a reset. New ones are taken.
    pub fn cut_connections(&self) {
        self.porter.cut();
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.server.abort();
        self.porter.cut();
    }
}
