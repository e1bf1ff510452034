//! Atomic: whether an error leaves a half-applied rollback behind.

use super::super::*;
use super::{Judge, Mode, forbidden_in_block};
use crate::op::{Op, Transaction};

/// What a walk through the script has seen of its transactions; statements count from 1.
#[derive(Default)]
struct Walk {
    breaks: Vec<(AtomicBreak, usize)>,
    /// The statement that began the transaction in which we are.
    open: Option<usize>,
    /// How many have ended.
    ended: usize,
    /// The first statement outside of any that changes something.
    outside: Option<usize>,
}

impl Walk {
    fn through(script: &Script) -> Self {
        let mut walk = Self::default();
        for (at, statement) in script.statements.iter().enumerate() {
            walk.step(at + 1, &statement.op);
        }
        if let Some(begin) = walk.open {
            walk.breaks.push((AtomicBreak::Unbalanced, begin));
        }
        walk
    }

    fn step(&mut self, number: usize, op: &Op) {
        match op {
            Op::Transaction(Transaction::Begin { .. }) => {
                if self.open.is_some() {
                    self.breaks.push((AtomicBreak::Unbalanced, number));
                }
                self.open = Some(number);
            }
            Op::Transaction(Transaction::Commit { chain } | Transaction::Rollback { chain }) => {
                if self.open.is_none() {
                    self.breaks.push((AtomicBreak::Unbalanced, number));
                }
                if self.ended == 1 {
                    self.breaks.push((AtomicBreak::CommitsEarly, number));
                }
                self.ended += 1;
                self.open = Some(number).filter(|_| *chain);
            }
            Op::Nothing | Op::Set(_) => {}
            op if forbidden_in_block(op).is_some() => self.breaks.push((AtomicBreak::ForbidsTransaction, number)),
            _ if self.open.is_none() => self.outside = self.outside.or(Some(number)),
            _ => {}
        }
    }
}

impl Judge<'_> {
    pub(super) fn atomic(&self, rollback: &Script, mode: Mode, opts_out: bool) -> Atomic {
        let Walk { mut breaks, open, ended, outside } = Walk::through(rollback);
        let acts = |statement: &&Statement| !matches!(&*statement.op, Op::Transaction(_) | Op::Nothing | Op::Set(_));
        let by = match mode {
            Mode::Wrapped => Some(if self.settings.runner.facts().wraps { "runner" } else { "implicit" }),
            _ if ended > 0 && open.is_none() => Some("script"),
            _ if rollback.statements.iter().filter(acts).count() <= 1 => Some("single-statement"),
            _ => None,
        };
        match by {
            Some("script") => breaks.extend(outside.map(|number| (AtomicBreak::Outside, number))),
            Some("single-statement") => breaks.retain(|(kind, _)| *kind == AtomicBreak::Unbalanced),
            Some(_) => {}
            None if opts_out => breaks.push((AtomicBreak::OptedOut, 0)),
            None => {
                let forbidden = breaks.iter().any(|(kind, _)| *kind == AtomicBreak::ForbidsTransaction);
                if !forbidden && ended == 0 && open.is_none() {
                    breaks.push((AtomicBreak::NoTransaction, 0));
                }
            }
        }
        let verity = if breaks.is_empty() { Verity::Yes } else { Verity::No };
        Atomic { answer: Answer { verity, because: None }, by: by.filter(|_| verity == Verity::Yes), breaks }
    }
}
