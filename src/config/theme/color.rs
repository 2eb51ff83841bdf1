//! Colours, and how far apart they are.

/// A colour as a terminal is told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// The terminal's own for text or ground.
    Terminal,
    /// One of the sixteen that a person sets in the terminal.
    Ansi(u8),
    /// One of the 256: a cube of six steps and a row of greys from 16 on.
    Indexed(u8),
    /// Any.
    Rgb(Rgb),
}

/// Red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

const NAMES: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
];

/// What the sixteen are in xterm. A person may have others, near enough for choosing by.
const SIXTEEN: [Rgb; 16] = [
    Rgb(0, 0, 0),
    Rgb(205, 0, 0),
    Rgb(0, 205, 0),
    Rgb(205, 205, 0),
    Rgb(0, 0, 238),
    Rgb(205, 0, 205),
    Rgb(0, 205, 205),
    Rgb(229, 229, 229),
    Rgb(127, 127, 127),
    Rgb(255, 0, 0),
    Rgb(0, 255, 0),
    Rgb(255, 255, 0),
    Rgb(92, 92, 255),
    Rgb(255, 0, 255),
    Rgb(0, 255, 255),
    Rgb(255, 255, 255),
];

impl Color {
    /// A colour's name: `red`, `bright-red`, `terminal`, `#8fbcbb`, or a number up to 255.
    pub fn named(text: &str) -> Option<Self> {
        if text == "terminal" {
            return Some(Self::Terminal);
        }
        if let Some(at) = NAMES.iter().position(|name| *name == text) {
            return u8::try_from(at).ok().map(Self::Ansi);
        }
        if let Some(hex) = text.strip_prefix('#') {
            let whole = hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit());
            let part = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
            return whole.then(|| Some(Self::Rgb(Rgb(part(0)?, part(2)?, part(4)?)))).flatten();
        }
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let number = digits.then(|| text.parse::<u8>().ok()).flatten()?;
        Some(if number < 16 { Self::Ansi(number) } else { Self::Indexed(number) })
    }

    /// What it looks like, as far as can be told; not for the terminal's own.
    pub fn rgb(self) -> Option<Rgb> {
        match self {
            Self::Terminal => None,
            Self::Ansi(at) => SIXTEEN.get(usize::from(at)).copied(),
            Self::Indexed(at) => Some(indexed(at)),
            Self::Rgb(rgb) => Some(rgb),
        }
    }
}

fn indexed(at: u8) -> Rgb {
    let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
    match at {
        0..16 => SIXTEEN[usize::from(at)],
        16..232 => Rgb(level((at - 16) / 36), level((at - 16) / 6 % 6), level((at - 16) % 6)),
        232.. => Rgb(8 + 10 * (at - 232), 8 + 10 * (at - 232), 8 + 10 * (at - 232)),
    }
}

impl Rgb {
    /// Relative luminance (WCAG 2.2).
    pub fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// How unlike two colours are to the eye, roughly: cheap, and good enough to choose among a few.
    pub(super) fn distance(self, other: Self) -> i64 {
        let (red, green, blue) = (
            i64::from(self.0) - i64::from(other.0),
            i64::from(self.1) - i64::from(other.1),
            i64::from(self.2) - i64::from(other.2),
        );
        let mean = i64::midpoint(i64::from(self.0), i64::from(other.0));
        (((512 + mean) * red * red) >> 8) + 4 * green * green + (((767 - mean) * blue * blue) >> 8)
    }
}

/// Contrast of two colours, from 1 to 21 (WCAG 2.2): 4.5 is what text needs, 7 what it needs for eyes that are not at
/// their best.
pub fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (one.luminance(), other.luminance());
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("red", Some(Color::Ansi(1)))]
    #[case("bright-white", Some(Color::Ansi(15)))]
    #[case("#2e3440", Some(Color::Rgb(Rgb(0x2e, 0x34, 0x40))))]
    #[case("208", Some(Color::Indexed(208)))]
    #[case("7", Some(Color::Ansi(7)))]
    #[case("terminal", Some(Color::Terminal))]
    #[case("#2e344", None)]
    #[case("#2e34é0", None)]
    #[case("256", None)]
    #[case("+12", None)]
    #[case("crimson", None)]
    #[case("", None)]
    fn names(#[case] text: &str, #[case] color: Option<Color>) {
        assert_eq!(Color::named(text), color);
    }

    #[test]
    fn the_cube_is_where_terminals_have_it() {
        assert_eq!(indexed(16), Rgb(0, 0, 0));
        assert_eq!(indexed(208), Rgb(255, 135, 0));
        assert_eq!(indexed(231), Rgb(255, 255, 255));
        assert_eq!(indexed(232), Rgb(8, 8, 8));
        assert_eq!(indexed(255), Rgb(238, 238, 238));
    }

    #[test]
    fn contrast_is_as_the_guidelines_have_it() {
        let (black, white) = (Rgb(0, 0, 0), Rgb(255, 255, 255));
        assert!((contrast(black, white) - 21.0).abs() < 0.001);
        assert!((contrast(white, white) - 1.0).abs() < 0.001);
        // the guidelines' own example of what just does
        assert!((contrast(Rgb(0x76, 0x76, 0x76), white) - 4.54).abs() < 0.01);
    }
}
