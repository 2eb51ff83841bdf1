//! The emulator over real HTTP: what it promises to tests, demo and benches.

#[path = "emulator/client.rs"]
mod client;
#[path = "emulator/credentials.rs"]
mod credentials;
#[path = "emulator/faults.rs"]
mod faults;
#[path = "emulator/history.rs"]
mod history;
#[path = "emulator/sending.rs"]
mod sending;
#[path = "emulator/v4.rs"]
mod v4;
