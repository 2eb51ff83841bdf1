//! Values of a query, read strictly (`mightycall-api.md`, sections 5 and 7).

use super::refusal::{self, Refusal};
use crate::emulator::ask::Params;
use crate::emulator::ids::is_hex;

/// Values that are separated by commas.
pub(super) fn list<'a>(params: &'a Params, name: &str) -> Vec<&'a str> {
    let values = params.get(name).unwrap_or_default().split(',');
    values.map(str::trim).filter(|value| !value.is_empty()).collect()
}

/// The values as the allowed ones are written, which they may be in any case; empty where none is given.
pub(super) fn choices<'a>(params: &Params, name: &str, allowed: &[&'a str]) -> Result<Vec<&'a str>, Refusal> {
    list(params, name).into_iter().map(|value| choice(name, value, allowed)).collect()
}

fn choice<'a>(name: &str, value: &str, allowed: &[&'a str]) -> Result<&'a str, Refusal> {
    let found = allowed.iter().copied().find(|one| one.eq_ignore_ascii_case(value));
    found.ok_or_else(|| refusal::invalid(&format!("The value '{value}' is not valid for {name}.")))
}

/// `true` or `false`.
pub(super) fn truth(params: &Params, name: &str) -> Result<Option<bool>, Refusal> {
    let read = |value: &str| Ok(choice(name, value, &["false", "true"])? == "true");
    params.get(name).map(read).transpose()
}

/// Ids of the journal. None at all is a record that is not found, which is what the service says of it.
pub(super) fn ids<'a>(params: &'a Params, name: &str) -> Result<Vec<&'a str>, Refusal> {
    let ids = list(params, name);
    if ids.is_empty() {
        return Err(refusal::not_found());
    }
    if ids.iter().all(|id| is_hex(id)) { Ok(ids) } else { Err(refusal::bad_id()) }
}

/// Refuses names that are not among the allowed.
pub(super) fn known_names(params: &Params, allowed: &[&[&str]]) -> Result<(), Refusal> {
    let known = |name: &str| allowed.iter().copied().flatten().any(|one| one.eq_ignore_ascii_case(name));
    let unknown: Vec<&str> = params.0.iter().map(|(name, _)| name.as_str()).filter(|name| !known(name)).collect();
    if unknown.is_empty() { Ok(()) } else { Err(refusal::unsupported(&unknown)) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn params(pairs: &[(&str, &str)]) -> Params {
        Params(pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect())
    }

    #[rstest]
    #[case("a,b", Some(vec!["A", "B"]))]
    #[case(" B , a ,", Some(vec!["B", "A"]))]
    #[case("", Some(vec![]))]
    #[case("a,c", None)]
    fn reads_lists_in_any_case(#[case] text: &str, #[case] read: Option<Vec<&str>>) {
        assert_eq!(choices(&params(&[("type", text)]), "type", &["A", "B"]).ok(), read);
    }

    #[rstest]
    #[case("TRUE", Some(Some(true)))]
    #[case("false", Some(Some(false)))]
    #[case("", Some(None))]
    #[case("1", None)]
    fn reads_truth(#[case] text: &str, #[case] read: Option<Option<bool>>) {
        assert_eq!(truth(&params(&[("reverse", text)]), "reverse").ok(), read);
    }

    #[test]
    fn names_what_it_does_not_know() {
        let given = params(&[("PAGE", "1"), ("dateFrom", "x"), ("requestType", "y")]);
        let refusal = known_names(&given, &[&["page"], &["from"]]).unwrap_err();
        assert_eq!(refusal.body["data"]["unsupportedFilters"], serde_json::json!(["dateFrom", "requestType"]));
    }

    #[rstest]
    #[case("0123456789abcdef01234567,0123456789ABCDEF01234567", Ok(2))]
    #[case("0123456789abcdef01234567,xyz", Err("RequestIdHasInvalidFormat"))]
    #[case("", Err("RequestIsNotFound"))]
    fn reads_ids(#[case] text: &str, #[case] read: Result<usize, &str>) {
        let given = params(&[("requestIds", text)]);
        let ids = ids(&given, "requestIds").map(|ids| ids.len());
        assert_eq!(
            ids.map_err(|refusal| refusal.body["errorCode"].as_str().unwrap().to_owned()),
            read.map_err(str::to_owned)
        );
    }
}
