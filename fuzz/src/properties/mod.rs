//! What must hold for any bytes whatever: shared by `tests/fuzz.rs`, which makes the bytes up, and by the targets of
//! libFuzzer, which learns them.

mod make;
pub mod phone;
pub mod settings;
mod shapes;
pub mod text;
pub mod wire;
