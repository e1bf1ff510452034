//! Types, and how values get from one to another.

use arcstr::ArcStr;

use super::{RELATIONS, TYPES, polymorphic::is_polymorphic, table::Line};

/// What kind of type it is (`pg_type.typtype`, and arrays as a kind of their own).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TypeKind {
    /// A scalar.
    Base,
    /// A true array.
    Array,
    /// A row type.
    Composite,
    /// A domain.
    Domain,
    /// An enum.
    Enum,
    /// A range.
    Range,
    /// A multirange.
    Multirange,
    /// A pseudo-type, the polymorphic ones among them.
    Pseudo,
}

/// What the rules of chapter 10 need to know of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeFacts {
    /// Its kind.
    pub kind: TypeKind,
    /// `pg_type.typcategory`, a letter.
    pub category: char,
    /// Whether it is preferred in its category.
    pub preferred: bool,
    /// Whether it takes a COLLATE clause.
    pub collatable: bool,
    /// Whether it takes a modifier, as `varchar(20)` does.
    pub takes_modifier: bool,
    /// What it is made of: a domain's base type, an array's element, a range's subtype, a multirange's range.
    pub of: Option<ArcStr>,
}

impl TypeFacts {
    /// Facts of a type made by CREATE TYPE or CREATE DOMAIN; a domain's category is its base type's.
    #[must_use]
    pub fn made(kind: TypeKind, of: Option<ArcStr>) -> Self {
        let category = match kind {
            TypeKind::Base | TypeKind::Domain => 'U',
            TypeKind::Array => 'A',
            TypeKind::Composite => 'C',
            TypeKind::Enum => 'E',
            TypeKind::Range | TypeKind::Multirange => 'R',
            TypeKind::Pseudo => 'P',
        };
        Self { kind, category, preferred: false, collatable: false, takes_modifier: false, of }
    }
}

/// Where a cast may be used; later ones include fewer places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cast {
    /// Everywhere.
    Implicit,
    /// In assignments (INSERT, column defaults, ALTER COLUMN TYPE without USING) and when written.
    Assignment,
    /// Only when written.
    Explicit,
    /// There is none.
    None,
    /// It cannot be told.
    Maybe,
}

/// How a cast works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CastMethod {
    /// By a function.
    Function,
    /// Without work: the types share their bytes.
    Binary,
    /// Through text.
    Text,
}

/// Who knows types and casts by name. [`super::Builtin`] is one; a catalog wraps it and adds its own.
///
/// Names of letters, digits and `_` alone are those of pg_catalog; the source's own must hold something else, as
/// `information_schema.sql_identifier` holds a dot. An array's name is `_` before its element's.
pub trait TypeSource {
    /// What is known of a type; `None` makes the answers that need it "maybe".
    fn ty(&self, name: &str) -> Option<TypeFacts>;

    /// A cast made by CREATE CAST, the built-in ones included.
    fn cast_entry(&self, from: &str, to: &str) -> Option<(Cast, CastMethod)>;

    /// The name of a type's array type.
    fn array_of(&self, element: &str) -> Option<ArcStr> {
        let name = arcstr::format!("_{element}");
        self.ty(&name).map(|_| name)
    }

    /// The name of a range's multirange type.
    fn multirange_of(&self, range: &str) -> Option<ArcStr>;
}

/// Whether a name is one of pg_catalog, where there are no domains.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// One argument of a call, looked up once.
pub(super) struct Input<'i> {
    /// The type; `unknown` for an untyped literal.
    pub(super) name: &'i str,
    /// The type without domains.
    pub(super) base: ArcStr,
    /// What is known of the base type.
    pub(super) facts: TypeFacts,
}

impl<'i> Input<'i> {
    /// The argument, unless its type is not known to the source.
    pub(super) fn new<T: TypeSource + ?Sized>(types: &T, name: &'i str) -> Option<Self> {
        let base = base_type(types, name);
        let facts = types.ty(&base)?;
        Some(Self { name, base, facts })
    }

    pub(super) fn is_literal(&self) -> bool {
        self.name == "unknown"
    }

    /// Whether it becomes the declared type without being told to: Implicit, None or Maybe.
    pub(super) fn fits<T: TypeSource + ?Sized>(&self, types: &T, declared: &str) -> Cast {
        if self.name == declared || self.base == declared || self.is_literal() || declared == "any" || is_polymorphic(declared) {
            return Cast::Implicit;
        }
        let scalar = matches!(self.facts.kind, TypeKind::Base | TypeKind::Enum | TypeKind::Range | TypeKind::Multirange);
        let answer = if scalar && is_plain(declared) && !matches!(self.base.as_str(), "int2vector" | "oidvector") {
            // The usual case by one lookup: nothing but a cast of that very pair can be implicit.
            types.cast_entry(&self.base, declared).map_or(Cast::None, |(cast, _)| cast)
        } else {
            cast(types, self.name, declared)
        };
        match answer {
            Cast::Implicit | Cast::Maybe => answer,
            Cast::Assignment | Cast::Explicit | Cast::None => Cast::None,
        }
    }
}

/// A type with the domains around it taken off.
pub fn base_type<T: TypeSource + ?Sized>(types: &T, name: &str) -> ArcStr {
    let mut name = ArcStr::from(name);
    if is_plain(&name) {
        return name;
    }
    // A domain over a domain over …; the bound is against a source that answers in circles.
    for _ in 0..32 {
        match types.ty(&name) {
            Some(TypeFacts { kind: TypeKind::Domain, of: Some(of), .. }) => name = of,
            _ => break,
        }
    }
    name
}

/// How a value of one type becomes one of another, following the server's own order of questions.
pub fn cast<T: TypeSource + ?Sized>(types: &T, from: &str, to: &str) -> Cast {
    cast_at(types, from, to, true)
}

fn cast_at<T: TypeSource + ?Sized>(types: &T, from: &str, to: &str, arrays: bool) -> Cast {
    if from == to {
        return Cast::Implicit;
    }
    let (Some(source), Some(target)) = (types.ty(from), types.ty(to)) else { return Cast::Maybe };
    if from == "unknown" {
        return if target.kind == TypeKind::Pseudo { Cast::Maybe } else { Cast::Implicit };
    }
    let (base, target_base) = (base_type(types, from), base_type(types, to));
    if base == target_base {
        return Cast::Implicit;
    }
    let (Some(source_base), Some(target_facts)) = (types.ty(&base), types.ty(&target_base)) else { return Cast::Maybe };
    // A cast may name a domain as its source, though the server warns that it is ignored.
    if let Some((cast, _)) = types.cast_entry(&base, &target_base) {
        return cast;
    }
    let rows = |facts: &TypeFacts| facts.kind == TypeKind::Composite;
    if rows(&source_base) && rows(&target_facts) {
        // A table may be another's child.
        return Cast::Maybe;
    }
    if (rows(&source_base) && target_base == "record") || (base == "record" && rows(&target_facts)) {
        return Cast::Implicit;
    }
    // Polymorphic types are settled by the call that they stand in; `record` is a type like others here.
    if target_base == "any" {
        return Cast::Implicit;
    }
    // A string is read as any type, and this is what input functions take.
    if target_base == "cstring" && source.category == 'S' {
        return Cast::Explicit;
    }
    if target_facts.kind == TypeKind::Pseudo {
        return if target_base.starts_with("any") { Cast::Maybe } else { Cast::None };
    }
    if source_base.kind == TypeKind::Pseudo && base != "record" {
        return Cast::Maybe;
    }
    if arrays
        && let TypeKind::Array = target_facts.kind
        && let (Some(element), Some(target_element)) = (element_of(&base, &source_base), &target_facts.of)
    {
        return cast_at(types, &element, target_element, false);
    }
    // Everything has a text form, and string types are read as anything's.
    match (target.category, source.category) {
        ('S', _) => Cast::Assignment,
        (_, 'S') => Cast::Explicit,
        _ => Cast::None,
    }
}

/// The two vectors are arrays to the polymorphic types, though not by kind.
pub(super) fn is_array(name: &str, facts: &TypeFacts) -> bool {
    facts.kind == TypeKind::Array || matches!(name, "int2vector" | "oidvector")
}

/// What an array is made of.
pub(super) fn element_of(name: &str, facts: &TypeFacts) -> Option<ArcStr> {
    match name {
        "int2vector" => Some(ArcStr::from("int2")),
        "oidvector" => Some(ArcStr::from("oid")),
        _ if facts.kind == TypeKind::Array => facts.of.clone(),
        _ => None,
    }
}

/// The facts in a line of the table: category, kind, flags, and what it is made of.
pub(super) fn read(line: Line) -> Option<TypeFacts> {
    let word = line.words().next()?;
    let (letters, of) = word.split_once('=').map_or((word, None), |(letters, of)| (letters, Some(ArcStr::from(of))));
    let mut letters = letters.chars();
    let category = letters.next()?;
    let kind = match letters.next()? {
        'c' => TypeKind::Composite,
        'd' => TypeKind::Domain,
        'e' => TypeKind::Enum,
        'r' => TypeKind::Range,
        'm' => TypeKind::Multirange,
        'p' => TypeKind::Pseudo,
        _ => TypeKind::Base,
    };
    let has = |flag| letters.clone().any(|letter| letter == flag);
    Some(TypeFacts { kind, category, preferred: has('!'), collatable: has('c'), takes_modifier: has('m'), of })
}

pub(super) fn ty(name: &str, version: u16) -> Option<TypeFacts> {
    if let Some(line) = TYPES.find(name, version) {
        return read(line);
    }
    if let Some(element) = name.strip_prefix('_') {
        let facts = TYPES.find(element, version).map(read).or_else(|| RELATIONS.find(element, version).map(|_| None))?;
        if facts.as_ref().is_some_and(|facts| facts.kind == TypeKind::Pseudo && !matches!(element, "record" | "cstring")) {
            return None;
        }
        let (collatable, takes_modifier) = facts.map_or((false, false), |facts| (facts.collatable, facts.takes_modifier));
        return Some(TypeFacts { collatable, takes_modifier, ..TypeFacts::made(TypeKind::Array, Some(ArcStr::from(element))) });
    }
    // Nothing else in pg_catalog has a row type.
    let relation = name.starts_with("pg_").then(|| RELATIONS.find(name, version)).flatten();
    relation.map(|_| TypeFacts::made(TypeKind::Composite, None))
}

/// `target:ef` is a cast to target, explicit, by a function.
pub(super) fn read_cast(word: &'static str) -> Option<(&'static str, Cast, CastMethod)> {
    let (to, letters) = word.split_once(':')?;
    let cast = match letters.get(..1)? {
        "i" => Cast::Implicit,
        "a" => Cast::Assignment,
        _ => Cast::Explicit,
    };
    let method = match letters.get(1..)? {
        "f" => CastMethod::Function,
        "b" => CastMethod::Binary,
        _ => CastMethod::Text,
    };
    Some((to, cast, method))
}

pub(super) fn cast_entry(line: Option<Line>, to: &str) -> Option<(Cast, CastMethod)> {
    line?.words().filter_map(read_cast).find(|(target, ..)| *target == to).map(|(_, cast, method)| (cast, method))
}

pub(super) fn multirange_of(range: &str, version: u16) -> Option<ArcStr> {
    let is_of = |line: &Line| read(*line).is_some_and(|facts| facts.kind == TypeKind::Multirange && facts.of.as_deref() == Some(range));
    TYPES.lines(version).find(is_of).map(|line| ArcStr::from(line.name))
}
