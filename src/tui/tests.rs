//! The whole loop without a terminal: keys in, state, effects and cells out.

mod bytes;
mod composing;
mod conversation;
mod moving;
mod news;
mod palette;
mod place;
mod properties;
mod rig;
mod setup;
mod snapshots;
