//! The screen. A key becomes an action, `update` turns it into a new state and [`message::Effect`]s, and `draw` paints
//! the state. Neither does I/O, reads a clock or knows a channel.

pub mod message;
mod widgets;
