//! Which function or operator is meant: chapter 10 of the manual, question by question as the server asks them.
//!
//! An argument of type `unknown` is an untyped literal. An argument that is `None`, or of a type that the
//! source does not know, fits everything and makes the answer "maybe" unless nothing can fit.

use smol_str::SmolStr;

use super::{
    Cast, FunctionKind, Overload, TypeFacts, TypeKind, TypeSource, Volatility, cast,
    types::{CastMethod, base_type, element_of, is_array},
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
        result: Option<SmolStr>,
    },
}

/// The function or operator that a call means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The type of the result, polymorphic ones settled.
    pub result: SmolStr,
    /// The declared argument types, parted by commas.
    pub arguments: SmolStr,
    /// Its volatility.
    pub volatility: Volatility,
    /// Its kind.
    pub kind: FunctionKind,
    /// Whether it returns a set.
    pub returns_set: bool,
}

/// One overload with the argument types that a call of this length gives it.
struct Candidate<'a> {
    overload: Overload<'a>,
    arguments: Vec<&'a str>,
    expanded: bool,
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
            Some(at) => match (candidates.get(at).map(|known| known.expanded), candidate.expanded) {
                (Some(true), false) => {
                    if let Some(place) = candidates.get_mut(at) {
                        *place = candidate;
                    }
                }
                (Some(false), true) => {}
                _ => clash = true,
            },
        }
    }
    let untold = arguments.iter().any(|argument| argument.is_none_or(|ty| ty != "unknown" && types.ty(ty).is_none()));
    if clash || untold {
        return loosely(types, name, &candidates, &ordered_sets, arguments);
    }
    let inputs: Vec<&str> = arguments.iter().copied().flatten().collect();
    if let Some(exact) = candidates.iter().find(|candidate| candidate.arguments == inputs) {
        return found(types, exact, &inputs);
    }
    if let (Some(name), [input]) = (name, inputs.as_slice())
        && let Some(result) = as_cast(types, name, input)
    {
        return result;
    }
    match choose(types, &candidates, &inputs) {
        Choice::One(candidate) => found(types, candidate, &inputs),
        Choice::Several => Resolution::Ambiguous,
        Choice::None if !ordered_sets.is_empty() => Resolution::Maybe { result: agreed(&ordered_sets) },
        Choice::None => match inputs.as_slice() {
            // A row argument may be a column's selection: name(row).
            [input] if types.ty(&base_type(types, input)).is_some_and(|facts| facts.kind == TypeKind::Composite) => {
                Resolution::Maybe { result: None }
            }
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
    let candidates: Vec<Candidate<'a>> = overloads
        .filter_map(|overload| {
            let (first, second) = overload.arguments.split_once(',')?;
            let arguments = match (left.is_some(), first.is_empty(), second.is_empty()) {
                (true, false, false) => vec![first, second],
                (false, true, false) => vec![second],
                // Postfix operators went with version 14; their use is not told from a prefix one's here.
                _ => return None,
            };
            Some(Candidate { overload, arguments, expanded: false })
        })
        .collect();
    let arguments: Vec<Option<&str>> = left.into_iter().chain([right]).collect();
    if arguments.iter().any(|argument| argument.is_none_or(|ty| ty != "unknown" && types.ty(ty).is_none())) {
        return loosely(types, None, &candidates, &[], &arguments);
    }
    let inputs: Vec<&str> = arguments.into_iter().flatten().collect();
    let exact = |inputs: &[&str]| candidates.iter().find(|candidate| candidate.arguments == inputs);
    if let [first, second] = *inputs.as_slice() {
        // An untyped literal is first taken for the other side's type.
        let same = match (first, second) {
            ("unknown", known) | (known, "unknown") => [known, known],
            pair => [pair.0, pair.1],
        };
        let base = base_type(types, same[0]);
        let found_exactly = exact(&same).or_else(|| {
            let literal = (first == "unknown") != (second == "unknown");
            if literal && base != same[0] { exact(&[&base, &base]) } else { None }
        });
        if let Some(candidate) = found_exactly {
            return found(types, candidate, &same);
        }
    } else if let Some(candidate) = exact(&inputs) {
        return found(types, candidate, &inputs);
    }
    match choose(types, &candidates, &inputs) {
        Choice::One(candidate) => found(types, candidate, &inputs),
        Choice::Several => Resolution::Ambiguous,
        Choice::None => Resolution::None,
        Choice::Open => Resolution::Maybe { result: None },
    }
}

/// The type that CASE, COALESCE, UNION, VALUES and ARRAY give their branches; `Err` if it cannot be told, `Ok(None)` if there is none (42804).
pub fn common_type<T: TypeSource + ?Sized>(types: &T, branches: &[&str]) -> Result<Option<SmolStr>, ()> {
    let Some(first) = branches.first() else { return Ok(None) };
    if *first != "unknown" && branches.iter().all(|branch| branch == first) {
        return Ok(Some(SmolStr::new(first)));
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
        let (Some(ours), Some(theirs)) = (types.ty(&chosen), types.ty(&branch)) else { return Err(()) };
        if ours.category != theirs.category {
            return Ok(None);
        }
        if !ours.preferred {
            match (cast(types, &chosen, &branch), cast(types, &branch, &chosen)) {
                (Cast::Maybe, _) | (_, Cast::Maybe) => return Err(()),
                (Cast::Implicit, back) if back != Cast::Implicit => chosen = branch,
                _ => {}
            }
        }
    }
    Ok(Some(if chosen == "unknown" { SmolStr::new_static("text") } else { chosen }))
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
        let fits = match input {
            "anyarray" => is_array(&ty, &facts),
            "anyenum" => facts.kind == TypeKind::Enum,
            "anyrange" => facts.kind == TypeKind::Range,
            "anymultirange" => facts.kind == TypeKind::Multirange,
            "record" => facts.kind == TypeKind::Composite,
            _ => types.cast_entry(&ty, input) == Some((Cast::Implicit, CastMethod::Binary)),
        };
        if fits && types.ty(input).is_some_and(|target| target.preferred && target.category == facts.category) {
            preferred += 1;
        } else if fits {
            compatible += 1;
        }
    }
    Some(preferred == 1 || (preferred == 0 && compatible == 1))
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
        return Some(Candidate { overload, arguments, expanded: true });
    }
    let fits = length <= declared && length + overload.defaults >= declared;
    arguments.truncate(length);
    fits.then_some(Candidate { overload, arguments, expanded: false })
}

/// `name(x)` read as a cast of x to the type `name`, where the server reads it so.
fn as_cast<T: TypeSource + ?Sized>(types: &T, name: &str, input: &str) -> Option<Resolution> {
    let target = types.ty(name)?;
    if target.kind == TypeKind::Pseudo {
        return None;
    }
    let resolved = || {
        Resolution::One(Resolved {
            result: SmolStr::new(name),
            arguments: SmolStr::new(input),
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
            Cast::Maybe => Some(Resolution::Maybe { result: Some(SmolStr::new(name)) }),
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
    arguments: &[Option<&str>],
) -> Resolution {
    let fitting: Vec<Overload<'_>> = candidates
        .iter()
        .filter(|candidate| {
            candidate
                .arguments
                .iter()
                .zip(arguments)
                .all(|(declared, given)| given.is_none_or(|given| fits(types, given, declared) != Cast::None))
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
fn agreed(overloads: &[Overload<'_>]) -> Option<SmolStr> {
    let (first, rest) = overloads.split_first()?;
    rest.iter().all(|other| other.result == first.result).then(|| plain_result(*first)).flatten()
}

/// The type of the result, unless it depends on the arguments.
fn plain_result(overload: Overload<'_>) -> Option<SmolStr> {
    (!is_polymorphic(overload.result)).then(|| SmolStr::new(overload.result))
}

fn is_polymorphic(ty: &str) -> bool {
    ty.starts_with("any") && ty != "any"
}

/// Whether one argument fits one declared type, as far as the two can tell: Implicit, None or Maybe.
fn fits<T: TypeSource + ?Sized>(types: &T, given: &str, declared: &str) -> Cast {
    if given == declared || declared == "any" || given == "unknown" || is_polymorphic(declared) {
        return Cast::Implicit;
    }
    match cast(types, given, declared) {
        Cast::Implicit => Cast::Implicit,
        Cast::Maybe => Cast::Maybe,
        Cast::Assignment | Cast::Explicit | Cast::None => Cast::None,
    }
}

enum Choice<'c, 'a> {
    One(&'c Candidate<'a>),
    Several,
    None,
    Open,
}

/// Step 4 of the manual: among the candidates that fit, the best one.
fn choose<'c, 'a, T: TypeSource + ?Sized>(types: &T, candidates: &'c [Candidate<'a>], inputs: &[&str]) -> Choice<'c, 'a> {
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
    let bases: Vec<SmolStr> = inputs.iter().map(|input| base_type(types, input)).collect();
    let facts: Vec<Option<TypeFacts>> = bases.iter().map(|base| types.ty(base)).collect();
    let is_preferred = |ty: &str, category: char| types.ty(ty).is_some_and(|facts| facts.preferred && facts.category == category);

    // The most exact matches, then the most exact or preferred ones.
    keep_best(&mut fitting, |candidate| {
        candidate.arguments.iter().zip(&bases).filter(|(declared, base)| *base != "unknown" && **declared == base.as_str()).count()
    });
    if let [one] = fitting.as_slice() {
        return Choice::One(one);
    }
    keep_best(&mut fitting, |candidate| {
        let pairs = candidate.arguments.iter().zip(bases.iter().zip(&facts));
        pairs
            .filter(|(declared, (base, facts))| {
                *base != "unknown"
                    && (**declared == base.as_str() || facts.as_ref().is_some_and(|facts| is_preferred(declared, facts.category)))
            })
            .count()
    });
    if let [one] = fitting.as_slice() {
        return Choice::One(one);
    }
    let literals: Vec<usize> = (0..bases.len()).filter(|at| bases.get(*at).is_some_and(|base| base == "unknown")).collect();
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
    let mut known = bases.iter().filter(|base| *base != "unknown");
    if let Some(first) = known.next()
        && known.all(|other| other == first)
    {
        let guess: Vec<&str> = bases.iter().map(|_| first.as_str()).collect();
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
fn all_fit<T: TypeSource + ?Sized>(types: &T, declared: &[&str], inputs: &[&str]) -> Cast {
    let mut answer = Cast::Implicit;
    for (declared, input) in declared.iter().zip(inputs) {
        match fits(types, input, declared) {
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

/// What the polymorphic types of one call stand for.
#[derive(Default)]
struct Poly {
    element: Option<SmolStr>,
    array: Option<SmolStr>,
    range: Option<SmolStr>,
    multirange: Option<SmolStr>,
    compatible: Option<SmolStr>,
    compatible_range: Option<SmolStr>,
    compatible_multirange: Option<SmolStr>,
}

enum Agreement {
    Yes(Poly),
    No,
    Open,
}

/// Puts a type into a slot; false if another is there.
fn agree(slot: &mut Option<SmolStr>, ty: &str) -> bool {
    match slot {
        Some(known) => known == ty,
        None => {
            *slot = Some(SmolStr::new(ty));
            true
        }
    }
}

impl Poly {
    fn of<T: TypeSource + ?Sized>(types: &T, declared: &[&str], inputs: &[&str]) -> Agreement {
        let mut poly = Self::default();
        let mut compatible: Vec<SmolStr> = Vec::new();
        let (mut compatible_array, mut compatible_nonarray) = (false, false);
        for (declared, input) in declared.iter().zip(inputs) {
            compatible_array |= *declared == "anycompatiblearray";
            compatible_nonarray |= *declared == "anycompatiblenonarray";
            if *input == "unknown" || !is_polymorphic(declared) {
                continue;
            }
            let base = base_type(types, input);
            let Some(facts) = types.ty(&base) else { return Agreement::Open };
            if facts.kind == TypeKind::Pseudo && !matches!(base.as_str(), "record" | "cstring" | "void") {
                return Agreement::Open;
            }
            let agrees = match *declared {
                "anyelement" => agree(&mut poly.element, input),
                "anynonarray" => !is_array(&base, &facts) && agree(&mut poly.element, input),
                "anyenum" => facts.kind == TypeKind::Enum && agree(&mut poly.element, input),
                "anyarray" => is_array(&base, &facts) && agree(&mut poly.array, &base),
                "anyrange" => facts.kind == TypeKind::Range && agree(&mut poly.range, &base),
                "anymultirange" => facts.kind == TypeKind::Multirange && agree(&mut poly.multirange, &base),
                "anycompatible" | "anycompatiblenonarray" => {
                    compatible.push(SmolStr::new(input));
                    true
                }
                "anycompatiblearray" => {
                    compatible.extend(element_of(&base, &facts));
                    is_array(&base, &facts)
                }
                "anycompatiblerange" => {
                    let new = poly.compatible_range.is_none();
                    let agrees = facts.kind == TypeKind::Range && agree(&mut poly.compatible_range, &base);
                    compatible.extend(facts.of.filter(|_| agrees && new));
                    agrees
                }
                "anycompatiblemultirange" => {
                    facts.kind == TypeKind::Multirange
                        && agree(&mut poly.compatible_multirange, &base)
                        && facts.of.as_ref().is_some_and(|range| {
                            let new = poly.compatible_range.is_none();
                            let agrees = agree(&mut poly.compatible_range, range);
                            compatible.extend(types.ty(range).and_then(|facts| facts.of).filter(|_| agrees && new));
                            agrees
                        })
                }
                _ => return Agreement::Open,
            };
            if !agrees {
                return Agreement::No;
            }
        }
        if let Some(multirange) = &poly.multirange {
            let Some(range) = types.ty(multirange).and_then(|facts| facts.of) else { return Agreement::Open };
            if !agree(&mut poly.range, &range) {
                return Agreement::No;
            }
        }
        if let Some(range) = &poly.range {
            let Some(subtype) = types.ty(range).and_then(|facts| facts.of) else { return Agreement::Open };
            if !agree(&mut poly.element, &subtype) {
                return Agreement::No;
            }
        }
        if let Some(array) = &poly.array {
            let element = types.ty(array).and_then(|facts| element_of(array, &facts));
            let Some(element) = element else { return Agreement::Open };
            if !agree(&mut poly.element, &element) {
                return Agreement::No;
            }
        }
        let forbidden = |wanted: &str, test: fn(TypeKind) -> bool| {
            declared.contains(&wanted)
                && poly.element.as_deref().and_then(|element| types.ty(element)).is_some_and(|facts| !test(facts.kind))
        };
        if forbidden("anynonarray", |kind| kind != TypeKind::Array) || forbidden("anyenum", |kind| kind == TypeKind::Enum) {
            return Agreement::No;
        }
        if compatible.is_empty() {
            // Literals alone are text; a range of them cannot be told.
            poly.compatible = Some(SmolStr::new_static("text"));
            return Agreement::Yes(poly);
        }
        let branches: Vec<&str> = compatible.iter().map(SmolStr::as_str).collect();
        let common = match common_type(types, &branches) {
            Ok(Some(common)) => common,
            Ok(None) => return Agreement::No,
            Err(()) => return Agreement::Open,
        };
        for branch in &branches {
            match cast(types, branch, &common) {
                Cast::Implicit => {}
                Cast::Maybe => return Agreement::Open,
                _ => return Agreement::No,
            }
        }
        let common_base = base_type(types, &common);
        let common_array = types.ty(&common_base).is_some_and(|facts| is_array(&common_base, &facts));
        if compatible_nonarray && common_array {
            return Agreement::No;
        }
        if compatible_array && types.array_of(&common).is_none() {
            return if common_array { Agreement::No } else { Agreement::Open };
        }
        if let Some(range) = &poly.compatible_range
            && types.ty(range).and_then(|facts| facts.of) != Some(common.clone())
        {
            return Agreement::No;
        }
        poly.compatible = Some(common);
        Agreement::Yes(poly)
    }

    /// The type that a polymorphic result stands for.
    fn result<T: TypeSource + ?Sized>(&self, types: &T, result: &str) -> Option<SmolStr> {
        match result {
            "anyelement" | "anynonarray" | "anyenum" => self.element.clone(),
            "anyarray" => self.array.clone().or_else(|| types.array_of(self.element.as_deref()?)),
            "anyrange" => self.range.clone(),
            "anymultirange" => self.multirange.clone().or_else(|| types.multirange_of(self.range.as_deref()?)),
            "anycompatible" | "anycompatiblenonarray" => self.compatible.clone(),
            "anycompatiblearray" => types.array_of(self.compatible.as_deref()?),
            "anycompatiblerange" => self.compatible_range.clone(),
            "anycompatiblemultirange" => {
                self.compatible_multirange.clone().or_else(|| types.multirange_of(self.compatible_range.as_deref()?))
            }
            _ => None,
        }
    }
}

fn found<T: TypeSource + ?Sized>(types: &T, candidate: &Candidate<'_>, inputs: &[&str]) -> Resolution {
    let overload = candidate.overload;
    let result = if is_polymorphic(overload.result) {
        let settled = match Poly::of(types, &candidate.arguments, inputs) {
            Agreement::Yes(poly) => poly.result(types, overload.result),
            Agreement::No | Agreement::Open => None,
        };
        // An error if all that could settle it are literals.
        let Some(settled) = settled else { return Resolution::Maybe { result: None } };
        settled
    } else {
        SmolStr::new(overload.result)
    };
    Resolution::One(Resolved {
        result,
        arguments: SmolStr::new(overload.arguments),
        volatility: overload.volatility,
        kind: overload.kind,
        returns_set: overload.returns_set,
    })
}
