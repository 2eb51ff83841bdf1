//! Parses arguments, starts the log and the panic hook, dispatches; nothing else.

use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

use clap::Parser;
use futures_util::FutureExt;
use mctui::cli::{Cli, Exit, Failure, Output};
use mctui::config::{Environment, Places};

fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|said| Output::usage(&said));
    let environment = Environment::read();
    match run(cli, environment) {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(failure) => {
            Output::failure(&failure);
            ExitCode::from(failure.exit as u8)
        }
    }
}

fn run(cli: Cli, environment: Environment) -> Result<Exit, Failure> {
    let places = Places::resolve(environment.home.as_deref())?;
    places.restrict_folders();
    let log = cli.log_file(&places);
    let _log = mctui::cli::log::start(log.as_deref(), cli.global().verbose);
    // it panics where the system lets it open no more files: nothing has been done yet, and that is an error like others
    let runtime =
        std::panic::catch_unwind(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build());
    let too_few_files = |_| {
        let what = "mctui cannot start: the system lets it open too few files";
        Failure::new(Exit::Failed, what, "`ulimit -n` shows how many; 64 are enough")
    };
    let runtime = runtime.map_err(too_few_files)??;
    mctui::cli::log::install_panic_hook(cli.global().color)?;
    // the hook has told of a panic by then; what is left is to end as a command that failed
    let ended = runtime.block_on(AssertUnwindSafe(cli.execute(places, environment)).catch_unwind());
    let ended = ended.unwrap_or_else(|_| Err(Failure::fault()));
    // a request that hangs must not keep the terminal from the person who quit
    runtime.shutdown_timeout(std::time::Duration::from_millis(200));
    ended
}
