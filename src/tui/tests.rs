//! The whole loop without a terminal: keys in, state, effects and cells out.

mod bytes;
mod composing;
mod conversation;
mod faces;
mod finding;
mod guides;
mod looking;
mod mouse;
mod moving;
mod narrowing;
mod news;
mod notice;
mod palette;
mod place;
mod plain;
mod preferences;
mod properties;
mod rig;
mod setup;
mod several;
mod snapshots;
mod talk;
mod themes;
mod widths;
mod work;
mod writing;
