//! A person's own editor: which one, on what file, and what came of it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use tokio::process::{Child, Command};

use crate::config::scratch::Scratch;

/// What is read back at the most: far more than an SMS can be.
const LARGEST: u64 = 1024 * 1024;
/// Where neither the settings nor the environment name one.
const USUAL: [&str; 3] = ["vi", "nano", "vim"];

/// An editor at work.
#[derive(Debug)]
pub(in crate::tui) struct Editing {
    pub(in crate::tui) child: Child,
    /// Holds the file, which goes with it.
    _folder: Scratch,
    file: PathBuf,
    before: String,
    name: String,
}

/// Which editor, as words of a command line.
fn commands(setting: &str, var: impl Fn(&str) -> Option<String>) -> Result<Vec<Vec<String>>, String> {
    let named = [Some(setting.to_owned()), var("VISUAL"), var("EDITOR")];
    match named.into_iter().flatten().find(|command| !command.trim().is_empty()) {
        Some(command) => match shell_words::split(&command) {
            Ok(words) if !words.is_empty() => Ok(vec![words]),
            _ => Err(format!("The editor's command has a quote that does not end: {command}")),
        },
        None => Ok(USUAL.into_iter().map(|name| vec![name.to_owned()]).collect()),
    }
}

impl Editing {
    /// Starts it on the terminal, with the text in a file that is for us alone. The error is for people.
    pub(in crate::tui) fn start(setting: &str, text: &str) -> Result<Self, String> {
        let commands = commands(setting, |name| std::env::var(name).ok())?;
        let failed = |error: io::Error| format!("The text could not be handed to the editor: {error}");
        let folder = Scratch::new("mctui-edit-").map_err(failed)?;
        let file = folder.path().join("message.txt");
        write(&file, text).map_err(failed)?;
        let mut missing = None;
        for words in commands {
            let name = words[0].clone();
            let started = Command::new(&name).args(&words[1..]).arg(&file).kill_on_drop(true).spawn();
            match started {
                Ok(child) => return Ok(Self { child, _folder: folder, file, before: text.to_owned(), name }),
                Err(error) => missing = missing.or(Some((name, error))),
            }
        }
        let why = missing.map_or_else(String::new, |(name, error)| format!(" ({name}: {error})"));
        Err(format!(
            "The editor could not be started{why}. Name yours as `compose.editor` in the settings, or in $EDITOR"
        ))
    }

    /// What came of it: the text, or why there is none, for people.
    pub(in crate::tui) fn done(&self, status: io::Result<ExitStatus>) -> Result<String, String> {
        match status {
            Ok(status) if status.success() => {
                self.read().map_err(|error| format!("What the editor wrote could not be read: {error}"))
            }
            Ok(status) => Err(format!("{} ended with {status}", self.name)),
            Err(error) => Err(format!("{} was lost: {error}", self.name)),
        }
    }

    /// What was saved so far by an editor that had to be stopped; `None` where nothing was.
    pub(in crate::tui) fn saved(&self) -> Option<String> {
        self.read().ok().filter(|text| *text != self.before)
    }

    /// Asks it to end.
    pub(in crate::tui) fn end(&mut self) {
        #[cfg(unix)]
        if let Some(id) = self.child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed())) {
            let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
            // one that was set aside would not hear of it
            let _ = rustix::process::kill_process(id, rustix::process::Signal::CONT);
            return;
        }
        let _ = self.child.start_kill();
    }

    fn read(&self) -> io::Result<String> {
        // an editor may have put another file in the place of ours
        let meta = fs::symlink_metadata(&self.file)?;
        if !meta.is_file() || meta.len() > LARGEST {
            return Err(io::Error::other("it is no text of a message"));
        }
        Ok(tidy(&String::from_utf8_lossy(&fs::read(&self.file)?)))
    }
}

/// As the compose box has it: line breaks of one kind, and without the one that editors put at the end of a file.
fn tidy(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    text.strip_suffix('\n').map_or(text.clone(), str::to_owned)
}

fn write(file: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(file)?;
    file.write_all(text.as_bytes())?;
    // without it some editors complain of a file that does not end
    if text.is_empty() || text.ends_with('\n') { Ok(()) } else { file.write_all(b"\n") }
}

#[cfg(all(test, unix))]
mod tests {
    use rstest::rstest;

    use super::*;

    fn words(setting: &str, visual: &str, editor: &str) -> Result<Vec<Vec<String>>, String> {
        commands(setting, |name| {
            Some(if name == "VISUAL" { visual.to_owned() } else { editor.to_owned() }).filter(|text| !text.is_empty())
        })
    }

    #[rstest]
    #[case("micro", "code --wait", "vi", &["micro"])]
    #[case("", "code --wait", "vi", &["code", "--wait"])]
    #[case(" ", "", "vim -c 'set tw=0'", &["vim", "-c", "set tw=0"])]
    fn the_nearest_setting_wins(
        #[case] setting: &str,
        #[case] visual: &str,
        #[case] editor: &str,
        #[case] is: &[&str],
    ) {
        assert_eq!(words(setting, visual, editor).unwrap(), [is]);
    }

    #[test]
    fn without_any_the_usual_ones_are_tried() {
        assert_eq!(words("", "", "").unwrap().len(), USUAL.len());
        assert!(words("vi '", "", "").is_err());
    }

    #[rstest]
    #[case("one\ntwo\n", "one\ntwo")]
    #[case("one\n\n", "one\n")]
    #[case("one\r\ntwo\r\n", "one\ntwo")]
    #[case("\u{feff}one", "one")]
    #[case("", "")]
    fn texts_come_back_as_they_were(#[case] file: &str, #[case] text: &str) {
        assert_eq!(tidy(file), text);
    }

    async fn run(script: &str, text: &str) -> (Result<String, String>, Option<String>, PathBuf) {
        // the file comes as $0 of the script
        let mut editing =
            Editing::start(&format!("sh -c {}", shell_words::quote(script)), text).expect("the shell is there");
        let status = editing.child.wait().await;
        (editing.done(status), editing.saved(), editing.file.clone())
    }

    #[tokio::test]
    async fn what_was_written_comes_back_and_the_file_goes() {
        let (done, saved, file) =
            run("stat -c %a \"$0\" >> \"$0\"; stat -c %a \"$(dirname \"$0\")\" >> \"$0\"", "hello").await;
        assert_eq!(done.as_deref(), Ok("hello\n600\n700"));
        assert_eq!(saved.as_deref(), Some("hello\n600\n700"));
        assert!(!file.exists() && !file.parent().unwrap().exists());
        let (done, saved, _) = run("true", "as it\n\nwas").await;
        assert_eq!((done.as_deref(), saved), (Ok("as it\n\nwas"), None));
    }

    #[tokio::test]
    async fn an_editor_that_fails_leaves_the_text() {
        let (done, _, file) = run("echo changed > \"$0\"; exit 3", "hello").await;
        let why = done.unwrap_err();
        assert!(why.contains("exit status: 3"), "{why}");
        assert!(!file.exists());
        let (done, _, _) = run("rm \"$0\"; ln -s /etc/passwd \"$0\"", "hello").await;
        assert!(done.unwrap_err().contains("no text of a message"));
        let why = Editing::start("no-such-editor-of-mctui --wait", "hello").unwrap_err();
        assert!(why.contains("no-such-editor-of-mctui") && why.contains("compose.editor"), "{why}");
    }
}
