//! What was typed and is not in the cache yet. Noted before anything is written, so that it is known at every moment: on
//! a signal, at a panic, and while the cache does not answer. What cannot be saved goes into a rescue file.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak};

use jiff::Timestamp;

use super::message::{Effect, Leaving, NotSaved, Ticket};
use crate::config::rescue::{RescueFile, RescueFolders, UnsentText};
use crate::model::{Address, Broadcast, Contact};

/// For the panic hook, which has no other way to it.
static CURRENT: Mutex<Weak<Shared>> = Mutex::new(Weak::new());

/// All that is typed and not saved. Clones share it.
#[derive(Debug, Clone)]
pub struct Unsaved(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// Held for moments: the screen notes here what is typed.
    inner: Mutex<Inner>,
    /// The rescue file of this process, and what is in it. Held while it is written; never taken while `inner` is held.
    file: Mutex<Option<(RescueFile, Vec<UnsentText>)>>,
}

#[derive(Debug)]
struct Inner {
    /// `None` where nothing is worth keeping, as in the demo.
    folders: Option<RescueFolders>,
    drafts: HashMap<(Address, Address), (Contact, String)>,
    broadcasts: HashMap<Address, Broadcast>,
    /// On their way to the outbox, oldest first.
    handed: Vec<(Ticket, UnsentText)>,
    windows: InWindows,
    /// Why the last write failed, for people.
    why: Option<String>,
    /// What a person was told on the terminal: that file stays.
    told: Option<Vec<UnsentText>>,
}

/// What windows hold that nobody was asked to save.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct InWindows {
    /// What could not be handed on yet.
    pub(crate) unkept: Vec<UnsentText>,
    /// What was put away for another text, and would go without a word.
    pub(crate) put_away: Vec<UnsentText>,
}

/// What became of text that is not saved when the program ends.
#[derive(Debug)]
pub struct AtEnd {
    /// The texts.
    pub texts: Vec<UnsentText>,
    /// The file that has them, or why none could be written, for people.
    pub rescue: Result<PathBuf, String>,
}

impl Unsaved {
    /// Nothing yet. The panic hook looks at the newest.
    pub(crate) fn new(folders: RescueFolders) -> Self {
        let inner = Inner {
            folders: Some(folders),
            drafts: HashMap::new(),
            broadcasts: HashMap::new(),
            handed: Vec::new(),
            windows: InWindows::default(),
            why: None,
            told: None,
        };
        let this = Self(Arc::new(Shared { inner: Mutex::new(inner), file: Mutex::new(None) }));
        *CURRENT.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(&this.0);
        this
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing here is worth keeping.
    pub(crate) fn give_up(&self) {
        self.inner().folders = None;
    }

    /// Notes what is to be saved or sent, before it is.
    pub(crate) fn note(&self, effect: &Effect) {
        let inner = &mut *self.inner();
        match effect {
            Effect::SaveDraft { number, contact, text } => {
                let desk = (number.clone(), contact.address.clone());
                if text.is_empty() {
                    inner.drafts.remove(&desk);
                } else {
                    inner.drafts.insert(desk, (contact.clone(), text.clone()));
                }
            }
            Effect::SaveBroadcast { begun, broadcast } => {
                if broadcast.is_empty() {
                    inner.broadcasts.remove(begun);
                } else {
                    inner.broadcasts.insert(begun.clone(), broadcast.clone());
                }
            }
            Effect::Send { ticket, number, contact, body } => {
                let desk = (number.clone(), contact.address.clone());
                if inner.drafts.get(&desk).is_some_and(|(_, text)| text == body) {
                    inner.drafts.remove(&desk);
                }
                let (number, contact, text) = (number.clone(), contact.clone(), body.clone());
                inner.handed.push((*ticket, UnsentText::Draft { number, contact, text }));
            }
            _ => {}
        }
    }

    /// Notes what windows hold.
    pub(crate) fn note_windows(&self, windows: InWindows) {
        self.inner().windows = windows;
    }

    /// A draft is on the disk.
    pub(crate) fn saved_draft(&self, desk: &(Address, Address), text: &str) {
        let mut inner = self.inner();
        if inner.drafts.get(desk).is_some_and(|(_, newest)| newest == text) {
            inner.drafts.remove(desk);
        }
        drop(inner);
        self.settle();
    }

    /// A message to several people is on the disk.
    pub(crate) fn saved_broadcast(&self, begun: &Address, broadcast: &Broadcast) {
        let mut inner = self.inner();
        if inner.broadcasts.get(begun) == Some(broadcast) {
            inner.broadcasts.remove(begun);
        }
        drop(inner);
        self.settle();
    }

    /// A message is in the outbox.
    pub(crate) fn queued(&self, ticket: Ticket) {
        self.inner().handed.retain(|(handed, _)| *handed != ticket);
        self.settle();
    }

    /// A message is not in the outbox: its text is a draft again, before what was written since.
    pub(crate) fn not_queued(&self, ticket: Ticket) {
        let mut inner = self.inner();
        let Some(at) = inner.handed.iter().position(|(handed, _)| *handed == ticket) else { return };
        let (_, UnsentText::Draft { number, contact, text }) = inner.handed.remove(at) else { return };
        let draft = inner.drafts.entry((number, contact.address.clone())).or_insert((contact, String::new()));
        draft.1 = joined(text, &draft.1);
    }

    /// Something could not be saved; why, for people.
    pub(crate) fn failed(&self, why: String) {
        self.inner().why = Some(why);
    }

    /// Whether all that a person would miss is saved.
    pub(crate) fn is_empty(&self) -> bool {
        self.inner().missed().is_empty()
    }

    /// Whether the draft of a thread, or the message to several people of a number, is still to be saved.
    pub(crate) fn has(&self, text: &UnsentText) -> bool {
        self.inner().missed().iter().any(|other| other.is_of_the_same_place(text))
    }

    /// Whether a message may still be queued. It may not once the person has been told that its text is in a rescue
    /// file: queuing it then would keep it in two places.
    pub(crate) fn may_queue(&self) -> bool {
        self.inner().told.is_none()
    }

    /// How things stand for somebody who wants to leave. What is not saved is in a rescue file then, where one can be
    /// written.
    pub(crate) fn report(&self) -> Leaving {
        let mut file = self.0.file.lock().unwrap_or_else(PoisonError::into_inner);
        let (texts, all, folders, why) = {
            let inner = self.inner();
            (inner.missed(), inner.all(), inner.folders.clone(), inner.why.clone())
        };
        if texts.is_empty() {
            return Leaving::Saved;
        }
        let rescue = rescue(&mut file, folders.as_ref(), all);
        let slow = "the cache does not answer; another program may be holding it";
        let why = why.unwrap_or_else(|| slow.to_owned());
        Leaving::NotSaved(Box::new(NotSaved { texts, why, rescue }))
    }

    /// Puts what is not saved into a rescue file, because the program ends. `None` where there is nothing, or nothing
    /// that was not told of already.
    pub fn at_end(&self) -> Option<AtEnd> {
        let mut file = self.0.file.lock().unwrap_or_else(PoisonError::into_inner);
        at_end(&mut file, &mut self.inner())
    }

    /// Takes the rescue file away once all that was in it is saved.
    fn settle(&self) {
        {
            let mut inner = self.inner();
            if !inner.missed().is_empty() {
                return;
            }
            inner.why = None;
        }
        let mut file = self.0.file.lock().unwrap_or_else(PoisonError::into_inner);
        let inner = self.inner();
        let is_needed = inner.told.is_some() || !inner.missed().is_empty();
        drop(inner);
        if !is_needed
            && let Some((file, _)) = file.take()
            && let Err(error) = file.remove()
        {
            tracing::warn!(%error, "a rescue file that is not needed any more could not be removed");
        }
    }

    /// The same, and says on the terminal what became of it. `false` where there was nothing.
    pub fn tell_at_end(&self) -> bool {
        let at_end = self.at_end();
        if let Some(at_end) = &at_end {
            // the terminal may be gone, and the person with it
            let _ = writeln!(io::stderr(), "{}", at_end.words());
        }
        at_end.is_some()
    }
}

/// The same for the panic hook: of the client that is running. `None` also where that cannot be known any more.
pub fn at_panic() -> Option<AtEnd> {
    let current = CURRENT.try_lock().ok()?.upgrade()?;
    // the panic may have come while it was held
    let mut file = free(&current.file)?;
    let mut inner = free(&current.inner)?;
    at_end(&mut file, &mut inner)
}

fn free<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(guard)) => Some(guard.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// The program ends: nobody types any more, and what is held may be held.
fn at_end(file: &mut Option<(RescueFile, Vec<UnsentText>)>, inner: &mut Inner) -> Option<AtEnd> {
    let texts = inner.all();
    let is_told = |text| inner.told.as_ref().is_some_and(|told| told.contains(text));
    if texts.iter().all(is_told) {
        return None;
    }
    inner.told = Some(texts.clone());
    Some(AtEnd { rescue: rescue(file, inner.folders.as_ref(), texts.clone()), texts })
}

/// Puts texts into the rescue file of this process; an older one goes.
fn rescue(
    file: &mut Option<(RescueFile, Vec<UnsentText>)>,
    folders: Option<&RescueFolders>,
    texts: Vec<UnsentText>,
) -> Result<PathBuf, String> {
    if let Some((file, written)) = file
        && *written == texts
    {
        return Ok(file.path().to_owned());
    }
    let newer = folders.ok_or("there is nothing to keep")?.write(&texts, Timestamp::now())?;
    let path = newer.path().to_owned();
    tracing::warn!(path = %path.display(), texts = texts.len(), "wrote a rescue file");
    if let Some((older, _)) = file.replace((newer, texts)) {
        let _ = older.remove();
    }
    Ok(path)
}

impl AtEnd {
    /// What is said of it on the terminal. Where no file could be written, the texts themselves: there is no other place
    /// left for them.
    pub fn words(&self) -> String {
        use crate::model::text::{safe_line, safe_text};
        let who = self.texts.iter().map(whose).collect::<Vec<_>>().join(", ");
        match &self.rescue {
            Ok(path) => format!(
                "mctui: Not saved in the cache: {who}.\nmctui: It is in the rescue file {}\nmctui: The next start of mctui \
                 brings it back.",
                safe_line(&path.display().to_string())
            ),
            Err(why) => {
                let texts = self.texts.iter().map(|text| format!("\n--- {}:\n{}", whose(text), safe_text(text.text())));
                format!(
                    "mctui: Not saved in the cache: {who}. No rescue file could be written either ({}). Copy it from \
                     here:{}\n---",
                    safe_line(why),
                    texts.collect::<String>()
                )
            }
        }
    }
}

/// Which text it is, for people.
pub(crate) fn whose(text: &UnsentText) -> String {
    use crate::model::text::safe_line;
    match text {
        UnsentText::Draft { contact, .. } => format!("your text to {}", safe_line(&contact.title())),
        UnsentText::Broadcast { broadcast, .. } => match broadcast.people.as_slice() {
            [] => "your message to several people".to_owned(),
            [one] => format!("your new message to {}", safe_line(&one.title())),
            people => format!("your message to {} people", people.len()),
        },
    }
}

fn joined(mut first: String, then: &str) -> String {
    if !then.is_empty() {
        first.push('\n');
        first.push_str(then);
    }
    first
}

impl Inner {
    /// What a person would miss.
    fn missed(&self) -> Vec<UnsentText> {
        if self.folders.is_none() {
            return Vec::new();
        }
        let mut out: Vec<UnsentText> = Vec::new();
        for (_, handed) in &self.handed {
            match out.iter_mut().find(|text| text.is_of_the_same_place(handed)) {
                Some(first) => *first = first.clone().with_text(joined(first.text().to_owned(), handed.text())),
                None => out.push(handed.clone()),
            }
        }
        for ((number, _), (contact, text)) in &self.drafts {
            let draft = UnsentText::Draft { number: number.clone(), contact: contact.clone(), text: text.clone() };
            match out.iter_mut().find(|text| text.is_of_the_same_place(&draft)) {
                Some(first) => *first = first.clone().with_text(joined(first.text().to_owned(), text)),
                None => out.push(draft),
            }
        }
        let broadcasts = self.broadcasts.iter();
        out.extend(
            broadcasts
                .map(|(begun, broadcast)| UnsentText::Broadcast { begun: begun.clone(), broadcast: broadcast.clone() }),
        );
        out.extend(self.windows.unkept.iter().cloned());
        out.retain(|text| !text.is_empty());
        // the same order each time
        out.sort_by_cached_key(whose);
        out
    }

    fn all(&self) -> Vec<UnsentText> {
        let mut all = self.missed();
        if self.folders.is_some() {
            all.extend(self.windows.put_away.iter().filter(|text| !text.is_empty()).cloned());
        }
        all
    }
}
