//! What a key can be made to do.

use crate::model::ThreadFilter;

/// What a person asks for with one key, before any view has said what it means there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Fetch what is new now.
    SyncNow,
    /// Open the help.
    Help,
    /// Open the list of our numbers.
    SwitchNumber,
    /// Show the n-th of our numbers alone, from 1.
    Number(u8),
    /// Show all our numbers.
    AllNumbers,
    /// Open the settings.
    Settings,
    /// Choose a theme.
    Themes,
    /// Begin a message to someone.
    NewMessage,
    /// The pane or field after this one.
    NextPane,
    /// The pane or field before this one.
    PreviousPane,
    /// The thread under the current one.
    NextThread,
    /// The thread above the current one.
    PreviousThread,
    /// The next thread with something unread.
    NextUnread,
    /// The newest messages of the conversation, wherever the keys go.
    Newest,
    /// Threads, contacts and commands by a few letters of each.
    Palette,
    /// Leave at once; drafts and the outbox stay.
    Quit,
    /// Leave, asking first where something unsent would be left.
    QuitAsking,
    /// Open the newest notice in full.
    ShowNotice,
    /// One row or message down.
    Down,
    /// One row or message up.
    Up,
    /// A screen down.
    PageDown,
    /// A screen up.
    PageUp,
    /// The first one.
    Top,
    /// The last one.
    Bottom,
    /// Open what is selected.
    Open,
    /// One step back.
    Back,
    /// One step back, or out where there is none.
    BackOrQuit,
    /// Mark a thread read, or unread where it is read.
    ToggleRead,
    /// Send a failed or unconfirmed message again.
    Resend,
    /// Put a failed, unconfirmed or waiting message away.
    Discard,
    /// Fetch messages that are older than what is here.
    FetchOlder,
    /// Show all that is known of a message.
    Info,
    /// Open a link or a file of a message.
    OpenLink,
    /// Save what came with a message.
    SaveFiles,
    /// Put a message on the clipboard.
    Copy,
    /// Put the conversation on the clipboard.
    CopyAll,
    /// Show times in another way.
    NextTimes,
    /// Send what is written.
    Send,
    /// A line break in the text.
    NewLine,
    /// The cursor one character back.
    CursorLeft,
    /// The cursor one character on.
    CursorRight,
    /// The cursor one row up.
    CursorUp,
    /// The cursor one row down.
    CursorDown,
    /// The cursor to the start of the line.
    LineStart,
    /// The cursor to the end of the line.
    LineEnd,
    /// The cursor one word back.
    WordLeft,
    /// The cursor one word on.
    WordRight,
    /// Delete the character before the cursor.
    DeleteBack,
    /// Delete the character under the cursor.
    DeleteForward,
    /// Delete the word before the cursor.
    DeleteWord,
    /// Delete the word after the cursor.
    DeleteWordForward,
    /// Delete to the start of the line.
    DeleteToStart,
    /// Delete to the end of the line.
    DeleteToEnd,
    /// Put back what was deleted last.
    Yank,
    /// Undo the last edit.
    Undo,
    /// Do the undone edit again.
    Redo,
    /// Take what is typed in a form.
    Accept,
    /// Show or hide keys in clear text.
    ShowKeys,
    /// Change the account's keys and address.
    EditAccount,
    /// Add a number.
    AddNumber,
    /// Remove a number.
    RemoveNumber,
    /// Make a number the default.
    SetDefault,
    /// Try a number's connection.
    TestNumber,
    /// Ask MightyCall for its numbers.
    Discover,
    /// Import the set-up JSON.
    Import,
    /// Begin the demo.
    StartDemo,
    /// Mark one of several for what comes next.
    Toggle,
    /// Search in the window.
    SearchHere,
    /// The next section of the settings.
    NextSection,
    /// The section of the settings before this one.
    PreviousSection,
    /// Back to the default.
    ResetOption,
    /// Give an action one more key.
    AddKey,
    /// Show what is being fetched.
    ShowWork,
    /// Stop fetching.
    CancelWork,
    /// Fetch everything that MightyCall has.
    ImportEverything,
    /// Begin the guided set-up.
    SetUp,
    /// Name a number.
    EditLabel,
    /// Begin or end the tour of the demo.
    Tour,
    /// Find messages everywhere.
    Search,
    /// Find in what has the keys: the list, or the conversation.
    Find,
    /// The next match, which is older.
    FindNext,
    /// The match before, which is newer.
    FindPrevious,
    /// Choose which threads the list shows.
    Filter,
    /// Show these threads alone.
    Show(ThreadFilter),
    /// Put a thread away, or back.
    ToggleDone,
    /// Yes to a question.
    Yes,
    /// No to a question.
    No,
    /// Leave the terminal to the shell for a while.
    Suspend,
    /// Let a thread, or one of our numbers, be heard of or not.
    ToggleMute,
    /// Delete the word before the cursor, where a word is letters and digits.
    DeleteWordBack,
    /// The cursor to the start of the text.
    TextStart,
    /// The cursor to the end of the text.
    TextEnd,
    /// Put look-alikes in the place of what makes a text UCS-2.
    ReplaceLookalikes,
    /// Write in an editor of one's own.
    ExternalEditor,
    /// Put a begun message away and begin another, or the other way round.
    StartAfresh,
    /// Open the snippets.
    Snippets,
    /// Make a snippet, of the present text where there is one.
    AddSnippet,
    /// Change a snippet.
    EditSnippet,
    /// Delete a snippet.
    RemoveSnippet,
}
