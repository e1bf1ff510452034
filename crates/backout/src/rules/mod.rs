//! One file per rule: its page, its metadata, its check and its tests.
//!
//! A rule words the facts of a [`Judgement`]; it decides nothing about SQL. Its name is the name of its file, and the one
//! other place that knows of it is the list below. The order of the list is the order of findings at the same place.

mod coverage;
mod findings;
mod fixes;
mod made;
mod ordering;
mod places;
mod systems;
#[cfg(test)]
mod tests;
mod verdict;
mod words;

pub use findings::Findings;
pub use verdict::{Verdict, verdict};

use crate::finding::{Finding, Place, Severity, Texts};
use crate::layout::{PlanProblem, PlanProblemKind};
use crate::sim::Judgement;

/// The check that a rule belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are the six headings of the report and the plan as a whole")]
pub enum Heading {
    Ordering,
    Coverage,
    Idempotency,
    Scope,
    Atomicity,
    Data,
    Plan,
}

impl Heading {
    /// All of them in the report's order.
    pub const ALL: [Heading; 7] =
        [Heading::Ordering, Heading::Coverage, Heading::Idempotency, Heading::Scope, Heading::Atomicity, Heading::Data, Heading::Plan];

    /// The word in reports.
    pub fn id(self) -> &'static str {
        match self {
            Heading::Ordering => "ordering",
            Heading::Coverage => "coverage",
            Heading::Idempotency => "idempotency",
            Heading::Scope => "scope",
            Heading::Atomicity => "atomicity",
            Heading::Data => "data",
            Heading::Plan => "plan",
        }
    }
}

/// What a rule's file says about it.
#[derive(Clone, Copy, Debug)]
pub struct Meta {
    /// The check that it belongs to.
    pub heading: Heading,
    /// How bad its findings are, unless the rule says otherwise of one.
    pub severity: Severity,
}

/// One rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name: the defect.
    pub name: &'static str,
    /// The check that it belongs to.
    pub heading: Heading,
    /// How bad its findings are by default.
    pub severity: Severity,
    /// Its page in Markdown, without a title; the first line is its summary.
    pub page: &'static str,
    check: Check,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
enum Check {
    /// The facts about one migration.
    Migration(fn(&Judgement, &mut Findings)),
    /// What is odd about the files, of this kind; with what to do about it.
    Plan(PlanProblemKind, &'static str),
}

impl Rule {
    /// The first sentence of its page.
    pub fn summary(&self) -> &'static str {
        self.page.trim_start().lines().next().unwrap_or_default()
    }
}

macro_rules! rules {
    (migrations { $($rule:ident)* } plan { $($plan:ident)* }) => {
        $(mod $rule;)*
        $(mod $plan;)*

        static ALL: &[Rule] = &[
            $(rules!(@one $rule, Check::Migration($rule::check)),)*
            $(rules!(@one $plan, Check::Plan($plan::KIND, $plan::HELP)),)*
        ];
    };
    (@one $rule:ident, $check:expr) => {{
        const NAME: [u8; stringify!($rule).len()] = dashed(stringify!($rule));
        Rule {
            name: match std::str::from_utf8(&NAME) {
                Ok(name) => name,
                Err(_) => stringify!($rule),
            },
            heading: $rule::META.heading,
            severity: $rule::META.severity,
            page: $rule::PAGE,
            check: $check,
        }
    }};
}

const fn dashed<const N: usize>(word: &str) -> [u8; N] {
    let (bytes, mut name, mut at) = (word.as_bytes(), [0; N], 0);
    while at < N {
        name[at] = if bytes[at] == b'_' { b'-' } else { bytes[at] };
        at += 1;
    }
    name
}

rules! {
    migrations {
        syntax_error
        drop_before_dependent
        missing_object
        object_already_exists
        wrong_object_kind
        failing_statement
        failing_forward

        rollback_missing
        rollback_empty
        irreversible
        object_left_behind
        column_left_behind
        enum_value_left_behind
        object_not_restored
        column_not_restored
        constraint_not_restored
        index_not_restored
        definition_not_restored
        body_not_restored
        name_not_restored
        privilege_not_restored
        comment_not_restored
        column_order
        text_differs
        row_left_behind
        row_not_restored
        failing_redo

        failing_rerun
        failing_after_partial_forward
        failing_resume
        guard_found_nothing
        guard_found_object

        drops_foreign_object
        cascade_beyond_forward
        guarded_object_dropped
        alters_foreign_object
        unbounded_delete

        no_transaction
        unbalanced_transaction
        statement_outside_transaction
        commit_in_the_middle
        forbidden_in_transaction

        loses_old_rows
        loses_new_rows
        may_fail_on_rows
        body_names_dropped_object
        invalid_index_may_stay

        not_understood
        placeholder
        no_forward
        table_before_its_users
        statements_left_out
        presumed_object
        unused_ignore
        ignore_without_reason
        unknown_rule_in_ignore
    }
    plan {
        failing_schema
        duplicate_version
        refused_script
        misspelled_annotation
        ignored_file
        unread_program
        history_left_out
        environment_variable
        sql_outside_psql
        errors_go_on
        status_of_pipe
        backup_never_there
    }
}

/// All rules in their order.
pub fn all() -> &'static [Rule] {
    ALL
}

/// The rule of that name.
pub fn find(name: &str) -> Option<&'static Rule> {
    ALL.iter().find(|rule| rule.name == name)
}

/// The rule whose name is nearest to a mistyped one, if one is near, or begins with it.
pub fn nearest(name: &str) -> Option<&'static Rule> {
    let begun = || ALL.iter().find(|rule| !name.is_empty() && rule.name.starts_with(name));
    words::nearest(name, ALL.iter().map(|rule| rule.name)).and_then(find).or_else(begun)
}

/// Every finding about one migration, those of the rollback and the forward by place.
pub fn judge(judgement: &Judgement, texts: &Texts, strict: bool) -> Vec<Finding> {
    let mut findings = Findings::new(judgement, texts, strict);
    for rule in ALL {
        findings.rule = rule;
        match rule.check {
            Check::Migration(check) => check(judgement, &mut findings),
            Check::Plan(..) => {}
        }
    }
    findings.into_list()
}

/// The findings about the files as a whole.
pub fn plan(problems: &[PlanProblem]) -> Vec<Finding> {
    problems.iter().filter_map(oddity).collect()
}

fn oddity(problem: &PlanProblem) -> Option<Finding> {
    ALL.iter().find_map(|rule| match rule.check {
        Check::Plan(kind, help) if kind == problem.kind => Some(Finding {
            rule: rule.name,
            severity: if problem.minor { Severity::Note } else { rule.severity },
            message: problem.message.clone(),
            help: Some(help.to_owned()),
            at: Some(Place { path: problem.path.clone(), span: problem.span.unwrap_or_default() }),
            related: Vec::new(),
            witness: None,
            fix: None,
            suppressed: None,
        }),
        Check::Plan(..) | Check::Migration(_) => None,
    })
}
