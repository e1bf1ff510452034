//! Statements that read or change rows.

use super::super::context::{Context, Outcome};
use super::super::object::{ColumnNumber, ObjId};
use crate::op::{Call, Op};

/// What a statement does to rows.
#[derive(Clone, Debug, Default)]
pub struct RowUse {
    /// Relations that it reads.
    pub reads: Vec<ObjId>,
    /// Relations that it changes.
    pub writes: Vec<ObjId>,
    /// Functions of the schema that it calls.
    pub calls: Vec<Called>,
    /// Rows with literal values that it inserts.
    pub inserted: Option<LiteralRows>,
    /// Rows with literal keys that it deletes.
    pub deleted: Option<LiteralRows>,
    /// Rows with literal keys that it updates.
    pub updated: Option<LiteralRows>,
    /// A DELETE, UPDATE or TRUNCATE without WHERE.
    pub unbounded: bool,
}

/// A call of a function or procedure of the schema.
#[derive(Clone, Debug)]
pub struct Called {
    /// The routine.
    pub routine: ObjId,
    /// The call as it was written.
    pub call: Box<Call>,
    /// Whether it is certainly called exactly once: at the top of a SELECT without FROM, or by CALL.
    pub once: bool,
}

/// Rows that are given by literals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiteralRows {
    /// The table.
    pub table: ObjId,
    /// The columns that are given.
    pub columns: Vec<ColumnNumber>,
    /// The rows, in the columns' order; none within a row is NULL.
    pub rows: Vec<Vec<Option<String>>>,
    /// `ON CONFLICT DO NOTHING|UPDATE`.
    pub on_conflict: bool,
}

impl Context<'_> {
    /// What a row statement does, after the checks of parse analysis.
    pub fn row_statement(&self, _op: &Op) -> Outcome<RowUse> {
        Ok(RowUse::default())
    }
}
