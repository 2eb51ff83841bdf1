//! What the program says of a damaged cache.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::program::Program;

const SETTINGS: &str = "[account]\nbase_url = \"http://127.0.0.1:9/v4\"\napi_key = \"demo-api-key\"\n\
                        user_key = \"demo-user-key\"\n\n[[numbers]]\nphone = \"+12025550101\"\ndefault = true\n";

/// A home with a message that waits, and where its cache is.
async fn home() -> (Program, PathBuf) {
    let program = Program::bare();
    program.configure(SETTINGS);
    let folder = program.home.path().join("config");
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).unwrap();
    program.json(&["send", "--to", "+12025550147", "--no-wait", "see you at nine"]).await;
    let cache = program.home.path().join("data/mctui.db");
    (program, cache)
}

#[tokio::test]
async fn a_person_is_told_once_and_doctor_says_what_is_left() {
    let (program, cache) = home().await;
    let mut bytes = std::fs::read(&cache).unwrap();
    bytes[..4096].fill(0xa5);
    std::fs::write(&cache, &bytes).unwrap();

    let run = program.run(&["threads", "--json"]).await;
    run.says(0, "the cache was damaged and is set aside as");
    assert!(run.err.contains("waiting to be sent: 1") && !run.err.contains("could not be read"), "{run:?}");
    assert_eq!(run.json()[0]["snippet"], "see you at nine", "and nothing but the result is on standard output");
    assert_eq!(program.run(&["threads", "--json"]).await.err, "", "once");

    let findings = program.json(&["doctor", "--offline"]).await;
    let found = |check: &str| findings.iter().find(|finding| finding["check"] == check).unwrap();
    assert_eq!(found("cache")["ok"], true);
    let damaged = found("damaged cache");
    let (detail, fix) = (damaged["detail"].as_str().unwrap(), damaged["fix"].as_str().unwrap());
    assert!(detail.contains("mctui.db.damaged-") && detail.contains(" kB"), "{detail}");
    assert!(fix.contains("rm '") && fix.contains("mctui.db.damaged-"), "{fix}");
}

#[tokio::test]
async fn doctor_finds_what_a_start_does_not_look_at() {
    let (program, cache) = home().await;
    // an entry of an index that no start reads: only a look at everything finds it
    let db = rusqlite::Connection::open(&cache).unwrap();
    let root: u32 = db
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'messages_by_text'", [], |row| row.get(0))
        .unwrap();
    drop(db);
    let mut bytes = std::fs::read(&cache).unwrap();
    let from = (root as usize - 1) * 4096;
    bytes[from..from + 4096].fill(0xa5);
    std::fs::write(&cache, &bytes).unwrap();

    let run = program.run(&["doctor", "--offline", "--json"]).await;
    assert_eq!(run.code, 1, "{run:?}");
    let findings = run.json();
    let cache = findings.iter().find(|finding| finding["check"] == "cache").unwrap();
    assert_eq!(cache["ok"], false);
    assert!(cache["detail"].as_str().unwrap().contains("damaged"), "{cache}");
    assert!(cache["fix"].as_str().unwrap().contains("start it again"), "{cache}");
    // which is what is done now
    program.run(&["threads"]).await.says(0, "the cache was damaged and is set aside as");
    assert_eq!(program.run(&["doctor", "--offline"]).await.code, 0);
}
