//! A request, read: who asks, which parameters, which page.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Query};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::TimeZone;

use super::answer;
use super::auth::Access;
use super::dialect::Dialect;
use super::middleware::Serial;
use super::service::Service;

/// Query parameters, decoded.
#[derive(Debug, Clone, Default)]
pub(super) struct Params(pub(super) Vec<(String, String)>);

impl Params {
    /// The first that is not empty. Names are the same in any case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let fits = |(key, value): &&(String, String)| key.eq_ignore_ascii_case(name) && !value.is_empty();
        self.0.iter().find(fits).map(|(_, value)| value.as_str())
    }

    /// A whole number, or the default where there is none.
    pub(super) fn number(&self, name: &str, default: usize) -> Result<usize, String> {
        self.get(name).map_or(Ok(default), |text| {
            text.parse().map_err(|_| format!("The value '{text}' is not valid for {name}."))
        })
    }

    /// An instant: RFC 3339, or without zone, or a date alone, both of which are UTC.
    pub(super) fn time(&self, name: &str) -> Result<Option<Timestamp>, String> {
        self.get(name).map(|text| time(text).ok_or(format!("The value '{text}' is not valid for {name}."))).transpose()
    }
}

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Query::try_from_uri(&parts.uri).map(|Query(pairs)| pairs).unwrap_or_default()))
    }
}

fn time(text: &str) -> Option<Timestamp> {
    // a plus that nobody encoded is a blank by now
    let text = text.replace(' ', "+");
    let utc = |at: civil::DateTime| at.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp());
    text.parse()
        .ok()
        .or_else(|| text.parse::<civil::DateTime>().ok().and_then(utc))
        .or_else(|| text.parse::<civil::Date>().ok().and_then(|date| utc(date.at(0, 0, 0, 0))))
}

/// The value of a header, where it is text.
pub(super) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// The token of `Authorization: Bearer …`.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = header(headers, "authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A path that takes this lets only those in who may come in.
impl FromRequestParts<Arc<Service>> for Access {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Response> {
        let dialect = service.dialect();
        let now = service.now();
        let mut state = service.state();
        let state = &mut *state;
        let (bearer, key) = (bearer(&parts.headers), header(&parts.headers, "x-api-key"));
        let access = state.tokens.admit(&state.world, dialect, bearer, key, now).map_err(|denied| {
            let status = if denied.dead_token { dialect.dead_token } else { 401 };
            answer::error(dialect, status, denied.reason)
        })?;
        if let Some(request) = parts.extensions.get::<Serial>().and_then(|serial| state.log.get(serial.0)) {
            request.credentials = Some(access.credentials.clone());
        }
        Ok(access)
    }
}

/// The most that `pageSize` may ask for (`mightycall-api.md`, section 4).
pub(super) const MOST: usize = 1_000;

/// A window of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    /// From 1, for envelopes that name it.
    pub(super) page: usize,
    pub(super) skip: usize,
    pub(super) take: usize,
}

impl Window {
    /// `page` and `pageSize`.
    pub(super) fn paged(params: &Params, dialect: &Dialect) -> Result<Self, String> {
        let page = params.number("page", 1)?;
        let size = params.number("pageSize", 100)?;
        if page == 0 {
            return Err("The page must be 1 or greater.".to_owned());
        }
        if !(1..=MOST).contains(&size) {
            return Err(format!("The pageSize must be between 1 and {MOST}."));
        }
        let take = size.min(dialect.page_cap.unwrap_or(MOST).max(1));
        Ok(Self { page, skip: (page - 1).saturating_mul(take), take })
    }

    /// `limit` and `offset`. More than a page may hold is cut down without a word.
    pub(super) fn limited(params: &Params, dialect: &Dialect) -> Result<Self, String> {
        let limit = params.number("limit", 100)?;
        let skip = params.number("offset", 0)?;
        if limit == 0 {
            return Err("The limit must be 1 or greater.".to_owned());
        }
        let take = limit.min(dialect.page_cap.unwrap_or(MOST).clamp(1, MOST));
        Ok(Self { page: skip / take + 1, skip, take })
    }

    /// What of `all` lies in it.
    pub(super) fn of<T>(self, all: &[T]) -> &[T] {
        let start = self.skip.min(all.len());
        &all[start..self.skip.saturating_add(self.take).min(all.len())]
    }

    /// Whether `total` goes on after it.
    pub(super) fn has_more(self, total: usize) -> bool {
        self.skip.saturating_add(self.take) < total
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn params(pairs: &[(&str, &str)]) -> Params {
        Params(pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect())
    }

    #[rstest]
    #[case("2026-01-15T14:30:00Z")]
    #[case("2026-01-15T14:30:00.000Z")]
    #[case("2026-01-15T09:30:00-05:00")]
    #[case("2026-01-15T15:30:00 01:00")]
    #[case("2026-01-15T14:30:00")]
    fn reads_times(#[case] text: &str) {
        assert_eq!(time(text), Some("2026-01-15T14:30:00Z".parse().unwrap()));
    }

    #[test]
    fn reads_dates_and_refuses_the_rest() {
        assert_eq!(time("2026-01-15"), Some("2026-01-15T00:00:00Z".parse().unwrap()));
        assert_eq!(time("yesterday"), None);
        assert!(params(&[("from", "yesterday")]).time("from").is_err());
    }

    #[rstest]
    #[case(&[], Ok((0, 100)))]
    #[case(&[("page", "3"), ("pageSize", "50")], Ok((100, 50)))]
    #[case(&[("pageSize", "1000")], Ok((0, 1000)))]
    #[case(&[("page", "18446744073709551615"), ("pageSize", "1000")], Ok((usize::MAX, 1000)))]
    #[case(&[("pageSize", "1001")], Err(()))]
    #[case(&[("pageSize", "0")], Err(()))]
    #[case(&[("page", "0")], Err(()))]
    #[case(&[("page", "x")], Err(()))]
    fn pages(#[case] pairs: &[(&str, &str)], #[case] window: Result<(usize, usize), ()>) {
        let read = Window::paged(&params(pairs), &Dialect::documented());
        assert_eq!(read.map(|window| (window.skip, window.take)).map_err(|_| ()), window);
    }

    #[test]
    fn a_cap_moves_the_pages_together() {
        let capped = Dialect { page_cap: Some(40), ..Dialect::documented() };
        let second = Window::paged(&params(&[("page", "2"), ("pageSize", "100")]), &capped).unwrap();
        assert_eq!((second.skip, second.take), (40, 40));
        let limited = Window::limited(&params(&[("limit", "5000"), ("offset", "7")]), &capped).unwrap();
        assert_eq!((limited.skip, limited.take), (7, 40));
    }

    #[test]
    fn a_window_beyond_the_end_is_empty() {
        let window = Window { page: 9, skip: usize::MAX, take: 10 };
        assert!(window.of(&[1, 2, 3]).is_empty());
        assert!(!window.has_more(3));
    }
}
