//! Where rules put their findings: knows the current rule, the texts, and what the author said to ignore.

use super::{ALL, Rule};
use crate::finding::{Finding, Place, Severity, Texts};
use crate::sim::{Ignore, Judgement, Side};
use litemap::LiteMap;

/// The findings about one migration.
pub struct Findings<'a> {
    /// The migration.
    pub judgement: &'a Judgement,
    /// The texts of its files.
    pub texts: &'a Texts,
    /// Idempotency and atomicity decide the verdict too.
    pub strict: bool,
    pub(super) rule: &'static Rule,
    list: Vec<Finding>,
    /// The comments that suppressed something, by their place.
    used: LiteMap<(String, u32), ()>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(judgement: &'a Judgement, texts: &'a Texts, strict: bool) -> Self {
        Self { judgement, texts, strict, rule: &ALL[0], list: Vec::new(), used: LiteMap::new() }
    }

    /// Adds a finding of the current rule.
    pub fn report(&mut self, at: Place, message: impl Into<String>) -> &mut Finding {
        let suppressed = self.suppression(&at);
        self.list.push(Finding {
            rule: self.rule.name,
            severity: self.rule.severity,
            message: message.into(),
            help: None,
            at: Some(at),
            related: Vec::new(),
            witness: None,
            fix: None,
            suppressed,
        });
        let last = self.list.len() - 1;
        &mut self.list[last]
    }

    /// True when the comment suppressed something so far.
    pub fn was_used(&self, path: &str, ignore: &Ignore) -> bool {
        self.used.contains_key(&(path.to_owned(), ignore.span.start))
    }

    /// The line at which a place begins.
    pub fn line(&self, place: &Place) -> u32 {
        self.texts.start(place).0
    }

    /// The findings, sorted by place; the order of rules decides between those at the same place.
    pub(super) fn into_list(mut self) -> Vec<Finding> {
        let side = |path: &str| match &self.judgement.rollback {
            Some(rollback) if rollback.path == path => Side::Rollback,
            _ => Side::Forward,
        };
        // What is wrong with the rollback comes first: it is what was asked.
        self.list.sort_by_key(|finding| {
            let at = finding.at.as_ref();
            (at.is_none_or(|at| side(&at.path) == Side::Forward), at.map_or(0, |at| at.span.start), std::cmp::Reverse(finding.severity))
        });
        self.list
    }

    fn suppression(&mut self, at: &Place) -> Option<String> {
        let scripts = [self.judgement.forward.as_ref(), self.judgement.rollback.as_ref()];
        let (path, ignore) = scripts.into_iter().flatten().filter(|script| script.path == at.path).find_map(|script| {
            let next = script.statements.partition_point(|statement| statement.span.end <= at.span.start);
            let statement = script.statements.get(next).filter(|statement| statement.span.start <= at.span.start)?;
            let ignore = statement.ignores.iter().find(|ignore| ignore.rule == self.rule.name && !ignore.reason.is_empty())?;
            Some((script.path.clone(), ignore))
        })?;
        self.used.insert((path, ignore.span.start), ());
        Some(ignore.reason.clone())
    }

    /// The severity of a finding that turns the verdict only with `strict` or when the runner is known to get there.
    pub fn decisive(&self, decides: bool) -> Severity {
        if decides || self.strict { Severity::Error } else { self.rule.severity }
    }
}
