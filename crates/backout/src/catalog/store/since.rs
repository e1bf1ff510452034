//! What changed since a mark, read from the journal.

use super::{Catalog, Cause, Change, Mark};
use crate::catalog::object::{ObjId, Object};
use litemap::LiteMap;
use std::sync::Arc;

/// A slot that changed: its object at the mark and the statements that changed it, oldest first.
#[derive(Clone, Debug)]
pub struct Changed<'a> {
    /// The object at the mark.
    pub before: Option<&'a Arc<Object>>,
    /// The statements that changed it.
    pub causes: Vec<Cause>,
}

impl Catalog {
    /// The slots that changed since the mark, each with its object at the mark and the statements that changed it.
    pub fn changed_since(&self, mark: Mark) -> LiteMap<ObjId, Changed<'_>> {
        self.changed_where(mark, &|_, _| true)
    }

    /// The same of slots that do not hold what they held at the mark.
    pub fn other_since(&self, mark: Mark) -> LiteMap<ObjId, Changed<'_>> {
        self.changed_where(mark, &|id, before| match (before, self.get(id)) {
            (Some(then), Some(now)) => !Arc::ptr_eq(then, now),
            (then, now) => then.is_some() || now.is_some(),
        })
    }

    /// The slots with these objects at the mark.
    fn changed_where(&self, mark: Mark, wanted: &dyn Fn(ObjId, Option<&Arc<Object>>) -> bool) -> LiteMap<ObjId, Changed<'_>> {
        let journal = self.journal.get(mark.0..).unwrap_or_default();
        let slot = |at: u32| match journal.get(at as usize)? {
            Change::Slot { id, old, cause, .. } => Some((*id, old.as_ref(), *cause)),
            _ => None,
        };
        let mut places: Vec<(ObjId, u32)> = (0..).zip(journal).filter_map(|(at, _)| Some((slot(at)?.0, at))).collect();
        places.sort_unstable();
        let changed = places.chunk_by(|(id, _), (other, _)| id == other).filter_map(|places| {
            let (id, before, _) = places.first().and_then(|(_, at)| slot(*at)).filter(|(id, before, _)| wanted(*id, *before))?;
            let mut causes: Vec<Cause> = places.iter().filter_map(|(_, at)| Some(slot(*at)?.2)).collect();
            causes.dedup();
            Some((id, Changed { before, causes }))
        });
        // Sorted already.
        LiteMap::from_sorted_store_unchecked(changed.collect())
    }

    /// What the slots held before each change since the mark, oldest first, and the statements that changed them.
    pub fn replaced_since(&self, mark: Mark) -> impl Iterator<Item = (ObjId, Option<&Arc<Object>>, Cause)> {
        self.journal.get(mark.0..).unwrap_or_default().iter().filter_map(|change| match change {
            Change::Slot { id, old, cause, .. } => Some((*id, old.as_ref(), *cause)),
            _ => None,
        })
    }
}
