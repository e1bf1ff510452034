//! The command line: files, flags, terminal, exit code. What is judged is judged in the core.

mod args;
mod check;
mod error;
mod files;
mod pages;
mod progress;
mod terminal;

use args::{Cli, Command};
use clap::Parser;
use mimalloc::MiMalloc;
use std::process::ExitCode;

/// Judging makes and drops many small things: this takes a fifth less time than the allocator of most systems.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The work was done and nothing was found at or above the threshold.
const CLEAN: u8 = 0;
/// The work was done and something was found.
const FOUND: u8 = 1;
/// The work could not be done.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match &cli.command {
        Command::Check(check) => check::run(check, cli.color),
        Command::Explain { rule } => pages::explain(rule),
        Command::Rules { format } => pages::rules(*format),
    };
    match done {
        Ok(true) => ExitCode::from(CLEAN),
        Ok(false) => ExitCode::from(FOUND),
        Err(error) => {
            terminal::complain(&error.to_string(), cli.color);
            ExitCode::from(FAILED)
        }
    }
}
