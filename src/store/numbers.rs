//! The business numbers of the configuration, with what waits on each.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::change::Touched;
use super::{Store, StoreError, people, sql};
use crate::model::{Address, BusinessNumber, MessageId, NumberTraits};

/// A business number as the list of numbers shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberRow {
    /// The number with its label.
    pub number: BusinessNumber,
    /// Unread messages in all of its threads.
    pub unread: u32,
    /// Of these, in threads that are muted.
    pub muted: u32,
    /// Threads with a message or a draft.
    pub threads: u32,
    /// What it can do, as far as MightyCall has said.
    pub traits: NumberTraits,
}

/// What nobody has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unread {
    /// Threads with unread messages.
    pub threads: u32,
    /// The messages themselves.
    pub messages: u32,
}

impl Store {
    /// Makes the numbers of the cache these, in this order. The history of any other stays, but lists over all numbers
    /// and counts over all numbers leave it out until it is configured again. Subscribers get [`Change::Numbers`], which
    /// means those lists as well.
    ///
    /// [`Change::Numbers`]: super::Change::Numbers
    pub async fn set_numbers(&self, numbers: Vec<BusinessNumber>) -> Result<(), StoreError> {
        self.write(move |conn, touched| set_numbers(conn, &numbers, touched)).await
    }

    /// Keeps what MightyCall says of numbers; of one that it does not name, what was kept stays. Subscribers get
    /// [`Change::Numbers`] where any of it is new.
    ///
    /// [`Change::Numbers`]: super::Change::Numbers
    pub async fn set_number_traits(&self, told: Vec<(Address, NumberTraits)>) -> Result<(), StoreError> {
        self.write(move |conn, touched| {
            for (address, told) in told {
                if number_traits(conn, &address)?.as_ref() == Some(&told) {
                    continue;
                }
                let id = people::ensure_number(conn, &address)?;
                let told = serde_json::to_string(&told).unwrap_or_default();
                sql::run(conn, "UPDATE numbers SET traits = ?2 WHERE id = ?1", params![id, told])?;
                touched.numbers();
            }
            Ok(())
        })
        .await
    }

    /// What a number can do, as MightyCall reports it; `None` if it was never asked.
    pub async fn number_traits(&self, number: Address) -> Result<Option<NumberTraits>, StoreError> {
        self.read(move |conn| Ok(number_traits(conn, &number)?)).await
    }

    /// The configured numbers, in the order of the configuration.
    pub async fn numbers(&self) -> Result<Vec<NumberRow>, StoreError> {
        self.read(|conn| Ok(configured(conn)?)).await
    }

    /// The time of the newest message of this number that MightyCall has shown, among the newest of its conversations;
    /// `None` where there is none.
    pub async fn newest_record(&self, number: Address) -> Result<Option<Timestamp>, StoreError> {
        self.read(move |conn| {
            let newest = sql::first(
                conn,
                "SELECT t.last_id FROM numbers n CROSS JOIN threads t ON t.number_id = n.id
                     CROSS JOIN messages m ON m.id = t.last_id
                 WHERE n.address = ?1 AND t.listed = 1 AND m.remote_id IS NOT NULL AND (m.local = 0 OR m.history_at IS NOT NULL)
                 ORDER BY t.activity DESC LIMIT 1",
                [number.as_str()],
                |row| row.get::<_, i64>(0),
            )?;
            Ok(newest.map(|id| MessageId(id).at()))
        })
        .await
    }

    /// What nobody has read: on one number, or on all that lists show.
    pub async fn unread(&self, number: Option<Address>) -> Result<Unread, StoreError> {
        self.read(move |conn| {
            let counts = sql::first(
                conn,
                "SELECT coalesce(sum(unread_threads), 0), coalesce(sum(unread), 0) FROM numbers
                 WHERE iif(?1 IS NULL, hidden = 0, address = ?1)",
                [number.as_ref().map(Address::as_str)],
                |row| Ok(Unread { threads: row.get(0)?, messages: row.get(1)? }),
            )?;
            Ok(counts.unwrap_or_default())
        })
        .await
    }
}

fn configured(conn: &Connection) -> rusqlite::Result<Vec<NumberRow>> {
    sql::list(
        conn,
        "SELECT address, label, is_default, unread, threads,
             (SELECT coalesce(sum(t.unread), 0) FROM threads t INDEXED BY threads_unread_by_number
              WHERE t.number_id = numbers.id AND t.unread > 0 AND t.muted = 1), traits
         FROM numbers WHERE place IS NOT NULL ORDER BY place",
        [],
        |row| {
            let address = Address::from_normal(row.get::<_, String>(0)?);
            let number = BusinessNumber { address, label: row.get(1)?, is_default: row.get(2)? };
            let traits = row.get::<_, Option<String>>(6)?.and_then(|json| traits(&json)).unwrap_or_default();
            Ok(NumberRow { number, unread: row.get(3)?, muted: row.get(5)?, threads: row.get(4)?, traits })
        },
    )
}

fn number_traits(conn: &Connection, number: &Address) -> rusqlite::Result<Option<NumberTraits>> {
    let json = sql::first(conn, "SELECT traits FROM numbers WHERE address = ?1", [number.as_str()], |row| row.get(0))?
        .flatten();
    Ok(json.and_then(|json: String| traits(&json)))
}

/// Stored traits that cannot be read count as unknown; the next answer replaces them.
fn traits(json: &str) -> Option<NumberTraits> {
    serde_json::from_str(json).ok()
}

fn set_numbers(conn: &Connection, numbers: &[BusinessNumber], touched: &mut Touched) -> Result<(), StoreError> {
    // every start sets them: where they are these already, no other process needs to look
    if configured(conn)?.iter().map(|row| &row.number).eq(numbers) {
        return Ok(());
    }
    let before = hidden(conn)?;
    sql::run(conn, "UPDATE numbers SET place = NULL, is_default = 0 WHERE place IS NOT NULL", [])?;
    for (place, number) in numbers.iter().enumerate() {
        let id = people::ensure_number(conn, &number.address)?;
        sql::run(
            conn,
            "UPDATE numbers SET place = ?2, label = ?3, is_default = ?4 WHERE id = ?1",
            params![id, sql::limit(place), number.label, number.is_default],
        )?;
    }
    sql::run(conn, "UPDATE numbers SET hidden = place IS NULL", [])?;
    // the threads carry the mark too, so that an index can leave them out; only those of numbers that came or went
    for (id, now) in hidden(conn)? {
        if before.contains(&(id, now)) {
            continue;
        }
        sql::run(conn, "UPDATE threads SET hidden = ?2 WHERE number_id = ?1", params![id, now])?;
    }
    touched.numbers();
    Ok(())
}

fn hidden(conn: &Connection) -> rusqlite::Result<Vec<(i64, bool)>> {
    sql::list(conn, "SELECT id, hidden FROM numbers", [], |row| Ok((row.get(0)?, row.get(1)?)))
}
