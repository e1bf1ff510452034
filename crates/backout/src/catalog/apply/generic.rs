//! Casts, operators, and everything that is kept by name, text and references only.

use super::known::brings_default_opclass;
use super::target::in_schema;
use super::{Apply, Event, fail};
use crate::catalog::builtin::Extension;
use crate::catalog::context::{Fact, Outcome, RelationRef, Stop, generic_word};
use crate::catalog::object::{Body, Cast, ColumnNumber, DepKind, Generic, ObjId, Object, Operator, Ty, TyBase};
use crate::catalog::resolve::RoutineRef;
use crate::catalog::template::{Piece, Template};
use crate::catalog::{Class, Key, Names, Presence, quote};
use crate::lexer::is_word_part;
use crate::op::{
    AlterGeneric, CreateCast, CreateGeneric, CreateOperator, GenericKind, Name, ObjectName, ObjectRef, Persistence, RelationKind,
};

impl Apply<'_> {
    /// `source AS target`, the name under which a cast is kept.
    pub(super) fn cast_name(&self, source: &Ty, target: &Ty) -> Name {
        let print = |ty| self.context().format_type(ty, self.catalog);
        format!("{} AS {}", print(source), print(target)).into()
    }

    pub(super) fn create_cast(&mut self, create: &CreateCast) -> Outcome<()> {
        let (source, target) = (self.context().ty(&create.source)?, self.context().ty(&create.target)?);
        let name = self.cast_name(&source, &target);
        if let Presence::Present(_, None) = self.context().find(&Key::new(Class::Cast, ObjId::NONE, name.clone())) {
            let print = |ty| self.context().format_type(ty, self.catalog);
            return Err(fail("42710", format!("cast from type {} to type {} already exists", print(&source), print(&target))).into());
        }
        let mut definition = Template::text(if create.inout { "WITH INOUT" } else { "WITHOUT FUNCTION" });
        let mut object = Object::new(name, ObjId::NONE, Body::Schema);
        if let Some(signature) = &create.function {
            definition = Template::text("WITH FUNCTION ");
            match self.context().routine_ref(crate::op::RoutineKind::Function, signature)? {
                RoutineRef::User(id) => {
                    definition.pieces.push(Piece::Object(id));
                    object.depend(id, 0, DepKind::Normal);
                }
                RoutineRef::Builtin(name) => definition.push(&name),
                RoutineRef::Extension(id, name) => {
                    definition.push(&name);
                    object.depend(id, 0, DepKind::Normal);
                }
            }
        }
        for ty in [&source, &target] {
            self.depend_on_type(&mut object, 0, ty);
        }
        object.body = Body::Cast(Cast { source, target, definition, context: create.context });
        self.add(object);
        Ok(())
    }

    pub(super) fn create_operator(&mut self, create: &CreateOperator) -> Outcome<()> {
        let schema = self.creation_schema(&create.name)?;
        let left = create.left.as_ref().map(|ty| self.context().ty(ty)).transpose()?;
        let right = create.right.as_ref().map(|ty| self.context().ty(ty)).transpose()?;
        let text = create.options.iter().map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join(", ");
        let mut object = Object::new(create.name.name.clone(), schema, Body::Schema);
        for ty in [&left, &right].into_iter().flatten() {
            self.depend_on_type(&mut object, 0, ty);
        }
        let mut returns = None;
        match &create.function {
            Some(function) => {
                if let Some(id) = self.any_routine(function)? {
                    object.depend(id, 0, DepKind::Normal);
                    if let Some(Body::Routine(routine)) = self.catalog.get(id).map(|object| &object.body) {
                        returns = routine.returns.clone();
                    }
                }
            }
            None => return Err(fail("42P13", "operator function must be specified").at(create.name.span).into()),
        }
        object.body = Body::Operator(Operator { left, right, returns, definition: Template::text(text) });
        if let Some(key) = crate::catalog::key_of(&object)
            && let Presence::Present(_, None) = self.context().find(&key)
        {
            return Err(fail("42723", format!("operator {} already exists", create.name.name)).at(create.name.span).into());
        }
        self.add(object);
        Ok(())
    }

    pub(super) fn create_generic(&mut self, create: &CreateGeneric) -> Outcome<()> {
        let schema = if in_schema(create.kind) { self.creation_schema(&create.name)? } else { ObjId::NONE };
        let word = generic_word(create.kind);
        if create.kind == GenericKind::Statistics {
            // Their name is looked for before their columns.
            let key = Key::new(Class::Generic(create.kind), schema, create.name.name.clone());
            match self.context().find(&key) {
                Presence::Present(id, _) if create.if_not_exists => {
                    let found = self.catalog.qualified(id);
                    self.events.push(Event::FoundObject(word, found));
                    return Ok(());
                }
                Presence::Present(id, None) => return Err(self.generic_exists(create, id, word)),
                _ => {}
            }
        }
        let mut references = self.references(&create.refers)?;
        if create.kind == GenericKind::Publication {
            self.check_published(&references)?;
            self.add_children(&mut references, &create.text);
        }
        let mut name = create.name.name.clone();
        if name.is_empty() {
            // CREATE STATISTICS without a name: table_columns_stat.
            let (table, columns) = references.iter().fold((None, Vec::new()), |(table, mut columns), (id, column)| {
                columns.extend(self.column_name(*id, *column).map(|name| name.to_string()));
                (table.or(self.catalog.get(*id).map(|object| object.name.clone())), columns)
            });
            name = self.choose_relation_name(schema, &table.unwrap_or_default(), Some(&columns.join("_")), "stat", false);
        }
        let key =
            Key { class: Class::Generic(create.kind), parent: schema, name: name.clone(), args: create.method.clone().unwrap_or_default() };
        match self.context().find(&key) {
            Presence::Present(id, _) if create.if_not_exists => {
                let found = self.catalog.qualified(id);
                self.events.push(Event::FoundObject(word, found));
                return Ok(());
            }
            Presence::Present(id, _) if create.or_replace => self.catalog.set(id, None),
            Presence::Present(id, None) => return Err(self.generic_exists(create, id, word)),
            Presence::Open(_) if create.if_not_exists => {
                self.catalog.lasting_doubt(key, format!("whether {word} {} was there before is not known", quote(&name)));
            }
            Presence::Present(..) | Presence::Open(_) | Presence::Absent => {}
        }
        let mut text = Template::text(create.text.as_str());
        for &(id, column) in &references {
            text.pieces.push(if column == 0 { Piece::Object(id) } else { Piece::Column(id, column) });
        }
        let mut object = Object::new(name, schema, Body::Generic(Generic { kind: create.kind, method: create.method.clone(), text }));
        if create.kind == GenericKind::OperatorClass && !references.iter().any(|(id, _)| self.is_operator_family(*id)) {
            references.push((self.own_family(create, schema), 0));
        }
        let kind = reference_kind(create.kind);
        for (id, column) in references {
            match create.kind {
                GenericKind::Publication => object.publish(id, column),
                GenericKind::OperatorClass if self.is_operator_family(id) => object.depend(id, column, DepKind::Auto),
                _ => object.depend(id, column, kind),
            }
        }
        self.add(object);
        Ok(())
    }

    fn generic_exists(&self, create: &CreateGeneric, id: ObjId, word: &'static str) -> Stop {
        let failure = fail("42710", format!("{word} \"{}\" already exists", create.name.name));
        failure.about(word, self.catalog.qualified(id)).at(create.name.span).into()
    }

    fn is_operator_family(&self, id: ObjId) -> bool {
        let body = self.catalog.get(id).map(|object| &object.body);
        matches!(body, Some(Body::Generic(generic)) if generic.kind == GenericKind::OperatorFamily)
    }

    /// The family of its own name that an operator class is in when it names none; made unless it is there.
    fn own_family(&mut self, create: &CreateGeneric, schema: ObjId) -> ObjId {
        let kind = GenericKind::OperatorFamily;
        let args = create.method.clone().unwrap_or_default();
        let key = Key { class: Class::Generic(kind), parent: schema, name: create.name.name.clone(), args };
        match self.context().find(&key) {
            Presence::Present(id, _) => id,
            Presence::Open(_) | Presence::Absent => {
                let family = Generic { kind, method: create.method.clone(), text: Template::text("") };
                self.add(Object::new(create.name.name.clone(), schema, Body::Generic(family)))
            }
        }
    }

    pub(super) fn alter_generic(&mut self, alter: &AlterGeneric) -> Outcome<()> {
        let id = match self.generic(alter.kind, &alter.name, alter.method.as_ref()) {
            Ok(id) => id,
            Err(Stop::Missing(missing)) if alter.if_exists && missing.open.is_none() => {
                let (kind, name) = missing.failure.object.clone().unwrap_or(("object", String::new()));
                self.events.push(Event::FoundNothing(kind, name, true));
                return Ok(());
            }
            Err(stop) => return Err(stop),
        };
        let mut references = self.references(&alter.refers)?;
        if alter.kind == GenericKind::Publication && !references.is_empty() {
            if !alter.text.to_ascii_lowercase().starts_with("drop") {
                self.check_published(&references)?;
            }
            self.add_children(&mut references, &alter.text);
            return self.alter_publication(id, alter, &references);
        }
        let (added, kind) = (alter.text.clone(), reference_kind(alter.kind));
        self.catalog.update(id, |object| {
            if let Body::Generic(generic) = &mut object.body {
                generic.text.push(&format!("; {added}"));
                for &(id, column) in &references {
                    generic.text.pieces.push(if column == 0 { Piece::Object(id) } else { Piece::Column(id, column) });
                }
            }
            for (id, column) in references {
                object.depend(id, column, kind);
            }
        });
        self.events.push(Event::Altered(id));
        Ok(())
    }

    /// Without `ONLY`, the tables that inherit from a table when it is named are named with it. Partitions are published as their parents.
    fn add_children(&self, references: &mut Vec<(ObjId, ColumnNumber)>, text: &str) {
        if text.split(|c: char| !is_word_part(c)).any(|word| word.eq_ignore_ascii_case("only")) {
            return;
        }
        let tables: Vec<ObjId> =
            references.iter().filter(|(id, column)| *column == 0 && !self.is_partitioned(*id)).map(|(id, _)| *id).collect();
        for child in tables.into_iter().flat_map(|table| self.descendants(table)) {
            if !references.contains(&(child, 0)) {
                references.push((child, 0));
            }
        }
    }

    /// Only tables that last and are written to the log can be published.
    fn check_published(&self, references: &[(ObjId, ColumnNumber)]) -> Outcome<()> {
        for (id, _) in references {
            let Some(object) = self.catalog.get(*id).filter(|object| !object.presumed) else { continue };
            if matches!(&object.body, Body::Relation(relation) if relation.persistence != Persistence::Permanent) {
                let message = match self.catalog.version {
                    ..15 => format!("table \"{}\" cannot be replicated", object.name),
                    _ => format!("cannot add relation \"{}\" to publication", object.name),
                };
                return Err(fail("22023", message).about("table", self.catalog.qualified(*id)).into());
            }
        }
        Ok(())
    }

    /// `ADD`, `DROP` and `SET` of what a publication publishes: tables, and schemas.
    fn alter_publication(&mut self, id: ObjId, alter: &AlterGeneric, references: &[(ObjId, ColumnNumber)]) -> Outcome<()> {
        let Some(Body::Generic(generic)) = self.catalog.get(id).map(|object| &object.body) else { return Ok(()) };
        let mut generic = generic.clone();
        let named = |apply: &Self, id: ObjId| apply.catalog.get(id).map(|object| object.name.clone()).unwrap_or_default();
        let verb = alter.text.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        let whole = || references.iter().filter(|(_, column)| *column == 0).map(|(id, _)| *id);
        if verb == "SET" {
            generic.text.pieces.retain(|piece| member(piece).is_none());
        }
        for member in whole() {
            let place = generic.text.pieces.iter().position(|piece| *piece == Piece::Object(member));
            match (verb.as_str(), place) {
                ("DROP", Some(place)) => drop(generic.text.pieces.remove(place)),
                ("DROP", None) => {
                    let message = format!("relation \"{}\" is not part of the publication", named(self, member));
                    let failure = fail("42704", message).about("publication", self.catalog.qualified(id)).at(alter.name.span);
                    return Err(self.unless_fact(id, Fact::Publishes(member), failure));
                }
                ("ADD", Some(_)) => {
                    let message = format!("relation \"{}\" is already member of publication \"{}\"", named(self, member), alter.name.name);
                    return Err(fail("42710", message).about("publication", self.catalog.qualified(id)).at(alter.name.span).into());
                }
                _ => {
                    self.catalog.column_is_known(id, &Fact::Publishes(member).key());
                    generic.text.pieces.push(Piece::Object(member));
                }
            }
        }
        // Columns and conditions are kept as they are written.
        if alter.text.contains('(') {
            generic.text.push(&format!("; {}", alter.text));
        }
        let published: Vec<_> = generic.text.pieces.iter().filter_map(member).collect();
        self.catalog.update(id, |object| {
            object.body = Body::Generic(generic);
            object.deps.clear();
            published.into_iter().for_each(|(member, column)| object.publish(member, column));
        });
        self.events.push(Event::Altered(id));
        Ok(())
    }

    /// A publication stays when a table of it goes.
    pub(super) fn unpublish(&mut self, id: ObjId, place: ColumnNumber) {
        self.catalog.update(id, |object| {
            let gone: Vec<ObjId> = object.deps.iter().filter(|dep| dep.own_column == place).map(|dep| dep.on).collect();
            object.deps.retain(|dep| dep.own_column != place);
            if let Body::Generic(generic) = &mut object.body {
                generic.text.pieces.retain(|piece| member(piece).is_none_or(|(member, _)| !gone.contains(&member)));
            }
        });
    }

    fn references(&self, refers: &[ObjectRef]) -> Outcome<Vec<(ObjId, ColumnNumber)>> {
        let mut found = Vec::new();
        for target in refers {
            match target {
                ObjectRef::Relation { kind: RelationKind::Table, name } => {
                    if let RelationRef::User(id) = self.context().relation(name, RelationKind::Table)? {
                        found.push((id, 0));
                    }
                }
                ObjectRef::Routine { kind, signature } => match self.context().routine_ref(*kind, signature) {
                    Ok(RoutineRef::User(id) | RoutineRef::Extension(id, _)) => found.push((id, 0)),
                    Ok(RoutineRef::Builtin(_)) => {}
                    Err(_) if is_support_function(&signature.name) => {}
                    Err(stop) => return Err(stop),
                },
                // Parts of the system (its types, collations, templates) are not kept as objects.
                ObjectRef::Type(name) => {
                    if let Ok(id) = self.named_type(name) {
                        found.push((id, 0));
                    }
                }
                ObjectRef::Generic { kind, name, .. } if name.schema.as_ref().is_some_and(|schema| schema == "pg_catalog") => {
                    self.check_servers_own(*kind, name)?;
                }
                ObjectRef::Generic { kind, name, method } => match self.generic(*kind, name, method.as_ref()) {
                    Ok(id) => found.push((id, 0)),
                    Err(Stop::Missing(missing)) if missing.open.is_some() => {
                        found.extend(self.provider(*kind, &name.name).map(|id| (id, 0)))
                    }
                    Err(stop) => return Err(stop),
                },
                ObjectRef::Operator { .. } => {
                    if let Ok(place) = self.target(target) {
                        found.push(place);
                    }
                }
                target => found.push(self.target(target)?),
            }
        }
        found.retain(|(id, _)| *id != ObjId::NONE);
        Ok(found)
    }

    /// An operator class that was named: its name when it is not the default, checked as far as it is known.
    pub(super) fn opclass(&self, class: &ObjectName, method: &str) -> Outcome<Option<Name>> {
        let known = self.builtin.opclasses(method).any(|opclass| opclass.name == class.name)
            || self.user_opclass(&class.name, method).is_some()
            || self.catalog.members(Class::Extension, ObjId::NONE).any(|id| {
                match self.catalog.get(id).map(|object| self.builtin.extension(&object.name)) {
                    Some(Some(contents)) => contents.opclasses().any(|(_, opclass)| opclass.name == class.name),
                    _ => true,
                }
            });
        if !known && !self.catalog.open_world {
            let message = format!("operator class \"{}\" does not exist for access method \"{method}\"", class.name);
            return Err(fail("42704", message).at(class.span).into());
        }
        Ok(Some(class.name.clone()))
    }

    /// The installed extension that brings an operator class.
    pub(super) fn extension_of_opclass(&self, class: &str, method: &str) -> Option<ObjId> {
        if self.builtin.opclasses(method).any(|opclass| opclass.name == class) {
            return None;
        }
        self.catalog.members(Class::Extension, ObjId::NONE).find(|id| {
            let contents = self.catalog.get(*id).and_then(|object| self.builtin.extension(&object.name));
            contents.is_some_and(|contents| contents.opclasses().any(|(found, opclass)| found == method && opclass.name == class))
        })
    }

    /// The only installed extension that may bring a default operator class for a type of pg_catalog which has none of its own.
    pub(super) fn extension_of_default_opclass(&self, ty: &Ty, method: &str) -> Option<ObjId> {
        let ty = self.context().without_domain(ty);
        let TyBase::Builtin(name) = &ty.base else { return None };
        if ty.array || !self.lacks_builtin_opclass(name, method) {
            return None;
        }
        let mut found = self.catalog.members(Class::Extension, ObjId::NONE).filter(|id| {
            let known = self.catalog.get(*id).is_some_and(|object| self.builtin.extension(&object.name).is_some());
            known && self.may_bring_default_opclass(*id, name, method)
        });
        found.next().filter(|_| found.next().is_none())
    }

    pub(super) fn user_opclass(&self, class: &str, method: &str) -> Option<ObjId> {
        self.context().path().into_iter().find_map(|schema| {
            let key = Key { class: Class::Generic(GenericKind::OperatorClass), parent: schema, name: class.into(), args: method.into() };
            match self.catalog.look_up(&key) {
                Presence::Present(id, _) => Some(id),
                Presence::Absent | Presence::Open(_) => None,
            }
        })
    }

    /// A type must have a default operator class to be indexed without naming one (42704).
    pub(super) fn default_opclass(&self, ty: &Ty, method: &str) -> Outcome<()> {
        if self.lacks_default_opclass(ty, method) {
            let print = self.context().format_type(ty, self.catalog);
            let message = format!("data type {print} has no default operator class for access method \"{method}\"");
            let base = self.context().without_domain(ty);
            let brings = |extension: Extension| match &base.base {
                TyBase::Builtin(name) if !base.array => brings_default_opclass(self.builtin, extension, name, method),
                _ => false,
            };
            return Err(self.context().unless_extended(fail("42704", message), brings));
        }
        Ok(())
    }
}

/// Whether a function may be one that the server's own access methods call: nobody else does, and the tables of functions
/// leave them out.
fn is_support_function(name: &ObjectName) -> bool {
    const BEGINNINGS: [&str; 10] = ["bt", "hash", "gin", "gist", "brin_", "spg_", "in_range", "gts", "inet_", "range_"];
    name.schema.as_ref().is_none_or(|schema| schema == "pg_catalog") && BEGINNINGS.iter().any(|begin| name.name.starts_with(begin))
}

/// What a piece of a publication's definition publishes.
fn member(piece: &Piece) -> Option<(ObjId, ColumnNumber)> {
    match piece {
        Piece::Object(id) => Some((*id, 0)),
        Piece::Column(id, column) => Some((*id, *column)),
        _ => None,
    }
}

/// Statistics go with their columns; everything else keeps what it refers to.
fn reference_kind(kind: GenericKind) -> DepKind {
    match kind {
        GenericKind::Statistics => DepKind::Auto,
        _ => DepKind::Normal,
    }
}
