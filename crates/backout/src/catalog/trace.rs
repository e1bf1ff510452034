//! What a statement read and what it changed, so that it need not be executed again where it would read the same.
//!
//! While a trace is taken, the store notes the first reading of everything: a slot by the serial number of what it holds,
//! a name by what it means, a list by a sum of its members. All of these come back when the journal is undone, and so a
//! statement whose readings are the same does the same, in whatever run. What cannot be noted makes the trace void.

use super::object::{ObjId, Object};
use super::store::Catalog;
use super::{Class, Mark, Presence};
use crate::op::Name;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// One reading.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Read {
    /// The object in a slot, by its serial number.
    Slot(ObjId, u32),
    /// What depends on an object.
    Dependents(ObjId, u64),
    /// What is known about a name.
    Name(u32, Presence),
    /// What a parent has in a name space.
    Range(Class, ObjId, u64),
    /// The constraints of a name.
    Constraints(Name, u64),
    /// Every object.
    All(u64),
}

/// The readings of the statement at hand.
#[derive(Clone, Debug, Default)]
pub(super) struct Reads {
    /// A trace is being taken; its number tells what has been noted already.
    epoch: Cell<u32>,
    last: Cell<u32>,
    list: RefCell<Vec<Read>>,
    /// The sum of all objects at the beginning.
    all: Cell<u64>,
    whole: Cell<bool>,
    /// Something was read that is not noted.
    void: Cell<bool>,
    /// The names that the statement made while nothing was known of them.
    learnt: RefCell<Vec<u32>>,
    /// Counts what changes every state that the journal can bring back: no older trace holds.
    generation: u32,
}

/// When something was noted: the number of the trace.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen(Cell<u32>);

/// A set by the sum of its members: the same sum means the same members.
///
/// The sum is 64 bits of mixed numbers that no input chooses, so that two sets of the same sum do not come up.
#[derive(Clone, Debug, Default)]
pub(super) struct Set {
    sum: u64,
    /// The sum before the statement at hand changed it, with the number of its trace.
    before: (u32, u64),
    seen: Seen,
}

impl Set {
    /// Adds or takes away a member.
    pub(super) fn toggle(&mut self, member: u64, reads: &Reads) {
        let epoch = reads.epoch.get();
        if epoch != 0 && self.before.0 != epoch {
            self.before = (epoch, self.sum);
        }
        self.sum ^= mix(member);
    }

    /// Whether it has no members.
    pub(super) fn is_empty(&self) -> bool {
        self.sum == 0
    }

    /// Notes the sum, as it was when the trace began.
    fn read(&self, reads: &Reads, note: impl FnOnce(u64) -> Read) {
        if reads.first(&self.seen) {
            let sum = if self.before.0 == reads.epoch.get() { self.before.1 } else { self.sum };
            reads.list.borrow_mut().push(note(sum));
        }
    }
}

/// A number that differs in all its bits from those of similar ones (splitmix64).
pub(super) fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl Reads {
    /// Whether a trace is being taken.
    pub(super) fn on(&self) -> bool {
        self.epoch.get() != 0
    }

    /// Whether this is the first reading of something.
    fn first(&self, seen: &Seen) -> bool {
        let epoch = self.epoch.get();
        epoch != 0 && seen.0.replace(epoch) != epoch
    }

    pub(super) fn slot(&self, id: ObjId, seen: &Seen, serial: u32) {
        if self.first(seen) {
            self.list.borrow_mut().push(Read::Slot(id, serial));
        }
    }

    pub(super) fn name(&self, number: u32, seen: &Seen, presence: impl FnOnce() -> Presence) {
        if self.first(seen) {
            self.list.borrow_mut().push(Read::Name(number, presence()));
        }
    }

    /// The statement makes an object of a name of which nothing was known: from now on it is known to have been absent.
    pub(super) fn learn(&self, number: u32) {
        if self.on() {
            self.learnt.borrow_mut().push(number);
        }
    }

    pub(super) fn dependents(&self, id: ObjId, set: &Set) {
        set.read(self, |sum| Read::Dependents(id, sum));
    }

    pub(super) fn range(&self, class: Class, parent: ObjId, set: Option<&Set>) {
        match set {
            Some(set) => set.read(self, |sum| Read::Range(class, parent, sum)),
            None if self.on() => self.once(Read::Range(class, parent, 0)),
            None => {}
        }
    }

    pub(super) fn constraints(&self, name: &str, set: Option<&Set>) {
        match set {
            Some(set) => set.read(self, |sum| Read::Constraints(name.into(), sum)),
            None if self.on() => self.once(Read::Constraints(name.into(), 0)),
            None => {}
        }
    }

    pub(super) fn everything(&self) {
        if self.on() && !self.whole.replace(true) {
            self.list.borrow_mut().push(Read::All(self.all.get()));
        }
    }

    /// Notes what has no place to remember that it was noted.
    fn once(&self, read: Read) {
        let mut list = self.list.borrow_mut();
        if !list.contains(&read) {
            list.push(read);
        }
    }

    /// Something is read that is not noted: the trace at hand will not do.
    pub(super) fn give_up(&self) {
        self.void.set(true);
    }

    /// No trace is being taken.
    pub(super) fn stop(&self) {
        self.epoch.set(0);
    }

    /// Something changed in every state: what was noted before does not hold any more.
    pub(super) fn forget(&mut self) {
        self.generation += 1;
    }
}

/// What a statement read and changed.
#[derive(Debug)]
pub struct Trace {
    reads: Box<[Read]>,
    slots: Box<[(ObjId, Option<Arc<Object>>, u32)]>,
    names: Box<[(u32, Option<ObjId>)]>,
    generation: u32,
    /// Names were in doubt.
    doubtful: bool,
}

impl Trace {
    /// Whether the statement left everything as it was.
    pub fn changes_nothing(&self) -> bool {
        self.slots.is_empty() && self.names.is_empty()
    }

    /// The objects that the statement changed.
    pub fn changed(&self) -> impl Iterator<Item = ObjId> {
        self.slots.iter().map(|(id, ..)| *id)
    }
}

impl Catalog {
    /// From here on what is read is noted.
    pub fn start_trace(&mut self) {
        let all = self.sum();
        let reads = self.reads_mut();
        reads.learnt.borrow_mut().clear();
        let epoch = reads.last.get().wrapping_add(1).max(1);
        reads.last.set(epoch);
        reads.epoch.set(epoch);
        reads.all.set(all);
        reads.whole.set(false);
        reads.void.set(false);
        reads.list.borrow_mut().clear();
    }

    /// What has been read since, and changed since the mark; none if it cannot be done again from that alone. `generation` is
    /// that of the beginning. `learns` says that the statement does the same where the names that it made are known to be absent.
    pub fn end_trace(&mut self, mark: Mark, generation: u32, learns: bool) -> Option<Trace> {
        let reads = self.reads_mut();
        reads.epoch.set(0);
        if reads.generation != generation || reads.void.get() {
            return None;
        }
        let (slots, names) = self.changes_since(mark)?;
        let doubtful = self.in_doubt();
        let reads = self.reads();
        let mut list = reads.list.borrow_mut();
        for number in reads.learnt.borrow().iter().filter(|_| learns) {
            let unknown = Read::Name(*number, Presence::Open(None));
            if let Some(read) = list.iter_mut().find(|read| **read == unknown) {
                *read = Read::Name(*number, Presence::Absent);
            }
        }
        let reads = list.as_slice().into();
        Some(Trace { reads, slots, names, generation, doubtful })
    }

    /// Changes with every change of all states.
    pub fn generation(&self) -> u32 {
        self.reads().generation
    }

    /// Whether the statement would read the same as then.
    pub fn would_read(&self, trace: &Trace) -> bool {
        trace.generation == self.generation()
            && trace.doubtful == self.in_doubt()
            && trace.reads.iter().all(|read| match read {
                Read::Slot(id, serial) => self.serial(*id) == *serial,
                Read::Dependents(id, sum) => self.set_of_dependents(*id).map_or(0, |set| set.sum) == *sum,
                Read::Name(number, presence) => self.presence(*number) == *presence,
                Read::Range(class, parent, sum) => self.set_of_range(*class, *parent).map_or(0, |set| set.sum) == *sum,
                Read::Constraints(name, sum) => self.set_of_constraints(name).map_or(0, |set| set.sum) == *sum,
                Read::All(sum) => self.sum() == *sum,
            })
    }

    /// Does what the statement did.
    pub fn do_again(&mut self, trace: &Trace) {
        for (number, id) in &trace.names {
            self.mean(*number, *id);
        }
        for (id, object, serial) in &trace.slots {
            self.put_again(*id, object.clone(), *serial);
        }
    }

    /// The statement is executed again, since it reads otherwise than then: what it makes takes the same places.
    pub fn take_places(&mut self, trace: &Trace) {
        self.take_again(trace.slots.iter().rev().filter(|(_, object, _)| object.is_some()).map(|(id, ..)| *id));
    }

    /// What came out the same as then is the same for whoever reads it: statements after this one need not be executed again.
    pub fn settle(&mut self, trace: &Trace) {
        self.take_again(std::iter::empty());
        if trace.generation == self.generation() {
            for (id, object, serial) in &trace.slots {
                if let Some(object) = object {
                    self.same_as_before(*id, object, *serial);
                }
            }
        }
    }
}
