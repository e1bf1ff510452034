//! The command line: files, flags, terminal, exit code.
fn main() {}
