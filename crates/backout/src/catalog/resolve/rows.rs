//! Statements that read or change rows: the checks of parse analysis, and which rows they name by literals.

use super::super::context::{Context, Missing, Outcome, RelationRef, Stop, Want, fail};
use super::super::object::{Body, ColumnNumber, ConstraintKind, ObjId, RelKind, Relation, Ty, TyBase};
use super::super::template::Piece;
use super::super::{Class, relation_word};
use super::expr::{ExprPlace, Resolver};
use super::input::fitted;
use super::keys::literal_keys;
use super::query::Rows;
use super::scope::{Columns, Scope, ScopeItem};
use crate::op::query::{Assignment, OnConflict, QueryBody};
use crate::op::{Behavior, Call, Constant, Copy, Delete, Expr, Insert, Merge, Name, ObjectName, Op, RelationKind, Truncate, Update};
use crate::source::Span;
use std::sync::Arc;

/// System catalogs that say nothing of a schema (manual chapter 53).
const NO_SCHEMA: [&str; 5] = ["pg_database", "pg_largeobject", "pg_largeobject_metadata", "pg_statistic", "pg_statistic_ext_data"];

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
    pub inserted: Option<Box<LiteralRows>>,
    /// Rows with literal keys that it deletes.
    pub deleted: Option<Box<LiteralRows>>,
    /// Rows with literal keys that it updates.
    pub updated: Option<Box<LiteralRows>>,
    /// A DELETE or TRUNCATE without WHERE.
    pub unbounded: bool,
    /// A system catalog that it changes, and with it the schema.
    pub catalog: Option<Name>,
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
    pub rows: Vec<Vec<Option<Arc<str>>>>,
    /// `ON CONFLICT DO NOTHING|UPDATE`.
    pub on_conflict: bool,
}

/// The table that a statement changes.
struct Target {
    item: ScopeItem<'static>,
    /// The relation, unless it is the system's.
    id: Option<ObjId>,
    name: Name,
}

impl Context<'_> {
    /// What a row statement does, after the checks of parse analysis.
    pub fn row_statement(&self, op: &Op) -> Outcome<RowUse> {
        self.row_statement_in(op, None)
    }

    /// The same within a routine, whose arguments and variables are in sight.
    pub fn row_statement_in(&self, op: &Op, outer: Option<&Scope<'_>>) -> Outcome<RowUse> {
        let mut resolver = Resolver::new(self, ExprPlace::Statement);
        resolver.collect = true;
        resolver.row_op(op, outer)?;
        Ok(resolver.uses)
    }
}

impl Resolver<'_, '_> {
    /// A statement that reads or changes rows; the columns are those that it returns.
    pub(super) fn row_op(&mut self, op: &Op, outer: Option<&Scope<'_>>) -> Outcome<Rows> {
        let ctes = self.ctes.len();
        self.queries += 1;
        let rows = self.enter(|resolver| match op {
            Op::Insert(insert) => resolver.insert(insert, outer),
            Op::Update(update) => resolver.update(update, outer),
            Op::Delete(delete) => resolver.delete(delete, outer),
            Op::Merge(merge) => resolver.merge_rows(merge, outer),
            Op::Select(query) => {
                resolver.queries -= 1;
                let rows = resolver.query(query, outer);
                resolver.queries += 1;
                rows
            }
            Op::Copy(copy) => resolver.copy(copy),
            Op::Truncate(truncate) => resolver.truncate(truncate),
            Op::Lock(names) => resolver.lock(names),
            Op::Call(call) => resolver.call_statement(call, outer),
            Op::Explain { op, .. } | Op::Prepare { op, .. } => resolver.row_op(op, outer),
            _ => Ok(Rows::default()),
        });
        self.queries -= 1;
        self.ctes.truncate(ctes);
        rows
    }

    /// The table that is changed.
    fn target(&mut self, name: &ObjectName, alias: Option<&Name>) -> Outcome<Target> {
        let shown = alias.unwrap_or(&name.name).clone();
        let id = match self.context.relation(name, RelationKind::Table)? {
            RelationRef::User(id) => id,
            RelationRef::System(schema, relation) => {
                if schema == "pg_catalog" && !NO_SCHEMA.contains(&relation.as_str()) {
                    self.uses.catalog = Some(relation.clone());
                }
                let item = ScopeItem { aliased: alias.is_some(), ..self.system_item(schema, &relation, &shown) };
                return Ok(Target { item, id: None, name: relation });
            }
        };
        if let Some(relation) = self.context.catalog.relation(id) {
            let refused = match &relation.kind {
                RelKind::MatView(_) => Some(format!("cannot change materialized view \"{}\"", name.name)),
                RelKind::Sequence(_) => Some(format!("cannot change sequence \"{}\"", name.name)),
                RelKind::Index(_) if self.context.catalog.version < 16 => Some(format!("\"{}\" is an index", name.name)),
                RelKind::Index(_) => Some(format!("cannot open relation \"{}\"", name.name)),
                RelKind::Table(_) | RelKind::View(_) => None,
            };
            if let Some(message) = refused {
                return Err(fail("42809", message).at(name.span).into());
            }
        }
        if !self.uses.writes.contains(&id) {
            self.uses.writes.push(id);
        }
        self.out.push(Piece::Object(id));
        let item = ScopeItem { schema: name.schema.clone(), aliased: alias.is_some(), ..ScopeItem::new(shown, Columns::Catalog(id)) };
        Ok(Target { item, id: Some(id), name: name.name.clone() })
    }

    /// A column that a statement writes to.
    fn target_column(&self, target: &Target, name: &Name, span: Span) -> Outcome<Option<(ColumnNumber, Ty)>> {
        let failure = || fail("42703", format!("column \"{name}\" of relation \"{}\" does not exist", target.name)).at(span);
        match target.id {
            Some(id) => match self.context.catalog.relation(id).and_then(|relation| relation.column(name)) {
                Some(column) => Ok(Some((column.number, column.ty.clone()))),
                None => {
                    let full = format!("{}.{}", super::super::Names::qualified(self.context.catalog, id), super::super::quote(name));
                    Err(self.context.missing_column(id, name, failure().about("column", full)))
                }
            },
            None => {
                let (columns, open) = self.item_columns(&target.item);
                if open || columns.iter().any(|(column, _)| column == name) { Ok(None) } else { Err(failure().into()) }
            }
        }
    }

    /// A column that is written to: where the statement is a definition, that depends on it.
    fn written(&mut self, target: &Target, name: &Name, number: Option<ColumnNumber>) {
        match target.id.zip(number) {
            Some((id, number)) => self.out.push(Piece::Column(id, number)),
            None => self.text(crate::lexer::quote_ident(name)),
        }
    }

    fn relation(&self, id: Option<ObjId>) -> Option<&Relation> {
        self.context.catalog.relation(id?)
    }

    fn insert(&mut self, insert: &Insert, outer: Option<&Scope<'_>>) -> Outcome<Rows> {
        self.with(&insert.with, false, outer)?;
        self.fixed("INSERT INTO ");
        let target = self.target(&insert.table, insert.alias.as_ref())?;
        let mut columns: Vec<(Name, Option<(ColumnNumber, Ty)>)> = Vec::with_capacity(insert.columns.len());
        for (name, span) in &insert.columns {
            if columns.iter().any(|(other, _)| other == name) {
                return Err(fail("42701", format!("column \"{name}\" specified more than once")).at(*span).into());
            }
            columns.push((name.clone(), self.target_column(&target, name, *span)?));
        }
        let listed = !insert.columns.is_empty();
        if !listed {
            let (all, _) = self.item_columns(&target.item);
            columns = all.into_iter().map(|(name, found)| (name, found.source.map(|(_, number)| number).zip(found.ty))).collect();
        }
        let lists = match insert.source.as_ref() {
            Some(query) => match &query.body {
                QueryBody::Values(lists) if query.with.is_empty() && query.order_by.is_empty() && query.limit.is_empty() => {
                    self.spread(lists, &Scope { parent: outer, ..Scope::default() })?
                }
                _ => None,
            },
            None => None,
        };
        let given = match (&insert.source, &lists) {
            (None, _) => 0,
            (_, Some(lists)) => lists.first().map_or(0, Vec::len),
            (_, None) => columns.len(),
        };
        self.fixed(" (");
        for (name, column) in columns.iter().take(given) {
            self.written(&target, name, column.as_ref().map(|(number, _)| *number));
            self.fixed(", ");
        }
        self.fixed(") ");
        let open = !listed && self.relation(target.id).is_none_or(|relation| relation.open);
        match &insert.source {
            None => {
                self.fixed("DEFAULT VALUES");
                self.nulls(&target, &[], &[])?;
            }
            Some(query) => match lists {
                Some(lists) => self.insert_values(insert, &target, &columns, listed, open, &lists, outer)?,
                None => {
                    let rows = self.query_with(query, outer, None)?;
                    let count = rows.columns.len();
                    if !rows.open {
                        self.width(count, columns.len(), listed, open)?;
                        for ((_, ty), (name, column)) in rows.columns.iter().zip(&columns) {
                            if let (Some(ty), Some((number, to))) = (ty, column) {
                                self.writable(&target, insert, *number, name)?;
                                self.storable(ty, to, name)?;
                            }
                        }
                        if let QueryBody::Select(select) = &query.body
                            && select.items.len() == count
                        {
                            for (item, (_, column)) in select.items.iter().zip(&columns) {
                                if let (Expr::Constant(constant), Some((_, to))) = (&item.expr, column) {
                                    let value = self.constant(constant);
                                    self.store(&value, to, "")?;
                                    self.fits(&target, &item.expr, to)?;
                                }
                            }
                        }
                    }
                }
            },
        }
        let mut scope = Scope { items: vec![target.item.clone()], parent: outer, ..Scope::default() };
        if let Some(conflict) = &insert.on_conflict {
            self.on_conflict(conflict, &target, &mut scope)?;
        }
        scope.items.truncate(1);
        self.returning(&insert.returning, &scope)
    }

    /// As many values as columns.
    fn width(&self, values: usize, columns: usize, listed: bool, open: bool) -> Outcome<()> {
        if values > columns && !open {
            return Err(fail("42601", "INSERT has more expressions than target columns").into());
        }
        if values < columns && listed {
            return Err(fail("42601", "INSERT has more target columns than expressions").into());
        }
        Ok(())
    }

    /// Whether a value of a type can be stored in a column.
    fn storable(&self, from: &Ty, to: &Ty, column: &str) -> Outcome<()> {
        use super::types::format_bare;
        if from.is("unknown") || self.context.assignable(from, to) != super::types::Verity::No {
            return Ok(());
        }
        let (to, from) = (format_bare(to, self.context.catalog), format_bare(from, self.context.catalog));
        Err(fail("42804", format!("column \"{column}\" is of type {to} but expression is of type {from}")).into())
    }

    #[allow(clippy::too_many_arguments, reason = "one statement's parts, taken apart once")]
    fn insert_values(
        &mut self,
        insert: &Insert,
        target: &Target,
        columns: &[(Name, Option<(ColumnNumber, Ty)>)],
        listed: bool,
        open: bool,
        lists: &[Vec<Expr>],
        outer: Option<&Scope<'_>>,
    ) -> Outcome<()> {
        let width = lists.first().map_or(0, Vec::len);
        if lists.iter().any(|list| list.len() != width) {
            return Err(fail("42601", "VALUES lists must all be the same length").into());
        }
        self.width(width, columns.len(), listed, open)?;
        self.fixed("VALUES ");
        let scope = Scope { parent: outer, ..Scope::default() };
        // What a statement of rows alone says is kept only where somebody reads it as a definition.
        let keep = !self.collect;
        for list in lists {
            let mark = self.out.len();
            self.fixed("(");
            for (expr, (name, column)) in list.iter().zip(columns) {
                if matches!(expr, Expr::Default) {
                    self.fixed("DEFAULT, ");
                    continue;
                }
                if let Some((number, _)) = column {
                    self.writable(target, insert, *number, name)?;
                }
                self.silent = !keep && matches!(expr, Expr::Constant(_));
                let value = self.eval_at(expr, &scope, ExprPlace::Values)?;
                if let Some((_, ty)) = column {
                    self.store(&value, ty, name)?;
                    self.fits(target, expr, ty)?;
                }
                self.silent = false;
                self.fixed(", ");
            }
            self.fixed(")");
            if !keep {
                self.out.truncate(mark);
            }
        }
        let numbers: Vec<Option<ColumnNumber>> = columns.iter().map(|(_, column)| column.as_ref().map(|(number, _)| *number)).collect();
        self.nulls(target, numbers.get(..width.min(numbers.len())).unwrap_or_default(), lists)?;
        if self.collect
            && let Some(id) = target.id
        {
            self.uses.inserted = super::keys::literal_rows(id, columns, lists, insert.on_conflict.is_some()).map(Box::new);
        }
        Ok(())
    }

    /// Brings a value into a column's type.
    fn store(&mut self, value: &super::expr::Value<'_>, to: &Ty, column: &str) -> Outcome<()> {
        if value.literal.is_some() || value.is_unknown() {
            let plain = Ty { modifiers: Name::default(), ..self.context.without_domain(to) };
            return self.coerce(value, &plain);
        }
        match &value.ty {
            Some(ty) => self.storable(ty, to, column),
            None => Ok(()),
        }
    }

    /// A constant is brought into a column's type when a statement is planned, before any row is looked at: it must fit.
    fn fits(&self, target: &Target, expr: &Expr, to: &Ty) -> Outcome<()> {
        let (text, number) = match expr {
            Expr::Constant(Constant::Number(number)) => (&**number, true),
            Expr::Constant(Constant::String(text)) => (text.as_str(), false),
            _ => return Ok(()),
        };
        let catalog = self.context.catalog;
        let ty = self.context.without_domain(to);
        let (TyBase::Builtin(name), Some(id)) = (&ty.base, target.id) else { return Ok(()) };
        // A rule may leave nothing to be done.
        let ruled = catalog.members(Class::Rule, id).next().is_some();
        if ty.array || ruled || !self.collect || !number && ty.modifiers.is_empty() {
            return Ok(());
        }
        if let Err(failure) = fitted(text, number, name, &ty.modifiers, catalog.version) {
            match catalog.doubt_about(id) {
                Some(gap) => self.context.note(gap),
                None => return Err(failure.into()),
            }
        }
        Ok(())
    }

    /// Generated columns take no value, nor do those that always number their rows.
    fn writable(&self, target: &Target, insert: &Insert, number: ColumnNumber, name: &str) -> Outcome<()> {
        let column = self.relation(target.id).and_then(|relation| relation.column_at(number));
        if column.is_some_and(|column| column.generated.is_some() || column.identity == Some(true) && !insert.overriding) {
            let message = if self.context.catalog.version < 14 {
                format!("cannot insert into column \"{name}\"")
            } else {
                format!("cannot insert a non-DEFAULT value into column \"{name}\"")
            };
            return Err(fail("428C9", message).into());
        }
        Ok(())
    }

    /// A column that must not be NULL and certainly would be.
    fn nulls(&self, target: &Target, given: &[Option<ColumnNumber>], lists: &[Vec<Expr>]) -> Outcome<()> {
        let Some(id) = target.id else { return Ok(()) };
        let Some(relation) = self.relation(target.id) else { return Ok(()) };
        let RelKind::Table(table) = &relation.kind else { return Ok(()) };
        let presumed = self.context.catalog.get(id).is_none_or(|object| object.presumed);
        // A trigger or a rule may put a value there, or do something else altogether.
        let changed = self.context.catalog.members(Class::Trigger, id).next().is_some()
            || self.context.catalog.members(Class::Rule, id).next().is_some();
        // A definition has no rows yet.
        if !self.collect || presumed || relation.open || changed || table.foreign.is_some() || given.iter().any(Option::is_none) {
            return Ok(());
        }
        for column in relation.live_columns().filter(|column| column.not_null) {
            if column.generated.is_some() {
                continue;
            }
            let filled = column.default.is_some() || column.identity.is_some() || self.context.domain(&column.ty).is_some();
            let at = given.iter().position(|number| *number == Some(column.number));
            let null = match at {
                None => !filled,
                Some(at) => lists.iter().any(|list| match list.get(at) {
                    Some(Expr::Default) => !filled,
                    Some(Expr::Constant(crate::op::Constant::Null)) => true,
                    _ => false,
                }),
            };
            if null {
                let message =
                    format!("null value in column \"{}\" of relation \"{}\" violates not-null constraint", column.name, target.name);
                return Err(fail("23502", message).into());
            }
        }
        Ok(())
    }

    fn on_conflict(&mut self, conflict: &OnConflict, target: &Target, scope: &mut Scope<'_>) -> Outcome<()> {
        self.fixed(" ON CONFLICT (");
        let mut columns: Option<Vec<ColumnNumber>> = Some(Vec::new());
        for expr in &conflict.target {
            self.eval_at(expr, scope, ExprPlace::Statement)?;
            self.fixed(", ");
            let number = match expr {
                Expr::Column { parts, .. } => {
                    let relation = self.relation(target.id);
                    parts.last().and_then(|name| relation?.column(name)).map(|column| column.number)
                }
                _ => None,
            };
            match (number, &mut columns) {
                (Some(number), Some(columns)) => columns.push(number),
                _ => columns = None,
            }
        }
        if let Some(filter) = &conflict.target_filter {
            self.filter(filter, scope, ExprPlace::Where)?;
        }
        self.fixed(")");
        if let (Some(columns), false, Some(id)) = (columns, conflict.target.is_empty(), target.id) {
            self.arbiter(id, &columns, conflict.target_filter.is_some())?;
        }
        if let (Some(name), Some(id)) = (&conflict.constraint, target.id) {
            use super::super::{Key, Presence};
            let failure = || fail("42704", format!("constraint \"{name}\" for table \"{}\" does not exist", target.name));
            let open = match self.context.find(&Key::new(Class::Constraint, id, name.clone())) {
                Presence::Present(found, _) => {
                    self.out.push(Piece::Object(found));
                    None
                }
                Presence::Absent => Some(None),
                Presence::Open(gap) => Some(Some(gap)),
            };
            if let Some(open) = open {
                return Err(Stop::Missing(Box::new(Missing { want: Want::Constraint(id, name.clone()), failure: failure(), open })));
            }
        }
        if let Some(assignments) = &conflict.update {
            let mut excluded = ScopeItem { alias: arcstr::literal!("excluded"), aliased: true, ..target.item.clone() };
            excluded.schema = None;
            scope.items.push(excluded);
            self.fixed(" DO UPDATE SET ");
            self.assignments(assignments, target, scope)?;
            if let Some(filter) = &conflict.filter {
                self.fixed(" WHERE ");
                self.filter(filter, scope, ExprPlace::Where)?;
            }
        }
        Ok(())
    }

    /// `ON CONFLICT (columns)` needs a unique index of just these columns.
    fn arbiter(&self, table: ObjId, columns: &[ColumnNumber], filtered: bool) -> Outcome<()> {
        use super::super::object::IndexKeyKind;
        let catalog = self.context.catalog;
        let Some(object) = catalog.get(table) else { return Ok(()) };
        let Some(relation) = catalog.relation(table) else { return Ok(()) };
        // The planner looks for it, and a definition is not planned.
        if !self.collect || object.presumed || relation.open || !matches!(relation.kind, RelKind::Table(_)) {
            return Ok(());
        }
        // An index of a constraint depends on the constraint, any other on the table.
        let of_constraints = catalog.members(Class::Constraint, table).filter_map(|id| match &catalog.get(id)?.body {
            Body::Constraint(constraint) => match &constraint.kind {
                ConstraintKind::Key { index, exclude: false, .. } => Some(*index),
                _ => None,
            },
            _ => None,
        });
        let mut indexes =
            catalog.dependents(table).iter().copied().chain(of_constraints).filter_map(|id| match &catalog.relation(id)?.kind {
                RelKind::Index(index) if index.table == table && index.unique => Some(index),
                _ => None,
            });
        let fits = indexes.any(|index| {
            let key = |number: &ColumnNumber| {
                index.elements.iter().any(|element| matches!(&element.key, IndexKeyKind::Column(column) if column == number))
            };
            let plain =
                index.elements.iter().all(|element| matches!(&element.key, IndexKeyKind::Column(column) if columns.contains(column)));
            plain && columns.iter().all(key) && (index.filter.is_none() || filtered)
        });
        if fits {
            return Ok(());
        }
        if let Some(gap) = catalog.doubt_about(table) {
            self.context.note(gap);
            return Ok(());
        }
        Err(fail("42P10", "there is no unique or exclusion constraint matching the ON CONFLICT specification").into())
    }

    fn assignments(&mut self, assignments: &[Assignment], target: &Target, scope: &Scope<'_>) -> Outcome<()> {
        let mut seen: Vec<&Name> = Vec::new();
        for (at, assignment) in assignments.iter().enumerate() {
            let mut single = None;
            for (name, span) in &assignment.columns {
                let column = match self.target_column(target, name, *span) {
                    Ok(column) => column,
                    Err(stop) => {
                        // The server reads all values before it looks for the columns.
                        for other in assignments.iter().skip(at).filter(|other| other.columns.len() == 1) {
                            self.eval_at(&other.value, scope, ExprPlace::Assignment)?;
                        }
                        return Err(stop);
                    }
                };
                if seen.contains(&name) {
                    return Err(fail("42601", format!("multiple assignments to same column \"{name}\"")).at(*span).into());
                }
                seen.push(name);
                let generated = column
                    .as_ref()
                    .and_then(|(number, _)| self.relation(target.id)?.column_at(*number))
                    .is_some_and(|column| column.generated.is_some() || column.identity == Some(true));
                if generated && !matches!(assignment.value, Expr::Default) {
                    return Err(fail("428C9", format!("column \"{name}\" can only be updated to DEFAULT")).at(*span).into());
                }
                self.written(target, name, column.as_ref().map(|(number, _)| *number));
                self.fixed(", ");
                single = column.map(|(_, ty)| (name, ty));
            }
            self.fixed("= ");
            if let (Expr::Subquery(query), true) = (&assignment.value, assignment.columns.len() > 1) {
                let rows = self.query(query, Some(scope))?;
                if rows.columns.len() != assignment.columns.len() && !rows.open {
                    return Err(fail("42601", "number of columns does not match number of values").at(query.span).into());
                }
                continue;
            }
            let value = self.eval_at(&assignment.value, scope, ExprPlace::Assignment)?;
            if let ([_], Some((name, ty))) = (assignment.columns.as_slice(), single)
                && !self.has_parts(&ty)
            {
                self.store(&value, &ty, name)?;
                self.fits(target, &assignment.value, &ty)?;
            }
            self.fixed(" ");
        }
        Ok(())
    }

    /// Whether an assignment may be to a part of a value of this type.
    fn has_parts(&self, ty: &Ty) -> bool {
        use super::super::builtin::TypeKind;
        ty.array || self.context.facts(ty).is_none_or(|facts| facts.kind == TypeKind::Composite)
    }

    fn update(&mut self, update: &Update, outer: Option<&Scope<'_>>) -> Outcome<Rows> {
        self.with(&update.with, false, outer)?;
        self.fixed("UPDATE ");
        let target = self.target(&update.table, update.alias.as_ref())?;
        if let Some(id) = target.id {
            self.check_published(id, "update", update.filter.is_some(), update.table.span)?;
        }
        let mut scope = Scope { items: vec![target.item.clone()], parent: outer, ..Scope::default() };
        self.fixed(" FROM ");
        self.read_list(&update.from, &mut scope, outer)?;
        let set = self.out.len();
        // An UPDATE of all rows changes values, it takes no row away.
        let unbounded = self.uses.unbounded;
        self.row_filter(update.filter.as_ref(), &scope)?;
        self.uses.unbounded = unbounded;
        if let (true, Some(id), Some(filter)) = (self.collect && update.from.is_empty(), target.id, &update.filter) {
            self.uses.updated = self.relation(target.id).and_then(|relation| literal_keys(id, relation, filter)).map(Box::new);
        }
        let rows = self.returning(&update.returning, &scope)?;
        // The server reads what stands behind SET last, and prints it first.
        let behind = self.out.split_off(set);
        self.fixed(" SET ");
        self.assignments(&update.assignments, &target, &scope)?;
        self.out.extend(behind);
        Ok(rows)
    }

    fn delete(&mut self, delete: &Delete, outer: Option<&Scope<'_>>) -> Outcome<Rows> {
        self.with(&delete.with, false, outer)?;
        self.fixed("DELETE FROM ");
        let target = self.target(&delete.table, delete.alias.as_ref())?;
        if let Some(id) = target.id {
            self.check_published(id, "delete", delete.filter.is_some(), delete.table.span)?;
        }
        let mut scope = Scope { items: vec![target.item.clone()], parent: outer, ..Scope::default() };
        self.fixed(" USING ");
        self.read_list(&delete.using, &mut scope, outer)?;
        self.row_filter(delete.filter.as_ref(), &scope)?;
        if let (true, Some(id), Some(filter)) = (self.collect && delete.using.is_empty(), target.id, &delete.filter) {
            self.uses.deleted = self.relation(target.id).and_then(|relation| literal_keys(id, relation, filter)).map(Box::new);
        }
        self.returning(&delete.returning, &scope)
    }

    /// `WHERE` of UPDATE and DELETE.
    fn row_filter(&mut self, filter: Option<&Expr>, scope: &Scope<'_>) -> Outcome<()> {
        match filter {
            Some(filter) => {
                self.fixed(" WHERE ");
                self.uses.unbounded |= matches!(filter, Expr::Constant(crate::op::Constant::Bool(true)));
                self.filter(filter, scope, ExprPlace::Where)
            }
            None => {
                self.uses.unbounded = true;
                Ok(())
            }
        }
    }

    fn merge_rows(&mut self, merge: &Merge, outer: Option<&Scope<'_>>) -> Outcome<Rows> {
        self.with(&merge.with, false, outer)?;
        self.fixed("MERGE INTO ");
        let target = self.target(&merge.table, merge.alias.as_ref())?;
        let mut scope = Scope { items: vec![target.item.clone()], parent: outer, ..Scope::default() };
        self.fixed(" USING ");
        self.read_item(&merge.using, &mut scope, outer, 1)?;
        self.fixed(" ON ");
        self.filter(&merge.on, &scope, ExprPlace::JoinOn)?;
        for (name, span) in &merge.columns {
            self.target_column(&target, name, *span)?;
            let text = crate::lexer::quote_ident(name);
            self.text(text);
            self.fixed(" ");
        }
        for expr in &merge.exprs {
            if !matches!(expr, Expr::Default) {
                self.eval_at(expr, &scope, ExprPlace::Statement)?;
                self.fixed(" ");
            }
        }
        self.returning(&merge.returning, &scope)
    }

    fn copy(&mut self, copy: &Copy) -> Outcome<Rows> {
        if let Some(query) = &copy.query {
            self.row_op(query, None)?;
        }
        let Some(name) = &copy.table else { return Ok(Rows::default()) };
        let relation = self.context.relation(name, RelationKind::Table)?;
        let target = match relation {
            RelationRef::User(id) => {
                let list = if copy.from { &mut self.uses.writes } else { &mut self.uses.reads };
                list.push(id);
                if let Some(relation) = self.context.catalog.relation(id) {
                    let direction = if copy.from { "to" } else { "from" };
                    let refused = match relation.kind {
                        RelKind::Table(_) => false,
                        // A view may have a trigger instead.
                        RelKind::View(_) => !copy.from,
                        RelKind::MatView(_) => copy.from || self.context.catalog.version < 18,
                        RelKind::Sequence(_) | RelKind::Index(_) => true,
                    };
                    if refused {
                        let word = match relation.kind {
                            RelKind::Index(_) => "non-table relation",
                            _ => relation_word(relation),
                        };
                        return Err(fail("42809", format!("cannot copy {direction} {word} \"{}\"", name.name)).at(name.span).into());
                    }
                }
                let item = ScopeItem::new(name.name.clone(), Columns::Catalog(id));
                Target { item, id: Some(id), name: name.name.clone() }
            }
            RelationRef::System(schema, relation) => {
                Target { item: self.system_item(schema, &relation, &name.name), id: None, name: relation }
            }
        };
        let mut seen: Vec<&Name> = Vec::new();
        for (column, span) in &copy.columns {
            self.target_column(&target, column, *span)?;
            if seen.contains(&column) {
                return Err(fail("42701", format!("column \"{column}\" specified more than once")).at(*span).into());
            }
            seen.push(column);
        }
        Ok(Rows::default())
    }

    fn truncate(&mut self, truncate: &Truncate) -> Outcome<Rows> {
        let mut tables = Vec::with_capacity(truncate.tables.len());
        for name in &truncate.tables {
            let RelationRef::User(id) = self.context.relation(name, RelationKind::Table)? else {
                return Err(fail("42501", format!("permission denied: \"{}\" is a system catalog", name.name)).at(name.span).into());
            };
            if self.context.catalog.relation(id).is_some_and(|relation| !matches!(relation.kind, RelKind::Table(_))) {
                return Err(fail("42809", format!("\"{}\" is not a table", name.name)).at(name.span).into());
            }
            tables.push(id);
        }
        // A foreign key forbids it even when the referencing table is empty.
        let mut at = 0;
        while let Some(&id) = tables.get(at) {
            at += 1;
            for &dependent in self.context.catalog.dependents(id) {
                let Some(object) = self.context.catalog.get(dependent) else { continue };
                let Body::Constraint(constraint) = &object.body else { continue };
                let ConstraintKind::ForeignKey { table, .. } = &constraint.kind else { continue };
                if *table != id || tables.contains(&object.parent) {
                    continue;
                }
                match truncate.behavior {
                    Behavior::Cascade => tables.push(object.parent),
                    Behavior::Restrict => {
                        return Err(fail("0A000", "cannot truncate a table referenced in a foreign key constraint").into());
                    }
                }
            }
        }
        for table in &tables {
            self.context.refuse_pending(*table, "TRUNCATE")?;
        }
        self.uses.writes.extend(tables);
        self.uses.unbounded = true;
        Ok(Rows::default())
    }

    fn lock(&mut self, names: &[ObjectName]) -> Outcome<Rows> {
        for name in names {
            if let RelationRef::User(id) = self.context.relation(name, RelationKind::Table)?
                && let Some(relation) = self.context.catalog.relation(id)
                && !matches!(relation.kind, RelKind::Table(_) | RelKind::View(_))
            {
                return Err(fail("42809", format!("\"{}\" is not a table or view", name.name)).at(name.span).into());
            }
        }
        Ok(Rows::default())
    }

    fn call_statement(&mut self, call: &Call, outer: Option<&Scope<'_>>) -> Outcome<Rows> {
        let scope = Scope { parent: outer, ..Scope::default() };
        self.place = ExprPlace::CallArgument;
        self.once = true;
        let (_, callee) = self.call_found(call, &scope)?;
        if let Some(routine) = callee.routine.and_then(|id| self.context.routine_at(id))
            && routine.kind != crate::op::RoutineKind::Procedure
        {
            let types: Vec<&Ty> = routine.inputs().map(|argument| &argument.ty).collect();
            let signature = super::types::format_signature(&call.name, types, self.context.catalog);
            return Err(fail("42809", format!("{signature} is not a procedure")).at(call.name.span).into());
        }
        Ok(Rows::default())
    }
}
