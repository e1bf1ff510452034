//! The error of a statement, in the server's words.

use super::history::Slot;
use crate::source::Span;

/// The error that a server would raise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its SQLSTATE.
    pub sqlstate: &'static str,
    /// Its message in the server's words.
    pub message: String,
    /// The server's DETAIL, as for 2BP01 the dependents.
    pub detail: Vec<String>,
    /// The object that it is about, by the kind and the name that differences between catalogs use.
    pub object: Option<(&'static str, String)>,
    /// The part of the statement that it is about, within the statement's text.
    pub span: Option<Span>,
    /// For 2BP01: what could not be dropped and what held it.
    pub blocked: Option<Box<Blocked>>,
}

/// A drop that dependents stand in the way of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// What was to be dropped.
    pub targets: Vec<Slot>,
    /// What depends on it.
    pub holders: Vec<Slot>,
}
