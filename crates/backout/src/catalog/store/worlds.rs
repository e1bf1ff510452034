//! What is known of the time before the scripts, what is presumed of it, and what is in doubt.

use super::super::object::{self, Body, Column, ColumnNumber, ObjId, Object, Relation, Type};
use super::super::{Class, GapId, Key, Mark, Presence, is_by, key_of, marks};
use super::{Catalog, Change, Doubt, Entry, Slot};
use crate::op::{Name, Reach};
use litemap::LiteMap;
use std::sync::Arc;

impl Catalog {
    /// Puts an object that the scripts presuppose where it has always been: undoing does not take it away.
    pub fn presume(&mut self, mut object: Object) -> ObjId {
        object.presumed = true;
        if !self.tentative {
            self.learns();
        }
        let id = ObjId(self.slots.len() as u32);
        self.slots.push(Slot::default());
        self.reads.forget();
        if self.tentative {
            self.set(id, Some(Arc::new(object)));
            return id;
        }
        if let Some(key) = key_of(&object) {
            let name = self.number(&key);
            self.exchange(name, Some(Entry { id: Some(id), stamp: self.clock }));
        }
        let serial = self.next_serial();
        self.replace(id, Some(Arc::new(object)), serial);
        id
    }

    /// Changes an object in every state that the journal can bring back: something was learnt of it that has always held.
    pub fn amend(&mut self, id: ObjId, change: impl Fn(&mut Object)) {
        self.reads.forget();
        if self.tentative {
            return self.update(id, change);
        }
        self.learns();
        let amend = |slot: &mut Option<Arc<Object>>| {
            if let Some(object) = slot {
                change(Arc::make_mut(object));
            }
        };
        if let Some(slot) = self.slots.get_mut(id.index()) {
            amend(&mut slot.object);
        }
        for entry in &mut self.journal {
            if let Change::Slot { id: changed, old, .. } = entry
                && *changed == id
            {
                amend(old);
            }
        }
    }

    /// What a script makes was not there before: that is known of every world from now on, whatever is undone.
    pub(super) fn was_absent(&mut self, key: &Key) {
        if self.base_doubts.contains_key(key) || self.is_guessed(key) {
            return;
        }
        let name = self.number(key);
        if self.entry(name).is_none() {
            self.learns();
            self.read_name(name);
            self.exchange(name, Some(Entry { id: None, stamp: 0 }));
            if key.class != Class::Column {
                self.reads.learn(name);
            }
        }
    }

    /// Whether a relation may have a column of this name that we do not see.
    pub fn column_open(&self, relation: ObjId, name: &str) -> bool {
        self.may_have_more(relation) && self.look_up(&Key::new(Class::Column, relation, name)) != Presence::Absent
    }

    fn may_have_more(&self, relation: ObjId) -> bool {
        let composite = |object: &Arc<Object>| object.presumed && matches!(object.body, Body::Type(Type::Composite(_)) | Body::Generic(_));
        self.relation(relation).is_some_and(|found| found.open) || self.get(relation).is_some_and(composite)
    }

    /// A script gave a column this name: the relation did not have it before.
    pub fn column_was_absent(&mut self, relation: ObjId, name: &Name) {
        if self.may_have_more(relation) && !self.tentative {
            self.was_absent(&Key::new(Class::Column, relation, name.clone()));
        }
    }

    /// A script gave a column this name because it was not there; in another world it was.
    pub fn column_may_have_been(&mut self, relation: ObjId, name: &Name) {
        self.learns();
        let key = Key::new(Class::Column, relation, name.clone());
        let number = self.number(&key);
        self.read_name(number);
        self.exchange(number, None);
        self.set_number(number, Some(Entry { id: None, stamp: self.clock }));
    }

    /// The same of an object that a script made.
    pub fn may_have_been(&mut self, key: Key, description: String) {
        self.forget_absent(&key);
        self.lasting_doubt(key, description);
    }

    /// That a script made it does not show that it was not there before.
    pub fn forget_absent(&mut self, key: &Key) {
        self.learns();
        let number = self.number(key);
        self.read_name(number);
        if !self.shown_absent.get_mut(number as usize).is_some_and(std::mem::take) {
            return;
        }
        let shows = |change: &&mut Change| matches!(change, Change::Entry { name, .. } if *name == number) && change.shows_absent();
        // It is shown once, and mostly by the statement at hand.
        if let Some(Change::Entry { old, .. }) = self.journal.iter_mut().rev().find(shows) {
            *old = None;
        }
    }

    /// From here on the relation's list says whether it has the column; what was before is not known.
    pub fn column_is_known(&mut self, relation: ObjId, name: &Name) {
        if self.column_open(relation, name) {
            self.set_mark(relation, name);
        }
    }

    /// Remembers something of an object that is no name of a column.
    pub fn set_mark(&mut self, of: ObjId, mark: &str) {
        self.set_entry(Key::new(Class::Column, of, mark), Some(Entry { id: None, stamp: self.clock }));
    }

    /// Whether that is remembered.
    pub fn is_marked(&self, of: ObjId, mark: &str) -> bool {
        self.look_up(&Key::new(Class::Column, of, mark)) == Presence::Absent
    }

    /// Whether an object was there before, in a world that we do not see.
    pub fn is_unseen(&self, id: ObjId) -> bool {
        self.open_world && self.get(id).is_some_and(|object| object.presumed)
    }

    /// The server may have made another name than this one, because something that we do not see has it.
    pub fn guess_name(&mut self, schema: ObjId, name: &str) {
        if !std::mem::replace(&mut self.guesses, true) {
            // Until now no statement looked for a guess.
            self.reads.forget();
        }
        self.set_mark(schema, &marks::guessed(name));
    }

    /// Whether that holds of the name of a relation or constraint.
    pub fn is_guessed(&self, key: &Key) -> bool {
        let schema = match key.class {
            Class::Relation => key.parent,
            Class::Constraint => self.get(key.parent).map_or(ObjId::NONE, |owner| owner.parent),
            _ => return false,
        };
        self.open_world && self.guesses && self.is_marked(schema, &marks::guessed(&key.name))
    }

    /// Whether a name was ever made or proved absent.
    pub fn was_named(&self, key: &Key) -> bool {
        self.reads.give_up();
        self.index.borrow().numbers.get(key).is_some_and(|number| self.entry(*number).is_some())
    }

    /// Whether any object of the class was ever named so, whatever its arguments.
    pub fn any_was_named(&self, class: Class, parent: ObjId, name: &str) -> bool {
        self.reads.give_up();
        let from = Key::new(class, parent, name);
        let mut names =
            self.order.names.range(from..).take_while(|(key, _)| key.class == class && key.parent == parent && key.name == name);
        names.any(|(_, number)| self.entry(*number).is_some())
    }

    /// The names of a class and parent that were ever made or proved absent.
    pub fn ever_named(&self, class: Class, parent: ObjId) -> impl Iterator<Item = &Name> {
        self.reads.give_up();
        let from = Key::new(class, parent, "");
        let names = self.order.names.range(from..).take_while(move |(key, _)| key.class == class && key.parent == parent);
        names.filter(|(_, number)| self.entry(**number).is_some()).map(|(key, _)| &key.name)
    }

    /// Gives a presumed relation a column that it has always had.
    pub fn presume_column(&mut self, relation: ObjId, mut column: Column) -> ColumnNumber {
        let taken = |object: &Arc<Object>| match &object.body {
            Body::Relation(Relation { columns, .. }) | Body::Type(Type::Composite(columns)) => {
                columns.iter().map(|column| column.number).max().unwrap_or(0)
            }
            _ => 0,
        };
        let next = self.versions(relation).map(taken).max().unwrap_or(0).max(object::PRESUMED_COLUMNS - 1).saturating_add(1);
        column.number = next;
        let column = Arc::new(column);
        self.presume_fact(relation, column.name.clone(), |object| {
            if let Body::Relation(Relation { columns, .. }) | Body::Type(Type::Composite(columns)) = &mut object.body {
                columns.push(column.clone());
            }
        });
        next
    }

    /// Says of a presumed relation what has always held, and that it is known from now on.
    pub fn presume_fact(&mut self, relation: ObjId, name: Name, change: impl Fn(&mut Object)) {
        let key = Key::new(Class::Column, relation, name);
        let known = Some(Entry { id: None, stamp: self.clock });
        if self.tentative {
            self.set_entry(key, known);
        } else {
            self.learns();
            let name = self.number(&key);
            self.exchange(name, known);
        }
        self.amend(relation, change);
    }

    /// The object of a slot in every state that the journal can bring back, today's first.
    fn versions(&self, id: ObjId) -> impl Iterator<Item = &Arc<Object>> {
        let past = self.journal.iter().filter_map(move |change| match change {
            Change::Slot { id: slot, old: Some(old), .. } if *slot == id => Some(old),
            _ => None,
        });
        self.slots.get(id.index()).and_then(|slot| slot.object.as_ref()).into_iter().chain(past)
    }

    /// The gaps that were noted since the mark and what they reach.
    pub fn doubts_since(&self, mark: Mark) -> impl Iterator<Item = (GapId, &Reach)> {
        self.noted_since(mark).iter().map(|doubt| (doubt.gap, &doubt.reach))
    }

    fn noted_since(&self, mark: Mark) -> &[Doubt] {
        if self.doubts.is_empty() {
            return &[];
        }
        let count = self.journal.get(mark.0..).unwrap_or_default().iter().filter(|change| matches!(change, Change::Doubt)).count();
        self.doubts.get(self.doubts.len().saturating_sub(count)..).unwrap_or_default()
    }

    /// The gaps noted since the mark that are not settled: some name within reach was not proved present or absent since.
    pub fn open_doubts_since(&self, mark: Mark) -> Vec<(GapId, &Reach)> {
        let noted = self.noted_since(mark);
        if noted.is_empty() {
            return Vec::new();
        }
        // When each of the names was last proved, by the one of that name of which it is longest ago.
        let mut proved: LiteMap<&str, Option<u32>> = LiteMap::new();
        for doubt in noted {
            if let Reach::Names(names) = &doubt.reach {
                names.iter().for_each(|name| {
                    proved.insert(name.as_str(), None);
                });
            }
        }
        let names = if proved.is_empty() { None } else { Some(&self.order.names) };
        for (key, number) in names.into_iter().flatten() {
            if let Some(known) = proved.get_mut(key.name.as_str())
                && let Some(entry) = self.entry(*number)
            {
                *known = Some(known.map_or(entry.stamp, |stamp| stamp.min(entry.stamp)));
            }
        }
        let settled = |doubt: &Doubt, name: &Name| proved.get(name.as_str()).copied().flatten().is_some_and(|stamp| stamp > doubt.stamp);
        let open = noted.iter().filter(|doubt| match &doubt.reach {
            Reach::Names(names) => !names.iter().all(|name| settled(doubt, name)),
            _ => true,
        });
        open.map(|doubt| (doubt.gap, &doubt.reach)).collect()
    }

    /// Whether any gap reaches a name, proved since or not.
    pub fn was_doubted(&self, name: &str) -> bool {
        self.doubted(name, 0).is_some()
    }

    /// Notes that the presence of a name before the first statement decides something and is not known.
    pub fn base_doubt(&mut self, key: Key, description: String) {
        self.note_base_doubt(key, description, None);
    }

    /// Notes the same of an object that is there: it ends when another one takes the name.
    pub fn base_doubt_of(&mut self, id: ObjId, description: String) {
        if let Some(key) = self.get(id).and_then(|object| key_of(object)) {
            self.note_base_doubt(key, description, Some(id));
        }
    }

    /// What the rollback first finds was so after the forward, too.
    fn note_base_doubt(&mut self, key: Key, description: String, of: Option<ObjId>) {
        if !self.base_doubts.contains_key(&key) {
            self.learns();
            let lasting = is_by(self.cause, 2);
            self.base_doubts.insert(key, (description, lasting, of));
        }
    }

    /// Notes the same of a statement after which it is not known either: `IF NOT EXISTS` keeps what was there.
    pub fn lasting_doubt(&mut self, key: Key, description: String) {
        let doubt = (description, true, None);
        if self.base_doubts.get(&key) != Some(&doubt) {
            self.learns();
            self.base_doubts.insert(key, doubt);
        }
    }

    /// Whether something was there before the first statement decides something and is not known.
    pub fn is_base_doubted(&self, key: &Key) -> bool {
        self.reads.give_up();
        self.base_doubts.contains_key(key)
    }

    /// Whether there is anything of which that is not known.
    pub fn has_base_doubts(&self) -> bool {
        !self.base_doubts.is_empty()
    }

    /// What of which the presence before the first statement decides something.
    pub fn doubted_at_base(&self) -> impl Iterator<Item = &Key> {
        self.base_doubts.keys()
    }

    /// The base doubts whose names were touched since the mark; or those of them that are doubts after the forward, too.
    pub fn base_doubts_since(&self, mark: Mark, lasting: bool) -> Vec<(&Key, &str)> {
        if self.base_doubts.is_empty() {
            return Vec::new();
        }
        let changes = self.journal.get(mark.0..).unwrap_or_default();
        let index = self.index.borrow();
        let (mut names, mut slots) = (vec![false; self.entries.len()], vec![false; self.slots.len()]);
        for change in changes {
            let touched = match change {
                // A function that was replaced twice is what it was replaced by.
                Change::Entry { name, old: Some(Entry { id: Some(id), .. }) }
                    if lasting && self.entry(*name).is_some_and(|entry| entry.id == Some(*id)) =>
                {
                    None
                }
                Change::Entry { name, .. } => names.get_mut(*name as usize),
                Change::Slot { id, .. } => slots.get_mut(id.index()),
                Change::Doubt | Change::Rows(_) => None,
            };
            if let Some(touched) = touched {
                *touched = true;
            }
        }
        let changed = |id: ObjId| slots.get(id.index()) == Some(&true);
        let touched = |key: &&Key, of: &Option<ObjId>| {
            // What stands in a schema or at a table that is not known itself has no place.
            let placeless = key.class == Class::Relation && key.parent == ObjId::NONE;
            placeless
                || index.numbers.get(key).is_some_and(|number| {
                    let id = self.entry(*number).and_then(|entry| entry.id);
                    match of {
                        Some(_) => id == *of && id.is_some_and(changed),
                        None => {
                            names.get(*number as usize) == Some(&true)
                                || ((!lasting || key.class != Class::Routine) && id.is_some_and(changed))
                        }
                    }
                })
        };
        let found = self.base_doubts.iter().filter(|(key, (_, lasts, of))| (*lasts || !lasting) && touched(key, of));
        found.map(|(key, (description, ..))| (key, description.as_str())).collect()
    }
}
