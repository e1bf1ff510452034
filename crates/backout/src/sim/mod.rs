//! Operations → run: what a server would do with the scripts of a migration, and the nine answers that follow.
//!
//! Nothing here parses text and nothing here words a finding.

pub mod eval;
mod judge;
pub mod judgement;
<<<<<<< HEAD
mod presume;
mod run;
=======
pub mod program;
>>>>>>> 05a5c86 (Execute programs of PL/pgSQL as far as they are decided)

pub use judge::{Settings, Simulation, Task};
pub use judgement::*;
pub use run::Functions;
