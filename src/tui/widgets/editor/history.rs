//! What can be undone, in steps as people think of them: a word with the blanks after it, a run of deletions, a paste.

use std::collections::VecDeque;

use secrecy::zeroize::Zeroize;

/// Steps that can be undone.
const STEPS: usize = 1_000;

/// How an edit came about: those of one kind that follow each other are one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A character that was typed.
    Typed,
    /// A character that was deleted.
    Erased,
    /// Anything else is a step of its own.
    Whole,
}

/// A piece of text that took another's place.
#[derive(Clone)]
pub(super) struct Edit {
    pub(super) at: usize,
    pub(super) removed: String,
    pub(super) inserted: String,
    kind: Kind,
}

impl Drop for Edit {
    fn drop(&mut self) {
        self.removed.zeroize();
        self.inserted.zeroize();
    }
}

/// The edits that were made, and those that were undone. What is in them never prints.
#[derive(Clone, Default)]
pub(super) struct History {
    done: VecDeque<Edit>,
    undone: Vec<Edit>,
    /// The cursor went elsewhere: what comes is a step of its own.
    sealed: bool,
}

impl History {
    /// Remembers an edit.
    pub(super) fn note(&mut self, at: usize, removed: String, inserted: &str, kind: Kind) {
        self.undone.clear();
        let sealed = std::mem::take(&mut self.sealed);
        if let Some(last) = self.done.back_mut().filter(|last| !sealed && last.kind == kind) {
            match kind {
                Kind::Typed if removed.is_empty() && last.goes_on(at, inserted) => {
                    last.inserted.push_str(inserted);
                    return;
                }
                // forwards, then backwards
                Kind::Erased if inserted.is_empty() && last.at == at => {
                    last.removed.push_str(&removed);
                    return;
                }
                Kind::Erased if inserted.is_empty() && last.at == at + removed.len() => {
                    last.removed.insert_str(0, &removed);
                    last.at = at;
                    return;
                }
                _ => {}
            }
        }
        self.done.push_back(Edit { at, removed, inserted: inserted.to_owned(), kind });
        if self.done.len() > STEPS {
            self.done.pop_front();
        }
    }

    /// The next edit begins a step.
    pub(super) fn seal(&mut self) {
        self.sealed = true;
    }

    /// The step to undo.
    pub(super) fn undo(&mut self) -> Option<Edit> {
        let edit = self.done.pop_back()?;
        self.undone.push(edit.clone());
        self.sealed = true;
        Some(edit)
    }

    /// The step to do again.
    pub(super) fn redo(&mut self) -> Option<Edit> {
        let edit = self.undone.pop()?;
        self.done.push_back(edit.clone());
        self.sealed = true;
        Some(edit)
    }
}

impl Edit {
    /// Whether what is typed now belongs to this step: a word ends with the blanks after it, and a line with its break.
    fn goes_on(&self, at: usize, typed: &str) -> bool {
        let ended = self.inserted.ends_with(char::is_whitespace) && !typed.starts_with(char::is_whitespace);
        at == self.at + self.inserted.len() && !ended && !self.inserted.ends_with('\n') && self.inserted.len() < 200
    }
}
