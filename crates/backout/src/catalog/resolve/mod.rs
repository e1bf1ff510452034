//! What a type, a routine, an expression, a query or a row statement refers to: the server's parse analysis.
//!
//! Everything here is a method of [`Context`](super::context::Context) and changes nothing. A statement that names
//! what is not there *stops*; the simulation may presume the missing thing and ask again. Where the built-in tables
//! and the catalog do not settle a question, the answer is "accepted, type not known": an error is raised only when
//! every server would raise it.

mod call;
mod column;
mod expr;
mod forms;
mod from;
mod group;
mod input;
mod keys;
mod literal;
mod operator;
mod published;
mod query;
mod routine;
mod rows;
mod scope;
mod source;
mod types;

#[cfg(test)]
mod tests;

pub use expr::ExprPlace;
pub use input::{decimal, decimal_text, fitted, input, scaled};
pub use keys::{canonical, literal_value};
pub use literal::quoted;
pub use query::Shape;
pub use routine::{RoutineRef, TriggerFunction};
pub use rows::{Called, LiteralRows, RowUse};
pub use scope::{Columns, Scope, ScopeColumn, ScopeItem};
pub use types::{Verity, format_signature, format_type};
