//! The small integers that stand for directions, deliveries, states and roads in the rows. They are part of the file
//! format: a number, once given, keeps its meaning.

use crate::model::{CallerKind, Delivery, Direction, Road, ThreadState, WorkflowState};

pub(super) const INBOUND: i64 = 0;
pub(super) const OUTBOUND: i64 = 1;
pub(super) const UNKNOWN: i64 = 2;

pub(super) const SCHEDULED: i64 = 0;
pub(super) const QUEUED: i64 = 1;
pub(super) const SENDING: i64 = 2;
pub(super) const UNCONFIRMED: i64 = 3;
pub(super) const FAILED: i64 = 4;
pub(super) const SENT: i64 = 5;
pub(super) const DELIVERED: i64 = 6;

pub(super) fn direction_code(direction: Direction) -> i64 {
    match direction {
        Direction::Inbound => INBOUND,
        Direction::Outbound => OUTBOUND,
        Direction::Unknown => UNKNOWN,
    }
}

pub(super) fn direction(code: i64) -> Direction {
    match code {
        INBOUND => Direction::Inbound,
        OUTBOUND => Direction::Outbound,
        _ => Direction::Unknown,
    }
}

pub(super) fn delivery_code(delivery: &Delivery) -> i64 {
    match delivery {
        Delivery::Scheduled => SCHEDULED,
        Delivery::Queued => QUEUED,
        Delivery::Sending => SENDING,
        Delivery::Unconfirmed(_) => UNCONFIRMED,
        Delivery::Failed(_) => FAILED,
        Delivery::Sent => SENT,
        Delivery::Delivered => DELIVERED,
    }
}

/// The inverse of [`delivery_code`]; `None` where a row has none, or one that is not known here.
pub(super) fn delivery(code: Option<i64>, error: Option<&str>) -> Option<Delivery> {
    let reason = || error.unwrap_or_default().to_owned();
    Some(match code? {
        SCHEDULED => Delivery::Scheduled,
        QUEUED => Delivery::Queued,
        SENDING => Delivery::Sending,
        UNCONFIRMED => Delivery::Unconfirmed(reason()),
        FAILED => Delivery::Failed(reason()),
        SENT => Delivery::Sent,
        DELIVERED => Delivery::Delivered,
        _ => return None,
    })
}

pub(super) fn state_code(state: ThreadState) -> i64 {
    match state {
        ThreadState::Open => 0,
        ThreadState::Done => 1,
    }
}

pub(super) fn state(code: i64) -> ThreadState {
    if code == 1 { ThreadState::Done } else { ThreadState::Open }
}

pub(super) fn workflow_code(state: WorkflowState) -> i64 {
    match state {
        WorkflowState::Open => 0,
        WorkflowState::Finished => 1,
        WorkflowState::Resolved => 2,
    }
}

/// The inverse of [`workflow_code`]; `None` where a row has none, or one that is not known here.
pub(super) fn workflow(code: Option<i64>) -> Option<WorkflowState> {
    Some(match code? {
        0 => WorkflowState::Open,
        1 => WorkflowState::Finished,
        2 => WorkflowState::Resolved,
        _ => return None,
    })
}

pub(super) fn caller_code(kind: CallerKind) -> i64 {
    match kind {
        CallerKind::Default => 0,
        CallerKind::Vip => 1,
        CallerKind::Blocked => 2,
    }
}

/// The inverse of [`caller_code`].
pub(super) fn caller(code: i64) -> CallerKind {
    match code {
        1 => CallerKind::Vip,
        2 => CallerKind::Blocked,
        _ => CallerKind::Default,
    }
}

const ROADS: [Road; 5] = [Road::Journal, Road::MessageList, Road::Webhook, Road::SendAnswer, Road::ThreadHead];

/// The place of a road: its number in `aliases`, its bit in `messages.roads`. The lower, the better is its id for
/// showing: the journal's is the one by which a record can be asked for, and a send answer's may never appear again.
pub(super) fn road_code(road: Road) -> i64 {
    match road {
        Road::Journal => 0,
        Road::MessageList => 1,
        Road::Webhook => 2,
        Road::SendAnswer => 3,
        Road::ThreadHead => 4,
    }
}

/// The inverse of [`road_code`].
pub(super) fn road(code: i64) -> Option<Road> {
    usize::try_from(code).ok().and_then(|code| ROADS.get(code)).copied()
}

/// The roads of a bit set.
pub(super) fn roads(bits: i64) -> impl Iterator<Item = Road> {
    ROADS.into_iter().filter(move |&road| bits & (1 << road_code(road)) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back() {
        for way in [Direction::Inbound, Direction::Outbound, Direction::Unknown] {
            assert_eq!(direction(direction_code(way)), way);
        }
        for came in [
            Delivery::Scheduled,
            Delivery::Queued,
            Delivery::Sending,
            Delivery::Unconfirmed("lost".into()),
            Delivery::Failed("no".into()),
            Delivery::Sent,
            Delivery::Delivered,
        ] {
            assert_eq!(delivery(Some(delivery_code(&came)), came.reason()), Some(came));
        }
        for by in ROADS {
            assert_eq!(road(road_code(by)), Some(by));
            assert_eq!(roads(1 << road_code(by)).collect::<Vec<_>>(), [by]);
        }
        for put in [ThreadState::Open, ThreadState::Done] {
            assert_eq!(state(state_code(put)), put);
        }
        for come in [WorkflowState::Open, WorkflowState::Finished, WorkflowState::Resolved] {
            assert_eq!(workflow(Some(workflow_code(come))), Some(come));
        }
        for kind in [CallerKind::Default, CallerKind::Vip, CallerKind::Blocked] {
            assert_eq!(caller(caller_code(kind)), kind);
        }
    }
}
