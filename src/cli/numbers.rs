//! `mctui numbers`: the business numbers and their keys.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use secrecy::zeroize::Zeroizing;
use serde_json::json;

use super::keys::typed_key;
use super::session::our_number;
use super::{Exit, Failure, Scene};
use crate::config::edit::{Change, Editor};
use crate::config::{Config, NumberEntry, Secret, import};
use crate::model::Address;
use crate::sync::{Context, Found, probe};

/// List, add, change and remove business numbers.
#[derive(Debug, clap::Args)]
pub(super) struct Numbers {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The numbers that are set up here
    List,
    /// Ask MightyCall which numbers the account has
    Discover {
        /// Set up those that are not yet
        #[arg(long)]
        add: bool,
    },
    /// Add a number, or change its label or key; the key is prompted for, or read from standard input
    Add {
        /// The phone number, in any spelling
        phone: String,
        /// What staff call it
        #[arg(long)]
        label: Option<String>,
        /// Send from it where nobody says otherwise
        #[arg(long)]
        default: bool,
        /// It has no key of its own: the account's keys serve
        #[arg(long)]
        no_key: bool,
    },
    /// Take over the numbers of a set-up file
    #[command(after_help = SETUP_FILE)]
    Import {
        /// The file; - for standard input
        file: PathBuf,
    },
    /// Send from this number where nobody says otherwise
    SetDefault {
        /// The number, in any spelling or by its label
        number: String,
    },
    /// Take a number out of the settings; its messages stay in the cache
    Remove {
        /// The number, in any spelling or by its label
        number: String,
    },
}

const SETUP_FILE: &str = "The file: \
{\"numbers\":[{\"phone_number\":\"+12025550101\",\"label\":\"Main Phone\",\"mighty_call_key\":\"…\",\"is_default\":true}]}";

impl Numbers {
    pub(super) async fn execute(self, scene: Scene) -> Result<Exit, Failure> {
        let config = scene.config()?;
        match self.command {
            Command::List => {}
            Command::Discover { add } => return discover(&scene, config, add).await,
            Command::Add { phone, label, default, no_key } => {
                let address = full_number(&phone)?;
                let key = if no_key { Change::Clear } else { asked_key(&address)? };
                let old = config.number(&address);
                let entry = NumberEntry {
                    label: label.or_else(|| old.and_then(|old| old.label.clone())),
                    key: None,
                    is_default: default || config.numbers.is_empty() || old.is_some_and(|old| old.is_default),
                    address,
                };
                change(&scene, |editor| editor.put_number(&entry, &key))?;
            }
            Command::Import { file } => {
                let numbers = import::parse(&Zeroizing::new(read_file(&file)?))?;
                if numbers.iter().any(|entry| entry.key.is_some()) && open_to_others(&file) {
                    let file = file.display();
                    scene
                        .output
                        .note(&format!("{file} holds keys and others can read it: delete it, or chmod 600 {file}"));
                }
                scene.output.note(&format!("{} numbers imported", numbers.len()));
                take_over(&scene, &config, numbers)?;
            }
            Command::SetDefault { number } => {
                let address = our_number(&config, &number)?;
                change(&scene, |editor| editor.set_default(&address))?;
            }
            Command::Remove { number } => {
                let address = our_number(&config, &number)?;
                change(&scene, |editor| editor.remove_number(&address))?;
            }
        }
        list(&scene, &scene.config()?)
    }
}

/// Puts imported or found numbers into the settings: all of them or none.
fn take_over(scene: &Scene, config: &Config, numbers: Vec<NumberEntry>) -> Result<(), Failure> {
    let numbers = import::merge(numbers, &config.numbers);
    change(scene, |editor| {
        for mut entry in numbers {
            let key = entry.key.take().map_or(Change::Keep, Change::Set);
            editor.put_number(&entry, &key);
        }
    })
}

fn change<T>(scene: &Scene, edit: impl FnOnce(&mut Editor) -> T) -> Result<(), Failure> {
    let mut editor = Editor::open(&scene.places.config_file())?;
    edit(&mut editor);
    Ok(editor.save()?)
}

fn full_number(text: &str) -> Result<Address, Failure> {
    let address = Address::parse(text)?;
    if address.is_e164() {
        return Ok(address);
    }
    Err(Failure::usage(format!("{address} is a short code; a business number is a full number such as (202) 555-0101")))
}

fn asked_key(address: &Address) -> Result<Change<Secret>, Failure> {
    let key = typed_key(&format!("Key of {} (empty: leave it as it is): ", address.display()))?;
    Ok(key.map_or(Change::Keep, Change::Set))
}

fn read_file(file: &PathBuf) -> Result<String, Failure> {
    let read = || {
        if file.as_os_str() == "-" {
            return std::io::read_to_string(std::io::stdin());
        }
        std::fs::read_to_string(file)
    };
    read().map_err(|why| Failure::usage(format!("cannot read {}: {why}", file.display())))
}

#[cfg(unix)]
fn open_to_others(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn open_to_others(_file: &Path) -> bool {
    false
}

fn list(scene: &Scene, config: &Config) -> Result<Exit, Failure> {
    for entry in &config.numbers {
        if scene.output.is_json() {
            scene.output.json(&json!({
                "number": entry.address,
                "label": entry.label,
                "has_key": entry.key.is_some(),
                "is_default": entry.is_default,
            }))?;
        } else {
            let default = if entry.is_default { "  default" } else { "" };
            let key = if entry.key.is_some() { "own key" } else { "account's keys" };
            let label = entry.label.as_deref().unwrap_or("-");
            scene.output.line(&format!("{}  {label}  {key}{default}", entry.address.display()))?;
        }
    }
    if config.numbers.is_empty() {
        scene.output.note("no business number is set up; see `mctui numbers --help`");
    }
    Ok(Exit::Done)
}

async fn discover(scene: &Scene, config: Config, add: bool) -> Result<Exit, Failure> {
    if !config.has_credentials() {
        return Err(Failure::new(
            Exit::NotConfigured,
            "there is no key to ask MightyCall with",
            "set MIGHTYCALL_API_KEY and MIGHTYCALL_USER_KEY, or fill in the settings of `mctui`",
        ));
    }
    let store = scene.cache().await?;
    let context = Context::new(store, config.clone(), &scene.places).await?;
    let found =
        probe::discover(&context).await.map_err(|trouble| Failure::new(Exit::Failed, trouble.what, trouble.advice));
    context.close().await;
    let found = found?;
    for number in &found {
        say_found(scene, &config, number)?;
    }
    if add {
        let known =
            |number: &&Found| config.number(&number.address).is_none() && number.enabled && number.address.is_e164();
        let new = found.iter().filter(known).map(|number| NumberEntry {
            address: number.address.clone(),
            label: number.label.clone(),
            key: None,
            is_default: false,
        });
        let new: Vec<_> = new.collect();
        scene.output.note(&format!("{} added", new.len()));
        if !new.is_empty() {
            take_over(scene, &config, new)?;
        }
    }
    Ok(Exit::Done)
}

fn say_found(scene: &Scene, config: &Config, number: &Found) -> Result<(), Failure> {
    let set_up = config.number(&number.address).is_some();
    if scene.output.is_json() {
        return Ok(scene.output.json(&json!({
            "number": number.address,
            "label": number.label,
            "enabled": number.enabled,
            "set_up": set_up,
            "can": number.traits,
            "warning": number.traits.texting_warning(),
        }))?);
    }
    let label = number.label.as_deref().unwrap_or("-");
    let state = match (set_up, number.enabled) {
        (true, _) => "set up",
        (false, true) => "not set up",
        (false, false) => "switched off at MightyCall",
    };
    scene.output.line(&format!("{}  {label}  {state}", number.address.display()))?;
    if let Some(warning) = number.traits.texting_warning() {
        scene.output.line(&format!("  → {warning}"))?;
    }
    Ok(())
}
