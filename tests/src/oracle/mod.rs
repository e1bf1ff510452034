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
pub use inside::{Inside, fits_one_transaction};
pub use measure::{Facts, Failure, Mode, Prefix, Script, measure};
pub use pieces::pieces;
pub use server::Server;
pub use snapshot::{Difference, Kinds, Snapshot, differences, take};

/// A server that measures one plan after another, each as fast as it can be.
pub struct Oracle<'a> {
    server: &'a Server,
    inside: Inside<'a>,
}

impl<'a> Oracle<'a> {
    /// An oracle that asks this server.
    pub fn new(server: &'a Server) -> Result<Self, String> {
        Ok(Self { server, inside: Inside::new(server, Kinds::All)? })
    }

    /// Measures a plan: within one transaction where that makes no difference.
    pub fn measure(&mut self, baseline: &Script, forward: &Script, rollback: &Script) -> Result<Facts, String> {
        if fits_one_transaction(&[baseline, forward, rollback]) {
            let facts = self.inside.measure(baseline, forward, rollback)?;
            // The server fails in itself when it tries some statements again within one transaction.
            if !facts.has_internal_error() {
                return Ok(facts);
            }
        }
        measure(self.server, baseline, forward, rollback)
    }
}
