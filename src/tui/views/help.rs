//! The help, made from the key table.

use crate::config::keymap::{Action, Context, Key, Keymap, Row};
use crate::tui::widgets::paint::Ink;

const MARKS: &[(&str, &str)] = &[
    ("…", "queued: will be sent"),
    ("»", "on its way to MightyCall"),
    ("✓", "sent: MightyCall took it"),
    ("✓✓", "delivered"),
    ("✗", "not sent, or not delivered"),
    ("?", "unconfirmed: may have gone out"),
    ("!", "a thread with something not sent or unconfirmed"),
];

/// Every key with its words, by context, the context one came from first.
pub(crate) fn lines(keymap: &Keymap, from: Context) -> Vec<(String, Ink)> {
    const ALL: [Context; 9] = [
        Context::Threads,
        Context::Conversation,
        Context::Composer,
        Context::Text,
        Context::Everywhere,
        Context::List,
        Context::Settings,
        Context::Form,
        Context::Confirm,
    ];
    let mut out = Vec::new();
    let contexts = from.chain().iter().chain(ALL.iter().filter(|context| !from.chain().contains(context)));
    for context in contexts {
        out.push((context.title().to_owned(), Ink::Bold));
        for (keys, words) in rows(&keymap.rows(*context).collect::<Vec<_>>()) {
            out.push((format!("  {keys:<33} {words}"), Ink::Plain));
        }
        out.push((String::new(), Ink::Plain));
    }
    out.push(("Marks".to_owned(), Ink::Bold));
    out.extend(MARKS.iter().map(|(mark, words)| (format!("  {mark:<33} {words}"), Ink::Plain)));
    out
}

/// Keys and words of each row; the nine numbers are one row.
fn rows(rows: &[&Row]) -> Vec<(String, &'static str)> {
    let mut out: Vec<(String, &'static str)> = Vec::new();
    let is_number = |row: &&&Row| matches!(row.binding.action, Action::Number(_));
    let numbers: Vec<&&Row> = rows.iter().filter(is_number).collect();
    for row in rows {
        match row.binding.action {
            Action::Number(_) if row.binding.action == numbers[0].binding.action => {
                let last = numbers[numbers.len() - 1];
                let more = if numbers.len() > 1 { format!(" … {}", last.keys[0]) } else { String::new() };
                out.push((format!("{}{more}", row.keys[0]), row.binding.words));
            }
            Action::Number(_) => {}
            _ => out.push((row.keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" "), row.binding.words)),
        }
    }
    out
}
