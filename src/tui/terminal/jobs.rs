//! Leaving the terminal to the shell, and coming back.

/// Whether there is a shell that could say to go on; if not, why, for people.
#[cfg(unix)]
pub(in crate::tui) fn may_stop() -> Result<(), &'static str> {
    use rustix::process::{getpgrp, getsid};
    // a shell with job control gives each job a group of its own
    match getsid(None) {
        Ok(session) if session != getpgrp() => Ok(()),
        _ => Err("There is no shell here that could bring mctui back, so it goes on"),
    }
}

/// Stops until a shell says to go on; `everybody`: whoever started us and waits for us as well, such as a script.
#[cfg(unix)]
pub(in crate::tui) fn stop(everybody: bool) {
    use rustix::process::{Signal, getpid, kill_current_process_group, kill_process};
    let stopped =
        if everybody { kill_current_process_group(Signal::STOP) } else { kill_process(getpid(), Signal::STOP) };
    if let Err(error) = stopped {
        tracing::warn!(%error, "could not stop");
    }
}

#[cfg(not(unix))]
pub(in crate::tui) fn may_stop() -> Result<(), &'static str> {
    Err("This system cannot set programs aside")
}

#[cfg(not(unix))]
pub(in crate::tui) fn stop(_everybody: bool) {}
