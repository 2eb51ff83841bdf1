//! What a hostile account may cost: memory while an answer is read, and room for the log. The real binary against a service
//! whose answers are as large as they may be, and larger.
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::path::Path;
use std::time::Duration;

use common::flood::{Flood, Place};
use common::program::{Program, Run};
use mctui::emulator::{API_KEY, USER_KEY};
use rstest::rstest;

const MIB: usize = 1024 * 1024;
/// What an answer may take while it is read, in KiB.
const MOST: usize = 150_000_000 / 1_024;
/// One readable record, without its braces.
const GOOD: &str = r#""id":"m1","created":"2026-01-02T03:04:05Z","businessNumber":"+12025550101","client":{"address":"+12025550142"},"text":"hi""#;

fn program(flood: &Flood) -> Program {
    let program = Program::bare()
        .with("MIGHTYCALL_BASE_URL", &flood.base_url())
        .with("MIGHTYCALL_API_KEY", API_KEY)
        .with("MIGHTYCALL_USER_KEY", USER_KEY);
    program.configure("[[numbers]]\nphone = \"+12025550101\"\ndefault = true\n");
    program
}

/// Runs to the end; says the most memory it ever had, in KiB.
async fn peak(program: &Program, arguments: &[&str]) -> (Run, usize) {
    let running = program.start(arguments);
    let status = format!("/proc/{}/status", running.id());
    let mut most = 0;
    let mut look = tokio::time::interval(Duration::from_millis(3));
    let ended = running.end();
    tokio::pin!(ended);
    loop {
        tokio::select! {
            run = &mut ended => return (run, most),
            _ = look.tick() => {
                let status = fs::read_to_string(&status).unwrap_or_default();
                let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
                let peak = peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse().ok());
                most = most.max(peak.unwrap_or(0));
            }
        }
    }
}

/// Bytes of all files of the log.
fn log_size(program: &Program) -> u64 {
    let files = fs::read_dir(program.home.path().join("state")).unwrap().map(Result::unwrap);
    let of_log = files.filter(|file| file.file_name().to_string_lossy().starts_with("mctui.log"));
    of_log.map(|file| file.metadata().unwrap().len()).sum()
}

fn log(program: &Program) -> String {
    fs::read_to_string(program.home.path().join("state/mctui.log")).unwrap()
}

async fn usual() -> usize {
    let flood = Flood::start(Place::Journal, 200, &format!("[{{{GOOD}}}]"), "", 0, "").await;
    let (run, peak) = peak(&program(&flood), &["sync"]).await;
    assert_eq!(run.code, 0, "{run:?}");
    peak
}

/// What is in the list of a page, how often, and what becomes of it.
#[rstest]
#[case::records("[", r#"{"a":0},"#, 8 * MIB, "0]", "more than 10000 records")]
#[case::empty(r#"{"requests":["#, "{},", 8 * MIB, "0]}", "more than 10000 records")]
#[case::numbers(r#"{"requests":["#, "0,", 8 * MIB, "0]}", "more than 10000 records")]
#[case::too_large("[", r#"{"a":0},"#, 40 * MIB, "0]", "larger than 32 MiB")]
#[case::deep(r#"{"requests":["#, "[", 8 * MIB, "", "ends in the middle")]
#[case::deep_wrapping("", r#"{"data":"#, 8 * MIB, "", "ends in the middle")]
#[case::fields("{", r#""a":0,"#, 8 * MIB, r#""b":0}"#, "no list in it")]
#[case::text("\"", "x", 30 * MIB, "\"", "no list in it")]
#[case::files(&format!("[{{{GOOD},\"attachments\":["), "\"x\",", 8 * MIB, "0]}]", "1 could not be read")]
#[case::contacts(&format!("[{{{GOOD},\"contact\":{{\"resolvedContacts\":["), r#"{"firstName":"x"},"#, 8 * MIB, "0]}}]", "1 could not be read")]
#[case::failure(r#"{"isSuccess":false,"errors":["#, r#"{"x":["y"]},"#, 8 * MIB, "0]}", "MightyCall refused")]
#[case::no_text("[\"", "\u{1}", 8 * MIB, "\"]", "no JSON at line")]
#[tokio::test]
async fn no_answer_takes_much_memory(
    #[case] head: &str,
    #[case] part: &str,
    #[case] bytes: usize,
    #[case] tail: &str,
    #[case] says: &str,
) {
    let flood = Flood::start(Place::Journal, 200, head, part, bytes / part.len(), tail).await;
    let program = program(&flood);
    let (run, peak) = peak(&program, &["sync"]).await;
    assert!(run.out.contains(says) || run.err.contains(says), "{run:?}");
    let usual = usual().await;
    assert!(peak < usual + MOST, "{peak} KiB, and {usual} for a page of one record");
    assert!(log_size(&program) < 16 * 1_024, "{} bytes of log", log_size(&program));
}

#[rstest]
#[case::error(Place::Journal, 400, &["sync"], 3)]
#[case::failure(Place::Journal, 500, &["sync"], 1)]
#[case::token(Place::Token, 200, &["sync"], 1)]
#[case::refused_token(Place::Token, 400, &["sync"], 5)]
#[case::numbers(Place::Numbers, 200, &["numbers", "discover"], 1)]
#[case::sent(Place::Send, 200, &["send", "--to", "+12025550142", "hi"], 4)]
#[case::refused(Place::Send, 400, &["send", "--to", "+12025550142", "hi"], 3)]
#[tokio::test]
async fn no_family_of_answers_does(
    #[case] place: Place,
    #[case] status: u16,
    #[case] arguments: &[&str],
    #[case] code: i32,
) {
    let part = r#"{"errors":["x"]},"#;
    let flood = Flood::start(place, status, r#"{"data":["#, part, 64 * MIB / part.len(), "0]}").await;
    let program = program(&flood);
    let (run, peak) = peak(&program, arguments).await;
    assert_eq!(run.code, code, "{run:?}");
    assert!(peak < usual().await + MOST, "{peak} KiB");
    assert!(log_size(&program) < 16 * 1_024, "{} bytes of log", log_size(&program));
}

/// Pages of what cannot be read, each like the one before: they are counted, a few are logged of each, and there is an end.
#[tokio::test]
async fn what_cannot_be_read_is_counted_and_has_an_end() {
    let flood = Flood::start(Place::Journal, 200, r#"{"requests":["#, "{},", 4_999, "{}]}").await;
    let program = program(&flood);
    let run = program.run(&["sync"]).await;
    assert_eq!(run.code, 0, "{run:?}");
    let pages = flood.answers();
    assert!(pages <= 60, "{pages} pages");
    assert!(run.out.contains(&format!("{} could not be read", pages * 5_000)), "{run:?}");
    let log = log(&program);
    assert_eq!(log.matches("a record cannot be read").count(), pages * 3, "{log}");
    assert_eq!(log.matches("more records of this page cannot be read").count(), pages, "{log}");
    assert!(log.contains("others=4997"), "{log}");
}

#[tokio::test]
async fn the_log_of_several_processes_stays_small() {
    let part = r#"{"errors":["x"]},"#;
    let flood = Flood::start(Place::Journal, 200, "[", part, 4_000, "0]").await;
    let program = program(&flood);
    let state = program.home.path().join("state");
    fs::create_dir(&state).unwrap();
    // as an earlier version may have left them
    let old = "2026-01-02T03:04:05.000000Z  WARN mctui::api::history: an old line\n";
    for name in ["mctui.log", "mctui.log.1"] {
        fs::write(state.join(name), old.repeat(30_000_000 / old.len())).unwrap();
    }
    let runs: Vec<_> = (0..4).map(|_| program.start(&["-vv", "sync"])).collect();
    for run in runs {
        run.end().await;
    }
    assert!(log_size(&program) <= 20_000_000, "{} bytes of log", log_size(&program));
    for entry in fs::read_dir(&state).unwrap() {
        whole(&entry.unwrap().path());
    }
    assert!(log(&program).contains("a record cannot be read"));
}

/// Every line begins as a line does, and the last one ends.
fn whole(file: &Path) {
    if !file.file_name().unwrap().to_string_lossy().starts_with("mctui.log") {
        return;
    }
    let text = fs::read_to_string(file).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'), "{}", file.display());
    for line in text.lines() {
        assert!(line.starts_with("20") && line.get(10..11) == Some("T"), "{}: {line:?}", file.display());
    }
}
