//! What MightyCall says about one of our numbers (`mightycall-api.md`, section 12, grade A; the meanings of `smsMode`
//! and `numberMessagingVerified` are presumed).

use serde::{Deserialize, Serialize};

/// What a business number can do, as MightyCall reports it. `None` where it does not say.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NumberTraits {
    /// Switched on in the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// `smsMode` as written: `Enabled`, `Capable` (possible and not switched on) or a word that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms_mode: Option<String>,
    /// Registered with the carriers for texting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messaging_verified: Option<bool>,
    /// Can send files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mms_enabled: Option<bool>,
    /// The account's main number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary: Option<bool>,
    /// A toll-free number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub toll_free: Option<bool>,
}

impl NumberTraits {
    /// Why texts from this number probably do not go out, and what to do; `None` where nothing speaks against it. A
    /// warning alone: MightyCall's answer to a send decides.
    pub fn texting_warning(&self) -> Option<&'static str> {
        if self.enabled == Some(false) {
            return Some("this number is switched off at MightyCall; switch it on there before you text from it");
        }
        match self.texting() {
            Some(Texting::Possible) => {
                return Some("texting is not switched on for this number; switch it on in MightyCall's settings");
            }
            Some(Texting::Impossible) => {
                return Some("MightyCall says that this number cannot text; choose another number");
            }
            Some(Texting::On) | None => {}
        }
        (self.messaging_verified == Some(false)).then_some(
            "this number is not registered with the carriers for texting; register it in MightyCall, or texts may be \
             refused",
        )
    }

    /// What there is to say of it, in a word or two each; nothing where MightyCall has said nothing.
    pub fn words(&self) -> Vec<&'static str> {
        let texting = match self.texting() {
            _ if self.enabled == Some(false) => Some("switched off"),
            Some(Texting::On) => Some("texting on"),
            Some(Texting::Possible) => Some("texting not switched on"),
            Some(Texting::Impossible) => Some("no texting"),
            None => None,
        };
        let registered = (self.messaging_verified == Some(false)).then_some("not registered");
        let mms = self.mms_enabled.map(|sends| if sends { "MMS" } else { "no MMS" });
        let toll_free = (self.toll_free == Some(true)).then_some("toll-free");
        let primary = (self.primary == Some(true)).then_some("primary");
        [texting, registered, mms, toll_free, primary].into_iter().flatten().collect()
    }

    fn texting(&self) -> Option<Texting> {
        Some(match self.sms_mode.as_deref()?.to_ascii_lowercase().as_str() {
            "enabled" => Texting::On,
            "capable" => Texting::Possible,
            "disabled" | "none" | "off" | "notcapable" | "incapable" | "unavailable" => Texting::Impossible,
            _ => return None,
        })
    }
}

/// What `smsMode` says.
enum Texting {
    On,
    /// It could be switched on.
    Possible,
    Impossible,
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn traits(enabled: Option<bool>, sms_mode: Option<&str>, messaging_verified: Option<bool>) -> NumberTraits {
        NumberTraits { enabled, sms_mode: sms_mode.map(str::to_owned), messaging_verified, ..NumberTraits::default() }
    }

    #[rstest]
    #[case::nothing_said(None, None, None, None)]
    #[case::can_text(Some(true), Some("Enabled"), Some(true), None)]
    #[case::unknown_mode(Some(true), Some("Sideways"), None, None)]
    #[case::off(Some(false), Some("Enabled"), Some(true), Some("switched off"))]
    #[case::capable(Some(true), Some("capable"), Some(true), Some("not switched on"))]
    #[case::cannot(None, Some("Disabled"), None, Some("cannot text"))]
    #[case::not_registered(Some(true), Some("Enabled"), Some(false), Some("not registered"))]
    fn warns(
        #[case] enabled: Option<bool>,
        #[case] mode: Option<&str>,
        #[case] verified: Option<bool>,
        #[case] says: Option<&str>,
    ) {
        let warning = traits(enabled, mode, verified).texting_warning();
        assert_eq!(warning.is_some(), says.is_some());
        assert!(says.is_none_or(|says| warning.is_some_and(|warning| warning.contains(says))), "{warning:?}");
    }
    fn with(mms: bool, marked: bool, traits: NumberTraits) -> NumberTraits {
        NumberTraits { mms_enabled: Some(mms), primary: Some(marked), toll_free: Some(marked), ..traits }
    }

    #[rstest]
    #[case::nothing_said(NumberTraits::default(), "")]
    #[case::all(
        with(true, true, traits(Some(true), Some("enabled"), Some(true))),
        "texting on, MMS, toll-free, primary"
    )]
    #[case::none(
        with(false, false, traits(None, Some("Capable"), Some(false))),
        "texting not switched on, not registered, no MMS"
    )]
    #[case::off(traits(Some(false), Some("Enabled"), None), "switched off")]
    #[case::unknown_mode(traits(None, Some("Sideways"), None), "")]
    fn says_it_in_few_words(#[case] traits: NumberTraits, #[case] words: &str) {
        assert_eq!(traits.words().join(", "), words);
    }
}
