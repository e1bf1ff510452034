//! The engine for JavaScript: one crate for the app's worker, the npm package and the element.
//!
//! Nothing here judges; workers, timers and pages are JavaScript's, in `js/` and `npm/`. All take the same plain objects: the app
//! gives them to an [`Analyser`] that remembers, package and element to [`check`].

#[cfg(feature = "app")]
mod analyser;
#[cfg(any(feature = "package", feature = "element"))]
mod check;
#[cfg(any(feature = "app", feature = "package"))]
mod choices;
mod input;
#[cfg(feature = "app")]
mod provoke;
#[cfg(feature = "package")]
mod render;

#[cfg(feature = "app")]
pub use analyser::{Analyser, open, sides};
#[cfg(any(feature = "package", feature = "element"))]
pub use check::check;
#[cfg(any(feature = "app", feature = "package"))]
pub use choices::{choices, rules};
#[cfg(feature = "app")]
pub use provoke::provoke;
#[cfg(feature = "package")]
pub use render::render;

/// The server versions that the engine knows.
pub const VERSIONS: std::ops::RangeInclusive<u16> = 13..=18;
