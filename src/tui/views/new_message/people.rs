//! Who a message goes to: those chosen, and those offered for what is typed.

use crate::model::phone::{self, AddressError, plain_char};
use crate::model::text::{fit, safe_line};
use crate::model::{Address, Contact};
use crate::tui::widgets::fuzzy;

/// Contacts offered at a time.
const OFFERED: usize = 50;
/// From so many digits on a typed text is a number rather than a part of one.
const NEARLY_WHOLE: usize = 9;
/// Of a list, the entries that are told of.
const TOLD: usize = 3;

/// Those chosen, each once.
#[derive(Debug, Default)]
pub(super) struct People(Vec<Contact>);

/// What became of a list.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pasted {
    added: usize,
    twice: usize,
    /// What is neither a number nor a contact's name.
    bad: Vec<String>,
}

impl People {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Contact> {
        self.0.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn pop(&mut self) {
        self.0.pop();
    }

    /// `false` where they are there already.
    pub(super) fn add(&mut self, contact: Contact) -> bool {
        let new = self.0.iter().all(|other| other.address != contact.address);
        if new {
            self.0.push(contact);
        }
        new
    }

    /// Adds a list with commas, semicolons, tabs or line breaks between: numbers, names of contacts, or both in one. What
    /// is not whole is refused, and told.
    pub(super) fn add_list(&mut self, list: &str, contacts: &[Contact]) -> Pasted {
        let mut pasted = Pasted::default();
        // five or six digits in a cell of a spreadsheet are rather a ZIP code or a price than a short code
        let is_known = |contact: &Contact| contacts.iter().any(|known| known.address == contact.address);
        let is_meant = |contact: &Contact| !list.contains('\t') || contact.address.is_e164() || is_known(contact);
        for entry in phone::entries(list) {
            if let Some(contact) = read(entry, contacts).filter(is_meant) {
                self.count(contact, &mut pasted);
                continue;
            }
            match phone::split_numbers(entry).as_slice() {
                [_] => pasted.bad.push(entry.to_owned()),
                several => {
                    for contact in several.iter().filter_map(|one| read(one, contacts)) {
                        self.count(contact, &mut pasted);
                    }
                }
            }
        }
        pasted
    }

    fn count(&mut self, contact: Contact, pasted: &mut Pasted) {
        let new = self.add(contact);
        pasted.added += usize::from(new);
        pasted.twice += usize::from(!new);
    }
}

/// A list that is pasted behind what is typed. Its beginning goes on with what is typed where both make one entry, and only
/// one of them or none is an entry by itself.
pub(super) fn behind(typed: &str, list: &str, contacts: &[Contact]) -> String {
    let is_entry = |text: &str| phone::entries(text).next().is_some_and(|entry| read(entry, contacts).is_some());
    let joined = format!("{typed}{list}");
    let are_two = is_entry(typed) && is_entry(list);
    if typed.trim().is_empty() || list.is_empty() || (!are_two && is_entry(&joined)) {
        joined
    } else {
        format!("{typed}\n{list}")
    }
}

/// `(202) 555-0147`, `Dana Whitfield`, `Dana: 202-555-0147`, `Dana <+12025550147>`.
fn read(entry: &str, contacts: &[Contact]) -> Option<Contact> {
    let known = |address: Address| {
        let name = contacts.iter().find(|contact| contact.address == address).and_then(|contact| contact.name.clone());
        Contact { address, name }
    };
    let entry = entry.trim_matches(['"', '\'', '<', '>']);
    if let Ok(address) = Address::parse(entry) {
        return Some(known(address));
    }
    let same = |contact: &&Contact| contact.name.as_ref().is_some_and(|name| name.trim().eq_ignore_ascii_case(entry));
    let mut named = contacts.iter().filter(same).filter(|contact| contact.address.can_receive());
    match (named.next(), named.next()) {
        (Some(one), None) => return Some(one.clone()),
        (Some(_), Some(_)) => return None,
        _ => {}
    }
    let from = entry.find(|c| plain_char(c).is_some_and(|c| c.is_ascii_digit() || matches!(c, '+' | '(')))?;
    let (before, number) = entry.split_at(from);
    let address = Address::parse(number.trim_end_matches(['>', ')', '"'])).or_else(|_| Address::parse(number)).ok()?;
    // "Suite 12345" is an address of another kind
    let address = Some(address).filter(Address::is_e164)?;
    let mut contact = known(address);
    if contact.name.is_none() {
        let name = before.trim_matches(|c: char| !c.is_alphanumeric());
        contact.name = Some(name.to_owned()).filter(|name| !name.is_empty());
    }
    Some(contact)
}

impl Pasted {
    /// What was not added, as a list.
    pub(super) fn refused(&self) -> String {
        self.bad.join(", ")
    }

    /// What a person should know of it.
    pub(super) fn problem(&self) -> Option<String> {
        let mut out = Vec::new();
        let why = match self.bad.as_slice() {
            // one slip is told with what is wrong
            [bad] => match Address::parse(bad) {
                Err(why @ (AddressError::Wrong { .. } | AddressError::Several(_))) => Some(safe_line(&why.to_string())),
                _ => None,
            },
            _ => None,
        };
        let nothing = self.added + self.twice == 0;
        if let Some(why) = why {
            out.push(if nothing { why } else { format!("not added: {why}") });
        } else if !self.bad.is_empty() {
            let told: Vec<String> =
                self.bad.iter().take(TOLD).map(|bad| format!("“{}”", fit(&safe_line(bad), 24))).collect();
            let more = self.bad.len() - told.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            out.push(format!("not added, neither a number nor a contact: {}{more}", told.join(", ")));
        }
        if self.twice > 0 {
            out.push(format!("{} there already", self.twice));
        }
        let added = if nothing { String::new() } else { format!("{} added; ", self.added) };
        (!out.is_empty()).then(|| added + &out.join("; "))
    }
}

/// A number as people write it and whole, so that it is found by either.
fn spellings(address: &Address) -> String {
    format!("{} {}", address.display(), address.as_str())
}

/// Those offered for what is typed: the typed number first, then contacts, the best match first.
#[derive(Debug, Default)]
pub(super) struct Offers {
    found: Vec<Contact>,
    at: usize,
    travelled: bool,
}

impl Offers {
    pub(super) fn of(typed: &str, contacts: &[Contact]) -> Self {
        let typed = typed.trim();
        let mut offers = Vec::new();
        let number = Address::parse(typed).ok();
        if let Some(address) = number.clone().filter(Address::is_e164) {
            let name = contacts.iter().find(|contact| contact.address == address).and_then(|c| c.name.clone());
            offers.push(Contact { address, name });
        }
        // of what is nearly a whole number every digit counts, and in its place: a slip is not somebody else
        let digits = phone::digits_of_part(typed).filter(|digits| digits.len() >= NEARLY_WHOLE);
        let wanted = |contact: &&Contact| {
            digits.as_ref().is_none_or(|digits| contact.address.as_str().contains(digits))
                && offers.first().is_none_or(|offer: &Contact| offer.address != contact.address)
                // who cannot be answered is there for whoever looks for them
                && (!typed.is_empty() || contact.address.can_receive())
        };
        // the one heard of last is the first of equals
        let asked: Vec<&Contact> = contacts.iter().filter(wanted).collect();
        let text = |contact: &&Contact| format!("{} {}", contact.title(), spellings(&contact.address));
        let texts: Vec<String> = asked.iter().map(text).collect();
        let hits = fuzzy::best(typed, texts.iter().map(|text| (text.as_str(), 0)), OFFERED);
        offers.extend(hits.into_iter().map(|hit| asked[hit.at].clone()));
        // a few digits are rather part of a number than a short code
        if let Some(address) = number.filter(|number| offers.iter().all(|offer| offer.address != *number)) {
            offers.push(Contact { address, name: None });
        }
        Self { found: offers, at: 0, travelled: false }
    }

    /// Looks again among contacts that have changed; a row that somebody has gone to stays the chosen one.
    pub(super) fn renew(&mut self, typed: &str, contacts: &[Contact]) {
        let held = self.chosen().filter(|_| self.travelled).map(|contact| contact.address.clone());
        *self = Self::of(typed, contacts);
        if let Some(at) = held.and_then(|held| self.found.iter().position(|contact| contact.address == held)) {
            self.go(at);
        }
    }

    pub(super) fn all(&self) -> &[Contact] {
        &self.found
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn go(&mut self, at: usize) {
        (self.at, self.travelled) = (at, true);
    }

    pub(super) fn chosen(&self) -> Option<&Contact> {
        self.found.get(self.at)
    }

    /// Whether somebody has moved in the list: then its row is meant even where nothing is typed.
    pub(super) fn was_travelled(&self) -> bool {
        self.travelled
    }

    pub(super) fn travel(&mut self, down: bool) {
        let last = self.found.len().saturating_sub(1);
        self.at = if down { (self.at + 1).min(last) } else { self.at.saturating_sub(1) };
        self.travelled = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(number: &str, name: Option<&str>) -> Contact {
        Contact { address: Address::from_wire(number).unwrap(), name: name.map(str::to_owned) }
    }

    #[test]
    fn a_list_in_any_form() {
        let contacts = [contact("2025550147", Some("Dana Whitfield")), contact("MYBANK", Some("Bank"))];
        let mut people = People::default();
        let list = "(202) 555-0147, 202.555.0162;\n+1 202 555 0133\r\n dana whitfield ,\nLee Ortiz: 202-555-0143\n\
                    \"Sam\" <+12025550144>, 72345, nobody, 123, Bank";
        let pasted = people.add_list(list, &contacts);
        let who: Vec<(&str, Option<&str>)> = people.iter().map(|c| (c.address.as_str(), c.name.as_deref())).collect();
        assert_eq!(
            who,
            [
                ("+12025550147", Some("Dana Whitfield")),
                ("+12025550162", None),
                ("+12025550133", None),
                ("+12025550143", Some("Lee Ortiz")),
                ("+12025550144", Some("Sam")),
                ("72345", None),
            ]
        );
        assert_eq!((pasted.added, pasted.twice), (6, 1));
        assert_eq!(pasted.bad, ["nobody", "123", "Bank"]);
        let said = pasted.problem().unwrap();
        assert!(said.contains("6 added") && said.contains("“nobody”, “123”, “Bank”"), "{said}");
        assert_eq!(people.add_list("2025550199", &[]).problem(), None);
    }

    #[test]
    fn a_row_of_a_spreadsheet_is_checked_number_by_number() {
        let mut people = People::default();
        let row = "\"303-555-0162\"\t303-555-01633\t(303)\u{a0}555\u{2011}0164\t\r\n+1 303 555 0165 303 555 0166，７２３４５\n";
        let pasted = people.add_list(row, &[contact("72345", None)]);
        let who: Vec<&str> = people.iter().map(|contact| contact.address.as_str()).collect();
        assert_eq!(who, ["+13035550162", "+13035550164", "+13035550165", "+13035550166", "72345"]);
        assert_eq!(
            pasted.problem().unwrap(),
            format!("5 added; not added: {}", Address::parse("303-555-01633").unwrap_err())
        );
        let zip = People::default().add_list("Dana\t303-555-0162\t19102\tPhiladelphia", &[]);
        assert!(zip.added == 1 && zip.bad.contains(&"19102".to_owned()), "{zip:?}");
        let twice = people.add_list("303-555-0199\t303-555-0170/1", &[]);
        assert!(twice.problem().unwrap().contains("several phone numbers"), "{twice:?}");
    }

    #[test]
    fn a_slip_is_not_somebody_who_is_known() {
        let contacts = [contact("3035550162", Some("Dana"))];
        let offered = |typed| Offers::of(typed, &contacts).all().len();
        assert_eq!((offered("303-555-0162"), offered("555 0162"), offered("303-555")), (1, 1, 1));
        assert_eq!((offered("303-555-01622"), offered("30355501622"), offered("303-555-0162/2")), (0, 0, 0));
    }

    #[test]
    fn one_of_two_of_a_name_is_not_guessed() {
        let contacts = [contact("2025550147", Some("Dana")), contact("2025550148", Some("Dana"))];
        assert_eq!(read("Dana", &contacts), None);
    }
}
