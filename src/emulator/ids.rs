//! Ids that look like MightyCall's (GUIDs, and 24 hexadecimal digits) and can be read back, so that a million records need
//! no index of ids.

/// What an id names. The same record has a different id for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A message, in the journal.
    Journal,
    /// The same message in the contact-centre list, where the dialect gives it an id of its own there.
    List,
    /// What the answer to a send calls it, where that is not its id in the journal.
    Send,
    /// A business number.
    Number,
    /// A thread.
    Thread,
    /// An access token.
    Token,
    /// A refresh token.
    Refresh,
    /// One of the staff.
    Agent,
    /// A group of the staff.
    Group,
    /// A voicemail box.
    VoicemailBox,
    /// A contact of the address book.
    Contact,
    /// A phone of a contact.
    Channel,
}

/// The id of the thing of that kind and serial in the world of that seed.
pub(super) fn guid(seed: u64, kind: Kind, serial: u32) -> String {
    let head = mix(seed ^ mix((kind as u64) << 32 | u64::from(serial)));
    let tail = (mix(head) & 0xffff) << 32 | u64::from(serial ^ veil(head));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{tail:012x}",
        head >> 32,
        head >> 16 & 0xffff,
        head >> 4 & 0xfff,
        0x8000 | head & 0xf
    )
}

/// The serial in an id; `None` if it is not one of that kind in that world.
pub(super) fn serial_of(seed: u64, kind: Kind, id: &str) -> Option<u32> {
    let groups: Vec<u64> = id.split('-').map(|group| u64::from_str_radix(group, 16).ok()).collect::<Option<_>>()?;
    let &[first, second, third, fourth, tail] = groups.as_slice() else { return None };
    let head = first << 32 | second << 16 | (third & 0xfff) << 4 | fourth & 0xf;
    let low = u32::try_from(tail & 0xffff_ffff).ok()?;
    let serial = low ^ veil(head);
    (guid(seed, kind, serial) == id).then_some(serial)
}

/// The same in 24 hexadecimal digits, as the journal and the address book have them.
pub(super) fn hex(seed: u64, kind: Kind, serial: u32) -> String {
    let head = mix(seed ^ mix((kind as u64) << 32 | u64::from(serial)));
    format!("{head:016x}{:08x}", serial ^ veil(head))
}

/// The serial in 24 hexadecimal digits; `None` if they are none of that kind in that world.
pub(super) fn serial_of_hex(seed: u64, kind: Kind, id: &str) -> Option<u32> {
    if !is_hex(id) {
        return None;
    }
    let (head, tail) = id.split_at(16);
    let head = u64::from_str_radix(head, 16).ok()?;
    let serial = u32::from_str_radix(tail, 16).ok()? ^ veil(head);
    hex(seed, kind, serial).eq_ignore_ascii_case(id).then_some(serial)
}

/// Whether that is an id of 24 hexadecimal digits, whosever.
pub(super) fn is_hex(id: &str) -> bool {
    id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A number without a visible pattern, the same for the same input (the finaliser of `SplitMix64`).
pub(super) fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Hides the serial, so that nobody takes the order of ids for the order of time.
#[allow(clippy::cast_possible_truncation)] // the low half is what is wanted
fn veil(head: u64) -> u32 {
    mix(head ^ 0x5eed) as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn reads_back_its_own_alone(seed: u64, other: u64, serial: u32) {
            let id = guid(seed, Kind::Journal, serial);
            prop_assert_eq!(id.len(), 36);
            prop_assert_eq!(serial_of(seed, Kind::Journal, &id), Some(serial));
            prop_assert_eq!(serial_of(seed, Kind::Send, &id), None);
            if other != seed {
                prop_assert_eq!(serial_of(other, Kind::Journal, &id), None);
            }
        }

        #[test]
        fn reads_back_its_own_hex_digits_alone(seed: u64, serial: u32) {
            let id = hex(seed, Kind::Journal, serial);
            prop_assert!(is_hex(&id));
            prop_assert_eq!(serial_of_hex(seed, Kind::Journal, &id), Some(serial));
            prop_assert_eq!(serial_of_hex(seed, Kind::Journal, &id.to_uppercase()), Some(serial));
            prop_assert_eq!(serial_of_hex(seed, Kind::Contact, &id), None);
        }

        #[test]
        fn foreign_ids_are_none(id in "\\PC{0,40}|[0-9a-f]{24}") {
            prop_assert_eq!(serial_of(7, Kind::Journal, &id), None);
            prop_assert_eq!(serial_of_hex(7, Kind::Journal, &id), None);
        }
    }
}
