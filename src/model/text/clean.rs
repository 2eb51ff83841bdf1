//! The core that every kind of safe text is made by: one pass, each decision a function of what was put out before, so
//! that what is safe already stays as it is.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

use super::kinds;

/// Combining marks left on one base; real scripts need fewer, "zalgo" has dozens.
pub(super) const MARKS_PER_BASE: usize = 8;
/// Pictures joined to one; a family of four needs three joiners.
const JOINS: usize = 6;
/// Number signs before what they belong to; one is what scripts have.
const PREPENDED: usize = 2;
/// Characters of one grapheme, whatever they are; the flags of parts of countries and old Tibetan stacks have ten.
pub(super) const CHARS_PER_GRAPHEME: usize = 32;
/// Room for the note about what was cut off.
const NOTE: usize = 40;

/// What is to be made of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// At most so many characters come out, the note about what was cut included.
    pub(super) chars: usize,
    /// At most so many lines; with 1, a run of blanks and line breaks is one blank.
    pub(super) lines: usize,
    /// Whether control characters are shown as pictures of themselves.
    pub(super) pictures: bool,
}

/// Makes `raw` safe. Time is linear, and memory bounded by `shape`.
pub(super) fn clean(raw: &str, shape: Shape) -> String {
    let mut cleaner = Cleaner { raw, rest: raw, shape, ..Cleaner::default() };
    cleaner.run();
    cleaner.finish()
}

#[derive(Default)]
struct Cleaner<'a> {
    raw: &'a str,
    rest: &'a str,
    shape: Shape,
    out: String,
    /// Characters in `out`.
    count: usize,
    line_breaks: usize,
    /// A blank of a single line that is put out when something follows.
    blank: bool,
    /// What marks would sit on; none at the start and after a blank.
    base: Option<char>,
    marks: usize,
    last: Option<char>,
    /// A joiner between pictures that is put out when a picture follows.
    joiner: bool,
    joins: usize,
    prepended: usize,
    /// Characters since the last one that certainly ended a grapheme, and the most there ever were.
    run: usize,
    longest_run: usize,
    /// Where the text can be cut: in `out`, in `raw`.
    cut: (usize, usize),
}

impl Default for Shape {
    fn default() -> Self {
        Self { chars: usize::MAX, lines: usize::MAX, pictures: true }
    }
}

impl Cleaner<'_> {
    fn run(&mut self) {
        while !self.is_over()
            && let Some(c) = self.rest.chars().next()
        {
            let here = self.raw.len() - self.rest.len();
            self.rest = &self.rest[c.len_utf8()..];
            match c {
                '\r' => {
                    self.rest = self.rest.strip_prefix('\n').unwrap_or(self.rest);
                    self.line_break(here);
                }
                '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => self.line_break(here),
                // braille's empty cell is a blank that no rule for blanks knows
                '\t' | '\u{2800}' => self.space(' ', here),
                '\0'..='\u{1f}' => self.control(char::from_u32(0x2400 + c as u32), here),
                '\u{7f}' => self.control(Some('\u{2421}'), here),
                '\u{80}'..='\u{9f}' => self.control(None, here),
                '\u{1f3f4}' => {
                    self.base(c, here);
                    if let Some(tags) = kinds::flag_tags(self.rest) {
                        self.rest = &self.rest[tags.len()..];
                        tags.chars().for_each(|tag| self.push(tag));
                    }
                }
                _ if kinds::is_hidden(c) => {}
                _ if kinds::is_private(c) => self.base('\u{fffd}', here),
                _ if kinds::is_joiner(c) => self.join(c),
                _ if kinds::is_selector(c) => {
                    if self.marks == 0 && self.base.is_some_and(|base| kinds::selects(c, base)) {
                        self.mark(c);
                    }
                }
                _ if c.is_whitespace() => self.space(c, here),
                _ => match kinds::ends_syllable(c, self.last) {
                    Some(true) => self.mark(c),
                    Some(false) => {}
                    None if c.width() == Some(0) => self.mark(c),
                    None => self.base(c, here),
                },
            }
        }
    }

    fn is_over(&self) -> bool {
        self.count > self.shape.chars || self.line_breaks >= self.shape.lines
    }

    fn push(&mut self, c: char) {
        self.out.push(c);
        self.count += 1;
        self.last = Some(c);
        self.run = if c < '\u{300}' { 0 } else { self.run + 1 };
        self.longest_run = self.longest_run.max(self.run);
    }

    /// Remembers that the text could end before what comes now.
    fn can_end(&mut self, here: usize) {
        if self.count + NOTE <= self.shape.chars {
            self.cut = (self.out.len(), here);
        }
    }

    fn forget(&mut self) {
        self.base = None;
        self.marks = 0;
        self.joiner = false;
        self.joins = 0;
    }

    fn line_break(&mut self, here: usize) {
        if self.shape.lines == 1 {
            return self.space(' ', here);
        }
        self.can_end(here);
        self.forget();
        self.push('\n');
        self.line_breaks += 1;
    }

    fn space(&mut self, c: char, here: usize) {
        self.forget();
        if self.shape.lines == 1 {
            self.blank = !self.out.is_empty();
            self.last = None;
            return;
        }
        self.can_end(here);
        self.push(c);
    }

    fn control(&mut self, picture: Option<char>, here: usize) {
        if self.shape.pictures {
            self.base(picture.unwrap_or('\u{fffd}'), here);
        }
    }

    fn base(&mut self, c: char, here: usize) {
        self.prepended = if kinds::is_prepended(c) { self.prepended + 1 } else { 0 };
        if self.prepended > PREPENDED {
            return;
        }
        let joined = self.joiner && self.joins < JOINS && kinds::is_emoji(c);
        if joined {
            self.push('\u{200d}');
            self.joins += 1;
        } else {
            self.can_end(here);
            self.joins = 0;
        }
        if std::mem::take(&mut self.blank) {
            self.push(' ');
        }
        self.joiner = false;
        self.base = Some(c);
        self.marks = 0;
        self.push(c);
    }

    /// A mark without a base would join whatever the screen drew before it.
    fn mark(&mut self, c: char) {
        self.joiner = false;
        if self.base.is_some() && self.marks < MARKS_PER_BASE {
            self.marks += 1;
            self.push(c);
        }
    }

    fn join(&mut self, c: char) {
        if self.last.is_some_and(kinds::takes_joiner) {
            self.push(c);
        } else if c == '\u{200d}' && self.base.is_some_and(kinds::is_emoji) {
            self.joiner = true;
        }
    }

    fn finish(mut self) -> String {
        if self.is_over() {
            let (end, from) = self.cut;
            self.out.truncate(end);
            self.out.push('…');
            if self.shape.lines > 1 {
                let more = self.raw[from..].chars().count();
                self.out.push_str(&format!(" ({more} more characters)"));
            }
        }
        if self.longest_run < CHARS_PER_GRAPHEME { self.out } else { with_short_graphemes(&self.out) }
    }
}

/// Cuts what no script has: a terminal takes a grapheme into one cell, however long it is.
fn with_short_graphemes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for grapheme in text.graphemes(true) {
        let mut places = grapheme.char_indices().skip(CHARS_PER_GRAPHEME - 1).map(|(at, _)| at);
        if let (Some(end), Some(_)) = (places.next(), places.next()) {
            out.push_str(grapheme[..end].trim_end_matches(kinds::is_joiner));
            out.push('…');
        } else {
            out.push_str(grapheme);
        }
    }
    out
}
