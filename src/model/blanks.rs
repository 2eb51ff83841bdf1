//! Blanks to be filled in: `{name}` in a snippet or in a text. What stands between the braces is a name of letters,
//! digits, blanks, `_`, `-` and `.`, and begins with a letter; other braces are just braces.

use std::ops::Range;

/// Longer than this, in bytes, no name is.
const LONGEST: usize = 60;

/// What a snippet can tell by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variable {
    /// The contact's name.
    Name,
    /// The first word of it.
    FirstName,
    /// The contact's number.
    Number,
    /// What our number is called.
    Business,
    /// Our number.
    OurNumber,
    /// Today.
    Date,
    /// The day of the week.
    Weekday,
    /// Now.
    Time,
    /// Where the cursor goes; nothing stands there.
    Cursor,
}

impl Variable {
    /// All of them with what they are called and what they stand for.
    pub const ALL: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Name, "name", "the contact's name"),
        (Self::FirstName, "first_name", "the first word of it"),
        (Self::Number, "number", "the contact's number"),
        (Self::Business, "business", "what your number is called"),
        (Self::OurNumber, "our_number", "your number"),
        (Self::Date, "date", "today"),
        (Self::Weekday, "weekday", "the day of the week"),
        (Self::Time, "time", "the time now"),
        (Self::Cursor, "cursor", "where you go on writing"),
    ];

    /// The variable of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| known.eq_ignore_ascii_case(name)).map(|(variable, ..)| *variable)
    }
}

/// The blanks of a text, with their braces, in its order.
pub fn blanks(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let open = from + text[from..].find('{')?;
            from = open + 1;
            let rest = &text[from..];
            let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.')));
            if let Some(end) = end
                && end <= LONGEST
                && rest[end..].starts_with('}')
                && rest.starts_with(char::is_alphabetic)
                && !rest[..end].ends_with(' ')
            {
                from += end + 1;
                return Some(open..from);
            }
        }
    })
}

/// The name that stands in a blank.
pub fn name(blank: &str) -> &str {
    blank.trim_start_matches('{').trim_end_matches('}')
}

/// A text with its variables in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// All of it; blanks that nobody knew stay.
    pub text: String,
    /// Where the cursor belongs, where the text says so.
    pub cursor: Option<usize>,
}

/// Fills in what `value` knows. What was filled in is not looked at again: a contact called `{number}` is called that.
pub fn fill(text: &str, value: impl Fn(Variable) -> Option<String>) -> Filled {
    let mut out = Filled { text: String::with_capacity(text.len()), cursor: None };
    let mut from = 0;
    for blank in blanks(text) {
        out.text.push_str(&text[from..blank.start]);
        match Variable::named(name(&text[blank.clone()])) {
            Some(Variable::Cursor) => {
                out.cursor.get_or_insert(out.text.len());
            }
            variable => match variable.and_then(&value) {
                Some(value) => out.text.push_str(&value),
                None => out.text.push_str(&text[blank.clone()]),
            },
        }
        from = blank.end;
    }
    out.text.push_str(&text[from..]);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Hi {name}, {appointment time}?", &["{name}", "{appointment time}"])]
    #[case("{{name}}", &["{name}"])]
    #[case("{a}{b}", &["{a}", "{b}"])]
    #[case("{größe} {first_name} {x.y-2}", &["{größe}", "{first_name}", "{x.y-2}"])]
    #[case("{} { name} {name } {1} {a\nb} {a,b} {open {closed}", &["{closed}"])]
    #[case("no blanks } here {", &[])]
    fn finds(#[case] text: &str, #[case] found: &[&str]) {
        assert_eq!(blanks(text).map(|range| &text[range]).collect::<Vec<_>>(), found);
    }

    #[test]
    fn a_long_stretch_in_braces_is_no_blank() {
        assert_eq!(blanks(&format!("{{{}}}", "a".repeat(LONGEST + 1))).count(), 0);
    }

    #[test]
    fn fills_what_is_known_once() {
        let filled = fill("Hi {NAME}, {cursor}call {number} at {hour}. {cursor}", |variable| match variable {
            Variable::Name => Some("{number}".to_owned()),
            Variable::Number => Some("555".to_owned()),
            _ => None,
        });
        assert_eq!(filled.text, "Hi {number}, call 555 at {hour}. ");
        assert_eq!(filled.cursor, Some("Hi {number}, ".len()));
    }

    proptest! {
        #[test]
        fn ranges_are_whole_and_in_order(text in "[{}a é_\n😀]{0,30}") {
            let mut last = 0;
            for range in blanks(&text) {
                let blank = &text[range.clone()];
                let braces = blank.starts_with('{') && blank.ends_with('}');
                prop_assert!(range.start >= last && braces, "{blank}");
                last = range.end;
            }
            prop_assert_eq!(fill(&text, |_| None).text, text);
        }
    }
}
