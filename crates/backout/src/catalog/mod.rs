//! The state of a database's schema: objects in slots, their names, their dependencies, and a journal to go back.
//!
//! There is one way to change it, [`Catalog::set`], which replaces the object in a slot and writes the journal. What
//! the journal holds since a mark is also all that [`diff`] looks at, so that comparing two states costs what changed.
//!
//! A name is *present*, *absent* or *open*. In a closed world (a history from empty, or a baseline) a name that nobody
//! made is absent. In an open one it is open until a statement proves it present or absent. A gap puts every name in
//! its reach in doubt until a later statement proves it again.

pub mod apply;
pub mod builtin;
pub mod context;
pub mod diff;
mod failure;
pub mod history;
pub mod object;
pub mod resolve;
pub mod rows;
pub mod session;
pub mod template;

pub use failure::{Blocked, Failure};

use crate::op::{GenericKind, Name, Reach};
use object::{Body, Column, ColumnNumber, Dep, DepKind, ObjId, Object, RelKind, Relation, Type};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use template::{Piece, Template};

/// The name spaces of the server's catalogs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Class {
    Schema,
    Extension,
    Relation,
    Type,
    Routine,
    Constraint,
    Trigger,
    Rule,
    Policy,
    EventTrigger,
    Cast,
    Operator,
    Role,
    DefaultPrivileges,
    Generic(GenericKind),
}

/// What makes a name unique.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The name space.
    pub class: Class,
    /// The schema or table.
    pub parent: ObjId,
    /// The name.
    pub name: Name,
    /// Argument types of routines and operators, the method of operator classes.
    pub args: Name,
}

impl Key {
    /// The key of an object without arguments.
    pub fn new(class: Class, parent: ObjId, name: impl Into<Name>) -> Self {
        Self { class, parent, name: name.into(), args: Name::default() }
    }
}

/// What is known about a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    /// The object; none when the name is known to be absent.
    id: Option<ObjId>,
    /// When that was last proved.
    stamp: u32,
}

/// Which statement changes the catalog: 0 is the time before, then script and statement as the simulation counts them.
pub type Cause = u32;

/// One step of the journal.
#[derive(Clone, Debug)]
enum Change {
    Slot { id: ObjId, old: Option<Arc<Object>>, cause: Cause },
    Entry { key: Key, old: Option<Entry> },
    Doubt,
    Rows(rows::RowChange),
}

/// A place in the journal to go back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark(usize);

/// The number of a gap, as the simulation counts them.
pub type GapId = usize;

/// Names in doubt since a moment.
#[derive(Clone, Debug)]
struct Doubt {
    gap: GapId,
    reach: Reach,
    stamp: u32,
}

/// Lowers an expression of a server's version.
pub type ReadExpression = fn(&str, u16) -> Result<crate::op::Expr, crate::op::Op>;

/// What a name refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// An object; with the gap that may have changed it since.
    Present(ObjId, Option<GapId>),
    /// Nothing.
    Absent,
    /// It cannot be told: the world is open (none) or a gap may have made it.
    Open(Option<GapId>),
}

/// An operator's name with the types of its operands, none where a type is not known; the outer none is no left operand.
type OperatorQuestion = (Name, Option<Option<Name>>, Option<Name>);

/// The schema.
#[derive(Clone, Debug)]
pub struct Catalog {
    slots: Vec<Option<Arc<Object>>>,
    names: BTreeMap<Key, Entry>,
    dependents: Vec<Vec<ObjId>>,
    /// Constraints by name: the server keeps generated names unique within a schema, not within a table.
    constraints: BTreeMap<Name, Vec<ObjId>>,
    journal: Vec<Change>,
    doubts: Vec<Doubt>,
    rows: rows::Rows,
    clock: u32,
    cause: Cause,
    /// Names that nobody made may exist.
    pub open_world: bool,
    /// Names whose presence before the first statement decides something and is not known, with a description.
    base_doubts: BTreeMap<Key, String>,
    /// Which operator of the server's own a name and two types of the server's own mean, as far as it was asked.
    operators: RefCell<BTreeMap<OperatorQuestion, builtin::Resolution>>,
    /// What is presumed now is presumed for this run only: undoing takes it away.
    pub tentative: bool,
    /// The server's major version.
    pub version: u16,
    /// Reads an expression, for definitions that the server reads again; handed in, as nothing here parses.
    pub read_expression: Option<ReadExpression>,
    public: ObjId,
}

impl Catalog {
    /// A new database of the given server version: the schema `public` and the extension and language `plpgsql`.
    pub fn new(version: u16, open_world: bool) -> Self {
        let mut catalog = Self {
            slots: Vec::new(),
            names: BTreeMap::new(),
            dependents: Vec::new(),
            constraints: BTreeMap::new(),
            journal: Vec::new(),
            doubts: Vec::new(),
            rows: rows::Rows::default(),
            clock: 1,
            cause: 0,
            open_world,
            base_doubts: BTreeMap::new(),
            operators: RefCell::default(),
            tentative: false,
            version,
            read_expression: None,
            public: ObjId::NONE,
        };
        catalog.public = catalog.create(Object::new("public", ObjId::NONE, Body::Schema));
        catalog.journal.clear();
        catalog
    }

    /// The schema `public` as it was at the beginning.
    pub fn public(&self) -> ObjId {
        self.public
    }

    /// The object in a slot.
    pub fn get(&self, id: ObjId) -> Option<&Arc<Object>> {
        self.slots.get(id.index()).and_then(Option::as_ref)
    }

    /// The relation in a slot, if it is one.
    pub fn relation(&self, id: ObjId) -> Option<&Relation> {
        match &self.get(id)?.body {
            Body::Relation(relation) => Some(relation),
            _ => None,
        }
    }

    /// How many slots were ever given to objects.
    pub fn slots(&self) -> usize {
        self.slots.len()
    }

    /// All objects there are, in the order of their making.
    pub fn objects(&self) -> impl Iterator<Item = (ObjId, &Arc<Object>)> {
        self.slots.iter().enumerate().filter_map(|(at, slot)| Some((ObjId(at as u32), slot.as_ref()?)))
    }

    /// The objects that depend on this one in any way.
    pub fn dependents(&self, id: ObjId) -> &[ObjId] {
        self.dependents.get(id.index()).map_or(&[], Vec::as_slice)
    }

    /// The constraints with this name, whatever they belong to.
    pub fn constraints_named(&self, name: &str) -> &[ObjId] {
        self.constraints.get(name).map_or(&[], Vec::as_slice)
    }

    /// From now on changes are laid at this statement's door.
    pub fn set_cause(&mut self, cause: Cause) {
        self.cause = cause;
        self.clock += 1;
    }

    /// A place to go back to.
    pub fn mark(&self) -> Mark {
        Mark(self.journal.len())
    }

    /// Takes everything since the mark back.
    pub fn undo(&mut self, mark: Mark) {
        while self.journal.len() > mark.0 {
            match self.journal.pop() {
                Some(Change::Slot { id, old, .. }) => self.replace(id, old),
                Some(Change::Entry { key, old }) => match old {
                    Some(entry) => drop(self.names.insert(key, entry)),
                    None => drop(self.names.remove(&key)),
                },
                Some(Change::Doubt) => drop(self.doubts.pop()),
                Some(Change::Rows(change)) => self.rows.undo(change),
                None => break,
            }
        }
    }

    /// Makes today's state the first there is.
    pub fn forget_journal(&mut self) {
        self.journal.retain(|change| matches!(change, Change::Doubt));
    }

    /// Adds an object and returns its slot.
    pub fn create(&mut self, object: Object) -> ObjId {
        let id = ObjId(self.slots.len() as u32);
        self.slots.push(None);
        self.dependents.push(Vec::new());
        // Roles are the cluster's, some kinds are the server's or an extension's: no baseline says which there are.
        if (self.open_world || matches!(&object.body, Body::Role | Body::Generic(_)))
            && let Some(key) = key_of(&object)
            && !self.base_doubts.contains_key(&key)
        {
            // What a script makes was not there before: that is known of every world from now on, whatever is undone.
            self.names.entry(key).or_insert(Entry { id: None, stamp: 0 });
        }
        self.set(id, Some(Arc::new(object)));
        id
    }

    /// Puts an object that the scripts presuppose where it has always been: undoing does not take it away.
    pub fn presume(&mut self, mut object: Object) -> ObjId {
        object.presumed = true;
        let id = ObjId(self.slots.len() as u32);
        self.slots.push(None);
        self.dependents.push(Vec::new());
        if self.tentative {
            self.set(id, Some(Arc::new(object)));
            return id;
        }
        if let Some(key) = key_of(&object) {
            self.names.insert(key, Entry { id: Some(id), stamp: self.clock });
        }
        self.replace(id, Some(Arc::new(object)));
        id
    }

    /// Changes an object in every state that the journal can bring back: something was learnt of it that has always held.
    pub fn amend(&mut self, id: ObjId, change: impl Fn(&mut Object)) {
        if self.tentative {
            return self.update(id, change);
        }
        let amend = |slot: &mut Option<Arc<Object>>| {
            if let Some(object) = slot {
                change(Arc::make_mut(object));
            }
        };
        if let Some(slot) = self.slots.get_mut(id.index()) {
            amend(slot);
        }
        for entry in &mut self.journal {
            if let Change::Slot { id: changed, old, .. } = entry
                && *changed == id
            {
                amend(old);
            }
        }
    }

    /// Whether a name was ever made or proved absent.
    pub fn was_named(&self, key: &Key) -> bool {
        self.names.contains_key(key)
    }

    /// Whether any object of the class was ever named so, whatever its arguments.
    pub fn any_was_named(&self, class: Class, parent: ObjId, name: &str) -> bool {
        let from = Key::new(class, parent, name);
        self.names.range(from..).next().is_some_and(|(key, _)| key.class == class && key.parent == parent && key.name == name)
    }

    /// Gives a presumed relation a column that it has always had.
    pub fn presume_column(&mut self, relation: ObjId, mut column: Column) -> ColumnNumber {
        let taken = |object: &Arc<Object>| match &object.body {
            Body::Relation(relation) => relation.columns.iter().map(|column| column.number).max().unwrap_or(0),
            _ => 0,
        };
        let next = self.versions(relation).map(taken).max().unwrap_or(0).max(object::PRESUMED_COLUMNS - 1).saturating_add(1);
        column.number = next;
        let column = Arc::new(column);
        self.amend(relation, |object| {
            if let Body::Relation(relation) = &mut object.body {
                relation.columns.push(column.clone());
            }
        });
        next
    }

    /// The object of a slot in every state that the journal can bring back, today's first.
    fn versions(&self, id: ObjId) -> impl Iterator<Item = &Arc<Object>> {
        let past = self.journal.iter().filter_map(move |change| match change {
            Change::Slot { id: slot, old: Some(old), .. } if *slot == id => Some(old),
            _ => None,
        });
        self.get(id).into_iter().chain(past)
    }

    /// Replaces, renames or (with none) drops the object in a slot.
    pub fn set(&mut self, id: ObjId, new: Option<Arc<Object>>) {
        let old = self.get(id).cloned();
        let (old_key, new_key) = (old.as_deref().and_then(key_of), new.as_deref().and_then(key_of));
        if old_key != new_key
            && let Some(key) = old_key
        {
            self.set_entry(key, Some(Entry { id: None, stamp: self.clock }));
        }
        if let Some(key) = new_key {
            let entry = Entry { id: Some(id), stamp: self.clock };
            if self.names.get(&key) != Some(&entry) {
                self.set_entry(key, Some(entry));
            }
        }
        self.journal.push(Change::Slot { id, old, cause: self.cause });
        self.replace(id, new);
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
        if !matches!(self.names.get(&key), Some(Entry { id: Some(_), .. })) {
            self.set_entry(key, Some(Entry { id: None, stamp: self.clock }));
        }
    }

    /// Says that the object is as we hold it: a statement has proved it.
    pub fn prove(&mut self, id: ObjId) {
        if self.doubts.is_empty() {
            return;
        }
        if let Some(key) = self.get(id).and_then(|object| key_of(object)) {
            self.set_entry(key, Some(Entry { id: Some(id), stamp: self.clock }));
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
        match self.names.get(key) {
            Some(Entry { id: Some(id), stamp }) => Presence::Present(*id, self.doubted(&key.name, *stamp)),
            Some(Entry { id: None, stamp }) => match self.doubted(&key.name, *stamp) {
                Some(gap) => Presence::Open(Some(gap)),
                None => Presence::Absent,
            },
            None => match self.doubted(&key.name, 0) {
                Some(gap) => Presence::Open(Some(gap)),
                None if self.open_world && self.parent_open(key) => Presence::Open(None),
                None => Presence::Absent,
            },
        }
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
        let stamp = self.names.get(&key).map_or(0, |entry| entry.stamp);
        self.doubted(&key.name, stamp)
    }

    /// The gaps that were noted since the mark and what they reach.
    pub fn doubts_since(&self, mark: Mark) -> impl Iterator<Item = (GapId, &Reach)> {
        let count = self.journal.get(mark.0..).unwrap_or_default().iter().filter(|change| matches!(change, Change::Doubt)).count();
        let from = self.doubts.len().saturating_sub(count);
        self.doubts.iter().skip(from).map(|doubt| (doubt.gap, &doubt.reach))
    }

    /// Every object in a name space of a parent whose name is this one; several for overloaded routines.
    pub fn overloads<'a>(&'a self, class: Class, parent: ObjId, name: &'a str) -> impl Iterator<Item = ObjId> + 'a {
        let from = Key::new(class, parent, name);
        let same = move |key: &Key| key.class == class && key.parent == parent && key.name == name;
        self.names.range(from..).take_while(move |(key, _)| same(key)).filter_map(|(_, entry)| entry.id)
    }

    /// Every object in a name space of a parent, in the order of names.
    pub fn members(&self, class: Class, parent: ObjId) -> impl Iterator<Item = ObjId> + '_ {
        let from = Key::new(class, parent, "");
        self.names.range(from..).take_while(move |(key, _)| key.class == class && key.parent == parent).filter_map(|(_, entry)| entry.id)
    }

    /// Every object that lives in a schema (not those that belong to its tables).
    pub fn in_schema(&self, schema: ObjId) -> impl Iterator<Item = ObjId> + '_ {
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
        classes.flat_map(move |class| self.members(class, schema))
    }

    /// Notes that the presence of a name before the first statement decides something and is not known.
    pub fn base_doubt(&mut self, key: Key, description: String) {
        self.base_doubts.entry(key).or_insert(description);
    }

    /// The base doubts whose names were touched since the mark.
    pub fn base_doubts_since(&self, mark: Mark) -> Vec<&str> {
        if self.base_doubts.is_empty() {
            return Vec::new();
        }
        let touched = |key: &&Key| {
            let changes = self.journal.get(mark.0..).unwrap_or_default();
            changes.iter().any(|change| matches!(change, Change::Entry { key: changed, .. } if changed == *key))
        };
        self.base_doubts.iter().filter(|(key, _)| touched(key)).map(|(_, description)| description.as_str()).collect()
    }

    /// The slots that changed since the mark, each with its object at the mark and the statements that changed it.
    pub fn changed_since(&self, mark: Mark) -> BTreeMap<ObjId, Changed<'_>> {
        let mut changed: BTreeMap<ObjId, Changed<'_>> = BTreeMap::new();
        for change in self.journal.get(mark.0..).unwrap_or_default() {
            if let Change::Slot { id, old, cause } = change {
                let entry = changed.entry(*id).or_insert_with(|| Changed { before: old.as_ref(), causes: Vec::new() });
                if entry.causes.last() != Some(cause) {
                    entry.causes.push(*cause);
                }
            }
        }
        changed
    }

    fn set_entry(&mut self, key: Key, new: Option<Entry>) {
        let old = match new {
            Some(entry) => self.names.insert(key.clone(), entry),
            None => self.names.remove(&key),
        };
        self.journal.push(Change::Entry { key, old });
    }

    /// Replaces the object in a slot and keeps the reverse index of dependencies.
    fn replace(&mut self, id: ObjId, new: Option<Arc<Object>>) {
        let Some(slot) = self.slots.get_mut(id.index()) else { return };
        let old = std::mem::replace(slot, new.clone());
        let constraint = |object: &Option<Arc<Object>>| {
            object.as_ref().filter(|object| matches!(object.body, Body::Constraint(_))).map(|object| object.name.clone())
        };
        let (old_name, new_name) = (constraint(&old), constraint(&new));
        if old_name != new_name {
            if let Some(list) = old_name.and_then(|name| self.constraints.get_mut(&name)) {
                list.retain(|&other| other != id);
            }
            if let Some(name) = new_name {
                self.constraints.entry(name).or_default().push(id);
            }
        }
        if let (Some(old), Some(new)) = (&old, &new)
            && old.deps == new.deps
        {
            return;
        }
        for dep in old.iter().flat_map(|object| &object.deps) {
            if let Some(list) = self.dependents.get_mut(dep.on.index())
                && let Ok(at) = list.binary_search(&id)
            {
                list.remove(at);
            }
        }
        for dep in new.iter().flat_map(|object| &object.deps) {
            if let Some(list) = self.dependents.get_mut(dep.on.index())
                && let Err(at) = list.binary_search(&id)
            {
                list.insert(at, id);
            }
        }
    }
}

/// A slot that changed: its object at the mark and the statements that changed it, oldest first.
#[derive(Clone, Debug)]
pub struct Changed<'a> {
    /// The object at the mark.
    pub before: Option<&'a Arc<Object>>,
    /// The statements that changed it.
    pub causes: Vec<Cause>,
}

impl Object {
    /// An object with nothing around it.
    pub fn new(name: impl Into<Name>, parent: ObjId, body: Body) -> Self {
        Self {
            name: name.into(),
            parent,
            body,
            deps: Vec::new(),
            owner: Name::default(),
            acl: object::Acl::new(),
            comment: None,
            extension: None,
            presumed: false,
        }
    }

    /// Adds a dependency unless it is there.
    pub fn depend(&mut self, on: ObjId, column: ColumnNumber, kind: DepKind) {
        self.depend_column(0, on, column, kind);
    }

    /// Adds a dependency of one of its columns unless it is there.
    pub fn depend_column(&mut self, own_column: ColumnNumber, on: ObjId, column: ColumnNumber, kind: DepKind) {
        let dep = Dep { on, column, own_column, kind };
        if on != ObjId::NONE && !self.deps.contains(&dep) {
            self.deps.push(dep);
        }
    }

    /// Depends on everything that a template refers to; its own table's columns with `own`, all else with `other`.
    pub fn depend_on_template(&mut self, template: &Template, table: ObjId, own: DepKind, other: DepKind) {
        for (on, column) in template.references() {
            let kind = if on == table { own } else { other };
            if on != table || column != 0 {
                self.depend(on, column, kind);
            }
        }
    }
}

impl Relation {
    /// The column with this name that is not dropped.
    pub fn column(&self, name: &str) -> Option<&Arc<Column>> {
        self.live_columns().find(|column| column.name == name)
    }

    /// The column with this number.
    pub fn column_at(&self, number: ColumnNumber) -> Option<&Arc<Column>> {
        let direct = self.columns.get(usize::from(number).wrapping_sub(1)).filter(|column| column.number == number);
        direct.or_else(|| self.columns.iter().find(|column| column.number == number))
    }

    /// The columns that are not dropped.
    pub fn live_columns(&self) -> impl Iterator<Item = &Arc<Column>> {
        self.columns.iter().filter(|column| !column.dropped)
    }

    /// The number that the next column gets.
    pub fn next_number(&self) -> ColumnNumber {
        let highest = self.columns.iter().map(|column| column.number).filter(|&number| number < object::PRESUMED_COLUMNS).max();
        highest.unwrap_or(0) + 1
    }
}

/// The key under which an object is found; none for defaults, which their column holds.
pub fn key_of(object: &Object) -> Option<Key> {
    let plain = |class| Some(Key { class, parent: object.parent, name: object.name.clone(), args: Name::default() });
    let with = |class, args: String| Some(Key { class, parent: object.parent, name: object.name.clone(), args: args.into() });
    match &object.body {
        Body::Schema => plain(Class::Schema),
        Body::Extension(_) => plain(Class::Extension),
        Body::Relation(_) => plain(Class::Relation),
        Body::Type(_) => plain(Class::Type),
        Body::Routine(routine) => with(Class::Routine, routine.key_args()),
        Body::Constraint(_) => plain(Class::Constraint),
        Body::Default(_) => None,
        Body::Trigger(_) => plain(Class::Trigger),
        Body::Rule(_) => plain(Class::Rule),
        Body::Policy(_) => plain(Class::Policy),
        Body::EventTrigger(_) => plain(Class::EventTrigger),
        Body::Cast(_) => plain(Class::Cast),
        Body::Operator(operator) => with(
            Class::Operator,
            [&operator.left, &operator.right].map(|ty| ty.as_ref().map(object::Ty::key).unwrap_or_default()).join(","),
        ),
        Body::Role => plain(Class::Role),
        Body::DefaultPrivileges => plain(Class::DefaultPrivileges),
        Body::Generic(generic) => with(Class::Generic(generic.kind), generic.method.clone().unwrap_or_default().to_string()),
    }
}

impl object::Routine {
    /// The input types as they make a signature unique.
    pub fn key_args(&self) -> String {
        self.inputs().map(|argument| argument.ty.key()).collect::<Vec<_>>().join(",")
    }

    /// The arguments of a call (for procedures OUT arguments are part of the signature since 14).
    pub fn inputs(&self) -> impl Iterator<Item = &object::Argument> {
        self.args.iter().filter(|argument| matches!(argument.mode, 'i' | 'b' | 'v'))
    }
}

impl object::Ty {
    /// A type of pg_catalog without modifiers.
    pub fn builtin(name: &str) -> Self {
        Self { base: object::TyBase::Builtin(name.into()), modifiers: Name::default(), array: false }
    }

    /// A type of the schema without modifiers.
    pub fn user(id: ObjId) -> Self {
        Self { base: object::TyBase::User(id), modifiers: Name::default(), array: false }
    }

    /// A type of which nothing is known.
    pub fn open() -> Self {
        Self { base: object::TyBase::Open("?".into()), modifiers: Name::default(), array: false }
    }

    /// The type without its modifiers, as text that is the same for the same type.
    pub fn key(&self) -> String {
        let array = if self.array { "[]" } else { "" };
        match &self.base {
            object::TyBase::Builtin(name) => format!("{name}{array}"),
            object::TyBase::User(id) => format!("#{}{array}", id.0),
            object::TyBase::Open(name) => format!("?{name}{array}"),
        }
    }

    /// The object that it refers to.
    pub fn object(&self) -> Option<ObjId> {
        match self.base {
            object::TyBase::User(id) => Some(id),
            object::TyBase::Builtin(_) | object::TyBase::Open(_) => None,
        }
    }
}

/// Today's objects or those of an earlier moment: what names are printed from.
pub trait Names {
    /// The object in a slot at that moment.
    fn object(&self, id: ObjId) -> Option<&Object>;

    /// A template with the names of that moment. Objects of schema public and pg_catalog are printed with their schema too.
    fn print(&self, template: &Template) -> String {
        let mut text = String::new();
        for piece in &template.pieces {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Column(id, number) => {
                    let column = self.object(*id).and_then(|object| match &object.body {
                        Body::Relation(relation) => relation.column_at(*number),
                        Body::Type(Type::Composite(columns)) => columns.iter().find(|column| column.number == *number),
                        _ => None,
                    });
                    text.push_str(&quote(column.map_or("?", |column| &column.name)));
                }
                Piece::Object(id) => text.push_str(&self.qualified(*id)),
            }
        }
        text
    }

    /// `schema.name`, or `schema.table.name` for what belongs to a table; quoted where needed.
    fn qualified(&self, id: ObjId) -> String {
        let Some(object) = self.object(id) else { return "?".into() };
        match self.object(object.parent) {
            Some(_) => format!("{}.{}", self.qualified(object.parent), quote(&object.name)),
            None => quote(&object.name),
        }
    }
}

impl Names for Catalog {
    fn object(&self, id: ObjId) -> Option<&Object> {
        self.get(id).map(Arc::as_ref)
    }
}

/// The catalog as it was at a mark.
pub struct Before<'a> {
    catalog: &'a Catalog,
    changed: BTreeMap<ObjId, Option<&'a Arc<Object>>>,
}

impl<'a> Before<'a> {
    /// The state at the mark.
    pub fn new(catalog: &'a Catalog, mark: Mark) -> Self {
        let changed = catalog.changed_since(mark).into_iter().map(|(id, changed)| (id, changed.before)).collect();
        Self { catalog, changed }
    }
}

impl Names for Before<'_> {
    fn object(&self, id: ObjId) -> Option<&Object> {
        match self.changed.get(&id) {
            Some(before) => before.map(Arc::as_ref),
            None => self.catalog.object(id),
        }
    }
}

/// An identifier as the server prints it: quoted when it is not plain lower case (keywords are left plain here).
pub fn quote(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// The word for a relation's kind in the server's messages.
pub fn relation_word(relation: &Relation) -> &'static str {
    match &relation.kind {
        RelKind::Table(table) if table.foreign.is_some() => "foreign table",
        RelKind::Table(_) => "table",
        RelKind::View(_) => "view",
        RelKind::MatView(_) => "materialized view",
        RelKind::Index(_) => "index",
        RelKind::Sequence(_) => "sequence",
    }
}
