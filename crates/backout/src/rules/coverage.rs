//! What the rules of coverage share: which rule a difference belongs to, and where it is shown.

use super::verdict::undoes_nothing;
use super::{Findings, ordering, places, words};
use crate::finding::{Finding, Place, Witness};
use crate::sim::{Change, Difference, Judgement, Side, Touch, Verity};

/// The rule that a difference belongs to: every difference to exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the rule of that name")]
pub(super) enum Class {
    ObjectLeftBehind,
    ColumnLeftBehind,
    EnumValueLeftBehind,
    ObjectNotRestored,
    ColumnNotRestored,
    ConstraintNotRestored,
    IndexNotRestored,
    DefinitionNotRestored,
    BodyNotRestored,
    NameNotRestored,
    PrivilegeNotRestored,
    CommentNotRestored,
}

/// The rule that a difference belongs to.
pub(super) fn class(difference: &Difference) -> Class {
    match (difference.kind, difference.change) {
        ("grant" | "default-privileges", _) => Class::PrivilegeNotRestored,
        ("comment", _) => Class::CommentNotRestored,
        (_, Change::Renamed) => Class::NameNotRestored,
        ("column", Change::Extra) => Class::ColumnLeftBehind,
        (_, Change::Extra) => Class::ObjectLeftBehind,
        ("column", Change::Missing) => Class::ColumnNotRestored,
        ("constraint", Change::Missing) => Class::ConstraintNotRestored,
        ("index", Change::Missing) => Class::IndexNotRestored,
        (_, Change::Missing) => Class::ObjectNotRestored,
        ("function" | "procedure" | "aggregate" | "view" | "matview", Change::Changed) => Class::BodyNotRestored,
        ("enum", Change::Changed) if !new_labels(difference).is_empty() => Class::EnumValueLeftBehind,
        (_, Change::Changed) => Class::DefinitionNotRestored,
    }
}

/// The differences of one rule, without those that a rule of scope already tells.
pub(super) fn differences(judgement: &Judgement, wanted: Class) -> Vec<&Difference> {
    let restores = &judgement.restores;
    if restores.answer.verity != Verity::No || restores.answer.because.is_some() || undoes_nothing(judgement) {
        return Vec::new();
    }
    let told = |difference: &Difference| {
        judgement.local.strays.iter().any(|stray| {
            let taken = matches!(stray.touch, Touch::Drops | Touch::Cascades) && difference.change == Change::Missing;
            let altered = stray.touch == Touch::Alters && difference.change != Change::Missing;
            stray.certain && (taken || altered) && stray.kind == difference.kind && stray.name == difference.name
        })
    };
    restores.differences.iter().filter(|&difference| class(difference) == wanted && !told(difference)).collect()
}

/// Where a difference is shown: at the statement of the rollback that put the object back differently, else at the
/// statement of the forward that made the difference.
pub(super) fn place(judgement: &Judgement, difference: &Difference) -> Place {
    match (difference.change, difference.rollback_statement, difference.forward_statement) {
        (Change::Changed | Change::Renamed, Some(number), _) | (_, Some(number), None) => {
            places::statement(judgement, Side::Rollback, number)
        }
        (_, _, Some(number)) => places::statement(judgement, Side::Forward, number),
        (_, None, None) => places::whole(judgement, if judgement.rollback.is_some() { Side::Rollback } else { Side::Forward }),
    }
}

/// Adds the finding of a difference, with its evidence and the other script's statement.
pub(super) fn report<'f>(judgement: &Judgement, findings: &'f mut Findings, difference: &Difference, message: String) -> &'f mut Finding {
    let at = place(judgement, difference);
    let other = match (difference.forward_statement, difference.rollback_statement) {
        (Some(forward), Some(_)) if difference.change == Change::Changed || difference.change == Change::Renamed => {
            Some((places::statement(judgement, Side::Forward, forward), "the forward changes it here"))
        }
        (Some(_), Some(rollback)) => Some((places::statement(judgement, Side::Rollback, rollback), "the rollback touches it last here")),
        _ => None,
    };
    let finding = findings.report(at, message);
    if let Some((place, what)) = other {
        finding.related(place, what);
    }
    finding.witness(Witness::Difference {
        kind: difference.kind,
        name: difference.name.clone(),
        change: difference.change.id(),
        expected: difference.expected.clone(),
        found: difference.found.clone(),
    })
}

/// The difference in words: table `public.users`.
pub(super) fn named(difference: &Difference) -> String {
    words::object(difference.kind, &difference.name)
}

/// A definition that is short enough to be shown in a sentence.
pub(super) fn short(definition: &Option<String>) -> Option<&str> {
    definition.as_deref().map(str::trim).filter(|text| !text.is_empty() && text.len() <= 160 && !text.contains('\n'))
}

/// What the rollback leaves behind and most likely was to drop under a name that is nowhere else: the same in another schema, in
/// other letters or with other arguments, or one with a slip of the pen.
pub(super) fn meant<'j>(judgement: &'j Judgement, kind: &str, name: &str) -> Option<&'j str> {
    // Among very many nobody would look for it.
    const MOST: usize = 100;
    let left = || {
        let extra = |difference: &&Difference| difference.change == Change::Extra && difference.kind == kind;
        judgement.restores.differences.iter().take(MOST).filter(extra).map(|difference| difference.name.as_str())
    };
    let own = ordering::own_part(name);
    let near = words::nearest(own, left().map(ordering::own_part));
    let same = |to: &str| left().find(|other| ordering::own_part(other).eq_ignore_ascii_case(to));
    same(own).or_else(|| same(near?))
}

/// The statement that makes again what is missing, when it is short enough to be shown in a sentence.
pub(super) fn statement(difference: &Difference) -> Option<String> {
    let sql = words::create_statement(difference.kind, &difference.name, difference.expected.as_deref()?, false)?;
    (sql.len() <= 200 && !sql.contains('\n')).then_some(sql)
}

/// What was there and what is there now, for a message.
pub(super) fn was_and_is(difference: &Difference) -> String {
    match (short(&difference.expected), short(&difference.found)) {
        (Some(expected), Some(found)) => format!(": it was `{expected}` and is now `{found}`"),
        (Some(expected), None) => format!(": it was `{expected}`"),
        (None, Some(found)) => format!(": it has now `{found}`"),
        (None, None) => String::new(),
    }
}

/// The labels that an enum has now and did not have before.
pub(super) fn new_labels(difference: &Difference) -> Vec<String> {
    let (Some(expected), Some(found)) = (&difference.expected, &difference.found) else { return Vec::new() };
    let before = labels(expected);
    let now = labels(found);
    // A label renamed is no label left behind.
    if before.iter().any(|label| !now.contains(label)) {
        return Vec::new();
    }
    now.into_iter().filter(|label| !before.contains(label)).collect()
}

fn labels(definition: &str) -> Vec<String> {
    if !definition.contains('\'') {
        let inner = definition.trim().trim_start_matches(['(', '{', '[']).trim_end_matches([')', '}', ']']);
        return inner.split(',').map(|label| label.trim().to_owned()).filter(|label| !label.is_empty()).collect();
    }
    definition.split('\'').skip(1).step_by(2).map(str::to_owned).collect()
}
