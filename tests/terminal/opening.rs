//! A cache that cannot be used at once: another process is at work on it, as far as its lock says.

use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;

use crate::common::pty::Pty;
use crate::desk::{Desk, given_back};

const CTRL_N: &str = "\x0e";

/// Has the cache alone.
fn busy(desk: &Desk) -> File {
    let folder = desk.home.path().join("data");
    DirBuilder::new().mode(0o700).create(&folder).unwrap();
    let lock = File::create(folder.join("mctui.db.lock")).unwrap();
    lock.lock().unwrap();
    lock
}

#[tokio::test(flavor = "multi_thread")]
async fn the_screen_says_so_and_keeps_what_is_typed() {
    let desk = Desk::new().await;
    let lock = busy(&desk);
    let mut client = desk.open(24, 80);
    client.wait_for("Another mctui is at work on the cache");
    client.keys(CTRL_N);
    client.keys("2025550177");
    drop(lock);
    let screen = client.wait_for("2025550177");
    assert!(!screen.contains("at work on the cache"), "{screen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_left() {
    let desk = Desk::new().await;
    let _lock = busy(&desk);
    for key in ["q", "\x03", "\x11"] {
        let mut client = desk.open(10, 40);
        client.wait_for("Another mctui");
        client.keys(key);
        assert!(client.ended().success(), "{key:?}");
        assert!(given_back(&client), "{key:?}");
    }
    let mut client = desk.open(24, 80);
    client.wait_for("Another mctui");
    client.signal("TERM");
    client.ended();
    assert!(given_back(&client));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_says_it_on_a_line() {
    let desk = Desk::new().await;
    let lock = busy(&desk);
    let mut threads = Pty::mctui(&["search", "giraffe"], desk.home.path(), &[], 24, 80);
    threads.wait_for("mctui: Another mctui is at work on the cache");
    drop(lock);
    assert!(threads.ended().success());
}
