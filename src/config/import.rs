//! The set-up JSON: `{"numbers":[{"phone_number","label","mighty_call_key","is_default"}]}` (README, "For scripts").

use secrecy::zeroize::Zeroize;
use serde::Deserialize;

use super::{ConfigError, NumberEntry, Secret};
use crate::model::Address;

#[derive(Deserialize)]
struct Shape {
    numbers: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    phone_number: String,
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    mighty_call_key: Option<String>,
    #[serde(default)]
    is_default: bool,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.mighty_call_key.zeroize();
    }
}

/// Reads the set-up JSON. All of it or nothing: the first entry that is wrong is named by its place, from 1.
pub fn parse(text: &str) -> Result<Vec<NumberEntry>, ConfigError> {
    let text = text.trim_start_matches('\u{feff}');
    // serde's message can quote a value, and a value can be a key: only the place is told
    let shape: Shape = serde_json::from_str(text).map_err(|why| {
        ConfigError::Input(format!(
            "the set-up file is not as expected at line {}, column {}; it must be {{\"numbers\":[{{\"phone_number\":\"…\",\"label\":\"…\",\"mighty_call_key\":\"…\",\"is_default\":true}}]}}",
            why.line(),
            why.column()
        ))
    })?;
    if shape.numbers.is_empty() {
        return Err(ConfigError::Input("the set-up file lists no numbers".to_owned()));
    }
    let mut numbers: Vec<NumberEntry> = Vec::with_capacity(shape.numbers.len());
    for (index, entry) in shape.numbers.into_iter().enumerate() {
        let wrong = |why: String| ConfigError::Input(format!("number {} of the set-up file: {why}", index + 1));
        let address = Address::parse(&entry.phone_number).map_err(|why| wrong(why.unquoted()))?;
        if !address.is_e164() {
            return Err(wrong(format!("{address} is a short code; a business number is a full number")));
        }
        if numbers.iter().any(|other| other.address == address) {
            return Err(wrong(format!("{} is listed twice", address.display())));
        }
        if entry.is_default && numbers.iter().any(|other| other.is_default) {
            return Err(wrong("two numbers are marked as the default; mark one".to_owned()));
        }
        let key = match entry.mighty_call_key.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(text) => Some(Secret::parse(text).map_err(|why| wrong(why.to_string()))?),
        };
        let label = entry.label.as_deref().map(|label| label.trim().to_owned()).filter(|label| !label.is_empty());
        numbers.push(NumberEntry { address, label, key, is_default: entry.is_default });
    }
    Ok(numbers)
}

/// Fits new numbers to those that are there: a label that is not given stays, and so does the default where nobody chooses
/// another; where there never was one, the first is.
pub fn merge(mut new: Vec<NumberEntry>, there: &[NumberEntry]) -> Vec<NumberEntry> {
    let chosen = new.iter().any(|entry| entry.is_default);
    let old_default = there.iter().find(|entry| entry.is_default).map(|entry| &entry.address);
    for (index, entry) in new.iter_mut().enumerate() {
        if let Some(old) = there.iter().find(|old| old.address == entry.address) {
            entry.label = entry.label.take().or_else(|| old.label.clone());
        }
        entry.is_default |= !chosen && old_default.map_or(index == 0, |address| *address == entry.address);
    }
    new
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn reads_keys_or_none() {
        let numbers = parse(
            r#"{"numbers":[{"phone_number":"202-555-0101","label":"Main","mighty_call_key":"demo-key-1","is_default":true},
                {"phone_number":"+12025550102","label":null,"mighty_call_key":""}]}"#,
        )
        .unwrap();
        assert_eq!(numbers[0].key.as_ref().unwrap().expose(), "demo-key-1");
        assert!(numbers[0].is_default);
        assert_eq!(
            numbers[1],
            NumberEntry { address: Address::parse("2025550102").unwrap(), label: None, key: None, is_default: false }
        );
    }

    #[test]
    fn merges_without_losing_the_default_or_a_label() {
        let entry = |phone: &str, label: Option<&str>, is_default| NumberEntry {
            address: Address::parse(phone).unwrap(),
            label: label.map(str::to_owned),
            key: None,
            is_default,
        };
        let (main, side) = (entry("2025550101", Some("Main"), true), entry("2025550102", None, false));
        let bare = || vec![entry("2025550101", None, false), entry("2025550102", Some("Side"), false)];
        let merged = merge(bare(), &[main.clone(), side]);
        assert_eq!(merged, [main.clone(), entry("2025550102", Some("Side"), false)]);
        assert!(merge(bare(), &[])[0].is_default);
        assert!(!merge(vec![entry("2025550102", None, false)], &[main])[0].is_default);
    }

    #[rstest]
    #[case("", "line 1")]
    #[case("[]", "must be")]
    #[case(r#"{"numbers":[]}"#, "no numbers")]
    #[case(r#"{"numbers":[{"phone_number":"Dana"}]}"#, "number 1")]
    #[case(r#"{"numbers":[{"phone_number":"2025550101"},{"phone_number":"(202) 555-0101"}]}"#, "twice")]
    #[case(r#"{"numbers":[{"phone_number":"2025550101","mighty_call_key":"demo\nkey"}]}"#, "line break")]
    #[case(r#"{"numbers":[{"phone_number":"2025550101","is_default":true},{"phone_number":"2025550102","is_default":true}]}"#, "default")]
    fn says_what_is_wrong(#[case] text: &str, #[case] says: &str) {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}
