//! The types and casts of the schema, added to those that every server has.
//!
//! The built-in rules know types by name. Here a type of pg_catalog has its own name, one of the schema `#` and its
//! slot, one that only an extension's list knows `?` and its name; `_` before it makes an array.

use super::super::builtin::{Cast, CastMethod, TypeFacts, TypeKind, TypeSource, cast};
use super::super::context::Context;
use super::super::object::{Body, ObjId, RelKind, Ty, TyBase, Type};
use super::super::{Class, Key, Names, Presence};
use super::types::builtin_ty;
use crate::op::Name;
use arcstr::ArcStr;

/// The name of a type of which nothing is known, as [`type_key`] makes it of [`Ty::open`].
pub(super) const WHOLLY_OPEN: &str = "??";

/// A type by the name that the built-in rules know it by.
pub(super) fn type_key(ty: &Ty) -> ArcStr {
    match (&ty.base, ty.array) {
        (TyBase::Builtin(name), false) => name.clone(),
        (TyBase::Builtin(name), true) => arcstr::format!("_{name}"),
        (TyBase::User(id), false) => arcstr::format!("#{}", id.0),
        (TyBase::User(id), true) => arcstr::format!("_#{}", id.0),
        (TyBase::Open(name), false) => arcstr::format!("?{name}"),
        (TyBase::Open(name), true) => arcstr::format!("_?{name}"),
    }
}

/// The type of a name that [`type_key`] made.
pub(super) fn type_of_key(key: &str) -> Ty {
    let (element, array) = match key.strip_prefix('_') {
        Some(element) if element.starts_with(['#', '?']) => (element, true),
        _ => (key, false),
    };
    let base = if let Some(id) = element.strip_prefix('#').and_then(|number| number.parse().ok()) {
        TyBase::User(ObjId(id))
    } else if let Some(name) = element.strip_prefix('?') {
        TyBase::Open(name.into())
    } else {
        return builtin_ty(key);
    };
    Ty { base, modifiers: Name::default(), array }
}

impl TypeSource for Context<'_> {
    fn ty(&self, name: &str) -> Option<TypeFacts> {
        if !name.starts_with(['#', '?', '_']) {
            return self.builtin.ty(name);
        }
        if let Some(element) = name.strip_prefix('_') {
            if !element.starts_with(['#', '?']) {
                return self.builtin.ty(name);
            }
            let facts = TypeSource::ty(self, element)?;
            let array = TypeFacts::made(TypeKind::Array, Some(element.into()));
            return Some(TypeFacts { collatable: facts.collatable, takes_modifier: facts.takes_modifier, ..array });
        }
        if let Some(name) = name.strip_prefix('?') {
            return self.installed().find_map(|extension| extension.ty(name));
        }
        let id = ObjId(name.strip_prefix('#')?.parse().ok()?);
        let object = self.catalog.get(id)?;
        match &object.body {
            Body::Relation(relation) => {
                let row = !matches!(relation.kind, RelKind::Index(_) | RelKind::Sequence(_));
                row.then(|| TypeFacts::made(TypeKind::Composite, None))
            }
            Body::Type(Type::Enum(_)) => Some(TypeFacts::made(TypeKind::Enum, None)),
            Body::Type(Type::Composite(_)) => Some(TypeFacts::made(TypeKind::Composite, None)),
            Body::Type(Type::Domain(domain)) => {
                let base = type_key(&domain.ty);
                let facts = TypeSource::ty(self, &base)?;
                Some(TypeFacts { kind: TypeKind::Domain, of: Some(base), preferred: false, takes_modifier: false, ..facts })
            }
            Body::Type(Type::Range { subtype, .. }) => Some(TypeFacts::made(TypeKind::Range, Some(type_key(subtype)))),
            Body::Type(Type::Multirange(range)) => Some(TypeFacts::made(TypeKind::Multirange, Some(arcstr::format!("#{}", range.0)))),
            Body::Type(Type::Base(_)) => {
                let extension = self.catalog.object(object.extension?)?;
                self.builtin.extension(&extension.name)?.ty(&object.name)
            }
            _ => None,
        }
    }

    fn cast_entry(&self, from: &str, to: &str) -> Option<(Cast, CastMethod)> {
        let entry = self.builtin.cast_entry(from, to);
        if entry.is_some() {
            return entry;
        }
        for id in self.catalog.members(Class::Cast, ObjId::NONE) {
            if let Some(object) = self.catalog.get(id)
                && let Body::Cast(made) = &object.body
                && type_key(&made.source) == from
                && type_key(&made.target) == to
            {
                let context = match made.context {
                    'i' => Cast::Implicit,
                    'a' => Cast::Assignment,
                    _ => Cast::Explicit,
                };
                return Some((context, CastMethod::Function));
            }
        }
        if let (None, None) = (self.extension_name(from), self.extension_name(to)) {
            return None;
        }
        let (from, to) = (self.extension_name(from).unwrap_or(from.into()), self.extension_name(to).unwrap_or(to.into()));
        let mut casts = self.installed().flat_map(|extension| extension.casts());
        casts.find(|(source, target, ..)| *source == from && *target == to).map(|(_, _, context, method)| (context, method))
    }

    fn multirange_of(&self, range: &str) -> Option<ArcStr> {
        let Some(id) = range.strip_prefix('#') else { return self.builtin.multirange_of(range) };
        let id = ObjId(id.parse().ok()?);
        let is_its = |candidate: &&ObjId| matches!(self.catalog.get(**candidate).map(|object| &object.body), Some(Body::Type(Type::Multirange(of))) if *of == id);
        self.catalog.dependents(id).iter().find(is_its).map(|multirange| arcstr::format!("#{}", multirange.0))
    }
}

impl Context<'_> {
    /// What the rules need to know of a type.
    pub(super) fn facts(&self, ty: &Ty) -> Option<TypeFacts> {
        TypeSource::ty(self, &type_key(ty))
    }

    /// How a value of one type becomes one of another.
    pub fn cast(&self, from: &Ty, to: &Ty) -> Cast {
        if from.base == to.base && from.array == to.array {
            return Cast::Implicit;
        }
        cast(self, &type_key(from), &type_key(to))
    }

    /// The installed extensions of known contents.
    pub(super) fn installed(&self) -> impl Iterator<Item = super::super::builtin::Extension> + '_ {
        let ids = self.catalog.members(Class::Extension, ObjId::NONE);
        ids.filter_map(|id| self.builtin.extension(&self.catalog.get(id)?.name))
    }

    /// The installed extensions of known contents whose objects a name with or without a schema can mean.
    pub(super) fn installed_in(&self, schema: Option<&Name>) -> Vec<(ObjId, super::super::builtin::Extension)> {
        let mut found = Vec::new();
        for id in self.catalog.members(Class::Extension, ObjId::NONE) {
            let Some(object) = self.catalog.get(id) else { continue };
            let Some(extension) = self.builtin.extension(&object.name) else { continue };
            let home = object
                .deps
                .iter()
                .map(|dep| dep.on)
                .find(|on| matches!(self.catalog.object(*on).map(|object| &object.body), Some(Body::Schema)));
            let visible = match (home, schema) {
                (None, _) => true,
                (Some(home), None) => self.path().contains(&home),
                (Some(home), Some(schema)) => self.catalog.object(home).is_some_and(|object| object.name == *schema),
            };
            if visible {
                found.push((id, extension));
            }
        }
        found
    }

    /// The name by which an extension's lists know a type that it made; none for all others.
    pub(super) fn extension_name(&self, key: &str) -> Option<Name> {
        let (element, array) = key.strip_prefix('_').map_or((key, ""), |element| (element, "_"));
        if let Some(name) = element.strip_prefix('?') {
            return Some(arcstr::format!("{array}{name}"));
        }
        let object = self.catalog.get(ObjId(element.strip_prefix('#')?.parse().ok()?))?;
        object.extension.map(|_| arcstr::format!("{array}{}", object.name))
    }

    /// The name that the rules use for a type which an extension's lists name.
    pub(super) fn extension_type_key(&self, name: &str) -> ArcStr {
        if name.is_empty() || self.builtin.ty(name).is_some() {
            return name.into();
        }
        let (element, array) = name.strip_prefix('_').map_or((name, ""), |element| (element, "_"));
        let home = self.path().into_iter().find_map(|schema| match self.catalog.look_up(&Key::new(Class::Type, schema, element)) {
            Presence::Present(id, _) if self.catalog.get(id).is_some_and(|object| object.extension.is_some()) => Some(id),
            _ => None,
        });
        match home {
            Some(id) => arcstr::format!("{array}#{}", id.0),
            None => arcstr::format!("{array}?{element}"),
        }
    }
}
