//! What the description of API v4 leaves open, a choice for each (`mightycall-api.md`, section 19).

/// Which source of the facts page an account follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// MightyCall's own description of API v4 (grade A): its operations, fields, ids, error bodies and filters.
    V4,
    /// The set-up guide, the verification report and third-party code (grades B and C), by the names seen there.
    Reports,
}

/// What a path answers that is not below `/api`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutsideApi {
    /// 404 with JSON.
    Json,
    /// 404 with a page of HTML.
    Html,
    /// 200 with a page of HTML, as a web application answers for whatever it does not know.
    HtmlOk,
}

/// What a key gets that has used up its requests of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsedUp {
    /// 429 with `Retry-After` in seconds.
    RetryAfter,
    /// This status, such as 403 or 429, with a message that tells no time.
    Plain(u16),
}

/// The longest time between `from` and `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowLimit {
    /// As long as one likes.
    None,
    /// A longer one is answered with 400 and an error code.
    Refused {
        /// The most days.
        days: u16,
    },
    /// Of a longer one the last days are searched, without a word; the counts' `from` shows it.
    Clipped {
        /// The most days.
        days: u16,
    },
}

/// How `businessNumber` must be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BusinessNumberForm {
    /// Digits with the country code and no plus: `12025550101`. Anything else is answered with 400 and an error code.
    DigitsOnly,
    /// Any form of the number.
    Any,
}

/// What becomes of several numbers in one `businessNumber`, separated by commas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberList {
    /// Records of any of them.
    Accepted,
    /// 400 with an error code.
    Refused,
    /// It is taken for one number that the account does not have: nothing is found.
    Unknown,
    /// The filter is not heeded, of one number neither: records of every number.
    Ignored,
}

/// Where the `link` of a file leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkForm {
    /// A path on the host of the API.
    Path,
    /// A URL on the host and port of this emulator.
    Absolute,
    /// A URL on another host, such as `https://files.example.com`: this stands before the path.
    Elsewhere(String),
}

/// How the archive with the files of a text comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Archive {
    /// A zip archive.
    Binary,
    /// The same in base64, as text.
    Base64,
}

/// How history shows a text that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentText {
    /// As it was written.
    Kept,
    /// With straight quotes, plain dashes, and one blank for several.
    Straight,
    /// With HTML entities.
    Entities,
    /// With a line about opting out at its end.
    OptOut,
    /// Its first characters alone.
    Cut {
        /// How many.
        characters: usize,
    },
    /// In pieces, each a record of its own with its number before it.
    Split {
        /// How long one is at most.
        characters: usize,
    },
}

impl SentText {
    /// The records that a text becomes.
    pub(in crate::emulator) fn records(self, text: &str) -> Vec<String> {
        let characters: Vec<char> = text.chars().collect();
        match self {
            Self::Kept => vec![text.to_owned()],
            Self::Straight => {
                let plain = text.replace(['‘', '’'], "'").replace(['“', '”'], "\"").replace(['–', '—'], "-");
                vec![plain.split_whitespace().collect::<Vec<_>>().join(" ")]
            }
            Self::Entities => vec![html_escape::encode_quoted_attribute(text).replace('’', "&rsquo;")],
            Self::OptOut => vec![format!("{text}\nReply STOP to opt out")],
            Self::Cut { characters: most } => vec![characters.iter().take(most).collect()],
            Self::Split { characters: most } if characters.len() > most => {
                let pieces: Vec<String> = characters.chunks(most.max(1)).map(|piece| piece.iter().collect()).collect();
                let all = pieces.len();
                pieces.iter().enumerate().map(|(at, piece)| format!("({}/{all}) {piece}", at + 1)).collect()
            }
            Self::Split { .. } => vec![text.to_owned()],
        }
    }
}

/// What `read` says on inbound texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadFlag {
    /// Whether the flag `IsRead` was set.
    Flag,
    /// Always `true`.
    Always,
    /// Always `false`, whatever was set.
    Never,
    /// Nothing.
    Absent,
}
