//! CREATE INDEX and the indexes of constraints (manual: CREATE INDEX).

use super::constraint::key_columns;
use super::known::index_column_name;
use super::{Apply, Event, fail, naming};
use crate::catalog::builtin::NameKind;
use crate::catalog::context::Outcome;
use crate::catalog::object::{
    Body, ColumnNumber, ConstraintKind, DepKind, Index, IndexKey, IndexKeyKind, ObjId, Object, RelKind, Relation,
};
use crate::catalog::resolve::ExprPlace;
use crate::catalog::template::Template;
use crate::catalog::{Class, Key, Names, Presence, marks};
use crate::op::{ConstraintAttributes, CreateIndex, Expr, IndexElement, LikeClause, Name, Options, RelationKind};
use crate::source::Span;

/// An index to be built.
pub(super) struct NewIndex<'a> {
    pub table: ObjId,
    /// Its name when one was given.
    pub name: Option<(Name, Span)>,
    /// The end of a generated name.
    pub label: &'static str,
    pub unique: bool,
    pub primary: bool,
    pub method: Name,
    pub elements: &'a [IndexElement],
    /// The operators of an exclusion constraint.
    pub operators: &'a [Name],
    pub include: &'a [IndexElement],
    pub nulls_not_distinct: bool,
    pub options: Options,
    pub filter: Option<&'a Expr>,
    /// Serves a constraint: its name must not be a constraint's in the schema either.
    pub constraint: bool,
    pub valid: bool,
}

impl Apply<'_> {
    pub(super) fn create_index(&mut self, create: &CreateIndex) -> Outcome<()> {
        let table = self.user_relation(&create.table, RelationKind::Table)?;
        self.context().refuse_pending(table, "CREATE INDEX")?;
        let Some(relation) = self.catalog.relation(table).cloned() else { return Ok(()) };
        match &relation.kind {
            RelKind::Table(found) if found.foreign.is_some() => {
                return Err(fail("42809", format!("cannot create index on relation \"{}\"", create.table.name))
                    .at(create.table.span)
                    .into());
            }
            RelKind::Table(_) | RelKind::MatView(_) => {}
            RelKind::View(_) | RelKind::Index(_) | RelKind::Sequence(_) => {
                return Err(fail("42809", format!("cannot create index on relation \"{}\"", create.table.name))
                    .at(create.table.span)
                    .into());
            }
        }
        let partitioned = matches!(&relation.kind, RelKind::Table(table) if table.partition_by.is_some());
        if create.concurrently && self.may_be_partitioned(table) {
            self.catalog.set_mark(table, marks::NOT_PARTITIONED);
        }
        if partitioned && create.concurrently {
            return Err(fail("0A000", format!("cannot create index on partitioned table \"{}\" concurrently", create.table.name))
                .at(create.table.span)
                .into());
        }
        let new = NewIndex {
            table,
            name: create.name.as_ref().map(|name| (name.name.clone(), name.span)),
            label: "idx",
            unique: create.unique,
            primary: false,
            method: create.method.clone(),
            elements: &create.elements,
            operators: &[],
            include: &create.include,
            nulls_not_distinct: create.nulls_not_distinct,
            options: create.options.clone(),
            filter: create.filter.as_ref(),
            constraint: false,
            valid: !(partitioned && create.only),
        };
        let mut may_have_existed = false;
        if let Some(name) = &create.name {
            let schema = self.catalog.get(table).map_or(ObjId::NONE, |object| object.parent);
            let named = crate::op::ObjectName { schema: None, name: name.name.clone(), span: name.span };
            let found = self.context().find(&Key::new(Class::Relation, schema, name.name.clone()));
            may_have_existed = create.if_not_exists && found == Presence::Open(None);
            if matches!(found, Presence::Present(..)) {
                // The server looks for the name last: what else is wrong with the index it says before.
                let (mark, events) = (self.catalog.mark(), self.events.len());
                let tried =
                    self.build_index(&NewIndex { name: None, method: create.method.clone(), options: create.options.clone(), ..new });
                self.catalog.undo(mark);
                self.events.truncate(events);
                tried?;
            }
            if self.relation_name_taken(schema, &named, create.if_not_exists, "index")? {
                return Ok(());
            }
        }
        let id = self.build_index(&new)?;
        if create.unique {
            self.events.push(Event::MayFail(self.catalog.qualified(id), "unique", "23505", table));
        }
        if may_have_existed {
            self.events.push(Event::MayHaveExisted(id));
        }
        if partitioned && !create.only {
            for child in self.partitions(table) {
                self.share_index(id, table, child)?;
            }
        }
        Ok(())
    }

    /// Builds the index on its table; a constraint adopts it afterwards.
    pub(super) fn build_index(&mut self, new: &NewIndex<'_>) -> Outcome<ObjId> {
        let Some(table) = self.catalog.get(new.table).cloned() else { return Ok(ObjId::NONE) };
        let Body::Relation(relation) = &table.body else { return Ok(ObjId::NONE) };
        let context = self.context();
        if !self.builtin.named(NameKind::AccessMethod, &new.method) && !self.catalog.open_world && !self.open_extension() {
            let key = Key::new(Class::Generic(crate::op::GenericKind::AccessMethod), ObjId::NONE, new.method.clone());
            if matches!(context.find(&key), Presence::Absent) {
                return Err(fail("42704", format!("access method \"{}\" does not exist", new.method)).into());
            }
        }
        let mut elements = Vec::new();
        for (at, element) in new.elements.iter().enumerate() {
            let (key, ty) = match &element.expr {
                Expr::Column { parts, span } if parts.len() == 1 => {
                    let ident = crate::op::Ident { name: parts[0].clone(), span: *span };
                    let number = self.index_column(new.table, &ident)?;
                    (IndexKeyKind::Column(number), relation.column_at(number).map(|column| column.ty.clone()))
                }
                expr => {
                    let template = self.table_expr(new.table, expr, None, ExprPlace::Index)?;
                    let ty = template.ty.clone();
                    (IndexKeyKind::Expression(template), ty)
                }
            };
            let opclass = match &element.opclass {
                // The default one is not written down.
                Some(class) => {
                    if let Some(ty) = &ty {
                        self.check_opclass(&class.name, &new.method, ty)?;
                    }
                    self.opclass(class, &new.method)?.filter(|_| !self.is_default_opclass(&class.name, &new.method, ty.as_ref()))
                }
                None => {
                    if let Some(ty) = &ty {
                        self.default_opclass(ty, &new.method)?;
                    }
                    None
                }
            };
            let collation = self.collation(element.collation.as_ref())?;
            elements.push(IndexKey {
                key,
                collation,
                opclass,
                descending: element.descending,
                nulls_first: element.nulls_first.unwrap_or(element.descending),
                operator: new.operators.get(at).cloned(),
            });
        }
        let mut include = Vec::new();
        for element in new.include {
            match &element.expr {
                Expr::Column { parts, span } if parts.len() == 1 => {
                    include.push(self.index_column(new.table, &crate::op::Ident { name: parts[0].clone(), span: *span })?);
                }
                _ => return Err(fail("0A000", "expressions are not supported in included columns").at(element.span).into()),
            }
        }
        let filter = match new.filter {
            Some(filter) => {
                Some(self.table_expr(new.table, filter, Some(&crate::catalog::object::Ty::builtin("bool")), ExprPlace::IndexPredicate)?)
            }
            None => None,
        };
        if new.unique || !new.operators.is_empty() {
            let columns: Vec<ColumnNumber> = elements
                .iter()
                .filter_map(|element| match &element.key {
                    IndexKeyKind::Column(number) => Some(*number),
                    IndexKeyKind::Expression(_) => None,
                })
                .collect();
            let what = match () {
                () if new.primary => "PRIMARY KEY",
                () if new.unique => "UNIQUE",
                () => "EXCLUDE",
            };
            self.check_key_of_partitions(new.table, &columns, what)?;
        }
        let name = match &new.name {
            Some((name, span)) => {
                let named = crate::op::ObjectName { schema: None, name: name.clone(), span: *span };
                self.relation_name_taken(table.parent, &named, false, "index")?;
                name.clone()
            }
            None => {
                if new.primary {
                    self.choose_relation_name(table.parent, &table.name, None, new.label, true)
                } else {
                    let names = self.index_column_names(new.elements, new.include);
                    let joined = naming::join_columns(names.iter().map(String::as_str));
                    self.choose_relation_name(table.parent, &table.name, Some(&joined), new.label, new.constraint)
                }
            }
        };
        let index = Index {
            table: new.table,
            unique: new.unique,
            primary: new.primary,
            method: new.method.clone(),
            elements,
            include,
            filter,
            nulls_not_distinct: new.nulls_not_distinct,
            valid: new.valid,
            clustered: false,
            partition_of: None,
            constraint: None,
        };
        Ok(self.add_index(name, table.parent, relation.persistence, index, new.options.iter().cloned().collect()))
    }

    fn add_index(
        &mut self,
        name: Name,
        schema: ObjId,
        persistence: crate::op::Persistence,
        index: Index,
        options: litemap::LiteMap<Name, String>,
    ) -> ObjId {
        let table = index.table;
        let mut object = Object::new(name, schema, Body::Schema);
        for column in key_columns(&index).into_iter().chain(index.include.iter().copied()) {
            object.depend(table, column, DepKind::Auto);
        }
        let mut expressions: Vec<&Template> = index.filter.iter().collect();
        expressions.extend(index.elements.iter().filter_map(|key| match &key.key {
            IndexKeyKind::Expression(expr) => Some(expr),
            IndexKeyKind::Column(_) => None,
        }));
        for expr in expressions {
            object.depend_on_template(expr, table, DepKind::Auto, DepKind::Normal);
        }
        if object.deps.iter().all(|dep| dep.on != table) {
            object.depend(table, 0, DepKind::Auto);
        }
        for key in &index.elements {
            if let Some(class) = &key.opclass
                && let Some(id) = self.user_opclass(class, &index.method)
            {
                object.depend(id, 0, DepKind::Normal);
            }
            let extension = match (&key.opclass, &key.key) {
                (Some(class), _) => self.extension_of_opclass(class, &index.method),
                (None, IndexKeyKind::Column(number)) => self
                    .catalog
                    .relation(table)
                    .and_then(|relation| relation.column_at(*number))
                    .and_then(|column| self.extension_of_default_opclass(&column.ty, &index.method)),
                (None, IndexKeyKind::Expression(expr)) => {
                    expr.ty.as_ref().and_then(|ty| self.extension_of_default_opclass(ty, &index.method))
                }
            };
            if let Some(extension) = extension {
                object.depend(extension, 0, DepKind::Normal);
            }
            self.depend_on_collation(&mut object, 0, key.collation.as_ref());
        }
        object.body = Body::Relation(Relation { kind: RelKind::Index(index), persistence, columns: Vec::new(), options, open: false });
        self.add(object)
    }

    fn index_column(&self, table: ObjId, column: &crate::op::Ident) -> Outcome<ColumnNumber> {
        self.column(table, column).map_err(|stop| match stop {
            super::Stop::Missing(mut missing) => {
                missing.failure.message = format!("column \"{}\" does not exist", column.name);
                super::Stop::Missing(missing)
            }
            stop => stop,
        })
    }

    /// The names that stand for the columns in a generated name: those of expressions as the server picks them.
    fn index_column_names(&self, elements: &[IndexElement], include: &[IndexElement]) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for element in elements.iter().chain(include) {
            let base = match &element.expr {
                Expr::Column { parts, .. } if parts.len() == 1 => parts[0].to_string(),
                expr => index_column_name(expr),
            };
            let mut name = base.clone();
            let mut number = 0;
            while names.contains(&name) {
                number += 1;
                name = format!("{base}{number}");
            }
            names.push(name);
        }
        names
    }

    /// An index with its object.
    pub(super) fn index(&self, id: ObjId) -> Option<(&Object, &Index)> {
        let object = self.catalog.get(id)?;
        match &object.body {
            Body::Relation(Relation { kind: RelKind::Index(index), .. }) => Some((object, index)),
            _ => None,
        }
    }

    /// The indexes of a table, those of its constraints included, in the order of their making.
    pub(super) fn indexes(&self, table: ObjId) -> Vec<ObjId> {
        let mut found: Vec<ObjId> = self
            .catalog
            .dependents(table)
            .iter()
            .copied()
            .filter(|id| self.index(*id).is_some_and(|(_, index)| index.table == table))
            .collect();
        found.extend(self.constraints(table).filter_map(|(_, constraint)| match constraint.kind {
            ConstraintKind::Key { index, .. } => Some(index),
            _ => None,
        }));
        found.sort_unstable();
        found.dedup();
        found
    }

    /// All indexes of a partitioned parent, on a partition; one of the partition's own that fits is attached instead.
    pub(super) fn clone_indexes_to(&mut self, parent: ObjId, table: ObjId) -> Outcome<()> {
        self.indexes(parent).into_iter().try_for_each(|index| self.share_index(index, parent, table))
    }

    /// An index of a partitioned parent, on a partition; one of the partition's own that fits is attached instead.
    fn share_index(&mut self, index: ObjId, parent: ObjId, table: ObjId) -> Outcome<()> {
        match self.fitting_index(index, parent, table) {
            Some(own) => {
                self.attach_index(own, index);
                Ok(())
            }
            None => self.clone_index(index, parent, table),
        }
    }

    fn fitting_index(&self, index: ObjId, parent: ObjId, table: ObjId) -> Option<ObjId> {
        let (_, wanted) = self.index(index)?;
        let shape = |index: &Index, of: ObjId| {
            let name = |number: ColumnNumber| self.column_name(of, number).unwrap_or_default();
            let key = |key: &IndexKey| match &key.key {
                IndexKeyKind::Column(column) => (name(*column), key.descending, key.nulls_first, key.opclass.clone()),
                IndexKeyKind::Expression(expr) => (self.catalog.print(expr).into(), key.descending, key.nulls_first, key.opclass.clone()),
            };
            let filter = index.filter.as_ref().map(|filter| self.catalog.print(filter));
            let include: Vec<Name> = index.include.iter().map(|column| name(*column)).collect();
            (index.unique, index.method.clone(), index.elements.iter().map(key).collect::<Vec<_>>(), include, filter)
        };
        let wanted_shape = shape(wanted, parent);
        self.indexes(table).into_iter().find(|id| {
            self.index(*id).is_some_and(|(_, own)| {
                own.partition_of.is_none() && (own.constraint.is_some() || wanted.constraint.is_none()) && shape(own, table) == wanted_shape
            })
        })
    }

    /// Makes a child's index part of the parent's.
    pub(super) fn attach_index(&mut self, child: ObjId, parent: ObjId) {
        self.catalog.update(child, |object| {
            object.depend(parent, 0, DepKind::Auto);
            if let Body::Relation(Relation { kind: RelKind::Index(index), .. }) = &mut object.body {
                index.partition_of = Some(parent);
            }
        });
        let constraint = |apply: &Self, id| apply.index(id).and_then(|(_, index)| index.constraint);
        let (own, of) = (constraint(self, child), constraint(self, parent));
        if let (Some(own), None) = (own, of) {
            // The constraint keeps its index, and so the parent's.
            self.catalog.update(own, |object| object.depend(parent, 0, DepKind::Normal));
        }
        if let (Some(own), Some(of)) = (own, of) {
            self.catalog.update(own, |object| {
                object.depend(of, 0, DepKind::Auto);
                if let Body::Constraint(constraint) = &mut object.body {
                    constraint.inherited = true;
                    constraint.local = false;
                }
            });
        }
    }

    /// Builds the same index on a partition and attaches it.
    fn clone_index(&mut self, index: ObjId, parent: ObjId, table: ObjId) -> Outcome<()> {
        let Some((object, found)) = self.index(index).map(|(object, index)| (object.clone(), index.clone())) else { return Ok(()) };
        if found.primary {
            self.check_only_primary_key(table)?;
        }
        let constraint = found.constraint.and_then(|id| self.catalog.get(id)).cloned();
        let id = self.copy_index(
            &object,
            &found,
            parent,
            table,
            if found.primary {
                "pkey"
            } else if constraint.is_some() {
                "key"
            } else {
                "idx"
            },
        )?;
        if let Some(Body::Constraint(of)) = constraint.map(|object| object.body.clone()) {
            if found.primary {
                for column in self.index(id).map(|(_, index)| key_columns(index)).unwrap_or_default() {
                    self.set_not_null(table, column);
                }
            }
            let attributes = ConstraintAttributes {
                deferrable: of.deferrable,
                initially_deferred: of.initially_deferred,
                not_valid: false,
                not_enforced: false,
            };
            let exclude = matches!(of.kind, ConstraintKind::Key { exclude: true, .. });
            self.finish_key(table, id, found.primary, exclude, attributes)?;
        }
        self.attach_index(id, index);
        if matches!(self.catalog.relation(table).map(|relation| &relation.kind), Some(RelKind::Table(own)) if own.partition_by.is_some()) {
            for child in self.partitions(table) {
                self.share_index(id, table, child)?;
            }
        }
        Ok(())
    }

    fn copy_index(&mut self, object: &Object, found: &Index, from: ObjId, table: ObjId, label: &'static str) -> Outcome<ObjId> {
        let (Some(source), Some(target)) = (self.catalog.relation(from).cloned(), self.catalog.get(table).cloned()) else {
            return Ok(ObjId::NONE);
        };
        let Body::Relation(relation) = &target.body else { return Ok(ObjId::NONE) };
        let number = |number: ColumnNumber| {
            source.column_at(number).and_then(|column| relation.column(&column.name)).map_or(number, |column| column.number)
        };
        let mut copy = Index { table, constraint: None, partition_of: None, ..found.clone() };
        for key in &mut copy.elements {
            key.key = match &key.key {
                IndexKeyKind::Column(column) => IndexKeyKind::Column(number(*column)),
                IndexKeyKind::Expression(expr) => IndexKeyKind::Expression(self.remap(expr, from, table)),
            };
        }
        copy.include = copy.include.iter().map(|column| number(*column)).collect();
        copy.filter = copy.filter.as_ref().map(|filter| self.remap(filter, from, table));
        let name = if found.primary {
            self.choose_relation_name(target.parent, &target.name, None, label, true)
        } else {
            let names: Vec<String> = copy
                .elements
                .iter()
                .map(|key| match key.key {
                    IndexKeyKind::Column(column) => relation.column_at(column).map(|column| column.name.to_string()).unwrap_or_default(),
                    IndexKeyKind::Expression(_) => "expr".into(),
                })
                .collect();
            let joined = naming::join_columns(names.iter().map(String::as_str));
            self.choose_relation_name(target.parent, &target.name, Some(&joined), label, label != "idx")
        };
        let options = match &object.body {
            Body::Relation(relation) => relation.options.clone(),
            _ => Default::default(),
        };
        Ok(self.add_index(name, target.parent, relation.persistence, copy, options))
    }

    /// `LIKE … INCLUDING INDEXES`.
    pub(super) fn copy_like_indexes(&mut self, table: ObjId, source: ObjId, like: &LikeClause) -> Outcome<()> {
        if !like.including.indexes {
            return Ok(());
        }
        for index in self.indexes(source) {
            let Some((object, found)) = self.index(index).map(|(object, index)| (object.clone(), index.clone())) else { continue };
            let constraint = found.constraint.and_then(|id| self.catalog.get(id)).cloned();
            let label = if found.primary {
                "pkey"
            } else if constraint.is_some() {
                "key"
            } else {
                "idx"
            };
            let id = self.copy_index(&object, &found, source, table, label)?;
            if found.unique
                && let Some(columns) = self.index(id).map(|(_, copy)| key_columns(copy))
            {
                self.check_key_of_partitions(table, &columns, if found.primary { "PRIMARY KEY" } else { "UNIQUE" })?;
            }
            if let Some(Body::Constraint(of)) = constraint.map(|object| object.body.clone()) {
                let attributes = ConstraintAttributes {
                    deferrable: of.deferrable,
                    initially_deferred: of.initially_deferred,
                    not_valid: false,
                    not_enforced: false,
                };
                self.finish_key(table, id, found.primary, false, attributes)?;
            }
        }
        Ok(())
    }

    /// A key of a partitioned table goes to its partitions.
    pub(super) fn propagate_key(&mut self, table: ObjId, index: ObjId) -> Outcome<()> {
        if matches!(self.catalog.relation(table).map(|relation| &relation.kind), Some(RelKind::Table(own)) if own.partition_by.is_some()) {
            for child in self.partitions(table) {
                self.share_index(index, table, child)?;
            }
        }
        Ok(())
    }
}
