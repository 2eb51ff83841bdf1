//! Reading JSON of others within limits: how many parts of it are kept, how much text, how deep it goes. What is not kept is
//! passed over without a place in memory for each part, however much there is.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// How much of a JSON text is kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Values, those inside of lists and objects included.
    pub(super) parts: usize,
    /// Bytes of texts and of keys together.
    pub(super) text: usize,
    /// Lists and objects inside of each other.
    pub(super) depth: usize,
    /// What happens beyond that.
    pub(super) beyond: Beyond,
}

/// What happens to what is beyond the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beyond {
    /// All of it is refused.
    Refused,
    /// It is left out, and so is the rest of a long object or text, and of a list with more items than this.
    LeftOut {
        /// Items that are kept.
        items: usize,
    },
}

/// What is looked at to find the list in an answer, and of an answer that is an error. More than one item of a list: what
/// is wrong is quoted.
pub(super) const OUTLINE: Limits =
    Limits { parts: 20_000, text: 1024 * 1024, depth: 8, beyond: Beyond::LeftOut { items: 20 } };
/// The same without looking into lists, where something in one cannot be read.
pub(super) const WITHOUT_ITEMS: Limits = Limits { beyond: Beyond::LeftOut { items: 0 }, ..OUTLINE };
/// An answer that is no list.
pub(super) const ANSWER: Limits = Limits { parts: 5_000, text: 256 * 1024, depth: 16, beyond: Beyond::Refused };
/// One record of a list. Its size is limited before it is read.
pub(super) const RECORD: Limits = Limits { parts: 10_000, text: usize::MAX, depth: 16, beyond: Beyond::Refused };

/// Fields of an object that are kept where the rest is left out.
pub(super) const MOST_FIELDS: usize = 200;
/// Bytes of one text that are kept where the rest is left out.
const LONGEST_TEXT: usize = 4_096;

/// Why nothing was read.
#[derive(Debug)]
pub(super) enum Unread {
    /// It is beyond the limits.
    TooMuch,
    /// It is no JSON.
    NoJson(serde_json::Error),
}

/// Reads one JSON text. In a list of which something was left out, `true` stands at the end for the rest.
pub(super) fn read(text: &str, limits: &Limits) -> Result<Value, Unread> {
    let meter =
        Meter { limits, parts: Cell::new(limits.parts), text: Cell::new(limits.text), is_exceeded: Cell::new(false) };
    let mut json = serde_json::Deserializer::from_str(text);
    let part = Part { meter: &meter, depth: limits.depth };
    let read = part.deserialize(&mut json).and_then(|value| json.end().map(|()| value));
    read.map_err(|why| if meter.is_exceeded.get() { Unread::TooMuch } else { Unread::NoJson(why) })
}

/// What is left of the limits.
struct Meter<'l> {
    limits: &'l Limits,
    parts: Cell<usize>,
    text: Cell<usize>,
    is_exceeded: Cell<bool>,
}

impl Meter<'_> {
    fn leaves_out(&self) -> bool {
        matches!(self.limits.beyond, Beyond::LeftOut { .. })
    }

    /// Takes this much; `false` where it is to be left out.
    fn take<E: serde::de::Error>(&self, left: &Cell<usize>, much: usize) -> Result<bool, E> {
        match left.get().checked_sub(much) {
            Some(rest) => {
                left.set(rest);
                Ok(true)
            }
            None => self.refuse(),
        }
    }

    fn refuse<E: serde::de::Error>(&self) -> Result<bool, E> {
        if self.leaves_out() {
            return Ok(false);
        }
        self.is_exceeded.set(true);
        Err(E::custom("it is beyond the limits"))
    }
}

/// One value, and how deep it may go.
#[derive(Clone, Copy)]
struct Part<'m> {
    meter: &'m Meter<'m>,
    depth: usize,
}

impl Part<'_> {
    fn inside(self) -> Self {
        Self { depth: self.depth - 1, ..self }
    }
}

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        if self.meter.take(&self.meter.parts, 1)? {
            json.deserialize_any(self)
        } else {
            json.deserialize_ignored_any(IgnoredAny).map(|_| Value::Null)
        }
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        let text = if self.meter.leaves_out() { &text[..text.floor_char_boundary(LONGEST_TEXT)] } else { text };
        let kept = self.meter.take(&self.meter.text, text.len())?;
        Ok(if kept { Value::String(text.to_owned()) } else { Value::Null })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut kept = Vec::new();
        if self.depth == 0 {
            self.meter.refuse::<A::Error>()?;
        } else {
            let most = match self.meter.limits.beyond {
                Beyond::Refused => usize::MAX,
                Beyond::LeftOut { items } => items,
            };
            while kept.len() < most {
                match items.next_element_seed(self.inside())? {
                    Some(item) => kept.push(item),
                    None => return Ok(Value::Array(kept)),
                }
            }
        }
        if items.next_element::<IgnoredAny>()?.is_some() {
            kept.push(Value::Bool(true));
            while items.next_element::<IgnoredAny>()?.is_some() {}
        }
        Ok(Value::Array(kept))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut kept = Map::new();
        let mut came = 0;
        if self.depth == 0 {
            self.meter.refuse::<A::Error>()?;
            came = MOST_FIELDS;
        }
        while !self.meter.leaves_out() || came < MOST_FIELDS {
            let Some(key) = fields.next_key_seed(Key(self.meter))? else { return Ok(Value::Object(kept)) };
            match key {
                Some(key) => {
                    let value = fields.next_value_seed(self.inside())?;
                    kept.insert(key, value);
                }
                None => {
                    fields.next_value::<IgnoredAny>()?;
                }
            }
            came += 1;
        }
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Object(kept))
    }
}

/// The name of a field; `None` where it is left out.
struct Key<'m>(&'m Meter<'m>);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Option<String>, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Option<String>, E> {
        if self.0.leaves_out() && name.len() > LONGEST_TEXT {
            return Ok(None);
        }
        Ok(self.0.take(&self.0.text, name.len())?.then(|| name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    const SMALL: Limits = Limits { parts: 30, text: 40, depth: 3, beyond: Beyond::Refused };
    const CUT: Limits = Limits { beyond: Beyond::LeftOut { items: 20 }, ..SMALL };

    #[rstest]
    #[case::scalars(r#"[1,-2,0.5,true,null,"a\n\u00e9"]"#)]
    #[case::fields(r#"{"a":{"b":[1]},"c":{},"d":[]}"#)]
    #[case::twice(r#"{"a":1,"a":2}"#)]
    #[case::large("[18446744073709551615,-9223372036854775808,1e300,123456789012345678901234567890]")]
    #[case::blanks(" [ 1 , { \"a\" : 2 } ]\n")]
    fn reads_what_is_within_the_limits(#[case] text: &str) {
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(read(text, &SMALL).unwrap(), expected);
        assert_eq!(read(text, &CUT).unwrap(), expected);
    }

    #[rstest]
    #[case::parts(json!(vec![0; 40]))]
    #[case::text(json!("x".repeat(41)))]
    #[case::keys(json!({"x".repeat(41): 0}))]
    #[case::depth(json!([[[[]]]]))]
    #[case::deep_object(json!({"a": {"a": {"a": {}}}}))]
    fn what_is_beyond_is_refused_or_left_out(#[case] value: Value) {
        let text = json!([value]).to_string();
        assert!(matches!(read(&text, &SMALL), Err(Unread::TooMuch)));
        assert!(read(&text, &CUT).unwrap().is_array());
    }

    #[test]
    fn the_rest_of_what_is_long_is_left_out_and_a_list_says_so() {
        let long = json!({"a": vec![1; 30], "b": "é".repeat(3_000), "c": 7}).to_string();
        let read = read(&long, &OUTLINE).unwrap();
        let mut kept = vec![json!(1); 20];
        kept.push(json!(true));
        assert_eq!(read, json!({"a": kept, "b": "é".repeat(LONGEST_TEXT / 2), "c": 7}));
        let hollow = super::read(r#"{"a":[1e999,"\ud83d"],"b":[]}"#, &WITHOUT_ITEMS).unwrap();
        assert_eq!(hollow, json!({"a": [true], "b": []}));
    }

    #[rstest]
    #[case("")]
    #[case("[1")]
    #[case("[1] 2")]
    #[case(r#"["\ud83d"]"#)]
    #[case("[1e999]")]
    fn what_is_no_json_is_not_read(#[case] text: &str) {
        assert!(matches!(read(text, &SMALL), Err(Unread::NoJson(_))));
    }

    /// Nothing deep or long takes the stack or much memory, wherever it stands.
    #[rstest]
    #[case("[", "]")]
    #[case("{\"a\":", "}")]
    #[case("[{\"data\":", "}]")]
    fn depth_does_not_end_the_program(#[case] open: &str, #[case] close: &str) {
        let deep = format!("{}0{}", open.repeat(1_000_000), close.repeat(1_000_000));
        assert!(read(&deep, &OUTLINE).is_ok());
        assert!(matches!(read(&deep, &RECORD), Err(Unread::TooMuch)));
        assert!(matches!(read(&deep[..1_000_000], &OUTLINE), Err(Unread::NoJson(why)) if why.is_eof()));
    }

    proptest! {
        #[test]
        fn within_the_limits_it_is_as_written(numbers in prop::collection::vec(any::<i64>(), 0..20), text in "\\PC{0,20}") {
            let value = json!({"list": numbers, "text": text, "inside": {"list": [text]}});
            prop_assert_eq!(read(&value.to_string(), &RECORD).unwrap(), value.clone());
            prop_assert_eq!(read(&value.to_string(), &OUTLINE).unwrap(), value);
        }
    }
}
