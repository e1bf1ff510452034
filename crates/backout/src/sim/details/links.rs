//! Which statement of the rollback takes back what a statement of the forward did.
//!
//! Things are matched by what they are: the same object touched by both, or one of the same kind and name put back.

use super::{Deed, Deep, Side, Told, Touches};
use crate::catalog::history::Slot;
use crate::catalog::object::ColumnNumber;

/// More partners than this of one thing are not told.
const MOST_PARTNERS: usize = 8;

/// Values by keys: gathered first, in order when all are there.
struct Register<K, V>(Vec<(K, V)>);

impl<K: Ord + Copy, V> Register<K, V> {
    fn new() -> Self {
        Self(Vec::new())
    }

    fn add(&mut self, key: K, value: V) {
        self.0.push((key, value));
    }

    /// What has the same key stays in the order in which it came.
    fn sorted(mut self) -> Self {
        self.0.sort_by_key(|(key, _)| *key);
        self
    }

    fn of(&self, key: &K) -> &[(K, V)] {
        let from = self.0.partition_point(|(known, _)| known < key);
        let rest = self.0.get(from..).unwrap_or_default();
        rest.get(..rest.partition_point(|(known, _)| known == key)).unwrap_or_default()
    }
}

/// The partners of something: a statement, or one thing that it does.
impl<K: Ord + Copy> Register<K, usize> {
    fn partners(&self, key: &K) -> Vec<usize> {
        let mut partners: Vec<usize> = self.of(key).iter().map(|(_, partner)| *partner).collect();
        partners.sort_unstable();
        partners.dedup();
        partners
    }
}

/// The pairs that were found.
pub(super) struct Links {
    /// By side, statement, slot and deed.
    by_touch: Register<(Side, usize, Slot, Deed), usize>,
    by_statement: Register<(Side, usize), usize>,
    /// What a statement that fails would take back.
    meant: Register<(Side, usize), usize>,
}

impl Links {
    /// The partners of one thing.
    pub fn of(&self, side: Side, number: usize, slot: Slot, deed: Deed) -> Vec<usize> {
        self.by_touch.partners(&(side, number, slot, deed))
    }

    /// The partners of a statement.
    pub fn all(&self, side: Side, number: usize) -> Vec<usize> {
        self.by_statement.partners(&(side, number))
    }

    /// What a statement that fails would take back.
    pub fn meant(&self, side: Side, number: usize) -> Vec<usize> {
        self.meant.partners(&(side, number))
    }
}

/// What the rollback does, to be looked up.
struct Index<'a> {
    /// By slot and deed; the slot that the rollback's touch is about goes along.
    slots: Register<(Slot, Deed), (usize, Slot)>,
    made: Register<(&'static str, &'a str), (usize, Slot)>,
    /// Columns that it sets by UPDATE, by statement and table; those of whole rows are not here.
    sets: Register<(usize, Slot), &'a [ColumnNumber]>,
}

impl Index<'_> {
    fn at(&self, slot: Slot, deed: Deed) -> impl Iterator<Item = (usize, Slot, Deed)> + '_ {
        // The last ones say how it ends.
        let found = self.slots.of(&(slot, deed));
        found.iter().rev().take(MOST_PARTNERS).map(move |(_, (number, slot))| (*number, *slot, deed))
    }

    fn made_again<'s>(&'s self, touch: &'s Deep) -> impl Iterator<Item = (usize, Slot, Deed)> + 's {
        let made = self.made.of(&(touch.kind, touch.name.as_str()));
        made.iter().rev().take(MOST_PARTNERS).map(|(_, (number, slot))| (*number, *slot, Deed::Makes))
    }

    /// Whether a row statement may set what the forward's has set.
    fn may_set(&self, (number, slot, _): &(usize, Slot, Deed), touch: &Deep) -> bool {
        match self.sets.of(&(*number, *slot)).last() {
            Some((_, sets)) if !touch.sets.is_empty() => sets.iter().any(|column| touch.sets.contains(column)),
            Some(_) | None => true,
        }
    }

    /// The statements that drop the columns which an UPDATE has set; none if one of them stays.
    fn dropped(&self, touch: &Deep) -> Vec<(usize, Slot, Deed)> {
        let dropped = |column: &ColumnNumber| self.at((touch.slot.0, *column), Deed::Drops).next();
        touch.sets.iter().map(dropped).collect::<Option<Vec<_>>>().unwrap_or_default()
    }
}

/// Finds the pairs.
pub(super) fn link(touches: &Touches, told: &Told<'_>) -> Links {
    let (mut slots, mut made, mut sets) = (Register::new(), Register::new(), Register::new());
    for ((_, number), deep) in touches.iter().filter(|((side, _), _)| *side == Side::Rollback) {
        for touch in deep {
            slots.add((touch.slot, touch.deed), (*number, touch.slot));
            if touch.deed == Deed::Makes {
                made.add((touch.kind, touch.name.as_str()), (*number, touch.slot));
            }
            if !touch.sets.is_empty() {
                sets.add((*number, touch.slot), touch.sets.as_slice());
            }
        }
    }
    let index = Index { slots: slots.sorted(), made: made.sorted(), sets: sets.sorted() };
    let (mut by_touch, mut by_statement, mut meant) = (Register::new(), Register::new(), Register::new());
    // The forward's statements by what they touch, for those of the rollback that fail.
    let (mut forward, mut named) = (Register::new(), Register::new());
    for ((_, number), deep) in touches.iter().filter(|((side, _), _)| *side == Side::Forward) {
        for touch in deep {
            forward.add(touch.slot, *number);
            named.add((touch.kind, touch.name.as_str()), *number);
            let mut found: Vec<(usize, Slot, Deed)> = match touch.deed {
                Deed::Makes => index.at(touch.slot, Deed::Drops).collect(),
                Deed::Drops => index.made_again(touch).collect(),
                Deed::Changes => index.at(touch.slot, Deed::Changes).chain(index.made_again(touch)).collect(),
                Deed::Writes => index.at(touch.slot, Deed::Writes).filter(|found| index.may_set(found, touch)).collect(),
            };
            if found.is_empty() {
                found = match touch.deed {
                    Deed::Makes => index.at(touch.slot, Deed::Changes).collect(),
                    Deed::Changes => index.at(touch.slot, Deed::Drops).collect(),
                    // Rows go with their table, values with their column.
                    Deed::Writes => index.at(touch.slot, Deed::Drops).chain(index.dropped(touch)).collect(),
                    Deed::Drops => Vec::new(),
                };
            }
            for (partner, slot, deed) in found {
                by_touch.add((Side::Forward, *number, touch.slot, touch.deed), partner);
                by_touch.add((Side::Rollback, partner, slot, deed), *number);
                by_statement.add((Side::Forward, *number), partner);
                by_statement.add((Side::Rollback, partner), *number);
            }
        }
    }
    let (forward, named) = (forward.sorted(), named.sorted());
    let mut blocked = Register::new();
    for (number, held) in told.rollback.iter().flat_map(|ran| ran.blocked()) {
        for partner in held.targets.iter().flat_map(|target| forward.partners(target)) {
            blocked.add((Side::Rollback, number), partner);
        }
    }
    let blocked = blocked.sorted();
    for (number, failure) in told.rollback.iter().flat_map(|ran| &ran.failures) {
        let mut partners = blocked.partners(&(Side::Rollback, *number));
        if let Some((kind, name)) = &failure.object
            && partners.is_empty()
        {
            partners = named.partners(&(*kind, name.as_str()));
        }
        for partner in partners {
            meant.add((Side::Forward, partner), *number);
            meant.add((Side::Rollback, *number), partner);
        }
    }
    Links { by_touch: by_touch.sorted(), by_statement: by_statement.sorted(), meant: meant.sorted() }
}
