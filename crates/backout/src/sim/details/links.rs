//! Which statement of the rollback takes back what a statement of the forward did.
//!
//! Things are matched by what they are: the same object touched by both, or one of the same kind and name put back.

use super::{Deed, Deep, Side, Told, Touches};
use crate::catalog::history::Slot;
use crate::catalog::object::ColumnNumber;
use std::collections::{BTreeMap, BTreeSet};

/// More partners than this of one thing are not told.
const MOST_PARTNERS: usize = 8;

/// The pairs that were found.
#[derive(Default)]
pub(super) struct Links {
    /// By side, statement, slot and deed.
    by_touch: BTreeMap<(Side, usize, Slot, Deed), BTreeSet<usize>>,
    by_statement: Partners,
    /// What a statement that fails would take back.
    meant: Partners,
}

/// The partners of each statement: the forward's, and the rollback's.
#[derive(Default)]
struct Partners([Vec<BTreeSet<usize>>; 2]);

impl Partners {
    fn add(&mut self, side: Side, number: usize, partner: usize) {
        let of_side = &mut self.0[usize::from(side == Side::Rollback)];
        if of_side.len() <= number {
            of_side.resize_with(number + 1, BTreeSet::new);
        }
        of_side[number].insert(partner);
    }

    fn of(&self, side: Side, number: usize) -> Vec<usize> {
        list(self.0[usize::from(side == Side::Rollback)].get(number))
    }
}

impl Links {
    /// The partners of one thing.
    pub fn of(&self, side: Side, number: usize, slot: Slot, deed: Deed) -> Vec<usize> {
        list(self.by_touch.get(&(side, number, slot, deed)))
    }

    /// The partners of a statement.
    pub fn all(&self, side: Side, number: usize) -> Vec<usize> {
        self.by_statement.of(side, number)
    }

    /// What a statement that fails would take back.
    pub fn meant(&self, side: Side, number: usize) -> Vec<usize> {
        self.meant.of(side, number)
    }
}

fn list(set: Option<&BTreeSet<usize>>) -> Vec<usize> {
    set.into_iter().flatten().copied().collect()
}

/// What the rollback does, to be looked up.
#[derive(Default)]
struct Index<'a> {
    /// By slot and deed; the slot that the rollback's touch is about goes along.
    slots: BTreeMap<(Slot, Deed), Vec<(usize, Slot)>>,
    made: BTreeMap<(&'static str, &'a str), Vec<(usize, Slot)>>,
    /// Columns that it sets by UPDATE, by statement and table; those of whole rows are not here.
    sets: BTreeMap<(usize, Slot), &'a [ColumnNumber]>,
}

impl Index<'_> {
    fn at(&self, slot: Slot, deed: Deed) -> impl Iterator<Item = (usize, Slot, Deed)> + '_ {
        // The last ones say how it ends.
        let found = self.slots.get(&(slot, deed)).map_or(&[][..], Vec::as_slice);
        found.iter().rev().take(MOST_PARTNERS).map(move |(number, slot)| (*number, *slot, deed))
    }

    /// Whether a row statement may set what the forward's has set.
    fn may_set(&self, (number, slot, _): &(usize, Slot, Deed), touch: &Deep) -> bool {
        match self.sets.get(&(*number, *slot)) {
            Some(sets) if !touch.sets.is_empty() => sets.iter().any(|column| touch.sets.contains(column)),
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
    let mut index = Index::default();
    for ((_, number), deep) in touches.iter().filter(|((side, _), _)| *side == Side::Rollback) {
        for touch in deep {
            index.slots.entry((touch.slot, touch.deed)).or_default().push((*number, touch.slot));
            if touch.deed == Deed::Makes {
                index.made.entry((touch.kind, &touch.name)).or_default().push((*number, touch.slot));
            }
            if !touch.sets.is_empty() {
                index.sets.insert((*number, touch.slot), &touch.sets);
            }
        }
    }
    let mut links = Links::default();
    // The forward's statements by what they touch, for those of the rollback that fail.
    let mut forward: BTreeMap<Slot, BTreeSet<usize>> = BTreeMap::new();
    let mut named: BTreeMap<(&'static str, &str), BTreeSet<usize>> = BTreeMap::new();
    for ((_, number), deep) in touches.iter().filter(|((side, _), _)| *side == Side::Forward) {
        for touch in deep {
            forward.entry(touch.slot).or_default().insert(*number);
            named.entry((touch.kind, &touch.name)).or_default().insert(*number);
            let again = || {
                let made = index.made.get(&(touch.kind, touch.name.as_str())).map_or(&[][..], Vec::as_slice);
                made.iter().rev().take(MOST_PARTNERS).map(|(number, slot)| (*number, *slot, Deed::Makes))
            };
            let mut found: Vec<(usize, Slot, Deed)> = match touch.deed {
                Deed::Makes => index.at(touch.slot, Deed::Drops).collect(),
                Deed::Drops => again().collect(),
                Deed::Changes => index.at(touch.slot, Deed::Changes).chain(again()).collect(),
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
                links.by_touch.entry((Side::Forward, *number, touch.slot, touch.deed)).or_default().insert(partner);
                links.by_touch.entry((Side::Rollback, partner, slot, deed)).or_default().insert(*number);
                links.by_statement.add(Side::Forward, *number, partner);
                links.by_statement.add(Side::Rollback, partner, *number);
            }
        }
    }
    let mut blocked = Partners::default();
    for (number, held) in told.rollback.iter().flat_map(|ran| ran.blocked()) {
        for partner in held.targets.iter().filter_map(|target| forward.get(target)).flatten() {
            blocked.add(Side::Rollback, number, *partner);
        }
    }
    for (number, failure) in told.rollback.iter().flat_map(|ran| &ran.failures) {
        let mut meant = blocked.of(Side::Rollback, *number);
        if let Some((kind, name)) = &failure.object
            && meant.is_empty()
        {
            meant = list(named.get(&(*kind, name.as_str())));
        }
        for partner in meant {
            links.meant.add(Side::Forward, partner, *number);
            links.meant.add(Side::Rollback, *number, partner);
        }
    }
    links
}
