//! The first line: what this is, whether it is connected, which number, what is unread, how fresh, what is left today.

use jiff::{SignedDuration, Timestamp};
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::numbers::Numbers;
use super::progress::{Running, count, messages};
use super::{Scene, when};
use crate::config::keymap::Action;
use crate::model::{Address, Line};
use crate::tui::message::{Notice, Story, SyncNews, Work};
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};

/// Requests of the day.
#[derive(Debug, Clone, Copy)]
struct Budget {
    used: u32,
    limit: u32,
    for_reading: u32,
    /// What was said of it: that they run low, then that none is left.
    told: u8,
}

impl Budget {
    /// A tenth of the day: now looks get rarer.
    fn is_low(self) -> bool {
        self.for_reading <= self.limit / 10
    }

    fn ink(self) -> Ink {
        match self.for_reading {
            0 => Ink::Bad,
            _ if self.is_low() => Ink::Warn,
            _ => Ink::Dim,
        }
    }

    /// A warning where it got worse; that it wavers about a limit is not told each time.
    fn tell(&mut self) -> Option<Notice> {
        let now = if self.for_reading == 0 { 2 } else { u8::from(self.is_low()) };
        let worse = now > self.told;
        self.told = if self.for_reading > self.limit / 5 { 0 } else { self.told.max(now) };
        worse.then(|| self.warning())
    }

    fn warning(self) -> Notice {
        let (left, limit) = (count(self.limit.saturating_sub(self.used).into()), count(self.limit.into()));
        Notice::warning(if self.for_reading == 0 {
            format!(
                "The requests that reading may make today are used up; {left} are kept for sending. New messages are \
                 looked for again as requests come free, 24 hours after they were made"
            )
        } else {
            format!(
                "{left} of today's {limit} requests are left: new messages are looked for less often from now on. \
                 Sending goes on as ever"
            )
        })
    }
}

/// What the engine last told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Engine {
    /// The sync that goes on.
    running: Option<Running>,
    /// The last one was cancelled and can be gone on with: messages that came.
    pub(crate) stopped: Option<u64>,
    synced: Option<Timestamp>,
    line: Line,
    /// Since when the line is not good.
    down: Option<Timestamp>,
    budget: Option<Budget>,
    /// A person waits for the result of a sync.
    asked: bool,
    /// Another mctui is sending, and what is queued here waits.
    another_sends: bool,
    /// When that was last told.
    told_of_another: Option<Timestamp>,
    /// What the last sync failed with; told once, however often it fails with that.
    failing: Option<String>,
}

/// How long after a sync's end its last messages may take to the screen.
const SETTLING: SignedDuration = SignedDuration::from_secs(3);

/// That another mctui is sending is told in the status line once in so long; the header says it all the time.
const TOLD_ONCE_IN: SignedDuration = SignedDuration::from_mins(10);

impl Engine {
    /// A person asked for a sync, and is told how it ends. Others end without a word, unless they fail.
    pub(crate) fn ask(&mut self) {
        self.asked = true;
    }

    /// Takes news; gives back what a person should be told.
    pub(crate) fn take(&mut self, news: SyncNews, numbers: &Numbers, now: Timestamp) -> Option<Notice> {
        match news {
            SyncNews::Started => {
                self.running = Some(Running::new(now));
                self.stopped = None;
            }
            SyncNews::Doing(what) => {
                // these come only when a person says so, who is told how they end
                self.asked |= what != Work::News;
                if let Some(running) = &mut self.running {
                    running.what = what;
                }
            }
            SyncNews::Progress(page) => self.running.get_or_insert_with(|| Running::new(now)).take(page, now),
            SyncNews::Cancelled { new, resumable } => {
                self.running = None;
                self.asked = false;
                self.stopped = resumable.then_some(new);
                return Some(cancelled(new, resumable));
            }
            SyncNews::Done { at, new, failed } => return self.done(at, new, failed, numbers),
            SyncNews::AnotherSends(sends) => {
                self.another_sends = sends;
                let told = self.told_of_another.is_some_and(|told| now.duration_since(told) < TOLD_ONCE_IN);
                if sends && !told {
                    self.told_of_another = Some(now);
                    return Some(another_sends());
                }
            }
            SyncNews::Elsewhere(at) => {
                self.synced = self.synced.max(Some(at));
                if self.line == Line::Unknown {
                    self.line = Line::Connected;
                }
            }
            SyncNews::Line(line) => {
                let was_down = self.down.is_some();
                self.line = line;
                self.down = match line {
                    Line::Unknown | Line::Connected => None,
                    _ => self.down.or(Some(now)),
                };
                return (was_down && self.down.is_none()).then(|| {
                    self.failing = None;
                    Notice::info("Connected again")
                });
            }
            SyncNews::Budget { used, limit, for_reading } => {
                let mut budget = Budget { used, limit, for_reading, told: self.budget.map_or(0, |budget| budget.told) };
                let notice = budget.tell();
                self.budget = Some(budget);
                return notice;
            }
        }
        None
    }

    /// A person wants no more of the present sync.
    pub(crate) fn cancel(&mut self) -> bool {
        match &mut self.running {
            Some(running) if !running.cancelling => running.cancelling = true,
            _ => return false,
        }
        true
    }

    /// When all numbers were last synced.
    pub(crate) fn synced(&self) -> Option<Timestamp> {
        self.synced
    }

    /// Requests that reading may still make today.
    pub(crate) fn requests_left(&self) -> Option<String> {
        self.budget.map(|budget| count(budget.for_reading.into()))
    }

    /// The sync that goes on.
    pub(crate) fn running(&self) -> Option<&Running> {
        self.running.as_ref()
    }

    fn done(
        &mut self,
        at: Timestamp,
        new: u64,
        failed: Vec<(Option<Address>, Story)>,
        numbers: &Numbers,
    ) -> Option<Notice> {
        let what = self.running.take().map_or(Work::News, |running| running.what);
        let asked = std::mem::take(&mut self.asked);
        if failed.is_empty() {
            self.synced = Some(at);
            self.failing = None;
            return asked.then(|| Notice::info(came(what, new)));
        }
        let about = |number: &Option<Address>| number.as_ref().map(|number| numbers.title(number));
        let each = failed.iter().map(|(number, story)| match about(number) {
            Some(number) => format!("{number}: {}", story.line()),
            None => story.line(),
        });
        let failing = format!("Sync: {}", each.collect::<Vec<_>>().join("\n"));
        if !asked && self.failing.as_ref() == Some(&failing) {
            return None;
        }
        self.failing = Some(failing.clone());
        let stories = failed.into_iter().map(|(number, story)| Story { about: about(&number), ..story });
        Some(Notice { stories: stories.collect(), ..Notice::error(failing) })
    }

    /// Whether a sync is going on.
    pub(crate) fn is_syncing(&self) -> bool {
        self.running.is_some()
    }

    /// Whether this notice says what is over by now.
    pub(crate) fn is_over(&self, notice: &Notice) -> bool {
        !self.another_sends && notice.text == another_sends().text
    }

    /// Whether a sync has ended, and what it brought is on the screen by now.
    pub(crate) fn has_settled(&self, now: Timestamp) -> bool {
        self.synced.is_some_and(|synced| now.duration_since(synced) > SETTLING)
    }

    /// When what the header says changes by itself.
    pub(crate) fn changes(&self, now: Timestamp) -> Option<Timestamp> {
        self.synced.filter(|_| self.running.is_none()).map(|at| when::ago_changes(at, now))
    }

    /// How fresh it is, in the words that fit, the most telling first.
    fn freshness(&self, numbers: &Numbers, now: Timestamp) -> Vec<String> {
        match (&self.running, self.synced) {
            (Some(running), _) => running.brief(numbers, now),
            _ if self.another_sends => vec![ANOTHER_SENDS.to_owned()],
            (None, Some(at)) => vec![format!("synced {}", when::ago(at, now))],
            (None, None) => vec!["not synced yet".to_owned()],
        }
    }

    fn budget(&self) -> String {
        self.budget.map_or_else(String::new, |Budget { used, limit, .. }| {
            format!("budget {}/{}", count(limit.saturating_sub(used).into()), count(limit.into()))
        })
    }
}

const ANOTHER_SENDS: &str = "another mctui is sending";

fn another_sends() -> Notice {
    Notice::info(format!("Your texts wait for a moment: {ANOTHER_SENDS}")).told(
        Story::new("What you send waits, because another mctui on this cache is sending.")
            .because("One mctui at a time sends, so that no text goes out twice.")
            .advice("You need not do anything. Keep writing; what you send is queued.")
            .by_itself(
                "Your texts go as soon as it is done. Where it is stopped or hangs, this mctui takes over in less than a minute, \
                 and what the other was sending is shown as unconfirmed.",
            ),
    )
}

/// How a sync that somebody waited for has ended.
fn came(what: Work, new: u64) -> String {
    match (what, new) {
        (Work::News, 0) => "Synced: nothing new".to_owned(),
        (Work::News, 1) => "Synced: 1 new message".to_owned(),
        (Work::News, _) => format!("Synced: {} new messages", count(new)),
        (Work::Older, 0) => "There was nothing older to fetch".to_owned(),
        (Work::Older, 1) => "Fetched 1 older message".to_owned(),
        (Work::Older, _) => format!("Fetched {} older messages", count(new)),
        (Work::Everything, _) => format!("All that MightyCall has is here now: {} came", messages(new)),
    }
}

fn cancelled(new: u64, resumable: bool) -> Notice {
    let kept = format!("Stopped as you asked; {} came and stay", messages(new));
    if !resumable {
        return Notice::info(kept);
    }
    Notice::info(format!("{kept}. Goes on where it stopped when you say so")).told(
        Story::new("Fetching was stopped between two pages.")
            .because("You asked for it.")
            .advice("Open the window of work and press the key for “go on”, or fetch everything from the settings.")
            .by_itself("New messages go on being fetched as ever; older ones wait until you ask for them."),
    )
}

/// Paints the line; what does not fit goes in the order of what matters least.
pub(crate) fn draw(
    canvas: &mut Canvas<'_>,
    area: Rect,
    scene: Scene<'_>,
    engine: &Engine,
    numbers: &Numbers,
    demo: bool,
) {
    let since = engine.down.map_or_else(String::new, |at| format!(" since {}", when::clock(at, scene.zone)));
    let (dot, ink, down) = match engine.line {
        Line::Connected => ("●", Ink::Good, String::new()),
        Line::Unknown => ("○", Ink::Dim, String::new()),
        Line::Offline => ("○", Ink::Bad, format!(" offline{since}")),
        Line::Refused => ("○", Ink::Bad, " keys refused".to_owned()),
        Line::Failing => ("○", Ink::Bad, format!(" MightyCall fails{since}")),
    };
    let name = if demo { " mctui demo " } else { " mctui " };
    let dot = match (scene.plain, engine.line) {
        (false, _) => dot,
        (true, Line::Connected) => "connected,",
        (true, Line::Unknown) => "not connected yet,",
        (true, _) => "",
    };
    let mut x = paint::put(canvas, area, 0, name, Ink::Header);
    x += paint::put_at(canvas, area, x, 0, &format!("{dot}{down} "), ink);
    let number = numbers.current.as_ref().map_or_else(|| "All numbers".to_owned(), |number| numbers.title(number));
    let (shown, all) = numbers.unread();
    let unread = match (shown, all) {
        (_, 0) => "nothing unread".to_owned(),
        (shown, all) if shown == all => format!("{all} unread"),
        (shown, all) => format!("{shown} unread, {all} in all"),
    };
    let (fresh, budget) = (engine.freshness(numbers, scene.now), engine.budget());
    let left = Rect { x: area.x + x.min(area.width), width: area.width.saturating_sub(x), ..area };
    let room = usize::from(left.width);
    // a screen reader would read it again at every change
    let rights: Vec<String> = match (scene.plain, engine.is_syncing()) {
        (false, _) => fresh.iter().flat_map(|fresh| [format!("{fresh}   {budget} "), format!("{fresh} ")]).collect(),
        (true, true) => vec!["syncing ".to_owned()],
        (true, false) => Vec::new(),
    };
    let need = number.width() + 5 + unread.width();
    let right = rights.iter().find(|right| need + right.width() < room).map_or("", String::as_str).trim_start();
    let ink = engine.budget.map_or(Ink::Dim, Budget::ink);
    let end = paint::put_right(canvas, left, 0, right, ink);
    canvas.press(Rect { x: left.right() - end, width: end, ..left }, Action::SyncNow);
    let (number, gap) = match (scene.plain, need <= room || room < 16) {
        (true, _) => (number, ", "),
        (false, true) => (format!("{number} ▾"), "   "),
        // the count matters more than the end of a long label
        (false, false) => {
            (crate::model::text::fit(&number, room.saturating_sub(unread.width() + 2)).into_owned(), "  ")
        }
    };
    let left = Rect { width: left.width - end, ..left };
    let mut x = paint::put(canvas, left, 0, &number, Ink::Header);
    canvas.press(Rect { width: x, ..left }, Action::SwitchNumber);
    x += paint::put_at(canvas, left, x, 0, gap, Ink::Header);
    let ink = if all > 0 { Ink::Unread } else { Ink::Dim };
    let columns = paint::put_at(canvas, left, x, 0, &unread, ink);
    canvas.press(Rect { x: left.x + x, width: columns, ..left }, Action::NextUnread);
}
