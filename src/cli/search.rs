//! `mctui search`: messages by what is in them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::messages;
use super::session::our_number;
use super::{Exit, Failure, Scene};
use crate::config::Config;
use crate::model::query::{self, Reading};
use crate::model::text::{fit, safe_line};
use crate::model::{Direction, MessageId, Missing, preview};
use crate::store::{Found, SearchQuery};

const AFTER: &str = "\
Search ignores case and accents. The last word may be incomplete; word* matches any word that begins with it. '\"two words\"'
finds whole words next to each other; '-- fence -gate' excludes messages with the second word. In Chinese, Japanese, Korean, Thai and the like any part of a text is found, and a phone number however it is written.
A phone number, or a contact's name, also finds what was said with it. Filters: from: and to: a name, part of a number, or
me; in: one of your numbers or its label; before: and after: 2026-11-01, yesterday, monday, 7d, 2w; is:unread, is:failed,
has:attachment.";

/// Find messages by their words, newest first.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Search {
    /// Words, phrases, names, numbers and filters such as from:dana
    #[arg(value_name = "WORDS", required = true)]
    words: Vec<String>,
    /// Only on this business number
    #[arg(long, value_name = "N")]
    number: Option<String>,
    /// At most this many
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// Only from before this time, or before the message with this id
    #[arg(long, value_name = "TIME-or-ID", value_parser = messages::parse_before)]
    before: Option<MessageId>,
}

/// Rows read at a time.
const PAGE: usize = 500;

impl Search {
    pub(super) async fn execute(self, scene: Scene) -> Result<Exit, Failure> {
        let Reading { query, odd } = query::read(&self.words.join(" "), false, Timestamp::now(), &TimeZone::system());
        if let Some(odd) = odd.first() {
            return Err(Failure::new(
                Exit::Usage,
                safe_line(&odd.to_string()),
                "to look for it as words, put it in quotes of its own: '\"…\"'; `mctui search --help` tells of all filters",
            ));
        }
        if query.is_empty() {
            return Err(Failure::usage("there is no word to look for; see `mctui search --help`"));
        }
        let config = scene.config()?;
        let number = self.number.as_deref().map(|text| our_number(&config, text)).transpose()?;
        let store = scene.store(&config).await?;
        let (mut below, mut left, mut found) = (self.before, self.limit, false);
        while left > 0 {
            let (query, number) = (query.clone(), number.clone());
            let page = store.search(SearchQuery { query, number, below, limit: left.min(PAGE) }).await?;
            for hit in &page.found {
                say(&scene, hit)?;
            }
            found |= !page.found.is_empty();
            left -= page.found.len();
            below = page.found.last().map(|hit| hit.message.id);
            if !page.more {
                break;
            }
        }
        let missing = if found || self.limit == 0 {
            None
        } else {
            let asked = SearchQuery { query, number, below: self.before, limit: 0 };
            Some(store.missing(asked).await?)
        };
        store.close().await;
        if let Some(missing) = missing {
            scene.output.note(&nothing("nothing found", &missing, &config));
        }
        Ok(Exit::Done)
    }
}

/// That nothing was found, and what helps where something does.
pub(super) fn nothing(what: &str, missing: &Missing, config: &Config) -> String {
    match missing {
        Missing::Nothing => format!("{what}; no history is missing"),
        Missing::OurNumber if config.numbers.is_empty() => {
            format!("{what}: none of your numbers is set up; `mctui numbers discover --add` does that")
        }
        Missing::OurNumber => format!("{what}: you have no number by that name; see `mctui numbers list`"),
        Missing::Time => format!("{what}: the period ends before it begins"),
        Missing::History(numbers) => {
            let all = config.numbers.len() == numbers.len();
            let only = numbers.iter().filter(|_| !all).map(|number| format!(" --number {number}"));
            format!(
                "{what} in what is fetched so far; `mctui sync --full{}` fetches the rest",
                only.collect::<String>()
            )
        }
    }
}

/// What a line shows of a text.
const SNIPPET: usize = 200;

fn say(scene: &Scene, hit: &Found) -> Result<(), Failure> {
    let message = &hit.message;
    if scene.output.is_json() {
        return Ok(scene.output.json(message)?);
    }
    let at = message.at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M");
    let who = safe_line(&hit.contact.title());
    let from = message.number.display();
    let arrow = match message.direction {
        Direction::Inbound => format!("{who} to {from}"),
        Direction::Outbound => format!("{from} to {who}"),
        Direction::Unknown => format!("{who} and {from}"),
    };
    scene.output.line(&format!("{at}  {arrow}  (thread {})", message.thread.0))?;
    Ok(scene.output.line(&format!(
        "{:18}{}",
        "",
        fit(&safe_line(&preview(&message.body, &message.attachments)), SNIPPET)
    ))?)
}
