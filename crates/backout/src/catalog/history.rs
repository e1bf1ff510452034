//! What became of the slots, step by step: the journal read forwards, for those who tell the story of a run.

use super::object::{ColumnNumber, ObjId, Object};
use super::store::Change;
use super::{Catalog, Cause, Mark, Names};
use litemap::LiteMap;
use rustc_hash::FxBuildHasher;
use std::collections::HashMap;
use std::sync::Arc;

/// One object, or one of its columns.
pub type Slot = (ObjId, ColumnNumber);

/// A slot before and after one change.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// The slot.
    pub id: ObjId,
    /// The object before.
    pub before: Option<&'a Arc<Object>>,
    /// The object after.
    pub after: Option<&'a Arc<Object>>,
    /// The statement that changed it.
    pub cause: Cause,
}

impl Catalog {
    /// Every change of a slot since the mark, oldest first.
    pub fn steps_since(&self, mark: Mark) -> Vec<Step<'_>> {
        let mut steps: Vec<Step<'_>> = Vec::new();
        let mut last: LiteMap<ObjId, usize> = LiteMap::new();
        for change in self.journal.get(mark.0..).unwrap_or_default() {
            let Change::Slot { id, old, cause, .. } = change else { continue };
            if let Some(step) = last.insert(*id, steps.len()).and_then(|at| steps.get_mut(at)) {
                step.after = old.as_ref();
            }
            steps.push(Step { id: *id, before: old.as_ref(), after: self.get(*id), cause: *cause });
        }
        steps
    }
}

/// The catalog at a moment between a mark and today, to be moved along with the steps.
#[derive(Clone)]
pub struct Moment<'a> {
    catalog: &'a Catalog,
    changed: HashMap<ObjId, Option<&'a Arc<Object>>, FxBuildHasher>,
}

impl<'a> Moment<'a> {
    /// The moment before the first of these steps.
    pub fn before(catalog: &'a Catalog, steps: &[Step<'a>]) -> Self {
        let mut changed = HashMap::default();
        for step in steps {
            changed.entry(step.id).or_insert(step.before);
        }
        Self { catalog, changed }
    }

    /// Takes a step.
    pub fn take(&mut self, step: &Step<'a>) {
        self.changed.insert(step.id, step.after);
    }

    /// The moment before these steps, which were taken last.
    pub fn earlier(&self, steps: &[Step<'a>]) -> Earlier<'_, 'a> {
        let mut changed = HashMap::default();
        for step in steps {
            changed.entry(step.id).or_insert(step.before);
        }
        Earlier { now: self, changed }
    }

    /// The slots that any of the steps changes, in no order.
    pub fn changed(&self) -> impl Iterator<Item = ObjId> + '_ {
        self.changed.keys().copied()
    }
}

impl Names for Moment<'_> {
    fn object(&self, id: ObjId) -> Option<&Object> {
        match self.changed.get(&id) {
            Some(then) => then.map(Arc::as_ref),
            None => self.catalog.object(id),
        }
    }
}

/// A moment before some steps.
pub struct Earlier<'m, 'a> {
    now: &'m Moment<'a>,
    changed: HashMap<ObjId, Option<&'a Arc<Object>>, FxBuildHasher>,
}

impl Names for Earlier<'_, '_> {
    fn object(&self, id: ObjId) -> Option<&Object> {
        match self.changed.get(&id) {
            Some(then) => then.map(Arc::as_ref),
            None => self.now.object(id),
        }
    }
}
