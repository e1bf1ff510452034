//! ALTER COLUMN, ADD COLUMN and DROP COLUMN.

use super::super::column::{NewColumn, identity_base};
use super::super::constraint::key_columns;
use super::super::{Apply, Event, fail};
use crate::catalog::context::{Fact, Outcome, Stop};
use crate::catalog::object::{Body, Column, ColumnNumber, ConstraintKind, ObjId, PRESUMED_COLUMNS, RelKind, Ty, TyBase, Type};
use crate::catalog::resolve::ExprPlace;
use crate::catalog::{Class, Failure, Key, Names, key_of, quote};
use crate::op::{Behavior, ColumnAction, ColumnDef, Ident, Name, ReplicaIdentity};
use crate::source::Span;

impl Apply<'_> {
    pub(super) fn add_column<'a>(&mut self, table: ObjId, def: &'a ColumnDef, if_not_exists: bool) -> Outcome<Option<NewColumn<'a>>> {
        let Some(object) = self.catalog.get(table).cloned() else { return Ok(None) };
        let Body::Relation(relation) = &object.body else { return Ok(None) };
        let full = format!("{}.{}", self.catalog.qualified(table), quote(&def.name));
        if let Some(found) = relation.column(&def.name) {
            let presumed = found.number >= PRESUMED_COLUMNS;
            if if_not_exists {
                self.events.push(Event::FoundObject("column", full));
                return Ok(None);
            }
            match self.catalog.doubt_about_column(table, &def.name) {
                Some(gap) if !presumed => {
                    // It may not be there: then this adds it. Either way it is there afterwards.
                    self.context().note(gap);
                    return Ok(None);
                }
                _ => {
                    let failure = fail("42701", format!("column \"{}\" of relation \"{}\" already exists", def.name, object.name));
                    return Err(failure.about("column", full).at(def.span).into());
                }
            }
        }
        if matches!(&relation.kind, RelKind::Table(own) if own.partition_of.is_some()) {
            return Err(fail("42809", "cannot add column to a partition").at(def.span).into());
        }
        self.refuse_typed(table, "cannot add column to typed table", def.span)?;
        let guessed = self.catalog.column_open(table, &def.name);
        let doubt = self.catalog.doubt_about_column(table, &def.name);
        if if_not_exists && (guessed || doubt.is_some()) {
            let key = Key::new(Class::Relation, object.parent, object.name.clone());
            self.catalog.lasting_doubt(key, format!("whether column {full} was there before is not known"));
        } else if let Some(gap) = doubt {
            self.context().note(gap);
        }
        let new = self.new_column(def, &object.name, relation.next_number())?;
        // Child tables do not inherit an identity; partitions do from 17 on.
        let inherits = self.catalog.version >= 17 && self.is_partitioned(table);
        if new.identity.is_some() && !inherits && !self.partitions(table).is_empty() {
            let message = "cannot recursively add identity column to table that has child tables";
            return Err(fail("42P16", message).about("column", full).at(def.span).into());
        }
        match if_not_exists {
            true => self.catalog.column_is_known(table, &def.name),
            false => self.catalog.column_was_absent(table, &def.name),
        }
        self.append_column(table, new.column.clone());
        self.finish_column(table, &new)?;
        if !self.is_partitioned(table) || !self.partitions(table).is_empty() {
            self.check_default_fits(&new.column, new.default)?;
        }
        if new.is_filled() {
            self.check_row_type_users(table, table, "table", 0)?;
        } else if new.column.not_null {
            self.events.push(Event::MayFail(full, "set-not-null", "23502", table));
        }
        for child in self.partitions(table) {
            self.add_inherited_column(child, table, &new)?;
        }
        Ok(Some(new))
    }

    pub(super) fn add_inherited_column(&mut self, child: ObjId, parent: ObjId, new: &NewColumn<'_>) -> Outcome<()> {
        let Some(relation) = self.catalog.relation(child) else { return Ok(()) };
        match relation.column(&new.column.name).cloned() {
            Some(found) => {
                let known = |ty: &Ty| !matches!(ty.base, TyBase::Open(_));
                if found.number < PRESUMED_COLUMNS && found.ty != new.column.ty && known(&found.ty) && known(&new.column.ty) {
                    let child = self.catalog.get(child).map(|object| object.name.clone()).unwrap_or_default();
                    let message = format!("child table \"{child}\" has different type for column \"{}\"", found.name);
                    return Err(fail("42804", message).into());
                }
                self.catalog.update_column(child, found.number, |column| column.inherited += 1);
                Ok(())
            }
            None => {
                let mut column = Column {
                    number: relation.next_number(),
                    local: false,
                    inherited: 1,
                    default: None,
                    identity: None,
                    ..new.column.clone()
                };
                column.generated = None;
                let number = column.number;
                self.append_column(child, column);
                let default = self
                    .catalog
                    .relation(parent)
                    .and_then(|relation| relation.column_at(new.column.number))
                    .and_then(|column| column.default);
                if let Some(Body::Default(default)) = default.and_then(|id| self.catalog.get(id)).map(|object| object.body.clone()) {
                    let expr = self.remap(&default.expr, parent, child);
                    self.set_default(child, number, expr);
                    let generated = new.column.generated.or(new.generated.map(|(_, stored)| stored));
                    self.catalog.update_column(child, number, |column| column.generated = generated);
                }
                self.partitions(child).into_iter().try_for_each(|grandchild| self.add_inherited_column(grandchild, child, new))
            }
        }
    }

    pub(super) fn drop_column(&mut self, table: ObjId, only: bool, name: &Ident, if_exists: bool, behavior: Behavior) -> Outcome<()> {
        self.refuse_typed(table, "cannot drop column from typed table", name.span)?;
        let number = match self.column(table, name) {
            Ok(number) => number,
            Err(Stop::Missing(missing)) if if_exists => {
                let (_, full) = missing.failure.object.clone().unwrap_or(("", String::new()));
                if missing.open.is_some()
                    && let Some(key) = self.catalog.get(table).and_then(|object| key_of(object))
                {
                    self.catalog.base_doubt(key, format!("whether column {full} was there before is not known"));
                }
                if missing.open == Some(None) {
                    // Gone from here on, in every world.
                    let number = self.catalog.presume_column(table, Column::new(0, name.name.clone(), Ty::open()));
                    self.events.push(Event::FoundNothing("column", full, true));
                    return self.drop_all(&[(table, number)], behavior);
                }
                self.events.push(Event::FoundNothing("column", full, missing.open.is_none()));
                return Ok(());
            }
            Err(stop) => return Err(stop),
        };
        let Some(column) = self.catalog.relation(table).and_then(|relation| relation.column_at(number)).cloned() else { return Ok(()) };
        if column.inherited > 0 {
            return Err(fail("42P16", format!("cannot drop inherited column \"{}\"", name.name)).at(name.span).into());
        }
        if self.in_partition_key(table, number) {
            let relation = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
            let message =
                format!("cannot drop column \"{}\" because it is part of the partition key of relation \"{relation}\"", name.name);
            return Err(fail("42P16", message).at(name.span).into());
        }
        let mut targets = vec![(table, number)];
        for (child, number) in if only { Vec::new() } else { self.heirs(table, &name.name) } {
            let gone = self
                .catalog
                .relation(child)
                .and_then(|relation| relation.column_at(number))
                .is_some_and(|column| column.inherited <= 1 && !column.local);
            if gone {
                targets.push((child, number));
            } else {
                self.catalog.update_column(child, number, |column| column.inherited = column.inherited.saturating_sub(1));
            }
        }
        if only {
            for child in self.partitions(table) {
                self.leave_to(child, &name.name);
            }
        }
        // The server reports the column of the table that was named.
        match self.drop_all(&targets, behavior) {
            Err(Stop::Fail(mut failure)) if targets.len() > 1 && failure.sqlstate == "2BP01" => {
                failure.message = format!("cannot drop {} because other objects depend on it", self.describe(table, number));
                Err(Stop::Fail(failure))
            }
            other => other,
        }
    }

    /// A table of a type has the type's columns.
    pub(in super::super) fn refuse_typed(&self, table: ObjId, message: &str, span: Span) -> Outcome<()> {
        match self.catalog.relation(table).map(|relation| &relation.kind) {
            Some(RelKind::Table(found)) if found.of_type.is_some() => {
                Err(fail("42809", message).about("table", self.catalog.qualified(table)).at(span).into())
            }
            _ => Ok(()),
        }
    }

    /// The columns of this name of all tables that inherit from one, however far.
    fn heirs(&self, table: ObjId, name: &str) -> Vec<(ObjId, ColumnNumber)> {
        let mut found = Vec::new();
        let mut parents = vec![table];
        while let Some(parent) = parents.pop() {
            for child in self.partitions(parent) {
                if let Some(column) = self.catalog.relation(child).and_then(|relation| relation.column(name)) {
                    found.push((child, column.number));
                    parents.push(child);
                }
            }
        }
        found
    }

    /// Leaves a column to a child table whose parent alone loses it.
    fn leave_to(&mut self, child: ObjId, name: &str) {
        let Some(number) = self.catalog.relation(child).and_then(|relation| relation.column(name)).map(|column| column.number) else {
            return;
        };
        self.catalog.update_column(child, number, |column| {
            column.inherited = column.inherited.saturating_sub(1);
            column.local = true;
        });
    }

    pub(super) fn alter_column(&mut self, table: ObjId, only: bool, name: &Ident, action: &ColumnAction, span: Span) -> Outcome<()> {
        let number = self.column(table, name)?;
        let Some(column) = self.catalog.relation(table).and_then(|relation| relation.column_at(number)).cloned() else { return Ok(()) };
        let relation_name = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
        let full = format!("{}.{}", self.catalog.qualified(table), quote(&name.name));
        // What gets an identity was NOT NULL, without default, identity or expression, and is again without what the scripts gave it.
        let known = match action {
            ColumnAction::AddIdentity { .. } => true,
            ColumnAction::DropIdentity { .. } => self.identity_sequence(table, number).is_some(),
            _ => false,
        };
        let doubted = number >= PRESUMED_COLUMNS || self.catalog.doubt_about_column(table, &name.name).is_some();
        if doubted
            && !known
            && let Some(key) = self.catalog.get(table).and_then(|object| key_of(object))
        {
            self.catalog.base_doubt(key, format!("what column {full} was like before is not known"));
            // What is changed here may have been otherwise even where we see no change.
            self.catalog.update(table, |_| {});
        }
        let heirs = if only { Vec::new() } else { self.heirs(table, &name.name) };
        match action {
            ColumnAction::Type { ty, collation, using } => {
                let new = self.context().ty(ty)?;
                let collation = self.collation(collation.as_ref())?;
                if column.inherited > 0 {
                    return Err(fail("42P16", format!("cannot alter inherited column \"{}\"", name.name))
                        .about("column", full)
                        .at(span)
                        .into());
                }
                self.alter_type(table, number, &new, collation.clone(), using.as_ref(), span)?;
                for (child, found) in heirs {
                    self.alter_type(child, found, &new, collation.clone(), using.as_ref(), span)?;
                }
                Ok(())
            }
            ColumnAction::SetDefault(expr) => {
                if column.identity.is_some() || column.generated.is_some() {
                    let what = if column.identity.is_some() { "an identity column" } else { "a generated column" };
                    return Err(fail("42601", format!("column \"{}\" of relation \"{relation_name}\" is {what}", name.name))
                        .at(name.span)
                        .into());
                }
                self.set_default_expr(table, number, expr)?;
                for (child, found) in heirs {
                    self.set_default_expr(child, found, expr)?;
                }
                Ok(())
            }
            ColumnAction::DropDefault => {
                if column.identity.is_some() || column.generated.is_some() {
                    let what = if column.identity.is_some() { "an identity column" } else { "a generated column" };
                    return Err(fail("42601", format!("column \"{}\" of relation \"{relation_name}\" is {what}", name.name))
                        .at(name.span)
                        .into());
                }
                self.clear_default(table, number);
                for (child, found) in heirs {
                    self.clear_default(child, found);
                }
                Ok(())
            }
            ColumnAction::SetNotNull => {
                if !column.not_null {
                    self.events.push(Event::MayFail(full, "set-not-null", "23502", table));
                }
                self.set_not_null(table, number);
                for (child, found) in heirs {
                    self.set_not_null(child, found);
                }
                Ok(())
            }
            ColumnAction::DropNotNull => {
                if column.identity.is_some() {
                    let message = format!("column \"{}\" of relation \"{relation_name}\" is an identity column", name.name);
                    return Err(fail("42601", message).at(name.span).into());
                }
                let in_key = self.primary_key(table).and_then(|id| self.catalog.get(id)).is_some_and(|object| match &object.body {
                    Body::Constraint(constraint) => {
                        matches!(&constraint.kind, ConstraintKind::Key { columns, .. } if columns.contains(&number))
                    }
                    _ => false,
                });
                if in_key {
                    return Err(fail("42P16", format!("column \"{}\" is in a primary key", name.name))
                        .about("column", full)
                        .at(name.span)
                        .into());
                }
                if self.is_replica_identity(table, number) {
                    return Err(fail("42P16", format!("column \"{}\" is in index used as replica identity", name.name))
                        .about("column", full)
                        .at(name.span)
                        .into());
                }
                let parent = match self.catalog.relation(table).map(|relation| &relation.kind) {
                    Some(RelKind::Table(partition)) => {
                        partition.partition_of.as_ref().and_then(|(parent, _)| self.catalog.relation(*parent))
                    }
                    _ => None,
                };
                if parent.and_then(|parent| parent.column(&name.name)).is_some_and(|column| column.not_null) {
                    let message = format!("column \"{}\" is marked NOT NULL in parent table", name.name);
                    return Err(fail("42P16", message).about("column", full).at(name.span).into());
                }
                if let Some(constraint) = self.not_null_constraint(table, number) {
                    self.catalog.set(constraint, None);
                }
                if column.not_null {
                    self.catalog.update_column(table, number, |column| column.not_null = false);
                }
                for (child, found) in heirs {
                    if !self.catalog.relation(child).and_then(|relation| relation.column_at(found)).is_some_and(|column| column.not_null) {
                        continue;
                    }
                    if let Some(constraint) = self.not_null_constraint(child, found) {
                        self.catalog.set(constraint, None);
                    }
                    self.catalog.update_column(child, found, |column| column.not_null = false);
                }
                Ok(())
            }
            ColumnAction::SetExpression(expr) => {
                let template = self.table_expr(table, expr, Some(&column.ty), ExprPlace::Generated)?;
                self.check_generated(table, &template)?;
                for (child, found) in heirs {
                    let template = self.remap(&template, table, child);
                    self.clear_default(child, found);
                    self.set_default(child, found, template);
                }
                self.clear_default(table, number);
                self.set_default(table, number, template);
                Ok(())
            }
            ColumnAction::DropExpression { if_exists } => match column.generated {
                Some(_) => {
                    for (table, number) in heirs.into_iter().chain([(table, number)]) {
                        self.clear_default(table, number);
                        self.catalog.update_column(table, number, |column| column.generated = None);
                        self.catalog.update(table, |object| object.deps.retain(|dep| dep.own_column != number || dep.on != table));
                    }
                    Ok(())
                }
                None if *if_exists => Ok(()),
                None => {
                    let message = format!("column \"{}\" of relation \"{relation_name}\" is not a stored generated column", name.name);
                    Err(self.unless_fact(table, Fact::Generated(number), fail("55000", message).at(name.span)))
                }
            },
            ColumnAction::AddIdentity { always, options } => {
                identity_base(&column)?;
                let refusal = match () {
                    () if column.identity.is_some() => Some("is already an identity column"),
                    () if column.default.is_some() => Some("already has a default value"),
                    () if !column.not_null => Some("must be declared NOT NULL before identity can be added"),
                    () => None,
                };
                if let Some(refusal) = refusal {
                    let failure = fail("55000", format!("column \"{}\" of relation \"{relation_name}\" {refusal}", name.name));
                    return Err(match column.identity {
                        None if column.default.is_none() => self.unless_fact(table, Fact::Identity(number, false), failure.at(name.span)),
                        _ => failure.at(name.span).into(),
                    });
                }
                let always = *always;
                self.catalog.update_column(table, number, |column| column.identity = Some(always));
                self.add_identity(table, number, options)
            }
            ColumnAction::SetIdentity { always, options } => {
                if column.identity.is_none() {
                    let message = format!("column \"{}\" of relation \"{relation_name}\" is not an identity column", name.name);
                    return Err(self.unless_fact(table, Fact::Identity(number, true), fail("55000", message).at(name.span)));
                }
                if let Some(always) = *always {
                    self.catalog.update_column(table, number, |column| column.identity = Some(always));
                }
                match self.identity_sequence(table, number) {
                    Some(sequence) => self.change_sequence(sequence, options),
                    None => Ok(()),
                }
            }
            ColumnAction::DropIdentity { if_exists } => match column.identity {
                Some(_) => {
                    self.catalog.update_column(table, number, |column| column.identity = None);
                    if let Some(sequence) = self.identity_sequence(table, number) {
                        self.catalog.set(sequence, None);
                    }
                    Ok(())
                }
                None if *if_exists => Ok(()),
                None => {
                    let message = format!("column \"{}\" of relation \"{relation_name}\" is not an identity column", name.name);
                    Err(self.unless_fact(table, Fact::Identity(number, true), fail("55000", message).at(name.span)))
                }
            },
            ColumnAction::SetStatistics(target) => {
                let target = *target;
                for (table, number) in heirs.into_iter().chain([(table, number)]) {
                    self.catalog.update_column(table, number, |column| column.statistics = target);
                }
                Ok(())
            }
            ColumnAction::SetStorage(storage) => {
                let storage = self.named_storage(storage, &column).map_err(|failure| failure.at(name.span))?;
                for (table, number) in heirs.into_iter().chain([(table, number)]) {
                    self.catalog.update_column(table, number, |column| column.storage.clone_from(&storage));
                }
                Ok(())
            }
            ColumnAction::SetCompression(method) => {
                self.check_compression(&column.ty, method).map_err(|failure| failure.at(name.span))?;
                let method = Some(method.clone()).filter(|method| method != "default");
                self.catalog.update_column(table, number, |column| column.compression = method);
                Ok(())
            }
            ColumnAction::SetOptions(options) | ColumnAction::ForeignOptions(options) => {
                let options = options.clone();
                self.catalog.update_column(table, number, |column| column.options.extend(options));
                Ok(())
            }
            ColumnAction::ResetOptions(names) => {
                self.catalog.update_column(table, number, |column| column.options.retain(|name, _| !names.contains(name)));
                Ok(())
            }
        }
    }

    /// Whether rows are told by an index over the column.
    fn is_replica_identity(&self, table: ObjId, number: ColumnNumber) -> bool {
        let Some(RelKind::Table(found)) = self.catalog.relation(table).map(|relation| &relation.kind) else { return false };
        let ReplicaIdentity::Index(name) = &found.replica_identity else { return false };
        let mut indexes = self.indexes(table).into_iter().filter_map(|id| self.index(id));
        indexes.any(|(object, index)| object.name == *name && key_columns(index).contains(&number))
    }

    /// The storage that was set, none when it is the type's own.
    fn named_storage(&self, storage: &Name, column: &Column) -> Result<Option<Name>, Failure> {
        let own = self.own_storage(&column.ty);
        let named = storage.to_ascii_lowercase();
        if !matches!(named.as_str(), "plain" | "external" | "extended" | "main" | "default") {
            return Err(fail("22023", format!("invalid storage type \"{storage}\"")));
        }
        if own == Some("plain") && !matches!(named.as_str(), "plain" | "default") {
            let ty = self.context().format_type(&Ty { modifiers: Name::default(), ..column.ty.clone() }, self.catalog);
            return Err(fail("0A000", format!("column data type {ty} can only have storage PLAIN")));
        }
        Ok(Some(storage.clone()).filter(|_| Some(named.as_str()) != own && named != "default"))
    }

    /// How a type is stored when nothing else is said; none where that is not known.
    fn own_storage(&self, ty: &Ty) -> Option<&'static str> {
        let ty = self.context().without_domain(ty);
        match &ty.base {
            _ if ty.array => Some("extended"),
            TyBase::Builtin(name) => super::super::known::storage(name),
            TyBase::User(id) => match self.catalog.get(*id).map(|object| &object.body) {
                Some(Body::Type(Type::Enum(_))) => Some("plain"),
                Some(Body::Type(Type::Composite(_))) => Some("extended"),
                _ => None,
            },
            TyBase::Open(_) => None,
        }
    }

    /// Stops at a compression that a type cannot have, or that no server knows.
    pub(in super::super) fn check_compression(&self, ty: &Ty, method: &str) -> Result<(), Failure> {
        if method == "default" {
            return Ok(());
        }
        if self.own_storage(ty) == Some("plain") {
            let ty = self.context().format_type(&Ty { modifiers: Name::default(), ..ty.clone() }, self.catalog);
            return Err(fail("0A000", format!("column data type {ty} does not support compression")));
        }
        if !matches!(method, "pglz" | "lz4") {
            return Err(fail("22023", format!("invalid compression method \"{method}\"")));
        }
        Ok(())
    }

    pub(super) fn identity_sequence(&self, table: ObjId, number: ColumnNumber) -> Option<ObjId> {
        self.catalog.dependents(table).iter().copied().find(|id| match self.catalog.relation(*id).map(|relation| &relation.kind) {
            Some(RelKind::Sequence(sequence)) => sequence.identity && sequence.owned_by == Some((table, number)),
            _ => false,
        })
    }
}
