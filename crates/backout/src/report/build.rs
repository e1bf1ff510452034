//! From facts and findings to the report.

use super::*;
use crate::finding::{Finding, Place, Witness};
use crate::layout::PlanProblem;
use crate::op::Op;
use crate::rules;
use crate::sim::{self, Because, Difference, Judgement, Script, StatementFailure, Touch, Unwind};
use crate::source::Source;

/// All that a report is made of.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// What is known about each migration, in their order.
    pub judgements: &'a [Judgement],
    /// What happens when all rollbacks run.
    pub unwind: Option<&'a Unwind>,
    /// The files.
    pub sources: &'a [&'a Source],
    /// Where the schema before makes routines and views: kind, own name and place.
    pub definitions: &'a [(&'static str, String, Place)],
    /// What is odd about the files.
    pub problems: &'a [PlanProblem],
    /// The layout of the files, when there were files.
    pub layout: Option<&'static str>,
    /// The server's major version.
    pub server_version: u32,
    /// What executes the scripts, by its id.
    pub runner: &'static str,
    /// Whether the runner was stated or recognised.
    pub runner_known: bool,
    /// Idempotency and atomicity decide the verdict too.
    pub strict: bool,
    /// The forward's objects were taken to be new because the user said so.
    pub assume_new: bool,
    /// What writes the details, if they were asked for.
    pub details: Option<details::Write>,
}

/// Words the facts and puts them together.
pub fn build(facts: &Facts) -> Report {
    let mut texts = Texts::new(facts.sources);
    for (kind, name, place) in facts.definitions {
        texts.define(kind, name, place.clone());
    }
    let migrations: Vec<_> = facts.judgements.iter().map(|judgement| migration(judgement, &texts, facts)).collect();
    let findings: Vec<_> = rules::plan(facts.problems).iter().map(|found| finding(found, &texts)).collect();
    let mut report = Report {
        schema_version: SCHEMA_VERSION,
        tool: Tool { name: "backout", version: env!("CARGO_PKG_VERSION") },
        dialect: "postgresql",
        server_version: facts.server_version,
        runner: facts.runner,
        runner_known: facts.runner_known,
        layout: facts.layout,
        strict: facts.strict,
        assume_new: facts.assume_new,
        migrations,
        findings,
        unwind: facts.unwind.map(unwind),
        summary: Summary::default(),
        texts,
        root: String::new(),
    };
    report.summary = summary(&report, facts.judgements);
    report
}

fn migration(judgement: &Judgement, texts: &Texts, facts: &Facts) -> MigrationReport {
    let gaps = judgement.gaps.iter().enumerate().map(|(index, gap)| {
        let scripts = [(sim::Side::Forward, &judgement.forward), (sim::Side::Rollback, &judgement.rollback)];
        let place = gap.at.and_then(|(side, span)| {
            let own = scripts.iter().find(|(of, _)| *of == side).and_then(|(_, script)| script.as_ref()).map(|script| script.path.clone());
            Some(Place { path: gap.path.clone().or(own)?, span })
        });
        GapReport { id: gap_id(index), kind: gap.kind.id(), reason: cut(&gap.reason), at: place.map(|place| at(&place, texts)) }
    });
    MigrationReport {
        id: judgement.id.clone(),
        forward: judgement.forward.as_ref().map(script),
        rollback: judgement.rollback.as_ref().map(script),
        verdict: rules::verdict(judgement, facts.strict),
        answers: answers(judgement),
        findings: rules::judge(judgement, texts, facts.strict).iter().map(|found| finding(found, texts)).collect(),
        gaps: gaps.collect(),
        details: facts.details.and_then(|write| write(judgement, texts)),
    }
}

fn script(script: &Script) -> ScriptReport {
    let spans = script.statements.iter().map(|statement| (statement.span.start, statement.span.end)).collect();
    ScriptReport { path: script.path.clone(), statements: script.statements.len(), spans }
}

fn answers(judgement: &Judgement) -> Answers {
    let Judgement { forward_runs, rollback_runs, restores, redo, rerun, partial, local, atomic, lossless, .. } = judgement;
    let mut except: Vec<_> = restores.except.iter().map(|(what, _)| *what).collect();
    except.sort_unstable();
    except.dedup();
    Answers {
        forward_runs: runs(forward_runs),
        rollback_runs: runs(rollback_runs),
        restores: RestoresReport {
            answer: restores.answer.verity,
            because: because(restores.answer.because),
            except,
            differences: restores.differences.iter().map(difference).collect(),
        },
        redo: RedoReport {
            answer: redo.answer.verity,
            because: because(redo.answer.because),
            failure: redo.failure.as_ref().map(failure),
            differences: redo.differences.iter().map(difference).collect(),
        },
        rerun: runs(rerun),
        partial: PartialReport {
            answer: partial.answer.verity,
            because: because(partial.answer.because),
            reachable: partial.reachable,
            limited: partial.limited,
            resumes: ResumesReport {
                answer: partial.resumes.answer.verity,
                because: because(partial.resumes.answer.because),
                j: partial.resumes.j,
                failure: partial.resumes.failure.as_ref().map(failure),
            },
            prefixes: partial.prefixes.iter().map(prefix).collect(),
        },
        local: LocalReport {
            answer: local.answer.verity,
            because: because(local.answer.because),
            strays: local.strays.iter().map(stray).collect(),
        },
        atomic: AtomicReport {
            answer: atomic.answer.verity,
            because: because(atomic.answer.because),
            by: atomic.by,
            breaks: atomic.breaks.iter().map(|&(what, statement)| BreakReport { what: break_id(what), statement }).collect(),
        },
        lossless: LosslessReport {
            answer: lossless.answer.verity,
            because: because(lossless.answer.because),
            losses: lossless.losses.iter().map(loss).collect(),
            rows: lossless.rows.iter().map(row).collect(),
            risks: lossless.risks.iter().map(risk).collect(),
        },
    }
}

fn runs(runs: &sim::Runs) -> RunsReport {
    RunsReport { answer: runs.answer.verity, because: because(runs.answer.because), failure: runs.failure.as_ref().map(failure) }
}

fn failure(failure: &StatementFailure) -> FailureReport {
    FailureReport { sqlstate: failure.failure.sqlstate, statement: failure.statement, error: cut(&failure.failure.message) }
}

fn because(because: Option<Because>) -> Option<String> {
    because.map(|because| match because {
        Because::Question(key) => key.to_owned(),
        Because::Gap(index) => gap_id(index),
    })
}

fn gap_id(index: usize) -> String {
    format!("gap-{}", index + 1)
}

fn difference(difference: &Difference) -> DifferenceReport {
    DifferenceReport {
        kind: difference.kind,
        name: difference.name.clone(),
        change: difference.change.id(),
        expected: difference.expected.clone(),
        found: difference.found.clone(),
        forward_statement: difference.forward_statement,
        rollback_statement: difference.rollback_statement,
    }
}

fn prefix(prefix: &sim::Prefix) -> PrefixReport {
    PrefixReport {
        k: prefix.k,
        answer: prefix.answer.verity,
        because: because(prefix.answer.because),
        failure: prefix.failure.as_ref().map(failure),
        restores: prefix.restores,
        applied: prefix.applied,
        reachable: prefix.reachable,
    }
}

fn stray(stray: &sim::Stray) -> StrayReport {
    let touch = match stray.touch {
        Touch::Drops => "drops",
        Touch::Cascades => "cascades",
        Touch::Alters => "alters",
        Touch::Creates => "creates",
        Touch::DropsGuarded => "drops-guarded",
        Touch::Rows => "rows",
    };
    StrayReport { kind: stray.kind, name: stray.name.clone(), touch, statement: stray.statement, certain: stray.certain }
}

fn break_id(what: sim::AtomicBreak) -> &'static str {
    match what {
        sim::AtomicBreak::NoTransaction => "no-transaction",
        sim::AtomicBreak::Unbalanced => "unbalanced",
        sim::AtomicBreak::Outside => "outside",
        sim::AtomicBreak::CommitsEarly => "commits-early",
        sim::AtomicBreak::ForbidsTransaction => "forbids-transaction",
        sim::AtomicBreak::OptedOut => "opted-out",
    }
}

fn loss(loss: &sim::Loss) -> LossReport {
    LossReport { object: loss.object.clone(), by: loss.by, what: loss.what, own: loss.own, statement: loss.statement }
}

fn row(row: &sim::RowDifference) -> RowReport {
    RowReport { table: row.table.clone(), key: row.key.clone(), change: row.change.id(), statement: row.statement }
}

fn risk(risk: &sim::Risk) -> RiskReport {
    RiskReport { object: risk.object.clone(), what: risk.what, sqlstate: risk.sqlstate, by: risk.by, statement: risk.statement }
}

fn finding(finding: &Finding, texts: &Texts) -> FindingReport {
    let fix = finding.fix.as_ref().map(|fix| FixReport {
        title: fix.title.clone(),
        edits: fix.edits.iter().map(|(place, text)| EditReport { at: at(place, texts), text: text.clone() }).collect(),
    });
    FindingReport {
        rule: finding.rule,
        severity: finding.severity,
        message: cut(&finding.message),
        help: finding.help.clone(),
        at: finding.at.as_ref().map(|place| at(place, texts)),
        related: finding.related.iter().map(|other| RelatedReport { message: cut(&other.message), at: at(&other.at, texts) }).collect(),
        witness: finding.witness.as_ref().map(|evidence| witness(evidence, texts)),
        fix,
        suppressed: finding.suppressed.clone(),
    }
}

fn witness(witness: &Witness, texts: &Texts) -> WitnessReport {
    match witness {
        Witness::Failure { at: place, statement, sqlstate, message, detail, after } => WitnessReport::Failure {
            at: at(place, texts),
            statement: *statement,
            sql: cut(texts.of(place)),
            sqlstate,
            error: cut(message),
            detail: detail.iter().map(|line| cut(line)).collect(),
            after: after.clone(),
        },
        Witness::Difference { kind, name, change, expected, found } => {
            WitnessReport::Difference { object: kind, name: name.clone(), change, expected: expected.clone(), found: found.clone() }
        }
    }
}

/// A text, up to a length that a reader takes in: the server's words may quote a statement of megabytes.
pub(super) fn cut(text: &str) -> String {
    const MOST: usize = 2000;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

fn at(place: &Place, texts: &Texts) -> At {
    let ((line, column), (end_line, end_column)) = (texts.start(place), texts.end(place));
    At { path: place.path.clone(), line, column, end_line, end_column, start: place.span.start, end: place.span.end }
}

fn unwind(unwind: &Unwind) -> UnwindReport {
    UnwindReport {
        answer: unwind.answer.verity,
        because: because(unwind.answer.because),
        stops_at: unwind.stops_at.clone(),
        failure: unwind.failure.as_ref().map(failure),
        left_behind: unwind.left_behind.iter().map(difference).collect(),
    }
}

fn summary(report: &Report, judgements: &[Judgement]) -> Summary {
    let mut summary = Summary::default();
    for migration in &report.migrations {
        match migration.verdict {
            Verdict::Safe => summary.safe += 1,
            Verdict::Unsafe => summary.unsafe_ += 1,
            Verdict::Unproven => summary.unproven += 1,
            Verdict::Irreversible => summary.irreversible += 1,
            Verdict::Missing => summary.missing += 1,
        }
    }
    for finding in report.all_findings() {
        match (&finding.suppressed, finding.severity) {
            (Some(_), _) => summary.findings.suppressed += 1,
            (None, Severity::Error) => summary.findings.error += 1,
            (None, Severity::Warning) => summary.findings.warning += 1,
            (None, Severity::Note) => summary.findings.note += 1,
        }
    }
    let scripts = judgements.iter().flat_map(|judgement| [&judgement.forward, &judgement.rollback]).flatten();
    for statement in scripts.flat_map(|script| script.statements.iter()) {
        summary.statements.total += 1;
        summary.statements.lowered += usize::from(!matches!(*statement.op, Op::Gap(_)));
    }
    summary
}
