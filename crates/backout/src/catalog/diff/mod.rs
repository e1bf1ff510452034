//! Two states of one catalog compared: what an earlier moment had and today lacks, has too much, or has differently.
//!
//! Only slots that changed since the moment are looked at. Objects are matched by what they are called, since putting
//! something back makes a new object; what lies within a table that is itself missing or extra is not listed.

mod cause;
mod definition;
mod fold;
mod owner;
mod text;

pub use self::cause::narrow_causes;
use self::definition::*;
use self::fold::{DOMAIN_CONSTRAINT, IDENTITY, fold_domains, fold_identities};
use self::owner::{is_owned, owner_differs};
use self::text::{BODY, is_text_only};
use super::context::report_kind;
use super::object::{Body, ConstraintKind, ObjId, Object, RelKind, Relation, Ty, Type};
use super::{Before, Catalog, Cause, Mark, Names};
use crate::lexer::{quote, quote_ident};
use crate::op::{GenericKind, Name};
use std::collections::{BTreeMap, BTreeSet};

/// What differs between a mark and today.
#[derive(Clone, Debug, Default)]
pub struct Diff {
    /// What differs.
    pub entries: Vec<DiffEntry>,
    /// Tables whose columns are the same in another order.
    pub column_order: Vec<String>,
    /// Routines whose bodies differ in spaces, comments or case only.
    pub text: Vec<String>,
}

/// One difference.
#[derive(Clone, Debug)]
pub struct DiffEntry {
    /// The kind in the report's words.
    pub kind: &'static str,
    /// The name in the report's form.
    pub name: String,
    /// How it differs.
    pub change: Change,
    /// The definition at the mark, or none.
    pub expected: Option<String>,
    /// The definition today, or none; the new name when it was renamed.
    pub found: Option<String>,
    /// The objects that it was and is.
    pub ids: Vec<ObjId>,
    /// The statements that changed them, oldest first.
    pub causes: Vec<Cause>,
    /// The definition at the mark was presumed: whether it differs depends on the world.
    pub open: bool,
}

/// How an object differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It was there and is not put back.
    Missing,
    /// It was not there and is left behind.
    Extra,
    /// It is there with another definition.
    Changed,
    /// It is there under another name.
    Renamed,
}

impl Change {
    /// The word in reports.
    pub fn id(self) -> &'static str {
        match self {
            Change::Missing => "missing",
            Change::Extra => "extra",
            Change::Changed => "changed",
            Change::Renamed => "renamed",
        }
    }
}

/// What one state has under a kind and name.
struct Entry {
    definition: String,
    id: ObjId,
    /// The table that hides it when the table itself differs in presence.
    table: Option<String>,
    /// Presumed: its definition is not known.
    open: bool,
    /// Its owner, for kinds that have one of their own; empty for the role that runs the scripts.
    owner: Name,
}

impl Entry {
    /// The definition with the owner, for people.
    fn shown(&self) -> String {
        let definition = self.definition.replace(BODY, " ");
        match self.owner.is_empty() {
            true => definition,
            false => format!("{definition} OWNER {}", self.owner),
        }
    }
}

type Entries = BTreeMap<(&'static str, String), Entry>;

/// Compares the state at the mark with today's.
pub fn diff(catalog: &Catalog, mark: Mark) -> Diff {
    let mut changed = catalog.changed_since(mark);
    // What is as it was makes no entry, and what it would print is as it was.
    changed.retain(|id, change| match (change.before, catalog.get(*id)) {
        (Some(then), Some(now)) => !std::sync::Arc::ptr_eq(then, now),
        (None, None) => false,
        _ => true,
    });
    if changed.is_empty() {
        return Diff::default();
    }
    let before = Before::of(catalog, &changed);
    let renamed = changed.iter().any(|(id, change)| match (change.before, catalog.get(*id)) {
        (Some(then), Some(now)) => renames(then, now),
        _ => false,
    });
    let (mut old, mut new) = (Entries::new(), Entries::new());
    let mut causes: BTreeMap<ObjId, &[Cause]> = BTreeMap::new();
    let mut tables: BTreeSet<String> = BTreeSet::new();
    for (&id, change) in &changed {
        causes.insert(id, &change.causes);
        let now = catalog.get(id);
        let shared = match (change.before, now) {
            (Some(then), Some(now)) if !renamed => shared_columns(then, now, |id| changed.contains_key(&id)),
            _ => BTreeSet::new(),
        };
        if let Some(then) = change.before {
            collect(&before, id, then, &shared, &mut old);
        }
        // What was presumed since has always been there.
        if let Some(now) = now.filter(|now| change.before.is_some() || !now.presumed) {
            collect(catalog, id, now, &shared, &mut new);
        }
    }
    let whole = BTreeSet::new();
    // What refers to a renamed thing prints differently although its own slot is as it was.
    let touched = if renamed { catalog.changed_since(mark) } else { BTreeMap::new() };
    let moved = changed.iter().filter(|(id, change)| match (change.before, catalog.get(**id)) {
        (Some(then), Some(now)) => renamed && renames(then, now),
        _ => false,
    });
    let mut moved: Vec<ObjId> = moved.map(|(id, _)| *id).collect();
    // What lies in a schema has its name in all it is called.
    let schemas: BTreeSet<ObjId> = moved.iter().copied().filter(|id| is_schema(catalog, *id)).collect();
    let within = |(id, object): (ObjId, &std::sync::Arc<Object>)| schemas.contains(&object.parent).then_some(id);
    if !schemas.is_empty() {
        moved.extend(catalog.objects().filter_map(within));
    }
    for id in moved {
        for other in catalog.dependents(id).iter().copied().chain([id]) {
            if !touched.contains_key(&other)
                && let Some(object) = catalog.get(other)
            {
                collect(&before, other, object, &whole, &mut old);
                collect(catalog, other, object, &whole, &mut new);
            }
        }
    }
    let mut diff = Diff::default();
    for (kind, name) in old.keys() {
        if hides(kind) && !new.contains_key(&(*kind, name.clone())) {
            tables.insert(name.clone());
        }
    }
    for (kind, name) in new.keys() {
        if hides(kind) && !old.contains_key(&(*kind, name.clone())) {
            tables.insert(name.clone());
        }
    }
    let hidden = |entry: &Entry| entry.table.as_ref().is_some_and(|table| tables.contains(table));
    let statements = |ids: &[ObjId]| {
        let mut all: Vec<Cause> = ids.iter().filter_map(|id| causes.get(id)).flat_map(|list| list.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let mut missing: Vec<((&'static str, String), &Entry)> = Vec::new();
    let mut extra: Vec<((&'static str, String), &Entry)> = Vec::new();
    for (key, then) in &old {
        match new.get(key) {
            None if !hidden(then) => missing.push((key.clone(), then)),
            Some(now) if (then.definition != now.definition || owner_differs(catalog, then, now)) && !hidden(then) => {
                let ids = if then.id == now.id { vec![now.id] } else { vec![then.id, now.id] };
                if is_text_only(&then.definition, &now.definition) && !owner_differs(catalog, then, now) {
                    diff.text.push(key.1.clone());
                    continue;
                }
                diff.entries.push(DiffEntry {
                    kind: key.0,
                    name: key.1.clone(),
                    change: Change::Changed,
                    expected: Some(then.shown()),
                    found: Some(now.shown()),
                    causes: statements(&ids),
                    ids,
                    open: then.open,
                });
            }
            _ => {}
        }
    }
    for (key, now) in &new {
        if !old.contains_key(key) && !hidden(now) {
            extra.push((key.clone(), now));
        }
    }
    // A type that was presumed, and put back as a type of some kind: what it was is not known.
    missing.retain(|(key, then)| {
        let is_type = |kind: &str| matches!(kind, "enum" | "composite" | "domain" | "range");
        let again = extra.iter().position(|(other, _)| key.0 == "type" && then.open && is_type(other.0) && other.1 == key.1);
        let Some((other, now)) = again.map(|at| extra.remove(at)) else { return true };
        let ids = vec![then.id, now.id];
        let (kind, name, found) = (other.0, other.1, Some(now.shown()));
        let causes = statements(&ids);
        diff.entries.push(DiffEntry { kind, name, change: Change::Changed, expected: Some(then.shown()), found, ids, causes, open: true });
        false
    });
    // The same thing under another name: the same slot, or the same definition in the same place.
    for (key, then) in missing {
        let twin = extra.iter().position(|(other, now)| {
            other.0 == key.0
                && can_be_renamed(key.0)
                && (now.id == then.id || (now.definition == then.definition && now.table == then.table && !then.definition.is_empty()))
        });
        match twin {
            Some(at) if key.0 != "column" => {
                let (other, now) = extra.remove(at);
                let ids = vec![then.id, now.id];
                diff.entries.push(DiffEntry {
                    kind: key.0,
                    name: key.1,
                    change: Change::Renamed,
                    expected: Some(then.definition.clone()),
                    found: Some(other.1),
                    causes: statements(&ids),
                    ids,
                    open: then.open,
                });
            }
            _ => diff.entries.push(DiffEntry {
                kind: key.0,
                name: key.1,
                change: Change::Missing,
                expected: Some(then.definition.replace(BODY, " ")),
                found: None,
                causes: statements(&[then.id]),
                ids: vec![then.id],
                open: false,
            }),
        }
    }
    // What belongs to a table that was put back: the old one was not fully known.
    let replaced = |entry: &Entry| {
        let table = entry.table.as_ref().map(|table| ("table", table.clone()));
        let then = table.as_ref().and_then(|table| old.get(table)).filter(|then| then.open);
        then.is_some_and(|then| table.and_then(|table| new.get(&table)).is_some_and(|now| now.id != then.id))
    };
    for (key, now) in extra {
        diff.entries.push(DiffEntry {
            kind: key.0,
            name: key.1,
            change: Change::Extra,
            expected: None,
            found: Some(now.definition.replace(BODY, " ")),
            causes: statements(&[now.id]),
            ids: vec![now.id],
            open: replaced(now),
        });
    }
    diff.column_order = column_orders(catalog, &before, &old, &new);
    fold_domains(&mut diff.entries);
    fold_identities(&mut diff.entries);
    diff
}

/// Whether something about the object changed that others print.
fn renames(then: &Object, now: &Object) -> bool {
    if then.name != now.name || then.parent != now.parent {
        return true;
    }
    match (&then.body, &now.body) {
        (Body::Relation(then), Body::Relation(now)) => {
            then.columns.iter().any(|column| now.column_at(column.number).is_some_and(|other| !other.dropped && other.name != column.name))
        }
        _ => false,
    }
}

/// Kinds whose own absence says enough about what belongs to them.
fn hides(kind: &str) -> bool {
    matches!(kind, "table" | "view" | "matview" | "domain")
}

fn is_schema(catalog: &Catalog, id: ObjId) -> bool {
    catalog.get(id).is_some_and(|object| matches!(object.body, Body::Schema))
}

/// Objects that go by a name which the server often makes: two with one definition are the same under another name.
fn can_be_renamed(kind: &str) -> bool {
    matches!(kind, "sequence" | "index" | "constraint")
}

/// The columns that are the same in both states of a table: they would print the same.
fn shared_columns(then: &Object, now: &Object, changed: impl Fn(ObjId) -> bool) -> BTreeSet<super::object::ColumnNumber> {
    let (Body::Relation(then), Body::Relation(now)) = (&then.body, &now.body) else { return BTreeSet::new() };
    let pairs = then.columns.iter().zip(&now.columns);
    pairs
        .filter(|(then, now)| std::sync::Arc::ptr_eq(then, now) && !then.default.is_some_and(&changed))
        .map(|(column, _)| column.number)
        .collect()
}

/// The entries that one object makes; those of shared columns are left out.
fn collect(names: &dyn Names, id: ObjId, object: &Object, shared: &BTreeSet<super::object::ColumnNumber>, entries: &mut Entries) {
    let kind = report_kind(&object.body);
    if is_temporary(names, object) {
        return;
    }
    let owner = || names.object(object.parent).map(|_| names.qualified(object.parent));
    let mut add = |kind: &'static str, name: String, definition: String, table: Option<String>| {
        let open = object.presumed || definition.starts_with('?');
        // The usual superuser is the one that runs the scripts wherever the two are not told apart.
        let owner = if is_owned(kind) && object.owner != "postgres" { object.owner.clone() } else { Name::default() };
        entries.insert((kind, name), Entry { definition, id, table, open, owner });
    };
    let qualified = names.qualified(id);
    match &object.body {
        Body::Relation(relation) => match &relation.kind {
            RelKind::Index(index) => {
                let clustered = if index.clustered { " CLUSTERED" } else { "" };
                let own = index.constraint.is_some();
                if !own {
                    add(
                        "index",
                        qualified.clone(),
                        format!("{}{clustered}", index_definition(names, relation, index)),
                        Some(names.qualified(index.table)),
                    );
                } else if index.clustered {
                    add(
                        "table",
                        format!("{} clustered", names.qualified(index.table)),
                        clustered.into(),
                        Some(names.qualified(index.table)),
                    );
                }
            }
            RelKind::Sequence(sequence) => {
                // The sequence of an identity column is the column's business.
                let owner =
                    sequence.owned_by.map(|(table, column)| format!("{}.{}", names.qualified(table), column_name(names, table, column)));
                let definition = format!(
                    "{} {} {} {} {} {} {}{}",
                    sequence.ty,
                    sequence.start,
                    sequence.min,
                    sequence.max,
                    sequence.increment,
                    sequence.cache,
                    sequence.cycle,
                    owner.as_ref().map(|owner| format!(" owned by {owner}")).unwrap_or_default()
                );
                let hidden_by = sequence.owned_by.map(|(table, _)| names.qualified(table));
                match owner {
                    Some(column) if sequence.identity => {
                        add("column", format!("{IDENTITY}{column}"), identity_definition(sequence), hidden_by)
                    }
                    _ => add("sequence", qualified.clone(), definition, hidden_by),
                }
            }
            RelKind::View(template) | RelKind::MatView(template) => {
                // The names of its columns may be others than those of the query.
                let columns: Vec<&str> = relation.live_columns().map(|column| column.name.as_str()).collect();
                let definition = format!("{} {} ({})", names.print(template), options_text(relation), columns.join(", "));
                add(kind, qualified.clone(), definition, None);
            }
            RelKind::Table(_) => {
                add("table", qualified.clone(), table_definition(names, relation), None);
                let mut columns = Vec::new();
                for column in relation.live_columns().filter(|column| !shared.contains(&column.number)) {
                    let name = format!("{qualified}.{}", quote(&column.name));
                    let open = column.number >= super::object::PRESUMED_COLUMNS;
                    let (definition, table) = (column_definition(names, column), Some(qualified.clone()));
                    let entry = Entry { definition, id, table, open, owner: Name::default() };
                    columns.push((("column", name), entry));
                }
                entries.extend(columns);
            }
        },
        Body::Constraint(constraint) => {
            if matches!(constraint.kind, ConstraintKind::Trigger) {
                return;
            }
            let Some(table) = owner() else { return };
            let domain = matches!(constraint.kind, ConstraintKind::Domain { .. });
            let mut definition = constraint_definition(names, object.parent, &constraint.kind);
            for (set, word) in [
                (constraint.deferrable, " DEFERRABLE"),
                (constraint.initially_deferred, " INITIALLY DEFERRED"),
                (!constraint.validated, " NOT VALID"),
                (!constraint.enforced, " NOT ENFORCED"),
            ] {
                definition.push_str(if set { word } else { "" });
            }
            if matches!(constraint.kind, ConstraintKind::NotNull { .. }) {
                return;
            }
            if domain {
                add("constraint", format!("{DOMAIN_CONSTRAINT}{qualified}"), definition, Some(table));
            } else {
                add("constraint", qualified.clone(), definition, Some(table));
            }
        }
        Body::Trigger(trigger) => {
            if trigger.parent.is_none() {
                let enabled = format!("{:?}", trigger.enabled);
                add("trigger", qualified.clone(), format!("{} {enabled}", names.print(&trigger.definition)), owner());
            }
        }
        Body::Rule(rule) => add("rule", qualified.clone(), format!("{} {:?}", names.print(&rule.definition), rule.enabled), owner()),
        Body::Policy(policy) => {
            let print =
                |template: &Option<super::template::Template>| template.as_ref().map(|template| names.print(template)).unwrap_or_default();
            let definition = format!(
                "{} {} TO {} USING ({}) WITH CHECK ({})",
                if policy.permissive { "PERMISSIVE" } else { "RESTRICTIVE" },
                policy.command,
                policy.roles.join(", "),
                print(&policy.using),
                print(&policy.check)
            );
            add("policy", qualified.clone(), definition, owner());
        }
        Body::Routine(routine) => {
            let name = routine_name(names, id);
            add(kind, name, routine_definition(names, routine), None);
        }
        Body::Type(ty) => {
            let definition = match ty {
                Type::Enum(labels) => labels.iter().map(|label| format!("'{}'", label.replace('\'', "''"))).collect::<Vec<_>>().join(","),
                Type::Composite(columns) => columns
                    .iter()
                    .filter(|column| !column.dropped)
                    .map(|column| format!("{} {}", quote_ident(&column.name), column_definition(names, column)))
                    .collect::<Vec<_>>()
                    .join(", "),
                Type::Domain(domain) => format!(
                    "{}{}{}{}",
                    type_text(names, &domain.ty),
                    domain.collation.as_ref().map(|collation| format!(" COLLATE {collation}")).unwrap_or_default(),
                    if domain.not_null { " NOT NULL" } else { "" },
                    domain.default.as_ref().map(|default| format!(" DEFAULT {}", names.print(default))).unwrap_or_default()
                ),
                Type::Range { subtype, text } => format!("{} {text}", type_text(names, subtype)),
                Type::Multirange(_) => return,
                Type::Base(text) => text.clone(),
                Type::Shell => "shell".into(),
            };
            add(kind, qualified.clone(), definition, None);
        }
        Body::Schema => add(kind, qualified.clone(), String::new(), None),
        Body::Extension(extension) => {
            let version = extension.version.clone().unwrap_or_default();
            add(kind, object.name.to_string(), version, None);
        }
        Body::EventTrigger(trigger) => {
            add(kind, qualified.clone(), format!("{} {:?}", names.print(&trigger.definition), trigger.enabled), None)
        }
        Body::Cast(cast) => add(kind, object.name.to_string(), format!("{} {}", names.print(&cast.definition), cast.context), None),
        Body::Operator(operator) => {
            let side = |ty: &Option<Ty>| ty.as_ref().map_or("NONE".into(), |ty| type_name(names, ty));
            add(kind, format!("{qualified}({},{})", side(&operator.left), side(&operator.right)), names.print(&operator.definition), None);
        }
        Body::Generic(generic) => {
            // Statistics go with their table.
            let table = match generic.kind {
                GenericKind::Statistics => {
                    object.deps.iter().find(|dep| names.object(dep.on).is_some_and(|on| matches!(on.body, Body::Relation(_))))
                }
                _ => None,
            };
            add(kind, qualified.clone(), names.print(&generic.text), table.map(|dep| names.qualified(dep.on)));
        }
        Body::DefaultPrivileges => {
            let text = object.acl.keys().map(|(role, privilege, _)| format!("{role}={privilege}")).collect::<Vec<_>>().join(",");
            add(kind, object.name.to_string(), text, None);
        }
        // Roles are the cluster's; defaults belong to their column.
        Body::Role | Body::Default(_) => {}
    }
    collect_around(names, id, object, kind, entries);
}

/// Comments and privileges: each an entry of its own, hidden with what they are about.
fn collect_around(names: &dyn Names, id: ObjId, object: &Object, kind: &'static str, entries: &mut Entries) {
    let name = if matches!(object.body, Body::Routine(_)) { routine_name(names, id) } else { names.qualified(id) };
    let table = match &object.body {
        Body::Relation(Relation { kind: RelKind::Index(index), .. }) => names.qualified(index.table),
        Body::Constraint(_) | Body::Trigger(_) | Body::Rule(_) | Body::Policy(_) => names.qualified(object.parent),
        _ => name.clone(),
    };
    let mut add = |kind: &'static str, name: String, definition: String| {
        entries.insert((kind, name), Entry { definition, id, table: Some(table.clone()), open: object.presumed, owner: Name::default() });
    };
    if let Some(comment) = &object.comment {
        add("comment", format!("{kind} {name}"), comment.to_string());
    }
    if let Body::Relation(relation) = &object.body {
        for column in relation.live_columns() {
            if let Some(comment) = &column.comment {
                add("comment", format!("column {name}.{}", quote(&column.name)), comment.to_string());
            }
        }
    }
    if !matches!(object.body, Body::DefaultPrivileges) {
        let mut by_role: BTreeMap<(&Name, u16), Vec<String>> = BTreeMap::new();
        for ((role, privilege, column), option) in &object.acl {
            by_role.entry((role, *column)).or_default().push(format!("{privilege}{}", if *option { "*" } else { "" }));
        }
        for ((role, column), privileges) in by_role {
            let role = match role.as_str() {
                "" => "public",
                "-" => "nobody",
                role => role,
            };
            let on = if column == 0 { format!("{kind} {name}") } else { format!("column {name}.{}", column_name(names, id, column)) };
            add("grant", format!("{on} to {role}"), privileges.join(","));
        }
    }
}

/// The comment or the privileges of an object that an entry of this kind and name is about.
pub fn around(names: &dyn Names, id: ObjId, kind: &'static str, name: &str) -> Option<String> {
    let object = names.object(id)?;
    let mut entries = Entries::new();
    collect_around(names, id, object, report_kind(&object.body), &mut entries);
    entries.remove(&(kind, name.to_owned())).map(|entry| entry.definition)
}

/// Whether it goes with the session.
pub fn is_temporary(names: &dyn Names, object: &Object) -> bool {
    let home = |id| names.object(id).is_some_and(|home: &Object| matches!(home.body, Body::Schema) && home.name == "pg_temp");
    (matches!(object.body, Body::Schema) && object.name == "pg_temp")
        || home(object.parent)
        || names.object(object.parent).is_some_and(|owner| home(owner.parent))
}

/// `schema.f(integer,text)`.
pub fn routine_name(names: &dyn Names, id: ObjId) -> String {
    let args = match names.object(id).map(|object| &object.body) {
        Some(Body::Routine(routine)) => routine
            .inputs()
            .map(|argument| match argument.ty.is("bpchar") {
                true => "character".into(),
                false => type_name(names, &Ty { modifiers: Name::default(), ..argument.ty.clone() }),
            })
            .collect::<Vec<_>>()
            .join(","),
        _ => String::new(),
    };
    format!("{}({args})", names.qualified(id))
}

/// Tables that both states have with the same columns in another order.
fn column_orders(catalog: &Catalog, before: &Before<'_>, old: &Entries, new: &Entries) -> Vec<String> {
    let order = |names: &dyn Names, id: ObjId| -> Vec<Name> {
        match names.object(id).map(|object| &object.body) {
            Some(Body::Relation(relation)) => relation
                .live_columns()
                .filter(|column| column.number < super::object::PRESUMED_COLUMNS)
                .map(|column| column.name.clone())
                .collect(),
            _ => Vec::new(),
        }
    };
    let mut tables = Vec::new();
    for ((kind, name), then) in old {
        if *kind == "table"
            && let Some(now) = new.get(&("table", name.clone()))
        {
            let (then, now) = (order(before, then.id), order(catalog, now.id));
            let (mut a, mut b) = (then.clone(), now.clone());
            a.sort();
            b.sort();
            if a == b && then != now {
                tables.push(name.clone());
            }
        }
    }
    tables
}
