//! A key as the output of a command such as `pass`.
//!
//! It runs without a shell, its errors are not shown (who knows what it prints there), and it inherits none of our keys.

use std::process::Stdio;
use std::time::Duration;

use secrecy::zeroize::Zeroizing;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::{Origin, Secret};
use crate::config::child;

/// Long enough for somebody to unlock a password manager.
pub(in crate::config) const LIMIT: Duration = Duration::from_secs(60);
/// No key is longer than 4,096 characters; blanks around it may be there.
const MOST: u64 = 16 * 1024;

/// Runs the command and reads the key that it prints. What goes wrong is told without a word of its output or arguments.
pub(in crate::config) fn run(command: &[String], limit: Duration) -> Result<Secret, String> {
    let [program, arguments @ ..] = command else {
        return Err("it is empty".to_owned());
    };
    // a runtime of its own on a thread of its own: whoever loads the settings may be on a runtime already
    let outcome = std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(|why| format!("cannot run {program}: {why}"))?;
            runtime.block_on(output(program, arguments, limit))
        });
        thread.join().unwrap_or_else(|_| Err(format!("cannot run {program}")))
    })?;
    let text = std::str::from_utf8(&outcome).map_err(|_| format!("{program} printed no text"))?;
    let secret = Secret::parse(text).map_err(|why| format!("{program} printed something else: {why}"))?;
    Ok(secret.kept_in(Origin::Command(program.clone())))
}

async fn output(program: &str, arguments: &[String], limit: Duration) -> Result<Zeroizing<Vec<u8>>, String> {
    let mut command = child::command(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let spawned = child::into_tokio(command).kill_on_drop(true).spawn();
    let mut child = spawned.map_err(|why| format!("cannot run {program}: {why}"))?;
    let stdout = child.stdout.take();
    let work = async {
        let printed = match stdout {
            Some(stdout) => all_of(stdout).await,
            None => Ok(Zeroizing::default()),
        };
        (printed, child.wait().await)
    };
    let Ok((printed, status)) = tokio::time::timeout(limit, work).await else {
        return Err(format!("{program} did not end within {} s and was stopped", limit.as_secs()));
    };
    let status = status.map_err(|why| format!("{program}: {why}"))?;
    if !status.success() {
        return Err(format!("{program} ended with {status}; run it by hand to see why"));
    }
    printed.map_err(|why| format!("{program}: {why}"))
}

/// Reads to the end, or as far as any key could go. The room is there from the start: growing would leave copies behind.
async fn all_of(stream: impl AsyncRead + Unpin) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(MOST).unwrap_or_default() + 64));
    stream.take(MOST).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn shell(script: &str) -> Vec<String> {
        ["sh", "-c", script].map(str::to_owned).to_vec()
    }

    #[test]
    fn reads_and_trims() {
        let secret = run(&shell("printf ' demo-key-1\\n\\n'; echo demo-noise >&2"), LIMIT).unwrap();
        assert_eq!(secret.expose(), "demo-key-1");
        assert_eq!(secret.origin(), &Origin::Command("sh".to_owned()));
    }

    #[rstest]
    #[case::failed("echo demo-secret-1; echo demo-secret-1 >&2; exit 3", "exit status: 3")]
    #[case::two_words("echo demo secret-1", "a blank")]
    #[case::two_lines("echo demo; echo secret-1", "a line break")]
    #[case::nothing("true", "empty")]
    #[case::no_text("printf '\\377'", "no text")]
    #[case::endless("while :; do echo secret-1; done", "sh ended with signal")]
    fn what_goes_wrong_is_told_without_its_output(#[case] script: &str, #[case] says: &str) {
        let problem = run(&shell(script), LIMIT).unwrap_err();
        assert!(problem.contains(says) && !problem.contains("secret-1"), "{problem}");
    }

    #[test]
    fn a_command_that_is_not_there_is_named_without_its_arguments() {
        let command = ["/nowhere/pass", "demo-argument"].map(str::to_owned);
        let problem = run(&command, LIMIT).unwrap_err();
        assert!(problem.contains("/nowhere/pass") && !problem.contains("demo-argument"), "{problem}");
        assert!(run(&[], LIMIT).is_err());
    }

    #[test]
    fn it_does_not_wait_for_ever() {
        let limit = Duration::from_millis(50);
        let began = std::time::Instant::now();
        let problem = run(&shell("exec sleep 600"), limit).unwrap_err();
        assert!(problem.contains("did not end"), "{problem}");
        assert!(began.elapsed() < Duration::from_secs(60));
    }

    #[tokio::test]
    async fn runs_where_a_runtime_is_already() {
        assert!(run(&shell("echo demo-key-1"), LIMIT).is_ok());
    }
}
