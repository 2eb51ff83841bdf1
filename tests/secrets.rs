//! Secrets stay secret: in the file, on the wire, and in everything that the real binary leaves behind.

#![allow(clippy::unwrap_used)] // helpers of tests are tests, though they bear no `#[test]`

mod common;

#[path = "secrets/files.rs"]
mod files;
#[path = "secrets/hunt.rs"]
mod hunt;
#[path = "secrets/keys.rs"]
mod keys;
#[path = "secrets/leaks.rs"]
mod leaks;
#[path = "secrets/redirects.rs"]
mod redirects;
#[path = "secrets/service.rs"]
mod service;
#[path = "secrets/tls.rs"]
mod tls;

/// A home with a settings folder as the program itself makes it.
fn private_home() -> common::program::Program {
    let program = common::program::Program::bare();
    mctui::config::edit::create_private_dir(program.config_file().parent().unwrap()).unwrap();
    program
}
