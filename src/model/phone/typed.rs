//! Numbers that a person typed or configured. Strict: a slip of the finger must not become somebody else's number.

use super::error::{AddressError, NumberProblem};
use super::marks::{digits, is_mark, plain_char};
use super::plan::{self, Fit};
use super::{Address, LONGEST, LONGEST_TEXT, SHORT_CODE_DIGITS, frame};

/// In a longer text, in bytes, numbers with slashes between them are not looked for.
const LONGEST_WITH_SLASHES: usize = LONGEST * 3;
/// Characters of what was typed that an error repeats.
const SHOWN: usize = 40;
/// Fewer digits are no number of a list.
const LISTED: usize = 5;

/// Why it is not one number: `None` where it is no number at all.
type Problem = Option<NumberProblem>;

pub(super) fn parse(text: &str) -> Result<Address, AddressError> {
    if text.len() > LONGEST_TEXT {
        return Err(AddressError::NotANumber(shown(text)));
    }
    let number = frame::number(text);
    if number.is_empty() && shown(text).is_empty() {
        return Err(AddressError::Empty);
    }
    let read = one(&number);
    if is_several(&number, read.is_ok()) || (read.is_ok() && is_put_together(&number)) {
        return Err(AddressError::Several(shown(text)));
    }
    read.map(Address).map_err(|odd| match odd {
        Some(problem) => AddressError::Wrong { typed: shown(text), problem },
        None => AddressError::NotANumber(shown(text)),
    })
}

/// What was typed, as far as it can be seen.
fn shown(text: &str) -> String {
    let seen = text.chars().filter(|&c| plain_char(c).is_some());
    let seen: String = seen.map(|c| if c.is_control() { ' ' } else { c }).take(SHOWN * 20).collect();
    let seen = seen.trim();
    if seen.chars().count() <= SHOWN {
        seen.to_owned()
    } else {
        format!("{}…", seen.chars().take(SHOWN).collect::<String>())
    }
}

/// Reads one number without anything around it: its normal form.
fn one(number: &str) -> Result<String, Problem> {
    let number = number.trim();
    if number.chars().count() > LONGEST || !number.chars().all(|c| c.is_ascii_digit() || is_mark(c)) {
        return Err(None);
    }
    let all = digits(number);
    if all.is_empty() {
        return Err(None);
    }
    match number.matches('+').count() {
        0 => at_home(number, &all),
        1 if number.trim_start_matches(|c: char| is_mark(c) && c != '+').starts_with('+') => international(number),
        _ => Err(Some(NumberProblem::Plus)),
    }
}

fn international(number: &str) -> Result<String, Problem> {
    let all = without_trunk(number);
    if all.starts_with('0') {
        return Err(Some(NumberProblem::ZeroAfterPlus));
    }
    if let Some(national) = all.strip_prefix('1') {
        return north_american(national)
            .map_err(|problem| Some(problem.unwrap_or(NumberProblem::LengthAfterOne { digits: national.len() })));
    }
    match plan::fit(&all) {
        Fit::Possible(normal) => Ok(format!("+{normal}")),
        Fit::NoCode => Err(Some(NumberProblem::NoCountry)),
        Fit::WrongLength { code, given, possible } => {
            Err(Some(NumberProblem::LengthAbroad { code, digits: given, possible: possible.into_iter().collect() }))
        }
    }
}

/// `None` where there are not ten digits.
fn north_american(national: &str) -> Result<String, Problem> {
    if national.len() != 10 {
        return Err(None);
    }
    match plan::invalid_part(national) {
        None => Ok(format!("+1{national}")),
        Some((part, digit)) => Err(Some(NumberProblem::Begins { part, digit })),
    }
}

/// Without a plus: of the North American plan, or as it is dialled there.
fn at_home(number: &str, all: &str) -> Result<String, Problem> {
    if number == all && SHORT_CODE_DIGITS.contains(&all.len()) {
        return Ok(all.to_owned());
    }
    let abroad = |digits: &str| match plan::fit(digits) {
        Fit::Possible(normal) if !normal.starts_with('1') || plan::is_e164(&normal) => Some(normal),
        _ => None,
    };
    let example = |normal: String| Address(format!("+{normal}")).display();
    if all.starts_with("011") {
        let found = without_trunk(number).strip_prefix("011").and_then(abroad);
        let found = found.filter(|normal| !normal.starts_with('1') && plan::is_valid(normal));
        return found.map(|normal| format!("+{normal}")).ok_or(Some(NumberProblem::Abroad));
    }
    if all.starts_with("00") {
        return Err(Some(NumberProblem::DoubleZero(
            without_trunk(number).strip_prefix("00").and_then(abroad).map(example),
        )));
    }
    let problem = match north_american(all) {
        Ok(normal) => return Ok(normal),
        Err(problem) => problem,
    };
    if let Some(national) = all.strip_prefix('1') {
        let read = north_american(national);
        // "(103) 555-0162" has a wrong area code, and "1-303-555-016" too few digits
        let apart = number.starts_with('1') && number[1..].starts_with(is_mark);
        let odd = |at: usize| national.as_bytes().get(at).is_some_and(|digit| *digit < b'2');
        let is_one_and_more = apart || (number == all && !odd(0) && !odd(3));
        return match (read, problem) {
            (Ok(normal), _) => Ok(normal),
            (Err(Some(problem)), _) => Err(Some(problem)),
            (Err(None), Some(problem)) if !is_one_and_more => Err(Some(problem)),
            _ => Err(Some(NumberProblem::LengthAfterOne { digits: national.len() })),
        };
    }
    if let Some(problem) = problem {
        return Err(Some(problem));
    }
    let slip = all.len() == 11 && plan::is_north_american(&all[..10]);
    let lost_plus = abroad(&without_trunk(number)).filter(|normal| !slip && all.len() > 10 && plan::is_valid(normal));
    if lost_plus.is_some() || (all.starts_with('0') && all.len() >= 9) {
        return Err(Some(NumberProblem::NoPlus(lost_plus.map(example))));
    }
    Err(Some(NumberProblem::Length { digits: all.len() }))
}

/// The digits of an international number without the trunk zero in brackets, which is not dialled from abroad: `+44 (0)20 …`.
/// In countries without one the zero is part of the number: `+39 (0)6 …`.
pub(super) fn without_trunk(number: &str) -> String {
    let packed: String = number.chars().filter(|c| !c.is_whitespace()).collect();
    let trunk = packed.split_once("(0)").filter(|(before, _)| {
        let before = digits(before);
        let code = before.strip_prefix("011").or_else(|| before.strip_prefix("00")).unwrap_or(&before);
        plan::country(code).is_some_and(|(code, rest)| plan::national_prefix(code) == Some("0") && rest.is_empty())
    });
    trunk.map_or_else(|| digits(number), |(before, after)| digits(before) + &digits(after))
}

/// Whether this is one number, and nothing else.
pub(super) fn reads(number: &str) -> bool {
    one(number).is_ok()
}

/// Whether more than one number is written there.
pub(super) fn is_several(number: &str, reads_as_one: bool) -> bool {
    // "98765 43210" is ten digits, and two short codes in two cells of a spreadsheet are two
    if (!reads_as_one || number.contains(['\t', '\n'])) && !number.contains('+') {
        let mut parts = number.split_whitespace();
        if parts.clone().nth(1).is_some() && parts.all(reads) {
            return true;
        }
    }
    // "303-555-0162/3" is a way to write two numbers, "030/123456" is not
    let mut slashes = number.match_indices('/').take_while(|_| number.len() <= LONGEST_WITH_SLASHES);
    let slash = slashes.any(|(at, _)| {
        let (before, after) = (&number[..at], &number[at + 1..]);
        let rest = digits(after).len();
        let is_short_code = SHORT_CODE_DIGITS.contains(&rest);
        let stands_alone = || rest <= 2 || (!is_short_code && reads(after)) || is_valid(before);
        rest > 0 && reads(before) && (!reads_as_one || stands_alone())
    });
    if slash || reads_as_one {
        return slash;
    }
    if pieces(number).filter(|piece| digits(piece).len() >= LISTED).count() > 1 {
        return true;
    }
    let ends = number.char_indices().filter(|(_, c)| matches!(c, ' ' | '\t' | '\n' | '(' | '+')).map(|(at, _)| at);
    number.len() <= LONGEST && ends.filter(|&at| at > 0).any(|at| reads(&number[..at]) && reads(&number[at..]))
}

/// Whether a number of the North American plan would be put together from what a person wrote as two: two groups of digits
/// that could each be a short code, or cells of a spreadsheet, lines and slashes where no such number is parted.
fn is_put_together(number: &str) -> bool {
    let count = digits(number).len();
    if number.contains('+') || !(10..=11).contains(&count) {
        return false;
    }
    let country = count - 10;
    let (mut seen, mut groups) = (0, Vec::new());
    for group in number.split_inclusive(|c: char| c.is_ascii_digit()) {
        let mark = group.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_parted = seen > 0 && !mark.is_empty();
        if is_parted && mark.contains(['/', '\t', '\n']) && ![country, country + 3, country + 6].contains(&seen) {
            return true;
        }
        if groups.is_empty() || is_parted {
            groups.push(0);
        }
        if group.ends_with(|c: char| c.is_ascii_digit()) {
            seen += 1;
            *groups.last_mut().expect("one was begun") += 1;
        }
    }
    groups.retain(|&group| group > 1);
    matches!(groups[..], [one, other] if SHORT_CODE_DIGITS.contains(&one) && SHORT_CODE_DIGITS.contains(&other))
}

/// Whether these are two groups of digits that could each be a short code, with blanks between.
pub(super) fn is_two_short_codes(number: &str) -> bool {
    let is_code = |part: &str| SHORT_CODE_DIGITS.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    number.split_once(' ').is_some_and(|(one, other)| is_code(one) && is_code(other.trim_start_matches(' ')))
}

fn is_valid(number: &str) -> bool {
    one(number).is_ok_and(|normal| normal.strip_prefix('+').is_some_and(plan::is_valid))
}

/// The parts of a list, by the marks that part numbers and are in none.
fn pieces(list: &str) -> impl Iterator<Item = &str> {
    let words = list.split(" or ").flat_map(|part| part.split(" and "));
    words.flat_map(|part| part.split([',', ';', '\n', '\t', '|', '&', '"']))
}
