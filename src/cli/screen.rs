//! `mctui` alone: the full-screen client.

use std::io::IsTerminal;

use super::{Color, Exit, Failure, Scene};
use crate::store::Store;
use crate::sync::Context;
use crate::tui::{self, Appearance, Ended, Stage};

pub(super) async fn execute(scene: Scene) -> Result<Exit, Failure> {
    need_terminal(&scene)?;
    let config = scene.config()?;
    let store = Store::open(&scene.places.cache_file()).await?;
    let context = Context::new(store, config, &scene.places).await?;
    let stage = Stage {
        context,
        places: scene.places.clone(),
        environment: scene.environment.clone(),
        appearance: appearance(&scene),
        demo: false,
    };
    match tui::run(stage).await? {
        Ended::Quit => Ok(Exit::Done),
        Ended::StartDemo => super::demo::Demo::default().execute(scene).await,
    }
}

/// A client without a terminal can neither show nor be typed at.
pub(super) fn need_terminal(scene: &Scene) -> Result<(), Failure> {
    if scene.output.is_json() {
        return Err(Failure::usage("--json goes with a command, such as `mctui threads --json`"));
    }
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Usage,
        "the client needs a terminal, and standard input or output is none",
        "for scripts there are `mctui threads`, `messages`, `send` and `sync`, with --json",
    ))
}

/// How the screen may look here.
pub(super) fn appearance(scene: &Scene) -> Appearance {
    let color = match scene.global.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => !scene.environment.no_color,
    };
    Appearance { color, ascii: !scene.environment.utf8 }
}

/// Waits for Ctrl-C, SIGTERM or SIGHUP.
pub(super) async fn ended_by_signal() {
    tui::signals::end_wanted(true).await;
}
