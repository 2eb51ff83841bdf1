//! The screen. A key becomes an [`crate::config::keymap::Action`], [`update::update`] turns it into a new
//! [`state::State`] and [`message::Effect`]s, and [`draw::draw`] paints the state. Neither does I/O, reads a clock or
//! knows a channel.

pub mod draw;
mod layout;
pub mod message;
pub mod state;
#[cfg(test)]
mod tests;
pub mod update;
mod views;

mod widgets;
