//! Where everything is, for a size and a focus.

use ratatui::layout::Rect;

use super::state::Focus;

/// From this width on, the list and the conversation stand side by side.
const WIDE: u16 = 80;
/// Less than this leaves no room for frames.
const FRAMED: (u16, u16) = (24, 6);
/// The narrowest list.
const NARROWEST: u16 = 16;
/// What the list leaves to the conversation.
const LEFT: u16 = 40;
/// The widest that text is set: longer lines lose the eye on its way back, and the two sides each other.
const MEASURE: u16 = 104;

/// A pane: its frame, if it has one, and what is inside of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pane {
    /// With the frame.
    pub(crate) outer: Rect,
    /// Without it; the same where there is none.
    pub(crate) inner: Rect,
}

/// The screen's parts; a pane that is not shown is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Layout {
    /// The first line.
    pub(crate) header: Rect,
    /// The last line.
    pub(crate) hints: Rect,
    /// Over it, where somebody is led through the demo.
    pub(crate) guide: Rect,
    /// Between them.
    pub(crate) body: Rect,
    /// The list.
    pub(crate) threads: Option<Pane>,
    /// The messages.
    pub(crate) conversation: Option<Pane>,
    /// The compose box: its outer part is the one line of its title.
    pub(crate) composer: Option<Pane>,
    /// Whether panes have frames.
    pub(crate) framed: bool,
    /// Whether each pane has a row with its title instead.
    pub(crate) titled: bool,
    /// Where the conversation begins beside the list: this column and the one before it can be dragged.
    pub(crate) divider: Option<u16>,
}

/// What the layout depends on besides the size and the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Wish {
    /// Rows that the compose box's text would like.
    pub(crate) text: usize,
    /// Columns of the list; 0: by the width of the screen.
    pub(crate) list: u16,
    /// For a screen reader: one pane at a time, and no frames.
    pub(crate) plain: bool,
    /// Rows of the guide.
    pub(crate) guide: u16,
}

/// The columns that the list gets of what a person would like.
pub(crate) fn list_width(columns: u16, wanted: u16) -> u16 {
    match wanted {
        0 => (columns * 3 / 10).clamp(28, 44),
        _ => wanted.clamp(NARROWEST, columns.saturating_sub(LEFT).max(NARROWEST)),
    }
}

/// Lays the screen out.
pub(crate) fn layout(columns: u16, rows: u16, focus: Focus, wish: Wish) -> Layout {
    let screen = Rect::new(0, 0, columns, rows);
    let header = Rect { height: rows.min(1), ..screen };
    let last = rows.saturating_sub(1);
    let hints = Rect { y: last, height: u16::from(rows > 2), ..screen };
    let between = rows - header.height - hints.height;
    // who is led has to see what they are led through
    let led = wish.guide.min(between.saturating_sub(FRAMED.1));
    let guide = Rect { y: last.saturating_sub(led), height: led, ..screen };
    let body = Rect { y: header.height, height: between - led, ..screen };
    let framed = !wish.plain && body.width >= FRAMED.0 && body.height >= FRAMED.1;
    let titled = wish.plain && body.height >= FRAMED.1;
    let wide = columns >= WIDE && !wish.plain;
    let left = if wide { list_width(columns, wish.list) } else { columns };
    let divider = wide.then_some(left);
    let mut out = Layout { header, hints, guide, body, framed, titled, divider, ..Layout::default() };
    let inside = |outer| inside(outer, framed, titled);
    if wide || focus == Focus::Threads {
        let outer = Rect { width: left, ..body };
        out.threads = Some(Pane { outer, inner: inside(outer) });
    }
    if wide || focus != Focus::Threads {
        let outer = if wide { Rect { x: left, width: columns - left, ..body } } else { body };
        let inner = inside(outer);
        let inner =
            Rect { x: inner.x + inner.width.saturating_sub(MEASURE) / 2, width: inner.width.min(MEASURE), ..inner };
        // a title line and the text; the conversation keeps the greater part
        let most = (inner.height / 3).max(1);
        let text = u16::try_from(wish.text).unwrap_or(u16::MAX).clamp(1, most);
        let conversation = inner.height.saturating_sub(text + 1);
        if conversation == 0 && focus != Focus::Composer {
            out.conversation = Some(Pane { outer, inner });
            return out;
        }
        let title = inner.height - conversation - text.min(inner.height - conversation);
        out.conversation = (conversation > 0).then_some(Pane { outer, inner: Rect { height: conversation, ..inner } });
        let edge = Rect { y: inner.y + conversation, height: title, ..outer };
        let pad = u16::from(framed);
        let inner = Rect {
            x: inner.x + pad,
            y: inner.y + conversation + title,
            width: inner.width - 2 * pad,
            height: text.min(inner.height),
        };
        out.composer = Some(Pane { outer: edge, inner });
    }
    out
}

fn inside(outer: Rect, framed: bool, titled: bool) -> Rect {
    if titled {
        Rect { y: outer.y + 1, height: outer.height - 1, ..outer }
    } else if framed {
        Rect { x: outer.x + 1, y: outer.y + 1, width: outer.width - 2, height: outer.height - 2 }
    } else {
        outer
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_list_is_as_wide_as_wished_and_leaves_room() {
        let left = |list| layout(120, 40, Focus::Threads, Wish { list, ..Wish::default() }).divider;
        assert_eq!(left(0), Some(36));
        assert_eq!(left(50), Some(50));
        assert_eq!(left(1), Some(NARROWEST));
        assert_eq!(left(400), Some(80));
    }

    #[test]
    fn text_keeps_its_measure_in_the_middle_of_a_wide_screen() {
        let out = layout(300, 100, Focus::Composer, Wish::default());
        let (pane, text) = (out.conversation.unwrap(), out.composer.unwrap());
        assert_eq!(pane.inner.width, MEASURE);
        let (before, after) = (pane.inner.x - pane.outer.x, pane.outer.right() - pane.inner.right());
        assert!(before.abs_diff(after) <= 1, "{before} {after}");
        assert!(pane.inner.x < text.inner.x && text.inner.right() < pane.inner.right());
    }

    #[test]
    fn for_a_screen_reader_there_is_one_pane_with_a_title() {
        let out = layout(120, 40, Focus::Threads, Wish { plain: true, ..Wish::default() });
        assert!(!out.framed && out.conversation.is_none() && out.divider.is_none());
        assert_eq!(out.threads.unwrap().inner, Rect::new(0, 2, 120, 37));
    }

    proptest! {
        #[test]
        fn panes_lie_on_the_screen_and_apart(
            columns in 0u16..320, rows in 0u16..110, focus in 0usize..3, text in 0usize..100, list in 0u16..400,
            plain in any::<bool>(), guide in 0u16..5,
        ) {
            let focus = [Focus::Threads, Focus::Conversation, Focus::Composer][focus];
            let out = layout(columns, rows, focus, Wish { text, list, plain, guide });
            let screen = Rect::new(0, 0, columns, rows);
            let insides: Vec<Rect> = [out.threads, out.conversation, out.composer].into_iter().flatten().map(|pane| pane.inner).collect();
            for (at, one) in insides.iter().enumerate() {
                prop_assert_eq!(one.intersection(screen).area(), one.area());
                prop_assert!(insides[at + 1..].iter().all(|other| one.intersection(*other).is_empty()));
                prop_assert!(one.intersection(out.header).is_empty() && one.intersection(out.hints).is_empty());
                prop_assert!(one.intersection(out.guide).is_empty());
            }
            prop_assert!(out.guide.intersection(out.header).is_empty() && out.guide.intersection(out.hints).is_empty());
            if columns > 0 && rows >= 3 {
                let focused = match focus {
                    Focus::Threads => out.threads,
                    Focus::Conversation => out.conversation,
                    Focus::Composer => out.composer,
                };
                prop_assert!(focused.is_some_and(|pane| !pane.inner.is_empty()), "{:?}", out);
            }
        }
    }
}
