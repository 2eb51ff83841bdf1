//! `mctui` alone: the full-screen client.

use std::io::IsTerminal;

use super::{Color, Exit, Failure, Scene};
use crate::config::Environment;
use crate::config::theme::Depth;
use crate::store::Store;
use crate::sync::Context;
use crate::tui::{self, Appearance, Ended, Stage};

pub(super) async fn execute(scene: Scene) -> Result<Exit, Failure> {
    // who looks at the demo from the welcome comes back to it
    loop {
        match Box::pin(show(&scene)).await? {
            Ended::Quit | Ended::Ordered => return Ok(Exit::Done),
            Ended::StartDemo => {
                if Box::pin(super::demo::Demo::default().show(&scene)).await? == Ended::Ordered {
                    return Ok(Exit::Done);
                }
            }
        }
    }
}

async fn show(scene: &Scene) -> Result<Ended, Failure> {
    need_terminal(scene)?;
    let stage = Stage {
        config: scene.config()?,
        places: scene.places.clone(),
        environment: scene.environment.clone(),
        appearance: appearance(scene),
        demo: false,
    };
    run(stage).await
}

/// Shows the client on the cache that lies in its places.
pub(super) async fn run(stage: Stage) -> Result<Ended, Failure> {
    let (config, places) = (stage.config.clone(), stage.places.clone());
    let open = async move |attendant| {
        let store = Store::open_attended(&places.cache_file(), attendant).await?;
        Ok(Context::new(store, config, &places).await?)
    };
    Box::pin(tui::run(stage, open)).await
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
    let depth = depth(scene.global.color, &scene.environment);
    let plain = scene.global.plain || scene.environment.plain;
    Appearance { depth, ascii: !scene.environment.utf8, plain }
}

/// How many colours are to be used: what a person says, then `NO_COLOR`, then what the terminal has.
fn depth(wanted: Color, environment: &Environment) -> Depth {
    match (wanted, environment.depth) {
        // whoever insists has at least the sixteen
        (Color::Always, Depth::None) => Depth::Sixteen,
        (Color::Always, depth) => depth,
        (Color::Never, _) => Depth::None,
        (Color::Auto, _) if environment.no_color => Depth::None,
        (Color::Auto, depth) => depth,
    }
}

/// Waits for Ctrl-C, SIGTERM or SIGHUP.
pub(super) async fn ended_by_signal() {
    tui::signals::end_wanted(true).await;
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use rstest::rstest;

    use super::*;
    use crate::cli::Cli;

    #[rstest]
    #[case(Color::Auto, false, Depth::Indexed, Depth::Indexed)]
    #[case(Color::Auto, true, Depth::True, Depth::None)]
    #[case(Color::Always, true, Depth::True, Depth::True)]
    #[case(Color::Always, false, Depth::None, Depth::Sixteen)]
    #[case(Color::Never, false, Depth::True, Depth::None)]
    fn colours(#[case] wanted: Color, #[case] no_color: bool, #[case] has: Depth, #[case] uses: Depth) {
        let environment = Environment { no_color, depth: has, ..Environment::default() };
        assert_eq!(depth(wanted, &environment), uses);
    }

    #[rstest]
    #[case(&["mctui", "--plain"])]
    #[case(&["mctui", "demo", "--plain"])]
    fn plain_is_said_before_or_after_the_command(#[case] said: &[&str]) {
        assert!(Cli::try_parse_from(said).unwrap().global().plain);
    }
}
