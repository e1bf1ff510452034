//! The engine for JavaScript: one crate for the app's worker, the npm package and the element.
//!
//! Nothing here judges; workers, timers and pages are JavaScript's, in `js/` and `npm/`. The app asks an [`Analyser`] that
//! remembers, in JSON; package and element call [`check`] with plain objects.

#[cfg(feature = "full")]
mod analyser;
mod check;
#[cfg(feature = "full")]
mod choices;
mod input;
#[cfg(feature = "full")]
mod provoke;
#[cfg(feature = "full")]
mod render;

#[cfg(feature = "full")]
pub use analyser::{Analyser, sides};
pub use check::check;
#[cfg(feature = "full")]
pub use choices::{choices, rules};
#[cfg(feature = "full")]
pub use provoke::provoke;
#[cfg(feature = "full")]
pub use render::render;
