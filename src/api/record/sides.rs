//! Which side of a message is ours.

use super::Record;
use crate::model::{Address, Contact, Direction};

/// A record seen from one of our numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sided {
    /// Our side.
    pub number: Address,
    /// The other side. Where a record does not tell it (a withheld sender), its address is the text `unknown`.
    pub contact: Contact,
    /// Which way it went.
    pub direction: Direction,
}

impl Record {
    /// Which side is ours, for a record that came when history of `asked` was asked for. `ours` are all our numbers.
    ///
    /// A stated direction tells which way it went, and which side is ours where both or neither are known as ours.
    /// Without one, the side that is ours tells the direction; of a message between two of ours, the number asked for is
    /// our side; where neither is ours the direction stays unknown, never "inbound".
    pub fn sides(&self, ours: &[Address], asked: &Address) -> Sided {
        let is_ours = |address: &Address| address == asked || ours.contains(address);
        if self.business.is_some() || self.client.is_some() {
            self.named_sides(&is_ours, asked)
        } else {
            self.raw_sides(&is_ours, asked)
        }
    }

    /// Journal records name our side, the other, or both.
    fn named_sides(&self, is_ours: &dyn Fn(&Address) -> bool, asked: &Address) -> Sided {
        let client = self.client.as_ref();
        let not_client = |party: &&Contact| Some(&party.address) != client.map(|client| &client.address);
        let number = self.business.clone().unwrap_or_else(|| {
            let side = self.parties().filter(not_client).find(|party| is_ours(&party.address));
            side.map_or_else(|| asked.clone(), |side| side.address.clone())
        });
        let other = || self.parties().find(|party| party.address != number);
        let contact = client.filter(|client| client.address != number).or_else(other).or(client).cloned();
        let contact = contact.unwrap_or_else(unknown);
        let (number, contact) = if !is_ours(&number) && is_ours(&contact.address) {
            (contact.address, Contact { address: number, name: None })
        } else {
            (number, contact)
        };
        let from = self.from.as_ref().map(|from| &from.address);
        let went_to = |address: &Address| self.to.iter().any(|to| to.address == *address);
        let direction = match self.direction {
            Direction::Unknown if number == contact.address => Direction::Unknown,
            Direction::Unknown if from == Some(&number) || went_to(&contact.address) => Direction::Outbound,
            Direction::Unknown if from == Some(&contact.address) || went_to(&number) => Direction::Inbound,
            stated => stated,
        };
        self.sided(number, contact, direction)
    }

    /// Records of the message list name a sender and receivers.
    fn raw_sides(&self, is_ours: &dyn Fn(&Address) -> bool, asked: &Address) -> Sided {
        let from = self.from.as_ref();
        let from_ours = from.filter(|from| is_ours(&from.address));
        let to_ours =
            (self.to.iter().find(|to| to.address == *asked)).or_else(|| self.to.iter().find(|to| is_ours(&to.address)));
        let receiver = self.to.iter().find(|to| !is_ours(&to.address)).or(self.to.first());
        let sent_by_us = match (from_ours, to_ours) {
            (Some(_), None) => true,
            (None, Some(_)) => false,
            // both or neither: what is stated, then what was asked for
            (from_ours, to_ours) => match (self.direction, from_ours, to_ours) {
                (Direction::Outbound, ..) => true,
                (Direction::Inbound, ..) => false,
                (Direction::Unknown, Some(from), Some(to)) => from.address == *asked || to.address != *asked,
                (Direction::Unknown, ..) => {
                    let contact = from.or(receiver).cloned().unwrap_or_else(unknown);
                    return self.sided(asked.clone(), contact, Direction::Unknown);
                }
            },
        };
        let (number, contact, seen) = if sent_by_us {
            (from, receiver, Direction::Outbound)
        } else {
            (to_ours.or(self.to.first()), from, Direction::Inbound)
        };
        let number = number.map_or_else(|| asked.clone(), |number| number.address.clone());
        let direction = if self.direction == Direction::Unknown { seen } else { self.direction };
        self.sided(number, contact.cloned().unwrap_or_else(unknown), direction)
    }

    fn parties(&self) -> impl Iterator<Item = &Contact> {
        self.from.iter().chain(&self.to)
    }

    fn sided(&self, number: Address, mut contact: Contact, direction: Direction) -> Sided {
        if contact.name.is_none() {
            contact.name.clone_from(&self.contact_name);
        }
        Sided { number, contact, direction }
    }
}

fn unknown() -> Contact {
    Contact { address: Address::from_normal("unknown"), name: None }
}
