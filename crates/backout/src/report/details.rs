//! What each statement of a migration does and what hangs on what, as the report tells it: the data of the pictures.

use super::build::cut;
use crate::finding::{Place, Texts};
use crate::sim::details::{Deed, Details, Edge, Node, Step, Work};
use crate::sim::{Judgement, Script, Side, Tell};
use serde::Serialize;

/// What each statement of a migration does.
#[derive(Clone, Debug, Serialize)]
pub struct DetailsReport {
    /// The statements of the forward, in their order.
    pub forward: Vec<StepReport>,
    /// Those of the rollback.
    pub rollback: Vec<StepReport>,
    /// Objects that the pair touches, that stand in its way, or that it leans on.
    pub objects: Vec<ObjectReport>,
    /// What needs what.
    pub edges: Vec<EdgeReport>,
    /// How many objects there are beyond those.
    pub more_objects: usize,
    /// An error does not end the rollback.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub goes_on: bool,
}

/// One statement.
#[derive(Clone, Debug, Serialize)]
pub struct StepReport {
    /// Its number in its script, counted from 1.
    pub statement: usize,
    /// The line that it begins in, counted from 1.
    pub line: u32,
    /// Its text in one line, cut when it is long.
    pub sql: String,
    /// `schema`, `rows`, `transaction`, `nothing` or `unknown`.
    pub work: &'static str,
    /// What it makes, changes and drops.
    pub touches: Vec<TouchReport>,
    /// How many things it touches beyond those.
    pub more: usize,
    /// The other script's statements that take something of it back, or of which it takes something back.
    pub partners: Vec<usize>,
    /// Of a forward: what of it is still different after the rollback.
    pub left: Vec<LeftReport>,
    /// The error that it raises.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sqlstate: Option<&'static str>,
    /// Its message in the server's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The other script's statements that it would take something back of if it ran, or the other way round.
    pub meant: Vec<usize>,
}

/// Something that a statement touches.
#[derive(Clone, Debug, Serialize)]
pub struct TouchReport {
    /// Its kind.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// `makes`, `changes`, `drops` or `writes`.
    pub deed: &'static str,
    /// CASCADE took it.
    pub cascades: bool,
    /// The other script's statements that take it back, or of which it takes something back.
    pub partners: Vec<usize>,
}

/// Something that the rollback does not take back.
#[derive(Clone, Debug, Serialize)]
pub struct LeftReport {
    /// Its kind.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// `missing`, `extra`, `changed` or `renamed`.
    pub change: &'static str,
}

/// An object or column.
#[derive(Clone, Debug, Serialize)]
pub struct ObjectReport {
    /// Its kind.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// The statements of the forward that touch it.
    pub forward: Vec<DeedReport>,
    /// Those of the rollback.
    pub rollback: Vec<DeedReport>,
    /// The statement of the rollback that cannot drop it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_at: Option<usize>,
    /// The statement of the rollback that it stands in the way of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocks: Option<usize>,
}

/// What a statement does to an object.
#[derive(Clone, Debug, Serialize)]
pub struct DeedReport {
    /// The statement, counted from 1.
    pub statement: usize,
    /// `makes`, `changes`, `drops` or `writes`.
    pub deed: &'static str,
}

/// One object needs another: indices into `objects`, counted from 0.
#[derive(Clone, Debug, Serialize)]
pub struct EdgeReport {
    /// What needs.
    pub from: usize,
    /// What is needed.
    pub to: usize,
    /// It goes with it, rather than standing in its way.
    pub part: bool,
    /// By what, when that is something else: a foreign key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// It stands in the way of a drop of the rollback.
    pub blocks: bool,
}

/// Tells what each statement does. It stands in the options so that a program which never asks has nothing of it in it.
#[derive(Clone, Copy, Debug)]
pub struct Teller {
    pub(crate) tell: Tell,
    pub(crate) write: Write,
}

impl Teller {
    /// All there is to tell.
    pub const ALL: Self = Self { tell: Tell::ALL, write: report };
}

/// What writes the details of a judgement.
pub type Write = fn(&Judgement, &Texts) -> Option<DetailsReport>;

/// The details of a judgement that has them.
pub(crate) fn report(judgement: &Judgement, texts: &Texts) -> Option<DetailsReport> {
    let Details { forward, rollback, objects, edges, more_objects, goes_on } = judgement.details.as_ref()?;
    let steps = |steps: &[Step], script: &Option<Script>| {
        let Some(script) = script else { return Vec::new() };
        steps.iter().enumerate().map(|(at, found)| step(found, at, script, texts)).collect()
    };
    Some(DetailsReport {
        forward: steps(forward, &judgement.forward),
        rollback: steps(rollback, &judgement.rollback),
        objects: objects.iter().map(object).collect(),
        edges: edges.iter().map(edge).collect(),
        more_objects: *more_objects,
        goes_on: *goes_on,
    })
}

fn step(step: &Step, at: usize, script: &Script, texts: &Texts) -> StepReport {
    let span = script.statements.get(at).map(|statement| statement.span).unwrap_or_default();
    let place = Place { path: script.path.clone(), span };
    StepReport {
        statement: at + 1,
        line: texts.start(&place).0,
        sql: one_line(texts.of(&place)),
        work: match step.work {
            Work::Schema => "schema",
            Work::Rows => "rows",
            Work::Transaction => "transaction",
            Work::Nothing => "nothing",
            Work::Unknown => "unknown",
        },
        touches: step
            .touches
            .iter()
            .map(|touch| TouchReport {
                kind: touch.kind,
                name: touch.name.clone(),
                deed: deed(touch.deed),
                cascades: touch.cascades,
                partners: touch.partners.clone(),
            })
            .collect(),
        more: step.more,
        partners: step.partners.clone(),
        left: step.left.iter().map(|left| LeftReport { kind: left.kind, name: left.name.clone(), change: left.change.id() }).collect(),
        sqlstate: step.failure.as_ref().map(|failure| failure.sqlstate),
        error: step.failure.as_ref().map(|failure| cut(&failure.message)),
        meant: step.meant.clone(),
    }
}

/// A statement in one line; what follows the first hundred words of it or so nobody reads there.
fn one_line(text: &str) -> String {
    const MOST: usize = 200;
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word.chars().take(MOST));
        if let Some((at, _)) = line.char_indices().nth(MOST) {
            line.truncate(at);
            line.push('…');
            break;
        }
    }
    line
}

fn object(node: &Node) -> ObjectReport {
    let of = |side: Side| {
        let mine = node.touched.iter().filter(|(of, ..)| *of == side);
        mine.map(|&(_, statement, done)| DeedReport { statement, deed: deed(done) }).collect()
    };
    ObjectReport {
        kind: node.kind,
        name: node.name.clone(),
        forward: of(Side::Forward),
        rollback: of(Side::Rollback),
        blocked_at: node.blocked,
        blocks: node.blocks,
    }
}

fn edge(edge: &Edge) -> EdgeReport {
    EdgeReport { from: edge.from, to: edge.to, part: edge.part, by: edge.by.clone(), blocks: edge.blocks }
}

fn deed(deed: Deed) -> &'static str {
    match deed {
        Deed::Makes => "makes",
        Deed::Changes => "changes",
        Deed::Drops => "drops",
        Deed::Writes => "writes",
    }
}
