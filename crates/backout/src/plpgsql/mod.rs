//! PL/pgSQL text → a small program of conditions, assignments and statements.
//!
//! [`parse`] reads a body as the server does when it makes a function or runs a `DO`: what it refuses, and with which
//! words. The expressions and SQL statements within are kept as ranges of the body; a [`Parsed`] lists them, and the
//! types of declarations, in the order in which the server looks at them, so that the caller can do the same.
//! Nothing here knows SQL's grammar or a catalog, and nothing runs a program.

mod ast;
mod condition;
mod cursor;
mod declare;
mod loops;
mod parser;
mod raise;
mod scan;
mod statement;

pub use ast::*;
pub use condition::{code, code_catches, condition_catches, condition_codes};

use crate::op::{Expr, Name, TypeName};
use crate::source::Span;

/// Blocks, loops and conditions within each other beyond this depth are not read.
pub const MAX_DEPTH: usize = 100;

/// What a body is the body of.
#[derive(Clone, Debug)]
pub struct Context {
    /// The server's major version.
    pub version: u16,
    /// The function's own name, by which its arguments can be qualified; none for `DO`.
    pub name: Option<Name>,
    /// The arguments in order, OUT and TABLE ones included.
    pub args: Vec<Arg>,
    /// What it returns.
    pub returns: Returns,
}

impl Context {
    /// The body of a `DO`.
    pub fn inline(version: u16) -> Self {
        Self { version, name: None, args: Vec::new(), returns: Returns::Void }
    }
}

/// An argument of the routine whose body is read.
#[derive(Clone, Debug)]
pub struct Arg {
    /// Its name.
    pub name: Option<Name>,
    /// What may be done with it.
    pub shape: Shape,
    /// What a value that is given for it is cast to, where that is one of the server's types.
    pub ty: Option<TypeName>,
    /// It is an array of all values that are given from here on.
    pub variadic: bool,
    /// It is no input: `OUT`, or a column of `RETURNS TABLE`.
    pub output: bool,
    /// `DEFAULT`.
    pub default: Option<Expr>,
}

/// Whether a variable has fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// No.
    Scalar,
    /// Yes: `record`, `%ROWTYPE`, `NEW`.
    Record,
    /// A cursor variable, bound to a query or not.
    Cursor {
        /// Bound.
        bound: bool,
    },
    /// Its type is not ours to know.
    Unknown,
}

impl Shape {
    /// The shape of a variable of a type with this catalog name (`int4`, `text`, …) in no schema or `pg_catalog`.
    pub fn of_type(name: &str, array: bool) -> Self {
        match name {
            _ if array => Shape::Scalar,
            "record" => Shape::Record,
            "refcursor" => Shape::Cursor { bound: false },
            _ if scan::is_scalar_type(name) => Shape::Scalar,
            _ => Shape::Unknown,
        }
    }
}

/// What a routine returns, as far as its body must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returns {
    /// `RETURNS void`, `DO`.
    Void,
    /// A procedure; true when it has OUT arguments.
    Procedure(bool),
    /// One value.
    Value,
    /// One row or value through OUT arguments.
    Out,
    /// `RETURNS SETOF`, `RETURNS TABLE`; true when through OUT arguments or columns of TABLE.
    Set(bool),
    /// `RETURNS trigger`.
    Trigger,
    /// `RETURNS event_trigger`.
    EventTrigger,
}

/// What was read.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The program, or the first thing that the server refuses in it.
    pub outcome: Result<Block, PlError>,
    /// What the server looks at besides, in its order, up to the error if there is one.
    pub checks: Vec<Check>,
}

impl Parsed {
    /// The SQL within, in order.
    pub fn fragments(&self) -> impl Iterator<Item = Fragment> + '_ {
        self.checks.iter().filter_map(|check| if let Check::Fragment(fragment) = check { Some(*fragment) } else { None })
    }

    /// The types of declarations, in order.
    pub fn types(&self) -> impl Iterator<Item = &DataType> {
        self.checks.iter().filter_map(|check| if let Check::Type(ty) = check { Some(ty) } else { None })
    }
}

/// Something within a body that is not for PL/pgSQL's own grammar to judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// The grammar must accept this text (42601).
    Fragment(Fragment),
    /// This type, table or column must exist (42704, 42P01, 42703; a `Column` before version 17 is 42601 when it does not).
    Type(DataType),
    /// This collation must exist (42704).
    Collation(Span),
}

/// What the server says of a body that it refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlError {
    /// Mostly 42601; 42704, 42804, 22004, 22005 where the compiler says so.
    pub sqlstate: &'static str,
    /// As the server words it.
    pub message: String,
    /// The offending token.
    pub span: Span,
    /// True when the body is beyond our bounds; the server may well accept it.
    pub limit: bool,
}

/// Reads a body.
///
/// ```
/// use backout::plpgsql::{Context, parse};
/// let parsed = parse("BEGIN x := 1; END", &Context::inline(17));
/// assert_eq!(parsed.outcome.unwrap_err().message, "\"x\" is not a known variable");
/// ```
pub fn parse(body: &str, context: &Context) -> Parsed {
    parser::Parser::new(body, context).run()
}

#[cfg(test)]
mod tests;
