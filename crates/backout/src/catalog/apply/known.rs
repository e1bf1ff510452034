//! Questions about types and classes that every server answers the same way.

use super::{Apply, fail};
use crate::catalog::builtin::{Builtin, Extension, NameKind, default_opclass_of, opclass_takes};
use crate::catalog::context::Outcome;
use crate::catalog::object::{Body, ObjId, Ty, TyBase, Type};
use crate::catalog::{Class, Presence};
use crate::op::{Expr, GenericKind, Name, ObjectName};

impl Apply<'_> {
    /// A collation by its name; those of the operating system are not known, so only odd names are refused.
    pub(super) fn collation(&self, name: Option<&ObjectName>) -> Outcome<Option<Name>> {
        let Some(name) = name else { return Ok(None) };
        let class = Class::Generic(GenericKind::Collation);
        let made = matches!(self.context().look_up(class, name), Ok((Presence::Present(..), _)));
        let known = made || self.builtin.named(NameKind::Collation, &name.name) || looks_like_locale(&name.name) || self.catalog.open_world;
        if !known {
            return Err(fail("42704", format!("collation \"{}\" for encoding \"UTF8\" does not exist", name.name)).at(name.span).into());
        }
        Ok(Some(name.name.clone()).filter(|name| name != "default"))
    }

    /// An extension whose contents are not known is installed.
    pub(super) fn open_extension(&self) -> bool {
        self.catalog
            .members(Class::Extension, ObjId::NONE)
            .any(|id| matches!(self.catalog.get(id).map(|object| &object.body), Some(Body::Extension(extension)) if extension.open))
    }

    /// Certainly no default operator class for the access method.
    pub(super) fn lacks_default_opclass(&self, ty: &Ty, method: &str) -> bool {
        let ty = self.context().without_domain(ty);
        let name = match &ty.base {
            _ if ty.array => Name::from("anyarray"),
            TyBase::Builtin(name) => name.clone(),
            _ if self.catalog_enum(&ty) == Some(true) => Name::from("anyenum"),
            TyBase::User(_) | TyBase::Open(_) => return false,
        };
        if !self.lacks_builtin_opclass(&name, method) {
            return false;
        }
        let extended = self.catalog.members(Class::Extension, ObjId::NONE).any(|id| self.may_bring_default_opclass(id, &name, method));
        let made = self
            .catalog
            .members(Class::Schema, ObjId::NONE)
            .any(|schema| self.catalog.members(Class::Generic(GenericKind::OperatorClass), schema).next().is_some());
        !extended && !made
    }

    /// Whether an installed extension may bring a default operator class that takes a built-in type.
    pub(super) fn may_bring_default_opclass(&self, extension: ObjId, ty: &str, method: &str) -> bool {
        let Some(object) = self.catalog.get(extension) else { return false };
        let Some(contents) = self.builtin.extension(&object.name) else { return true };
        brings_default_opclass(self.builtin, contents, ty, method)
    }

    /// Whether a class of the server's own is what a built-in type has by default.
    pub(super) fn is_default_opclass(&self, class: &str, method: &str, ty: Option<&Ty>) -> bool {
        let Some(ty) = ty.map(|ty| self.context().without_domain(ty)) else { return false };
        let TyBase::Builtin(name) = &ty.base else { return false };
        let takes = |input: &str| default_opclass_of(self.builtin, std::iter::once(input), name) == Some(true);
        !ty.array && self.builtin.opclasses(method).any(|found| found.name == class && found.default && takes(found.input))
    }

    /// A class of the server's own that was named for a built-in type takes it (42804).
    pub(super) fn check_opclass(&self, class: &str, method: &str, ty: &Ty) -> Outcome<()> {
        let base = self.context().without_domain(ty);
        let TyBase::Builtin(name) = &base.base else { return Ok(()) };
        let name = if base.array { format!("_{name}") } else { name.to_string() };
        let mut named = self.builtin.opclasses(method).filter(|found| found.name == class);
        let refuses = named.any(|found| opclass_takes(self.builtin, found.input, &name) == Some(false));
        if refuses && self.user_opclass(class, method).is_none() {
            let print = self.context().format_type(ty, self.catalog);
            return Err(fail("42804", format!("operator class \"{class}\" does not accept data type {print}")).into());
        }
        Ok(())
    }

    /// The same of a built-in type and the server's own classes; remembered, as each index asks.
    pub(super) fn lacks_builtin_opclass(&self, ty: &Name, method: &str) -> bool {
        let key = (method.into(), ty.clone());
        let known = self.catalog.opclasses.borrow().get(&key).copied();
        known.unwrap_or_else(|| {
            let lacks = self.builtin.default_opclass(method, ty) == Some(false);
            self.catalog.opclasses.borrow_mut().insert(key, lacks);
            lacks
        })
    }

    /// The error that values raise which do not fit into the new type, if there can be such.
    pub(super) fn narrows(&self, from: &Ty, to: &Ty) -> Option<&'static str> {
        let context = self.context();
        let (from, to) = (context.without_domain(from), context.without_domain(to));
        let (TyBase::Builtin(one), TyBase::Builtin(two)) = (&from.base, &to.base) else {
            return (from.base != to.base || matches!(self.catalog_enum(&to), Some(true))).then_some("22P02");
        };
        let rank = |name: &str| match name {
            "int2" => 1,
            "int4" => 2,
            "int8" => 3,
            "numeric" => 4,
            _ => 0,
        };
        if rank(one) > 0 && rank(two) > 0 {
            let smaller = rank(two) < rank(one) || (two == "numeric" && !to.modifiers.is_empty() && from.modifiers != to.modifiers);
            return smaller.then_some("22003");
        }
        if matches!(two.as_str(), "text" | "varchar") && to.modifiers.is_empty() {
            return None;
        }
        if matches!(one.as_str(), "text" | "varchar" | "bpchar") && matches!(two.as_str(), "varchar" | "bpchar") {
            let length = |ty: &Ty| ty.modifiers.parse::<u64>().unwrap_or(u64::MAX);
            return (length(&to) < length(&from)).then_some("22001");
        }
        (one != two || from.modifiers != to.modifiers).then_some("22P02")
    }

    fn catalog_enum(&self, ty: &Ty) -> Option<bool> {
        Some(matches!(self.catalog.get(ty.object()?)?.body, Body::Type(Type::Enum(_))))
    }
}

/// Whether an extension may bring a default operator class that takes a built-in type.
pub(super) fn brings_default_opclass(builtin: &Builtin, extension: Extension, ty: &str, method: &str) -> bool {
    let of_method = extension.opclasses().filter(|(found, opclass)| *found == method && opclass.default);
    default_opclass_of(builtin, of_method.map(|(_, opclass)| opclass.input), ty) != Some(false)
}

/// Names such as `en_US`, `de-x-icu`, `en_US.utf8`, `und-x-icu` come from the operating system or ICU.
fn looks_like_locale(name: &str) -> bool {
    let head = name.split(['_', '-', '.', '@']).next().unwrap_or("");
    (2..=3).contains(&head.len()) && head.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// A type's own storage strategy (`pg_type.typstorage`).
pub(super) fn storage(name: &str) -> Option<&'static str> {
    match name {
        "text" | "varchar" | "bpchar" | "bytea" | "json" | "jsonb" | "xml" | "tsvector" | "path" | "polygon" | "bit" | "varbit"
        | "jsonpath" | "int4range" | "int8range" | "numrange" | "daterange" | "tsrange" | "tstzrange" => Some("extended"),
        "numeric" | "inet" | "cidr" => Some("main"),
        "bool" | "char" | "name" | "int2" | "int4" | "int8" | "float4" | "float8" | "money" | "oid" | "date" | "time" | "timetz"
        | "timestamp" | "timestamptz" | "interval" | "uuid" | "point" | "line" | "lseg" | "box" | "circle" | "macaddr" | "macaddr8"
        | "pg_lsn" | "tsquery" | "regclass" | "regproc" | "regtype" | "xid" | "cid" | "tid" => Some("plain"),
        _ => None,
    }
}

/// The name that an indexed expression gives to a generated index name (`FigureIndexColname`).
pub(super) fn index_column_name(expr: &Expr) -> String {
    match expr {
        Expr::Call(call) => call.name.name.to_string(),
        Expr::Cast { expr, ty } => {
            let inner = index_column_name(expr);
            if inner == "expr" { ty.name.to_string() } else { inner }
        }
        Expr::Column { parts, .. } => parts.last().map(ToString::to_string).unwrap_or_else(|| "expr".into()),
        Expr::Collate { expr, .. } | Expr::Subscript { expr, .. } => index_column_name(expr),
        Expr::Field { field, .. } => field.to_string(),
        Expr::Case { otherwise, .. } => match otherwise.as_deref().map(index_column_name) {
            Some(name) if name != "expr" => name,
            _ => "case".into(),
        },
        Expr::Array(_) => "array".into(),
        Expr::Row(_) => "row".into(),
        Expr::Exists(_) => "exists".into(),
        _ => "expr".into(),
    }
}
