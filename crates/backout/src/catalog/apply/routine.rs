//! Functions, procedures, aggregates (manual: CREATE FUNCTION, CREATE PROCEDURE, CREATE AGGREGATE).

use super::{Apply, Event, fail};
use crate::catalog::Failure;
use crate::catalog::context::{Outcome, Session, Want, report_kind};
use crate::catalog::object::{Argument, Body, DepKind, ObjId, Object, Routine, RoutineText, Ty, TyBase};
use crate::catalog::resolve::{ExprPlace, Scope};
use crate::catalog::template::Template;
use crate::catalog::{Class, EVERY, Key, Names, Presence, quote};
use crate::op::{
    AlterRoutine, ArgMode, CreateAggregate, CreateRoutine, FROM_CURRENT, GapKind, Name, ObjectName, Reach, RoutineArg, RoutineAttributes,
    RoutineBody, RoutineKind,
};
use crate::source::Span;
use litemap::LiteMap;
use std::sync::Arc;

impl Apply<'_> {
    pub(super) fn create_routine(&mut self, create: &Arc<CreateRoutine>) -> Outcome<()> {
        let schema = self.new_relation_schema(&create.name, crate::op::Persistence::Permanent)?;
        self.check_language(&create.language, create.name.span)?;
        let kind = if create.procedure { RoutineKind::Procedure } else { RoutineKind::Function };
        let args = self.arguments(&create.args, create.language == "plpgsql" && self.session.check_bodies)?;
        let returns = self.return_type(create, &args)?;
        if matches!(create.body, RoutineBody::Missing) {
            return Err(fail("42P13", "no function body specified").at(create.name.span).into());
        }
        let set = create.returns_table || create.returns.as_ref().is_some_and(|ty| ty.setof);
        let body = self.body(create, &args, returns.as_ref())?;
        let mut properties = LiteMap::new();
        set_properties(&mut properties, &create.language, &create.attributes, self.session);
        let routine = Routine {
            kind,
            args: args.clone(),
            returns: returns.clone(),
            set,
            language: create.language.clone(),
            body,
            volatility: create.attributes.volatility.unwrap_or('v'),
            properties,
        };
        self.put_routine(create.name.clone(), schema, routine, create.or_replace)?;
        let of_trigger = create.language == "plpgsql" && returns.as_ref().is_some_and(|ty| ty.is("trigger"));
        if of_trigger && self.session.check_bodies && args.iter().any(|argument| matches!(argument.mode, 'i' | 'b' | 'v')) {
            return Err(fail("42P13", "trigger functions cannot have declared arguments").at(create.name.span).into());
        }
        // A body that is text is looked at when the routine is there: after one that is in its way, and it may call itself.
        self.check_quoted_body(create, &args, returns.as_ref())
    }

    fn already_there(&self, id: ObjId, name: &ObjectName) -> Failure {
        let kind = self.catalog.get(id).map_or("function", |found| report_kind(&found.body));
        let message = format!("function \"{}\" already exists with same argument types", name.name);
        fail("42723", message).about(kind, self.routine_name(id)).at(name.span)
    }

    /// Makes the routine or replaces the one with the same signature.
    fn put_routine(&mut self, name: ObjectName, schema: ObjId, routine: Routine, or_replace: bool) -> Outcome<()> {
        let key = Key { class: Class::Routine, parent: schema, name: name.name.clone(), args: routine.key_args().into() };
        let mut made = Object::new(name.name.clone(), schema, Body::Schema);
        for ty in routine.args.iter().map(|argument| &argument.ty).chain(&routine.returns) {
            self.depend_on_type(&mut made, 0, ty);
        }
        for default in routine.args.iter().filter_map(|argument| argument.default.as_ref()) {
            made.depend_on_template(default, ObjId::NONE, DepKind::Normal, DepKind::Normal);
        }
        if let RoutineText::Parsed(template) = &routine.body {
            made.depend_on_template(template, ObjId::NONE, DepKind::Normal, DepKind::Normal);
        }
        let unlisted = Key { args: EVERY.into(), ..key.clone() };
        let found = match (self.context().find(&key), self.catalog.look_up(&unlisted)) {
            (Presence::Present(id, doubt), _) => Presence::Present(id, doubt),
            (_, Presence::Present(..)) if !or_replace => {
                let reason = format!("whether function {} is there with these arguments is not known", name.name);
                return Err(super::gap(GapKind::Presumed, &reason, Reach::Names(vec![name.name])));
            }
            // A routine named without arguments is the only one of its name, and it is gone.
            (Presence::Open(None), Presence::Absent) => Presence::Absent,
            (found, _) => found,
        };
        match found {
            Presence::Present(id, doubt) => {
                let Some(old) = self.catalog.get(id).cloned() else { return Ok(()) };
                if !or_replace && doubt.is_none() {
                    return Err(self.already_there(id, &name).into());
                }
                if let Body::Routine(found) = &old.body
                    && !old.presumed
                {
                    self.check_replacement(id, found, &routine, &name)?;
                }
                made.owner = old.owner.clone();
                made.acl = old.acl.clone();
                made.comment = old.comment.clone();
                made.extension = old.extension;
                made.body = Body::Routine(routine);
                self.catalog.set(id, Some(Arc::new(made)));
                self.events.push(Event::Altered(id));
            }
            Presence::Open(gap) => {
                if or_replace {
                    self.catalog.lasting_doubt(key, format!("whether function {} was there before is not known", name.name));
                } else if let Some(gap) = gap {
                    self.context().note(gap);
                }
                made.body = Body::Routine(routine);
                let id = self.add(made);
                if or_replace {
                    self.events.push(Event::MayHaveExisted(id));
                }
            }
            Presence::Absent => {
                made.body = Body::Routine(routine);
                self.add(made);
            }
        }
        Ok(())
    }

    /// What the server says to a statement that needs a function when it is an aggregate.
    pub(super) fn is_aggregate(&self, id: ObjId) -> Option<Failure> {
        let object = self.catalog.get(id)?;
        let aggregate = matches!(&object.body, Body::Routine(routine) if routine.kind == RoutineKind::Aggregate);
        let failure = || fail("42809", format!("\"{}\" is an aggregate function", object.name)).about("aggregate", self.routine_name(id));
        aggregate.then(failure)
    }

    /// `public.f(integer, text)` as reports name routines.
    pub(super) fn routine_name(&self, id: ObjId) -> String {
        let Some(object) = self.catalog.get(id) else { return String::new() };
        let Body::Routine(routine) = &object.body else { return self.catalog.qualified(id) };
        let args = routine.inputs().map(|argument| self.context().format_type(&argument.ty, self.catalog)).collect::<Vec<_>>().join(", ");
        format!("{}({args})", self.catalog.qualified(id))
    }

    /// What OR REPLACE cannot change (42P13).
    fn check_replacement(&self, id: ObjId, old: &Routine, new: &Routine, name: &ObjectName) -> Outcome<()> {
        let refuse = |failure: Failure| Err(failure.about("function", self.routine_name(id)).at(name.span).into());
        let word = |kind| match kind {
            RoutineKind::Procedure => "procedure",
            RoutineKind::Aggregate => "aggregate",
            RoutineKind::Function | RoutineKind::Routine => "function",
        };
        if old.kind != new.kind {
            let detail = format!("\"{}\" is a {}.", name.name, word(old.kind));
            return refuse(fail("42809", "cannot change routine kind").detailed(vec![detail]));
        }
        let out_row = |routine: &Routine| {
            routine
                .args
                .iter()
                .filter(|argument| matches!(argument.mode, 'o' | 'b' | 't'))
                .map(|argument| (argument.name.clone(), argument.ty.clone()))
                .collect::<Vec<_>>()
        };
        let known = |ty: &Option<Ty>| ty.as_ref().is_none_or(|ty| !matches!(ty.base, TyBase::Open(_)));
        let returns_differ =
            known(&old.returns) && known(&new.returns) && old.returns.as_ref().map(Ty::key) != new.returns.as_ref().map(Ty::key);
        if old.kind != RoutineKind::Procedure && (returns_differ || old.set != new.set) {
            return refuse(fail("42P13", "cannot change return type of existing function"));
        }
        let (old_row, new_row) = (out_row(old), out_row(new));
        let keys = |row: &[(Name, Ty)]| row.iter().map(|(name, ty)| (name.clone(), ty.key())).collect::<Vec<_>>();
        if keys(&old_row) != keys(&new_row) && (old_row.len() > 1 || new_row.len() > 1) {
            let failure = fail("42P13", "cannot change return type of existing function");
            return refuse(failure.detailed(vec!["Row type defined by OUT parameters is different.".into()]));
        }
        for (before, after) in old.inputs().zip(new.inputs()) {
            if !before.name.is_empty() && before.name != after.name {
                return refuse(fail("42P13", format!("cannot change name of input parameter \"{}\"", before.name)));
            }
            if before.default.is_some() && after.default.is_none() {
                return refuse(fail("42P13", "cannot remove parameter defaults from existing function"));
            }
        }
        Ok(())
    }

    fn arguments(&self, args: &[RoutineArg], program: bool) -> Outcome<Vec<Argument>> {
        let mut built: Vec<Argument> = Vec::new();
        let mut had_default = false;
        for arg in args {
            let ty = self.context().ty(&arg.ty)?;
            let mode = match arg.mode {
                ArgMode::In => 'i',
                ArgMode::Out => 'o',
                ArgMode::InOut => 'b',
                ArgMode::Variadic => 'v',
                ArgMode::Table => 't',
            };
            let default = match &arg.default {
                Some(expr) => Some(self.context().expr(expr, &Scope::empty(), Some(&ty), ExprPlace::ArgumentDefault)?),
                None => None,
            };
            if matches!(mode, 'i' | 'b') {
                if default.is_none() && had_default {
                    return Err(fail("42P13", "input parameters after one with a default value must also have defaults")
                        .at(arg.ty.span)
                        .into());
                }
                had_default |= default.is_some();
            }
            let name = arg.name.clone().unwrap_or_default();
            // What only goes in and what only comes out may have one name, but not as variables of a program.
            let apart = |one, other| matches!(one, 'i' | 'v') && matches!(other, 'o' | 't');
            let clash = |other: &Argument| other.name == name && (program || !apart(mode, other.mode) && !apart(other.mode, mode));
            if !name.is_empty() && built.iter().any(clash) {
                return Err(fail("42P13", format!("parameter name \"{name}\" used more than once")).at(arg.ty.span).into());
            }
            built.push(Argument { name, mode, ty, default });
        }
        Ok(built)
    }

    fn return_type(&self, create: &CreateRoutine, args: &[Argument]) -> Outcome<Option<Ty>> {
        let outs: Vec<&Argument> = args.iter().filter(|argument| matches!(argument.mode, 'o' | 'b' | 't')).collect();
        let implied = match outs[..] {
            [] => None,
            [only] => Some(only.ty.clone()),
            _ => Some(Ty::builtin("record")),
        };
        if create.procedure {
            return Ok(implied.map(|_| Ty::builtin("record")));
        }
        let written = create.returns.as_ref().map(|ty| self.context().ty(ty)).transpose()?;
        match (written, implied) {
            (Some(written), Some(implied)) if !create.returns_table => {
                if written.key() != implied.key() {
                    let print = self.context().format_type(&implied, self.catalog);
                    return Err(fail("42P13", format!("function result type must be {print} because of OUT parameters"))
                        .at(create.name.span)
                        .into());
                }
                Ok(Some(written))
            }
            (_, Some(implied)) => Ok(Some(implied)),
            (Some(written), None) => Ok(Some(written)),
            (None, None) => Err(fail("42P13", "function result type must be specified").at(create.name.span).into()),
        }
    }

    fn check_language(&self, language: &Name, span: Span) -> Outcome<()> {
        if matches!(language.as_str(), "sql" | "plpgsql" | "c" | "internal") {
            return Ok(());
        }
        // Other languages come with extensions or CREATE LANGUAGE.
        let known = self.catalog.members(Class::Extension, ObjId::NONE).any(|id| {
            self.catalog.get(id).is_some_and(|object| object.name == *language || self.builtin.extension(&object.name).is_none())
        });
        if known {
            return Ok(());
        }
        let key = Key::new(Class::Generic(crate::op::GenericKind::Language), ObjId::NONE, language.clone());
        let failure = || fail("42704", format!("language \"{language}\" does not exist")).about("language", quote(language)).at(span);
        self.context().need(self.context().find(&key), || Want::Other(key.clone()), failure).map(drop)
    }

    pub(super) fn alter_routine(&mut self, alter: &AlterRoutine) -> Outcome<()> {
        let id = self.context().routine(alter.kind, &alter.signature)?;
        if let Some(failure) = self.is_aggregate(id).filter(|_| alter.kind != RoutineKind::Aggregate) {
            return Err(failure.at(alter.signature.name.span).into());
        }
        self.was_unknown(id);
        let session = &*self.session;
        self.catalog.update(id, |object| {
            if let Body::Routine(routine) = &mut object.body {
                if let Some(volatility) = alter.attributes.volatility {
                    routine.volatility = volatility;
                }
                set_properties(&mut routine.properties, &routine.language, &alter.attributes, session);
            }
        });
        self.catalog.prove(id);
        self.events.push(Event::Altered(id));
        Ok(())
    }

    pub(super) fn create_aggregate(&mut self, create: &CreateAggregate) -> Outcome<()> {
        let schema = self.new_relation_schema(&create.name, crate::op::Persistence::Permanent)?;
        let args = self.arguments(&create.args, false)?;
        let state = create.state.as_ref().map(|ty| self.context().ty(ty)).transpose()?;
        let text = create.options.iter().map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join(", ");
        let mut definition = Template::text(text);
        for (name, function) in &create.functions {
            if let Some(id) = self.any_routine(function)? {
                definition.push(&format!(" {name} "));
                definition.pieces.push(crate::catalog::template::Piece::Object(id));
            }
        }
        let routine = Routine {
            kind: RoutineKind::Aggregate,
            args,
            returns: state,
            set: false,
            language: "internal".into(),
            body: RoutineText::Parsed(definition),
            volatility: 'i',
            properties: LiteMap::new(),
        };
        self.put_routine(create.name.clone(), schema, routine, create.or_replace)
    }

    /// A function by its bare name, where any of its overloads will do: none for those of the system.
    pub(super) fn any_routine(&self, name: &ObjectName) -> Outcome<Option<ObjId>> {
        let context = self.context();
        let schemas: Vec<ObjId> = match &name.schema {
            Some(schema) if schema == "pg_catalog" => return Ok(None),
            Some(schema) => vec![context.schema(schema, name.span)?],
            None => context.path(),
        };
        let found = schemas.iter().find_map(|schema| self.catalog.overloads(Class::Routine, *schema, &name.name).next());
        match found {
            Some(id) => Ok(Some(id)),
            None if self.builtin.function_known(&name.name) || self.catalog.open_world || self.open_extension() => Ok(None),
            None => Err(self.missing_routine(name)),
        }
    }
}

fn set_properties(properties: &mut LiteMap<Name, String>, language: &str, attributes: &RoutineAttributes, session: &Session) {
    let mut flag = |name: &str, value: Option<bool>| match value {
        Some(true) => drop(properties.insert(name.into(), "true".into())),
        Some(false) => drop(properties.remove(name)),
        None => {}
    };
    flag("strict", attributes.strict);
    flag("security definer", attributes.security_definer);
    flag("leakproof", attributes.leakproof);
    flag("window", attributes.window);
    if let Some(parallel) = attributes.parallel {
        match parallel {
            'u' => drop(properties.remove("parallel")),
            other => drop(properties.insert("parallel".into(), other.to_string())),
        }
    }
    // What the server assumes anyway is not said.
    let cost = if matches!(language, "c" | "internal") { "1" } else { "100" };
    for (name, value, usual) in [("cost", &attributes.cost, cost), ("rows", &attributes.rows, "1000")] {
        match value {
            Some(value) if value == usual => drop(properties.remove(name)),
            Some(value) => drop(properties.insert(name.into(), value.to_string())),
            None => {}
        }
    }
    if attributes.reset_all {
        properties.retain(|name, _| !name.starts_with("set "));
    }
    for (setting, value) in &attributes.settings {
        let name: Name = format!("set {setting}").into();
        match value {
            Some(value) if value == FROM_CURRENT => drop(properties.insert(name, session.current(setting))),
            Some(value) => drop(properties.insert(name, value.clone())),
            None => drop(properties.remove(&name)),
        }
    }
}
