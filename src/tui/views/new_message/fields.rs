//! The window's fields: from which of our numbers it goes, and the way through them.

use super::super::numbers::Numbers;
use super::{NewMessage, On};
use crate::model::Address;

impl NewMessage {
    /// From which of our numbers it goes: the chosen one; the one that all of these people were last in touch with; the one
    /// that is shown; the default.
    pub(super) fn sender(&self, numbers: &Numbers) -> Option<Address> {
        let ours = |address: &&Address| numbers.get(address).is_some();
        let usual = || {
            let chosen = self.offers.chosen().filter(|_| self.people.is_empty());
            let mut usual: Vec<Option<&Address>> =
                self.people.iter().chain(chosen).map(|contact| self.last.get(&contact.address)).collect();
            usual.dedup();
            if usual.len() == 1 { usual[0] } else { None }
        };
        let default = || numbers.sender().map(|number| &number.address);
        self.from.as_ref().filter(ours).or_else(|| usual().filter(ours)).or_else(default).cloned()
    }

    pub(super) fn turn(&mut self, numbers: &Numbers, by: isize) {
        let all: Vec<&Address> = numbers.all().map(|number| &number.address).collect();
        let now = self.sender(numbers);
        let at = all.iter().position(|address| Some(*address) == now.as_ref()).unwrap_or(0);
        let at = at.checked_add_signed(by).unwrap_or(all.len().saturating_sub(1));
        self.from = all.get(at).or(all.first()).map(|address| (*address).clone());
    }

    /// The fields that there are to go through.
    pub(super) fn next(&self, numbers: &Numbers, back: bool) -> On {
        let mut fields = vec![On::To];
        if numbers.are_several() {
            fields.push(On::From);
        }
        if self.people.len() > 1 || !self.text.text().is_empty() {
            fields.push(On::Text);
        }
        let at = fields.iter().position(|field| *field == self.on).unwrap_or(0);
        fields[(at + if back { fields.len() - 1 } else { 1 }) % fields.len()]
    }
}
