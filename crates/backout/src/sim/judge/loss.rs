//! Data: what rows are lost, and what may fail on rows.

use super::super::data::{account, rounds};
use super::*;
use crate::catalog::object::{Body, PRESUMED_COLUMNS, RelKind};
use crate::catalog::{Before, Class, EVERY, Key, Names, quote};
use crate::op::{GapKind, Ident, ObjectRef, RelationKind, TableAction};

impl Judge<'_> {
    /// What the scripts did to rows.
    pub(super) fn row_account(
        &mut self,
        judgement: &mut Judgement,
        moments: Moments,
        forward: Option<Told<'_>>,
        rollback: Option<Told<'_>>,
    ) -> Vec<Stray> {
        let account = account(self.machine, moments, forward, rollback);
        judgement.lossless.rows = account.differences;
        judgement.lossless.losses.extend(account.losses);
        if let Some(reason) = account.unsure {
            judgement.lossless.answer = self.not_known(GapKind::Presumed, reason);
        }
        account.strays
    }

    pub(super) fn losses(&mut self, run: &Run, side: Side, m0: Mark, made: &[ObjId], lossless: &mut Lossless) {
        let looks_back = |(_, event): &(usize, Event)| matches!(event, Event::DroppedColumn(..) | Event::Narrowed(..));
        let mut unsure = None;
        let before = run.events.iter().any(looks_back).then(|| Before::new(&self.machine.catalog, m0));
        let then = |id: ObjId| before.as_ref().and_then(|before| before.object(id));
        let holds_rows = |body: &Body| matches!(body, Body::Relation(relation) if matches!(&relation.kind, RelKind::Table(table) if table.foreign.is_none()) && relation.persistence != crate::op::Persistence::Temporary);
        for (statement, event) in &run.events {
            let (object, own) = match event {
                Event::Dropped(id, object, _) if holds_rows(&object.body) => {
                    let schema = self.machine.catalog.get(object.parent).map(|schema| quote(&schema.name)).unwrap_or_default();
                    (format!("{schema}.{}", quote(&object.name)), made.binary_search(id).is_ok())
                }
                Event::DroppedColumn(id, number, _, name) => {
                    let Some(holder) = self.machine.catalog.get(*id).filter(|holder| holds_rows(&holder.body)) else { continue };
                    let _ = holder;
                    let old = then(*id).and_then(|object| match &object.body {
                        Body::Relation(relation) => {
                            relation.column_at(*number).filter(|column| !column.dropped).map(|column| column.name.clone())
                        }
                        _ => None,
                    });
                    let table = self.machine.catalog.qualified(*id);
                    let own = old.is_none() && *number < PRESUMED_COLUMNS;
                    (format!("{table}.{}", quote(old.as_ref().unwrap_or(name))), own)
                }
                Event::MayFail(object, what, sqlstate, table) => {
                    // Only rows that exist can be in the way: of a table that the same run makes there are none.
                    let fresh = side == Side::Forward && made.binary_search(table).is_ok();
                    if !fresh {
                        lossless.risks.push(Risk { object: object.clone(), what, sqlstate, by: side, statement: *statement });
                    }
                    continue;
                }
                Event::Narrowed(id, number, sqlstate) => {
                    let fresh = side == Side::Forward && made.binary_search(id).is_ok();
                    if !fresh {
                        let name = self
                            .machine
                            .catalog
                            .relation(*id)
                            .and_then(|relation| relation.column_at(*number))
                            .map(|column| column.name.clone())
                            .unwrap_or_default();
                        let now = self.machine.catalog.relation(*id).and_then(|relation| relation.column_at(*number));
                        let old = match then(*id).map(|object| &object.body) {
                            Some(Body::Relation(relation)) => relation.column_at(*number),
                            _ => None,
                        };
                        if side == Side::Forward
                            && let (Some(old), Some(now)) = (old, now)
                            && rounds(&old.ty, &now.ty)
                        {
                            lossless.losses.push(Loss {
                                object: format!("{}.{}", self.machine.catalog.qualified(*id), quote(&name)),
                                by: side,
                                what: "digits of older values",
                                own: false,
                                statement: *statement,
                            });
                        }
                        lossless.risks.push(Risk {
                            object: format!("{}.{}", self.machine.catalog.qualified(*id), quote(&name)),
                            what: "cast",
                            sqlstate,
                            by: side,
                            statement: *statement,
                        });
                    }
                    continue;
                }
                _ => continue,
            };
            // What a gap may have made may be the forward's own.
            let by_gap = |event: &Event| matches!(event, Event::Dropped(_, dropped, _) if dropped.presumed);
            if !own && by_gap(event) && self.machine.catalog.doubts_since(m0).any(|(_, reach)| touches(reach, &object)) {
                unsure = Some(format!("whether {object} is older than the forward"));
                continue;
            }
            // What a script makes and drops itself held nothing.
            if own && side == Side::Forward {
                continue;
            }
            let what = if own { "rows written since" } else { "rows older than the forward" };
            lossless.losses.push(Loss { object, by: side, what, own, statement: *statement });
        }
        if let Some(reason) = unsure {
            lossless.answer = self.not_known(GapKind::Presumed, reason);
        }
    }

    pub(super) fn answer_lossless(&mut self, lossless: &mut Lossless, task: &Task, m0: Mark) {
        if lossless.losses.iter().any(|loss| !loss.own) {
            lossless.answer = Answer { verity: Verity::No, because: None };
            return;
        }
        if lossless.answer.verity == Verity::Unknown {
            return;
        }
        let doubt = self.machine.catalog.open_doubts_since(m0).first().map(|(gap, _)| *gap);
        // What was perhaps there before, and is dropped: with its rows, if it was.
        let holds_rows = |key: &Key| matches!(key.class, Class::Relation | Class::Column | Class::Schema);
        let dropped = |key: &Key| {
            let scripts = task.forward.iter().chain(&task.rollback);
            key.name == EVERY || scripts.flat_map(|script| script.statements.iter()).any(|statement| drops(&statement.op, &key.name))
        };
        let base =
            self.base_doubts(m0, false).into_iter().find(|(key, _)| holds_rows(key) && dropped(key)).map(|(_, what)| what.to_owned());
        lossless.answer = match base {
            Some(reason) if doubt.is_none() => self.not_known(GapKind::Presumed, reason),
            _ => self.yes_unless(doubt),
        };
    }
}

/// Whether a statement drops a table, a schema or a column of a table of this name, or a column that has it, or may do so.
fn drops(op: &Op, name: &str) -> bool {
    match op {
        Op::Drop(drop) => drop.targets.iter().any(|target| match target {
            ObjectRef::Relation { kind: RelationKind::Table, name: dropped } => dropped.name == name,
            ObjectRef::Schema(dropped) => dropped.name == name,
            _ => false,
        }),
        Op::AlterTable(alter) => {
            let named = |column: &Ident| column.name == name || alter.name.name == name;
            alter.actions.iter().any(|(action, _)| matches!(action, TableAction::DropColumn { name, .. } if named(name)))
        }
        Op::Do(_) => true,
        _ => false,
    }
}
