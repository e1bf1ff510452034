//! What a connection remembers between its statements: settings, the open transaction.

use super::object::ObjId;
use super::{Catalog, Mark};
use crate::op::{Call, Constant, Expr, FROM_CURRENT, Name, Op, Query, QueryBody, RoutineAttributes, Set};
use litemap::LiteMap;
use std::sync::Arc;

/// What a session remembers between its statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// `search_path`, folded; `$user` left out.
    pub search_path: Arc<[Name]>,
    /// The session's schema of temporary objects, once it has one.
    pub temporary: Option<ObjId>,
    /// `check_function_bodies`.
    pub check_bodies: bool,
    /// `plpgsql.variable_conflict`; empty for its default, `error`.
    pub variable_conflict: Name,
    /// The names of what was prepared.
    pub prepared: Vec<Name>,
    /// `SET ROLE`, `SET SESSION AUTHORIZATION`; empty for the role that connected.
    pub role: Name,
    /// `default_transaction_read_only`.
    pub read_only: bool,
    /// `session_replication_role = replica`: triggers do not fire.
    pub replica: bool,
    /// The transaction that is open, also that of a single statement.
    pub transaction: InTransaction,
}

/// What a transaction remembers.
#[derive(Clone, Debug, Default)]
pub struct InTransaction {
    /// `READ ONLY`.
    pub read_only: bool,
    /// Labels that it added to enums; they cannot be used before its commit.
    pub labels: Vec<(ObjId, Arc<str>)>,
    /// Tables on which triggers certainly wait for its end.
    pub pending: Vec<ObjId>,
    /// What `SET CONSTRAINTS` said.
    pub deferral: Deferral,
    /// Where it began: what was made since is its own.
    pub start: Mark,
    /// The session before the first SET LOCAL.
    before_local: Option<Box<Session>>,
}

impl InTransaction {
    fn is_fresh(&self) -> bool {
        *self == Self::default()
    }
}

/// When a transaction checks the constraints that can wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deferral {
    /// Each as it was declared.
    #[default]
    Declared,
    /// At its end.
    Deferred,
    /// After each statement.
    Immediate,
    /// Some were named: it differs.
    Mixed,
}

impl Deferral {
    /// Whether a constraint certainly waits. `can_wait` says of a deferrable one whether it does so as it was declared.
    pub fn waits(self, can_wait: Option<bool>) -> bool {
        match self {
            Self::Declared => can_wait == Some(true),
            Self::Deferred => can_wait.is_some(),
            Self::Immediate | Self::Mixed => false,
        }
    }

    /// Whether a constraint is certainly checked after each statement.
    pub fn at_once(self, can_wait: Option<bool>) -> bool {
        match self {
            Self::Declared => can_wait != Some(true),
            Self::Deferred | Self::Mixed => can_wait.is_none(),
            Self::Immediate => true,
        }
    }
}

/// Where a transaction began is no part of what it remembers.
impl PartialEq for InTransaction {
    fn eq(&self, other: &Self) -> bool {
        let Self { read_only, labels, pending, deferral, start: _, before_local } = self;
        (*read_only, *deferral) == (other.read_only, other.deferral)
            && (labels, pending, before_local) == (&other.labels, &other.pending, &other.before_local)
    }
}

impl Eq for InTransaction {}

impl Default for Session {
    fn default() -> Self {
        Self {
            search_path: Arc::new([arcstr::literal!("public")]),
            temporary: None,
            check_bodies: true,
            variable_conflict: Name::default(),
            prepared: Vec::new(),
            role: Name::default(),
            read_only: false,
            replica: false,
            transaction: InTransaction::default(),
        }
    }
}

impl Session {
    /// Whether it remembers nothing, as at its beginning.
    pub fn is_fresh(&self) -> bool {
        let Self { search_path, temporary, check_bodies, variable_conflict, role, read_only, replica, transaction, prepared } = self;
        let named = [variable_conflict, role].into_iter().any(|name| !name.is_empty());
        let plain = temporary.is_none() && *check_bodies && !named && !read_only && !replica && prepared.is_empty();
        plain && matches!(&**search_path, [only] if only == "public") && transaction.is_fresh()
    }

    /// A transaction begins, and the one before has ended.
    pub fn begin(&mut self, catalog: &Catalog) {
        self.end();
        self.transaction = InTransaction { read_only: self.read_only, start: catalog.mark(), ..InTransaction::default() };
    }

    /// A transaction ends: what was set for it alone is as it was.
    pub fn end(&mut self) {
        if let Some(before) = self.transaction.before_local.take() {
            self.restore(*before);
        }
        self.transaction = InTransaction::default();
    }

    /// Takes the settings from an earlier moment of the same transaction.
    pub fn restore(&mut self, before: Self) {
        let (temporary, transaction) = (self.temporary, std::mem::take(&mut self.transaction));
        let prepared = std::mem::take(&mut self.prepared);
        *self = Self { temporary, transaction, prepared, ..before };
    }

    /// The same connection with all settings as they were at its beginning.
    pub fn reset(&mut self) {
        let role = std::mem::take(&mut self.role);
        self.restore(Self { role, ..Self::default() });
    }

    /// `SET`, `RESET`.
    pub fn set(&mut self, set: &Set) {
        if set.local && self.transaction.before_local.is_none() {
            let before = Self { transaction: InTransaction::default(), ..self.clone() };
            self.transaction.before_local = Some(Box::new(before));
        }
        let first = || set.values.as_ref().and_then(|values| values.first()).map(|value| value.to_ascii_lowercase());
        match set.name.as_str() {
            "search_path" => {
                let fresh = Self::default().search_path;
                let named = |values: &Vec<String>| {
                    values.iter().map(|value| value.trim().into()).filter(|value: &Name| value != "$user" && !value.is_empty()).collect()
                };
                self.search_path = set.values.as_ref().map_or(fresh, named);
            }
            "check_function_bodies" => self.check_bodies = first().is_none_or(|value| boolean(&value) == Some(true)),
            "plpgsql.variable_conflict" => self.variable_conflict = first().filter(|value| value != "error").unwrap_or_default().into(),
            "default_transaction_read_only" => self.read_only = first().and_then(|value| boolean(&value)) == Some(true),
            "session_replication_role" => self.replica = first().as_deref() == Some("replica"),
            "transaction_read_only" => self.transaction.read_only = first().and_then(|value| boolean(&value)) == Some(true),
            "role" | "session authorization" => {
                self.role = first().filter(|value| value != "none").unwrap_or_default().into();
            }
            "all" => self.reset(),
            _ => {}
        }
    }

    /// The value of a setting, as far as it is followed.
    pub fn current(&self, name: &str) -> String {
        match (name, &*self.search_path) {
            ("search_path", [only]) if only == "public" => "$user, public".to_owned(),
            ("search_path", path) => path.join(", "),
            _ => FROM_CURRENT.to_owned(),
        }
    }

    /// The session within a routine that has settings of its own.
    pub fn within(&self, attributes: &RoutineAttributes) -> Self {
        let mut session = self.clone();
        for (name, value) in &attributes.settings {
            session.set_own(name, value.as_deref());
        }
        session
    }

    /// The same for a routine as the catalog keeps it.
    pub fn within_routine(&self, properties: &LiteMap<Name, String>) -> Self {
        let mut session = self.clone();
        for (name, value) in properties {
            if let Some(name) = name.strip_prefix("set ") {
                session.set_own(name, Some(value));
            }
        }
        session
    }

    fn set_own(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value.filter(|value| *value != FROM_CURRENT) {
            let values = value.split(", ").map(str::to_owned).collect();
            self.set(&Set { name: name.into(), values: Some(values), local: false });
        }
    }
}

/// What a statement sets by calling `set_config` with constants, once and whatever rows there are.
pub fn configured(op: &Op) -> Vec<Set> {
    let Op::Select(query) = op else { return Vec::new() };
    let Query { body: QueryBody::Select(select), .. } = query.as_ref() else { return Vec::new() };
    if !select.from.is_empty() || select.filter.is_some() || !query.with.is_empty() {
        return Vec::new();
    }
    select.items.iter().filter_map(|item| setting(&item.expr)).collect()
}

fn setting(expr: &Expr) -> Option<Set> {
    let Expr::Call(call) = expr else { return None };
    let Call { name, args, .. } = call.as_ref();
    if name.name != "set_config" || !matches!(name.schema.as_deref(), None | Some("pg_catalog")) {
        return None;
    }
    let [(_, Expr::Constant(Constant::String(name))), (_, value), (_, Expr::Constant(Constant::Bool(local)))] = args.as_slice() else {
        return None;
    };
    let values = match value {
        Expr::Constant(Constant::String(value)) => Some(identifiers(value)),
        Expr::Constant(Constant::Null) => None,
        _ => return None,
    };
    Some(Set { name: name.to_ascii_lowercase().into(), values, local: *local })
}

/// The names of a list: folded unless quoted.
fn identifiers(list: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut name = String::new();
    let mut quoted = false;
    for c in list.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => names.push(std::mem::take(&mut name)),
            c if quoted => name.push(c),
            c if c.is_whitespace() => {}
            c => name.push(c.to_ascii_lowercase()),
        }
    }
    names.push(name);
    names
}

/// What a parameter that is a boolean says: any beginning of the words will do that says which one it is.
pub fn boolean(value: &str) -> Option<bool> {
    let value = value.to_ascii_lowercase();
    let begins = |word: &str| !value.is_empty() && word.starts_with(&value);
    match value.as_str() {
        "1" | "on" => Some(true),
        "0" | "of" | "off" => Some(false),
        _ if begins("true") || begins("yes") => Some(true),
        _ if begins("false") || begins("no") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_config_takes_a_list_of_names() {
        assert_eq!(identifiers(r#"Shop, "My Schema",pg_catalog"#), ["shop", "My Schema", "pg_catalog"]);
        assert_eq!(identifiers(""), [""]);
    }

    #[test]
    fn a_session_is_fresh_until_it_is_told_something() {
        let mut session = Session::default();
        assert!(session.is_fresh());
        session.set(&Set { name: "search_path".into(), values: Some(vec!["shop".into()]), local: true });
        assert!(!session.is_fresh());
        session.end();
        assert!(session.is_fresh());
    }

    #[test]
    fn what_is_set_locally_ends_with_the_transaction() {
        let mut session = Session::default();
        let path = |name: &str, local| Set { name: "search_path".into(), values: Some(vec![name.into()]), local };
        session.set(&path("shop", true));
        session.set(&path("app", true));
        assert_eq!(*session.search_path, ["app"]);
        session.end();
        assert_eq!(*session.search_path, ["public"]);
        session.set(&path("shop", false));
        session.end();
        assert_eq!(*session.search_path, ["shop"]);
    }
}
