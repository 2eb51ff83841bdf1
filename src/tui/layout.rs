//! Where everything is, for a size and a focus.

use ratatui::layout::Rect;

use super::state::Focus;

/// From this width on, the list and the conversation stand side by side.
const WIDE: u16 = 80;
/// Less than this leaves no room for frames.
const FRAMED: (u16, u16) = (24, 6);

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
}

/// Lays the screen out. `wanted` is the rows that the compose box's text would like.
pub(crate) fn layout(columns: u16, rows: u16, focus: Focus, wanted: usize) -> Layout {
    let screen = Rect::new(0, 0, columns, rows);
    let header = Rect { height: rows.min(1), ..screen };
    let last = rows.saturating_sub(1);
    let hints = Rect { y: last, height: u16::from(rows > 2), ..screen };
    let body = Rect { y: header.height, height: rows - header.height - hints.height, ..screen };
    let framed = body.width >= FRAMED.0 && body.height >= FRAMED.1;
    let mut out = Layout { header, hints, body, framed, ..Layout::default() };
    let wide = columns >= WIDE;
    let left = if wide { (columns * 3 / 10).clamp(28, 44) } else { columns };
    if wide || focus == Focus::Threads {
        let outer = Rect { width: left, ..body };
        out.threads = Some(Pane { outer, inner: inside(outer, framed) });
    }
    if wide || focus != Focus::Threads {
        let outer = if wide { Rect { x: left, width: columns - left, ..body } } else { body };
        let inner = inside(outer, framed);
        // a title line and the text; the conversation keeps the greater part
        let most = (inner.height / 3).max(1);
        let text = u16::try_from(wanted).unwrap_or(u16::MAX).clamp(1, most);
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

fn inside(outer: Rect, framed: bool) -> Rect {
    if framed {
        Rect { x: outer.x + 1, y: outer.y + 1, width: outer.width - 2, height: outer.height - 2 }
    } else {
        outer
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn panes_lie_on_the_screen_and_apart(
            columns in 0u16..200, rows in 0u16..80, focus in 0usize..3, wanted in 0usize..100,
        ) {
            let focus = [Focus::Threads, Focus::Conversation, Focus::Composer][focus];
            let out = layout(columns, rows, focus, wanted);
            let screen = Rect::new(0, 0, columns, rows);
            let insides: Vec<Rect> = [out.threads, out.conversation, out.composer].into_iter().flatten().map(|pane| pane.inner).collect();
            for (at, one) in insides.iter().enumerate() {
                prop_assert_eq!(one.intersection(screen).area(), one.area());
                prop_assert!(insides[at + 1..].iter().all(|other| one.intersection(*other).is_empty()));
                prop_assert!(one.intersection(out.header).is_empty() && one.intersection(out.hints).is_empty());
            }
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
