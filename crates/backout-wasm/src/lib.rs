//! The engine for JavaScript: one crate for the app's worker, the npm package and the element.
//!
//! Nothing here judges; workers, timers and pages are JavaScript's, in `js/` and `npm/`. The app asks an [`Analyser`] that
//! remembers, in JSON; package and element call [`check`] with plain objects.

#[cfg(feature = "app")]
mod analyser;
#[cfg(any(feature = "package", feature = "element"))]
mod check;
#[cfg(any(feature = "app", feature = "package"))]
mod choices;
#[cfg(any(feature = "package", feature = "element"))]
mod input;
#[cfg(feature = "app")]
mod provoke;
#[cfg(feature = "package")]
mod render;

#[cfg(feature = "app")]
pub use analyser::{Analyser, sides};
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
