//! The command line: one file a command, one `execute` each.

mod demo;
mod doctor;
mod emulator;
mod keys;
pub mod log;
mod mark_read;
mod messages;
mod numbers;
pub mod outcome;
mod output;
mod screen;
mod search;
mod send;
mod session;
mod sync;
mod threads;
mod upkeep;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use outcome::{Exit, Failure};
pub use output::Output;

use crate::config::{Environment, Places};

/// Read and answer customers' SMS over MightyCall business numbers.
///
/// Without a command: the full-screen client. `mctui demo` shows it on a made-up business.
#[derive(Debug, Parser)]
#[command(version, about, propagate_version = true, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done · 1 failed · 2 usage · 3 MightyCall refused it · 4 unconfirmed · \
5 not configured or not authorised · 6 out of requests for now: today's budget, a blocked key, or a pause that MightyCall asks for · 7 still queued";

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Print one JSON object per line on standard output, and nothing else there
    #[arg(long, global = true)]
    pub json: bool,
    /// Write more to the log; twice for most
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// Paint the client for a screen reader: no frames, colours or mouse, words instead of marks
    #[arg(long, global = true)]
    pub plain: bool,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The client on an embedded emulator with a made-up business; needs nothing, leaves nothing behind
    Demo(demo::Demo),
    /// Fetch history and what is new into the cache
    Sync(sync::Sync),
    /// Send a message
    Send(send::Send),
    /// List threads, newest first
    Threads(threads::Threads),
    /// Show the messages of a thread, or with a number
    Messages(messages::Messages),
    /// Find messages by their words, who wrote them and when
    Search(search::Search),
    /// Mark threads as read
    MarkRead(mark_read::MarkRead),
    /// List, add, change and remove business numbers
    Numbers(numbers::Numbers),
    /// Say where the keys are kept, and put them there
    Keys(keys::Keys),
    /// Check files, credentials, reachability, budget and cache, and say what to do
    Doctor(doctor::Doctor),
    /// A MightyCall on 127.0.0.1, for people who develop against it
    Emulator(emulator::Emulator),
}

/// What a command is given: where files lie, the environment, the global options, and the way to say things.
#[derive(Debug)]
pub struct Scene {
    /// Where files lie.
    pub places: Places,
    /// The environment at the start.
    pub environment: Environment,
    /// Options that every command takes.
    pub global: Global,
    /// Standard output and error.
    pub output: Output,
}

impl Cli {
    /// The options that every command takes.
    pub fn global(&self) -> &Global {
        &self.global
    }

    /// The folder for the log of this run; `None` for commands that leave nothing behind.
    pub fn log_file(&self, places: &Places) -> Option<PathBuf> {
        (!matches!(self.command, Some(Command::Demo(_) | Command::Emulator(_)))).then(|| places.log_file())
    }

    /// Runs the command.
    pub async fn execute(self, places: Places, environment: Environment) -> Result<Exit, Failure> {
        crate::tui::signals::outlive_full_files();
        let output = Output::new(self.global.json);
        let scene = Scene { places, environment, global: self.global, output };
        match self.command {
            // these hold more than other commands
            None => Box::pin(screen::execute(scene)).await,
            Some(Command::Demo(command)) => Box::pin(command.execute(scene)).await,
            Some(Command::Sync(command)) => Box::pin(command.execute(scene)).await,
            Some(Command::Send(command)) => Box::pin(command.execute(scene)).await,
            Some(Command::Threads(command)) => command.execute(scene).await,
            Some(Command::Messages(command)) => command.execute(scene).await,
            Some(Command::Search(command)) => command.execute(scene).await,
            Some(Command::MarkRead(command)) => command.execute(scene).await,
            Some(Command::Numbers(command)) => command.execute(scene).await,
            Some(Command::Keys(command)) => command.execute(&scene),
            Some(Command::Doctor(command)) => command.execute(scene).await,
            Some(Command::Emulator(command)) => command.execute(scene).await,
        }
    }
}
