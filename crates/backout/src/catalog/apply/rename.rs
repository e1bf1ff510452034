//! ALTER … RENAME, OWNER TO, SET SCHEMA.

use super::column::is_system_column;
use super::target::shown;
use super::{Apply, Event, fail, gap};
use crate::catalog::context::{Outcome, Stop, Want, report_kind};
use crate::catalog::object::{Body, Constraint, ConstraintKind, Dep, DepKind, ObjId, Object, RelKind, Relation, Type};
use crate::catalog::{Class, Key, Names, Presence, key_of, marks, quote};
use crate::op::{GapKind, Ident, Name, ObjectRef, Reach, RelationKind, Rename, RoleName};
use std::sync::Arc;

impl Apply<'_> {
    pub(super) fn rename(&mut self, rename: &Rename) -> Outcome<()> {
        let found = match &rename.target {
            // ALTER TABLE and ALTER INDEX rename any relation, the others what their word says.
            ObjectRef::Relation { kind: RelationKind::Table | RelationKind::Index, name } => {
                self.user_relation(name, RelationKind::Table).map(|id| (id, 0))
            }
            ObjectRef::Relation { kind, name } => self.opened_relation(*kind, name).map(|id| (id, 0)),
            // RENAME ATTRIBUTE
            ObjectRef::Column { relation, column } if rename.kind.is_none() => {
                self.composite_type(relation).and_then(|id| Ok((id, self.column(id, column)?)))
            }
            target => self.target(target),
        };
        let (id, column) = match found {
            Ok(found) => found,
            // IF EXISTS is about the relation, not about what is to be renamed in it.
            Err(Stop::Missing(missing))
                if rename.if_exists
                    && missing.open.is_none()
                    && !matches!(missing.want, Want::Column(..) | Want::Constraint(..) | Want::Policy(..)) =>
            {
                let (kind, name) = missing.failure.object.clone().unwrap_or(("object", String::new()));
                self.events.push(Event::FoundNothing(kind, name, true));
                return Ok(());
            }
            Err(stop) => {
                // Of policies, and before 15 of triggers, the server looks for the new name first.
                let (taken, kind, table) = match &rename.target {
                    ObjectRef::Trigger { table, .. } if self.catalog.version < 15 => (
                        ObjectRef::Trigger { table: table.clone(), name: rename.to.clone() },
                        "trigger",
                        format!("relation \"{}\"", table.name),
                    ),
                    ObjectRef::Policy { table, .. } => {
                        (ObjectRef::Policy { table: table.clone(), name: rename.to.clone() }, "policy", format!("table \"{}\"", table.name))
                    }
                    _ => return Err(stop),
                };
                if self.target(&taken).is_err() {
                    return Err(stop);
                }
                let message = format!("{kind} \"{}\" for {table} already exists", rename.to.name);
                return Err(fail("42710", message).at(rename.to.span).into());
            }
        };
        let to = rename.to.name.clone();
        if column != 0 {
            return self.rename_column(id, column, &rename.to);
        }
        let Some(object) = self.catalog.get(id).cloned() else { return Ok(()) };
        self.check_new_name(id, &to, &rename.to)?;
        match &object.body {
            Body::Relation(Relation { kind: RelKind::Index(index), .. }) => {
                // The constraint of an index has its name.
                if let Some(constraint) = index.constraint {
                    let name = to.clone();
                    self.catalog.update(constraint, |object| object.name = name);
                }
            }
            Body::Constraint(constraint) => match &constraint.kind {
                ConstraintKind::Key { index, .. } => {
                    let (index, name) = (*index, to.clone());
                    self.check_new_name(index, &to, &rename.to)?;
                    self.catalog.update(index, |object| object.name = name);
                }
                ConstraintKind::Check { .. } => self.rename_inherited_checks(object.parent, &object.name, &to),
                _ => {}
            },
            _ => {}
        }
        if self.catalog.is_unseen(id) {
            self.catalog.set_mark(object.parent, &marks::left(&object.name));
        }
        self.catalog.update(id, |object| object.name = to);
        self.catalog.prove(id);
        self.events.push(Event::Altered(id));
        Ok(())
    }

    fn rename_inherited_checks(&mut self, table: ObjId, from: &str, to: &Name) {
        for child in self.partitions(table) {
            if let Some(id) = self.constraint_id(child, from) {
                let to = to.clone();
                self.catalog.update(id, |object| object.name = to);
            }
            self.rename_inherited_checks(child, from, to);
        }
    }

    fn rename_column(&mut self, id: ObjId, column: u16, to: &Ident) -> Outcome<()> {
        let Some(object) = self.catalog.get(id).cloned() else { return Ok(()) };
        let (taken, old) = match &object.body {
            Body::Relation(relation) => {
                if matches!(relation.kind, RelKind::Index(_) | RelKind::Sequence(_)) {
                    return Err(fail("42809", format!("cannot rename columns of relation \"{}\"", object.name)).at(to.span).into());
                }
                (relation.column(&to.name).is_some(), relation.column_at(column).cloned())
            }
            Body::Type(Type::Composite(columns)) => (
                columns.iter().any(|found| !found.dropped && found.name == to.name),
                columns.iter().find(|found| found.number == column).cloned(),
            ),
            _ => (false, None),
        };
        let Some(old) = old else { return Ok(()) };
        // The column of each table that inherits it takes the name, too.
        let takes = |child: &ObjId| self.catalog.relation(*child).is_some_and(|child| child.column(&to.name).is_some());
        let full = if taken { Some(id) } else { self.descendants(id).into_iter().find(takes) };
        if let Some(full) = full {
            let named = self.catalog.get(full).map(|object| object.name.clone()).unwrap_or_default();
            let failure = fail("42701", format!("column \"{}\" of relation \"{named}\" already exists", to.name));
            return Err(failure.about("column", format!("{}.{}", self.catalog.qualified(full), quote(&to.name))).at(to.span).into());
        }
        self.refuse_typed(id, "cannot rename column of typed table", to.span)?;
        if matches!(&object.body, Body::Relation(Relation { kind: RelKind::Table(_), .. })) && is_system_column(&to.name) {
            return Err(fail("42701", format!("column name \"{}\" conflicts with a system column name", to.name)).at(to.span).into());
        }
        if old.inherited > 0 {
            return Err(fail("42P16", format!("cannot rename inherited column \"{}\"", old.name)).at(to.span).into());
        }
        let name = to.name.clone();
        self.catalog.column_was_absent(id, &name);
        match &object.body {
            Body::Type(_) => self.catalog.update(id, |object| {
                if let Body::Type(Type::Composite(columns)) = &mut object.body
                    && let Some(found) = columns.iter_mut().find(|found| found.number == column)
                {
                    Arc::make_mut(found).name = name;
                }
            }),
            _ => {
                self.catalog.update_column(id, column, |column| column.name = name);
                for child in self.partitions(id) {
                    let number = self.catalog.relation(child).and_then(|relation| relation.column(&old.name)).map(|column| column.number);
                    if let Some(number) = number {
                        self.rename_child_column(child, number, &to.name, &old.name);
                    }
                }
            }
        }
        self.catalog.prove(id);
        self.events.push(Event::Altered(id));
        Ok(())
    }

    fn rename_child_column(&mut self, table: ObjId, number: u16, to: &Name, from: &Name) {
        let name = to.clone();
        self.catalog.update_column(table, number, |column| column.name = name);
        for child in self.partitions(table) {
            let number = self.catalog.relation(child).and_then(|relation| relation.column(from)).map(|column| column.number);
            if let Some(number) = number {
                self.rename_child_column(child, number, to, from);
            }
        }
    }

    /// The new name must be free in the object's name space.
    fn check_new_name(&self, id: ObjId, to: &Name, place: &Ident) -> Outcome<()> {
        let Some(object) = self.catalog.get(id) else { return Ok(()) };
        let Some(key) = key_of(object) else { return Ok(()) };
        let key = Key { name: to.clone(), ..key };
        let owner = || self.catalog.get(object.parent).map(|owner| owner.name.clone()).unwrap_or_default();
        let (sqlstate, message) = match &object.body {
            Body::Relation(_) => ("42P07", format!("relation \"{to}\" already exists")),
            Body::Schema => ("42P06", format!("schema \"{to}\" already exists")),
            Body::Routine(_) => ("42723", format!("function {to} already exists in schema \"{}\"", owner())),
            Body::Constraint(Constraint { kind: ConstraintKind::Key { index, .. }, .. }) => return self.check_new_name(*index, to, place),
            Body::Constraint(_) => ("42710", format!("constraint \"{to}\" for relation \"{}\" already exists", owner())),
            Body::Trigger(_) => ("42710", format!("trigger \"{to}\" for relation \"{}\" already exists", owner())),
            Body::Rule(_) => ("42710", format!("rule \"{to}\" for relation \"{}\" already exists", owner())),
            Body::Policy(_) => ("42710", format!("policy \"{to}\" for table \"{}\" already exists", owner())),
            body => ("42710", format!("{} \"{to}\" already exists", report_kind(body))),
        };
        match self.context().find(&key) {
            Presence::Present(other, None) => {
                let failure = fail(sqlstate, message).about(report_kind(&object.body), self.catalog.qualified(other)).at(place.span);
                return Err(failure.into());
            }
            Presence::Open(Some(gap)) => self.context().note(gap),
            Presence::Present(_, Some(_)) | Presence::Absent | Presence::Open(None) => {}
        }
        let row_type = match &object.body {
            Body::Relation(relation) => !matches!(relation.kind, RelKind::Index(_) | RelKind::Sequence(_)),
            Body::Type(_) => true,
            _ => false,
        };
        if row_type {
            let other = if matches!(object.body, Body::Type(_)) { Class::Relation } else { Class::Type };
            if let Presence::Present(found, None) = self.catalog.look_up(&Key::new(other, object.parent, to.clone())) {
                let row =
                    !matches!(self.catalog.relation(found).map(|relation| &relation.kind), Some(RelKind::Index(_) | RelKind::Sequence(_)));
                if row && !self.is_row_type(found) {
                    return Err(fail("42710", format!("type \"{to}\" already exists"))
                        .about("type", self.catalog.qualified(found))
                        .at(place.span)
                        .into());
                }
            }
        }
        Ok(())
    }

    /// Whether a type that nobody has seen is that of a relation's rows, which nobody had seen either.
    pub(super) fn is_row_type(&self, ty: ObjId) -> bool {
        let presumed = self.catalog.get(ty).filter(|object| object.presumed && matches!(object.body, Body::Type(_)));
        presumed.is_some_and(|object| self.catalog.was_named(&Key::new(Class::Relation, object.parent, object.name.clone())))
    }

    /// The sequences of a table's columns go with the table.
    pub(super) fn set_owner(&mut self, id: ObjId, owner: Name) {
        let of_table = |dependent: &ObjId| match self.catalog.relation(*dependent).map(|relation| &relation.kind) {
            Some(RelKind::Sequence(sequence)) => sequence.owned_by.is_some_and(|(table, _)| table == id),
            _ => false,
        };
        let sequences: Vec<ObjId> = self.catalog.dependents(id).iter().copied().filter(of_table).collect();
        for changed in sequences.into_iter().chain([id]) {
            self.was_unknown(changed);
            self.catalog.update(changed, |object| {
                // What the new owner was given is now its own, and goes when it is the owner no more. What anyone was given
                // of a column stays a grant, and what the old owner has of one goes to the new one.
                let said = |owner: &Name| if owner.is_empty() { arcstr::literal!("postgres") } else { owner.clone() };
                let (old, new) = (said(&object.owner), said(&owner));
                object.acl.retain(|(role, _, column), _| *column != 0 || owner.is_empty() || *role != owner);
                object.acl = std::mem::take(&mut object.acl)
                    .into_iter()
                    .map(|((role, privilege, column), option)| {
                        let follows = column != 0 && role == old;
                        ((if follows { new.clone() } else { role }, privilege, column), option)
                    })
                    .collect();
                object.owner.clone_from(&owner);
            });
        }
    }

    pub(super) fn change_owner(&mut self, target: &ObjectRef, if_exists: bool, owner: &RoleName) -> Outcome<()> {
        self.check_roles([owner])?;
        if let ObjectRef::Database(database) = target {
            self.own_database(&database.name, owner);
            return Ok(());
        }
        let found = match target {
            // ALTER TABLE changes the owner of any relation.
            ObjectRef::Relation { kind: RelationKind::Table, name } => self.user_relation(name, RelationKind::Table).map(|id| (id, 0)),
            ObjectRef::Relation { kind, name } => self.opened_relation(*kind, name).map(|id| (id, 0)),
            target => self.target(target),
        };
        match found {
            Ok((id, _)) => {
                self.set_owner(id, super::grant::role_name(owner));
                self.events.push(Event::Altered(id));
                Ok(())
            }
            Err(Stop::Missing(missing)) if if_exists => {
                let (kind, name) = missing.failure.object.clone().unwrap_or(("object", String::new()));
                self.events.push(Event::FoundNothing(kind, name, missing.open.is_none()));
                Ok(())
            }
            Err(stop) => Err(stop),
        }
    }

    /// An extension stands in no schema itself, and what it holds goes along.
    fn move_extension(&mut self, id: ObjId, object: &Object, new: ObjId) -> Outcome<()> {
        let home = |dep: &Dep| matches!(self.catalog.get(dep.on).map(|object| &object.body), Some(Body::Schema));
        if object.deps.iter().any(|dep| dep.on == new) {
            return Ok(());
        }
        match self.builtin.extension(&object.name) {
            Some(known) if !known.relocatable() => {
                return Err(fail("0A000", format!("extension \"{}\" does not support SET SCHEMA", object.name)).into());
            }
            Some(_) => {}
            None => {
                let reason = format!("whether extension {} can be moved", object.name);
                return Err(gap(GapKind::NotModelled, &reason, Reach::Names(vec![object.name.clone()])));
            }
        }
        let mut deps: Vec<Dep> = object.deps.iter().copied().filter(|dep| !home(dep)).collect();
        deps.insert(0, Dep { own_column: 0, on: new, column: 0, kind: DepKind::Normal });
        self.was_unknown(id);
        self.catalog.update(id, |object| object.deps = deps);
        self.events.push(Event::Altered(id));
        Ok(())
    }

    pub(super) fn set_schema(&mut self, target: &ObjectRef, if_exists: bool, schema: &Ident) -> Outcome<()> {
        let found = match target {
            ObjectRef::Relation { kind: RelationKind::Table, name } => self.user_relation(name, RelationKind::Table).map(|id| (id, 0)),
            ObjectRef::Relation { kind, name } => self.opened_relation(*kind, name).map(|id| (id, 0)),
            target => self.target(target),
        };
        let (id, _) = match found {
            Ok(found) => found,
            Err(Stop::Missing(missing)) if if_exists && missing.open.is_none() => {
                let (kind, name) = missing.failure.object.clone().unwrap_or(("object", String::new()));
                self.events.push(Event::FoundNothing(kind, name, true));
                return Ok(());
            }
            Err(stop) => return Err(stop),
        };
        let new = self.context().schema(&schema.name, schema.span)?;
        let Some(object) = self.catalog.get(id).cloned() else { return Ok(()) };
        if object.parent == new {
            return Ok(());
        }
        if matches!(object.body, Body::Extension(_)) {
            return self.move_extension(id, &object, new);
        }
        if let Some(owner) = object.deps.iter().find(|dep| {
            matches!(dep.kind, DepKind::Auto | DepKind::Internal)
                && matches!(&object.body, Body::Relation(Relation { kind: RelKind::Sequence(_), .. }))
                && dep.own_column == 0
        }) {
            let detail = format!(
                "Sequence \"{}\" is linked to table \"{}\".",
                object.name,
                self.catalog.get(owner.on).map(|table| table.name.clone()).unwrap_or_default()
            );
            let failure = fail("0A000", "cannot move an owned sequence into another schema").detailed(vec![detail]);
            return Err(failure.about("sequence", self.catalog.qualified(id)).into());
        }
        let place = match target {
            ObjectRef::Relation { name, .. } | ObjectRef::Type(name) | ObjectRef::Domain(name) => shown(name),
            _ => object.name.to_string(),
        };
        let taken = key_of(&object).map(|key| Key { parent: new, ..key }).map(|key| self.context().find(&key));
        if let Some(Presence::Present(_, None)) = taken {
            let message = format!("{} \"{place}\" already exists in schema \"{}\"", report_kind(&object.body), schema.name);
            let sqlstate = match &object.body {
                Body::Relation(_) => "42P07",
                Body::Routine(_) => "42723",
                _ => "42710",
            };
            return Err(fail(sqlstate, message).about(report_kind(&object.body), self.catalog.qualified(id)).at(schema.span).into());
        }
        self.move_to(id, new);
        if self.is_plain_table(id) {
            // Indexes and owned sequences go with their table.
            let mut along = self.indexes(id);
            along.extend(self.catalog.dependents(id).iter().copied().filter(|other| {
                matches!(self.catalog.relation(*other).map(|relation| &relation.kind), Some(RelKind::Sequence(sequence)) if sequence.owned_by.is_some_and(|(table, _)| table == id))
            }));
            for other in along {
                let object = self.catalog.get(other);
                let key = object.and_then(|object| key_of(object)).map(|key| Key { parent: new, ..key });
                if let (Some(object), Some(key)) = (object, key)
                    && let Presence::Present(_, None) = self.context().find(&key)
                {
                    let message = format!("relation \"{}\" already exists in schema \"{}\"", object.name, schema.name);
                    return Err(fail("42P07", message)
                        .about(report_kind(&object.body), self.catalog.qualified(other))
                        .at(schema.span)
                        .into());
                }
                self.move_to(other, new);
            }
        }
        self.events.push(Event::Altered(id));
        Ok(())
    }

    fn move_to(&mut self, id: ObjId, schema: ObjId) {
        self.catalog.update(id, |object| object.parent = schema);
    }

    pub(super) fn depends_on_extension(&mut self, target: &ObjectRef, extension: &Ident, remove: bool) -> Outcome<()> {
        let (id, _) = match target {
            ObjectRef::Relation { kind: RelationKind::Table, name } => (self.user_relation(name, RelationKind::Table)?, 0),
            target => self.target(target)?,
        };
        let (on, _) = self.target(&ObjectRef::Extension(extension.clone()))?;
        self.catalog.update(id, |object| {
            object.deps.retain(|dep| !(dep.on == on && dep.kind == DepKind::Auto));
            if !remove {
                object.depend(on, 0, DepKind::Auto);
            }
        });
        self.events.push(Event::Altered(id));
        Ok(())
    }
}
