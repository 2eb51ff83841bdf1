//! The way of a message from here to its customer, step by step, as far as it is known.

use jiff::Timestamp;

use super::{Delivery, Message};

/// What the cache knows of the way of an outbound message besides how far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Way {
    /// It was written here; others come from MightyCall's records.
    pub written_here: bool,
    /// When it was last taken for posting.
    pub tried_at: Option<Timestamp>,
    /// How often it was, while it waits.
    pub attempts: u32,
    /// Not to be posted earlier than this.
    pub not_before: Option<Timestamp>,
    /// MightyCall took it, or has shown it.
    pub accepted: bool,
    /// The time that MightyCall's record of it has.
    pub recorded_at: Option<Timestamp>,
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Went {
    /// It is done.
    Well,
    /// It is going on.
    Now,
    /// It failed.
    Wrong,
    /// Nobody has said yet.
    Unknown,
}

/// A step of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// How it went.
    pub went: Went,
    /// What it is.
    pub what: &'static str,
    /// When, where that is known.
    pub at: Option<Timestamp>,
    /// What there is to say of it.
    pub words: &'static str,
}

const fn step(went: Went, what: &'static str, at: Option<Timestamp>, words: &'static str) -> Step {
    Step { went, what, at, words }
}

impl Way {
    /// The steps of a message, in their order; none for one that is not ours.
    pub fn steps(&self, message: &Message) -> Vec<Step> {
        use Went::{Now, Unknown, Well, Wrong};
        let Some(delivery) = &message.delivery else { return Vec::new() };
        let mut steps = Vec::new();
        if self.written_here {
            steps.push(step(Well, "written", Some(message.at), "here"));
        } else if matches!(delivery, Delivery::Failed(_)) {
            steps.push(step(Well, "recorded", Some(message.at), "by MightyCall; not written here"));
        } else {
            steps.push(step(Well, "sent", Some(message.at), "by MightyCall's record; not written here"));
        }
        if self.written_here && !matches!(delivery, Delivery::Scheduled) {
            steps.extend(self.posting(delivery));
        }
        if self.accepted && self.written_here {
            steps.push(step(Well, "accepted", self.recorded_at, "by MightyCall"));
        }
        steps.extend(match delivery {
            Delivery::Scheduled => Some(step(Now, "waits", self.not_before, "for its time")),
            Delivery::Queued => Some(step(Now, "waits", self.not_before, "to be posted")),
            Delivery::Sending => None,
            Delivery::Sent => Some(step(Unknown, "delivered", None, "not reported")),
            Delivery::Delivered => Some(step(Well, "delivered", None, "reported by MightyCall")),
            Delivery::Failed(_) if self.accepted => {
                Some(step(Wrong, "delivered", None, "no: MightyCall took it, and reported that later"))
            }
            Delivery::Failed(_) => Some(step(Wrong, "accepted", None, "no")),
            Delivery::Unconfirmed(_) => Some(step(Unknown, "accepted", None, "no answer says so, and no record yet")),
        });
        steps
    }

    /// The step to MightyCall.
    fn posting(&self, delivery: &Delivery) -> Option<Step> {
        let (went, what, words) = match delivery {
            Delivery::Queued if self.attempts > 0 => (Went::Wrong, "tried", "nothing left this machine"),
            Delivery::Queued => return None,
            Delivery::Sending => (Went::Now, "posted", "no answer yet"),
            _ => (Went::Well, "posted", "to MightyCall"),
        };
        self.tried_at.map(|at| step(went, what, Some(at), words))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::model::{Address, Direction, MessageId, ThreadId};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn message(delivery: Option<Delivery>) -> Message {
        Message {
            id: MessageId::floor(at(1)),
            first_id: MessageId::floor(at(1)),
            remote_id: None,
            request_guid: None,
            thread: ThreadId(1),
            number: Address::from_normal("+12025550101"),
            contact: Address::from_normal("+12025550147"),
            direction: Direction::Outbound,
            delivery,
            error: None,
            accepted: false,
            body: "Yes".to_owned(),
            at: at(1),
            sender: None,
            unread: false,
            attachments: Vec::new(),
            dealt: false,
            like: None,
            notes: crate::model::RecordNotes::default(),
        }
    }

    const HERE: Way =
        Way { written_here: true, tried_at: None, attempts: 0, not_before: None, accepted: false, recorded_at: None };

    #[rstest]
    #[case::waits(HERE, Delivery::Queued, "✓written@1 →waits")]
    #[case::has_its_time(Way { not_before: Some(at(9)), ..HERE }, Delivery::Scheduled, "✓written@1 →waits@9")]
    #[case::was_tried(
        Way { tried_at: Some(at(2)), attempts: 1, not_before: Some(at(9)), ..HERE },
        Delivery::Queued,
        "✓written@1 ✗tried@2 →waits@9"
    )]
    #[case::goes(Way { tried_at: Some(at(2)), attempts: 1, ..HERE }, Delivery::Sending, "✓written@1 →posted@2")]
    #[case::went(
        Way { tried_at: Some(at(2)), accepted: true, ..HERE },
        Delivery::Sent,
        "✓written@1 ✓posted@2 ✓accepted ?delivered"
    )]
    #[case::came(
        Way { tried_at: Some(at(2)), accepted: true, recorded_at: Some(at(3)), ..HERE },
        Delivery::Delivered,
        "✓written@1 ✓posted@2 ✓accepted@3 ✓delivered"
    )]
    #[case::was_refused(
        Way { tried_at: Some(at(2)), ..HERE },
        Delivery::Failed("no".to_owned()),
        "✓written@1 ✓posted@2 ✗accepted"
    )]
    #[case::did_not_come(
        Way { tried_at: Some(at(2)), accepted: true, ..HERE },
        Delivery::Failed("no".to_owned()),
        "✓written@1 ✓posted@2 ✓accepted ✗delivered"
    )]
    #[case::may_have_gone(
        Way { tried_at: Some(at(2)), ..HERE },
        Delivery::Unconfirmed("lost".to_owned()),
        "✓written@1 ✓posted@2 ?accepted"
    )]
    #[case::from_elsewhere_and_not_sent(
        Way { accepted: true, ..Way::default() },
        Delivery::Failed("no".to_owned()),
        "✓recorded@1 ✗delivered"
    )]
    #[case::from_elsewhere(Way { accepted: true, ..Way::default() }, Delivery::Sent, "✓sent@1 ?delivered")]
    fn steps(#[case] way: Way, #[case] delivery: Delivery, #[case] expected: &str) {
        let told = |step: Step| {
            let mark = match step.went {
                Went::Well => "✓",
                Went::Now => "→",
                Went::Wrong => "✗",
                Went::Unknown => "?",
            };
            let at = step.at.map_or_else(String::new, |at| format!("@{}", at.as_second()));
            format!("{mark}{}{at}", step.what)
        };
        let steps: Vec<String> = way.steps(&message(Some(delivery))).into_iter().map(told).collect();
        assert_eq!(steps.join(" "), expected);
    }

    #[test]
    fn what_came_to_us_has_none() {
        assert_eq!(HERE.steps(&message(None)), []);
    }
}
