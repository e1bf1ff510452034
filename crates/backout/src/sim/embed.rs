//! Programs within statements: `DO`, calls of functions, and bodies that are checked when a function is made.
//!
//! The machine is the engine of [`program`]: each statement of a program goes the way of a script's own.

use super::eval::{self, Evaluated, Found, Host, Raised, Reg, Scan, System, Value};
use super::memo::Done;
use super::program::{self, Called, Callee, Engine, Ran, Refusal};
use super::run::{Fate, Machine};
use super::system::View;
use super::{Failure, Remark, Side};
use crate::catalog::apply::Event;
use crate::catalog::context::{Context, Session, Stop, fail};
use crate::catalog::object::{Body, ObjId, Routine, RoutineText};
use crate::catalog::resolve::RowUse;
use crate::catalog::{Class, GapId, Key, Mark, Presence};
use crate::op::{ArgMode, Call, CreateRoutine, Do, Gap, GapKind, Name, ObjectName, Op, Query, Reach, RoutineBody, RoutineKind, TypeName};
use crate::plpgsql::{self, Returns, Shape};
use crate::source::Span;
use std::cell::RefCell;
use std::sync::Arc;

/// Programs that start programs beyond this depth are not followed.
const DEPTH: u16 = 8;

/// How many statements of programs are remembered.
const MOST_LOWERED: usize = 20_000;

/// What a statement with a program in it came to.
pub(super) struct Embedding {
    pub fate: Fate,
    pub events: Vec<Event>,
    pub rows: Option<RowUse>,
    pub remarks: Vec<Remark>,
}

/// The machine while it executes a program.
pub(super) struct Embedded<'m> {
    pub(super) machine: &'m mut Machine,
    session: &'m mut Session,
    side: Side,
    in_block: bool,
    /// Where the body begins in the statement.
    offset: Option<u32>,
    events: Vec<Event>,
    rows: RowUse,
    remarks: Vec<Remark>,
    unknown: Option<GapId>,
    /// The last error of a statement, with all that is known of it.
    failure: Option<Failure>,
    saved: Vec<(Mark, Session, usize, Option<GapId>)>,
    assume_absent: bool,
    /// A bound was met.
    limited: bool,
}

impl Machine {
    /// Executes `DO`.
    pub(super) fn execute_do(&mut self, block: &Do, session: &mut Session, side: Side, in_block: bool) -> Embedding {
        let version = self.catalog.version;
        if block.language != "plpgsql" {
            return self.embedded(session, side, in_block, None, |engine| {
                let reason = format!("a DO block in language {}", block.language);
                engine.note(Gap { kind: GapKind::NotModelled, reason, reach: Reach::Everything, span: Span::default() });
                Ok(())
            });
        }
        let check = session.check_bodies;
        let hopeless = self.hopeless.contains_key(block.body.as_str());
        self.embedded(session, side, in_block, block.offset, |engine| {
            if hopeless {
                let reason = "the program takes too many steps".to_owned();
                engine.note(Gap { kind: GapKind::Limit, reason, reach: Reach::Everything, span: Span::default() });
                return Ok(());
            }
            let end = program::run(engine, &block.body, &plpgsql::Context::inline(version), Vec::new(), check);
            if engine.limited {
                engine.machine.hopeless.insert(block.body.as_str().into(), ());
            }
            end.failure.map_or(Ok(()), Err)
        })
    }

    /// Executes the calls of functions that a statement certainly makes once.
    pub(super) fn execute_call(
        &mut self,
        routine: ObjId,
        call: &Call,
        once: bool,
        session: &mut Session,
        side: Side,
        in_block: bool,
    ) -> Embedding {
        if self.harmless(routine) {
            return Embedding { fate: Fate::Done, events: Vec::new(), rows: None, remarks: Vec::new() };
        }
        let callee = self.callee(routine);
        // The settings of the routine hold while it runs; what it sets beyond them stays.
        let own = match self.catalog.get(routine).map(|object| &object.body) {
            Some(Body::Routine(routine)) if routine.properties.keys().any(|name| name.starts_with("set ")) => {
                Some(session.within_routine(&routine.properties))
            }
            _ => None,
        };
        let outer = own.map(|own| std::mem::replace(session, own));
        let done = self.embedded(session, side, in_block, None, |engine| {
            let Some(callee) = callee else {
                let reason = format!("what the function {} does is not known", call.name.name);
                engine.note(Gap { kind: GapKind::NotModelled, reason, reach: Reach::Everything, span: call.name.span });
                return Ok(());
            };
            if !once {
                if let Some(reach) = program::reach(engine, &callee) {
                    let reason = format!("the function {} is called for rows that are not known", call.name.name);
                    engine.note(Gap { kind: GapKind::Dynamic, reason, reach, span: call.name.span });
                }
                return Ok(());
            }
            let mut args = Vec::with_capacity(call.args.len());
            for (_, arg) in &call.args {
                let value = eval::expression(&mut Bare(engine), arg).map_err(|raised| (raised, call.name.span))?;
                args.push(value);
            }
            let end = program::call(engine, &callee, args, &call.args);
            end.failure.map_or(Ok(()), |(raised, _)| Err((raised, call.name.span)))
        });
        if let Some(outer) = outer {
            session.restore(outer);
        }
        done
    }

    /// Executes the functions that a query calls, once its names have been resolved.
    pub(super) fn execute_query(&mut self, query: &Query, session: &mut Session, side: Side, in_block: bool) -> Embedding {
        self.embedded(session, side, in_block, None, |engine| program::query(engine, query).map_err(|raised| (raised, Span::default())))
    }

    /// A routine that cannot change the schema: an aggregate, or one that promises not to.
    fn harmless(&self, id: ObjId) -> bool {
        match self.catalog.get(id).map(|object| &object.body) {
            Some(Body::Routine(routine)) => {
                routine.kind == RoutineKind::Aggregate || routine.volatility != 'v' || matches!(routine.language.as_str(), "c" | "internal")
            }
            _ => false,
        }
    }

    /// What the server says of a PL/pgSQL body when the function is made.
    pub(super) fn check_body(&mut self, create: &CreateRoutine, session: &mut Session, side: Side) -> Result<(), Failure> {
        let RoutineBody::Quoted { text, offset, .. } = &create.body else { return Ok(()) };
        if create.language != "plpgsql" || !session.check_bodies {
            return Ok(());
        }
        let context = context_of(create, self.catalog.version);
        let mut own = session.within(&create.attributes);
        let mut engine = Embedded::new(self, &mut own, side, true, *offset);
        match program::compile(&mut engine, text, &context) {
            Ok(_) | Err(Refusal::Limit(..)) => Ok(()),
            Err(Refusal::Error(raised, span)) => Err(engine.failure_of(raised, span)),
        }
    }

    /// Does something as a program does: its statements fail and are taken back with it.
    pub(super) fn embedded(
        &mut self,
        session: &mut Session,
        side: Side,
        in_block: bool,
        offset: Option<u32>,
        act: impl FnOnce(&mut Embedded<'_>) -> Result<(), (Raised, Span)>,
    ) -> Embedding {
        let mark = self.catalog.mark();
        let before = session.clone();
        if self.depth >= DEPTH {
            let id = self.note_gap(GapKind::Limit, "programs start each other too deeply".into(), side, None);
            self.catalog.doubt(id, Reach::Everything);
            return Embedding { fate: Fate::Unknown(id), events: Vec::new(), rows: None, remarks: Vec::new() };
        }
        self.depth += 1;
        let outer = self.inside.take();
        let mut engine = Embedded::new(self, session, side, in_block, offset);
        let result = act(&mut engine);
        let fate = match result {
            Ok(()) => engine.unknown.map_or(Fate::Done, Fate::Unknown),
            // What failed may have hung on something that is not known.
            Err((raised, span)) => match engine.unknown {
                Some(gap) => Fate::Unknown(gap),
                None => Fate::Failed(engine.failure_of(raised, span)),
            },
        };
        let (events, rows, remarks) = (engine.events, engine.rows, engine.remarks);
        self.depth -= 1;
        self.inside = outer;
        if matches!(fate, Fate::Failed(_)) {
            self.catalog.undo(mark);
            *session = before;
            return Embedding { fate, events: Vec::new(), rows: None, remarks };
        }
        Embedding { fate, events, rows: Some(rows), remarks }
    }

    /// What a routine of the schema is, for execution; none when it cannot be executed here.
    fn callee(&self, id: ObjId) -> Option<Callee> {
        let object = self.catalog.get(id)?;
        if object.presumed || self.catalog.doubt_about(id).is_some() {
            return None;
        }
        let Body::Routine(Routine { body: RoutineText::Quoted(create), language, .. }) = &object.body else { return None };
        let RoutineBody::Quoted { text, statements, .. } = &create.body else { return None };
        let statements = match language.as_str() {
            "plpgsql" => Arc::default(),
            "sql" => statements.clone()?,
            _ => return None,
        };
        let context = context_of(create, self.catalog.version);
        let strict = create.attributes.strict == Some(true);
        Some(Callee { language: language.clone(), body: text.as_str().into(), context, statements, strict })
    }
}

/// What the body of a routine can see of it.
pub(super) fn context_of(create: &CreateRoutine, version: u16) -> plpgsql::Context {
    let outs = create.args.iter().any(|arg| matches!(arg.mode, ArgMode::Out | ArgMode::InOut | ArgMode::Table));
    let named = |ty: &TypeName, name: &str| ty.name == name && ty.dimensions == 0;
    let returns = match &create.returns {
        _ if create.procedure => Returns::Procedure(outs),
        _ if create.returns_table => Returns::Set(true),
        Some(ty) if ty.setof => Returns::Set(outs),
        _ if outs => Returns::Out,
        Some(ty) if named(ty, "trigger") => Returns::Trigger,
        Some(ty) if named(ty, "event_trigger") => Returns::EventTrigger,
        Some(ty) if named(ty, "void") => Returns::Void,
        Some(_) => Returns::Value,
        None => Returns::Void,
    };
    let args = create.args.iter().map(|arg| {
        let builtin = arg.ty.schema.as_deref().is_none_or(|schema| schema == "pg_catalog") && arg.ty.of_column.is_none();
        let shape = if builtin { Shape::of_type(&arg.ty.name, arg.ty.dimensions > 0) } else { Shape::Unknown };
        let output = matches!(arg.mode, ArgMode::Out | ArgMode::Table);
        // Of an argument's type only the name counts.
        let ty = (shape == Shape::Scalar).then(|| TypeName { modifiers: Vec::new(), ..arg.ty.clone() });
        let variadic = arg.mode == ArgMode::Variadic;
        plpgsql::Arg { name: arg.name.clone(), shape, ty, variadic, output, default: arg.default.clone() }
    });
    plpgsql::Context { version, name: Some(create.name.name.clone()), args: args.collect(), returns }
}

/// An engine where no variables are.
pub(super) struct Bare<'e, 'm>(pub(super) &'e mut Embedded<'m>);

impl Host for Bare<'_, '_> {
    fn system(&self) -> &dyn System {
        self.0
    }

    fn variable(&self, _: &[Name]) -> Option<Value> {
        None
    }

    fn param(&self, _: u32) -> Option<Value> {
        None
    }

    fn call(&mut self, _: &Call, _: &[Value]) -> Evaluated<Option<Value>> {
        Ok(None)
    }
}

impl<'m> Embedded<'m> {
    fn new(machine: &'m mut Machine, session: &'m mut Session, side: Side, in_block: bool, offset: Option<u32>) -> Self {
        Self {
            machine,
            session,
            side,
            in_block,
            offset,
            events: Vec::new(),
            rows: RowUse::default(),
            remarks: Vec::new(),
            unknown: None,
            failure: None,
            saved: Vec::new(),
            assume_absent: false,
            limited: false,
        }
    }

    fn view(&self) -> View<'_> {
        View { catalog: &self.machine.catalog, session: self.session, builtin: &self.machine.builtin, assume_absent: self.assume_absent }
    }

    /// A place in the body as one in the statement.
    fn place(&self, span: Span) -> Option<Span> {
        self.offset.map(|offset| span.shifted(offset)).filter(|span| span.end > span.start)
    }

    /// The failure behind an error that a program raised.
    fn failure_of(&self, raised: Raised, span: Span) -> Failure {
        let place = self.place(span);
        if let Some(failure) = &self.failure
            && failure.sqlstate == raised.sqlstate
            && failure.message == raised.message
        {
            let mut failure = failure.clone();
            failure.span = place;
            return failure;
        }
        let mut failure = fail(plpgsql::code(&raised.sqlstate), raised.message.as_str());
        failure.span = place;
        failure
    }

    fn ran(&mut self, fate: Fate) -> Ran {
        match fate {
            Fate::Done => Ran::Done,
            Fate::Failed(failure) => {
                let raised = Raised::new(failure.sqlstate, failure.message.clone());
                self.failure = Some(failure);
                Ran::Failed(raised)
            }
            Fate::Unknown(gap) => {
                self.unknown = self.unknown.or(Some(gap));
                Ran::Doubtful
            }
        }
    }

    fn statement(&mut self, op: &Op, names: &program::Names) -> Done {
        let outer = self.machine.names.replace(names.clone());
        let result = self.machine.statement(op, self.session, self.side, self.in_block || is_forbidden(op));
        self.machine.names = outer;
        result
    }

    fn home(&self, name: &ObjectName) -> Vec<ObjId> {
        let doubts = RefCell::default();
        let context = Context { catalog: &self.machine.catalog, session: self.session, builtin: &self.machine.builtin, doubts: &doubts };
        match &name.schema {
            Some(schema) => match self.machine.catalog.look_up(&Key::new(Class::Schema, ObjId::NONE, schema.clone())) {
                Presence::Present(id, _) => vec![id],
                Presence::Absent | Presence::Open(_) => Vec::new(),
            },
            None => context.path(),
        }
    }
}

/// Within a program everything is in a transaction.
fn is_forbidden(op: &Op) -> bool {
    super::run::forbidden_in_block(op).is_some()
}

impl System for Embedded<'_> {
    fn scan(&self, relation: &ObjectName, equal: &[(Name, Value)]) -> Scan {
        self.view().scan(relation, equal)
    }

    fn object(&self, kind: Reg, text: &str) -> Found {
        self.view().object(kind, text)
    }

    fn print(&self, kind: Reg, oid: i64) -> Option<String> {
        self.view().print(kind, oid)
    }

    fn format_type(&self, oid: i64, modifier: Option<i32>) -> Option<String> {
        self.view().format_type(oid, modifier)
    }

    fn setting(&self, name: &str) -> Option<String> {
        self.view().setting(name)
    }

    fn version(&self) -> u16 {
        self.machine.catalog.version
    }

    fn search_path(&self) -> Vec<Name> {
        self.view().search_path()
    }
}

impl Engine for Embedded<'_> {
    fn execute(&mut self, op: &Op, names: &program::Names) -> Ran {
        let Done { fate, events, rows, remarks } = self.statement(op, names);
        self.events.extend(events);
        self.remarks.extend(remarks);
        if let Some(rows) = rows.map(Arc::unwrap_or_clone) {
            self.rows.reads.extend(rows.reads);
            self.rows.writes.extend(rows.writes);
            self.rows.inserted = self.rows.inserted.take().or(rows.inserted);
            self.rows.deleted = self.rows.deleted.take().or(rows.deleted);
            self.rows.updated = self.rows.updated.take().or(rows.updated);
            self.rows.unbounded |= rows.unbounded;
        }
        self.ran(fate)
    }

    fn analyse(&mut self, query: &Query, names: &program::Names, stays: bool) -> Ran {
        let address = std::ptr::from_ref(query).addr();
        if stays && self.machine.analysed.contains_key(&address) {
            return Ran::Done;
        }
        // Its calls are the program's to make.
        let outer = std::mem::replace(&mut self.machine.only_analyse, true);
        let Done { fate, rows, remarks, .. } = self.statement(&Op::Select(Box::new(query.clone())), names);
        self.machine.only_analyse = outer;
        self.remarks.extend(remarks);
        if let Some(rows) = rows.map(Arc::unwrap_or_clone) {
            // What reads nothing of the schema is as good as it was whatever the schema becomes.
            if stays && matches!(fate, Fate::Done) && rows.reads.is_empty() && rows.calls.is_empty() {
                self.machine.analysed.insert(address, ());
            }
            self.rows.reads.extend(rows.reads);
        }
        self.ran(fate)
    }

    fn check_type(&mut self, ty: &TypeName) -> Evaluated<()> {
        let doubts = RefCell::default();
        let context = Context { catalog: &self.machine.catalog, session: self.session, builtin: &self.machine.builtin, doubts: &doubts };
        match context.ty(ty) {
            Ok(_) | Err(Stop::Gap(_)) => Ok(()),
            Err(Stop::Fail(failure)) if doubts.borrow().gaps.is_empty() => Err(Raised::new(failure.sqlstate, failure.message.as_str())),
            Err(Stop::Fail(_)) => Ok(()),
            Err(Stop::Missing(missing)) => {
                if missing.open.is_some() || self.machine.trusts(self.side, &missing.want) {
                    return Ok(());
                }
                Err(Raised::new(missing.failure.sqlstate, missing.failure.message.as_str()))
            }
        }
    }

    fn arrive(&mut self, span: Span) {
        self.machine.inside = self.place(span);
    }

    fn note(&mut self, gap: Gap) {
        self.limited |= gap.kind == GapKind::Limit;
        let place = self.place(gap.span);
        let id = self.machine.note_gap(gap.kind, gap.reason, self.side, place);
        let trusting = self.side == Side::Forward;
        self.machine.catalog.doubt(id, gap.reach);
        if !trusting {
            self.unknown = self.unknown.or(Some(id));
        }
    }

    fn savepoint(&mut self) -> usize {
        self.saved.push((self.machine.catalog.mark(), self.session.clone(), self.events.len(), self.unknown));
        self.saved.len() - 1
    }

    fn roll_back(&mut self, to: usize) {
        if let Some((mark, session, events, _)) = self.saved.get(to).cloned() {
            self.machine.catalog.undo(mark);
            *self.session = session;
            self.events.truncate(events);
            self.saved.truncate(to + 1);
        }
    }

    fn doubted_since(&self, savepoint: usize) -> bool {
        self.saved.get(savepoint).is_some_and(|(.., unknown)| *unknown != self.unknown)
    }

    fn forgive(&mut self, savepoint: usize) {
        if let Some((.., unknown)) = self.saved.get(savepoint) {
            self.unknown = *unknown;
        }
    }

    fn catching(&mut self, handlers: Option<Vec<plpgsql::Condition>>) {
        match handlers {
            Some(handlers) => self.machine.handlers.push(handlers),
            None => {
                self.machine.handlers.pop();
            }
        }
    }

    fn open_world(&self) -> bool {
        self.machine.catalog.open_world
    }

    fn assume_absent(&mut self, assume: bool) {
        self.assume_absent = assume;
    }

    fn may_refuse(&mut self) {
        self.events.push(Event::MayFail("the script's own test".to_owned(), "raise", "P0001", ObjId::NONE));
    }

    fn may_have_existed(&mut self, savepoint: usize) {
        let Some((mark, _, events, _)) = self.saved.get(savepoint) else { return };
        // Which roles there are no schema tells.
        let catalog = &self.machine.catalog;
        let is_role = |id: ObjId| matches!(catalog.get(id), Some(object) if matches!(object.body, Body::Role(_)));
        let made = self.events.iter().skip(*events).filter_map(|event| if let Event::Created(id) = event { Some(*id) } else { None });
        let made: Vec<ObjId> = made.filter(|id| catalog.open_world || is_role(*id)).collect();
        self.machine.may_have_been(*mark, &made);
        self.events.extend(made.into_iter().map(Event::MayHaveExisted));
    }

    fn constraints_of(&self, table: &ObjectName) -> Option<Vec<Name>> {
        let catalog = &self.machine.catalog;
        let home = self.home(table).into_iter().find_map(|schema| {
            match catalog.look_up(&Key::new(Class::Relation, schema, table.name.clone())) {
                Presence::Present(id, None) => Some(id),
                _ => None,
            }
        })?;
        let known = catalog.relation(home).is_some_and(|relation| !relation.open) && !catalog.open_world;
        known.then(|| catalog.members(Class::Constraint, home).filter_map(|id| Some(catalog.get(id)?.name.clone())).collect())
    }

    fn routine(&mut self, name: &ObjectName, args: &[Value]) -> Called {
        let catalog = &self.machine.catalog;
        let all: Vec<ObjId> =
            self.home(name).iter().flat_map(|schema| catalog.overloads(Class::Routine, *schema, &name.name).collect::<Vec<_>>()).collect();
        if all.is_empty() {
            return Called::Builtin;
        }
        let fits = |id: &&ObjId| match catalog.get(**id).map(|object| &object.body) {
            Some(Body::Routine(routine)) => {
                let most = routine.inputs().count();
                let least = routine.inputs().filter(|argument| argument.default.is_none()).count();
                routine.kind != RoutineKind::Aggregate && (least..=most).contains(&args.len())
            }
            _ => false,
        };
        let mut fitting: Vec<ObjId> = all.iter().filter(fits).copied().collect();
        if fitting.len() > 1 {
            // Of several that take so many arguments the one is meant that takes arrays where arrays are.
            fitting.retain(|id| match catalog.get(*id).map(|object| &object.body) {
                Some(Body::Routine(routine)) => {
                    let open = |value: &Value| matches!(value, Value::Null | Value::Unknown(_));
                    routine.inputs().zip(args).all(|(argument, value)| open(value) || argument.ty.array == matches!(value, Value::Array(_)))
                }
                _ => false,
            });
        }
        match (fitting.first(), fitting.get(1)) {
            (Some(one), None) => match self.machine.callee(*one) {
                None if self.machine.harmless(*one) => Called::Builtin,
                Some(callee) => Called::Routine(Box::new(callee)),
                None => Called::Opaque,
            },
            _ if all.iter().all(|id| self.machine.harmless(*id)) => Called::Builtin,
            // Without arguments any function of that name is meant.
            _ if args.is_empty() && all.len() == 1 => match all.first().and_then(|one| self.machine.callee(*one)) {
                Some(callee) => Called::Routine(Box::new(callee)),
                None => Called::Opaque,
            },
            _ => Called::Opaque,
        }
    }

    fn lower(&mut self, text: &str) -> Arc<Op> {
        if let Some(op) = self.machine.lowered.get(text) {
            return op.clone();
        }
        let op = Arc::new((self.machine.functions.statement)(text, self.machine.catalog.version));
        if self.machine.lowered.len() >= MOST_LOWERED {
            self.machine.lowered.clear();
            self.machine.analysed.clear();
        }
        self.machine.lowered.insert(text.into(), op.clone());
        op
    }

    fn lower_type(&self, text: &str) -> Result<TypeName, Option<Raised>> {
        (self.machine.functions.type_name)(text, self.machine.catalog.version).map_err(|op| match op {
            Op::Invalid(rejection) => Some(Raised::new(rejection.sqlstate, rejection.message)),
            _ => None,
        })
    }

    fn split(&self, text: &str) -> Vec<Span> {
        (self.machine.functions.split)(text)
    }

    fn end_transaction(&mut self, commit: bool) -> Ran {
        if self.in_block {
            return Ran::Failed(Raised::new("2D000", "invalid transaction termination"));
        }
        let reason = "a program that ends its transaction".to_owned();
        if !commit {
            self.machine.catalog.undo(self.session.transaction.start);
        }
        self.session.begin(&self.machine.catalog);
        self.note(Gap { kind: GapKind::NotModelled, reason, reach: Reach::Nothing, span: Span::default() });
        Ran::Done
    }
}

#[cfg(test)]
mod tests {
    use crate::source::Source;
    use crate::{Input, Options};
    use expect_test::{Expect, expect};

    /// The answers for a pair; a baseline of `?` is none.
    fn check(baseline: &str, forward: &str, rollback: &str, expect: Expect) {
        let file = |path: &str, text: &str| Some(Source { path: path.into(), text: text.into() });
        let schema = if baseline == "?" { None } else { file("schema.sql", baseline) };
        let report = crate::check(&Input::pair(file("up.sql", forward), file("down.sql", rollback), schema, Options::default()));
        let report = serde_json::to_value(&report).unwrap_or_default();
        let migration = &report["migrations"][0];
        let mut printed = String::new();
        for question in ["forward_runs", "rollback_runs", "restores", "local"] {
            let answer = &migration["answers"][question];
            let line = format!("{question} {} {}", answer["answer"].as_str().unwrap_or("?"), answer["sqlstate"].as_str().unwrap_or(""));
            printed += line.trim_end();
            printed.push('\n');
        }
        for gap in migration["gaps"].as_array().into_iter().flatten() {
            printed += &format!("{}: {}\n", gap["kind"].as_str().unwrap_or(""), gap["reason"].as_str().unwrap_or(""));
        }
        expect.assert_eq(&printed);
    }

    #[test]
    fn a_guarded_program_makes_what_is_not_there() {
        let forward =
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_type WHERE typname = 'mood') THEN CREATE TYPE mood AS ENUM ('a'); END IF; END $$";
        check(
            "CREATE TABLE users (id int)",
            forward,
            "DROP TYPE mood",
            expect![[r#"
            forward_runs yes
            rollback_runs yes
            restores yes
            local yes
        "#]],
        );
        check(
            "?",
            forward,
            "DROP TYPE mood",
            expect![[r#"
                forward_runs yes
                rollback_runs unknown
                restores unknown
                local unknown
                presumed: what depends on mood is not known: neither the forward nor a schema shows it
                presumed: whether enum public.mood was there before the forward is not known
                presumed: whether enum public.mood was there before is not known
                presumed: whether type public.mood exists is not known: neither the forward nor a schema shows it
            "#]],
        );
    }

    #[test]
    fn a_function_of_an_earlier_statement_is_called() {
        check(
            "CREATE TABLE users (id int); CREATE FUNCTION audit(t regclass) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('ALTER TABLE %s ADD audit text', t); END $$",
            "SELECT audit('users')",
            "ALTER TABLE users DROP COLUMN audit",
            expect![[r#"
                forward_runs yes
                rollback_runs yes
                restores yes
                local yes
            "#]],
        );
    }

    #[test]
    fn an_error_in_a_program_fails_the_statement() {
        check(
            "CREATE TABLE users (id int)",
            "DO $$ BEGIN ALTER TABLE users ADD id int; END $$",
            "SELECT 1",
            expect![[r#"
            forward_runs no 42701
            rollback_runs no
            restores no
            local no
        "#]],
        );
        check(
            "CREATE TABLE users (id int)",
            "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN retrun 1; END $$",
            "",
            expect![[r#"
            forward_runs no 42601
            rollback_runs no
            restores no
            local no
        "#]],
        );
    }

    #[test]
    fn a_caught_error_takes_the_block_back() {
        check(
            "CREATE TABLE users (id int)",
            "DO $$ BEGIN CREATE TABLE a (); DROP TABLE b; EXCEPTION WHEN undefined_table THEN NULL; END $$",
            "DROP TABLE a",
            expect![[r#"
                forward_runs yes
                rollback_runs no 42P01
                restores no
                local no
            "#]],
        );
    }

    #[test]
    fn a_loop_over_rows_reaches_the_names_that_it_can_build() {
        check(
            "CREATE TABLE tenants (id int); CREATE TABLE other (id int)",
            "DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM tenants LOOP EXECUTE format('CREATE TABLE tenant_%s ()', r.id); END LOOP; END $$; ALTER TABLE other ADD c int",
            "ALTER TABLE other DROP COLUMN c",
            expect![[r#"
                forward_runs unknown
                rollback_runs yes
                restores unknown
                local yes
                dynamic: a condition that hangs on rows
            "#]],
        );
    }
}
