//! A screen with a fictional business on it, and hands to work it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use crate::config::keymap::{Key, Keymap};
use crate::config::theme::Depth;
use crate::config::{Account, BaseUrl, Config, NumberEntry, Preferences, Scheme, Secret};
use crate::model::{
    Address, Broadcast, BusinessNumber, Contact, Delivery, Direction, Line, Message, MessageId, Thread, ThreadId,
    ThreadState,
};
use crate::tui::draw::draw;
use crate::tui::message::{
    Effect, Leaving, MessagePage, Msg, NumberRow, Request, SettingsNews, Summary, SyncNews, ThreadPage,
};
use crate::tui::state::{Start, State};
use crate::tui::update::update;

pub(super) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn address(text: &str) -> Address {
    Address::from_wire(text).unwrap()
}

pub(super) fn contact(number: &str, name: Option<&str>) -> Contact {
    Contact { address: address(number), name: name.map(str::to_owned) }
}

/// The screen with what it asked for and was not answered.
pub(super) struct Rig {
    pub(super) state: State,
    pub(super) asked: Vec<Effect>,
    /// How often the engine was told that somebody is there.
    pub(super) present: usize,
    /// What of a new message the cache has, told when it is asked for; `None` where it is slow.
    pub(super) unfinished: Option<Option<(Address, Broadcast)>>,
    /// What is told to somebody who wants to leave; `None` where the cache is slow.
    pub(super) leaving: Option<Leaving>,
}

pub(super) fn thread(id: i64, name: Option<&str>, at: &str, snippet: &str) -> Thread {
    let at = time(at);
    Thread {
        id: ThreadId(id),
        number: address("2025550101"),
        contact: contact(&format!("20255501{:02}", 40 + id), name),
        contact_kind: crate::model::CallerKind::Default,
        activity: MessageId::floor(at).0 | id,
        last_message_at: at,
        snippet: snippet.to_owned(),
        last_direction: Some(Direction::Inbound),
        last_delivery: None,
        unread: 0,
        draft: None,
        state: ThreadState::Open,
        trouble: 0,
        muted: false,
    }
}

pub(super) fn threads() -> Vec<Thread> {
    vec![
        Thread { unread: 2, ..thread(1, Some("Dana Whitfield"), "2026-11-18T09:41:00Z", "Can you move it to 3?") },
        Thread {
            last_direction: Some(Direction::Outbound),
            last_delivery: Some(Delivery::Sent),
            ..thread(2, None, "2026-11-18T09:12:00Z", "see you then")
        },
        Thread {
            last_direction: Some(Direction::Outbound),
            last_delivery: Some(Delivery::Failed("number not in service".to_owned())),
            trouble: 1,
            ..thread(3, Some("Lee Ortiz"), "2026-11-17T16:00:00Z", "The invoice is on its way")
        },
        Thread {
            draft: Some("Hello Sam,\nabout".to_owned()),
            ..thread(4, Some("Sam 日本 😀"), "2026-11-16T10:00:00Z", "Thanks!")
        },
        Thread {
            contact: Contact { address: address("MYBANK"), name: None },
            ..thread(5, None, "2026-10-02T10:00:00Z", "Your code is 123456")
        },
    ]
}

pub(super) fn message(thread: i64, at: &str, direction: Direction, body: &str) -> Message {
    let at = time(at);
    Message {
        id: MessageId::floor(at),
        first_id: MessageId::floor(at),
        remote_id: Some("m-1".to_owned()),
        request_guid: None,
        accepted: false,
        thread: ThreadId(thread),
        number: address("2025550101"),
        contact: address(&format!("20255501{:02}", 40 + thread)),
        direction,
        delivery: (direction == Direction::Outbound).then_some(Delivery::Delivered),
        error: None,
        body: body.to_owned(),
        at,
        sender: (direction == Direction::Outbound).then(|| "Ana".to_owned()),
        unread: false,
        attachments: Vec::new(),
        dealt: false,
        like: None,
        notes: crate::model::RecordNotes::default(),
    }
}

/// Dana's conversation, with every mark there is.
pub(super) fn messages() -> Vec<Message> {
    let out = |at, body, delivery| Message { delivery: Some(delivery), ..message(1, at, Direction::Outbound, body) };
    vec![
        message(
            1,
            "2026-11-16T15:00:00Z",
            Direction::Inbound,
            "Hello, do you have time on Wednesday? It is about the brakes, they make a noise when I turn left.",
        ),
        out("2026-11-16T15:05:00Z", "We do: 2 pm?", Delivery::Delivered),
        message(1, "2026-11-17T08:00:00Z", Direction::Unknown, "A record without a side"),
        out("2026-11-17T08:10:00Z", "Your invoice", Delivery::Failed("number not in service".to_owned())),
        out("2026-11-17T08:12:00Z", "Your invoice again", Delivery::Unconfirmed("the answer was lost".to_owned())),
        message(1, "2026-11-18T09:38:00Z", Direction::Inbound, "Hi, is my appointment still on?"),
        out("2026-11-18T09:39:00Z", "Yes, 2 pm. See you then.", Delivery::Sent),
        out("2026-11-18T09:40:00Z", "Bring the key", Delivery::Queued),
        Message { unread: true, ..message(1, "2026-11-18T09:41:00Z", Direction::Inbound, "Can you move it to 3?") },
    ]
}

pub(super) fn summary() -> Summary {
    let row = |number, label: &str, is_default, unread| NumberRow {
        number: BusinessNumber { address: address(number), label: Some(label.to_owned()), is_default },
        unread,
        muted: 0,
        threads: 5,
        traits: crate::model::NumberTraits::default(),
    };
    Summary {
        numbers: vec![row("2025550101", "Main Phone", true, 2), row("2025550102", "Workshop", false, 0)],
        waiting: 0,
    }
}

pub(super) fn config() -> Config {
    let entry = |number, label: &str, key: Option<&str>, is_default| NumberEntry {
        address: address(number),
        label: Some(label.to_owned()),
        key: key.map(|key| Secret::parse(key).unwrap()),
        is_default,
    };
    let account = Account {
        base_url: BaseUrl::default(),
        api_key: Some(Secret::parse("demo-api-key").unwrap()),
        user_key: None,
        scheme: Scheme::Auto,
    };
    let numbers =
        vec![entry("2025550101", "Main Phone", Some("demo-key-1"), true), entry("2025550102", "Workshop", None, false)];
    Config::for_account(account, numbers)
}

impl Rig {
    /// A screen before anything came.
    pub(super) fn empty(columns: u16, rows: u16) -> Self {
        let (state, asked) = State::new(Start {
            columns,
            rows,
            now: time("2026-11-18T09:42:00Z"),
            zone: TimeZone::UTC,
            ascii: false,
            depth: Depth::True,
            plain: false,
            demo: false,
            keymap: Keymap::default(),
            preferences: Preferences::default(),
        });
        Self { state, asked, present: 0, unfinished: Some(None), leaving: Some(Leaving::Saved) }
    }

    /// A screen with everything loaded, in the list, on Dana's thread.
    pub(super) fn new(columns: u16, rows: u16) -> Self {
        let mut rig = Self::empty(columns, rows);
        rig.give(Msg::Settings(SettingsNews::Config(Box::new(config()))));
        rig.give(Msg::Summary(summary()));
        rig.answer_threads(threads(), false);
        rig.answer_messages(messages());
        rig.give(Msg::Sync(SyncNews::Line(Line::Connected)));
        rig.give(Msg::Sync(SyncNews::Budget { used: 182, limit: 2_500, for_reading: 2_068 }));
        rig.give(Msg::Sync(SyncNews::Done { at: time("2026-11-18T09:41:48Z"), new: 0, failed: Vec::new() }));
        rig.state.notice = None;
        rig.asked.clear();
        rig
    }

    pub(super) fn give(&mut self, msg: Msg) -> &mut Self {
        let effects = update(&mut self.state, msg);
        // keys tell the engine now and then that somebody is there: a test of its own
        let (present, asked): (Vec<_>, Vec<_>) = effects.into_iter().partition(|effect| *effect == Effect::Present);
        self.present += present.len();
        let leaves = asked.contains(&Effect::Quit);
        let reads = asked.iter().any(|effect| matches!(effect, Effect::LoadBroadcast(_)));
        self.asked.extend(asked);
        if let Some(leaving) = self.leaving.clone().filter(|_| leaves) {
            self.give(Msg::Leaving(leaving));
        }
        match self.unfinished.clone().filter(|_| reads) {
            Some(unfinished) => self.give(Msg::Broadcast(unfinished.map(Box::new))),
            None => self,
        }
    }

    /// The last request for threads.
    pub(super) fn threads_request(&self) -> Option<Request> {
        self.asked.iter().rev().find_map(|effect| match effect {
            Effect::LoadThreads { request, .. } => Some(*request),
            _ => None,
        })
    }

    /// The last request for messages.
    pub(super) fn messages_request(&self) -> Option<(Request, ThreadId)> {
        self.asked.iter().rev().find_map(|effect| match effect {
            Effect::LoadMessages { request, thread, .. } => Some((*request, *thread)),
            _ => None,
        })
    }

    pub(super) fn answer_threads(&mut self, threads: Vec<Thread>, more_below: bool) -> &mut Self {
        let request = self.threads_request().expect("threads were asked for");
        self.give(Msg::Threads { request, page: ThreadPage { threads, more_above: false, more_below } })
    }

    pub(super) fn answer_messages(&mut self, messages: Vec<Message>) -> &mut Self {
        let page = MessagePage { messages, ..MessagePage::default() };
        self.answer_page(page)
    }

    pub(super) fn answer_page(&mut self, page: MessagePage) -> &mut Self {
        let (request, thread) = self.messages_request().expect("messages were asked for");
        self.give(Msg::Messages { request, thread, page })
    }

    /// Presses keys: names of the key table with blanks between; `"text"` in quotes is typed.
    pub(super) fn press(&mut self, keys: &str) -> &mut Self {
        for (at, part) in keys.split('"').enumerate() {
            if at % 2 == 1 {
                for c in part.chars() {
                    self.give(Msg::key(KeyEvent::from(KeyCode::Char(c))));
                }
                continue;
            }
            for name in part.split_whitespace() {
                let key: Key = name.parse().unwrap();
                self.give(Msg::key(key.event()));
            }
        }
        self
    }

    /// Clicks with the left button.
    pub(super) fn click(&mut self, column: u16, row: u16) -> &mut Self {
        let kind = MouseEventKind::Down(MouseButton::Left);
        self.give(Msg::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
    }

    /// What was asked for since the last time, loads left out.
    pub(super) fn asks(&mut self) -> Vec<Effect> {
        let loads = |effect: &Effect| {
            matches!(
                effect,
                Effect::LoadThreads { .. }
                    | Effect::LoadMessages { .. }
                    | Effect::LoadSummary
                    | Effect::LoadThread(_)
                    | Effect::LoadBroadcast(_)
            )
        };
        std::mem::take(&mut self.asked).into_iter().filter(|effect| !loads(effect)).collect()
    }

    pub(super) fn screen(&self) -> Buffer {
        let mut terminal = Terminal::new(TestBackend::new(self.state.columns, self.state.rows)).unwrap();
        terminal.draw(|frame| drop(draw(frame, &self.state))).unwrap();
        terminal.backend().buffer().clone()
    }

    /// The screen as text, a row a line.
    pub(super) fn text(&self) -> String {
        text(&self.screen())
    }
}

pub(super) fn text(buf: &Buffer) -> String {
    use unicode_width::UnicodeWidthStr;
    let mut out = String::new();
    for y in 0..buf.area.height {
        let mut row = String::new();
        let mut x = 0;
        while x < buf.area.width {
            let symbol = buf[(x, y)].symbol();
            row.push_str(symbol);
            x += u16::try_from(symbol.width()).unwrap().max(1);
        }
        out.push_str(row.trim_end());
        out.push('\n');
    }
    out
}
