//! Links, files and pictures of messages, from the key to the service and back.

use std::path::PathBuf;

use mctui::config::graphics::{Depth, Graphics};
use mctui::config::places::Opener;
use mctui::config::{Environment, Places};
use mctui::emulator::{Dialect, Effect, Fault, File, Files};
use mctui::tui::message::TerminalAsk;

use super::common::{Rig, fictional};
use super::runner::{Runner, desk};

const CRACK: &[u8] = include_bytes!("../../assets/demo/crack.png");

/// A customer has just sent a photo.
async fn with_photo(dialect: Dialect) -> Rig {
    let rig = desk(dialect).await;
    let photo = File { name: "crack.png".to_owned(), data: CRACK.to_vec() };
    rig.emulator.receive_files(&fictional(47), &rig.number(0), "Here it is", vec![photo]);
    rig
}

fn colourful(rig: &Rig) -> Environment {
    Environment {
        home: Some(rig.home.path().to_owned()),
        graphics: Graphics { protocol: None, depth: Depth::True },
        ..Environment::default()
    }
}

fn asked_for_files(rig: &Rig) -> usize {
    rig.emulator.requests().iter().filter(|request| request.path.contains("/files/")).count()
}

/// Waits until the ledger has as many requests as the account saw: the client may be about to make one.
async fn all_counted(rig: &Rig) {
    let key = rig.context.credentials(&rig.number(0)).unwrap().budget_key();
    let counted = async {
        while rig.context.spent(&key).await.unwrap() as usize != rig.emulator.requests().len() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), counted).await.expect("each request is in the ledger");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_is_shown_and_saved_and_fetched_once() {
    let rig = with_photo(Dialect::v4()).await;
    let mut client = Runner::start_in(&rig, &Dialect::v4(), colourful(&rig)).await;
    client.wait_for_content("[+] crack.png").await;
    client.wait("the picture", |screen| screen.contains("▀▀▀▀")).await;
    client.press("enter");
    client.press("esc");
    client.press("s");
    client.wait_for_content("Saved as").await;
    let saved = rig.home.path().join("downloads/crack.png");
    assert_eq!(std::fs::read(&saved).unwrap(), CRACK);
    client.press("s");
    client.wait_for_content("crack (2).png").await;
    assert_eq!(asked_for_files(&rig), 1, "it is here since the first time");
    all_counted(&rig).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_names_alone_are_told_the_address_is_asked_for() {
    let rig = with_photo(Dialect::under_api()).await;
    let mut client = Runner::start_in(&rig, &Dialect::under_api(), colourful(&rig)).await;
    client.wait("the picture", |screen| screen.contains("[+] crack.png") && screen.contains("▀▀▀▀")).await;
    let listed = |request: &&mctui::emulator::Request| request.path.ends_with("/mmsAttachments");
    assert_eq!(rig.emulator.requests().iter().filter(listed).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_record_tells_is_asked_for_with_a_key() {
    let dialect = Dialect { files: Files::Apart, ..Dialect::v4() };
    let rig = with_photo(dialect.clone()).await;
    let mut client = Runner::start(&rig, &dialect).await;
    client.wait_for_content("Here it is").await;
    client.synced().await;
    assert!(!client.screen().contains("[+]"));
    client.press("enter");
    client.press("esc");
    client.press("s");
    client.wait_for_content("[+] crack.png").await;
    client.press("k");
    client.press("s");
    client.wait_for_content("No file came").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_fetched_is_told() {
    let rig = with_photo(Dialect::v4()).await;
    rig.emulator.fault(Fault::on("/files", Effect::Status(500)));
    let mut client = Runner::start_in(&rig, &Dialect::v4(), colourful(&rig)).await;
    client.wait_for_content("[+] crack.png").await;
    client.press("enter");
    client.press("esc");
    client.press("s");
    client.wait_for_content("could not be fetched").await;
    assert!(!rig.home.path().join("downloads").exists());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn links_and_files_are_opened_by_a_program_on_a_key_alone() {
    use std::os::unix::fs::PermissionsExt;
    let rig = with_photo(Dialect::v4()).await;
    let before = rig.emulator.now() - jiff::SignedDuration::from_mins(1);
    rig.emulator.receive_at(&fictional(47), &rig.number(0), "See https://shop.example.com/a", before);
    let (program, out) = (rig.home.path().join("opener"), rig.home.path().join("opened"));
    std::fs::write(
        &program,
        format!("#!/bin/sh\nprintf '%s' \"$1\" > '{0}.part' && mv '{0}.part' '{0}'\n", out.display()),
    )
    .unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    let environment = Environment { opener: Opener::Program(program), ..colourful(&rig) };
    let mut client = Runner::start_in(&rig, &Dialect::v4(), environment).await;
    client.wait_for_content("https://shop.example.com/a").await;
    client.press("enter");
    client.press("esc");
    client.wait("the hint", |screen| screen.contains("o open link")).await;
    assert!(!out.exists());
    client.press("o");
    client.wait_for_content("Opening crack.png").await;
    let path = PathBuf::from(opened(&out).await);
    assert!(path.starts_with(Places::under(rig.home.path()).data) && path.ends_with("crack.png"), "{path:?}");
    assert_eq!(std::fs::read(path).unwrap(), CRACK);
    std::fs::remove_file(&out).unwrap();
    client.press("k");
    client.press("o");
    client.wait_for_content("Opening https://shop.example.com/a").await;
    assert_eq!(opened(&out).await, "https://shop.example.com/a");
}

/// What the program was given, once it was started.
#[cfg(unix)]
async fn opened(out: &std::path::Path) -> String {
    let appears = async {
        while !out.exists() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), appears).await.expect("the program is started");
    std::fs::read_to_string(out).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_opens_a_link_it_is_copied() {
    let rig = desk(Dialect::v4()).await;
    rig.emulator.receive(&fictional(47), &rig.number(0), "See https://shop.example.com/a");
    let mut client = Runner::start(&rig, &Dialect::v4()).await;
    client.wait_for_content("https://shop.example.com/a").await;
    client.press("enter");
    client.press("esc");
    client.press("o");
    client.wait_for_content("copied instead: https://shop.example.com/a").await;
    assert_eq!(client.session.asked(), [TerminalAsk::Copy("https://shop.example.com/a".to_owned())]);
    client.press("y");
    client.wait_for_content("Copied the message").await;
    assert_eq!(client.session.asked(), [TerminalAsk::Copy("See https://shop.example.com/a".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn how_times_are_shown_is_kept_in_the_file() {
    let rig = desk(Dialect::v4()).await;
    let mut client = Runner::start(&rig, &Dialect::v4()).await;
    client.wait_for_content("appointment").await;
    client.press("enter");
    client.press("esc");
    client.press("t");
    client.wait("relative times", |screen| screen.contains("5 min ago") || screen.contains("6 min ago")).await;
    client.press("ctrl-q");
    client.wait_for_end().await;
    client.session.finish().await;
    let file = Places::under(rig.home.path()).config_file();
    let text = std::fs::read_to_string(&file).expect("the client has not ended before it was written");
    assert!(text.contains("times = \"relative\""), "{text}");
}
