//! Reading `config.toml`. What a typo breaks is named with its line, never with its text: the line may hold a key.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::keymap::Keymap;
use super::{Account, BaseUrl, Config, ConfigError, Environment, NumberEntry, Scheme, Secret, SyncConfig};
use crate::model::Address;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct FileShape {
    account: AccountShape,
    numbers: Vec<NumberShape>,
    sync: SyncShape,
    keys: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct AccountShape {
    base_url: Option<String>,
    api_key: Option<SecretShape>,
    user_key: Option<SecretShape>,
    scheme: Scheme,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NumberShape {
    phone: String,
    label: Option<String>,
    key: Option<SecretShape>,
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

/// A secret as a value or as the command that prints it.
#[derive(Deserialize)]
#[serde(untagged)]
enum SecretShape {
    Value(String),
    Command { command: Vec<String> },
}

impl std::fmt::Debug for SecretShape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretShape(…)")
    }
}

impl SecretShape {
    fn resolve(&self, name: &str) -> Result<Secret, ConfigError> {
        match self {
            Self::Value(text) => Secret::parse(text).map_err(|why| ConfigError::Input(format!("{name}: {why}"))),
            Self::Command { command } => run(name, command),
        }
    }
}

fn run(name: &str, command: &[String]) -> Result<Secret, ConfigError> {
    let failed = |problem: String| ConfigError::Command { name: name.to_owned(), problem };
    let [program, arguments @ ..] = command else {
        return Err(failed("it is empty".to_owned()));
    };
    let output = std::process::Command::new(program)
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|why| failed(format!("cannot run {program}: {why}")))?;
    if !output.status.success() {
        return Err(failed(format!("{program} ended with {}", output.status)));
    }
    let text = String::from_utf8(output.stdout).map_err(|_| failed(format!("{program} printed no text")))?;
    Secret::parse(&text).map_err(|why| failed(why.to_string()))
}

/// Reads the file at `path`; no file is an empty one.
pub(super) fn load(path: &Path, environment: &Environment) -> Result<Config, ConfigError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(source) => return Err(ConfigError::Io { act: "read", path: path.to_owned(), source }),
    };
    let shape: FileShape = toml::from_str(&text).map_err(|why| ConfigError::Invalid {
        path: path.to_owned(),
        line: why.span().map_or(0, |span| line_of(&text, span.start)),
        problem: blind(why.message()),
    })?;
    if shape.holds_secrets() {
        refuse_exposed(path)?;
    }
    shape.into_config(path, &text, environment)
}

/// serde's messages quote values ("invalid type: string \"…\""): a value may be a key, so quotes go; names stay.
fn blind(message: &str) -> String {
    if message.contains("unknown field") || message.contains("unknown variant") || message.contains("missing field") {
        return message.trim().to_owned();
    }
    let mut out = String::new();
    for (index, part) in message.trim().split('"').enumerate() {
        out.push_str(if index % 2 == 0 { part } else { "…" });
    }
    out.replace('\n', " ")
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
    fn holds_secrets(&self) -> bool {
        let keys = self.numbers.iter().map(|number| &number.key);
        keys.chain([&self.account.api_key, &self.account.user_key])
            .any(|key| matches!(key, Some(SecretShape::Value(_))))
    }

    fn into_config(self, path: &Path, text: &str, environment: &Environment) -> Result<Config, ConfigError> {
        let invalid = |line: usize, problem: String| ConfigError::Invalid { path: path.to_owned(), line, problem };
        let line_with =
            |word: &str| text.lines().position(|line| line.trim_start().starts_with(word)).map_or(0, |at| at + 1);

        let base_url = match (&environment.base_url, &self.account.base_url) {
            (Some(text), _) => BaseUrl::parse(text).map_err(|why| ConfigError::Environment {
                variable: "MIGHTYCALL_BASE_URL",
                problem: why.to_string(),
            })?,
            (None, Some(text)) => {
                BaseUrl::parse(text).map_err(|why| invalid(line_with("base_url"), why.to_string()))?
            }
            (None, None) => BaseUrl::default(),
        };
        let account = Account {
            base_url,
            api_key: secret(
                "api_key",
                "MIGHTYCALL_API_KEY",
                environment.api_key.as_deref(),
                self.account.api_key.as_ref(),
            )?,
            user_key: secret(
                "user_key",
                "MIGHTYCALL_USER_KEY",
                environment.user_key.as_deref(),
                self.account.user_key.as_ref(),
            )?,
            scheme: self.account.scheme,
        };

        let mut numbers: Vec<NumberEntry> = Vec::with_capacity(self.numbers.len());
        for (index, shape) in self.numbers.into_iter().enumerate() {
            let line = line_of_number(text, index);
            let address = Address::parse(&shape.phone).map_err(|why| invalid(line, format!("phone: {why}")))?;
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
            let key = shape.key.map(|key| key.resolve(&format!("the key of {}", address.display()))).transpose()?;
            let label = shape.label.filter(|label| !label.trim().is_empty());
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
        let keymap = Keymap::with_overrides(&self.keys).map_err(|problem| invalid(line_with("[keys]"), problem))?;
        Ok(Config { account, numbers, sync, keymap })
    }
}

fn secret(
    name: &str,
    variable: &'static str,
    from_environment: Option<&str>,
    from_file: Option<&SecretShape>,
) -> Result<Option<Secret>, ConfigError> {
    match (from_environment, from_file) {
        (Some(text), _) => {
            Secret::parse(text).map(Some).map_err(|why| ConfigError::Environment { variable, problem: why.to_string() })
        }
        // an empty value is what a template leaves behind: not set
        (None, Some(SecretShape::Value(text))) if text.trim().is_empty() => Ok(None),
        (None, shape) => shape.map(|shape| shape.resolve(name)).transpose(),
    }
}

#[cfg(unix)]
fn refuse_exposed(path: &Path) -> Result<(), ConfigError> {
    use std::os::unix::fs::PermissionsExt;
    match std::fs::metadata(path) {
        Ok(meta) if meta.permissions().mode() & 0o077 != 0 => Err(ConfigError::Exposed { path: path.to_owned() }),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn refuse_exposed(_path: &Path) -> Result<(), ConfigError> {
    Ok(())
}

#[cfg(test)]
mod tests {
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
    fn errors_never_quote_a_value(#[case] text: &str) {
        let error = read(text).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret-1"), "{error}");
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
