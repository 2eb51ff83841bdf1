//! `mctui emulator`: the emulator alone.

use std::time::Duration;

use clap::ValueEnum;
use jiff::Timestamp;

use super::{Exit, Failure, Scene};
use crate::emulator::{Dialect, Life, Options, OutsideApi, SendPath, SentText, UsedUp, WindowLimit};

/// A MightyCall on 127.0.0.1, for people who develop against it.
#[derive(Debug, clap::Args)]
pub(super) struct Emulator {
    /// Port to listen on; 0 for any that is free
    #[arg(long, default_value_t = 8484)]
    port: u16,
    /// Seed of the made-up business: the same seed makes the same one
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// No new messages by themselves
    #[arg(long)]
    still: bool,
    /// Which description of MightyCall it follows
    #[arg(long, value_enum, default_value_t = DialectName::V4)]
    dialect: DialectName,
    #[command(flatten)]
    dialect_options: DialectOptions,
}

/// The dialects that have a name.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum DialectName {
    /// API v4, as MightyCall describes it
    V4,
    /// All that was known before the description
    Documented,
    /// Tokens and the journal, without /api
    Journal,
    /// Tokens and the journal under /api, as later integrations saw it
    UnderApi,
    /// Number keys alone, as the first set-up guide has it
    NumberKeys,
}

impl DialectName {
    fn dialect(self) -> Dialect {
        match self {
            Self::V4 => Dialect::v4(),
            Self::Documented => Dialect::documented(),
            Self::Journal => Dialect::journal(),
            Self::UnderApi => Dialect::under_api(),
            Self::NumberKeys => Dialect::number_keys(),
        }
    }
}

/// What MightyCall leaves open, and this may do otherwise.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What MightyCall leaves open")]
struct DialectOptions {
    /// A sent text appears in the journal so much later
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    journal_lag: u64,
    /// How history shows a sent text
    #[arg(long, value_enum, default_value_t = Shown::Kept)]
    sent_text: Shown,
    /// Of a hundred sent texts, how many turn out as not sent
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    not_sent: Option<u8>,
    /// So much later it turns out whether a text was sent
    #[arg(long, value_name = "SECONDS")]
    not_sent_after: Option<u64>,
    /// The answer to a send names an id that is nowhere in the journal
    #[arg(long)]
    unrelated_ids: bool,
    /// Of a hundred texts, how many are filed as threads
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=100))]
    threads: u8,
    /// The journal refuses to search more days at once
    #[arg(long, value_name = "DAYS")]
    longest_window: Option<u16>,
    /// The journal searches the last of these days alone, and does not say so
    #[arg(long, value_name = "DAYS", conflicts_with = "longest_window")]
    clipped_window: Option<u16>,
    /// The contact centre does not send for this account
    #[arg(long)]
    no_contact_center: bool,
    /// What paths answer that are not below /api
    #[arg(long, value_enum, default_value_t = Outside::Json)]
    outside_api: Outside,
    /// The status that a dead token gets
    #[arg(long, value_name = "STATUS", value_parser = clap::value_parser!(u16).range(401..=403))]
    dead_token: Option<u16>,
    /// Requests that a key has in 24 hours
    #[arg(long, value_name = "COUNT", default_value_t = 2_500)]
    daily_limit: u32,
    /// The status of a key whose requests are used up, with no time in the answer
    #[arg(long, value_name = "STATUS", value_parser = clap::value_parser!(u16).range(400..=599))]
    used_up: Option<u16>,
}

/// What a path answers that is not below `/api`.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Outside {
    /// 404 with JSON
    Json,
    /// 404 with a page of HTML
    Html,
    /// 200 with a page of HTML
    HtmlOk,
}

/// How history shows a sent text.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shown {
    /// As it was written
    Kept,
    /// With straight quotes, plain dashes and single blanks
    Straight,
    /// With HTML entities
    Entities,
    /// With a line about opting out at its end
    OptOut,
    /// Its first 60 characters
    Cut,
    /// In pieces of 60 characters
    Split,
}

impl Shown {
    fn sent_text(self) -> SentText {
        match self {
            Self::Kept => SentText::Kept,
            Self::Straight => SentText::Straight,
            Self::Entities => SentText::Entities,
            Self::OptOut => SentText::OptOut,
            Self::Cut => SentText::Cut { characters: 60 },
            Self::Split => SentText::Split { characters: 60 },
        }
    }
}

impl DialectOptions {
    /// These options, and what is different.
    fn apply(&self, options: Options) -> Options {
        let mut dialect = options.dialect;
        dialect.journal_lag = Duration::from_secs(self.journal_lag);
        dialect.sent_text = self.sent_text.sent_text();
        dialect.send_id_is_journal_id &= !self.unrelated_ids;
        dialect.filed_as_threads = self.threads;
        let limit = match (self.longest_window, self.clipped_window) {
            (Some(days), _) => WindowLimit::Refused { days },
            (None, Some(days)) => WindowLimit::Clipped { days },
            (None, None) => WindowLimit::None,
        };
        (dialect.list_window, dialect.counts_window) = (limit, limit);
        if self.no_contact_center {
            dialect.role_refused.push(SendPath::ContactCenterMessages);
        }
        dialect.outside_api = match self.outside_api {
            Outside::Json => OutsideApi::Json,
            Outside::Html => OutsideApi::Html,
            Outside::HtmlOk => OutsideApi::HtmlOk,
        };
        dialect.dead_token = self.dead_token.unwrap_or(dialect.dead_token);
        dialect.used_up = self.used_up.map_or(dialect.used_up, UsedUp::Plain);
        Options { dialect, life: self.life(options.life), daily_limit: self.daily_limit, ..options }
    }

    fn life(&self, life: Option<Life>) -> Option<Life> {
        if self.not_sent.is_none() && self.not_sent_after.is_none() {
            return life;
        }
        let mut life = life.unwrap_or_else(|| Life::deliveries_only(Life::default().deliveries));
        life.failures = self.not_sent.unwrap_or(life.failures);
        life.deliveries = self.not_sent_after.map_or(life.deliveries, Duration::from_secs);
        Some(life)
    }
}

impl Emulator {
    fn options(&self) -> Options {
        let options = if self.still { Options::default() } else { Options::demo() };
        let options = Options { port: self.port, seed: self.seed, now: Timestamp::now(), ..options };
        self.dialect_options.apply(options.speaking(self.dialect.dialect()))
    }

    pub(super) async fn execute(self, scene: Scene) -> Result<Exit, Failure> {
        let emulator = crate::emulator::Emulator::start(self.options()).await.map_err(|why| {
            Failure::new(
                Exit::Failed,
                format!("cannot listen on 127.0.0.1:{}: {why}", self.port),
                "choose another with --port, or --port 0 for any",
            )
        })?;
        let base_url = emulator.base_url();
        if scene.output.is_json() {
            scene.output.json(&serde_json::json!({"event": "listening", "base_url": base_url}))?;
        } else {
            scene.output.line(&format!("MightyCall, emulated, at {base_url}"))?;
            scene.output.line("Try it:")?;
            scene.output.line(&format!(
                "  export MIGHTYCALL_BASE_URL={base_url} MIGHTYCALL_API_KEY=demo-api-key MIGHTYCALL_USER_KEY=demo-user-key"
            ))?;
            scene.output.line("Ctrl-C ends it.")?;
        }
        super::screen::ended_by_signal().await;
        emulator.stop().await;
        Ok(Exit::Done)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        emulator: Emulator,
    }

    fn options(line: &str) -> Options {
        let words = std::iter::once("emulator").chain(line.split_whitespace());
        Line::try_parse_from(words).unwrap().emulator.options()
    }

    #[test]
    fn says_nothing_and_has_the_description() {
        let options = options("");
        assert_eq!((options.dialect, options.daily_limit), (Dialect::v4(), 2_500));
        assert_eq!(options.life, Some(Life::default()));
    }

    #[test]
    fn sets_what_mightycall_leaves_open() {
        let options = options(
            "--still --journal-lag 5 --not-sent 50 --not-sent-after 30 --unrelated-ids --threads 10 --longest-window 31 --sent-text split \
             --no-contact-center --outside-api html-ok --dead-token 403 --used-up 429 --daily-limit 20",
        );
        let limit = WindowLimit::Refused { days: 31 };
        let expected = Dialect {
            journal_lag: Duration::from_secs(5),
            send_id_is_journal_id: false,
            filed_as_threads: 10,
            sent_text: SentText::Split { characters: 60 },
            list_window: limit,
            counts_window: limit,
            role_refused: vec![SendPath::ContactCenterMessages],
            outside_api: OutsideApi::HtmlOk,
            dead_token: 403,
            used_up: UsedUp::Plain(429),
            ..Dialect::v4()
        };
        assert_eq!((options.dialect, options.daily_limit), (expected, 20));
        let life = Life { failures: 50, ..Life::deliveries_only(Duration::from_secs(30)) };
        assert_eq!(options.life, Some(life));
    }

    #[test]
    fn speaks_the_older_dialects() {
        assert_eq!(options("--dialect number-keys").dialect, Dialect::number_keys());
        assert_eq!(options("--dialect under-api --still").life, None);
        let clipped = options("--clipped-window 31").dialect.counts_window;
        assert_eq!(clipped, WindowLimit::Clipped { days: 31 });
    }
}
