//! The engine of backout: text in, report out.

pub mod catalog;
pub mod finding;
pub mod input;
pub mod layout;
pub mod lexer;
pub mod lower;
pub mod op;
pub mod plpgsql;
pub mod report;
pub mod rules;
pub mod runner;
pub mod sim;
pub mod source;
pub mod split;

mod check;

pub use check::{Checker, Share, check};
pub use input::{Input, Options, Shape};
pub use report::details::Teller;
