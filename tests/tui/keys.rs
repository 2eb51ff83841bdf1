//! Every key of the table, pressed where it is alive: what it does is seen on the screen, or by the service, or by the
//! terminal, and was not there before the key.

#[path = "keys/leaving.rs"]
mod leaving;
#[path = "keys/lists.rs"]
mod lists;
#[path = "keys/numbers.rs"]
mod numbers;
#[path = "keys/places.rs"]
mod places;
#[path = "keys/settings.rs"]
mod settings;
#[path = "keys/text.rs"]
mod text;
#[path = "keys/windows.rs"]
mod windows;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use jiff::SignedDuration;
use mctui::config::keymap::Keymap;
use mctui::config::{Environment, Places};
use mctui::emulator::{Dialect, Effect, Fault, File, Options};
use mctui::tui::Ended;
use mctui::tui::message::{Msg, TerminalAsk, Typed};
use rstest::rstest;
use tokio::time::timeout;

use super::common::{Rig, fictional};
use super::keyring::{any_keyring, own_keyring};
use super::runner::{PATIENCE, Runner};

/// A row of the key table, and what its keys do.
pub(super) struct Row {
    /// The binding's name.
    pub(super) name: &'static str,
    /// From the list of threads to the place: keys with blanks between, `=` and a text that is typed, `~` and what is
    /// waited for, `!` and what is waited for to go.
    pub(super) way: &'static [&'static str],
    /// What follows.
    pub(super) then: Then,
}

/// What a key does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Then {
    /// The screen has this now.
    Shows(&'static str),
    /// The screen has it no more.
    Hides(&'static str),
    /// The compose box has this text, once a `|` is typed where the cursor is.
    Writes(&'static str),
    /// The field of what is looked for has this, once a `|` is typed where the cursor is.
    Finds(&'static str),
    /// The service was given this text to send.
    Posts(&'static str),
    /// The service was asked for such a path once more; so many times at least in all.
    Asks(&'static str, usize),
    /// The terminal was asked for this.
    Terminal(fn(&TerminalAsk) -> bool),
    /// The client ends.
    Ends(Ended),
}

/// A row whose keys change the screen.
pub(super) const fn shows(name: &'static str, way: &'static [&'static str], text: &'static str) -> Row {
    Row { name, way, then: Then::Shows(text) }
}

/// A row whose keys take something off the screen.
pub(super) const fn hides(name: &'static str, way: &'static [&'static str], text: &'static str) -> Row {
    Row { name, way, then: Then::Hides(text) }
}

/// A row whose keys do something else.
pub(super) const fn does(name: &'static str, way: &'static [&'static str], then: Then) -> Row {
    Row { name, way, then }
}

/// Nine numbers, nine customers, and one of them has written much.
async fn shop() -> Rig {
    let numbers: Vec<_> = (1..=9).map(|line| format!("+1202555011{line}")).collect();
    let numbers: Vec<_> = numbers.iter().map(String::as_str).collect();
    let rig = Rig::start(Options::empty(&numbers).speaking(Dialect::journal()), false).await;
    let ago = |minutes| rig.emulator.now() - SignedDuration::from_mins(minutes);
    for n in 0..60_i64 {
        rig.emulator.receive_at(&fictional(47), &rig.number(0), &format!("Line {n:02} of many"), ago(10_000 - n));
    }
    rig.emulator.receive_at(&fictional(47), &rig.number(0), "See https://shop.example.com/a", ago(9));
    rig.emulator.receive_at(&fictional(47), &rig.number(0), "Is my appointment still on?", ago(5));
    for line in 1..9_u8 {
        let text = format!("Question {line}, please");
        rig.emulator.receive_at(&fictional(60 + line), &rig.number(line.into()), &text, ago(20 + i64::from(line)));
    }
    rig
}

/// A client on an account.
struct Bench {
    rig: Rig,
    client: Runner,
    asked: Vec<TerminalAsk>,
}

impl Bench {
    async fn new() -> Self {
        let rig = shop().await;
        super::settings::write_settings(&rig);
        let snippets = Places::under(rig.home.path()).snippets_file();
        std::fs::write(snippets, "[[snippet]]\nname = \"Hours\"\ntext = \"We open at nine\"\n").unwrap();
        let environment = Environment { home: Some(rig.home.path().to_owned()), ..Environment::default() };
        let mut client = Runner::start_in(&rig, &Dialect::journal(), environment).await;
        client.synced().await;
        client.wait("all threads", |screen| screen.contains("70 unread") && screen.contains("Question 8")).await;
        client.wait_for_content("appointment").await;
        Self { rig, client, asked: Vec::new() }
    }

    /// Has what was pressed worked and drawn: a turn of the wheel that cannot wait.
    fn catch_up(&mut self) {
        self.client.session.catch_up();
        self.client.session.draw().unwrap();
    }

    /// Turns until the screen is as wanted.
    async fn wait(&mut self, wanted: impl Fn(&str) -> bool) -> Result<(), String> {
        let turning = async {
            while !wanted(&self.client.screen()) {
                if let Some(ended) = self.client.session.turn().await.unwrap() {
                    return Err(format!("{ended:?}"));
                }
            }
            Ok(())
        };
        timeout(PATIENCE, turning).await.unwrap_or_else(|_| Err("waited in vain".to_owned()))
    }

    async fn go(&mut self, way: &[&str]) -> Result<(), String> {
        for step in way {
            match step.split_at(1) {
                ("=", text) => {
                    self.client.write(text);
                    self.catch_up();
                }
                ("~", text) => {
                    self.wait(|screen| screen.contains(text)).await.map_err(|why| format!("{step}: {why}"))?;
                }
                ("!", text) => {
                    self.wait(|screen| !screen.contains(text)).await.map_err(|why| format!("{step}: {why}"))?;
                }
                ("%", what) => self.event(what),
                _ => {
                    for key in step.split_whitespace() {
                        self.client.press(key);
                        self.catch_up();
                    }
                }
            }
        }
        Ok(())
    }

    /// What happens at the service.
    fn event(&self, what: &str) {
        match what {
            "file" => {
                let file = File { name: "crack.txt".to_owned(), data: b"a crack".to_vec() };
                self.rig.emulator.receive_files(&fictional(47), &self.rig.number(0), "Here it is", vec![file]);
            }
            "slow" => self.rig.emulator.fault(Fault::on("/journal", Effect::Delay(Duration::from_millis(300)))),
            "refuses" => self.rig.emulator.fault(Fault::on("/messages/send", Effect::Status(400)).times(1)),
            _ => self.rig.emulator.clear_faults(),
        }
    }

    /// Back in the list of all threads, on the first.
    async fn home(&mut self) -> Result<(), String> {
        self.event("none");
        for _ in 0..12 {
            let screen = self.client.screen();
            let hints = screen.lines().last().unwrap_or_default();
            if hints.contains("read/unread") && !hints.contains("copy") {
                // a conversation that is still read says the same
                self.go(&["esc esc alt-0 g"]).await?;
                return self.wait(|screen| screen.contains("To (202) 555-0147")).await;
            }
            self.go(&["esc"]).await?;
        }
        Err("not back in the list".to_owned())
    }

    fn is(&mut self, then: Then) -> bool {
        self.asked.extend(self.client.session.asked());
        let screen = self.client.screen();
        match then {
            Then::Shows(text) => screen.contains(text),
            Then::Hides(text) => !screen.contains(text),
            Then::Writes(text) => written(&screen) == text,
            Then::Finds(text) => screen.contains(&format!("Find: {text}")),
            Then::Posts(text) => self.rig.emulator.posts().iter().any(|post| post.text == text),
            Then::Asks(path, count) => {
                self.rig.emulator.requests().iter().filter(|request| request.path.contains(path)).count() > count
            }
            Then::Terminal(ask) => self.asked.iter().any(ask),
            Then::Ends(_) => false,
        }
    }

    /// Presses one key of a row where it is alive.
    async fn try_key(&mut self, row: &Row, key: &str) -> Result<(), String> {
        self.home().await?;
        self.go(row.way).await?;
        self.asked.clear();
        self.client.session.asked();
        let then = match row.then {
            Then::Asks(path, _) => {
                let requests = self.rig.emulator.requests();
                Then::Asks(path, requests.iter().filter(|request| request.path.contains(path)).count())
            }
            then => then,
        };
        if self.is(then) {
            return Err(format!("true before {key}"));
        }
        self.client.press(key);
        if let Then::Ends(wanted) = then {
            let ended = timeout(PATIENCE, self.client.wait_for_end()).await;
            return if ended == Ok(wanted) { Ok(()) } else { Err(format!("{ended:?}")) };
        }
        if let Then::Writes(_) | Then::Finds(_) = then {
            self.client.write("|");
        }
        let turning = async {
            loop {
                if let Some(ended) = self.client.session.turn().await.unwrap() {
                    return Err(format!("{ended:?}"));
                }
                if self.is(then) {
                    return Ok(());
                }
            }
        };
        let done = timeout(PATIENCE, turning).await.unwrap_or_else(|_| Err("nothing came of it".to_owned()));
        if self.asked.iter().any(|ask| matches!(ask, TerminalAsk::Edit(_))) {
            self.client.keys.send(Msg::Edited(Typed(Ok("done".to_owned())))).unwrap();
            self.catch_up();
        }
        done
    }
}

/// What is in the compose box.
fn written(screen: &str) -> String {
    let below = screen.rsplit_once("├ To ").map_or("", |(_, below)| below);
    let text = |line: &str| line.rsplit_once("││").map(|(_, text)| text.trim_end_matches('│').trim().to_owned());
    let lines: Vec<_> = below.lines().skip(1).map_while(text).collect();
    lines.join("\n").trim_end().to_owned()
}

/// Presses each key of each row.
async fn press_all(rows: &[Row]) {
    let keymap = Keymap::default();
    let mut bench = Bench::new().await;
    let mut wrong = String::new();
    for row in rows {
        let bound = keymap.all().iter().find(|bound| bound.binding.name == row.name);
        for key in bound.expect(row.name).binding.keys {
            if let Err(why) = bench.try_key(row, key).await {
                let _ = write!(wrong, "{} with {key}: {why}\n{}\n", row.name, bench.client.screen());
            }
            if let Then::Ends(_) = row.then {
                bench = Bench::new().await;
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

const ROWS: &[&[Row]] =
    &[lists::ROWS, text::ROWS, places::ROWS, numbers::ROWS, settings::ROWS, windows::ROWS, leaving::ROWS];

#[test]
fn every_name_of_the_table_has_a_row() {
    let tried: BTreeSet<_> = ROWS.iter().flat_map(|rows| rows.iter().map(|row| row.name)).collect();
    let bound: BTreeSet<_> = Keymap::default().all().iter().map(|row| row.binding.name).collect();
    assert_eq!(tried, bound);
}

#[rstest]
#[case(lists::ROWS)]
#[case(text::ROWS)]
#[case(places::ROWS)]
#[case(numbers::ROWS)]
#[case(windows::ROWS)]
#[case(leaving::ROWS)]
#[tokio::test(flavor = "multi_thread")]
async fn every_key_does_what_it_says(#[case] rows: &[Row]) {
    let _keyring = any_keyring().await;
    press_all(rows).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_key_of_the_settings_does_what_it_says() {
    // the guided set-up keeps keys in it
    let _keyring = own_keyring().await;
    press_all(settings::ROWS).await;
}
