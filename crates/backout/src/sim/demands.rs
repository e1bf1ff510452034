//! What a statement demands of all rows, held against those that are certainly there: a condition (23514), a value
//! (23502), a key of their own (23505) or of another table (23503), another type (22P02, 22001, 22003).
//!
//! A row is in the way only if its values are known and decide it; what cannot be told stays the risk that it is.

use super::eval::{self, Evaluated, Host, Raised, System, Truth, Why};
use super::memo::Done;
use super::rows::{plain, uniques};
use super::run::{Fate, Machine};
use super::system::View;
use super::{Failure, Side};
use crate::catalog::apply::Event;
use crate::catalog::context::{Context, Session, Stop, fail};
use crate::catalog::object::{
    Body, Column, ColumnNumber, Constraint, ConstraintKind, IndexKeyKind, ObjId, Object, RelKind, Relation, Ty, TyBase, Type,
};
use crate::catalog::resolve::{ExprPlace, canonical, format_type};
use crate::catalog::rows::{Row, RowId, Value};
use crate::catalog::template::Template;
use crate::catalog::{Class, Mark, Names, quote};
use crate::op::{AlterTable, Call, ColumnAction, Constant, Expr, Name, Op, TableAction};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

/// No more rows of a table than these are held against what is demanded.
const MOST_HELD: usize = 500;

/// A row as expressions read it, or the value that a domain's conditions are about.
struct Seen<'a> {
    machine: &'a Machine,
    view: View<'a>,
    row: Option<(&'a Relation, &'a Row)>,
    value: eval::Value,
    /// The expression may ask which of two values is less.
    orders: bool,
}

impl Host for Seen<'_> {
    fn system(&self) -> &dyn System {
        &self.view
    }

    fn variable(&self, parts: &[Name]) -> Option<eval::Value> {
        let name = parts.last()?;
        match self.row {
            Some((relation, row)) => {
                let column = relation.column(name)?;
                Some(self.machine.read(&column.ty, row.value(column.number), self.orders))
            }
            None => (name == "value").then(|| self.value.clone()),
        }
    }

    fn param(&self, _: u32) -> Option<eval::Value> {
        None
    }

    fn call(&mut self, _: &Call, _: &[eval::Value]) -> Evaluated<Option<eval::Value>> {
        Ok(None)
    }
}

/// A condition over the columns of a table, or over a domain's value.
struct Condition {
    expr: Expr,
    /// It may ask which of two values is less: only numbers and dates have one order everywhere.
    orders: bool,
}

/// A part of an index's key.
enum Part {
    Column(ColumnNumber),
    Of(Condition),
}

impl Machine {
    /// Why a statement cannot demand what it does of all rows: one that is certainly there does not fit.
    pub(super) fn check_rows(&mut self, op: &Op, done: &Done, side: Side, mark: Mark) -> Result<(), Failure> {
        if !matches!(done.fate, Fate::Done) {
            return Ok(());
        }
        if let Op::AlterTable(alter) = op {
            self.rewritten(alter, side, mark)?;
        }
        let joins = |(action, _): &(TableAction, _)| matches!(action, TableAction::AttachPartition { .. });
        if matches!(op, Op::CreateTable(create) if create.partition_of.is_some())
            || matches!(op, Op::AlterTable(alter) if alter.actions.iter().any(joins))
        {
            let changed: Vec<ObjId> = self.catalog.changed_since(mark).keys().copied().collect();
            for table in changed {
                let failure = self.outside_bounds(table);
                self.refused(table, failure, side)?;
            }
        }
        for event in &done.events {
            let Event::MayFail(object, what, _, table) = event else { continue };
            let failure = match self.catalog.get(*table).map(|object| &object.body) {
                Some(Body::Type(_)) => self.outside_domain(*table, *what == "set-not-null"),
                _ if !plain(&self.catalog, *table) || self.catalog.doubt_about(*table).is_some() => None,
                _ => match *what {
                    "set-not-null" => self.null_within(*table, object, op),
                    "unique" | "primary-key" => self.duplicate_within(*table),
                    "check" | "foreign-key" => self.against_constraint(*table, object),
                    _ => None,
                },
            };
            self.refused(*table, failure, side)?;
        }
        Ok(())
    }

    /// A table that was just made holds no row but those that are put there.
    pub(super) fn made_whole(&mut self, mark: Mark) {
        let made: Vec<ObjId> =
            self.catalog.changed_since(mark).into_iter().filter(|(_, changed)| changed.before.is_none()).map(|(id, _)| id).collect();
        for id in made {
            if plain(&self.catalog, id) {
                self.catalog.set_whole(id, true);
            }
        }
    }

    /// A forward of a history is trusted: it did run, whatever its rows say.
    fn refused(&mut self, table: ObjId, failure: Option<Failure>, side: Side) -> Result<(), Failure> {
        match failure {
            Some(_) if side == Side::Forward && self.trust_rows => {
                self.contradicted = true;
                self.catalog.forget_rows(table);
                Ok(())
            }
            Some(failure) => Err(failure),
            None => Ok(()),
        }
    }

    /// A row is NULL in the column; in a column that was just added every row is.
    fn null_within(&self, table: ObjId, column: &str, op: &Op) -> Option<Failure> {
        let full = |known: &Column| format!("{}.{}", self.catalog.qualified(table), quote(&known.name));
        let column = self.catalog.relation(table)?.live_columns().find(|known| full(known) == column)?;
        let adds = |action: &TableAction| matches!(action, TableAction::AddColumn { column: added, .. } if added.name == column.name);
        let added = matches!(op, Op::AlterTable(alter) if alter.actions.iter().any(|(action, _)| adds(action)));
        let misfit = |row: &Row| added || *row.value(column.number) == Value::Null;
        self.catalog.rows_of(table).any(|(_, row)| misfit(row)).then(|| {
            let relation = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
            fail("23502", format!("column \"{}\" of relation \"{relation}\" contains null values", column.name))
        })
    }

    /// Two rows have the same key.
    fn duplicate_within(&mut self, table: ObjId) -> Option<Failure> {
        let rows: Vec<RowId> = self.catalog.rows_of(table).map(|(id, _)| id).collect();
        for unique in uniques(&self.catalog, table) {
            for id in &rows {
                let Some(key) = self.catalog.row(table, *id).and_then(|row| row.key(&unique.columns)) else { continue };
                if self.catalog.rows_by_key(table, &unique.columns, &key).0.len() > 1 {
                    return Some(duplicate(&unique.name));
                }
            }
        }
        let of_table = self.catalog.dependents(table).iter();
        of_table.filter_map(|&id| self.catalog.get(id)).find(|object| self.has_twins(table, object)).map(|object| duplicate(&object.name))
    }

    /// Two rows have the same key in an index that is not of columns alone.
    fn has_twins(&self, table: ObjId, object: &Object) -> bool {
        let Body::Relation(Relation { kind: RelKind::Index(index), .. }) = &object.body else { return false };
        let plain = index.filter.is_none() && index.elements.iter().all(|element| matches!(element.key, IndexKeyKind::Column(_)));
        let Some(relation) = self.catalog.relation(table) else { return false };
        if index.table != table || !index.unique || plain && !index.nulls_not_distinct {
            return false;
        }
        let filter = index.filter.as_ref().map(|filter| self.condition(filter));
        let keys: Option<Vec<Part>> = index
            .elements
            .iter()
            .map(|element| match &element.key {
                IndexKeyKind::Column(column) => Some(Part::Column(*column)),
                IndexKeyKind::Expression(expr) => self.condition(expr).map(Part::Of),
            })
            .collect();
        let Some(keys) = keys else { return false };
        let value = |row: &Row, condition: &Condition| eval::expression(&mut self.seen(relation, row, condition.orders), &condition.expr);
        let key = |row: &Row| {
            let part = |part: &Part| match part {
                Part::Column(column) => match row.value(*column) {
                    Value::Known(text) => Some(Some(text.to_string())),
                    Value::Null => Some(None),
                    Value::Unknown => None,
                },
                Part::Of(condition) => value(row, condition).ok()?.print().ok(),
            };
            keys.iter().map(part).collect::<Option<Vec<Option<String>>>>().filter(|key| index.nulls_not_distinct || !key.contains(&None))
        };
        let held = |row: &Row| match &filter {
            None => true,
            Some(None) => false,
            Some(Some(filter)) => value(row, filter).is_ok_and(|value| value.truth() == Truth::Known(Some(true))),
        };
        let mut seen = BTreeSet::new();
        let rows = self.catalog.rows_of(table).take(MOST_HELD).map(|(_, row)| row);
        rows.filter(|row| held(row)).filter_map(|row| key(row)).any(|key| !seen.insert(key))
    }

    /// The constraint of this name does not hold for a row.
    fn against_constraint(&mut self, table: ObjId, object: &str) -> Option<Failure> {
        let id = self.catalog.members(Class::Constraint, table).find(|id| self.catalog.qualified(*id) == object)?;
        let relation = self.catalog.get(table)?.name.clone();
        let found = self.catalog.get(id)?;
        let Body::Constraint(constraint) = &found.body else { return None };
        if !constraint.enforced {
            return None;
        }
        match &constraint.kind {
            ConstraintKind::Check { expr, .. } => {
                let condition = self.condition(expr)?;
                let rows = self.catalog.rows_of(table).take(MOST_HELD);
                let message = || format!("check constraint \"{}\" of relation \"{relation}\" is violated by some row", found.name);
                rows.into_iter().any(|(_, row)| self.violates(table, row, &condition)).then(|| fail("23514", message()))
            }
            ConstraintKind::ForeignKey { .. } => {
                let message = format!("insert or update on table \"{relation}\" violates foreign key constraint \"{}\"", found.name);
                let constraint = constraint.clone();
                self.lacks_parent(table, &constraint).then(|| fail("23503", message))
            }
            _ => None,
        }
    }

    /// A row refers to one that certainly is not there: nothing else is in the other table but what the scripts put there.
    fn lacks_parent(&mut self, table: ObjId, constraint: &Constraint) -> bool {
        let ConstraintKind::ForeignKey { columns, table: parent, target, .. } = &constraint.kind else { return false };
        if target.len() != columns.len() || !self.catalog.is_whole(*parent) || !plain(&self.catalog, *parent) {
            return false;
        }
        let keys: Vec<Vec<Box<str>>> = self.catalog.rows_of(table).take(MOST_HELD).filter_map(|(_, row)| row.key(columns)).collect();
        let exact = target.iter().all(|&column| self.is_exact(*parent, column));
        exact
            && keys.iter().any(|key| {
                let (found, open) = self.catalog.rows_by_key(*parent, target, key);
                found.is_empty() && open.is_empty()
            })
    }

    /// Rows that were just inserted do not fit a condition of their table.
    pub(super) fn fits_checks(&self, table: ObjId, first: RowId) -> Result<(), Failure> {
        if self.catalog.rows_since(table, first).next().is_none() || self.catalog.doubt_about(table).is_some() {
            return Ok(());
        }
        for id in self.catalog.members(Class::Constraint, table) {
            let Some(object) = self.catalog.get(id).filter(|_| self.catalog.doubt_about(id).is_none()) else { continue };
            let Body::Constraint(Constraint { kind: ConstraintKind::Check { expr, .. }, enforced: true, .. }) = &object.body else {
                continue;
            };
            let Some(condition) = self.condition(expr) else { continue };
            if self.catalog.rows_since(table, first).take(MOST_HELD).any(|(_, row)| self.violates(table, row, &condition)) {
                let relation = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
                let message = format!("new row for relation \"{relation}\" violates check constraint \"{}\"", object.name);
                return Err(fail("23514", message));
            }
        }
        Ok(())
    }

    /// The certain rows that fit a condition, and those that may; none when there are too many to look at.
    pub(super) fn fitting(&self, table: ObjId, filter: &Expr) -> Option<(Vec<RowId>, Vec<RowId>)> {
        let relation = self.catalog.relation(table)?;
        let (mut hit, mut maybe) = (Vec::new(), Vec::new());
        let mut settled = Vec::new();
        for (at, (id, row)) in self.catalog.rows_of(table).enumerate() {
            if at == MOST_HELD {
                return None;
            }
            match eval::for_row(&mut self.seen(relation, row, true), filter, &mut settled).map(|value| value.truth()) {
                Ok(Truth::Known(Some(true))) => hit.push(id),
                Ok(Truth::Known(_)) => {}
                _ => maybe.push(id),
            }
        }
        Some((hit, maybe))
    }

    /// A value of a domain's columns does not fit what the domain now demands.
    fn outside_domain(&self, domain: ObjId, not_null: bool) -> Option<Failure> {
        let Body::Type(Type::Domain(body)) = &self.catalog.get(domain)?.body else { return None };
        let conditions: Vec<Condition> = self
            .catalog
            .members(Class::Constraint, domain)
            .filter_map(|id| match &self.catalog.get(id)?.body {
                Body::Constraint(Constraint { kind: ConstraintKind::Domain { expr }, validated: true, .. }) => self.condition(expr),
                _ => None,
            })
            .collect();
        for table in self.catalog.tables_with_rows().filter(|table| plain(&self.catalog, *table)) {
            let Some(relation) = self.catalog.relation(table) else { continue };
            for column in relation.live_columns().filter(|column| column.ty == Ty::user(domain)) {
                let misfit = |row: &Row, condition: &Condition| {
                    let value = self.read(&body.ty, row.value(column.number), condition.orders);
                    self.is_false(Seen { value, row: None, ..self.seen(relation, row, condition.orders) }, &condition.expr)
                };
                let mut rows = self.catalog.rows_of(table).take(MOST_HELD);
                let (sqlstate, what) = match not_null {
                    true if rows.any(|(_, row)| *row.value(column.number) == Value::Null) => ("23502", "null values"),
                    false if rows.any(|(_, row)| conditions.iter().any(|condition| misfit(row, condition))) => {
                        ("23514", "values that violate the new constraint")
                    }
                    _ => continue,
                };
                let name = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
                return Some(fail(sqlstate, format!("column \"{}\" of table \"{name}\" contains {what}", column.name)));
            }
        }
        None
    }

    /// What an ALTER TABLE makes of the values of rows: those of a new column, and those that become another type's.
    fn rewritten(&mut self, alter: &AlterTable, side: Side, mark: Mark) -> Result<(), Failure> {
        let changed: Vec<(ObjId, Relation)> = self
            .catalog
            .changed_since(mark)
            .into_iter()
            .filter(|(id, _)| self.catalog.rows_of(*id).next().is_some())
            .filter_map(|(id, changed)| match &changed.before?.body {
                Body::Relation(relation) => Some((id, relation.clone())),
                _ => None,
            })
            .collect();
        for (table, old) in changed {
            let Some(new) = self.catalog.relation(table).cloned() else { continue };
            for column in new.live_columns() {
                match old.column_at(column.number) {
                    None => {
                        let empty = column.default.is_none() && column.identity.is_none() && column.generated.is_none();
                        if empty && matches!(column.ty.base, TyBase::Builtin(_)) {
                            let rows: Vec<RowId> = self.catalog.rows_of(table).map(|(id, _)| id).take(MOST_HELD).collect();
                            for id in rows {
                                self.catalog.set_values(table, id, &[(column.number, Value::Null)]);
                            }
                        }
                    }
                    Some(before) if before.ty != column.ty => {
                        let failure = self.retyped(table, &old, before, column, using(alter, &column.name));
                        self.refused(table, failure, side)?;
                    }
                    Some(_) => {}
                }
            }
        }
        Ok(())
    }

    /// Brings the values of a column into its new type; the error is that of the first which does not fit.
    fn retyped(&mut self, table: ObjId, old: &Relation, before: &Column, column: &Column, using: Option<&Expr>) -> Option<Failure> {
        let rows: Vec<(RowId, Arc<Row>)> = self.catalog.rows_of(table).map(|(id, row)| (id, row.clone())).collect();
        if rows.len() > MOST_HELD {
            self.catalog.forget_rows(table);
            return None;
        }
        let doubtful = !plain(&self.catalog, table) || self.catalog.doubt_about(table).is_some();
        let mut values = Vec::with_capacity(rows.len());
        for (id, row) in rows {
            let value = match using {
                Some(expr) => eval::expression(&mut self.seen(old, &row, false), expr),
                None => Ok(self.read(&before.ty, row.value(before.number), false)),
            };
            let fits = value.and_then(|value| self.as_type(&value, &column.ty));
            values.push((
                id,
                match fits {
                    Ok(value) => value,
                    Err(_) if doubtful => Value::Unknown,
                    Err(raised) => return Some(fail(crate::plpgsql::code(&raised.sqlstate), raised.message.as_str())),
                },
            ));
        }
        for (id, value) in values {
            self.catalog.set_values(table, id, &[(column.number, value)]);
        }
        None
    }

    /// What a value is in a type, as far as it can be told.
    fn as_type(&self, value: &eval::Value, ty: &Ty) -> Evaluated<Value> {
        let text = match value.print() {
            Ok(Some(text)) => text,
            Ok(None) => return Ok(Value::Null),
            Err(_) => return Ok(Value::Unknown),
        };
        let doubts = RefCell::default();
        let session = Session::default();
        let context = Context { catalog: &self.catalog, session: &session, builtin: &self.builtin, doubts: &doubts };
        let plain = Ty { modifiers: Name::default(), ..context.without_domain(ty) };
        let constant = Expr::Constant(Constant::String(text.clone()));
        let raised = |failure: &Failure| Raised::new(failure.sqlstate, failure.message.as_str());
        match context.expr_alone(&constant, Some(&plain), ExprPlace::Statement) {
            Err(Stop::Fail(failure)) => return Err(raised(&failure)),
            Err(Stop::Missing(missing)) if missing.open.is_none() => return Err(raised(&missing.failure)),
            Err(_) => return Ok(Value::Unknown),
            Ok(_) if !doubts.borrow().is_empty() => return Ok(Value::Unknown),
            Ok(_) => {}
        }
        let bits = [("int2", 15, "smallint"), ("int4", 31, "integer"), ("int8", 63, "bigint")];
        if let Some((_, bits, name)) = bits.iter().find(|(name, ..)| plain.is(name)) {
            let limit = 1i128 << bits;
            return match text.trim().parse::<i128>() {
                Ok(number) if (-limit..limit).contains(&number) => Ok(Value::Known(number.to_string().into())),
                Ok(_) => Err(Raised::new("22003", format!("{name} out of range"))),
                Err(_) => Ok(Value::Unknown),
            };
        }
        if ty.is("varchar") && !ty.modifiers.is_empty() {
            let most: usize = ty.modifiers.trim().parse().unwrap_or(usize::MAX);
            if text.trim_end_matches(' ').chars().count() > most {
                return Err(Raised::new("22001", format!("value too long for type {}", format_type(ty, &self.catalog))));
            }
        }
        Ok(if ty == &plain && (ty.is("text") || ty.is("bool") || matches!(ty.base, TyBase::User(_))) || ty.is("varchar") {
            Value::Known(canonical(text, Some(ty)).into())
        } else {
            Value::Unknown
        })
    }

    fn condition(&self, template: &Template) -> Option<Condition> {
        let text = self.catalog.print(template);
        let expr = (self.functions.expression)(&text, self.catalog.version).ok()?;
        let upper = text.to_ascii_uppercase().replace("<>", "");
        Some(Condition { expr, orders: ["<", ">", "BETWEEN", "GREATEST", "LEAST"].iter().any(|word| upper.contains(word)) })
    }

    fn violates(&self, table: ObjId, row: &Row, condition: &Condition) -> bool {
        let Some(relation) = self.catalog.relation(table) else { return false };
        self.is_false(self.seen(relation, row, condition.orders), &condition.expr)
    }

    fn is_false(&self, mut seen: Seen<'_>, expr: &Expr) -> bool {
        eval::expression(&mut seen, expr).is_ok_and(|value| value.truth() == Truth::Known(Some(false)))
    }

    fn seen<'a>(&'a self, relation: &'a Relation, row: &'a Row, orders: bool) -> Seen<'a> {
        let view = View { catalog: &self.catalog, session: &self.resting, builtin: &self.builtin, assume_absent: false };
        Seen { machine: self, view, row: Some((relation, row)), value: eval::Value::Null, orders }
    }

    /// A known value as expressions read it, where text says all there is to say about it.
    fn read(&self, ty: &Ty, value: &Value, orders: bool) -> eval::Value {
        let unknown = eval::Value::Unknown(Why::Rows);
        let text = match value {
            Value::Known(text) => text.as_ref(),
            Value::Null => return eval::Value::Null,
            Value::Unknown => return unknown,
        };
        match &ty.base {
            _ if ty.array => unknown,
            TyBase::Builtin(name) => match name.as_str() {
                "int2" | "int4" | "int8" => text.parse().map_or(unknown, eval::Value::Int),
                "numeric" if ty.modifiers.is_empty() && text.parse::<f64>().is_ok() => eval::number_value(text),
                "bool" => eval::Value::Bool(text == "true"),
                "text" | "varchar" | "name" => eval::Value::text(text),
                "date" if eval::is_date(text) => eval::Value::text(text),
                _ => unknown,
            },
            TyBase::User(id) => match self.catalog.get(*id).map(|object| &object.body) {
                Some(Body::Type(Type::Enum(_))) if !orders => eval::Value::text(text),
                Some(Body::Type(Type::Domain(domain))) => self.read(&domain.ty, value, orders),
                _ => unknown,
            },
            TyBase::Open(_) => unknown,
        }
    }
}

fn duplicate(index: &str) -> Failure {
    fail("23505", format!("could not create unique index \"{index}\""))
}

/// The USING of a column's new type.
fn using<'a>(alter: &'a AlterTable, name: &str) -> Option<&'a Expr> {
    alter.actions.iter().find_map(|(action, _)| match action {
        TableAction::AlterColumn { name: column, action: ColumnAction::Type { using, .. }, .. } if column.name == name => using.as_ref(),
        _ => None,
    })
}
