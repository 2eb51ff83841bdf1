//! Reading `config.toml`. What a typo breaks is named with its line, never with its text: the line may hold a key.

pub(super) mod access;
mod blind;
mod part;
mod source;

use std::collections::BTreeMap;
use std::path::Path;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use toml::Spanned;

use self::blind::{blind, unquoted};
use self::source::{Away, Source};
use super::keymap::Keymap;
use super::preferences::{Compose, Notify, Preferences, Ui};
use super::secret::Origin;
use super::{Account, BaseUrl, Config, ConfigError, Environment, NumberEntry, Scheme, Secret, SyncConfig, Which};
use crate::model::Address;

const API_KEY: &str = "MIGHTYCALL_API_KEY";
const USER_KEY: &str = "MIGHTYCALL_USER_KEY";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct FileShape {
    #[serde(deserialize_with = "part::table")]
    account: AccountShape,
    #[serde(deserialize_with = "part::tables")]
    numbers: Vec<NumberShape>,
    #[serde(deserialize_with = "part::table")]
    sync: SyncShape,
    #[serde(deserialize_with = "part::table")]
    ui: Ui,
    #[serde(deserialize_with = "part::table")]
    notify: Notify,
    #[serde(deserialize_with = "part::table")]
    compose: Compose,
    keys: BTreeMap<String, Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct AccountShape {
    base_url: Option<String>,
    api_key: Option<Source>,
    user_key: Option<Source>,
    scheme: Scheme,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NumberShape {
    phone: String,
    label: Option<String>,
    key: Option<Source>,
    #[serde(default)]
    default: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SyncShape {
    history_limit: Option<usize>,
    poll_seconds: Option<u64>,
    daily_requests: Option<u32>,
}

/// Reads the file at `path`; no file is an empty one. Commands are run and the keyring is asked.
pub(super) fn load(path: &Path, environment: &Environment) -> Result<Config, ConfigError> {
    let (text, shape) = open(path)?;
    shape.to_config(path, &text, environment, Away::Fetch)
}

/// The same without keys that are elsewhere: nothing is run and nothing asked.
pub(super) fn load_at_hand(path: &Path, environment: &Environment) -> Result<Config, ConfigError> {
    let (text, shape) = open(path)?;
    shape.to_config(path, &text, environment, Away::Leave)
}

/// Whether a text is a configuration, by itself and as this file.
pub(super) fn check(path: &Path, text: &str) -> Result<(), ConfigError> {
    read_shape(path, text)?.to_config(path, text, &Environment::default(), Away::Leave).map(drop)
}

/// Where each key is kept, in the file's order; `None` for one that is not set.
pub(super) fn kept(path: &Path, environment: &Environment) -> Result<Vec<(Which, Option<Origin>)>, ConfigError> {
    let (text, shape) = open(path)?;
    let config = shape.to_config(path, &text, environment, Away::Leave)?;
    let of = |variable, set: &Option<SecretString>, source: Option<&Source>| match set {
        Some(_) => Some(Origin::Environment(variable)),
        None => source.filter(|source| !source.is_blank()).map(Source::origin),
    };
    let account = &shape.account;
    let mut kept = vec![
        (Which::Api, of(API_KEY, &environment.api_key, account.api_key.as_ref())),
        (Which::User, of(USER_KEY, &environment.user_key, account.user_key.as_ref())),
    ];
    for (entry, shape) in config.numbers.into_iter().zip(&shape.numbers) {
        kept.push((Which::Number(entry.address), shape.key.as_ref().map(Source::origin)));
    }
    Ok(kept)
}

fn open(path: &Path) -> Result<(Zeroizing<String>, FileShape), ConfigError> {
    let Some(held) = access::read(path)? else { return Ok(<_>::default()) };
    let shape = read_shape(path, &held.text)?;
    held.refuse_exposed(path, &shape)?;
    Ok((held.text, shape))
}

fn read_shape(path: &Path, text: &str) -> Result<FileShape, ConfigError> {
    toml::from_str(text).map_err(|why| ConfigError::Invalid {
        path: path.to_owned(),
        line: why.span().map_or(0, |span| line_of(text, span.start)),
        problem: blind(why.message()),
    })
}

fn line_of(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or(text).matches('\n').count() + 1
}

/// The line on which the `index`-th `[[numbers]]` begins.
fn line_of_number(text: &str, index: usize) -> usize {
    text.lines()
        .enumerate()
        .filter(|(_, line)| line.trim_start().starts_with("[[numbers]]"))
        .nth(index)
        .map_or(0, |(line, _)| line + 1)
}

impl FileShape {
    /// All keys that are set.
    fn keys(&self) -> impl Iterator<Item = &Source> {
        let keys = self.numbers.iter().map(|number| &number.key);
        keys.chain([&self.account.api_key, &self.account.user_key]).flatten().filter(|key| !key.is_blank())
    }

    fn to_config(&self, path: &Path, text: &str, environment: &Environment, away: Away) -> Result<Config, ConfigError> {
        let invalid = |line: usize, problem: String| ConfigError::Invalid { path: path.to_owned(), line, problem };
        let line_with =
            |word: &str| text.lines().position(|line| line.trim_start().starts_with(word)).map_or(0, |at| at + 1);

        let base_url = match (&environment.base_url, &self.account.base_url) {
            (Some(text), _) => BaseUrl::parse(text)
                .map_err(|why| ConfigError::Environment { variable: "MIGHTYCALL_BASE_URL", problem: unquoted(&why) })?,
            (None, Some(text)) => BaseUrl::parse(text).map_err(|why| invalid(line_with("base_url"), unquoted(&why)))?,
            (None, None) => BaseUrl::default(),
        };
        let account = Account {
            base_url,
            api_key: secret(("api_key", API_KEY), environment.api_key.as_ref(), self.account.api_key.as_ref(), away)?,
            user_key: secret(
                ("user_key", USER_KEY),
                environment.user_key.as_ref(),
                self.account.user_key.as_ref(),
                away,
            )?,
            scheme: self.account.scheme,
        };

        let mut numbers: Vec<NumberEntry> = Vec::with_capacity(self.numbers.len());
        for (index, shape) in self.numbers.iter().enumerate() {
            let line = line_of_number(text, index);
            let address =
                Address::parse(&shape.phone).map_err(|why| invalid(line, format!("phone: {}", why.unquoted())))?;
            if !address.is_e164() {
                return Err(invalid(
                    line,
                    format!("phone: {address} is a short code; a business number is a full number"),
                ));
            }
            if numbers.iter().any(|other| other.address == address) {
                return Err(invalid(line, format!("{} is there twice; remove one of the two", address.display())));
            }
            if shape.default && numbers.iter().any(|other| other.is_default) {
                return Err(invalid(line, "two numbers say default = true; leave it on one".to_owned()));
            }
            let name = Which::Number(address.clone()).to_string();
            let key = shape.key.as_ref().map(|key| key.resolve(&name, away)).transpose()?.flatten();
            let label = shape.label.clone().filter(|label| !label.trim().is_empty());
            numbers.push(NumberEntry { address, label, key, is_default: shape.default });
        }

        let mut sync = SyncConfig::default();
        if let Some(limit) = self.sync.history_limit {
            if limit == 0 {
                return Err(invalid(line_with("history_limit"), "history_limit must be at least 1".to_owned()));
            }
            sync.history_limit = limit;
        }
        if let Some(seconds) = self.sync.poll_seconds {
            if seconds < 5 {
                let problem = "poll_seconds must be at least 5: an account has 2,500 requests a day".to_owned();
                return Err(invalid(line_with("poll_seconds"), problem));
            }
            sync.poll_seconds = seconds;
        }
        if let Some(requests) = self.sync.daily_requests {
            if requests < 100 {
                let problem = "daily_requests must be at least 100; MightyCall's own limit is 2,500".to_owned();
                return Err(invalid(line_with("daily_requests"), problem));
            }
            sync.daily_requests = requests;
        }
        let keys = self.keys.iter().map(|(name, keys)| (name.clone(), keys.get_ref().clone())).collect();
        let keymap = Keymap::with_overrides(&keys).map_err(|why| {
            let line = self.keys.get(&why.entry).map_or(0, |keys| line_of(text, keys.span().start));
            invalid(line, why.problem)
        })?;
        let preferences =
            Preferences { ui: self.ui.clone(), notify: self.notify.clone(), compose: self.compose.clone() };
        Ok(Config { account, numbers, sync, preferences, keymap })
    }
}

fn secret(
    (name, variable): (&str, &'static str),
    from_environment: Option<&SecretString>,
    from_file: Option<&Source>,
    away: Away,
) -> Result<Option<Secret>, ConfigError> {
    match (from_environment, from_file) {
        (Some(text), _) => Secret::parse(text.expose_secret())
            .map(|secret| Some(secret.kept_in(Origin::Environment(variable))))
            .map_err(|why| ConfigError::Environment { variable, problem: why.to_string() }),
        (None, Some(source)) if source.is_blank() => Ok(None),
        (None, source) => Ok(source.map(|source| source.resolve(name, away)).transpose()?.flatten()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn write(text: &str, mode: u32) -> (tempfile::TempDir, std::path::PathBuf) {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        (folder, path)
    }

    fn read(text: &str) -> Result<Config, ConfigError> {
        let (_folder, path) = write(text, 0o600);
        load(&path, &Environment::default())
    }

    #[test]
    fn reads_all_of_it() {
        let config = read(
            r#"
            [account]
            base_url = "http://127.0.0.1:1/v4/"
            api_key = "demo-api-key"
            user_key.command = ["printf", "demo-user-key\n"]
            scheme = "oauth"
            [[numbers]]
            phone = "(202) 555-0101"
            label = "Main Phone"
            key = "demo-key-1"
            default = true
            [[numbers]]
            phone = "202-555-0102"
            [sync]
            history_limit = 50
            "#,
        )
        .unwrap();
        assert_eq!(config.account.base_url.as_str(), "http://127.0.0.1:1/v4");
        assert_eq!(config.account.user_key.unwrap().expose(), "demo-user-key");
        assert_eq!(config.account.scheme, Scheme::OAuth);
        assert_eq!(config.numbers.len(), 2);
        assert_eq!(config.numbers[0].address.as_str(), "+12025550101");
        assert_eq!(config.sync.history_limit, 50);
    }

    #[rstest]
    #[case("[account]\nbase_ulr = \"x\"", 2, "base_ulr")]
    #[case("[account]\nbase_url = \"ccapi.mightycall.com\"", 2, "https://")]
    #[case("[[numbers]]\nphone = \"Dana\"", 1, "not a phone number")]
    #[case("[[numbers]]\nphone = \"2025550101\"\n[[numbers]]\nphone = \"+12025550101\"", 3, "twice")]
    #[case("[account]\napi_key = 12", 2, "")]
    #[case("[account\n", 1, "")]
    #[case("[sync]\npoll_seconds = 1", 2, "2,500")]
    #[case("[uii]\ntheme = \"nord\"", 1, "did you mean “ui”")]
    #[case("[ui]\nmouse = true\nthem = \"nord\"", 3, "did you mean “theme”")]
    #[case("[ui]\n\ntimes = \"relativ\"", 3, "did you mean “relative”")]
    #[case("[keys]\nquit = \"f12\"\nsnyc = \"f6\"", 3, "did you mean “sync”")]
    #[case("[keys]\nquit = \"f12\"\nsync = \"f1\"", 3, "“sync” and “help”")]
    #[case("account = [\"http://127.0.0.1:1\", \"demo-key-1\"]", 1, "a table")]
    #[case("# ours\nnumbers = [[\"2025550101\", \"Main\", \"demo-key-1\"]]", 2, "a table")]
    #[case("sync = [7]", 1, "a table")]
    fn points_at_the_line(#[case] text: &str, #[case] at: usize, #[case] says: &str) {
        match read(text) {
            Err(ConfigError::Invalid { line, problem, .. }) => {
                assert_eq!(line, at, "{problem}");
                assert!(problem.contains(says), "{problem}");
            }
            other => panic!("{other:?}"),
        }
    }

    #[rstest]
    #[case("[account]\napi_key = \"demo-secret-1\" x")]
    #[case("[account]\nscheme = { a = \"demo-secret-1\" }")]
    #[case("[account]\napi_key = \"demo-secret-1\nmore\"")]
    #[case("[account]\napi_key = [\"demo-secret-1\"]")]
    #[case("[[numbers]]\nphone = \"2025550101\"\nkey = \"demo secret-1\"")]
    #[case("sync = \"demo-secret-1\"")]
    #[case("[account]\nscheme = \"demo-secret-1\"")]
    #[case("[account]\ndemo-secret-1 = \"api_key\"")]
    #[case("[account]\n\"unknown field demo-secret-1\" = 1")]
    #[case("[account]\napi_key = { command = \"demo-secret-1\" }")]
    #[case("[account]\napi_key = { demo-secret-1 = [\"x\"] }")]
    #[case("[account]\napi_key.keyring = \"x\"\napi_key.command = [\"demo-secret-1\"]")]
    #[case("[sync]\npoll_seconds = \"unknown field demo-secret-1\"")]
    #[case("[account]\ndemo-secret-1\n")]
    #[case("[account]\napi_key = demo-secret-1\n")]
    #[case("[account]\napi_key = \"demo-secret-1\"\napi_key = \"demo-secret-1\"")]
    fn errors_never_quote_a_value(#[case] text: &str) {
        let error = read(text).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret-1"), "{error}");
    }

    const GOOD: &str = "[account]\nbase_url = \"https://example.com\"\napi_key = \"demo-api\"\nscheme = \"auto\"\n\
        user_key.keyring = \"x\"\n\n[[numbers]]\nphone = \"2025550101\"\nlabel = \"Main\"\nkey = \"demo-key-1\"\n\
        default = true\n\n[sync]\nhistory_limit = 5\npoll_seconds = 30\n\n[keys]\nsync = \"f12\"\n";

    proptest! {
        /// Wherever a key is pasted, with whatever left out and put around it. (In `[keys]`, names are quoted back.)
        #[test]
        fn errors_never_quote_a_key_in_the_wrong_place(
            at in 0..GOOD.len() - 18, cut in 0usize..24, quote in "[\"'`=.,\\[{#\n ]{0,2}", unquote in "[\"'`=.,\\]}\n ]{0,2}"
        ) {
            let end = (at + cut).min(GOOD.len() - 18);
            let text = format!("{}{quote}demo-Secret-1{unquote}{}", &GOOD[..at], &GOOD[end..]);
            if let Err(error) = check(Path::new("config.toml"), &text) {
                let error = format!("{error} {error:?}");
                prop_assert!(!error.to_lowercase().contains("secret-1"), "{text}\n→ {error}");
            }
        }
    }

    #[test]
    fn refuses_what_others_can_read() {
        let (_folder, path) = write("[account]\napi_key = \"demo-api-key\"", 0o644);
        let error = load(&path, &Environment::default()).unwrap_err();
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }

    #[test]
    fn environment_wins() {
        let (_folder, path) = write("[account]\napi_key = \"demo-api-key\"", 0o600);
        let environment = Environment { api_key: Some("demo-other".into()), ..Environment::default() };
        assert_eq!(load(&path, &environment).unwrap().account.api_key.unwrap().expose(), "demo-other");
    }

    #[test]
    fn no_file_is_an_empty_one() {
        let config = load(Path::new("/nowhere/config.toml"), &Environment::default()).unwrap();
        assert!(!config.has_credentials());
        assert_eq!(config.account.base_url, BaseUrl::default());
    }
}
