//! Texts to several people that are not sent yet: one for each of our numbers, where it was begun.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{Store, StoreError, people, sql};
use crate::model::{Address, Broadcast, Contact};

impl Store {
    /// Keeps what is typed so far of a text to several people, by the number where it was begun; an empty one clears it.
    /// On the disk when this returns.
    pub async fn save_broadcast(&self, begun: Address, broadcast: Broadcast, now: Timestamp) -> Result<(), StoreError> {
        self.write(move |conn, touched| {
            if broadcast.is_empty() {
                if stored(conn, Some(&begun))?.is_some_and(|(_, old)| !old.text.is_empty()) {
                    // when it was begun is not known
                    touched.discarded(0);
                }
                return Ok(clear(conn, &begun)?);
            }
            let number = people::ensure_number(conn, &begun)?;
            let sender = people::ensure_number(conn, &broadcast.sender)?;
            sql::run(
                conn,
                "INSERT OR REPLACE INTO broadcasts (number_id, sender_id, people, body, saved_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![number, sender, list_of(&broadcast.people), broadcast.text, now.as_millisecond()],
            )?;
            Ok(())
        })
        .await
    }

    /// The text to several people that was begun on a number, or of all there are the one that was written last; and where
    /// it was begun.
    pub async fn broadcast(&self, begun: Option<Address>) -> Result<Option<(Address, Broadcast)>, StoreError> {
        self.read(move |conn| Ok(stored(conn, begun.as_ref())?)).await
    }
}

/// The one that was begun on a number, or the last of all.
pub(super) fn stored(conn: &Connection, begun: Option<&Address>) -> rusqlite::Result<Option<(Address, Broadcast)>> {
    // there are as many as numbers at most
    let mut all = sql::list(
        conn,
        "SELECT n.address, s.address, b.people, b.body, b.saved_at FROM broadcasts b
                     CROSS JOIN numbers n ON n.id = b.number_id CROSS JOIN numbers s ON s.id = b.sender_id
                 WHERE ?1 IS NULL OR n.address = ?1",
        [begun.map(Address::as_str)],
        |row| {
            let broadcast = Broadcast {
                sender: Address::from_normal(row.get::<_, String>(1)?),
                people: people_of(&row.get::<_, String>(2)?),
                text: row.get(3)?,
            };
            Ok((row.get::<_, i64>(4)?, Address::from_normal(row.get::<_, String>(0)?), broadcast))
        },
    )?;
    all.sort_by_key(|(saved_at, ..)| *saved_at);
    Ok(all.pop().map(|(_, begun, broadcast)| (begun, broadcast)))
}

/// Takes the one away that was begun on a number, where there is one.
pub(super) fn clear(conn: &Connection, begun: &Address) -> rusqlite::Result<()> {
    let statement = "DELETE FROM broadcasts WHERE number_id = (SELECT id FROM numbers WHERE address = ?1)";
    sql::run(conn, statement, [begun.as_str()]).map(drop)
}

fn list_of(people: &[Contact]) -> String {
    let pairs: Vec<_> = people.iter().map(|contact| (contact.address.as_str(), contact.name.as_deref())).collect();
    serde_json::to_string(&pairs).unwrap_or_else(|_| "[]".to_owned())
}

/// A list that cannot be read is as good as none: the text is there all the same.
fn people_of(text: &str) -> Vec<Contact> {
    let pairs: Vec<(String, Option<String>)> = serde_json::from_str(text).unwrap_or_default();
    pairs.into_iter().map(|(address, name)| Contact { address: Address::from_normal(address), name }).collect()
}
