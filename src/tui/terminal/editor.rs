//! A person's own editor: which one, on what file, and what came of it.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use tokio::process::Child;

use crate::config::child;
use crate::config::rescue::UnsentText;
use crate::config::rescue::editor::{EditorFolder, read};

/// Where neither the settings nor the environment name one.
const USUAL: [&str; 3] = ["vi", "nano", "vim"];

/// An editor at work.
#[derive(Debug)]
pub(in crate::tui) struct Editing {
    pub(in crate::tui) child: Child,
    /// Holds the file, which goes with it.
    folder: EditorFolder,
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
    /// Starts it on the terminal, with the text in a file that is for us alone. `whose`: the cache and the place in it that
    /// the text belongs to, so that it is found after a kill. The error is for people.
    pub(in crate::tui) fn start(setting: &str, text: &str, whose: Option<(&Path, UnsentText)>) -> Result<Self, String> {
        let commands = commands(setting, |name| std::env::var(name).ok())?;
        let failed = |error: io::Error| format!("The text could not be handed to the editor: {error}");
        let folder = EditorFolder::new(text, whose).map_err(failed)?;
        let file = folder.file();
        let mut missing = None;
        for words in commands {
            let name = words[0].clone();
            let mut command = child::command(&name);
            command.args(&words[1..]).arg(&file);
            let started = child::into_tokio(command).kill_on_drop(true).spawn();
            match started {
                Ok(child) => return Ok(Self { child, folder, before: text.to_owned(), name }),
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
                read(&self.file()).map_err(|error| format!("What the editor wrote could not be read: {error}"))
            }
            Ok(status) => Err(format!("{} ended with {status}", self.name)),
            Err(error) => Err(format!("{} was lost: {error}", self.name)),
        }
    }

    /// What was saved so far by an editor that had to be stopped; `None` where nothing was.
    pub(in crate::tui) fn saved(&self) -> Option<String> {
        read(&self.file()).ok().filter(|text| *text != self.before)
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

    fn file(&self) -> PathBuf {
        self.folder.file()
    }
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

    async fn run(script: &str, text: &str) -> (Result<String, String>, Option<String>, PathBuf) {
        // the file comes as $0 of the script
        let mut editing =
            Editing::start(&format!("sh -c {}", shell_words::quote(script)), text, None).expect("the shell is there");
        let status = editing.child.wait().await;
        (editing.done(status), editing.saved(), editing.file())
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
        let why = Editing::start("no-such-editor-of-mctui --wait", "hello", None).unwrap_err();
        assert!(why.contains("no-such-editor-of-mctui") && why.contains("compose.editor"), "{why}");
    }
}
