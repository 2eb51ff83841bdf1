//! Which messages people are told of when they come, and in what words. Pure: all of "what is news" is here.
//!
//! Old history never is: what a first import, a fetch of older messages or the filling of a gap brings is not unread, or
//! lies below what is known of its thread, or is old. What is news is noted in the cache with the message, and taken out
//! of it by the one process that tells of it.

use jiff::{SignedDuration, Timestamp};

use super::text::notification;
use super::{Address, Direction, MessageId, Thread};

/// What is older than that is history, even to somebody who comes back after a long weekend.
pub const FRESH: SignedDuration = SignedDuration::from_hours(72);

/// What was noted longer ago than that is not told of any more: nobody had a client open then, or it was suspended, and
/// whoever opens one sees what is unread.
pub const STALE: SignedDuration = SignedDuration::from_mins(2);

/// A message on its way into the cache, where it was not before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// Which way it went.
    pub direction: Direction,
    /// It waits to be read: it came by a look at what is new, and not by an import of what is old.
    pub unread: bool,
    /// Its place, and so its time.
    pub id: MessageId,
    /// The newest that the other side had written in its thread before.
    pub newest: Option<MessageId>,
    /// The present.
    pub now: Timestamp,
}

impl Arrival {
    /// Whether people are to be told of it.
    pub fn is_news(self) -> bool {
        self.direction == Direction::Inbound
            && self.unread
            && self.newest.is_none_or(|newest| self.id > newest)
            && self.now.duration_since(self.id.at()) <= FRESH
    }
}

/// A message that nobody was told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Its place.
    pub id: MessageId,
    /// Its thread, as it is now.
    pub thread: Thread,
    /// What it says, or what came with it (see [`preview`](super::preview())), raw.
    pub said: String,
}

/// What the person at the screen has before their eyes, and wants to hear.
#[derive(Debug, Clone, Copy)]
pub struct Listener<'a> {
    /// The thread whose newest messages are on the screen of a terminal that is looked at.
    pub sees: Option<super::ThreadId>,
    /// Our numbers of which they want to hear nothing.
    pub muted: &'a [Address],
}

impl Listener<'_> {
    /// Whether they are to be told of this.
    pub fn wants(&self, news: &News) -> bool {
        self.sees != Some(news.thread.id) && !news.thread.muted && !self.muted.contains(&news.thread.number)
    }
}

/// One notification. Safe for any place that shows one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// One line.
    pub title: String,
    /// One more, or nothing.
    pub body: String,
}

/// Names at the most in a notification of several people.
const NAMES: usize = 5;

impl Telling {
    /// One notification of all of this; `None` where there is nothing. `name` says what we call one of our numbers, and
    /// `text` whether people and what they write may be shown.
    pub fn of(news: &[News], name: impl Fn(&Address) -> String, text: bool) -> Option<Self> {
        let newest = news.iter().max_by_key(|news| news.id)?;
        let people = distinct(news, |news| news.thread.contact.title());
        let numbers = distinct(news, |news| name(&news.thread.number));
        let (title, body) = match (text, news.len(), people.as_slice()) {
            (false, 1, _) => (format!("New message on {}", numbers[0]), String::new()),
            (false, count, _) if numbers.len() == 1 => {
                (format!("{count} new messages on {}", numbers[0]), String::new())
            }
            (false, count, _) => (format!("{count} new messages on {} numbers", numbers.len()), String::new()),
            (true, 1, [who, ..]) => (who.clone(), newest.said.clone()),
            (true, count, [who]) => (format!("{count} new messages from {who}"), newest.said.clone()),
            (true, count, _) => (format!("{count} new messages from {} people", people.len()), listed(&people)),
        };
        Some(Self { title: notification(&title), body: notification(&body) })
    }
}

fn distinct(news: &[News], of: impl Fn(&News) -> String) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for one in news.iter().map(of) {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

fn listed(people: &[String]) -> String {
    let more = people.len().saturating_sub(NAMES);
    let names = people[..people.len() - more].join(", ");
    if more == 0 { names } else { format!("{names} and {more} more") }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::model::{Contact, ThreadId, ThreadState};

    fn now() -> Timestamp {
        "2026-11-18T09:42:00Z".parse().unwrap()
    }

    fn ago(minutes: i64) -> MessageId {
        MessageId::floor(now() - SignedDuration::from_mins(minutes))
    }

    const DAY: i64 = 24 * 60;

    #[rstest]
    #[case::first_of_a_new_customer(Direction::Inbound, true, ago(1), None, true)]
    #[case::another(Direction::Inbound, true, ago(1), Some(ago(9)), true)]
    #[case::after_a_weekend(Direction::Inbound, true, ago(2 * DAY), Some(ago(9 * DAY)), true)]
    #[case::our_own(Direction::Outbound, false, ago(1), None, false)]
    #[case::without_a_side(Direction::Unknown, false, ago(1), None, false)]
    #[case::imported(Direction::Inbound, false, ago(1), None, false)]
    #[case::late_below_what_is_known(Direction::Inbound, true, ago(9), Some(ago(1)), false)]
    #[case::the_same_again(Direction::Inbound, true, ago(1), Some(ago(1)), false)]
    #[case::old(Direction::Inbound, true, ago(4 * DAY), Some(ago(9 * DAY)), false)]
    #[case::of_a_clock_ahead_of_ours(Direction::Inbound, true, ago(-3), Some(ago(9)), true)]
    fn news_is_what_is_new(
        #[case] direction: Direction,
        #[case] unread: bool,
        #[case] id: MessageId,
        #[case] newest: Option<MessageId>,
        #[case] news: bool,
    ) {
        assert_eq!(Arrival { direction, unread, id, newest, now: now() }.is_news(), news);
    }

    fn news(thread: i64, name: &str, number: &str, body: &str) -> News {
        let id = ago(10 - thread);
        News {
            id,
            thread: Thread {
                id: ThreadId(thread),
                number: Address::from_normal(number),
                contact: Contact { address: Address::from_normal("+12025550147"), name: Some(name.to_owned()) },
                contact_kind: crate::model::CallerKind::Default,
                activity: id.0,
                last_message_at: id.at(),
                snippet: String::new(),
                last_direction: Some(Direction::Inbound),
                last_delivery: None,
                unread: 1,
                draft: None,
                state: ThreadState::Open,
                trouble: 0,
                muted: false,
            },
            said: body.to_owned(),
        }
    }

    const MAIN: &str = "+12025550101";
    const SHOP: &str = "+12025550102";

    fn told(news: &[News], text: bool) -> (String, String) {
        let name =
            |number: &Address| if number.as_str() == MAIN { "Main Phone".to_owned() } else { "Workshop".to_owned() };
        let Telling { title, body } = Telling::of(news, name, text).unwrap();
        (title, body)
    }

    #[test]
    fn one_is_told_in_full_or_not_at_all() {
        let one = [news(1, "Dana Whitfield", MAIN, "Can you move\nit to 3; or 4?")];
        assert_eq!(told(&one, true), ("Dana Whitfield".into(), "Can you move it to 3, or 4?".into()));
        assert_eq!(told(&one, false), ("New message on Main Phone".into(), String::new()));
        assert_eq!(told(&[news(1, "Dana Whitfield", MAIN, "Picture: crack.png")], true).1, "Picture: crack.png");
    }

    #[test]
    fn several_are_gathered() {
        let two = [news(1, "Dana Whitfield", MAIN, "Hello?"), news(2, "Dana Whitfield", MAIN, "Anybody there?")];
        assert_eq!(told(&two, true), ("2 new messages from Dana Whitfield".into(), "Anybody there?".into()));
        assert_eq!(told(&two, false).0, "2 new messages on Main Phone");
        let three =
            [news(1, "Dana Whitfield", MAIN, "a"), news(2, "Lee Ortiz", SHOP, "b"), news(3, "Lee Ortiz", SHOP, "c")];
        assert_eq!(told(&three, true), ("3 new messages from 2 people".into(), "Dana Whitfield, Lee Ortiz".into()));
        assert_eq!(told(&three, false), ("3 new messages on 2 numbers".into(), String::new()));
        let many: Vec<_> = (1..=8).map(|n| news(n, &format!("Nr {n}"), MAIN, "x")).collect();
        assert_eq!(told(&many, true).1, "Nr 1, Nr 2, Nr 3, Nr 4, Nr 5 and 3 more");
        assert_eq!(Telling::of(&[], |_| String::new(), true), None);
    }

    #[test]
    fn what_a_customer_writes_commands_no_terminal() {
        let hostile = [news(1, "\u{1b}]0;owned\u{7}", MAIN, "x\u{1b}\\\u{9c}\u{7}; rm -rf")];
        let (title, body) = told(&hostile, true);
        assert!(!title.chars().chain(body.chars()).any(|c| c.is_control() || c == ';'), "{title:?} {body:?}");
    }

    #[test]
    fn nobody_hears_of_what_is_muted_or_before_their_eyes() {
        let muted = [Address::from_normal(SHOP)];
        let listener = Listener { sees: Some(ThreadId(1)), muted: &muted };
        assert!(!listener.wants(&news(1, "Dana Whitfield", MAIN, "a")), "it is on the screen");
        assert!(!listener.wants(&news(2, "Lee Ortiz", SHOP, "a")), "its number is muted");
        assert!(listener.wants(&news(2, "Lee Ortiz", MAIN, "a")));
        let mut thread = news(2, "Lee Ortiz", MAIN, "a");
        thread.thread.muted = true;
        assert!(!listener.wants(&thread), "it is muted itself");
    }
}
