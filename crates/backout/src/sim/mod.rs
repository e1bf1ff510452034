//! Operations → run: what a server would do with the scripts of a migration, and the nine answers that follow.
//!
//! Nothing here parses text and nothing here words a finding.

mod bodies;
mod catalogs;
mod data;
mod demands;
pub mod details;
mod embed;
pub mod eval;
mod judge;
pub mod judgement;
mod keys;
mod memo;
mod pending;
mod presume;
pub mod program;
mod routes;
mod rows;
mod run;
mod single;
mod system;
mod tail;
mod tell;
mod triggers;

pub use judge::{Settings, Simulation, Task};
pub use judgement::*;
pub use run::Functions;
pub use tell::Tell;
