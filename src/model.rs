//! What mctui talks about. Plain data with no I/O: every other room may import this one, and it imports none.
//!
//! Words: a *thread* is one business number × one other party. A *number* is one of ours, a *contact* one of theirs.

pub mod blanks;
pub mod broadcast;
pub mod coverage;
pub mod estimate;
pub mod fault;
pub mod filter;
pub mod link;
pub mod lookalike;
pub mod news;
pub mod number_traits;
pub mod phone;
pub mod preview;
pub mod query;
pub mod record_notes;
pub mod segment;
pub mod text;
pub mod upkeep;
pub mod way;
pub mod words;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

pub use broadcast::Broadcast;
pub use coverage::{Coverage, Missing, Span};
pub use filter::{ThreadFilter, ThreadText};
pub use number_traits::NumberTraits;
pub use phone::Address;
pub use preview::preview;
pub use record_notes::{CallerKind, RecordNotes, WorkflowState};

/// Row id of a thread in the cache; stable for the life of the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ThreadId(pub i64);

/// Row id of a message in the cache: its time in milliseconds since the epoch, shifted left by
/// [`MessageId::SEQUENCE_BITS`], with a sequence number in the low bits. Newest first is therefore highest first,
/// and a window of time is a range of ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct MessageId(pub i64);

impl MessageId {
    /// Low bits that tell apart the messages of one millisecond.
    pub const SEQUENCE_BITS: u32 = 16;

    /// The lowest id a message at `at` can have. Times before 1970 count as 1970, those after 6429 as the last that fits.
    pub fn floor(at: Timestamp) -> Self {
        Self(at.as_millisecond().clamp(0, i64::MAX >> Self::SEQUENCE_BITS) << Self::SEQUENCE_BITS)
    }

    /// The highest id a message at `at` can have.
    pub fn ceiling(at: Timestamp) -> Self {
        Self(Self::floor(at).0 | ((1 << Self::SEQUENCE_BITS) - 1))
    }

    /// When the message was sent or received, to the millisecond.
    pub fn at(self) -> Timestamp {
        Timestamp::from_millisecond(self.0 >> Self::SEQUENCE_BITS).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// How the line to MightyCall is, by what the last look met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Line {
    /// Not tried yet.
    #[default]
    Unknown,
    /// It answers.
    Connected,
    /// There is no way to it.
    Offline,
    /// It does not take the keys.
    Refused,
    /// It fails.
    Failing,
}

/// One of our own numbers, as the cache and the screen know it. Its key is the config's business.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BusinessNumber {
    /// E.164.
    pub address: Address,
    /// What staff call it, such as "Main Phone".
    pub label: Option<String>,
    /// Used where a person does not say which number to send from.
    pub is_default: bool,
}

impl BusinessNumber {
    /// The label, or the number in national form where it has none that one can see.
    pub fn name(&self) -> String {
        self.label.clone().filter(|label| !text::is_blank(label)).unwrap_or_else(|| self.address.display())
    }
}

/// The other party of a thread.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Contact {
    /// E.164, a short code, or an alphanumeric sender.
    #[serde(rename = "number")]
    pub address: Address,
    /// As MightyCall or a person named them. Foreign text: see [`text::safe_line`].
    pub name: Option<String>,
}

impl Contact {
    /// The name, or the number in national form where there is none that one can see.
    pub fn title(&self) -> String {
        self.name.clone().filter(|name| !text::is_blank(name)).unwrap_or_else(|| self.address.display())
    }
}

/// Which way a message went. A record that does not say, and has none of our numbers on either side, is `Unknown`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From the contact to us.
    Inbound,
    /// From us to the contact.
    Outbound,
    /// Not said, and not to be told from the numbers.
    Unknown,
}

/// By which road a record of a message reached us. Remote ids are only promised to be comparable within one road.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Road {
    /// The journal of requests.
    Journal,
    /// The contact centre's list of messages.
    MessageList,
    /// The answer to a send.
    SendAnswer,
    /// An event pushed to us.
    Webhook,
    /// The journal, filed as the head of a thread: the same text may also be there as a message with another id.
    ThreadHead,
}

impl Road {
    /// The road's name in the cache and the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Journal => "journal",
            Self::MessageList => "messages",
            Self::SendAnswer => "send",
            Self::Webhook => "webhook",
            Self::ThreadHead => "thread",
        }
    }

    /// The inverse of [`Road::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Journal, Self::MessageList, Self::SendAnswer, Self::Webhook, Self::ThreadHead]
            .into_iter()
            .find(|road| road.name() == name)
    }
}

/// How far an outbound message has come: `scheduled → queued → sending → sent → delivered`, or `failed`, or
/// `unconfirmed`. Accepted by MightyCall is `sent`; only a delivery report makes it `delivered`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// To be sent at a later time.
    Scheduled,
    /// In the outbox, nothing posted yet.
    Queued,
    /// Committed before the POST: bytes may be on their way.
    Sending,
    /// MightyCall accepted it, or its history shows it.
    Sent,
    /// A delivery report says it arrived.
    Delivered,
    /// It did not go out, or did not arrive; the reason is for people.
    Failed(String),
    /// It may have gone out: bytes may have left and no answer proves either. Never posted again by the program.
    Unconfirmed(String),
}

impl Delivery {
    /// The state's name in JSON, in the cache and in help.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Failed(_) => "failed",
            Self::Unconfirmed(_) => "unconfirmed",
        }
    }

    /// The reason of a failed or unconfirmed message.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Failed(reason) | Self::Unconfirmed(reason) => Some(reason),
            _ => None,
        }
    }

    /// The inverse of [`Delivery::name`] and [`Delivery::reason`]; `None` for a name that is none.
    pub fn from_parts(name: &str, reason: Option<String>) -> Option<Self> {
        Some(match name {
            "scheduled" => Self::Scheduled,
            "queued" => Self::Queued,
            "sending" => Self::Sending,
            "sent" => Self::Sent,
            "delivered" => Self::Delivered,
            "failed" => Self::Failed(reason.unwrap_or_default()),
            "unconfirmed" => Self::Unconfirmed(reason.unwrap_or_default()),
            _ => return None,
        })
    }

    /// Whether a person must decide what happens next: failed and unconfirmed.
    pub fn is_trouble(&self) -> bool {
        self.reason().is_some()
    }
}

impl Serialize for Delivery {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Whether staff still have to do something about a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ThreadState {
    /// Someone may have to answer.
    #[default]
    Open,
    /// Put away by a person.
    Done,
}

/// A row of the thread list. Serializes as the `thread` of the JSON output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Thread {
    /// Its row in the cache.
    pub id: ThreadId,
    /// Our side, E.164.
    pub number: Address,
    /// The other side.
    pub contact: Contact,
    /// How the account sorts the other side.
    #[serde(skip_serializing_if = "CallerKind::is_default")]
    pub contact_kind: CallerKind,
    /// What the list is sorted by: the id of the newest message, or the draft's time on the same scale.
    #[serde(skip)]
    pub activity: i64,
    /// Time of the newest message; of the draft where there is no message yet.
    pub last_message_at: Timestamp,
    /// The start of the newest message's text, raw.
    pub snippet: String,
    /// Direction of the newest message; `None` where there is none.
    pub last_direction: Option<Direction>,
    /// Delivery of the newest message where it is outbound.
    #[serde(skip)]
    pub last_delivery: Option<Delivery>,
    /// Inbound messages that nobody has read here.
    pub unread: u32,
    /// Unsent text, if any.
    pub draft: Option<String>,
    /// Open or done.
    pub state: ThreadState,
    /// Outbound messages that failed or are unconfirmed and that nobody has dealt with.
    #[serde(skip)]
    pub trouble: u32,
    /// New messages are not told of.
    #[serde(skip)]
    pub muted: bool,
}

/// A file that came or goes with a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
pub struct Attachment {
    /// File name as given, raw.
    pub name: String,
    /// Where it can be fetched, if known.
    pub url: Option<String>,
    /// Its bytes, where that was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// MightyCall no longer keeps the file.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expired: bool,
}

impl Attachment {
    /// Whether the name says that it is a picture that can be shown.
    pub fn is_picture(&self) -> bool {
        let end = self.name.rsplit('.').next().unwrap_or_default().trim().to_ascii_lowercase();
        matches!(end.as_str(), "png" | "jpg" | "jpeg" | "gif" | "webp")
    }
}

/// One message. Serializes as the `message` of the JSON output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Its row in the cache, which also orders it. A message written here has another one once it stands at another time.
    #[serde(skip)]
    pub id: MessageId,
    /// The first that it had, by which scripts know it.
    #[serde(rename = "id")]
    pub first_id: MessageId,
    /// MightyCall's id, once known.
    pub remote_id: Option<String>,
    /// MightyCall's second id, where a record brought one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_guid: Option<String>,
    /// The thread it belongs to.
    pub thread: ThreadId,
    /// Our side, E.164.
    pub number: Address,
    /// The other side.
    pub contact: Address,
    /// Which way it went.
    pub direction: Direction,
    /// How far it has come; `None` for inbound.
    pub delivery: Option<Delivery>,
    /// Why it failed or is unconfirmed.
    pub error: Option<String>,
    /// MightyCall took it, or has shown it: where it failed, it failed there and later.
    #[serde(skip)]
    pub accepted: bool,
    /// The text, raw: see [`text`] for what may reach a screen.
    pub body: String,
    /// When it was sent or received.
    pub at: Timestamp,
    /// Who of the staff sent it, where MightyCall says.
    #[serde(skip)]
    pub sender: Option<String>,
    /// Inbound and not read here yet.
    #[serde(skip)]
    pub unread: bool,
    /// What came with it.
    pub attachments: Vec<Attachment>,
    /// It failed or is unconfirmed, and a person has sent it again or put it away.
    #[serde(skip)]
    pub dealt: bool,
    /// Of an unconfirmed message: one in MightyCall's history that says nearly the same and may be it.
    #[serde(skip)]
    pub like: Option<MessageId>,
    /// What MightyCall notes about it.
    #[serde(flatten)]
    pub notes: RecordNotes,
}

impl Message {
    /// Whether it failed or is unconfirmed, and nobody has dealt with it.
    pub fn needs_somebody(&self) -> bool {
        !self.dealt && self.delivery.as_ref().is_some_and(Delivery::is_trouble)
    }
}
