//! The whole loop without a terminal: keys in, state, effects and cells out.

mod composing;
mod conversation;
mod moving;
mod news;
mod properties;
mod rig;
mod setup;
mod snapshots;
