//! Phone numbers as people, records and config files write them.

use mctui::model::Address;
use mctui::model::phone::plain_char;

use super::make::Script;
use super::shapes::DIGITS;

/// What is read is a number that exists in form, or a name as it stands, and reading it again changes nothing.
pub fn check(data: &[u8]) {
    let mut script = Script(data);
    let text = match script.byte() % 4 {
        0 => String::from_utf8_lossy(script.rest()).into_owned(),
        1 => script.text(8),
        _ => {
            let mut text = String::new();
            while !script.is_over() && text.len() < 2_000 {
                text.push_str(script.one(DIGITS));
            }
            text
        }
    };
    if let Ok(address) = Address::parse(&text) {
        let digits = address.as_str().strip_prefix('+').unwrap_or(address.as_str());
        assert!(digits.bytes().all(|b| b.is_ascii_digit()), "{text:?} is {address:?}");
        let lengths = if address.is_e164() { 7..=15 } else { 5..=6 };
        assert!(lengths.contains(&digits.len()), "{text:?} is {address:?}");
        assert_eq!(address.is_e164(), address.as_str().starts_with('+'));
        assert!(address.can_receive());
        assert_eq!(Address::parse(address.as_str()).as_ref(), Ok(&address), "{text:?}");
        assert_eq!(
            Address::parse(&address.display()).as_ref(),
            Ok(&address),
            "{text:?} is shown {:?}",
            address.display()
        );
        assert_eq!(Address::from_wire(&text).as_ref(), Some(&address), "{text:?}");
        assert_eq!(Address::parse(&format!(" {text}\n")).as_ref(), Ok(&address), "{text:?}");
    }
    match Address::from_wire(&text) {
        None => assert!(is_nobody(&text), "{text:?}"),
        Some(address) => {
            assert!(!address.as_str().trim().is_empty() && address.as_str().chars().count() <= 100, "{text:?}");
            assert_eq!(Address::from_wire(address.as_str()).as_ref(), Some(&address), "{text:?}");
            assert!(!address.display().is_empty());
            if let Some(national) = address.national_digits() {
                // ten digits are shown as such, though no such number need exist
                assert!(national.len() == 10 && address.as_str() == format!("+1{national}"), "{text:?}");
            }
            if address.is_e164() {
                assert_eq!(Address::parse(address.as_str()).as_ref(), Ok(&address), "{text:?}");
            }
        }
    }
}

/// Whether nothing can be seen in a text, or in what its link leads to: `tel:`, `sms:?body=Hi`.
fn is_nobody(text: &str) -> bool {
    let is_around = |c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '<' | '>');
    let seen: String = text.chars().filter_map(plain_char).filter(|c| !c.is_control()).collect();
    let seen = seen.to_ascii_lowercase();
    let mut rest = seen.trim();
    while let Some(target) =
        ["tel:", "sms:"].iter().find_map(|scheme| rest.trim_matches(is_around).strip_prefix(scheme))
    {
        rest = target.split(['?', '&', ';']).next().unwrap_or_default().trim_matches(is_around);
    }
    rest.is_empty()
}
