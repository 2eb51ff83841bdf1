//! How a person wants the client to look and to behave: `[ui]`, `[notify]` and `[compose]` of the file.

use serde::{Deserialize, Serialize};

use crate::model::Address;

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preferences {
    /// `[ui]`
    pub ui: Ui,
    /// `[notify]`
    pub notify: Notify,
    /// `[compose]`
    pub compose: Compose,
}

/// How times of messages are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Times {
    /// 09:38, under a line with the day.
    #[default]
    Clock,
    /// 3 min ago.
    Relative,
    /// 2026-11-18 09:38:05.
    Full,
}

/// Whether only ASCII is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ascii {
    /// Where the locale has no UTF-8.
    #[default]
    Auto,
    /// Here too.
    Always,
    /// Not even there.
    Never,
}

/// How pictures are shown in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Images {
    /// As well as the terminal can.
    #[default]
    Auto,
    /// By name alone.
    Off,
    /// By kitty's protocol.
    Kitty,
    /// As sixels.
    Sixel,
    /// By iTerm2's protocol.
    Iterm2,
    /// As coloured half-blocks.
    Blocks,
}

/// `[ui]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "snake_case")]
pub struct Ui {
    /// Name of a theme.
    pub theme: String,
    /// How times of messages are shown.
    pub times: Times,
    /// For screen readers: no frames, no colours, one pane at a time, words instead of marks.
    pub plain: bool,
    /// Whether only ASCII is painted.
    pub ascii: Ascii,
    /// How pictures are shown.
    pub images: Images,
    /// Whether the mouse is ours; otherwise the terminal selects text with it.
    pub mouse: bool,
    /// Columns of the list of threads; 0: by the width of the screen.
    pub list_width: u16,
}

impl Default for Ui {
    fn default() -> Self {
        Self {
            theme: "default".to_owned(),
            times: Times::default(),
            plain: false,
            ascii: Ascii::default(),
            images: Images::default(),
            mouse: true,
            list_width: 0,
        }
    }
}

/// How the desktop is told of new messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Desktop {
    /// Through the terminal where it is known to do so, else through the system.
    #[default]
    Auto,
    /// Not at all.
    Off,
    /// The terminal's OSC 9.
    Osc9,
    /// The terminal's OSC 777.
    Osc777,
    /// The system's notifications.
    System,
}

/// When a new message is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// While the terminal is not looked at, or another thread is.
    #[default]
    Unfocused,
    /// Always.
    Always,
}

/// `[notify]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "snake_case")]
pub struct Notify {
    /// The terminal's bell.
    pub bell: bool,
    /// Notifications of the desktop.
    pub desktop: Desktop,
    /// The count of unread messages in the window's title.
    pub title: bool,
    /// When.
    pub when: When,
    /// Whether a notification shows what the message says.
    pub show_text: bool,
    /// Our numbers of which nothing is told.
    #[serde(deserialize_with = "addresses")]
    pub muted: Vec<Address>,
}

fn addresses<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<Address>, D::Error> {
    let texts = Vec::<String>::deserialize(from)?;
    texts.iter().map(|text| Address::parse(text).map_err(serde::de::Error::custom)).collect()
}

impl Default for Notify {
    fn default() -> Self {
        Self {
            bell: true,
            desktop: Desktop::default(),
            title: true,
            when: When::default(),
            show_text: true,
            muted: Vec::new(),
        }
    }
}

/// `[compose]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "snake_case")]
pub struct Compose {
    /// Command of the external editor; empty: `$VISUAL`, then `$EDITOR`.
    pub editor: String,
    /// From so many segments on a text is sent only when a person says so twice.
    pub many_segments: usize,
    /// Whether `:name:` becomes an emoji.
    pub emoji: bool,
}

impl Default for Compose {
    fn default() -> Self {
        Self { editor: String::new(), many_segments: 10, emoji: true }
    }
}

/// A value to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `true`, `false`
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
    /// Out of the file: the default.
    Default,
}
