//! The first line: what this is, whether it is connected, which number, what is unread, how fresh, what is left today.

use jiff::Timestamp;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::numbers::Numbers;
use super::{Scene, when};
use crate::model::Line;
use crate::model::text::safe_line;
use crate::tui::message::{Notice, SyncNews};
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
        let (left, limit) = (grouped(self.limit.saturating_sub(self.used)), grouped(self.limit));
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
    /// What the running sync says of itself.
    running: Option<String>,
    synced: Option<Timestamp>,
    line: Line,
    /// Since when the line is not good.
    down: Option<Timestamp>,
    budget: Option<Budget>,
    /// A person waits for the result of a sync.
    asked: bool,
    /// What the last sync failed with; told once, however often it fails with that.
    failing: Option<String>,
}

impl Engine {
    /// A person asked for a sync, and is told how it ends. Others end without a word, unless they fail.
    pub(crate) fn ask(&mut self) {
        self.asked = true;
    }

    /// Takes news; gives back what a person should be told.
    pub(crate) fn take(&mut self, news: SyncNews, numbers: &Numbers, now: Timestamp) -> Option<Notice> {
        match news {
            SyncNews::Started => self.running = Some("syncing…".to_owned()),
            SyncNews::Progress { number, fetched, new, total } => {
                let name = number.and_then(|number| numbers.get(&number)).map(|row| row.number.name());
                let of = total.map_or_else(String::new, |total| format!("/{total}"));
                let name = name.map_or_else(String::new, |name| format!(" {}", safe_line(&name)));
                self.running = Some(format!("syncing{name} {fetched}{of}, {new} new"));
            }
            SyncNews::Done { at, new, failed } => {
                self.running = None;
                let asked = std::mem::take(&mut self.asked);
                if failed.is_empty() {
                    self.synced = Some(at);
                    self.failing = None;
                    return asked.then(|| {
                        Notice::info(match new {
                            0 => "Synced: nothing new".to_owned(),
                            1 => "Synced: 1 new message".to_owned(),
                            _ => format!("Synced: {new} new messages"),
                        })
                    });
                }
                let each = failed.iter().map(|(number, why)| match number {
                    Some(number) => format!("{}: {why}", numbers.title(number)),
                    None => why.clone(),
                });
                let failing = format!("Sync: {}", each.collect::<Vec<_>>().join("\n"));
                if asked || self.failing.as_ref() != Some(&failing) {
                    self.failing = Some(failing.clone());
                    return Some(Notice::error(failing));
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

    /// Whether a sync is going on.
    pub(crate) fn is_syncing(&self) -> bool {
        self.running.is_some()
    }

    /// When what the header says changes by itself.
    pub(crate) fn changes(&self, now: Timestamp) -> Option<Timestamp> {
        self.synced.filter(|_| self.running.is_none()).map(|at| when::ago_changes(at, now))
    }

    fn freshness(&self, now: Timestamp) -> String {
        match (&self.running, self.synced) {
            (Some(running), _) => running.clone(),
            (None, Some(at)) => format!("synced {}", when::ago(at, now)),
            (None, None) => "not synced yet".to_owned(),
        }
    }

    fn budget(&self) -> String {
        self.budget.map_or_else(String::new, |Budget { used, limit, .. }| {
            format!("budget {}/{}", grouped(limit.saturating_sub(used)), grouped(limit))
        })
    }
}

/// `2 318`.
fn grouped(number: u32) -> String {
    if number < 1_000 { number.to_string() } else { format!("{} {:03}", number / 1_000, number % 1_000) }
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
    let mut x = paint::put(canvas, area, 0, name, Ink::Bold);
    x += paint::put_at(canvas, area, x, 0, &format!("{dot}{down} "), ink);
    let number = numbers.current.as_ref().map_or_else(|| "All numbers".to_owned(), |number| numbers.title(number));
    let (shown, all) = numbers.unread();
    let unread = match (shown, all) {
        (_, 0) => "nothing unread".to_owned(),
        (shown, all) if shown == all => format!("{all} unread"),
        (shown, all) => format!("{shown} unread, {all} in all"),
    };
    let (fresh, budget) = (engine.freshness(scene.now), engine.budget());
    let left = Rect { x: area.x + x.min(area.width), width: area.width.saturating_sub(x), ..area };
    let room = usize::from(left.width);
    let rights = [format!("{fresh}   {budget} "), format!("{fresh} "), String::new()];
    let need = number.width() + 5 + unread.width();
    let right = rights.iter().find(|right| need + right.width() < room).map_or("", String::as_str);
    let text = if need <= room || room < 16 {
        format!("{number} ▾   {unread}")
    } else {
        // the count matters more than the end of a long label
        let kept = room.saturating_sub(unread.width() + 2);
        format!("{}  {unread}", crate::model::text::fit(&number, kept))
    };
    let ink = engine.budget.map_or(Ink::Dim, Budget::ink);
    paint::put_both(canvas, left, 0, (&text, Ink::Plain), (right.trim_start(), ink));
}
