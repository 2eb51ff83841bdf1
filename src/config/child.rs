//! Programs that mctui starts: editors, openers, commands that print a key. None of them gets our keys in its environment;
//! all else of the environment it gets (`pass` needs `HOME` and the address of its agent). Nothing else in mctui makes a
//! [`Command`], and `tests/doors.rs` holds it to that.

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// What the names of our variables begin with, however they are spelled.
const OURS: &[u8] = b"MIGHTYCALL_";
/// The one of them that is no secret.
const ADDRESS: &[u8] = b"MIGHTYCALL_BASE_URL";
/// How long a launcher is watched for a failure. One that goes on after that is at work.
const WATCHED: Duration = Duration::from_millis(250);
const PAUSE: Duration = Duration::from_millis(5);

/// A program that is to be started, without our keys in its environment.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    without_keys(Command::new(program))
}

/// The same command for async code.
pub fn into_tokio(command: Command) -> ::tokio::process::Command {
    command.into()
}

/// Hands an address or a path to the system's own programs for it, the first of them that takes it. The program goes its
/// own way: it is not waited for.
pub fn open_with_system(target: &str) -> io::Result<()> {
    let mut failed = None;
    for command in open::commands(target) {
        match launch(without_keys(command), WATCHED) {
            Ok(None) => return Ok(()),
            Ok(Some(status)) if status.success() => return Ok(()),
            // a launcher that is missing says less than one that failed
            Ok(Some(status)) => {
                failed = Some(io::Error::other(format!("the launcher ended with {status}")));
                // Windows says so of launchers that did their work
                if cfg!(windows) {
                    break;
                }
            }
            Err(why) => failed = failed.or(Some(why)),
        }
    }
    Err(failed.unwrap_or_else(|| io::ErrorKind::NotFound.into()))
}

fn without_keys(mut command: Command) -> Command {
    for name in keys(std::env::vars_os().map(|(name, _)| name)) {
        command.env_remove(name);
    }
    command
}

/// The variables that a child has no business with. A name that we do not know yet may be a key's.
fn keys(names: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    names.filter(|name| {
        let name = name.as_encoded_bytes().to_ascii_uppercase();
        name.starts_with(OURS) && name != ADDRESS
    })
}

/// Whether reaching the session's D-Bus would start a program (the D-Bus specification's `unixexec:`). Whoever reaches it
/// starts that program with all of our environment, keys too, so it is not done.
pub fn does_bus_start_a_program() -> bool {
    std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some_and(|address| starts_a_program(&address))
}

fn starts_a_program(address: &OsStr) -> bool {
    // several can be given, to be tried in turn
    address.as_encoded_bytes().split(|&byte| byte == b';').any(|one| one.trim_ascii().starts_with(b"unixexec:"))
}

/// Starts a launcher; how it ended, where it did so within the time for which it is watched.
fn launch(mut command: Command, watched: Duration) -> io::Result<Option<ExitStatus>> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // keys of the terminal such as Ctrl-C are for the client
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn()?;
    let until = Instant::now() + watched;
    while Instant::now() < until {
        // where the system does not tell, it was started all the same
        if let Ok(Some(status)) = child.try_wait() {
            return Ok(Some(status));
        }
        std::thread::sleep(PAUSE);
    }
    reap_in_background(child);
    Ok(None)
}

/// The system keeps what is left of a child until somebody asks how it ended. Without that it is at work all the same.
fn reap_in_background(mut child: Child) {
    let wait = move || drop(child.wait());
    if let Err(error) = std::thread::Builder::new().name("launcher".to_owned()).spawn(wait) {
        tracing::debug!(%error, "nobody waits for the end of a program");
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_ours_is_kept_from_children_and_nothing_else() {
        let ours = [
            "MIGHTYCALL_API_KEY",
            "MIGHTYCALL_USER_KEY",
            "MIGHTYCALL_WEBHOOK_SECRET",
            "MIGHTYCALL_SOMETHING_NEW",
            "mightycall_api_key",
        ];
        let others = ["MIGHTYCALL_BASE_URL", "PATH", "HOME", "GPG_AGENT_INFO", "MCTUI_HOME", "MIGHTY"];
        let all = ours.iter().chain(&others).map(OsString::from);
        assert_eq!(keys(all).collect::<Vec<_>>(), ours);
    }

    #[test]
    fn a_bus_behind_a_program_is_told() {
        for (address, starts) in [
            ("unix:path=/run/user/1000/bus", false),
            ("unixexec:path=ssh,argv1=desk", true),
            ("unix:path=/run/user/1000/bus;unixexec:path=/bin/sh", true),
            ("", false),
        ] {
            assert_eq!(starts_a_program(OsStr::new(address)), starts, "{address}");
        }
    }

    #[test]
    fn a_launcher_that_fails_says_so_and_one_that_goes_on_is_left_alone() {
        let shell = |script: &str, watched: Duration| {
            let mut command = command("sh");
            command.args(["-c", script]);
            launch(command, watched).unwrap()
        };
        let long = Duration::from_mins(1);
        assert_eq!(shell("exit 3", long).and_then(|status| status.code()), Some(3));
        assert!(shell("true", long).is_some_and(|status| status.success()));
        assert_eq!(shell("exec sleep 2", Duration::ZERO), None);
        assert!(launch(command("/no/such/launcher"), long).is_err());
    }
}
