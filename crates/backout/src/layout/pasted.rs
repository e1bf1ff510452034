//! One text that holds both directions of a change, whatever it is called: somebody pasted it, or piped it in.

use super::{
    Entry, LAYOUTS, Layout, Migration, OrderKey, Part, Plan, PlanProblem, Reading, Refusal, dbmate, duplicates, goose, lines, liquibase,
    node_pg_migrate, plain, plan, refusals, sql_migrate, tern,
};
use crate::runner::Runner;
use crate::source::{Source, Span};

/// A text taken apart into the two scripts that it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pasted {
    /// Whose annotations part the text; `plain` for headings in comments and for Markdown.
    pub layout: Layout,
    /// What executes such scripts; nothing when the text does not tell.
    pub runner: Option<Runner>,
    /// The migrations in the order of the text. At least one has both scripts.
    pub migrations: Vec<PastedMigration>,
    /// What is odd about the text; the spans are in the whole of it.
    pub problems: Vec<PlanProblem>,
}

/// A migration in a pasted text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PastedMigration {
    /// Its name, where the text says one, else empty.
    pub id: String,
    /// The schema before it, where a section holds it.
    pub baseline: Option<PastedScript>,
    /// The script that changes the schema.
    pub forward: Option<PastedScript>,
    /// The script that takes the change back.
    pub rollback: Option<PastedScript>,
}

/// One script of a pasted text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PastedScript {
    /// The script, without annotations and headings.
    pub text: String,
    /// The pieces of the whole text that it is made of; line ends may stand between them in [`PastedScript::text`].
    pub spans: Vec<Span>,
    /// Whether it asks for no transaction around it.
    pub no_transaction: bool,
    /// Why the tool itself would not run it at all.
    pub refused: Option<Refusal>,
}

/// The tools that keep both directions in one text, the more particular first.
const TOOLS: [Layout; 6] = [liquibase::LAYOUT, goose::LAYOUT, dbmate::LAYOUT, sql_migrate::LAYOUT, tern::LAYOUT, node_pg_migrate::LAYOUT];

/// A name that every tool takes.
const NAME: &str = "1_pasted.sql";

/// Takes a text apart that holds both directions of a change; nothing when it does not.
///
/// ```
/// let pasted = backout::layout::pasted("CREATE TABLE a ();\n-- rollback\nDROP TABLE a;\n").unwrap();
/// assert_eq!(pasted.migrations[0].forward.as_ref().unwrap().text, "CREATE TABLE a ();\n");
/// assert_eq!(pasted.migrations[0].rollback.as_ref().unwrap().text, "DROP TABLE a;\n");
/// assert!(backout::layout::pasted("DROP TABLE a; -- rollback").is_none());
/// ```
pub fn pasted(text: &str) -> Option<Pasted> {
    // A byte order mark is blank to us and a character to the tools.
    let skip = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let source = Source { path: NAME.to_owned(), text: text.get(skip..)?.to_owned() };
    let plan = one(&source, None).filter(|plan| plan.migrations.iter().any(both))?;
    let script = |part: &Part| {
        let mut script = script(part, &source.text);
        script.spans.iter_mut().for_each(|span| *span = span.shifted(skip as u32));
        script
    };
    let mut problems = plan.problems;
    for problem in &mut problems {
        problem.span = problem.span.map(|span| span.shifted(skip as u32));
    }
    let migrations: Vec<_> = plan
        .migrations
        .iter()
        .map(|migration| PastedMigration {
            id: if migration.id.starts_with("1_pasted") { String::new() } else { migration.id.clone() },
            baseline: migration.baseline.as_ref().map(script),
            forward: migration.forward.as_ref().map(script),
            rollback: migration.rollback.as_ref().map(script),
        })
        .collect();
    let scripts = || migrations.iter().flat_map(|migration| [&migration.forward, &migration.rollback]).flatten();
    // Without its transaction a tool commits each statement alone and stops at the first error.
    let runner = if scripts().any(|script| script.no_transaction) { Runner::PsqlStop } else { plan.runner };
    Some(Pasted { layout: plan.layout, runner: plan.recognised.then_some(runner), migrations, problems })
}

fn both(migration: &Migration) -> bool {
    migration.forward.is_some() && migration.rollback.is_some()
}

/// The plan of a single text, by what it says and not by its name; a text without a rollback is a forward.
/// Several texts are the files of a folder.
pub fn text(sources: &[Source], forced: Option<Layout>) -> Plan {
    let [source] = sources else { return plan(sources, forced) };
    if let Some(plan) = one(source, forced) {
        return plan;
    }
    let layout = forced.unwrap_or(plain::LAYOUT);
    let entry = Entry { index: 0, source, name: NAME };
    let forward = Migration {
        id: source.path.clone(),
        forward: Some(Part::whole(&entry)),
        rollback: None,
        baseline: None,
        order: OrderKey::default(),
    };
    plan_of(layout, Reading { migrations: vec![forward], ..Reading::default() })
}

/// What the first tool that knows the text makes of it.
fn one(source: &Source, forced: Option<Layout>) -> Option<Plan> {
    let named = Source { path: NAME.to_owned(), text: source.text.clone() };
    let knows = |layout: &Layout| (layout.home)(&named, false).is_some_and(|(_, weight)| weight > 0);
    let tool = match forced {
        Some(layout) => Some(layout).filter(|layout| TOOLS.contains(layout)),
        None => TOOLS.into_iter().find(knows),
    };
    // The text keeps its own name in what is said of it.
    let entry = Entry { index: 0, source, name: NAME };
    let (layout, mut reading) = match (tool, forced) {
        (Some(layout), _) => (layout, (layout.read)(&[entry])),
        (None, forced) if forced.is_none_or(|layout| layout == plain::LAYOUT) => {
            let migrations = plain::sections(&entry, "1_pasted");
            if migrations.is_empty() {
                return None;
            }
            (plain::LAYOUT, Reading { migrations, ..Reading::default() })
        }
        (None, _) => return None,
    };
    let own = source.path.rsplit('/').next().unwrap_or(&source.path);
    if source.path != NAME {
        for migration in &mut reading.migrations {
            migration.id = migration.id.replacen("1_pasted", own, 1);
        }
    }
    Some(plan_of(layout, reading))
}

fn plan_of(layout: Layout, mut reading: Reading) -> Plan {
    duplicates(&mut reading);
    refusals(&mut reading);
    debug_assert!(LAYOUTS.contains(&layout), "a layout of the list");
    Plan {
        layout,
        runner: layout.runner,
        recognised: layout != plain::LAYOUT,
        // One change stands for itself: what it uses was there.
        history: reading.migrations.len() > 1,
        migrations: reading.migrations,
        problems: reading.problems,
    }
}

/// The script of a part: its pieces without what stands between them, and without lines that only speak to the tool.
fn script(part: &Part, text: &str) -> PastedScript {
    let mut spans: Vec<Span> = Vec::new();
    let shown = part.masked.as_deref().unwrap_or(text);
    for chunk in &part.chunks {
        for line in lines::lines(chunk.of(shown)) {
            let whole = Span::new(line.start, line.next).shifted(chunk.start);
            let trimmed = line.text.trim();
            let to_tool = trimmed.starts_with("--")
                && ["migrate:", "+migrate", "+goose", "-- tern:", "--rollback"].iter().any(|word| trimmed.contains(word));
            if to_tool || (spans.is_empty() && trimmed.is_empty()) {
                continue;
            }
            // Of a line of which a part is masked, what is left.
            let kept = if whole.of(text) == whole.of(shown) {
                whole
            } else if trimmed.is_empty() {
                continue;
            } else {
                let start = whole.start + (line.text.len() - line.text.trim_start().len()) as u32;
                Span { start, end: start + trimmed.len() as u32 }
            };
            match spans.last_mut() {
                Some(last) if last.end == kept.start => last.end = kept.end,
                _ => spans.push(kept),
            }
        }
    }
    let mut script = String::new();
    for span in &spans {
        if !script.is_empty() && !script.ends_with('\n') {
            script.push('\n');
        }
        script.push_str(span.of(text));
    }
    script.truncate(script.trim_end().len());
    if !script.is_empty() {
        script.push('\n');
    }
    PastedScript { text: script, spans, no_transaction: part.no_transaction, refused: part.refused.clone() }
}
