//! Taking the terminal and giving it back as it was: on quit, on a signal, on panic, and for as long as a shell or an
//! editor has it.

pub(in crate::tui) mod desktop;
pub(in crate::tui) mod editor;
pub(in crate::tui) mod jobs;
pub(in crate::tui) mod run;
pub mod speech;

use std::io::{self, Write, stdout};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

use crossterm::cursor::{SetCursorStyle, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste, EnableFocusChange,
    EnableMouseCapture, KeyboardEnhancementFlags, PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags,
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

/// The window's own title lies under ours.
static TITLED: AtomicBool = AtomicBool::new(false);
const PUSH_TITLE: &str = "\x1b[22;2t";
const POP_TITLE: &str = "\x1b[23;2t";

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
    let guard = Guard(());
    enter()?;
    let backend = Steady::new(io::BufWriter::with_capacity(FRAME, stdout()));
    Ok((guard, ratatui::Terminal::new(backend)?))
}

/// Takes the terminal again, after [`restore`]; everything on it is to be painted anew.
pub(super) fn take_again() -> io::Result<()> {
    enable_raw_mode()?;
    enter()
}

/// The window has its own title again.
pub(super) fn after_title() -> &'static str {
    if TITLED.swap(false, Ordering::AcqRel) { POP_TITLE } else { "" }
}

fn enter() -> io::Result<()> {
    *taken_by() = Some(std::thread::current().id());
    execute!(
        stdout(),
        EnterAlternateScreen,
        // a glyph that the terminal takes for wider than we do must not run into the next row
        DisableLineWrap,
        EnableBracketedPaste,
        EnableMouseCapture,
        EnableFocusChange,
        PushKeyboardEnhancementFlags(KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES)
    )
}

/// What comes before a title of ours: the first puts the window's own aside, until [`restore`].
pub(super) fn before_title() -> &'static str {
    if TITLED.swap(true, Ordering::AcqRel) { "" } else { PUSH_TITLE }
}

/// Lets the mouse come to us, or leaves it to the terminal, which then selects text with it.
pub fn capture_mouse(ours: bool) -> io::Result<()> {
    if ours { execute!(stdout(), EnableMouseCapture) } else { execute!(stdout(), DisableMouseCapture) }
}

/// Whether the terminal is ours at the moment.
pub fn is_taken() -> bool {
    taken_by().is_some()
}

/// Whether the calling thread is the one that took it.
pub fn is_drawn_here() -> bool {
    *taken_by() == Some(std::thread::current().id())
}

/// Whether a write failed because there is no terminal any more: its window was closed, its connection broke.
pub(super) fn is_gone(why: &io::Error) -> bool {
    #[cfg(unix)]
    let hung_up = why.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error());
    #[cfg(not(unix))]
    let hung_up = false;
    hung_up || why.kind() == io::ErrorKind::BrokenPipe
}

/// Gives the terminal back, once, however often it is called. Errors are not told: there is nowhere left to tell them.
pub fn restore() {
    if taken_by().take().is_none() {
        return;
    }
    let mut out = stdout();
    if TITLED.swap(false, Ordering::AcqRel) {
        let _ = out.write_all(POP_TITLE.as_bytes());
    }
    let _ = execute!(
        out,
        PopKeyboardEnhancementFlags,
        DisableFocusChange,
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
