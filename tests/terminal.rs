//! The real binary in a real pseudo-terminal: what only shows there.
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod common;

#[path = "terminal/children.rs"]
mod children;
#[path = "terminal/client.rs"]
mod client;
#[path = "terminal/desk.rs"]
mod desk;
#[path = "terminal/ending.rs"]
mod ending;
#[path = "terminal/input.rs"]
mod input;
#[path = "terminal/jobs.rs"]
mod jobs;
#[path = "terminal/news.rs"]
mod news;
#[path = "terminal/opening.rs"]
mod opening;
#[path = "terminal/outside.rs"]
mod outside;
#[path = "terminal/rescue.rs"]
mod rescue;
