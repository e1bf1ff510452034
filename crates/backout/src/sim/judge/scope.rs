//! Scope: what the rollback touches beyond the forward's own.

use super::*;
use crate::catalog::context::report_kind;
use crate::catalog::diff::arguments;
use crate::catalog::object::{Body, Object, PRESUMED_COLUMNS, RelKind, Type};
use crate::catalog::{Before, Names, quote};

impl Judge<'_> {
    pub(super) fn local(
        &mut self,
        differences: &Diff,
        run: &Run,
        forward: Option<&Run>,
        rows: Vec<Stray>,
        (m0, m1): (Mark, Mark),
    ) -> Local {
        let mut strays: Vec<Stray> = Vec::new();
        {
            let base = self.base_doubts(m0, false);
            let named: Vec<&Reach> = self
                .machine
                .catalog
                .open_doubts_since(m0)
                .into_iter()
                .map(|(_, reach)| reach)
                .filter(|reach| **reach != Reach::Everything)
                .collect();
            let at_m1 = Before::new(&self.machine.catalog, m1);
            let mut found: Vec<&str> = forward
                .iter()
                .flat_map(|run| &run.events)
                .filter_map(|(_, event)| match event {
                    Event::FoundObject(_, name) => Some(name.as_str()),
                    _ => None,
                })
                .collect();
            found.sort_unstable();
            // What went with something else, whole or with a column of it.
            let mut cascaded: Vec<ObjId> = Vec::new();
            let mut columns: Vec<ObjId> = Vec::new();
            for (_, event) in &run.events {
                match event {
                    Event::Dropped(id, _, true) => cascaded.push(*id),
                    Event::DroppedColumn(id, _, true, _) => columns.push(*id),
                    _ => {}
                }
            }
            cascaded.sort_unstable();
            columns.sort_unstable();
            for entry in &differences.entries {
                if entry.open || self.belongs_to_changed(entry, differences) {
                    continue;
                }
                if matches!(entry.kind, "comment" | "grant" | "default-privileges") {
                    strays.extend(self.around(entry, &at_m1));
                    continue;
                }
                let by_forward = entry.causes.iter().any(|cause| matches!(statement_of(*cause), Some((Side::Forward, _))));
                let statement = entry.causes.iter().rev().find_map(|cause| match statement_of(*cause) {
                    Some((Side::Rollback, statement)) => Some(statement),
                    _ => None,
                });
                let Some(statement) = statement else { continue };
                let among = |list: &[ObjId]| entry.ids.iter().any(|id| list.binary_search(id).is_ok());
                let cascades = among(&cascaded) || entry.kind == "column" && among(&columns);
                let there_after_forward = match entry.kind {
                    "column" => {
                        let name = entry.name.rsplit('.').next().unwrap_or("");
                        entry.ids.iter().any(|id| match at_m1.object(*id).map(|object| &object.body) {
                            Some(Body::Relation(relation)) => relation.live_columns().any(|column| quote(&column.name) == name),
                            _ => false,
                        })
                    }
                    _ => entry.ids.iter().any(|id| at_m1.object(*id).is_some()),
                };
                let touch = match entry.change {
                    Change::Missing if there_after_forward && found.binary_search(&entry.name.as_str()).is_ok() => Touch::DropsGuarded,
                    Change::Missing if there_after_forward && cascades => Touch::Cascades,
                    Change::Missing if there_after_forward => Touch::Drops,
                    Change::Changed | Change::Renamed if !by_forward => Touch::Alters,
                    Change::Extra if !by_forward => Touch::Creates,
                    Change::Missing | Change::Changed | Change::Renamed | Change::Extra => continue,
                };
                // What the forward dropped if it was there is put back, in the worlds where it was; what a gap names may be its own.
                let certain = (touch != Touch::Creates || !base.iter().any(|(key, _)| names(key, entry)))
                    && !named.iter().any(|reach| touches(reach, &entry.name));
                strays.push(Stray { kind: entry.kind, name: entry.name.clone(), touch, statement, certain, shown: true });
            }
        }
        if !self.settings.assume_new {
            let mut dropped: Vec<(ObjId, usize)> = Vec::new();
            for (at, (_, event)) in run.events.iter().enumerate() {
                if let Event::Dropped(id, ..) = event {
                    dropped.push((*id, at));
                }
            }
            dropped.sort_unstable();
            for (_, event) in forward.iter().flat_map(|run| &run.events) {
                let Event::MayHaveExisted(id) = event else { continue };
                let first = dropped.partition_point(|(other, _)| other < id);
                let Some((_, at)) = dropped.get(first).filter(|(gone, _)| gone == id) else { continue };
                let Some((statement, Event::Dropped(_, object, _))) = run.events.get(*at) else { continue };
                strays.push(Stray {
                    kind: report_kind(&object.body),
                    name: self.name_of(object),
                    touch: Touch::DropsGuarded,
                    statement: *statement,
                    certain: false,
                    shown: true,
                });
            }
        }
        strays.extend(self.older(run, m1));
        strays.extend(rows);
        let doubt = self.machine.catalog.open_doubts_since(m1).first().map(|(gap, _)| *gap);
        let answer = if strays.iter().any(|stray| stray.certain) {
            Answer { verity: Verity::No, because: None }
        } else if let Some(stray) = strays.first() {
            let reason = format!("whether {} {} was there before the forward is not known", stray.kind, stray.name);
            self.not_known(crate::op::GapKind::Presumed, reason)
        } else {
            self.yes_unless(doubt.or(run.unknown))
        };
        Local { answer, strays }
    }

    /// What reports call an object that is gone by now.
    fn name_of(&self, object: &Object) -> String {
        let catalog = &self.machine.catalog;
        let owner = if catalog.get(object.parent).is_some() { catalog.qualified(object.parent) + "." } else { String::new() };
        format!("{owner}{}{}", quote(&object.name), arguments(catalog, object))
    }

    /// A sequence that the rollback makes for a column of a table that the forward changed.
    pub(super) fn belongs_to_changed(&self, entry: &DiffEntry, differences: &Diff) -> bool {
        let owner = |id: &ObjId| match self.machine.catalog.relation(*id).map(|relation| &relation.kind) {
            Some(RelKind::Sequence(sequence)) => sequence.owned_by.map(|(table, _)| table),
            _ => None,
        };
        let by_forward = |entry: &DiffEntry| entry.causes.iter().any(|cause| matches!(statement_of(*cause), Some((Side::Forward, _))));
        entry.change == Change::Extra
            && entry
                .ids
                .iter()
                .filter_map(owner)
                .any(|table| differences.entries.iter().any(|other| other.ids.contains(&table) && by_forward(other)))
    }

    /// What only the rollback names, and drops: where it is there at all, it is older than the forward.
    pub(super) fn older(&self, run: &Run, m1: Mark) -> Vec<Stray> {
        let at_m1 = Before::new(&self.machine.catalog, m1);
        let mut strays = Vec::new();
        for (statement, event) in &run.events {
            let (kind, name) = match event {
                // What a gap may have made is not older for certain.
                Event::Dropped(_, object, false) if self.machine.catalog.was_doubted(&object.name) => continue,
                Event::DroppedColumn(id, ..) if at_m1.object(*id).is_some_and(|object| self.machine.catalog.was_doubted(&object.name)) => {
                    continue;
                }
                Event::Dropped(id, object, false) if object.presumed && at_m1.object(*id).is_none() => {
                    (report_kind(&object.body), self.name_of(object))
                }
                Event::DroppedColumn(id, number, false, name) if *number >= PRESUMED_COLUMNS => {
                    let there = at_m1.object(*id).is_some_and(|object| match &object.body {
                        Body::Relation(relation) => relation.column_at(*number).is_some(),
                        Body::Type(Type::Composite(columns)) => columns.iter().any(|column| column.number == *number),
                        _ => false,
                    });
                    if there {
                        continue;
                    }
                    ("column", format!("{}.{}", self.machine.catalog.qualified(*id), quote(name)))
                }
                // In a world where it exists it is older.
                Event::FoundNothing(kind, name, false) if self.settings.open_world => {
                    strays.push(Stray {
                        kind,
                        name: name.clone(),
                        touch: Touch::Drops,
                        statement: *statement,
                        certain: false,
                        shown: false,
                    });
                    continue;
                }
                _ => continue,
            };
            strays.push(Stray { kind, name, touch: Touch::Drops, statement: *statement, certain: true, shown: false });
        }
        strays
    }

    /// A comment or a privilege that was there before, outlived the forward and is gone with the rollback.
    pub(super) fn around(&self, entry: &DiffEntry, at_m1: &Before<'_>) -> Option<Stray> {
        let by = |side: Side| move |cause: &&u32| matches!(statement_of(**cause), Some((of, _)) if of == side);
        let statement = entry.causes.iter().rev().find(by(Side::Rollback)).and_then(|cause| statement_of(*cause))?.1;
        let [id] = entry.ids[..] else { return None };
        // What goes with its object is the object's matter.
        self.machine.catalog.get(id)?;
        let (before, after) = (entry.expected.as_deref()?, crate::catalog::diff::around(at_m1, id, entry.kind, &entry.name)?);
        let now = entry.found.as_deref().unwrap_or_default();
        let has = |list: &str, privilege: &str| list.split(',').any(|other| other == privilege);
        let lost = match entry.kind {
            "comment" => before == after,
            "grant" => before.split(',').any(|privilege| has(&after, privilege) && !has(now, privilege)),
            _ => false,
        };
        lost.then(|| Stray { kind: entry.kind, name: entry.name.clone(), touch: Touch::Drops, statement, certain: true, shown: true })
    }
}
