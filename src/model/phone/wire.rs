//! Addresses as records give them. Tolerant: whatever stands there is somebody, and one person is to be one address.

use super::marks::{is_mark, plain_char};
use super::plan::{self, Fit};
use super::typed::{is_several, is_two_short_codes, reads, without_trunk};
use super::{Address, LONGEST, SHORT_CODE_DIGITS, frame};

/// A number without a plus of fewer digits did not lose one: it is rather part of a number.
const WITH_CODE: usize = 10;
/// A name can be wrapped in a link, and that in another.
const WRAPPINGS: usize = 8;

pub(super) fn read(text: &str) -> Option<Address> {
    // what one cannot see does not make it longer, and neither do blanks
    let mut was_blank = true;
    let one_blank = |c: &char| {
        let is_blank = c.is_whitespace() || c.is_control();
        let repeats = is_blank && was_blank;
        was_blank = is_blank;
        !repeats
    };
    let cut: String = text.chars().filter(|&c| plain_char(c).is_some()).filter(one_blank).take(LONGEST * 2).collect();
    let mut normal = read_once(&cut)?;
    for _ in 0..WRAPPINGS {
        let again = read_once(&normal)?;
        if again == normal {
            break;
        }
        normal = again;
    }
    Some(Address(normal))
}

fn read_once(text: &str) -> Option<String> {
    let written = frame::number(text);
    let name = || {
        let link = frame::is_link(text).then(|| written.clone());
        name(link.as_deref().unwrap_or(text))
    };
    let number = written.trim_start_matches(is_mark);
    let has_plus = written[..written.len() - number.len()].contains('+');
    let is_number = number.chars().count() < LONGEST
        && number.starts_with(|c: char| c.is_ascii_digit())
        && number.chars().all(|c| c.is_ascii_digit() || (is_mark(c) && c != '+'));
    if !is_number {
        return name();
    }
    let plus = if has_plus { "+" } else { "" };
    let whole = format!("{plus}{number}");
    // a record is of one number: two short groups are its halves
    if !is_two_short_codes(&whole) && is_several(&whole, reads(&whole)) {
        return name();
    }
    Some(if has_plus { with_plus(number) } else { without_plus(number) })
}

/// The normal form of an international number that can be, given by its digits.
fn known(digits: &str) -> Option<String> {
    if digits.starts_with('1') {
        return plan::is_e164(digits).then(|| format!("+{digits}"));
    }
    match plan::fit(digits) {
        Fit::Possible(normal) => Some(format!("+{normal}")),
        _ => None,
    }
}

/// The same behind one of the prefixes by which it is dialled.
fn dialled(digits: &str) -> Option<String> {
    ["011", "00"].iter().find_map(|prefix| digits.strip_prefix(prefix)).and_then(known)
}

/// What no plan knows keeps its digits: it is somebody, but nobody who can be answered.
fn with_plus(number: &str) -> String {
    let all = without_trunk(number);
    known(&all).or_else(|| dialled(&all)).unwrap_or_else(|| format!("+{all}"))
}

fn without_plus(number: &str) -> String {
    let all = without_trunk(number);
    if plan::is_north_american(&all) {
        return format!("+1{all}");
    }
    if SHORT_CODE_DIGITS.contains(&all.len()) {
        return all;
    }
    let lost_plus = || match plan::fit(&all) {
        Fit::Possible(normal) if all.len() >= WITH_CODE && plan::is_valid(&normal) => Some(format!("+{normal}")),
        _ => None,
    };
    if let Some(found) = dialled(&all).or_else(lost_plus) {
        return found;
    }
    match all.len() {
        // ten digits are of North America, even where no such number can be
        10 if !all.starts_with('0') => format!("+1{all}"),
        11 if all.starts_with('1') => format!("+{all}"),
        _ => all,
    }
}

/// A sender's name: what one cannot see is not part of it, and one blank is as good as another. Its case stays.
fn name(text: &str) -> Option<String> {
    let seen = text.chars().filter(|&c| plain_char(c).is_some());
    let seen: String = seen.map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = seen.split_whitespace().collect();
    let mut name: String = words.join(" ").chars().take(LONGEST).collect();
    name.truncate(name.trim_end().len());
    (!name.is_empty()).then_some(name)
}
