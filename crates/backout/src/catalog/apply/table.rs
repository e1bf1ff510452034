//! CREATE TABLE, CREATE SCHEMA (manual pages of these names).

use super::column::{NewColumn, identity_base};
use super::constraint::Rows;
use super::{Apply, Event, fail};
use crate::catalog::context::{Missing, Outcome, Stop, Want};
use crate::catalog::object::{
    Body, Column, ColumnNumber, ConstraintKind, DepKind, Generic, ObjId, Object, RelKind, Relation, Table, Ty, TyBase, Type,
};
use crate::catalog::resolve::ExprPlace;
use crate::catalog::template::Template;
use crate::catalog::{Class, Key, Presence, quote};
use crate::op::{
    ColumnDef, CreateSchema, CreateTable, Expr, GenericKind, Ident, LikeClause, RelationKind, TableConstraint, TableConstraintKind,
    TableElement,
};
use std::sync::Arc;

/// The server's limit.
const MOST_COLUMNS: usize = 1600;

impl Apply<'_> {
    pub(super) fn create_schema(&mut self, create: &CreateSchema) -> Outcome<()> {
        let key = Key::new(Class::Schema, ObjId::NONE, create.name.name.clone());
        if create.name.name.starts_with("pg_") {
            return Err(fail("42939", format!("unacceptable schema name \"{}\"", create.name.name)).at(create.name.span).into());
        }
        match self.context().find(&key) {
            Presence::Present(..) if create.if_not_exists => {
                self.events.push(Event::FoundObject("schema", quote(&create.name.name)));
                return Ok(());
            }
            Presence::Present(_, None) => {
                let failure = fail("42P06", format!("schema \"{}\" already exists", create.name.name));
                return Err(failure.about("schema", quote(&create.name.name)).at(create.name.span).into());
            }
            Presence::Open(_) if create.if_not_exists => {
                self.catalog.lasting_doubt(key, format!("whether schema {} was there before is not known", create.name.name));
            }
            Presence::Present(..) | Presence::Absent | Presence::Open(_) => {}
        }
        let may_have_existed = create.if_not_exists && self.catalog.open_world;
        let mut object = Object::new(create.name.name.clone(), ObjId::NONE, Body::Schema);
        object.owner = create.owner.as_ref().map(super::grant::role_name).unwrap_or_default();
        let id = self.add(object);
        if may_have_existed {
            self.events.push(Event::MayHaveExisted(id));
        }
        if !create.elements.is_empty() {
            let path = std::mem::replace(&mut self.session.search_path, [create.name.name.clone()].into());
            let result = create.elements.iter().try_for_each(|element| self.run(element));
            self.session.search_path = path;
            result?;
        }
        Ok(())
    }

    pub(super) fn create_table(&mut self, create: &CreateTable) -> Outcome<()> {
        self.make_table(create).map_err(|stop| self.wanted_of_source(create, stop))
    }

    /// A column that is missing in a table like another one is missing there.
    fn wanted_of_source(&self, create: &CreateTable, stop: Stop) -> Stop {
        let Stop::Missing(mut missing) = stop else { return stop };
        let new = |id: ObjId| self.catalog.get(id).is_none_or(|made| made.name == create.name.name && !made.presumed);
        if let Want::Column(id, name) = &missing.want
            && new(*id)
        {
            let like = create.elements.iter().filter_map(|element| match element {
                TableElement::Like(like) => Some(&like.table),
                _ => None,
            });
            let sources = create.partition_of.iter().map(|(parent, _)| parent).chain(&create.inherits).chain(like);
            let mut found = sources.filter_map(|source| self.user_relation(source, RelationKind::Table).ok());
            if let Some(source) = found.find(|source| self.catalog.column_open(*source, name)) {
                missing.want = Want::Column(source, name.clone());
            }
        }
        Stop::Missing(missing)
    }

    fn make_table(&mut self, create: &CreateTable) -> Outcome<()> {
        if create.elements.iter().filter(|element| matches!(element, TableElement::Column(_))).count() > MOST_COLUMNS {
            return Err(fail("54011", format!("tables can have at most {MOST_COLUMNS} columns")).at(create.name.span).into());
        }
        let schema = self.new_relation_schema(&create.name, create.persistence)?;
        let open = self.catalog.open_world
            && matches!(self.context().find(&Key::new(Class::Relation, schema, create.name.name.clone())), Presence::Open(None));
        if create.if_not_exists && self.relation_name_taken(schema, &create.name, true, "table")? {
            return Ok(());
        }
        let name = create.name.name.clone();
        let mut table = Table { on_commit_drop: create.on_commit_drop, access_method: create.access_method.clone(), ..Table::default() };
        table.foreign = create.foreign.as_ref().map(|(server, _)| server.clone());
        let server = match &create.foreign {
            Some((server, _)) => {
                let server = crate::op::ObjectName { schema: None, name: server.clone(), span: create.name.span };
                Some(self.generic(crate::op::GenericKind::ForeignServer, &server, None)?)
            }
            None => None,
        };
        let mut relation = Relation {
            kind: RelKind::Table(Table::default()),
            persistence: create.persistence,
            columns: Vec::new(),
            options: create.options.iter().cloned().collect(),
            open: false,
        };
        if let Some((_, options)) = &create.foreign {
            relation.options.extend(options.iter().cloned());
        }
        let mut inherited_from: Vec<ObjId> = Vec::new();
        let mut after = Vec::new();

        if let Some((parent, _)) = &create.partition_of {
            let parent = self.user_relation(parent, RelationKind::Table)?;
            let partitioned = matches!(self.catalog.relation(parent).map(|relation| (&relation.kind, relation.open)), Some((RelKind::Table(table), open)) if table.partition_by.is_some() || open);
            if !partitioned {
                let parent = self.catalog.get(parent).map(|object| object.name.clone()).unwrap_or_default();
                return Err(fail("42P16", format!("\"{parent}\" is not partitioned")).at(create.name.span).into());
            }
            inherited_from.push(parent);
        }
        for parent in &create.inherits {
            let parent = self.user_relation(parent, RelationKind::Table)?;
            inherited_from.push(parent);
        }
        for &parent in &inherited_from {
            self.merge_parent_columns(&mut relation, parent);
        }
        if let Some(of_type) = &create.of_type {
            let ty = self.context().ty(of_type)?;
            table.of_type = ty.object();
            if let Some(Body::Type(Type::Composite(columns))) = ty.object().and_then(|id| self.catalog.get(id)).map(|object| &object.body) {
                for column in columns.iter().filter(|column| !column.dropped) {
                    let number = relation.next_number();
                    relation.columns.push(Arc::new(Column { number, ..Column::clone(column) }));
                }
            }
        }

        let mut news: Vec<NewColumn<'_>> = Vec::new();
        let mut constraints: Vec<TableConstraint> = Vec::new();
        let mut likes: Vec<(&LikeClause, ObjId, Vec<(u16, u16)>)> = Vec::new();
        for element in &create.elements {
            match element {
                TableElement::Column(def) => {
                    let new = self.new_column(def, &name, relation.next_number())?;
                    constraints.extend(new.constraints.iter().cloned());
                    self.place_column(&mut relation, def, new, &mut news, !inherited_from.is_empty() || create.of_type.is_some())?;
                }
                TableElement::Constraint(constraint) => constraints.push(constraint.clone()),
                TableElement::Like(like) => {
                    let source = self.user_relation(&like.table, RelationKind::Table)?;
                    let map = self.copy_columns(&mut relation, source, like)?;
                    likes.push((like, source, map));
                }
            }
        }
        for new in news.iter().filter(|new| new.identity.is_some()) {
            identity_base(&new.column)?;
        }
        let primary =
            constraints.iter().filter(|constraint| matches!(constraint.kind, TableConstraintKind::Key { primary: true, .. })).count();
        if primary > 1 {
            return Err(fail("42P16", format!("multiple primary keys for table \"{name}\" are not allowed")).at(create.name.span).into());
        }
        // The server looks at the columns first, those of keys included, unless IF NOT EXISTS asked for the name.
        if !create.if_not_exists {
            for constraint in &constraints {
                let TableConstraintKind::Key { columns, using_index: None, .. } = &constraint.kind else { continue };
                if let Some(column) = columns.iter().find(|column| !relation.open && relation.column(&column.name).is_none()) {
                    let message = format!("column \"{}\" named in key does not exist", column.name);
                    return Err(fail("42703", message).about("column", column.name.to_string()).at(column.span).into());
                }
            }
            self.relation_name_taken(schema, &create.name, false, "table")?;
        }

        let mut object = Object::new(name.clone(), schema, Body::Schema);
        if let Some(server) = server {
            object.depend(server, 0, DepKind::Normal);
        }
        for column in &relation.columns {
            self.depend_on_type(&mut object, column.number, &column.ty);
            self.depend_on_collation(&mut object, column.number, column.collation.as_ref());
        }
        let partition = create.partition_of.is_some();
        for &parent in &inherited_from {
            object.depend(parent, 0, if partition { DepKind::Auto } else { DepKind::Normal });
        }
        if let Some(of_type) = table.of_type {
            object.depend(of_type, 0, DepKind::Normal);
        }
        if !partition {
            table.inherits.clone_from(&inherited_from);
        }
        relation.kind = RelKind::Table(table);
        object.body = Body::Relation(relation);
        let id = self.add(object);
        if create.if_not_exists && open {
            self.events.push(Event::MayHaveExisted(id));
        }

        if let Some(by) = &create.partition_by {
            let mut key = Template::text(format!("{} (", by.strategy));
            for (at, element) in by.key.iter().enumerate() {
                key.push(if at > 0 { ", " } else { "" });
                key.append(&self.table_expr(id, &element.expr, None, ExprPlace::PartitionKey)?);
                key.push(&element.opclass.as_ref().map(|class| format!(" {}", class.name)).unwrap_or_default());
            }
            key.push(")");
            self.catalog.update(id, |object| {
                object.depend_on_template(&key, id, DepKind::Internal, DepKind::Normal);
                if let Body::Relation(Relation { kind: RelKind::Table(table), .. }) = &mut object.body {
                    table.partition_by = Some(key);
                    table.partition_by_expression = by.key.iter().any(|element| !matches!(element.expr, Expr::Column { .. }));
                }
            });
        }
        for new in &news {
            if new.column.inherited > 0
                && new.default.is_none()
                && new.generated.is_none()
                && new.identity.is_none()
                && new.serial.is_none()
            {
                continue;
            }
            self.finish_column(id, new)?;
        }
        for &parent in &inherited_from {
            self.inherit_defaults(id, parent)?;
            self.inherit_checks(id, parent)?;
        }
        for (like, source, map) in &likes {
            self.copy_like(id, *source, like, map)?;
        }
        for mut constraint in ordered(constraints) {
            // In a table without rows NOT VALID says nothing; a foreign table may have some.
            let checked = matches!(constraint.kind, TableConstraintKind::Check { .. } | TableConstraintKind::ForeignKey { .. });
            constraint.attributes.not_valid &= !checked || create.foreign.is_some();
            self.add_constraint(id, &constraint, Rows::None)?;
        }
        for (like, source, _) in &likes {
            self.copy_like_indexes(id, *source, like)?;
            if like.including.statistics {
                self.copy_like_statistics(id, *source);
            }
        }
        if let Some((_, bound)) = &create.partition_of {
            after.push((inherited_from[0], bound));
        }
        for (parent, bound) in after {
            self.attach(id, parent, bound)?;
        }
        Ok(())
    }

    /// Puts a new column behind the others, or merges it with the inherited one of its name.
    fn place_column<'a>(
        &self,
        relation: &mut Relation,
        def: &ColumnDef,
        mut new: NewColumn<'a>,
        news: &mut Vec<NewColumn<'a>>,
        merges: bool,
    ) -> Outcome<()> {
        let at = relation.columns.iter().position(|column| column.name == def.name);
        match at {
            Some(at) if merges && !news.iter().any(|other| other.column.name == def.name) => {
                let merged = Arc::make_mut(&mut relation.columns[at]);
                if def.ty.is_some() && merged.ty.key() != new.column.ty.key() {
                    return Err(fail("42804", format!("column \"{}\" has a type conflict", def.name)).at(def.span).into());
                }
                merged.local = true;
                merged.not_null |= new.column.not_null;
                if new.generated.is_some() || new.default.is_some() {
                    merged.default = None;
                }
                new.column = merged.clone();
                news.push(new);
                Ok(())
            }
            Some(_) => Err(fail("42701", format!("column \"{}\" specified more than once", def.name)).at(def.span).into()),
            None => {
                if def.ty.is_none() {
                    let failure = fail("42703", format!("column \"{}\" does not exist", def.name)).at(def.span);
                    if !relation.open {
                        return Err(failure.into());
                    }
                    let open = self.catalog.open_world.then_some(None);
                    return Err(Stop::Missing(Box::new(Missing { want: Want::Column(ObjId::NONE, def.name.clone()), failure, open })));
                }
                relation.columns.push(Arc::new(new.column.clone()));
                news.push(new);
                Ok(())
            }
        }
    }

    /// The columns of a parent, as inherited ones.
    fn merge_parent_columns(&self, relation: &mut Relation, parent: ObjId) {
        let Some(parent) = self.catalog.relation(parent) else { return };
        relation.open |= parent.open;
        for column in parent.live_columns() {
            match relation.columns.iter_mut().find(|found| found.name == column.name) {
                Some(found) => {
                    let found = Arc::make_mut(found);
                    found.inherited += 1;
                    found.not_null |= column.not_null;
                }
                None => {
                    let number = relation.next_number();
                    let inherited = Column {
                        number,
                        default: None,
                        identity: None,
                        local: false,
                        inherited: 1,
                        comment: None,
                        statistics: -1,
                        options: Default::default(),
                        ..Column::clone(column)
                    };
                    relation.columns.push(Arc::new(inherited));
                }
            }
        }
    }

    /// Defaults and generation expressions of a parent for the columns that have none of their own.
    fn inherit_defaults(&mut self, table: ObjId, parent: ObjId) -> Outcome<()> {
        let (Some(relation), Some(parent_relation)) = (self.catalog.relation(table).cloned(), self.catalog.relation(parent).cloned())
        else {
            return Ok(());
        };
        for column in relation.live_columns().filter(|column| column.default.is_none() && column.inherited > 0) {
            let default = parent_relation.column(&column.name).and_then(|found| found.default).and_then(|id| self.catalog.get(id));
            if let Some(Body::Default(default)) = default.map(|object| object.body.clone()) {
                let template = self.remap(&default.expr, parent, table);
                self.set_default(table, column.number, template);
            }
        }
        Ok(())
    }

    /// CHECK constraints of a parent.
    fn inherit_checks(&mut self, table: ObjId, parent: ObjId) -> Outcome<()> {
        let checks: Vec<_> = self.catalog.members(Class::Constraint, parent).filter_map(|id| self.catalog.get(id).cloned()).collect();
        for check in checks {
            if let Body::Constraint(constraint) = &check.body
                && let ConstraintKind::Check { expr, no_inherit: false, .. } = &constraint.kind
            {
                let expr = self.remap(expr, parent, table);
                let mut constraint = constraint.clone();
                constraint.inherited = true;
                constraint.local = false;
                self.add_check(table, check.name.clone(), constraint, expr, false);
            }
        }
        Ok(())
    }

    /// A template over another table's columns, by their names.
    pub(super) fn remap(&self, template: &Template, from: ObjId, to: ObjId) -> Template {
        use crate::catalog::template::Piece;
        let (Some(source), Some(target)) = (self.catalog.relation(from), self.catalog.relation(to)) else { return template.clone() };
        let number =
            |number: u16| source.column_at(number).and_then(|column| target.column(&column.name)).map_or(number, |column| column.number);
        let piece = |piece: &Piece| match piece {
            Piece::Column(id, column) if *id == from => Piece::Column(to, number(*column)),
            Piece::Object(id) if *id == from => Piece::Object(to),
            piece => piece.clone(),
        };
        Template { pieces: template.pieces.iter().map(piece).collect(), ty: template.ty.clone() }
    }

    /// The columns that LIKE copies; returns which number became which.
    fn copy_columns(&self, relation: &mut Relation, source: ObjId, like: &LikeClause) -> Outcome<Vec<(u16, u16)>> {
        let mut map = Vec::new();
        let Some(from) = self.catalog.relation(source) else { return Ok(map) };
        relation.open |= from.open;
        for column in from.live_columns() {
            if relation.column(&column.name).is_some() {
                return Err(fail("42701", format!("column \"{}\" specified more than once", column.name)).at(like.span).into());
            }
            let number = relation.next_number();
            map.push((column.number, number));
            relation.columns.push(Arc::new(Column {
                number,
                default: None,
                generated: None,
                identity: None,
                storage: column.storage.clone().filter(|_| like.including.storage),
                compression: column.compression.clone().filter(|_| like.including.compression),
                comment: column.comment.clone().filter(|_| like.including.comments),
                local: true,
                inherited: 0,
                statistics: -1,
                options: Default::default(),
                ..Column::clone(column)
            }));
        }
        Ok(map)
    }

    /// A table that is made a typed one has the columns of the type, in their order.
    pub(super) fn check_typed(&self, table: ObjId, of: Option<ObjId>) -> Outcome<()> {
        let (Some(relation), Some(Body::Type(Type::Composite(wanted)))) =
            (self.catalog.relation(table), of.and_then(|of| self.catalog.get(of)).map(|object| &object.body))
        else {
            return Ok(());
        };
        if relation.open {
            return Ok(());
        }
        let name = |id: ObjId| self.catalog.get(id).map(|object| object.name.clone()).unwrap_or_default();
        if matches!(&relation.kind, RelKind::Table(found) if !found.inherits.is_empty()) {
            return Err(fail("42809", "typed tables cannot inherit").into());
        }
        let known = |ty: &Ty| !matches!(ty.base, TyBase::Open(_));
        let mut own = relation.live_columns();
        for wanted in wanted.iter().filter(|column| !column.dropped) {
            let message = match own.next() {
                None => format!("table is missing column \"{}\"", wanted.name),
                Some(column) if column.name != wanted.name => {
                    format!("table has column \"{}\" where type requires \"{}\"", column.name, wanted.name)
                }
                Some(column) if known(&column.ty) && known(&wanted.ty) && column.ty != wanted.ty => {
                    format!("table \"{}\" has different type for column \"{}\"", name(table), wanted.name)
                }
                Some(_) => continue,
            };
            return Err(fail("42804", message).into());
        }
        match own.next() {
            Some(extra) => Err(fail("42804", format!("table has extra column \"{}\"", extra.name)).into()),
            None => Ok(()),
        }
    }

    /// Extended statistics that LIKE copies, under names of the new table.
    fn copy_like_statistics(&mut self, table: ObjId, source: ObjId) {
        let on_source = |id: &ObjId| {
            let object = self.catalog.get(*id)?;
            let Body::Generic(generic) = &object.body else { return None };
            (generic.kind == GenericKind::Statistics).then(|| generic.clone())
        };
        let found: Vec<Generic> = self.catalog.dependents(source).iter().filter_map(on_source).collect();
        for mut statistics in found {
            statistics.text = self.remap(&statistics.text, source, table);
            let places: Vec<(ObjId, ColumnNumber)> = statistics.text.references().collect();
            let columns: Vec<String> = places.iter().filter_map(|(id, column)| Some(self.column_name(*id, *column)?.to_string())).collect();
            let Some((schema, name)) = self.catalog.get(table).map(|object| (object.parent, object.name.clone())) else { return };
            let name = self.choose_relation_name(schema, &name, Some(&columns.join("_")), "stat", false);
            let mut object = Object::new(name, schema, Body::Generic(statistics));
            for (id, column) in places {
                object.depend(id, column, DepKind::Auto);
            }
            self.add(object);
        }
    }

    /// Defaults, checks and identities that LIKE copies.
    fn copy_like(&mut self, table: ObjId, source: ObjId, like: &LikeClause, map: &[(u16, u16)]) -> Outcome<()> {
        let Some(from) = self.catalog.relation(source).cloned() else { return Ok(()) };
        for &(old, new) in map {
            let Some(column) = from.column_at(old) else { continue };
            let default = column.default.and_then(|id| self.catalog.get(id)).map(|object| object.body.clone());
            if let Some(Body::Default(default)) = default {
                let wanted = if column.generated.is_some() { like.including.generated } else { like.including.defaults };
                if wanted {
                    let template = self.remap(&default.expr, source, table);
                    self.set_default(table, new, template);
                    let generated = column.generated;
                    self.catalog.update_column(table, new, |column| column.generated = generated);
                }
            }
            if let Some(always) = column.identity
                && like.including.identity
            {
                self.catalog.update_column(table, new, |column| column.identity = Some(always));
                self.add_identity(table, new, &Default::default())?;
            }
        }
        if like.including.constraints {
            let checks: Vec<_> = self.catalog.members(Class::Constraint, source).filter_map(|id| self.catalog.get(id).cloned()).collect();
            for check in checks {
                if let Body::Constraint(constraint) = &check.body
                    && let ConstraintKind::Check { expr, .. } = &constraint.kind
                {
                    let expr = self.remap(expr, source, table);
                    let mut constraint = constraint.clone();
                    constraint.inherited = false;
                    constraint.local = true;
                    self.add_check(table, check.name.clone(), constraint, expr, false);
                }
            }
        }
        Ok(())
    }
}

/// The constraints of a statement in the order in which the server makes them: checks, then the primary key, the other keys,
/// foreign keys. A key that says no more than one before it is that one, which takes its name if it has none.
pub(super) fn ordered(mut constraints: Vec<TableConstraint>) -> Vec<TableConstraint> {
    let rank = |constraint: &TableConstraint| match &constraint.kind {
        TableConstraintKind::NotNull { .. } => 0,
        TableConstraintKind::Check { .. } => 1,
        TableConstraintKind::Key { primary: true, .. } => 2,
        TableConstraintKind::Key { .. } | TableConstraintKind::Exclude { .. } => 3,
        TableConstraintKind::ForeignKey { .. } => 4,
    };
    constraints.sort_by_key(rank);
    let mut kept: Vec<TableConstraint> = Vec::with_capacity(constraints.len());
    for constraint in constraints {
        match kept.iter_mut().find(|prior| same_key(prior, &constraint)) {
            Some(prior) => prior.name = prior.name.take().or(constraint.name),
            None => kept.push(constraint),
        }
    }
    kept
}

/// Whether two keys are the same but for their names.
fn same_key(one: &TableConstraint, other: &TableConstraint) -> bool {
    let parts = |constraint: &TableConstraint| match &constraint.kind {
        TableConstraintKind::Key { columns, include, nulls_not_distinct, using_index: None, .. } => {
            let names = |list: &[Ident]| list.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
            let attributes = &constraint.attributes;
            Some((names(columns), names(include), *nulls_not_distinct, attributes.deferrable, attributes.initially_deferred))
        }
        _ => None,
    };
    parts(one).is_some_and(|one| parts(other) == Some(one))
}
