//! Message history: one page at a time, by whichever road answers for this account.

use jiff::Timestamp;

use super::auth::Credentials;
use super::envelope::{self, Listing, Not};
use super::error::{Error, Words};
use super::journal_options::JournalOptions;
use super::read::{Found, Read};
use super::record::{Decoded, Record, decode};
use super::routes::{JOURNAL, Operation, Route, SchemeName};
use super::unreadable::Unreadable;
use super::{Client, Purpose, journal, messages};
use crate::model::{Address, Road};

/// Bytes that the records of one page may take once they are read: more than the whole answer has, so that texts alone
/// never come to it.
const MOST_ROOM: usize = 40 * 1024 * 1024;

/// How a number is written in the filter of a request. Records are read in every form; filters are the service's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberForm {
    /// `+12025550101`.
    E164,
    /// `2025550101`, for numbers of the US and Canada; others as E.164.
    National,
    /// `12025550101`: the digits with the country code, as the description has it (grade A).
    Digits,
    /// No filter: records of all numbers come, and say which they belong to.
    Any,
}

impl NumberForm {
    pub(super) fn write(self, number: &Address) -> Option<String> {
        match self {
            Self::E164 => Some(number.as_str().to_owned()),
            Self::National => Some(number.national_digits().unwrap_or(number.as_str()).to_owned()),
            Self::Digits => Some(number.as_str().trim_start_matches('+').to_owned()),
            Self::Any => None,
        }
    }
}

/// A question for one page of history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryAsk {
    /// Which of our numbers. The journal takes several at once; the message list knows the first alone, so that a
    /// question about several numbers never goes there.
    pub numbers: Vec<Address>,
    /// How they are written in the filter.
    pub form: NumberForm,
    /// One conversation: the other party.
    pub contact: Option<Address>,
    /// Not older than this. Only the journal has a filter for it, and without one searches about a month alone: `None`
    /// asks it for everything. Records outside may come.
    pub since: Option<Timestamp>,
    /// Not newer than this, likewise.
    pub until: Option<Timestamp>,
    /// Records to pass over at the start, on a road that has no filter by time.
    pub skip: u64,
    /// Where to go on, from [`HistoryPage::more`]; `None` starts from the newest.
    pub position: Option<Position>,
    /// Records per page, 1 to 1,000. The service may give fewer.
    pub page_size: usize,
}

/// A place in the history of one question, for that question alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The path that the pages before came from.
    pub(super) path: String,
    pub(super) page_size: usize,
    /// From 1.
    pub(super) page: u64,
    /// Raw records that came so far.
    pub(super) received: u64,
}

/// One page.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryPage {
    /// By which road the records came.
    pub road: Road,
    /// The messages, in the service's order (newest first wherever that is known).
    pub records: Vec<Record>,
    /// Records of messages that could not be read; a few were logged, without their texts.
    pub unreadable: usize,
    /// Records on the page before anything was passed over: calls, voicemails and conversation headers are.
    pub received: usize,
    /// Whether to go on.
    pub more: More,
    /// Records there are in all, where the service says.
    pub total: Option<u64>,
}

/// Whether a page was the last one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum More {
    /// There is, or may well be, another page. Where no total is known, a page that brings nothing new is the end.
    Yes(Position),
    /// By all that is known this was the last page; asking further costs a request and would show if it was not.
    Perhaps(Position),
    /// This was the last page.
    No,
}

/// What a page told about itself, for the pure decision whether there are more.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    pub(super) received: u64,
    pub(super) page_size: u64,
    /// Raw records up to the end of this page.
    pub(super) so_far: u64,
    pub(super) total: Option<u64>,
    pub(super) has_more: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Yes,
    Perhaps,
    No,
}

/// What one can tell whatever the road: an empty page ends, unless it is said not to; what is said counts; then the total.
pub(super) fn told(told: Told) -> Option<Next> {
    match told {
        Told { received: 0, has_more: Some(true), .. } => Some(Next::Perhaps),
        Told { received: 0, .. } | Told { has_more: Some(false), .. } => Some(Next::No),
        Told { has_more: Some(true), .. } => Some(Next::Yes),
        // a total that is exceeded, or is the length of a full first page, tells nothing
        Told { total: Some(total), so_far, .. } if so_far > total => None,
        Told { total: Some(total), so_far, received, page_size, .. }
            if so_far == total && received == total && received >= page_size =>
        {
            Some(Next::Perhaps)
        }
        Told { total: Some(total), so_far, .. } => Some(if so_far < total { Next::Yes } else { Next::No }),
        Told { .. } => None,
    }
}

fn road_of(route: Route) -> Road {
    if route.path == JOURNAL { Road::Journal } else { Road::MessageList }
}

/// Whether the message list can be asked this: it knows one of our numbers, and no other party.
fn suits_message_list(ask: &HistoryAsk) -> bool {
    ask.numbers.len() <= 1 && ask.contact.is_none()
}

impl Client {
    /// One page of history. With a number's key the message list is asked first, with OAuth the journal; what answered is
    /// remembered. Going on from a position stays on its road. A question about several numbers or about one conversation
    /// goes to the journal alone.
    ///
    /// Where the account refuses a part of the question that can be done without (contacts' names, staff, heads of
    /// threads), it is asked again without it, and from then on never with it.
    ///
    /// # Errors
    ///
    /// A refused filter that says what is asked for (`from`, `businessNumber`, …) is [`Error::Refused`] with its
    /// [`Error::unsupported_filters`]: another form of the number may be taken.
    pub async fn history(&self, who: &Credentials, ask: &HistoryAsk) -> Result<HistoryPage, Error> {
        let scheme = SchemeName::of(who);
        loop {
            let options = self.0.journal.options(scheme);
            match Box::pin(self.page(who, ask, options)).await {
                // each round leaves out more
                Err(error) if self.0.journal.note_refusal(scheme, options, &error) => {}
                answer => return answer,
            }
        }
    }

    async fn page(&self, who: &Credentials, ask: &HistoryAsk, options: JournalOptions) -> Result<HistoryPage, Error> {
        let start = Position { path: String::new(), page_size: ask.page_size.clamp(1, 1_000), page: 1, received: 0 };
        let at = |route| match road_of(route) {
            Road::Journal => start.clone(),
            _ => Position { received: ask.skip, ..start.clone() },
        };
        let query = |route, place: &Position| match road_of(route) {
            Road::Journal => journal::query(ask, place, options),
            _ => messages::query(ask, place),
        };
        let (found, answer, place) = match &ask.position {
            None => {
                let mut routes = self.0.routes.candidates(Operation::History, SchemeName::of(who));
                routes.retain(|route| road_of(*route) == Road::Journal || suits_message_list(ask));
                let (route, answer) =
                    self.read_among(who, Operation::History, routes, |route| query(route, &at(route))).await?;
                let place = Position { path: route.full(), ..at(route) };
                (route, answer, place)
            }
            Some(place) => match self.go_on(who, place, query).await? {
                Some((route, answer)) => (route, answer, place.clone()),
                None => return Ok(HistoryPage::end(place)),
            },
        };
        let road = road_of(found);
        let page = envelope::listing(&answer.body, &answer.secrets).and_then(|listing| page(road, &place, &listing));
        let page = match page {
            Ok(page) => page,
            Err(not) => return Err(answer.not(not)),
        };
        self.found(who, Operation::History, found);
        Ok(page)
    }

    /// A further page. `None` where the service answers 404 behind the last page; that the path is still there is made
    /// sure of, because a history that merely stops would hide a gap.
    async fn go_on(
        &self,
        who: &Credentials,
        place: &Position,
        query: impl Fn(Route, &Position) -> Vec<(&'static str, String)> + Send,
    ) -> Result<Option<(Route, Read)>, Error> {
        let gone = |words| Error::NoPath { operation: Operation::History, tried: vec![place.path.clone()], words };
        let route = self.0.routes.by_path(Operation::History, SchemeName::of(who), &place.path);
        let Some(route) = route else { return Err(gone(super::Words::default())) };
        let mut token = self.token(who, Purpose::Read).await?;
        let words = match self.read_path(who, &mut token, route, &query(route, place)).await? {
            Found::Here(read) => return Ok(Some((route, read))),
            Found::NotHere(words) => words,
        };
        let start = Position { page: 1, received: 0, ..place.clone() };
        match self.read_path(who, &mut token, route, &query(route, &start)).await? {
            Found::Here(_) => Ok(None),
            Found::NotHere(_) => {
                self.0.routes.forget(Operation::History, SchemeName::of(who), route);
                Err(gone(words))
            }
        }
    }
}

impl HistoryPage {
    fn end(place: &Position) -> Self {
        let road = if place.path.ends_with(JOURNAL) { Road::Journal } else { Road::MessageList };
        Self { road, records: Vec::new(), unreadable: 0, received: 0, more: More::No, total: None }
    }
}

/// Reads the records of a page, one after the other. Refused where they take too much room: a part would leave a gap.
pub(super) fn page(road: Road, place: &Position, listing: &Listing<'_>) -> Result<HistoryPage, Not> {
    let Listing { count: received, total, has_more, .. } = *listing;
    let mut records = Vec::new();
    let mut unreadable = Unreadable::default();
    let mut room = MOST_ROOM;
    for (index, value) in listing.records().enumerate() {
        match value.map_or_else(Decoded::Unreadable, decode) {
            Decoded::Message(record) => {
                room = room.checked_sub(record.room()).ok_or_else(|| {
                    Not::Readable("its records hold far more than messages do".to_owned(), Words::none())
                })?;
                records.push(*record);
            }
            Decoded::Other => {}
            Decoded::Unreadable(reason) => unreadable.note(|| {
                tracing::warn!(road = road.name(), page = place.page, index, reason, "a record cannot be read");
            }),
        }
    }
    unreadable.end(|others| {
        tracing::warn!(road = road.name(), page = place.page, others, "more records of this page cannot be read");
    });
    let unreadable = unreadable.count;
    let so_far = place.received + received as u64;
    let told = Told { received: received as u64, page_size: place.page_size as u64, so_far, total, has_more };
    let next = match road {
        Road::Journal => journal::next(told),
        _ => messages::next(told),
    };
    let position = Position { page: place.page + 1, received: so_far, ..place.clone() };
    let more = match next {
        Next::Yes => More::Yes(position),
        Next::Perhaps => More::Perhaps(position),
        Next::No => More::No,
    };
    Ok(HistoryPage { road, records, unreadable, received, more, total })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::words::Secrets;

    /// A part of such a page would look like all there is.
    #[test]
    fn a_page_that_takes_too_much_room_is_refused_whole() {
        let place = Position { path: "/path".to_owned(), page_size: 100, page: 1, received: 0 };
        let record = |parties: usize| {
            let parties = vec!["\"1\""; parties].join(",");
            format!("{{\"date\":1767323045,\"from\":\"+12025550142\",\"to\":[{parties}]}}")
        };
        let read = |records: &[String]| {
            let body = format!("[{}]", records.join(","));
            let listing = envelope::listing(body.as_bytes(), &Secrets::default()).unwrap();
            page(Road::Journal, &place, &listing).map(|page| (page.records.len(), page.unreadable, page.received))
        };
        assert_eq!(read(&vec![record(5_000); 10]), Ok((10, 0, 10)));
        assert!(matches!(read(&vec![record(5_000); 200]), Err(Not::Readable(..))));
        assert_eq!(read(&[record(1), record(20_000), record(1)]), Ok((2, 1, 3)));
    }
}
