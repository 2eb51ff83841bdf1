//! Numbers as people and records write them.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

#[rstest]
#[case("(202) 555-0101", "+12025550101")]
#[case("202.555.0101", "+12025550101")]
#[case("202-555-0101", "+12025550101")]
#[case("1-202-555-0101", "+12025550101")]
#[case("+12025550101", "+12025550101")]
#[case(" +1 (202) 555 0101 ", "+12025550101")]
#[case("202\u{a0}555\u{2011}0101", "+12025550101")]
#[case("+44 20 7946 0000", "+442079460000")]
#[case("+44 (0)20 7946 0000", "+442079460000")]
#[case("011 44 20 7946 0000", "+442079460000")]
#[case("tel:+1-202-555-0101", "+12025550101")]
#[case("TEL://%2B12025550101", "+12025550101")]
#[case("sms:+12025550101?body=Hi%20there", "+12025550101")]
#[case("smsto:2025550101", "+12025550101")]
#[case("callto:(202)%20555-0101", "+12025550101")]
#[case("tel:020-7946-0000;phone-context=+44", "+442079460000")]
#[case("tel:202-555-0101;ext=12;phone-context=+1", "+12025550101")]
#[case("202-555-0101;ext=12", "+12025550101")]
#[case("202-555-0101 ext. 12", "+12025550101")]
#[case("202-555-0101, Ext 12", "+12025550101")]
#[case("(202) 555-0101 (extension 12)", "+12025550101")]
#[case("202.555.0101x12", "+12025550101")]
#[case("202-555-0101 x #12", "+12025550101")]
#[case("202-555-0101 #12", "+12025550101")]
#[case("202-555-0101,,12", "+12025550101")]
#[case("+44 20 7946 0000 EXT: 5", "+442079460000")]
#[case("202-555-0101 доб. 5", "+12025550101")]
#[case("\u{200e}(202)\u{a0}555\u{2011}0101\u{200e}", "+12025550101")]
#[case("\u{2066}+1\u{2007}202\u{2009}555\u{202f}0101\u{2069}", "+12025550101")]
#[case("\u{202a}202\u{2212}555\u{2013}0101\u{202c}", "+12025550101")]
#[case("2\u{ad}0\u{200b}2\u{200d}5\u{2060}5\u{fe0f}5\u{feff}0101", "+12025550101")]
#[case("٢٠٢-٥٥٥-٠١٠١", "+12025550101")]
#[case("२०२ ५५५ ०१०१", "+12025550101")]
#[case("＋１（２０２）５５５－０１０１", "+12025550101")]
#[case("７２３４５", "72345")]
#[case("202·555·0101", "+12025550101")]
#[case("[202] 555/0101", "+12025550101")]
#[case("202\t555\t0101", "+12025550101")]
#[case("\"202-555-0101\"", "+12025550101")]
#[case("(+1) 202-555-0101", "+12025550101")]
#[case("+44(0)20 7946 0000", "+442079460000")]
#[case("+44 ( 0 ) 20 7946 0000", "+442079460000")]
#[case("+44 020 7946 0000", "+442079460000")]
#[case("+49 (0) 30/123456", "+4930123456")]
#[case("+49 6221/12345", "+49622112345")]
#[case("+49 6221 12345", "+49622112345")]
#[case("011 44 (0)20 7946 0000", "+442079460000")]
#[case("+39 06 1234 5678", "+390612345678")]
#[case("+7 800 555 35 35", "+78005553535")]
#[case("+7 8 495 123-45-67", "+74951234567")]
#[case("+61 1800 000 000", "+611800000000")]
#[case("+39 (0)6 6982 1234", "+390669821234")]
#[case("011 39 (0)6 6982 1234", "+390669821234")]
#[case("+378 (0)549 882 345", "+3780549882345")]
#[case("+225 (0)7 01 23 45 67", "+2250701234567")]
#[case("303/555/0162", "+13035550162")]
#[case("303 55 50 162", "+13035550162")]
#[case("723456", "723456")]
#[case("72345", "72345")]
fn reads_every_form(#[case] typed: &str, #[case] normal: &str) {
    assert_eq!(Address::parse(typed).unwrap().as_str(), normal);
}

#[rstest]
#[case("")]
#[case("   ")]
#[case("Dana")]
#[case("+")]
#[case("202-555-01o1")]
#[case("12")]
#[case("2025550")]
#[case("555-01")]
#[case("5550")]
#[case("+1 202 555 010")]
#[case("+12025550101234567")]
#[case("+1202+5550101")]
#[case("2025550101;rm")]
#[case("202-555-CALL")]
#[case("202\u{0}555\u{1b}0101")]
#[case("½025550101")]
fn refuses_what_is_none(#[case] typed: &str) {
    assert!(Address::parse(typed).is_err(), "{typed:?} was read as {:?}", Address::parse(typed));
}

/// What is wrong is said in words, and no digit is guessed.
#[rstest]
#[case("303-555-01622", "11 digits, one too many")]
#[case("30355501622", "11 digits, one too many")]
// with a plus these would be Swiss, Dutch, Egyptian and Australian
#[case("415-555-01622", "11 digits, one too many")]
#[case("312-555-01622", "11 digits, one too many")]
#[case("205-555-01622", "11 digits, one too many")]
#[case("614-555-01622", "11 digits, one too many")]
#[case("303-555-016", "9 digits, one too few")]
#[case("303-555-01", "8 digits, 2 too few")]
#[case("555-0162", "7 digits, 3 too few")]
#[case("555-01", "5 digits, 5 too few")]
#[case("1-303-555-016", "9 digits after the 1, one too few")]
#[case("1303555016", "9 digits after the 1, one too few")]
#[case("1-303-555-01622", "11 digits after the 1, one too many")]
#[case("+1 303 555 016", "9 digits after the 1, one too few")]
#[case("+1 303 555 01622", "11 digits after the 1, one too many")]
#[case("+1 (0)303 555 0162", "11 digits after the 1, one too many")]
#[case("(103) 555-0162", "area code (the first three digits) cannot begin with 1")]
#[case("1035550162", "area code (the first three digits) cannot begin with 1")]
#[case("(003) 555-0162", "begins with 00")]
#[case("(030) 555-0162", "area code (the first three digits) cannot begin with 0")]
#[case("303-155-0162", "exchange (the three digits after the area code) cannot begin with 1")]
#[case("1-303-055-0162", "exchange (the three digits after the area code) cannot begin with 0")]
#[case("1 103 555 0162", "area code (the first three digits) cannot begin with 1")]
#[case("+1 103 555 0162", "area code (the first three digits) cannot begin with 1")]
#[case("+03035550162", "no country code begins with 0")]
#[case("+999 20 7946 0000", "no country code after its +")]
#[case("+442079460000123", "13 digits after +44, 3 too many: numbers there have 7, 9 or 10")]
#[case("+44 20 7946", "6 digits after +44, one too few")]
#[case("+65 6123 456", "7 digits after +65, one too few: numbers there have 8, 10 or 11")]
#[case("442079460000", "begin with + and the country code: +44 20 7946 0000")]
#[case("44 (0)20 7946 0000", "begin with + and the country code: +44 20 7946 0000")]
#[case("020 7946 0000", "begin with + and the country code")]
#[case("0044 20 7946 0000", "write + and the country code instead: +44 20 7946 0000")]
#[case("00 1 303 555 0162", "write + and the country code instead: (303) 555-0162")]
#[case("011 44 20 7946", "not a valid number after 011")]
#[case("011 1 303 555 0162", "not a valid number after 011")]
#[case("+34 (0)612 345 678", "10 digits after +34, one too many")]
#[case("++13035550162", "+ in the wrong place")]
#[case("1+3035550162", "+ in the wrong place")]
#[case("303-555-0162+", "+ in the wrong place")]
#[case("303-555-0162/3", "several phone numbers")]
#[case("303-555-0162/0163", "several phone numbers")]
#[case("303-555-0162 / 303-555-0163", "several phone numbers")]
#[case("+49 30 123456/7", "several phone numbers")]
#[case("303-555-0162 303-555-0163", "several phone numbers")]
#[case("3035550162 3035550163", "several phone numbers")]
#[case("+13035550162+13035550163", "several phone numbers")]
#[case("303-555-0162, 303-555-0163", "several phone numbers")]
#[case("303-555-0162\t303-555-0163", "several phone numbers")]
#[case("303-555-0162\n303-555-0163\n", "several phone numbers")]
#[case("\"303-555-0162\";\"303-555-0163\"", "several phone numbers")]
#[case("303-555-0162 or 303-555-0163", "several phone numbers")]
#[case("72345 72346 72347", "several phone numbers")]
#[case("72345\n72346", "several phone numbers")]
#[case("98765 43210", "several phone numbers")]
#[case("72345/72346", "several phone numbers")]
#[case("72345-72346", "several phone numbers")]
#[case("(72345) (72346)", "several phone numbers")]
#[case("1/72345/72346", "several phone numbers")]
#[case("12345 678901", "several phone numbers")]
#[case("303-555-016\t2", "several phone numbers")]
#[case("303-555-016\n2", "several phone numbers")]
#[case("2345\t678901", "several phone numbers")]
#[case("2345/678901", "several phone numbers")]
#[case("72345\t72346", "several phone numbers")]
#[case("12345 22222", "several phone numbers")]
#[case("sms:+13035550162,+13035550163", "several phone numbers")]
fn says_what_is_wrong(#[case] typed: &str, #[case] says: &str) {
    let error = Address::parse(typed).expect_err(typed).to_string();
    assert!(error.contains(says), "{error}");
}

#[test]
fn an_error_does_not_repeat_what_may_be_a_key() {
    for typed in ["demo-key-1", "demo-key-1 303-555-0162, 303-555-0163", "tel:303-555-016"] {
        let error = Address::parse(typed).unwrap_err();
        assert!(!error.unquoted().contains("demo") && !error.unquoted().contains("tel:"), "{}", error.unquoted());
    }
    let slip = Address::parse("303-555-016").unwrap_err();
    assert_eq!(slip.unquoted(), slip.to_string());
}

/// One person is one address, however a record spells the number.
#[rstest]
#[case("+12025550101", &["12025550101", "2025550101", "(202) 555-0101", "\u{200e}+1 202 555 0101", "tel:+12025550101",
    "+1-202-555-0101;ext=5", "0012025550101", "011 1 202 555 0101", "+0012025550101", "++12025550101", "٢٠٢٥٥٥٠١٠١",
    "202-555-0101 x12", "202\u{2011}555\u{2011}0101", "202\u{0}5550101", "<+12025550101>"])]
#[case("+442079460000", &["442079460000", "+44 (0)20 7946 0000", "44 (0)20 7946 0000", "0044 20 7946 0000",
    "011442079460000", "+4402079460000", "tel:020-7946-0000;phone-context=+44", "+44\u{a0}20\u{2007}7946\u{a0}0000"])]
#[case("+390669821234", &["+39 (0)6 6982 1234", "39 (0)6 6982 1234", "0039 (0)6 6982 1234", "011 39 (0)6 6982 1234"])]
#[case("+34612345678", &["+34 612 345 678", "34612345678"])]
#[case("+340612345678", &["+34 (0)612 345 678"])]
#[case("+19876543210", &["98765 43210", "98765\u{a0}43210", "987 654 3210"])]
#[case("+6561234567", &["6561234567", "+65 6123 4567", "0065 6123 4567"])]
#[case("+11234512345", &["12345 12345"])]
#[case("72345", &["٧٢٣٤٥", "72\u{200b}345", "72-345", "tel:72345"])]
// no plan knows these
#[case("+11035550162", &["(103) 555-0162", "103-555-0162", "1035550162", "11035550162", "+1 103 555 0162"])]
#[case("5550162", &["555-0162", "555 0162", "tel:555-0162", "5550162"])]
#[case("+03035550162", &["+0 303 555 0162", "+03035550162"])]
#[case("MYBANK", &["MY\u{200b}BANK", " MYBANK\u{200e}", "tel:MYBANK"])]
#[case("My Bank", &["My\u{a0}Bank", "My  Bank", "\u{2068}My Bank\u{2069}"])]
fn one_person_is_one_address(#[case] normal: &str, #[case] spellings: &[&str]) {
    for spelling in spellings.iter().chain([&normal]) {
        assert_eq!(Address::from_wire(spelling).unwrap().as_str(), normal, "{spelling:?}");
    }
}

#[rstest]
#[case("(103) 555-0162")]
#[case("+03035550162")]
#[case("555-0162")]
#[case("611")]
#[case("303-555-0162/3")]
#[case("303-555-0162, 303-555-0163")]
#[case("+999 20 7946 0000")]
#[case("+1 202 555 010")]
#[case("MYBANK")]
#[case("5x5")]
fn what_is_no_number_cannot_be_written_to(#[case] wire: &str) {
    let address = Address::from_wire(wire).unwrap();
    assert!(!address.is_e164() && !address.can_receive(), "{address}");
}

#[test]
fn what_cannot_be_seen_is_nobody() {
    assert_eq!(Address::from_wire("\u{200e}\u{a0}\u{feff}\u{0}"), None);
    assert_eq!(Address::parse("\u{200e}\u{a0}"), Err(AddressError::Empty));
}

#[rstest]
#[case("2025550101", Some("+12025550101"))]
#[case("tel:+12025550101", Some("+12025550101"))]
#[case("MYBANK", Some("MYBANK"))]
#[case("72345", Some("72345"))]
#[case("611", Some("611"))]
#[case("  ", None)]
fn keeps_what_records_hold(#[case] wire: &str, #[case] normal: Option<&str>) {
    assert_eq!(Address::from_wire(wire).as_ref().map(Address::as_str), normal);
}

#[rstest]
#[case("+12025550101", "(202) 555-0101")]
#[case("+442079460000", "+44 20 7946 0000")]
#[case("72345", "72345")]
#[case("MYBANK", "MYBANK")]
#[case("+78005553535", "+78005553535")]
#[case("+375801234567", "+375801234567")]
fn shows_people_form(#[case] normal: &str, #[case] shown: &str) {
    assert_eq!(Address::from_normal(normal).display(), shown);
}

#[rstest]
#[case("+1é日日é")]
#[case("+12345")]
#[case("+Prize")]
fn what_only_begins_like_a_number_is_a_name(#[case] wire: &str) {
    let address = Address::from_wire(wire).unwrap();
    assert_eq!((address.display().as_str(), address.is_e164(), address.can_receive()), (wire, false, false));
}

#[test]
fn an_absurd_address_is_cut() {
    for unit in ["x", "日", "(", "+", "1", "-1"] {
        let address = Address::from_wire(&unit.repeat(1_000_000)).unwrap();
        assert!(address.as_str().chars().count() <= LONGEST);
        assert_eq!(Address::from_wire(address.as_str()), Some(address));
        assert!(Address::parse(&unit.repeat(1_000_000)).is_err());
    }
}

#[test]
fn blanks_before_an_address_do_not_hide_it() {
    for blank in [" ", "\n", "\0", "\u{a0}", "\u{200e}"] {
        let blanks = blank.repeat(1_000);
        for text in [format!("{blanks}202-555-0101"), format!("tel:{blanks}202{blanks}5550101{blanks}")] {
            assert_eq!(Address::from_wire(&text).as_ref().map(Address::as_str), Some("+12025550101"));
        }
    }
}

/// Whatever is pasted or received, none of it takes time that grows faster than it does.
#[rstest]
#[case::slashes("3/0/3/5/")]
#[case::schemes("tel:")]
#[case::encoded_schemes("tel%3a")]
#[case::blanks("1 ")]
#[case::blanks_in_numbers("3 0 3 5 5 5 0 1 6 2 ")]
#[case::numbers("303-555-0162 ")]
#[case::brackets("(0)")]
#[case::parameters(";a=")]
#[case::pauses("303-555-0162,,")]
fn a_megabyte_is_looked_through_once(#[case] unit: &str) {
    for length in [LONGEST, 1_000, 10_000, 1_000_000] {
        let text = unit.repeat(length / unit.len());
        let _ = Address::parse(&text);
        if let Some(address) = Address::from_wire(&text) {
            assert_eq!(Address::from_wire(address.as_str()), Some(address));
        }
        let _ = is_list(&text);
        assert!(!split_numbers(&text).is_empty());
        assert!(digits_of_part(&text).is_none_or(|digits| digits.len() <= text.len()));
    }
}

/// Ten digits as the North American plan has them.
const TEN: &str = "[2-9][0-9]{2}[2-9][0-9]{6}";
const INVISIBLE: &str =
    "[\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2060}\u{2066}-\u{2069}\u{feff}\u{ad}\u{fe0f}\u{61c}]{0,2}";
const MARK: &str =
    "[- \u{a0}\u{2007}\u{2009}\u{202f}\u{3000}.\u{b7}\u{ff0e}\u{2010}\u{2011}\u{2013}\u{2014}\u{2212}\u{ff0d}]?";

/// Digits in the script whose zero is given.
fn in_script(digits: &str, zero: char) -> String {
    digits.bytes().map(|b| char::from_u32(zero as u32 + u32::from(b - b'0')).unwrap()).collect()
}

fn spelt() -> impl Strategy<Value = (String, String)> {
    let zero = prop::sample::select(vec!['0', '\u{660}', '\u{6f0}', '\u{966}', '\u{e50}', '\u{ff10}', '\u{1d7ce}']);
    let lead = prop::sample::select(vec!["", "1", "+1", "+ 1", "\u{ff0b}1 ", "tel:", "tel:+1", "TEL://1-", "sms:+1"]);
    let tail = prop::sample::select(vec!["", " ext. 12", "x5", " #77", ";ext=9", " "]);
    let brackets = prop::sample::select(vec![("", ""), ("(", ")"), ("\u{ff08}", "\u{ff09}"), ("[", "] ")]);
    let marks = prop::collection::vec((MARK, INVISIBLE), 4);
    (TEN, zero, lead, brackets, marks, tail).prop_map(|(ten, zero, lead, (open, close), marks, tail)| {
        let mark = |at: usize| format!("{}{}", marks[at].0, marks[at].1);
        let part = |from: usize, to: usize| in_script(&ten[from..to], zero);
        let (area, exchange, last) = (part(0, 3), part(3, 6), part(6, 10));
        let written = format!("{}{lead}{open}{area}{close}{}{exchange}{}{last}{tail}", marks[0].1, mark(1), mark(2));
        (format!("+1{ten}"), written)
    })
}

proptest! {
    #[test]
    fn never_panics_and_normal_form_is_a_fixed_point(text in "\\PC{0,40}") {
        if let Some(address) = Address::from_wire(&text) {
            let _ = address.display();
            prop_assert_eq!(Address::from_wire(address.as_str()), Some(address));
        }
    }

    #[test]
    fn display_reads_back(digits in TEN) {
        let address = Address::parse(&digits).unwrap();
        prop_assert_eq!(Address::parse(&address.display()).unwrap(), address);
    }

    #[test]
    fn every_spelling_of_a_number_is_that_number((normal, written) in spelt()) {
        let normal = Address::from_normal(normal);
        prop_assert_eq!(Address::parse(&written), Ok(normal.clone()), "{:?}", written);
        prop_assert_eq!(Address::from_wire(&written), Some(normal), "{:?}", written);
    }

    #[test]
    fn one_digit_more_or_less_is_refused(ten in TEN, at in 0usize..=10, digit in 0u8..10, one in any::<bool>(), plus in any::<bool>()) {
        let lead = match (one, plus) { (_, true) => "+1", (true, false) => "1", _ => "" };
        let mut longer = ten.clone();
        longer.insert(at, char::from(b'0' + digit));
        // a 1 before ten digits is no slip
        if !(lead.is_empty() && longer == format!("1{ten}")) {
            let read = Address::parse(&format!("{lead}{longer}"));
            prop_assert!(read.is_err(), "{}{} was read as {:?}", lead, longer, read);
        }
        let mut shorter = ten.clone();
        shorter.remove(at.min(9));
        prop_assert!(Address::parse(&format!("{lead}{shorter}")).is_err(), "{lead}{shorter}");
        let grouped = format!("{}-{}-{}", &longer[..3], &longer[3..6], &longer[6..]);
        prop_assert!(longer.starts_with('1') || Address::parse(&grouped).is_err(), "{grouped}");
    }

    #[test]
    fn what_is_typed_never_panics_and_reads_back(text in "[+()0-9 ./x,;:%tel\u{200e}\u{a0}\u{2011}\u{660}\u{ff0b}-]{0,24}|\\PC{0,24}|.{0,24}") {
        if let Ok(address) = Address::parse(&text) {
            prop_assert!(address.can_receive(), "{:?} {:?}", text, address);
            prop_assert_eq!(Address::parse(address.as_str()), Ok(address.clone()));
            prop_assert_eq!(Address::from_wire(address.as_str()), Some(address.clone()));
            prop_assert_eq!(Address::from_wire(&text), Some(address), "{:?}", text);
        }
        if let Some(address) = Address::from_wire(&text) {
            prop_assert_eq!(Address::from_wire(address.as_str()), Some(address));
        }
    }
}
