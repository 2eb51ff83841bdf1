//! `mctui messages`: what was said in a thread, or with a number.

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};

use super::search::nothing;
use super::session::{our_number, thread};
use super::{Exit, Failure, Scene};
use crate::config::Config;
use crate::model::phone::AddressError;
use crate::model::text::{safe_line, safe_text};
use crate::model::{Address, Attachment, Direction, Message, MessageId, ThreadId, preview};
use crate::store::{MessageWindow, SearchQuery, Store, ThreadKey, ThreadQuery, ThreadWindow};

/// Show the messages of a thread, or with a number, oldest first.
#[derive(Debug, clap::Args)]
pub(super) struct Messages {
    /// A thread's id, or a phone number: a customer's, or one of yours for everything on it
    #[arg(value_name = "THREAD-or-NUMBER")]
    which: String,
    /// Only on this business number
    #[arg(long, value_name = "N")]
    number: Option<String>,
    /// Only unread ones
    #[arg(long)]
    unread: bool,
    /// The newest so many
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// Only from before this time, or before the message with this id
    #[arg(long, value_name = "TIME-or-ID", value_parser = parse_before)]
    before: Option<MessageId>,
}

/// Rows read at a time.
const PAGE: usize = 500;

impl Messages {
    pub(super) async fn execute(self, scene: Scene) -> Result<Exit, Failure> {
        let config = scene.config()?;
        let number = self.number.as_deref().map(|text| our_number(&config, text)).transpose()?;
        let store = scene.store(&config).await?;
        let threads = self.threads(&scene, &config, &store, number).await?;
        let mut messages = Vec::new();
        for id in threads {
            messages.extend(self.newest(&store, id).await?);
        }
        messages.sort_by_key(|message| message.id);
        let start = messages.len().saturating_sub(self.limit);
        for message in &messages[start..] {
            say(&scene, message)?;
        }
        store.close().await;
        Ok(Exit::Done)
    }

    async fn threads(
        &self,
        scene: &Scene,
        config: &Config,
        store: &Store,
        number: Option<Address>,
    ) -> Result<Vec<ThreadId>, Failure> {
        // thread ids are short; anything that could be a phone number is one
        if self.which.len() < 7
            && let Ok(id) = self.which.parse()
        {
            match thread(store, id).await {
                Ok(thread) => return Ok(vec![thread.id]),
                // five or six digits may be a short code
                Err(_) if Address::parse(&self.which).is_ok() => {}
                Err(why) => return Err(why),
            }
        }
        let (address, slip) = party(&self.which)?;
        let ours = store.numbers().await?.iter().any(|row| row.number.address == address);
        let asked = number.clone();
        let (number, contact) =
            if ours && number.is_none() { (Some(address.clone()), None) } else { (number, Some(address.clone())) };
        let mut found = Vec::new();
        let mut window = ThreadWindow::Top;
        loop {
            let (number, contact) = (number.clone(), contact.clone());
            let query = ThreadQuery { number, contact, window, limit: PAGE, ..ThreadQuery::default() };
            let page = store.threads(query).await?;
            found.extend(page.threads.iter().map(|thread| thread.id));
            match page.threads.last() {
                Some(last) if page.more_below => {
                    window = ThreadWindow::Below(ThreadKey { activity: last.activity, id: last.id });
                }
                _ => break,
            }
        }
        if let Some(slip) = slip.filter(|_| found.is_empty()) {
            return Err(slip.into());
        }
        if found.is_empty() && !ours {
            let asked = SearchQuery { number: asked, below: self.before, ..SearchQuery::default() };
            let missing = store.missing(asked).await?;
            scene.output.note(&nothing(&format!("no messages with {}", address.display()), &missing, config));
        }
        Ok(found)
    }

    async fn newest(&self, store: &Store, thread: ThreadId) -> Result<Vec<Message>, Failure> {
        let mut found: Vec<Message> = Vec::new();
        let mut window = self.before.map_or(MessageWindow::Newest, MessageWindow::Before);
        while found.len() < self.limit {
            let page = store.messages(thread, window, PAGE.min(self.limit)).await?;
            let Some(oldest) = page.messages.first().map(|message| message.id) else { break };
            found.extend(page.messages.into_iter().filter(|message| !self.unread || message.unread));
            if !page.more_older {
                break;
            }
            window = MessageWindow::Before(oldest);
        }
        Ok(found)
    }
}

/// Who is meant: a number as a person types one, or whoever else records name; with what is wrong with the number, where it
/// is a slip unless records have it just so.
fn party(typed: &str) -> Result<(Address, Option<AddressError>), Failure> {
    let why = match Address::parse(typed) {
        Ok(address) => return Ok((address, None)),
        Err(AddressError::Empty) => return Err(Failure::usage("say which thread or number")),
        Err(why) => why,
    };
    // a plus that is missing is mended for records alone
    let Some(address) = Address::from_wire(typed).filter(|address| !address.is_e164()) else { return Err(why.into()) };
    Ok((address, Some(why).filter(|why| !matches!(why, AddressError::NotANumber(_)))))
}

fn say(scene: &Scene, message: &Message) -> Result<(), Failure> {
    if scene.output.is_json() {
        return Ok(scene.output.json(message)?);
    }
    for line in in_words(message).split('\n') {
        scene.output.line(line)?;
    }
    Ok(())
}

/// A message for people: what goes on below its first line is indented, because a line of a body must not pass for a
/// message of its own.
fn in_words(message: &Message) -> String {
    let indent = format!("\n{:18}", "");
    let at = message.at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M");
    let who = match message.direction {
        Direction::Inbound => message.contact.display(),
        Direction::Outbound => "You".to_owned(),
        Direction::Unknown => format!("{} (direction unknown)", message.contact.display()),
    };
    let mark = match &message.delivery {
        None => String::new(),
        Some(delivery) => match delivery.reason() {
            Some(reason) if !reason.is_empty() => format!("  [{}: {reason}]", delivery.name()),
            _ => format!("  [{}]", delivery.name()),
        },
    };
    let body = preview(&message.body, &message.attachments);
    let is_told = |file: &Attachment| body != message.body && message.attachments.len() == 1 && !file.expired;
    let files = message.attachments.iter().filter(|file| !is_told(file)).map(|file| {
        let gone = if file.expired { ", no longer kept by MightyCall" } else { "" };
        format!("{indent}[{}{gone}]", safe_line(&file.name))
    });
    let files: String = files.collect();
    let body = safe_text(&body).replace('\n', &indent);
    format!("{at}  {}: {body}{mark}{files}", safe_line(&who))
}

pub(super) fn parse_before(text: &str) -> Result<MessageId, String> {
    match text.parse() {
        Ok(id) => Ok(MessageId(id)),
        Err(_) => parse_time(text).map(MessageId::floor),
    }
}

/// A time as people write it: RFC 3339, or a date, or a date and time of here.
pub(super) fn parse_time(text: &str) -> Result<Timestamp, String> {
    let here = |date: civil::DateTime| date.to_zoned(TimeZone::system()).map(|zoned| zoned.timestamp());
    text.parse::<Timestamp>()
        .or_else(|_| text.parse::<civil::DateTime>().and_then(here))
        .or_else(|_| text.parse::<civil::Date>().and_then(|date| here(date.at(0, 0, 0, 0))))
        .map_err(|_| format!("“{text}” is no time; write 2026-01-31 or 2026-01-31T09:00:00Z"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Delivery, RecordNotes};

    #[test]
    fn files_and_what_became_of_them_are_said() {
        let at = Timestamp::UNIX_EPOCH;
        let file = |name: &str, expired| Attachment { name: name.to_owned(), url: None, size: None, expired };
        let message = Message {
            id: MessageId::floor(at),
            first_id: MessageId::floor(at),
            remote_id: None,
            request_guid: None,
            thread: ThreadId(1),
            number: Address::from_normal("+12025550101"),
            contact: Address::from_normal("+12025550147"),
            direction: Direction::Outbound,
            delivery: Some(Delivery::Failed("MightyCall reports: notsent".to_owned())),
            error: None,
            accepted: true,
            body: "one\ntwo".to_owned(),
            at,
            sender: None,
            unread: false,
            attachments: vec![file("crack.png", true), file("a\u{1b}\n.pdf", false)],
            dealt: false,
            like: None,
            notes: RecordNotes::default(),
        };
        let words = in_words(&message);
        let lines: Vec<&str> = words.lines().skip(1).map(str::trim_start).collect();
        let gone = "[crack.png, no longer kept by MightyCall]";
        assert_eq!(lines, ["two  [failed: MightyCall reports: notsent]", gone, "[a␛ .pdf]"]);
        assert!(words.lines().skip(1).all(|line| line.starts_with(&" ".repeat(18))), "{words}");
    }
}
