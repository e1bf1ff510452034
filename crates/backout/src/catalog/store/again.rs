//! What a statement does that is executed again, or whose effect is put back without executing it: see [`super::super::trace`].

use super::super::object::{ObjId, Object};
use super::{Catalog, Change, Entry, Slot, whole};
use std::sync::Arc;

impl Catalog {
    /// A slot for a new object: the one that the same statement took before, so that what it makes is known again.
    pub(super) fn free_slot(&mut self) -> ObjId {
        while let Some(id) = self.taken.pop() {
            if let Some(slot) = self.slots.get_mut(id.index())
                && slot.object.is_none()
            {
                slot.made = self.clock;
                // A table that is made again is empty.
                self.clear_rows(id);
                return id;
            }
        }
        self.slots.push(Slot { made: self.clock, ..Slot::default() });
        ObjId(self.slots.len() as u32 - 1)
    }

    /// The next objects are put where a statement put them before, as far as there is nothing.
    pub(in super::super) fn take_again(&mut self, slots: impl Iterator<Item = ObjId>) {
        self.taken.clear();
        self.taken.extend(slots);
    }

    /// Gives an object that is the same as before the same serial number.
    pub(in super::super) fn same_as_before(&mut self, id: ObjId, object: &Object, serial: u32) {
        if let Some(slot) = self.slots.get_mut(id.index())
            && slot.serial != serial
            && slot.object.as_deref() == Some(object)
        {
            self.all ^= whole(id, slot.serial) ^ whole(id, serial);
            slot.serial = serial;
        }
    }

    /// Gives a name the meaning that a statement gave it before.
    pub(in super::super) fn mean(&mut self, name: u32, id: Option<ObjId>) {
        self.set_number(name, Some(Entry { id, stamp: self.clock }));
    }

    /// Puts into a slot what a statement put there before.
    pub(in super::super) fn put_again(&mut self, id: ObjId, object: Option<Arc<Object>>, serial: u32) {
        let Some(slot) = self.slots.get(id.index()) else { return };
        let made = slot.serial == 0;
        self.journal.push(Change::Slot { id, old: slot.object.clone(), serial: slot.serial, cause: self.cause });
        if made {
            // A table that is made again is empty.
            self.clear_rows(id);
        }
        self.replace(id, object, serial);
    }
}
