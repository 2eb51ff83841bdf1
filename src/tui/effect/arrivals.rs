//! New messages that nobody was told of yet: looked for whenever the cache has changed, whoever changed it.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::sleep;

use crate::store::{Change, Store, StoreError};
use crate::tui::message::Msg;

/// What comes together is told together. A client that is looked at is the first to tell, because it knows what the
/// person sees; by then others that share the cache find nothing left, or read.
const LOOKED_AT: Duration = Duration::from_millis(200);
const ELSEWHERE: Duration = Duration::from_millis(900);

/// Starts looking; ends when the store does.
pub(super) fn listen(store: Store, looked_at: watch::Receiver<bool>, messages: mpsc::UnboundedSender<Msg>) {
    let mut changes = store.subscribe();
    tokio::spawn(async move {
        // what another process brought just before this one began
        let mut look = true;
        loop {
            if look {
                sleep(if *looked_at.borrow() { LOOKED_AT } else { ELSEWHERE }).await;
                drain(&mut changes);
                match store.take_news(Timestamp::now()).await {
                    Ok(news) if news.is_empty() => {}
                    Ok(news) => {
                        if messages.send(Msg::News(news)).is_err() {
                            return;
                        }
                    }
                    Err(StoreError::Gone) => return,
                    // it stays noted, and the next change brings it up again
                    Err(error) => tracing::warn!(%error, "new messages could not be told of"),
                }
            }
            look = match changes.recv().await {
                Ok(Change::Threads(_) | Change::Everything) | Err(RecvError::Lagged(_)) => true,
                Ok(Change::Numbers | Change::Unseen) => false,
                Err(RecvError::Closed) => return,
            };
        }
    });
}

/// What has changed until now is looked at now.
fn drain(changes: &mut broadcast::Receiver<Change>) {
    while matches!(changes.try_recv(), Ok(_) | Err(TryRecvError::Lagged(_))) {}
}
