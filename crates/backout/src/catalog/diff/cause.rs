//! Which statements a difference comes from: those that changed what differs, not all that changed its objects.

use super::{Change, DiffEntry, Entries, collect};
use crate::catalog::history::{Moment, Step};
use crate::catalog::object::{Body, ColumnNumber, ObjId, Object};
use crate::catalog::{Catalog, Cause, Mark};
use litemap::LiteMap;
use std::sync::Arc;

/// Leaves to each difference the statements since the mark that changed how it prints, where there are such.
pub fn narrow_causes(catalog: &Catalog, mark: Mark, differences: &mut [DiffEntry]) {
    let mut about: LiteMap<ObjId, Vec<usize>> = LiteMap::new();
    // What a single statement changed is that statement's.
    for (at, difference) in differences.iter().enumerate().filter(|(_, difference)| difference.causes.len() > 1) {
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
        let shared = shared_columns(step);
        let before = printed(&moment, step.id, step.before, &shared);
        moment.take(step);
        let after = printed(&moment, step.id, step.after, &shared);
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

/// The columns that the step leaves as they are, and what they print: it gives no name that they might print another meaning.
fn shared_columns(step: &Step<'_>) -> Vec<ColumnNumber> {
    let (Some(before), Some(after)) = (step.before, step.after) else { return Vec::new() };
    let (Body::Relation(then), Body::Relation(now)) = (&before.body, &after.body) else { return Vec::new() };
    let named_alike = then.columns.iter().all(|column| now.column_at(column.number).is_some_and(|other| other.name == column.name));
    if !named_alike || before.name != after.name || before.parent != after.parent {
        return Vec::new();
    }
    let pairs = then.columns.iter().zip(&now.columns);
    pairs.filter(|(then, now)| Arc::ptr_eq(then, now)).map(|(column, _)| column.number).collect()
}

fn printed(moment: &Moment<'_>, id: ObjId, object: Option<&Arc<Object>>, shared: &[ColumnNumber]) -> Entries {
    let mut entries = Vec::new();
    if let Some(object) = object {
        collect(moment, id, object, shared, &mut entries);
    }
    entries.into_iter().collect()
}
