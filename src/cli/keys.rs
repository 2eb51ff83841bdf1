//! `mctui keys`: where each key is kept, and putting them there.

use std::io::{IsTerminal, Read};

use clap::Subcommand;
use secrecy::zeroize::Zeroizing;
use serde_json::json;

use super::session::our_number;
use super::{Exit, Failure, Scene};
use crate::api;
use crate::config::edit::{Change, Editor};
use crate::config::secret::keyring;
use crate::config::{Config, ConfigError, Environment, Origin, Secret, Which};

/// Say where the keys are kept, and put them there. No key is ever printed, or taken from an argument.
#[derive(Debug, clap::Args)]
pub(super) struct Keys {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Where each key is kept
    List,
    /// Keep a key: where it was kept before, else in the settings file; it is prompted for, or read from standard input
    Set {
        /// api, user, or one of your numbers
        #[arg(value_name = "api|user|NUMBER")]
        key: String,
        /// In the system's keyring, under this name if one is given
        #[arg(long, value_name = "ENTRY", num_args = 0..=1, default_missing_value = "")]
        keyring: Option<String>,
    },
    /// Take a key out of the settings, and out of the keyring where it is there
    Forget {
        /// api, user, or one of your numbers
        #[arg(value_name = "api|user|NUMBER")]
        key: String,
    },
}

type Kept = Vec<(Which, Option<Origin>)>;

impl Keys {
    pub(super) fn execute(self, scene: &Scene) -> Result<Exit, Failure> {
        match self.command {
            Command::List => {}
            Command::Set { key, keyring } => set(scene, &which(scene, &key)?, keyring)?,
            Command::Forget { key } => forget(scene, &which(scene, &key)?)?,
        }
        list(scene)
    }
}

/// Where the keys are as far as the file says; what the environment lays over it is another matter.
fn in_file(scene: &Scene, which: &Which) -> Result<Option<Origin>, Failure> {
    let kept: Kept = Config::kept(&scene.places, &Environment::default())?;
    Ok(kept.into_iter().find(|(other, _)| other == which).and_then(|(_, origin)| origin))
}

fn which(scene: &Scene, text: &str) -> Result<Which, Failure> {
    match text.trim() {
        "api" => Ok(Which::Api),
        "user" => Ok(Which::User),
        number => {
            let config = Config::load_at_hand(&scene.places, &scene.environment)?;
            our_number(&config, number).map(Which::Number)
        }
    }
}

fn set(scene: &Scene, which: &Which, keyring: Option<String>) -> Result<(), Failure> {
    let before = in_file(scene, which)?;
    let entry = match (keyring, &before) {
        (Some(entry), _) if !entry.trim().is_empty() => Some(entry),
        (_, Some(Origin::Keyring(entry))) => Some(entry.clone()),
        (Some(_), _) => Some(keyring::usual_entry(scene.environment.home.as_deref(), which)),
        (None, Some(Origin::Command(program))) => {
            return Err(Failure::usage(format!(
                "{which} comes from the command {program}: change it there, or `mctui keys forget` it here first"
            )));
        }
        (None, _) => None,
    };
    let prompt = match which {
        Which::Api => "Account API key: ".to_owned(),
        Which::User => "User key: ".to_owned(),
        Which::Number(address) => format!("Key of {}: ", address.display()),
    };
    let Some(secret) = typed_key(&prompt)? else {
        return Err(Failure::usage("no key was given; nothing is changed"));
    };
    if let Some(entry) = &entry {
        keyring::put(entry, &secret).map_err(|why| ConfigError::Keyring { name: which.to_string(), why })?;
    }
    edit(scene, |editor| match &entry {
        Some(entry) => editor.key_in_keyring(which, entry),
        None => editor.key(which, &Change::Set(secret)),
    })
}

fn forget(scene: &Scene, which: &Which) -> Result<(), Failure> {
    let before = in_file(scene, which)?;
    edit(scene, |editor| editor.key(which, &Change::Clear))?;
    let tokens = scene.places.tokens();
    api::forget_tokens(&tokens).map_err(|why| {
        let what = format!("{which} is out of the settings, but what mctui signed in with is still there: {why}");
        Failure::new(Exit::Failed, what, format!("delete what is in {}", tokens.display()))
    })?;
    if let Some(Origin::Keyring(entry)) = before {
        keyring::forget(&entry).map_err(|why| {
            let what =
                format!("{which} is out of the settings, but its entry “{entry}” is still in the keyring: {why}");
            Failure::new(Exit::Failed, what, "take it out there by hand")
        })?;
    }
    Ok(())
}

fn edit(scene: &Scene, edit: impl FnOnce(&mut Editor)) -> Result<(), Failure> {
    let mut editor = Editor::open(&scene.places.config_file())?;
    edit(&mut editor);
    Ok(editor.save()?)
}

/// Reads a key from the terminal without showing it, or from standard input; `None` for nothing. Never from an argument,
/// which others could see in the process list and the shell would remember.
pub(super) fn typed_key(prompt: &str) -> Result<Option<Secret>, Failure> {
    let text = if std::io::stdin().is_terminal() {
        Zeroizing::new(rpassword::prompt_password(prompt)?)
    } else {
        let mut text = Zeroizing::new(String::with_capacity(8 * 1024));
        std::io::stdin().lock().take(64 * 1024).read_to_string(&mut text)?;
        text
    };
    if text.trim().is_empty() {
        return Ok(None);
    }
    Secret::parse(&text).map(Some).map_err(|why| Failure::usage(why.to_string()))
}

fn list(scene: &Scene) -> Result<Exit, Failure> {
    for (which, origin) in Config::kept(&scene.places, &scene.environment)? {
        let (kept, place) = match &origin {
            None | Some(Origin::Given) => ("none", None),
            Some(Origin::File) => ("file", Some(scene.places.config_file().display().to_string())),
            Some(Origin::Environment(variable)) => ("environment", Some((*variable).to_owned())),
            Some(Origin::Command(program)) => ("command", Some(program.clone())),
            Some(Origin::Keyring(entry)) => ("keyring", Some(entry.clone())),
        };
        let key = match &which {
            Which::Api => "api",
            Which::User => "user",
            Which::Number(address) => address.as_str(),
        };
        if scene.output.is_json() {
            scene.output.json(&json!({"key": key, "kept": kept, "place": place}))?;
            continue;
        }
        let name = match &which {
            Which::Number(address) => address.display(),
            _ => key.to_owned(),
        };
        let place = match (kept, place) {
            ("none", _) if matches!(which, Which::Number(_)) => "none of its own: the account's serve".to_owned(),
            ("none", _) => "not set".to_owned(),
            (kept, place) => format!("{kept}  {}", place.unwrap_or_default()),
        };
        scene.output.line(&format!("{name}  {place}"))?;
    }
    Ok(Exit::Done)
}
