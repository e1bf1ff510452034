//! The entries of two states in pairs: what is missing, left behind, changed or renamed.

use super::collect::{Entries, Entry};
use super::owner::owner_differs;
use super::text::{BODY, is_text_only};
use super::{Change, Diff, DiffEntry};
use crate::catalog::object::{Body, ObjId};
use crate::catalog::{Catalog, Cause, Changed, Mark, is_by};
use crate::lexer::quote;
use litemap::LiteMap;

/// Kind and name.
type Key = (&'static str, String);

/// What one state has and the other does not.
type Single<'a> = (&'a Key, &'a Entry);

/// Both states, to be compared.
pub(super) struct Sides<'a> {
    catalog: &'a Catalog,
    mark: Mark,
    changed: &'a LiteMap<ObjId, Changed<'a>>,
    old: &'a Entries,
    new: &'a Entries,
    /// What only one state has, in order.
    alone: Vec<&'a str>,
    /// That of it whose parts are not listed, in order.
    hiding: Vec<&'a str>,
}

impl<'a> Sides<'a> {
    pub(super) fn new(
        catalog: &'a Catalog,
        mark: Mark,
        changed: &'a LiteMap<ObjId, Changed<'a>>,
        old: &'a Entries,
        new: &'a Entries,
    ) -> Self {
        let only = |here: &'a Entries, there: &'a Entries| here.keys().filter(|key| !there.contains_key(*key));
        let (mut alone, mut hiding) = (Vec::new(), Vec::new());
        for (kind, name) in only(old, new).chain(only(new, old)) {
            alone.push(name.as_str());
            if hides(kind) {
                hiding.push(name.as_str());
            }
        }
        alone.sort_unstable();
        hiding.sort_unstable();
        Self { catalog, mark, changed, old, new, alone, hiding }
    }

    /// Privileges are hidden with whatever they are for, other things with some kinds.
    fn is_hidden(&self, kind: &str, entry: &Entry) -> bool {
        let hiding = if kind == "grant" { &self.alone } else { &self.hiding };
        entry.table.as_ref().is_some_and(|table| hiding.binary_search(&table.as_str()).is_ok())
    }

    /// What was there and is not.
    pub(super) fn missing(&self) -> Vec<Single<'a>> {
        self.old.iter().filter(|(key, then)| !self.new.contains_key(*key) && !self.is_hidden(key.0, then)).collect()
    }

    /// What is there and was not.
    pub(super) fn extra(&self) -> Vec<Single<'a>> {
        self.new.iter().filter(|(key, now)| !self.old.contains_key(*key) && !self.is_hidden(key.0, now)).collect()
    }

    /// What is there under its name and differs.
    pub(super) fn changed(&self, diff: &mut Diff) {
        for (key, then) in self.old {
            let Some(now) = self.new.get(key) else { continue };
            let same = then.definition == now.definition && (then.id == now.id || !takes_moment(key.0, &then.definition));
            let unknown = self.is_unknown(key, then, now);
            if (same && !unknown && !owner_differs(self.catalog, then, now)) || self.is_hidden(key.0, then) {
                continue;
            }
            if !same && is_text_only(&then.definition, &now.definition) && !owner_differs(self.catalog, then, now) {
                diff.text.push(key.1.clone());
                continue;
            }
            let ids = if then.id == now.id { vec![now.id] } else { vec![then.id, now.id] };
            // Labels that were presumed have always been there: others were added or renamed, which shows that they were not.
            let open = then.open && !(key.0 == "enum" && then.id == now.id) || key.0 == "grant" && now.open;
            diff.entries.push(self.entry(key, Change::Changed, Some(then.shown()), Some(now.shown()), ids, open));
        }
    }

    /// Whether something was put back of which nothing is known, and nothing is known of what there was.
    fn is_unknown(&self, key: &Key, then: &Entry, now: &Entry) -> bool {
        let part = |(part, entry): Single<'_>| entry.table.as_ref() == Some(&key.1) && !self.old.contains_key(part);
        then.open && !now.open && then.id != now.id && (hides(key.0) || key.0 == "sequence") && !self.new.iter().any(part)
    }

    /// A type that was presumed and put back as a type of some kind, or a routine that was named without its arguments and
    /// put back with some: what it was is not known.
    pub(super) fn put_back(&self, missing: &mut Vec<Single<'a>>, extra: &mut Vec<Single<'a>>, entries: &mut Vec<DiffEntry>) {
        missing.retain(|(key, then)| {
            let again = extra.iter().position(|(other, _)| self.is_again(other, (key, then)));
            let Some((other, now)) = again.map(|at| extra.remove(at)) else { return true };
            entries.push(self.entry(other, Change::Changed, Some(then.shown()), Some(now.shown()), vec![then.id, now.id], true));
            false
        });
    }

    /// Whether this may be what was there, of which less was known.
    fn is_again(&self, other: &Key, (key, then): Single<'_>) -> bool {
        let before = self.changed.get(&then.id).and_then(|changed| changed.before);
        let unlisted = || before.is_some_and(|object| matches!(&object.body, Body::Routine(routine) if routine.is_unlisted()));
        match key.0 {
            "type" => then.open && matches!(other.0, "enum" | "composite" | "domain" | "range") && other.1 == key.1,
            _ => other.0 == key.0 && other.1.starts_with(key.1.trim_end_matches(')')) && unlisted(),
        }
    }

    /// Whether something else was there in its place that was not fully known.
    fn was_open(&self, key: &Key, now: &Entry) -> bool {
        let replaced = |(old, then): &Single<'_>| then.id != now.id && (*old == key && then.open || self.is_again(key, (old, then)));
        self.old.iter().any(|single| replaced(&single))
    }

    /// What is not there under its name: it has another one, or is missing.
    pub(super) fn renamed_or_missing(&self, missing: Vec<Single<'a>>, extra: &mut Vec<Single<'a>>, entries: &mut Vec<DiffEntry>) {
        for (key, then) in missing {
            let twin = extra.iter().position(|single| is_twin((key, then), *single));
            entries.push(match twin.map(|at| extra.remove(at)) {
                Some(((_, name), now)) => {
                    let (expected, found) = (Some(then.definition.clone()), Some(name.clone()));
                    self.entry(key, Change::Renamed, expected, found, vec![then.id, now.id], then.open)
                }
                None => {
                    // What is said about something presumed was presumed with it.
                    let open = then.open && is_about(key.0);
                    self.entry(key, Change::Missing, Some(then.definition.replace(BODY, " ")), None, vec![then.id], open)
                }
            });
        }
    }

    /// What is there and was not, under no other name either.
    pub(super) fn left_behind(&self, extra: Vec<Single<'a>>, entries: &mut Vec<DiffEntry>) {
        for (key, now) in extra {
            let found = Some(now.definition.replace(BODY, " "));
            let open = key.0 == "role" && now.open || self.is_replaced(key, now);
            entries.push(self.entry(key, Change::Extra, None, found, vec![now.id], open));
        }
    }

    /// Whether it belongs to something that was put back, or of which the forward took something: it was not fully known.
    fn is_replaced(&self, (kind, name): &Key, entry: &Entry) -> bool {
        let by = |id: ObjId, script: Cause| self.causes(&[id]).iter().any(|cause| is_by(*cause, script));
        if is_about(kind) {
            let about = || self.new.iter().find(|(key, other)| other.id == entry.id && !is_about(key.0));
            if entry.open && by(entry.id, 2) || about().is_some_and(|(key, now)| self.was_open(key, now)) {
                return true;
            }
        }
        let Some(table) = &entry.table else { return false };
        let put_back = || by(entry.id, 2) && !(*kind == "column" && self.is_forwards(table, name, entry.id));
        ["table", "view", "matview", "domain", "sequence", "type", "schema", "function"].into_iter().any(|kind| {
            let key = (kind, table.clone());
            let then = self.old.get(&key).filter(|then| then.open);
            then.zip(self.new.get(&key)).is_some_and(|(then, now)| now.id != then.id || (by(then.id, 1) && put_back()))
        })
    }

    /// Whether the table had a column of this name when the rollback began to change it.
    fn is_forwards(&self, table: &str, name: &str, id: ObjId) -> bool {
        let between = self.catalog.replaced_since(self.mark).find(|(slot, _, cause)| *slot == id && is_by(*cause, 2));
        let Some((_, Some(object), _)) = between else { return false };
        let Body::Relation(relation) = &object.body else { return false };
        relation.live_columns().any(|column| name == format!("{table}.{}", quote(&column.name)))
    }

    fn entry(&self, key: &Key, change: Change, expected: Option<String>, found: Option<String>, ids: Vec<ObjId>, open: bool) -> DiffEntry {
        let causes = self.causes(&ids);
        DiffEntry { kind: key.0, name: key.1.clone(), change, expected, found, ids, causes, open }
    }

    /// The statements that changed these objects.
    fn causes(&self, ids: &[ObjId]) -> Vec<Cause> {
        let mut all: Vec<Cause> =
            ids.iter().filter_map(|id| self.changed.get(id)).flat_map(|changed| changed.causes.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Kinds that say something about another object.
fn is_about(kind: &str) -> bool {
    matches!(kind, "grant" | "comment")
}

/// Kinds whose own absence says enough about what belongs to them.
fn hides(kind: &str) -> bool {
    matches!(kind, "table" | "view" | "matview" | "domain")
}

/// Whether it is the same thing under another name: the same slot, or the same definition in the same place.
fn is_twin((key, then): Single<'_>, (other, now): Single<'_>) -> bool {
    let same = || now.definition == then.definition && now.table == then.table && !then.definition.is_empty();
    other.0 == key.0 && can_be_renamed(key.0) && (now.id == then.id || same())
}

/// Objects that go by a name which the server often makes: two with one definition are the same under another name.
fn can_be_renamed(kind: &str) -> bool {
    matches!(kind, "sequence" | "index" | "constraint")
}

/// Whether a definition has a literal that is the moment at which it was made: what is made again has another one.
fn takes_moment(kind: &str, definition: &str) -> bool {
    !matches!(kind, "function" | "procedure" | "trigger") && definition.contains("'now'::time")
}
