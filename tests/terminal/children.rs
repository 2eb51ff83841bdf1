//! Programs that the client starts, and what they find in their environment.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rstest::rstest;

use crate::common::pty::Pty;
use crate::desk::{Desk, ENTER, eventually};

const CTRL_G: &str = "\x07";
const ESC: &str = "\x1b";
/// Keys of every kind: those that mctui reads, one that it may read some day, and what it is to leave alone.
const SECRETS: [(&str, &str); 4] = [
    ("MIGHTYCALL_API_KEY", mctui::emulator::API_KEY),
    ("MIGHTYCALL_USER_KEY", mctui::emulator::USER_KEY),
    ("MIGHTYCALL_WEBHOOK_SECRET", "demo-webhook-secret"),
    ("MIGHTYCALL_NEXT_SECRET", "demo-next-secret"),
];

/// A program that writes its environment and what the system shows of its command line into a file, whole or not at all.
fn dumper(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    std::fs::create_dir_all(folder).unwrap();
    let (program, out) = (folder.join(name), folder.join(format!("{name}.out")));
    let script = format!(
        "#!/bin/sh\n{{ env; echo; tr '\\0' ' ' < /proc/$$/cmdline; }} > '{0}.part'\nmv '{0}.part' '{0}'\n",
        out.display()
    );
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    (program, out)
}

#[rstest]
#[case::the_editor("editor")]
#[case::the_opener_of_a_person("opener")]
#[case::the_opener_of_the_system("xdg-open")]
#[tokio::test(flavor = "multi_thread")]
async fn finds_no_key_of_ours_and_all_the_rest(#[case] what: &str) {
    let desk = Desk::new().await;
    desk.receive(47, "See https://shop.example.com/a");
    let (program, out) = dumper(&desk.home.path().join("bin"), what);
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut environment = SECRETS.to_vec();
    let base = desk.emulator.base_url();
    environment.extend([
        ("PATH", path.as_str()),
        ("DISPLAY", ":0"),
        ("GPG_AGENT_INFO", "demo-agent"),
        ("MIGHTYCALL_BASE_URL", &base),
    ]);
    match what {
        "editor" => environment.push(("EDITOR", program.to_str().unwrap())),
        "opener" => environment.push(("MCTUI_OPENER", program.to_str().unwrap())),
        _ => {}
    }
    let mut client = Pty::mctui(&[], desk.home.path(), &environment, 24, 80);
    client.wait_for("shop.example");
    client.keys(ENTER);
    client.wait_for("To ");
    if what == "editor" {
        client.keys(CTRL_G);
    } else {
        client.keys(ESC);
        client.wait_for("open link");
        client.keys("o");
    }
    eventually("what the program saw", || out.exists());
    let seen = std::fs::read_to_string(&out).unwrap();
    for (name, value) in SECRETS {
        assert!(!seen.contains(name) && !seen.contains(value), "{name}:\n{seen}");
    }
    for kept in ["PATH=", "GPG_AGENT_INFO=demo-agent", &format!("MIGHTYCALL_BASE_URL={base}")] {
        assert!(seen.contains(kept), "{kept}:\n{seen}");
    }
}

/// A command that prints a key gets what a password manager needs, and none of the other keys.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_for_a_key_finds_none_of_the_others() {
    let desk = Desk::new().await;
    let (program, out) = dumper(&desk.home.path().join("bin"), "pass");
    let script = std::fs::read_to_string(&program).unwrap();
    std::fs::write(&program, format!("{script}echo {}\n", mctui::emulator::USER_KEY)).unwrap();
    let run = crate::common::program::Program::bare()
        .with("MIGHTYCALL_BASE_URL", &desk.emulator.base_url())
        .with("GPG_AGENT_INFO", "demo-agent");
    let run = SECRETS.iter().filter(|(name, _)| *name != "MIGHTYCALL_USER_KEY").fold(run, |run, (n, v)| run.with(n, v));
    run.configure(&format!("[account]\nuser_key.command = [\"{}\"]\n", program.display()));
    let added = run.run(&["numbers", "discover", "--add"]).await;
    assert_eq!(added.code, 0, "{added:?}");
    let seen = std::fs::read_to_string(&out).unwrap();
    for (name, value) in SECRETS {
        assert!(!seen.contains(name) && !seen.contains(value), "{name}:\n{seen}");
    }
    assert!(seen.contains("GPG_AGENT_INFO=demo-agent"), "{seen}");
}
