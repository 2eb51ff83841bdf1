//! `mctui demo`: the client on an emulator of its own, in a folder that goes with it.

use jiff::Timestamp;

use super::screen::{appearance, need_terminal, run};
use super::{Exit, Failure, Scene};
use crate::config::edit::{Change, Editor};
use crate::config::scratch::Scratch;
use crate::config::{Config, Environment, NumberEntry, Places, Secret};
use crate::emulator::{Emulator, Options};
use crate::tui::{Ended, Stage};

/// The client on an embedded emulator with a made-up business; needs nothing, leaves nothing behind.
#[derive(Debug, clap::Args)]
pub(super) struct Demo {
    /// Another seed makes other conversations
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Default for Demo {
    fn default() -> Self {
        Self { seed: 1 }
    }
}

impl Demo {
    pub(super) async fn execute(self, scene: Scene) -> Result<Exit, Failure> {
        Box::pin(self.show(&scene)).await.map(|_| Exit::Done)
    }

    /// Shows the demo until it is left; says how.
    pub(super) async fn show(&self, scene: &Scene) -> Result<Ended, Failure> {
        need_terminal(scene)?;
        let home = Scratch::new("mctui-demo-")?;
        let places = Places::under(home.path());
        let options = Options { seed: self.seed, now: Timestamp::now(), ..Options::demo() };
        let emulator = Emulator::start(options).await?;
        // nothing of a real account may reach the demo, nor the other way round
        let environment = Environment {
            home: Some(home.path().to_owned()),
            no_color: scene.environment.no_color,
            utf8: scene.environment.utf8,
            graphics: scene.environment.graphics,
            opener: scene.environment.opener.clone(),
            ..Environment::default()
        };
        write_settings(&places, &emulator)?;
        std::fs::write(places.snippets_file(), SNIPPETS)?;
        let config = Config::load(&places, &environment)?;
        let stage = Stage { config, places, environment, appearance: appearance(scene), demo: true };
        let ended = run(stage).await;
        emulator.stop().await;
        drop(home);
        ended
    }
}

/// What the shop of the demo writes again and again.
const SNIPPETS: &str = include_str!("../../assets/demo/snippets.toml");

/// Seconds between two looks, and requests a day: the demo's customers write every few seconds, and its emulator allows
/// more than an account does.
const LIVELY: (u32, u32) = (5, 50_000);

/// The settings a new user would end up with, so that the demo's settings view works as the real one does.
fn write_settings(places: &Places, emulator: &Emulator) -> Result<(), Failure> {
    let mut editor = Editor::open(&places.config_file())?;
    let secret = |text: &str| Secret::parse(text).map(Change::Set).map_err(|why| Failure::usage(why.to_string()));
    editor.account(&Change::Set(emulator.base_url()), &secret("demo-api-key")?, &secret("demo-user-key")?);
    for (index, number) in emulator.numbers().into_iter().enumerate() {
        let entry =
            NumberEntry { address: number.address, label: Some(number.label), key: None, is_default: index == 0 };
        editor.put_number(&entry, &Change::Keep);
    }
    editor.pace(LIVELY.0, LIVELY.1);
    Ok(editor.save()?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_demos_snippets_can_be_read() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("snippets.toml");
        std::fs::write(&path, super::SNIPPETS).unwrap();
        let snippets = crate::config::snippets::load(&path).unwrap();
        assert!(
            snippets.len() > 4
                && snippets.iter().all(|snippet| crate::model::segment::culprits(&snippet.text).is_none())
        );
    }
}
