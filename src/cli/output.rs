//! Standard output for results, standard error for people. A reader that goes away ends the program quietly.
//!
//! Text from outside is made safe here, so that no command can forget it: also where the output is no terminal, because
//! what goes through a pipe is mostly shown on one behind it. `--json` is for programs and holds it raw; JSON escapes
//! what controls a terminal with a byte below a blank.

use std::io::{self, Write};

use serde::Serialize;

use super::Failure;
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

    /// One line of a result for people, however many were in what came from outside: a second one could pass for ours.
    pub fn line(self, text: &str) -> io::Result<()> {
        line_to(&mut io::stdout().lock(), &one_line(text))
    }

    /// A word to the person at the terminal; never part of the result.
    pub fn note(self, text: &str) {
        // nobody to read it is no reason to fail
        let _ = line_to(&mut io::stderr().lock(), &one_line(text));
    }

    /// Why the program ends without having done what was asked. Where there is nobody to tell, the exit code still says it.
    pub fn failure(failure: &Failure) {
        let output = Self { json: false };
        output.note(&format!("mctui: {}", failure.what));
        if !failure.advice.is_empty() {
            output.note(&format!("       {}", failure.advice));
        }
    }

    /// What clap has to say: help, the version, or what is wrong with the arguments; never returns. Arguments may quote
    /// text from outside, and then they are shown without colour and safe.
    pub fn usage(said: &clap::Error) -> ! {
        let plain = said.render().to_string();
        let safe = safe_text(&plain);
        if safe == plain {
            said.exit()
        }
        let _ = line_to(&mut io::stderr().lock(), &safe);
        std::process::exit(said.exit_code())
    }
}

/// Safe, and on one line; blanks that we put there for the look of it stay.
fn one_line(text: &str) -> String {
    safe_text(text.trim_end()).replace('\n', " ")
}

fn line_to(out: &mut impl Write, line: &str) -> io::Result<()> {
    out.write_all(line.as_bytes())?;
    out.write_all(b"\n")?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn a_line_is_one_safe_line() {
        assert_eq!(one_line("  Dana\n2026-01-01  You:\u{1b}[2J \u{202e}x\r\n"), "  Dana 2026-01-01  You:␛[2J x");
    }
}
