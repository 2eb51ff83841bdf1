//! Signals that end the program: they are waited for, so that the terminal is given back and drafts are written.

use std::future::pending;

/// Waits for SIGTERM or SIGHUP; with `interrupt`, for Ctrl-C too (in raw mode Ctrl-C is a key and no signal). They are
/// listened for from the call on, not only once the future is polled.
#[cfg(unix)]
pub fn end_wanted(interrupt: bool) -> impl Future<Output = ()> {
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
    let terminated = listen(SignalKind::terminate());
    let hung_up = listen(SignalKind::hangup());
    let interrupted = if interrupt { listen(SignalKind::interrupt()) } else { None };
    async move {
        tokio::select! {
            () = heard(terminated) => {}
            () = heard(hung_up) => {}
            () = heard(interrupted) => {}
        }
    }
}

/// Waits for Ctrl-C where it is wanted.
#[cfg(not(unix))]
pub async fn end_wanted(interrupt: bool) {
    if !interrupt || tokio::signal::ctrl_c().await.is_err() {
        pending::<()>().await;
    }
}
