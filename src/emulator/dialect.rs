//! How an account speaks. The facts page grades sources that disagree; an account here speaks any mixture of them.

mod choices;
mod presets;
mod unknowns;

use std::time::Duration;

pub use choices::{
    Envelope, ErrorShape, Files, Names, NumberForm, Order, Prefix, Schemes, SendId, SendPath, TimeForm, Unfiltered,
};
pub use unknowns::{
    Archive, BusinessNumberForm, LinkForm, NumberList, OutsideApi, ReadFlag, SentText, Source, UsedUp, WindowLimit,
};

/// One way in which an account may speak. Every combination means something; what only one [`Source`] knows says so.
///
/// ```
/// use std::time::Duration;
///
/// use mctui::emulator::{Dialect, Envelope, WindowLimit};
///
/// let dialect = Dialect {
///     envelope: Envelope::Data,
///     journal_lag: Duration::from_secs(5),
///     list_window: WindowLimit::Refused { days: 31 },
///     ..Dialect::v4()
/// };
/// assert!(dialect.journal);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // each is one thing that an account has or has not
pub struct Dialect {
    /// Which source the operations and the shapes of answers follow.
    pub source: Source,
    /// Before which paths it answers.
    pub prefix: Prefix,
    /// The token is at `{base}/auth/token` alone, whatever stands before the other paths (section 2).
    pub token_at_base: bool,
    /// What paths answer that are not below `/api`, where [`Prefix::Api`] makes them nobody's. [`Source::V4`] only.
    pub outside_api: OutsideApi,
    /// Which credentials it takes.
    pub schemes: Schemes,
    /// A token that was got with a number's key reaches the whole account (section 3), not that number alone.
    pub account_wide_keys: bool,
    /// The status of `invalid_client`: 400 or 401.
    pub invalid_client: u16,
    /// The status that a token which expired or was withdrawn gets: 401 or 403.
    pub dead_token: u16,
    /// What a key gets that has used up its requests of the day (section 4).
    pub used_up: UsedUp,
    /// Whether `grant_type=refresh_token` is served.
    pub refresh: bool,
    /// Which paths send; the others are absent.
    pub sends: Vec<SendPath>,
    /// Which paths that send answer 403 `TenantAccountRoleIssue` (section 6). [`Source::V4`] only.
    pub role_refused: Vec<SendPath>,
    /// Whether there is `/journal/requests`.
    pub journal: bool,
    /// Whether there is `/contactcenter/message`. [`Source::Reports`] only.
    pub message_list: bool,
    /// Whether there is `/contactcenter/message/threads`. [`Source::Reports`] only.
    pub threads: bool,
    /// Whether there is `/phonenumbers`.
    pub phone_numbers: bool,
    /// Whether there is `/extensions`. [`Source::Reports`] only.
    pub extensions: bool,
    /// The status of a path that is absent: 404 or 405.
    pub absent: u16,
    /// Around lists.
    pub envelope: Envelope,
    /// Field names of records and of phone numbers. [`Source::Reports`] only.
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
    /// Whether that id is the one that the message has in the journal; in [`Source::V4`], its `requestGuid` there.
    pub send_id_is_journal_id: bool,
    /// How history shows a text that was sent.
    pub sent_text: SentText,
    /// How long after it was sent a text appears in the journal.
    pub journal_lag: Duration,
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
    /// How many days back from now the journal and its counts search without `from` (section 7); everything where
    /// `None`. [`Source::V4`] only.
    pub default_days: Option<u16>,
    /// The longest time from `from` to `to` of the list. [`Source::V4`] only.
    pub list_window: WindowLimit,
    /// The same of the counts. [`Source::V4`] only.
    pub counts_window: WindowLimit,
    /// How `businessNumber` must be written (section 7). [`Source::V4`] only.
    pub business_number: BusinessNumberForm,
    /// What becomes of several numbers in `businessNumber`. [`Source::V4`] only.
    pub business_number_list: NumberList,
    /// Of a hundred texts, how many the journal files as `messageThread`, with `inConversation`, instead of `message`.
    /// [`Source::V4`] only.
    pub filed_as_threads: u8,
    /// Times in answers.
    pub times: TimeForm,
    /// Around the text of an error; in [`Source::V4`], of those errors alone that are not of one family of operations.
    pub errors: ErrorShape,
    /// What a record tells of the files that came with it.
    pub files: Files,
    /// Where a file's `link` leads. [`Source::V4`] only.
    pub links: LinkForm,
    /// Whether a `link` asks for the same credentials as other paths.
    pub links_need_keys: bool,
    /// How the archive of `mmsAttachments` comes. [`Source::V4`] only.
    pub archive: Archive,
    /// What `read` says on inbound texts. [`Source::V4`] only.
    pub read: ReadFlag,
}
