//! Half-applied: the rollback after each half of the forward, and after each half of itself.

use super::*;
use crate::catalog::Names as _;
use crate::catalog::diff::is_temporary;
use litemap::LiteMap;

/// The states in which rollbacks have ended, by their number.
type Ends = LiteMap<u64, Same>;

impl Judge<'_> {
    pub(super) fn resumes(&mut self, rollback: &Script, mode: Mode, premise: Answer) -> Resumes {
        if premise.verity == Verity::No {
            return Resumes { answer: because("rollback_runs", Verity::No), j: None, failure: None };
        }
        let start = self.machine.catalog.mark();
        let mut unknown = None;
        let mut session = Session::default();
        for j in 1..rollback.statements.len().min(prefixes_tried(rollback)) {
            let step = self.step(&mut session, rollback, Side::Rollback, j - 1);
            if step.failure.is_some() {
                break;
            }
            let here = self.machine.catalog.mark();
            self.machine.end_session(&mut session.clone());
            let run = self.try_out(rollback, Side::Rollback, mode);
            self.machine.catalog.undo(here);
            if run.failure.is_some() {
                self.machine.catalog.undo(start);
                return Resumes { answer: Answer { verity: Verity::No, because: None }, j: Some(j), failure: run.failure };
            }
            unknown = unknown.or(run.unknown);
        }
        self.machine.catalog.undo(start);
        let total = rollback.statements.len();
        if unknown.is_none() && total > prefixes_tried(rollback) {
            let reason = format!("only {} of {total} half-applied rollbacks were tried", prefixes_tried(rollback));
            return Resumes { answer: self.not_known(crate::op::GapKind::Limit, reason), j: None, failure: None };
        }
        // Where worlds differ in whether it runs at all, they differ in whether it runs then.
        let hangs = premise.verity == Verity::Unknown && self.settings.open_world;
        Resumes { answer: if hangs { premise } else { self.yes_unless(unknown) }, j: None, failure: None }
    }

    pub(super) fn prefixes(&mut self, partial: &mut Partial, task: &Task, forward: &Script, rollback: &Script, mode: Mode, m0: Mark) {
        let total = forward.statements.len();
        let most = prefixes_tried(rollback);
        partial.limited = total > most;
        let wanted = |k: usize| total <= most || k < most / 2 || k + most / 2 >= total;
        let stops = self.reachable_states(task, forward);
        let (mut ran, mut applied) = (true, false);
        let mut session = Session::default();
        let mut last: Option<(Mark, u32, Session, Prefix)> = None;
        let mut ends = Ends::from_iter([(self.machine.catalog.state().0, Same::Yes)]);
        for k in 0..total {
            if k > 0 {
                let before = (self.machine.catalog.mark(), self.machine.catalog.generation());
                let step = self.step(&mut session, forward, Side::Forward, k - 1);
                ran &= step.failure.is_none();
                let after = (self.machine.catalog.mark(), self.machine.catalog.generation());
                applied |= after != before
                    || step.unknown.is_some()
                    || step.rows.iter().any(|(_, rows)| !(rows.writes.is_empty() && rows.calls.is_empty()));
            }
            if !wanted(k) {
                continue;
            }
            let here = self.machine.catalog.mark();
            let reachable = ran && applied && stops.binary_search(&k).is_ok();
            let generation = self.machine.catalog.generation();
            if let Some((mark, then, before, prefix)) = &last
                && (*mark, *then) == (here, generation)
                && *before == session
            {
                // The statement has changed nothing: neither will its rollback come to anything else.
                partial.prefixes.push(Prefix { k, applied, reachable, ..prefix.clone() });
                continue;
            }
            let run = self.rollback_from_here(&session, rollback, mode, m0, &ends);
            let runs = self.runs(&run);
            let restores = self.restores_then(&run, runs.answer.verity, m0, &mut ends);
            self.machine.catalog.undo(here);
            let prefix = Prefix { k, answer: runs.answer, failure: runs.failure, restores, applied, reachable };
            // A run that presumed something leaves it behind.
            last = Some((here, generation, session.clone(), prefix.clone()));
            partial.prefixes.push(prefix);
        }
        partial.reachable = partial.prefixes.iter().any(|prefix| prefix.reachable);
        partial.answer = self.partial_answer(partial, most, total);
    }

    /// The rollback from a half-applied state, and to its end where nobody has looked at that end yet.
    fn rollback_from_here(&mut self, session: &Session, rollback: &Script, mode: Mode, m0: Mark, ends: &Ends) -> Run {
        let here = self.machine.catalog.mark();
        self.machine.end_session(&mut session.clone());
        let run = self.try_out(rollback, Side::Rollback, mode);
        if run.failure.is_some() || !run.end.is_some_and(|end| !ends.contains_key(&end.0) || self.has_doubts_since(m0)) {
            return run;
        }
        self.machine.catalog.undo(here);
        self.machine.end_session(&mut session.clone());
        let tails = std::mem::take(&mut self.machine.tails);
        let run = self.try_out(rollback, Side::Rollback, mode);
        self.machine.tails = tails;
        run
    }

    /// Whether the schema is that of the mark after a run of the rollback of which this much is known.
    fn restores_then(&self, run: &Run, runs: Verity, m0: Mark, ends: &mut Ends) -> Verity {
        if runs == Verity::No {
            return Verity::No;
        }
        // A table that is left behind says enough: nothing else need be compared.
        let compare = || if self.leaves_a_table(m0) { Same::No } else { self.same(&diff(&self.machine.catalog, m0), m0, false) };
        // Where doubts have been noted, they decide by the way that was taken and not by its end.
        let same = if self.has_doubts_since(m0) {
            compare()
        } else {
            let end = run.end.unwrap_or_else(|| self.machine.catalog.state()).0;
            ends.entry(end).or_insert_with(compare).clone()
        };
        match same {
            Same::Yes => runs,
            Same::No => Verity::No,
            Same::Doubted(_) | Same::Unknown(_) => Verity::Unknown,
        }
    }

    /// The answer of all states but those in which nothing is applied.
    fn partial_answer(&mut self, partial: &Partial, most: usize, total: usize) -> Answer {
        let later = || partial.prefixes.iter().filter(|prefix| prefix.applied);
        if later().any(|prefix| prefix.answer.verity == Verity::No || prefix.restores == Verity::No) {
            Answer { verity: Verity::No, because: None }
        } else if let Some(unknown) = later().find(|prefix| prefix.answer.verity == Verity::Unknown) {
            unknown.answer
        } else if partial.limited {
            self.not_known(crate::op::GapKind::Limit, format!("only {most} of {total} half-applied forwards were tried"))
        } else {
            Answer { verity: Verity::Yes, because: None }
        }
    }

    /// Whether there surely is a table that was not there at the mark, as far as that is quickly seen.
    fn leaves_a_table(&self, mark: Mark) -> bool {
        let catalog = &self.machine.catalog;
        let Some(id) = catalog.new_table_since(mark) else { return false };
        let name = catalog.qualified(id);
        let by_gap = || catalog.open_doubts_since(mark).iter().any(|(_, reach)| touches(reach, &name));
        let by_world = || catalog.doubted_at_base().any(|key| touches(&Reach::Names(vec![key.name.clone()]), &name));
        catalog.get(id).is_some_and(|table| !is_temporary(catalog, table)) && !by_gap() && !by_world()
    }

    /// The half-applied states that the runner can leave behind: after how many statements something is committed while
    /// something else is not, in order.
    pub(super) fn reachable_states(&self, task: &Task, forward: &Script) -> Vec<usize> {
        let mode = self.mode(Some(forward), task.forward_opts_out, false);
        if mode == Mode::Wrapped {
            return Vec::new();
        }
        // What is sent as one string is one transaction up to each COMMIT (manual: "Multiple Statements in a Simple Query").
        let one_string = self.settings.runner.facts().sends == Sends::WholeScript;
        let mut open = false;
        let mut states = Vec::new();
        for (at, statement) in forward.statements.iter().enumerate() {
            match &*statement.op {
                Op::Transaction(Transaction::Begin { .. }) => open = true,
                Op::Transaction(Transaction::Commit { .. } | Transaction::Rollback { .. }) => open = false,
                _ => {}
            }
            let ends = matches!(&*statement.op, Op::Transaction(Transaction::Commit { .. }));
            if !open && (ends || !one_string) && at + 1 < forward.statements.len() {
                states.push(at + 1);
            }
        }
        states
    }
}
