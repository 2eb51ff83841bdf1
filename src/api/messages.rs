//! The contact centre's list of messages: `GET /contactcenter/message`, paged by `limit` and `offset`.

use super::history::{HistoryAsk, Next, Position, Told, told};

/// The query for the page at `place`. There is no filter by time.
pub(super) fn query(ask: &HistoryAsk, place: &Position) -> Vec<(&'static str, String)> {
    let mut query = Vec::with_capacity(3);
    query.extend(ask.numbers.first().and_then(|number| ask.form.write(number)).map(|number| ("phoneNumber", number)));
    query.push(("limit", place.page_size.to_string()));
    // from what was received, not from what was asked for: the service may cap a page
    query.push(("offset", place.received.to_string()));
    query
}

/// The cap of a page is not known here, so a short page is not the end.
pub(super) fn next(page: Told) -> Next {
    told(page).unwrap_or(Next::Yes)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::full(10, 10, None, None, Next::Yes)]
    #[case::short(9, 9, None, None, Next::Yes)]
    #[case::empty(0, 20, None, None, Next::No)]
    #[case::total_reached(10, 30, Some(30), None, Next::No)]
    #[case::total_not_reached(10, 20, Some(30), None, Next::Yes)]
    #[case::said_no_more(10, 10, None, Some(false), Next::No)]
    fn a_short_page_is_not_the_end(
        #[case] received: u64,
        #[case] so_far: u64,
        #[case] total: Option<u64>,
        #[case] has_more: Option<bool>,
        #[case] expected: Next,
    ) {
        assert_eq!(next(Told { received, page_size: 10, so_far, total, has_more }), expected);
    }
}
