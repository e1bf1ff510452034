//! The report for a terminal: verdicts, answers, and code frames.
//!
//! One migration is told in full. Of many, those that are safe are only counted, and of the others only what is as bad as
//! [`Options::show`] is told, so that a folder does not become a wall of text.

use super::words::{asked, count, hangs_on_runner, proof, question};
use super::{At, FindingReport, MigrationReport, Report, WitnessReport};
use crate::finding::Severity;
use crate::rules::Verdict;
use crate::sim::Verity;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use std::collections::BTreeMap;
use std::fmt::Write;

/// How the text is to look.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// With colours.
    pub color: bool,
    /// The least severity that is told; none for all of one migration and the errors of many.
    pub show: Option<Severity>,
    /// Only the verdicts that are not safe.
    pub quiet: bool,
    /// The columns of the terminal.
    pub width: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { color: false, show: None, quiet: false, width: 120 }
    }
}

/// The whole text.
pub fn render(report: &Report, options: &Options) -> String {
    let many = report.migrations.len() > 1;
    let show = options.show.unwrap_or(if many { Severity::Error } else { Severity::Note });
    let page = Page { report, options, many, show };
    let mut out = String::new();
    if !options.quiet {
        // They are few, and about all of it.
        let whole = Page { show: options.show.unwrap_or(show.min(Severity::Warning)), ..page };
        whole.findings(&mut out, &report.findings);
    }
    for migration in &report.migrations {
        page.migration(&mut out, migration);
    }
    if !options.quiet {
        page.summary(&mut out);
    }
    out
}

#[derive(Clone, Copy)]
struct Page<'a> {
    report: &'a Report,
    options: &'a Options,
    many: bool,
    show: Severity,
}

/// More findings of one kind than these are not all told.
const MOST: usize = 5;

/// So many are told of them, and the others are counted.
const FEW: usize = 3;

const BOLD: &str = "\u{1b}[1m";
const RED: &str = "\u{1b}[1;31m";
const GREEN: &str = "\u{1b}[1;32m";
const YELLOW: &str = "\u{1b}[1;33m";
const FAINT: &str = "\u{1b}[2m";

impl Page<'_> {
    fn migration(&self, out: &mut String, migration: &MigrationReport) {
        let shown = migration.findings.iter().any(|finding| self.shows(finding));
        if migration.verdict == Verdict::Safe && (self.options.quiet || (self.many && !shown)) {
            return;
        }
        let color = match migration.verdict {
            Verdict::Safe => GREEN,
            Verdict::Unsafe => RED,
            Verdict::Unproven | Verdict::Missing => YELLOW,
            Verdict::Irreversible => BOLD,
        };
        let verdict = self.paint(color, migration.verdict.id());
        let why = self.reason(migration);
        let colon = if why.is_empty() { "" } else { ": " };
        let _ = writeln!(out, "{verdict}  {}{colon}{why}", self.paint(BOLD, &migration.id));
        if self.options.quiet {
            return;
        }
        if !self.many {
            out.push('\n');
            self.answers(out, migration);
        }
        if shown {
            out.push('\n');
        }
        self.findings(out, &migration.findings);
        let hidden = migration.findings.iter().filter(|finding| !self.shows(finding) && finding.suppressed.is_none());
        if shown && self.many && hidden.count() > 0 {
            let _ = writeln!(out, "  {}\n", self.paint(FAINT, &format!("and {}", self.hidden(migration))));
        }
    }

    fn hidden(&self, migration: &MigrationReport) -> String {
        let of = |severity| {
            migration
                .findings
                .iter()
                .filter(|finding| finding.severity == severity && finding.suppressed.is_none() && !self.shows(finding))
                .count()
        };
        let (warnings, notes) = (of(Severity::Warning), of(Severity::Note));
        match (warnings, notes) {
            (_, 0) => format!("{} not shown", count(warnings, "warning")),
            (0, _) => format!("{} not shown", count(notes, "note")),
            (_, _) => format!("{} and {} not shown", count(warnings, "warning"), count(notes, "note")),
        }
    }

    /// Why the verdict is what it is, in one line.
    fn reason(&self, migration: &MigrationReport) -> String {
        match migration.verdict {
            Verdict::Safe => "the rollback works".to_owned(),
            Verdict::Unsafe => {
                let mut errors: Vec<_> = migration.findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
                // What is seen to fail says more than what --strict makes an error.
                errors.sort_by_key(|finding| finding.witness.is_none());
                match errors.as_slice() {
                    // The frame below says it in full.
                    [_, ..] if !self.options.quiet => String::new(),
                    [first] => first.message.clone(),
                    [first, rest @ ..] => format!("{} (and {} more)", first.message, rest.len()),
                    [] => self.first_answer(migration, Verity::No),
                }
            }
            Verdict::Unproven => self.first_answer(migration, Verity::Unknown),
            Verdict::Irreversible => "declared so by its author".to_owned(),
            Verdict::Missing => match &migration.rollback {
                Some(rollback) => format!("`{}` has no statement", rollback.path),
                None => "there is no rollback".to_owned(),
            },
        }
    }

    fn first_answer(&self, migration: &MigrationReport, wanted: Verity) -> String {
        // What the verdict rests on first; whether the forward runs is asked of pairs only.
        const WEIGHT: [&str; 4] = ["rollback_runs", "restores", "local", "forward_runs"];
        let mut each = migration.answers.each();
        each.sort_by_key(|(key, ..)| WEIGHT.iter().position(|of| of == key).unwrap_or(WEIGHT.len()));
        let Some((key, _, verity, because)) = each.into_iter().find(|(_, _, verity, _)| *verity == wanted) else { return String::new() };
        let proof = proof(migration, key, verity, because);
        let proof = if proof.is_empty() { proof } else { format!(": {proof}") };
        match wanted {
            Verity::Unknown => format!("it is not known whether {}{proof}", question(key)),
            _ => format!("\"{}\" is {}{proof}", question(key), wanted.id()),
        }
    }

    fn answers(&self, out: &mut String, migration: &MigrationReport) {
        let mut last = "";
        let mut reason = String::new();
        for (key, heading, verity, because) in asked(migration) {
            let shown = if heading == last { "" } else { heading };
            last = heading;
            let color = match verity {
                Verity::Yes => GREEN,
                Verity::No => RED,
                Verity::Unknown => YELLOW,
            };
            let answer = self.paint(color, &format!("{:<7}", verity.id()));
            let why = proof(migration, key, verity, because);
            let again = verity == Verity::Unknown && why == reason;
            let line =
                format!("  {shown:<11}  {:<24}  {answer}  {}", question(key), if again { "for the same reason" } else { why.as_str() });
            reason = if verity == Verity::Unknown { why } else { reason };
            let _ = writeln!(out, "{}", line.trim_end());
        }
    }

    fn findings(&self, out: &mut String, findings: &[FindingReport]) {
        let mut shown: Vec<_> = findings.iter().filter(|finding| self.shows(finding)).collect();
        // What the verdict rests on comes first.
        shown.sort_by_key(|finding| finding.severity != Severity::Error);
        let mut kinds: BTreeMap<_, Vec<&FindingReport>> = BTreeMap::new();
        for finding in &shown {
            kinds.entry(kind(finding)).or_default().push(finding);
        }
        for finding in shown {
            // What is told in full, and what is only counted below it.
            let (told, counted) = kinds.get(&kind(finding)).map_or((&[][..], &[][..]), |all| match all.len() {
                ..=MOST => (all.as_slice(), &[][..]),
                _ => all.split_at(FEW),
            });
            if !counted.iter().any(|other| std::ptr::eq(*other, finding)) {
                self.finding(out, finding);
            }
            if told.last().is_some_and(|last| std::ptr::eq(*last, finding)) {
                self.counted(out, counted);
            }
        }
    }

    /// What is like the findings above it, in one line.
    fn counted(&self, out: &mut String, counted: &[&FindingReport]) {
        let [first, .., last] = counted else { return };
        let place = |finding: &FindingReport| finding.at.as_ref().map(|at| format!("{}:{}", self.report.located(&at.path), at.line));
        let places = match (place(first), place(last)) {
            (Some(first), Some(last)) if first != last => format!(", from {first} to {last}"),
            (Some(first), _) => format!(" at {first}"),
            (None, _) => String::new(),
        };
        let color = match first.severity {
            Severity::Error => RED,
            Severity::Warning => YELLOW,
            Severity::Note => GREEN,
        };
        let head = self.paint(color, &format!("{}[{}]", first.severity.id(), first.rule));
        let _ = writeln!(out, "{head}: {} more like it{places}; `--format json` tells each\n", counted.len());
    }

    fn shows(&self, finding: &FindingReport) -> bool {
        finding.severity >= self.show && finding.suppressed.is_none()
    }

    fn finding(&self, out: &mut String, finding: &FindingReport) {
        let level = match finding.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let mut group = level.primary_title(finding.message.as_str()).id(finding.rule).elements(Vec::<Origin>::new());
        if let Some(at) = &finding.at {
            let label = match &finding.witness {
                Some(WitnessReport::Failure { sqlstate, .. }) => format!("fails with {sqlstate}"),
                Some(WitnessReport::Difference { .. }) | None => String::new(),
            };
            group = self.frames(group, at, label, finding);
        }
        if let Some(WitnessReport::Failure { sqlstate, error, detail, after, .. }) = &finding.witness {
            let after = after.as_ref().map_or(String::new(), |after| format!("after {after}: "));
            let detail: String = detail.iter().take(5).map(|line| format!("\nDETAIL: {line}")).collect();
            group = group.element(Level::NOTE.message(format!("{after}ERROR {sqlstate}: {error}{detail}")));
        }
        if let Some(help) = &finding.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let renderer = if self.options.color { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(self.options.width);
        let _ = writeln!(out, "{}\n", renderer.render(&[group]));
    }

    /// One frame for places that are near each other, else one for each.
    fn frames<'s>(&'s self, mut group: Group<'s>, at: &'s At, label: String, finding: &'s FindingReport) -> Group<'s> {
        const NEAR: u32 = 30;
        let (near, far): (Vec<_>, Vec<_>) =
            finding.related.iter().partition(|other| other.at.path == at.path && other.at.line.abs_diff(at.line) <= NEAR);
        let mut places = vec![(at, label, AnnotationKind::Primary)];
        places.extend(near.into_iter().map(|other| (&other.at, other.message.clone(), AnnotationKind::Context)));
        group = self.frame(group, &places);
        for other in far {
            group = self.frame(group, &[(&other.at, other.message.clone(), AnnotationKind::Context)]);
        }
        group
    }

    fn frame<'s>(&'s self, group: Group<'s>, places: &[(&'s At, String, AnnotationKind)]) -> Group<'s> {
        let Some((at, ..)) = places.first() else { return group };
        let text = self.report.texts.text(&at.path);
        let starts = places.iter().map(|(at, ..)| at.start as usize);
        let first = starts.clone().min().unwrap_or_default().min(text.len());
        let last = starts.max().unwrap_or_default().min(text.len());
        let from = text.get(..first).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
        let to = text.get(last..).and_then(|after| after.find('\n')).map_or(text.len(), |end| last + end);
        let line = places.iter().map(|(at, ..)| at.line).min().unwrap_or(1);
        // Lines of a size that nobody reads, and files without text, are named and not shown.
        const READABLE: usize = 4000;
        let Some(window) = text.get(from..to).filter(|window| !window.trim().is_empty() && window.len() <= READABLE) else {
            let origin = Origin::path(self.report.located(&at.path));
            return group.element(if text.is_empty() { origin } else { origin.line(at.line as usize).char_column(at.column as usize) });
        };
        let annotation = |(at, label, kind): &(&At, String, AnnotationKind)| -> Annotation<'s> {
            // Of a statement over many lines the first is enough to find it.
            let start = (at.start as usize).clamp(from, to) - from;
            // The renderer panics on half a character.
            let start = (0..=start).rev().find(|at| window.is_char_boundary(*at)).unwrap_or_default();
            let line_end = window.get(start..).and_then(|rest| rest.find('\n')).map_or(window.len(), |end| start + end);
            let end = ((at.end as usize).clamp(from, to) - from).min(line_end);
            let end = start + window.get(start..end).map_or(0, |shown| shown.trim_end().len());
            let annotation = kind.span(start..end);
            if label.is_empty() { annotation } else { annotation.label(label.clone()) }
        };
        let snippet = Snippet::source(window).line_start(line as usize).path(self.report.located(&at.path));
        group.element(snippet.annotations(places.iter().map(annotation)))
    }

    fn summary(&self, out: &mut String) {
        let summary = &self.report.summary;
        if self.many {
            let counted = Verdict::ALL.into_iter().filter(|verdict| summary.of(*verdict) > 0);
            let verdicts: Vec<_> = counted.map(|verdict| format!("{} {}", summary.of(verdict), verdict.id())).collect();
            let _ = writeln!(out, "{}: {}", self.paint(BOLD, &count(self.report.migrations.len(), "migration")), verdicts.join(", "));
            if let Some(unwind) = &self.report.unwind {
                let _ = writeln!(out, "{}", unwound(unwind));
            }
        } else if !out.ends_with("\n\n") {
            out.push('\n');
        }
        let findings = &summary.findings;
        let suppressed = if findings.suppressed > 0 { format!(", {} ignored", findings.suppressed) } else { String::new() };
        let _ = writeln!(
            out,
            "{}, {}, {}{suppressed}",
            count(findings.error, "error"),
            count(findings.warning, "warning"),
            count(findings.note, "note")
        );
        let by = if self.report.runner_known { "run by" } else { "taken to be run by" };
        let assumed = if self.report.assume_new { ", the forward's objects taken to be new" } else { "" };
        let _ = writeln!(
            out,
            "{}",
            self.paint(FAINT, &format!("PostgreSQL {}, {by} {}{assumed}", self.report.server_version, self.report.runner))
        );
        if let Some(told) = hanging(self.report) {
            let _ = writeln!(out, "{told}");
        }
    }

    fn paint(&self, color: &str, text: &str) -> String {
        if self.options.color { format!("{color}{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// That the verdict would be another one if the runner were named and not assumed.
fn hanging(report: &Report) -> Option<String> {
    let number = report.migrations.iter().filter(|migration| hangs_on_runner(report, migration)).count();
    let what = if report.migrations.len() > 1 { format!("{number} of them") } else { "it".to_owned() };
    let runner = report.runner;
    (number > 0).then(|| format!("with `--runner {runner}` {what} would be unsafe, for the half-applied states that {runner} can leave"))
}

/// What is counted together: the notes and warnings of a rule, and its errors at one place.
fn kind(finding: &FindingReport) -> (&str, Severity, Option<(&str, u32)>) {
    let at = finding.at.as_ref().filter(|_| finding.severity == Severity::Error);
    (finding.rule, finding.severity, at.map(|at| (at.path.as_str(), at.start)))
}

fn unwound(unwind: &super::UnwindReport) -> String {
    let state =
        unwind.failure.as_ref().map_or(String::new(), |failure| format!(" with {} at statement {}", failure.sqlstate, failure.statement));
    match (unwind.answer, &unwind.stops_at) {
        (Verity::Yes, _) => "all rollbacks run down to the start, newest first".to_owned(),
        (Verity::No, Some(id)) => format!("running all rollbacks, newest first, stops at `{id}`{state}"),
        (Verity::No, None) => format!("running all rollbacks, newest first, leaves {} behind", count(unwind.left_behind.len(), "object")),
        (Verity::Unknown, _) => "whether all rollbacks run down to the start is not known".to_owned(),
    }
}
