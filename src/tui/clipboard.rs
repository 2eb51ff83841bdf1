//! The clipboard: through the terminal, which reaches the person's own machine even over SSH (OSC 52), and through the
//! system where there is one on this machine. Neither says whether it worked; the second is told to nobody where it fails.

use std::io::{self, Write};
use std::sync::mpsc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::model::text;

/// What terminals take at most, in bytes of base64.
const MOST: usize = 74_994;

/// The way to both clipboards.
#[derive(Debug, Default)]
pub struct Clipboard {
    /// A thread that owns the system's: there, what was copied is gone when its owner is.
    system: Option<mpsc::Sender<String>>,
}

impl Clipboard {
    /// Puts a text on both; of foreign text what hides or controls is left out.
    pub fn copy(&mut self, terminal: &mut impl Write, raw: &str) -> io::Result<()> {
        let text = text::clipboard(raw);
        if let Some(sequence) = osc52(&text) {
            terminal.write_all(sequence.as_bytes())?;
            terminal.flush()?;
        }
        let system = self.system.get_or_insert_with(start);
        // an error means that this machine has none
        let _ = system.send(text);
        Ok(())
    }
}

/// The sequence by which a terminal takes a text for its clipboard; `None` for one that is too long for it.
fn osc52(text: &str) -> Option<String> {
    let encoded = STANDARD.encode(text);
    (encoded.len() <= MOST).then(|| format!("\x1b]52;c;{encoded}\x07"))
}

/// The thread ends with the program, or at once where there is no clipboard.
fn start() -> mpsc::Sender<String> {
    let (sender, texts) = mpsc::channel::<String>();
    let serve = move || {
        let mut clipboard = match arboard::Clipboard::new() {
            Ok(clipboard) => clipboard,
            Err(why) => return tracing::debug!(%why, "there is no system clipboard"),
        };
        for text in texts {
            if let Err(why) = clipboard.set_text(text) {
                tracing::debug!(%why, "the system clipboard did not take it");
            }
        }
    };
    if let Err(why) = std::thread::Builder::new().name("clipboard".to_owned()).spawn(serve) {
        tracing::debug!(%why, "the system clipboard has no thread");
    }
    sender
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_the_text_and_nothing_it_would_obey() {
        let sequence = osc52(&text::clipboard("Hi\r\n\u{1b}[2J\u{202e}there\u{7}")).unwrap();
        let encoded = sequence.strip_prefix("\x1b]52;c;").and_then(|rest| rest.strip_suffix('\u{7}')).unwrap();
        assert_eq!(STANDARD.decode(encoded).unwrap(), b"Hi\n[2Jthere");
    }

    #[test]
    fn too_much_for_a_terminal_is_not_sent_to_it() {
        assert!(osc52(&"x".repeat(50_000)).is_some());
        assert_eq!(osc52(&"x".repeat(60_000)), None);
    }
}
