//! Signals that are waited for, so that the terminal is given back and drafts are written before the program ends, and so
//! that a shell can set it aside.

use std::future::pending;

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// To end.
    End,
    /// To end, from a key that an editor may have been meant by.
    Interrupt,
    /// To be set aside.
    Stop,
    /// To go on.
    Continue,
}

/// Listens from the call of [`Signals::listen`] on.
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    listened: Vec<(Heard, tokio::signal::unix::Signal)>,
}

#[cfg(unix)]
impl Signals {
    /// Begins to listen. What is listened for does nothing by itself any more.
    pub fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let stop = SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw());
        let go_on = SignalKind::from_raw(rustix::process::Signal::CONT.as_raw());
        let kinds = [
            (Heard::End, SignalKind::terminate()),
            (Heard::End, SignalKind::hangup()),
            (Heard::Interrupt, SignalKind::interrupt()),
            (Heard::Interrupt, SignalKind::quit()),
            (Heard::Stop, stop),
            (Heard::Continue, go_on),
        ];
        // a file that may not grow any more is an error to tell of, not the end
        let _ = signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()));
        Self { listened: kinds.into_iter().filter_map(|(heard, kind)| Some((heard, signal(kind).ok()?))).collect() }
    }

    /// The next signal.
    pub async fn next(&mut self) -> Heard {
        std::future::poll_fn(|cx| {
            let heard = self.listened.iter_mut().find_map(|(heard, signal)| match signal.poll_recv(cx) {
                std::task::Poll::Ready(Some(())) => Some(*heard),
                _ => None,
            });
            heard.map_or(std::task::Poll::Pending, std::task::Poll::Ready)
        })
        .await
    }
}

#[cfg(not(unix))]
impl Signals {
    /// Begins to listen.
    pub fn listen() -> Self {
        Self {}
    }

    /// The next signal.
    pub async fn next(&mut self) -> Heard {
        // in raw mode Ctrl-C is a key
        match tokio::signal::ctrl_c().await {
            Ok(()) => Heard::Interrupt,
            Err(_) => pending().await,
        }
    }
}

/// From now on a write beyond the limit for a file's size (`ulimit -f`) fails as one to a full disk does, and does not end
/// the program in the middle of its work.
#[cfg(unix)]
pub fn outlive_full_files() {
    use tokio::signal::unix::{SignalKind, signal};
    // once it is listened for it does nothing by itself any more
    if let Err(why) = signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw())) {
        tracing::debug!(%why, "cannot listen for a file that is too large");
    }
}

/// There is no such signal here.
#[cfg(not(unix))]
pub fn outlive_full_files() {}

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
