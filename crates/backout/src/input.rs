//! What a check is asked about: texts, which of them is what, and the settings.

use crate::layout::{self, Layout, Plan};
use crate::report::details::Teller;
use crate::runner::Runner;
use crate::source::Source;

/// Everything that a check needs.
#[derive(Clone, Debug)]
pub struct Input {
    /// The texts, the baseline excepted.
    pub sources: Vec<Source>,
    /// What the texts are.
    pub shape: Shape,
    /// The schema before the first forward.
    pub baseline: Option<Source>,
    /// The settings.
    pub options: Options,
}

/// What the texts of an input are.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Two scripts, given as a pair: indices into [`Input::sources`].
    Pair {
        /// The script that changes the schema.
        forward: Option<usize>,
        /// The script that takes the change back.
        rollback: Option<usize>,
    },
    /// Texts in which a layout finds the migrations.
    Plan {
        /// The layout, when it was stated.
        layout: Option<Layout>,
        /// Finds them. It stands here so that a program which only knows pairs has no layouts in it.
        read: fn(&[Source], Option<Layout>) -> Plan,
    },
}

/// The settings.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// What executes the scripts, when it was stated.
    pub runner: Option<Runner>,
    /// The server's major version, 13 to 18.
    pub server_version: u16,
    /// Idempotency and atomicity decide the verdict too.
    pub strict: bool,
    /// What the forward makes with `IF NOT EXISTS` is new.
    pub assume_new: bool,
    /// The report tells what each statement does, for the pictures.
    pub details: Option<Teller>,
}

impl Default for Options {
    fn default() -> Self {
        Self { runner: None, server_version: 17, strict: false, assume_new: false, details: None }
    }
}

impl Input {
    /// A pair of scripts.
    pub fn pair(forward: Option<Source>, rollback: Option<Source>, baseline: Option<Source>, options: Options) -> Self {
        let shape =
            Shape::Pair { forward: forward.is_some().then_some(0), rollback: rollback.is_some().then_some(usize::from(forward.is_some())) };
        Self { sources: forward.into_iter().chain(rollback).collect(), shape, baseline, options }
    }

    /// One text that holds both directions, whatever it is called: see [`layout::pasted`].
    pub fn text(source: Source, layout: Option<Layout>, baseline: Option<Source>, options: Options) -> Self {
        Self { sources: vec![source], shape: Shape::Plan { layout, read: layout::text }, baseline, options }
    }

    /// The files of a folder.
    pub fn folder(sources: Vec<Source>, layout: Option<Layout>, baseline: Option<Source>, options: Options) -> Self {
        Self { sources, shape: Shape::Plan { layout, read: layout::plan }, baseline, options }
    }
}
