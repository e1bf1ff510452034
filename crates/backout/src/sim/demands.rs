//! What a statement demands of all rows, held against those that are certainly there: a condition (23514), a value
//! (23502), a key of their own (23505) or of another table (23503), another type (22P02, 22001, 22003).
//!
//! A row is in the way only if its values are known and decide it; what cannot be told stays the risk that it is.

use super::eval::{self, Evaluated, Host, Raised, System, Truth, Why};
use super::keys::{Checks, uniques};
use super::memo::Done;
use super::rows::{assigned_in, plain, value_of};
use super::run::{Fate, Machine};
use super::system::View;
use super::triggers::fires;
use super::{Failure, Side};
use crate::catalog::apply::Event;
use crate::catalog::context::{Context, Session, Stop, fail};
use crate::catalog::object::{
    Body, Column, ColumnNumber, Constraint, ConstraintKind, IndexKeyKind, ObjId, Object, RelKind, Relation, Ty, TyBase, Type,
};
use crate::catalog::resolve::{ExprPlace, RowUse, canonical, decimal, fitted, format_type};
use crate::catalog::rows::{Row, RowId, Value};
use crate::catalog::template::Template;
use crate::catalog::{Class, Mark, Names, quote};
use crate::op::query::Assignment;
use crate::op::{AlterTable, Call, ColumnAction, Constant, Expr, Name, Op, TableAction};
use litemap::LiteMap;
use std::cell::RefCell;
use std::sync::Arc;

/// No more rows of a table than these are held against what is demanded.
const MOST_HELD: usize = 500;

/// So many kinds of rows are told apart where a condition is read for each row.
const MOST_ALIKE: usize = 8;

/// A row as expressions read it, or the value that a domain's conditions are about.
struct Seen<'a> {
    machine: &'a Machine,
    view: View<'a>,
    row: Option<(&'a Relation, &'a Row)>,
    value: eval::Value,
    /// The expression may ask which of two values is less.
    orders: bool,
    /// The columns that were asked for.
    asked: RefCell<Vec<ColumnNumber>>,
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
                self.asked.borrow_mut().push(column.number);
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
pub(super) struct Condition {
    expr: Expr,
    /// It may ask which of two values is less: only numbers and dates have one order everywhere.
    orders: bool,
}

/// Conditions by their text; none for those that cannot be read.
pub(super) type Conditions = RefCell<Vec<(String, Option<Arc<Condition>>)>>;

/// Rows of a table with more than these are not compared by expressions each time that one is written.
const MOST_COMPARED: usize = 50;

/// So many conditions are kept as they were read.
const MOST_CONDITIONS: usize = 100;

/// A part of an index's key.
enum Part {
    Column(ColumnNumber),
    Of(Arc<Condition>),
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
        let made: Vec<ObjId> = self.catalog.replaced_since(mark).filter(|(_, before, _)| before.is_none()).map(|(id, ..)| id).collect();
        for id in made {
            if plain(&self.catalog, id) {
                self.catalog.set_whole(id, true);
            }
        }
    }

    /// A table that was just dropped took its rows along: what is known of them no longer tells states apart.
    pub(super) fn drop_rows(&mut self, mark: Mark) {
        let kept = |id: &ObjId| self.catalog.get(*id).is_none() && (self.catalog.is_whole(*id) || self.catalog.keeps_rows(*id));
        let dropped: Vec<ObjId> = self.catalog.replaced_since(mark).map(|(id, ..)| id).filter(kept).collect();
        for id in dropped {
            self.catalog.clear_rows(id);
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
        self.catalog.rows_of(table).any(|(_, row)| misfit(row)).then(|| self.holds_null(table, column))
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
        let mut seen = LiteMap::new_vec();
        let rows = self.catalog.rows_of(table).take(MOST_HELD).map(|(_, row)| row);
        rows.filter(|row| held(row)).filter_map(|row| key(row)).any(|key| seen.insert(key, ()).is_some())
    }

    /// The constraint of this name does not hold for a row.
    fn against_constraint(&mut self, table: ObjId, object: &str) -> Option<Failure> {
        let id = self.catalog.members(Class::Constraint, table).find(|id| self.catalog.qualified(*id) == object)?;
        let relation = self.catalog.get(table)?.name.clone();
        let found = self.catalog.get(id)?;
        let Body::Constraint(constraint) = &found.body else { return None };
        if !constraint.enforced || !constraint.validated {
            return None;
        }
        match &constraint.kind {
            ConstraintKind::Check { expr, .. } => {
                let condition = self.condition(expr)?;
                for (_, row) in self.catalog.rows_of(table).take(MOST_HELD) {
                    match self.violates(table, row, &condition) {
                        Ok(true) => {
                            let what = format!("check constraint \"{}\" of relation \"{relation}\" is violated by some row", found.name);
                            return Some(fail("23514", what));
                        }
                        Ok(false) => {}
                        Err(failure) => return Some(failure),
                    }
                }
                None
            }
            ConstraintKind::ForeignKey { .. } => {
                let message = format!("insert or update on table \"{relation}\" violates foreign key constraint \"{}\"", found.name);
                let constraint = constraint.clone();
                self.lacks_parent(table, &constraint, 0).then(|| fail("23503", message))
            }
            _ => None,
        }
    }

    /// A row refers to one that certainly is not there: nothing else is in the other table but what the scripts put there.
    fn lacks_parent(&mut self, table: ObjId, constraint: &Constraint, first: RowId) -> bool {
        let ConstraintKind::ForeignKey { columns, table: parent, target, .. } = &constraint.kind else { return false };
        if target.len() != columns.len() || !self.catalog.is_whole(*parent) || !plain(&self.catalog, *parent) {
            return false;
        }
        let keys: Vec<Vec<Arc<str>>> =
            self.catalog.rows_since(table, first).take(MOST_HELD).filter_map(|(_, row)| row.key(columns)).collect();
        let exact = target.iter().all(|&column| self.is_exact(*parent, column));
        exact
            && keys.iter().any(|key| {
                let (found, open) = self.catalog.rows_by_key(*parent, target, key);
                found.is_empty() && open.is_empty()
            })
    }

    /// Rows that were just written do not fit what their table demands of each row. Those that are only proposed have no
    /// `checks`: they may be left out of it in the end.
    pub(super) fn fits(&mut self, table: ObjId, written: &[RowId], checks: Option<Checks>) -> Result<(), Failure> {
        let name = match self.catalog.get(table) {
            Some(object) if !written.is_empty() && self.catalog.doubt_about(table).is_none() => object.name.clone(),
            _ => return Ok(()),
        };
        let mut keys = Vec::new();
        let rows: Vec<Arc<Row>> = written.iter().take(MOST_HELD).filter_map(|id| self.catalog.row(table, *id).cloned()).collect();
        for column in self.catalog.relation(table).into_iter().flat_map(Relation::live_columns) {
            let domain = matches!(column.ty.base, TyBase::User(_));
            for value in rows.iter().map(|row| row.value(column.number)).filter(|_| domain || column.not_null) {
                if domain {
                    self.within_domain(&column.ty, value).map_err(failure_of)?;
                }
                if column.not_null && *value == Value::Null {
                    let message = format!("null value in column \"{}\" of relation \"{name}\" violates not-null constraint", column.name);
                    return Err(fail("23502", message));
                }
            }
        }
        for id in self.catalog.members(Class::Constraint, table) {
            let Some(object) = self.catalog.get(id).filter(|_| self.catalog.doubt_about(id).is_none()) else { continue };
            let Body::Constraint(constraint) = &object.body else { continue };
            match &constraint.kind {
                ConstraintKind::Check { expr, .. } if constraint.enforced => {
                    let Some(condition) = self.condition(expr) else { continue };
                    for row in &rows {
                        if self.violates(table, row, &condition)? {
                            let message = format!("new row for relation \"{name}\" violates check constraint \"{}\"", object.name);
                            return Err(fail("23514", message));
                        }
                    }
                }
                ConstraintKind::ForeignKey { table: parent, .. }
                    if constraint.enforced
                        && checks.is_some_and(|checks| checks.at_once(constraint.can_wait()))
                        && self.catalog.is_whole(*parent) =>
                {
                    keys.push((object.name.clone(), constraint.clone()));
                }
                _ => {}
            }
        }
        if checks.is_some() && self.catalog.rows_of(table).nth(MOST_COMPARED).is_none() {
            let mut of_table = self.catalog.dependents(table).iter().filter_map(|&id| self.catalog.get(id));
            if let Some(index) = of_table.find(|object| self.has_twins(table, object)) {
                return Err(taken(&index.name));
            }
        }
        for (key, constraint) in keys {
            if self.lacks_parent(table, &constraint, written.first().copied().unwrap_or_default()) {
                return Err(fail("23503", format!("insert or update on table \"{name}\" violates foreign key constraint \"{key}\"")));
            }
        }
        Ok(())
    }

    /// A value does not fit what its domain, or one beneath it, demands.
    fn within_domain(&self, ty: &Ty, value: &Value) -> Evaluated<()> {
        for domain in self.domains(ty) {
            let Some(Body::Type(Type::Domain(body))) = self.catalog.get(domain).map(|object| &object.body) else { continue };
            if self.catalog.doubt_about(domain).is_some() {
                continue;
            }
            let shown = format_type(ty, &self.catalog);
            if body.not_null && *value == Value::Null {
                return Err(Raised::new("23502", format!("domain {shown} does not allow null values")));
            }
            for id in self.catalog.members(Class::Constraint, domain) {
                let Some(object) = self.catalog.get(id) else { continue };
                let Body::Constraint(Constraint { kind: ConstraintKind::Domain { expr }, .. }) = &object.body else { continue };
                let Some(condition) = self.condition(expr) else { continue };
                let known = self.read(&body.ty, value, condition.orders);
                if let Ok(true) = self.is_false(self.alone(known), &condition.expr) {
                    return Err(Raised::new("23514", format!("value for domain {shown} violates check constraint \"{}\"", object.name)));
                }
            }
        }
        Ok(())
    }

    /// A domain with those beneath it, the lowest first.
    fn domains(&self, ty: &Ty) -> Vec<ObjId> {
        let mut list = Vec::new();
        let mut ty = ty;
        while let (TyBase::User(id), false) = (&ty.base, ty.array)
            && let Some(Body::Type(Type::Domain(domain))) = self.catalog.get(*id).map(|object| &object.body)
            && !list.contains(id)
        {
            list.insert(0, *id);
            ty = &domain.ty;
        }
        list
    }

    /// The certain rows that fit a condition, and those that may; none when there are too many to look at.
    pub(super) fn fitting(&self, table: ObjId, filter: &Expr) -> Option<(Vec<RowId>, Vec<RowId>)> {
        let relation = self.catalog.relation(table)?;
        let (mut hit, mut maybe) = (Vec::new(), Vec::new());
        let mut settled = Vec::new();
        // Rows with the same values in the columns that are asked for are judged once.
        let mut judged: Vec<(Vec<(ColumnNumber, Value)>, Option<bool>)> = Vec::new();
        for (at, (id, row)) in self.catalog.rows_of(table).enumerate() {
            if at == MOST_HELD {
                return None;
            }
            let alike = |(values, _): &&(Vec<(ColumnNumber, Value)>, _)| values.iter().all(|(column, value)| row.value(*column) == value);
            let fits = match judged.iter().find(alike) {
                Some((_, fits)) => *fits,
                None => {
                    let mut seen = self.seen(relation, row, true);
                    let fits = match eval::for_row(&mut seen, filter, &mut settled).map(|value| value.truth()) {
                        Ok(Truth::Known(truth)) => Some(truth == Some(true)),
                        _ => None,
                    };
                    if judged.len() < MOST_ALIKE {
                        let values = seen.asked.into_inner().into_iter().map(|column| (column, row.value(column).clone()));
                        judged.push((values.collect(), fits));
                    }
                    fits
                }
            };
            match fits {
                Some(true) => hit.push(id),
                Some(false) => {}
                None => maybe.push(id),
            }
        }
        Some((hit, maybe))
    }

    /// A value of a domain's columns does not fit what the domain now demands.
    fn outside_domain(&self, domain: ObjId, not_null: bool) -> Option<Failure> {
        let Body::Type(Type::Domain(body)) = &self.catalog.get(domain)?.body else { return None };
        let conditions: Vec<Arc<Condition>> = self
            .catalog
            .members(Class::Constraint, domain)
            .filter_map(|id| match &self.catalog.get(id)?.body {
                Body::Constraint(Constraint { kind: ConstraintKind::Domain { expr }, validated: true, .. }) => self.condition(expr),
                _ => None,
            })
            .collect();
        for table in self.catalog.tables_with_rows().filter(|table| plain(&self.catalog, *table)) {
            let Some(relation) = self.catalog.relation(table) else { continue };
            for column in relation.live_columns().filter(|column| self.domains(&column.ty).contains(&domain)) {
                let misfit = |row: &Row, condition: &Condition| {
                    let value = self.read(&body.ty, row.value(column.number), condition.orders);
                    self.is_false(self.alone(value), &condition.expr).is_ok_and(|is_false| is_false)
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
            let mut again = false;
            for column in new.live_columns() {
                match old.column_at(column.number) {
                    None => {
                        let value = self.filled(column).and_then(|value| {
                            self.within_domain(&column.ty, &value).map_err(failure_of)?;
                            Ok(value)
                        });
                        let value = match value {
                            Ok(value) => value,
                            Err(failure) => {
                                self.refused(table, Some(failure), side)?;
                                continue;
                            }
                        };
                        let rows: Vec<RowId> = self.catalog.rows_of(table).map(|(id, _)| id).take(MOST_HELD).collect();
                        for id in rows {
                            self.catalog.set_values(table, id, &[(column.number, value.clone())]);
                        }
                        if value == Value::Null && column.not_null {
                            let failure = self.holds_null(table, column);
                            self.refused(table, Some(failure), side)?;
                        }
                    }
                    Some(before) if before.ty != column.ty || using(alter, &column.name).is_some() => {
                        let failure = self.retyped(table, &old, before, column, using(alter, &column.name));
                        self.refused(table, failure, side)?;
                        again = true;
                    }
                    Some(_) => {}
                }
            }
            // Other values are held against all that was demanded of the old ones.
            if again && plain(&self.catalog, table) && self.catalog.doubt_about(table).is_none() {
                let members: Vec<ObjId> = self.catalog.members(Class::Constraint, table).collect();
                for column in new.live_columns().filter(|column| column.not_null) {
                    let null = self.catalog.rows_of(table).any(|(_, row)| *row.value(column.number) == Value::Null);
                    let failure = null.then(|| self.holds_null(table, column));
                    self.refused(table, failure, side)?;
                }
                for id in members {
                    let name = self.catalog.qualified(id);
                    let failure = self.against_constraint(table, &name);
                    self.refused(table, failure, side)?;
                }
                let failure = self.duplicate_within(table);
                self.refused(table, failure, side)?;
            }
        }
        Ok(())
    }

    fn holds_null(&self, table: ObjId, column: &Column) -> Failure {
        let relation = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
        fail("23502", format!("column \"{}\" of relation \"{relation}\" contains null values", column.name))
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
                    Err(raised) => return Some(failure_of(raised)),
                },
            ));
        }
        for (id, value) in values {
            self.catalog.set_values(table, id, &[(column.number, value)]);
        }
        None
    }

    /// What a column holds in a row that does not give its value.
    pub(super) fn filled(&self, column: &Column) -> Result<Value, Failure> {
        let default = column.default.and_then(|id| match &self.catalog.get(id)?.body {
            Body::Default(default) => Some(&default.expr),
            _ => None,
        });
        let of_domain = || {
            self.domains(&column.ty).into_iter().rev().find_map(|id| match &self.catalog.get(id)?.body {
                Body::Type(Type::Domain(domain)) => domain.default.as_ref(),
                _ => None,
            })
        };
        Ok(match default.or_else(of_domain) {
            _ if column.identity.is_some() || column.generated.is_some() || matches!(column.ty.base, TyBase::Open(_)) => Value::Unknown,
            None if column.default.is_some() => Value::Unknown,
            None => Value::Null,
            Some(template) => match self.condition(template) {
                Some(condition) => eval::expression(&mut self.alone(eval::Value::Null), &condition.expr)
                    .and_then(|value| self.as_type(&value, &column.ty))
                    .map_err(failure_of)?,
                None => Value::Unknown,
            },
        })
    }

    /// What a SET list makes of a column's value.
    pub(super) fn assigned_value(&self, table: ObjId, row: &Row, number: ColumnNumber, expr: &Expr) -> Result<Value, Failure> {
        let Some(relation) = self.catalog.relation(table) else { return Ok(Value::Unknown) };
        let Some(column) = relation.column_at(number) else { return Ok(Value::Unknown) };
        if matches!(expr, Expr::Default) {
            return self.filled(column);
        }
        let value = eval::expression(&mut self.seen(relation, row, false), expr);
        value.and_then(|value| self.as_type(&value, &column.ty)).map_err(failure_of)
    }

    /// What a value is in a type, as far as it can be told.
    fn as_type(&self, value: &eval::Value, ty: &Ty) -> Evaluated<Value> {
        let text = match value {
            eval::Value::Bool(value) => value.to_string(),
            other => match other.print() {
                Ok(Some(text)) => text,
                Ok(None) => {
                    self.within_domain(ty, &Value::Null)?;
                    return Ok(Value::Null);
                }
                Err(_) => return Ok(Value::Unknown),
            },
        };
        let doubts = RefCell::default();
        let session = Session::default();
        let context = Context { catalog: &self.catalog, session: &session, builtin: &self.builtin, doubts: &doubts };
        let base = context.without_domain(ty);
        let number = matches!(value, eval::Value::Int(_) | eval::Value::Numeric(_));
        let raised = |failure: &Failure| Raised::new(failure.sqlstate, failure.message.as_str());
        if !number {
            let constant = Expr::Constant(Constant::String(text.clone()));
            let plain = Ty { modifiers: Name::default(), ..base.clone() };
            match context.expr_alone(&constant, Some(&plain), ExprPlace::Statement) {
                Err(Stop::Fail(failure)) => return Err(raised(&failure)),
                Err(Stop::Missing(missing)) if missing.open.is_none() => return Err(raised(&missing.failure)),
                Err(_) => return Ok(Value::Unknown),
                Ok(_) if !doubts.borrow().gaps.is_empty() => return Ok(Value::Unknown),
                Ok(_) => {}
            }
        }
        let known = match &base.base {
            _ if base.array => return Ok(Value::Unknown),
            TyBase::Builtin(name) => {
                let kept = fitted(&text, number, name, &base.modifiers, self.catalog.version).map_err(|failure| raised(&failure))?;
                // A fraction is printed with all its digits, and a moment in the session's zone.
                let words = matches!(name.as_str(), "text" | "varchar" | "bpchar");
                match value {
                    eval::Value::Numeric(_) if words => Value::Unknown,
                    // Halves of floats go to the even side.
                    eval::Value::Numeric(float) if float.ends_with(".5e0") => Value::Unknown,
                    _ if text.ends_with("+00") && name != "timestamptz" => Value::Unknown,
                    _ => value_of(Some(&kept.into()), name.starts_with("time") || name == "date"),
                }
            }
            TyBase::User(_) => Value::Known(text.into()),
            TyBase::Open(_) => Value::Unknown,
        };
        self.within_domain(ty, &known)?;
        Ok(known)
    }

    /// Whatever else a row holds, what an UPDATE sets does not fit a condition of the table: it fails as soon as it finds a row.
    pub(super) fn refusing(&self, op: &Op, uses: &RowUse) -> Option<Event> {
        let (Op::Update(update), Some(&table)) = (op, uses.writes.first()) else { return None };
        let ruled = self.catalog.members(Class::Rule, table).next().is_some();
        if ruled || fires(&self.catalog, table, "UPDATE") || self.catalog.is_whole(table) {
            return None;
        }
        let check = |id: ObjId| match &self.catalog.get(id)?.body {
            Body::Constraint(Constraint { kind: ConstraintKind::Check { expr, .. }, enforced: true, .. }) => Some((id, expr)),
            _ => None,
        };
        let mut checks = self.catalog.members(Class::Constraint, table).filter_map(check).peekable();
        checks.peek()?;
        let mut relation = self.catalog.relation(table)?.clone();
        // Of a type that nobody has shown: there is hardly one in which words are equal that are written otherwise.
        for column in relation.columns.iter_mut().filter(|column| matches!(column.ty.base, TyBase::Open(_))) {
            Arc::make_mut(column).ty = Ty::builtin("text");
        }
        let set = |assignment: &Assignment| {
            let (Expr::Constant(_), [column]) = (&assignment.value, &*assigned_in(&relation, std::slice::from_ref(assignment))) else {
                return None;
            };
            let value = eval::expression(&mut self.alone(eval::Value::Null), &assignment.value).ok()?;
            Some((*column, self.as_type(&value, &relation.column_at(*column)?.ty).ok()?))
        };
        let (columns, values): (Vec<ColumnNumber>, Vec<Value>) = update.assignments.iter().filter_map(set).unzip();
        let row = Row::imagined(columns.into(), values);
        let (refusing, _) = checks.find(|(_, expr)| {
            let refuses = |condition: Arc<Condition>| self.is_false(self.seen(&relation, &row, condition.orders), &condition.expr);
            self.condition(expr).is_some_and(|condition| refuses(condition).is_ok_and(|refused| refused))
        })?;
        Some(Event::MayFail(self.catalog.qualified(refusing), "update", "23514", table))
    }

    /// Whether a CHECK is about nothing but columns that came with it, which are NULL in every row, and lets NULL pass.
    pub(super) fn null_passes(&self, alter: &AlterTable, event: &Event) -> bool {
        let Event::MayFail(object, "check", _, table) = event else { return false };
        let mut constraints = self.catalog.members(Class::Constraint, *table).filter(|id| self.catalog.qualified(*id) == *object);
        let found = constraints.next().and_then(|id| self.catalog.get(id)).map(|object| &object.body);
        let (Some(Body::Constraint(constraint)), Some(relation)) = (found, self.catalog.relation(*table)) else { return false };
        let ConstraintKind::Check { expr, columns, .. } = &constraint.kind else { return false };
        let comes = |column: &Column| {
            let adds = |action: &TableAction| matches!(action, TableAction::AddColumn { column: added, .. } if added.name == column.name);
            let filled = column.default.is_some() || column.identity.is_some() || column.generated.is_some();
            !filled && matches!(column.ty.base, TyBase::Builtin(_)) && alter.actions.iter().any(|(action, _)| adds(action))
        };
        if !columns.iter().all(|number| relation.column_at(*number).is_some_and(|column| comes(column))) {
            return false;
        }
        let row = Row::imagined(columns.clone().into(), vec![Value::Null; columns.len()]);
        let value =
            self.condition(expr).map(|condition| eval::expression(&mut self.seen(relation, &row, condition.orders), &condition.expr));
        matches!(value, Some(Ok(value)) if matches!(value.truth(), Truth::Known(None | Some(true))))
    }

    /// A condition as it is read, which is done once.
    fn condition(&self, template: &Template) -> Option<Arc<Condition>> {
        let text = self.catalog.print(template);
        let mut known = self.conditions.borrow_mut();
        if let Some((_, condition)) = known.iter().find(|(other, _)| *other == text) {
            return condition.clone();
        }
        let upper = text.to_ascii_uppercase().replace("<>", "");
        let orders = ["<", ">", "BETWEEN", "GREATEST", "LEAST"].iter().any(|word| upper.contains(word));
        // The forms of SQL's own are printed as the calls that they are.
        let calls = text.replace("POSITION(", "strpos(").replace("EXTRACT(", "date_part(");
        let expr = (self.functions.expression)(&calls, self.catalog.version).ok();
        let condition = expr.map(|expr| Arc::new(Condition { expr, orders }));
        if known.len() >= MOST_CONDITIONS {
            known.clear();
        }
        known.push((text, condition.clone()));
        condition
    }

    /// Whether a row certainly does not fit a condition; the error that its evaluation certainly raises.
    fn violates(&self, table: ObjId, row: &Row, condition: &Condition) -> Result<bool, Failure> {
        let Some(relation) = self.catalog.relation(table) else { return Ok(false) };
        self.is_false(self.seen(relation, row, condition.orders), &condition.expr)
    }

    fn is_false(&self, mut seen: Seen<'_>, expr: &Expr) -> Result<bool, Failure> {
        let value = eval::expression(&mut seen, expr).map_err(failure_of)?;
        Ok(value.truth() == Truth::Known(Some(false)))
    }

    fn seen<'a>(&'a self, relation: &'a Relation, row: &'a Row, orders: bool) -> Seen<'a> {
        Seen { row: Some((relation, row)), orders, ..self.alone(eval::Value::Null) }
    }

    /// A value without a row.
    fn alone(&self, value: eval::Value) -> Seen<'_> {
        let view = View { catalog: &self.catalog, session: &self.resting, builtin: &self.builtin, assume_absent: false };
        Seen { machine: self, view, row: None, value, orders: false, asked: RefCell::default() }
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
            TyBase::Builtin(_) if ty.array => {
                let element = Ty { array: false, ..ty.clone() };
                let part = |value: eval::Value| match value {
                    eval::Value::Text(text) => self.read(&element, &Value::Known(canonical(text, Some(&element)).into()), orders),
                    other => other,
                };
                eval::array_literal(text).map_or(unknown, |list| eval::Value::Array(list.into_iter().map(part).collect()))
            }
            TyBase::Builtin(name) => match name.as_str() {
                "int2" | "int4" | "int8" => text.parse().map_or(unknown, eval::Value::Int),
                "numeric" if decimal(text).is_some() => eval::Value::Numeric(text.into()),
                // Arithmetic with floats is another one; and some fractions are others as a real.
                "float8" if decimal(text).is_some() => eval::float(text),
                "float4" if decimal(text).is_some_and(|(value, scale)| value % 5i64.pow(scale) == 0) => eval::float(text),
                "bool" => eval::Value::Bool(text == "true"),
                "text" | "varchar" | "name" | "bpchar" => eval::Value::text(text),
                "uuid" if text.len() == 36 => eval::Value::text(text),
                "date" if eval::is_date(text) => eval::Value::text(text),
                "timestamp" if eval::is_moment(text) => eval::Value::text(text),
                "timestamptz" if eval::is_moment(text) && text.ends_with("+00") => eval::Value::text(text),
                "time" if text.len() == 8 && text.is_ascii() => eval::Value::text(text),
                // The same may be written in many ways, but not begin in another.
                "json" | "jsonb" if text.starts_with(['{', '[']) => {
                    eval::Value::Partial(text.chars().take(1).chain([eval::HOLE]).collect(), Why::NotModelled)
                }
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

fn failure_of(raised: Raised) -> Failure {
    fail(crate::plpgsql::code(&raised.sqlstate), raised.message.as_str())
}

fn duplicate(index: &str) -> Failure {
    fail("23505", format!("could not create unique index \"{index}\""))
}

pub(super) fn taken(index: &str) -> Failure {
    fail("23505", format!("duplicate key value violates unique constraint \"{index}\""))
}

/// The USING of a column's new type.
fn using<'a>(alter: &'a AlterTable, name: &str) -> Option<&'a Expr> {
    alter.actions.iter().find_map(|(action, _)| match action {
        TableAction::AlterColumn { name: column, action: ColumnAction::Type { using, .. }, .. } if column.name == name => using.as_ref(),
        _ => None,
    })
}
