//! What is asked before several messages go out.

use crate::model::text::{fit, safe_line};
use crate::model::{Address, Contact};
use crate::tui::views::Scene;
use crate::tui::views::filling::left_open;
use crate::tui::views::pad::cost::{Cost, count};

/// The question, and what a yes sends.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) number: Address,
    pub(super) texts: Vec<(Contact, String)>,
    pub(super) words: String,
}

impl Question {
    pub(super) fn of(number: Address, texts: Vec<(Contact, String)>, scene: Scene<'_>) -> Self {
        let words = question(&texts, &scene.numbers.name(&number), scene.preferences.compose.many_segments);
        Self { number, texts, words }
    }
}

/// People who are called by their names; all of them stand in the window, too.
const NAMED: usize = 5;
/// Columns of the text that are shown, as the first of them gets it.
const SHOWN: usize = 54;

/// What is said after a yes.
pub(super) fn on_their_way(messages: usize) -> String {
    if messages == 1 {
        "1 message is on its way to the outbox".to_owned()
    } else {
        format!("{messages} messages are on their way to the outbox")
    }
}

/// "Send this to 7 people one by one from Main Phone? 2 segments each, 14 in all." and what is odd about it.
fn question(texts: &[(Contact, String)], from: &str, many: usize) -> String {
    let segments: Vec<usize> = texts.iter().map(|(_, text)| Cost::of(text).segments()).collect();
    let (least, most) = (segments.iter().min().copied().unwrap_or(0), segments.iter().max().copied().unwrap_or(0));
    let all: usize = segments.iter().sum();
    let each = if least == most { count(most) } else { format!("{least} to {most} segments") };
    let mut out = match texts {
        [(one, _)] => format!("Send this to {} from {from}? {each}.", safe_line(&one.title())),
        _ => format!("Send this to {} people one by one from {from}? {each} each, {all} in all.", texts.len()),
    };
    let mut open: Vec<(String, Vec<String>)> = Vec::new();
    for (contact, text) in texts {
        for blank in left_open(text) {
            let who = safe_line(&contact.title());
            match open.iter_mut().find(|(known, _)| *known == blank) {
                Some((_, people)) => people.push(who),
                None => open.push((blank, vec![who])),
            }
        }
    }
    for (blank, people) in open {
        let whose = match (people.len(), people.as_slice()) {
            (all, _) if all == texts.len() => String::new(),
            (_, [one]) => format!(" for {one}"),
            (some, [first, ..]) => format!(" for {first} and {} more", some - 1),
            _ => String::new(),
        };
        out.push_str(&format!("\n{} is not filled in{whose}: it goes out as it stands.", safe_line(&blank)));
    }
    if most >= many.max(1) {
        out.push_str("\nThat is long: carriers may refuse or cut it.");
    }
    if let Some((_, text)) = texts.first() {
        out.push_str(&format!("\n“{}”", fit(&safe_line(text), SHOWN)));
    }
    if texts.len() > 1 {
        let named: Vec<String> = texts.iter().take(NAMED).map(|(contact, _)| safe_line(&contact.title())).collect();
        let more = texts.len() - named.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        out.push_str(&format!("\nIt goes to {}{more}.", named.join(", ")));
    }
    out
}
