//! The fourth step of the manual's rules: among several candidates that fit, the best one.

use super::{
    Cast, TypeSource,
    polymorphic::{Agreement, Poly, is_polymorphic},
    resolve::Candidate,
    types::Input,
};

/// What is left of several candidates.
pub(super) enum Choice<'c, 'a> {
    One(&'c Candidate<'a>),
    Several,
    None,
    Open,
}

/// Step 4 of the manual: among the candidates that fit, the best one.
pub(super) fn choose<'c, 'a, T: TypeSource + ?Sized>(types: &T, candidates: &'c [Candidate<'a>], inputs: &[Input<'_>]) -> Choice<'c, 'a> {
    let mut fitting: Vec<&Candidate<'a>> = Vec::new();
    for candidate in candidates {
        match all_fit(types, &candidate.arguments, inputs) {
            Cast::Implicit => fitting.push(candidate),
            Cast::Maybe => return Choice::Open,
            _ => {}
        }
    }
    match fitting.as_slice() {
        [] => return Choice::None,
        [one] => return Choice::One(one),
        _ => {}
    }
    let is_preferred = |ty: &str, category: char| types.ty(ty).is_some_and(|facts| facts.preferred && facts.category == category);

    // The most exact matches, then the most exact or preferred ones.
    keep_best(&mut fitting, |candidate| {
        candidate.arguments.iter().zip(inputs).filter(|(declared, input)| !input.is_literal() && **declared == input.base.as_str()).count()
    });
    if let [one] = fitting.as_slice() {
        return Choice::One(one);
    }
    keep_best(&mut fitting, |candidate| {
        let pairs = candidate.arguments.iter().zip(inputs).filter(|(_, input)| !input.is_literal());
        pairs.filter(|(declared, input)| **declared == input.base.as_str() || is_preferred(declared, input.facts.category)).count()
    });
    if let [one] = fitting.as_slice() {
        return Choice::One(one);
    }
    let literals: Vec<usize> = inputs.iter().enumerate().filter(|(_, input)| input.is_literal()).map(|(at, _)| at).collect();
    if literals.is_empty() {
        return Choice::Several;
    }
    if let Some(categories) = literal_categories(types, &fitting, &literals) {
        let kept: Vec<&Candidate<'a>> = fitting
            .iter()
            .copied()
            .filter(|candidate| {
                categories.iter().all(|(at, category, preferred)| {
                    let facts = candidate.arguments.get(*at).and_then(|declared| types.ty(declared));
                    facts.is_some_and(|facts| facts.category == *category && (facts.preferred || !preferred))
                })
            })
            .collect();
        if !kept.is_empty() {
            fitting = kept;
        }
        if let [one] = fitting.as_slice() {
            return Choice::One(one);
        }
    }
    // The last resort: the literals are of the one type that all other arguments have.
    let mut known = inputs.iter().filter(|input| !input.is_literal()).map(|input| &input.base);
    if let Some(first) = known.next()
        && known.all(|other| other == first)
    {
        let guess: Vec<Input<'_>> = inputs.iter().filter_map(|_| Input::new(types, first)).collect();
        let mut left = fitting.iter().filter(|candidate| all_fit(types, &candidate.arguments, &guess) == Cast::Implicit);
        if let (Some(one), None) = (left.next(), left.next()) {
            return Choice::One(one);
        }
    }
    Choice::Several
}

fn keep_best<T>(list: &mut Vec<T>, score: impl Fn(&T) -> usize) {
    let best = list.iter().map(&score).max().unwrap_or(0);
    list.retain(|item| score(item) == best);
}

/// For each literal the category that the candidates want there, and whether one wants a preferred type; strings win.
fn literal_categories<T: TypeSource + ?Sized>(
    types: &T,
    candidates: &[&Candidate<'_>],
    literals: &[usize],
) -> Option<Vec<(usize, char, bool)>> {
    let mut out = Vec::new();
    for at in literals {
        let mut slot: Option<(char, bool)> = None;
        let mut conflict = false;
        for candidate in candidates {
            let facts = types.ty(candidate.arguments.get(*at)?)?;
            slot = match slot {
                None => Some((facts.category, facts.preferred)),
                Some((category, preferred)) if category == facts.category => Some((category, preferred || facts.preferred)),
                Some(_) if facts.category == 'S' => Some(('S', facts.preferred)),
                kept => {
                    conflict = true;
                    kept
                }
            };
        }
        let (category, preferred) = slot?;
        if conflict && category != 'S' {
            return None;
        }
        out.push((*at, category, preferred));
    }
    Some(out)
}

/// Whether all arguments fit, and the polymorphic ones agree with each other.
fn all_fit<T: TypeSource + ?Sized>(types: &T, declared: &[&str], inputs: &[Input<'_>]) -> Cast {
    let mut answer = Cast::Implicit;
    for (declared, input) in declared.iter().zip(inputs) {
        match input.fits(types, declared) {
            Cast::Implicit => {}
            Cast::Maybe => answer = Cast::Maybe,
            _ => return Cast::None,
        }
    }
    if declared.iter().any(|declared| is_polymorphic(declared)) {
        match Poly::of(types, declared, inputs) {
            Agreement::Yes(_) => {}
            Agreement::No => return Cast::None,
            Agreement::Open => answer = Cast::Maybe,
        }
    }
    answer
}
