//! Constraints (manual chapter 5.4; CREATE TABLE and ALTER TABLE … ADD).

use super::index::NewIndex;
use super::{Apply, Event, fail, naming};
use crate::catalog::context::{Missing, Outcome, Stop, Want};
use crate::catalog::object::{
    Body, ColumnNumber, Constraint, ConstraintKind, DepKind, Index, IndexKeyKind, ObjId, Object, RelKind, Relation,
};
use crate::catalog::resolve::{ExprPlace, Verity};
use crate::catalog::template::{Piece, Template};
use crate::catalog::{Class, Failure, Key, Names, Presence, quote};
use crate::op::{
    ConstraintAttributes, Expr, ForeignKey, Ident, IndexElement, Name, ObjectName, Persistence, RelationKind, TableConstraint,
    TableConstraintKind,
};

/// What rows a constraint meets that is added.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// None: the table is being made.
    None,
    /// Those that have NULL in its column, which came with it: no key and no foreign key minds.
    NullInColumn,
    /// Any.
    Any,
}

impl Apply<'_> {
    /// `SET CONSTRAINTS` takes constraints that are there, and lets only those wait that can.
    pub(super) fn check_named_constraint(&self, name: &ObjectName, waits: bool) -> Outcome<()> {
        let home = match &name.schema {
            Some(schema) => Some(self.context().schema(schema, name.span)?),
            None => None,
        };
        let of_home = |object: &Object| {
            let table = self.catalog.get(object.parent);
            home.is_none_or(|home| table.is_some_and(|table| table.parent == home))
        };
        let named = self.catalog.constraints_named(&name.name).iter().filter_map(|id| self.catalog.get(*id));
        let found: Vec<_> = named.filter(|object| of_home(object)).collect();
        let can_wait = |object: &Object| match &object.body {
            Body::Constraint(constraint) => constraint.deferrable || object.presumed,
            _ => true,
        };
        let failure = |sqlstate, what: &str| fail(sqlstate, format!("constraint \"{}\" {what}", name.name)).at(name.span);
        if found.is_empty() {
            // Of one that nobody has seen it is not known whether it is there.
            let known = !self.catalog.open_world && self.catalog.knows_constraint(&name.name) && !self.catalog.was_doubted(&name.name);
            return if known { Err(failure("42704", "does not exist").into()) } else { Ok(()) };
        }
        if !waits || found.into_iter().any(|object| can_wait(object)) { Ok(()) } else { Err(failure("42809", "is not deferrable").into()) }
    }

    /// Adds a constraint to a table that holds these rows.
    pub(super) fn add_constraint(&mut self, table: ObjId, constraint: &TableConstraint, rows: Rows) -> Outcome<()> {
        let Some(object) = self.catalog.get(table).cloned() else { return Ok(()) };
        if let TableConstraintKind::Key { columns, using_index: None, .. } = &constraint.kind {
            for column in columns {
                self.key_column_number(table, column)?;
            }
        }
        if matches!(constraint.kind, TableConstraintKind::Key { primary: true, using_index: None, .. }) {
            self.check_only_primary_key(table).map_err(|failure| failure.at(constraint.span))?;
        }
        if let Some(name) = &constraint.name {
            self.check_constraint_name(table, name, constraint)?;
        }
        let full = self.catalog.qualified(table);
        match &constraint.kind {
            TableConstraintKind::Check { expr, no_inherit } => {
                let expr = self.table_expr(table, expr, Some(&crate::catalog::object::Ty::builtin("bool")), ExprPlace::Check)?;
                let columns = columns_of(&expr, table);
                let name = match &constraint.name {
                    Some(name) => name.clone(),
                    None => {
                        let column = match columns[..] {
                            [only] => self.column_name(table, only),
                            _ => None,
                        };
                        self.choose_constraint_name(object.parent, &object.name, column.as_deref(), "check")
                    }
                };
                if rows != Rows::None && !constraint.attributes.not_valid {
                    self.events.push(Event::MayFail(format!("{full}.{}", quote(&name)), "check", "23514", table));
                }
                let kind = ConstraintKind::Check { expr: expr.clone(), no_inherit: *no_inherit, columns };
                let made = made(kind, constraint.attributes);
                self.add_check(table, name, made, expr, !no_inherit);
                Ok(())
            }
            TableConstraintKind::Key { primary, columns, include, nulls_not_distinct, using_index, options, .. } => {
                if *primary {
                    self.check_only_primary_key(table).map_err(|failure| failure.at(constraint.span))?;
                }
                if let Some(index) = using_index {
                    return self.adopt_index(table, constraint, *primary, index);
                }
                let elements: Vec<IndexElement> = columns.iter().map(element_of).collect();
                for (at, column) in columns.iter().enumerate() {
                    self.key_column(table, column, *primary)?;
                    if columns[..at].iter().any(|other| other.name == column.name) {
                        let what = if *primary { "primary key" } else { "unique" };
                        return Err(fail("42701", format!("column \"{}\" appears twice in {what} constraint", column.name))
                            .at(column.span)
                            .into());
                    }
                }
                let include: Vec<IndexElement> = include.iter().map(element_of).collect();
                let index = NewIndex {
                    table,
                    name: constraint.name.as_ref().map(|name| (name.clone(), constraint.span)),
                    label: if *primary { "pkey" } else { "key" },
                    unique: true,
                    primary: *primary,
                    method: "btree".into(),
                    elements: &elements,
                    operators: &[],
                    include: &include,
                    nulls_not_distinct: *nulls_not_distinct,
                    options: options.clone(),
                    filter: None,
                    constraint: true,
                    valid: true,
                };
                let index = self.build_index(&index)?;
                if rows == Rows::Any || rows == Rows::NullInColumn && (*primary || *nulls_not_distinct) {
                    self.events.push(Event::MayFail(full, if *primary { "primary-key" } else { "unique" }, "23505", table));
                }
                self.finish_key(table, index, *primary, false, constraint.attributes)
            }
            TableConstraintKind::Exclude { method, elements, include, filter, options } => {
                let operators: Vec<Name> = elements.iter().map(|(_, operator)| operator.name.clone()).collect();
                let elements: Vec<IndexElement> = elements.iter().map(|(element, _)| element.clone()).collect();
                let include: Vec<IndexElement> = include.iter().map(element_of).collect();
                let index = NewIndex {
                    table,
                    name: constraint.name.as_ref().map(|name| (name.clone(), constraint.span)),
                    label: "excl",
                    unique: false,
                    primary: false,
                    method: method.clone().unwrap_or_else(|| "btree".into()),
                    elements: &elements,
                    operators: &operators,
                    include: &include,
                    nulls_not_distinct: false,
                    options: options.clone(),
                    filter: filter.as_ref(),
                    constraint: true,
                    valid: true,
                };
                let index = self.build_index(&index)?;
                if rows == Rows::Any {
                    self.events.push(Event::MayFail(full, "exclude", "23P01", table));
                }
                self.finish_key(table, index, false, true, constraint.attributes)
            }
            TableConstraintKind::ForeignKey { columns, key } => self.add_foreign_key(table, constraint, columns, key, rows),
            TableConstraintKind::NotNull { column, .. } => {
                if self.catalog.version < 18 {
                    return Err(fail("42601", "syntax error at or near \"NOT\"").at(constraint.span).into());
                }
                let number = self.column(table, column)?;
                self.add_not_null(table, number, constraint.name.clone());
                Ok(())
            }
        }
    }

    fn check_constraint_name(&self, table: ObjId, name: &Name, constraint: &TableConstraint) -> Outcome<()> {
        let object = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
        match self.context().find(&Key::new(Class::Constraint, table, name.clone())) {
            Presence::Present(_, None) => {
                let index = matches!(constraint.kind, TableConstraintKind::Key { .. } | TableConstraintKind::Exclude { .. });
                let failure = if index {
                    fail("42P07", format!("relation \"{name}\" already exists"))
                } else {
                    fail("42710", format!("constraint \"{name}\" for relation \"{object}\" already exists"))
                };
                Err(failure.about("constraint", format!("{}.{}", self.catalog.qualified(table), quote(name))).at(constraint.span).into())
            }
            _ => Ok(()),
        }
    }

    /// A column of a key; a primary key makes it NOT NULL.
    fn key_column_number(&self, table: ObjId, column: &Ident) -> Outcome<ColumnNumber> {
        match self.column(table, column) {
            Err(Stop::Missing(missing)) => {
                let mut failure = missing.failure.clone();
                failure.message = format!("column \"{}\" named in key does not exist", column.name);
                Err(Stop::Missing(Box::new(Missing { failure, ..*missing })))
            }
            found => found,
        }
    }

    fn key_column(&mut self, table: ObjId, column: &Ident, primary: bool) -> Outcome<ColumnNumber> {
        let number = self.key_column_number(table, column)?;
        if primary {
            self.set_not_null(table, number);
        }
        Ok(number)
    }

    /// `NOT NULL` for a column and those of its children.
    pub(super) fn set_not_null(&mut self, table: ObjId, number: ColumnNumber) {
        let known = self.catalog.relation(table).and_then(|relation| relation.column_at(number)).is_some_and(|column| column.not_null);
        if !known {
            self.catalog.update_column(table, number, |column| column.not_null = true);
            if self.catalog.version >= 18 {
                self.add_not_null(table, number, None);
            }
        }
    }

    /// From 18 on NOT NULL is a constraint with a name.
    fn add_not_null(&mut self, table: ObjId, number: ColumnNumber, name: Option<Name>) {
        let Some(object) = self.catalog.get(table).cloned() else { return };
        self.catalog.update_column(table, number, |column| column.not_null = true);
        if self.not_null_constraint(table, number).is_some() {
            return;
        }
        let column = self.column_name(table, number).unwrap_or_default();
        let name = name.unwrap_or_else(|| self.choose_constraint_name(object.parent, &object.name, Some(&column), "not_null"));
        let constraint = made(ConstraintKind::NotNull { column: number, no_inherit: false }, super::column::PLAIN);
        let mut object = Object::new(name, table, Body::Constraint(constraint));
        object.depend(table, number, DepKind::Auto);
        self.catalog.create(object);
    }

    /// The NOT NULL constraint of a column (from 18).
    pub(super) fn not_null_constraint(&self, table: ObjId, number: ColumnNumber) -> Option<ObjId> {
        self.constraints(table)
            .find(|(_, constraint)| matches!(constraint.kind, ConstraintKind::NotNull { column, .. } if column == number))
            .map(|(id, _)| id)
    }

    /// The constraints of a table.
    pub(super) fn constraints(&self, table: ObjId) -> impl Iterator<Item = (ObjId, &Constraint)> {
        self.catalog.members(Class::Constraint, table).filter_map(|id| match &self.catalog.get(id)?.body {
            Body::Constraint(constraint) => Some((id, constraint)),
            _ => None,
        })
    }

    /// The primary key of a table.
    pub(super) fn primary_key(&self, table: ObjId) -> Option<ObjId> {
        self.constraints(table)
            .find(|(_, constraint)| matches!(constraint.kind, ConstraintKind::Key { primary: true, .. }))
            .map(|(id, _)| id)
    }

    /// Stops at a primary key of a table that has one.
    pub(super) fn check_only_primary_key(&self, table: ObjId) -> Result<(), Failure> {
        let Some(object) = self.primary_key(table).and_then(|_| self.catalog.get(table)) else { return Ok(()) };
        Err(fail("42P16", format!("multiple primary keys for table \"{}\" are not allowed", object.name)))
    }

    pub(super) fn column_name(&self, table: ObjId, number: ColumnNumber) -> Option<Name> {
        self.catalog.relation(table)?.column_at(number).map(|column| column.name.clone())
    }

    /// Adds a resolved CHECK to a table and, unless NO INHERIT, to its children.
    pub(super) fn add_check(&mut self, table: ObjId, name: Name, mut constraint: Constraint, expr: Template, recurse: bool) {
        if let Some(id) = self.constraint_id(table, &name) {
            // An inherited check merges with the table's own of that name.
            self.catalog.update(id, |object| {
                if let Body::Constraint(found) = &mut object.body {
                    found.inherited |= constraint.inherited;
                    found.local |= constraint.local;
                }
            });
            return;
        }
        if let ConstraintKind::Check { expr: kept, columns, .. } = &mut constraint.kind {
            kept.clone_from(&expr);
            *columns = columns_of(&expr, table);
        }
        let mut object = Object::new(name.clone(), table, Body::Constraint(constraint.clone()));
        object.depend(table, 0, DepKind::Auto);
        object.depend_on_template(&expr, table, DepKind::Auto, DepKind::Normal);
        self.add(object);
        if recurse {
            for child in self.partitions(table) {
                let expr = self.remap(&expr, table, child);
                let constraint = Constraint { inherited: true, local: false, ..constraint.clone() };
                self.add_check(child, name.clone(), constraint, expr, true);
            }
        }
    }

    pub(super) fn constraint_id(&self, table: ObjId, name: &str) -> Option<ObjId> {
        match self.catalog.look_up(&Key::new(Class::Constraint, table, name)) {
            Presence::Present(id, _) => Some(id),
            Presence::Absent | Presence::Open(_) => None,
        }
    }

    /// Makes the constraint of an index that was built for it.
    pub(super) fn finish_key(
        &mut self,
        table: ObjId,
        index: ObjId,
        primary: bool,
        exclude: bool,
        attributes: ConstraintAttributes,
    ) -> Outcome<()> {
        let Some((name, found)) = self.index(index).map(|(object, index)| (object.name.clone(), index.clone())) else { return Ok(()) };
        let columns: Vec<ColumnNumber> = key_columns(&found);
        let kind = ConstraintKind::Key { primary, exclude, index, columns: columns.clone() };
        let mut object = Object::new(name, table, Body::Constraint(made(kind, attributes)));
        for &column in columns.iter().chain(&found.include) {
            object.depend(table, column, DepKind::Auto);
        }
        for key in &found.elements {
            if let IndexKeyKind::Expression(expr) = &key.key {
                object.depend_on_template(expr, table, DepKind::Auto, DepKind::Normal);
            }
        }
        if object.deps.is_empty() {
            object.depend(table, 0, DepKind::Auto);
        }
        let id = self.add(object);
        self.catalog.update(index, |object| {
            object.deps.retain(|dep| dep.on != table);
            object.depend(id, 0, DepKind::Internal);
            if let Body::Relation(Relation { kind: RelKind::Index(index), .. }) = &mut object.body {
                index.constraint = Some(id);
                index.primary = primary;
            }
        });
        self.propagate_key(table, index)
    }

    /// `ADD CONSTRAINT … USING INDEX`.
    fn adopt_index(&mut self, table: ObjId, constraint: &TableConstraint, primary: bool, index: &Ident) -> Outcome<()> {
        let schema = self.catalog.get(table).map_or(ObjId::NONE, |object| object.parent);
        let key = Key::new(Class::Relation, schema, index.name.clone());
        let missing =
            || fail("42704", format!("index \"{}\" does not exist", index.name)).about("index", index.name.to_string()).at(index.span);
        let presence = self.context().find(&key);
        let id = self.context().need(presence, || Want::Relation(RelationKind::Index, schema, index.name.clone()), missing)?;
        let Some((_, found)) = self.index(id).map(|(object, index)| (object.name.clone(), index.clone())) else {
            return Err(fail("42809", format!("\"{}\" is not an index", index.name)).at(index.span).into());
        };
        if found.table != table {
            let of = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
            let failure = fail("55000", format!("index \"{}\" does not belong to table \"{of}\"", index.name)).at(index.span);
            return Err(self.unless_indexes(id, table, failure));
        }
        if found.constraint.is_some() {
            return Err(fail("55000", format!("index \"{}\" is already associated with a constraint", index.name)).at(index.span).into());
        }
        let presumed = self.catalog.get(id).is_some_and(|object| object.presumed);
        let unfit = match () {
            () if !found.valid => Some(("55000", format!("index \"{}\" is not valid", index.name))),
            () if !found.unique && !presumed => Some(("42809", format!("\"{}\" is not a unique index", index.name))),
            () if found.filter.is_some() => Some(("42809", format!("\"{}\" is a partial index", index.name))),
            () if found.elements.iter().any(|key| matches!(key.key, IndexKeyKind::Expression(_))) => {
                Some(("42809", format!("index \"{}\" contains expressions", index.name)))
            }
            () => None,
        };
        let unfit = unfit.or_else(|| {
            let at = found.elements.iter().position(|key| key.descending || key.nulls_first)?;
            Some(("42809", format!("index \"{}\" column number {} does not have default sorting behavior", index.name, at + 1)))
        });
        if let Some((sqlstate, message)) = unfit {
            return Err(fail(sqlstate, message).at(index.span).into());
        }
        if let Some(name) = constraint.name.as_ref().filter(|name| **name != index.name) {
            let name = name.clone();
            self.catalog.update(id, |object| object.name = name);
        }
        if primary {
            for column in key_columns(&found) {
                self.set_not_null(table, column);
            }
        }
        self.finish_key(table, id, primary, false, constraint.attributes)
    }

    fn add_foreign_key(
        &mut self,
        table: ObjId,
        constraint: &TableConstraint,
        columns: &[Ident],
        key: &ForeignKey,
        rows: Rows,
    ) -> Outcome<()> {
        let Some(object) = self.catalog.get(table).cloned() else { return Ok(()) };
        let target = self.user_relation(&key.table, RelationKind::Table)?;
        let Some(target_relation) = self.catalog.relation(target).cloned() else { return Ok(()) };
        if constraint.attributes.not_valid && rows != Rows::None && self.is_partitioned(table) && self.catalog.version < 18 {
            let message = format!(
                "cannot add NOT VALID foreign key on partitioned table \"{}\" referencing relation \"{}\"",
                object.name, key.table.name
            );
            return Err(fail("42809", message).at(constraint.span).into());
        }
        if !matches!(target_relation.kind, RelKind::Table(_)) {
            return Err(fail("42809", format!("referenced relation \"{}\" is not a table", key.table.name)).at(key.table.span).into());
        }
        let own = self.catalog.relation(table).map(|relation| relation.persistence).unwrap_or_default();
        let refused = match (own, target_relation.persistence) {
            (Persistence::Permanent, Persistence::Unlogged | Persistence::Temporary) => Some(("permanent", "permanent")),
            (Persistence::Unlogged, Persistence::Temporary) => Some(("unlogged", "permanent or unlogged")),
            (Persistence::Temporary, Persistence::Permanent | Persistence::Unlogged) => Some(("temporary", "temporary")),
            _ => None,
        };
        if let Some((this, that)) = refused {
            return Err(fail("42P16", format!("constraints on {this} tables may reference only {that} tables")).at(key.table.span).into());
        }
        let numbers = columns.iter().map(|column| self.foreign_column(table, column)).collect::<Outcome<Vec<_>>>()?;
        let (targets, index) = self.referenced_key(target, key)?;
        if !targets.is_empty() && targets.len() != numbers.len() {
            return Err(fail("42830", "number of referencing and referenced columns for foreign key disagree").at(constraint.span).into());
        }
        let name = match &constraint.name {
            Some(name) => name.clone(),
            None => {
                let joined = naming::join_columns(columns.iter().map(|column| column.name.as_str()));
                self.choose_constraint_name(object.parent, &object.name, Some(&joined), "fkey")
            }
        };
        let type_of = |relation: &Relation, number| relation.column_at(number).map(|column| column.ty.clone());
        if let Some(own) = self.catalog.relation(table) {
            for (&from, &to) in numbers.iter().zip(&targets) {
                if let (Some(from_ty), Some(to_ty)) = (type_of(own, from), type_of(&target_relation, to))
                    && self.context().comparable(&from_ty, &to_ty) == Verity::No
                {
                    let mut failure = fail("42804", format!("foreign key constraint \"{name}\" cannot be implemented"));
                    let print = |ty| self.context().format_type(ty, self.catalog);
                    let column =
                        |relation: &Relation, number| relation.column_at(number).map(|column| column.name.to_string()).unwrap_or_default();
                    failure.detail.push(format!(
                        "Key columns \"{}\" and \"{}\" are of incompatible types: {} and {}.",
                        column(own, from),
                        column(&target_relation, to),
                        print(&from_ty),
                        print(&to_ty)
                    ));
                    return Err(failure
                        .about("constraint", format!("{}.{}", self.catalog.qualified(table), quote(&name)))
                        .at(constraint.span)
                        .into());
                }
            }
        }
        let set_columns = key
            .set_columns
            .iter()
            .map(|name| self.foreign_column(table, &Ident { name: name.clone(), span: constraint.span }))
            .collect::<Outcome<Vec<_>>>()?;
        if let Some((column, _)) = key.set_columns.iter().zip(&set_columns).find(|(_, number)| !numbers.contains(number)) {
            let message = format!("column \"{column}\" referenced in ON DELETE SET action must be part of foreign key");
            return Err(fail("42P10", message).at(constraint.span).into());
        }
        if rows == Rows::Any && !constraint.attributes.not_valid {
            self.events.push(Event::MayFail(format!("{}.{}", self.catalog.qualified(table), quote(&name)), "foreign-key", "23503", table));
        }
        let kind = ConstraintKind::ForeignKey {
            columns: numbers,
            table: target,
            target: targets,
            on_delete: key.on_delete,
            set_columns,
            on_update: key.on_update,
            match_full: key.match_full,
        };
        let made = made(kind, constraint.attributes);
        self.add_foreign(table, name, made, index);
        Ok(())
    }

    /// Makes a resolved foreign key, on the partitions too.
    fn add_foreign(&mut self, table: ObjId, name: Name, constraint: Constraint, index: Option<ObjId>) {
        let ConstraintKind::ForeignKey { columns, table: target, target: targets, .. } = &constraint.kind else { return };
        let mut object = Object::new(name.clone(), table, Body::Constraint(constraint.clone()));
        for &column in columns {
            object.depend(table, column, DepKind::Auto);
        }
        if targets.is_empty() {
            object.depend(*target, 0, DepKind::Normal);
        }
        for &column in targets {
            object.depend(*target, column, DepKind::Normal);
        }
        if let Some(index) = index {
            object.depend(index, 0, DepKind::Normal);
        }
        if self.is_partitioned(*target) {
            // Each partition that it refers to is held alone, too.
            for partition in self.descendants(*target) {
                object.depend(partition, 0, DepKind::Normal);
            }
        }
        let id = self.add(object);
        if self.is_partitioned(table) {
            for child in self.partitions(table) {
                self.copy_foreign_key(id, table, child);
            }
        }
    }

    /// The foreign keys of other tables that hold a partitioned table or one of its partitions.
    pub(super) fn foreign_keys_to(&self, table: ObjId) -> Vec<ObjId> {
        let refers = |id: &ObjId| {
            self.catalog.get(*id).is_some_and(|object| {
                let foreign = |constraint: &Constraint| matches!(constraint.kind, ConstraintKind::ForeignKey { .. });
                matches!(&object.body, Body::Constraint(constraint) if foreign(constraint) && !constraint.inherited)
                    && object.deps.iter().any(|dep| dep.on == table && dep.kind == DepKind::Normal)
            })
        };
        self.catalog.dependents(table).iter().copied().filter(refers).collect()
    }

    pub(super) fn is_partitioned(&self, table: ObjId) -> bool {
        matches!(self.catalog.relation(table).map(|relation| &relation.kind), Some(RelKind::Table(table)) if table.partition_by.is_some())
    }

    /// The foreign keys of a partitioned table, on a partition.
    pub(super) fn clone_foreign_keys_to(&mut self, parent: ObjId, table: ObjId) -> Outcome<()> {
        let keys: Vec<ObjId> = self
            .constraints(parent)
            .filter(|(_, constraint)| matches!(constraint.kind, ConstraintKind::ForeignKey { .. }))
            .map(|(id, _)| id)
            .collect();
        for key in keys {
            self.copy_foreign_key(key, parent, table);
        }
        Ok(())
    }

    /// A foreign key of a partitioned table, on a partition; one of the partition's own that says the same becomes part of it.
    fn copy_foreign_key(&mut self, key: ObjId, parent: ObjId, table: ObjId) {
        let Some(object) = self.catalog.get(key).cloned() else { return };
        let Body::Constraint(constraint) = &object.body else { return };
        let mut constraint = constraint.clone();
        constraint.inherited = true;
        constraint.local = false;
        let (Some(from), Some(to)) = (self.catalog.relation(parent).cloned(), self.catalog.relation(table).cloned()) else { return };
        let ConstraintKind::ForeignKey { columns, .. } = &mut constraint.kind else { return };
        for column in columns.iter_mut() {
            if let Some(found) = from.column_at(*column).and_then(|column| to.column(&column.name)) {
                *column = found.number;
            }
        }
        let columns = columns.clone();
        let own = self.constraints(table).find(|(_, own)| own.can_be_part_of(&constraint)).map(|(id, _)| id);
        let id = match own {
            Some(own) => {
                self.catalog.update(own, |object| {
                    object.body = Body::Constraint(constraint);
                    object.depend(key, 0, DepKind::Internal);
                });
                own
            }
            None => {
                let name = match self.constraint_id(table, &object.name) {
                    Some(_) => {
                        let of = self.catalog.get(table).map(|table| (table.parent, table.name.clone()));
                        let (schema, table_name) = of.unwrap_or((ObjId::NONE, Name::default()));
                        let names: Vec<Name> = columns.iter().filter_map(|column| self.column_name(table, *column)).collect();
                        let joined = naming::join_columns(names.iter().map(Name::as_str));
                        self.choose_constraint_name(schema, &table_name, Some(&joined), "fkey")
                    }
                    None => object.name.clone(),
                };
                let mut copy = Object::new(name, table, Body::Constraint(constraint));
                copy.depend(key, 0, DepKind::Internal);
                copy.depend(table, 0, DepKind::Auto);
                self.catalog.create(copy)
            }
        };
        if self.is_partitioned(table) && own.is_none() {
            for child in self.partitions(table) {
                self.copy_foreign_key(id, table, child);
            }
        }
    }

    fn foreign_column(&self, table: ObjId, column: &Ident) -> Outcome<ColumnNumber> {
        self.column(table, column).map_err(|stop| match stop {
            Stop::Missing(mut missing) => {
                missing.failure.message = format!("column \"{}\" referenced in foreign key constraint does not exist", column.name);
                Stop::Missing(missing)
            }
            stop => stop,
        })
    }

    /// The columns that a foreign key refers to and the unique index that makes it possible.
    fn referenced_key(&self, target: ObjId, key: &ForeignKey) -> Outcome<(Vec<ColumnNumber>, Option<ObjId>)> {
        let name = &key.table.name;
        let open = self.catalog.relation(target).is_some_and(|relation| relation.open);
        let deferrable = |index: ObjId| {
            let its = |kind: &ConstraintKind| matches!(kind, ConstraintKind::Key { index: own, .. } if *own == index);
            self.constraints(target).any(|(_, constraint)| constraint.deferrable && its(&constraint.kind))
        };
        let refused = |what: &str| {
            let message = format!("cannot use a deferrable {what} for referenced table \"{name}\"");
            Err(fail("55000", message).at(key.table.span).into())
        };
        if key.columns.is_empty() {
            return match self.constraints(target).find_map(|(_, constraint)| match &constraint.kind {
                ConstraintKind::Key { primary: true, index, columns, .. } => Some((columns.clone(), Some(*index))),
                _ => None,
            }) {
                Some((_, Some(index))) if deferrable(index) => refused("primary key"),
                Some(found) => Ok(found),
                None if open => Ok((Vec::new(), None)),
                None => Err(fail("42704", format!("there is no primary key for referenced table \"{name}\""))
                    .about("table", self.catalog.qualified(target))
                    .at(key.table.span)
                    .into()),
            };
        }
        let numbers = key.columns.iter().map(|column| self.foreign_column(target, column)).collect::<Outcome<Vec<_>>>()?;
        let mut wanted = numbers.clone();
        wanted.sort_unstable();
        let fits = |id: &ObjId| match self.index(*id) {
            Some((_, index)) => {
                let mut columns = key_columns(index);
                columns.sort_unstable();
                index.unique && index.valid && index.filter.is_none() && columns == wanted && index.elements.len() == wanted.len()
            }
            None => false,
        };
        let index = self.indexes(target).into_iter().filter(fits).min_by_key(|index| deferrable(*index));
        if index.is_some_and(deferrable) {
            return refused("unique constraint");
        }
        if index.is_none() && !open {
            let message = format!("there is no unique constraint matching given keys for referenced table \"{name}\"");
            return Err(fail("42830", message).about("table", self.catalog.qualified(target)).at(key.table.span).into());
        }
        Ok((numbers, index))
    }
}

/// A constraint with what was said about it.
pub(super) fn made(kind: ConstraintKind, attributes: ConstraintAttributes) -> Constraint {
    Constraint {
        kind,
        deferrable: attributes.deferrable || attributes.initially_deferred,
        initially_deferred: attributes.initially_deferred,
        validated: !attributes.not_valid && !attributes.not_enforced,
        enforced: !attributes.not_enforced,
        inherited: false,
        local: true,
    }
}

/// The columns of the table that an expression reads, each once.
pub(super) fn columns_of(expr: &Template, table: ObjId) -> Vec<ColumnNumber> {
    let mut columns = Vec::new();
    for piece in &expr.pieces {
        if let Piece::Column(id, number) = piece
            && *id == table
            && !columns.contains(number)
        {
            columns.push(*number);
        }
    }
    columns
}

/// The plain columns of an index's key.
pub(super) fn key_columns(index: &Index) -> Vec<ColumnNumber> {
    index
        .elements
        .iter()
        .filter_map(|key| match key.key {
            IndexKeyKind::Column(column) => Some(column),
            IndexKeyKind::Expression(_) => None,
        })
        .collect()
}

fn element_of(column: &Ident) -> IndexElement {
    IndexElement {
        expr: Expr::Column { parts: vec![column.name.clone()], span: column.span },
        collation: None,
        opclass: None,
        opclass_options: Vec::new(),
        descending: false,
        nulls_first: None,
        span: column.span,
    }
}
