//! The ways in which sources of the facts page differ, a choice for each.

/// Before which paths the account answers, after the base URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefix {
    /// `{base}/journal/requests`
    None,
    /// `{base}/api/journal/requests`
    Api,
    /// Either.
    Both,
}

/// Which credentials the account takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schemes {
    /// Either.
    Both,
    /// Tokens alone.
    OAuth,
    /// `X-API-Key` with a number's key alone; there is no `auth/token`.
    NumberKey,
}

/// A path that sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendPath {
    /// `POST /contactcenter/message/send`
    ContactCenterMessage,
    /// `POST /messages/send`
    Messages,
    /// `POST /contactcenter/messages/send`
    ContactCenterMessages,
}

impl SendPath {
    /// All three, in the order in which the reports tell of them.
    pub const ALL: [Self; 3] = [Self::ContactCenterMessage, Self::Messages, Self::ContactCenterMessages];

    /// After the base URL.
    pub fn path(self) -> &'static str {
        match self {
            Self::ContactCenterMessage => "/contactcenter/message/send",
            Self::Messages => "/messages/send",
            Self::ContactCenterMessages => "/contactcenter/messages/send",
        }
    }
}

/// What stands around a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Envelope {
    /// `{"isSuccess":true,"data":{"<plural>":[…]}}`
    Data,
    /// `{"currentPage":1,"<plural>":[…]}`; the journal's plural is `requests`.
    Page,
    /// `[…]`: nothing can be told of how many there are.
    Bare,
}

/// Which of the names seen for a field are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// The same in each record; 0 takes the first name of each field, any other number some mixture.
    Fixed(u32),
    /// Others in each record.
    Rotating,
}

/// How numbers are written in answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberForm {
    /// `+12025550101`
    E164,
    /// `2025550101`
    National,
    /// `(202) 555-0101`
    Formatted,
    /// One of these, others in each record.
    Mixed,
}

/// How times are written in answers. All are the same instant; a time without zone is UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeForm {
    /// `2026-01-15T14:30:00.000Z`
    Utc,
    /// `2026-01-15T09:30:00.000-05:00`
    Offset,
    /// `2026-01-15T14:30:00.000`
    Zoneless,
}

/// Where the answer to a send puts the message's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendId {
    /// `id`
    Id,
    /// `messageId`
    MessageId,
    /// `data.id`
    DataId,
    /// Nowhere.
    Absent,
}

/// What a journal answers that is asked for no number in particular.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfiltered {
    /// Records of every number that the credentials see.
    All,
    /// Those of the first number alone.
    First,
    /// That status.
    Refused(u16),
}

/// The order of `/contactcenter/message`; the journal is always newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// What came last is first.
    NewestFirst,
    /// What came first is first.
    OldestFirst,
}

/// What an error says around its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorShape {
    /// `{"message":…}`
    Message,
    /// `{"error":…}`
    Error,
    /// `{"isSuccess":false,"errors":[{"message":…}]}`
    Errors,
    /// The text alone, as `text/plain`.
    Text,
}

/// Where an account tells of the files that came with a message; `mmsAttachments` always does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Files {
    /// The journal's record has each with its name, size and address.
    Addressed,
    /// It has the names, and no addresses.
    Named,
    /// It has all of that, and says that the files are kept no longer (`isStorageExpired`): nothing can be fetched.
    Expired,
    /// It says nothing of them.
    Apart,
}
