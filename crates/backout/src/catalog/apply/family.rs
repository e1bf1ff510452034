//! Parents and children: INHERITS and partitions.

use super::constraint::{columns_of, made};
use super::{Apply, fail};
use crate::catalog::context::{Fact, Outcome};
use crate::catalog::object::{
    Body, Column, ColumnNumber, ConstraintKind, DepKind, ObjId, PRESUMED_COLUMNS, RelKind, Relation, Table, Ty, TyBase,
};
use crate::catalog::template::Template;
use crate::catalog::{Catalog, Class, Failure, Names, marks};
use crate::op::{ConstraintAttributes, Name, ObjectName, PartitionBound, RelationKind};
use std::sync::Arc;

impl Apply<'_> {
    pub(super) fn in_partition_key(&self, table: ObjId, number: ColumnNumber) -> bool {
        match self.catalog.relation(table).map(|relation| &relation.kind) {
            Some(RelKind::Table(found)) => {
                found.partition_by.as_ref().is_some_and(|key| key.references().any(|(id, column)| id == table && column == number))
            }
            _ => false,
        }
    }

    pub(super) fn inherit(&mut self, table: ObjId, parent: &ObjectName) -> Outcome<()> {
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
        self.catalog.column_was_absent(table, &Fact::Inherits(parent_id).key());
        self.catalog.update(table, |object| {
            object.depend(parent_id, 0, DepKind::Normal);
            if let Body::Relation(Relation { kind: RelKind::Table(found), .. }) = &mut object.body {
                found.inherits.push(parent_id);
            }
        });
        Ok(())
    }

    /// Everything that inherits from a table, directly or not.
    pub(super) fn descendants(&self, table: ObjId) -> Vec<ObjId> {
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
    pub(super) fn match_parent(&mut self, table: ObjId, parent: ObjId, name: &ObjectName) -> Outcome<()> {
        let Some(columns) = self.catalog.relation(parent).map(|relation| relation.live_columns().cloned().collect::<Vec<_>>()) else {
            return Ok(());
        };
        for column in columns {
            let found = self.catalog.relation(table).and_then(|relation| relation.column(&column.name)).cloned();
            match found {
                Some(found) => {
                    self.check_inherited(table, &found, &column).map_err(|failure| failure.at(name.span))?;
                    self.catalog.update_column(table, found.number, |column| column.inherited += 1);
                }
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
            let known = |of: ObjId| {
                let object = self.constraint_id(of, &check).and_then(|id| self.catalog.get(id)).filter(|object| !object.presumed)?;
                match &object.body {
                    Body::Constraint(crate::catalog::object::Constraint { kind: ConstraintKind::Check { expr, .. }, .. }) => Some(expr),
                    _ => None,
                }
            };
            if let (Some(of), Some(own)) = (known(parent), known(table))
                && self.catalog.print(&self.remap(of, parent, table)) != self.catalog.print(own)
            {
                let child = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
                let message = format!("child table \"{child}\" has different definition for check constraint \"{check}\"");
                return Err(fail("42804", message).at(name.span).into());
            }
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

    /// A column of a child must be as its parent's is.
    fn check_inherited(&self, child: ObjId, own: &Column, of: &Column) -> Result<(), Failure> {
        if own.number >= PRESUMED_COLUMNS || of.number >= PRESUMED_COLUMNS {
            return Ok(());
        }
        let known = |ty: &Ty| !matches!(ty.base, TyBase::Open(_));
        let message = match () {
            () if own.ty != of.ty && known(&own.ty) && known(&of.ty) => {
                let child = self.catalog.get(child).map(|object| object.name.clone()).unwrap_or_default();
                format!("child table \"{child}\" has different type for column \"{}\"", own.name)
            }
            () if of.not_null && !own.not_null => format!("column \"{}\" in child table must be marked NOT NULL", own.name),
            () if of.generated.is_some() && own.generated.is_none() => {
                format!("column \"{}\" in child table must be a generated column", own.name)
            }
            () => return Ok(()),
        };
        Err(fail("42804", message))
    }

    pub(super) fn no_inherit(&mut self, table: ObjId, parent: &ObjectName) -> Outcome<()> {
        let parent_id = self.user_relation(parent, RelationKind::Table)?;
        let is_parent = matches!(self.catalog.relation(table).map(|relation| &relation.kind), Some(RelKind::Table(found)) if found.inherits.contains(&parent_id));
        if !is_parent {
            let relation = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
            let failure = fail("42P01", format!("relation \"{}\" is not a parent of relation \"{relation}\"", parent.name));
            return Err(self.unless_fact(table, Fact::Inherits(parent_id), failure.at(parent.span)));
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
    pub(super) fn part(&mut self, table: ObjId, parent: ObjId) {
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

    pub(super) fn detach(&mut self, table: ObjId, name: &ObjectName, concurrently: bool) -> Outcome<()> {
        let child = self.user_relation(name, RelationKind::Table)?;
        let is_partition = matches!(self.catalog.relation(child).map(|relation| &relation.kind), Some(RelKind::Table(found)) if found.partition_of.as_ref().is_some_and(|(of, _)| *of == table));
        if !is_partition {
            let relation = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
            let failure = fail("42P01", format!("relation \"{}\" is not a partition of relation \"{relation}\"", name.name));
            return Err(self.unless_fact(child, Fact::Partition(table), failure.at(name.span)));
        }
        let check = if concurrently { self.partition_check(child, table)? } else { None };
        for key in self.foreign_keys_to(table) {
            let mut freed = self.descendants(child);
            freed.push(child);
            self.catalog.update(key, |object| object.deps.retain(|dep| !freed.contains(&dep.on)));
        }
        self.part(child, table);
        self.change_table(child, |found| (found.partition_of, found.bound) = (None, None));
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
                if let (Some(own), of) = constraints {
                    self.catalog.update(own, |object| object.deps.retain(|dep| Some(dep.on) != of && dep.on != parent));
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
        if let Some((name, expr)) = check {
            let columns = columns_of(&expr, child);
            let kind = ConstraintKind::Check { expr: expr.clone(), no_inherit: false, columns };
            self.add_check(child, name, made(kind, ConstraintAttributes::default()), expr, false);
        }
        Ok(())
    }

    /// Whether a table that was there before may be partitioned.
    pub(super) fn may_be_partitioned(&self, table: ObjId) -> bool {
        self.catalog.is_unseen(table) && !self.is_partitioned(table) && !self.catalog.is_marked(table, marks::NOT_PARTITIONED)
    }

    /// The CHECK that stays on a partition detached without a lock: what its bound said of its rows. None when it has it already.
    fn partition_check(&mut self, child: ObjId, parent: ObjId) -> Outcome<Option<(Name, Template)>> {
        if self.catalog.is_unseen(parent) {
            if !self.catalog.is_marked(parent, marks::NO_DEFAULT) {
                self.context().note_unseen(format!("whether table {} has a default partition", self.catalog.qualified(parent)));
            }
            self.catalog.set_mark(parent, marks::NO_DEFAULT);
        }
        let Some(object) = self.catalog.get(child).cloned() else { return Ok(None) };
        let kind = self.catalog.relation(parent).map(|relation| &relation.kind);
        let Some(RelKind::Table(Table { partition_by: Some(key), .. })) = kind.cloned() else { return Ok(None) };
        let is_default = |id: &ObjId| {
            let bound = match self.catalog.relation(*id).map(|relation| &relation.kind) {
                Some(RelKind::Table(table)) => table.bound.as_deref(),
                _ => None,
            };
            matches!(bound, Some(PartitionBound::Default))
        };
        if self.partitions(parent).iter().any(is_default) {
            return Err(fail("55000", "cannot detach partitions concurrently when a default partition exists").into());
        }
        let mut expr = self.remap(&key, parent, child);
        if let Body::Relation(Relation { kind: RelKind::Table(Table { partition_of: Some((_, bound)), .. }), .. }) = &object.body {
            expr.push(" FOR VALUES ");
            expr.append(bound);
        }
        let text = self.catalog.print(&expr);
        let has = self
            .constraints(child)
            .any(|(_, constraint)| matches!(&constraint.kind, ConstraintKind::Check { expr, .. } if self.catalog.print(expr) == text));
        let column = match columns_of(&expr, child)[..] {
            [only] => self.column_name(child, only),
            _ => None,
        };
        let name = self.choose_constraint_name(object.parent, &object.name, column.as_deref(), "check");
        Ok((!has).then_some((name, expr)))
    }

    /// Partition bound and everything that a partition takes over from its parent.
    pub(super) fn attach(&mut self, table: ObjId, parent: ObjId, bound: &Arc<PartitionBound>) -> Outcome<()> {
        let text = self.bound(parent, bound)?;
        self.check_bound(table, parent, bound)?;
        self.catalog.update(table, |object| {
            object.deps.retain(|dep| !(dep.on == parent && dep.own_column == 0));
            object.depend(parent, 0, DepKind::Auto);
            if let Body::Relation(Relation { kind: RelKind::Table(table), .. }) = &mut object.body {
                table.partition_of = Some((parent, text));
                table.bound = Some(bound.clone());
            }
        });
        self.catalog.column_was_absent(table, &Fact::Partition(parent).key());
        self.give_up_own(parent, table);
        for key in self.foreign_keys_to(parent) {
            let mut held = self.descendants(table);
            held.push(table);
            self.catalog.update(key, |object| held.iter().for_each(|id| object.depend(*id, 0, DepKind::Normal)));
        }
        self.clone_indexes_to(parent, table)?;
        self.clone_foreign_keys_to(parent, table)?;
        self.clone_triggers_to(parent, table);
        Ok(())
    }

    /// What a partition shares with its parent is the parent's alone: it goes when the parent's goes.
    fn give_up_own(&mut self, parent: ObjId, table: ObjId) {
        let shared: Vec<Name> = self
            .catalog
            .relation(parent)
            .map(|relation| relation.live_columns().map(|column| column.name.clone()).collect())
            .unwrap_or_default();
        self.catalog.update_relation(table, |relation| {
            for column in relation.columns.iter_mut().filter(|column| column.local && column.inherited > 0 && shared.contains(&column.name))
            {
                Arc::make_mut(column).local = false;
            }
        });
    }

    /// The partitions of a table, or the children by INHERITS.
    pub(super) fn partitions(&self, parent: ObjId) -> Vec<ObjId> {
        partitions(self.catalog, parent)
    }
}

/// The partitions of a table, or the children by INHERITS.
pub fn partitions(catalog: &Catalog, parent: ObjId) -> Vec<ObjId> {
    let child = |id: &&ObjId| match catalog.relation(**id).map(|relation| &relation.kind) {
        Some(RelKind::Table(table)) => table.partition_of.as_ref().is_some_and(|(of, _)| *of == parent) || table.inherits.contains(&parent),
        _ => false,
    };
    catalog.dependents(parent).iter().filter(child).copied().collect()
}
