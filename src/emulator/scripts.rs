//! The demo's people and what they say, from `assets/demo/`.
//!
//! Texts have holes: `{name}` takes a value of the conversation, `{this|that}` takes one of the choices.

use std::sync::LazyLock;

use fastrand::Rng;
use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::Weekday;
use jiff::tz::{self, TimeZone};
use serde::Deserialize;

/// The business and everybody it talks to.
#[derive(Debug, Deserialize)]
pub(super) struct Cast {
    pub(super) business: String,
    pub(super) numbers: Vec<Number>,
    pub(super) agents: Vec<Agent>,
    pub(super) people: Vec<Person>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Number {
    pub(super) address: String,
    pub(super) label: String,
    /// Which scripts are played on it.
    pub(super) line: String,
    /// Whether files can be sent from it.
    #[serde(default = "yes")]
    pub(super) mms: bool,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
pub(super) struct Agent {
    pub(super) name: String,
    pub(super) extension: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Person {
    pub(super) address: String,
    pub(super) first: String,
    pub(super) name: Option<String>,
    /// Says nothing but what is written for them.
    #[serde(default)]
    pub(super) own_scripts_only: bool,
}

/// One conversation.
#[derive(Debug, Deserialize)]
pub(super) struct Script {
    /// On which of the numbers.
    pub(super) line: String,
    /// The address of somebody who says this and nothing else.
    pub(super) only: Option<String>,
    /// Happens once in the whole history.
    #[serde(default)]
    pub(super) once: bool,
    /// The newest messages of the history: the last turn was so many minutes ago.
    pub(super) recent: Option<i64>,
    /// The first name of the only one who says this.
    pub(super) who: Option<String>,
    pub(super) turns: Vec<Turn>,
}

impl Script {
    /// Whether anybody may play it at any time.
    pub(super) fn is_common(&self) -> bool {
        self.only.is_none() && self.recent.is_none()
    }
}

/// One message of a script.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) inbound: bool,
    /// Minutes after the turn before.
    pub(super) wait: u32,
    pub(super) text: String,
    pub(super) photo: bool,
}

impl<'de> Deserialize<'de> for Turn {
    /// `["in"|"out", minutes, text]`, and `"photo"` after it where one comes along.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Plain(String, u32, String),
            With(String, u32, String, String),
        }
        let (side, wait, text, photo) = match Written::deserialize(deserializer)? {
            Written::Plain(side, wait, text) => (side, wait, text, false),
            Written::With(side, wait, text, what) => (side, wait, text, what == "photo"),
        };
        Ok(Self { inbound: side == "in", wait, text, photo })
    }
}

/// What people answer.
#[derive(Debug, Deserialize)]
pub(super) struct Replies {
    rules: Vec<Rule>,
    otherwise: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Rule {
    words: Vec<String>,
    say: Vec<String>,
}

impl Replies {
    /// What can be said to that: of the first rule of which a word is in it.
    pub(super) fn to(&self, text: &str) -> &[String] {
        let text = text.to_lowercase().replace('’', "'");
        let fits = |rule: &&Rule| rule.words.iter().any(|word| text.contains(word.as_str()));
        self.rules.iter().find(fits).map_or(&self.otherwise, |rule| &rule.say)
    }
}

/// The people of the demo.
pub(super) static CAST: LazyLock<Cast> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../assets/demo/people.json")).expect("the people of the demo are in order")
});

/// The conversations of the demo.
pub(super) static SCRIPTS: LazyLock<Vec<Script>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../assets/demo/scripts.json")).expect("the scripts of the demo are in order")
});

/// What the demo's people say to what one writes.
pub(super) static REPLIES: LazyLock<Replies> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../assets/demo/replies.json")).expect("the replies of the demo are in order")
});

/// A picture of a crack in a brick wall.
pub(super) static PHOTO: &[u8] = include_bytes!("../../assets/demo/crack.png");

/// Where the business is. Fixed, so that the same seed makes the same history on every machine.
pub(super) fn here() -> TimeZone {
    TimeZone::fixed(tz::offset(-5))
}

/// The values of one conversation.
#[derive(Debug)]
pub(super) struct Scene(Vec<(&'static str, String)>);

impl Scene {
    /// Values for a conversation with somebody of that first name that starts then.
    pub(super) fn new(rng: &mut Rng, first: &str, agent: &str, start: Timestamp) -> Self {
        const SLOTS: [&str; 8] = ["8:30 am", "9 am", "9:30 am", "10 am", "11:30 am", "1 pm", "2 pm", "2:30 pm"];
        const LATER: [&str; 4] = ["3 pm", "3:30 pm", "4 pm", "4:30 pm"];
        const STREETS: [&str; 8] = [
            "418 Tulip St",
            "27 Hollow Oak Ln",
            "1160 Fernwood Ave",
            "902 Quarry Rd",
            "15 Bellflower Ct",
            "733 Old Mill Dr",
            "64 Juniper Pl",
            "2208 Larkspur Way",
        ];
        const TECHS: [&str; 4] = ["Sam", "Joelle", "Dmitri", "Ruth"];
        let pick = |rng: &mut Rng, from: &[&str]| from[rng.usize(..from.len())].to_owned();
        let soon = rng.i64(1..=3);
        let price = rng.u32(24..=98) * 10;
        Self(vec![
            ("first", first.to_owned()),
            ("business", CAST.business.clone()),
            ("agent", agent.split(' ').next().unwrap_or(agent).to_owned()),
            ("tech", pick(rng, &TECHS)),
            ("slot", pick(rng, &SLOTS)),
            ("slot2", pick(rng, &LATER)),
            ("day", weekday(start, soon)),
            ("day2", weekday(start, soon + 1)),
            ("street", pick(rng, &STREETS)),
            ("price", format!("${price}")),
            ("price2", format!("${}", price / 2)),
            ("small", format!("${}", rng.u32(7..=18) * 10 + 5)),
            ("deposit", format!("${}", rng.u32(4..=12) * 10)),
            ("invoice", format!("INV-{}", rng.u32(2_100..2_999))),
            ("order", format!("#{}", rng.u32(40_000..49_999))),
        ])
    }

    /// The text with its holes filled. What is not a hole that it knows stays as it stands.
    pub(super) fn fill(&self, rng: &mut Rng, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 16);
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((hole, after)) = after.split_once('}') else {
                out.push('{');
                rest = after;
                continue;
            };
            let choices: Vec<&str> = hole.split('|').collect();
            match self.0.iter().find(|(name, _)| *name == hole) {
                Some((_, value)) => out.push_str(value),
                None if choices.len() > 1 => out.push_str(choices[rng.usize(..choices.len())]),
                None => out.extend(["{", hole, "}"]),
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

/// The weekday so many working days after, in words. Nobody comes on Sundays.
fn weekday(from: Timestamp, days: i64) -> String {
    let mut date = from.to_zoned(here()).date();
    for _ in 0..days {
        date = date.saturating_add(1.day());
        if date.weekday() == Weekday::Sunday {
            date = date.saturating_add(1.day());
        }
    }
    date.strftime("%A").to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rstest::rstest;

    use super::*;
    use crate::model::phone::Address;

    const START: &str = "2026-01-15T15:00:00Z";

    fn scene(rng: &mut Rng) -> Scene {
        Scene::new(rng, "Dana", "Ana Reyes", START.parse().unwrap())
    }

    #[test]
    fn every_hole_of_every_script_is_filled() {
        let rng = &mut Rng::with_seed(3);
        let scene = scene(rng);
        let turns = SCRIPTS.iter().flat_map(|script| script.turns.iter().map(|turn| &turn.text));
        let replies = REPLIES.rules.iter().flat_map(|rule| &rule.say).chain(&REPLIES.otherwise);
        for text in turns.chain(replies) {
            let filled = scene.fill(rng, text);
            assert!(!filled.contains(['{', '}', '|']) && !filled.trim().is_empty(), "{filled}");
        }
    }

    #[test]
    fn the_cast_is_fictional_and_nobody_is_two() {
        let addresses: Vec<&str> =
            CAST.numbers.iter().map(|n| &*n.address).chain(CAST.people.iter().map(|p| &*p.address)).collect();
        assert_eq!(addresses.iter().collect::<HashSet<_>>().len(), addresses.len());
        for address in addresses {
            assert_eq!(Address::from_wire(address).unwrap().as_str(), address, "in its normal form");
            let fictional = address.starts_with("+1") && address.len() == 12 && &address[5..10] == "55501";
            assert!(fictional || !address.starts_with('+'), "{address} may be somebody’s");
        }
    }

    #[test]
    fn scripts_speak_of_lines_and_people_there_are() {
        for script in SCRIPTS.iter() {
            assert!(CAST.numbers.iter().any(|number| number.line == script.line));
            assert!(script.recent.is_none() || script.who.is_some(), "somebody must have said the newest");
            if let Some(only) = &script.only {
                assert!(CAST.people.iter().any(|person| &person.address == only), "{only}");
            }
            if let Some(who) = &script.who {
                assert!(CAST.people.iter().any(|person| &person.first == who), "{who}");
            }
        }
    }

    #[rstest]
    #[case("It would be $240 with parts.", "Let’s go ahead")]
    #[case("How about tomorrow at 3 pm?", "That works for me")]
    #[case("Could you send a photo?", "taking|take one")]
    #[case("You’re welcome!", "You too")]
    fn replies_are_to_the_point(#[case] said: &str, #[case] among: &str) {
        let replies = REPLIES.to(said);
        let fits = |reply: &String| among.split('|').any(|part| reply.contains(part));
        assert!(replies.iter().any(fits), "{replies:?}");
    }

    #[test]
    fn what_is_no_hole_stays() {
        let rng = &mut Rng::with_seed(3);
        let scene = scene(rng);
        assert_eq!(scene.fill(rng, "a {b} c { d {first}"), "a {b} c { d {first}");
        assert_eq!(scene.fill(rng, "{first}!"), "Dana!");
    }

    #[test]
    fn nobody_comes_on_sundays() {
        // a Friday
        let friday = "2026-01-16T15:00:00Z".parse().unwrap();
        assert_eq!(weekday(friday, 1), "Saturday");
        assert_eq!(weekday(friday, 2), "Monday");
    }
}
