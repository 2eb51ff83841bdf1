//! The other parties, over all numbers.

use rusqlite::params;

use super::{Store, StoreError, people, sql};
use crate::model::{Address, Contact};

impl Store {
    /// At most `limit` contacts, the one with the latest activity first.
    pub async fn contacts(&self, limit: usize) -> Result<Vec<Contact>, StoreError> {
        self.read(move |conn| {
            let rows = sql::list(
                conn,
                "SELECT address, name FROM contacts INDEXED BY contacts_by_activity
                 ORDER BY activity DESC, id DESC LIMIT ?1",
                [sql::limit(limit)],
                |row| Ok(Contact { address: Address::from_normal(row.get::<_, String>(0)?), name: row.get(1)? }),
            )?;
            Ok(rows)
        })
        .await
    }

    /// For at most `limit` contacts, the ones with the latest activity: which of our numbers they were last in touch with.
    pub async fn last_numbers(&self, limit: usize) -> Result<Vec<(Address, Address)>, StoreError> {
        self.read(move |conn| {
            let rows = sql::list(
                conn,
                "SELECT c.address, n.address, max(t.activity)
                 FROM (SELECT id, address FROM contacts INDEXED BY contacts_by_activity
                       ORDER BY activity DESC, id DESC LIMIT ?1) c
                     CROSS JOIN threads t ON t.contact_id = c.id CROSS JOIN numbers n ON n.id = t.number_id
                 WHERE t.hidden = 0 GROUP BY c.id",
                [sql::limit(limit)],
                |row| {
                    let address = |at| row.get::<_, String>(at).map(Address::from_normal);
                    Ok((address(0)?, address(1)?))
                },
            )?;
            Ok(rows)
        })
        .await
    }

    /// Names a contact, who is made where they are missing, as a person wants it: no record changes that name. A name of
    /// blanks takes the name away, and the next record that has one gives it again.
    pub async fn name_contact(&self, address: Address, name: &str) -> Result<(), StoreError> {
        let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        self.write(move |conn, touched| {
            let id = people::ensure_contact(conn, &address)?;
            sql::run(
                conn,
                "UPDATE contacts SET name = ?2, pinned = ?2 IS NOT NULL, named_at = 0 WHERE id = ?1",
                params![id, name],
            )?;
            Ok(people::touch_threads_of(conn, id, touched)?)
        })
        .await
    }
}
