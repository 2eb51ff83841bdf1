//! A record as SQLite stores it (<https://sqlite.org/fileformat2.html>, "Record Format").

use std::borrow::Cow;

use rusqlite::ToSql;
use rusqlite::types::{Null, ToSqlOutput};

/// A value of a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Value {
    Null,
    Int(i64),
    Text(Vec<u8>),
    Blob(Vec<u8>),
    /// A fraction: the cache has none.
    Other,
}

impl Value {
    pub(super) fn int(&self) -> Option<i64> {
        if let Self::Int(value) = self { Some(*value) } else { None }
    }

    /// A text that is one.
    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(bytes) = self { std::str::from_utf8(bytes).ok() } else { None }
    }

    pub(super) fn is(&self, flag: bool) -> bool {
        self.int() == Some(flag.into())
    }
}

/// Goes into a new cache as it is; of a damaged text what can be read.
impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null | Self::Other => Null.into(),
            Self::Blob(bytes) => bytes.as_slice().into(),
            Self::Int(value) => (*value).into(),
            Self::Text(bytes) => match String::from_utf8_lossy(bytes) {
                Cow::Borrowed(text) => text.into(),
                Cow::Owned(text) => text.into(),
            },
        })
    }
}

/// A number of one to nine bytes, and how many.
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0;
    for (at, &byte) in bytes.iter().take(8).enumerate() {
        value = value << 7 | u64::from(byte & 0x7f);
        if byte < 0x80 {
            return Some((value, at + 1));
        }
    }
    bytes.get(8).map(|&last| (value << 8 | u64::from(last), 9))
}

/// The values of a record; `None` where it is not one from its first byte to its last.
pub(super) fn values(record: &[u8]) -> Option<Vec<Value>> {
    let (head, mut at) = varint(record)?;
    let head = usize::try_from(head).ok().filter(|&head| head <= record.len())?;
    let mut body = head;
    let mut values = Vec::new();
    while at < head {
        let (kind, length) = varint(&record[at..head])?;
        at += length;
        let size = match kind {
            0 | 8 | 9 => 0,
            1..=4 => usize::try_from(kind).ok()?,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            _ => usize::try_from((kind - 12) / 2).ok()?,
        };
        let bytes = record.get(body..body.checked_add(size)?)?;
        body += size;
        values.push(match kind {
            0 => Value::Null,
            8 => Value::Int(0),
            9 => Value::Int(1),
            1..=6 => Value::Int(integer(bytes)),
            7 => Value::Other,
            _ if kind % 2 == 1 => Value::Text(bytes.to_vec()),
            _ => Value::Blob(bytes.to_vec()),
        });
    }
    (at == head && body == record.len()).then_some(values)
}

fn integer(bytes: &[u8]) -> i64 {
    let sign = if bytes.first().is_some_and(|first| *first >= 0x80) { -1 } else { 0 };
    bytes.iter().fold(sign, |value: i64, &byte| value << 8 | i64::from(byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(&[0x00], 0, 1)]
    #[case(&[0x7f, 0xff], 127, 1)]
    #[case(&[0x81, 0x00], 128, 2)]
    #[case(&[0xff; 9], u64::MAX, 9)]
    fn reads_varints(#[case] bytes: &[u8], #[case] value: u64, #[case] length: usize) {
        assert_eq!(varint(bytes), Some((value, length)));
        assert_eq!(varint(&bytes[..length - 1]), None, "cut off");
    }

    #[rstest]
    #[case(&[], 0)]
    #[case(&[0xff], -1)]
    #[case(&[0x00, 0xff], 255)]
    #[case(&[0x80, 0x00, 0x00], -8_388_608)]
    #[case(&[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], i64::MAX)]
    fn reads_integers(#[case] bytes: &[u8], #[case] value: i64) {
        assert_eq!(integer(bytes), value);
    }

    #[test]
    fn reads_a_record_whole_or_not_at_all() {
        // NULL, 1, 'hi', 300
        let record = [5, 0, 9, 17, 2, b'h', b'i', 1, 44];
        let expected = [Value::Null, Value::Int(1), Value::Text(b"hi".to_vec()), Value::Int(300)];
        assert_eq!(values(&record), Some(expected.to_vec()));
        for cut in 0..record.len() {
            assert_eq!(values(&record[..cut]), None, "{cut}");
        }
        assert_eq!(values(&[&record[..], &[0]].concat()), None, "a byte too many");
    }

    proptest! {
        #[test]
        fn takes_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = (varint(&bytes), values(&bytes));
        }
    }
}
