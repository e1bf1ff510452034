//! What a real PostgreSQL does with a plan: a throwaway server, its catalogs as text, and the questions asked of it.
//!
//! Nothing here knows what backout answers; the tests hold the two against each other.

mod history;
mod inside;
mod measure;
mod pieces;
mod server;
mod snapshot;

pub use history::{History, Step};
pub use inside::Inside;
pub use measure::{Facts, Failure, Mode, Prefix, Script, measure};
pub use pieces::pieces;
pub use server::Server;
pub use snapshot::{Difference, Snapshot, differences, take};
