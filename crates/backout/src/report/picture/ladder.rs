//! The failure ladder: for each half-applied forward, whether the rollback works from there.

use super::svg::{Svg, WIDTH, number};
use super::{Part, Picture, Tone, doing, line_of};
use crate::report::details::DetailsReport;
use crate::report::words::count;
use crate::report::{FailureReport, MigrationReport};
use crate::sim::Verity;

/// How many rungs are drawn after equal ones are put together.
const MOST: usize = 60;

/// Fewer equal rungs than this in a row are drawn one by one.
const FEW: usize = 4;

const STEP: f64 = 46.0;
const RAIL: f64 = 22.0;
const CHIP: f64 = 230.0;

/// One state, or several in a row of which the same is to be said.
struct Rung {
    /// How many statements were applied, from and to.
    from: usize,
    to: usize,
    tone: Tone,
    /// What happens.
    said: String,
    /// The error.
    error: String,
    /// The statement of the rollback that fails.
    statement: Option<usize>,
    /// Something was done by then.
    applied: bool,
    reachable: bool,
}

pub(super) fn draw(migration: &MigrationReport, details: &DetailsReport, id: &str) -> Option<Picture> {
    let partial = &migration.answers.partial;
    if partial.prefixes.is_empty() || migration.rollback.as_ref().is_none_or(|rollback| rollback.statements == 0) {
        return None;
    }
    let total = details.forward.len();
    let mut rungs: Vec<Rung> = Vec::new();
    for prefix in &partial.prefixes {
        let rung = rung(prefix.k, prefix.answer, prefix.restores, prefix.failure.as_ref());
        rungs.push(Rung { applied: prefix.applied, reachable: prefix.reachable, ..rung });
    }
    let answers = &migration.answers;
    rungs.push(rung(total, answers.rollback_runs.answer, answers.restores.answer, answers.rollback_runs.failure.as_ref()));
    let summary = summary(migration, total);
    let text = rungs.iter().map(|rung| told(rung, total, details)).collect::<Vec<_>>();
    let rungs = together(rungs, total);
    let mut svg = Svg::new(id);
    let top = svg.headline(&summary) + 20.0;
    let shown = rungs.len().min(MOST);
    let end = top + STEP * (shown.saturating_sub(1)) as f64 + 20.0;
    svg.flow(
        "",
        &format!("M{} {} V{}", number(RAIL), number(top + 20.0), number(end)),
        "the statements of the forward, one after the other",
    );
    for (at, rung) in rungs.iter().take(MOST).enumerate() {
        let y = top + STEP * at as f64;
        one(&mut svg, rung, y, total, details);
        // What was left out between the first and the last states.
        if let Some(next) = rungs.get(at + 1)
            && next.from > rung.to + 1
        {
            svg.text(RAIL + 24.0, y + STEP, "s", &format!("{} not tried", count(next.from - rung.to - 1, "state")), 200.0);
        }
    }
    let mut height = top + STEP * shown as f64;
    if rungs.len() > MOST {
        svg.text(RAIL + 24.0, height + 12.0, "s", &format!("and {}", count(rungs.len() - MOST, "more state")), CHIP);
        height += 20.0;
    }
    Some(Picture { svg: svg.finish("ladder", "From each half-applied state", &summary, height + 4.0), summary, text: capped(text) })
}

fn capped(mut text: Vec<Part>) -> Vec<Part> {
    const LINES: usize = 200;
    let more = text.len().saturating_sub(LINES);
    text.truncate(LINES);
    if more > 0 {
        text.push(Part::plain(format!("and {}", count(more, "more state"))));
    }
    text
}

fn rung(k: usize, answer: Verity, restores: Verity, failure: Option<&FailureReport>) -> Rung {
    let (tone, said) = match (answer, failure, restores) {
        (Verity::No, Some(failure), _) => (Tone::Bad, format!("fails: {} at statement {}", failure.sqlstate, failure.statement)),
        (Verity::No, None, _) => (Tone::Bad, "does not run".to_owned()),
        (Verity::Unknown, ..) => (Tone::Open, "not known whether it runs".to_owned()),
        (Verity::Yes, _, Verity::Yes) => (Tone::Good, "runs and restores".to_owned()),
        (Verity::Yes, _, Verity::No) => (Tone::Bad, "runs, but does not restore".to_owned()),
        (Verity::Yes, _, Verity::Unknown) => (Tone::Open, "runs; restores: not known".to_owned()),
    };
    let error = failure.map(|failure| failure.error.clone()).unwrap_or_default();
    Rung { from: k, to: k, tone, said, error, statement: failure.map(|failure| failure.statement), applied: true, reachable: true }
}

/// Puts neighbours of which the same is to be said together, when they are many.
fn together(rungs: Vec<Rung>, total: usize) -> Vec<Rung> {
    let same = |a: &Rung, b: &Rung| {
        b.from == a.to + 1
            && b.from < total
            && a.from > 0
            && (a.tone, &a.said, &a.error, a.applied, a.reachable) == (b.tone, &b.said, &b.error, b.applied, b.reachable)
    };
    let mut out = Vec::new();
    let mut run: Vec<Rung> = Vec::new();
    let flush = |run: &mut Vec<Rung>, out: &mut Vec<Rung>| match (run.len(), run.first().map(|rung| rung.from), run.pop()) {
        (many, Some(from), Some(last)) if many >= FEW => {
            run.clear();
            out.push(Rung { from, ..last });
        }
        (_, _, last) => {
            out.append(run);
            out.extend(last);
        }
    };
    for rung in rungs {
        if run.last().is_some_and(|last| !same(last, &rung)) {
            flush(&mut run, &mut out);
        }
        run.push(rung);
    }
    flush(&mut run, &mut out);
    out
}

/// What the state is.
fn state(rung: &Rung, total: usize, details: &DetailsReport) -> (String, String) {
    let last = rung.to.checked_sub(1).and_then(|at| details.forward.get(at));
    let sql = last.map(doing).unwrap_or_default();
    match (rung.from, rung.to) {
        (0, _) => ("nothing applied".to_owned(), "before the first statement".to_owned()),
        (from, to) if from < to => (format!("after {from} to {to} statements"), format!("the last: {sql}")),
        (_, to) if to == total => ("all applied".to_owned(), format!("the last: {sql}")),
        (_, to) => (format!("after {}", count(to, "statement")), format!("the last: {sql}")),
    }
}

/// A state in words; it stands for the statement that fails there, or else for the last one that was applied.
fn told(rung: &Rung, total: usize, details: &DetailsReport) -> Part {
    let (state, _) = state(rung, total, details);
    let error = if rung.error.is_empty() { String::new() } else { format!(" ({})", rung.error) };
    let reach = if rung.reachable || !rung.applied { "" } else { "; this runner cannot stop there" };
    let applied = (rung.to > 0).then_some(("forward", rung.to));
    let at = rung.statement.map(|statement| ("rollback", statement)).or(applied);
    Part {
        words: format!("{state}: the rollback {}{error}{reach}", rung.said),
        at: at.map(|(side, statement)| (side, line_of(details, side, statement))),
    }
}

fn one(svg: &mut Svg, rung: &Rung, y: f64, total: usize, details: &DetailsReport) {
    let (state, after) = state(rung, total, details);
    let whole = rung.to == total;
    let aside = if rung.reachable || !rung.applied || whole { "" } else { " aside" };
    let class = rung.tone.class();
    let place = (rung.to > 0).then(|| ("forward", rung.to, line_of(details, "forward", rung.to)));
    let sql = rung.to.checked_sub(1).and_then(|at| details.forward.get(at)).map(|step| step.sql.as_str()).unwrap_or_default();
    svg.begin(&format!("{class}{aside}"), place, &format!("{state}\n{sql}"));
    let (middle, filled) = (y + 20.0, if aside.is_empty() { " full" } else { "" });
    svg.raw(&format!("<circle class=\"dot{filled}\" cx=\"{}\" cy=\"{}\" r=\"13\"/>\n", number(RAIL), number(middle)));
    let label = if rung.from == rung.to { rung.to.to_string() } else { "…".to_owned() };
    svg.middle(RAIL, middle + 4.0, if aside.is_empty() { "on" } else { "" }, &label);
    svg.text(RAIL + 24.0, y + 17.0, "", &state, WIDTH - CHIP - RAIL - 34.0);
    svg.text(RAIL + 24.0, y + 31.0, "s", &after, WIDTH - CHIP - RAIL - 34.0);
    svg.end();
    let place = rung.statement.map(|statement| ("rollback", statement, line_of(details, "rollback", statement)));
    let title = if rung.error.is_empty() { rung.said.clone() } else { format!("{}\n{}", rung.said, rung.error) };
    svg.begin(&format!("{class}{aside}"), place, &title);
    let x = WIDTH - CHIP - 1.0;
    svg.card(x, y, CHIP, 38.0, rung.tone);
    svg.text(x + 12.0, y + 16.0, "", &format!("{} {}", rung.tone.sign(), rung.said), CHIP - 16.0);
    let below = match (rung.error.is_empty(), aside.is_empty()) {
        (_, false) => "this runner cannot stop there",
        (false, true) => rung.error.as_str(),
        (true, true) if !rung.applied => "nobody needs it",
        (true, true) => "",
    };
    svg.text(x + 12.0, y + 30.0, if aside.is_empty() { "s t" } else { "s" }, below, CHIP - 18.0);
    svg.end();
}

fn summary(migration: &MigrationReport, total: usize) -> String {
    let partial = &migration.answers.partial;
    let states: Vec<_> = partial.prefixes.iter().filter(|prefix| prefix.applied).collect();
    let bad = states.iter().filter(|prefix| prefix.answer == Verity::No || prefix.restores == Verity::No).count();
    let open = states
        .iter()
        .filter(|prefix| prefix.answer == Verity::Unknown || (prefix.answer == Verity::Yes && prefix.restores == Verity::Unknown))
        .count();
    let reach = match (states.is_empty(), partial.reachable) {
        (true, _) | (_, true) => "",
        (false, false) => "; the runner leaves none of them",
    };
    let tried = if partial.limited { format!(" of {total} tried") } else { String::new() };
    match (states.len(), bad, open) {
        (0, ..) if total > 1 => "Nothing is done before the last statement: it cannot be half-applied".to_owned(),
        (0, ..) => "A single statement: it cannot be half-applied".to_owned(),
        (all, 0, 0) => format!(
            "Works from {}{tried}{reach}",
            if all == 1 { "the one half-applied state".to_owned() } else { format!("all {all} half-applied states") }
        ),
        (all, 0, open) => format!("Not known from {open} of {}{tried}{reach}", count(all, "half-applied state")),
        (all, bad, _) => format!("Does not work from {bad} of {}{tried}{reach}", count(all, "half-applied state")),
    }
}
