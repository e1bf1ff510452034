//! Which function or operator is meant: chapter 10 of the manual, question by question as the server asks them.
//!
//! An argument of type `unknown` is an untyped literal. An argument that is `None`, or of a type that the
//! source does not know, fits everything and makes the answer "maybe" unless nothing can fit.

use arcstr::ArcStr;

use super::{
    Cast, FunctionKind, Overload, TypeFacts, TypeKind, TypeSource, Volatility,
    best::{Choice, choose},
    cast,
    polymorphic::{Agreement, Poly, is_polymorphic},
    types::{CastMethod, Input, base_type, is_array},
};

/// What a call means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Exactly this.
    One(Resolved),
    /// Several fit and none is best (42725).
    Ambiguous,
    /// Nothing fits (42883).
    None,
    /// It cannot be told.
    Maybe {
        /// The type of the result, if all that could be meant agree on it.
        result: Option<ArcStr>,
    },
}

/// The function or operator that a call means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The type of the result, polymorphic ones settled.
    pub result: ArcStr,
    /// The declared argument types, parted by commas.
    pub arguments: ArcStr,
    /// Its volatility.
    pub volatility: Volatility,
    /// Its kind.
    pub kind: FunctionKind,
    /// Whether it returns a set.
    pub returns_set: bool,
}

/// One overload with the argument types that a call of this length gives it.
pub(super) struct Candidate<'a> {
    pub(super) overload: Overload<'a>,
    pub(super) arguments: Vec<&'a str>,
    expanded: bool,
    /// Another one of its schema has the same arguments where its defaults are left out: which is meant cannot be told.
    twice: bool,
}

/// A call longer than this is no function's (the server's own bound is 100).
const MOST_ARGUMENTS: usize = 100;

/// Which overload a call means. `name` lets `date('2020-01-01')` be read as a cast; leave it out where that is not possible.
pub fn resolve_call<'a, T: TypeSource + ?Sized>(
    types: &T,
    name: Option<&str>,
    overloads: impl Iterator<Item = Overload<'a>>,
    arguments: &[Option<&str>],
) -> Resolution {
    if arguments.len() > MOST_ARGUMENTS {
        return Resolution::None;
    }
    let mut candidates: Vec<Candidate<'a>> = Vec::new();
    let mut ordered_sets: Vec<Overload<'a>> = Vec::new();
    let mut clash = false;
    for overload in overloads {
        if overload.kind == FunctionKind::OrderedSetAggregate {
            // Its direct and ordered arguments are told apart by the text, which is not seen here.
            ordered_sets.push(overload);
            continue;
        }
        let Some(candidate) = of_length(overload, arguments.len()) else { continue };
        match candidates.iter().position(|known| known.arguments == candidate.arguments) {
            None => candidates.push(candidate),
            Some(at) => match candidates.get_mut(at) {
                Some(known) if known.expanded && !candidate.expanded => *known = candidate,
                Some(known) if !known.expanded && candidate.expanded => {}
                Some(known) if known.overload.home != 0 && known.overload.home == candidate.overload.home => known.twice = true,
                _ => clash = true,
            },
        }
    }
    let inputs: Vec<Option<Input<'_>>> = arguments.iter().map(|argument| Input::new(types, (*argument)?)).collect();
    if clash || inputs.iter().any(Option::is_none) {
        return loosely(types, name, &candidates, &ordered_sets, &inputs);
    }
    let inputs: Vec<Input<'_>> = inputs.into_iter().flatten().collect();
    if let Some(exact) = candidates.iter().find(|candidate| candidate.arguments.iter().copied().eq(inputs.iter().map(|input| input.name))) {
        return found(types, exact, &inputs);
    }
    if let (Some(name), [input]) = (name, inputs.as_slice())
        && let Some(result) = as_cast(types, name, input.name)
    {
        return result;
    }
    match choose(types, &candidates, &inputs) {
        Choice::One(candidate) => found(types, candidate, &inputs),
        Choice::Several => Resolution::Ambiguous,
        Choice::None if !ordered_sets.is_empty() => Resolution::Maybe { result: agreed(&ordered_sets) },
        Choice::None => match inputs.as_slice() {
            // A row argument may be a column's selection: name(row).
            [input] if input.facts.kind == TypeKind::Composite => Resolution::Maybe { result: None },
            _ => Resolution::None,
        },
        Choice::Open => Resolution::Maybe { result: None },
    }
}

/// Which operator is meant; `left` is absent for a prefix operator.
pub fn resolve_operator<'a, T: TypeSource + ?Sized>(
    types: &T,
    overloads: impl Iterator<Item = Overload<'a>>,
    left: Option<Option<&str>>,
    right: Option<&str>,
) -> Resolution {
    let arguments: Vec<Option<&str>> = left.into_iter().chain([right]).collect();
    // An untyped literal is first taken for the other side's type.
    let same = match *arguments.as_slice() {
        [Some("unknown"), Some(known)] | [Some(known), Some("unknown")] => vec![known, known],
        _ => arguments.iter().copied().flatten().collect(),
    };
    let mut candidates: Vec<Candidate<'a>> = Vec::new();
    for overload in overloads {
        let Some((first, second)) = overload.arguments.split_once(',') else { continue };
        let declared = match (left.is_some(), first.is_empty(), second.is_empty()) {
            (true, false, false) => vec![first, second],
            (false, true, false) => vec![second],
            // Postfix operators went with version 14; their use is not told from a prefix one's here.
            _ => continue,
        };
        let exact = declared == same && !is_polymorphic(first) && !is_polymorphic(second);
        candidates.push(Candidate { overload, arguments: declared, expanded: false, twice: false });
        if exact {
            // Most calls end here; the rest of the list cannot change that.
            return candidates.pop().map_or(Resolution::None, |candidate| found(types, &candidate, &[]));
        }
    }
    let inputs: Vec<Option<Input<'_>>> = arguments.iter().map(|argument| Input::new(types, (*argument)?)).collect();
    if inputs.iter().any(Option::is_none) {
        return loosely(types, None, &candidates, &[], &inputs);
    }
    let inputs: Vec<Input<'_>> = inputs.into_iter().flatten().collect();
    if let [first, second] = inputs.as_slice()
        && first.is_literal() != second.is_literal()
    {
        let base = if first.is_literal() { &second.base } else { &first.base };
        if let Some(candidate) = candidates.iter().find(|candidate| candidate.arguments.iter().all(|declared| *declared == base.as_str())) {
            return found(types, candidate, &inputs);
        }
    }
    match choose(types, &candidates, &inputs) {
        Choice::One(candidate) => found(types, candidate, &inputs),
        Choice::Several => Resolution::Ambiguous,
        Choice::None => Resolution::None,
        Choice::Open => Resolution::Maybe { result: None },
    }
}

/// What [`common_type`] finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommonType {
    /// This type.
    One(ArcStr),
    /// The branches do not go together (42804).
    None,
    /// It cannot be told.
    Maybe,
}

/// The type that CASE, COALESCE, UNION, VALUES and ARRAY give their branches.
pub fn common_type<T: TypeSource + ?Sized>(types: &T, branches: &[&str]) -> CommonType {
    let Some(first) = branches.first() else { return CommonType::None };
    if *first != "unknown" && branches.iter().all(|branch| branch == first) {
        return CommonType::One(ArcStr::from(*first));
    }
    let mut chosen = base_type(types, first);
    for branch in branches.iter().skip(1) {
        let branch = base_type(types, branch);
        if branch == "unknown" || branch == chosen {
            continue;
        }
        if chosen == "unknown" {
            chosen = branch;
            continue;
        }
        let (Some(ours), Some(theirs)) = (types.ty(&chosen), types.ty(&branch)) else { return CommonType::Maybe };
        if ours.category != theirs.category {
            return CommonType::None;
        }
        if !ours.preferred {
            match (cast(types, &chosen, &branch), cast(types, &branch, &chosen)) {
                (Cast::Maybe, _) | (_, Cast::Maybe) => return CommonType::Maybe,
                (Cast::Implicit, back) if back != Cast::Implicit => chosen = branch,
                _ => {}
            }
        }
    }
    // Whether each branch becomes that type is the next question, which the caller asks with `cast`.
    CommonType::One(if chosen == "unknown" { ArcStr::from("text") } else { chosen })
}

/// Whether one of the default operator classes for `inputs` takes a type; `None` if that cannot be told.
pub fn default_opclass_of<'a, T: TypeSource + ?Sized>(types: &T, inputs: impl Iterator<Item = &'a str>, ty: &str) -> Option<bool> {
    let ty = base_type(types, ty);
    let facts = types.ty(&ty)?;
    let (mut preferred, mut compatible) = (0, 0);
    for input in inputs {
        if input == ty {
            return Some(true);
        }
        let fits = takes(types, input, &ty, &facts);
        if fits && types.ty(input).is_some_and(|target| target.preferred && target.category == facts.category) {
            preferred += 1;
        } else if fits {
            compatible += 1;
        }
    }
    Some(preferred == 1 || (preferred == 0 && compatible == 1))
}

/// Whether an operator class for `input` takes a type; none where that is not known.
pub fn opclass_takes<T: TypeSource + ?Sized>(types: &T, input: &str, ty: &str) -> Option<bool> {
    let ty = base_type(types, ty);
    let facts = types.ty(&ty)?;
    Some(input == ty || takes(types, input, &ty, &facts))
}

fn takes<T: TypeSource + ?Sized>(types: &T, input: &str, ty: &str, facts: &TypeFacts) -> bool {
    match input {
        "anyarray" => is_array(ty, facts),
        "anyenum" => facts.kind == TypeKind::Enum,
        "anyrange" => facts.kind == TypeKind::Range,
        "anymultirange" => facts.kind == TypeKind::Multirange,
        "record" => facts.kind == TypeKind::Composite,
        _ => types.cast_entry(ty, input) == Some((Cast::Implicit, CastMethod::Binary)),
    }
}

/// The candidate of a call with so many arguments, if it can be one.
fn of_length(overload: Overload<'_>, length: usize) -> Option<Candidate<'_>> {
    let mut arguments: Vec<&str> = overload.argument_types().collect();
    let declared = arguments.len();
    if overload.variadic && length >= declared {
        let last = arguments.pop()?;
        let element = match last {
            "any" => "any",
            "anyarray" => "anyelement",
            "anycompatiblearray" => "anycompatible",
            array => array.strip_prefix('_')?,
        };
        arguments.resize(length, element);
        return Some(Candidate { overload, arguments, expanded: true, twice: false });
    }
    let fits = length <= declared && length + overload.defaults >= declared;
    arguments.truncate(length);
    fits.then_some(Candidate { overload, arguments, expanded: false, twice: false })
}

/// `name(x)` read as a cast of x to the type `name`, where the server reads it so.
fn as_cast<T: TypeSource + ?Sized>(types: &T, name: &str, input: &str) -> Option<Resolution> {
    let target = types.ty(name)?;
    if target.kind == TypeKind::Pseudo {
        return None;
    }
    let resolved = || {
        Resolution::One(Resolved {
            result: ArcStr::from(name),
            arguments: ArcStr::from(input),
            // Reading a literal is decided when it is read; through text it depends on settings.
            volatility: if input == "unknown" || input == name { Volatility::Immutable } else { Volatility::Stable },
            kind: FunctionKind::Function,
            returns_set: false,
        })
    };
    if input == "unknown" || base_type(types, input) == base_type(types, name) {
        return Some(resolved());
    }
    match types.cast_entry(&base_type(types, input), &base_type(types, name)) {
        Some((_, CastMethod::Function)) => None,
        Some((_, CastMethod::Binary | CastMethod::Text)) => Some(resolved()),
        None => match cast(types, input, name) {
            Cast::None => None,
            Cast::Maybe => Some(Resolution::Maybe { result: Some(ArcStr::from(name)) }),
            _ => {
                let source = types.ty(&base_type(types, input))?;
                let by_element = source.kind == TypeKind::Array && target.kind == TypeKind::Array;
                if source.kind == TypeKind::Composite || by_element { None } else { Some(resolved()) }
            }
        },
    }
}

/// The answer where some argument cannot be told: nothing, if nothing can fit.
fn loosely<T: TypeSource + ?Sized>(
    types: &T,
    name: Option<&str>,
    candidates: &[Candidate<'_>],
    ordered_sets: &[Overload<'_>],
    arguments: &[Option<Input<'_>>],
) -> Resolution {
    let fitting: Vec<Overload<'_>> = candidates
        .iter()
        .filter(|candidate| {
            candidate
                .arguments
                .iter()
                .zip(arguments)
                .all(|(declared, given)| given.as_ref().is_none_or(|given| given.fits(types, declared) != Cast::None))
        })
        .map(|candidate| candidate.overload)
        .chain(ordered_sets.iter().copied())
        .collect();
    // With a single argument the call may be a cast, or the selection of a row's column.
    if arguments.len() == 1 && name.is_some_and(|name| fitting.is_empty() || types.ty(name).is_some()) {
        return Resolution::Maybe { result: None };
    }
    if fitting.is_empty() { Resolution::None } else { Resolution::Maybe { result: agreed(&fitting) } }
}

/// The one type of all results.
fn agreed(overloads: &[Overload<'_>]) -> Option<ArcStr> {
    let (first, rest) = overloads.split_first()?;
    rest.iter().all(|other| other.result == first.result).then(|| plain_result(*first)).flatten()
}

/// The type of the result, unless it depends on the arguments.
fn plain_result(overload: Overload<'_>) -> Option<ArcStr> {
    (!is_polymorphic(overload.result)).then(|| ArcStr::from(overload.result))
}

fn found<T: TypeSource + ?Sized>(types: &T, candidate: &Candidate<'_>, inputs: &[Input<'_>]) -> Resolution {
    if candidate.twice {
        return Resolution::Ambiguous;
    }
    let overload = candidate.overload;
    let mut result = Some(ArcStr::from(overload.result));
    if candidate.arguments.iter().any(|declared| is_polymorphic(declared)) {
        result = match Poly::of(types, &candidate.arguments, inputs) {
            Agreement::Yes(poly) if !poly.broken => {
                if is_polymorphic(overload.result) {
                    poly.result(types, overload.result)
                } else {
                    result
                }
            }
            Agreement::Yes(_) | Agreement::No | Agreement::Open => None,
        };
    }
    // What literals alone should settle is an error, but not always.
    let Some(result) = result else { return Resolution::Maybe { result: None } };
    Resolution::One(Resolved {
        result,
        arguments: ArcStr::from(overload.arguments),
        volatility: overload.volatility,
        kind: overload.kind,
        returns_set: overload.returns_set,
    })
}
