//! Standard output for results, standard error for people. A reader that goes away ends the program quietly.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use crate::model::text::safe_text;

/// The two ways to say things.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    json: bool,
}

impl Output {
    /// With `--json` or without.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether results are JSON lines.
    pub fn is_json(self) -> bool {
        self.json
    }

    /// One JSON object on a line of its own.
    pub fn json(self, value: &impl Serialize) -> io::Result<()> {
        let line = serde_json::to_string(value)?;
        line_to(&mut io::stdout().lock(), &line)
    }

    /// A line of a result for people. Text from outside is made safe where the output is a terminal.
    pub fn line(self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if out.is_terminal() { line_to(&mut out, &safe_text(text)) } else { line_to(&mut out, text) }
    }

    /// A word to the person at the terminal; never part of the result.
    pub fn note(self, text: &str) {
        // nobody to read it is no reason to fail
        let _ = line_to(&mut io::stderr().lock(), &safe_text(text));
    }
}

fn line_to(out: &mut impl Write, line: &str) -> io::Result<()> {
    out.write_all(line.as_bytes())?;
    out.write_all(b"\n")?;
    out.flush()
}
