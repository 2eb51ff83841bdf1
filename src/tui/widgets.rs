//! Pieces that know nothing of messages: text in cells, frames, wrapping, fields, an editor.

pub(crate) mod ascii;
pub(crate) mod canvas;
pub(crate) mod editor;
pub(crate) mod field;
pub(crate) mod fuzzy;
pub(crate) mod hang;
pub(crate) mod ink;
pub(crate) mod paint;
pub(crate) mod picture;
pub(crate) mod sheet;
pub(crate) mod wrap;
