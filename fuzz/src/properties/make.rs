//! Bytes read as decisions, so that random bytes make texts that come near to something.

use serde_json::{Map, Value};

/// Decisions; when they run out, all further ones are zero.
pub(super) struct Script<'a>(pub(super) &'a [u8]);

/// What attacks and what real texts are made of.
const PIECES: &[&str] = &[
    "\u{1b}",
    "\u{1b}[31m",
    "\u{1b}]0;t\u{7}",
    "\u{1b}P",
    "\u{1b}\\",
    "\u{9b}",
    "\u{9d}",
    "\u{9c}",
    "\u{0}",
    "\u{8}",
    "\u{7f}",
    "\t",
    "\r\n",
    "\r",
    "\n",
    "\n\n",
    " ",
    "  ",
    "\u{a0}",
    "\u{3000}",
    "\u{2028}",
    "\u{85}",
    "\u{2800}",
    "\u{202e}",
    "\u{2066}",
    "\u{200e}",
    "\u{61c}",
    "\u{200b}",
    "\u{200c}",
    "\u{200d}",
    "\u{feff}",
    "\u{ad}",
    "\u{34f}",
    "\u{301}",
    "\u{302}\u{323}",
    "\u{489}",
    "\u{20e3}",
    "\u{fe0e}",
    "\u{fe0f}",
    "\u{fe00}",
    "\u{e0100}",
    "\u{180b}",
    "\u{e0067}\u{e0062}\u{e0065}",
    "\u{e006e}\u{e0067}\u{e007f}",
    "\u{e007f}",
    "🏴",
    "🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
    "👩",
    "🔧",
    "👍🏽",
    "🏽",
    "❤",
    "🇩",
    "🇪",
    "1",
    "#",
    "a",
    "word",
    "é",
    "e\u{301}",
    "ß",
    "İ",
    "日",
    "本語",
    "ｗ",
    "ﾞ",
    "한",
    "\u{1112}",
    "\u{1161}",
    "\u{11ab}",
    "\u{115f}",
    "\u{1160}",
    "\u{3164}",
    "\u{ffa0}",
    "ㅋ",
    "ש",
    "בְּ",
    "ع",
    "می",
    "\u{64b}",
    "\u{600}",
    "\u{6dd}",
    "क",
    "\u{94d}",
    "ि",
    "ा",
    "ส",
    "ำ",
    "ี่",
    "က",
    "\u{1039}",
    "ཀ",
    "ྵ",
    "\u{1820}",
    "\u{180e}",
    "\u{17b4}",
    "\u{e000}",
    "\u{10eeee}",
    "\u{fdd0}",
    "\u{fffe}",
    "\u{fffd}",
    "\u{fffc}",
    "\u{fff9}",
    "\u{1d173}",
    "\u{10ffff}",
    "…",
    "␛",
    ";",
    "\"",
    "\\",
    "'",
    "<",
    "&",
];

impl<'a> Script<'a> {
    pub(super) fn byte(&mut self) -> u8 {
        let (&first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        first
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        let wide = if limit > 256 { usize::from(self.byte()) << 8 } else { 0 };
        (wide + usize::from(self.byte())) % limit.max(1)
    }

    pub(super) fn one<'b, T: ?Sized>(&mut self, choice: &[&'b T]) -> &'b T {
        choice[self.below(choice.len())]
    }

    pub(super) fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    /// What is left, as it is.
    pub(super) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    /// A text of at most about so many pieces.
    pub(super) fn text(&mut self, pieces: usize) -> String {
        let mut out = String::new();
        for _ in 0..=self.below(pieces) {
            match self.byte() {
                0..=15 => {
                    let code = u32::from(self.byte()) << 16 | u32::from(self.byte()) << 8 | u32::from(self.byte());
                    out.extend(char::from_u32(code & 0x1f_ffff));
                }
                16..=40 => {
                    let code = u32::from(self.byte()) << 8 | u32::from(self.byte());
                    out.extend(char::from_u32(code));
                }
                41..=43 => {
                    let (times, unit) = (self.below(3_000), self.one(PIECES));
                    out.push_str(&unit.repeat(times));
                }
                other => out.push_str(PIECES[(usize::from(other) * 7 + self.below(4)) % PIECES.len()]),
            }
        }
        out
    }

    /// Any JSON.
    pub(super) fn json(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 7 } else { 10 }) {
            0 => Value::Null,
            1 => Value::Bool(self.byte().is_multiple_of(2)),
            2 => Value::from(i64::from(self.byte()) * 8_000_000_000_i64 - 200_000_000_000),
            3 => Value::from(f64::from(self.byte()) * 1.37e15),
            4 => Value::from(self.one(super::shapes::WORDS)),
            5 => Value::from(self.text(4)),
            6 => Value::from(super::wire::SECRET),
            7 => (0..self.below(5)).map(|_| self.json(depth - 1)).collect(),
            _ => {
                let mut fields = Map::new();
                for _ in 0..self.below(6) {
                    let name = self.one(super::shapes::NAMES).to_owned();
                    let value = self.json(depth - 1);
                    fields.insert(name, value);
                }
                Value::Object(fields)
            }
        }
    }

    /// Changes one thing somewhere in a value.
    pub(super) fn disturb(&mut self, value: &mut Value) {
        match value {
            Value::Array(items) if !items.is_empty() && self.byte() > 30 => {
                let at = self.below(items.len());
                self.disturb(&mut items[at]);
            }
            Value::Object(fields) if !fields.is_empty() && self.byte() > 30 => {
                let name = fields.keys().nth(self.below(fields.len())).cloned().unwrap_or_default();
                match self.byte() {
                    0..=30 => drop(fields.remove(&name)),
                    31..=60 => {
                        let moved = fields.remove(&name).unwrap_or_default();
                        fields.insert(self.one(super::shapes::NAMES).to_owned(), moved);
                    }
                    61..=90 => {
                        let moved = fields.remove(&name).unwrap_or_default();
                        fields.insert(name.to_uppercase(), moved);
                    }
                    _ => self.disturb(&mut fields[&name]),
                }
            }
            other => *other = self.json(3),
        }
    }

    /// Changes a few bytes.
    pub(super) fn damage(&mut self, bytes: &mut Vec<u8>) {
        const SCRAPS: &[&[u8]] = &[
            b"\\ud83d",
            b"\\udc00",
            b"\\u0000",
            b"\xff",
            b"\xc3",
            b"\xed\xa0\x80",
            b"\x1b",
            b"\n",
            b"\"",
            b"\\",
            b"{",
            b"}",
            b"[",
            b"]",
            b",",
            b"null",
            b"1e999",
            b"-",
            b"'''",
            b"\"\"\"",
            b"#",
            b"=",
            b"\r",
            b"\0",
            b"\xef\xbb\xbf",
            b".",
            b" ",
        ];
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() + 1);
            let end = bytes.len().min(at + self.below(8));
            match self.byte() % 6 {
                0 => drop(bytes.drain(at..end)),
                1 => bytes.truncate(at),
                2 => {
                    let copy = bytes[at..end].to_vec();
                    bytes.splice(at..at, copy);
                }
                3 if at < bytes.len() => bytes[at] = self.byte(),
                _ => drop(bytes.splice(at..at, self.one(SCRAPS).iter().copied())),
            }
        }
    }
}
