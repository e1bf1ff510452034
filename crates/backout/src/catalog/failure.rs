//! The error of a statement, in the server's words.

use crate::source::Span;
use std::ops::{Deref, DerefMut};

/// The error that a server would raise. Boxed: hundreds of places make one, and all hand it up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(Box<ServerError>);

/// What the server says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerError {
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

/// An error with SQLSTATE and message.
pub fn fail(sqlstate: &'static str, message: impl Into<String>) -> Failure {
    Failure(Box::new(ServerError { sqlstate, message: message.into(), detail: Vec::new(), object: None, span: None }))
}

impl Failure {
    /// Says which object the error is about, in the report's words.
    pub fn about(mut self, kind: &'static str, name: impl Into<String>) -> Self {
        self.object = Some((kind, name.into()));
        self
    }

    /// Says which part of the statement it is about.
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// With these lines of DETAIL.
    pub fn detailed(mut self, detail: Vec<String>) -> Self {
        self.detail = detail;
        self
    }
}

impl Deref for Failure {
    type Target = ServerError;

    fn deref(&self) -> &ServerError {
        &self.0
    }
}

impl DerefMut for Failure {
    fn deref_mut(&mut self) -> &mut ServerError {
        &mut self.0
    }
}
