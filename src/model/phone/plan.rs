//! What the numbering plans say: the North American one by its shape, because fictional and new area codes are in no
//! table; all others by libphonenumber's tables.

use std::collections::BTreeSet;

use phonenumber::Metadata;
use phonenumber::metadata::{DATABASE, Descriptor};

/// ITU-T E.164: at most fifteen digits, those of the country code included.
const LONGEST: usize = 15;
/// Country codes have at most three digits.
const LONGEST_CODE: usize = 3;
/// The country code of the North American plan.
pub(super) const NORTH_AMERICA: u16 = 1;

/// Which part of ten digits is not as in the North American plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The first three.
    Area,
    /// The three after them.
    Exchange,
}

/// The part of ten digits that begins with 0 or 1, which none does in the North American plan.
pub(super) fn invalid_part(ten: &str) -> Option<(Part, char)> {
    let first = |at: usize| ten[at..].chars().next().filter(|c| matches!(c, '0' | '1'));
    first(0).map(|c| (Part::Area, c)).or_else(|| first(3).map(|c| (Part::Exchange, c)))
}

/// Whether these are ten digits NXX-NXX-XXXX.
pub(super) fn is_north_american(digits: &str) -> bool {
    digits.len() == 10 && digits.bytes().all(|b| b.is_ascii_digit()) && invalid_part(digits).is_none()
}

/// How an international number, given by its digits from the country code on, fits the plan of its country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fit {
    /// Its digits, without a trunk prefix that is not dialled from abroad.
    Possible(String),
    /// No country has that code.
    NoCode,
    /// Its country code, the digits after it, and how many there can be.
    WrongLength { code: u16, given: usize, possible: BTreeSet<usize> },
}

/// The country code that these digits begin with, and what follows it.
pub(super) fn country(digits: &str) -> Option<(u16, &str)> {
    let codes = (1..=LONGEST_CODE.min(digits.len())).filter_map(|end| digits.split_at_checked(end));
    codes.filter(|(code, _)| !code.starts_with('0')).find_map(|(code, rest)| {
        let code = code.parse().ok()?;
        DATABASE.by_code(&code).map(|_| (code, rest))
    })
}

fn plans(code: u16) -> Vec<&'static Metadata> {
    DATABASE.by_code(&code).unwrap_or_default()
}

/// What is dialled before a number within its country, and not from abroad.
pub(super) fn national_prefix(code: u16) -> Option<&'static str> {
    plans(code).first().and_then(|plan| plan.national_prefix())
}

/// The kinds of numbers that can be reached from abroad.
fn kinds(plan: &'static Metadata) -> impl Iterator<Item = &'static Descriptor> {
    let kinds = plan.descriptors();
    let all = [
        kinds.fixed_line(),
        kinds.mobile(),
        kinds.toll_free(),
        kinds.premium_rate(),
        kinds.shared_cost(),
        kinds.personal_number(),
        kinds.voip(),
        kinds.pager(),
        kinds.uan(),
        kinds.voicemail(),
    ];
    all.into_iter().flatten()
}

/// How many digits can follow a country code.
fn lengths(code: u16) -> BTreeSet<usize> {
    let room = LONGEST - code.to_string().len();
    let mut all = BTreeSet::new();
    for plan in plans(code) {
        all.extend(kinds(plan).flat_map(Descriptor::possible_length).map(|&n| usize::from(n)));
    }
    all.into_iter().filter(|length| *length <= room).collect()
}

/// Judges a number by libphonenumber's tables of lengths, as its "possible number" does; one that is dialled within an
/// area alone is none.
pub(super) fn fit(digits: &str) -> Fit {
    let Some((code, national)) = country(digits) else { return Fit::NoCode };
    let possible = lengths(code);
    let plans = plans(code);
    let trunk = national_prefix(code).filter(|_| code != NORTH_AMERICA);
    // "+44 020 …": as it is dialled at home
    if let Some(rest) = trunk.and_then(|trunk| national.strip_prefix(trunk))
        && possible.contains(&rest.len())
        && !(possible.contains(&national.len()) && begins_well(&plans, national))
        && begins_well(&plans, rest)
    {
        return Fit::Possible(format!("{code}{rest}"));
    }
    if possible.contains(&national.len()) {
        Fit::Possible(digits.to_owned())
    } else {
        Fit::WrongLength { code, given: national.len(), possible }
    }
}

fn begins_well(plans: &[&Metadata], national: &str) -> bool {
    plans.iter().any(|plan| plan.descriptors().general().is_match(national))
}

/// Whether it is a number that its country has given out, as far as the tables know.
pub(super) fn is_valid(digits: &str) -> bool {
    let Some((code, national)) = country(digits) else { return false };
    if code == NORTH_AMERICA {
        return is_north_american(national);
    }
    plans(code)
        .iter()
        .any(|plan| plan.descriptors().general().is_match(national) && kinds(plan).any(|kind| kind.is_match(national)))
}

/// Whether these digits, from the country code on, are an E.164 number in its normal form.
pub(super) fn is_e164(digits: &str) -> bool {
    match digits.strip_prefix('1') {
        Some(national) => is_north_american(national),
        None => {
            digits.bytes().all(|b| b.is_ascii_digit())
                && matches!(fit(digits), Fit::Possible(normal) if normal == digits)
        }
    }
}
