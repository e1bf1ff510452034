//! What every PostgreSQL has: the types, functions, operators, casts, operator classes, system relations and
//! parameters of servers 13 to 18, the contents of the contrib extensions, and the rules by which a call or an
//! operator finds what it means (chapter 10 of the manual).
//!
//! The tables are text that `tests/src/bin/builtin.rs` wrote by asking servers. They are read where they stand:
//! a [`Builtin`] is a version number, lookups allocate nothing.
//!
//! Types go by their names in `pg_type`: `int4`, `bpchar`, `_text` for an array of text, and
//! `information_schema.sql_identifier` for the domains there. Types made by scripts are the caller's; it
//! answers for them, and for these here through [`Builtin`], as a [`TypeSource`].

mod best;
mod extension;
mod functions;
mod polymorphic;
mod relations;
mod resolve;
mod spelling;
mod table;
mod types;

#[cfg(test)]
mod tests;

pub use extension::Extension;
pub use functions::{FunctionKind, Overload, Volatility};
pub use relations::{SystemColumn, SystemRelation};
pub use resolve::{CommonType, Resolution, Resolved, common_type, default_opclass_of, opclass_takes, resolve_call, resolve_operator};
pub use spelling::{canonical_type_name, format_type};
pub use types::{Cast, CastMethod, TypeFacts, TypeKind, TypeSource, base_type, cast};

use arcstr::ArcStr;
use table::{Table, table};

const FUNCTIONS: Table = Table::bare(include_str!("functions.txt"));
const SUPPORT: Table = Table::bare(include_str!("support.txt"));
const TYPES: Table = table!("types.txt");
const CASTS: Table = Table::bare(include_str!("casts.txt"));
const OPERATORS: Table = Table::bare(include_str!("operators.txt"));
const OPCLASSES: Table = Table::bare(include_str!("opclasses.txt"));
const RELATIONS: Table = Table::bare(include_str!("relations.txt"));
const NAMES: Table = Table::bare(include_str!("names.txt"));
const SETTINGS: Table = Table::bare(include_str!("settings.txt"));
const EXTENSIONS: &str = include_str!("extensions.txt");

/// Parameters that `pg_settings` does not list.
const UNLISTED_SETTINGS: [&str; 5] = ["default_with_oids", "is_superuser", "role", "seed", "session_authorization"];

/// The built-in catalog of one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Builtin {
    version: u16,
}

/// A list of names that every database has, see [`Builtin::named`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    /// Access methods, of indexes and of tables.
    AccessMethod,
    /// Collations that do not depend on the operating system; others may exist.
    Collation,
    /// Languages; others come with extensions.
    Language,
    /// Predefined roles; whether others exist is open.
    Role,
    /// Tablespaces; whether others exist is open.
    Tablespace,
    /// Text search configurations.
    TsConfig,
    /// Text search dictionaries.
    TsDictionary,
    /// Text search parsers.
    TsParser,
    /// Text search templates.
    TsTemplate,
    /// Foreign-data wrappers (of extensions only).
    Fdw,
    /// Tables and views (of extensions only).
    Relation,
    /// Sequences (of extensions only).
    Sequence,
    /// Event triggers (of extensions only).
    EventTrigger,
    /// Schemas (of extensions only).
    Schema,
}

impl NameKind {
    fn key(self) -> &'static str {
        match self {
            Self::AccessMethod => "am",
            Self::Collation => "collation",
            Self::Language => "language",
            Self::Role => "role",
            Self::Tablespace => "tablespace",
            Self::TsConfig => "ts-config",
            Self::TsDictionary => "ts-dictionary",
            Self::TsParser => "ts-parser",
            Self::TsTemplate => "ts-template",
            Self::Fdw => "fdw",
            Self::Relation => "relation",
            Self::Sequence => "sequence",
            Self::EventTrigger => "event-trigger",
            Self::Schema => "schema",
        }
    }
}

/// Who may change a parameter by SET.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingContext {
    /// Everybody.
    User,
    /// Superusers, and who was granted it.
    Superuser,
    /// Nobody: it takes a configuration file (55P02).
    Server,
    /// Nobody at all (55P02).
    Internal,
}

/// What a parameter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingType {
    /// Text, or not known.
    Text,
    /// A boolean.
    Bool,
    /// One word of a list.
    Enum,
    /// An integer, perhaps with a unit.
    Integer,
    /// A number, perhaps with a unit.
    Real,
}

/// A configuration parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Who may set it.
    pub context: SettingContext,
    /// What it holds.
    pub ty: SettingType,
}

impl Builtin {
    /// The catalog of a major version; those before 13 are answered as 13, those after 18 as 18.
    #[must_use]
    pub fn new(version: u16) -> Self {
        Self { version: version.clamp(13, 18) }
    }

    /// The version it answers for.
    #[must_use]
    pub fn version(self) -> u16 {
        self.version
    }

    /// A type of pg_catalog, an array of one, a system relation's row type, or `information_schema.…`.
    #[must_use]
    pub fn ty(self, name: &str) -> Option<TypeFacts> {
        types::ty(name, self.version)
    }

    /// How a value of one type becomes one of another.
    #[must_use]
    pub fn cast(self, from: &str, to: &str) -> Cast {
        cast(&self, from, to)
    }

    /// The overloads of a function of pg_catalog, support functions excepted.
    pub fn functions(self, name: &str) -> impl Iterator<Item = Overload<'static>> + Clone + use<> {
        functions::overloads(FUNCTIONS.find(name, self.version))
    }

    /// The names of all described functions.
    pub fn function_names(self) -> impl Iterator<Item = &'static str> {
        FUNCTIONS.lines(self.version).map(|line| line.name)
    }

    /// The names of all operators.
    pub fn operator_names(self) -> impl Iterator<Item = &'static str> {
        OPERATORS.lines(self.version).map(|line| line.name)
    }

    /// The names of all types but arrays and row types.
    pub fn type_names(self) -> impl Iterator<Item = &'static str> {
        TYPES.lines(self.version).map(|line| line.name)
    }

    /// Whether pg_catalog has any function, procedure or aggregate of that name.
    #[must_use]
    pub fn function_known(self, name: &str) -> bool {
        FUNCTIONS.find(name, self.version).is_some() || functions::is_support(name, self.version)
    }

    /// Whether it is one whose name is made of a type's, like `int4in`: no list has it.
    #[must_use]
    pub fn is_function_of_type(self, name: &str) -> bool {
        functions::is_of_type(name, self.version)
    }

    /// Which function of pg_catalog a call means.
    ///
    /// An argument of type `"unknown"` is an untyped literal, `None` one whose type cannot be told.
    #[must_use]
    pub fn resolve_function(self, name: &str, arguments: &[Option<&str>]) -> Resolution {
        if FUNCTIONS.find(name, self.version).is_none() && functions::is_support(name, self.version) {
            return Resolution::Maybe { result: None };
        }
        resolve_call(&self, Some(name), self.functions(name), arguments)
    }

    /// The operators of a name: a left operand's type that is empty means a prefix operator.
    pub fn operators(self, name: &str) -> impl Iterator<Item = Overload<'static>> + Clone + use<> {
        functions::overloads(OPERATORS.find(name, self.version))
    }

    /// Which operator of pg_catalog is meant; `left` is absent for prefix operators. For the inner `Option` see
    /// [`Self::resolve_function`].
    #[must_use]
    pub fn operator(self, name: &str, left: Option<Option<&str>>, right: Option<&str>) -> Resolution {
        let name = if name == "!=" { "<>" } else { name };
        resolve_operator(&self, self.operators(name), left, right)
    }

    /// Whether an access method can index a type without being told an operator class; `None` if that cannot be told.
    #[must_use]
    pub fn default_opclass(self, method: &str, ty: &str) -> Option<bool> {
        default_opclass_of(&self, self.opclasses(method).filter(|class| class.default).map(|class| class.input), ty)
    }

    /// The operator classes of an access method.
    pub fn opclasses(self, method: &str) -> impl Iterator<Item = OpClass> + Clone + use<> {
        OPCLASSES.find(method, self.version).into_iter().flat_map(|line| line.words().filter_map(OpClass::read))
    }

    /// A relation of pg_catalog or information_schema.
    #[must_use]
    pub fn system_relation(self, schema: &str, name: &str) -> Option<SystemRelation> {
        relations::find(schema, name, self.version)
    }

    /// All relations of pg_catalog and information_schema, as (schema, relation).
    pub fn system_relations(self) -> impl Iterator<Item = (&'static str, SystemRelation)> {
        relations::all(self.version)
    }

    /// Whether a name is in one of the lists.
    #[must_use]
    pub fn named(self, kind: NameKind, name: &str) -> bool {
        self.names(kind).any(|known| known == name)
    }

    /// One of the lists.
    pub fn names(self, kind: NameKind) -> impl Iterator<Item = &'static str> + Clone + use<> {
        NAMES.find(kind.key(), self.version).into_iter().flat_map(table::Line::words)
    }

    /// A configuration parameter, by its name in lower case. Names with a dot are nobody's: any may be set.
    #[must_use]
    pub fn setting(self, name: &str) -> Option<Setting> {
        if UNLISTED_SETTINGS.contains(&name) {
            return Some(Setting { context: SettingContext::User, ty: SettingType::Text });
        }
        let word = SETTINGS.find(name, self.version)?.words().next().unwrap_or("");
        let context = match word {
            _ if word.starts_with('S') => SettingContext::Superuser,
            _ if word.starts_with('P') => SettingContext::Server,
            _ if word.starts_with('I') => SettingContext::Internal,
            _ => SettingContext::User,
        };
        let ty = match word {
            _ if word.ends_with('b') => SettingType::Bool,
            _ if word.ends_with('e') => SettingType::Enum,
            _ if word.ends_with('i') => SettingType::Integer,
            _ if word.ends_with('r') => SettingType::Real,
            _ => SettingType::Text,
        };
        Some(Setting { context, ty })
    }

    /// What an extension creates; `None` means that its contents are open (postgis, timescaledb, vector, …).
    #[must_use]
    pub fn extension(self, name: &str) -> Option<Extension> {
        extension::find(name, self.version)
    }
}

impl TypeSource for Builtin {
    fn ty(&self, name: &str) -> Option<TypeFacts> {
        types::ty(name, self.version)
    }

    fn cast_entry(&self, from: &str, to: &str) -> Option<(Cast, CastMethod)> {
        types::cast_entry(CASTS.find(from, self.version), to)
    }

    fn multirange_of(&self, range: &str) -> Option<ArcStr> {
        types::multirange_of(range, self.version)
    }
}

/// An operator class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpClass {
    /// Its name.
    pub name: &'static str,
    /// The type that it indexes, perhaps a polymorphic one.
    pub input: &'static str,
    /// Whether it is the default for its type.
    pub default: bool,
}

impl OpClass {
    fn read(word: &'static str) -> Option<Self> {
        let (name, input) = word.split_once(':')?;
        let (input, default) = input.strip_suffix('*').map_or((input, false), |input| (input, true));
        Some(Self { name, input, default })
    }
}
