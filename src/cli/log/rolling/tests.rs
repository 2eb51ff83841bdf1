use std::collections::BTreeSet;

use super::*;

const SMALL: u64 = 1_000;

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Of all files of the log, the oldest first.
fn text(rolling: &Rolling) -> String {
    let numbered = (1..=KEPT).rev().map(|number| rolling.numbered(number));
    numbered.chain([rolling.file.clone()]).map(|file| fs::read_to_string(file).unwrap_or_default()).collect()
}

fn total(folder: &Path) -> u64 {
    files(folder).iter().map(|name| size(&folder.join(name))).sum()
}

#[test]
fn four_full_files_are_all_there_ever_is() {
    assert!(u64::from(KEPT + 1) * (LARGEST + LARGEST / 8) <= 20_000_000);
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("state");
    let mut log = Rolling::with_limit(&folder.join("mctui.log"), SMALL).unwrap();
    for line in 0..1_000 {
        log.write_all(format!("line {line:05}\n").as_bytes()).unwrap();
        assert!(total(&folder) <= SMALL * u64::from(KEPT + 1));
    }
    assert_eq!(files(&folder), ["mctui.log", "mctui.log.1", "mctui.log.2", "mctui.log.3", "mctui.log.lock"]);
    let text = text(&log);
    let lines: Vec<usize> = text.lines().map(|line| line[5..].parse().unwrap()).collect();
    assert_eq!(*lines.last().unwrap(), 999);
    assert!(lines.len() > 250 && lines.is_sorted_by(|one, next| one + 1 == *next), "nothing is missing in between");
}

#[cfg(unix)]
#[test]
fn its_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("state");
    create_private_dir(&folder).unwrap();
    fs::write(folder.join("mctui.log.2"), "old line\n".repeat(1_000)).unwrap();
    let mut log = Rolling::with_limit(&folder.join("mctui.log"), SMALL).unwrap();
    (0..200).for_each(|_| log.write_all(b"a line of the log\n").unwrap());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for name in files(&folder) {
        assert_eq!(mode(&folder.join(&name)), 0o600, "{name}");
    }
}

/// As several processes do, which have nothing in common but the files.
#[test]
fn several_writers_lose_and_mix_nothing() {
    const WRITERS: usize = 6;
    const LINES: usize = 150;
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("mctui.log");
    // all of it fits, after some files were set aside
    let limit = (WRITERS * LINES * 40) as u64 / 2;
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let file = &file;
            scope.spawn(move || {
                let mut log = Rolling::with_limit(file, limit).unwrap();
                for line in 0..LINES {
                    log.write_all(format!("{:<38}|\n", format!("writer {writer} line {line}")).as_bytes()).unwrap();
                    assert_eq!(log.lost, 0);
                }
            });
        }
    });
    let log = Rolling::with_limit(&file, limit).unwrap();
    let text = text(&log);
    assert!(size(&log.numbered(1)) > 0, "it was set aside");
    let lines: BTreeSet<&str> = text.lines().collect();
    assert!(lines.iter().all(|line| line.len() == 39 && line.ends_with('|')), "{text}");
    assert_eq!((lines.len(), text.lines().count()), (WRITERS * LINES, WRITERS * LINES));
    assert!(total(home.path()) <= (limit + WRITERS as u64 * 40) * u64::from(KEPT + 1));
}

#[test]
fn what_an_earlier_version_let_grow_is_cut() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("mctui.log");
    for name in ["mctui.log", "mctui.log.1"] {
        let lines: Vec<String> = (0..5_000).map(|line| format!("{name} line {line}")).collect();
        fs::write(home.path().join(name), lines.join("\n") + "\n").unwrap();
    }
    let mut log = Rolling::with_limit(&file, SMALL).unwrap();
    log.write_all(b"new\n").unwrap();
    assert!(total(home.path()) <= 3 * SMALL);
    let text = text(&log);
    assert!(text.lines().all(|line| line == "new" || line.starts_with("mctui.log")), "whole lines: {text}");
    for line in ["mctui.log line 4999", "mctui.log.1 line 4999", "new"] {
        assert!(text.lines().any(|there| there == line), "{line} in {text}");
    }
}

#[test]
fn who_has_the_lock_and_does_nothing_lets_nothing_grow() {
    let home = tempfile::tempdir().unwrap();
    let mut log = Rolling::with_limit(&home.path().join("mctui.log"), SMALL).unwrap();
    let stopped = log.lock().unwrap().unwrap();
    let line = [b'x'; 99].into_iter().chain([b'\n']).collect::<Vec<u8>>();
    for _ in 0..13 {
        log.write_all(&line).unwrap();
    }
    assert_eq!((total(home.path()), log.lost), (SMALL, 3));
    drop(stopped);
    log.write_all(&line).unwrap();
    let text = text(&log);
    assert_eq!(text.lines().filter(|line| line.starts_with('x')).count(), 11);
    assert!(text.contains("Z  WARN mctui::cli::log: 3 lines before this one could not be written\n"), "{text}");
}

#[test]
fn a_place_that_cannot_be_written_is_no_log() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("mctui.log")).unwrap();
    assert!(Rolling::with_limit(&home.path().join("mctui.log"), SMALL).is_err());
    // nothing can take the place of a folder
    let other = home.path().join("other.log");
    fs::create_dir_all(home.path().join("other.log.1/inside")).unwrap();
    let mut log = Rolling::with_limit(&other, SMALL).unwrap();
    (0..1_000).for_each(|_| log.write_all(b"a line\n").unwrap());
    assert!(size(&other) <= SMALL && log.lost > 0);
}
