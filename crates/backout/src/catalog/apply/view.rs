//! Views, materialized views and tables made from queries (manual: CREATE VIEW, CREATE MATERIALIZED VIEW, CREATE TABLE AS).

use super::{Apply, Event, fail};
use crate::catalog::context::Outcome;
use crate::catalog::object::{Body, Column, DepKind, IndexKeyKind, ObjId, Object, RelKind, Relation, Table, Ty, TyBase};
use crate::catalog::resolve::{Scope, Shape};
use crate::catalog::template::Template;
use crate::catalog::{Class, Key, Names, Presence};
use crate::op::{CreateTableAs, CreateView, FromItem, Name, ObjectName, Options, Persistence, Query, QueryBody, RelationKind};
use crate::source::Span;
use std::sync::Arc;

impl Apply<'_> {
    pub(super) fn create_view(&mut self, create: &CreateView) -> Outcome<()> {
        let persistence = if create.temporary { Persistence::Temporary } else { Persistence::Permanent };
        let schema = self.new_relation_schema(&create.name, persistence)?;
        let shape = self.view_shape(create)?;
        let columns = self.output_columns(&shape, &create.columns, create.name.span)?;
        if create.options.iter().any(|(name, _)| name == "check_option") && never_updatable(&create.query) {
            return Err(fail("0A000", "WITH CHECK OPTION is supported only on automatically updatable views").at(create.name.span).into());
        }
        let key = Key::new(Class::Relation, schema, create.name.name.clone());
        if create.or_replace
            && let Presence::Present(id, _) = self.context().find(&key)
        {
            return self.replace_view(id, create, columns, shape.template);
        }
        if create.or_replace && matches!(self.catalog.look_up(&key), Presence::Open(_)) {
            self.catalog.lasting_doubt(key, format!("whether view {} was there before is not known", create.name.name));
        }
        self.relation_name_taken(schema, &create.name, false, "view")?;
        let (name, open) = (create.name.name.clone(), shape.open && self.catalog.open_world);
        let id = self.add_query_relation(name, schema, persistence, RelKind::View(shape.template), columns, &create.options);
        if open {
            self.catalog.update_relation(id, |relation| relation.open = true);
        }
        Ok(())
    }

    fn view_shape(&self, create: &CreateView) -> Outcome<Shape> {
        if create.recursive {
            // CREATE RECURSIVE VIEW v (c) AS q is CREATE VIEW v AS WITH RECURSIVE v (c) AS (q) SELECT c FROM v.
            let cte = crate::op::query::Cte {
                name: create.name.name.clone(),
                columns: create.columns.clone(),
                body: Arc::new(crate::op::Op::Select(Box::new(create.query.clone()))),
            };
            let item = |name: &Name| crate::op::SelectItem {
                expr: crate::op::Expr::Column { parts: vec![name.clone()], span: create.name.span },
                alias: None,
            };
            let from = crate::op::FromItem::Relation {
                name: ObjectName { schema: None, name: create.name.name.clone(), span: create.name.span },
                alias: None,
            };
            let select = crate::op::Select { items: create.columns.iter().map(item).collect(), from: vec![from], ..Default::default() };
            let query = Query {
                with: vec![cte],
                recursive: true,
                body: crate::op::query::QueryBody::Select(Box::new(select)),
                order_by: Vec::new(),
                limit: Vec::new(),
                locking: false,
                span: create.query.span,
            };
            return self.context().view_query(&query, None);
        }
        self.context().view_query(&create.query, None)
    }

    /// The columns of a relation that is made from a query.
    fn output_columns(&self, shape: &Shape, names: &[Name], span: Span) -> Outcome<Vec<Column>> {
        if names.len() > shape.columns.len() && !shape.columns.is_empty() {
            return Err(fail("42601", "CREATE VIEW specifies more column names than columns").at(span).into());
        }
        let mut columns: Vec<Column> = Vec::new();
        for (at, (name, ty)) in shape.columns.iter().enumerate() {
            let name = names.get(at).unwrap_or(name).clone();
            if columns.iter().any(|column| column.name == name) {
                return Err(fail("42701", format!("column \"{name}\" specified more than once")).at(span).into());
            }
            let ty = match ty {
                // A literal of unknown type becomes text.
                Some(ty) if matches!(&ty.base, TyBase::Builtin(name) if name == "unknown") => Ty::builtin("text"),
                Some(ty) => {
                    self.refuse_pseudo(&name, ty, span)?;
                    ty.clone()
                }
                None => Ty { base: TyBase::Open("?".into()), modifiers: Name::default(), array: false },
            };
            columns.push(Column::new(at as u16 + 1, name, ty));
        }
        Ok(columns)
    }

    /// OR REPLACE: the old columns must stay, with their names and types, at the beginning (42P16).
    fn replace_view(&mut self, id: ObjId, create: &CreateView, columns: Vec<Column>, template: Template) -> Outcome<()> {
        let Some(old) = self.catalog.relation(id).cloned() else { return Ok(()) };
        if !matches!(old.kind, RelKind::View(_)) {
            let failure = self.wrong_kind(RelationKind::View, &create.name).about("view", self.catalog.qualified(id));
            return self.other_kind(id, RelationKind::View, failure);
        }
        let context = self.context();
        let refuse = |message: String| fail("42P16", message).about("view", self.catalog.qualified(id)).at(create.name.span);
        let old_columns: Vec<&Arc<Column>> = old.live_columns().collect();
        if columns.len() < old_columns.len() && !old.open && !columns.is_empty() {
            return Err(refuse("cannot drop columns from view".into()).into());
        }
        for (before, after) in old_columns.iter().zip(&columns) {
            if old.open {
                break;
            }
            if before.name != after.name {
                return Err(refuse(format!("cannot change name of view column \"{}\" to \"{}\"", before.name, after.name)).into());
            }
            let known = |ty: &Ty| !matches!(ty.base, TyBase::Open(_));
            if known(&before.ty) && known(&after.ty) && before.ty != after.ty {
                let (from, to) = (context.format_type(&before.ty, self.catalog), context.format_type(&after.ty, self.catalog));
                return Err(refuse(format!("cannot change data type of view column \"{}\" from {from} to {to}", before.name)).into());
            }
        }
        let mut deps = Object::new(Name::default(), ObjId::NONE, Body::Schema);
        for column in &columns {
            self.depend_on_type(&mut deps, column.number, &column.ty);
        }
        deps.depend_on_template(&template, id, DepKind::Normal, DepKind::Normal);
        let options = create.options.iter().cloned().collect();
        self.catalog.update(id, |object| {
            object.deps = deps.deps;
            if let Body::Relation(relation) = &mut object.body {
                let comments: Vec<_> = relation.live_columns().map(|column| (column.default, column.comment.clone())).collect();
                relation.columns = columns.into_iter().map(Arc::new).collect();
                for (column, (default, comment)) in relation.columns.iter_mut().zip(comments) {
                    let column = Arc::make_mut(column);
                    column.default = default;
                    column.comment = comment;
                }
                relation.kind = RelKind::View(template);
                relation.options = options;
                relation.open = false;
            }
        });
        self.catalog.prove(id);
        self.events.push(Event::Altered(id));
        Ok(())
    }

    pub(super) fn create_matview(&mut self, create: &CreateTableAs) -> Outcome<()> {
        self.create_from_query(create, true, &Scope::empty())
    }

    /// `CREATE TABLE … AS`, whose query may use what is in sight, such as a program's variables.
    pub fn create_table_as(&mut self, create: &CreateTableAs, outer: &Scope<'_>) -> Outcome<()> {
        self.create_from_query(create, false, outer)
    }

    fn create_from_query(&mut self, create: &CreateTableAs, matview: bool, outer: &Scope<'_>) -> Outcome<()> {
        let kind = if matview { "matview" } else { "table" };
        // The query is read before the name is looked at.
        let shape = match &create.query {
            Some(query) => self.context().view_query(query, Some(outer))?,
            None => Shape::default(),
        };
        let schema = self.new_relation_schema(&create.name, create.persistence)?;
        let may_have_existed = create.if_not_exists
            && self.context().find(&Key::new(Class::Relation, schema, create.name.name.clone())) == Presence::Open(None);
        if self.relation_name_taken(schema, &create.name, create.if_not_exists, kind)? {
            return Ok(());
        }
        let columns = self.output_columns(&shape, &create.columns, create.name.span)?;
        let rel_kind = if matview {
            RelKind::MatView(shape.template.clone())
        } else {
            RelKind::Table(Table { on_commit_drop: create.on_commit_drop, ..Table::default() })
        };
        let open = create.query.is_none();
        let id = self.add_query_relation(create.name.name.clone(), schema, create.persistence, rel_kind, columns, &create.options);
        // It has no rows until somebody refreshes it.
        if matview && !create.with_data {
            self.catalog.set_whole(id, true);
        }
        if open || (shape.open && self.catalog.open_world) {
            self.catalog.update_relation(id, |relation| relation.open = true);
        }
        if may_have_existed {
            self.events.push(Event::MayHaveExisted(id));
        }
        Ok(())
    }

    fn add_query_relation(
        &mut self,
        name: Name,
        schema: ObjId,
        persistence: Persistence,
        kind: RelKind,
        columns: Vec<Column>,
        options: &Options,
    ) -> ObjId {
        let template = match &kind {
            RelKind::View(template) | RelKind::MatView(template) => Some(template.clone()),
            RelKind::Table(_) | RelKind::Index(_) | RelKind::Sequence(_) => None,
        };
        let relation = Relation {
            kind,
            persistence,
            columns: columns.into_iter().map(Arc::new).collect(),
            options: options.iter().cloned().collect(),
            open: false,
        };
        let mut object = Object::new(name, schema, Body::Schema);
        for column in &relation.columns {
            self.depend_on_type(&mut object, column.number, &column.ty);
        }
        if let Some(template) = template {
            object.depend_on_template(&template, ObjId::NONE, DepKind::Normal, DepKind::Normal);
        }
        object.body = Body::Relation(relation);
        self.add(object)
    }

    pub(super) fn refresh_matview(&mut self, name: &ObjectName, concurrently: bool, with_data: bool) -> Outcome<()> {
        let id = self.user_relation(name, RelationKind::MatView)?;
        let failure = match self.catalog.relation(id).map(|relation| (&relation.kind, relation.open)) {
            Some((RelKind::MatView(_), _)) if concurrently && self.catalog.is_whole(id) => {
                fail("0A000", "CONCURRENTLY cannot be used when the materialized view is not populated")
            }
            Some((RelKind::MatView(_), open)) if concurrently && !open && !self.tells_rows_apart(id) => {
                fail("55000", format!("cannot refresh materialized view \"{}\" concurrently", self.catalog.qualified(id)))
            }
            Some((RelKind::MatView(_), _)) | None => {
                self.catalog.set_whole(id, !with_data);
                return Ok(());
            }
            Some((RelKind::Table(_), _)) => fail("0A000", format!("\"{}\" is not a materialized view", name.name)),
            Some(_) => fail("42809", format!("\"{}\" is not a table or materialized view", name.name)),
        };
        self.other_kind(id, RelationKind::MatView, failure.about("matview", self.catalog.qualified(id)).at(name.span))
    }

    /// Whether it has a unique index over columns alone and all rows.
    fn tells_rows_apart(&self, id: ObjId) -> bool {
        self.indexes(id).into_iter().filter_map(|id| self.index(id)).any(|(object, index)| {
            let columns = index.elements.iter().all(|element| matches!(element.key, IndexKeyKind::Column(_)));
            object.presumed || (index.unique && index.valid && index.filter.is_none() && columns)
        })
    }
}

/// Whether a view over the query certainly cannot be written to.
fn never_updatable(query: &Query) -> bool {
    let plain = query.with.is_empty() && query.limit.is_empty();
    match &query.body {
        QueryBody::Select(select) if plain => {
            let one = matches!(select.from.as_slice(), [FromItem::Relation { .. }]);
            !one || select.distinct.is_some() || !select.group_by.is_empty() || select.having.is_some()
        }
        _ => true,
    }
}
