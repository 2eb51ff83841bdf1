//! A person's own editor on the terminal, and the client behind it.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::common::pty::Pty;
use crate::desk::{CTRL_Q, Desk, ENTER, eventually, given_back, is_empty};

const CTRL_C: &str = "\x03";
const CTRL_G: &str = "\x07";
const CTRL_Z: &str = "\x1a";

/// A desk with a client whose editor is this script, in the compose box.
async fn begin(script: &str) -> (Desk, Pty, PathBuf) {
    let desk = Desk::new().await;
    let editor = desk.home.path().join("editor");
    std::fs::write(&editor, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o700)).unwrap();
    let temporary = desk.home.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let environment = [("EDITOR", editor.to_str().unwrap()), ("TMPDIR", temporary.to_str().unwrap()), ("VISUAL", " ")];
    let mut client = Pty::mctui(&[], desk.home.path(), &environment, 24, 80);
    client.wait_for("appointment");
    client.keys(ENTER);
    client.wait_for("To ");
    client.keys("Dear customer");
    client.wait_for("Dear customer");
    (desk, client, temporary)
}

/// Shows what it was given, whether the terminal is as it was, and takes a line.
const ASKS: &str =
    "echo \"editing: $(cat \"$1\")\"; stty -a | grep -q ' icanon' && echo cooked; read line; echo \"$line\" >> \"$1\"";

#[tokio::test(flavor = "multi_thread")]
async fn a_text_goes_out_to_the_editor_and_comes_back_while_messages_come() {
    let (desk, mut client, temporary) = begin(ASKS).await;
    client.keys(CTRL_G);
    client.wait("the editor", |screen| screen.contains("editing: Dear customer") && screen.contains("cooked"));
    assert!(given_back(&client));
    desk.receive(48, "in the meantime");
    eventually("the sync behind the editor", || {
        desk.cached("SELECT count(*) FROM messages WHERE body = 'in the meantime'") == 1
    });
    client.resize(30, 100);
    client.keys("we are open\r");
    client.wait("the client", |screen| screen.contains("we are open") && screen.contains("in the meantime"));
    let screen = client.screen();
    assert!(
        screen.contains("Dear customer") && !screen.contains("editing:") && screen.lines().count() == 30,
        "{screen}"
    );
    eventually("the draft", || {
        desk.cached("SELECT count(*) FROM threads WHERE draft = 'Dear customer' || char(10) || 'we are open'") == 1
    });
    assert!(is_empty(&temporary), "the file is gone");
    assert!(desk.emulator.posts().is_empty());
    client.keys(CTRL_Q);
    assert!(client.ended().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_that_fails_or_is_interrupted_leaves_the_text() {
    let (_desk, mut client, temporary) = begin("echo lost > \"$1\"; echo editing; read line; exit 3").await;
    client.keys(CTRL_G);
    client.wait_for("editing");
    client.keys("\r");
    client.wait("the client", |screen| screen.contains("exit status: 3") && screen.contains("Dear customer"));
    client.keys(CTRL_G);
    // what the first one has shown comes back to the screen before the second one is there
    client.wait_for_bytes("editing", 2);
    // a key of the terminal while its line is typed: to the editor, and to nobody else
    client.keys(CTRL_C);
    client.wait("the client", |screen| screen.contains("signal: 2") && screen.contains("Dear customer"));
    assert!(!client.screen().contains("lost") && is_empty(&temporary));
    client.keys("!");
    client.wait_for("Dear customer!");
}

#[tokio::test(flavor = "multi_thread")]
async fn told_to_end_it_keeps_what_the_editor_has_saved() {
    let (desk, mut client, temporary) = begin("echo 'saved so far' > \"$1\"; echo editing; exec sleep 600").await;
    client.keys(CTRL_G);
    client.wait_for("editing");
    client.signal("TERM");
    assert!(client.ended().success());
    assert!(given_back(&client));
    assert_eq!(desk.cached("SELECT count(*) FROM threads WHERE draft = 'saved so far'"), 1);
    assert!(is_empty(&temporary));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_editor_it_says_how_to_name_one() {
    let (desk, mut client, _) = begin("true").await;
    std::fs::remove_file(desk.home.path().join("editor")).unwrap();
    client.keys(CTRL_G);
    client.wait("the client", |screen| screen.contains("could not be started") && screen.contains("Dear customer"));
    // and a session without a shell goes on
    client.keys(CTRL_Z);
    client.wait_for("There is no shell here");
}
