//! Draws the README's pictures: the demo in a real pseudo-terminal, as SVG, so that they never lie.
//!
//! `cargo run --example pictures -- docs` (the binary is built with it)

#[path = "../tests/common/pty.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the tests, which use more of it")]
mod pty;
#[path = "pictures/svg.rs"]
mod svg;

use std::path::{Path, PathBuf};

use pty::Pty;
use svg::Frame;

const ROWS: u16 = 32;
const COLUMNS: u16 = 110;

// as xterm sends them
const F3: &str = "\u{1b}OR";
const F6: &str = "\u{1b}[17~";
const F9: &str = "\u{1b}[20~";

/// A demo in a terminal, and what was seen of it.
struct Stage {
    demo: Pty,
    film: Vec<(Frame, f32)>,
    // the demo's home goes with it
    _home: tempfile::TempDir,
}

impl Stage {
    /// Opens the demo, waits until it is filled, and puts the tour away.
    fn open() -> Self {
        let home = tempfile::tempdir().expect("a folder for the demo's home");
        let mut demo = Pty::mctui(&["demo"], home.path(), &[("COLORTERM", "truecolor")], ROWS, COLUMNS);
        demo.wait("the first sync", |screen| screen.contains("synced") && screen.lines().count() > 20);
        demo.keys(F9);
        demo.wait("the list without the tour", |screen| !screen.contains("Tour 1/5"));
        Self { demo, film: Vec::new(), _home: home }
    }

    /// Presses keys and waits for what they do.
    fn act(&mut self, keys: &str, until: &str) -> &mut Self {
        self.demo.keys(keys);
        self.demo.wait_for(until);
        self
    }

    /// Types as a person does, a frame every few letters.
    fn type_slowly(&mut self, text: &str) -> &mut Self {
        let letters: Vec<char> = text.chars().collect();
        for part in letters.chunks(4) {
            let part: String = part.iter().collect();
            self.demo.keys(&part);
            self.demo.wait_for(part.trim());
            self.shoot(0.22);
        }
        self
    }

    /// Goes down the list to somebody's thread; which one is on top is up to the customers.
    fn go_to(&mut self, name: &str) -> &mut Self {
        while !self.title().contains(name) {
            let before = self.title();
            self.demo.keys("j");
            self.demo.wait("the next thread", |screen| screen.lines().nth(1).is_some_and(|line| line != before));
        }
        self
    }

    /// The line with the panes' titles.
    fn title(&self) -> String {
        self.demo.screen().lines().nth(1).unwrap_or_default().to_owned()
    }

    /// Takes a frame of the film.
    fn shoot(&mut self, seconds: f32) -> &mut Self {
        self.film.push((self.demo.look(svg::frame), seconds));
        self
    }

    /// Writes what is on the screen.
    fn picture(&mut self, path: &Path) -> &mut Self {
        write(path, &svg::still(&self.demo.look(svg::frame)));
        self
    }

    fn leave(mut self) {
        self.demo.keys("\u{11}");
        self.demo.ended();
    }
}

fn main() {
    let folder = std::env::args().nth(1).map_or_else(|| PathBuf::from("docs"), PathBuf::from);
    answer(&folder);
    find(&folder);
    looks(&folder);
    a_morning(&folder);
}

/// A conversation and a half-written answer, with what it costs.
fn answer(folder: &Path) {
    let mut stage = Stage::open();
    stage.go_to("Lee Ortiz").act("\r", "To Lee Ortiz");
    stage.act("Of course — sending it with your PO number today", "PO number today");
    stage.picture(&folder.join("screen.svg"));
    stage.leave();
}

/// A search over everything.
fn find(folder: &Path) {
    let mut stage = Stage::open();
    stage.act(F3, "Find messages").act("faucet", "faucet");
    stage.demo.wait("what is found", |screen| screen.to_lowercase().matches("faucet").count() > 3);
    stage.picture(&folder.join("search.svg"));
    stage.leave();
}

/// The same screen in another theme, while it is chosen.
fn looks(folder: &Path) {
    let mut stage = Stage::open();
    stage.go_to("Lee Ortiz").act(F6, "Themes");
    stage.demo.keys("jjjjj");
    stage.demo.wait("a theme that is tried on", |screen| screen.contains("Themes"));
    stage.picture(&folder.join("themes.svg"));
    stage.leave();
}

/// A thread, a typographic dash and what it costs, and what became of the answer.
fn a_morning(folder: &Path) {
    let mut stage = Stage::open();
    stage.shoot(1.5).go_to("Lee Ortiz").shoot(1.2);
    stage.act("\r", "To Lee Ortiz").shoot(1.2).type_slowly("Of course — sending it today").shoot(2.2);
    stage.act("\u{1b}r", "Of course - sending").shoot(2.2);
    stage.act("\r", "You: Of course - sending").shoot(1.0);
    stage.demo.wait("the mark of acceptance", |screen| {
        screen.lines().any(|line| line.contains("sending it today") && line.contains('✓'))
    });
    stage.shoot(3.0);
    let film = svg::film(&stage.film);
    write(&folder.join("morning.svg"), &film);
    stage.leave();
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("the picture can be written");
    println!("{}", path.display());
}
