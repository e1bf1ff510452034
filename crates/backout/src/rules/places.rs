//! From a fact to its place in a file.

use crate::finding::{Place, Witness};
use crate::sim::{Ignore, Judgement, PlacedGap, Script, Side, StatementFailure};
use crate::source::Span;

/// The script on that side.
pub(super) fn script(judgement: &Judgement, side: Side) -> Option<&Script> {
    match side {
        Side::Forward => judgement.forward.as_ref(),
        Side::Rollback => judgement.rollback.as_ref(),
    }
}

/// A statement of a script, counted from 1; the script's beginning when there is no such statement.
pub(super) fn statement(judgement: &Judgement, side: Side, number: usize) -> Place {
    within(judgement, side, number, None)
}

/// A part of a statement, or the statement.
pub(super) fn within(judgement: &Judgement, side: Side, number: usize, part: Option<Span>) -> Place {
    let Some(script) = script(judgement, side) else {
        return Place { path: String::new(), span: Span::default() };
    };
    let span = match number.checked_sub(1).and_then(|index| script.statements.get(index)) {
        Some(statement) => part.filter(|part| part.end > part.start).map_or(statement.span, |part| part.shifted(statement.span.start)),
        None => script.statements.first().map_or(Span::default(), |first| Span { start: first.span.start, end: first.span.start }),
    };
    Place { path: script.path.clone(), span }
}

/// A script as a whole: where its first statement begins.
pub(super) fn whole(judgement: &Judgement, side: Side) -> Place {
    statement(judgement, side, 0)
}

/// Where a statement fails: the name that the error is about, or the statement.
pub(super) fn failure(judgement: &Judgement, side: Side, failure: &StatementFailure) -> Place {
    within(judgement, side, failure.statement, failure.failure.span)
}

/// The evidence that a statement fails.
pub(super) fn witness(judgement: &Judgement, side: Side, failure: &StatementFailure, after: Option<String>) -> Witness {
    let StatementFailure { statement: number, failure } = failure;
    Witness::Failure {
        at: statement(judgement, side, *number),
        statement: *number,
        sqlstate: failure.sqlstate,
        message: failure.message.clone(),
        detail: failure.detail.clone(),
        after,
    }
}

/// Where a gap stands; the rollback's beginning when it stands nowhere in the two scripts.
pub(super) fn gap(judgement: &Judgement, gap: &PlacedGap) -> Place {
    match (gap.at, &gap.path) {
        (Some((side, span)), path) => {
            let own = script(judgement, side).map(|script| script.path.clone());
            Place { path: path.clone().or(own).unwrap_or_default(), span }
        }
        (None, Some(path)) => Place { path: path.clone(), span: Span::default() },
        (None, None) => whole(judgement, if judgement.rollback.is_some() { Side::Rollback } else { Side::Forward }),
    }
}

/// Every comment that says to ignore a rule, with its place.
pub(super) fn ignores(judgement: &Judgement) -> impl Iterator<Item = (Place, &Ignore)> {
    let scripts = [judgement.forward.as_ref(), judgement.rollback.as_ref()].into_iter().flatten();
    scripts.flat_map(|script| {
        let ignores = script.statements.iter().flat_map(|statement| &statement.ignores);
        ignores.map(|ignore| (Place { path: script.path.clone(), span: ignore.span }, ignore))
    })
}
