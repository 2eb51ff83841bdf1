//! Whether what was not found may be in history that is not here.

use rusqlite::Connection;

use super::SearchQuery;
use crate::model::query::Party;
use crate::model::{Address, Coverage, MessageId, Missing};
use crate::store::{Store, StoreError, cursors, sql};

impl Store {
    /// Whether more history could have what a search looks for, and of which of our numbers that would be.
    pub async fn missing(&self, search: SearchQuery) -> Result<Missing, StoreError> {
        self.read(move |conn| Ok(missing(conn, &search)?)).await
    }
}

pub(in crate::store) fn missing(conn: &Connection, search: &SearchQuery) -> rusqlite::Result<Missing> {
    let query = &search.query;
    let below = search.below.map(MessageId::at);
    let before = [query.before, below].into_iter().flatten().min();
    if query.after.zip(before).is_some_and(|(after, before)| after >= before) {
        return Ok(Missing::Time);
    }
    // what is not configured is not fetched either
    let ours = sql::list(
        conn,
        "SELECT address, label FROM numbers INDEXED BY numbers_by_place WHERE place IS NOT NULL ORDER BY place",
        [],
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?)),
    )?;
    let named = |address: &str, label: Option<&str>| {
        search.number.as_ref().is_none_or(|number| number.as_str() == address)
            && (query.on.iter().all(|party| *party == Party::Me)
                || query.on.iter().any(|party| party.is(label, address)))
    };
    let meant: Vec<_> = ours.into_iter().filter(|(address, label)| named(address, label.as_deref())).collect();
    if meant.is_empty() {
        return Ok(Missing::OurNumber);
    }
    let mut numbers = Vec::new();
    for (address, _) in meant {
        let address = Address::from_normal(address);
        let coverage = cursors::stored(conn, &address)?.map_or_else(Coverage::default, |cursor| cursor.coverage);
        // what is old is not unread when it comes
        let too_late = query.unread && !coverage.spans().is_empty();
        if !too_late && coverage.is_cut_within(query.after, before) {
            numbers.push(address);
        }
    }
    Ok(if numbers.is_empty() { Missing::Nothing } else { Missing::History(numbers) })
}
