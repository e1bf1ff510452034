//! The store of the catalog: slots, names, the reverse index of dependencies, and the journal.
//!
//! Nobody else reaches the fields, so that whatever is read or changed is seen by [`super::trace`]. What is not known of the
//! time before the scripts is in `worlds`, what leaves nothing behind in `trial`, what is done again in `again`, and what
//! changed in `since`.

mod again;
mod since;
mod trial;
mod worlds;

pub use since::Changed;

use super::object::{Body, Column, ColumnNumber, Extension, ObjId, Object, RelKind, Relation};
use super::trace::{Reads, Seen, Set, mix};
use super::{Cause, Class, GapId, Key, Mark, Presence, ReadExpression, builtin, key_of, rows};
use crate::op::{GenericKind, Name, Reach};
use litemap::LiteMap;
use rustc_hash::FxBuildHasher;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, btree_map};
use std::sync::Arc;

/// What is known about a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The object; none when the name is known to be absent.
    id: Option<ObjId>,
    /// When that was last proved.
    stamp: u32,
}

/// One step of the journal.
#[derive(Clone, Debug)]
pub(super) enum Change {
    Slot { id: ObjId, old: Option<Arc<Object>>, serial: u32, cause: Cause },
    Entry { name: u32, old: Option<Entry> },
    Doubt,
    Rows(rows::RowChange),
}

impl Change {
    /// Whether undoing it shows that the name was absent before the first statement.
    pub(super) fn shows_absent(&self) -> bool {
        matches!(self, Change::Entry { old: Some(old), .. } if old.id.is_none() && old.stamp == 0)
    }
}

/// Names in doubt since a moment.
#[derive(Clone, Debug)]
struct Doubt {
    gap: GapId,
    reach: Reach,
    stamp: u32,
}

/// An operator's name with the types of its operands, none where a type is not known; the outer none is no left operand.
type OperatorQuestion = (Name, Option<Option<Name>>, Option<Name>);

/// One object's place.
#[derive(Clone, Debug, Default)]
struct Slot {
    object: Option<Arc<Object>>,
    /// Tells what the slot held at different times apart; 0 when it is empty.
    serial: u32,
    /// When it was made, as doubts count time.
    made: u32,
    dependents: Vec<ObjId>,
    set: Set,
    seen: Seen,
}

/// The names that were ever asked for or given.
#[derive(Clone, Debug, Default)]
struct Index {
    numbers: HashMap<Key, u32, FxBuildHasher>,
    keys: Vec<Key>,
    seen: Vec<Seen>,
}

impl Index {
    fn number(&mut self, key: &Key) -> u32 {
        if let Some(number) = self.numbers.get(key) {
            return *number;
        }
        let number = self.keys.len() as u32;
        self.numbers.insert(key.clone(), number);
        self.keys.push(key.clone());
        self.seen.push(Seen::default());
        number
    }
}

/// The names that were given, in their order, and which of them a parent has.
#[derive(Clone, Debug, Default)]
struct Order {
    names: BTreeMap<Key, u32>,
    ranges: HashMap<(Class, ObjId), Set, FxBuildHasher>,
}

/// The schema.
#[derive(Clone, Debug)]
pub struct Catalog {
    slots: Vec<Slot>,
    /// The sum of all slots with what they hold.
    all: u64,
    serial: u32,
    index: RefCell<Index>,
    entries: Vec<Option<Entry>>,
    /// The sum of the names that are known to be absent, where that is not known of others.
    absent: u64,
    order: Order,
    /// Constraints by name: the server keeps generated names unique within a schema, not within a table.
    constraints: HashMap<Name, (Vec<ObjId>, Set), FxBuildHasher>,
    reads: Reads,
    pub(super) journal: Vec<Change>,
    /// Names that the journal may show to have been absent before the first statement.
    shown_absent: Vec<bool>,
    doubts: Vec<Doubt>,
    pub(super) rows: rows::Rows,
    clock: u32,
    pub(super) cause: Cause,
    /// Names that nobody made may exist.
    pub open_world: bool,
    /// Names whose presence before the first statement decides something and is not known, with a description.
    base_doubts: LiteMap<Key, (String, bool, Option<ObjId>)>,
    /// Which operator of the server's own a name and two types of the server's own mean, as far as it was asked.
    pub(super) operators: RefCell<LiteMap<OperatorQuestion, builtin::Resolution>>,
    /// Whether an access method lacks a default operator class of the server's own for a type of the server's own.
    pub(super) opclasses: RefCell<HashMap<(Name, Name), bool, FxBuildHasher>>,
    /// A name was guessed in some state, perhaps one that is undone.
    guesses: bool,
    /// What is presumed now is presumed for this run only: undoing takes it away.
    pub tentative: bool,
    /// When the migration at hand began.
    begun: u32,
    /// What is made with IF NOT EXISTS is taken to be new.
    pub assume_new: bool,
    /// What is read is a schema as the server prints it.
    pub reads_print: bool,
    /// The server's major version.
    pub version: u16,
    /// Reads an expression, for definitions that the server reads again; handed in, as nothing here parses.
    pub read_expression: Option<ReadExpression>,
    public: ObjId,
    /// The slots that the statement at hand took when it was executed before, the first one last.
    taken: Vec<ObjId>,
    /// Nothing that is done now lasts. Boxed: few catalogs have one, and all are moved.
    trial: Option<Box<trial::Trial>>,
}

/// The objects of a name space, in the order of names. A type of its own, as it is walked through in very many places.
#[derive(Clone, Debug)]
pub struct Members<'a> {
    catalog: &'a Catalog,
    names: Option<btree_map::Range<'a, Key, u32>>,
    class: Class,
    parent: ObjId,
    /// Only those of this name.
    name: Option<&'a str>,
}

impl Iterator for Members<'_> {
    type Item = ObjId;

    fn next(&mut self) -> Option<ObjId> {
        loop {
            let (key, number) = self.names.as_mut()?.next()?;
            if key.class != self.class || key.parent != self.parent || self.name.is_some_and(|name| key.name != name) {
                self.names = None;
                return None;
            }
            if let Some(id) = self.catalog.entry(*number).and_then(|entry| entry.id) {
                return Some(id);
            }
        }
    }
}

impl Catalog {
    /// A new database of the given server version: the schema `public` and the extension and language `plpgsql`.
    pub fn new(version: u16, open_world: bool) -> Self {
        let mut catalog = Self {
            slots: Vec::new(),
            all: 0,
            serial: 0,
            index: RefCell::default(),
            entries: Vec::new(),
            absent: 0,
            order: Order::default(),
            constraints: HashMap::default(),
            reads: Reads::default(),
            journal: Vec::new(),
            shown_absent: Vec::new(),
            doubts: Vec::new(),
            rows: rows::Rows::default(),
            clock: 1,
            cause: 0,
            open_world,
            base_doubts: LiteMap::new(),
            operators: RefCell::default(),
            opclasses: RefCell::default(),
            guesses: false,
            tentative: false,
            begun: 0,
            assume_new: false,
            reads_print: false,
            version,
            read_expression: None,
            public: ObjId::NONE,
            taken: Vec::new(),
            trial: None,
        };
        let mut public = Object::new("public", ObjId::NONE, Body::Schema);
        // Up to 14 everybody may also create something in it.
        for privilege in if version < 15 { &["CREATE", "USAGE"][..] } else { &["USAGE"] } {
            public.acl.insert((Name::default(), Name::from(*privilege), 0), false);
        }
        catalog.public = catalog.create(public);
        catalog.create(Object::new("plpgsql", ObjId::NONE, Body::Extension(Extension { version: None, open: false })));
        catalog.journal.clear();
        catalog
    }

    /// The schema `public` as it was at the beginning.
    pub fn public(&self) -> ObjId {
        self.public
    }

    /// The object in a slot.
    pub fn get(&self, id: ObjId) -> Option<&Arc<Object>> {
        let slot = self.slots.get(id.index())?;
        self.reads.slot(id, &slot.seen, slot.serial);
        slot.object.as_ref()
    }

    /// The relation in a slot, if it is one.
    pub fn relation(&self, id: ObjId) -> Option<&Relation> {
        match &self.get(id)?.body {
            Body::Relation(relation) => Some(relation),
            _ => None,
        }
    }

    /// All objects there are, in the order of their making.
    pub fn objects(&self) -> impl Iterator<Item = (ObjId, &Arc<Object>)> {
        self.reads.everything();
        self.slots.iter().enumerate().filter_map(|(at, slot)| Some((ObjId(at as u32), slot.object.as_ref()?)))
    }

    /// The objects that depend on this one in any way.
    pub fn dependents(&self, id: ObjId) -> &[ObjId] {
        let Some(slot) = self.slots.get(id.index()) else { return &[] };
        self.reads.dependents(id, &slot.set);
        &slot.dependents
    }

    /// The constraints with this name, whatever they belong to.
    pub fn constraints_named(&self, name: &str) -> &[ObjId] {
        let known = self.constraints.get(name);
        self.reads.constraints(name, known.map(|(_, set)| set));
        known.map_or(&[], |(list, _)| list)
    }

    /// Whether a constraint ever had this name.
    pub fn knows_constraint(&self, name: &str) -> bool {
        self.set_of_constraints(name).is_some()
    }

    /// From now on changes are laid at this statement's door.
    pub fn set_cause(&mut self, cause: Cause) {
        self.cause = cause;
        self.clock += 1;
    }

    /// A migration begins. What earlier ones made is in use by now: of no table all rows are known.
    pub fn begin_migration(&mut self) {
        self.forget_whole();
        // What a gap may have made before an earlier one is there by now.
        if !self.open_world {
            self.base_doubts = LiteMap::new();
        }
        self.begun = self.clock;
    }

    /// A place to go back to.
    pub fn mark(&self) -> Mark {
        Mark(self.journal.len())
    }

    /// Takes everything since the mark back.
    pub fn undo(&mut self, mark: Mark) {
        while self.journal.len() > mark.0 {
            self.step_back();
        }
    }

    /// Makes today's state the first there is.
    pub fn forget_journal(&mut self) {
        self.journal.retain(|change| matches!(change, Change::Doubt));
        self.shown_absent.clear();
    }

    /// Adds an object and returns its slot.
    pub fn create(&mut self, object: Object) -> ObjId {
        let id = self.free_slot();
        // Roles are the cluster's, some kinds are the server's or an extension's: no baseline says which there are.
        if (self.open_world || matches!(&object.body, Body::Role(_) | Body::Generic(_)))
            && let Some(key) = key_of(&object)
        {
            self.was_absent(&key);
        }
        // Whoever puts something into a schema shows that it is there; only the usual one is not named for it.
        let named = |home: &&ObjId| self.get(**home).is_some_and(|home| home.name != "public");
        let home = Some(&object.parent).filter(named).copied();
        self.set(id, Some(Arc::new(object)));
        if let Some(home) = home {
            self.prove(home);
        }
        id
    }

    /// Replaces, renames or (with none) drops the object in a slot.
    pub fn set(&mut self, id: ObjId, new: Option<Arc<Object>>) {
        let old = self.get(id).cloned();
        let named_alike = match (&old, &new) {
            // A stamp only tells of doubts.
            (Some(old), Some(new)) => self.doubts.is_empty() && !self.open_world && same_key(old, new),
            _ => false,
        };
        let (old_key, new_key) =
            if named_alike { (None, None) } else { (old.as_deref().and_then(key_of), new.as_deref().and_then(key_of)) };
        let same_name = old_key == new_key;
        if !same_name && let Some(key) = old_key {
            // What the server named otherwise, since the name was taken, leaves that name behind.
            let gone = Entry { id: None, stamp: self.clock };
            let entry = (!self.is_guessed(&key)).then_some(gone);
            self.set_entry(key, entry);
        }
        if let Some(key) = new_key {
            if self.open_world && !self.tentative && !same_name {
                self.was_absent(&key);
            }
            let entry = Entry { id: Some(id), stamp: self.clock };
            let name = self.number(&key);
            if self.entry(name) != Some(entry) {
                self.set_number(name, Some(entry));
            }
        }
        let serial = if new.is_some() { self.next_serial() } else { 0 };
        let before = self.serial(id);
        self.journal.push(Change::Slot { id, old, serial: before, cause: self.cause });
        self.replace(id, new, serial);
    }

    /// Changes the object in a slot by a function; nothing happens when the slot is empty.
    pub fn update(&mut self, id: ObjId, change: impl FnOnce(&mut Object)) {
        if let Some(object) = self.get(id) {
            let mut object = Object::clone(object);
            change(&mut object);
            self.set(id, Some(Arc::new(object)));
        }
    }

    /// Changes the relation in a slot by a function.
    pub fn update_relation(&mut self, id: ObjId, change: impl FnOnce(&mut Relation)) {
        self.update(id, |object| {
            if let Body::Relation(relation) = &mut object.body {
                change(relation);
            }
        });
    }

    /// Changes one column of a relation by a function.
    pub fn update_column(&mut self, id: ObjId, number: ColumnNumber, change: impl FnOnce(&mut Column)) {
        self.update_relation(id, |relation| {
            if let Some(column) = relation.columns.iter_mut().find(|column| column.number == number) {
                change(Arc::make_mut(column));
            }
        });
    }

    /// Says that a name is not there: a statement has proved it.
    pub fn prove_absent(&mut self, key: Key) {
        if !matches!(self.look_up(&key), Presence::Present(..)) {
            self.set_entry(key, Some(Entry { id: None, stamp: self.clock }));
        }
    }

    /// Says that the object is as we hold it, in the schema where we hold it: a statement has proved it.
    pub fn prove(&mut self, id: ObjId) {
        if self.doubts.is_empty() {
            return;
        }
        let object = self.get(id).map(|object| (key_of(object), object.parent));
        if let Some((Some(key), home)) = object {
            self.set_entry(key, Some(Entry { id: Some(id), stamp: self.clock }));
            self.prove(home);
        }
    }

    /// Puts the names within reach in doubt.
    pub fn doubt(&mut self, gap: GapId, reach: Reach) {
        if reach != Reach::Nothing {
            self.clock += 1;
            self.doubts.push(Doubt { gap, reach, stamp: self.clock });
            self.journal.push(Change::Doubt);
            self.clock += 1;
            // What a gap does to rows is not known either, whatever names it has.
            self.forget_all_rows();
        }
    }

    /// The gap that puts a name in doubt which was last proved at `stamp`.
    fn doubted(&self, name: &str, stamp: u32) -> Option<GapId> {
        self.doubts.iter().find(|doubt| doubt.stamp > stamp && doubt.reach.covers(name)).map(|doubt| doubt.gap)
    }

    /// What is known about a name.
    pub fn look_up(&self, key: &Key) -> Presence {
        if self.reads.on() {
            let mut index = self.index.borrow_mut();
            let number = index.number(key);
            let presence = self.presence_with(self.entry(number), key);
            if let Some(seen) = index.seen.get(number as usize) {
                self.reads.name(number, seen, || presence);
            }
            return presence;
        }
        let number = self.index.borrow().numbers.get(key).copied();
        self.presence_with(number.and_then(|number| self.entry(number)), key)
    }

    fn presence_with(&self, entry: Option<Entry>, key: &Key) -> Presence {
        if key.class == Class::Column {
            return if entry.is_some() { Presence::Absent } else { Presence::Open(None) };
        }
        let doubt = self.doubted(&key.name, entry.map_or(0, |entry| entry.stamp));
        match (entry.map(|entry| entry.id), doubt) {
            (Some(Some(id)), doubt) => Presence::Present(id, doubt),
            (_, Some(gap)) => Presence::Open(Some(gap)),
            (Some(None), None) => Presence::Absent,
            (None, None) if self.open_world && self.parent_open(key) => Presence::Open(None),
            (None, None) => Presence::Absent,
        }
    }

    /// What is known about a name by its number, for traces.
    pub(super) fn presence(&self, number: u32) -> Presence {
        let entry = self.entry(number);
        if self.doubts.is_empty() {
            match entry {
                Some(Entry { id: Some(id), .. }) => return Presence::Present(id, None),
                Some(Entry { id: None, .. }) => return Presence::Absent,
                None if !self.open_world && !self.is_column(number) => return Presence::Absent,
                None => {}
            }
        }
        let index = self.index.borrow();
        index.keys.get(number as usize).map_or(Presence::Absent, |key| self.presence_with(entry, key))
    }

    fn is_column(&self, number: u32) -> bool {
        self.index.borrow().keys.get(number as usize).is_some_and(|key| key.class == Class::Column)
    }

    fn entry(&self, number: u32) -> Option<Entry> {
        self.entries.get(number as usize).copied().flatten()
    }

    fn number(&self, key: &Key) -> u32 {
        self.index.borrow_mut().number(key)
    }

    /// Notes a name before it is given another meaning.
    fn read_name(&self, number: u32) {
        if self.reads.on() {
            let presence = self.presence(number);
            if let Some(seen) = self.index.borrow().seen.get(number as usize) {
                self.reads.name(number, seen, || presence);
            }
        }
    }

    /// Notes which names a parent has; false when it has none.
    fn read_range(&self, class: Class, parent: ObjId) -> bool {
        let set = self.order.ranges.get(&(class, parent));
        self.reads.range(class, parent, set);
        set.is_some_and(|set| !set.is_empty())
    }

    pub(super) fn reads(&self) -> &Reads {
        &self.reads
    }

    pub(super) fn reads_mut(&mut self) -> &mut Reads {
        &mut self.reads
    }

    /// Whether the object in a slot was made since the mark.
    pub fn made_since(&self, id: ObjId, mark: Mark) -> bool {
        // Traces know nothing of the journal.
        self.reads.give_up();
        let changes = self.journal.get(mark.0..).unwrap_or_default();
        changes.iter().any(|change| matches!(change, Change::Slot { id: changed, old: None, .. } if *changed == id))
    }

    /// A table that there is under a name that meant nothing at the mark, in a schema that is as it was then.
    pub fn new_table_since(&self, mark: Mark) -> Option<ObjId> {
        // Traces know nothing of the journal.
        self.reads.give_up();
        let since = self.journal.get(mark.0..).unwrap_or_default();
        let mut seen = vec![false; self.entries.len()];
        let mut tables = since.iter().filter_map(|change| {
            let Change::Entry { name, old } = change else { return None };
            // Only the first change of a name tells what it meant at the mark.
            let seen = seen.get_mut(*name as usize).is_none_or(|seen| std::mem::replace(seen, true));
            if seen || old.is_some_and(|old| old.id.is_some()) {
                return None;
            }
            let id = self.entry(*name)?.id?;
            let table = self.slots.get(id.index())?.object.as_ref()?;
            let is_table = matches!(&table.body, Body::Relation(Relation { kind: RelKind::Table(_), .. }));
            (is_table && !table.presumed && table.extension.is_none()).then_some((id, table.parent))
        });
        let (id, schema) = tables.next()?;
        let is_schema = |change: &Change| matches!(change, Change::Slot { id, .. } if *id == schema);
        // A schema that was made again or renamed gives the names in it new numbers.
        (!since.iter().any(is_schema)).then_some(id)
    }

    /// Whether gaps put names in doubt.
    pub fn in_doubt(&self) -> bool {
        !self.doubts.is_empty()
    }

    pub(super) fn serial(&self, id: ObjId) -> u32 {
        self.slots.get(id.index()).map_or(0, |slot| slot.serial)
    }

    /// A number that tells all that slots hold from all else that they ever hold.
    pub(super) fn sum(&self) -> u64 {
        self.all
    }

    /// What tells the state from all others, doubts and presumptions aside: objects, rows, and names known to be absent.
    pub fn state(&self) -> (u64, u64, u64) {
        (self.all, self.rows.sum(), self.absent)
    }

    pub(super) fn set_of_dependents(&self, id: ObjId) -> Option<&Set> {
        self.slots.get(id.index()).map(|slot| &slot.set)
    }

    pub(super) fn set_of_range(&self, class: Class, parent: ObjId) -> Option<&Set> {
        self.order.ranges.get(&(class, parent))
    }

    pub(super) fn set_of_constraints(&self, name: &str) -> Option<&Set> {
        self.constraints.get(name).map(|(_, set)| set)
    }

    /// The slots and names that changed since the mark with what they hold and mean today; none if more has changed.
    #[allow(clippy::type_complexity, reason = "two lists")]
    pub(super) fn changes_since(&self, mark: Mark) -> Option<(Box<[(ObjId, Option<Arc<Object>>, u32)]>, Box<[(u32, Option<ObjId>)]>)> {
        let (mut slots, mut names) = (Vec::new(), Vec::new());
        for change in self.journal.get(mark.0..).unwrap_or_default() {
            match change {
                Change::Slot { id, .. } => slots.push(*id),
                Change::Entry { name, .. } => names.push(*name),
                Change::Doubt | Change::Rows(_) => return None,
            }
        }
        slots.sort_unstable();
        slots.dedup();
        names.sort_unstable();
        names.dedup();
        let slot = |id: ObjId| self.slots.get(id.index()).map(|slot| (id, slot.object.clone(), slot.serial));
        let name = |name: u32| Some((name, self.entry(name)?.id));
        Some((slots.into_iter().filter_map(slot).collect(), names.into_iter().map(name).collect::<Option<_>>()?))
    }

    fn next_serial(&mut self) -> u32 {
        self.serial += 1;
        self.serial
    }

    /// In an open world a name can only be open where its parent was there before the scripts.
    fn parent_open(&self, key: &Key) -> bool {
        match self.get(key.parent) {
            None => true,
            Some(parent) => parent.presumed || key.parent == self.public,
        }
    }

    /// The gap that puts an object in doubt.
    pub fn doubt_about(&self, id: ObjId) -> Option<GapId> {
        if self.doubts.is_empty() {
            return None;
        }
        let key = key_of(self.get(id)?)?;
        match self.look_up(&key) {
            Presence::Present(_, doubt) => doubt,
            Presence::Open(doubt) => doubt,
            Presence::Absent => None,
        }
    }

    /// The gap that puts a relation's column in doubt. A statement about the relation shows that the relation is there, and not
    /// which columns a gap has made or taken that names both, or one of the migration at hand that may have touched anything.
    pub fn doubt_about_column(&self, relation: ObjId, column: &str) -> Option<GapId> {
        if self.doubts.is_empty() {
            return None;
        }
        let name = &self.get(relation)?.name;
        let made = self.slots.get(relation.index()).map_or(0, |slot| slot.made);
        let reaches = |doubt: &Doubt| match &doubt.reach {
            Reach::Everything => doubt.stamp > self.begun,
            reach => reach.covers(name) && reach.covers(column),
        };
        self.doubt_about(relation).or_else(|| {
            self.reads.give_up();
            self.doubts.iter().find(|doubt| doubt.stamp > made && reaches(doubt)).map(|doubt| doubt.gap)
        })
    }

    /// Every object in a name space of a parent whose name is this one; several for overloaded routines.
    pub fn overloads<'a>(&'a self, class: Class, parent: ObjId, name: &'a str) -> Members<'a> {
        Members { name: Some(name), ..self.members_from(class, parent, name) }
    }

    /// Every object in a name space of a parent, in the order of names.
    pub fn members(&self, class: Class, parent: ObjId) -> Members<'_> {
        self.members_from(class, parent, "")
    }

    fn members_from(&self, class: Class, parent: ObjId, first: &str) -> Members<'_> {
        let some = self.read_range(class, parent);
        Members { catalog: self, names: some.then(|| self.order.names.range(Key::new(class, parent, first)..)), class, parent, name: None }
    }

    /// Every object that lives in a schema (not those that belong to its tables).
    pub fn in_schema(&self, schema: ObjId) -> Vec<ObjId> {
        // The name spaces are few; each is a range of the index.
        let generic = [
            GenericKind::Collation,
            GenericKind::Conversion,
            GenericKind::OperatorClass,
            GenericKind::OperatorFamily,
            GenericKind::Statistics,
            GenericKind::TextSearchConfiguration,
            GenericKind::TextSearchDictionary,
            GenericKind::TextSearchParser,
            GenericKind::TextSearchTemplate,
        ];
        let classes = [Class::Relation, Class::Type, Class::Routine, Class::Operator].into_iter().chain(generic.map(Class::Generic));
        classes.flat_map(|class| self.members(class, schema)).collect()
    }

    fn set_entry(&mut self, key: Key, new: Option<Entry>) {
        let name = self.number(&key);
        self.set_number(name, new);
    }

    fn set_number(&mut self, name: u32, new: Option<Entry>) {
        self.read_name(name);
        let old = self.exchange(name, new);
        let change = Change::Entry { name, old };
        if change.shows_absent() {
            let most = self.shown_absent.len().max(name as usize + 1);
            self.shown_absent.resize(most, false);
            self.shown_absent[name as usize] = true;
        }
        self.journal.push(change);
    }

    /// Gives a name another meaning and keeps the order of names.
    fn exchange(&mut self, name: u32, new: Option<Entry>) -> Option<Entry> {
        let at = name as usize;
        if self.entries.len() <= at {
            self.entries.resize(at + 1, None);
        }
        let entry = self.entries.get_mut(at)?;
        let old = std::mem::replace(entry, new);
        let absent = |entry: Option<Entry>| entry.is_some_and(|entry| entry.id.is_none());
        let class = self.index.get_mut().keys.get(at)?.class;
        if (self.open_world || matches!(class, Class::Role | Class::Generic(_) | Class::Column)) && absent(old) != absent(new) {
            self.absent ^= mix(u64::from(name));
        }
        let (was, is) = (old.and_then(|entry| entry.id), new.and_then(|entry| entry.id));
        if was != is || old.is_none() {
            let index = self.index.get_mut();
            let key = index.keys.get(at)?;
            let set = self.order.ranges.entry((key.class, key.parent)).or_default();
            for id in [was, is].into_iter().flatten() {
                set.toggle(u64::from(name) << 32 | u64::from(id.0), &self.reads);
            }
            if old.is_none() && !self.order.names.contains_key(key) {
                self.order.names.insert(key.clone(), name);
            }
        }
        old
    }

    /// Replaces the object in a slot and keeps the reverse index of dependencies; gives what was there.
    fn replace(&mut self, id: ObjId, new: Option<Arc<Object>>, serial: u32) -> Option<Arc<Object>> {
        let slot = self.slots.get_mut(id.index())?;
        self.reads.slot(id, &slot.seen, slot.serial);
        let old = std::mem::replace(&mut slot.object, new.clone());
        self.all ^= whole(id, slot.serial) ^ whole(id, serial);
        slot.serial = serial;
        let constraint = |object: &Option<Arc<Object>>| {
            object.as_ref().filter(|object| matches!(object.body, Body::Constraint(_))).map(|object| object.name.clone())
        };
        let (old_name, new_name) = (constraint(&old), constraint(&new));
        if old_name != new_name {
            if let Some((list, set)) = old_name.and_then(|name| self.constraints.get_mut(&name)) {
                list.retain(|&other| other != id);
                set.toggle(u64::from(id.0), &self.reads);
            }
            if let Some(name) = new_name {
                let (list, set) = self.constraints.entry(name).or_default();
                list.push(id);
                set.toggle(u64::from(id.0), &self.reads);
            }
        }
        if matches!((&old, &new), (Some(old), Some(new)) if old.deps == new.deps) {
            return old;
        }
        for dep in old.iter().flat_map(|object| &object.deps) {
            if let Some(slot) = self.slots.get_mut(dep.on.index())
                && let Ok(at) = slot.dependents.binary_search(&id)
            {
                slot.dependents.remove(at);
                slot.set.toggle(u64::from(id.0), &self.reads);
            }
        }
        for dep in new.iter().flat_map(|object| &object.deps) {
            if let Some(slot) = self.slots.get_mut(dep.on.index())
                && let Err(at) = slot.dependents.binary_search(&id)
            {
                slot.dependents.insert(at, id);
                slot.set.toggle(u64::from(id.0), &self.reads);
            }
        }
        old
    }
}

/// What a slot adds to the sum of all.
fn whole(id: ObjId, serial: u32) -> u64 {
    if serial == 0 { 0 } else { mix(u64::from(id.0) << 32 | u64::from(serial)) }
}

/// Whether two objects certainly have the same key.
fn same_key(old: &Object, new: &Object) -> bool {
    let plain = !matches!(old.body, Body::Routine(_) | Body::Operator(_) | Body::Generic(_));
    plain && old.parent == new.parent && old.name == new.name && std::mem::discriminant(&old.body) == std::mem::discriminant(&new.body)
}
