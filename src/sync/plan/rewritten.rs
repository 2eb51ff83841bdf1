//! Records whose text the service has rewritten: which of the rows written here they show.
//!
//! Only rows that were posted and that no record was matched with, within ten minutes of the record. An equal text in
//! another spelling is the nearest such row; one that was cut, added to or respelled must be the only candidate; and a text
//! may be made of consecutive records, also where they come in two batches.

use std::collections::{HashMap, HashSet};

use jiff::SignedDuration;

use super::{ACCEPTED_WINDOW, Planner, agree, appeared_after, distance, is_head, is_unproven};
use crate::model::text::matching::{Folded, LONG_ENOUGH, Rewriting, rewriting};
use crate::model::{Delivery, Direction, MessageId};
use crate::store::{Incoming, Known, Op};

/// How far from the moment of posting a rewritten record may be.
const NEAR: SignedDuration = SignedDuration::from_mins(10);
/// How far apart the pieces of one text may be.
const PIECES_APART: SignedDuration = SignedDuration::from_mins(2);

impl<'a> Planner<'a> {
    /// What to do with a record that names its row: it may show the first piece of the text alone.
    pub(super) fn named(&mut self, id: MessageId, record: &'a Incoming) -> Op {
        let row = self.rows(record).iter().find(|row| row.id == id && row.outbox && row.history_at.is_none());
        let piece = row.and_then(|row| {
            let text = Folded::new(&row.body);
            text.shown_by(&record.body).filter(|shown| *shown < text.len())
        });
        match piece {
            Some(shown) => {
                self.begun.insert(id, shown);
                Op::Piece { id, shown: Some(shown) }
            }
            None => Op::Update { id },
        }
    }

    /// How much of the row's text was shown before, where it is shown in pieces.
    fn shown(&self, row: &Known) -> Option<usize> {
        self.begun.get(&row.id).copied().or(row.shown)
    }

    /// Decides on those of the records of `there` at the places `left`, oldest first, that show a text written here.
    pub(super) fn rewritten(&mut self, there: &'a [Incoming], left: &[usize]) -> HashMap<usize, Op> {
        let mut found = HashMap::new();
        let outbound: Vec<usize> =
            left.iter().copied().filter(|&index| agree(there[index].direction, Direction::Outbound)).collect();
        self.pair(there, &outbound, &mut found, |how| how == Rewriting::Folded);
        self.pieces(there, &outbound, &mut found);
        self.pair(there, &outbound, &mut found, |how| how != Rewriting::Folded);
        found
    }

    /// Pairs records with rows that they show in that way, the surest pairs first: a text in full before a part of it, what
    /// was accepted before what may not be out, then the nearest.
    fn pair(
        &mut self,
        there: &'a [Incoming],
        outbound: &[usize],
        found: &mut HashMap<usize, Op>,
        wanted: impl Fn(Rewriting) -> bool,
    ) {
        let mut pairs = Vec::new();
        for &index in outbound.iter().filter(|index| !found.contains_key(index)) {
            let candidates = self.candidates(&there[index], &wanted);
            // of texts that differ nobody knows which it is
            let differ = candidates.windows(2).any(|two| Folded::new(&two[0].0.body) != Folded::new(&two[1].0.body));
            if !differ {
                pairs.extend(candidates.into_iter().map(|(row, how)| (index, row, how)));
            }
        }
        pairs.sort_by_key(|(index, row, how)| {
            (rank(*how), is_unproven(row), distance(self.terms, row, &there[*index]).abs(), row.id, *index)
        });
        for (index, row, how) in pairs {
            let record = &there[index];
            if found.contains_key(&index) || !self.taken.insert((row.id, is_head(record))) {
                continue;
            }
            let op = match how {
                Rewriting::Cut(shown) => Op::Piece { id: row.id, shown: Some(shown) },
                _ => Op::Update { id: row.id },
            };
            found.insert(index, op);
        }
    }

    /// The posted rows whose text the record may show in that way.
    fn candidates(&self, record: &'a Incoming, wanted: &impl Fn(Rewriting) -> bool) -> Vec<(&'a Known, Rewriting)> {
        let is_near = |row: &Known, how| {
            let apart = distance(self.terms, row, record).abs();
            apart <= NEAR || how == Rewriting::Folded && apart <= ACCEPTED_WINDOW && appeared_after(self.terms, row)
        };
        self.rows(record)
            .iter()
            .filter(|row| self.is_open(row, record) && self.shown(row).is_none())
            .filter_map(|row| rewriting(&row.body, &record.body).filter(|how| wanted(*how)).map(|how| (*row, how)))
            .filter(|(row, how)| is_near(row, *how))
            .collect()
    }

    /// Whether the row was posted and may still be shown by a record.
    fn is_open(&self, row: &Known, record: &Incoming) -> bool {
        row.outbox
            && (row.history_at.is_none() || self.shown(row).is_some())
            && matches!(
                row.delivery,
                Some(Delivery::Sent | Delivery::Delivered | Delivery::Sending | Delivery::Unconfirmed(_))
            )
            // the pieces that came before are listed again
            && (self.shown(row).is_some() || !self.taken.contains(&(row.id, is_head(record))))
    }

    /// Finds texts that are made of several records.
    fn pieces(&mut self, there: &'a [Incoming], outbound: &[usize], found: &mut HashMap<usize, Op>) {
        let mut continued = HashSet::new();
        for &first in outbound {
            if found.contains_key(&first) {
                continue;
            }
            let mut rows: Vec<&Known> = self.rows(&there[first]).to_vec();
            rows.sort_by_key(|row| (is_unproven(row), distance(self.terms, row, &there[first]).abs(), row.id));
            for row in rows {
                let before = self.shown(row);
                let begun = before.is_some();
                let is_near = distance(self.terms, row, &there[first]).abs() <= NEAR;
                if !self.is_open(row, &there[first]) || !is_near || continued.contains(&row.id) {
                    continue;
                }
                let left: Vec<usize> = outbound.iter().copied().filter(|index| !found.contains_key(index)).collect();
                let (pieces, is_whole) = assemble((row, before.unwrap_or(0)), there, &left, first);
                // the first of several must be joined by another, or it is a text that was cut
                let is_sure =
                    is_whole && (begun || pieces.len() > 1) || begun && goes_far(&pieces, before.unwrap_or(0));
                if pieces.is_empty() || !is_sure {
                    continue;
                }
                self.taken.insert((row.id, is_head(&there[first])));
                continued.insert(row.id);
                // all say what is shown in the end: they are carried out in the order of their list
                let shown = pieces.last().map(|(_, shown)| *shown).filter(|_| !is_whole);
                found.extend(pieces.iter().map(|(index, _)| (*index, Op::Piece { id: row.id, shown })));
                break;
            }
        }
    }
}

/// How sure a way is, the surest first.
fn rank(how: Rewriting) -> u8 {
    match how {
        Rewriting::Folded => 0,
        Rewriting::Respelled => 1,
        Rewriting::Extended { by_notice: true } => 2,
        Rewriting::Cut(_) => 3,
        Rewriting::Extended { by_notice: false } => 4,
    }
}

/// Whether a record without an id of its own is one that the row was matched with before, though its text is another.
pub(super) fn was_shown_by(row: &Known, record: &Incoming) -> bool {
    let Some(first) = row.history_at.filter(|_| row.outbox && record.remote_id.is_none()) else { return false };
    let after = record.recorded_at().duration_since(first);
    let is_rewritten = || rewriting(&row.body, &record.body).is_some() && after.is_zero();
    (SignedDuration::ZERO..=PIECES_APART).contains(&after)
        && (is_rewritten() || Folded::new(&row.body).has_piece(&record.body))
}

/// Whether pieces that do not end the text show so much more of it that it is no chance.
fn goes_far(pieces: &[(usize, usize)], before: usize) -> bool {
    pieces.last().is_some_and(|(_, shown)| shown - before >= LONG_ENOUGH / 2)
}

/// The records, from `first` on, that show the text of the row one piece after the other, each with how many characters
/// are shown by then; and whether that is all of it.
fn assemble(
    (row, before): (&Known, usize),
    there: &[Incoming],
    left: &[usize],
    first: usize,
) -> (Vec<(usize, usize)>, bool) {
    let text = Folded::new(&row.body);
    let (whole, mut shown) = (text.len(), before);
    let mut pieces = Vec::new();
    let mut next = Some(first);
    while let Some(index) = next {
        let Some(more) = text.without(shown).shown_by(&there[index].body) else { break };
        shown += more;
        pieces.push((index, shown));
        if shown >= whole {
            return (pieces, true);
        }
        // pieces of one second may be listed in any order
        let rest = text.without(shown);
        next = left.iter().copied().find(|&other| {
            let (one, other_record) = (&there[first], &there[other]);
            pieces.iter().all(|(taken, _)| *taken != other)
                && (one.number == other_record.number && one.contact.address == other_record.contact.address)
                && other_record.at.duration_since(one.at).abs() <= PIECES_APART
                && rest.shown_by(&other_record.body).is_some()
        });
    }
    (pieces, false)
}
