//! All that is known of a message.

use ratatui::layout::{Position, Rect};

use super::conversation::file_size;
use super::overlay::{sheet_inside, sheet_size};
use super::window::{Pointer, Step, Window};
use super::{Scene, conversation, openable, when};
use crate::config::keymap::{Action, Context};
use crate::model::link::links;
use crate::model::segment::{self, Encoding};
use crate::model::text::{safe_line, safe_text};
use crate::model::way::{Way, Went};
use crate::model::{CallerKind, Delivery, Direction, Message, Thread, WorkflowState};
use crate::tui::message::{Effect, Msg, Notice, TerminalAsk};
use crate::tui::views::choose::Choose;
use crate::tui::views::openable::GONE;
use crate::tui::widgets::ascii::codes;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::hang;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::sheet::{self, Sheet};

/// The window.
#[derive(Debug)]
pub(crate) struct Details {
    message: Message,
    /// `None` until it is read.
    way: Option<Way>,
    sheet: Sheet,
}

impl Details {
    /// Of this message.
    pub(crate) fn new(message: Message) -> Self {
        Self { message, way: None, sheet: Sheet::default() }
    }

    fn wrapped(&self, scene: Scene<'_>) -> Vec<(String, Ink)> {
        let (width, _) = sheet_inside(scene.screen, scene.plain);
        let rows = |(label, text): (&str, String)| hang::rows(label, &text, LABELS, width.into(), Ink::Plain);
        let mut lines: Vec<_> = facts(&self.message, self.way, scene).into_iter().flat_map(rows).collect();
        lines.push((String::new(), Ink::Plain));
        lines.extend(sheet::wrapped([(&*safe_text(&self.message.body), Ink::Plain)], width));
        lines
    }

    fn open(&self) -> Vec<Step> {
        let mut all = openable::all(&self.message);
        match all.len() {
            0 => vec![Step::Tell(Notice::info("Nothing in this message can be opened"))],
            1 if all[0].really.is_none() => match all.remove(0).effect {
                Some(effect) => vec![Step::Do(effect)],
                None => vec![Step::Tell(Notice::info(GONE))],
            },
            _ => vec![Step::Raise(Box::new(Choose::new(all)))],
        }
    }

    fn save(&self) -> Vec<Step> {
        match openable::saves(&self.message) {
            Ok(saves) => saves.into_iter().map(Step::Do).collect(),
            Err(why) => vec![Step::Tell(Notice::info(why))],
        }
    }

    fn copy(&self, scene: Scene<'_>) -> Vec<Step> {
        let facts = facts(&self.message, self.way, scene);
        let facts: Vec<String> = facts.into_iter().map(|(label, text)| format!("{label:<LABELS$}{text}")).collect();
        let text = format!("{}\n\n{}", facts.join("\n"), safe_text(&self.message.body));
        vec![
            Step::Do(Effect::Terminal(TerminalAsk::Copy(text))),
            Step::Tell(Notice::info("The details of the message are copied")),
        ]
    }
}

impl Window for Details {
    fn kind(&self) -> &'static str {
        "details"
    }

    fn context(&self) -> Context {
        Context::Details
    }

    fn offers(&self, action: Action, _: Scene<'_>) -> bool {
        // here they only close the window
        !matches!(action, Action::Open | Action::Info)
    }

    fn act(&mut self, action: Action, scene: Scene<'_>) -> Option<Vec<Step>> {
        Some(match action {
            Action::Open | Action::Info => vec![Step::Close],
            Action::OpenLink => self.open(),
            Action::SaveFiles => self.save(),
            Action::Copy => self.copy(scene),
            _ => {
                let (_, height) = sheet_inside(scene.screen, scene.plain);
                let rows = self.wrapped(scene).len();
                return self.sheet.scroll(action, rows, height).then(Vec::new);
            }
        })
    }

    fn take(&mut self, msg: &Msg, _: Scene<'_>) -> Vec<Step> {
        match msg {
            Msg::Way(known) if known.0.id == self.message.id => {
                (self.message, self.way) = (known.0.clone(), Some(known.1));
                Vec::new()
            }
            // it may be on its way just now
            Msg::Changed(_) => vec![Step::Do(Effect::LoadWay(self.message.id))],
            _ => Vec::new(),
        }
    }

    fn mouse(&mut self, pointer: Pointer, _: Rect, scene: Scene<'_>) -> Vec<Step> {
        if let Pointer::Wheel { down, .. } = pointer {
            self.act(if down { Action::Down } else { Action::Up }, scene);
        }
        Vec::new()
    }

    fn draw(&self, canvas: &mut Canvas<'_>, screen: Rect, scene: Scene<'_>) -> Option<Position> {
        let lines = self.wrapped(scene);
        let (columns, rows) = sheet_size(screen);
        let wanted = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).max(5);
        let area = paint::window(canvas, screen, columns, rows.min(wanted), "Message");
        self.sheet.draw(canvas, area, &lines);
        None
    }
}

/// Columns of the labels.
const LABELS: usize = 15;

/// All that is known besides the text.
fn facts(message: &Message, way: Option<Way>, scene: Scene<'_>) -> Vec<(&'static str, String)> {
    let number = scene.numbers.title(&message.number);
    let contact = them(message, scene);
    let (direction, from, to) = match message.direction {
        Direction::Outbound => ("from us", number, contact),
        Direction::Inbound => ("to us", contact, number),
        Direction::Unknown => ("MightyCall does not say", "not known".to_owned(), "not known".to_owned()),
    };
    let mut out = vec![
        ("From", from),
        ("To", to),
        ("Direction", direction.to_owned()),
        ("Time", when::full(message.at, scene.zone)),
        ("In UTC", message.at.to_string()),
    ];
    if let Some(delivery) = &message.delivery {
        out.push(("Delivery", words(message, delivery).to_owned()));
    }
    if let Some(error) = message.delivery.as_ref().and_then(Delivery::reason).or(message.error.as_deref()) {
        out.push(("Reason", safe_line(error)));
    }
    let steps = way.map_or_else(Vec::new, |way| way.steps(message));
    out.extend(steps.into_iter().zip(std::iter::once("Way").chain(std::iter::repeat(""))).map(|(step, label)| {
        let at = step.at.map_or_else(String::new, |at| format!(" {},", when::full(at, scene.zone)));
        let mark = if scene.plain { "" } else { mark(step.went) };
        (label, format!("{mark}{}{at} {}", step.what, step.words))
    }));
    if let Some(sender) = &message.sender {
        out.push(("Sent by", safe_line(sender)));
    }
    if message.direction == Direction::Inbound {
        out.push(("Read", if message.unread { "not yet" } else { "yes" }.to_owned()));
    }
    out.extend(noted(message, scene));
    out.push(("Length", length(&message.body)));
    if let Some(codes) = codes(&message.body).filter(|_| scene.ascii) {
        out.push(("Not shown", codes));
    }
    out.push(("MightyCall id", message.remote_id.as_deref().map_or("none yet".to_owned(), safe_line)));
    out.extend(message.request_guid.as_deref().map(|guid| ("  GUID", safe_line(guid))));
    out.push(("Id here", message.id.0.to_string()));
    for file in &message.attachments {
        let size = file.size.map_or_else(String::new, |size| format!(", {}", file_size(size)));
        let gone = if file.expired { "; MightyCall no longer keeps it" } else { "" };
        out.push(("Attached", format!("{}{size}{gone}", safe_line(&file.name))));
        out.extend(file.url.as_deref().map(|url| ("  at", safe_line(url))));
    }
    let text = safe_text(&message.body);
    for link in links(&text) {
        let really = link.disguised(&text).map_or_else(String::new, |host| format!("  ! it leads to {host}"));
        out.push(("Link", format!("{}{really}", link.target())));
    }
    out
}

/// What MightyCall notes about the message and the other side, as far as it has said anything.
fn noted(message: &Message, scene: Scene<'_>) -> Vec<(&'static str, String)> {
    let notes = &message.notes;
    let mut out = Vec::new();
    if let Some(read) = notes.read {
        let words = if read { "marked read in MightyCall" } else { "marked unread in MightyCall" };
        out.push(("Read there", words.to_owned()));
    }
    if notes.favorite {
        out.push(("Starred", "yes".to_owned()));
    }
    if let Some(state) = notes.workflow {
        let words = match state {
            WorkflowState::Open => "open",
            WorkflowState::Finished => "finished",
            WorkflowState::Resolved => "resolved",
        };
        out.push(("Workflow", words.to_owned()));
    }
    out.extend(notes.comment.as_deref().map(safe_line).filter(|note| !note.is_empty()).map(|note| ("Note", note)));
    let list = match thread_of(message, scene).map(|thread| thread.contact_kind) {
        Some(CallerKind::Vip) => "on the account's VIP list",
        Some(CallerKind::Blocked) => "on the account's block list",
        Some(CallerKind::Default) | None => return out,
    };
    out.push(("Contact", list.to_owned()));
    out
}

/// The thread of the message, where it is in view.
fn thread_of<'a>(message: &Message, scene: Scene<'a>) -> Option<&'a Thread> {
    scene.current.filter(|thread| thread.contact.address == message.contact)
}

/// What stands before a step.
fn mark(went: Went) -> &'static str {
    match went {
        Went::Well => "✓ ",
        Went::Now => "→ ",
        Went::Wrong => "✗ ",
        Went::Unknown => "? ",
    }
}

/// Name and number of the other side.
fn them(message: &Message, scene: Scene<'_>) -> String {
    let number = safe_line(&message.contact.display());
    match thread_of(message, scene).and_then(|thread| thread.contact.name.as_deref()) {
        Some(name) => format!("{} {number}", safe_line(name)),
        None => number,
    }
}

fn length(body: &str) -> String {
    let meter = segment::measure(body);
    let encoding = match meter.encoding {
        Encoding::Gsm7 => "GSM-7",
        Encoding::Ucs2 => "UCS-2",
    };
    let segments = if meter.segments == 1 { "segment" } else { "segments" };
    let count = body.chars().count();
    let characters = if count == 1 { "character" } else { "characters" };
    format!("{count} {characters}, {} {segments}, {encoding}", meter.segments)
}

fn words(message: &Message, delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Scheduled => "scheduled for later",
        Delivery::Queued => "queued: will be sent",
        Delivery::Sending => "on its way to MightyCall",
        Delivery::Sent => "sent: MightyCall took it; whether it arrived is not known",
        Delivery::Delivered => conversation::delivery_words(Some(delivery)),
        Delivery::Failed(_) if message.accepted => {
            "failed: MightyCall took it, and reported later that it did not go out"
        }
        Delivery::Failed(_) => "not sent: MightyCall did not take it",
        Delivery::Unconfirmed(_) => "unconfirmed: it may have gone out; the next sync looks for it",
    }
}
