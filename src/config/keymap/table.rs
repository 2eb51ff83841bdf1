//! The table itself.

use super::Action;

/// Where a binding is alive. Several are alive at once: see [`Context::CHAINS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// Wherever no nearer context has the key.
    Everywhere,
    /// The list of threads.
    Threads,
    /// The messages of a thread.
    Conversation,
    /// The compose box.
    Composer,
    /// Any place where text is typed.
    Text,
    /// Lists in windows: our numbers, help, settings, details.
    List,
    /// All that is known of a message.
    Details,
    /// The settings' list.
    Settings,
    /// The settings' preferences and keys.
    Options,
    /// The window of work that goes on.
    Work,
    /// The numbers in the guided set-up.
    Guide,
    /// Forms and the new-message window.
    Form,
    /// Where one types what to find.
    Find,
    /// A question.
    Confirm,
    /// A text of several lines in a window.
    Writing,
    /// The list of snippets.
    Snippets,
}

impl Context {
    /// What is alive together, the nearest first.
    pub const CHAINS: &'static [&'static [Context]] = &[
        &[Self::Threads, Self::Everywhere],
        &[Self::Conversation, Self::Everywhere],
        &[Self::Composer, Self::Text, Self::Everywhere],
        &[Self::List, Self::Everywhere],
        &[Self::Details, Self::List, Self::Everywhere],
        &[Self::Settings, Self::List, Self::Everywhere],
        &[Self::Options, Self::List, Self::Everywhere],
        &[Self::Work, Self::List, Self::Everywhere],
        &[Self::Guide, Self::List, Self::Everywhere],
        &[Self::Form, Self::Text, Self::Everywhere],
        &[Self::Find, Self::Text, Self::Everywhere],
        &[Self::Confirm, Self::Everywhere],
        &[Self::Writing, Self::Text, Self::Everywhere],
        &[Self::Snippets, Self::Text, Self::Everywhere],
    ];

    /// All of them, in the order in which they are told of.
    pub const ALL: &'static [Context] = &[
        Self::Threads,
        Self::Conversation,
        Self::Composer,
        Self::Text,
        Self::Everywhere,
        Self::List,
        Self::Details,
        Self::Settings,
        Self::Options,
        Self::Work,
        Self::Guide,
        Self::Form,
        Self::Find,
        Self::Writing,
        Self::Snippets,
        Self::Confirm,
    ];

    /// The chain that begins with this context.
    pub fn chain(self) -> &'static [Context] {
        Self::CHAINS.iter().find(|chain| chain[0] == self).copied().unwrap_or(&[Self::Everywhere])
    }

    /// Whether plain characters are text there.
    pub fn is_typed_in(self) -> bool {
        Self::CHAINS.iter().any(|chain| chain.contains(&Self::Text) && chain.contains(&self))
    }

    /// What the help calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Everywhere => "Everywhere",
            Self::Threads => "Threads",
            Self::Conversation => "Conversation",
            Self::Composer => "Compose box",
            Self::Text => "Editing text",
            Self::List => "Lists in windows",
            Self::Details => "Details of a message",
            Self::Settings => "Settings: numbers",
            Self::Options => "Settings: preferences and keys",
            Self::Work => "What is being fetched",
            Self::Guide => "Numbers in the set-up",
            Self::Form => "Forms",
            Self::Find => "Finding",
            Self::Confirm => "Questions",
            Self::Writing => "Texts in windows",
            Self::Snippets => "Snippets",
        }
    }
}

/// One row of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Binding {
    /// What it does.
    pub action: Action,
    /// Its name in `[keys]`.
    pub name: &'static str,
    /// Where it is alive.
    pub contexts: &'static [Context],
    /// Default keys.
    pub keys: &'static [&'static str],
    /// What the help says.
    pub words: &'static str,
    /// What the hint bar says; empty where it says nothing.
    pub hint: &'static str,
}

/// Whether a key could mean both.
pub(super) fn meet(one: &[Context], other: &[Context]) -> bool {
    Context::CHAINS
        .iter()
        .any(|chain| one.iter().any(|context| chain.contains(context)) && other.iter().any(|c| chain.contains(c)))
}

const fn row(
    action: Action,
    name: &'static str,
    contexts: &'static [Context],
    keys: &'static [&'static str],
    words: &'static str,
    hint: &'static str,
) -> Binding {
    Binding { action, name, contexts, keys, words, hint }
}

use Context::{
    Composer, Confirm, Conversation, Details, Everywhere, Find, Form, Guide, List, Options, Settings, Snippets, Text,
    Threads, Work, Writing,
};

const MESSAGE: &[Context] = &[Conversation, Details];
const PANES: &[Context] = &[Threads, Conversation];
const ROWS: &[Context] = &[Threads, Conversation, List];
const SCREENS: &[Context] = &[Threads, Conversation, Composer, List];
const BOXES: &[Context] = &[Composer, Writing];

/// The defaults (README, "Keys"). Order is the order of the help and of the hint bar.
pub(super) const BINDINGS: &[Binding] = &[
    row(Action::Send, "send", &[Composer], &["enter"], "send what is written", "send"),
    row(Action::NewLine, "new-line", BOXES, &["alt-enter", "shift-enter", "ctrl-j"], "new line", "newline"),
    row(Action::Accept, "accept", &[Form, Writing, Snippets], &["enter"], "take what is typed or chosen", "ok"),
    row(Action::Snippets, "snippets", BOXES, &["ctrl-t"], "put a snippet in", "snippet"),
    row(
        Action::ReplaceLookalikes,
        "replace-lookalikes",
        BOXES,
        &["alt-r"],
        "put look-alikes of GSM-7 for curly quotes, dashes, accents, …",
        "",
    ),
    row(Action::ExternalEditor, "external-editor", BOXES, &["ctrl-g"], "write in your own editor", ""),
    row(
        Action::StartAfresh,
        "start-afresh",
        &[Form, Writing],
        &["alt-n"],
        "in a new message: put away what is begun, or bring it back",
        "",
    ),
    row(Action::AddSnippet, "add-snippet", &[Snippets], &["alt-a"], "make one, of the text in the compose box", "add"),
    row(Action::EditSnippet, "edit-snippet", &[Snippets], &["alt-e"], "change it", "edit"),
    row(Action::RemoveSnippet, "remove-snippet", &[Snippets], &["alt-x", "alt-delete"], "delete it", "delete"),
    row(Action::ShowKeys, "show-keys-in-form", &[Form], &["ctrl-t"], "show or hide keys", ""),
    row(Action::Accept, "go-to-found", &[Find], &["enter"], "go to what is found, or keep it", "go there"),
    row(Action::Back, "leave-find", &[Find], &["esc"], "leave", "leave"),
    row(Action::PageDown, "found-page-down", &[Find], &["pgdn"], "a screen down", ""),
    row(Action::PageUp, "found-page-up", &[Find], &["pgup"], "a screen up", ""),
    row(Action::Find, "find", PANES, &["/"], "find in the conversation; in the list, narrow it", ""),
    row(Action::FindNext, "find-next", &[Conversation], &["n"], "the next match, which is older", ""),
    row(Action::FindPrevious, "find-previous", &[Conversation], &["N"], "the match before, which is newer", ""),
    row(Action::Filter, "filter", &[Threads], &["f"], "which threads: unread, failed, open, done, muted", ""),
    row(Action::ToggleDone, "toggle-done", PANES, &["e"], "put the thread away as done, or back", ""),
    row(Action::Yes, "yes", &[Confirm], &["y"], "yes", "yes"),
    row(Action::No, "no", &[Confirm], &["n", "esc", "q"], "no", "no"),
    row(Action::Open, "open", ROWS, &["enter"], "open; in a conversation, write an answer", "open"),
    row(Action::Down, "down", ROWS, &["j", "down"], "one down", ""),
    row(Action::Up, "up", ROWS, &["k", "up"], "one up", ""),
    row(Action::PageDown, "page-down", SCREENS, &["pgdn"], "a screen down", ""),
    row(Action::PageUp, "page-up", SCREENS, &["pgup"], "a screen up", ""),
    row(Action::Top, "top", ROWS, &["g", "home"], "the first", ""),
    row(Action::Bottom, "bottom", ROWS, &["G", "end"], "the last", ""),
    row(Action::Resend, "resend", &[Conversation], &["R"], "send a failed or unconfirmed message again", "resend"),
    row(
        Action::Discard,
        "discard",
        &[Conversation],
        &["x"],
        "put a failed, unconfirmed or waiting message away",
        "discard",
    ),
    row(Action::OpenLink, "open-link", MESSAGE, &["o"], "open a link or file of the message", "open link"),
    row(Action::SaveFiles, "save-files", MESSAGE, &["s"], "save what came with the message, or ask what did", "save"),
    row(Action::Copy, "copy", MESSAGE, &["y"], "copy the message", "copy"),
    row(
        Action::CopyAll,
        "copy-conversation",
        &[Conversation],
        &["Y"],
        "copy the conversation as far as it is loaded",
        "",
    ),
    row(Action::NextTimes, "next-times", &[Conversation], &["t"], "times: on the clock, from now, in full", ""),
    row(Action::FetchOlder, "fetch-older", &[Conversation], &["L"], "fetch older messages from MightyCall", ""),
    row(Action::Info, "info", MESSAGE, &["i"], "all that is known of a message", "info"),
    row(Action::ToggleRead, "toggle-read", PANES, &["m"], "mark read or unread", "read/unread"),
    row(Action::NextUnread, "next-unread-plain", PANES, &["u"], "next unread thread", ""),
    row(
        Action::ToggleMute,
        "toggle-mute",
        ROWS,
        &["M"],
        "mute a thread or a number, or hear of it again; muted is unread all the same, but not in the title",
        "",
    ),
    row(Action::AddNumber, "add-number", &[Settings], &["a"], "add a number", "add"),
    row(Action::EditAccount, "edit-account", &[Settings], &["c"], "account keys and address", "account"),
    row(Action::TestNumber, "test-number", &[Settings], &["t"], "test the number's connection", "test"),
    row(Action::SetDefault, "set-default", &[Settings], &["s"], "make it the default number", "default"),
    row(Action::RemoveNumber, "remove-number", &[Settings], &["x", "delete"], "remove the number", "remove"),
    row(Action::Discover, "discover", &[Settings], &["f"], "ask MightyCall for its numbers", "find"),
    row(Action::Import, "import", &[Settings], &["i"], "import a set-up JSON file", "import"),
    row(Action::ShowKeys, "show-keys", &[Settings], &["v"], "show or hide keys", "show keys"),
    row(Action::StartDemo, "start-demo", &[Settings], &["d"], "start the demo", "demo"),
    row(Action::SetUp, "set-up", &[Settings], &["w"], "the guided set-up", "guide"),
    row(Action::NextSection, "next-section", &[Settings, Options], &["right"], "the next section", "section"),
    row(Action::PreviousSection, "previous-section", &[Settings, Options], &["left"], "the section before", ""),
    row(Action::ResetOption, "reset-option", &[Options], &["r", "backspace"], "back to the default", "default"),
    row(Action::AddKey, "add-key", &[Options], &["a"], "one more key for the same", ""),
    row(Action::SetDefault, "guide-default", &[Guide], &["s"], "make it the default number", "default"),
    row(Action::EditLabel, "guide-label", &[Guide], &["l"], "name the number", "label"),
    row(Action::CancelWork, "cancel-work", &[Work], &["x"], "stop fetching; what has come stays", "stop"),
    row(Action::ImportEverything, "import-everything", &[Settings, Work], &["e"], "fetch all there is", "everything"),
    row(Action::SearchHere, "search-here", &[List], &["/"], "search in the window", ""),
    row(Action::Toggle, "toggle", &[List], &["space"], "pick or leave one of several", ""),
    row(Action::Help, "help-plain", &[Threads, Conversation, List], &["?"], "help", ""),
    row(
        Action::Back,
        "back",
        &[Threads, Conversation, Composer, List, Form, Writing, Snippets],
        &["esc"],
        "back",
        "back",
    ),
    row(Action::BackOrQuit, "back-or-quit", ROWS, &["q"], "back, or quit", ""),
    row(Action::SyncNow, "sync", &[Everywhere], &["ctrl-r", "f5"], "sync now", "sync"),
    row(Action::SwitchNumber, "switch-number", &[Everywhere], &["f2"], "switch number", "number"),
    row(Action::Search, "search", &[Everywhere], &["f3"], "find messages", "search"),
    row(Action::NewMessage, "new-message", &[Everywhere], &["ctrl-n"], "new message", "new"),
    row(Action::Help, "help", &[Everywhere], &["f1"], "help", "help"),
    row(Action::Settings, "settings", &[Everywhere], &["f4"], "settings", "settings"),
    row(Action::Themes, "themes", &[Everywhere], &["f6"], "choose a theme", ""),
    row(Action::NextPane, "next-pane", &[Everywhere], &["tab"], "next pane or field", ""),
    row(Action::PreviousPane, "previous-pane", &[Everywhere], &["shift-tab"], "previous pane or field", ""),
    row(Action::NextThread, "next-thread", &[Everywhere], &["alt-down"], "next thread", ""),
    row(Action::PreviousThread, "previous-thread", &[Everywhere], &["alt-up"], "previous thread", ""),
    row(Action::NextUnread, "next-unread", &[Everywhere], &["alt-u"], "next unread thread", "unread"),
    row(Action::Number(1), "number-1", &[Everywhere], &["alt-1"], "that number alone", ""),
    row(Action::Number(2), "number-2", &[Everywhere], &["alt-2"], "that number alone", ""),
    row(Action::Number(3), "number-3", &[Everywhere], &["alt-3"], "that number alone", ""),
    row(Action::Number(4), "number-4", &[Everywhere], &["alt-4"], "that number alone", ""),
    row(Action::Number(5), "number-5", &[Everywhere], &["alt-5"], "that number alone", ""),
    row(Action::Number(6), "number-6", &[Everywhere], &["alt-6"], "that number alone", ""),
    row(Action::Number(7), "number-7", &[Everywhere], &["alt-7"], "that number alone", ""),
    row(Action::Number(8), "number-8", &[Everywhere], &["alt-8"], "that number alone", ""),
    row(Action::Number(9), "number-9", &[Everywhere], &["alt-9"], "that number alone", ""),
    row(Action::AllNumbers, "all-numbers", &[Everywhere], &["alt-0"], "all numbers", ""),
    row(Action::ShowWork, "show-work", &[Everywhere], &["f7"], "what is being fetched, and how to stop it", ""),
    row(Action::ShowNotice, "show-notice", &[Everywhere], &["f8"], "notices with their whole stories", ""),
    row(Action::Tour, "tour", &[Everywhere], &["f9"], "begin or end the tour of the demo", ""),
    row(Action::Newest, "newest", &[Everywhere], &["alt-end"], "the newest messages of the conversation", ""),
    row(
        Action::Palette,
        "palette",
        &[Everywhere],
        &["ctrl-p"],
        "go to a thread, a contact or a command by name",
        "palette",
    ),
    row(Action::Suspend, "suspend", &[Everywhere], &["ctrl-z"], "leave the terminal to the shell; fg comes back", ""),
    row(Action::Quit, "quit", &[Everywhere], &["ctrl-q"], "quit", ""),
    row(Action::QuitAsking, "quit-asking", &[Everywhere], &["ctrl-c"], "quit, asking where something is unsent", ""),
    row(Action::CursorLeft, "cursor-left", &[Text], &["left", "ctrl-b"], "back one character", ""),
    row(Action::CursorRight, "cursor-right", &[Text], &["right", "ctrl-f"], "on one character", ""),
    row(Action::CursorUp, "cursor-up", &[Text], &["up"], "up one row", ""),
    row(Action::CursorDown, "cursor-down", &[Text], &["down"], "down one row", ""),
    row(Action::LineStart, "line-start", &[Text], &["home", "ctrl-a"], "start of the line", ""),
    row(Action::LineEnd, "line-end", &[Text], &["end", "ctrl-e"], "end of the line", ""),
    row(Action::TextStart, "text-start", &[Text], &["alt-<"], "start of the text", ""),
    row(Action::TextEnd, "text-end", &[Text], &["alt->"], "end of the text", ""),
    row(Action::WordLeft, "word-left", &[Text], &["ctrl-left", "alt-b"], "back one word", ""),
    row(Action::WordRight, "word-right", &[Text], &["ctrl-right", "alt-f"], "on one word", ""),
    row(Action::DeleteBack, "delete-back", &[Text], &["backspace", "shift-backspace", "ctrl-h"], "delete before", ""),
    row(Action::DeleteForward, "delete-forward", &[Text], &["delete", "ctrl-d"], "delete after", ""),
    row(Action::DeleteWord, "delete-word", &[Text], &["ctrl-w"], "delete a word, up to a blank", ""),
    row(Action::DeleteWordBack, "delete-word-back", &[Text], &["alt-backspace", "ctrl-backspace"], "delete a word", ""),
    row(Action::DeleteWordForward, "delete-word-forward", &[Text], &["alt-d"], "delete the next word", ""),
    row(Action::DeleteToStart, "delete-to-start", &[Text], &["ctrl-u"], "delete to the start of the line", ""),
    row(Action::DeleteToEnd, "delete-to-end", &[Text], &["ctrl-k"], "delete to the end of the line", ""),
    row(Action::Yank, "yank", &[Text], &["ctrl-y"], "put back what was deleted", ""),
    row(Action::Undo, "undo", &[Text], &["ctrl-_", "alt-z"], "undo", ""),
    row(Action::Redo, "redo", &[Text], &["alt-y"], "redo", ""),
];
