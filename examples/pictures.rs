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

/// A demo in a terminal, and what was seen of it.
struct Stage {
    demo: Pty,
    film: Vec<(Frame, f32)>,
    // the demo's home goes with it
    _home: tempfile::TempDir,
}

impl Stage {
    /// Opens the demo with these settings and waits until it is filled.
    fn open(settings: &str) -> Self {
        let home = tempfile::tempdir().expect("a folder for the demo's home");
        let config = home.path().join("config");
        std::fs::create_dir_all(&config).expect("a folder for the settings");
        write_private(&config.join("config.toml"), settings);
        let demo = Pty::mctui(&["demo"], home.path(), &[("COLORTERM", "truecolor")], ROWS, COLUMNS);
        demo.wait("the first sync", |screen| screen.contains("synced") && screen.lines().count() > 20);
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
}

fn answer(folder: &Path) {
    let mut stage = Stage::open("");
    stage.go_to("Lee Ortiz").act("\r", "To Lee Ortiz");
    stage
        .act("Of course — sending it with your PO number today", "PO number today")
        .picture(&folder.join("screen.svg"));
    stage.leave();
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("the picture can be written");
    println!("{}", path.display());
}

/// Settings that others can read would be refused.
fn write_private(path: &Path, text: &str) {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(path);
    std::io::Write::write_all(&mut file.expect("the settings can be written"), text.as_bytes()).expect("they are");
}
