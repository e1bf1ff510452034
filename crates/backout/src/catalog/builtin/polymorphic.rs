//! The polymorphic pseudo-types: `anyelement` and its family, which must agree exactly, and the `anycompatible` family,
//! which must have a common type.

use arcstr::ArcStr;

use super::{
    Cast, TypeKind, TypeSource, cast,
    resolve::{CommonType, common_type},
    types::{Input, base_type, element_of, is_array},
};

/// Whether a declared type is one of them.
pub(super) fn is_polymorphic(ty: &str) -> bool {
    ty.starts_with("any") && ty != "any"
}

/// What the polymorphic types of one call stand for.
#[derive(Default)]
pub(super) struct Poly {
    element: Option<ArcStr>,
    array: Option<ArcStr>,
    range: Option<ArcStr>,
    multirange: Option<ArcStr>,
    compatible: Option<ArcStr>,
    compatible_range: Option<ArcStr>,
    compatible_multirange: Option<ArcStr>,
    /// No array of the common type can be told, though one is needed.
    pub(super) broken: bool,
}

/// Whether they can stand for anything together.
pub(super) enum Agreement {
    Yes(Poly),
    No,
    Open,
}

/// Puts a type into a slot; false if another is there.
fn agree(slot: &mut Option<ArcStr>, ty: &str) -> bool {
    match slot {
        Some(known) => known == ty,
        None => {
            *slot = Some(ArcStr::from(ty));
            true
        }
    }
}

impl Poly {
    /// Settles them from the arguments given.
    pub(super) fn of<T: TypeSource + ?Sized>(types: &T, declared: &[&str], inputs: &[Input<'_>]) -> Agreement {
        let mut poly = Self::default();
        let mut compatible: Vec<ArcStr> = Vec::new();
        let (mut compatible_array, mut compatible_nonarray) = (false, false);
        for (declared, input) in declared.iter().zip(inputs) {
            compatible_array |= *declared == "anycompatiblearray";
            compatible_nonarray |= *declared == "anycompatiblenonarray";
            if input.is_literal() || !is_polymorphic(declared) {
                continue;
            }
            let Input { name: input, base, facts } = input;
            if facts.kind == TypeKind::Pseudo && !matches!(base.as_str(), "record" | "cstring" | "void") {
                return Agreement::Open;
            }
            let agrees = match *declared {
                "anyelement" => agree(&mut poly.element, input),
                "anynonarray" => !is_array(base, facts) && agree(&mut poly.element, input),
                "anyenum" => facts.kind == TypeKind::Enum && agree(&mut poly.element, input),
                "anyarray" => is_array(base, facts) && agree(&mut poly.array, base),
                "anyrange" => facts.kind == TypeKind::Range && agree(&mut poly.range, base),
                "anymultirange" => facts.kind == TypeKind::Multirange && agree(&mut poly.multirange, base),
                "anycompatible" | "anycompatiblenonarray" => {
                    compatible.push(ArcStr::from(*input));
                    true
                }
                "anycompatiblearray" => {
                    compatible.extend(element_of(base, facts));
                    is_array(base, facts)
                }
                "anycompatiblerange" => {
                    let new = poly.compatible_range.is_none();
                    let agrees = facts.kind == TypeKind::Range && agree(&mut poly.compatible_range, base);
                    compatible.extend(facts.of.clone().filter(|_| agrees && new));
                    agrees
                }
                "anycompatiblemultirange" => {
                    facts.kind == TypeKind::Multirange
                        && agree(&mut poly.compatible_multirange, base)
                        && facts.of.as_ref().is_some_and(|range| {
                            let new = poly.compatible_range.is_none();
                            let agrees = agree(&mut poly.compatible_range, range);
                            compatible.extend(types.ty(range).and_then(|facts| facts.of).filter(|_| agrees && new));
                            agrees
                        })
                }
                _ => return Agreement::Open,
            };
            if !agrees {
                return Agreement::No;
            }
        }
        if let Some(multirange) = &poly.multirange {
            let Some(range) = types.ty(multirange).and_then(|facts| facts.of) else { return Agreement::Open };
            if !agree(&mut poly.range, &range) {
                return Agreement::No;
            }
        }
        if let Some(range) = &poly.range {
            let Some(subtype) = types.ty(range).and_then(|facts| facts.of) else { return Agreement::Open };
            if !agree(&mut poly.element, &subtype) {
                return Agreement::No;
            }
        }
        if let Some(array) = &poly.array {
            let element = types.ty(array).and_then(|facts| element_of(array, &facts));
            let Some(element) = element else { return Agreement::Open };
            if !agree(&mut poly.element, &element) {
                return Agreement::No;
            }
        }
        let forbidden = |wanted: &str, test: fn(TypeKind) -> bool| {
            declared.contains(&wanted)
                && poly.element.as_deref().and_then(|element| types.ty(element)).is_some_and(|facts| !test(facts.kind))
        };
        if forbidden("anynonarray", |kind| kind != TypeKind::Array) || forbidden("anyenum", |kind| kind == TypeKind::Enum) {
            return Agreement::No;
        }
        if compatible.is_empty() {
            // Literals alone are text; a range of them cannot be told.
            poly.compatible = Some(ArcStr::from("text"));
            return Agreement::Yes(poly);
        }
        let branches: Vec<&str> = compatible.iter().map(ArcStr::as_str).collect();
        let common = match common_type(types, &branches) {
            CommonType::One(common) => common,
            CommonType::None => return Agreement::No,
            CommonType::Maybe => return Agreement::Open,
        };
        for branch in &branches {
            match cast(types, branch, &common) {
                Cast::Implicit => {}
                Cast::Maybe => return Agreement::Open,
                _ => return Agreement::No,
            }
        }
        let common_base = base_type(types, &common);
        let common_array = types.ty(&common_base).is_some_and(|facts| is_array(&common_base, &facts));
        if compatible_nonarray && common_array {
            return Agreement::No;
        }
        // It is chosen all the same, and fails then (42704): there are no arrays of arrays.
        poly.broken = compatible_array && types.array_of(&common).is_none();
        if let Some(range) = &poly.compatible_range
            && types.ty(range).and_then(|facts| facts.of) != Some(common.clone())
        {
            return Agreement::No;
        }
        poly.compatible = Some(common);
        Agreement::Yes(poly)
    }

    /// The type that a polymorphic result stands for.
    pub(super) fn result<T: TypeSource + ?Sized>(&self, types: &T, result: &str) -> Option<ArcStr> {
        match result {
            "anyelement" | "anynonarray" | "anyenum" => self.element.clone(),
            "anyarray" => self.array.clone().or_else(|| types.array_of(self.element.as_deref()?)),
            "anyrange" => self.range.clone(),
            "anymultirange" => self.multirange.clone().or_else(|| types.multirange_of(self.range.as_deref()?)),
            "anycompatible" | "anycompatiblenonarray" => self.compatible.clone(),
            "anycompatiblearray" => types.array_of(self.compatible.as_deref()?),
            "anycompatiblerange" => self.compatible_range.clone(),
            "anycompatiblemultirange" => {
                self.compatible_multirange.clone().or_else(|| types.multirange_of(self.compatible_range.as_deref()?))
            }
            _ => None,
        }
    }
}
