//! Set aside by a shell, and brought back.

use std::path::Path;

use portable_pty::CommandBuilder;

use crate::common::pty::Pty;
use crate::desk::{CTRL_Q, Desk, eventually, given_back};

const CTRL_Z: &str = "\x1a";

/// A shell with job control that runs the client in the foreground, and then what comes after `; `.
fn shell(desk: &Desk, after: &str) -> Pty {
    let mut command = CommandBuilder::new("sh");
    let client = "sh -c 'echo $$ > \"$MCTUI_HOME/pid\"; exec \"$0\"' \"$MCTUI\"";
    command.args(["-c", &format!("set -m; {client}; {after}")]);
    command.env_clear();
    for (name, value) in [
        ("PATH", std::env::var("PATH").unwrap().as_str()),
        ("TERM", "xterm-256color"),
        ("LANG", "C.UTF-8"),
        ("TZ", "UTC"),
        ("MCTUI", env!("CARGO_BIN_EXE_mctui")),
        ("MCTUI_HOME", desk.home.path().to_str().unwrap()),
    ] {
        command.env(name, value);
    }
    Pty::spawn(command, 24, 80)
}

/// Says that it was stopped, shows whether the terminal is as a shell wants it, and goes on after a line is typed.
const STOPPED: &str =
    "echo \"stopped: $?\"; stty -a | grep -q ' icanon' && echo cooked; read line; fg; echo \"over: $?\"";

fn send(signal: &str, home: &Path) {
    let id = std::fs::read_to_string(home.join("pid")).unwrap();
    assert!(std::process::Command::new("kill").args(["-s", signal, id.trim()]).status().unwrap().success());
}

fn goes_on(desk: &Desk, mut pty: Pty) {
    pty.wait("the shell", |screen| screen.contains("stopped: ") && screen.contains("cooked"));
    assert!(given_back(&pty), "{}", pty.screen());
    let painted = pty.count("appointment");
    pty.keys("\r");
    pty.wait_for_bytes("appointment", painted + 1);
    let screen = pty.wait("the whole screen", |screen| screen.contains("Threads") && screen.contains("F1 help"));
    assert!(!screen.contains("stopped"), "{screen}");
    assert!(pty.look(vt100::Screen::alternate_screen) && pty.look(vt100::Screen::bracketed_paste));
    // it hears, and it looks for what is new
    desk.receive(47, "Are you back?");
    pty.keys("\x12");
    pty.wait_for("Are you back?");
    pty.keys(CTRL_Q);
    pty.wait_for("over: 0");
    assert!(given_back(&pty));
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_z_leaves_the_terminal_and_fg_comes_back() {
    let desk = Desk::new().await;
    let mut pty = shell(&desk, STOPPED);
    pty.wait_for("appointment");
    pty.keys(CTRL_Z);
    goes_on(&desk, pty);
}

#[tokio::test(flavor = "multi_thread")]
async fn so_does_a_signal_from_elsewhere() {
    let desk = Desk::new().await;
    let pty = shell(&desk, STOPPED);
    pty.wait_for("appointment");
    send("TSTP", desk.home.path());
    goes_on(&desk, pty);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_told_to_end_while_set_aside_does_when_it_goes_on() {
    let desk = Desk::new().await;
    let mut pty = shell(&desk, STOPPED);
    pty.wait_for("appointment");
    pty.keys(CTRL_Z);
    pty.wait_for("cooked");
    send("TERM", desk.home.path());
    pty.keys("\r");
    pty.wait_for("over: 0");
    assert!(given_back(&pty));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_shell_to_come_back_from_it_goes_on() {
    let desk = Desk::new().await;
    // the client leads its session: as in a terminal that runs nothing else
    let mut client = desk.open(24, 80);
    client.wait_for("appointment");
    client.keys(CTRL_Z);
    client.wait_for("There is no shell here");
    client.signal("TSTP");
    client.keys("j");
    desk.receive(47, "Are you there?");
    client.keys("\x12");
    client.wait_for("Are you there?");
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_without_warning_it_takes_the_terminal_anew() {
    let desk = Desk::new().await;
    let client = desk.open(24, 80);
    client.wait_for("appointment");
    client.signal("STOP");
    client.signal("CONT");
    // leaves the alternate screen and enters it again, and paints all of it
    client.wait_for_bytes("\x1b[?1049h", 2);
    client.wait("the whole screen", |screen| screen.contains("Threads") && screen.contains("appointment"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_gives_the_terminal_back() {
    let desk = Desk::new().await;
    for signal in ["INT", "QUIT"] {
        let mut client = desk.open(24, 80);
        client.wait_for("appointment");
        client.signal(signal);
        assert!(client.ended().success(), "{signal}");
        eventually("the terminal", || given_back(&client));
    }
}
