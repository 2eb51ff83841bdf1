//! The account's business numbers (`mightycall-api.md`, section 12).

use super::auth::number_key;
use crate::model::phone::Address;

/// One of the account's business numbers.
///
/// ```
/// use mctui::emulator::OwnNumber;
/// use mctui::model::Address;
///
/// let address = Address::parse("+12025550101").expect("a number");
/// let number = OwnNumber { mms: false, ..OwnNumber::new(address, "Billing", 1) };
/// assert_eq!((number.key.as_str(), number.sms_mode.as_str()), ("demo-key-1", "Enabled"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // each is one field of the answer
pub struct OwnNumber {
    /// E.164.
    pub address: Address,
    /// What staff call it.
    pub label: String,
    /// The key of this number: by itself, or as `client_secret` beside the account's API key.
    pub key: String,
    /// Whether MightyCall says that it is in use (`isEnabled`).
    pub enabled: bool,
    /// What it is for, if somebody wrote it down (`description`).
    pub description: Option<String>,
    /// The account's first number (`isPrimary`).
    pub primary: bool,
    /// Free for who calls it (`isTollFree`).
    pub toll_free: bool,
    /// Outside of the US and Canada (`isInternational`).
    pub international: bool,
    /// `smsMode`: `Enabled`; with anything else, such as `Capable`, sending is refused.
    pub sms_mode: String,
    /// Registered with the carriers (`numberMessagingVerified`).
    pub messaging_verified: bool,
    /// May send files (`isMmsEnabled`); without it, sending files is refused.
    pub mms: bool,
    /// `callRecordingMode`, flags as text.
    pub call_recording_mode: String,
    /// `mayText`, which says false of numbers that text.
    pub may_text: bool,
    /// `mayCall`, likewise.
    pub may_call: bool,
    /// `lastUsed`.
    pub last_used: bool,
}

impl OwnNumber {
    /// A number that can do all that a number can, at that place among the account's, counted from 1.
    pub fn new(address: Address, label: impl Into<String>, place: usize) -> Self {
        Self {
            address,
            label: label.into(),
            key: number_key(place),
            enabled: true,
            description: None,
            primary: place == 1,
            toll_free: false,
            international: false,
            sms_mode: "Enabled".to_owned(),
            messaging_verified: true,
            mms: true,
            call_recording_mode: "Both, OutgoingBeepDisabled".to_owned(),
            may_text: false,
            may_call: false,
            last_used: place == 1,
        }
    }
}
