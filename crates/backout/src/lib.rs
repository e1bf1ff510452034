//! The engine of backout: text in, report out.

pub mod catalog;
pub mod layout;
pub mod lexer;
pub mod lower;
pub mod op;
pub mod runner;
pub mod sim;
pub mod source;
pub mod split;
