//! Emoji by their short names: `:smi` offers some, `:smile:` is one.

use std::ops::Range;

use emojis::Emoji;
use ratatui::layout::Rect;

use super::cost::{Cost, count};
use crate::config::keymap::Action;
use crate::model::segment::{Encoding, measure};
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};

/// Offered at a time.
const OFFERED: usize = 40;
/// Rows of the list.
const ROWS: u16 = 6;

/// Those that begin like what is being typed.
#[derive(Debug, Clone)]
pub(crate) struct Offers {
    /// From the colon to the cursor.
    pub(crate) range: Range<usize>,
    found: Vec<(&'static Emoji, &'static str)>,
    at: usize,
    /// What is said of the selected one.
    cost: String,
}

/// The short name that is being typed at the end of a text, with its colon: where one may begin, and two letters long.
pub(crate) fn being_typed(head: &str) -> Option<Range<usize>> {
    let name = head.rsplit(':').next()?;
    let range = head.len().checked_sub(name.len() + 1)?..head.len();
    (name.len() >= 2 && is_name(name) && may_begin(&head[..range.start])).then_some(range)
}

/// The emoji whose short name, with both colons, ends a text, and where that name stands.
pub(crate) fn just_named(head: &str) -> Option<(Range<usize>, &'static Emoji)> {
    let inner = head.strip_suffix(':')?;
    let name = inner.rsplit(':').next()?;
    let start = inner.len().checked_sub(name.len() + 1)?;
    let emoji = Some(name).filter(|name| is_name(name)).and_then(emojis::get_by_shortcode)?;
    may_begin(&head[..start]).then_some((start..head.len(), emoji))
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '+' || c == '-')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '+' | '-'))
}

/// Not in 10:30, in an address or behind a word.
fn may_begin(before: &str) -> bool {
    before.chars().next_back().is_none_or(|c| {
        c.is_whitespace()
            || matches!(c, '(' | '[' | '"' | '\'' | '“' | '‘' | '!' | '.' | ',' | '-' | '—')
            || c > '\u{2190}'
    })
}

impl Offers {
    /// What there is for the short name that ends at the cursor.
    pub(crate) fn of(text: &str, cursor: usize) -> Option<Self> {
        let range = being_typed(&text[..cursor])?;
        let found = search(&text[range.start + 1..range.end]);
        let mut offers = Self { range, found, at: 0, cost: String::new() };
        offers.weigh(text);
        (!offers.found.is_empty()).then_some(offers)
    }

    /// The selected one.
    pub(crate) fn chosen(&self) -> Option<&'static Emoji> {
        self.found.get(self.at).map(|(emoji, _)| *emoji)
    }

    /// Moves the selection; `false` where the action is none of moving.
    pub(crate) fn travel(&mut self, action: Action, text: &str) -> bool {
        let last = self.found.len().saturating_sub(1);
        self.at = match action {
            Action::CursorDown if self.at == last => 0,
            Action::CursorDown => self.at + 1,
            Action::CursorUp => self.at.checked_sub(1).unwrap_or(last),
            Action::PageDown => (self.at + usize::from(ROWS)).min(last),
            Action::PageUp => self.at.saturating_sub(usize::from(ROWS)),
            _ => return false,
        };
        self.weigh(text);
        true
    }

    fn weigh(&mut self, text: &str) {
        let Some(emoji) = self.chosen() else { return };
        let (head, tail) = (&text[..self.range.start], &text[self.range.end..]);
        let before = measure(&format!("{head}{tail}"));
        let (encoding, segments) = Cost::with(&format!("{head}{emoji}{tail}"));
        self.cost = match (before.encoding, before.segments.max(1)) {
            (Encoding::Gsm7, old) if encoding == Encoding::Ucs2 => {
                let change = if old == segments { "still".to_owned() } else { format!("{old} →") };
                format!("makes it UCS-2, {change} {}", count(segments))
            }
            (_, old) if old != segments => format!("{old} → {}", count(segments)),
            _ => count(segments),
        };
    }

    /// Paints the list over the row `below`, in what there is of `body` above that.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, body: Rect, below: Rect) {
        let rows = u16::try_from(self.found.len()).unwrap_or(ROWS).min(ROWS);
        let above = below.y.saturating_sub(body.y);
        let width = below.width.min(46);
        let framed = above >= 4 && width >= 20;
        let height = if framed { (rows + 2).min(above) } else { rows.min(above) };
        let area = Rect { y: below.y - height, height, width, ..below };
        paint::clear(canvas, area);
        let inside = if framed { paint::frame(canvas, area, &self.cost, true) } else { area };
        let first = (self.at + 1).saturating_sub(inside.height.into());
        for (row, (at, (emoji, name))) in (0..inside.height).zip(self.found.iter().enumerate().skip(first)) {
            let ink = if at == self.at { Ink::Selected } else { Ink::Plain };
            if at == self.at {
                paint::tint(canvas, inside, row, ink);
            }
            paint::put(canvas, inside, row, &format!(" {emoji}"), ink);
            paint::put_at(canvas, inside, 4, row, &format!(":{name}:"), ink);
        }
    }
}

/// By short name: what begins so first, then what has a word that begins so, the shorter one first.
fn search(query: &str) -> Vec<(&'static Emoji, &'static str)> {
    let mut found: Vec<(usize, usize, &'static Emoji, &'static str)> = emojis::iter()
        .filter_map(|emoji| {
            let rank = |name: &'static str| {
                let rank = if name.starts_with(query) {
                    0
                } else if name.match_indices(query).any(|(at, _)| name[..at].ends_with('_')) {
                    1
                } else {
                    return None;
                };
                Some((rank, name.len(), name))
            };
            let (rank, length, name) = emoji.shortcodes().filter_map(rank).min()?;
            Some((rank, length, emoji, name))
        })
        .collect();
    found.sort_by_key(|(rank, length, _, name)| (*rank, *length, *name));
    found.truncate(OFFERED);
    found.into_iter().map(|(_, _, emoji, name)| (emoji, name)).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(":smi", Some(":smi"))]
    #[case("Hello :thumbs", Some(":thumbs"))]
    #[case("(:tada", Some(":tada"))]
    #[case("😀:heart", Some(":heart"))]
    #[case("line\n:+1", Some(":+1"))]
    #[case(":s", None)]
    #[case("10:30", None)]
    #[case("at 10:am", None)]
    #[case("http://shop", None)]
    #[case("http:shop", None)]
    #[case("note:this", None)]
    #[case("see :)", None)]
    #[case(":Smile", None)]
    #[case("::smile", None)]
    #[case(": smile", None)]
    #[case("no colon", None)]
    fn begins_where_a_name_can(#[case] head: &str, #[case] typed: Option<&str>) {
        assert_eq!(being_typed(head).map(|range| &head[range]), typed);
    }

    #[rstest]
    #[case("Yes :smile:", Some("😄"))]
    #[case(":+1:", Some("👍"))]
    #[case("10:30:", None)]
    #[case("x:smile:", None)]
    #[case("http://a:smile:", None)]
    #[case(":no such thing:", None)]
    #[case(":", None)]
    #[case("::", None)]
    fn knows_a_whole_name(#[case] head: &str, #[case] emoji: Option<&str>) {
        assert_eq!(just_named(head).map(|(_, emoji)| emoji.as_str()), emoji);
    }

    #[test]
    fn the_nearest_comes_first() {
        let names: Vec<&str> = search("smi").into_iter().map(|(_, name)| name).collect();
        assert!(names.starts_with(&["smile", "smirk", "smiley"]), "{names:?}");
        assert!(names.contains(&"sweat_smile"), "a word within a name: {names:?}");
        assert!(search("heart").iter().any(|(_, name)| *name == "green_heart"));
    }

    #[test]
    fn says_what_it_costs() {
        let text = format!("{} :smile", "a".repeat(100));
        let mut offers = Offers::of(&text, text.len()).unwrap();
        assert_eq!(offers.cost, "makes it UCS-2, 1 → 2 segments");
        assert!(offers.travel(Action::CursorUp, &text), "around to the last");
        assert!(!offers.travel(Action::LineEnd, &text));
        assert_eq!(Offers::of("日 :smile", "日 :smile".len()).unwrap().cost, "1 segment");
    }
}
