//! The second id of a record, as a row holds it.

use std::borrow::Cow;
use std::fmt;

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef};

/// Where the hyphens of a GUID are.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// An id: a GUID as its 16 bytes, in whatever case it was written; any other as its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RequestGuid {
    Guid(u128),
    Text(String),
}

impl RequestGuid {
    pub(super) fn new(text: &str) -> Self {
        guid(text).map_or_else(|| Self::Text(text.to_owned()), Self::Guid)
    }
}

/// The number that a text with the shape of a GUID writes.
fn guid(text: &str) -> Option<u128> {
    let shaped = text.len() == 36
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if HYPHENS.contains(&at) { byte == b'-' } else { byte.is_ascii_hexdigit() });
    shaped.then(|| u128::from_str_radix(&text.replace('-', ""), 16).ok()).flatten()
}

/// Whether two ids of MightyCall's are the same: of GUIDs, the case says nothing.
pub fn same_id(one: &str, other: &str) -> bool {
    one == other || guid(one).is_some_and(|one| guid(other) == Some(one))
}

/// How an id may be written in a column that holds texts as they came: as given, and a GUID in either case.
pub(super) fn spellings(id: &str) -> Vec<Cow<'_, str>> {
    let mut all = vec![Cow::Borrowed(id)];
    if guid(id).is_some() {
        for other in [id.to_ascii_lowercase(), id.to_ascii_uppercase()] {
            if other != id {
                all.push(Cow::Owned(other));
            }
        }
    }
    all
}

/// A GUID in lower case with hyphens.
impl fmt::Display for RequestGuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guid(guid) => {
                let digits = format!("{guid:032x}");
                write!(
                    f,
                    "{}-{}-{}-{}-{}",
                    &digits[..8],
                    &digits[8..12],
                    &digits[12..16],
                    &digits[16..20],
                    &digits[20..]
                )
            }
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl ToSql for RequestGuid {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Guid(guid) => guid.to_be_bytes().to_vec().into(),
            Self::Text(text) => text.as_str().into(),
        })
    }
}

impl FromSql for RequestGuid {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value {
            // of a damaged one what can be read: a conversation does not depend on it
            ValueRef::Blob(bytes) => Ok(bytes.try_into().map_or_else(
                |_| Self::Text(String::from_utf8_lossy(bytes).into_owned()),
                |bytes| Self::Guid(u128::from_be_bytes(bytes)),
            )),
            text => Ok(Self::Text(text.as_str()?.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const GUID: &str = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

    #[rstest]
    #[case::guid(GUID, GUID)]
    #[case::guid_in_capitals("0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0", GUID)]
    #[case::sixteen_letters("abcdefghijklmnop", "abcdefghijklmnop")]
    #[case::journal_id("65a1b2c3d4e5f60718293a4b", "65a1b2c3d4e5f60718293a4b")]
    #[case::without_hyphens("0f1e2d3c4b5a69788796a5b4c3d2e1f0", "0f1e2d3c4b5a69788796a5b4c3d2e1f0")]
    #[case::signed("+f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", "+f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0")]
    #[case::not_ascii("0f1e2d3é-4b5a-6978-8796-a5b4c3d2e1f", "0f1e2d3é-4b5a-6978-8796-a5b4c3d2e1f")]
    #[case::empty("", "")]
    fn reads_back(#[case] given: &str, #[case] back: &str) {
        let conn = rusqlite::Connection::open_in_memory().unwrap();
        conn.execute_batch("CREATE TABLE t (guid ANY) STRICT").unwrap();
        conn.execute("INSERT INTO t VALUES (?1)", [RequestGuid::new(given)]).unwrap();
        let read: RequestGuid = conn.query_row("SELECT guid FROM t", [], |row| row.get(0)).unwrap();
        assert_eq!((read.to_string(), &read), (back.to_owned(), &RequestGuid::new(back)));
        assert!(same_id(given, back));
    }

    #[test]
    fn only_guids_are_the_same_in_another_case() {
        assert!(same_id(GUID, &GUID.to_ascii_uppercase()));
        assert!(!same_id("abc", "ABC") && !same_id(GUID, "abc"));
        assert_eq!(spellings("abc"), ["abc"]);
        assert_eq!(spellings(GUID), [GUID.to_owned(), GUID.to_ascii_uppercase()]);
    }
}
