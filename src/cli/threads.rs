//! `mctui threads`: the thread list.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::session::our_number;
use super::{Exit, Failure, Scene};
use crate::model::text::safe_line;
use crate::model::{Direction, MessageId, Thread, ThreadFilter, ThreadId};
use crate::store::{ThreadKey, ThreadQuery, ThreadWindow};

/// List threads, newest first.
#[derive(Debug, clap::Args)]
pub(super) struct Threads {
    /// Only this business number
    #[arg(long, value_name = "N")]
    number: Option<String>,
    /// Only threads with unread messages
    #[arg(long)]
    unread: bool,
    /// At most this many
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// Only threads whose newest message is from before this time
    #[arg(long, value_name = "TIME", value_parser = super::messages::parse_time)]
    before: Option<Timestamp>,
}

/// Rows read at a time.
const PAGE: usize = 500;

impl Threads {
    pub(super) async fn execute(self, scene: Scene) -> Result<Exit, Failure> {
        let config = scene.config()?;
        let number = self.number.as_deref().map(|text| our_number(&config, text)).transpose()?;
        let store = scene.store(&config).await?;
        let mut window = self.before.map_or(ThreadWindow::Top, |before| {
            ThreadWindow::Below(ThreadKey { activity: MessageId::floor(before).0, id: ThreadId(i64::MAX) })
        });
        let mut left = self.limit;
        while left > 0 {
            let filter = if self.unread { ThreadFilter::Unread } else { ThreadFilter::All };
            let (number, limit) = (number.clone(), left.min(PAGE));
            let query = ThreadQuery { number, filter, window, limit, ..ThreadQuery::default() };
            let page = store.threads(query).await?;
            for thread in &page.threads {
                say(&scene, thread)?;
            }
            left -= page.threads.len();
            match page.threads.last() {
                Some(last) if page.more_below => {
                    window = ThreadWindow::Below(ThreadKey { activity: last.activity, id: last.id });
                }
                _ => break,
            }
        }
        store.close().await;
        Ok(Exit::Done)
    }
}

fn say(scene: &Scene, thread: &Thread) -> Result<(), Failure> {
    if scene.output.is_json() {
        return Ok(scene.output.json(thread)?);
    }
    let at = thread.last_message_at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M");
    let unread = if thread.unread > 0 { format!("  {} unread", thread.unread) } else { String::new() };
    let you = if thread.last_direction == Some(Direction::Outbound) { "You: " } else { "" };
    let title = safe_line(&thread.contact.title());
    let from = thread.number.display();
    scene.output.line(&format!("{:>6}  {at}  {title}  ({from}){unread}", thread.id.0))?;
    Ok(scene.output.line(&format!("        {you}{}", safe_line(&thread.snippet)))?)
}
