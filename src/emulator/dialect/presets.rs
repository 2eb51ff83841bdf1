//! Whole dialects, by the source that tells of them.

use std::time::Duration;

use super::{
    Archive, BusinessNumberForm, Dialect, Envelope, ErrorShape, Files, LinkForm, Names, NumberForm, NumberList, Order,
    OutsideApi, Prefix, ReadFlag, Schemes, SendId, SendPath, SentText, Source, TimeForm, Unfiltered, UsedUp,
    WindowLimit,
};

impl Dialect {
    /// MightyCall's own description of API v4 (section 18): everything under `/api`, the token beside it, 24-digit ids,
    /// error codes, unknown filters refused, a month of history without `from`.
    pub fn v4() -> Self {
        Self {
            source: Source::V4,
            prefix: Prefix::Api,
            token_at_base: true,
            schemes: Schemes::OAuth,
            account_wide_keys: true,
            invalid_client: 401,
            used_up: UsedUp::Plain(403),
            sends: vec![SendPath::Messages, SendPath::ContactCenterMessages],
            message_list: false,
            threads: false,
            extensions: false,
            envelope: Envelope::Page,
            total: false,
            default_days: Some(31),
            ..Self::documented()
        }
    }

    /// All that the sources before the description told, by the first name and in the first form that was seen.
    pub fn documented() -> Self {
        Self {
            source: Source::Reports,
            prefix: Prefix::Both,
            token_at_base: false,
            outside_api: OutsideApi::Json,
            schemes: Schemes::Both,
            account_wide_keys: false,
            invalid_client: 400,
            dead_token: 401,
            used_up: UsedUp::RetryAfter,
            refresh: true,
            sends: SendPath::ALL.to_vec(),
            role_refused: Vec::new(),
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
            sent_text: SentText::Kept,
            journal_lag: Duration::ZERO,
            page_cap: None,
            order: Order::NewestFirst,
            has_more: false,
            total: true,
            unfiltered: Unfiltered::All,
            time_filter: true,
            default_days: None,
            list_window: WindowLimit::None,
            counts_window: WindowLimit::None,
            business_number: BusinessNumberForm::DigitsOnly,
            business_number_list: NumberList::Accepted,
            filed_as_threads: 0,
            times: TimeForm::Utc,
            errors: ErrorShape::Message,
            files: Files::Addressed,
            links: LinkForm::Path,
            links_need_keys: true,
            archive: Archive::Binary,
            read: ReadFlag::Flag,
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
            token_at_base: true,
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
        Self::v4()
    }
}
