//! How an account speaks. The facts page grades three sources that disagree; an account here speaks any mixture of them.

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
    /// All three, in the order in which the facts page gives them.
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
    /// It has the names alone.
    Named,
    /// It says nothing of them.
    Apart,
}

/// One way in which an account may speak. Every combination means something.
///
/// ```
/// use mctui::emulator::{Dialect, Envelope, SendId};
///
/// let dialect = Dialect { envelope: Envelope::Bare, send_id: SendId::Absent, ..Dialect::documented() };
/// assert!(dialect.journal);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // each is one thing that an account has or has not
pub struct Dialect {
    /// Before which paths it answers.
    pub prefix: Prefix,
    /// Which credentials it takes.
    pub schemes: Schemes,
    /// The status of `invalid_client`: 400 or 401.
    pub invalid_client: u16,
    /// Whether `grant_type=refresh_token` is served.
    pub refresh: bool,
    /// Which paths send; the others are absent.
    pub sends: Vec<SendPath>,
    /// Whether there is `/journal/requests`.
    pub journal: bool,
    /// Whether there is `/contactcenter/message`.
    pub message_list: bool,
    /// Whether there is `/contactcenter/message/threads`.
    pub threads: bool,
    /// Whether there is `/phonenumbers`.
    pub phone_numbers: bool,
    /// Whether there is `/extensions`.
    pub extensions: bool,
    /// The status of a path that is absent: 404 or 405.
    pub absent: u16,
    /// Around lists.
    pub envelope: Envelope,
    /// Field names of records and of phone numbers.
    pub names: Names,
    /// Of a hundred records of the message list, how many have no id.
    pub without_id: u8,
    /// Of a hundred records of the message list, how many do not say which way they went.
    pub without_direction: u8,
    /// Whether the message list gives a message another id than the journal does.
    pub list_ids_differ: bool,
    /// Numbers in answers.
    pub numbers: NumberForm,
    /// Where a send's answer has the id.
    pub send_id: SendId,
    /// Whether that id is the one that the message has in the journal.
    pub send_id_is_journal_id: bool,
    /// The most records in a page, where that is less than what may be asked for.
    pub page_cap: Option<usize>,
    /// Order of the message list.
    pub order: Order,
    /// Whether lists in an envelope say `hasMore`.
    pub has_more: bool,
    /// Whether lists in an envelope say `total`.
    pub total: bool,
    /// What a journal shows without a number.
    pub unfiltered: Unfiltered,
    /// The journal heeds `from` and `to`.
    pub time_filter: bool,
    /// Times in answers.
    pub times: TimeForm,
    /// Around the text of an error.
    pub errors: ErrorShape,
    /// What a record tells of the files that came with it.
    pub files: Files,
}

impl Dialect {
    /// All that is on the facts page, by the first name and in the first form that it gives.
    pub fn documented() -> Self {
        Self {
            prefix: Prefix::Both,
            schemes: Schemes::Both,
            invalid_client: 400,
            refresh: true,
            sends: SendPath::ALL.to_vec(),
            journal: true,
            message_list: true,
            threads: true,
            phone_numbers: true,
            extensions: true,
            absent: 404,
            envelope: Envelope::Data,
            names: Names::Fixed(0),
            without_id: 0,
            without_direction: 0,
            list_ids_differ: false,
            numbers: NumberForm::E164,
            send_id: SendId::Id,
            send_id_is_journal_id: true,
            page_cap: None,
            order: Order::NewestFirst,
            has_more: false,
            total: true,
            unfiltered: Unfiltered::All,
            time_filter: true,
            times: TimeForm::Utc,
            errors: ErrorShape::Message,
            files: Files::Addressed,
        }
    }

    /// As the set-up guide tells it: number keys alone, the message list in bare arrays with varying names, records
    /// without id or direction, no journal.
    pub fn number_keys() -> Self {
        Self {
            prefix: Prefix::None,
            schemes: Schemes::NumberKey,
            sends: vec![SendPath::ContactCenterMessage],
            journal: false,
            threads: false,
            phone_numbers: false,
            extensions: false,
            envelope: Envelope::Bare,
            names: Names::Rotating,
            without_id: 20,
            without_direction: 20,
            numbers: NumberForm::Mixed,
            send_id: SendId::Absent,
            total: false,
            ..Self::documented()
        }
    }

    /// As the verification report tells it: tokens, the journal in envelopes, `/messages/send`.
    pub fn journal() -> Self {
        Self {
            prefix: Prefix::None,
            schemes: Schemes::OAuth,
            sends: vec![SendPath::Messages],
            message_list: false,
            threads: false,
            ..Self::documented()
        }
    }

    /// As the later integrations tell it: tokens, everything under `/api`, numbers without `+1`, the journal's pages with
    /// varying names, a send id that never appears in the journal.
    pub fn under_api() -> Self {
        Self {
            prefix: Prefix::Api,
            schemes: Schemes::OAuth,
            invalid_client: 401,
            refresh: false,
            sends: vec![SendPath::ContactCenterMessages],
            message_list: false,
            envelope: Envelope::Page,
            names: Names::Rotating,
            numbers: NumberForm::National,
            send_id: SendId::DataId,
            send_id_is_journal_id: false,
            total: false,
            times: TimeForm::Offset,
            errors: ErrorShape::Errors,
            files: Files::Named,
            ..Self::documented()
        }
    }
}

impl Default for Dialect {
    fn default() -> Self {
        Self::documented()
    }
}
