//! The system's notifications, from a thread of their own: the desktop's answer may take its time.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::config::child;

/// What may wait for a desktop that does not answer; what is more than that is not told.
const WAITING: usize = 4;

/// Tells the desktop. The thread begins with the first notification.
#[derive(Debug, Default)]
pub(in crate::tui) struct Desktop {
    teller: Option<SyncSender<(String, String)>>,
}

impl Desktop {
    /// Returns at once. `title` and `body` are safe for a notification.
    pub(in crate::tui) fn tell(&mut self, title: &str, body: &str) {
        let teller = self.teller.get_or_insert_with(start);
        if teller.try_send((title.to_owned(), body.to_owned())).is_err() {
            tracing::debug!("the desktop takes no notifications");
        }
    }
}

fn start() -> SyncSender<(String, String)> {
    let (teller, told) = sync_channel(WAITING);
    let started = std::thread::Builder::new().name("desktop".to_owned()).spawn(move || tell(&told));
    if let Err(error) = started {
        tracing::warn!(%error, "no thread for notifications");
    }
    teller
}

fn tell(told: &Receiver<(String, String)>) {
    let is_reached = !child::does_bus_start_a_program();
    while let Ok((title, body)) = told.recv() {
        if !is_reached {
            tracing::debug!("the desktop is not told: the way to it starts a program");
            continue;
        }
        let mut notification = notify_rust::Notification::new();
        notification.appname("mctui").summary(&title).body(&markup(&body)).icon("mail-message-new");
        if let Err(error) = notification.show() {
            tracing::debug!(%error, "the desktop could not be told");
        }
    }
}

/// The freedesktop notification's body is markup.
fn markup(text: &str) -> String {
    if cfg!(any(target_os = "macos", windows)) {
        return text.to_owned();
    }
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(all(test, unix, not(target_os = "macos")))]
mod tests {
    use super::*;

    #[test]
    fn what_customers_write_is_no_markup() {
        assert_eq!(markup("<b>3 & 4</b>"), "&lt;b&gt;3 &amp; 4&lt;/b&gt;");
    }
}
