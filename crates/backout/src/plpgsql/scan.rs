//! Tokens as PL/pgSQL sees them: its own keywords, and names that are variables.

use super::Shape;
use crate::op::Name;
use crate::source::Span;

/// Words that can never be names here.
const RESERVED: &[&str] = &[
    "all", "begin", "by", "case", "declare", "else", "end", "execute", "for", "foreach", "from", "if", "in", "into", "loop", "not", "null",
    "or", "strict", "then", "to", "using", "when", "while",
];

/// Words that are keywords where no variable has their name.
const UNRESERVED: &[&str] = &[
    "absolute",
    "alias",
    "and",
    "array",
    "assert",
    "backward",
    "call",
    "chain",
    "close",
    "collate",
    "column",
    "column_name",
    "commit",
    "constant",
    "constraint",
    "constraint_name",
    "continue",
    "current",
    "cursor",
    "datatype",
    "debug",
    "default",
    "detail",
    "diagnostics",
    "do",
    "dump",
    "elseif",
    "elsif",
    "errcode",
    "error",
    "exception",
    "exit",
    "fetch",
    "first",
    "forward",
    "get",
    "hint",
    "import",
    "info",
    "insert",
    "is",
    "last",
    "log",
    "merge",
    "message",
    "message_text",
    "move",
    "next",
    "no",
    "notice",
    "open",
    "option",
    "perform",
    "pg_context",
    "pg_datatype_name",
    "pg_exception_context",
    "pg_exception_detail",
    "pg_exception_hint",
    "pg_routine_oid",
    "print_strict_params",
    "prior",
    "query",
    "raise",
    "relative",
    "return",
    "returned_sqlstate",
    "reverse",
    "rollback",
    "row_count",
    "rowtype",
    "schema",
    "schema_name",
    "scroll",
    "slice",
    "sqlstate",
    "stacked",
    "table",
    "table_name",
    "type",
    "use_column",
    "use_variable",
    "variable_conflict",
    "warning",
];

/// Types without fields, by the name that the catalog or SQL gives them.
const SCALARS: &[&str] = &[
    "anyarray",
    "anyelement",
    "bigint",
    "bigserial",
    "bit",
    "bool",
    "boolean",
    "bpchar",
    "bytea",
    "char",
    "character",
    "cidr",
    "date",
    "decimal",
    "double",
    "float",
    "float4",
    "float8",
    "inet",
    "int",
    "int2",
    "int4",
    "int8",
    "integer",
    "interval",
    "json",
    "jsonb",
    "macaddr",
    "money",
    "name",
    "numeric",
    "oid",
    "real",
    "regclass",
    "regproc",
    "regprocedure",
    "regtype",
    "serial",
    "smallint",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "tsquery",
    "tsvector",
    "uuid",
    "varbit",
    "varchar",
    "xml",
];

/// The reserved keyword that a folded word is.
pub(super) fn reserved(word: &str) -> Option<&'static str> {
    RESERVED.binary_search(&word).ok().and_then(|at| RESERVED.get(at).copied())
}

/// The unreserved keyword that a folded word is.
pub(super) fn unreserved(word: &str, version: u16) -> Option<&'static str> {
    let found = UNRESERVED.binary_search(&word).ok().and_then(|at| UNRESERVED.get(at).copied())?;
    match found {
        "merge" if version < 15 => None,
        "pg_routine_oid" if version < 16 => None,
        _ => Some(found),
    }
}

/// Whether a type of this name has no fields.
pub(super) fn is_scalar_type(name: &str) -> bool {
    SCALARS.binary_search(&name).is_ok()
}

/// What stands next.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tok {
    /// The end of the body.
    End,
    /// A reserved or unreserved keyword.
    Key(&'static str),
    /// A name that is no variable; `quoted` ones are never keywords.
    Word(Name, bool),
    /// A dotted name that is no variable.
    Dotted(Vec<Name>),
    /// A variable.
    Datum(Datum),
    /// A string constant.
    String,
    /// An integer.
    Integer,
    /// A symbol, as written.
    Symbol,
}

/// A variable, or a field of one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Datum {
    /// The name as written.
    pub names: Vec<Name>,
    /// Written with quotes.
    pub quoted: bool,
    /// What the whole of it is.
    pub shape: Shape,
    /// Whether it is a `CONSTANT`.
    pub constant: bool,
}

/// A token with its place and the index after it.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub tok: Tok,
    pub span: Span,
    pub next: usize,
}

/// What a name in scope is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub shape: Shape,
    pub constant: bool,
}

/// One level of names: the routine, a block, or a loop.
#[derive(Clone, Debug, Default)]
pub(super) struct Level {
    pub label: Option<Name>,
    pub is_loop: bool,
    items: Vec<(Name, Item)>,
}

/// The names in scope, innermost last.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    levels: Vec<Level>,
}

impl Scope {
    pub fn push(&mut self, label: Option<Name>, is_loop: bool) {
        self.levels.push(Level { label, is_loop, items: Vec::new() });
    }

    pub fn pop(&mut self) {
        self.levels.pop();
    }

    pub fn add(&mut self, name: Name, item: Item) {
        if let Some(level) = self.levels.last_mut() {
            level.items.push((name, item));
        }
    }

    /// Whether the innermost level has this name already.
    pub fn declares(&self, name: &str) -> bool {
        self.levels.last().is_some_and(|level| level.items.iter().any(|(other, _)| other == name))
    }

    /// What a name of one to three parts is, and how many of its parts it took.
    pub fn look_up(&self, names: &[Name]) -> Option<(Item, usize)> {
        let first = names.first()?;
        for level in self.levels.iter().rev() {
            // Later names hide earlier ones: parameters are known by number and by name.
            for (name, item) in level.items.iter().rev() {
                if name == first && (names.len() == 1 || !is_var(item.shape)) {
                    return Some((*item, 1));
                }
            }
            let second = names.get(1);
            if level.label.as_ref() == Some(first) && second.is_some() {
                for (name, item) in level.items.iter().rev() {
                    if Some(name) == second && (names.len() == 2 || !is_var(item.shape)) {
                        return Some((*item, 2));
                    }
                }
            }
        }
        None
    }

    /// The level with this label: whether it is a loop.
    pub fn label(&self, label: &str) -> Option<bool> {
        self.levels.iter().rev().find(|level| level.label.as_deref() == Some(label)).map(|level| level.is_loop)
    }

    pub fn in_loop(&self) -> bool {
        self.levels.iter().any(|level| level.is_loop)
    }
}

/// A variable that surely has no fields, so that a dotted name cannot begin with it.
fn is_var(shape: Shape) -> bool {
    matches!(shape, Shape::Scalar | Shape::Cursor { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_so_that_they_can_be_searched() {
        assert!(RESERVED.is_sorted() && UNRESERVED.is_sorted() && SCALARS.is_sorted());
    }
}
