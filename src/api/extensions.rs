//! The account's extensions: `GET /extensions`.

use serde::Deserialize;
use serde_json::Value;

use super::auth::Credentials;
use super::error::Error;
use super::routes::Operation;
use super::unreadable::Unreadable;
use super::wire::{Maybe, Text, first_id};
use super::{Client, envelope};

/// One of the staff, by extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// The extension's digits, as written.
    pub number: String,
    /// Who has it. Foreign text.
    pub name: Option<String>,
    /// The service's id.
    pub remote_id: Option<String>,
}

/// Keys are plain.
#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    extension: Maybe<Text>,
    #[serde(default)]
    extensionnumber: Maybe<Text>,
    #[serde(default)]
    number: Maybe<Text>,
    #[serde(default)]
    name: Maybe<Text>,
    #[serde(default)]
    displayname: Maybe<Text>,
    #[serde(default)]
    fullname: Maybe<Text>,
    #[serde(default)]
    firstname: Maybe<Text>,
    #[serde(default)]
    lastname: Maybe<Text>,
    #[serde(default)]
    label: Maybe<Text>,
    #[serde(default)]
    objectguid: Maybe<Text>,
    #[serde(default)]
    id: Maybe<Text>,
    #[serde(default)]
    guid: Maybe<Text>,
}

pub(super) fn decode(value: Value) -> Option<Extension> {
    if !value.is_object() {
        return None;
    }
    let wire = Wire::deserialize(value).ok()?;
    let parts: Vec<String> = [wire.firstname, wire.lastname].into_iter().filter_map(Maybe::trimmed).collect();
    Some(Extension {
        number: [wire.extension, wire.extensionnumber, wire.number].into_iter().find_map(Maybe::trimmed)?,
        name: [wire.name, wire.displayname, wire.fullname]
            .into_iter()
            .find_map(Maybe::trimmed)
            .or_else(|| (!parts.is_empty()).then(|| parts.join(" ")))
            .or_else(|| wire.label.trimmed()),
        remote_id: first_id([wire.objectguid, wire.id, wire.guid]),
    })
}

impl Client {
    /// The account's extensions. What cannot be read is logged and left out.
    pub async fn extensions(&self, who: &Credentials) -> Result<Vec<Extension>, Error> {
        let (route, read) = self.read(who, Operation::Extensions, |_| Vec::new()).await?;
        let listing = match envelope::listing(&read.body, &read.secrets) {
            Ok(listing) => listing,
            Err(not) => return Err(read.not(not)),
        };
        self.found(who, Operation::Extensions, route);
        let mut extensions = Vec::with_capacity(listing.count);
        let mut unreadable = Unreadable::default();
        for (index, value) in listing.records().enumerate() {
            match value.ok().and_then(decode) {
                Some(extension) => extensions.push(extension),
                None => unreadable.note(|| tracing::warn!(index, "an extension of the account cannot be read")),
            }
        }
        unreadable.end(|others| tracing::warn!(others, "more extensions of the account cannot be read"));
        Ok(extensions)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::super::wire::plain_keys;
    use super::*;

    #[rstest]
    #[case(json!({"id": "e1", "extension": 101, "name": "Dana"}), "101", Some("Dana"), Some("e1"))]
    #[case(json!({"extensionNumber": "102", "firstName": "Lee", "lastName": "Ray"}), "102", Some("Lee Ray"), None)]
    #[case(json!({"number": "103", "label": "Desk"}), "103", Some("Desk"), None)]
    #[case(json!({"Extension": "104", "DisplayName": null}), "104", None, None)]
    fn reads(#[case] wire: Value, #[case] number: &str, #[case] name: Option<&str>, #[case] id: Option<&str>) {
        let extension = decode(plain_keys(wire)).unwrap();
        assert_eq!(
            (extension.number.as_str(), extension.name.as_deref(), extension.remote_id.as_deref()),
            (number, name, id)
        );
    }

    #[rstest]
    #[case(json!({"name": "nobody"}))]
    #[case(json!("101"))]
    #[case(json!([1]))]
    fn leaves_out_what_is_none(#[case] wire: Value) {
        assert_eq!(decode(plain_keys(wire)), None);
    }
}
