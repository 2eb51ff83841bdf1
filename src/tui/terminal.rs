//! Taking the terminal and giving it back as it was: on quit, on a signal, on panic.

use std::io::{self, Write, stdout};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

use crossterm::cursor::{SetCursorStyle, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture, KeyboardEnhancementFlags,
    PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags,
};
use crossterm::execute;
use crossterm::terminal::{
    DisableLineWrap, EnableLineWrap, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};

use super::steady::Steady;

/// The terminal we draw on.
pub type Backend = Steady<io::BufWriter<io::Stdout>>;
/// The same with its buffers.
pub type Terminal = ratatui::Terminal<Backend>;

/// The thread that took the terminal: the one that draws.
static TAKEN_BY: Mutex<Option<ThreadId>> = Mutex::new(None);

fn taken_by() -> MutexGuard<'static, Option<ThreadId>> {
    TAKEN_BY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Holds the terminal; gives it back when it goes.
#[derive(Debug)]
pub struct Guard(());

/// A frame is a few kilobytes: one write for each keeps it from tearing.
const FRAME: usize = 64 * 1024;

/// Switches to the alternate screen in raw mode, with bracketed paste, the mouse, and keys told apart where the terminal
/// can (a terminal that cannot ignores the request).
pub fn take() -> io::Result<(Guard, Terminal)> {
    enable_raw_mode()?;
    *taken_by() = Some(std::thread::current().id());
    let guard = Guard(());
    execute!(
        stdout(),
        EnterAlternateScreen,
        // a glyph that the terminal takes for wider than we do must not run into the next row
        DisableLineWrap,
        EnableBracketedPaste,
        EnableMouseCapture,
        PushKeyboardEnhancementFlags(KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES)
    )?;
    let backend = Steady::new(io::BufWriter::with_capacity(FRAME, stdout()));
    Ok((guard, ratatui::Terminal::new(backend)?))
}

/// Whether the terminal is ours at the moment.
pub fn is_taken() -> bool {
    taken_by().is_some()
}

/// Whether the calling thread is the one that took it.
pub fn is_drawn_here() -> bool {
    *taken_by() == Some(std::thread::current().id())
}

/// Gives the terminal back, once, however often it is called. Errors are not told: there is nowhere left to tell them.
pub fn restore() {
    if taken_by().take().is_none() {
        return;
    }
    let mut out = stdout();
    let _ = execute!(
        out,
        PopKeyboardEnhancementFlags,
        DisableMouseCapture,
        DisableBracketedPaste,
        SetCursorStyle::DefaultUserShape,
        EnableLineWrap,
        LeaveAlternateScreen,
        Show
    );
    let _ = disable_raw_mode();
    let _ = out.flush();
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
    }
}
