//! Keys in the system's keyring: the Secret Service (GNOME Keyring, `KWallet`, `KeePassXC`) on Linux and the BSDs, the
//! Keychain, the Credential Manager.
//!
//! A keyring may be missing, locked, or waiting for somebody who is not there, so it is asked on a thread of its own and
//! waited for only so long.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error};
use secrecy::zeroize::Zeroizing;

use super::{Origin, Secret};
use crate::config::Which;
use crate::model::text::safe_line;

/// Long enough to type the password that unlocks it; where there is no keyring, the answer comes at once.
const LIMIT: Duration = Duration::from_secs(20);
/// Under which our entries lie.
const SERVICE: &str = "mctui";

/// Why a keyring did not do as asked. No text holds a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// There is none, or it cannot be reached.
    #[error(
        "no keyring can be reached here ({0}); over ssh or in a job give the key by a variable, a command or in the file, \
         in a desktop session start the keyring (GNOME Keyring, KWallet or KeePassXC)"
    )]
    Unreachable(String),
    /// It is there and does not answer.
    #[error("the keyring did not answer within {0} s; it may wait to be unlocked: unlock it, then try again")]
    TimedOut(u64),
    /// Nobody unlocked it.
    #[error("the keyring is locked; unlock it, then try again")]
    Locked,
    /// No such entry.
    #[error("the keyring has no entry “{0}”; put the key there with `mctui keys set`")]
    NoEntry(String),
    /// What is in the entry is no key.
    #[error("what the keyring has as “{0}” is no key: {1}")]
    NotAKey(String, String),
    /// Anything else.
    #[error("the keyring refused: {0}")]
    Refused(String),
}

type Store = Arc<CredentialStore>;

/// How long is waited to hear whether there is a keyring.
const GLANCE: Duration = Duration::from_secs(3);

/// Whether a keyring can be reached here. Nothing is unlocked and nothing kept.
pub fn is_here() -> bool {
    within(&open, GLANCE, "mctui", |_| Ok(())).is_ok()
}

/// Under which name a key is kept where nobody chose another: two installations of one person have one keyring, so what
/// is not the usual place has its place in the name.
pub fn usual_entry(home: Option<&Path>, which: &Which) -> String {
    let name = match which {
        Which::Number(address) => address.as_str().to_owned(),
        account => account.to_string(),
    };
    match home {
        Some(home) => format!("{name} of {}", std::path::absolute(home).unwrap_or_else(|_| home.to_owned()).display()),
        None => name,
    }
}

/// The key of that entry.
pub fn get(entry: &str) -> Result<Secret, KeyringError> {
    read(&open, LIMIT, entry)
}

/// Keeps a key as that entry, in place of what was there.
pub fn put(entry: &str, secret: &Secret) -> Result<(), KeyringError> {
    let secret = secret.clone();
    within(&open, LIMIT, entry, move |entry| entry.set_password(secret.expose()))
}

/// Takes an entry out; `false` where there was none.
pub fn forget(entry: &str) -> Result<bool, KeyringError> {
    match within(&open, LIMIT, entry, Entry::delete_credential) {
        Ok(()) => Ok(true),
        Err(KeyringError::NoEntry(_)) => Ok(false),
        Err(why) => Err(why),
    }
}

/// The store that somebody set for this process (a test's), else the system's. A new one each time: a session that was
/// made before the keyring was started anew is worth nothing.
fn open() -> Result<Store, Error> {
    if let Some(store) = keyring_core::get_default_store() {
        return Ok(store);
    }
    #[cfg(target_os = "macos")]
    let store = apple_native_keyring_store::keychain::Store::new()?;
    #[cfg(windows)]
    let store = windows_native_keyring_store::Store::new()?;
    #[cfg(all(unix, not(target_os = "macos")))]
    let store = super::secret_service::open()?;
    Ok(store)
}

fn read<O>(open: &O, limit: Duration, name: &str) -> Result<Secret, KeyringError>
where
    O: Fn() -> Result<Store, Error> + Clone + Send + 'static,
{
    let text = within(open, limit, name, |entry| entry.get_password().map(Zeroizing::new))?;
    let secret = Secret::parse(&text).map_err(|why| KeyringError::NotAKey(safe_line(name), why.to_string()))?;
    Ok(secret.kept_in(Origin::Keyring(name.to_owned())))
}

fn within<O, T>(
    open: &O,
    limit: Duration,
    name: &str,
    work: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
) -> Result<T, KeyringError>
where
    O: Fn() -> Result<Store, Error> + Clone + Send + 'static,
    T: Send + 'static,
{
    let (done, outcome) = mpsc::channel();
    let (open, user) = (open.clone(), name.to_owned());
    // a thread that hangs is left to the end of the process: nothing can call it back
    std::thread::spawn(move || {
        let worked = open()
            .map_err(|why| match in_words(why, &user) {
                KeyringError::Refused(why) => KeyringError::Unreachable(why),
                other => other,
            })
            .and_then(|store| {
                let label = format!("mctui: {user}");
                let modifiers = HashMap::from([("label", label.as_str())]);
                // not every keyring has labels
                let entry =
                    store.build(SERVICE, &user, Some(&modifiers)).or_else(|_| store.build(SERVICE, &user, None));
                entry.and_then(|entry| work(&entry)).map_err(|why| in_words(why, &user))
            });
        let _ = done.send(worked);
    });
    match outcome.recv_timeout(limit) {
        Ok(worked) => worked,
        Err(RecvTimeoutError::Timeout) => Err(KeyringError::TimedOut(limit.as_secs())),
        Err(RecvTimeoutError::Disconnected) => Err(KeyringError::Refused("it broke down".to_owned())),
    }
}

/// Without what errors carry along, which may be the key.
fn in_words(error: Error, entry: &str) -> KeyringError {
    let entry = safe_line(entry);
    match error {
        Error::NoEntry => KeyringError::NoEntry(entry),
        Error::NoStorageAccess(_) => KeyringError::Locked,
        Error::PlatformFailure(why) => {
            KeyringError::Refused(safe_line(&why.to_string().chars().take(160).collect::<String>()))
        }
        Error::BadEncoding(_) | Error::BadDataFormat(..) => KeyringError::NotAKey(entry, "it is not text".to_owned()),
        Error::Ambiguous(_) => KeyringError::NotAKey(entry, "there are several of that name".to_owned()),
        Error::NoDefaultStore => KeyringError::Unreachable("there is none".to_owned()),
        Error::TooLong(what, most) => KeyringError::Refused(format!("{what} may have {most} characters")),
        Error::Invalid(what, _) => KeyringError::Refused(format!("the {what} is not as it wants it")),
        _ => KeyringError::Refused("this keyring cannot do that".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use keyring_core::mock;

    use super::*;

    /// A keyring in memory, with what may be done to an entry before it is read.
    fn keyring(prepare: impl FnOnce(&Entry)) -> impl Fn() -> Result<Store, Error> + Clone + Send + 'static {
        let store: Store = mock::Store::new().unwrap();
        prepare(&store.build(SERVICE, "user_key", None).unwrap());
        move || Ok(store.clone())
    }

    #[test]
    fn what_is_put_is_had_and_forgotten() {
        let keyring = keyring(|_| ());
        within(&keyring, LIMIT, "user_key", |entry| entry.set_password("demo-user-key")).unwrap();
        let secret = read(&keyring, LIMIT, "user_key").unwrap();
        assert_eq!(secret.expose(), "demo-user-key");
        assert_eq!(secret.origin().elsewhere().unwrap(), "the keyring’s entry “user_key”");
        within(&keyring, LIMIT, "user_key", Entry::delete_credential).unwrap();
        assert_eq!(read(&keyring, LIMIT, "user_key"), Err(KeyringError::NoEntry("user_key".to_owned())));
    }

    #[test]
    fn errors_are_told_without_what_they_carry() {
        let broken = |error: fn() -> Error| {
            keyring(move |entry| {
                entry.set_password("demo-secret-1").unwrap();
                entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(error());
            })
        };
        let cases: [(fn() -> Error, &str); 4] = [
            (|| Error::NoStorageAccess("demo-secret-1".into()), "unlock it"),
            (|| Error::BadEncoding(b"demo-secret-1".to_vec()), "not text"),
            (|| Error::BadDataFormat(b"demo-secret-1".to_vec(), "x".into()), "not text"),
            (|| Error::PlatformFailure("no such\u{1b}[31m interface".into()), "no such"),
        ];
        for (error, says) in cases {
            let told = read(&broken(error), LIMIT, "user_key").unwrap_err();
            let told = format!("{told} {told:?}");
            assert!(told.contains(says) && !told.contains("secret-1") && !told.contains('\u{1b}'), "{told}");
        }
        let told = read(&keyring(|entry| entry.set_password("demo secret-1").unwrap()), LIMIT, "user_key").unwrap_err();
        assert!(!told.to_string().contains("secret-1"), "{told}");
    }

    #[test]
    fn where_there_is_none_it_says_what_to_do() {
        let none = || Err(Error::PlatformFailure("I/O error: No such file or directory".into()));
        let told = read(&none, LIMIT, "user_key").unwrap_err().to_string();
        assert!(told.contains("No such file") && told.contains("variable"), "{told}");
    }

    #[test]
    fn a_keyring_that_hangs_is_not_waited_for() {
        let (end, ended) = mpsc::channel::<()>();
        let ended = Arc::new(std::sync::Mutex::new(ended));
        let hanging = move || {
            // until the test has ended
            let _ = ended.lock().unwrap().recv();
            Err(Error::NoDefaultStore)
        };
        assert_eq!(read(&hanging, Duration::from_millis(20), "user_key"), Err(KeyringError::TimedOut(0)));
        drop(end);
    }
}
