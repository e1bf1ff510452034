//! What row statements do to the rows that are certainly there, and the errors that follow from them: a key that is
//! there already (23505), a row that another one certainly references (23503), one that does not fit what is demanded (23502).
//!
//! Certainty is only ever lost by what cannot be followed: triggers, functions, conditions that are no literal keys.

use super::demands::taken;
use super::keys::{Checks, Reference, Unique, acts, references, uniques};
use super::run::Machine;
use super::triggers::fires;
use super::{Failure, Side};
use crate::catalog::context::{Session, fail};
use crate::catalog::object::{Body, Column, ColumnNumber, ConstraintKind, ObjId, RelKind, Relation, Ty, TyBase, Type};
use crate::catalog::resolve::{LiteralRows, RowUse};
use crate::catalog::rows::{Row, RowId, Value};
use crate::catalog::{Catalog, Class, Mark, Names};
use crate::lexer::{TokenKind, ident_value, tokenize};
use crate::op::query::{Assignment, OnConflict};
use crate::op::{AlterEnum, Expr, ForeignKeyAction, Insert, Op, TriggerEnabled};
use std::sync::Arc;

/// An UPDATE that may hit more rows than this makes the whole table uncertain.
const MOST_BLURRED: usize = 2_000;

/// What an INSERT hangs on where one with the key of its row may be there still.
const SAME_KEY: &str = "whether a row with the same key is still there";

/// No more rows than this are kept of a table whose rows have no key.
const MOST_WITHOUT_KEY: usize = 100;

impl Machine {
    /// Follows what a row statement does to the rows that are certain. A forward of a history is trusted: what contradicts
    /// it was not certain after all. `alone` is a statement that no transaction is open around.
    pub(super) fn change_rows(&mut self, op: &Op, uses: &RowUse, side: Side, session: &mut Session, alone: bool) -> Result<(), Failure> {
        let trusted = side == Side::Forward && self.trust_rows;
        let checks = Checks { deferral: session.transaction.deferral, alone };
        if let Some(table) = self.crowded(op, uses) {
            if !trusted {
                return Err(fail("21000", "more than one row returned by a subquery used as an expression"));
            }
            self.contradicted = true;
            self.catalog.forget_rows(table);
        }
        if !trusted && !session.replica {
            self.refused_by_trigger(op, uses)?;
        }
        let (mark, first) = (self.catalog.mark(), self.catalog.next_row());
        let result = self.followed(op, uses, checks).and_then(|updated| {
            let Some(&table) = uses.writes.first().filter(|_| !trusted) else { return Ok(()) };
            let written = match op {
                Op::Insert(_) => self.catalog.rows_since(table, first).map(|(id, _)| id).collect(),
                _ => updated,
            };
            self.proposed(op, table, uses)?;
            self.fits(table, &written, Some(checks))
        });
        if let (Op::Insert(insert), Some(&table)) = (op, uses.writes.first()) {
            self.shaken_after(insert, table);
        }
        match result {
            Err(_) if trusted => {
                self.contradicted = true;
                self.catalog.undo(mark);
                for &table in &uses.writes {
                    self.disturb(table);
                    for reference in references(&self.catalog, table) {
                        self.catalog.forget_rows(reference.child);
                    }
                }
                Ok(())
            }
            result => {
                if !trusted {
                    self.note_pending(op, mark, session);
                }
                result
            }
        }
    }

    /// What `ON CONFLICT` proposes must be good even where it comes to nothing.
    fn proposed(&mut self, op: &Op, table: ObjId, uses: &RowUse) -> Result<(), Failure> {
        let (Op::Insert(insert), Some(rows)) = (op, &uses.inserted) else { return Ok(()) };
        if insert.on_conflict.is_none() || !plain(&self.catalog, table) || fires(&self.catalog, table, "INSERT") {
            return Ok(());
        }
        let (mark, first) = (self.catalog.mark(), self.catalog.next_row());
        let columns: Arc<[ColumnNumber]> = rows.columns.clone().into();
        for row in rows.rows.iter().take(MOST_WITHOUT_KEY) {
            let value = |(value, &column): (&Option<Arc<str>>, &ColumnNumber)| value_of(value.as_ref(), self.is_time(table, column));
            let values = row.iter().zip(columns.iter()).map(value).collect();
            self.catalog.add_row(table, columns.clone(), values);
        }
        let written: Vec<RowId> = self.catalog.rows_since(table, first).map(|(id, _)| id).collect();
        let result = self.fits(table, &written, None);
        self.catalog.undo(mark);
        result
    }

    /// Does to the rows what a statement does; gives the rows that an UPDATE certainly changed.
    fn followed(&mut self, op: &Op, uses: &RowUse, checks: Checks) -> Result<Vec<RowId>, Failure> {
        let target = uses.writes.first().copied();
        match (op, target) {
            (Op::Insert(insert), Some(table)) if insert.with.is_empty() => self.insert_rows(insert, table, uses, checks)?,
            (Op::Delete(delete), Some(table)) if delete.with.is_empty() => {
                let all = delete.filter.is_none() && delete.using.is_empty();
                let filter = delete.filter.as_ref().filter(|_| delete.using.is_empty());
                self.delete_rows(table, uses.deleted.as_deref(), all, filter, checks)?;
            }
            (Op::Update(update), Some(table)) if update.with.is_empty() => {
                let all = update.filter.is_none() && update.from.is_empty();
                let filter = update.filter.as_ref().filter(|_| update.from.is_empty());
                return self.update_rows(table, uses.updated.as_deref(), all, filter, &update.assignments, checks);
            }
            // COPY adds rows; what triggers do is anybody's guess.
            (Op::Copy(_), Some(table)) => {
                self.catalog.set_whole(table, false);
                if fires(&self.catalog, table, "INSERT") {
                    self.catalog.forget_all_rows();
                }
            }
            (Op::Truncate(_), _) => {
                for &table in &uses.writes {
                    if fires(&self.catalog, table, "TRUNCATE") || !plain(&self.catalog, table) {
                        self.catalog.forget_all_rows();
                    }
                    self.catalog.clear_rows(table);
                }
            }
            (Op::Call(_), _) => self.catalog.forget_all_rows(),
            _ => {
                for &table in &uses.writes {
                    self.disturb(table);
                    if matches!(op, Op::Insert(_) | Op::Merge(_)) {
                        self.inserts_strangers(table, uses);
                    }
                }
            }
        }
        Ok(Vec::new())
    }

    /// What statements that are no row statements do to rows.
    pub(super) fn shake_rows(&mut self, op: &Op, mark: Mark) {
        if !self.catalog.knows_rows() {
            return;
        }
        match op {
            // What a script's own ALTER TABLE makes of values is followed where it is held against them.
            Op::AlterTable(_) if self.names.is_some() => self.forget_retyped(mark),
            Op::AlterEnum(AlterEnum::RenameValue { .. }) | Op::Execute { .. } => self.catalog.forget_all_rows(),
            _ => {}
        }
    }

    /// Forgets the rows of which a column has another type since the mark.
    fn forget_retyped(&mut self, mark: Mark) {
        let types = |object: &crate::catalog::object::Object| match &object.body {
            Body::Relation(relation) => {
                relation.live_columns().map(|column| (column.number, column.ty.clone())).collect::<Vec<(ColumnNumber, Ty)>>()
            }
            _ => Vec::new(),
        };
        let retyped = |id: &ObjId, before: &crate::catalog::object::Object| {
            let old = types(before);
            let new = self.catalog.get(*id).map(|object| types(object)).unwrap_or_default();
            new.iter().any(|(number, ty)| old.iter().any(|(known, before)| known == number && before != ty))
        };
        let changed: Vec<ObjId> = self
            .catalog
            .changed_since(mark)
            .into_iter()
            .filter(|(id, changed)| self.catalog.keeps_rows(*id) && changed.before.is_some_and(|before| retyped(id, before)))
            .map(|(id, _)| id)
            .collect();
        for table in changed {
            self.catalog.forget_rows(table);
        }
    }

    /// Whether a program may change rows: what it does to them is not followed.
    pub(super) fn shaken_by(&mut self, body: &str) {
        if !self.catalog.follows_rows() {
            return;
        }
        const WORDS: [&str; 8] = ["insert", "update", "delete", "truncate", "merge", "copy", "execute", "call"];
        let Ok(tokens) = tokenize(body) else { return self.catalog.forget_all_rows() };
        let schemas: Vec<ObjId> = self.catalog.members(Class::Schema, ObjId::NONE).collect();
        let changes = tokens.iter().enumerate().filter(|(_, token)| token.kind.is_ident()).any(|(at, token)| {
            let word = ident_value(body, *token);
            let called = tokens.get(at + 1).is_some_and(|next| next.kind == TokenKind::LParen);
            WORDS.contains(&word.as_str())
                || called && schemas.iter().any(|&schema| self.catalog.any_was_named(Class::Routine, schema, &word))
        });
        if changes {
            self.catalog.forget_all_rows();
        }
    }

    /// Some rows of the table may be gone or changed, and those that go with them.
    fn disturb(&mut self, table: ObjId) {
        let mut list = vec![table];
        let mut seen = list.clone();
        while let Some(table) = list.pop() {
            if !plain(&self.catalog, table) || fires(&self.catalog, table, "DELETE") || fires(&self.catalog, table, "UPDATE") {
                self.catalog.forget_all_rows();
                return;
            }
            self.catalog.forget_rows(table);
            for reference in references(&self.catalog, table) {
                if (acts(reference.on_delete) || acts(reference.on_update)) && !seen.contains(&reference.child) {
                    seen.push(reference.child);
                    list.push(reference.child);
                }
            }
        }
    }

    fn insert_rows(&mut self, insert: &Insert, table: ObjId, uses: &RowUse, checks: Checks) -> Result<(), Failure> {
        let updates = insert.on_conflict.as_ref().and_then(|conflict| conflict.update.as_deref());
        if self.fires_before(table, "INSERT") || (updates.is_some() && self.fires_before(table, "UPDATE")) {
            self.catalog.forget_all_rows();
            return Ok(());
        }
        if !plain(&self.catalog, table) {
            // A view's rule or the routing of partitions; the rows that are there stay unless they are updated.
            if updates.is_some() || !matches!(kind(&self.catalog, table), Some(RelKind::Table(_))) {
                self.disturb(table);
            }
            self.catalog.forget_whole();
            return match &uses.inserted {
                Some(rows) if updates.is_none() => self.route(table, rows),
                _ => Ok(()),
            };
        }
        let uniques = uniques(&self.catalog, table);
        let Some(rows) = &uses.inserted else {
            self.catalog.set_whole(table, false);
            self.inserts_strangers(table, uses);
            if let Some(assignments) = updates {
                self.update_rows(table, None, false, None, assignments, checks)?;
            }
            return Ok(());
        };
        match &insert.on_conflict {
            None => {
                let left = self.left_out(table, insert);
                self.insert_new(table, rows, &uniques, left, checks)
            }
            Some(conflict) => self.upsert(table, rows, conflict, &uniques, updates, checks),
        }
    }

    /// Notes rows of which nothing is known, unless they come from tables alone that scripts have written no rows to: what was moved from
    /// there is as old as they are.
    fn inserts_strangers(&mut self, table: ObjId, uses: &RowUse) {
        let written = |of: &ObjId| self.catalog.count_rows(*of) > 0 || self.catalog.strangers_of(*of).next().is_some();
        if uses.reads.is_empty() || uses.reads.iter().any(written) {
            self.catalog.add_strangers(table);
        }
    }

    /// What is known of the columns that an INSERT does not list.
    fn left_out(&self, table: ObjId, insert: &Insert) -> Vec<(ColumnNumber, Value)> {
        let Some(relation) = self.catalog.relation(table).filter(|_| !insert.columns.is_empty()) else { return Vec::new() };
        let listed = |column: &Column| insert.columns.iter().any(|(name, _)| *name == column.name);
        let left = relation.live_columns().filter(|column| !listed(column));
        left.filter_map(|column| Some((column.number, self.filled(column).ok()?))).filter(|(_, value)| *value != Value::Unknown).collect()
    }

    /// Plain INSERT: a key that is there already stops it.
    fn insert_new(
        &mut self,
        table: ObjId,
        rows: &LiteralRows,
        uniques: &[Unique],
        left: Vec<(ColumnNumber, Value)>,
        checks: Checks,
    ) -> Result<(), Failure> {
        let covered: Vec<&Unique> =
            uniques.iter().filter(|unique| unique.columns.iter().all(|column| rows.columns.contains(column))).collect();
        let references_any = self.catalog.members(Class::Constraint, table).any(|id| {
            matches!(self.catalog.get(id).map(|object| &object.body), Some(Body::Constraint(constraint)) if matches!(constraint.kind, ConstraintKind::ForeignKey { .. }))
        });
        // Without a key, a few rows are kept for what is demanded of all rows later.
        if covered.is_empty() && !references_any && self.catalog.count_rows(table) + rows.rows.len() > MOST_WITHOUT_KEY {
            self.catalog.set_whole(table, false);
            return Ok(());
        }
        let doubtful = self.catalog.doubt_about(table).is_some();
        let (others, filled): (Vec<ColumnNumber>, Vec<Value>) = left.into_iter().unzip();
        let columns: Arc<[ColumnNumber]> = [&*rows.columns, &*others].concat().into();
        let times: Vec<bool> = rows.columns.iter().map(|&column| self.is_time(table, column)).collect();
        for row in &rows.rows {
            let mut values: Vec<Value> = row.iter().zip(&times).map(|(value, time)| value_of(value.as_ref(), *time)).collect();
            values.extend_from_slice(&filled);
            for unique in &covered {
                let Some(key) = key_of(&columns, &values, &unique.columns) else { continue };
                let (found, _) = self.catalog.rows_by_key(table, &unique.columns, &key);
                let refused = unique.sure && checks.at_once(unique.can_wait);
                if refused && !doubtful && !found.is_empty() {
                    return Err(taken(&unique.name));
                }
                for id in self.catalog.ghosts_by_key(table, &unique.columns, &key) {
                    if refused {
                        self.hangs_on = Some(SAME_KEY);
                    }
                    self.catalog.lay_ghost(table, id);
                }
            }
            self.catalog.add_row(table, columns.clone(), values);
        }
        Ok(())
    }

    /// `ON CONFLICT`: afterwards a row with that key is there, one way or the other.
    fn upsert(
        &mut self,
        table: ObjId,
        rows: &LiteralRows,
        conflict: &OnConflict,
        uniques: &[Unique],
        updates: Option<&[Assignment]>,
        checks: Checks,
    ) -> Result<(), Failure> {
        let Some(arbiter) = self.arbiter(table, rows, conflict, uniques) else {
            self.catalog.set_whole(table, false);
            if let Some(assignments) = updates {
                self.update_rows(table, None, false, None, assignments, checks)?;
            }
            return Ok(());
        };
        let columns: Arc<[ColumnNumber]> = rows.columns.clone().into();
        let key_columns: Arc<[ColumnNumber]> = arbiter.columns.clone().into();
        let assigned: Vec<(ColumnNumber, Value)> =
            updates.map(|assignments| self.assigned(table, assignments)).unwrap_or_default().into_iter().map(blurred).collect();
        let times: Vec<bool> = rows.columns.iter().map(|&column| self.is_time(table, column)).collect();
        for row in &rows.rows {
            let values: Vec<Value> = row.iter().zip(&times).map(|(value, time)| value_of(value.as_ref(), *time)).collect();
            let Some(key) = key_of(&columns, &values, &arbiter.columns) else { continue };
            let (found, open) = self.catalog.rows_by_key(table, &arbiter.columns, &key);
            if !assigned.is_empty() {
                for id in found.iter().chain(&open) {
                    self.catalog.set_values(table, *id, &assigned);
                }
            }
            if found.is_empty() {
                self.catalog.add_row(table, key_columns.clone(), key.into_iter().map(Value::Known).collect());
            }
        }
        Ok(())
    }

    /// The index that `ON CONFLICT` is about, if the rows give its columns.
    fn arbiter<'u>(&self, table: ObjId, rows: &LiteralRows, conflict: &OnConflict, uniques: &'u [Unique]) -> Option<&'u Unique> {
        let relation = self.catalog.relation(table)?;
        let given = |unique: &&Unique| unique.columns.iter().all(|column| rows.columns.contains(column));
        if let Some(name) = &conflict.constraint {
            return uniques.iter().find(|unique| unique.name == *name).filter(given);
        }
        if conflict.target.is_empty() {
            let mut able = uniques.iter().filter(|unique| {
                // A key that the server makes up itself is a new one.
                unique.columns.iter().any(|column| rows.columns.contains(column))
            });
            let only = able.next()?;
            return able.next().is_none().then_some(only).filter(given);
        }
        let columns: Option<Vec<ColumnNumber>> = conflict
            .target
            .iter()
            .map(|expr| match expr {
                Expr::Column { parts, .. } => parts.last().and_then(|name| relation.column(name)).map(|column| column.number),
                _ => None,
            })
            .collect();
        let columns = columns?;
        let within = |some: &[ColumnNumber], all: &[ColumnNumber]| some.iter().all(|column| all.contains(column));
        uniques.iter().find(|unique| within(&unique.columns, &columns) && within(&columns, &unique.columns)).filter(given)
    }

    /// DELETE of the rows with these keys, of `all`, of those that fit a condition, or of some.
    fn delete_rows(
        &mut self,
        table: ObjId,
        keys: Option<&LiteralRows>,
        all: bool,
        filter: Option<&Expr>,
        checks: Checks,
    ) -> Result<(), Failure> {
        if !plain(&self.catalog, table) || fires(&self.catalog, table, "DELETE") {
            self.disturb(table);
            return Ok(());
        }
        let strangers: Vec<RowId> = self.catalog.strangers_of(table).collect();
        let seen = strangers.iter().all(|id| *id < self.first_row);
        // Which of them go is not known: an unfollowed DELETE is taken to be about those of an unfollowed INSERT.
        for id in strangers {
            self.catalog.lay_ghost(table, id);
        }
        let (hit, maybe) = match keys {
            Some(keys) => self.matching(table, keys),
            None if all => (self.catalog.rows_of(table).map(|(id, _)| id).collect(), Vec::new()),
            None => match filter.and_then(|filter| self.fitting(table, filter)) {
                Some(found) => found,
                None => {
                    self.may_be_referenced(table, None, checks);
                    self.disturb(table);
                    return Ok(());
                }
            },
        };
        if keys.is_some() || !seen || !hit.is_empty() || !maybe.is_empty() {
            let gone = [&*hit, &*maybe].concat();
            self.may_be_referenced(table, Some(&*gone).filter(|_| seen), checks);
        }
        // Of rows that may have been there those are gone that are deleted.
        let gone: Vec<RowId> = match keys {
            Some(keys) => {
                let list = named_keys(keys, &keys.columns);
                list.iter().flat_map(|key| self.catalog.ghosts_by_key(table, &keys.columns, key)).collect()
            }
            None if all => self.catalog.ghosts_of(table).map(|(id, _)| id).collect(),
            None => Vec::new(),
        };
        for id in gone {
            self.catalog.lay_ghost(table, id);
        }
        let references = references(&self.catalog, table);
        let cascades = references.iter().any(|reference| acts(reference.on_delete));
        let guards = |reference: &&Reference| checks.guards(reference, reference.on_delete) && !acts(reference.on_delete);
        for reference in references.iter().filter(guards).filter(|_| !cascades) {
            if !plain(&self.catalog, reference.child) || self.catalog.doubt_about(table).is_some() {
                continue;
            }
            let mut parents: Vec<Vec<Arc<str>>> =
                hit.iter().filter_map(|id| self.catalog.row(table, *id)?.key(&reference.target)).collect();
            parents.extend(keys.into_iter().flat_map(|keys| named_keys(keys, &reference.target)));
            for parent in parents {
                let (children, _) = self.catalog.rows_by_key(reference.child, &reference.columns, &parent);
                if children.iter().any(|child| reference.child != table || !(hit.contains(child) || maybe.contains(child))) {
                    return Err(self.referenced(table, reference));
                }
            }
        }
        let mut with_them: Vec<LiteralRows> = Vec::new();
        for reference in references.iter().filter(|reference| acts(reference.on_delete)) {
            if reference.enforced && !hit.is_empty() && self.is_rewritten(reference) {
                let name = |id: ObjId| self.catalog.get(id).map(|object| object.name.clone()).unwrap_or_default();
                let (parent, key, child) = (name(table), &reference.name, name(reference.child));
                let message =
                    format!("referential integrity query on \"{parent}\" from constraint \"{key}\" on \"{child}\" gave unexpected result");
                return Err(fail("XX000", message));
            }
            let children = if maybe.is_empty() && !all { self.children_of(table, reference, &hit, keys) } else { None };
            match children {
                Some(children) => with_them.push(children),
                None => self.disturb(reference.child),
            }
        }
        for id in hit {
            self.catalog.remove_row(table, id, true);
        }
        for children in with_them.iter().filter(|children| !children.rows.is_empty()) {
            self.delete_rows(children.table, Some(children), false, None, checks)?;
        }
        if maybe.len() == self.catalog.count_rows(table) {
            self.catalog.doubt_rows(table);
        } else {
            for id in maybe {
                self.catalog.remove_row(table, id, false);
            }
        }
        Ok(())
    }

    /// The rows that ON DELETE CASCADE deletes with those that are deleted, by their keys; none where it cannot be told of each row of
    /// the table that refers whether it goes.
    fn children_of(&mut self, table: ObjId, reference: &Reference, hit: &[RowId], keys: Option<&LiteralRows>) -> Option<LiteralRows> {
        let Reference { child, columns, target, .. } = reference;
        let follows = reference.on_delete == ForeignKeyAction::Cascade && reference.enforced;
        let exact =
            columns.iter().all(|column| self.is_exact(*child, *column)) && target.iter().all(|column| self.is_exact(table, *column));
        if !follows || !exact || self.catalog.strangers_of(*child).next().is_some() {
            return None;
        }
        // What refers to the children and goes along by another key does not stand in their way.
        let mut with = vec![table];
        let mut at = 0;
        while let Some(parent) = with.get(at).copied() {
            at += 1;
            for deeper in references(&self.catalog, parent) {
                if acts(deeper.on_delete) && !with.contains(&deeper.child) {
                    with.push(deeper.child);
                }
            }
        }
        if references(&self.catalog, *child).iter().any(|reference| !acts(reference.on_delete) && with.contains(&reference.child)) {
            return None;
        }
        let of_hit: Option<Vec<_>> = hit.iter().map(|id| self.catalog.row(table, *id)?.key(target)).collect();
        let named = keys.map(|keys| named_keys(keys, target)).unwrap_or_default();
        let all_are_named = !named.is_empty();
        let mut gone: Vec<Vec<Arc<str>>> = of_hit?.into_iter().chain(named).collect();
        gone.sort_unstable();
        gone.dedup();
        let children: Vec<Arc<Row>> = self.catalog.rows_of(*child).map(|(_, row)| row.clone()).collect();
        for row in children {
            if columns.iter().any(|column| *row.value(*column) == Value::Null) {
                continue;
            }
            let key = row.key(columns)?;
            // A row that nobody has seen may be among those that are deleted.
            if !all_are_named && gone.binary_search(&key).is_err() && self.catalog.rows_by_key(table, target, &key).0.is_empty() {
                return None;
            }
        }
        let rows = gone.into_iter().map(|key| key.into_iter().map(Some).collect()).collect();
        Some(LiteralRows { table: *child, columns: columns.clone(), rows, on_conflict: false })
    }

    /// A row that this migration inserted may refer to one that goes; none where it is not known which go.
    fn may_be_referenced(&mut self, table: ObjId, gone: Option<&[RowId]>, checks: Checks) {
        let first = self.first_row;
        let refers = references(&self.catalog, table).iter().any(|reference| {
            if reference.child == table || acts(reference.on_delete) || !checks.guards(reference, reference.on_delete) {
                return false;
            }
            let key = |id: &RowId| self.catalog.row(table, *id)?.key(&reference.target);
            let known = gone.is_some_and(|gone| gone.iter().all(|id| key(id).is_some()));
            let refers = |row: &Row| {
                let mut values = reference.columns.iter().map(|column| row.value(*column));
                if known { values.any(|value| *value == Value::Unknown) } else { values.all(|value| *value != Value::Null) }
            };
            self.catalog.rows_since(reference.child, first).any(|(_, row)| refers(row))
                || self.catalog.strangers_of(reference.child).any(|id| id >= first)
        });
        if refers {
            self.hangs_on = Some("whether a row refers to one that is deleted");
        }
    }

    /// Whether a rule `DO INSTEAD` stands in the place of what a key does when a row is deleted that it refers to.
    fn is_rewritten(&self, reference: &Reference) -> bool {
        let (event, verb) =
            if reference.on_delete == ForeignKeyAction::Cascade { ("DELETE INSTEAD", "delete") } else { ("UPDATE INSTEAD", "update") };
        self.catalog.members(Class::Rule, reference.child).filter_map(|id| self.catalog.get(id)).any(|object| match &object.body {
            Body::Rule(rule) => {
                let text = self.catalog.print(&rule.definition);
                // A condition, or an action of the same kind, leaves the key its way.
                rule.enabled == TriggerEnabled::Origin && text.starts_with(event) && !text.contains(" WHERE ") && !text.contains(verb)
            }
            _ => false,
        })
    }

    fn referenced(&self, table: ObjId, reference: &Reference) -> Failure {
        let name = |id: ObjId| self.catalog.get(id).map(|object| object.name.clone()).unwrap_or_default();
        let (parent, child) = (name(table), name(reference.child));
        if reference.on_delete == ForeignKeyAction::Restrict && self.catalog.version >= 18 {
            let message = format!(
                "update or delete on table \"{parent}\" violates RESTRICT setting of foreign key constraint \"{}\" on table \"{child}\"",
                reference.name
            );
            return fail("23001", message);
        }
        fail(
            "23503",
            format!("update or delete on table \"{parent}\" violates foreign key constraint \"{}\" on table \"{child}\"", reference.name),
        )
    }

    /// UPDATE of the rows with these keys, of `all`, of those that fit a condition, or of some: those that it certainly changes.
    fn update_rows(
        &mut self,
        table: ObjId,
        keys: Option<&LiteralRows>,
        all: bool,
        filter: Option<&Expr>,
        assignments: &[Assignment],
        checks: Checks,
    ) -> Result<Vec<RowId>, Failure> {
        if !plain(&self.catalog, table) || fires(&self.catalog, table, "UPDATE") {
            self.disturb(table);
            return Ok(Vec::new());
        }
        let columns = self.assigned(table, assignments);
        let (hit, maybe): (Vec<RowId>, Vec<RowId>) = match keys {
            Some(keys) => self.matching(table, keys),
            None if all => (self.catalog.rows_of(table).map(|(id, _)| id).collect(), Vec::new()),
            None => match filter.and_then(|filter| self.fitting(table, filter)) {
                Some(found) => found,
                None => (Vec::new(), self.catalog.rows_of(table).map(|(id, _)| id).collect()),
            },
        };
        if columns.is_empty() || hit.len() + maybe.len() > MOST_BLURRED {
            self.disturb(table);
            return Ok(Vec::new());
        }
        let among = |list: &[ColumnNumber]| list.iter().any(|column| columns.contains(column));
        let doubtful = self.catalog.doubt_about(table).is_some();
        let mut parents: Vec<(Reference, Vec<Vec<Arc<str>>>)> = Vec::new();
        for reference in references(&self.catalog, table).into_iter().filter(|reference| among(&reference.target)) {
            if acts(reference.on_update) {
                self.disturb(reference.child);
            } else if checks.guards(&reference, reference.on_update) && !doubtful && plain(&self.catalog, reference.child) {
                let keys = hit.iter().filter_map(|id| self.catalog.row(table, *id)?.key(&reference.target)).collect();
                parents.push((reference, keys));
            }
        }
        let mut uniques = uniques(&self.catalog, table);
        uniques.retain(|unique| unique.sure && checks.at_once(unique.can_wait) && !doubtful && among(&unique.columns));
        let unknown: Vec<(ColumnNumber, Value)> = columns.iter().copied().map(blurred).collect();
        for id in maybe {
            self.catalog.set_values(table, id, &unknown);
        }
        let (mut met, mut met_on_the_way) = (false, false);
        // A constant is the same for every row.
        let mut constants: Vec<(ColumnNumber, Value)> = Vec::new();
        for id in &hit {
            let Some(row) = self.catalog.row(table, *id).cloned() else { continue };
            let mut values = Vec::with_capacity(columns.len());
            for assignment in assignments {
                for column in self.assigned(table, std::slice::from_ref(assignment)) {
                    let constant = matches!(assignment.value, Expr::Constant(_));
                    if let Some(known) = constants.iter().find(|(of, _)| *of == column) {
                        values.push(known.clone());
                        continue;
                    }
                    let value = match assignment.columns.len() {
                        1 => self.assigned_value(table, &row, column, &assignment.value),
                        _ => Ok(Value::Unknown),
                    };
                    let value = match value {
                        Err(failure) if !doubtful => return Err(failure),
                        value => value.unwrap_or(Value::Unknown),
                    };
                    if constant {
                        constants.push((column, value.clone()));
                    }
                    values.push((column, value));
                }
            }
            self.catalog.set_values(table, *id, &values);
            for unique in &uniques {
                let shares = self.shares(table, *id, unique);
                met |= shares;
                // A key that can wait is looked at when all rows are done.
                met_on_the_way |= shares && unique.can_wait.is_none();
            }
        }
        if met {
            for unique in &uniques {
                if hit.iter().any(|id| self.shares(table, *id, unique)) {
                    return Err(taken(&unique.name));
                }
            }
            // Two rows may meet on the way, in the order in which they are stored.
            self.hangs_on = met_on_the_way.then_some(SAME_KEY);
        }
        for (reference, keys) in parents {
            for key in keys {
                let (found, open) = self.catalog.rows_by_key(table, &reference.target, &key);
                let gone = found.is_empty() && open.is_empty();
                if gone && !self.catalog.rows_by_key(reference.child, &reference.columns, &key).0.is_empty() {
                    return Err(self.referenced(table, &reference));
                }
            }
        }
        Ok(hit)
    }

    /// Whether another row has the same key.
    fn shares(&mut self, table: ObjId, id: RowId, unique: &Unique) -> bool {
        let key = self.catalog.row(table, id).and_then(|row| row.key(&unique.columns));
        key.is_some_and(|key| self.catalog.rows_by_key(table, &unique.columns, &key).0.len() > 1)
    }

    /// The columns that a SET list assigns.
    fn assigned(&self, table: ObjId, assignments: &[Assignment]) -> Vec<ColumnNumber> {
        let Some(relation) = self.catalog.relation(table) else { return Vec::new() };
        assigned_in(relation, assignments)
    }

    /// The certain rows that literal keys name, and those that they may name.
    pub(super) fn matching(&mut self, table: ObjId, keys: &LiteralRows) -> (Vec<RowId>, Vec<RowId>) {
        let (mut hit, mut maybe) = (Vec::new(), Vec::new());
        for row in &keys.rows {
            let key: Option<Vec<Arc<str>>> = row.iter().cloned().collect();
            let Some(key) = key else { continue };
            let (found, open) = self.catalog.rows_by_key(table, &keys.columns, &key);
            hit.extend(found);
            maybe.extend(open);
        }
        // Where one value can be written in several ways, another text may still be the same value.
        let inexact = keys.columns.iter().any(|&column| !self.is_exact(table, column));
        if inexact {
            maybe.extend(self.catalog.rows_of(table).map(|(id, _)| id));
        }
        for list in [&mut hit, &mut maybe] {
            list.sort_unstable();
            list.dedup();
        }
        maybe.retain(|id| hit.binary_search(id).is_err());
        (hit, maybe)
    }

    fn column_type(&self, table: ObjId, column: ColumnNumber) -> Option<&Ty> {
        Some(&self.catalog.relation(table)?.column_at(column)?.ty)
    }

    /// Whether different texts are different values.
    pub(super) fn is_exact(&self, table: ObjId, column: ColumnNumber) -> bool {
        let Some(ty) = self.column_type(table, column) else { return false };
        match &ty.base {
            _ if ty.array => false,
            TyBase::Builtin(_) => ["int2", "int4", "int8", "text", "varchar", "bool", "uuid", "name"].iter().any(|name| ty.is(name)),
            TyBase::User(id) => matches!(self.catalog.get(*id).map(|object| &object.body), Some(Body::Type(Type::Enum(_)))),
            TyBase::Open(_) => false,
        }
    }

    /// Whether a word as `now` is another value each time.
    pub(super) fn is_time(&self, table: ObjId, column: ColumnNumber) -> bool {
        self.column_type(table, column)
            .is_some_and(|ty| ["timestamp", "timestamptz", "date", "time", "timetz"].iter().any(|name| ty.is(name)))
    }
}

/// A column of which the value is not known any more.
fn blurred(column: ColumnNumber) -> (ColumnNumber, Value) {
    (column, Value::Unknown)
}

/// The columns that a SET list assigns.
pub(super) fn assigned_in(relation: &Relation, assignments: &[Assignment]) -> Vec<ColumnNumber> {
    assignments
        .iter()
        .flat_map(|assignment| &assignment.columns)
        .filter_map(|(name, _)| relation.column(name))
        .map(|column| column.number)
        .collect()
}

pub(super) fn value_of(value: Option<&Arc<str>>, time: bool) -> Value {
    match value {
        None => Value::Null,
        Some(text) if time && text.trim_start().starts_with(|c: char| c.is_ascii_alphabetic()) => Value::Unknown,
        Some(text) => Value::Known(text.clone()),
    }
}

fn key_of(columns: &[ColumnNumber], values: &[Value], wanted: &[ColumnNumber]) -> Option<Vec<Arc<str>>> {
    wanted
        .iter()
        .map(|column| match columns.iter().position(|known| known == column).and_then(|at| values.get(at)) {
            Some(Value::Known(value)) => Some(value.clone()),
            Some(Value::Null | Value::Unknown) | None => None,
        })
        .collect()
}

/// The literal keys brought into the order of these columns, where they are just these.
fn named_keys(keys: &LiteralRows, target: &[ColumnNumber]) -> Vec<Vec<Arc<str>>> {
    let order: Option<Vec<usize>> = target.iter().map(|column| keys.columns.iter().position(|known| known == column)).collect();
    match order {
        Some(order) if keys.columns.len() == target.len() => {
            keys.rows.iter().filter_map(|row| order.iter().map(|&at| row.get(at)?.clone()).collect::<Option<Vec<Arc<str>>>>()).collect()
        }
        _ => Vec::new(),
    }
}

fn kind(catalog: &Catalog, table: ObjId) -> Option<&RelKind> {
    catalog.relation(table).map(|relation| &relation.kind)
}

/// Whether rows of the table can be followed: it is a table of its own of which everything is known.
pub(super) fn plain(catalog: &Catalog, table: ObjId) -> bool {
    let Some(object) = catalog.get(table) else { return false };
    let Some(relation) = catalog.relation(table) else { return false };
    let RelKind::Table(data) = &relation.kind else { return false };
    let alone = data.foreign.is_none() && data.partition_by.is_none() && data.partition_of.is_none() && data.inherits.is_empty();
    alone
        && !object.presumed
        && !relation.open
        && !data.force_row_security
        && catalog.members(Class::Rule, table).next().is_none()
        && !catalog
            .dependents(table)
            .iter()
            .any(|&id| matches!(kind(catalog, id), Some(RelKind::Table(child)) if child.inherits.contains(&table)))
}
