//! The account's own phone numbers: `GET …/phonenumbers` (`mightycall-api.md`, section 12, grade A).

use serde::Deserialize;
use serde_json::Value;

use super::auth::Credentials;
use super::error::Error;
use super::routes::Operation;
use super::unreadable::Unreadable;
use super::wire::{Maybe, Text, Truth, first_id};
use super::{Client, envelope};
use crate::model::{Address, NumberTraits};

/// A number as the account has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteNumber {
    /// E.164, whatever form the service wrote.
    pub address: Address,
    /// What the account calls it.
    pub label: Option<String>,
    /// Whether it is in use; `true` where the service does not say.
    pub enabled: bool,
    /// The service's id.
    pub remote_id: Option<String>,
    /// What it can do, as the service reports it.
    pub traits: NumberTraits,
}

/// Keys are plain.
#[derive(Deserialize)]
#[serde(untagged)]
enum Wire {
    Bare(Text),
    Fields(Box<Fields>),
}

#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    objectguid: Maybe<Text>,
    #[serde(default)]
    id: Maybe<Text>,
    #[serde(default)]
    guid: Maybe<Text>,
    #[serde(default)]
    number: Maybe<Text>,
    #[serde(default)]
    phonenumber: Maybe<Text>,
    #[serde(default)]
    phone: Maybe<Text>,
    #[serde(default)]
    address: Maybe<Text>,
    #[serde(default)]
    label: Maybe<Text>,
    #[serde(default)]
    name: Maybe<Text>,
    #[serde(default)]
    isenabled: Maybe<Truth>,
    #[serde(default)]
    enabled: Maybe<Truth>,
    #[serde(default)]
    isdisabled: Maybe<Truth>,
    #[serde(default)]
    disabled: Maybe<Truth>,
    #[serde(default)]
    smsmode: Maybe<Text>,
    #[serde(default)]
    numbermessagingverified: Maybe<Truth>,
    #[serde(default)]
    ismmsenabled: Maybe<Truth>,
    #[serde(default)]
    isprimary: Maybe<Truth>,
    #[serde(default)]
    istollfree: Maybe<Truth>,
}

pub(super) fn decode(value: Value) -> Option<RemoteNumber> {
    let fields = match Wire::deserialize(value).ok()? {
        Wire::Bare(text) => {
            let address = full_number(&text.into_string())?;
            let traits = NumberTraits::default();
            return Some(RemoteNumber { address, label: None, enabled: true, remote_id: None, traits });
        }
        Wire::Fields(fields) => *fields,
    };
    let written =
        [fields.number, fields.phonenumber, fields.phone, fields.address].into_iter().find_map(Maybe::trimmed)?;
    let enabled = [fields.isenabled, fields.enabled].into_iter().find_map(Maybe::truth);
    let disabled = [fields.isdisabled, fields.disabled].into_iter().find_map(Maybe::truth);
    let enabled = enabled.or(disabled.map(|disabled| !disabled));
    Some(RemoteNumber {
        address: full_number(&written)?,
        label: [fields.label, fields.name].into_iter().find_map(Maybe::trimmed),
        enabled: enabled.unwrap_or(true),
        remote_id: first_id([fields.objectguid, fields.id, fields.guid]),
        // `mayText` is left out: it is false in all examples, also of numbers that text (section 12)
        traits: NumberTraits {
            enabled,
            sms_mode: fields.smsmode.trimmed(),
            messaging_verified: fields.numbermessagingverified.truth(),
            mms_enabled: fields.ismmsenabled.truth(),
            primary: fields.isprimary.truth(),
            toll_free: fields.istollfree.truth(),
        },
    })
}

/// A number that one can send from.
fn full_number(written: &str) -> Option<Address> {
    Address::from_wire(written).filter(Address::is_e164)
}

impl Client {
    /// The account's numbers, those that are switched off included. What cannot be read is logged and left out.
    pub async fn phone_numbers(&self, who: &Credentials) -> Result<Vec<RemoteNumber>, Error> {
        let (route, read) = self.read(who, Operation::PhoneNumbers, |_| Vec::new()).await?;
        let listing = match envelope::listing(&read.body, &read.secrets) {
            Ok(listing) => listing,
            Err(not) => return Err(read.not(not)),
        };
        self.found(who, Operation::PhoneNumbers, route);
        let mut numbers: Vec<RemoteNumber> = Vec::new();
        let mut unreadable = Unreadable::default();
        for (index, value) in listing.records().enumerate() {
            match value.ok().and_then(decode) {
                Some(number) if numbers.iter().any(|other| other.address == number.address) => {}
                Some(number) => numbers.push(number),
                None => unreadable.note(|| tracing::warn!(index, "a phone number of the account cannot be read")),
            }
        }
        unreadable.end(|others| tracing::warn!(others, "more phone numbers of the account cannot be read"));
        Ok(numbers)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::super::wire::plain_keys;
    use super::*;

    #[rstest]
    #[case(json!({"objectGuid": "g1", "number": "+12025550101", "label": "Main", "isEnabled": true}), "+12025550101", Some("Main"), true, Some("g1"))]
    #[case(json!({"id": 7, "number": "2025550101", "isEnabled": false}), "+12025550101", None, false, Some("7"))]
    #[case(json!({"phoneNumber": 2_025_550_101_i64, "name": " Desk ", "label": ""}), "+12025550101", Some("Desk"), true, None)]
    #[case(json!({"number": "1-202-555-0101", "isEnabled": "false", "objectGuid": null}), "+12025550101", None, false, None)]
    #[case(json!({"number": "(202) 555-0101", "disabled": 1}), "+12025550101", None, false, None)]
    #[case(json!("2025550101"), "+12025550101", None, true, None)]
    #[case(json!("442079460000"), "+442079460000", None, true, None)]
    #[case(json!("\u{200e}+1\u{a0}202\u{2011}555\u{2011}0101"), "+12025550101", None, true, None)]
    fn reads(
        #[case] wire: Value,
        #[case] address: &str,
        #[case] label: Option<&str>,
        #[case] enabled: bool,
        #[case] id: Option<&str>,
    ) {
        let number = decode(plain_keys(wire)).unwrap();
        assert_eq!(
            (number.address.as_str(), number.label.as_deref(), number.enabled, number.remote_id.as_deref()),
            (address, label, enabled, id)
        );
    }

    #[test]
    fn reads_what_a_number_can_do() {
        let number = decode(plain_keys(json!({
            "number": "+12025550101", "label": "Main", "description": null, "isEnabled": true, "isPrimary": true,
            "isTollFree": false, "isInternational": false, "smsMode": "Capable", "numberMessagingVerified": false,
            "isMmsEnabled": true, "mayText": false, "mayCall": false})));
        let traits = NumberTraits {
            enabled: Some(true),
            sms_mode: Some("Capable".to_owned()),
            messaging_verified: Some(false),
            mms_enabled: Some(true),
            primary: Some(true),
            toll_free: Some(false),
        };
        assert_eq!(number.map(|number| number.traits), Some(traits));
        let silent = decode(plain_keys(json!({"number": "+12025550101", "smsMode": null})));
        assert_eq!(silent.map(|number| number.traits), Some(NumberTraits::default()));
    }

    #[rstest]
    #[case(json!({"number": null}))]
    #[case(json!({"number": "front desk"}))]
    #[case(json!({"number": "(103) 555-0162"}))]
    #[case(json!({"number": "72345"}))]
    #[case(json!(null))]
    #[case(json!([]))]
    fn leaves_out_what_is_no_number(#[case] wire: Value) {
        assert_eq!(decode(plain_keys(wire)), None);
    }
}
