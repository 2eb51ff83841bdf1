//! The log file and the panic hook.
//!
//! Only our own events and other crates' warnings are logged: at their most verbose, HTTP libraries print headers, and
//! headers hold keys. Whatever an event quotes from outside is escaped on its way to the file, whoever wrote the event: a
//! line of the log is one event and controls no terminal.

mod rolling;

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};
use std::path::Path;

use tracing::level_filters::LevelFilter;
use tracing::{Level, Subscriber};
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use self::rolling::Rolling;
use super::{Color, Exit, Failure, Output};
use crate::files;
use crate::model::fault::panic_words;
use crate::model::text::{log_line, safe_text};
use crate::tui::{terminal, unsaved};

/// Bytes of one line at most; the rest of an event is cut off.
const LONGEST: usize = 8 * 1024;
/// Lines that wait to be written, at most. Where the disk is slower than that, some are left out.
const WAITING: usize = 4_096;

/// Starts writing to the log, if one is wanted and can be had; the guard writes out what is left when it goes. A log that
/// cannot be written never stops the program. Where something else stands in its place, a person is told.
pub fn start(file: Option<&Path>, verbose: u8) -> Option<WorkerGuard> {
    let file = file?;
    let tell = |why: &io::Error| {
        if files::is_unsafe_file(why) {
            Output::new(false).note(&format!("mctui: logging is off: {}: {why}", file.display()));
        }
    };
    let rolling = Rolling::open(file).inspect_err(tell).ok()?;
    let (writer, guard) = NonBlockingBuilder::default().buffered_lines_limit(WAITING).finish(rolling);
    let level = match verbose {
        0 => LevelFilter::INFO,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let chosen = EnvFilter::builder().with_default_directive(level.into()).from_env_lossy();
    let ours = filter_fn(|event| event.target().starts_with("mctui") || *event.level() <= Level::WARN);
    let layer = lines(writer).with_filter(ours);
    tracing_subscriber::registry().with(chosen).with(layer).try_init().ok()?;
    Some(guard)
}

/// The layer that writes events, each as one line.
fn lines<S, W>(writer: W) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    tracing_subscriber::fmt::layer().with_ansi(false).with_writer(OneLine(writer))
}

/// Escapes what is written at once, which is one event with its line break at the end.
struct OneLine<W>(W);

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for OneLine<W> {
    type Writer = OneLine<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        OneLine(self.0.make_writer())
    }
}

impl<W: Write> Write for OneLine<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let line = event.strip_suffix(b"\n").unwrap_or(event);
        let text = String::from_utf8_lossy(&line[..line.len().min(LONGEST)]);
        let mut escaped = log_line(&text).into_owned();
        if line.len().max(escaped.len()) > LONGEST {
            escaped.truncate(escaped.floor_char_boundary(LONGEST));
            escaped.push('…');
        }
        escaped.push('\n');
        self.0.write_all(escaped.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A panic gives the terminal back before a word of it is printed, and is in the log.
pub fn install_panic_hook(color: Color) -> Result<(), Failure> {
    let theme = if color == Color::Never || std::env::var_os("NO_COLOR").is_some() {
        color_eyre::config::Theme::new()
    } else {
        color_eyre::config::Theme::dark()
    };
    let (panic, errors) = color_eyre::config::HookBuilder::default()
        .theme(theme)
        .panic_section(
            "This is a bug in mctui. Saved drafts and queued messages are in the cache. If anything you typed was not saved \
             yet, mctui says below where it is.",
        )
        .panic_message(SafeMessage)
        .display_env_section(false)
        .into_hooks();
    let failed = |why: color_eyre::eyre::InstallError| Failure::new(Exit::Failed, why.to_string(), "");
    errors.install().map_err(failed)?;
    let print = panic.into_panic_hook();
    std::panic::set_hook(Box::new(move |info| {
        tracing::error!(place = ?info.location(), said = panic_words(info.payload_as_str()), "panicked");
        // a job that dies on another thread than the screen's is told on the screen, and must not paint over it
        let ends_the_screen = terminal::is_drawn_here();
        let unsaved = ends_the_screen.then(unsaved::at_panic).flatten();
        if ends_the_screen {
            terminal::restore();
        }
        if !terminal::is_taken() {
            print(info);
        }
        if let Some(unsaved) = unsaved {
            let _ = writeln!(io::stderr(), "{}", unsaved.words());
        }
    }));
    Ok(())
}

/// A panic's message as color-eyre has it, but safe: the standard library quotes the text that was cut at a wrong place.
struct SafeMessage;

impl color_eyre::section::PanicMessage for SafeMessage {
    fn display(&self, info: &std::panic::PanicHookInfo<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = info.payload_as_str().map_or(Cow::Borrowed("(no text)"), safe_text);
        writeln!(f, "The application panicked (crashed).")?;
        writeln!(f, "Message:  {message}")?;
        match info.location() {
            Some(place) => write!(f, "Location: {place}"),
            None => write!(f, "Location: unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Every way that tracing has to take a text: as a message, a field shown, a field for debugging, a plain text.
    #[test]
    fn an_event_is_one_line_whatever_it_quotes() {
        let hostile = "no\u{1b}]0;t\u{7}\r\n2026-01-01T00:00:00Z  INFO forged\u{9b}2J\u{202e}\u{2028}\u{200b}\0\u{7f}";
        let written = Shared::default();
        let writer = written.clone();
        let subscriber = tracing_subscriber::registry().with(lines(move || writer.clone()));
        tracing::subscriber::with_default(subscriber, || {
            let why = crate::config::ConfigError::Input(hostile.to_owned());
            tracing::error!(%why, "shown");
            tracing::error!(error = ?why, "for debugging");
            tracing::warn!(hostile, "as it is");
            tracing::warn!("{hostile}");
            let _inside = tracing::error_span!("a span", hostile).entered();
            tracing::warn!(error = &why as &dyn std::error::Error, "as an error");
        });
        let written = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert_eq!(written.matches('\n').count(), 5, "{written}");
        assert_eq!(written.matches("forged").count(), 6, "{written}");
        for line in written.lines() {
            assert_eq!(log_line(line), line);
        }
    }

    #[test]
    fn a_huge_event_is_cut() {
        for hostile in ["x".repeat(1_000_000), "é".repeat(1_000_000), "\u{1b}".repeat(1_000_000)] {
            let written = Shared::default();
            let writer = written.clone();
            let subscriber = tracing_subscriber::registry().with(lines(move || writer.clone()));
            tracing::subscriber::with_default(subscriber, || tracing::warn!(hostile, "as it is"));
            let written = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
            assert!(written.len() < LONGEST + 10 && written.ends_with("…\n"), "{}", written.len());
        }
    }
}
