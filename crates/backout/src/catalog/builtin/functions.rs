//! Functions, aggregates and operators as the tables spell them: `args>result{columns}:flags`.

use super::{SUPPORT, TYPES, table::Line};

/// How often a function must be asked: PostgreSQL's volatility.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Volatility {
    /// Same arguments, same answer.
    Immutable,
    /// Same answer within a statement.
    Stable,
    /// Anything.
    Volatile,
}

/// What kind of routine it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FunctionKind {
    /// A plain function.
    Function,
    /// A procedure.
    Procedure,
    /// An aggregate.
    Aggregate,
    /// An aggregate called WITHIN GROUP.
    OrderedSetAggregate,
    /// A window function.
    Window,
}

/// One function or operator of a name. The caller may make its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overload<'a> {
    /// The argument types, parted by commas; a prefix operator's first one is empty.
    pub arguments: &'a str,
    /// The type of the result.
    pub result: &'a str,
    /// The columns of a record that it returns, or its only result if that has a name, `name:type` parted by commas; empty if there are
    /// none or they are not known.
    pub columns: &'a str,
    /// Whether it returns a set.
    pub returns_set: bool,
    /// Its volatility.
    pub volatility: Volatility,
    /// Its kind.
    pub kind: FunctionKind,
    /// Whether the last argument is VARIADIC.
    pub variadic: bool,
    /// How many of the last arguments have defaults.
    pub defaults: usize,
    /// The number of its schema; 0 where that is the server's, an extension's or not known.
    pub home: u32,
}

impl<'a> Overload<'a> {
    /// A plain function.
    #[must_use]
    pub fn new(arguments: &'a str, result: &'a str, volatility: Volatility) -> Self {
        let kind = FunctionKind::Function;
        Self { arguments, result, columns: "", returns_set: false, volatility, kind, variadic: false, defaults: 0, home: 0 }
    }

    /// The types of the arguments.
    pub fn argument_types(self) -> impl Iterator<Item = &'a str> + Clone {
        // An empty list has no argument, but the empty first of a prefix operator counts.
        self.arguments.split(',').filter(move |_| !self.arguments.is_empty())
    }

    /// The columns of the record that it returns.
    pub fn column_types(self) -> impl Iterator<Item = (&'a str, &'a str)> + Clone {
        self.columns.split(',').filter_map(|column| column.rsplit_once(':'))
    }

    fn read(word: &'a str) -> Option<Self> {
        let (arguments, rest) = word.split_once('>')?;
        let (head, columns, flags) = match rest.split_once('{') {
            Some((head, tail)) => {
                let (columns, tail) = tail.split_once('}')?;
                (head, columns, tail.strip_prefix(':').unwrap_or(""))
            }
            None => {
                let (head, flags) = rest.split_once(':').unwrap_or((rest, ""));
                (head, "", flags)
            }
        };
        let mut overload = Self { columns, ..Self::new(arguments, head, Volatility::Immutable) };
        for flag in flags.chars() {
            match flag {
                's' => overload.volatility = Volatility::Stable,
                'v' => overload.volatility = Volatility::Volatile,
                'p' => overload.kind = FunctionKind::Procedure,
                'a' => overload.kind = FunctionKind::Aggregate,
                'o' => overload.kind = FunctionKind::OrderedSetAggregate,
                'w' => overload.kind = FunctionKind::Window,
                'r' => overload.returns_set = true,
                '*' => overload.variadic = true,
                // The longest list of defaults has two digits.
                digit => overload.defaults = overload.defaults * 10 + digit.to_digit(10).map_or(0, |digit| digit as usize),
            }
        }
        Some(overload)
    }
}

/// The overloads of a line; words that only say "and others" are passed over.
pub(super) fn overloads(line: Option<Line>) -> impl Iterator<Item = Overload<'static>> + Clone {
    line.into_iter().flat_map(|line| line.words().filter_map(Overload::read))
}

/// What follows a type's name in those of its support functions.
const OF_TYPES: [&str; 36] = [
    "_accum",
    "_accum_inv",
    "_cmp",
    "_distance",
    "_eq",
    "_ge",
    "_gt",
    "_hash",
    "_hash_extended",
    "_in",
    "_larger",
    "_le",
    "_lt",
    "_ne",
    "_out",
    "_recv",
    "_send",
    "_smaller",
    "_sortsupport",
    "_support",
    "eq",
    "ge",
    "gt",
    "in",
    "larger",
    "le",
    "lt",
    "mi",
    "ne",
    "out",
    "pl",
    "recv",
    "send",
    "smaller",
    "typmodin",
    "typmodout",
];

/// Whether a name is made of a type's as those of support functions are: no list has these.
pub(super) fn is_of_type(name: &str, version: u16) -> bool {
    OF_TYPES.iter().any(|ending| name.strip_suffix(ending).is_some_and(|ty| TYPES.find(ty, version).is_some()))
}

/// Whether a name is one of the support functions', which are grouped by their first four bytes.
pub(super) fn is_support(name: &str, version: u16) -> bool {
    let at = name.len().min(4);
    let (Some(head), Some(rest)) = (name.get(..at), name.get(at..)) else { return false };
    let listed = || SUPPORT.find(head, version).is_some_and(|line| line.words().any(|word| word == rest) || rest.is_empty());
    is_of_type(name, version) || listed()
}
