//! The error of a statement, in the server's words.

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
}
