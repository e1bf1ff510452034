//! Types and domains (manual: CREATE TYPE, ALTER TYPE, CREATE DOMAIN, ALTER DOMAIN).

use super::constraint::made;
use super::{Apply, Event, fail};
use crate::catalog::context::{Missing, Outcome, Stop, Want};
use crate::catalog::object::{
    Body, Column, Constraint, ConstraintKind, DepKind, Domain, ObjId, Object, RelKind, Relation, Ty, TyBase, Type,
};
use crate::catalog::resolve::{ExprPlace, Scope, quoted};
use crate::catalog::template::{Piece, Template};
use crate::catalog::{Class, Key, Names, Presence, next_number, quote};
use crate::op::{
    AlterComposite, AlterDomain, AlterEnum, Behavior, ColumnConstraint, ColumnConstraintKind, CompositeAction, CreateDomain, CreateType,
    DomainAction, Ident, Name, ObjectName, TypeDefinition,
};
use std::sync::Arc;

impl Apply<'_> {
    /// The schema of a new type; 42710 when a type or a row type has its name.
    fn new_type_schema(&mut self, name: &ObjectName) -> Outcome<ObjId> {
        let schema = self.creation_schema(name)?;
        let full = format!("{}.{}", self.catalog.qualified(schema), quote(&name.name));
        let taken = || fail("42710", format!("type \"{}\" already exists", name.name)).about("type", full.clone()).at(name.span);
        match self.context().find(&Key::new(Class::Type, schema, name.name.clone())) {
            Presence::Present(id, None) => {
                let shell = matches!(self.catalog.get(id).map(|object| &object.body), Some(Body::Type(Type::Shell)));
                if !shell {
                    return Err(taken().into());
                }
                self.catalog.set(id, None);
            }
            Presence::Present(id, Some(_)) => self.catalog.set(id, None),
            Presence::Open(Some(gap)) => self.context().note(gap),
            Presence::Absent | Presence::Open(None) => {}
        }
        if let Presence::Present(id, None) = self.catalog.look_up(&Key::new(Class::Relation, schema, name.name.clone()))
            && !matches!(self.catalog.relation(id).map(|relation| &relation.kind), Some(RelKind::Index(_) | RelKind::Sequence(_)))
        {
            return Err(taken().into());
        }
        Ok(schema)
    }

    pub(super) fn create_type(&mut self, create: &CreateType) -> Outcome<()> {
        let schema = self.new_type_schema(&create.name)?;
        let mut object = Object::new(create.name.name.clone(), schema, Body::Schema);
        let ty = match &create.kind {
            TypeDefinition::Enum(labels) => {
                for (at, label) in labels.iter().enumerate() {
                    if labels[..at].contains(label) {
                        return Err(fail("23505", "duplicate key value violates unique constraint \"pg_enum_typid_label_index\"")
                            .at(create.name.span)
                            .into());
                    }
                    check_label(label, &create.name)?;
                }
                Type::Enum(labels.iter().map(|label| Arc::from(label.as_str())).collect())
            }
            TypeDefinition::Composite(defs) => {
                let mut columns: Vec<Arc<Column>> = Vec::new();
                for def in defs {
                    if columns.iter().any(|column| column.name == def.name) {
                        return Err(fail("42701", format!("column \"{}\" specified more than once", def.name)).at(def.span).into());
                    }
                    let number = columns.len() as u16 + 1;
                    let new = self.new_column(def, &create.name.name, number)?;
                    self.depend_on_type(&mut object, number, &new.column.ty);
                    columns.push(Arc::new(new.column));
                }
                Type::Composite(columns)
            }
            TypeDefinition::Range { subtype, multirange, options } => {
                let Some(subtype) = subtype else {
                    return Err(fail("42601", "type attribute \"subtype\" is required").at(create.name.span).into());
                };
                let subtype = self.context().ty(subtype)?;
                self.depend_on_type(&mut object, 0, &subtype);
                let text = options.iter().map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join(", ");
                object.body = Body::Type(Type::Range { subtype, text });
                let id = self.add(object);
                if self.catalog.version >= 14 {
                    let name = match multirange {
                        Some(name) => name.name.clone(),
                        None if create.name.name.contains("range") => create.name.name.replacen("range", "multirange", 1).into(),
                        None => format!("{}_multirange", create.name.name).into(),
                    };
                    let mut multirange = Object::new(name, schema, Body::Type(Type::Multirange(id)));
                    multirange.depend(id, 0, DepKind::Internal);
                    self.catalog.create(multirange);
                }
                return Ok(());
            }
            TypeDefinition::Base { functions, options } => {
                let text = options.iter().map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join(", ");
                for function in functions {
                    if let Some(id) = self.any_routine(function)? {
                        object.depend(id, 0, DepKind::Normal);
                    }
                }
                Type::Base(text)
            }
            TypeDefinition::Shell => Type::Shell,
        };
        object.body = Body::Type(ty);
        self.add(object);
        Ok(())
    }

    pub(super) fn alter_enum(&mut self, alter: &AlterEnum) -> Outcome<()> {
        let (AlterEnum::AddValue { name, .. } | AlterEnum::RenameValue { name, .. }) = alter;
        let id = self.named_type(name)?;
        self.learn_kind(id, Type::Enum(Vec::new()));
        let Some(Body::Type(Type::Enum(labels))) = self.catalog.get(id).map(|object| object.body.clone()) else {
            if id == ObjId::NONE {
                return Ok(());
            }
            return Err(fail("42809", format!("{} is not an enum", quote(&name.name)))
                .about("type", self.catalog.qualified(id))
                .at(name.span)
                .into());
        };
        let presumed = self.catalog.get(id).is_some_and(|object| object.presumed);
        let full = self.catalog.qualified(id);
        let open = if presumed { Some(None) } else { self.catalog.doubt_about(id).map(Some) };
        let absent = |label: &str| -> Stop {
            let failure = fail("22023", format!("\"{label}\" is not an existing enum label")).about("enum", full.clone()).at(name.span);
            Stop::Missing(Box::new(Missing { want: Want::Label(id, label.into()), failure, open }))
        };
        let mut labels = labels;
        match alter {
            AlterEnum::AddValue { if_not_exists, label, place, .. } => {
                check_label(label, name)?;
                if labels.iter().any(|known| **known == **label) {
                    if *if_not_exists {
                        self.events.push(Event::FoundObject("enum", format!("{} label '{label}'", self.catalog.qualified(id))));
                        return Ok(());
                    }
                    if let Some(gap) = self.catalog.doubt_about(id) {
                        self.context().note(gap);
                        return Ok(());
                    }
                    let failure = fail("42710", format!("enum label \"{label}\" already exists"));
                    return Err(failure.about("enum", self.catalog.qualified(id)).at(name.span).into());
                }
                if *if_not_exists && presumed {
                    let key = Key::new(Class::Type, self.catalog.get(id).map_or(ObjId::NONE, |object| object.parent), name.name.clone());
                    self.catalog.lasting_doubt(key, format!("whether enum {} had the value '{label}' before is not known", name.name));
                }
                let at = match place {
                    None => labels.len(),
                    Some((before, neighbour)) => {
                        let found = labels.iter().position(|known| **known == **neighbour).ok_or_else(|| absent(neighbour))?;
                        if *before { found } else { found + 1 }
                    }
                };
                let label: Arc<str> = Arc::from(label.as_str());
                // From 17 on the server remembers that the type itself is new.
                let own = self.catalog.made_since(id, self.session.transaction.start) && !presumed;
                if self.catalog.version < 17 || !own {
                    self.session.transaction.labels.push((id, label.clone()));
                }
                labels.insert(at, label);
            }
            AlterEnum::RenameValue { from, to, .. } => {
                let at = labels.iter().position(|known| **known == **from).ok_or_else(|| absent(from))?;
                if labels.iter().any(|known| **known == **to) {
                    return Err(fail("42710", format!("enum label \"{to}\" already exists"))
                        .about("enum", self.catalog.qualified(id))
                        .at(name.span)
                        .into());
                }
                labels[at] = Arc::from(to.as_str());
                self.rename_label_in_defaults(id, from, to);
            }
        }
        self.catalog.update(id, |object| object.body = Body::Type(Type::Enum(labels)));
        self.events.push(Event::Altered(id));
        Ok(())
    }

    /// A default that is the label alone is kept as the label and not as its text.
    fn rename_label_in_defaults(&mut self, id: ObjId, from: &str, to: &str) {
        let label = |text: &str| [Piece::Text(format!("{}::", quoted(text)).into()), Piece::Object(id)];
        let (from, to) = (label(from), label(to));
        for default in self.catalog.dependents(id).to_vec() {
            if matches!(self.catalog.get(default).map(|object| &object.body), Some(Body::Default(found)) if found.expr.pieces == from) {
                self.catalog.update(default, |object| {
                    if let Body::Default(found) = &mut object.body {
                        found.expr.pieces = to.to_vec();
                    }
                });
            }
        }
    }

    /// A statement says what kind of type it is that was only presumed so far.
    fn learn_kind(&mut self, id: ObjId, ty: Type) {
        if self.is_some_type(id) {
            self.catalog.amend(id, |object| object.body = Body::Type(ty.clone()));
        }
    }

    /// A composite type by its name.
    pub(super) fn composite_type(&mut self, name: &ObjectName) -> Outcome<ObjId> {
        // The server looks for the type's row, as for a table's.
        let id = self.named_type(name).map_err(|stop| match stop {
            Stop::Missing(mut missing) if missing.failure.sqlstate == "42704" => {
                missing.failure.sqlstate = "42P01";
                missing.failure.message = format!("relation \"{}\" does not exist", super::target::shown(name));
                Stop::Missing(missing)
            }
            stop => stop,
        })?;
        self.learn_kind(id, Type::Composite(Vec::new()));
        if !matches!(self.catalog.get(id).map(|object| &object.body), Some(Body::Type(Type::Composite(_)))) {
            return Err(fail("42809", format!("{} is not a composite type", quote(&name.name))).at(name.span).into());
        }
        Ok(id)
    }

    pub(super) fn alter_composite(&mut self, alter: &AlterComposite) -> Outcome<()> {
        let id = self.composite_type(&alter.name)?;
        for (action, span) in &alter.actions {
            let (CompositeAction::Add(_, behavior) | CompositeAction::Drop { behavior, .. } | CompositeAction::Type { behavior, .. }) =
                action;
            let tables = self.typed_tables(id, &alter.name, *behavior)?;
            match action {
                CompositeAction::Add(def, _) => {
                    let (number, taken) = match self.catalog.get(id).map(|object| &object.body) {
                        Some(Body::Type(Type::Composite(columns))) => {
                            (next_number(columns), columns.iter().any(|column| !column.dropped && column.name == def.name))
                        }
                        _ => (1, false),
                    };
                    if taken {
                        let message = format!("column \"{}\" of relation \"{}\" already exists", def.name, alter.name.name);
                        return Err(fail("42701", message).at(def.span).into());
                    }
                    let new = self.new_column(def, &alter.name.name, number)?;
                    self.catalog.column_was_absent(id, &def.name);
                    let mut deps = Object::new(Name::default(), ObjId::NONE, Body::Schema);
                    self.depend_on_type(&mut deps, number, &new.column.ty);
                    for table in tables {
                        let number = self.catalog.relation(table).map_or(1, Relation::next_number);
                        self.append_column(table, Column { number, ..new.column.clone() });
                    }
                    self.catalog.update(id, |object| {
                        object.deps.extend(deps.deps);
                        if let Body::Type(Type::Composite(columns)) = &mut object.body {
                            columns.push(Arc::new(new.column));
                        }
                    });
                }
                CompositeAction::Drop { if_exists, name, behavior } => match self.column(id, name) {
                    Ok(number) => {
                        let mut gone = vec![(id, number)];
                        gone.extend(
                            tables.iter().filter_map(|table| Some((*table, self.catalog.relation(*table)?.column(&name.name)?.number))),
                        );
                        self.drop_all(&gone, *behavior)?;
                    }
                    Err(Stop::Missing(_)) if *if_exists => {}
                    Err(stop) => return Err(stop),
                },
                CompositeAction::Type { name, ty, .. } => {
                    self.check_row_type_users(id, id, "type", 0).map_err(|stop| match stop {
                        Stop::Fail(failure) => Stop::Fail(failure.at(*span)),
                        stop => stop,
                    })?;
                    let number = self.column(id, name)?;
                    let ty = self.context().ty(ty)?;
                    self.catalog.update(id, |object| {
                        object.deps.retain(|dep| dep.own_column != number);
                        if let TyBase::User(on) = ty.base {
                            object.depend_column(number, on, 0, DepKind::Normal);
                        }
                        if let Body::Type(Type::Composite(columns)) = &mut object.body
                            && let Some(column) = columns.iter_mut().find(|column| column.number == number)
                        {
                            Arc::make_mut(column).ty = ty;
                        }
                    });
                }
            }
        }
        self.events.push(Event::Altered(id));
        Ok(())
    }

    /// What a stored column holds cannot change its columns' types: a row of a type or of a table (0A000). `what` says which.
    pub(super) fn check_row_type_users(&self, id: ObjId, of: ObjId, what: &str, depth: u32) -> Outcome<()> {
        for &dependent in self.catalog.dependents(id).iter().filter(|dependent| **dependent != id && depth < 32) {
            let Some(object) = self.catalog.get(dependent) else { continue };
            let columns = match &object.body {
                Body::Relation(Relation { kind: RelKind::Table(_) | RelKind::MatView(_), columns, .. })
                | Body::Type(Type::Composite(columns)) => columns,
                _ => continue,
            };
            let Some(column) = columns.iter().find(|column| !column.dropped && column.ty.object() == Some(id)) else { continue };
            if matches!(object.body, Body::Type(_)) {
                self.check_row_type_users(dependent, of, what, depth + 1)?;
                continue;
            }
            let uses = if what == "table" { "uses its row type" } else { "uses it" };
            let name = self.catalog.get(of).map(|object| object.name.clone()).unwrap_or_default();
            let message = format!("cannot alter {what} \"{name}\" because column \"{}.{}\" {uses}", object.name, column.name);
            return Err(fail("0A000", message)
                .about(if what == "table" { "table" } else { "composite" }, self.catalog.qualified(of))
                .into());
        }
        Ok(())
    }

    /// The tables of a composite type; only CASCADE changes them along (2BP01).
    fn typed_tables(&self, id: ObjId, name: &ObjectName, behavior: Behavior) -> Outcome<Vec<ObjId>> {
        let of_type = |table: &ObjId| matches!(self.catalog.relation(*table).map(|relation| &relation.kind), Some(RelKind::Table(table)) if table.of_type == Some(id));
        let tables: Vec<ObjId> = self.catalog.dependents(id).iter().copied().filter(of_type).collect();
        if behavior == Behavior::Cascade || tables.is_empty() {
            return Ok(tables);
        }
        let message = format!("cannot alter type \"{}\" because it is the type of a typed table", name.name);
        Err(fail("2BP01", message).about("composite", self.catalog.qualified(id)).at(name.span).into())
    }

    pub(super) fn create_domain(&mut self, create: &CreateDomain) -> Outcome<()> {
        let schema = self.new_type_schema(&create.name)?;
        let ty = self.context().ty(&create.ty)?;
        let mut domain = Domain { ty: ty.clone(), collation: None, not_null: false, default: None };
        domain.collation = self.collation(create.collation.as_ref())?;
        for constraint in &create.constraints {
            match &constraint.kind {
                ColumnConstraintKind::NotNull { .. } => domain.not_null = true,
                ColumnConstraintKind::Default(expr) => {
                    domain.default = Some(self.context().expr(expr, &Scope::empty(), Some(&ty), ExprPlace::DomainDefault)?)
                }
                _ => {}
            }
        }
        let mut object = Object::new(create.name.name.clone(), schema, Body::Schema);
        self.depend_on_type(&mut object, 0, &ty);
        if let Some(default) = &domain.default {
            object.depend_on_template(default, ObjId::NONE, DepKind::Normal, DepKind::Normal);
        }
        object.body = Body::Type(Type::Domain(domain));
        let id = self.add(object);
        for constraint in &create.constraints {
            self.add_domain_check(id, constraint)?;
        }
        Ok(())
    }

    fn add_domain_check(&mut self, id: ObjId, constraint: &ColumnConstraint) -> Outcome<()> {
        let ColumnConstraintKind::Check { expr, .. } = &constraint.kind else { return Ok(()) };
        let Some(object) = self.catalog.get(id).cloned() else { return Ok(()) };
        let base = match &object.body {
            Body::Type(Type::Domain(domain)) => Some(domain.ty.clone()),
            _ => None,
        };
        let scope = Scope::empty().with_variable("value", base);
        let expr = self.context().expr(expr, &scope, Some(&Ty::builtin("bool")), ExprPlace::DomainCheck)?;
        let name = match &constraint.name {
            Some(name) => name.clone(),
            None => self.choose_constraint_name(object.parent, &object.name, None, "check"),
        };
        if matches!(self.catalog.look_up(&Key::new(Class::Constraint, id, name.clone())), Presence::Present(_, None)) {
            return Err(fail("42710", format!("constraint \"{name}\" for domain \"{}\" already exists", object.name))
                .at(constraint.span)
                .into());
        }
        let body: Constraint = made(ConstraintKind::Domain { expr: expr.clone() }, constraint.attributes);
        let mut check = Object::new(name, id, Body::Constraint(body));
        check.depend(id, 0, DepKind::Auto);
        check.depend_on_template(&expr, ObjId::NONE, DepKind::Normal, DepKind::Normal);
        self.add(check);
        Ok(())
    }

    pub(super) fn alter_domain(&mut self, alter: &AlterDomain) -> Outcome<()> {
        let (id, _) = self.target(&crate::op::ObjectRef::Domain(alter.name.clone()))?;
        let Some(Body::Type(Type::Domain(domain))) = self.catalog.get(id).map(|object| object.body.clone()) else { return Ok(()) };
        let mut new = domain;
        if let DomainAction::SetDefault(_) | DomainAction::DropDefault | DomainAction::SetNotNull | DomainAction::DropNotNull = alter.action
        {
            self.was_unknown(id);
        }
        match &alter.action {
            DomainAction::SetDefault(expr) => {
                let ty = new.ty.clone();
                new.default = Some(self.context().expr(expr, &Scope::empty(), Some(&ty), ExprPlace::DomainDefault)?);
            }
            DomainAction::DropDefault => new.default = None,
            DomainAction::SetNotNull => {
                self.events.push(Event::MayFail(self.catalog.qualified(id), "set-not-null", "23502", id));
                new.not_null = true;
            }
            DomainAction::DropNotNull => new.not_null = false,
            DomainAction::AddConstraint(constraint) => {
                let name = self.catalog.qualified(id);
                if matches!(constraint.kind, ColumnConstraintKind::NotNull { .. }) {
                    self.events.push(Event::MayFail(name, "set-not-null", "23502", id));
                    new.not_null = true;
                } else {
                    if !constraint.attributes.not_valid {
                        self.events.push(Event::MayFail(name, "check", "23514", id));
                    }
                    self.add_domain_check(id, constraint)?;
                }
            }
            DomainAction::DropConstraint { if_exists, name, behavior } => {
                let constraint = crate::op::ObjectRef::DomainConstraint { domain: alter.name.clone(), name: name.clone() };
                match self.target(&constraint) {
                    Ok(found) => self.drop_all(&[found], *behavior)?,
                    Err(Stop::Missing(_)) if *if_exists => self.say_nothing_found(id, name),
                    Err(stop) => return Err(stop),
                }
            }
            DomainAction::ValidateConstraint(name) => {
                let (constraint, _) =
                    self.target(&crate::op::ObjectRef::DomainConstraint { domain: alter.name.clone(), name: name.clone() })?;
                self.events.push(Event::MayFail(self.catalog.qualified(id), "check", "23514", id));
                self.catalog.update(constraint, |object| {
                    if let Body::Constraint(constraint) = &mut object.body {
                        constraint.validated = true;
                    }
                });
            }
        }
        self.catalog.update(id, |object| {
            let kept: Vec<_> = object.deps.iter().copied().filter(|dep| new.ty.object() == Some(dep.on)).collect();
            object.deps = kept;
            let default: Option<Template> = new.default.clone();
            if let Some(default) = default {
                object.depend_on_template(&default, ObjId::NONE, DepKind::Normal, DepKind::Normal);
            }
            object.body = Body::Type(Type::Domain(new));
        });
        self.events.push(Event::Altered(id));
        Ok(())
    }

    fn say_nothing_found(&mut self, owner: ObjId, name: &Ident) {
        let full = format!("{}.{}", self.catalog.qualified(owner), quote(&name.name));
        self.events.push(Event::FoundNothing("constraint", full, true));
    }
}

/// A label holds at most 63 bytes (42602).
fn check_label(label: &str, name: &ObjectName) -> Outcome<()> {
    if label.len() > 63 {
        return Err(fail("42602", format!("invalid enum label \"{label}\"")).at(name.span).into());
    }
    Ok(())
}
