//! ALTER TABLE and its like (manual: ALTER TABLE; the order of passes is the server's own, `AlterTablePass`).

use super::column::NewColumn;
use super::target::kind_word;
use super::{Apply, Event, fail};
use crate::catalog::Failure;
use crate::catalog::context::{Missing, Outcome, Stop, Want, kind_id};
use crate::catalog::object::{Body, ColumnNumber, ConstraintKind, DepKind, IndexKeyKind, ObjId, RelKind, Relation, Table};
use crate::catalog::resolve::{ExprPlace, Verity};
use crate::catalog::{Class, Key, Names, Presence, quote};
use crate::op::{
    AlterTable, Behavior, ColumnAction, ColumnDef, Constant, Expr, Ident, Name, ObjectName, RelationKind, ReplicaIdentity, TableAction,
    TableConstraint, TableConstraintKind,
};
use crate::source::Span;
use std::sync::Arc;

/// The passes in which the server runs the actions of one statement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pass {
    Drop,
    AlterType,
    AddColumn,
    ColumnAttributes,
    AddKey,
    AddOther,
    Misc,
}

/// One thing to do in a pass: an action as written, or a constraint that came with a column.
enum Step<'a> {
    Action(&'a TableAction, Span),
    Constraint(TableConstraint),
}

impl Apply<'_> {
    pub(super) fn alter_table(&mut self, alter: &AlterTable) -> Outcome<()> {
        let id = match self.altered_relation(alter) {
            Ok(id) => id,
            Err(stop) if alter.if_exists => return self.forgive_relation(alter.kind, stop),
            Err(stop) => return Err(stop),
        };
        self.events.push(Event::Altered(id));
        let mut steps: Vec<(Pass, Step<'_>)> = Vec::new();
        for (action, span) in &alter.actions {
            steps.push((pass_of(action), Step::Action(action, *span)));
        }
        let mut news: Vec<NewColumn<'_>> = Vec::new();
        for pass in [Pass::Drop, Pass::AlterType, Pass::AddColumn, Pass::ColumnAttributes, Pass::AddKey, Pass::AddOther, Pass::Misc] {
            let mut later: Vec<(Pass, Step<'_>)> = Vec::new();
            for (_, step) in steps.iter().filter(|(of, _)| *of == pass) {
                match step {
                    Step::Action(TableAction::AddColumn { if_not_exists, column }, _) => {
                        if let Some(new) = self.add_column(id, column, *if_not_exists, alter.only)? {
                            let constraints = new
                                .constraints
                                .iter()
                                .cloned()
                                .map(|constraint| (constraint_pass(&constraint.kind), Step::Constraint(constraint)));
                            later.extend(constraints);
                            news.push(new);
                        }
                    }
                    Step::Action(action, span) => self.table_action(id, alter, action, *span)?,
                    Step::Constraint(constraint) => self.add_constraint(id, constraint, false)?,
                }
            }
            steps.extend(later);
            if pass == Pass::AlterType {
                self.read_again(id, alter);
            }
        }
        self.catalog.prove(id);
        Ok(())
    }

    fn altered_relation(&self, alter: &AlterTable) -> Outcome<ObjId> {
        // ALTER TABLE takes any relation and then checks each action; the other forms check the kind at once.
        if alter.kind != RelationKind::Table {
            return self.opened_relation(alter.kind, &alter.name);
        }
        let id = self.user_relation(&alter.name, RelationKind::Table)?;
        let plain = |action: &TableAction| {
            matches!(
                action,
                TableAction::Owner(_) | TableAction::SetOptions(_) | TableAction::ResetOptions(_) | TableAction::SetTablespace(_)
            )
        };
        let view_default = |action: &TableAction| {
            matches!(action, TableAction::AlterColumn { action: ColumnAction::SetDefault(_) | ColumnAction::DropDefault, .. })
        };
        let fits = |action: &TableAction| match self.catalog.relation(id).map(|relation| &relation.kind) {
            Some(RelKind::View(_)) => plain(action) || view_default(action),
            Some(RelKind::Index(_)) => {
                plain(action)
                    || matches!(
                        action,
                        TableAction::AlterColumn { action: ColumnAction::SetStatistics(_), .. } | TableAction::AttachIndex(_)
                    )
            }
            Some(RelKind::Sequence(_)) => plain(action) || matches!(action, TableAction::SetLogged(_)),
            Some(RelKind::MatView(_)) => {
                plain(action)
                    || matches!(action, TableAction::ClusterOn(_) | TableAction::SetWithoutCluster | TableAction::SetAccessMethod(_))
                    || matches!(
                        action,
                        TableAction::AlterColumn {
                            action: ColumnAction::SetStatistics(_)
                                | ColumnAction::SetStorage(_)
                                | ColumnAction::SetCompression(_)
                                | ColumnAction::SetOptions(_)
                                | ColumnAction::ResetOptions(_),
                            ..
                        }
                    )
            }
            Some(RelKind::Table(_)) | None => true,
        };
        match alter.actions.iter().find(|(action, _)| !fits(action)) {
            Some((_, span)) => {
                let word = self.catalog.relation(id).map_or("relation", crate::catalog::relation_word);
                let failure = fail("42809", format!("ALTER action cannot be performed on relation \"{}\"", alter.name.name));
                let failure = Failure { detail: vec![format!("This operation is not supported for {word}s.")], ..failure };
                Err(failure.about("table", self.catalog.qualified(id)).at(*span).into())
            }
            None => Ok(id),
        }
    }

    /// `IF EXISTS` on a relation that is not there.
    pub(super) fn forgive_relation(&mut self, kind: RelationKind, stop: Stop) -> Outcome<()> {
        match stop {
            Stop::Missing(missing) if matches!(missing.want, Want::Relation(..) | Want::Schema(_)) => {
                let (_, name) = missing.failure.object.clone().unwrap_or(("", String::new()));
                match missing.open {
                    None => {
                        self.events.push(Event::FoundNothing(kind_id(kind), name, true));
                        Ok(())
                    }
                    // It may be there: then it is changed, and what follows needs it. Presume it.
                    Some(_) => Err(Stop::Missing(missing)),
                }
            }
            stop => Err(stop),
        }
    }

    fn add_column<'a>(&mut self, table: ObjId, def: &'a ColumnDef, if_not_exists: bool, _only: bool) -> Outcome<Option<NewColumn<'a>>> {
        let Some(object) = self.catalog.get(table).cloned() else { return Ok(None) };
        let Body::Relation(relation) = &object.body else { return Ok(None) };
        let full = format!("{}.{}", self.catalog.qualified(table), quote(&def.name));
        if let Some(found) = relation.column(&def.name) {
            let presumed = found.number >= crate::catalog::object::PRESUMED_COLUMNS;
            if if_not_exists {
                self.events.push(Event::FoundObject("column", full));
                return Ok(None);
            }
            match self.catalog.doubt_about(table) {
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
        let guessed = self.catalog.column_open(table, &def.name);
        if if_not_exists && guessed {
            let key = Key::new(Class::Relation, object.parent, object.name.clone());
            self.catalog.base_doubt(key, format!("whether column {full} was there before is not known"));
        } else if if_not_exists && let Some(gap) = self.catalog.doubt_about(table) {
            self.context().note(gap);
        }
        let new = self.new_column(def, &object.name, relation.next_number())?;
        match if_not_exists {
            true => self.catalog.column_is_known(table, &def.name),
            false => self.catalog.column_was_absent(table, &def.name),
        }
        self.append_column(table, new.column.clone());
        self.finish_column(table, &new)?;
        let fills = new.default.is_some() || new.serial.is_some() || new.identity.is_some() || new.generated.is_some();
        if new.column.not_null && (!fills || matches!(new.default, Some(Expr::Constant(Constant::Null)))) {
            self.events.push(Event::MayFail(full, "set-not-null", "23502", table));
        }
        for child in self.partitions(table) {
            self.add_inherited_column(child, table, &new)?;
        }
        Ok(Some(new))
    }

    fn add_inherited_column(&mut self, child: ObjId, parent: ObjId, new: &NewColumn<'_>) -> Outcome<()> {
        let Some(relation) = self.catalog.relation(child) else { return Ok(()) };
        match relation.column(&new.column.name).cloned() {
            Some(found) => self.catalog.update_column(child, found.number, |column| column.inherited += 1),
            None => {
                let mut column = crate::catalog::object::Column {
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
                for grandchild in self.partitions(child) {
                    self.add_inherited_column(grandchild, child, new)?;
                }
            }
        }
        Ok(())
    }

    fn table_action(&mut self, table: ObjId, alter: &AlterTable, action: &TableAction, span: Span) -> Outcome<()> {
        match action {
            TableAction::AddColumn { .. } => Ok(()),
            TableAction::DropColumn { if_exists, name, behavior } => self.drop_column(table, name, *if_exists, *behavior),
            TableAction::AlterColumn { name, action } => self.alter_column(table, name, action, span),
            TableAction::AddConstraint(constraint) => self.add_constraint(table, constraint, false),
            TableAction::AlterConstraint { name, attributes, .. } => {
                let id = self.constraint_of(table, name)?;
                let foreign = matches!(self.catalog.get(id).map(|object| &object.body), Some(Body::Constraint(constraint)) if matches!(constraint.kind, ConstraintKind::ForeignKey { .. }));
                if !foreign && !self.catalog.get(id).is_some_and(|object| object.presumed) {
                    let message =
                        format!("constraint \"{}\" of relation \"{}\" is not a foreign key constraint", name.name, alter.name.name);
                    return Err(fail("42809", message).at(name.span).into());
                }
                let attributes = *attributes;
                self.catalog.update(id, |object| {
                    if let Body::Constraint(constraint) = &mut object.body {
                        constraint.deferrable = attributes.deferrable || attributes.initially_deferred;
                        constraint.initially_deferred = attributes.initially_deferred;
                    }
                });
                Ok(())
            }
            TableAction::ValidateConstraint(name) => {
                let id = self.constraint_of(table, name)?;
                self.events.push(Event::MayFail(self.catalog.qualified(id), "check", "23514", table));
                self.catalog.update(id, |object| {
                    if let Body::Constraint(constraint) = &mut object.body {
                        constraint.validated = true;
                    }
                });
                Ok(())
            }
            TableAction::DropConstraint { if_exists, name, behavior } => self.drop_constraint(table, name, *if_exists, *behavior),
            TableAction::Trigger { name, enabled, .. } => {
                let triggers = match name {
                    Some(name) => vec![self.target(&crate::op::ObjectRef::Trigger { table: alter.name.clone(), name: name.clone() })?.0],
                    None => self.catalog.members(Class::Trigger, table).collect(),
                };
                let enabled = *enabled;
                for id in triggers {
                    self.catalog.update(id, |object| {
                        if let Body::Trigger(trigger) = &mut object.body {
                            trigger.enabled = enabled;
                        }
                    });
                }
                Ok(())
            }
            TableAction::Rule { name, enabled } => {
                let (id, _) = self.target(&crate::op::ObjectRef::Rule { table: alter.name.clone(), name: name.clone() })?;
                let enabled = *enabled;
                self.catalog.update(id, |object| {
                    if let Body::Rule(rule) = &mut object.body {
                        rule.enabled = enabled;
                    }
                });
                Ok(())
            }
            TableAction::RowSecurity(on) => {
                let on = *on;
                self.change_table(table, |found| found.row_security = on);
                Ok(())
            }
            TableAction::ForceRowSecurity(on) => {
                let on = *on;
                self.change_table(table, |found| found.force_row_security = on);
                Ok(())
            }
            TableAction::ClusterOn(name) => {
                let index = self.index_of(table, name)?;
                for other in self.indexes(table) {
                    let clustered = other == index;
                    if self.index(other).is_some_and(|(_, index)| index.clustered != clustered) {
                        self.change_index(other, |index| index.clustered = clustered);
                    }
                }
                Ok(())
            }
            TableAction::SetWithoutCluster => {
                for index in self.indexes(table) {
                    self.change_index(index, |index| index.clustered = false);
                }
                Ok(())
            }
            TableAction::SetWithoutOids | TableAction::SetTablespace(_) => Ok(()),
            TableAction::SetAccessMethod(method) => {
                let method = method.clone();
                self.change_table(table, |found| found.access_method = method);
                Ok(())
            }
            TableAction::SetLogged(logged) => {
                let persistence = if *logged { crate::op::Persistence::Permanent } else { crate::op::Persistence::Unlogged };
                self.catalog.update_relation(table, |relation| relation.persistence = persistence);
                for index in self.indexes(table) {
                    self.catalog.update_relation(index, |relation| relation.persistence = persistence);
                }
                Ok(())
            }
            TableAction::SetOptions(options) | TableAction::ForeignOptions(options) => {
                let options = options.clone();
                self.catalog.update_relation(table, |relation| relation.options.extend(options));
                Ok(())
            }
            TableAction::ResetOptions(names) => {
                self.catalog.update_relation(table, |relation| relation.options.retain(|name, _| !names.contains(name)));
                Ok(())
            }
            TableAction::Inherit(parent) => self.inherit(table, parent),
            TableAction::NoInherit(parent) => self.no_inherit(table, parent),
            TableAction::OfType(ty) => {
                let of = self.context().ty(ty)?.object();
                self.change_table(table, |found| found.of_type = of);
                if let Some(of) = of {
                    self.catalog.update(table, |object| object.depend(of, 0, DepKind::Normal));
                }
                Ok(())
            }
            TableAction::NotOf => {
                let of = match self.catalog.relation(table).map(|relation| &relation.kind) {
                    Some(RelKind::Table(found)) => found.of_type,
                    _ => None,
                };
                self.change_table(table, |found| found.of_type = None);
                self.catalog.update(table, |object| object.deps.retain(|dep| Some(dep.on) != of || dep.own_column != 0));
                Ok(())
            }
            TableAction::Owner(role) => {
                self.check_roles([role])?;
                self.set_owner(table, super::grant::role_name(role));
                Ok(())
            }
            TableAction::ReplicaIdentity(identity) => {
                if let ReplicaIdentity::Index(name) = identity {
                    self.index_of(table, &Ident { name: name.clone(), span })?;
                }
                let identity = identity.clone();
                self.change_table(table, |found| found.replica_identity = identity);
                Ok(())
            }
            TableAction::AttachPartition { name, bound } => {
                let partition = self.user_relation(name, RelationKind::Table)?;
                let partitioned = matches!(self.catalog.relation(table), Some(Relation { kind: RelKind::Table(found), open, .. }) if found.partition_by.is_some() || *open);
                if !partitioned {
                    return Err(fail("42809", format!("table \"{}\" is not partitioned", alter.name.name)).at(span).into());
                }
                if matches!(self.catalog.relation(partition).map(|relation| &relation.kind), Some(RelKind::Table(found)) if found.partition_of.is_some())
                {
                    return Err(fail("42809", format!("\"{}\" is already a partition", name.name)).at(name.span).into());
                }
                self.match_parent(partition, table, name)?;
                self.attach(partition, table, bound)
            }
            TableAction::DetachPartition { name, .. } => self.detach(table, name),
            TableAction::AttachIndex(name) => {
                let child = self.named_relation(RelationKind::Index, name)?;
                self.attach_index(child, table);
                let (all, attached) = match self.index(table).map(|(_, index)| index.table) {
                    Some(parent) => {
                        let partitions = self.partitions(parent).len();
                        let attached = self
                            .catalog
                            .dependents(table)
                            .iter()
                            .filter(|id| self.index(**id).is_some_and(|(_, index)| index.partition_of == Some(table)))
                            .count();
                        (partitions, attached)
                    }
                    None => (0, 1),
                };
                if all == attached {
                    self.change_index(table, |index| index.valid = true);
                }
                Ok(())
            }
        }
    }

    fn change_table(&mut self, table: ObjId, change: impl FnOnce(&mut Table)) {
        self.catalog.update_relation(table, |relation| {
            if let RelKind::Table(found) = &mut relation.kind {
                change(found);
            }
        });
    }

    fn change_index(&mut self, index: ObjId, change: impl FnOnce(&mut crate::catalog::object::Index)) {
        self.catalog.update_relation(index, |relation| {
            if let RelKind::Index(found) = &mut relation.kind {
                change(found);
            }
        });
    }

    fn index_of(&self, table: ObjId, name: &Ident) -> Outcome<ObjId> {
        let schema = self.catalog.get(table).map_or(ObjId::NONE, |object| object.parent);
        let relation = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
        let key = Key::new(Class::Relation, schema, name.name.clone());
        let failure = || {
            fail("42704", format!("index \"{}\" for table \"{relation}\" does not exist", name.name))
                .about("index", name.name.to_string())
                .at(name.span)
        };
        let presence = self.context().find(&key);
        let id = self.context().need(presence, || Want::Relation(RelationKind::Index, schema, name.name.clone()), failure)?;
        match self.index(id) {
            Some((_, index)) if index.table == table => Ok(id),
            _ => Err(fail("42704", format!("index \"{}\" for table \"{relation}\" does not exist", name.name)).at(name.span).into()),
        }
    }

    fn drop_column(&mut self, table: ObjId, name: &Ident, if_exists: bool, behavior: Behavior) -> Outcome<()> {
        let number = match self.column(table, name) {
            Ok(number) => number,
            Err(Stop::Missing(missing)) if if_exists => {
                let (_, full) = missing.failure.object.clone().unwrap_or(("", String::new()));
                if missing.open == Some(None)
                    && let Some(key) = self.catalog.get(table).and_then(|object| crate::catalog::key_of(object))
                {
                    self.catalog.base_doubt(key, format!("whether column {full} was there before is not known"));
                    // Gone from here on, in every world.
                    let number = self.catalog.presume_column(
                        table,
                        crate::catalog::object::Column::new(0, name.name.clone(), crate::catalog::object::Ty::open()),
                    );
                    self.events.push(Event::FoundNothing("column", full, true));
                    return self.drop_all(&[(table, number)], behavior);
                }
                self.events.push(Event::FoundNothing("column", full, missing.open.is_none()));
                return Ok(());
            }
            Err(stop) => return Err(stop),
        };
        let Some(column) = self.catalog.relation(table).and_then(|relation| relation.column_at(number)).cloned() else { return Ok(()) };
        if column.inherited > 0 && !column.local {
            return Err(fail("42P16", format!("cannot drop inherited column \"{}\"", name.name)).at(name.span).into());
        }
        if self.in_partition_key(table, number) {
            let relation = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
            let message =
                format!("cannot drop column \"{}\" because it is part of the partition key of relation \"{relation}\"", name.name);
            return Err(fail("42P16", message).at(name.span).into());
        }
        let mut targets = vec![(table, number)];
        self.inherited_columns(table, &name.name, &mut targets);
        let rest = targets.split_off(1);
        for (child, number) in rest {
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
        // The server reports the column of the table that was named.
        match self.drop_all(&targets, behavior) {
            Err(Stop::Fail(mut failure)) if targets.len() > 1 && failure.sqlstate == "2BP01" => {
                failure.message = format!("cannot drop {} because other objects depend on it", self.describe(table, number));
                Err(Stop::Fail(failure))
            }
            other => other,
        }
    }

    fn inherited_columns(&self, table: ObjId, name: &str, targets: &mut Vec<(ObjId, ColumnNumber)>) {
        for child in self.partitions(table) {
            if let Some(number) = self.catalog.relation(child).and_then(|relation| relation.column(name)).map(|column| column.number) {
                targets.push((child, number));
                self.inherited_columns(child, name, targets);
            }
        }
    }

    fn in_partition_key(&self, table: ObjId, number: ColumnNumber) -> bool {
        match self.catalog.relation(table).map(|relation| &relation.kind) {
            Some(RelKind::Table(found)) => {
                found.partition_by.as_ref().is_some_and(|key| key.references().any(|(id, column)| id == table && column == number))
            }
            _ => false,
        }
    }

    fn drop_constraint(&mut self, table: ObjId, name: &Ident, if_exists: bool, behavior: Behavior) -> Outcome<()> {
        let id = match self.constraint_of(table, name) {
            Ok(id) => id,
            Err(Stop::Missing(missing)) if if_exists => {
                let (_, full) = missing.failure.object.clone().unwrap_or(("", String::new()));
                if missing.open.is_some() {
                    let key = Key::new(Class::Constraint, table, name.name.clone());
                    if missing.open == Some(None) {
                        self.catalog.base_doubt(key.clone(), format!("whether constraint {full} was there before is not known"));
                    }
                    self.catalog.prove_absent(key);
                }
                self.events.push(Event::FoundNothing("constraint", full, missing.open.is_none()));
                return Ok(());
            }
            Err(stop) => return Err(stop),
        };
        let Some(object) = self.catalog.get(id).cloned() else { return Ok(()) };
        let Body::Constraint(constraint) = &object.body else { return Ok(()) };
        if constraint.inherited && !constraint.local {
            let relation = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
            let message = format!("cannot drop inherited constraint \"{}\" of relation \"{relation}\"", name.name);
            return Err(fail("42P16", message).at(name.span).into());
        }
        if let ConstraintKind::NotNull { column, .. } = constraint.kind {
            self.catalog.update_column(table, column, |column| column.not_null = false);
        }
        let check = matches!(constraint.kind, ConstraintKind::Check { .. });
        self.drop_all(&[(id, 0)], behavior)?;
        if check {
            for child in self.partitions(table) {
                let Some(found) = self.constraint_id(child, &name.name) else { continue };
                let inherited = matches!(self.catalog.get(found).map(|object| &object.body), Some(Body::Constraint(constraint)) if constraint.inherited);
                if inherited {
                    self.catalog.update(found, |object| {
                        if let Body::Constraint(constraint) = &mut object.body {
                            constraint.inherited = false;
                        }
                    });
                    let local = matches!(self.catalog.get(found).map(|object| &object.body), Some(Body::Constraint(constraint)) if constraint.local);
                    if !local {
                        self.drop_constraint(child, name, true, behavior)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn alter_column(&mut self, table: ObjId, name: &Ident, action: &ColumnAction, span: Span) -> Outcome<()> {
        let number = self.column(table, name)?;
        let Some(column) = self.catalog.relation(table).and_then(|relation| relation.column_at(number)).cloned() else { return Ok(()) };
        let relation_name = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
        let full = format!("{}.{}", self.catalog.qualified(table), quote(&name.name));
        if number >= crate::catalog::object::PRESUMED_COLUMNS
            && let Some(key) = self.catalog.get(table).and_then(|object| crate::catalog::key_of(object))
        {
            self.catalog.base_doubt(key, format!("what column {full} was like before is not known"));
            // What is changed here may have been otherwise even where we see no change.
            self.catalog.update(table, |_| {});
        }
        match action {
            ColumnAction::Type { ty, collation, using } => {
                let new = self.column_type(ty, &column)?;
                let collation = collation.as_ref().map(|collation| self.collation(collation)).transpose()?;
                self.alter_type(table, number, &new, collation.clone(), using.as_ref(), span)?;
                for child in self.partitions(table) {
                    if let Some(found) =
                        self.catalog.relation(child).and_then(|relation| relation.column(&name.name)).map(|column| column.number)
                    {
                        self.alter_type(child, found, &new, collation.clone(), None, span)?;
                    }
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
                for child in self.partitions(table) {
                    if let Some(found) =
                        self.catalog.relation(child).and_then(|relation| relation.column(&name.name)).map(|column| column.number)
                    {
                        self.set_default_expr(child, found, expr)?;
                    }
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
                for child in self.partitions(table) {
                    if let Some(found) =
                        self.catalog.relation(child).and_then(|relation| relation.column(&name.name)).map(|column| column.number)
                    {
                        self.clear_default(child, found);
                    }
                }
                Ok(())
            }
            ColumnAction::SetNotNull => {
                if !column.not_null {
                    self.events.push(Event::MayFail(full, "set-not-null", "23502", table));
                }
                self.set_not_null(table, number);
                for child in self.partitions(table) {
                    if let Some(found) =
                        self.catalog.relation(child).and_then(|relation| relation.column(&name.name)).map(|column| column.number)
                    {
                        self.set_not_null(child, found);
                    }
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
                if let Some(constraint) = self.not_null_constraint(table, number) {
                    self.catalog.set(constraint, None);
                }
                if column.not_null {
                    self.catalog.update_column(table, number, |column| column.not_null = false);
                }
                for child in self.partitions(table) {
                    let found = self.catalog.relation(child).and_then(|relation| relation.column(&name.name));
                    let Some((found, true)) = found.map(|column| (column.number, column.not_null)) else { continue };
                    if let Some(constraint) = self.not_null_constraint(child, found) {
                        self.catalog.set(constraint, None);
                    }
                    self.catalog.update_column(child, found, |column| column.not_null = false);
                }
                Ok(())
            }
            ColumnAction::SetExpression(expr) => {
                let template = self.table_expr(table, expr, Some(&column.ty), ExprPlace::Generated)?;
                self.clear_default(table, number);
                self.set_default(table, number, template);
                Ok(())
            }
            ColumnAction::DropExpression { if_exists } => match column.generated {
                Some(_) => {
                    self.clear_default(table, number);
                    self.catalog.update_column(table, number, |column| column.generated = None);
                    self.catalog.update(table, |object| object.deps.retain(|dep| dep.own_column != number || dep.on != table));
                    Ok(())
                }
                None if *if_exists => Ok(()),
                None => {
                    Err(fail("55000", format!("column \"{}\" of relation \"{relation_name}\" is not a stored generated column", name.name))
                        .at(name.span)
                        .into())
                }
            },
            ColumnAction::AddIdentity { always, options } => {
                let refusal = match () {
                    () if column.identity.is_some() => Some("is already an identity column"),
                    () if column.default.is_some() => Some("already has a default value"),
                    () if !column.not_null => Some("must be declared NOT NULL before identity can be added"),
                    () => None,
                };
                if let Some(refusal) = refusal {
                    return Err(fail("55000", format!("column \"{}\" of relation \"{relation_name}\" {refusal}", name.name))
                        .at(name.span)
                        .into());
                }
                let always = *always;
                self.catalog.update_column(table, number, |column| column.identity = Some(always));
                self.add_identity(table, number, options)
            }
            ColumnAction::SetIdentity { always, options } => {
                if column.identity.is_none() {
                    return Err(fail(
                        "55000",
                        format!("column \"{}\" of relation \"{relation_name}\" is not an identity column", name.name),
                    )
                    .at(name.span)
                    .into());
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
                None => Err(fail("55000", format!("column \"{}\" of relation \"{relation_name}\" is not an identity column", name.name))
                    .at(name.span)
                    .into()),
            },
            ColumnAction::SetStatistics(target) => {
                let target = *target;
                self.catalog.update_column(table, number, |column| column.statistics = target);
                Ok(())
            }
            ColumnAction::SetStorage(storage) => {
                let storage = self.named_storage(storage, &column);
                self.catalog.update_column(table, number, |column| column.storage = storage);
                Ok(())
            }
            ColumnAction::SetCompression(method) => {
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

    /// The storage that was set, none when it is the type's own.
    fn named_storage(&self, storage: &Name, column: &crate::catalog::object::Column) -> Option<Name> {
        let own = match &column.ty.base {
            crate::catalog::object::TyBase::Builtin(name) if !column.ty.array => super::known::storage(name),
            _ => "extended",
        };
        Some(storage.clone()).filter(|storage| storage != own && storage != "default")
    }

    fn column_type(&self, ty: &crate::op::TypeName, _column: &crate::catalog::object::Column) -> Outcome<crate::catalog::object::Ty> {
        self.context().ty(ty)
    }

    fn identity_sequence(&self, table: ObjId, number: ColumnNumber) -> Option<ObjId> {
        self.catalog.dependents(table).iter().copied().find(|id| match self.catalog.relation(*id).map(|relation| &relation.kind) {
            Some(RelKind::Sequence(sequence)) => sequence.identity && sequence.owned_by == Some((table, number)),
            _ => false,
        })
    }

    fn alter_type(
        &mut self,
        table: ObjId,
        number: ColumnNumber,
        new: &crate::catalog::object::Ty,
        collation: Option<Name>,
        using: Option<&Expr>,
        span: Span,
    ) -> Outcome<()> {
        let Some(column) = self.catalog.relation(table).and_then(|relation| relation.column_at(number)).cloned() else { return Ok(()) };
        let full = format!("{}.{}", self.catalog.qualified(table), quote(&column.name));
        let print = |apply: &Self, ty: &crate::catalog::object::Ty| apply.context().format_type(ty, apply.catalog);
        let presumed = number >= crate::catalog::object::PRESUMED_COLUMNS;
        if self.in_partition_key(table, number) {
            let relation = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
            let message =
                format!("cannot alter column \"{}\" because it is part of the partition key of relation \"{relation}\"", column.name);
            return Err(fail("42P16", message).at(span).into());
        }
        match using {
            Some(expr) => {
                let template = self.table_expr(table, expr, None, ExprPlace::Using)?;
                // A bare literal takes the new type.
                let literal = matches!(expr, Expr::Constant(_));
                if let Some(from) = template.ty.as_ref().filter(|_| !literal)
                    && self.context().assignable(from, new) == Verity::No
                {
                    let message = format!(
                        "result of USING clause for column \"{}\" cannot be cast automatically to type {}",
                        column.name,
                        print(self, new)
                    );
                    return Err(fail("42804", message).about("column", full).at(span).into());
                }
                self.events.push(Event::Narrowed(table, number));
            }
            None => {
                if !presumed && self.context().assignable(&column.ty, new) == Verity::No {
                    let message = format!("column \"{}\" cannot be cast automatically to type {}", column.name, print(self, new));
                    return Err(fail("42804", message).about("column", full).at(span).into());
                }
                if self.narrows(&column.ty, new) {
                    self.events.push(Event::Narrowed(table, number));
                }
            }
        }
        if let Some(failure) = self.type_is_held(table, number) {
            return Err(failure.about("column", full).at(span).into());
        }
        if let Some(Body::Default(default)) = column.default.and_then(|id| self.catalog.get(id)).map(|object| object.body.clone()) {
            let from = default.expr.ty.clone();
            if let Some(from) = from
                && self.context().assignable(&from, new) == Verity::No
            {
                let what = if column.generated.is_some() { "generation expression" } else { "default" };
                let message = format!("{what} for column \"{}\" cannot be cast automatically to type {}", column.name, print(self, new));
                return Err(fail("42804", message).about("column", full).at(span).into());
            }
        }
        for index in self.indexes(table) {
            let Some((_, found)) = self.index(index) else { continue };
            let uses = found
                .elements
                .iter()
                .any(|key| key.opclass.is_none() && matches!(key.key, IndexKeyKind::Column(column) if column == number));
            if uses {
                let method = found.method.clone();
                self.default_opclass(new, &method)?;
            }
        }
        self.check_foreign_types(table, number, new, span)?;
        self.doubt_rebuilt(table, number, &column.ty, new);
        let (ty, base) = (new.clone(), self.context().without_domain(new));
        let old_storage = column.storage.clone();
        let mut deps = crate::catalog::object::Object::new(Name::default(), ObjId::NONE, Body::Schema);
        self.depend_on_type(&mut deps, number, &ty);
        self.depend_on_collation(&mut deps, number, collation.as_ref());
        self.catalog.update(table, |object| {
            object.deps.retain(|dep| dep.own_column != number || dep.on == table);
            for dep in deps.deps {
                object.depend_column(dep.own_column, dep.on, dep.column, dep.kind);
            }
            if let Body::Relation(relation) = &mut object.body
                && let Some(column) = relation.columns.iter_mut().find(|column| column.number == number)
            {
                let column = Arc::make_mut(column);
                column.ty = ty;
                column.collation = collation;
                column.storage = old_storage.filter(|_| false);
            }
        });
        if let Some(sequence) = self.identity_sequence(table, number)
            && let crate::catalog::object::TyBase::Builtin(name) = &base.base
        {
            let ty = crate::op::TypeName {
                schema: None,
                name: name.clone(),
                modifiers: Vec::new(),
                dimensions: 0,
                setof: false,
                of_column: None,
                span,
            };
            self.change_sequence(sequence, &crate::op::SequenceOptions { ty: Some(ty), ..Default::default() })?;
        }
        Ok(())
    }

    /// What keeps a column's type: views, rules, policies, triggers, generated columns, SQL-standard bodies.
    fn type_is_held(&self, table: ObjId, number: ColumnNumber) -> Option<Failure> {
        for &dependent in self.catalog.dependents(table) {
            let object = self.catalog.get(dependent)?;
            let Some(dep) =
                object.deps.iter().find(|dep| dep.on == table && dep.column == number && !(dependent == table && dep.own_column == number))
            else {
                continue;
            };
            let what = match &object.body {
                Body::Relation(Relation { kind: RelKind::View(_) | RelKind::MatView(_), .. }) => {
                    let detail = format!("rule _RETURN on {} depends on {}", self.describe(dependent, 0), self.describe(table, number));
                    return Some(Failure { detail: vec![detail], ..fail("0A000", "cannot alter type of a column used by a view or rule") });
                }
                Body::Rule(_) => "cannot alter type of a column used by a view or rule",
                Body::Trigger(_) => "cannot alter type of a column used in a trigger definition",
                Body::Policy(_) => "cannot alter type of a column used in a policy definition",
                Body::Routine(_) => "cannot alter type of a column used by a function or procedure",
                Body::Relation(_) if dependent == table && dep.own_column != 0 => {
                    "cannot alter type of a column used by a generated column"
                }
                _ => continue,
            };
            let detail = format!("{} depends on {}", self.describe(dependent, dep.own_column), self.describe(table, number));
            return Some(Failure { detail: vec![detail], ..fail("0A000", what) });
        }
        None
    }

    /// Expressions over a column are parsed anew from their printed form when its type changes: what was an implicit cast
    /// then stands there for good, so that the type's way back does not bring the old text back. Which casts there are is
    /// the server's business; the text is in doubt.
    fn doubt_rebuilt(&mut self, table: ObjId, number: ColumnNumber, old: &crate::catalog::object::Ty, new: &crate::catalog::object::Ty) {
        if old.base == new.base && old.array == new.array {
            return;
        }
        let reads = |template: &crate::catalog::template::Template| template.references().any(|place| place == (table, number));
        let rebuilt = |id: &ObjId| match self.catalog.get(*id).map(|object| &object.body) {
            Some(Body::Relation(Relation { kind: RelKind::Index(index), .. })) => {
                let expression = |key: &IndexKeyKind| matches!(key, IndexKeyKind::Expression(expr) if reads(expr));
                index.filter.as_ref().is_some_and(reads) || index.elements.iter().any(|key| expression(&key.key))
            }
            Some(Body::Constraint(constraint)) => matches!(&constraint.kind, ConstraintKind::Check { expr, .. } if reads(expr)),
            _ => false,
        };
        let ids: Vec<ObjId> = self.catalog.dependents(table).iter().copied().filter(rebuilt).collect();
        for id in ids {
            let name = self.catalog.qualified(id);
            self.catalog.update(id, |_| {});
            if let Some(key) = self.catalog.get(id).and_then(|object| crate::catalog::key_of(object)) {
                self.catalog
                    .base_doubt(key, format!("whether the expression of {name} reads the same after its column changed type is not known"));
            }
        }
    }

    /// Foreign keys over a column must still have an equality operator after its type changes.
    fn check_foreign_types(&self, table: ObjId, number: ColumnNumber, new: &crate::catalog::object::Ty, span: Span) -> Outcome<()> {
        let mut holders: Vec<ObjId> = self.constraints(table).map(|(id, _)| id).collect();
        holders.extend(self.catalog.dependents(table).iter().copied());
        for id in holders {
            let Some(object) = self.catalog.get(id) else { continue };
            let Body::Constraint(constraint) = &object.body else { continue };
            let ConstraintKind::ForeignKey { columns, table: target, target: targets, .. } = &constraint.kind else { continue };
            for (&from, &to) in columns.iter().zip(targets) {
                let ty = |of: ObjId, column: ColumnNumber| {
                    if of == table && column == number {
                        Some(new.clone())
                    } else {
                        self.catalog.relation(of)?.column_at(column).map(|column| column.ty.clone())
                    }
                };
                if let (Some(one), Some(two)) = (ty(object.parent, from), ty(*target, to))
                    && self.context().comparable(&one, &two) == Verity::No
                {
                    let message = format!("foreign key constraint \"{}\" cannot be implemented", object.name);
                    return Err(fail("42804", message).about("constraint", self.catalog.qualified(id)).at(span).into());
                }
            }
        }
        Ok(())
    }

    fn inherit(&mut self, table: ObjId, parent: &ObjectName) -> Outcome<()> {
        let parent_id = self.user_relation(parent, RelationKind::Table)?;
        let has = |id: ObjId, wanted: ObjId| matches!(self.catalog.relation(id).map(|relation| &relation.kind), Some(RelKind::Table(found)) if found.inherits.contains(&wanted));
        if has(table, parent_id) {
            let message = format!("relation \"{}\" would be inherited from more than once", parent.name);
            return Err(fail("42P07", message).about("table", self.catalog.qualified(parent_id)).at(parent.span).into());
        }
        if parent_id == table || self.descendants(table).contains(&parent_id) {
            return Err(fail("42P07", "circular inheritance not allowed").at(parent.span).into());
        }
        self.match_parent(table, parent_id, parent)?;
        self.catalog.update(table, |object| {
            object.depend(parent_id, 0, DepKind::Normal);
            if let Body::Relation(Relation { kind: RelKind::Table(found), .. }) = &mut object.body {
                found.inherits.push(parent_id);
            }
        });
        Ok(())
    }

    /// Everything that inherits from a table, directly or not.
    fn descendants(&self, table: ObjId) -> Vec<ObjId> {
        let mut all = self.partitions(table);
        let mut next = 0;
        while let Some(&id) = all.get(next) {
            let more: Vec<ObjId> = self.partitions(id).into_iter().filter(|id| !all.contains(id)).collect();
            all.extend(more);
            next += 1;
        }
        all
    }

    /// Marks the columns and checks that a new child shares with its parent as inherited.
    fn match_parent(&mut self, table: ObjId, parent: ObjId, name: &ObjectName) -> Outcome<()> {
        let Some(columns) = self.catalog.relation(parent).map(|relation| relation.live_columns().cloned().collect::<Vec<_>>()) else {
            return Ok(());
        };
        for column in columns {
            let found = self.catalog.relation(table).and_then(|relation| relation.column(&column.name)).cloned();
            match found {
                Some(found) => self.catalog.update_column(table, found.number, |column| column.inherited += 1),
                None if self.catalog.relation(table).is_some_and(|relation| relation.open) => {}
                None => return Err(fail("42804", format!("child table is missing column \"{}\"", column.name)).at(name.span).into()),
            }
        }
        let checks: Vec<(Name, bool)> = self
            .constraints(parent)
            .filter(|(_, constraint)| matches!(constraint.kind, ConstraintKind::Check { no_inherit: false, .. }))
            .filter_map(|(id, constraint)| Some((self.catalog.get(id)?.name.clone(), constraint.local)))
            .collect();
        for (check, _) in checks {
            match self.constraint_id(table, &check) {
                Some(id) => self.catalog.update(id, |object| {
                    if let Body::Constraint(constraint) = &mut object.body {
                        constraint.inherited = true;
                    }
                }),
                None => return Err(fail("42804", format!("child table is missing constraint \"{check}\"")).at(name.span).into()),
            }
        }
        Ok(())
    }

    fn no_inherit(&mut self, table: ObjId, parent: &ObjectName) -> Outcome<()> {
        let parent_id = self.user_relation(parent, RelationKind::Table)?;
        let is_parent = matches!(self.catalog.relation(table).map(|relation| &relation.kind), Some(RelKind::Table(found)) if found.inherits.contains(&parent_id));
        if !is_parent {
            let relation = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
            return Err(fail("42P01", format!("relation \"{}\" is not a parent of relation \"{relation}\"", parent.name))
                .at(parent.span)
                .into());
        }
        self.part(table, parent_id);
        self.catalog.update(table, |object| {
            if let Body::Relation(Relation { kind: RelKind::Table(found), .. }) = &mut object.body {
                found.inherits.retain(|id| *id != parent_id);
            }
        });
        Ok(())
    }

    /// Takes the dependency and the marks of inheritance away.
    fn part(&mut self, table: ObjId, parent: ObjId) {
        let names: Vec<Name> = self
            .catalog
            .relation(parent)
            .map(|relation| relation.live_columns().map(|column| column.name.clone()).collect())
            .unwrap_or_default();
        self.catalog.update(table, |object| {
            object.deps.retain(|dep| dep.on != parent || dep.own_column != 0);
            if let Body::Relation(relation) = &mut object.body {
                for column in relation.columns.iter_mut().filter(|column| names.contains(&column.name)) {
                    let column = Arc::make_mut(column);
                    column.inherited = column.inherited.saturating_sub(1);
                    column.local |= column.inherited == 0;
                }
            }
        });
        let own: Vec<ObjId> = self.constraints(table).filter(|(_, constraint)| constraint.inherited).map(|(id, _)| id).collect();
        for id in own {
            self.catalog.update(id, |object| {
                object.deps.retain(|dep| dep.kind != DepKind::Internal);
                if let Body::Constraint(constraint) = &mut object.body {
                    constraint.inherited = false;
                    constraint.local = true;
                }
            });
        }
    }

    fn detach(&mut self, table: ObjId, name: &ObjectName) -> Outcome<()> {
        let child = self.user_relation(name, RelationKind::Table)?;
        let is_partition = matches!(self.catalog.relation(child).map(|relation| &relation.kind), Some(RelKind::Table(found)) if found.partition_of.as_ref().is_some_and(|(of, _)| *of == table));
        if !is_partition {
            let relation = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
            return Err(fail("42P01", format!("relation \"{}\" is not a partition of relation \"{relation}\"", name.name))
                .at(name.span)
                .into());
        }
        self.part(child, table);
        self.change_table(child, |found| found.partition_of = None);
        for index in self.indexes(child) {
            let parent = self.index(index).and_then(|(_, index)| index.partition_of);
            if let Some(parent) = parent {
                self.catalog.update(index, |object| {
                    object.deps.retain(|dep| dep.on != parent);
                    if let Body::Relation(Relation { kind: RelKind::Index(index), .. }) = &mut object.body {
                        index.partition_of = None;
                    }
                });
                let constraints =
                    (self.index(index).and_then(|(_, index)| index.constraint), self.index(parent).and_then(|(_, index)| index.constraint));
                if let (Some(own), Some(of)) = constraints {
                    self.catalog.update(own, |object| object.deps.retain(|dep| dep.on != of));
                }
            }
        }
        let cloned: Vec<ObjId> = self
            .catalog
            .members(Class::Trigger, child)
            .filter(
                |id| matches!(self.catalog.get(*id).map(|object| &object.body), Some(Body::Trigger(trigger)) if trigger.parent.is_some()),
            )
            .collect();
        for trigger in cloned {
            self.catalog.set(trigger, None);
        }
        Ok(())
    }

    /// Whether a relation of the name is there, for messages about the wrong kind.
    pub(super) fn wrong_kind(&self, kind: RelationKind, name: &ObjectName) -> Failure {
        fail("42809", format!("\"{}\" is not a {}", name.name, kind_word(kind))).at(name.span)
    }

    /// A stop for an absent member of something whose contents may be open.
    pub(super) fn absent(&self, presence: Presence, want: Want, failure: Failure) -> Stop {
        let open = match presence {
            Presence::Open(gap) => Some(gap),
            Presence::Absent | Presence::Present(..) => None,
        };
        Stop::Missing(Box::new(Missing { want, failure, open }))
    }
}

fn pass_of(action: &TableAction) -> Pass {
    match action {
        TableAction::DropColumn { .. } | TableAction::DropConstraint { .. } => Pass::Drop,
        TableAction::AddColumn { .. } => Pass::AddColumn,
        TableAction::AddConstraint(constraint) => constraint_pass(&constraint.kind),
        TableAction::AlterColumn { action, .. } => match action {
            ColumnAction::Type { .. } => Pass::AlterType,
            ColumnAction::DropDefault
            | ColumnAction::DropNotNull
            | ColumnAction::DropExpression { .. }
            | ColumnAction::DropIdentity { .. } => Pass::Drop,
            ColumnAction::SetDefault(_) | ColumnAction::AddIdentity { .. } => Pass::AddOther,
            ColumnAction::SetNotNull | ColumnAction::SetIdentity { .. } | ColumnAction::SetExpression(_) => Pass::ColumnAttributes,
            ColumnAction::SetStatistics(_)
            | ColumnAction::SetStorage(_)
            | ColumnAction::SetCompression(_)
            | ColumnAction::SetOptions(_)
            | ColumnAction::ResetOptions(_)
            | ColumnAction::ForeignOptions(_) => Pass::Misc,
        },
        TableAction::AlterConstraint { .. }
        | TableAction::ValidateConstraint(_)
        | TableAction::Trigger { .. }
        | TableAction::Rule { .. }
        | TableAction::RowSecurity(_)
        | TableAction::ForceRowSecurity(_)
        | TableAction::ClusterOn(_)
        | TableAction::SetWithoutCluster
        | TableAction::SetWithoutOids
        | TableAction::SetAccessMethod(_)
        | TableAction::SetTablespace(_)
        | TableAction::SetLogged(_)
        | TableAction::SetOptions(_)
        | TableAction::ResetOptions(_)
        | TableAction::Inherit(_)
        | TableAction::NoInherit(_)
        | TableAction::OfType(_)
        | TableAction::NotOf
        | TableAction::Owner(_)
        | TableAction::ReplicaIdentity(_)
        | TableAction::AttachPartition { .. }
        | TableAction::DetachPartition { .. }
        | TableAction::AttachIndex(_)
        | TableAction::ForeignOptions(_) => Pass::Misc,
    }
}

fn constraint_pass(kind: &TableConstraintKind) -> Pass {
    match kind {
        TableConstraintKind::Key { .. } => Pass::AddKey,
        TableConstraintKind::NotNull { .. } => Pass::ColumnAttributes,
        TableConstraintKind::Check { .. } | TableConstraintKind::ForeignKey { .. } | TableConstraintKind::Exclude { .. } => Pass::AddOther,
    }
}
