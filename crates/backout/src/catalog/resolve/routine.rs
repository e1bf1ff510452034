//! Routines by their signatures, as DROP, ALTER, COMMENT and CREATE TRIGGER name them.

use super::super::context::{Context, Missing, Outcome, Stop, Want, fail};
use super::super::object::{Argument, Body, ObjId, Routine, Ty, TyBase};
use super::super::{Class, EVERY, GapId, Key, Presence, quote};
use super::types::{format_bare, format_signature};
use crate::catalog::Failure;
use crate::op::{ArgMode, Name, ObjectName, RoutineKind, Signature};

/// What a signature names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoutineRef {
    /// A routine of the schema.
    User(ObjId),
    /// One of pg_catalog, with its signature in the server's spelling.
    Builtin(String),
    /// One of an installed extension, with its signature.
    Extension(ObjId, String),
}

/// The function of a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TriggerFunction {
    /// A function of the schema.
    User(ObjId),
    /// One of pg_catalog: nothing depends on it.
    Builtin,
    /// One of this extension, on which the trigger then depends.
    Extension(ObjId),
    /// One that an extension of unknown contents may have.
    Open,
}

/// Trigger functions of pg_catalog.
const TRIGGER_FUNCTIONS: [&str; 4] =
    ["suppress_redundant_updates_trigger", "tsvector_update_trigger", "tsvector_update_trigger_column", "unique_key_recheck"];

impl Context<'_> {
    /// The routine of the schema that a signature names; those of the system and of extensions cannot be changed.
    pub fn routine(&self, kind: RoutineKind, signature: &Signature) -> Outcome<ObjId> {
        let span = signature.name.span;
        match self.routine_ref(kind, signature)? {
            RoutineRef::User(id) => Ok(id),
            RoutineRef::Builtin(shown) => {
                let message = format!("cannot drop function {shown} because it is required by the database system");
                Err(fail("2BP01", message).about("function", shown).at(span).into())
            }
            RoutineRef::Extension(extension, shown) => {
                let name = self.catalog.get(extension).map(|object| object.name.clone()).unwrap_or_default();
                let message = format!("cannot drop function {shown} because extension {name} requires it");
                Err(fail("2BP01", message).about("function", shown).at(span).into())
            }
        }
    }

    /// What a signature names.
    pub fn routine_ref(&self, kind: RoutineKind, signature: &Signature) -> Outcome<RoutineRef> {
        match &signature.args {
            None => self.routine_by_name(kind, &signature.name),
            Some(args) => {
                let mut inputs = Vec::with_capacity(args.len());
                let mut all = Vec::with_capacity(args.len());
                let mut plain = true;
                for arg in args {
                    let ty = Ty { modifiers: Name::default(), ..self.ty(&arg.ty)? };
                    if !matches!(arg.mode, ArgMode::Out | ArgMode::Table) {
                        inputs.push(ty.clone());
                    }
                    plain &= arg.mode == ArgMode::In;
                    all.push(ty);
                }
                self.routine_by_types(kind, &signature.name, &inputs, plain.then_some(all.as_slice()))
            }
        }
    }

    /// The schemas in which a routine's name is looked for.
    pub(super) fn routine_schemas(&self, name: &ObjectName) -> Outcome<Vec<ObjId>> {
        match name.schema.as_deref() {
            Some("pg_catalog" | "information_schema") => Ok(Vec::new()),
            Some(_) => Ok(vec![self.schema(name.schema.as_ref().unwrap_or(&name.name), name.span)?]),
            None => {
                let mut path = self.path();
                // Functions and operators are never looked for among the temporary objects.
                path.retain(|schema| Some(*schema) != self.session.temporary);
                Ok(path)
            }
        }
    }

    /// Whether a name may mean something of pg_catalog.
    pub(super) fn reaches_builtin(name: &ObjectName) -> bool {
        name.schema.as_deref().is_none_or(|schema| schema == "pg_catalog" || schema == "information_schema")
    }

    /// A routine of the schema with its slot.
    pub(super) fn routine_at(&self, id: ObjId) -> Option<&Routine> {
        match &self.catalog.get(id)?.body {
            Body::Routine(routine) => Some(routine),
            _ => None,
        }
    }

    /// Whether the presence of any routine of that name in a schema cannot be told.
    pub(super) fn routine_name_open(&self, schema: ObjId, name: &Name, args: &str) -> Option<Option<GapId>> {
        let key = Key { class: Class::Routine, parent: schema, name: name.clone(), args: args.into() };
        match self.catalog.look_up(&key) {
            Presence::Open(gap) => Some(gap),
            Presence::Present(..) | Presence::Absent => None,
        }
    }

    fn routine_by_name(&self, kind: RoutineKind, name: &ObjectName) -> Outcome<RoutineRef> {
        let mut found: Vec<ObjId> = Vec::new();
        let mut shadowed: Vec<String> = Vec::new();
        let schemas = self.routine_schemas(name)?;
        for &schema in &schemas {
            for id in self.catalog.overloads(Class::Routine, schema, &name.name) {
                let Some(routine) = self.routine_at(id) else { continue };
                let fits = match kind {
                    RoutineKind::Function | RoutineKind::Aggregate => routine.kind != RoutineKind::Procedure,
                    RoutineKind::Procedure => routine.kind == RoutineKind::Procedure,
                    RoutineKind::Routine => true,
                };
                let args = routine.key_args();
                if fits && !shadowed.contains(&args) {
                    shadowed.push(args);
                    found.push(id);
                }
            }
        }
        let builtins = if Self::reaches_builtin(name) { self.builtin.functions(&name.name).count() } else { 0 };
        match (found.as_slice(), builtins) {
            (&[id], 0) => {
                self.note_doubt(id);
                let schema = self.catalog.get(id).map_or(ObjId::NONE, |object| object.parent);
                if !self.catalog.assume_new && self.routine_name_open(schema, &name.name, EVERY) == Some(None) {
                    self.note_unseen(format!("whether {} is the only routine of its name", self.catalog_name(id)));
                }
                self.check_kind(kind, name, id).map(|()| RoutineRef::User(id))
            }
            ([], 0) => self.absent_routine(kind, name, None, &schemas),
            ([], 1) => Ok(RoutineRef::Builtin(format!("{}()", name.name))),
            _ => {
                let word = match kind {
                    RoutineKind::Function => "function",
                    RoutineKind::Procedure => "procedure",
                    RoutineKind::Aggregate => "aggregate",
                    RoutineKind::Routine => "routine",
                };
                Err(fail("42725", format!("{word} name \"{}\" is not unique", shown(name))).at(name.span).into())
            }
        }
    }

    fn routine_by_types(&self, kind: RoutineKind, name: &ObjectName, inputs: &[Ty], all: Option<&[Ty]>) -> Outcome<RoutineRef> {
        let schemas = self.routine_schemas(name)?;
        if Self::reaches_builtin(name) && self.builtin_has(&name.name, inputs) {
            return Ok(RoutineRef::Builtin(format_signature(name, inputs, self.catalog)));
        }
        let mut found = None;
        'schemas: for &schema in &schemas {
            for id in self.catalog.overloads(Class::Routine, schema, &name.name) {
                if self.routine_at(id).is_some_and(|routine| same_types(routine.inputs(), inputs)) {
                    found = Some(id);
                    break 'schemas;
                }
            }
        }
        // From 14 on a signature without modes may also count the OUT arguments of a procedure.
        if let Some(all) = all
            && self.catalog.version >= 14
            && matches!(kind, RoutineKind::Procedure | RoutineKind::Routine)
        {
            let with_out = schemas.iter().find_map(|&schema| {
                self.catalog.overloads(Class::Routine, schema, &name.name).find(|&id| {
                    self.routine_at(id).is_some_and(|routine| {
                        routine.kind == RoutineKind::Procedure
                            && same_types(routine.args.iter().filter(|argument| argument.mode != 't'), all)
                    })
                })
            });
            match (found, with_out) {
                (Some(one), Some(other)) if one != other => {
                    let word = if kind == RoutineKind::Procedure { "procedure" } else { "routine" };
                    return Err(fail("42725", format!("{word} name \"{}\" is not unique", shown(name))).at(name.span).into());
                }
                (None, other) => found = other,
                _ => {}
            }
        }
        match found {
            Some(id) => {
                self.note_doubt(id);
                self.check_kind(kind, name, id).map(|()| RoutineRef::User(id))
            }
            None => {
                if let Some(extension) = self.extension_routine(&name.name) {
                    return Ok(RoutineRef::Extension(extension, format_signature(name, inputs, self.catalog)));
                }
                self.absent_routine(kind, name, Some(inputs), &schemas)
            }
        }
    }

    /// Whether pg_catalog has a function with exactly these input types.
    fn builtin_has(&self, name: &str, inputs: &[Ty]) -> bool {
        let same = |(declared, given): (&str, &Ty)| match &given.base {
            TyBase::Builtin(base) if given.array => declared.strip_prefix('_') == Some(base.as_str()),
            TyBase::Builtin(base) => declared == base,
            TyBase::User(_) | TyBase::Open(_) => false,
        };
        self.builtin
            .functions(name)
            .any(|overload| overload.argument_types().count() == inputs.len() && overload.argument_types().zip(inputs).all(same))
    }

    /// The installed extension of known contents that makes a function of this name.
    pub(super) fn extension_routine(&self, name: &str) -> Option<ObjId> {
        self.catalog.members(Class::Extension, ObjId::NONE).find(|&id| {
            self.catalog
                .get(id)
                .and_then(|object| self.builtin.extension(&object.name))
                .is_some_and(|extension| extension.function_names().any(|known| known == name))
        })
    }

    fn absent_routine(&self, kind: RoutineKind, name: &ObjectName, inputs: Option<&[Ty]>, schemas: &[ObjId]) -> Outcome<RoutineRef> {
        let key_args = inputs.map_or_else(|| EVERY.to_owned(), |inputs| inputs.iter().map(Ty::key).collect::<Vec<_>>().join(","));
        // No routine can have been there before one of its types was.
        let new = |ty: &Ty| ty.object().and_then(|id| self.catalog.get(id)).is_some_and(|object| !object.presumed);
        // An extension that the scripts make would not have been made beside a routine of its own.
        let brought = || {
            let made = |extension: &Name| {
                self.builtin.extension(extension).is_some_and(|contents| contents.function_names().any(|known| known == name.name))
            };
            self.catalog.ever_named(Class::Extension, ObjId::NONE).any(made)
        };
        let never = self.catalog.open_world && (inputs.is_some_and(|inputs| inputs.iter().any(new)) || brought());
        let open =
            schemas.iter().filter(|_| !never).find_map(|&schema| Some((schema, self.routine_name_open(schema, &name.name, &key_args)?)));
        let (schema, open) = match open {
            Some((schema, gap)) => (schema, Some(gap)),
            None => (schemas.first().copied().unwrap_or_else(|| self.catalog.public()), self.open_extension().then_some(None)),
        };
        let types = inputs.map(|inputs| inputs.iter().cloned().map(Some).collect());
        let want = Want::Routine(kind, schema, name.name.clone(), types);
        Err(Stop::Missing(Box::new(Missing { want, failure: self.no_routine(kind, name, inputs), open })))
    }

    fn no_routine(&self, kind: RoutineKind, name: &ObjectName, inputs: Option<&[Ty]>) -> Failure {
        let message = match inputs {
            None => match kind {
                RoutineKind::Procedure => format!("could not find a procedure named \"{}\"", shown(name)),
                RoutineKind::Aggregate => format!("could not find an aggregate named \"{}\"", shown(name)),
                RoutineKind::Function | RoutineKind::Routine => format!("could not find a function named \"{}\"", shown(name)),
            },
            Some(inputs) => {
                let signature = format_signature(name, inputs, self.catalog);
                match kind {
                    RoutineKind::Procedure => format!("procedure {signature} does not exist"),
                    RoutineKind::Aggregate if inputs.is_empty() => format!("aggregate {}(*) does not exist", shown(name)),
                    RoutineKind::Aggregate => format!("aggregate {signature} does not exist"),
                    RoutineKind::Function | RoutineKind::Routine => format!("function {signature} does not exist"),
                }
            }
        };
        fail("42883", message).about(kind_word(kind), self.full_signature(name, inputs)).at(name.span)
    }

    /// `schema.f(integer)`, for the report.
    fn full_signature(&self, name: &ObjectName, inputs: Option<&[Ty]>) -> String {
        let types: Vec<String> = inputs.unwrap_or_default().iter().map(|ty| format_bare(ty, self.catalog)).collect();
        format!("{}.{}({})", quote(name.schema.as_deref().unwrap_or("public")), quote(&name.name), types.join(", "))
    }

    fn check_kind(&self, kind: RoutineKind, name: &ObjectName, id: ObjId) -> Outcome<()> {
        let Some(routine) = self.routine_at(id) else { return Ok(()) };
        let signature = || format_signature(name, routine.inputs().map(|argument| &argument.ty), self.catalog);
        let message = match (kind, routine.kind) {
            (RoutineKind::Function, RoutineKind::Procedure) => format!("{} is not a function", signature()),
            (RoutineKind::Procedure, RoutineKind::Function | RoutineKind::Aggregate) => format!("{} is not a procedure", signature()),
            (RoutineKind::Aggregate, RoutineKind::Function | RoutineKind::Procedure) => {
                format!("function {} is not an aggregate", signature())
            }
            _ => return Ok(()),
        };
        Err(fail("42809", message).about(kind_word(routine.kind), self.catalog_name(id)).at(name.span).into())
    }

    fn catalog_name(&self, id: ObjId) -> String {
        use super::super::Names;
        self.catalog.qualified(id)
    }

    pub(super) fn note_doubt(&self, id: ObjId) {
        if let Some(gap) = self.catalog.doubt_about(id) {
            self.note(gap);
        }
    }

    /// The function of a trigger: without arguments, returning `trigger` (or `event_trigger`).
    pub fn trigger_function(&self, name: &ObjectName, event: bool) -> Outcome<TriggerFunction> {
        let schemas = self.routine_schemas(name)?;
        if Self::reaches_builtin(name) && (TRIGGER_FUNCTIONS.contains(&name.name.as_str()) || name.name.starts_with("RI_FKey_")) {
            return Ok(TriggerFunction::Builtin);
        }
        for &schema in &schemas {
            for id in self.catalog.overloads(Class::Routine, schema, &name.name) {
                let Some(routine) = self.routine_at(id) else { continue };
                if routine.inputs().next().is_some() {
                    continue;
                }
                self.note_doubt(id);
                let wanted = if event { "event_trigger" } else { "trigger" };
                return match &routine.returns {
                    Some(ty) if ty.is(wanted) || ty.is_open() => Ok(TriggerFunction::User(id)),
                    _ => {
                        let message = format!("function {} must return type {wanted}", shown(name));
                        Err(fail("42P17", message).about("function", self.catalog_name(id)).at(name.span).into())
                    }
                };
            }
        }
        if let Some(extension) = self.extension_routine(&name.name) {
            return Ok(TriggerFunction::Extension(extension));
        }
        match self.absent_routine(RoutineKind::Function, name, Some(&[]), &schemas) {
            Err(Stop::Missing(missing)) if missing.open == Some(None) && self.open_extension() && !self.catalog.open_world => {
                Ok(TriggerFunction::Open)
            }
            Err(stop) => Err(stop),
            Ok(_) => Ok(TriggerFunction::Open),
        }
    }
}

/// Whether arguments are of these types; a type that cannot be told is any type.
fn same_types<'a>(mut declared: impl Iterator<Item = &'a Argument>, given: &[Ty]) -> bool {
    let mut given = given.iter();
    loop {
        match (declared.next(), given.next()) {
            (None, None) => return true,
            (Some(declared), Some(given)) => {
                let same = declared.ty.base == given.base && declared.ty.array == given.array;
                if !same && !is_any(&declared.ty) {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// A presumed routine's argument whose type is not known.
fn is_any(ty: &Ty) -> bool {
    matches!(&ty.base, TyBase::Open(name) if name.is_empty())
}

pub(super) fn shown(name: &ObjectName) -> String {
    match &name.schema {
        Some(schema) => format!("{schema}.{}", name.name),
        None => name.name.to_string(),
    }
}

fn kind_word(kind: RoutineKind) -> &'static str {
    match kind {
        RoutineKind::Function | RoutineKind::Routine => "function",
        RoutineKind::Procedure => "procedure",
        RoutineKind::Aggregate => "aggregate",
    }
}
