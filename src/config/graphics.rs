//! What the terminal can show besides letters, as far as its environment tells. It is never asked: an answer that comes
//! late would be taken for keys.

/// How pictures reach a terminal that can show them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// kitty, Ghostty.
    Kitty,
    /// foot, mlterm, Contour.
    Sixel,
    /// iTerm2, `WezTerm`, mintty.
    Iterm2,
}

/// How many colours there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// Sixteen at most: no pictures.
    #[default]
    Few,
    /// 256.
    Indexed,
    /// All.
    True,
}

/// What is known of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Graphics {
    /// Its own way to show pictures, if it has one.
    pub protocol: Option<Protocol>,
    /// Its colours.
    pub depth: Depth,
}

impl Graphics {
    /// By the variables of the environment.
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        let is = |name: &str, value: &str| var(name).is_some_and(|is| is.eq_ignore_ascii_case(value));
        let term = var("TERM").unwrap_or_default();
        // a multiplexer lets nothing of this through, and keeps variables of a terminal that is gone
        let between =
            var("TMUX").is_some() || var("STY").is_some() || ["tmux", "screen"].iter().any(|m| term.starts_with(m));
        let protocol = if between {
            None
        } else if term == "xterm-kitty" || term == "xterm-ghostty" || var("KITTY_WINDOW_ID").is_some() {
            Some(Protocol::Kitty)
        } else if is("TERM_PROGRAM", "iTerm.app")
            || is("TERM_PROGRAM", "WezTerm")
            || is("TERM_PROGRAM", "mintty")
            || is("LC_TERMINAL", "iTerm2")
        {
            Some(Protocol::Iterm2)
        } else if ["foot", "mlterm", "contour"].iter().any(|name| term.starts_with(name)) {
            Some(Protocol::Sixel)
        } else {
            None
        };
        let depth = if protocol.is_some()
            || is("COLORTERM", "truecolor")
            || is("COLORTERM", "24bit")
            || term.contains("direct")
        {
            Depth::True
        } else if between || term.contains("256") {
            Depth::Indexed
        } else {
            Depth::Few
        };
        Self { protocol, depth }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(&[("TERM", "xterm-kitty")], Some(Protocol::Kitty), Depth::True)]
    #[case(&[("TERM", "xterm-256color"), ("KITTY_WINDOW_ID", "1")], Some(Protocol::Kitty), Depth::True)]
    #[case(&[("TERM", "foot")], Some(Protocol::Sixel), Depth::True)]
    #[case(&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")], Some(Protocol::Iterm2), Depth::True)]
    #[case(&[("TERM", "tmux-256color"), ("KITTY_WINDOW_ID", "1"), ("TMUX", "/x")], None, Depth::Indexed)]
    #[case(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")], None, Depth::True)]
    #[case(&[("TERM", "xterm-256color")], None, Depth::Indexed)]
    #[case(&[("TERM", "linux")], None, Depth::Few)]
    #[case(&[], None, Depth::Few)]
    fn by_the_environment(#[case] set: &[(&str, &str)], #[case] protocol: Option<Protocol>, #[case] depth: Depth) {
        let var = |name: &str| set.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
        assert_eq!(Graphics::detect(var), Graphics { protocol, depth });
    }
}
