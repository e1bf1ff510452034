//! The engine for JavaScript: one module for the app's worker, the element and the npm package.
//!
//! Texts go in and out as JSON. Nothing here judges; workers, timers and pages are JavaScript's, in `js/`.

mod analyser;
mod choices;
mod provoke;

pub use analyser::{Analyser, sides};
pub use choices::{choices, rules};
pub use provoke::provoke;
