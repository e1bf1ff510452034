//! The object that a DROP, COMMENT, ALTER … RENAME and their like name.

use super::{Apply, fail};
use crate::catalog::Failure;
use crate::catalog::builtin::NameKind;
use crate::catalog::context::{Fact, Missing, Outcome, RelationRef, Stop, Want, generic_word, kind_id};
use crate::catalog::object::{Body, ColumnNumber, ObjId, RelKind, TyBase, Type};
use crate::catalog::{Class, EVERY, Key, Names, Presence, quote};
use crate::op::{GenericKind, Ident, Name, ObjectName, ObjectRef, RelationKind, RoleName};
use crate::source::Span;

impl Apply<'_> {
    /// The object and column, checked to be of the kind that was said.
    pub(super) fn target(&self, target: &ObjectRef) -> Outcome<(ObjId, ColumnNumber)> {
        match target {
            ObjectRef::Relation { kind, name } => self.named_relation(*kind, name).map(whole),
            ObjectRef::Column { relation, column } => {
                let id = match self.user_relation(relation, RelationKind::Table) {
                    // An attribute of a composite type is named the same way.
                    Err(Stop::Missing(missing)) => self.composite(relation).ok_or(Stop::Missing(missing))?,
                    found => found?,
                };
                Ok((id, self.column(id, column)?))
            }
            ObjectRef::Constraint { table, name } => {
                let id = self.user_relation(table, RelationKind::Table)?;
                self.constraint_of(id, name).map(whole)
            }
            ObjectRef::DomainConstraint { domain, name } => {
                let id = self.named_type(domain)?;
                let shown = domain.name.clone();
                let failure = || fail("42704", format!("constraint \"{}\" for domain {shown} does not exist", name.name)).at(name.span);
                self.member(Class::Constraint, id, name, Want::Constraint(id, name.name.clone()), failure)
            }
            ObjectRef::Trigger { table, name } => {
                let id = self.user_relation(table, RelationKind::Table)?;
                let failure = || fail("42704", format!("trigger \"{}\" for table \"{}\" does not exist", name.name, table.name));
                self.member(Class::Trigger, id, name, Want::Trigger(id, name.name.clone()), || {
                    self.about_member(failure(), "trigger", id, name)
                })
            }
            ObjectRef::Rule { table, name } => {
                let id = self.user_relation(table, RelationKind::Table)?;
                let failure = || fail("42704", format!("rule \"{}\" for relation \"{}\" does not exist", name.name, table.name));
                self.member(Class::Rule, id, name, Want::Rule(id, name.name.clone()), || self.about_member(failure(), "rule", id, name))
            }
            ObjectRef::Policy { table, name } => {
                let id = self.user_relation(table, RelationKind::Table)?;
                let failure = || fail("42704", format!("policy \"{}\" for table \"{}\" does not exist", name.name, table.name));
                self.member(Class::Policy, id, name, Want::Policy(id, name.name.clone()), || {
                    self.about_member(failure(), "policy", id, name)
                })
            }
            ObjectRef::Routine { kind, signature } => self.context().routine(*kind, signature).map(whole),
            ObjectRef::Type(name) => self.named_type(name).map(whole),
            ObjectRef::Domain(name) => {
                let id = self.named_type(name)?;
                match self.catalog.get(id).map(|object| &object.body) {
                    Some(Body::Type(Type::Domain(_))) => Ok(whole(id)),
                    _ if self.is_some_type(id) => Ok(whole(id)),
                    _ => Err(fail("42809", format!("\"{}\" is not a domain", name.name))
                        .about("type", self.catalog.qualified(id))
                        .at(name.span)
                        .into()),
                }
            }
            ObjectRef::Schema(name) => self.context().schema(&name.name, name.span).map(whole),
            ObjectRef::Extension(name) => self.top(Class::Extension, name, "extension", Want::Extension(name.name.clone())),
            ObjectRef::EventTrigger(name) => self.top(
                Class::EventTrigger,
                name,
                "event trigger",
                Want::Other(Key::new(Class::EventTrigger, ObjId::NONE, name.name.clone())),
            ),
            ObjectRef::Cast { source, target } => {
                let context = self.context();
                let (source, target) = (context.ty(source)?, context.ty(target)?);
                let key = Key::new(Class::Cast, ObjId::NONE, self.cast_name(&source, &target));
                let print = |ty| context.format_type(ty, self.catalog);
                let failure = || fail("42704", format!("cast from type {} to type {} does not exist", print(&source), print(&target)));
                let presence = context.find(&key);
                context.need(presence, || Want::Other(key), failure).map(whole)
            }
            ObjectRef::Operator { name, left, right } => self.operator(name, left.as_deref(), right.as_deref()).map(whole),
            // Roles that nobody made, databases and large objects are outside of the schema: always open.
            ObjectRef::Role(name) => self.role(&name.name, name.span).map(|role| whole(role.unwrap_or(ObjId::NONE))),
            ObjectRef::Database(_) | ObjectRef::LargeObject => Ok((ObjId::NONE, 0)),
            ObjectRef::Generic { kind, name, method } => self.generic(*kind, name, method.as_ref()).map(whole),
        }
    }

    /// The target of a DROP, whose errors name the kind that was said.
    pub(super) fn dropped(&self, target: &ObjectRef) -> Outcome<(ObjId, ColumnNumber)> {
        match (self.target(target), target) {
            (Err(Stop::Missing(missing)), ObjectRef::Relation { kind, name }) if matches!(missing.want, Want::Relation(..)) => {
                let sqlstate = if matches!(kind, RelationKind::Index | RelationKind::ForeignTable) { "42704" } else { "42P01" };
                let message = format!("{} \"{}\" does not exist", kind_word(*kind), shown(name));
                let mut failure = missing.failure;
                (failure.sqlstate, failure.message) = (sqlstate, message);
                Err(Stop::Missing(Box::new(Missing { failure, ..*missing })))
            }
            (found, _) => found,
        }
    }

    /// A role by its name; none when it is one that nobody made.
    pub(super) fn role(&self, name: &Name, span: Span) -> Outcome<Option<ObjId>> {
        let key = Key::new(Class::Role, ObjId::NONE, name.clone());
        match self.context().find(&key) {
            Presence::Present(id, _) => Ok(Some(id)),
            Presence::Absent if self.catalog.was_named(&key) => {
                let failure = fail("42704", format!("role \"{name}\" does not exist")).about("role", quote(name)).at(span);
                Err(self.absent(Presence::Absent, Want::Nothing, failure))
            }
            Presence::Absent | Presence::Open(_) => Ok(None),
        }
    }

    /// Roles that a statement needs.
    pub(super) fn check_roles<'r>(&self, roles: impl IntoIterator<Item = &'r RoleName>) -> Outcome<()> {
        roles.into_iter().try_for_each(|role| match role {
            RoleName::Named(name) => self.role(name, Span::default()).map(drop),
            RoleName::Current | RoleName::Public => Ok(()),
        })
    }

    /// The key of a target, to remember that it is gone.
    pub(super) fn key_of_target(&self, target: &ObjectRef) -> Option<Key> {
        let context = self.context();
        let in_schema = |class, name: &ObjectName| Some(Key::new(class, context.look_up(class, name).ok()?.1, name.name.clone()));
        let in_table = |class, table: &ObjectName, name: &Ident| match context.relation(table, RelationKind::Table) {
            Ok(RelationRef::User(id)) => Some(Key::new(class, id, name.name.clone())),
            _ => None,
        };
        match target {
            ObjectRef::Relation { name, .. } => in_schema(Class::Relation, name),
            ObjectRef::Type(name) | ObjectRef::Domain(name) => in_schema(Class::Type, name),
            ObjectRef::Constraint { table, name } => in_table(Class::Constraint, table, name),
            ObjectRef::Trigger { table, name } => in_table(Class::Trigger, table, name),
            ObjectRef::Rule { table, name } => in_table(Class::Rule, table, name),
            ObjectRef::Policy { table, name } => in_table(Class::Policy, table, name),
            ObjectRef::Schema(name) => Some(Key::new(Class::Schema, ObjId::NONE, name.name.clone())),
            ObjectRef::Extension(name) => Some(Key::new(Class::Extension, ObjId::NONE, name.name.clone())),
            ObjectRef::EventTrigger(name) => Some(Key::new(Class::EventTrigger, ObjId::NONE, name.name.clone())),
            ObjectRef::Routine { signature, .. } => {
                let args = match &signature.args {
                    Some(args) => args.iter().map(|arg| context.ty(&arg.ty).ok().map(|ty| ty.key())).collect::<Option<Vec<_>>>()?.join(","),
                    None => EVERY.into(),
                };
                let key = in_schema(Class::Routine, &signature.name)?;
                Some(Key { args: args.into(), ..key })
            }
            _ => None,
        }
    }

    /// A relation of the kind that was said (42809 otherwise).
    pub(super) fn named_relation(&self, kind: RelationKind, name: &ObjectName) -> Outcome<ObjId> {
        let id = self.user_relation(name, kind)?;
        let Some(relation) = self.catalog.relation(id) else { return Ok(id) };
        let fits = match (&relation.kind, kind) {
            (RelKind::Table(table), RelationKind::ForeignTable) => table.foreign.is_some(),
            (RelKind::Table(table), RelationKind::Table) => table.foreign.is_none(),
            (RelKind::View(_), RelationKind::View) => true,
            (RelKind::MatView(_), RelationKind::MatView) => true,
            (RelKind::Index(_), RelationKind::Index) => true,
            (RelKind::Sequence(_), RelationKind::Sequence) => true,
            _ => false,
        };
        if fits {
            self.note_guessed_name(id);
            return Ok(id);
        }
        let word = kind_word(kind);
        let article = if matches!(kind, RelationKind::Index) { "an" } else { "a" };
        let failure = fail("42809", format!("\"{}\" is not {article} {word}", name.name));
        self.other_kind(id, kind, failure.about(kind_id(kind), self.catalog.qualified(id)).at(name.span))?;
        Ok(id)
    }

    /// The server's refusal of a relation that is of another kind. One that was presumed may be of this kind where nothing says
    /// otherwise: a forward shows it, and what else hangs on it is not known.
    pub(super) fn other_kind(&self, id: ObjId, kind: RelationKind, failure: Failure) -> Outcome<()> {
        let presumed = self.catalog.get(id).is_some_and(|object| object.presumed);
        let open = presumed && self.catalog.column_open(id, &Fact::Kind(kind).key());
        if !open || self.proves {
            return Err(if open { self.unless_fact(id, Fact::Kind(kind), failure) } else { failure.into() });
        }
        self.context().note_unseen(format!("whether {} is a {}", self.catalog.qualified(id), kind_word(kind)));
        Ok(())
    }

    /// The same where the server opens the relation first, and so says `relation "x" does not exist` whatever the kind: everything but
    /// DROP.
    pub(super) fn opened_relation(&self, kind: RelationKind, name: &ObjectName) -> Outcome<ObjId> {
        self.user_relation(name, kind)?;
        self.named_relation(kind, name)
    }

    /// Whether it is a type that was presumed and of which nobody has said yet what kind it is.
    pub(super) fn is_some_type(&self, id: ObjId) -> bool {
        self.catalog
            .get(id)
            .is_some_and(|object| object.presumed && matches!(&object.body, Body::Type(Type::Base(text)) if text.is_empty()))
    }

    /// A type of the schema by its name: no row types of tables.
    pub(super) fn named_type(&self, name: &ObjectName) -> Outcome<ObjId> {
        let context = self.context();
        let written = crate::op::TypeName {
            schema: name.schema.clone(),
            name: name.name.clone(),
            modifiers: Vec::new(),
            dimensions: 0,
            setof: false,
            of_column: None,
            span: name.span,
        };
        let ty = context.ty(&written)?;
        match ty.base {
            TyBase::User(id) => Ok(id),
            TyBase::Builtin(_) => {
                let message = format!("cannot drop type {} because it is required by the database system", name.name);
                Err(fail("2BP01", message).about("type", name.name.to_string()).at(name.span).into())
            }
            TyBase::Open(_) => Ok(ObjId::NONE),
        }
    }

    /// A composite type by its name.
    fn composite(&self, name: &ObjectName) -> Option<ObjId> {
        let (presence, _) = self.context().look_up(Class::Type, name).ok()?;
        let Presence::Present(id, _) = presence else { return None };
        matches!(self.catalog.get(id)?.body, Body::Type(Type::Composite(_))).then_some(id)
    }

    /// A column of a relation by its name.
    pub(super) fn column(&self, relation: ObjId, column: &Ident) -> Outcome<ColumnNumber> {
        let Some(object) = self.catalog.get(relation) else { return Ok(0) };
        let (found, open) = match &object.body {
            Body::Relation(found) => {
                (found.column(&column.name).map(|column| column.number), self.catalog.column_open(relation, &column.name))
            }
            Body::Type(Type::Composite(columns)) => (
                columns.iter().find(|found| !found.dropped && found.name == column.name).map(|column| column.number),
                self.catalog.column_open(relation, &column.name),
            ),
            _ => (None, false),
        };
        if let Some(number) = found {
            if let Some(gap) = self.catalog.doubt_about(relation) {
                self.context().note(gap);
            }
            return Ok(number);
        }
        let full = format!("{}.{}", self.catalog.qualified(relation), quote(&column.name));
        let failure = fail("42703", format!("column \"{}\" of relation \"{}\" does not exist", column.name, object.name))
            .about("column", full)
            .at(column.span);
        let open = if open { Some(None) } else { self.catalog.doubt_about_column(relation, &column.name).map(Some) };
        Err(Stop::Missing(Box::new(Missing { want: Want::Column(relation, column.name.clone()), failure, open })))
    }

    /// A constraint of a table by its name.
    pub(super) fn constraint_of(&self, table: ObjId, name: &Ident) -> Outcome<ObjId> {
        let relation = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
        let failure = || fail("42704", format!("constraint \"{}\" of relation \"{relation}\" does not exist", name.name));
        self.member(Class::Constraint, table, name, Want::Constraint(table, name.name.clone()), || {
            self.about_member(failure(), "constraint", table, name)
        })
        .map(|found| found.0)
    }

    fn about_member(&self, failure: Failure, kind: &'static str, table: ObjId, name: &Ident) -> Failure {
        failure.about(kind, format!("{}.{}", self.catalog.qualified(table), quote(&name.name))).at(name.span)
    }

    /// A member of a table; open where the table itself is presumed or in doubt.
    fn member(
        &self,
        class: Class,
        table: ObjId,
        name: &Ident,
        want: Want,
        failure: impl FnOnce() -> Failure,
    ) -> Outcome<(ObjId, ColumnNumber)> {
        let key = Key::new(class, table, name.name.clone());
        let presence = match self.context().find(&key) {
            Presence::Absent => {
                // Of one that was made or dropped it is known that it is gone.
                let open = self.catalog.relation(table).is_some_and(|relation| relation.open) && !self.catalog.was_named(&key);
                match self.catalog.doubt_about(table) {
                    Some(gap) => Presence::Open(Some(gap)),
                    None if open => Presence::Open(None),
                    None => Presence::Absent,
                }
            }
            presence => presence,
        };
        if let Presence::Present(id, _) = presence {
            self.note_guessed_name(id);
        }
        self.context().need(presence, || want, failure).map(whole)
    }

    fn top(&self, class: Class, name: &Ident, word: &'static str, want: Want) -> Outcome<(ObjId, ColumnNumber)> {
        let presence = self.context().find(&Key::new(class, ObjId::NONE, name.name.clone()));
        let failure = || fail("42704", format!("{word} \"{}\" does not exist", name.name)).about(word, quote(&name.name)).at(name.span);
        self.context().need(presence, || want, failure).map(whole)
    }

    fn operator(&self, name: &ObjectName, left: Option<&crate::op::TypeName>, right: Option<&crate::op::TypeName>) -> Outcome<ObjId> {
        let context = self.context();
        let left = left.map(|ty| context.ty(ty)).transpose()?;
        let right = right.map(|ty| context.ty(ty)).transpose()?;
        let key = |ty: &Option<crate::catalog::object::Ty>| ty.as_ref().map(crate::catalog::object::Ty::key).unwrap_or_default();
        let args: Name = format!("{},{}", key(&left), key(&right)).into();
        let (_, home) = context.look_up(Class::Operator, name)?;
        let key = Key { class: Class::Operator, parent: home, name: name.name.clone(), args };
        let presence = context.find(&key);
        context.need(presence, || Want::Other(key), || fail("42883", format!("operator does not exist: {}", name.name)).at(name.span))
    }

    pub(super) fn generic(&self, kind: GenericKind, name: &ObjectName, method: Option<&Name>) -> Outcome<ObjId> {
        let context = self.context();
        let class = Class::Generic(kind);
        let home = if in_schema(kind) { context.look_up(class, name)?.1 } else { ObjId::NONE };
        let key = Key { class, parent: home, name: name.name.clone(), args: method.cloned().unwrap_or_default() };
        let presence = match context.find(&key) {
            Presence::Absent if built_in(kind) && !self.catalog.was_named(&key) && self.may_be_there(kind, &name.name) => {
                Presence::Open(None)
            }
            presence => presence,
        };
        context.need(presence, || Want::Other(key), || no_generic(kind, name))
    }

    /// Something that is the server's own by its schema: of kinds that are not listed nothing is said.
    pub(super) fn check_servers_own(&self, kind: GenericKind, name: &ObjectName) -> Outcome<()> {
        if self.may_be_there(kind, &name.name) { Ok(()) } else { Err(no_generic(kind, name).into()) }
    }
}

fn no_generic(kind: GenericKind, name: &ObjectName) -> Failure {
    let failure = fail("42704", format!("{} \"{}\" does not exist", generic_word(kind), shown(name)));
    failure.about(generic_word(kind), quote(&name.name)).at(name.span)
}

impl Apply<'_> {
    /// Whether something that nobody made may be the server's own, an extension's or the operating system's.
    fn may_be_there(&self, kind: GenericKind, name: &str) -> bool {
        let Some(list) = list_of(kind) else { return true };
        matches!(kind, GenericKind::Collation | GenericKind::Tablespace)
            || self.catalog.open_world
            || self.builtin.named(list, name)
            || self.open_extension()
            || self.provider(kind, name).is_some()
    }

    /// The installed extension that brings something.
    pub(super) fn provider(&self, kind: GenericKind, name: &str) -> Option<ObjId> {
        let list = list_of(kind)?;
        self.catalog.members(Class::Extension, ObjId::NONE).find(|id| {
            let contents = self.catalog.get(*id).and_then(|object| self.builtin.extension(&object.name));
            contents.is_some_and(|contents| contents.names(list).any(|known| known == name))
        })
    }
}

/// The list of the server's own objects of a kind.
fn list_of(kind: GenericKind) -> Option<NameKind> {
    match kind {
        GenericKind::AccessMethod => Some(NameKind::AccessMethod),
        GenericKind::Collation => Some(NameKind::Collation),
        GenericKind::ForeignDataWrapper => Some(NameKind::Fdw),
        GenericKind::Language => Some(NameKind::Language),
        GenericKind::Tablespace => Some(NameKind::Tablespace),
        GenericKind::TextSearchConfiguration => Some(NameKind::TsConfig),
        GenericKind::TextSearchDictionary => Some(NameKind::TsDictionary),
        GenericKind::TextSearchParser => Some(NameKind::TsParser),
        GenericKind::TextSearchTemplate => Some(NameKind::TsTemplate),
        GenericKind::Conversion
        | GenericKind::ForeignServer
        | GenericKind::OperatorClass
        | GenericKind::OperatorFamily
        | GenericKind::Publication
        | GenericKind::Statistics
        | GenericKind::Subscription
        | GenericKind::Transform
        | GenericKind::UserMapping => None,
    }
}

/// Whether objects of this kind live in a schema.
pub(super) fn in_schema(kind: GenericKind) -> bool {
    match kind {
        GenericKind::Collation
        | GenericKind::Conversion
        | GenericKind::OperatorClass
        | GenericKind::OperatorFamily
        | GenericKind::Statistics
        | GenericKind::TextSearchConfiguration
        | GenericKind::TextSearchDictionary
        | GenericKind::TextSearchParser
        | GenericKind::TextSearchTemplate => true,
        GenericKind::AccessMethod
        | GenericKind::ForeignDataWrapper
        | GenericKind::ForeignServer
        | GenericKind::Language
        | GenericKind::Publication
        | GenericKind::Subscription
        | GenericKind::Tablespace
        | GenericKind::Transform
        | GenericKind::UserMapping => false,
    }
}

/// Whether a server has objects of this kind that we do not list (extensions' and the system's own).
fn built_in(kind: GenericKind) -> bool {
    matches!(
        kind,
        GenericKind::Collation
            | GenericKind::Language
            | GenericKind::AccessMethod
            | GenericKind::Tablespace
            | GenericKind::Conversion
            | GenericKind::ForeignDataWrapper
            | GenericKind::TextSearchConfiguration
            | GenericKind::TextSearchDictionary
            | GenericKind::TextSearchParser
            | GenericKind::TextSearchTemplate
    )
}

/// The name as the server's messages repeat it.
pub(super) fn shown(name: &ObjectName) -> String {
    match &name.schema {
        Some(schema) => format!("{schema}.{}", name.name),
        None => name.name.to_string(),
    }
}

/// The word for a kind in the server's messages.
pub(super) fn kind_word(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::Table => "table",
        RelationKind::View => "view",
        RelationKind::MatView => "materialized view",
        RelationKind::Index => "index",
        RelationKind::Sequence => "sequence",
        RelationKind::ForeignTable => "foreign table",
    }
}

fn whole(id: ObjId) -> (ObjId, ColumnNumber) {
    (id, 0)
}
