//! Which statements a difference comes from: those that changed what differs, not all that changed its objects.

use super::{Change, DiffEntry, Entries, collect};
use crate::catalog::history::{Moment, Step};
use crate::catalog::object::ObjId;
use crate::catalog::{Catalog, Cause, Mark};
use std::collections::{BTreeMap, BTreeSet};

/// Leaves to each difference the statements since the mark that changed how it prints, where there are such.
pub fn narrow_causes(catalog: &Catalog, mark: Mark, differences: &mut [DiffEntry]) {
    let mut about: BTreeMap<ObjId, Vec<usize>> = BTreeMap::new();
    for (at, difference) in differences.iter().enumerate() {
        difference.ids.iter().for_each(|id| about.entry(*id).or_default().push(at));
    }
    if about.is_empty() {
        return;
    }
    let steps = catalog.steps_since(mark);
    let mut moment = Moment::before(catalog, &steps);
    let mut causes: Vec<Vec<Cause>> = vec![Vec::new(); differences.len()];
    for step in &steps {
        let Some(about) = about.get(&step.id) else {
            moment.take(step);
            continue;
        };
        let before = printed(&moment, step, false);
        moment.take(step);
        let after = printed(&moment, step, true);
        for at in about {
            let (Some(difference), Some(causes)) = (differences.get(*at), causes.get_mut(*at)) else { continue };
            let other_name = difference.found.as_ref().filter(|_| difference.change == Change::Renamed);
            let mut names = [Some(&difference.name), other_name].into_iter().flatten();
            let shown = |entries: &Entries, name: &String| entries.get(&(difference.kind, name.clone())).map(super::Entry::shown);
            if names.any(|name| shown(&before, name) != shown(&after, name)) && causes.last() != Some(&step.cause) {
                causes.push(step.cause);
            }
        }
    }
    for (difference, causes) in differences.iter_mut().zip(causes) {
        if !causes.is_empty() {
            difference.causes = causes;
        }
    }
}

fn printed(moment: &Moment<'_>, step: &Step<'_>, after: bool) -> Entries {
    let mut entries = Entries::new();
    if let Some(object) = if after { step.after } else { step.before } {
        collect(moment, step.id, object, &BTreeSet::new(), &mut entries);
    }
    entries
}
