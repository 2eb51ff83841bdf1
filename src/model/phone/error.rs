//! Why a text is not a number that one can send to, in words for whoever typed it.

use super::plan::Part;

/// Why a text is not an address one can send to. Says what was typed, what is wrong with it and what would do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing but blanks.
    #[error("no phone number given; write one such as (202) 555-0101 or +12025550101")]
    Empty,
    /// Letters or other marks that no phone number has.
    #[error("“{0}” is not a phone number; write one such as (202) 555-0101 or +12025550101")]
    NotANumber(String),
    /// Two numbers or more, where one is wanted.
    #[error("“{0}” contains several phone numbers; enter only one")]
    Several(String),
    /// One number, with something wrong in it.
    #[error("“{typed}” {problem}")]
    Wrong {
        /// What was typed.
        typed: String,
        /// What is wrong with it.
        problem: NumberProblem,
    },
}

/// What is wrong with a number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberProblem {
    /// So many digits are no number in the North American plan, and no plus stands before them.
    #[error(
        "has {}{}: a US or Canadian number has 10, any other starts with +",
        count(*.digits), difference(*.digits, &[10])
    )]
    Length {
        /// How many there are; a 1 before them, which the plan allows, is not counted.
        digits: usize,
    },
    /// As it is with the North American plan's country code.
    #[error("has {} after the 1{}: a US or Canadian number has 10", count(*.digits), difference(*.digits, &[10]))]
    LengthAfterOne {
        /// How many there are after the 1.
        digits: usize,
    },
    /// Part of a North American number begins with a digit that it cannot begin with.
    #[error(
        "is not a US or Canadian number: its {} cannot begin with {digit}; write a foreign number with + and its country \
         code",
        match .part { Part::Area => "area code (the first three digits)", Part::Exchange => "exchange (the three digits after the area code)" }
    )]
    Begins {
        /// Which part.
        part: Part,
        /// With what.
        digit: char,
    },
    /// It has the digits of an international number, or begins like one of another country.
    #[error("is not a US or Canadian number; to write to another country begin with + and the country code{}", example(.0.as_deref()))]
    NoPlus(Option<String>),
    /// `00` in the place of a plus.
    #[error("begins with 00; write + and the country code instead{}", example(.0.as_deref()))]
    DoubleZero(Option<String>),
    /// `011` and something that is not a number abroad.
    #[error("is not a valid number after 011; write it with + and its country code, such as +44 20 7946 0000")]
    Abroad,
    /// A plus that does not stand at the beginning, or a second one.
    #[error("has a + in the wrong place; a number has one at most, at its beginning")]
    Plus,
    /// What follows the plus is no country code.
    #[error("has no country code after its +; write one such as +12025550101 or +44 20 7946 0000")]
    NoCountry,
    /// A country code that begins with 0.
    #[error("has a 0 right after its +, and no country code begins with 0; write + and the country code")]
    ZeroAfterPlus,
    /// Too many or too few digits for that country.
    #[error("has {} after +{code}{}: {}", count(*.digits), difference(*.digits, .possible), allowed(.possible))]
    LengthAbroad {
        /// The country code.
        code: u16,
        /// How many digits follow it.
        digits: usize,
        /// How many can, from the fewest on.
        possible: Vec<usize>,
    },
}

impl AddressError {
    /// The same without what was typed: in the place of a number there may stand a key.
    pub fn unquoted(&self) -> String {
        match self {
            Self::Empty => self.to_string(),
            Self::NotANumber(_) => {
                "what is there is not a phone number; write one such as (202) 555-0101 or +12025550101".to_owned()
            }
            Self::Several(_) => "what is there contains several phone numbers; enter only one".to_owned(),
            // numbers can be shown, but a link or an extension has letters
            Self::Wrong { typed, problem } if typed.chars().any(char::is_alphabetic) => {
                format!("the number there {problem}")
            }
            Self::Wrong { .. } => self.to_string(),
        }
    }
}

fn count(digits: usize) -> String {
    if digits == 1 { "1 digit".to_owned() } else { format!("{digits} digits") }
}

/// ", one too few"; nothing where it is neither the one nor the other.
fn difference(digits: usize, possible: &[usize]) -> String {
    let (Some(least), Some(most)) = (possible.first(), possible.last()) else { return String::new() };
    let times = |n: usize| if n == 1 { "one".to_owned() } else { n.to_string() };
    match digits {
        _ if digits > *most => format!(", {} too many", times(digits - most)),
        _ if digits < *least => format!(", {} too few", times(least - digits)),
        _ => String::new(),
    }
}

fn allowed(possible: &[usize]) -> String {
    match possible {
        [] => "numbers there cannot receive texts".to_owned(),
        [one] => format!("numbers there have {one}"),
        [least, .., most] if most - least + 1 == possible.len() => format!("numbers there have {least} to {most}"),
        [others @ .., last] => {
            let others: Vec<String> = others.iter().map(usize::to_string).collect();
            format!("numbers there have {} or {last}", others.join(", "))
        }
    }
}

fn example(number: Option<&str>) -> String {
    number.map_or_else(String::new, |number| format!(": {number}"))
}
