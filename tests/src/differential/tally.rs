//! Counts what came out of many plans.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::compare::{ASKED, Class, Harm, Outcome, cut};
use crate::generate::Plan;

/// The counts of a run.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How many plans were judged.
    pub plans: usize,
    /// Plans that disagree in anything, answers without the baseline left out.
    pub disagreeing: usize,
    /// By word: agreed, unknown, disagreed.
    pub words: BTreeMap<&'static str, [usize; 3]>,
    /// Disagreements by class: how many, and the first plan.
    pub classes: BTreeMap<Class, (usize, Plan)>,
    /// Defects by kind: real ones found, real ones missed, without effect.
    pub defects: BTreeMap<&'static str, [usize; 3]>,
    /// Plans without defect that the server calls good: called safe, unproven, unsafe.
    pub unseeded: [usize; 3],
    /// The first plan without defect that is falsely called unsafe or unproven, and what the server says is good.
    pub alarms: Vec<u64>,
    /// Plans without defect that the server calls bad: the generator's inverse was none.
    pub not_inverse: BTreeMap<&'static str, usize>,
    /// Plans whose forward fails.
    pub failing_forwards: usize,
    /// Answers given without the baseline.
    pub decided_open: usize,
    /// Seeds whose baseline fails, with the reason.
    pub unusable: Vec<(u64, String)>,
    /// Missed defects.
    pub missed: Vec<(u64, &'static str, &'static str)>,
}

/// How two plans of a seed are told apart: the one with the defect comes second.
fn before(one: &Plan, other: &Plan) -> bool {
    (one.seed, one.defect.is_some()) < (other.seed, other.defect.is_some())
}

impl Tally {
    /// Notes a plan that could not be judged.
    pub fn unusable(&mut self, seed: u64, error: &str) {
        self.unusable.push((seed, error.to_string()));
    }

    /// Counts a plan.
    pub fn add(&mut self, plan: &Plan, outcome: &Outcome) {
        self.plans += 1;
        self.decided_open += outcome.decided_open;
        if !outcome.runs_forward() {
            self.failing_forwards += 1;
        }
        if outcome.classes.iter().any(|((harm, _), _)| *harm != Harm::Open) {
            self.disagreeing += 1;
        }
        for word in ASKED {
            let wrong = outcome.classes.iter().any(|((harm, class), _)| *harm != Harm::Open && class.starts_with(word));
            let counts = self.words.entry(word).or_default();
            counts[0] += usize::from(outcome.agreed.contains(&word));
            counts[1] += usize::from(outcome.unknown.contains(&word));
            counts[2] += usize::from(wrong);
        }
        for (class, _) in &outcome.classes {
            let entry = self.classes.entry(class.clone()).or_insert_with(|| (0, plan.clone()));
            entry.0 += 1;
            if before(plan, &entry.1) {
                entry.1 = plan.clone();
            }
        }
        if plan.defect.is_none() && outcome.runs_forward() {
            match outcome.is_good() {
                true => {
                    let at = match outcome.verdict() {
                        // A rollback of no statement is missing, and rightly so.
                        "safe" | "missing" => 0,
                        "unproven" => 1,
                        _ => 2,
                    };
                    self.unseeded[at] += 1;
                    if at > 0 {
                        self.alarms.push(plan.seed);
                    }
                }
                false => plan.kinds.iter().for_each(|kind| *self.not_inverse.entry(kind).or_default() += 1),
            }
        }
    }

    /// Counts a defect: it is real when the server answers worse because of it.
    pub fn defect(&mut self, plan: &Plan, without: &Outcome, with: &Outcome) {
        let Some(kind) = plan.defect else { return };
        if !without.runs_forward() || !with.runs_forward() {
            return;
        }
        let counts = self.defects.entry(kind).or_default();
        let worse = ASKED.into_iter().find(|word| worsened(without.facts.get(*word), with.facts.get(*word)));
        let Some(worse) = worse else {
            counts[2] += 1;
            return;
        };
        // An empty rollback is called missing, which says it all.
        let found = with.verdict() == "missing" || worsened(without.facts.get(worse), with.said.get(worse));
        counts[usize::from(!found)] += 1;
        if !found {
            self.missed.push((plan.seed, kind, worse));
        }
    }

    /// Adds the counts of another run.
    pub fn merge(&mut self, other: Tally) {
        self.plans += other.plans;
        self.disagreeing += other.disagreeing;
        self.failing_forwards += other.failing_forwards;
        self.decided_open += other.decided_open;
        let sum = |into: &mut [usize; 3], from: [usize; 3]| into.iter_mut().zip(from).for_each(|(into, from)| *into += from);
        other.words.into_iter().for_each(|(word, counts)| sum(self.words.entry(word).or_default(), counts));
        other.defects.into_iter().for_each(|(kind, counts)| sum(self.defects.entry(kind).or_default(), counts));
        sum(&mut self.unseeded, other.unseeded);
        other.not_inverse.into_iter().for_each(|(kind, count)| *self.not_inverse.entry(kind).or_default() += count);
        for (class, (count, plan)) in other.classes {
            let entry = self.classes.entry(class).or_insert_with(|| (0, plan.clone()));
            entry.0 += count;
            if before(&plan, &entry.1) {
                entry.1 = plan;
            }
        }
        self.alarms.extend(other.alarms);
        self.unusable.extend(other.unusable);
        self.missed.extend(other.missed);
        self.alarms.sort_unstable();
        self.unusable.sort();
        self.missed.sort_unstable();
    }

    /// Plans called safe whose rollback fails or does not restore.
    pub fn false_safe(&self) -> usize {
        self.classes.iter().filter(|((harm, _), _)| *harm == Harm::FalseSafe).map(|(_, (count, _))| count).sum()
    }

    /// The table.
    pub fn table(&self) -> String {
        let mut out = String::new();
        let percent = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        let _ = writeln!(
            out,
            "plans {}, disagreeing {} ({:.2} %), false safe {}",
            self.plans,
            self.disagreeing,
            percent(self.disagreeing, self.plans),
            self.false_safe()
        );
        let _ = writeln!(out, "forward fails on the server {}, baseline fails {}", self.failing_forwards, self.unusable.len());
        let _ = writeln!(out, "\n{:<16}{:>9}{:>9}{:>9}{:>10}", "answer", "agree", "unknown", "differ", "agree %");
        for (word, [agreed, unknown, wrong]) in &self.words {
            let _ = writeln!(out, "{word:<16}{agreed:>9}{unknown:>9}{wrong:>9}{:>10.2}", percent(*agreed, agreed + wrong));
        }
        let [safe, unproven, unsafe_] = self.unseeded;
        let _ = writeln!(
            out,
            "\nwithout defect and good on the server: safe {safe}, unproven {unproven}, unsafe {unsafe_}; first alarms {:?}",
            &self.alarms[..self.alarms.len().min(5)]
        );
        let _ = writeln!(out, "without defect and not good on the server, by step: {:?}", self.not_inverse);
        let _ = writeln!(out, "\n{:<28}{:>7}{:>8}{:>9}{:>11}", "defect", "found", "missed", "recall %", "no effect");
        let mut all = [0; 3];
        for (kind, [found, missed, none]) in &self.defects {
            let _ = writeln!(out, "{kind:<28}{found:>7}{missed:>8}{:>9.1}{none:>11}", percent(*found, found + missed));
            all = [all[0] + found, all[1] + missed, all[2] + none];
        }
        let _ = writeln!(out, "{:<28}{:>7}{:>8}{:>9.1}{:>11}", "all", all[0], all[1], percent(all[0], all[0] + all[1]), all[2]);
        let _ = writeln!(out, "\nanswers without the baseline: {} decided", self.decided_open);
        let _ = writeln!(out, "\nclasses of disagreement, most harmful first");
        for ((harm, class), (count, plan)) in &self.classes {
            let _ = writeln!(
                out,
                "{count:>7} {harm:?}: {class} (seed {}{})",
                plan.seed,
                if plan.defect.is_some() { ", with defect" } else { "" }
            );
        }
        out
    }
}

/// Whether a line is no where the other was not.
fn worsened(before: Option<&String>, after: Option<&String>) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return false };
    if before.starts_with("0:") || after.starts_with("0:") {
        let (before, after) = (cut(before), cut(after));
        let bad =
            |lines: &BTreeMap<usize, String>| lines.iter().filter(|(k, line)| **k > 0 && *line != "yes" && *line != "unknown").count();
        return bad(&after) > bad(&before);
    }
    after.starts_with("no") && !before.starts_with("no")
}
