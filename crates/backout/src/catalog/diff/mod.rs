//! Two states of one catalog compared: what an earlier moment had and today lacks, has too much, or has differently.
//!
//! Only slots that changed since the moment are looked at. Objects are matched by what they are called, since putting
//! something back makes a new object; what lies within a table that is itself missing or extra is not listed.

mod cause;
mod collect;
mod definition;
mod fold;
mod owner;
mod pair;
mod text;

pub use self::cause::narrow_causes;
use self::collect::{Entries, Entry, KeyedEntry, collect};
pub use self::collect::{arguments, around, full_name, is_temporary};
use self::fold::{fold_domains, fold_identities};
use self::pair::Sides;
use super::object::{Body, ColumnNumber, ObjId, Object, PERHAPS};
use super::{Before, Catalog, Cause, Changed, Mark, Names};
use crate::op::Name;
use litemap::LiteMap;
use std::sync::Arc;

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

impl DiffEntry {
    /// The mark that everybody's privilege was taken away, said of the privilege: without the mark it is there.
    pub fn in_words(mut self) -> Self {
        let of = self.name.strip_suffix(collect::NOBODY).filter(|_| self.kind == "grant");
        let change = match self.change {
            Change::Missing => Some(Change::Extra),
            Change::Extra => Some(Change::Missing),
            Change::Changed | Change::Renamed => None,
        };
        if let (Some(of), Some(change)) = (of, change) {
            self.name = format!("{of}public");
            self.change = change;
            std::mem::swap(&mut self.expected, &mut self.found);
        }
        self
    }
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

/// Compares the state at the mark with today's.
pub fn diff(catalog: &Catalog, mark: Mark) -> Diff {
    // What is as it was makes no entry, and what it would print is as it was.
    let changed = catalog.other_since(mark);
    if changed.is_empty() {
        return Diff::default();
    }
    let before = Before::of(catalog, &changed);
    let (old, new) = both_sides(catalog, mark, &before, &changed);
    let sides = Sides::new(catalog, mark, &changed, &old, &new);
    let mut diff = Diff::default();
    let (mut missing, mut extra) = (sides.missing(), sides.extra());
    sides.changed(&mut diff);
    sides.put_back(&mut missing, &mut extra, &mut diff.entries);
    sides.renamed_or_missing(missing, &mut extra, &mut diff.entries);
    sides.left_behind(extra, &mut diff.entries);
    diff.column_order = column_orders(catalog, &before, &old, &new);
    fold_domains(&mut diff.entries);
    fold_identities(&mut diff.entries);
    diff
}

/// What the changed objects make at the mark and today, and what prints differently with them.
fn both_sides(catalog: &Catalog, mark: Mark, before: &Before<'_>, changed: &LiteMap<ObjId, Changed<'_>>) -> (Entries, Entries) {
    let (mut old, mut new) = (Vec::new(), Vec::new());
    let renamed = changed.iter().filter(|(id, change)| match (change.before, catalog.get(**id)) {
        (Some(then), Some(now)) => renames(then, now),
        _ => false,
    });
    let renamed: Vec<ObjId> = renamed.map(|(id, _)| *id).collect();
    for (&id, change) in changed {
        let now = catalog.get(id);
        let mut shared = match (change.before, now) {
            (Some(then), Some(now)) if renamed.is_empty() => shared_columns(then, now, |id| changed.contains_key(&id)),
            _ => Vec::new(),
        };
        if let (Some(then), Some(now)) = (change.before, now) {
            shared.extend(presumed_columns(then, now));
        }
        if let Some(then) = change.before {
            collect(before, id, then, &shared, &mut old);
        }
        // What was presumed since has always been there.
        if let Some(now) = now.filter(|now| change.before.is_some() || !now.presumed || is_perhaps_new(now)) {
            collect(catalog, id, now, &shared, &mut new);
        }
    }
    if !renamed.is_empty() {
        around_renamed(catalog, mark, before, renamed, &mut old, &mut new);
    }
    (old.into_iter().collect(), new.into_iter().collect())
}

/// A role that a program has made if it was not there.
fn is_perhaps_new(object: &Object) -> bool {
    matches!(&object.body, Body::Role(settings) if settings.contains_key(PERHAPS))
}

/// What refers to a renamed thing prints differently although its own slot is as it was.
fn around_renamed(
    catalog: &Catalog,
    mark: Mark,
    before: &Before<'_>,
    renamed: Vec<ObjId>,
    old: &mut Vec<KeyedEntry>,
    new: &mut Vec<KeyedEntry>,
) {
    let touched = catalog.changed_since(mark);
    let mut all = renamed;
    // What lies in a schema has its name in all it is called.
    let schemas: Vec<ObjId> = all.iter().copied().filter(|id| is_schema(catalog, *id)).collect();
    let within = |(id, object): (ObjId, &Arc<Object>)| schemas.contains(&object.parent).then_some(id);
    if !schemas.is_empty() {
        all.extend(catalog.objects().filter_map(within));
    }
    let whole = Vec::new();
    for id in all {
        for other in catalog.dependents(id).iter().copied().chain([id]) {
            if !touched.contains_key(&other)
                && let Some(object) = catalog.get(other)
            {
                collect(before, other, object, &whole, old);
                collect(catalog, other, object, &whole, new);
            }
        }
    }
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

fn is_schema(catalog: &Catalog, id: ObjId) -> bool {
    catalog.get(id).is_some_and(|object| matches!(object.body, Body::Schema))
}

/// The columns that were presumed since: they have always been there.
fn presumed_columns(then: &Object, now: &Object) -> Vec<ColumnNumber> {
    let (Body::Relation(then), Body::Relation(now)) = (&then.body, &now.body) else { return Vec::new() };
    let since = now.live_columns().map(|column| column.number).filter(|&number| number >= super::object::PRESUMED_COLUMNS);
    since.filter(|&number| then.column_at(number).is_none()).collect()
}

/// The columns that are the same in both states of a table: they would print the same.
fn shared_columns(then: &Object, now: &Object, changed: impl Fn(ObjId) -> bool) -> Vec<ColumnNumber> {
    let (Body::Relation(then), Body::Relation(now)) = (&then.body, &now.body) else { return Vec::new() };
    let pairs = then.columns.iter().zip(&now.columns);
    pairs.filter(|(then, now)| Arc::ptr_eq(then, now) && !then.default.is_some_and(&changed)).map(|(column, _)| column.number).collect()
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
            a.sort_unstable();
            b.sort_unstable();
            if a == b && then != now {
                tables.push(name.clone());
            }
        }
    }
    tables
}
