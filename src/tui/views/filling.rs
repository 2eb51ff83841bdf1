//! What the variables of a snippet come to here and now.

use super::Scene;
use crate::model::blanks::{Filled, Variable, blanks, fill, name};
use crate::model::text::safe_line;
use crate::model::{Address, Contact};

/// Fills a text in for a message from `number` to `contact`. What is not known stays a blank; without a contact, so does
/// all that is theirs.
pub(crate) fn filled(text: &str, contact: Option<&Contact>, number: Option<&Address>, scene: Scene<'_>) -> Filled {
    let now = scene.zone.to_datetime(scene.now);
    fill(text, |variable| {
        let value = match variable {
            Variable::Name => safe_line(contact?.name.as_deref()?),
            Variable::FirstName => first_name(&safe_line(contact?.name.as_deref()?)),
            Variable::Number => safe_line(&contact?.address.display()),
            Variable::Business => scene.numbers.name(number?),
            Variable::OurNumber => number?.display(),
            Variable::Date => now.strftime("%B %-d").to_string(),
            Variable::Weekday => now.strftime("%A").to_string(),
            Variable::Time => now.strftime("%-I:%M %p").to_string(),
            Variable::Cursor => return None,
        };
        Some(value).filter(|value| !value.is_empty())
    })
}

/// The first word of a name, `Whitfield, Dana` read as what it is.
fn first_name(name: &str) -> String {
    let given = name.split_once(',').map_or(name, |(_, given)| given);
    given.split_whitespace().next().or_else(|| name.split_whitespace().next()).unwrap_or_default().to_owned()
}

/// The blanks of a text that nothing is known for, each once.
pub(crate) fn left_open(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for blank in blanks(text) {
        let blank = &text[blank];
        if !out.iter().any(|known| name(known) == name(blank)) {
            out.push(blank.to_owned());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Dana Whitfield", "Dana")]
    #[case("Whitfield, Dana", "Dana")]
    #[case("Dana", "Dana")]
    #[case("Shop,", "Shop,")]
    fn first_names(#[case] name: &str, #[case] first: &str) {
        assert_eq!(first_name(name), first);
    }

    #[test]
    fn each_blank_once() {
        assert_eq!(left_open("{a} {b} {a}"), ["{a}", "{b}"]);
    }
}
