//! The terminal's side of the screen: what is said to it between two frames, and who else has it for a while.

use std::io;
use std::path::PathBuf;

use crossterm::event::{Event, EventStream, KeyEventKind, MouseEventKind};
use futures_util::StreamExt;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::clipboard::Clipboard;
use super::message::{Msg, Notice, TerminalAsk, Typed};
use super::session::Session;
use super::signals::{Heard, Signals};
use super::terminal::desktop::Desktop;
use super::terminal::editor::Editing;
use super::terminal::run::Run;
use super::terminal::speech::{Surroundings, Way};
use super::terminal::{self, jobs};
use super::{Ended, GoOn};

/// How long to wait for the signal that comes with going on; it is there at once.
const SIGNAL: std::time::Duration = std::time::Duration::from_secs(1);
/// How long an editor may take to end when the program must.
const EDITOR: std::time::Duration = std::time::Duration::from_secs(2);

/// Works the terminal for a session.
pub(super) struct Carrier {
    messages: mpsc::UnboundedSender<Msg>,
    input: Option<JoinHandle<()>>,
    pub(super) signals: Signals,
    around: Surroundings,
    desktop: Desktop,
    clipboard: Clipboard,
    /// Whether the mouse comes to us, as it does when the terminal was just taken.
    mouse_is_ours: bool,
    /// The title that is on the window.
    title: Option<String>,
    /// Until when an interrupt was meant for an editor: it may be heard of after the editor's end.
    passed_on: Option<Instant>,
    /// The cache that texts belong to; `None` where nothing of them is to outlive the program.
    cache: Option<PathBuf>,
}

impl Carrier {
    /// Begins to read what is typed, and to listen for signals.
    pub(super) fn new(messages: mpsc::UnboundedSender<Msg>, cache: Option<PathBuf>) -> Self {
        let input = Some(tokio::spawn(read_terminal(messages.clone())));
        let (signals, around) = (Signals::listen(), Surroundings::read());
        Self {
            messages,
            input,
            signals,
            around,
            desktop: Desktop::default(),
            clipboard: Clipboard::default(),
            mouse_is_ours: true,
            title: None,
            passed_on: None,
            cache,
        }
    }

    /// Waits for a signal; the end of what is typed is one to end.
    pub(super) async fn heard(&mut self) -> Heard {
        let typed = async {
            match &mut self.input {
                Some(input) => {
                    let _ = input.await;
                }
                None => std::future::pending().await,
            }
        };
        let passed_on = self.passed_on;
        let signals = &mut self.signals;
        let heard = async {
            loop {
                match signals.next().await {
                    Heard::Interrupt if passed_on.is_some_and(|until| Instant::now() < until) => {}
                    heard => return heard,
                }
            }
        };
        tokio::select! {
            heard = heard => heard,
            () = typed => {
                self.input = None;
                Heard::End
            }
        }
    }

    /// No longer reads what is typed.
    pub(super) async fn deaf(&mut self) {
        if let Some(input) = self.input.take() {
            input.abort();
            let _ = input.await;
        }
    }

    /// Carries out what the session has asked of the terminal since the last time, and keeps the window's title right.
    pub(super) async fn carry_out(&mut self, session: &mut Session<terminal::Backend>) -> io::Result<GoOn> {
        for ask in session.asked() {
            let go_on = match ask {
                TerminalAsk::Suspend => match jobs::may_stop() {
                    Ok(()) => self.suspend(session, true).await?,
                    Err(why) => self.tell(Notice::info(why)),
                },
                TerminalAsk::Edit(text) => self.edit(session, &text).await?,
                TerminalAsk::Copy(text) => self.copy(session, &text)?,
                TerminalAsk::Bell => self.say(session, "\x07")?,
                TerminalAsk::Notify { title, body } => self.notify(session, &title, &body)?,
            };
            if go_on.is_some() {
                return Ok(go_on);
            }
        }
        self.capture_mouse(session)?;
        self.entitle(session)
    }

    fn copy(&mut self, session: &mut Session<terminal::Backend>, text: &str) -> io::Result<GoOn> {
        let mut bytes = Vec::new();
        self.clipboard.copy(&mut bytes, text)?;
        session.backend_mut().say(&bytes)?;
        Ok(None)
    }

    /// Takes the mouse, or leaves it to the terminal, as a person wants it.
    fn capture_mouse(&mut self, session: &Session<terminal::Backend>) -> io::Result<()> {
        let wanted = session.state().wants_mouse();
        if wanted != self.mouse_is_ours {
            terminal::capture_mouse(wanted)?;
            self.mouse_is_ours = wanted;
        }
        Ok(())
    }

    fn tell(&self, notice: Notice) -> GoOn {
        let _ = self.messages.send(Msg::Notice(notice));
        None
    }

    #[allow(clippy::unused_self, reason = "all that is said goes through here")]
    fn say(&self, session: &mut Session<terminal::Backend>, bytes: &str) -> io::Result<GoOn> {
        if !bytes.is_empty() {
            session.backend_mut().say(bytes.as_bytes())?;
        }
        Ok(None)
    }

    fn notify(&mut self, session: &mut Session<terminal::Backend>, title: &str, body: &str) -> io::Result<GoOn> {
        let way = self.around.way(session.state().preferences().notify.desktop);
        if way == Way::System {
            self.desktop.tell(title, body);
            return Ok(None);
        }
        let bytes = self.around.notify(way, title, body);
        self.say(session, &bytes)
    }

    fn entitle(&mut self, session: &mut Session<terminal::Backend>) -> io::Result<GoOn> {
        let wanted = session.state().preferences().notify.title.then(|| session.state().title());
        if wanted == self.title {
            return Ok(None);
        }
        let bytes = match &wanted {
            Some(title) => match self.around.title(title) {
                bytes if bytes.is_empty() => bytes,
                bytes => format!("{}{bytes}", terminal::before_title()),
            },
            None => terminal::after_title().to_owned(),
        };
        self.title = wanted;
        self.say(session, &bytes)
    }

    /// Leaves the terminal to the shell until that says to go on; `everybody`: with those who wait for us.
    pub(super) async fn suspend(
        &mut self,
        session: &mut Session<terminal::Backend>,
        everybody: bool,
    ) -> io::Result<GoOn> {
        self.leave(session).await?;
        jobs::stop(everybody);
        let go_on = async {
            loop {
                match self.signals.next().await {
                    Heard::Continue => return None,
                    Heard::End | Heard::Interrupt => return Some(Ended::Ordered),
                    Heard::Stop => {}
                }
            }
        };
        let ended = tokio::time::timeout(SIGNAL, go_on).await.unwrap_or(None);
        if ended.is_none() {
            self.come_back(session)?;
        }
        Ok(ended)
    }

    /// Takes the terminal anew: somebody may have changed it while we were stopped.
    pub(super) async fn retake(&mut self, session: &mut Session<terminal::Backend>) -> io::Result<()> {
        self.leave(session).await?;
        self.come_back(session)
    }

    async fn leave(&mut self, session: &mut Session<terminal::Backend>) -> io::Result<()> {
        self.deaf().await;
        session.lend(true)?;
        self.title = None;
        terminal::restore();
        Ok(())
    }

    fn come_back(&mut self, session: &mut Session<terminal::Backend>) -> io::Result<()> {
        terminal::take_again()?;
        self.mouse_is_ours = true;
        self.input = Some(tokio::spawn(read_terminal(self.messages.clone())));
        session.lend(false)
    }

    /// Lets a person write in their own editor; meanwhile everything but the screen goes on.
    async fn edit(&mut self, session: &mut Session<terminal::Backend>, text: &str) -> io::Result<GoOn> {
        let setting = session.state().preferences().compose.editor.clone();
        self.leave(session).await?;
        let mut ended = None;
        let whose = self.cache.as_deref().zip(session.state().lent());
        let edited = match Editing::start(&setting, text, whose) {
            Ok(mut editing) => {
                ended = self.wait_for(&mut editing, session).await?;
                self.passed_on = Some(Instant::now() + SIGNAL);
                if ended.is_some() {
                    editing.end();
                    let _ = tokio::time::timeout(EDITOR, editing.child.wait()).await;
                    editing.saved().map(Ok)
                } else {
                    // it has ended: this does not wait
                    let status = editing.child.wait().await;
                    Some(editing.done(status))
                }
            }
            Err(why) => Some(Err(why)),
        };
        if let Some(edited) = edited {
            let _ = self.messages.send(Msg::Edited(Typed(edited)));
        }
        if ended.is_some() {
            // what was written is kept as the draft before the program ends
            session.catch_up();
            // its file goes now
            if let Some(unsaved) = session.unsaved() {
                unsaved.report();
            }
            return Ok(ended);
        }
        self.come_back(session)?;
        Ok(None)
    }

    /// Waits for an editor, or for an order to end.
    async fn wait_for(&mut self, editing: &mut Editing, session: &mut Session<terminal::Backend>) -> io::Result<GoOn> {
        loop {
            tokio::select! {
                _ = editing.child.wait() => return Ok(None),
                turned = session.turn() => if let Some(ended) = turned? {
                    return Ok(Some(ended));
                },
                heard = self.signals.next() => match heard {
                    Heard::End => return Ok(Some(Ended::Ordered)),
                    // the editor was set aside, and the shell waits for us too
                    Heard::Stop if jobs::may_stop().is_ok() => jobs::stop(false),
                    // keys that the editor was meant by
                    Heard::Stop | Heard::Interrupt | Heard::Continue => {}
                },
            }
        }
    }
}

/// Passes on what is typed, pasted, clicked and resized; returns when the terminal is gone.
async fn read_terminal(messages: mpsc::UnboundedSender<Msg>) {
    let mut events = EventStream::new();
    let (mut run, mut ahead) = (Run::default(), None);
    loop {
        let event = match ahead.take() {
            Some(event) => event,
            None => match events.next().await {
                Some(Ok(event)) => event,
                _ => return,
            },
        };
        let mut is_line_end = false;
        if let Some(wait) = run.takes(&event, Instant::now()) {
            // without waiting, this takes what is there already
            ahead = timeout(wait, events.next()).await.ok().flatten().and_then(Result::ok);
            is_line_end = run.is_line_end(ahead.as_ref());
        }
        let msg = match event {
            Event::Key(key) if is_line_end => Msg::LineEnd(Typed(key)),
            Event::Key(key) if key.kind != KeyEventKind::Release => Msg::key(key),
            Event::Paste(text) => Msg::paste(text),
            // terminals tell of every move; nothing here follows the pointer
            Event::Mouse(mouse) if mouse.kind != MouseEventKind::Moved => Msg::Mouse(mouse),
            Event::Resize(columns, rows) => Msg::Resize { columns, rows },
            Event::FocusGained => Msg::Focused(true),
            Event::FocusLost => Msg::Focused(false),
            _ => continue,
        };
        if messages.send(msg).is_err() {
            return;
        }
    }
}
