//! Which path answers for an operation (`mightycall-api.md`, section 2, "Order to try"). A wrong guess costs a request of
//! the daily budget, so what answered is remembered.

use super::{Store, StoreError, sql};

impl Store {
    /// The operations of a service whose path is known, with that path.
    pub async fn routes(&self, service: &str) -> Result<Vec<(String, String)>, StoreError> {
        let service = service.to_owned();
        self.read(move |conn| {
            let known = sql::list(
                conn,
                "SELECT operation, path FROM routes WHERE service = ?1 ORDER BY operation",
                [service],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            Ok(known)
        })
        .await
    }

    /// Remembers the path that answered.
    pub async fn remember_route(&self, service: &str, operation: &str, path: &str) -> Result<(), StoreError> {
        let values = [service.to_owned(), operation.to_owned(), path.to_owned()];
        self.write(move |conn, _| {
            sql::run(
                conn,
                "INSERT INTO routes (service, operation, path) VALUES (?1, ?2, ?3)
                 ON CONFLICT (service, operation) DO UPDATE SET path = excluded.path WHERE path <> excluded.path",
                values,
            )?;
            Ok(())
        })
        .await
    }

    /// Forgets a path that answers no more.
    pub async fn forget_route(&self, service: &str, operation: &str) -> Result<(), StoreError> {
        let values = [service.to_owned(), operation.to_owned()];
        self.write(move |conn, _| {
            sql::run(conn, "DELETE FROM routes WHERE service = ?1 AND operation = ?2", values)?;
            Ok(())
        })
        .await
    }
}
