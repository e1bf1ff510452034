//! Operations → run: what a server would do with the scripts of a migration, and the nine answers that follow.
//!
//! Nothing here parses text and nothing here words a finding.

pub mod eval;
pub mod judgement;

pub use judgement::*;
