//! The way into the cache: who is alone with it looks whether it is sound, and mends it where it is not.

use std::path::Path;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::attendant::Attendant;
use super::open::{self, MIGRATIONS};
use super::presence::{self, Presence};
use super::rescue::{self, Recovery};
use super::{StoreError, check, erasure, normalize_contacts};
use crate::model::upkeep::{Chore, Upkeep};

/// A version of the schema that cannot be one: the field that says so is damaged. There will not be as many.
const NO_VERSION: i64 = 0xffff;

const NO_DATABASE: &str = "its first page is not that of a database";

/// An open cache.
pub(super) struct Opened {
    pub(super) conn: Connection,
    pub(super) presence: Presence,
    pub(super) identity: Identity,
    pub(super) recovery: Option<Recovery>,
}

/// Opens the cache for writing; sets it aside and makes another one where it is damaged and nobody else has it open.
pub(super) fn enter(path: &Path, attendant: &Attendant) -> Result<Opened, StoreError> {
    open::make_folder(path)?;
    open::look(path)?;
    let (presence, mut alone) = Presence::enter(path, attendant)?;
    let mut recovery = None;
    if alone {
        open::clear_partial(path);
        recovery = rescue::take_up(path)?;
    }
    let mut opened = sound(path, &presence, alone, attendant);
    if !alone && let Err(error @ (StoreError::Damaged { .. } | StoreError::NotADatabase { .. })) = opened {
        if !presence.be_alone() {
            presence::suspect(path);
            let detail = match error {
                StoreError::Damaged { detail, .. } => detail,
                _ => NO_DATABASE.to_owned(),
            };
            return Err(StoreError::Damaged {
                path: path.to_owned(),
                detail: format!("{detail}; it is open elsewhere"),
            });
        }
        // somebody may have mended it while we waited
        alone = true;
        opened = sound(path, &presence, alone, attendant);
    }
    let conn = match opened {
        Err(StoreError::Damaged { detail, .. }) if alone => {
            recovery = Some(rescue::rescue(path, &detail, attendant)?);
            presence::clear(path);
            sound(path, &presence, alone, attendant)?
        }
        opened => opened?,
    };
    erasure::expire(path);
    let identity = Identity::of(path);
    if alone {
        rescue::forget(path);
        presence.note_ours();
        presence.share();
    }
    Ok(Opened { conn, presence, identity, recovery })
}

/// Opens the cache if it is sound; [`StoreError::Damaged`] where it is ours and is not.
fn sound(path: &Path, presence: &Presence, alone: bool, attendant: &Attendant) -> Result<Connection, StoreError> {
    let damaged = |detail: String| Err(StoreError::Damaged { path: path.to_owned(), detail });
    if alone {
        let wrong = rescue::first_look(path, presence.has_been_ours());
        if let Some(wrong) = wrong.map_err(|error| StoreError::from_io(path, error))? {
            return damaged(wrong.to_owned());
        }
    }
    open::make_file(path)?;
    match connect(path, alone, attendant).map_err(|error| error.about(path)) {
        Err(StoreError::NotADatabase { .. }) if alone && rescue::was_ours(path, presence.has_been_ours()) => {
            damaged(NO_DATABASE.to_owned())
        }
        Err(StoreError::Newer { found, .. }) if alone && found > NO_VERSION && rescue::was_ours(path, false) => {
            damaged(format!("its version reads as {found}"))
        }
        opened => opened,
    }
}

fn connect(path: &Path, alone: bool, attendant: &Attendant) -> Result<Connection, StoreError> {
    let mut conn = open::connect(path)?;
    attendant.attend(&conn)?;
    // what turns out to be damaged stays as it is: SQLite would write the log into the file when it closes it
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    open::prepare(&mut conn, path, MIGRATIONS, attendant)?;
    let suspect = alone && presence::is_suspect(path);
    let mut wrong = check::quick(&conn, MIGRATIONS)?;
    if suspect && wrong.is_none() {
        attendant.tell(Upkeep::uncounted(Chore::Check))?;
        wrong = check::full(&conn)?;
    }
    if let Some(detail) = wrong {
        return Err(StoreError::Damaged { path: path.to_owned(), detail });
    }
    if suspect {
        presence::clear(path);
    }
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    let_be(normalize_contacts::normalize_contacts(&mut conn), path, attendant)?;
    Attendant::leave(&conn)?;
    Ok(conn)
}

/// What makes the cache better is not worth keeping people from it: it is done when the cache is next opened. Only damage
/// counts, and that somebody wants to stop.
fn let_be(done: Result<(), StoreError>, path: &Path, attendant: &Attendant) -> Result<(), StoreError> {
    match done.map_err(|error| error.about(path)) {
        Err(error @ (StoreError::Damaged { .. } | StoreError::NotADatabase { .. })) => Err(error),
        Err(error) if attendant.is_stopped() => Err(error),
        Err(why) => {
            tracing::warn!(%why, "contact addresses of an earlier version stay as they are for now");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Which file this is, whatever its name: a file that was moved away is still written to by who has it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Identity(Option<(u64, u64)>);

impl Identity {
    pub(super) fn of(path: &Path) -> Self {
        #[cfg(unix)]
        let file = {
            use std::os::unix::fs::MetadataExt;
            std::fs::symlink_metadata(path).ok().map(|meta| (meta.dev(), meta.ino()))
        };
        // Windows does not let go of the name of an open file
        #[cfg(not(unix))]
        let file = path.exists().then_some((0, 0));
        Self(file)
    }

    /// Fails where the path leads to another file by now, or to none.
    pub(super) fn check(self, path: &Path) -> Result<(), StoreError> {
        if Self::of(path) == self { Ok(()) } else { Err(StoreError::Replaced { path: path.to_owned() }) }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use rusqlite::ffi;

    use super::*;

    #[rstest]
    #[case::full(ffi::SQLITE_FULL, true)]
    #[case::busy(ffi::SQLITE_BUSY, true)]
    #[case::damaged(ffi::SQLITE_CORRUPT, false)]
    fn only_damage_keeps_the_cache_closed(#[case] code: i32, #[case] opens: bool) {
        let failed = || Err(StoreError::Sql(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)));
        let path = Path::new("mctui.db");
        assert_eq!(let_be(failed(), path, &Attendant::default()).is_ok(), opens);
        let stopped = Attendant::default();
        stopped.stop();
        assert!(let_be(failed(), path, &stopped).is_err());
    }
}
