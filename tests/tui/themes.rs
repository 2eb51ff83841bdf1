//! Themes, from the key to the file and back.

use mctui::emulator::Dialect;
use ratatui::style::Color;

use super::runner::{Runner, desk};

/// The ground of a cell in the middle of the screen.
fn ground(client: &Runner) -> Color {
    client.session.terminal().backend().buffer()[(50, 15)].bg
}

/// Turns until the screen stands on this ground.
async fn wait_for_ground(client: &mut Runner, wanted: Color) {
    let turning = async {
        while ground(client) != wanted {
            client.session.turn().await.unwrap();
        }
    };
    let turned = tokio::time::timeout(std::time::Duration::from_secs(30), turning).await;
    assert!(turned.is_ok(), "waited in vain for {wanted:?}:\n{}", client.screen());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_theme_is_chosen_seen_written_and_there_the_next_time() {
    let rig = desk(Dialect::v4()).await;
    let config = rig.home.path().join("config");
    std::fs::create_dir_all(config.join("themes")).unwrap();
    std::fs::write(config.join("themes/zebra.toml"), "name = \"Zebra\"\n[roles]\nscreen = \"white on #010203\"")
        .unwrap();
    let mut client = Runner::start(&rig, &Dialect::v4()).await;
    client.synced().await;
    client.press("f6");
    // read from the folder while the window is open
    client.wait_for_content("Zebra").await;
    client.press("G");
    wait_for_ground(&mut client, Color::Rgb(1, 2, 3)).await;
    client.press("esc");
    wait_for_ground(&mut client, Color::Reset).await;
    assert!(!client.screen().contains("Zebra"));
    for key in ["f6", "G", "enter"] {
        client.press(key);
    }
    let file = config.join("config.toml");
    let written = || std::fs::read_to_string(&file).unwrap_or_default();
    client.wait("it in the file", |_| written().contains("theme = \"zebra\"")).await;
    assert_eq!(ground(&client), Color::Rgb(1, 2, 3), "and worn");
    assert!(!client.screen().contains("Zebra"), "the window is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_theme_is_told_with_its_line() {
    let rig = desk(Dialect::v4()).await;
    let themes = rig.home.path().join("config/themes");
    std::fs::create_dir_all(&themes).unwrap();
    std::fs::write(themes.join("typo.toml"), "[roles]\n\nwarn = \"bold crimsn\"").unwrap();
    let mut client = Runner::start(&rig, &Dialect::v4()).await;
    client.synced().await;
    client.press("f6");
    client.wait("the line", |screen| screen.contains("typo.toml, line 3: “crimsn” is no")).await;
}
