//! Types: from their spelling to what they are, and back to the server's spelling.

use super::super::builtin::{Cast, TypeKind};
use super::super::context::{Context, Missing, Outcome, RelationRef, Stop, Want, fail};
use super::super::object::{Body, Domain, ObjId, RelKind, Ty, TyBase, Type};
use super::super::{Class, GapId, Key, Names, Presence, quote};
use crate::op::{Name, ObjectName, RelationKind, TypeName};
use std::fmt::Write;

/// How sure an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verity {
    /// Certainly so.
    Yes,
    /// Certainly not so.
    No,
    /// It cannot be told.
    Maybe,
}

/// Types that share an operator family of btree, so that each can refer to each other.
const FAMILIES: [&[&str]; 4] =
    [&["int2", "int4", "int8"], &["float4", "float8"], &["date", "timestamp", "timestamptz"], &["text", "varchar", "name"]];

/// The longest `varchar(n)` of the server.
const MAX_LENGTH: i64 = 10_485_760;

impl Context<'_> {
    /// The type that a name means, with its modifiers normalised.
    pub fn ty(&self, name: &TypeName) -> Outcome<Ty> {
        if let Some(column) = &name.of_column {
            return self.type_of_column(name, column);
        }
        let mut ty = self.base_of(name)?;
        ty.modifiers = self.modifiers(&ty, name)?;
        ty.array |= name.dimensions > 0;
        Ok(ty)
    }

    /// The type of `t.c%TYPE`.
    fn type_of_column(&self, name: &TypeName, column: &Name) -> Outcome<Ty> {
        let table = ObjectName { schema: name.schema.clone(), name: name.name.clone(), span: name.span };
        let failure = || fail("42703", format!("column \"{column}\" of relation \"{}\" does not exist", table.name)).at(name.span);
        let mut ty = match self.relation(&table, RelationKind::Table)? {
            RelationRef::User(id) => match self.catalog.relation(id) {
                Some(relation) => match relation.column(column) {
                    Some(column) => Ty { modifiers: Name::default(), ..column.ty.clone() },
                    None => return Err(self.missing_column(id, column, failure())),
                },
                None => return Err(failure().into()),
            },
            RelationRef::System(schema, relation) => {
                let relation = self.builtin.system_relation(schema, &relation);
                let found = relation.and_then(|relation| relation.column(column).map(builtin_ty));
                match found {
                    Some(ty) => ty,
                    None if relation.is_some_and(|relation| relation.is_described()) => return Err(failure().into()),
                    None => open_ty(""),
                }
            }
        };
        ty.array |= name.dimensions > 0;
        Ok(ty)
    }

    /// The stop for a column that a relation lacks; those of presumed relations may exist.
    pub(super) fn missing_column(&self, relation: ObjId, column: &Name, failure: crate::catalog::Failure) -> Stop {
        let open = match self.catalog.relation(relation) {
            Some(_) if self.catalog.column_open(relation, column) => Some(None),
            _ => self.catalog.doubt_about_column(relation, column).map(Some),
        };
        Stop::Missing(Box::new(Missing { want: Want::Column(relation, column.clone()), failure, open }))
    }

    /// The type without modifiers and dimensions.
    fn base_of(&self, name: &TypeName) -> Outcome<Ty> {
        match name.schema.as_deref() {
            Some("pg_catalog") => self.builtin_type(&name.name).ok_or_else(|| no_type(name).into()),
            Some("information_schema") => {
                let full = format!("information_schema.{}", name.name);
                self.builtin_type(&full).or_else(|| self.builtin_type(&name.name)).ok_or_else(|| no_type(name).into())
            }
            Some(_) => {
                let schema = self.schema(name.schema.as_ref().unwrap_or(&name.name), name.span)?;
                let mut open = None;
                self.type_in(schema, &name.name, &mut open).map_or_else(|| self.absent_type(name, schema, open), Ok)
            }
            None => {
                // The session's temporary schema comes even before pg_catalog.
                let mut open = None;
                if let Some(temporary) = self.session.temporary
                    && let Some(ty) = self.type_in(temporary, &name.name, &mut open)
                {
                    return Ok(ty);
                }
                if let Some(ty) = self.builtin_type(&name.name) {
                    return Ok(ty);
                }
                let (mut home, mut open) = (None, None);
                for schema in self.path() {
                    let mut here = None;
                    if let Some(ty) = self.type_in(schema, &name.name, &mut here) {
                        return Ok(ty);
                    }
                    if Some(schema) != self.session.temporary {
                        home = home.or(Some(schema));
                        open = open.or(here.map(|gap| (gap, schema)));
                    }
                }
                match open {
                    Some((gap, schema)) => self.absent_type(name, schema, Some(gap)),
                    None => self.absent_type(name, home.unwrap_or_else(|| self.catalog.public()), None),
                }
            }
        }
    }

    /// A type of pg_catalog by its name, `_name` for its array.
    pub(super) fn builtin_type(&self, name: &str) -> Option<Ty> {
        self.builtin.ty(name)?;
        Some(builtin_ty(name))
    }

    /// A type of a schema: its own, a relation's row type, or an array by the server's name for it.
    fn type_in(&self, schema: ObjId, name: &Name, open: &mut Option<Option<GapId>>) -> Option<Ty> {
        for class in [Class::Type, Class::Relation] {
            match self.find(&Key::new(class, schema, name.clone())) {
                Presence::Present(id, _) if class == Class::Type || self.has_row_type(id) => return Some(Ty::user(id)),
                Presence::Open(gap) if class == Class::Type => *open = Some(gap),
                Presence::Present(..) | Presence::Open(_) | Presence::Absent => {}
            }
        }
        let element = name.strip_prefix('_').filter(|element| !element.is_empty())?;
        let ty =
            [Class::Type, Class::Relation].into_iter().find_map(|class| match self.catalog.look_up(&Key::new(class, schema, element)) {
                Presence::Present(id, _) if class == Class::Type || self.has_row_type(id) => Some(Ty::user(id)),
                _ => None,
            })?;
        Some(Ty { array: true, ..ty })
    }

    fn has_row_type(&self, id: ObjId) -> bool {
        self.catalog.relation(id).is_some_and(|relation| !matches!(relation.kind, RelKind::Index(_) | RelKind::Sequence(_)))
    }

    fn absent_type(&self, name: &TypeName, schema: ObjId, open: Option<Option<GapId>>) -> Outcome<Ty> {
        let failure = no_type(name);
        // These three look like types and are not: no world has them.
        if name.schema.is_none() && matches!(name.name.as_str(), "serial" | "bigserial" | "smallserial") {
            return Err(failure.into());
        }
        match self.extension_type(name.schema.as_ref(), &name.name) {
            Verity::Yes => return Ok(open_ty(&name.name)),
            Verity::Maybe if open.is_none() => return Ok(open_ty(&name.name)),
            Verity::Maybe | Verity::No => {}
        }
        Err(Stop::Missing(Box::new(Missing { want: Want::Type(schema, name.name.clone()), failure, open })))
    }

    /// Whether an installed extension makes a type of this name.
    fn extension_type(&self, schema: Option<&Name>, name: &str) -> Verity {
        let element = name.strip_prefix('_').unwrap_or(name);
        if self.installed_in(schema).iter().any(|(_, known)| known.ty(element).is_some() || known.ty(name).is_some()) {
            return Verity::Yes;
        }
        if self.open_extension() { Verity::Maybe } else { Verity::No }
    }

    /// Whether an extension whose contents are not known is installed: then any function or operator may exist.
    pub(super) fn open_extension(&self) -> bool {
        self.catalog.members(Class::Extension, ObjId::NONE).any(|id| {
            self.catalog.get(id).is_some_and(|object| {
                matches!(&object.body, Body::Extension(extension) if extension.open) && self.builtin.extension(&object.name).is_none()
            })
        })
    }

    /// Modifiers as `format_type` prints them.
    fn modifiers(&self, ty: &Ty, name: &TypeName) -> Outcome<Name> {
        let written = name.modifiers.as_slice();
        let Some(first) = written.first() else { return Ok(Name::default()) };
        let as_written = || Name::from(written.join(","));
        let TyBase::Builtin(base) = &ty.base else {
            let takes = match ty.object().and_then(|id| self.catalog.get(id)).map(|object| &object.body) {
                Some(Body::Type(Type::Base(_) | Type::Shell)) | None => true,
                Some(_) => false,
            };
            return if takes { Ok(as_written()) } else { Err(no_modifier(name)) };
        };
        let numbers: Option<Vec<i64>> = written.iter().map(|modifier| modifier.parse().ok()).collect();
        let invalid = |message: String| Err(Stop::from(fail("22023", message).at(name.span)));
        match base.as_str() {
            "varchar" | "bpchar" | "bit" | "varbit" => {
                let Some(&[length]) = numbers.as_deref() else { return Ok(as_written()) };
                let shown = if base == "bpchar" { "char" } else { base.as_str() };
                if length < 1 {
                    return invalid(format!("length for type {shown} must be at least 1"));
                }
                let most = if matches!(base.as_str(), "bit" | "varbit") { MAX_LENGTH * 8 } else { MAX_LENGTH };
                if length > most {
                    return invalid(format!("length for type {shown} cannot exceed {most}"));
                }
                Ok(first.clone())
            }
            "numeric" => {
                let (precision, scale) = match numbers.as_deref() {
                    Some(&[precision]) => (precision, 0),
                    Some(&[precision, scale]) => (precision, scale),
                    Some(_) => return invalid("invalid NUMERIC type modifier".into()),
                    None => return Ok(as_written()),
                };
                if !(1..=1000).contains(&precision) {
                    return invalid(format!("NUMERIC precision {precision} must be between 1 and 1000"));
                }
                if self.catalog.version < 15 && !(0..=precision).contains(&scale) {
                    return invalid(format!("NUMERIC scale {scale} must be between 0 and precision {precision}"));
                }
                if !(-1000..=1000).contains(&scale) {
                    return invalid(format!("NUMERIC scale {scale} must be between -1000 and 1000"));
                }
                Ok(format!("{precision},{scale}").into())
            }
            "timestamp" | "timestamptz" | "time" | "timetz" => match numbers.as_deref() {
                Some(&[precision]) if precision > 6 => Ok("6".into()),
                _ => Ok(as_written()),
            },
            "interval" => Ok(match written {
                [fields, precision] => format!("{fields}({precision})").into(),
                _ => as_written(),
            }),
            _ => match self.builtin.ty(base) {
                Some(facts) if !facts.takes_modifier => Err(no_modifier(name)),
                _ => Ok(as_written()),
            },
        }
    }

    /// A type in the server's spelling.
    pub fn format_type(&self, ty: &Ty, names: &dyn Names) -> String {
        format_type(ty, names)
    }

    /// A type's base type where it is a domain; domains over domains are followed.
    pub fn without_domain(&self, ty: &Ty) -> Ty {
        let mut ty = ty.clone();
        // The bound is against a catalog that answers in circles.
        for _ in 0..32 {
            match self.domain(&ty) {
                Some(domain) => ty = domain.ty.clone(),
                None => break,
            }
        }
        ty
    }

    pub(super) fn domain(&self, ty: &Ty) -> Option<&Domain> {
        if ty.array {
            return None;
        }
        match &self.catalog.get(ty.object()?)?.body {
            Body::Type(Type::Domain(domain)) => Some(domain),
            _ => None,
        }
    }

    /// Whether a value of one type can be stored in a column of another without saying how.
    pub fn assignable(&self, from: &Ty, to: &Ty) -> Verity {
        match self.cast(from, to) {
            Cast::Implicit | Cast::Assignment => Verity::Yes,
            Cast::Explicit | Cast::None => Verity::No,
            Cast::Maybe => Verity::Maybe,
        }
    }

    /// Whether a foreign key can compare its column with the referenced one: by an operator of the referenced type's
    /// own family, or because the referencing type becomes the referenced one by itself.
    pub fn comparable(&self, from: &Ty, to: &Ty) -> Verity {
        let (from, to) = (self.without_domain(from), self.without_domain(to));
        if from.base == to.base && from.array == to.array {
            return Verity::Yes;
        }
        match (&from.base, &to.base) {
            (TyBase::Builtin(from_name), TyBase::Builtin(to_name)) => {
                let related = |family: &&[&str]| family.contains(&from_name.as_str()) && family.contains(&to_name.as_str());
                if !from.array && !to.array && FAMILIES.iter().any(related) {
                    return Verity::Yes;
                }
            }
            (TyBase::Open(_), _) | (_, TyBase::Open(_)) => return Verity::Maybe,
            _ => {}
        }
        // What a base type of the schema or of an extension compares with is not known here.
        if self.facts(&from).is_none() || self.facts(&to).is_none() {
            return Verity::Maybe;
        }
        match self.cast(&from, &to) {
            Cast::Implicit => Verity::Yes,
            Cast::Maybe => Verity::Maybe,
            Cast::Assignment | Cast::Explicit | Cast::None if self.facts(&to).is_some_and(|facts| facts.kind == TypeKind::Base) => {
                let foreign =
                    |ty: &Ty| matches!(ty.base, TyBase::User(_)) && self.facts(ty).is_some_and(|facts| facts.kind == TypeKind::Base);
                if foreign(&from) || foreign(&to) { Verity::Maybe } else { Verity::No }
            }
            Cast::Assignment | Cast::Explicit | Cast::None => Verity::No,
        }
    }
}

/// A type of pg_catalog by its catalog name.
pub(super) fn builtin_ty(name: &str) -> Ty {
    match name.strip_prefix('_') {
        Some(element) => Ty { array: true, ..Ty::builtin(element) },
        None => Ty::builtin(name),
    }
}

/// A type of which only the name is known.
pub(super) fn open_ty(name: &str) -> Ty {
    Ty { base: TyBase::Open(name.into()), modifiers: Name::default(), array: false }
}

impl Ty {
    /// Whether what the type is cannot be told.
    pub fn is_open(&self) -> bool {
        matches!(self.base, TyBase::Open(_))
    }

    /// Whether it is this type of pg_catalog, and no array.
    pub fn is(&self, name: &str) -> bool {
        !self.array && matches!(&self.base, TyBase::Builtin(base) if base == name)
    }
}

fn written(name: &TypeName) -> String {
    let schema = name.schema.as_ref().map(|schema| format!("{schema}.")).unwrap_or_default();
    format!("{schema}{}", name.name)
}

fn no_type(name: &TypeName) -> crate::catalog::Failure {
    let shown = written(name);
    let array = if name.dimensions > 0 { "[]".repeat(usize::from(name.dimensions)) } else { String::new() };
    let full = format!("{}.{}", quote(name.schema.as_deref().unwrap_or("public")), quote(&name.name));
    fail("42704", format!("type \"{shown}{array}\" does not exist")).about("type", full).at(name.span)
}

fn no_modifier(name: &TypeName) -> Stop {
    fail("42601", format!("type modifier is not allowed for type \"{}\"", written(name))).at(name.span).into()
}

/// A type in the server's spelling: types of pg_catalog and public go without their schema.
pub fn format_type(ty: &Ty, names: &dyn Names) -> String {
    let mut text = String::new();
    match &ty.base {
        TyBase::Builtin(name) => format_builtin(name, &ty.modifiers, &mut text),
        TyBase::User(id) => {
            text.push_str(&type_name(*id, names));
            with_modifiers(&mut text, &ty.modifiers);
        }
        TyBase::Open(name) => {
            text.push_str(&quote(name));
            with_modifiers(&mut text, &ty.modifiers);
        }
    }
    if ty.array {
        text.push_str("[]");
    }
    text
}

/// `f(integer, text)`: a routine as the server's messages name it.
pub fn format_signature<'a>(name: &ObjectName, args: impl IntoIterator<Item = &'a Ty>, names: &dyn Names) -> String {
    let mut text = match &name.schema {
        Some(schema) => format!("{schema}.{}(", name.name),
        None => format!("{}(", name.name),
    };
    for (at, ty) in args.into_iter().enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        text.push_str(&format_bare(ty, names));
    }
    text.push(')');
    text
}

/// A type without its modifiers, as signatures and messages print it.
pub(super) fn format_bare(ty: &Ty, names: &dyn Names) -> String {
    match &ty.base {
        TyBase::Builtin(name) if name == "bpchar" => if ty.array { "character[]" } else { "character" }.into(),
        _ if ty.modifiers.is_empty() => format_type(ty, names),
        _ => format_type(&Ty { modifiers: Name::default(), ..ty.clone() }, names),
    }
}

/// The name of a type of the schema: types of public go without it.
fn type_name(id: ObjId, names: &dyn Names) -> String {
    let Some(object) = names.object(id) else { return "?".into() };
    match names.object(object.parent) {
        Some(schema) if schema.name != "public" => format!("{}.{}", quote(&schema.name), quote(&object.name)),
        _ => quote(&object.name),
    }
}

fn with_modifiers(text: &mut String, modifiers: &str) {
    if !modifiers.is_empty() {
        let _ = write!(text, "({modifiers})");
    }
}

/// The SQL name of a built-in type.
pub(super) fn builtin_name(name: &str, modifiers: &str) -> String {
    let mut text = String::new();
    format_builtin(name, modifiers, &mut text);
    text
}

fn format_builtin(name: &str, modifiers: &str, text: &mut String) {
    let (spelling, rest) = match name {
        "int2" => ("smallint", ""),
        "int4" => ("integer", ""),
        "int8" => ("bigint", ""),
        "float4" => ("real", ""),
        "float8" => ("double precision", ""),
        "bool" => ("boolean", ""),
        "varchar" => ("character varying", ""),
        "bpchar" if !modifiers.is_empty() => ("character", ""),
        "varbit" => ("bit varying", ""),
        "char" => ("\"char\"", ""),
        "timestamp" => ("timestamp", " without time zone"),
        "timestamptz" => ("timestamp", " with time zone"),
        "time" => ("time", " without time zone"),
        "timetz" => ("time", " with time zone"),
        "interval" if modifiers.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            let _ = write!(text, "interval {modifiers}");
            return;
        }
        name => (name, ""),
    };
    text.push_str(spelling);
    with_modifiers(text, modifiers);
    text.push_str(rest);
}
