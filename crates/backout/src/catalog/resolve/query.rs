//! Queries.

use super::super::context::{Context, Outcome};
use super::super::object::Ty;
use super::super::template::Template;
use super::scope::Scope;
use crate::op::{Name, Query};

/// What a query yields.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    /// Its columns with their types, where they can be told.
    pub columns: Vec<(Name, Option<Ty>)>,
    /// Its normalised text with all references.
    pub template: Template,
}

impl Context<'_> {
    /// A query with its references resolved, normalised.
    pub fn query(&self, query: &Query, _outer: Option<&Scope<'_>>) -> Outcome<Shape> {
        Ok(Shape { columns: Vec::new(), template: Template::text(format!("{query:?}")) })
    }
}
