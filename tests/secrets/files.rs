//! What the real binary leaves on the disk: for its owner alone, and through no link that somebody put in its way.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use mctui::emulator::{Emulator, Options};
use rstest::rstest;

use crate::common::program::Program;

async fn account() -> (Emulator, Program) {
    let emulator = Emulator::start(Options::empty(&["+12025550101"])).await.unwrap();
    let program = Program::on(&emulator);
    program.run(&["numbers", "discover", "--add"]).await.says(0, "");
    (emulator, program)
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

/// Every file and folder below one.
fn all(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(all(&path));
        }
        found.push(path);
    }
    found
}

#[rstest]
#[case::the_log("state/mctui.log", 0, "logging is off")]
#[case::the_cache("data/mctui.db", 1, "cannot open the cache")]
#[case::the_log_of_the_cache("data/mctui.db-wal", 1, "cannot open the cache")]
#[case::the_index_of_that_log("data/mctui.db-shm", 1, "cannot open the cache")]
#[case::the_lock_of_the_cache("data/mctui.db.lock", 1, "cannot open the cache")]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_file_of_ours_is_refused(
    #[case] file: &str,
    #[case] code: i32,
    #[case] says: &str,
    #[values("link", "dangling", "pipe")] what: &str,
) {
    let (_emulator, program) = account().await;
    let (path, theirs) = (program.home.path().join(file), program.home.path().join("theirs"));
    let _ = fs::remove_file(&path);
    if what == "pipe" {
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    } else {
        symlink(&theirs, &path).unwrap();
    }
    if what == "link" {
        fs::write(&theirs, "").unwrap();
    }
    let began = Instant::now();
    let run = program.run(&["sync"]).await;
    run.says(code, says);
    assert!(began.elapsed() < Duration::from_secs(50), "it waits for a pipe");
    let (what_it_is, what_to_do) = if what == "pipe" { ("a pipe", "remove it") } else { ("a link", "remove the link") };
    for words in [path.to_str().unwrap(), what_it_is, what_to_do] {
        assert!(run.err.contains(words), "{words}: {run:?}");
    }
    assert_eq!(fs::read(&theirs).unwrap_or_default(), b"", "something was written through it");
    if matches!(file, "state/mctui.log" | "data/mctui.db") {
        let doctor = program.run(&["doctor", "--offline", "--json"]).await;
        assert_ne!(doctor.code, 0, "{doctor:?}");
    }
}

/// Whoever starts it forgets to keep others out, or has let them in before.
#[tokio::test(flavor = "multi_thread")]
async fn everything_is_for_its_owner_alone() {
    let (emulator, program) = account().await;
    let folders = ["config", "data", "state"].map(|folder| program.home.path().join(folder));
    for path in folders.iter().chain(&[program.home.path().join("data/mctui.db"), folders[2].join("mctui.log")]) {
        let open = if path.is_dir() { 0o777 } else { 0o666 };
        fs::set_permissions(path, fs::Permissions::from_mode(open)).unwrap();
    }
    let _ = fs::remove_file(folders[1].join("outbox.lock"));
    let binary = env!("CARGO_BIN_EXE_mctui");
    for arguments in ["sync", "send --to +12025550147 Hello", "keys list", "numbers list"] {
        let ran = Command::new("sh")
            .args(["-c", &format!("umask 000; exec '{binary}' {arguments}")])
            .env("MCTUI_HOME", program.home.path())
            .envs(program.environment())
            .output();
        let ran = tokio::task::spawn_blocking(move || ran).await.unwrap().unwrap();
        assert!(ran.status.success(), "{arguments}: {ran:?}");
    }
    assert_eq!(emulator.posts().len(), 1);
    let found: Vec<_> = folders.iter().cloned().chain(folders.iter().flat_map(|folder| all(folder))).collect();
    for name in ["config.toml", "mctui.db", "mctui.log", "outbox.lock", "tokens"] {
        assert!(found.iter().any(|path| path.ends_with(name)), "{name}: {found:?}");
    }
    for path in found {
        assert_eq!(mode(&path), if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
}

/// A home that lies behind a link, and settings that are one, as people have them with their dotfiles.
#[tokio::test(flavor = "multi_thread")]
async fn links_that_a_person_made_are_followed() {
    let (_emulator, program) = account().await;
    let (real, home) = (program.home.path().join("disk"), program.home.path().join("home"));
    fs::create_dir(&real).unwrap();
    symlink(&real, &home).unwrap();
    fs::create_dir(real.join("config")).unwrap();
    fs::rename(program.config_file(), real.join("mine.toml")).unwrap();
    symlink("../mine.toml", real.join("config/config.toml")).unwrap();
    let program = program.with("MCTUI_HOME", home.to_str().unwrap());
    program.run(&["sync"]).await.says(0, "");
    program.run(&["numbers", "set-default", "+12025550101"]).await.says(0, "");
    assert!(fs::symlink_metadata(real.join("config/config.toml")).unwrap().is_symlink());
    assert!(fs::read_to_string(real.join("mine.toml")).unwrap().contains("default = true"));
    assert!(real.join("data/mctui.db").exists());
}

/// Settings that are a pipe are not waited for.
#[tokio::test(flavor = "multi_thread")]
async fn settings_that_are_a_pipe_are_refused() {
    let (_emulator, program) = account().await;
    fs::remove_file(program.config_file()).unwrap();
    assert!(Command::new("mkfifo").arg(program.config_file()).status().unwrap().success());
    let run = program.run(&["numbers", "list"]).await;
    assert_ne!(run.code, 0, "{run:?}");
    assert!(run.err.contains("a pipe") && run.err.contains("config.toml"), "{run:?}");
}

/// A key that is forgotten leaves no token behind that it gave.
#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_key_leaves_no_token() {
    let (_emulator, program) = account().await;
    let tokens = || {
        let files = fs::read_dir(program.home.path().join("state/tokens")).unwrap();
        files.filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|end| end == "json")).count()
    };
    assert_ne!(tokens(), 0);
    program.run(&["keys", "forget", "user"]).await.says(0, "");
    assert_eq!(tokens(), 0);
    program.run(&["sync"]).await.says(0, "");
}
