//! What is seen: one file per part of the page.

mod answers;
mod app;
mod choices;
mod editors;
mod examples;
mod findings;
mod header;
mod history;
mod notice;
mod pictures;
mod prose;
mod rules;
mod verdict;

pub use app::App;
