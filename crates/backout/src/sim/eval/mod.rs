//! Expressions and queries → values, as far as the catalog decides them.
//!
//! What a script asks of `pg_class` or `information_schema` has an answer here; what it asks of its own tables' rows
//! has none. Logic is that of SQL with a fourth value: *unknown*, which carries the reason and is never guessed away.
//! Nothing here changes anything, and nothing here knows the catalog but through [`System`].

mod function;
mod pattern;
mod query;
mod scalar;
mod value;

pub use scalar::number_value;
pub use value::{DATABASE, HOLE, Reg, Truth, USER, Value, Why, array_literal, compare, float, is_date, is_moment};

use crate::op::{Call, Expr, Name, ObjectName, Query};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// An error that an evaluation raises. Boxed: every value is handed up beside one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised(Box<RaisedError>);

/// What an error says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RaisedError {
    /// Its SQLSTATE.
    pub sqlstate: Name,
    /// Its message.
    pub message: String,
}

impl Raised {
    /// An error with SQLSTATE and message.
    pub fn new(sqlstate: &str, message: impl Into<String>) -> Self {
        Self(Box::new(RaisedError { sqlstate: sqlstate.into(), message: message.into() }))
    }
}

impl Deref for Raised {
    type Target = RaisedError;

    fn deref(&self) -> &RaisedError {
        &self.0
    }
}

impl DerefMut for Raised {
    fn deref_mut(&mut self) -> &mut RaisedError {
        &mut self.0
    }
}

/// The result of everything that may raise an error.
pub type Evaluated<T> = Result<T, Raised>;

/// What a relation holds.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// Its columns; none when not even they are known.
    pub columns: Option<Arc<[Name]>>,
    /// The rows that are known, and why one may not be there after all.
    pub rows: Vec<(Vec<Value>, Option<Why>)>,
    /// Why there may be more rows.
    pub open: Option<Why>,
}

/// What `'text'::regclass` finds.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// An object.
    Oid(i64),
    /// Nothing: the error that the cast raises.
    Missing(Raised),
    /// It cannot be told.
    Unknown(Why),
}

/// The catalog, as queries see it.
pub trait System {
    /// The rows of a relation; all that fit the equalities, and possibly others.
    fn scan(&self, relation: &ObjectName, equal: &[(Name, Value)]) -> Scan;
    /// The object of a name.
    fn object(&self, kind: Reg, text: &str) -> Found;
    /// The name of an object, as its `reg…` type prints it.
    fn print(&self, kind: Reg, oid: i64) -> Option<String>;
    /// `format_type(type, modifier)`
    fn format_type(&self, oid: i64, modifier: Option<i32>) -> Option<String> {
        if modifier.is_some_and(|modifier| modifier >= 0) { None } else { self.print(Reg::Type, oid) }
    }
    /// `current_setting(name)`, where the text decides it.
    fn setting(&self, name: &str) -> Option<String>;
    /// The server's major version.
    fn version(&self) -> u16;
    /// The schemas of the search path that exist, in order.
    fn search_path(&self) -> Vec<Name>;
}

/// Where an evaluation takes place.
pub trait Host {
    /// The catalog.
    fn system(&self) -> &dyn System;
    /// A variable by its name as written, fields included.
    fn variable(&self, parts: &[Name]) -> Option<Value>;
    /// `$1` and its like.
    fn param(&self, number: u32) -> Option<Value>;
    /// Calls a function that we do not know; none when nothing is known of it.
    fn call(&mut self, call: &Call, args: &[Value]) -> Evaluated<Option<Value>>;
}

/// Rows, as a query gives them.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// The columns' names.
    pub columns: Vec<Name>,
    /// The rows, and why one may not be there after all.
    pub rows: Vec<(Vec<Value>, Option<Why>)>,
    /// Why there may be more rows, or others.
    pub open: Option<Why>,
}

impl Rows {
    /// Nothing is known but why.
    pub fn unknown(why: Why) -> Self {
        Self { columns: Vec::new(), rows: Vec::new(), open: Some(why) }
    }

    /// Whether the query gives exactly these rows.
    pub fn doubt(&self) -> Option<Why> {
        self.rows.iter().filter_map(|(_, doubt)| *doubt).max().max(self.open)
    }
}

/// How much one evaluation may do.
const STEPS: u32 = 400_000;
/// How deep expressions and queries may be.
const DEPTH: u16 = 120;

/// The value of an expression.
pub fn expression(host: &mut dyn Host, expr: &Expr) -> Evaluated<Value> {
    Evaluator::new(host).expr(expr)
}

/// What subqueries gave that read nothing but the catalog, by where they stand in an expression.
pub type Settled = Vec<(usize, Rows)>;

/// The value of an expression for one row of many: what its subqueries give is kept from row to row where it is the same.
pub fn for_row(host: &mut dyn Host, expr: &Expr, settled: &mut Settled) -> Evaluated<Value> {
    let mut evaluator = Evaluator::new(host);
    evaluator.settled = Some(settled);
    evaluator.expr(expr)
}

/// A value as a variable of this type holds it.
pub fn cast(host: &mut dyn Host, value: Value, ty: &crate::op::TypeName) -> Evaluated<Value> {
    Evaluator::new(host).cast(value, ty)
}

/// What is true of a value's text, objects by their names.
pub fn print(host: &mut dyn Host, value: &Value) -> Result<Option<String>, Why> {
    Evaluator::new(host).print(value)
}

/// The rows of a query.
pub fn rows(host: &mut dyn Host, query: &Query) -> Evaluated<Rows> {
    Evaluator::new(host).query(query)
}

/// One relation's part of a row.
#[derive(Clone, Debug)]
struct Part {
    alias: Name,
    columns: Option<Arc<[Name]>>,
    values: Arc<[Value]>,
}

/// A row of a FROM clause.
#[derive(Clone, Debug, Default)]
struct Row {
    parts: Vec<Part>,
    doubt: Option<Why>,
}

/// A row in whose light expressions are read; with its group where aggregates stand.
#[derive(Clone, Debug)]
struct Frame {
    row: Row,
    group: Option<Arc<Group>>,
}

/// Rows that aggregates go over.
#[derive(Clone, Debug)]
struct Group {
    rows: Vec<Row>,
    open: Option<Why>,
}

struct Evaluator<'a> {
    host: &'a mut dyn Host,
    frames: Vec<Frame>,
    ctes: Vec<(Name, Arc<Rows>)>,
    settled: Option<&'a mut Settled>,
    /// Whether the host was asked for more than the catalog.
    asked: bool,
    steps: u32,
    depth: u16,
}

impl<'a> Evaluator<'a> {
    fn new(host: &'a mut dyn Host) -> Self {
        Self { host, frames: Vec::new(), ctes: Vec::new(), settled: None, asked: false, steps: STEPS, depth: 0 }
    }

    /// Counts one step; false when there have been too many.
    fn step(&mut self) -> bool {
        match self.steps.checked_sub(1) {
            Some(left) => {
                self.steps = left;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests;
