//! The log file and the panic hook.
//!
//! Only our own events and other crates' warnings are logged: at their most verbose, HTTP libraries print headers, and
//! headers hold keys.

use std::io;
use std::path::Path;

use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use super::{Color, Exit, Failure};
use crate::config::edit::create_private_dir;
use crate::tui::terminal;

/// A log beyond this size becomes `mctui.log.1`, whatever was there before.
const LARGEST: u64 = 5 * 1024 * 1024;

/// Starts writing to the log, if one is wanted and can be had; the guard writes out what is left when it goes. A log that
/// cannot be written never stops the program.
pub fn start(file: Option<&Path>, verbose: u8) -> Option<WorkerGuard> {
    let (writer, guard) = tracing_appender::non_blocking(open(file?).ok()?);
    let level = match verbose {
        0 => LevelFilter::INFO,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let chosen = EnvFilter::builder().with_default_directive(level.into()).from_env_lossy();
    let ours = filter_fn(|event| event.target().starts_with("mctui") || *event.level() <= Level::WARN);
    let layer = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(false).with_filter(ours);
    tracing_subscriber::registry().with(chosen).with(layer).try_init().ok()?;
    Some(guard)
}

fn open(file: &Path) -> io::Result<std::fs::File> {
    create_private_dir(file.parent().unwrap_or(Path::new(".")))?;
    if std::fs::metadata(file).is_ok_and(|meta| meta.len() > LARGEST) {
        std::fs::rename(file, file.with_extension("log.1"))?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(file)
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
            "This is a bug in mctui. Nothing you typed is lost: drafts and queued messages are in the cache.",
        )
        .display_env_section(false)
        .into_hooks();
    let failed = |why: color_eyre::eyre::InstallError| Failure::new(Exit::Failed, why.to_string(), "");
    errors.install().map_err(failed)?;
    let print = panic.into_panic_hook();
    std::panic::set_hook(Box::new(move |info| {
        tracing::error!(place = ?info.location(), "panicked");
        // a job that dies on another thread than the screen's is told on the screen, and must not paint over it
        if terminal::is_drawn_here() {
            terminal::restore();
        }
        if !terminal::is_taken() {
            print(info);
        }
    }));
    Ok(())
}
