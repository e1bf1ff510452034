//! Operations executed on the catalog, as the server's utility commands do it.
//!
//! Each `impl` below answers for one family of statements. An operation either changes the catalog completely or stops
//! with an error; the caller goes back to its mark then.

mod alter;
mod body;
pub mod bound;
mod column;
mod comment;
mod constraint;
mod describe;
mod drop;
mod extension;
mod family;
mod generic;
mod grant;
mod index;
mod known;
mod naming;
mod rename;
mod reread;
mod routine;
mod sequence;
mod setting;
mod table;
mod target;
mod trigger;
mod types;
mod view;

pub use family::partitions;

use super::Catalog;
use super::builtin::Builtin;
use super::context::{Context, Doubts, Outcome, RelationRef, Session, Stop, fail};
use super::history::Slot;
use super::object::{ColumnNumber, ObjId, Object};
use super::resolve::Scope;
use super::session::Deferral;
use crate::op::{Gap, GapKind, Ident, Name, ObjectName, ObjectRef, Op, Reach, RelationKind};
use crate::source::Span;
use std::cell::RefCell;
use std::sync::Arc;

/// Something that an operation did, beyond what the journal shows.
#[derive(Clone, Debug)]
pub enum Event {
    /// An object is gone; the flag says whether CASCADE took it.
    Dropped(ObjId, Arc<Object>, bool),
    /// A column is gone; the flag says whether CASCADE took it, and it had this name.
    DroppedColumn(ObjId, ColumnNumber, bool, Name),
    /// An object was altered.
    Altered(ObjId),
    /// An object came to be.
    Created(ObjId),
    /// `IF EXISTS` found nothing: kind and name. The flag is false when it may be there in another world.
    FoundNothing(&'static str, String, bool),
    /// `IF NOT EXISTS` found the object: kind and name.
    FoundObject(&'static str, String),
    /// `IF NOT EXISTS` made an object that may have been there in another world.
    MayHaveExisted(ObjId),
    /// A column's values were rewritten by another type that may not hold them all: the error that it raises then.
    Narrowed(ObjId, ColumnNumber, &'static str),
    /// It may fail on the rows of a table: object, what, SQLSTATE.
    MayFail(String, &'static str, &'static str, ObjId),
    /// A drop that dependents stand in the way of: what was to go, and what holds it. The statement fails.
    Blocked(Box<Blocked>),
    /// An event trigger fires whose function makes or drops something: its name.
    Unfollowed(String),
    /// It was presumed, and what depends on it is not known: without CASCADE the drop may fail.
    MayBeHeld(ObjId),
}

/// What could not be dropped, and what depends on it.
#[derive(Clone, Debug)]
pub struct Blocked {
    /// What was to be dropped.
    pub targets: Vec<Slot>,
    /// What depends on it.
    pub holders: Vec<Slot>,
}

/// One operation being executed.
pub struct Apply<'a> {
    /// The schema.
    pub catalog: &'a mut Catalog,
    /// The session.
    pub session: &'a mut Session,
    /// What every server has.
    pub builtin: &'a Builtin,
    /// What the outcome hangs on.
    pub doubts: RefCell<Doubts>,
    /// Whether it shows what was there: a forward has run.
    pub proves: bool,
    /// What was done.
    pub events: Vec<Event>,
}

impl<'a> Apply<'a> {
    /// An operation about to be executed; `proves` says that it is a forward's.
    pub fn new(catalog: &'a mut Catalog, session: &'a mut Session, builtin: &'a Builtin, proves: bool) -> Self {
        Self { catalog, session, builtin, doubts: RefCell::default(), proves, events: Vec::new() }
    }
}

impl Apply<'_> {
    /// The catalog as this statement sees it.
    pub fn context(&self) -> Context<'_> {
        Context { catalog: self.catalog, session: self.session, builtin: self.builtin, doubts: &self.doubts }
    }

    /// Executes an operation that is neither transaction control, nor a row statement, nor a program: those are the simulation's.
    pub fn run(&mut self, op: &Op) -> Outcome<()> {
        self.note_event_triggers(op);
        match op {
            Op::Invalid(rejection) => Err(fail(rejection.sqlstate, rejection.message.clone()).at(rejection.span).into()),
            Op::Gap(gap) => Err(Stop::Gap(Box::new(gap.clone()))),
            Op::Nothing => Ok(()),
            Op::CreateSchema(create) => self.create_schema(create),
            Op::CreateTable(create) => self.create_table(create),
            Op::CreateTableAs(create) => self.create_table_as(create, &Scope::empty()),
            Op::AlterTable(alter) => self.alter_table(alter),
            Op::CreateIndex(create) => self.create_index(create),
            Op::CreateSequence(create) => self.create_sequence(create),
            Op::AlterSequence(alter) => self.alter_sequence(alter),
            Op::CreateView(create) => self.create_view(create),
            Op::CreateMatView(create) => self.create_matview(create),
            Op::RefreshMatView { name, concurrently, with_data } => self.refresh_matview(name, *concurrently, *with_data),
            Op::CreateRoutine(create) => self.create_routine(create),
            Op::AlterRoutine(alter) => self.alter_routine(alter),
            Op::CreateAggregate(create) => self.create_aggregate(create),
            Op::CreateTrigger(create) => self.create_trigger(create),
            Op::CreateEventTrigger(create) => self.create_event_trigger(create),
            Op::AlterEventTrigger { name, enabled } => self.alter_event_trigger(name, *enabled),
            Op::CreateRule(create) => self.create_rule(create),
            Op::CreatePolicy(create) => self.create_policy(create),
            Op::AlterPolicy(alter) => self.alter_policy(alter),
            Op::CreateType(create) => self.create_type(create),
            Op::AlterEnum(alter) => self.alter_enum(alter),
            Op::AlterComposite(alter) => self.alter_composite(alter),
            Op::CreateDomain(create) => self.create_domain(create),
            Op::AlterDomain(alter) => self.alter_domain(alter),
            Op::CreateExtension(create) => self.create_extension(create),
            Op::AlterExtension(alter) => self.alter_extension(alter),
            Op::CreateCast(create) => self.create_cast(create),
            Op::CreateOperator(create) => self.create_operator(create),
            Op::CreateRole(create) => self.create_role(create),
            Op::AlterRole { role, options } => self.alter_role(role, options),
            Op::CreateGeneric(create) => self.create_generic(create),
            Op::AlterGeneric(alter) => self.alter_generic(alter),
            Op::Drop(drop) => self.drop_objects(drop),
            Op::Owned { roles, reassign_to, behavior } => self.owned(roles, reassign_to.as_ref(), *behavior),
            Op::Rename(rename) => self.rename(rename),
            Op::Owner { target, if_exists, owner } => self.change_owner(target, *if_exists, owner),
            Op::SetSchema { target, if_exists, schema } => self.set_schema(target, *if_exists, schema),
            Op::DependsOnExtension { target, extension, remove } => self.depends_on_extension(target, extension, *remove),
            Op::Comment { target, text } => self.comment(target, text.as_deref()),
            Op::SecurityLabel { target, .. } => self.target(target).map(drop),
            Op::Grant(grant) => self.grant(grant),
            Op::GrantRole(grant) => self.grant_role(grant),
            Op::DefaultPrivileges(change) => self.default_privileges(change),
            Op::Lock(tables) => tables.iter().try_for_each(|table| self.user_relation(table, RelationKind::Table).map(drop)),
            Op::Maintenance(maintenance) => {
                maintenance.needs.iter().try_for_each(|target| self.target(target).map(drop))?;
                match maintenance.needs.as_slice() {
                    [ObjectRef::Relation { name: table, .. }, ObjectRef::Relation { name: index, .. }]
                        if maintenance.command == "CLUSTER" =>
                    {
                        let table = self.user_relation(table, RelationKind::Table)?;
                        self.cluster_on(table, &Ident { name: index.name.clone(), span: index.span })
                    }
                    _ => Ok(()),
                }
            }
            Op::Set(set) => {
                self.check_setting(set)?;
                self.session.set(set);
                Ok(())
            }
            Op::SetConstraints { names, deferred } => {
                names.iter().try_for_each(|name| self.check_named_constraint(name, *deferred))?;
                let transaction = &mut self.session.transaction;
                if !deferred {
                    // What waited is checked at once.
                    transaction.pending.clear();
                }
                transaction.deferral = match (names.is_empty(), deferred) {
                    (false, _) => Deferral::Mixed,
                    (true, true) => Deferral::Deferred,
                    (true, false) => Deferral::Immediate,
                };
                Ok(())
            }
            Op::Discard { temp, all } => {
                if *temp || *all {
                    self.drop_temporary();
                }
                if *all {
                    self.session.prepared.clear();
                    self.session.role = crate::op::Name::default();
                    self.session.reset();
                }
                Ok(())
            }
            Op::Execute { name } | Op::Deallocate { name: Some(name) } => {
                if !self.session.prepared.contains(&name.name) {
                    return Err(fail("26000", format!("prepared statement \"{}\" does not exist", name.name)).at(name.span).into());
                }
                if matches!(op, Op::Deallocate { .. }) {
                    self.session.prepared.retain(|known| *known != name.name);
                }
                Ok(())
            }
            Op::Deallocate { name: None } => {
                self.session.prepared.clear();
                Ok(())
            }
            Op::Many(ops) => ops.iter().try_for_each(|op| self.run(op)),
            Op::Insert(_)
            | Op::Update(_)
            | Op::Delete(_)
            | Op::Merge(_)
            | Op::Select(_)
            | Op::Copy(_)
            | Op::Truncate(_)
            | Op::Call(_)
            | Op::Explain { .. }
            | Op::Prepare { .. }
            | Op::Do(_)
            | Op::Transaction(_) => Ok(()),
        }
    }

    /// A relation of the schema, for a statement that defines or changes something.
    fn user_relation(&self, name: &ObjectName, expected: RelationKind) -> Outcome<ObjId> {
        let context = self.context();
        if let Some(schema) = &name.schema
            && context.system_relation(name).is_none()
        {
            context.schema(schema, name.span)?;
        }
        match context.relation(name, expected)? {
            RelationRef::User(id) => Ok(id),
            RelationRef::System(..) => {
                Err(fail("42501", format!("permission denied: \"{}\" is a system catalog", name.name)).at(name.span).into())
            }
        }
    }

    /// Adds an object and says so.
    fn add(&mut self, mut object: Object) -> ObjId {
        self.give_default_privileges(&mut object);
        let id = self.catalog.create(object);
        self.events.push(Event::Created(id));
        id
    }
}

/// A stop because we cannot tell.
pub fn gap(kind: GapKind, reason: &str, reach: Reach) -> Stop {
    Stop::Gap(Box::new(Gap { kind, reason: reason.into(), reach, span: Span::default() }))
}
