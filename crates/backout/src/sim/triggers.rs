//! Triggers that refuse what a script does to rows: their function raises an exception, whatever the row is.

use super::Failure;
use super::embed::context_of;
use super::program::refusal;
use super::run::Machine;
use crate::catalog::context::fail;
use crate::catalog::object::{Body, ObjId, Routine, RoutineText, Trigger};
use crate::catalog::resolve::{LiteralRows, RowUse};
use crate::catalog::{Catalog, Class, Names};
use crate::op::{Expr, Insert, Op, RoutineBody, TriggerEnabled};

impl Machine {
    /// What a row statement runs into at a trigger of its table. Where it is not known whether it meets a row, the outcome hangs on that.
    pub(super) fn refused_by_trigger(&mut self, op: &Op, uses: &RowUse) -> Result<(), Failure> {
        let (event, with) = match op {
            Op::Insert(insert) => ("INSERT", &insert.with),
            Op::Update(update) => ("UPDATE", &update.with),
            Op::Delete(delete) => ("DELETE", &delete.with),
            Op::Truncate(_) => ("TRUNCATE", &Vec::new()),
            _ => return Ok(()),
        };
        let targets = if event == "TRUNCATE" { uses.writes.len() } else { 1 };
        for &table in uses.writes.iter().take(targets).filter(|_| with.is_empty()) {
            let triggers: Vec<ObjId> = self.catalog.members(Class::Trigger, table).collect();
            for trigger in triggers {
                match self.raised_by(trigger, event) {
                    Some((failure, each_row)) if !each_row || self.meets_row(op, table, uses) => return Err(failure),
                    Some(_) => self.hangs_on = Some("whether a row is met that a trigger refuses"),
                    None => {}
                }
            }
        }
        Ok(())
    }

    /// Whether a trigger may change rows before they are written, or those that stand in their way.
    pub(super) fn fires_before(&self, table: ObjId, event: &str) -> bool {
        firing(&self.catalog, table, event).any(|trigger| !trigger.fires_after())
    }

    /// Triggers that fire when rows have been written do to any rows what is not followed.
    pub(super) fn shaken_after(&mut self, insert: &Insert, table: ObjId) {
        let updates = insert.on_conflict.as_ref().is_some_and(|conflict| conflict.update.is_some());
        if fires(&self.catalog, table, "INSERT") || updates && fires(&self.catalog, table, "UPDATE") {
            self.catalog.forget_all_rows();
        }
    }

    /// What a trigger raises on this event, and whether it does so for each row.
    fn raised_by(&self, trigger: ObjId, event: &str) -> Option<(Failure, bool)> {
        let object = self.catalog.get(trigger)?;
        let Body::Trigger(trigger) = &object.body else { return None };
        let fires = matches!(trigger.enabled, TriggerEnabled::Origin | TriggerEnabled::Always) && trigger.fires_on(event);
        let function = self.catalog.get(trigger.function).filter(|_| fires && self.catalog.doubt_about(trigger.function).is_none())?;
        let Body::Routine(Routine { language, body: RoutineText::Quoted(create), .. }) = &function.body else { return None };
        let RoutineBody::Quoted { text, .. } = &create.body else { return None };
        let definition = self.catalog.print(&trigger.definition);
        // Which rows and columns it is for would have to be read.
        if language != "plpgsql" || definition.contains(" WHEN (") || definition.contains("UPDATE OF ") {
            return None;
        }
        let raised = refusal(text, &context_of(create, self.catalog.version), event)?;
        let failure = fail(crate::plpgsql::code(&raised.sqlstate), raised.message.as_str());
        Some((failure, definition.contains(" FOR EACH ROW")))
    }

    /// Whether a row statement certainly meets a row.
    fn meets_row(&mut self, op: &Op, table: ObjId, uses: &RowUse) -> bool {
        let mut fits = |keys: Option<&LiteralRows>, filter: Option<&Expr>, joins: bool| match (keys, filter) {
            (Some(keys), _) => !self.matching(table, keys).0.is_empty(),
            _ if joins => false,
            (None, None) => self.catalog.rows_of(table).next().is_some(),
            (None, Some(filter)) => self.fitting(table, filter).is_some_and(|(found, _)| !found.is_empty()),
        };
        match op {
            Op::Insert(insert) => insert.on_conflict.is_none() && uses.inserted.as_ref().is_some_and(|rows| !rows.rows.is_empty()),
            Op::Update(update) => fits(uses.updated.as_deref(), update.filter.as_ref(), !update.from.is_empty()),
            Op::Delete(delete) => fits(uses.deleted.as_deref(), delete.filter.as_ref(), !delete.using.is_empty()),
            _ => false,
        }
    }
}

/// Whether a trigger may fire on the event.
pub(super) fn fires(catalog: &Catalog, table: ObjId, event: &str) -> bool {
    firing(catalog, table, event).next().is_some()
}

/// The triggers that may fire on the event.
fn firing<'a>(catalog: &'a Catalog, table: ObjId, event: &'a str) -> impl Iterator<Item = &'a Trigger> {
    catalog.members(Class::Trigger, table).filter_map(move |id| match &catalog.get(id)?.body {
        Body::Trigger(trigger) if trigger.enabled != TriggerEnabled::Disabled && trigger.fires_on(event) => Some(trigger),
        _ => None,
    })
}
