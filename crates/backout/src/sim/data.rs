//! What happens to rows: those with literal keys that stay or are missing, those that are lost, and those that the
//! rollback touches although the forward did not.

use super::keys::uniques;
use super::rows::assigned_in;
use super::run::{Machine, Run, statement_of};
use super::{Change, Loss, RowDifference, Script, Side, Stray, Touch};
use crate::catalog::object::{Body, ColumnNumber, ObjId, Relation, Ty};
use crate::catalog::resolve::{LiteralRows, RowUse};
use crate::catalog::rows::{Row, RowId, Value};
use crate::catalog::{Before, Catalog, Mark, Names, quote};
use crate::op::{Delete, Expr, FromItem, Op, Query, QueryBody};
use litemap::LiteMap;
use std::sync::Arc;

/// Rows of which more are listed than this are cut short: nobody reads on.
const MOST_LISTED: usize = 1_000;

/// A script that ran.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    pub script: &'a Script,
    pub run: &'a Run,
}

impl<'a> Told<'a> {
    /// The row statements with what they do.
    fn rows(self) -> impl Iterator<Item = (usize, &'a Op, &'a RowUse)> {
        self.run.rows.iter().filter_map(move |(number, uses)| {
            let statement = self.script.statements.get(number.checked_sub(1)?)?;
            Some((*number, &*statement.op, uses.as_ref()))
        })
    }

    /// Whether a query keeps all rows that the statement deletes, in whatever table.
    fn copies(self, delete: &Delete) -> bool {
        let keeps = |query: &Query| {
            let QueryBody::Select(select) = &query.body else { return false };
            let whole = select.items.iter().any(|item| matches!(item.expr, Expr::Star(_)));
            let [FromItem::Relation { name, .. }] = &select.from[..] else { return false };
            let all = match (&select.filter, &delete.filter) {
                (None, _) => true,
                (Some(one), Some(two)) => delete.using.is_empty() && asks_the_same(one, two),
                (Some(_), None) => false,
            };
            whole && all && name.name == delete.table.name && query.limit.is_empty()
        };
        self.script.statements.iter().any(|statement| match &*statement.op {
            Op::CreateTableAs(create) => create.with_data && create.query.as_ref().is_some_and(keeps),
            Op::Insert(insert) => insert.source.as_ref().is_some_and(keeps),
            _ => false,
        })
    }

    /// Whether plain statements insert all these rows by literals; `on_conflict` counts those that may be older.
    fn inserts_all(self, keys: Option<&LiteralRows>, table: ObjId, on_conflict: bool) -> bool {
        let Some(keys) = keys.filter(|keys| keys.table == table) else { return false };
        let inserted = self.inserted(table, &keys.columns, on_conflict).0;
        let mut rows = keys.rows.iter().map(|row| row.iter().map(|value| value.as_deref()).collect::<Option<Vec<&str>>>());
        rows.all(|row| row.is_some_and(|row| inserted.binary_search(&row).is_ok()))
    }

    /// The values of these columns in the rows that plain statements insert into the table by literals, and whether others
    /// are inserted that are not known. One that `ON CONFLICT` has may be older.
    fn inserted(self, table: ObjId, columns: &[ColumnNumber], on_conflict: bool) -> (Vec<Vec<&'a str>>, bool) {
        let mut known = Vec::new();
        let mut others = false;
        for (_, op, uses) in self.rows() {
            if !uses.writes.contains(&table) || matches!(op, Op::Delete(_) | Op::Update(_) | Op::Truncate(_)) {
                continue;
            }
            let rows = uses.inserted.as_ref().filter(|rows| rows.table == table && (on_conflict || !rows.on_conflict));
            match rows.map(|rows| project(rows, columns)) {
                Some(Some(rows)) => known.extend(rows),
                Some(None) | None => others = true,
            }
        }
        known.sort_unstable();
        (known, others)
    }
}

/// The rows with these columns only; none if one is not given.
fn project<'a>(rows: &'a LiteralRows, columns: &[ColumnNumber]) -> Option<Vec<Vec<&'a str>>> {
    let order: Option<Vec<usize>> = columns.iter().map(|column| rows.columns.iter().position(|known| known == column)).collect();
    let order = order?;
    Some(rows.rows.iter().filter_map(|row| order.iter().map(|&at| row.get(at)?.as_deref()).collect::<Option<Vec<&str>>>()).collect())
}

/// The moments between the scripts, with the number that the next row got there.
#[derive(Clone, Copy)]
pub(super) struct Moments {
    pub before: Mark,
    pub before_row: RowId,
    pub after: Mark,
    pub after_row: RowId,
}

/// What the scripts did to rows.
#[derive(Default)]
pub(super) struct RowAccount {
    pub differences: Vec<RowDifference>,
    pub losses: Vec<Loss>,
    pub strays: Vec<Stray>,
    /// Why it is not known whether more is lost.
    pub unsure: Option<String>,
}

/// The account of a migration: the catalog is as the rollback left it, or the forward if there is no rollback.
pub(super) fn account(machine: &mut Machine, moments: Moments, forward: Option<Told<'_>>, rollback: Option<Told<'_>>) -> RowAccount {
    let mut account = RowAccount::default();
    let mut written: Vec<ObjId> =
        forward.iter().chain(&rollback).flat_map(|told| &told.run.rows).flat_map(|(_, uses)| uses.writes.iter().copied()).collect();
    if written.is_empty() {
        return account;
    }
    written.sort_unstable();
    written.dedup();
    // The tables that were there before the forward, with their columns then, and those of after it.
    let relations = |mark: Mark| -> LiteMap<ObjId, Relation> {
        let then = Before::new(&machine.catalog, mark);
        let relation = |id: &ObjId| match &then.object(*id)?.body {
            Body::Relation(relation) => Some((*id, relation.clone())),
            _ => None,
        };
        written.iter().filter_map(relation).collect()
    };
    let (old, between) = (relations(moments.before), relations(moments.after));
    if let Some(forward) = forward {
        deletions(machine, &old, forward, rollback, &mut account);
        overwritten(&machine.catalog, &old, forward, rollback, &mut account.losses);
        if rollback.is_some() {
            left_behind(machine, moments, &old, forward, &mut account.differences);
        }
    }
    if let Some(rollback) = rollback {
        unbounded(&machine.catalog, &old, &between, forward, rollback, &mut account);
        account.unsure = forward.and_then(|forward| may_reach_older(&machine.catalog, moments, &old, forward, rollback));
        older_rows(machine, moments, rollback, &mut account);
    }
    account.differences.sort_unstable_by(|a, b| (a.statement, &a.table, &a.key).cmp(&(b.statement, &b.table, &b.key)));
    account.differences.truncate(MOST_LISTED);
    account
}

/// Rows that the forward deletes.
fn deletions(
    machine: &mut Machine,
    old: &LiteMap<ObjId, Relation>,
    forward: Told<'_>,
    rollback: Option<Told<'_>>,
    account: &mut RowAccount,
) {
    let mut lose = |catalog: &Catalog, table: ObjId, statement: usize| {
        account.losses.push(Loss {
            object: catalog.qualified(table),
            by: Side::Forward,
            what: "rows older than the forward",
            own: false,
            statement,
        });
    };
    for (number, op, uses) in forward.rows() {
        let existing = uses.writes.iter().copied().filter(|table| old.contains_key(table));
        match op {
            Op::Delete(_) if !uses.unbounded => {
                let Some(table) = existing.into_iter().next() else { continue };
                let Some(keys) = uses.deleted.as_ref().filter(|keys| keys.table == table) else {
                    // Rows that come back out of another table may be all of them.
                    let filled = rollback.is_some_and(|rollback| rollback.inserted(table, &[], true).1);
                    if !filled {
                        lose(&machine.catalog, table, number);
                    }
                    continue;
                };
                let (own, _) = forward.inserted(table, &keys.columns, true);
                let (back, others) = rollback.map(|rollback| rollback.inserted(table, &keys.columns, true)).unwrap_or_default();
                let unique = uniques(&machine.catalog, table).iter().any(|unique| unique.columns.iter().all(|c| keys.columns.contains(c)));
                let mut lost = false;
                for row in &keys.rows {
                    let key: Option<Vec<&str>> = row.iter().map(|value| value.as_deref()).collect();
                    let Some(key) = key else { continue };
                    if own.contains(&key) || back.contains(&key) || others {
                        continue;
                    }
                    let boxed: Vec<Arc<str>> = key.iter().map(|value| Arc::from(*value)).collect();
                    if !machine.catalog.rows_by_key(table, &keys.columns, &boxed).0.is_empty() {
                        continue;
                    }
                    lost = true;
                    if unique && rollback.is_some() && account.differences.len() < MOST_LISTED {
                        let values: Vec<(ColumnNumber, &str)> = keys.columns.iter().copied().zip(key).collect();
                        account.differences.push(RowDifference {
                            table: machine.catalog.qualified(table),
                            key: written_key(&machine.catalog, table, &values),
                            change: Change::Missing,
                            statement: number,
                        });
                    }
                }
                if lost {
                    lose(&machine.catalog, table, number);
                }
            }
            Op::Update(_) => {}
            _ if uses.unbounded => {
                for table in existing {
                    lose(&machine.catalog, table, number);
                }
            }
            _ => {}
        }
    }
}

/// Values of older columns that the forward overwrites.
fn overwritten(catalog: &Catalog, old: &LiteMap<ObjId, Relation>, forward: Told<'_>, rollback: Option<Told<'_>>, losses: &mut Vec<Loss>) {
    for (number, op, uses) in forward.rows() {
        let (Op::Update(update), Some(&table)) = (op, uses.writes.first()) else { continue };
        let Some(relation) = old.get(&table) else { continue };
        let columns = assigned_in(relation, &update.assignments);
        if columns.is_empty() {
            continue;
        }
        // What was NULL is no loss, and what the rollback sets again it may set back.
        let was_null = update.filter.as_ref().is_some_and(asks_null);
        let set_back = rollback.is_some_and(|rollback| {
            rollback.rows().any(|(_, op, uses)| match op {
                Op::Update(update) => {
                    uses.writes.first() == Some(&table)
                        && assigned_in(relation, &update.assignments).iter().any(|column| columns.contains(column))
                }
                _ => false,
            })
        });
        if !uses.unbounded && (was_null || set_back) {
            continue;
        }
        losses.push(Loss {
            object: catalog.qualified(table),
            by: Side::Forward,
            what: "values older than the forward",
            own: false,
            statement: number,
        });
    }
}

/// Whether a condition asks only for rows in which something is NULL.
fn asks_null(filter: &Expr) -> bool {
    match filter {
        Expr::Is { test, .. } => *test == "NULL",
        Expr::And(terms) => terms.iter().any(|term| matches!(term, Expr::Is { test, .. } if *test == "NULL")),
        _ => false,
    }
}

/// Rows that the forward inserted and that are still there.
fn left_behind(
    machine: &mut Machine,
    moments: Moments,
    old: &LiteMap<ObjId, Relation>,
    forward: Told<'_>,
    differences: &mut Vec<RowDifference>,
) {
    let catalog = &machine.catalog;
    for table in catalog.tables_with_rows().filter(|table| old.contains_key(table) && catalog.get(*table).is_some()) {
        let uniques = uniques(catalog, table);
        // What stood under the same key before stands there again, if with other values.
        let replaced: Vec<(&LiteralRows, Vec<Vec<&str>>)> = forward
            .rows()
            .filter_map(|(_, _, uses)| uses.deleted.as_deref())
            .filter(|keys| keys.table == table)
            .filter_map(|keys| {
                let mut rows = project(keys, &keys.columns)?;
                rows.sort_unstable();
                Some((keys, rows))
            })
            .collect();
        for (_, row) in catalog.rows_of(table).filter(|(id, _)| (moments.before_row..moments.after_row).contains(id)) {
            let Some((Side::Forward, statement)) = statement_of(row.cause) else { continue };
            let known = |columns: &[ColumnNumber]| known_values(row, columns);
            let again = replaced.iter().any(|(keys, set)| {
                known(&keys.columns).is_some_and(|values| set.binary_search(&values.iter().map(|(_, value)| *value).collect()).is_ok())
            });
            let key = uniques.iter().filter(|unique| unique.primary).chain(uniques.iter()).find_map(|unique| known(&unique.columns));
            let (Some(key), false) = (key, again) else { continue };
            if differences.len() >= MOST_LISTED {
                return;
            }
            differences.push(RowDifference {
                table: catalog.qualified(table),
                key: written_key(catalog, table, &key),
                change: Change::Extra,
                statement,
            });
        }
    }
}

fn known_values<'r>(row: &'r Row, columns: &[ColumnNumber]) -> Option<Vec<(ColumnNumber, &'r str)>> {
    columns
        .iter()
        .map(|&column| match row.value(column) {
            Value::Known(value) => Some((column, &**value)),
            Value::Null | Value::Unknown => None,
        })
        .collect()
}

/// `DELETE`, `UPDATE` and `TRUNCATE` without a condition in the rollback, on what was there before the forward.
fn unbounded(
    catalog: &Catalog,
    old: &LiteMap<ObjId, Relation>,
    between: &LiteMap<ObjId, Relation>,
    forward: Option<Told<'_>>,
    rollback: Told<'_>,
    account: &mut RowAccount,
) {
    for (number, op, uses) in rollback.rows().filter(|(_, _, uses)| uses.unbounded) {
        for table in uses.writes.iter().filter(|table| old.contains_key(table)) {
            if let (Op::Update(update), Some(before), Some(after)) = (op, old.get(table), between.get(table)) {
                // A column that the forward or the rollback itself adds, or that the forward has set, is in its scope.
                let by_forward: Vec<ColumnNumber> = forward
                    .into_iter()
                    .flat_map(Told::rows)
                    .filter(|(_, _, uses)| uses.writes.first() == Some(table))
                    .flat_map(|(_, op, _)| match op {
                        Op::Update(update) => assigned_in(after, &update.assignments),
                        _ => Vec::new(),
                    })
                    .collect();
                let foreign = assigned_in(after, &update.assignments)
                    .into_iter()
                    .any(|column| before.column_at(column).is_some_and(|column| !column.dropped) && !by_forward.contains(&column));
                if !foreign {
                    continue;
                }
            }
            reach(catalog, *table, number, account);
        }
    }
}

/// A statement with a condition that may delete or change rows from before the forward, or bring back too few: what rows there are
/// decides.
fn may_reach_older(
    catalog: &Catalog,
    moments: Moments,
    old: &LiteMap<ObjId, Relation>,
    forward: Told<'_>,
    rollback: Told<'_>,
) -> Option<String> {
    // How many rows of the forward the statements of the rollback certainly delete.
    let mut own = vec![0; rollback.script.statements.len() + 1];
    for (_, id, _, cause) in catalog.rows_deleted_since(moments.after) {
        if let Some((Side::Rollback, statement)) = statement_of(cause).filter(|_| id >= moments.before_row)
            && let Some(own) = own.get_mut(statement)
        {
            *own += 1;
        }
    }
    let older = |uses: &RowUse| {
        let table = *uses.writes.first()?;
        Some((table, old.get(&table).filter(|_| !uses.unbounded)?))
    };
    for (number, op, uses) in rollback.rows() {
        let Some((table, relation)) = older(uses) else { continue };
        let unsure = match op {
            Op::Delete(_) => {
                let keys = uses.deleted.as_deref();
                let all = keys.is_some_and(|keys| own.get(number).is_some_and(|own| *own >= keys.rows.len()));
                (!all && !forward.inserts_all(keys, table, false)).then_some("are among those that the rollback deletes")
            }
            Op::Update(update) => {
                let constant = update.assignments.iter().any(|assignment| {
                    matches!(assignment.value, Expr::Constant(_)) && !assigned_in(relation, std::slice::from_ref(assignment)).is_empty()
                });
                (constant && !forward.inserts_all(uses.updated.as_deref(), table, false)).then_some("get other values by the rollback")
            }
            _ => None,
        };
        if let Some(what) = unsure {
            return Some(format!("whether older rows of {} {what}", catalog.qualified(table)));
        }
    }
    for (_, op, uses) in forward.rows() {
        if let (Op::Delete(delete), Some((table, _))) = (op, older(uses))
            && rollback.inserted(table, &[], true).1
            && !rollback.inserts_all(uses.deleted.as_deref(), table, true)
            && !forward.copies(delete)
        {
            return Some(format!("whether all rows that the forward deletes from {} are put back", catalog.qualified(table)));
        }
    }
    None
}

/// Whether two conditions certainly ask for the same.
fn asks_the_same(one: &Expr, two: &Expr) -> bool {
    let both = |one: &[Expr], two: &[Expr]| one.len() == two.len() && one.iter().zip(two).all(|(one, two)| asks_the_same(one, two));
    match (one, two) {
        (Expr::Constant(one), Expr::Constant(two)) => one == two,
        (Expr::Column { parts: one, .. }, Expr::Column { parts: two, .. }) => one.last() == two.last(),
        (Expr::Is { expr: one, test }, Expr::Is { expr: two, test: other }) => test == other && asks_the_same(one, two),
        (Expr::And(one), Expr::And(two)) | (Expr::Or(one), Expr::Or(two)) => both(one, two),
        (Expr::Operator { name, left: Some(left), right, .. }, Expr::Operator { name: other, left: Some(one), right: two, .. }) => {
            name == other && asks_the_same(left, one) && asks_the_same(right, two)
        }
        (Expr::Cast { expr: one, .. }, two) => asks_the_same(one, two),
        (one, Expr::Cast { expr: two, .. }) => asks_the_same(one, two),
        _ => false,
    }
}

/// Rows that were certainly there before the forward and that the rollback deletes by their keys.
fn older_rows(machine: &mut Machine, moments: Moments, rollback: Told<'_>, account: &mut RowAccount) {
    let bounded: Vec<usize> = rollback.rows().filter(|(_, _, uses)| !uses.unbounded).map(|(number, ..)| number).collect();
    let mut found: LiteMap<(usize, ObjId), Vec<(ColumnNumber, Arc<str>)>> = LiteMap::new();
    for (table, id, row, cause) in machine.catalog.rows_deleted_since(moments.after) {
        let Some((Side::Rollback, statement)) = statement_of(cause) else { continue };
        if id >= moments.before_row || bounded.binary_search(&statement).is_err() || machine.catalog.get(table).is_none() {
            continue;
        }
        let key = uniques(&machine.catalog, table).iter().find_map(|unique| known_values(row, &unique.columns));
        if let Some(key) = key {
            found.insert((statement, table), key.into_iter().map(|(column, value)| (column, value.into())).collect());
        }
    }
    for ((statement, table), key) in found {
        let (columns, values): (Vec<ColumnNumber>, Vec<Arc<str>>) = key.into_iter().unzip();
        if machine.catalog.rows_by_key(table, &columns, &values).0.is_empty() {
            reach(&machine.catalog, table, statement, account);
        }
    }
}

fn reach(catalog: &Catalog, table: ObjId, statement: usize, account: &mut RowAccount) {
    let name = catalog.qualified(table);
    account.strays.push(Stray { kind: "table", name: name.clone(), touch: Touch::Rows, statement, certain: true, shown: true });
    account.losses.push(Loss { object: name, by: Side::Rollback, what: "rows older than the forward", own: false, statement });
}

/// `key = 'queue.size'`, as it would be written in a condition.
fn written_key(catalog: &Catalog, table: ObjId, values: &[(ColumnNumber, &str)]) -> String {
    let relation = catalog.relation(table);
    let term = |(column, value): &(ColumnNumber, &str)| {
        let column = relation.and_then(|relation| relation.column_at(*column));
        let name = column.map(|column| quote(&column.name)).unwrap_or_default();
        let bare = column.is_some_and(|column| ["int2", "int4", "int8", "numeric", "bool"].iter().any(|ty| column.ty.is(ty)));
        if bare { format!("{name} = {value}") } else { format!("{name} = '{}'", value.replace('\'', "''")) }
    };
    values.iter().map(term).collect::<Vec<_>>().join(" AND ")
}

/// Whether bringing values from one type into another changes some of them for good without an error.
pub(super) fn rounds(old: &Ty, new: &Ty) -> bool {
    let any = |ty: &Ty, names: &[&str]| names.iter().any(|name| ty.is(name));
    let (whole, real) = (["int2", "int4", "int8"], ["numeric", "float4", "float8"]);
    if any(old, &real) && any(new, &whole) || old.is("float8") && new.is("float4") {
        return true;
    }
    if any(old, &["timestamp", "timestamptz"]) && any(new, &["date", "time", "timetz"]) {
        return true;
    }
    if old.is("numeric") && new.is("numeric") {
        let scale = |ty: &Ty| match ty.modifiers.split_once(',') {
            Some((_, scale)) => scale.trim().parse::<i32>().unwrap_or(i32::MAX),
            None if ty.modifiers.is_empty() => i32::MAX,
            None => 0,
        };
        return scale(new) < scale(old);
    }
    let stamps = ["timestamp", "timestamptz", "time", "timetz"];
    if any(old, &stamps) && any(new, &stamps) {
        let digits = |ty: &Ty| ty.modifiers.trim().parse::<i32>().unwrap_or(6);
        return digits(new) < digits(old);
    }
    false
}
