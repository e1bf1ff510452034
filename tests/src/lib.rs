//! Helpers that the test binaries share: stories, and an oracle that asks a real server.

pub mod answers;
pub mod differential;
pub mod fuzz;
pub mod generate;
pub mod house;
pub mod laws;
pub mod oracle;
pub mod story;
