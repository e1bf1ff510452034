//! A definition as text in which every reference to an object is kept as the object itself.
//!
//! The server stores expressions and queries as trees over object numbers and prints them with today's names. A
//! template does the same at the price of a few pieces: after a rename it prints the new name, and two definitions are
//! the same when they print the same.

use super::object::{ColumnNumber, ObjId, Ty};
use crate::op::Name;

/// Normalised text with references in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    /// The pieces in their order.
    pub pieces: Vec<Piece>,
    /// The type of the expression where it could be told.
    pub ty: Option<Ty>,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text that names nothing.
    Text(Name),
    /// A column, printed by its bare name.
    Column(ObjId, ColumnNumber),
    /// An object that is no column, printed by its qualified name.
    Object(ObjId),
    /// An object that it depends on and does not name.
    Needs(ObjId),
    /// What only the analysis of a query needs; no finished template has it.
    Mark(Mark),
}

/// A mark that the analysis of a query leaves between pieces. A level is that of the query a column comes from, 0 for the outermost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The next piece is a column of this item of that level's `FROM`.
    Column(u16, u16),
    /// An aggregate of this level begins, or what may be one.
    Aggregate(u16),
    /// It ends.
    End,
    /// The last piece is a literal that takes the type of its column in a `UNION` and its like.
    Untyped,
}

impl Template {
    /// A template of text alone.
    pub fn text(text: impl Into<Name>) -> Self {
        Self { pieces: vec![Piece::Text(text.into())], ty: None }
    }

    /// Adds text.
    pub fn push(&mut self, text: &str) {
        if !text.is_empty() {
            self.pieces.push(Piece::Text(text.into()));
        }
    }

    /// Adds another template's pieces.
    pub fn append(&mut self, other: &Template) {
        self.pieces.extend(other.pieces.iter().cloned());
    }

    /// Everything that it refers to; whole objects have column 0.
    pub fn references(&self) -> impl Iterator<Item = (ObjId, ColumnNumber)> + '_ {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(_) | Piece::Mark(_) => None,
            Piece::Column(id, column) => Some((*id, *column)),
            Piece::Object(id) | Piece::Needs(id) => Some((*id, 0)),
        })
    }
}
