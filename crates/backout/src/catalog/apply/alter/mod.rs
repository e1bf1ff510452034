//! ALTER TABLE and its like (manual: ALTER TABLE; the order of passes is the server's own, `AlterTablePass`).

mod column;
mod retype;

use super::column::NewColumn;
use super::constraint::{Rows, key_columns};
use super::table::ordered;
use super::target::kind_word;
use super::{Apply, Event, fail};
use crate::catalog::Failure;
use crate::catalog::context::{Fact, Missing, Outcome, Stop, Want, kind_id};
use crate::catalog::object::{
    Body, Constraint, ConstraintKind, DepKind, Generic, IndexKeyKind, ObjId, PRESUMED_COLUMNS, RelKind, Relation, Table,
};
use crate::catalog::{Class, Key, Names, Presence, key_of, marks};
use crate::op::{
    AlterTable, Behavior, ColumnAction, GenericKind, Ident, ObjectName, Persistence, RelationKind, ReplicaIdentity, TableAction,
    TableConstraint, TableConstraintKind,
};
use crate::source::Span;

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
    Constraint(TableConstraint, Rows),
}

impl Apply<'_> {
    pub(super) fn alter_table(&mut self, alter: &AlterTable) -> Outcome<()> {
        let id = match self.altered_relation(alter) {
            Ok(id) => id,
            Err(stop) if alter.if_exists => return self.forgive_relation(alter.kind, stop),
            Err(stop) => return Err(stop),
        };
        self.context().refuse_pending(id, "ALTER TABLE")?;
        self.events.push(Event::Altered(id));
        let mut steps: Vec<(Pass, Step<'_>)> = Vec::new();
        for (action, span) in &alter.actions {
            if alter.only {
                self.refuse_alone(id, action, *span)?;
            }
            steps.push((pass_of(action), Step::Action(action, *span)));
        }
        let mut news: Vec<NewColumn<'_>> = Vec::new();
        for pass in [Pass::Drop, Pass::AlterType, Pass::AddColumn, Pass::ColumnAttributes, Pass::AddKey, Pass::AddOther, Pass::Misc] {
            let mut later: Vec<(Pass, Step<'_>)> = Vec::new();
            for (_, step) in steps.iter().filter(|(of, _)| *of == pass) {
                match step {
                    Step::Action(TableAction::AddColumn { if_not_exists, column }, _) => {
                        if let Some(new) = self.add_column(id, column, *if_not_exists)? {
                            let rows = new.rows();
                            let constraints = ordered(new.constraints.clone()).into_iter();
                            later.extend(
                                constraints.map(|constraint| (constraint_pass(&constraint.kind), Step::Constraint(constraint, rows))),
                            );
                            news.push(new);
                        }
                    }
                    Step::Action(action, span) => self.table_action(id, alter, action, *span)?,
                    Step::Constraint(constraint, rows) => self.add_constraint(id, constraint, *rows)?,
                }
            }
            steps.extend(later);
            if pass == Pass::AlterType {
                self.read_again(id, alter)?;
            }
        }
        self.catalog.prove(id);
        if !alter.fits_views() {
            // Whatever named it before: it is what this statement takes it for.
            self.catalog.column_is_known(id, &Fact::Kind(alter.kind).key());
        }
        Ok(())
    }

    fn altered_relation(&self, alter: &AlterTable) -> Outcome<ObjId> {
        // ALTER TABLE takes any relation and then checks each action; the other forms check the kind at once.
        if alter.kind != RelationKind::Table {
            return self.opened_relation(alter.kind, &alter.name);
        }
        let id = self.user_relation(&alter.name, RelationKind::Table)?;
        let fits = |action: &TableAction| match self.catalog.relation(id).map(|relation| &relation.kind) {
            Some(RelKind::View(_)) => action.fits_views(),
            Some(RelKind::Index(_)) => {
                action.fits_all()
                    || matches!(
                        action,
                        TableAction::AlterColumn { action: ColumnAction::SetStatistics(_), .. } | TableAction::AttachIndex(_)
                    )
            }
            Some(RelKind::Sequence(_)) => action.fits_all() || matches!(action, TableAction::SetLogged(_)),
            Some(RelKind::MatView(_)) => {
                action.fits_all()
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
                let failure = failure.detailed(vec![format!("This operation is not supported for {word}s.")]);
                Err(failure.about("table", self.catalog.qualified(id)).at(*span).into())
            }
            None => Ok(id),
        }
    }

    /// What ONLY does to a presumed table of which nobody knows whether others inherit from it.
    fn alone_among_unseen(&mut self, table: ObjId, action: &TableAction) {
        if !self.catalog.is_unseen(table) {
            return;
        }
        let is_check = |id: ObjId| {
            let body = self.catalog.get(id).map(|object| &object.body);
            matches!(body, Some(Body::Constraint(Constraint { kind: ConstraintKind::Check { .. }, .. })))
        };
        match action {
            TableAction::AddColumn { .. }
            | TableAction::AddConstraint(TableConstraint { kind: TableConstraintKind::Check { no_inherit: false, .. }, .. }) => {
                self.catalog.set_mark(table, marks::NO_CHILDREN);
            }
            TableAction::DropConstraint { name, .. } if !self.constraint_id(table, &name.name).is_some_and(is_check) => {}
            TableAction::DropColumn { .. } | TableAction::DropConstraint { .. } if !self.catalog.is_marked(table, marks::NO_CHILDREN) => {
                self.context().note_unseen(format!("whether other tables inherit from {}", self.catalog.qualified(table)));
            }
            _ => {}
        }
    }

    /// What cannot be done to a table alone that others inherit from (manual, `ALTER TABLE`).
    fn refuse_alone(&mut self, table: ObjId, action: &TableAction, span: Span) -> Outcome<()> {
        let (children, partitioned) = (self.partitions(table), self.is_partitioned(table));
        let relation = self.catalog.relation(table);
        let null_below = |name: &str| {
            let column = |child: &ObjId| self.catalog.relation(*child).and_then(|relation| relation.column(name));
            children.iter().filter_map(column).any(|column| !column.not_null)
        };
        let kept = "cannot remove constraint from only the partitioned table when partitions exist";
        let (sqlstate, message) = match action {
            TableAction::AddConstraint(TableConstraint { kind: TableConstraintKind::ForeignKey { key, .. }, .. }) if partitioned => {
                let table = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
                let message =
                    format!("cannot use ONLY for foreign key on partitioned table \"{table}\" referencing relation \"{}\"", key.table.name);
                ("42809", message)
            }
            _ if children.is_empty() => {
                self.alone_among_unseen(table, action);
                return Ok(());
            }
            TableAction::AddColumn { .. } => ("42P16", "column must be added to child tables too".to_owned()),
            TableAction::DropColumn { name, .. }
                if partitioned && relation.is_some_and(|relation| relation.column(&name.name).is_some()) =>
            {
                ("42P16", "cannot drop column from only the partitioned table when partitions exist".to_owned())
            }
            TableAction::DropConstraint { name, .. } if partitioned && self.constraint_id(table, &name.name).is_some() => {
                ("42P16", kept.to_owned())
            }
            // A name that is taken is refused before.
            TableAction::AddConstraint(TableConstraint { kind: TableConstraintKind::Check { no_inherit: false, .. }, name, .. })
                if name.as_ref().is_none_or(|name| self.constraint_id(table, name).is_none()) =>
            {
                ("42P16", "constraint must be added to child tables too".to_owned())
            }
            TableAction::AlterColumn { name, action } => match action {
                ColumnAction::Type { .. } => {
                    ("42P16", format!("type of inherited column \"{}\" must be changed in child tables too", name.name))
                }
                ColumnAction::DropNotNull if partitioned => ("42P16", kept.to_owned()),
                ColumnAction::SetNotNull if partitioned && null_below(&name.name) => {
                    ("42P16", "constraint must be added to child tables too".to_owned())
                }
                ColumnAction::DropExpression { .. } => {
                    ("42601", "ALTER TABLE / DROP EXPRESSION must be applied to child tables too".to_owned())
                }
                _ => return Ok(()),
            },
            _ => return Ok(()),
        };
        Err(fail(sqlstate, message).at(span).into())
    }

    /// A permanent table refers to permanent tables only, and what is published is permanent.
    fn check_logged(&self, table: ObjId, persistence: Persistence) -> Result<(), Failure> {
        let named = |id: ObjId| self.catalog.get(id).map(|object| object.name.clone()).unwrap_or_default();
        let persistence_of = |id: ObjId| self.catalog.relation(id).map(|relation| relation.persistence);
        let (own, word) = (named(table), if persistence == Persistence::Permanent { "logged" } else { "unlogged" });
        match persistence_of(table) {
            Some(Persistence::Temporary) => {
                let message = format!("cannot change logged status of table \"{own}\" because it is temporary");
                return Err(fail("42P16", message));
            }
            now if now == Some(persistence) => return Ok(()),
            _ => {}
        }
        let of = |id: ObjId| self.catalog.get(id).map(|object| (object.parent, &object.body));
        let published = |id: &ObjId| matches!(of(*id), Some((_, Body::Generic(Generic { kind: GenericKind::Publication, .. }))));
        if persistence == Persistence::Unlogged && self.catalog.dependents(table).iter().any(published) {
            return Err(fail("55000", format!("cannot change table \"{own}\" to unlogged because it is part of a publication")));
        }
        // What is logged refers to nothing unlogged: the tables that it refers to, or that refer to it, must not be unlogged or logged.
        let other = |id: ObjId| match of(id)? {
            (child, Body::Constraint(Constraint { kind: ConstraintKind::ForeignKey { table: parent, .. }, .. })) => match persistence {
                Persistence::Permanent if child == table => Some(*parent),
                Persistence::Unlogged if *parent == table => Some(child),
                _ => None,
            },
            _ => None,
        };
        let keys = self.catalog.members(Class::Constraint, table).chain(self.catalog.dependents(table).iter().copied());
        match keys.filter_map(other).find(|other| *other != table && persistence_of(*other).is_some_and(|other| other != persistence)) {
            Some(other) => {
                let other = match persistence {
                    Persistence::Permanent => format!("references unlogged table \"{}\"", named(other)),
                    _ => format!("references logged table \"{}\"", named(other)),
                };
                Err(fail("42P16", format!("could not change table \"{own}\" to {word} because it {other}")))
            }
            None => Ok(()),
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

    fn table_action(&mut self, table: ObjId, alter: &AlterTable, action: &TableAction, span: Span) -> Outcome<()> {
        if let TableAction::RowSecurity(_)
        | TableAction::ForceRowSecurity(_)
        | TableAction::ClusterOn(_)
        | TableAction::SetWithoutCluster
        | TableAction::SetAccessMethod(_)
        | TableAction::SetTablespace(_)
        | TableAction::SetLogged(_)
        | TableAction::SetOptions(_)
        | TableAction::ForeignOptions(_)
        | TableAction::ResetOptions(_)
        | TableAction::ReplicaIdentity(_) = action
        {
            self.was_unknown(table);
        }
        match action {
            TableAction::AddColumn { .. } => Ok(()),
            TableAction::DropColumn { if_exists, name, behavior } => self.drop_column(table, alter.only, name, *if_exists, *behavior),
            TableAction::AlterColumn { name, action } => self.alter_column(table, alter.only, name, action, span),
            TableAction::AddConstraint(constraint) => self.add_constraint(table, constraint, Rows::Any),
            TableAction::AlterConstraint { name, attributes, .. } => {
                let id = self.constraint_of(table, name)?;
                let foreign = matches!(self.catalog.get(id).map(|object| &object.body), Some(Body::Constraint(constraint)) if matches!(constraint.kind, ConstraintKind::ForeignKey { .. }));
                if !foreign && !self.catalog.get(id).is_some_and(|object| object.presumed) {
                    let message =
                        format!("constraint \"{}\" of relation \"{}\" is not a foreign key constraint", name.name, alter.name.name);
                    return Err(fail("42809", message).at(name.span).into());
                }
                self.was_unknown(id);
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
                self.was_unknown(id);
                let object = self.catalog.get(id).filter(|object| !object.presumed).map(|object| &object.body);
                if matches!(object, Some(Body::Constraint(constraint)) if matches!(constraint.kind, ConstraintKind::Key { .. } | ConstraintKind::Trigger))
                {
                    let message = format!(
                        "constraint \"{}\" of relation \"{}\" is not a foreign key or check constraint",
                        name.name, alter.name.name
                    );
                    return Err(fail("42809", message).at(name.span).into());
                }
                let foreign =
                    matches!(object, Some(Body::Constraint(constraint)) if matches!(constraint.kind, ConstraintKind::ForeignKey { .. }));
                let (what, sqlstate) = if foreign { ("foreign-key", "23503") } else { ("check", "23514") };
                self.events.push(Event::MayFail(self.catalog.qualified(id), what, sqlstate, table));
                self.catalog.update(id, |object| {
                    if let Body::Constraint(constraint) = &mut object.body {
                        constraint.validated = true;
                    }
                });
                Ok(())
            }
            TableAction::DropConstraint { if_exists, name, behavior } => {
                self.drop_constraint(table, alter.only, name, *if_exists, *behavior)
            }
            TableAction::Trigger { name, enabled, .. } => {
                let triggers = match name {
                    Some(name) => vec![self.target(&crate::op::ObjectRef::Trigger { table: alter.name.clone(), name: name.clone() })?.0],
                    None => {
                        self.was_unknown(table);
                        self.catalog.members(Class::Trigger, table).collect()
                    }
                };
                let enabled = *enabled;
                for id in triggers {
                    self.was_unknown(id);
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
                self.was_unknown(id);
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
            TableAction::ClusterOn(name) => self.cluster_on(table, name),
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
                let persistence = if *logged { Persistence::Permanent } else { Persistence::Unlogged };
                self.check_logged(table, persistence).map_err(|failure| failure.at(span))?;
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
                self.check_typed(table, of)?;
                self.was_unknown(table);
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
                    let index = self.index_of(table, &Ident { name: name.clone(), span })?;
                    self.check_identity_index(table, index).map_err(|failure| failure.at(span))?;
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
                if let (Some(own), Some(of)) = (self.catalog.relation(partition), self.catalog.relation(table))
                    && !of.open
                    && let Some(column) = own.live_columns().find(|column| of.column(&column.name).is_none())
                {
                    let message =
                        format!("table \"{}\" contains column \"{}\" not found in parent \"{}\"", name.name, column.name, alter.name.name);
                    return Err(fail("42804", message).at(name.span).into());
                }
                if self.catalog.relation(table).is_some_and(|relation| relation.open) {
                    // The parent may have indexes and more that the partition keeps.
                    self.was_unknown(partition);
                }
                self.attach(partition, table, bound)
            }
            TableAction::DetachPartition { name, concurrently, .. } => self.detach(table, name, *concurrently),
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

    /// What an index must be for a row to be told by it.
    fn check_identity_index(&self, table: ObjId, id: ObjId) -> Result<(), Failure> {
        let Some((object, index)) = self.index(id).filter(|(object, _)| !object.presumed) else { return Ok(()) };
        let name = &object.name;
        let deferrable = index
            .constraint
            .and_then(|id| self.catalog.get(id))
            .is_some_and(|constraint| matches!(&constraint.body, Body::Constraint(constraint) if constraint.deferrable));
        let nullable = key_columns(index).into_iter().find_map(|number| {
            let column = self.catalog.relation(table)?.column_at(number)?;
            (!column.not_null && number < PRESUMED_COLUMNS).then(|| column.name.clone())
        });
        let expression = index.elements.iter().any(|element| matches!(element.key, IndexKeyKind::Expression(_)));
        let (sqlstate, message) = match nullable {
            _ if !index.unique => ("42809", format!("cannot use non-unique index \"{name}\" as replica identity")),
            _ if deferrable => ("0A000", format!("cannot use non-immediate index \"{name}\" as replica identity")),
            _ if expression => ("0A000", format!("cannot use expression index \"{name}\" as replica identity")),
            _ if index.filter.is_some() => ("0A000", format!("cannot use partial index \"{name}\" as replica identity")),
            Some(column) => {
                let why = format!("because column \"{column}\" is nullable");
                ("42809", format!("index \"{name}\" cannot be used as replica identity {why}"))
            }
            None => return Ok(()),
        };
        Err(fail(sqlstate, message).about("index", self.catalog.qualified(id)))
    }

    /// `CLUSTER … USING` and `ALTER TABLE … CLUSTER ON`.
    pub(in super::super) fn cluster_on(&mut self, table: ObjId, name: &Ident) -> Outcome<()> {
        let index = self.index_of(table, name)?;
        for other in self.indexes(table) {
            let clustered = other == index;
            if self.index(other).is_some_and(|(_, index)| index.clustered != clustered) {
                self.change_index(other, |index| index.clustered = clustered);
            }
        }
        Ok(())
    }

    /// What is set of something presumed or in doubt may have been so or otherwise before; where no schema was given, of `public`
    /// as well.
    pub(in super::super) fn was_unknown(&mut self, id: ObjId) {
        let unseen = self.catalog.open_world && id == self.catalog.public();
        let doubted = self.catalog.doubt_about(id).is_some();
        if let Some(object) = self.catalog.get(id).filter(|object| object.presumed || unseen || doubted)
            && let Some(key) = key_of(object)
        {
            self.catalog.base_doubt(key, format!("what {} was like before is not known", self.describe(id, 0)));
            self.catalog.update(id, |_| {});
        }
    }

    pub(super) fn change_table(&mut self, table: ObjId, change: impl FnOnce(&mut Table)) {
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
            _ => {
                let failure = fail("42809", format!("\"{}\" is not an index for table \"{relation}\"", name.name)).at(name.span);
                Err(self.unless_indexes(id, table, failure))
            }
        }
    }

    fn drop_constraint(&mut self, table: ObjId, only: bool, name: &Ident, if_exists: bool, behavior: Behavior) -> Outcome<()> {
        let id = match self.constraint_of(table, name) {
            Ok(id) => id,
            Err(Stop::Missing(missing)) if if_exists => {
                let (_, full) = missing.failure.object.clone().unwrap_or(("", String::new()));
                if missing.open.is_some() {
                    let key = Key::new(Class::Constraint, table, name.name.clone());
                    self.catalog.base_doubt(key.clone(), format!("whether constraint {full} was there before is not known"));
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
        if matches!(constraint.kind, ConstraintKind::Trigger) {
            let (this, that) = (self.describe(id, 0), self.describe(table, 0));
            let message = format!("cannot drop {this} because trigger {} on {that} requires it", name.name);
            return Err(fail("2BP01", message).about("constraint", self.catalog.qualified(id)).at(name.span).into());
        }
        if let ConstraintKind::ForeignKey { table: parent, .. } = constraint.kind {
            self.context().refuse_pending(parent, "ALTER TABLE")?;
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
                            constraint.local |= only;
                        }
                    });
                    let local = matches!(self.catalog.get(found).map(|object| &object.body), Some(Body::Constraint(constraint)) if constraint.local);
                    if !local {
                        self.drop_constraint(child, false, name, true, behavior)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a relation of the name is there, for messages about the wrong kind.
    pub(super) fn wrong_kind(&self, kind: RelationKind, name: &ObjectName) -> Failure {
        fail("42809", format!("\"{}\" is not a {}", name.name, kind_word(kind))).at(name.span)
    }

    /// What is said of a presumed relation may be so: then it has been so all along. Otherwise the server's refusal.
    pub(super) fn unless_fact(&self, relation: ObjId, fact: Fact, failure: Failure) -> Stop {
        let open = self.catalog.column_open(relation, &fact.key());
        if open { self.absent(Presence::Open(None), Want::Fact(relation, fact), failure) } else { failure.into() }
    }

    /// The same of an index that was presumed without its table.
    pub(in super::super) fn unless_indexes(&self, index: ObjId, table: ObjId, failure: Failure) -> Stop {
        let of = self.index(index).map(|(_, index)| index.table);
        if of == Some(ObjId::NONE) { self.unless_fact(index, Fact::Indexes(table), failure) } else { failure.into() }
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
