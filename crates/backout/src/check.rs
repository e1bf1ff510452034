//! The one front door: from the input to the report.

use crate::finding::Place;
use crate::input::{Input, Shape};
use crate::layout::{Migration, Part, PlanProblem, PlanProblemKind};
use crate::op::{Gap, GapKind, Op, Reach};
use crate::report::{self, Facts, Report};
use crate::runner::Runner;
use crate::sim::{
    Again, Difference, Functions, Ignore, Judgement, Script, Settings, Simulation, Statement, StatementFailure, Task, Unwind,
};
use crate::source::{Source, Span};
use crate::split::{Directive, DirectiveTool, MetaKind, TriviaKind};
use crate::{lower, split};
use rustc_hash::FxBuildHasher;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// What a check needs from the parser.
const FUNCTIONS: Functions =
    Functions { statement: lower::statement, expression: lower::expression, type_name: lower::type_name, split: statement_spans };

/// Judges the rollbacks of a plan.
///
/// ```
/// use backout::{Input, Options, source::Source};
/// let file = |path: &str, text: &str| Some(Source { path: path.into(), text: text.into() });
/// let (forward, rollback) = (file("up.sql", "CREATE TABLE a (id int)"), file("down.sql", "DROP TABLE a"));
/// let report = backout::check(&Input::pair(forward, rollback, None, Options::default()));
/// assert_eq!(report.migrations[0].verdict.id(), "safe");
/// ```
pub fn check(input: &Input) -> Report {
    Checker::new().check(input)
}

/// Judges plans and keeps what a second call can use: the statements that it has understood, by their text.
#[derive(Debug, Default)]
pub struct Checker {
    /// The operations of the last check by their text.
    known: Operations,
    /// The server version that they were read for.
    version: u16,
    /// Those of the check at hand: what is not used again is forgotten.
    used: Operations,
    /// How many bytes of text they have.
    used_bytes: usize,
    watch: Watch,
}

/// Who is told of each migration.
#[derive(Default)]
struct Watch(Option<Box<dyn FnMut(&str, usize) + Send + Sync>>);

impl Watch {
    fn tell(&mut self, migration: &Migration, of: usize) {
        if let Some(watch) = &mut self.0 {
            watch(&migration.id, of);
        }
    }
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(if self.0.is_some() { "Watch" } else { "None" })
    }
}

/// Some of a plan's migrations, judged: what [`Checker::share`] makes and [`Checker::join`] puts together.
#[derive(Debug)]
pub struct Share {
    judgements: Vec<Judgement>,
    /// What follows from all migrations is in the last share.
    unwind: Option<Unwind>,
    problems: Vec<PlanProblem>,
    layout: Option<&'static str>,
    runner: Runner,
    runner_known: bool,
}

impl Share {
    fn new(runner: Runner, runner_known: bool) -> Self {
        Self { judgements: Vec::new(), unwind: None, problems: Vec::new(), layout: None, runner, runner_known }
    }
}

type Operations = HashMap<Box<str>, Arc<Op>, FxBuildHasher>;

/// Longer statements are not kept: their text alone would be the memory.
const LONGEST_KEPT: usize = 64 * 1024;

/// No more bytes of statements than this are kept, and of the statements about rows of one script.
const MOST_KEPT: usize = 1024 * 1024;

impl Checker {
    /// A checker that knows nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Judges the rollbacks of a plan.
    pub fn check(&mut self, input: &Input) -> Report {
        let share = self.share(input, 0, 1);
        self.join(input, vec![share])
    }

    /// Judges a share of a plan: the one of this number of so many, which are put together by [`Checker::join`]. The report is
    /// the same however many there are.
    ///
    /// Shares of one plan can be judged at once, each by a checker of its own.
    ///
    /// ```
    /// use backout::{Checker, Input, Options, source::Source};
    /// let file = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
    /// let files = vec![
    ///     file("1_a.up.sql", "CREATE TABLE a (id int);"),
    ///     file("1_a.down.sql", "DROP TABLE a;"),
    ///     file("2_b.up.sql", "ALTER TABLE a ADD b int;"),
    ///     file("2_b.down.sql", "ALTER TABLE a DROP b;"),
    /// ];
    /// let input = Input::folder(files, None, None, Options::default());
    /// let shares = std::thread::scope(|scope| {
    ///     let threads = [0, 1].map(|at| scope.spawn({ let input = &input; move || Checker::new().share(input, at, 2) }));
    ///     threads.into_iter().flat_map(|thread| thread.join()).collect()
    /// });
    /// assert_eq!(Checker::new().join(&input, shares).summary.safe, 2);
    /// ```
    pub fn share(&mut self, input: &Input, at: usize, of: usize) -> Share {
        let options = input.options;
        let version = options.server_version;
        if std::mem::replace(&mut self.version, version) != version {
            self.known.clear();
            self.used.clear();
            self.used_bytes = 0;
        }
        match input.shape {
            Shape::Pair { forward, rollback } => {
                let mut share = Share::new(options.runner.unwrap_or_default(), options.runner.is_some());
                if at > 0 {
                    return share;
                }
                let mut whole = |index: Option<usize>| {
                    let source = input.sources.get(index?)?;
                    Some(self.script(&source.path, &source.text, &split::split(&source.text), version))
                };
                let (forward, rollback) = (whole(forward), whole(rollback));
                let id = rollback.as_ref().or(forward.as_ref()).map_or(String::new(), |script| script.path.clone());
                let task = Task { id, forward, rollback, forward_opts_out: false, rollback_opts_out: false, pair: true };
                let settings = settings(input, share.runner, share.runner_known, input.baseline.is_none(), false);
                let judgement = self.simulation(settings, input.baseline.as_ref(), &mut share).judge(task);
                share.judgements.push(judgement);
                share
            }
            Shape::Plan { layout, read } => {
                let plan = read(&input.sources, layout);
                let mut share = Share::new(options.runner.unwrap_or(plan.runner), options.runner.is_some() || plan.recognised);
                let weights: Vec<usize> = plan.migrations.iter().map(|migration| weight(input, migration)).collect();
                let own = borders(&weights, at, of, plan.history);
                share.problems = plan.problems;
                if plan.history {
                    self.history(input, &plan.migrations, own, &mut share);
                } else {
                    for migration in plan.migrations.get(own).unwrap_or_default() {
                        self.watch.tell(migration, plan.migrations.len());
                        self.pair(input, migration, &mut share);
                    }
                }
                share.layout = Some(plan.layout.id);
                share
            }
        }
    }

    /// Judges a share as [`Checker::share`] does, and tells before each migration that it judges which one it is and how many
    /// the plan has. Of a pair, and of migrations that are only passed, nothing is told.
    ///
    /// ```
    /// use backout::{Checker, Input, Options, source::Source};
    /// let file = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
    /// let files = vec![file("1_a.up.sql", "CREATE TABLE a (id int);"), file("1_a.down.sql", "DROP TABLE a;")];
    /// let (told, heard) = std::sync::mpsc::channel();
    /// let watch = move |migration: &str, of: usize| told.send(format!("{migration} of {of}")).unwrap_or_default();
    /// Checker::new().share_watched(&Input::folder(files, None, None, Options::default()), 0, 1, watch);
    /// assert_eq!(heard.iter().collect::<Vec<_>>(), ["1_a of 1"]);
    /// ```
    pub fn share_watched(&mut self, input: &Input, at: usize, of: usize, watch: impl FnMut(&str, usize) + Send + Sync + 'static) -> Share {
        self.watch = Watch(Some(Box::new(watch)));
        let share = self.share(input, at, of);
        // Dropped here: whoever watches learns so that the last migration is judged.
        self.watch = Watch(None);
        share
    }

    /// The report on all shares of a plan, in their order.
    pub fn join(&mut self, input: &Input, shares: Vec<Share>) -> Report {
        let mut shares = shares.into_iter();
        let mut whole = shares.next().unwrap_or_else(|| Share::new(Runner::default(), false));
        for share in shares {
            whole.judgements.extend(share.judgements);
            whole.unwind = share.unwind;
        }
        let lost = |difference: &Difference| matches!(difference.kind, "function" | "procedure" | "view") && difference.expected.is_some();
        let wanted = whole.judgements.iter().any(|judgement| judgement.restores.differences.iter().any(lost));
        let definitions = if wanted { self.definitions(input) } else { Vec::new() };
        self.known = std::mem::take(&mut self.used);
        self.used_bytes = 0;
        let sources: Vec<&Source> = input.sources.iter().chain(&input.baseline).collect();
        report::build(&Facts {
            judgements: &whole.judgements,
            unwind: whole.unwind.as_ref(),
            sources: &sources,
            definitions: &definitions,
            problems: &whole.problems,
            layout: whole.layout,
            server_version: u32::from(input.options.server_version),
            runner: whole.runner.id(),
            runner_known: whole.runner_known,
            strict: input.options.strict,
            assume_new: input.options.assume_new,
            details: input.options.details.map(|teller| teller.write),
        })
    }

    /// Judges some migrations of a history, and with the last of them how all unwind. Those before are passed.
    fn history(&mut self, input: &Input, migrations: &[Migration], own: Range<usize>, share: &mut Share) {
        let (runner, last) = (share.runner, own.end == migrations.len());
        if own.is_empty() && !last {
            return;
        }
        let settings = settings(input, runner, share.runner_known, false, true);
        let mut simulation = self.simulation(settings, input.baseline.as_ref(), share);
        for (number, migration) in migrations.iter().enumerate().take(own.end) {
            if own.contains(&number) {
                self.watch.tell(migration, migrations.len());
                share.judgements.push(simulation.judge(self.task(input, migration, runner, false, true)));
            } else {
                simulation.pass(self.task(input, migration, runner, false, last));
            }
        }
        share.unwind = if last { simulation.unwind() } else { None };
    }

    /// Judges a migration that stands for itself.
    fn pair(&mut self, input: &Input, migration: &Migration, share: &mut Share) {
        let own = migration.baseline.as_ref().and_then(|part| {
            let source = input.sources.get(part.source)?;
            Some(Source { path: source.path.clone(), text: part.text(source).to_owned() })
        });
        let baseline = own.as_ref().or(input.baseline.as_ref());
        let task = self.task(input, migration, share.runner, true, true);
        let settings = settings(input, share.runner, share.runner_known, baseline.is_none(), false);
        let judgement = self.simulation(settings, baseline, share).judge(task);
        share.judgements.push(judgement);
    }

    fn simulation(&mut self, settings: Settings, baseline: Option<&Source>, share: &mut Share) -> Simulation {
        let Some(source) = baseline else { return Simulation::new(settings, FUNCTIONS, None, |_| Reach::Nothing) };
        let script = self.script(&source.path, &source.text, &split::split(&source.text), settings.version);
        let simulation = Simulation::new(settings, FUNCTIONS, Some(&script), |span| lower::reach(span.of(&source.text)));
        // Each migration that stands for itself meets the schema anew.
        if !share.problems.iter().any(|problem| problem.kind == PlanProblemKind::SchemaFails && problem.path == source.path) {
            share.problems.extend(failing(&script, simulation.refused()));
        }
        simulation
    }

    /// Where the schema that was given makes routines and views.
    fn definitions(&mut self, input: &Input) -> Vec<(&'static str, String, Place)> {
        let Some(source) = &input.baseline else { return Vec::new() };
        let mut found = Vec::new();
        for statement in split::split(&source.text).statements {
            let words: Vec<_> = statement.first_words(&source.text).take(4).map(str::to_ascii_lowercase).collect();
            let made = words.iter().any(|word| matches!(word.as_str(), "function" | "procedure" | "view"));
            if !made || words.first().is_none_or(|word| word != "create") {
                continue;
            }
            let (kind, name) = match &*self.operation(statement.span.of(&source.text), input.options.server_version) {
                Op::CreateRoutine(create) => (if create.procedure { "procedure" } else { "function" }, create.name.name.to_string()),
                Op::CreateView(create) => ("view", create.name.name.to_string()),
                _ => continue,
            };
            found.push((kind, name, Place { path: source.path.clone(), span: statement.span }));
        }
        found
    }

    /// What is asked about a migration; of one that is passed it may be left out how it is rolled back.
    fn task(&mut self, input: &Input, migration: &Migration, runner: Runner, pair: bool, rolls_back: bool) -> Task {
        let version = input.options.server_version;
        let mut read = |part: Option<&Part>| {
            let part = part?;
            let source = input.sources.get(part.source)?;
            let script = self.script(&source.path, part.text(source), &part.script(source, runner), version);
            Some(Script { in_comments: part.masked.is_some(), ..script })
        };
        let (forward, rollback) = (read(migration.forward.as_ref()), read(migration.rollback.as_ref().filter(|_| rolls_back)));
        let opts_out = |part: &Option<Part>| part.as_ref().is_some_and(|part| part.no_transaction);
        Task {
            id: migration.id.clone(),
            forward,
            rollback,
            forward_opts_out: opts_out(&migration.forward),
            rollback_opts_out: opts_out(&migration.rollback),
            pair,
        }
    }

    /// A script with each statement understood.
    fn script(&mut self, path: &str, text: &str, split: &split::Script, version: u16) -> Script {
        let ours = |directive: &&Directive| directive.tool == DirectiveTool::Backout;
        let irreversible = split
            .directives
            .iter()
            .filter(ours)
            .find(|directive| word(directive, 0) == "irreversible")
            .map(|directive| words_from(directive, 1));
        let mut statements = Vec::with_capacity(split.statements.len());
        let mut aside = Aside::default();
        for item in &split.items {
            let raw = match item {
                split::Item::Statement(at) => split.statements.get(*at),
                split::Item::Meta(at) => {
                    statements.extend(split.metas.get(*at).and_then(unknown_meta));
                    None
                }
            };
            let Some(raw) = raw else { continue };
            let mine = split.directives.get(raw.directives.clone()).unwrap_or_default();
            let ignores = mine.iter().filter(ours).filter(|directive| word(directive, 0) == "ignore").map(|directive| Ignore {
                rule: word(directive, 1).to_owned(),
                reason: words_from(directive, 2),
                span: directive.span,
            });
            let op = match split.templates.get(raw.templates.clone()).and_then(<[split::Template]>::first) {
                Some(template) => Arc::new(Op::Gap(Gap {
                    kind: GapKind::Syntax,
                    reason: format!("the placeholder {} is not filled in", template.name),
                    reach: Reach::Everything,
                    span: Span::new((template.span.start - raw.span.start) as usize, (template.span.end - raw.span.start) as usize),
                })),
                None => self.operation(raw.span.of(text), version),
            };
            let (op, again) = aside.set(op, raw.span, text, version);
            statements.push(Statement { span: raw.span, op, again, ignores: ignores.collect() });
        }
        let comments = split.trivia.iter().filter(|trivia| trivia.kind == TriviaKind::Comment).map(|trivia| trivia.span);
        let left_out = comments.filter(|span| is_ellipsis(span.of(text))).collect();
        Script { path: path.to_owned(), statements: statements.into(), irreversible, in_comments: false, left_out }
    }

    /// What a statement's text asks, from memory where it was seen before.
    fn operation(&mut self, text: &str, version: u16) -> Arc<Op> {
        if text.len() > LONGEST_KEPT {
            return Arc::new(lower::statement(text, version));
        }
        if let Some(op) = self.used.get(text) {
            return op.clone();
        }
        self.used_bytes += text.len();
        if self.used_bytes > MOST_KEPT {
            return Arc::new(lower::statement(text, version));
        }
        let (text, op) = self.known.remove_entry(text).unwrap_or_else(|| (text.into(), Arc::new(lower::statement(text, version))));
        self.used.insert(text, op.clone());
        op
    }
}

/// What it costs to pass a migration, for each unit of what it costs to judge it.
const PASSING: f64 = 0.4;

/// How much there is to do for a migration, estimated: what is read, and the rollback after each statement of the forward.
fn weight(input: &Input, migration: &Migration) -> usize {
    let size = |part: &Option<Part>| {
        let text = part.as_ref().and_then(|part| Some((part, part.text(input.sources.get(part.source)?))));
        let (part, text) = text.unzip();
        let pieces = part.into_iter().flat_map(|part| &part.chunks).map(|chunk| chunk.of(text.unwrap_or_default()));
        pieces.fold((0, 0), |(bytes, ends), piece| (bytes + piece.len(), ends + piece.bytes().filter(|byte| *byte == b';').count()))
    };
    let ((forward, states), (rollback, steps)) = (size(&migration.forward), size(&migration.rollback));
    1 + forward + rollback + 5 * states.min(200) * steps
}

/// Which migrations are in a share. Whoever judges later ones of a history passes those before: the first shares are the
/// largest.
fn borders(weights: &[usize], at: usize, of: usize, history: bool) -> Range<usize> {
    let all: usize = weights.iter().sum();
    let border = |at: usize| {
        if at >= of {
            return weights.len();
        }
        let part = if history {
            let left = |shares: usize| 1.0 - (0..shares).fold(1.0, |left, _| left * (1.0 - PASSING));
            left(at) / left(of)
        } else {
            at as f64 / of as f64
        };
        let mut before = 0;
        weights
            .iter()
            .take_while(|weight| {
                before += **weight;
                before as f64 <= part * all as f64
            })
            .count()
    };
    border(at)..border(at + 1)
}

/// The statements of one script that are not kept.
#[derive(Default)]
struct Aside {
    /// How many bytes of statements about rows there were.
    bytes: usize,
    again: Option<Arc<Again>>,
    /// One INSERT and one DELETE, which stand for all others.
    kinds: [Option<Arc<Op>>; 2],
}

impl Aside {
    /// Forgets what a statement about rows says, but not where it says so, when there have been too many of them.
    fn set(&mut self, op: Arc<Op>, span: Span, text: &str, version: u16) -> (Arc<Op>, Option<Arc<Again>>) {
        let [inserts, deletes] = &mut self.kinds;
        let kind = match &*op {
            Op::Insert(_) => inserts,
            Op::Delete(_) => deletes,
            _ => return (op, None),
        };
        self.bytes += span.range().len();
        if self.bytes <= MOST_KEPT {
            return (op, None);
        }
        let again = self.again.get_or_insert_with(|| Arc::new(Again { text: text.into(), version, read: lower::statement }));
        (kind.get_or_insert(op).clone(), Some(again.clone()))
    }
}

/// A comment that stands for statements which are not there: `-- ... repeat for all tables`.
fn is_ellipsis(comment: &str) -> bool {
    let said = comment.trim_start_matches(['-', '/', '*']).trim_start();
    said.starts_with("...") || said.starts_with('…')
}

/// A backslash command after which it cannot be told what happens, as a statement that is a gap.
fn unknown_meta(meta: &split::Meta) -> Option<Statement> {
    let reason = match meta.kind {
        MetaKind::Include => format!("the file that \\{} includes is not read", meta.name),
        MetaKind::Connect => "what follows runs in another database or as another user".to_owned(),
        MetaKind::Condition => "whether the statements between \\if and \\endif run is not known".to_owned(),
        MetaKind::Execute => "the statements that \\gexec executes are not known".to_owned(),
        MetaKind::OnErrorStop(_)
        | MetaKind::Autocommit(_)
        | MetaKind::Variable
        | MetaKind::Copy
        | MetaKind::Send
        | MetaKind::Quit
        | MetaKind::Outside
        | MetaKind::Display
        | MetaKind::Unknown => return None,
    };
    let gap = Gap { kind: GapKind::Dynamic, reason, reach: Reach::Everything, span: Span::default() };
    Some(Statement { span: meta.span, op: Arc::new(Op::Gap(gap)), again: None, ignores: Vec::new() })
}

fn settings(input: &Input, runner: Runner, runner_known: bool, open_world: bool, history: bool) -> Settings {
    let options = input.options;
    Settings {
        version: options.server_version,
        runner,
        runner_known,
        assume_new: options.assume_new,
        open_world,
        history,
        tell: options.details.map(|teller| teller.tell),
    }
}

/// The statements of the schema that fail, as far as anybody wants to read of them.
fn failing<'a>(script: &'a Script, refused: &'a [StatementFailure]) -> impl Iterator<Item = PlanProblem> + 'a {
    /// After an error within a transaction every statement fails.
    const ABORTED: &str = "25P02";
    const MOST: usize = 10;
    let more = refused.len().saturating_sub(MOST);
    let told = refused.iter().filter(|failure| failure.failure.sqlstate != ABORTED).take(MOST).enumerate();
    told.filter_map(move |(at, StatementFailure { statement, failure })| {
        let span = script.statements.get(statement.checked_sub(1)?)?.span;
        let others = if at + 1 == MOST && more > 0 { format!(", and {more} more statements fail") } else { String::new() };
        let message = format!("this statement of the schema fails with {}: {}{others}", failure.sqlstate, failure.message);
        Some(PlanProblem { kind: PlanProblemKind::SchemaFails, message, path: script.path.clone(), span: Some(span), minor: false })
    })
}

fn statement_spans(text: &str) -> Vec<Span> {
    split::split(text).statements.iter().map(|statement| statement.span).collect()
}

fn word(directive: &Directive, at: usize) -> &str {
    directive.words.get(at).map_or("", |word| word.as_str())
}

fn words_from(directive: &Directive, at: usize) -> String {
    directive.words.get(at..).unwrap_or_default().join(" ")
}

#[cfg(test)]
mod tests {
    use crate::{Input, Options, Teller, source::Source};

    /// What a pair of scripts with so many keyed rows comes to, whose values have this length.
    fn answers(rows: usize, length: usize, last: &str) -> (String, usize) {
        let value = "v".repeat(length);
        let mut forward: String = (0..rows).map(|row| format!("INSERT INTO t VALUES ({row}, '{value}');\n")).collect();
        forward.push_str(last);
        let rollback: String = (1..rows).map(|row| format!("DELETE FROM t WHERE id = {row};\n")).collect();
        let source = |path: &str, text| Some(Source { path: path.into(), text });
        let schema = source("schema.sql", "CREATE TABLE t (id int PRIMARY KEY, v text);".into());
        let options = Options { details: Some(Teller::ALL), ..Options::default() };
        let report = super::check(&Input::pair(source("f", forward), source("r", rollback), schema, options));
        let migration = &report.migrations[0];
        (serde_json::to_string(&migration.answers).unwrap_or_default(), migration.findings.len())
    }

    #[test]
    fn statements_that_are_read_again_say_the_same() {
        for last in ["", "INSERT INTO t VALUES (299, 'again');", "DELETE FROM t WHERE id = 300;"] {
            let long = answers(300, 2 * super::MOST_KEPT / 300, last);
            assert_eq!(long, answers(300, 10, last));
            assert!(long.0.contains(if last.starts_with("INSERT") { "23505" } else { "row" }), "{}", long.0);
        }
    }

    #[test]
    fn a_gap_of_the_schema_stands_where_it_is() {
        let source = |path: &str, text: &str| Some(Source { path: path.into(), text: text.into() });
        let schema = source("schema.sql", "CREATE TABLE a (id int);\nCREATE TABLE {{name}} (id int);");
        let report =
            super::check(&Input::pair(source("f", "CREATE TABLE b (id int);"), source("r", "DROP TABLE b;"), schema, Options::default()));
        let gap = report.migrations[0].gaps[0].at.as_ref().map(|at| (at.path.as_str(), at.line));
        assert_eq!(gap, Some(("schema.sql", 2)));
    }

    #[test]
    fn what_a_failing_statement_of_the_schema_names_is_in_doubt() {
        let source = |path: &str, text: &str| Some(Source { path: path.into(), text: text.into() });
        let check = |rollback| {
            let schema = source("schema.sql", "CREATE TABLE a (id int);\nCREATE TABLE b (id int);\nCREATE VIEW v AS SELECT id FROM a, c;");
            let scripts = (source("f", "CREATE TABLE d (id int);"), source("r", rollback));
            let report = super::check(&Input::pair(scripts.0, scripts.1, schema, Options::default()));
            let lines: Vec<u32> = report.findings.iter().filter_map(|finding| Some(finding.at.as_ref()?.line)).collect();
            (report.migrations[0].answers.rollback_runs.answer.id(), lines)
        };
        assert_eq!(check("DROP TABLE d;"), ("yes", vec![3]));
        assert_eq!(check("DROP TABLE d; DROP TABLE b;"), ("yes", vec![3]));
        assert_eq!(check("DROP TABLE d; DROP TABLE a;"), ("unknown", vec![3]));
        assert_eq!(check("DROP TABLE d; DROP VIEW v;"), ("unknown", vec![3]));
    }

    /// A schema that `pg_dump` wrote holds what the server keeps, which is not always what it would keep of its own print.
    #[test]
    fn what_a_dump_prints_is_what_was_written() {
        let source = |path: &str, text: &str| Some(Source { path: path.into(), text: text.into() });
        let restores = |list: &str| {
            let dump = "CREATE TABLE a (v character varying(20), CONSTRAINT c CHECK (((v)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[]))));";
            let scripts = (
                source("f", "ALTER TABLE a DROP CONSTRAINT c;"),
                source("r", &format!("ALTER TABLE a ADD CONSTRAINT c CHECK (v IN ({list}));")),
            );
            let report = super::check(&Input::pair(scripts.0, scripts.1, source("schema.sql", dump), Options::default()));
            report.migrations[0].answers.restores.answer.id()
        };
        assert_eq!(restores("'x', 'y'"), "yes");
        assert_eq!(restores("'x', 'z'"), "no");
    }

    /// What is said of `redo` for the last migration of a goose folder.
    fn redo(migrations: &[(&str, &str)]) -> String {
        let file = |(at, (up, down)): (usize, &(&str, &str))| Source {
            path: format!("{:05}_step.sql", at + 1),
            text: format!("-- +goose Up\n-- +goose StatementBegin\n{up}\n-- +goose StatementEnd\n-- +goose Down\n{down}\n"),
        };
        let files = migrations.iter().enumerate().map(file).collect();
        let report = super::check(&Input::folder(files, None, None, Options::default()));
        let answers = serde_json::to_value(&report.migrations[migrations.len() - 1].answers).unwrap_or_default();
        answers["redo"]["answer"].as_str().unwrap_or_default().to_owned()
    }

    #[test]
    fn the_second_run_of_a_forward_is_not_trusted() {
        let made = ("CREATE TABLE crops (name text);", "DROP TABLE crops;");
        let measured = "ALTER TABLE crops ALTER COLUMN name TYPE int USING length(name);";
        assert_eq!(redo(&[made, (measured, "SELECT 1;")]), "no");
        assert_eq!(redo(&[made, (measured, "ALTER TABLE crops ALTER COLUMN name TYPE text;")]), "yes");
    }

    #[test]
    fn what_a_gap_may_have_made_is_no_difference_for_the_second_run() {
        let table = ("CREATE TABLE texts (body text);", "DROP TABLE texts;");
        let gap =
            ("DO $$ DECLARE one record; BEGIN FOR one IN SELECT body FROM texts LOOP EXECUTE one.body; END LOOP; END $$;", "SELECT 1;");
        let guarded = (
            "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'soil') THEN CREATE TYPE soil AS ENUM ('clay'); END IF; END $$;",
            "DROP TYPE IF EXISTS soil;",
        );
        assert_eq!(redo(&[table, gap, guarded]), "unknown");
        assert_eq!(redo(&[table, guarded]), "yes");
    }
}
