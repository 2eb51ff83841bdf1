//! Signals that end the program: they are waited for, so that the terminal is given back and drafts are written.

use std::future::pending;

/// Waits for SIGTERM or SIGHUP; with `interrupt`, for Ctrl-C too (in raw mode Ctrl-C is a key and no signal).
#[cfg(unix)]
pub async fn end_wanted(interrupt: bool) {
    use tokio::signal::unix::{Signal, SignalKind, signal};
    async fn heard(signal: Option<Signal>) {
        match signal {
            Some(mut signal) => {
                signal.recv().await;
            }
            None => pending().await,
        }
    }
    let listen = |kind| signal(kind).ok();
    let interrupted = if interrupt { listen(SignalKind::interrupt()) } else { None };
    tokio::select! {
        () = heard(listen(SignalKind::terminate())) => {}
        () = heard(listen(SignalKind::hangup())) => {}
        () = heard(interrupted) => {}
    }
}

/// Waits for Ctrl-C where it is wanted.
#[cfg(not(unix))]
pub async fn end_wanted(interrupt: bool) {
    if !interrupt || tokio::signal::ctrl_c().await.is_err() {
        pending::<()>().await;
    }
}
