//! What each statement of a pair does, what undoes it, and what hangs on what: the facts behind the pictures.
//!
//! Everything is read off the journal and the dependencies of one run of both scripts; nothing is matched by text. It
//! decides no answer, and is made only when it is asked for.

mod graph;
mod links;

use super::rows::assigned_in;
use super::run::{Run, statement_of};
use super::{Difference, Failure, Script, Side};
use crate::catalog::apply::{Blocked, Event};
use crate::catalog::context::report_kind;
use crate::catalog::diff::{full_name, is_temporary};
use crate::catalog::history::{self, Moment, Slot};
use crate::catalog::object::{Body, ColumnNumber, ConstraintKind, ObjId, Object, RelKind, Type};
use crate::catalog::{Catalog, Mark, Names, quote};
use crate::op::Op;
use litemap::LiteMap;

/// No more objects than this are told of: nobody looks at more.
const MOST_OBJECTS: usize = 400;

/// No more things than this are told of each statement.
const MOST_TOUCHES: usize = 40;

/// What a pair of scripts does, statement by statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// The statements of the forward, in their order.
    pub forward: Vec<Step>,
    /// Those of the rollback.
    pub rollback: Vec<Step>,
    /// Objects that the pair touches, that stand in its way, or that it leans on.
    pub objects: Vec<Node>,
    /// What needs what.
    pub edges: Vec<Edge>,
    /// How many objects there are beyond those.
    pub more_objects: usize,
    /// An error does not end the rollback.
    pub goes_on: bool,
}

/// What kind of work a statement does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Work {
    /// It makes, changes or drops objects.
    Schema,
    /// It writes rows.
    Rows,
    /// It begins or ends a transaction.
    Transaction,
    /// It does nothing that stays.
    #[default]
    Nothing,
    /// What it does is not known.
    Unknown,
}

/// One statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// What kind of work it does.
    pub work: Work,
    /// What it makes, changes and drops.
    pub touches: Vec<Touched>,
    /// How many things it touches beyond those.
    pub more: usize,
    /// Of a forward: the rollback's statements that take something of it back. Of a rollback: the forward's statements that
    /// it takes something back of. Counted from 1.
    pub partners: Vec<usize>,
    /// Of a forward: what of it is still different after the rollback.
    pub left: Vec<Left>,
    /// The error that it raises.
    pub failure: Option<Failure>,
    /// Of a rollback that fails: the forward's statements that it would take something back of.
    pub meant: Vec<usize>,
}

/// Something that the rollback does not take back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Its kind.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// How it differs.
    pub change: super::Change,
}

/// What happens to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// It comes to be.
    Makes,
    /// It becomes different.
    Changes,
    /// It goes.
    Drops,
    /// Rows of it are written.
    Writes,
}

/// Something that a statement touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// Its kind.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// What happens to it.
    pub deed: Deed,
    /// CASCADE took it.
    pub cascades: bool,
    /// The other script's statements that take it back, or of which it takes something back.
    pub partners: Vec<usize>,
}

/// An object or column in the picture of dependencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its kind.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// The statements that touch it, with what they do.
    pub touched: Vec<(Side, usize, Deed)>,
    /// The statement of the rollback that cannot drop it.
    pub blocked: Option<usize>,
    /// The statement of the rollback that it stands in the way of.
    pub blocks: Option<usize>,
}

/// One thing needs another: indices into [`Details::objects`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// What needs.
    pub from: usize,
    /// What is needed.
    pub to: usize,
    /// It goes with it, rather than standing in its way.
    pub part: bool,
    /// By what, when that is something else: a foreign key.
    pub by: Option<String>,
    /// It stands in the way of a drop of the rollback.
    pub blocks: bool,
}

/// A script that ran, statement by statement.
pub(super) struct Ran<'a> {
    pub script: &'a Script,
    pub run: &'a Run,
    /// Errors by statement, counted from 1.
    pub failures: LiteMap<usize, Failure>,
}

impl Ran<'_> {
    /// The drops that something stands in the way of.
    fn blocked(&self) -> impl Iterator<Item = (usize, &Blocked)> {
        self.run.events.iter().filter_map(|(number, event)| match event {
            Event::Blocked(blocked) => Some((*number, &**blocked)),
            _ => None,
        })
    }
}

/// What is known when the details are made: the catalog is as the rollback left it.
pub(super) struct Told<'a> {
    pub catalog: &'a Catalog,
    pub start: Mark,
    pub forward: Option<Ran<'a>>,
    pub rollback: Option<Ran<'a>>,
    /// What is different after the rollback.
    pub differences: &'a [Difference],
    /// Statements of which it is not known what they do.
    pub unknown: Vec<(Side, usize)>,
}

/// A touch with what it is about.
struct Deep {
    slot: Slot,
    kind: &'static str,
    name: String,
    deed: Deed,
    cascades: bool,
    /// Part of something that the same statement makes or drops.
    part: bool,
    /// Of rows: the columns that an UPDATE sets; none for whole rows.
    sets: Vec<ColumnNumber>,
}

/// What the statements touch, by side and number.
type Touches = LiteMap<(Side, usize), Vec<Deep>>;

/// Tells what a pair does.
pub(super) fn details(told: &Told<'_>) -> Details {
    let steps = told.catalog.steps_since(told.start);
    let mut moment = Moment::before(told.catalog, &steps);
    let before = moment.clone();
    let mut between: Option<Moment<'_>> = None;
    let mut touches = Touches::new();
    for group in steps.chunk_by(|a, b| a.cause == b.cause) {
        let Some((side, number)) = group.first().and_then(|step| statement_of(step.cause)) else {
            group.iter().for_each(|step| moment.take(step));
            continue;
        };
        if side == Side::Rollback && between.is_none() {
            between = Some(moment.clone());
        }
        group.iter().for_each(|step| moment.take(step));
        let run = match side {
            Side::Forward => told.forward.as_ref(),
            Side::Rollback => told.rollback.as_ref(),
        };
        let deep = touched(group, &moment.earlier(group), &moment, &cascaded(run, number));
        touches.entry((side, number)).or_default().extend(deep);
    }
    let between = between.unwrap_or_else(|| moment.clone());
    for (side, ran) in [(Side::Forward, &told.forward), (Side::Rollback, &told.rollback)] {
        for (ran, (number, uses)) in ran.iter().flat_map(|ran| ran.run.rows.iter().map(move |rows| (ran, rows))) {
            for &table in &uses.writes {
                // A table that is gone by now had its name in between.
                let names: &dyn Names = if between.object(table).is_some() { &between } else { &moment };
                let Some(object) = names.object(table).filter(|object| !is_temporary(names, object)) else { continue };
                let statement = number.checked_sub(1).and_then(|at| ran.script.statements.get(at));
                let sets = match (statement.map(|statement| &*statement.op), &object.body) {
                    (Some(Op::Update(update)), Body::Relation(relation)) => assigned_in(relation, &update.assignments),
                    _ => Vec::new(),
                };
                let slot = (table, 0);
                let name = names.qualified(table);
                let deep = Deep { slot, kind: "rows", name, deed: Deed::Writes, cascades: false, part: false, sets };
                touches.entry((side, *number)).or_default().push(deep);
            }
        }
    }
    let links = links::link(&touches, told);
    let mut details = Details { forward: self::steps(Side::Forward, &touches, told, &links), ..Details::default() };
    details.rollback = self::steps(Side::Rollback, &touches, told, &links);
    graph::draw(&mut details, &touches, told, &before, &between);
    details
}

/// The slots that CASCADE takes in a statement, in order.
fn cascaded(ran: Option<&Ran<'_>>, number: usize) -> Vec<Slot> {
    let Some(ran) = ran else { return Vec::new() };
    // Events stand in the order of their statements.
    let from = ran.run.events.partition_point(|(at, _)| *at < number);
    let mine = ran.run.events.iter().skip(from).take_while(|(at, _)| *at == number);
    let taken = mine.filter_map(|(_, event)| match event {
        Event::Dropped(id, _, true) => Some((*id, 0)),
        Event::DroppedColumn(id, column, true, _) => Some((*id, *column)),
        _ => None,
    });
    let mut slots: Vec<Slot> = taken.collect();
    slots.sort_unstable();
    slots
}

/// What a statement did, from all of its changes.
fn touched(group: &[history::Step<'_>], then: &dyn Names, now: &dyn Names, cascaded: &[Slot]) -> Vec<Deep> {
    let mut ids: Vec<ObjId> = group.iter().map(|step| step.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut deep: Vec<Deep> = Vec::new();
    for id in ids {
        let (old, new) = (then.object(id), now.object(id));
        match (old, new) {
            (None, Some(object)) => whole(id, object, now, Deed::Makes, &mut deep),
            (Some(object), None) => whole(id, object, then, Deed::Drops, &mut deep),
            (Some(old), Some(new)) => changes(id, old, new, then, now, &mut deep),
            (None, None) => {}
        }
    }
    // What belongs to something that comes or goes in the same statement is part of that.
    let mut done: LiteMap<Slot, Deed> = LiteMap::new();
    for touch in &deep {
        done.insert(touch.slot, touch.deed);
    }
    for touch in &mut deep {
        let names = if touch.deed == Deed::Drops { then } else { now };
        let (id, column) = touch.slot;
        touch.cascades = cascaded.binary_search(&touch.slot).is_ok();
        let with = |owner: ObjId| match touch.deed {
            Deed::Makes | Deed::Drops => done.get(&(owner, 0)) == Some(&touch.deed),
            Deed::Changes | Deed::Writes => matches!(done.get(&(owner, 0)), Some(Deed::Makes | Deed::Drops)),
        };
        touch.part = if column != 0 {
            with(id)
        } else {
            names.object(id).is_some_and(|object| {
                owners(object).into_iter().any(|owner| owner != id && with(owner)) || (!touch.cascades && goes_with_column(object, &done))
            })
        };
    }
    deep
}

/// An index or constraint that goes because a column of it goes.
fn goes_with_column(object: &Object, done: &LiteMap<Slot, Deed>) -> bool {
    matches!(object.body, Body::Relation(_) | Body::Constraint(_))
        && object.deps.iter().any(|dep| dep.column != 0 && done.get(&(dep.on, dep.column)) == Some(&Deed::Drops))
}

/// What an object belongs to.
fn owners(object: &Object) -> Vec<ObjId> {
    match &object.body {
        Body::Constraint(_) | Body::Trigger(_) | Body::Rule(_) | Body::Policy(_) | Body::Default(_) => vec![object.parent],
        Body::Relation(relation) => match &relation.kind {
            RelKind::Index(index) => index.constraint.into_iter().chain([index.table]).collect(),
            RelKind::Sequence(sequence) => sequence.owned_by.map(|(table, _)| table).into_iter().collect(),
            RelKind::Table(_) | RelKind::View(_) | RelKind::MatView(_) => object.extension.into_iter().collect(),
        },
        Body::Type(Type::Multirange(range)) => vec![*range],
        _ => object.extension.into_iter().collect(),
    }
}

/// An object that comes or goes.
fn whole(id: ObjId, object: &Object, names: &dyn Names, deed: Deed, deep: &mut Vec<Deep>) {
    if is_temporary(names, object) {
        return;
    }
    let hidden = match &object.body {
        Body::Default(default) => {
            // A column's default is the column's business.
            add_column(object.parent, default.column, names, Deed::Changes, deep);
            true
        }
        Body::Constraint(constraint) => matches!(constraint.kind, ConstraintKind::Trigger | ConstraintKind::NotNull { .. }),
        Body::Relation(relation) => match &relation.kind {
            RelKind::Index(index) => index.constraint.is_some(),
            RelKind::Sequence(sequence) => sequence.identity,
            RelKind::Table(_) | RelKind::View(_) | RelKind::MatView(_) => false,
        },
        Body::Trigger(trigger) => trigger.parent.is_some(),
        Body::Type(Type::Multirange(_)) => true,
        _ => object.extension.is_some(),
    };
    if hidden {
        return;
    }
    deep.push(Deep {
        slot: (id, 0),
        kind: report_kind(&object.body),
        name: name_of(id, object, names),
        deed,
        cascades: false,
        part: false,
        sets: Vec::new(),
    });
    if let Body::Relation(relation) = &object.body
        && matches!(relation.kind, RelKind::Table(_))
    {
        for column in relation.live_columns() {
            add_column(id, column.number, names, deed, deep);
        }
    }
}

/// An object that becomes different.
fn changes(id: ObjId, old: &Object, new: &Object, then: &dyn Names, now: &dyn Names, deep: &mut Vec<Deep>) {
    if is_temporary(now, new) {
        return;
    }
    let mut columns = false;
    if let (Body::Relation(was), Body::Relation(is)) = (&old.body, &new.body)
        && matches!(is.kind, RelKind::Table(_))
    {
        for column in &was.columns {
            let other = is.column_at(column.number);
            let deed = match (column.dropped, other.is_none_or(|other| other.dropped)) {
                (false, true) => Deed::Drops,
                (false, false) if other.is_some_and(|other| !std::sync::Arc::ptr_eq(other, column)) => Deed::Changes,
                _ => continue,
            };
            columns = true;
            add_column(id, column.number, if deed == Deed::Drops { then } else { now }, deed, deep);
        }
        for column in is.live_columns().filter(|column| was.column_at(column.number).is_none()) {
            columns = true;
            add_column(id, column.number, now, Deed::Makes, deep);
        }
    }
    let plain = |object: &Object| (object.name.clone(), object.parent, object.owner.clone());
    let around = plain(old) != plain(new) || old.comment != new.comment || old.acl != new.acl;
    if columns && !around {
        return;
    }
    match &new.body {
        Body::Default(default) => add_column(new.parent, default.column, now, Deed::Changes, deep),
        Body::Relation(relation) if matches!(&relation.kind, RelKind::Index(index) if index.constraint.is_some()) => {}
        Body::Constraint(constraint) if matches!(constraint.kind, ConstraintKind::Trigger | ConstraintKind::NotNull { .. }) => {}
        _ => deep.push(Deep {
            slot: (id, 0),
            kind: report_kind(&new.body),
            name: name_of(id, new, now),
            deed: Deed::Changes,
            cascades: false,
            part: false,
            sets: Vec::new(),
        }),
    }
}

fn add_column(table: ObjId, number: ColumnNumber, names: &dyn Names, deed: Deed, deep: &mut Vec<Deep>) {
    let slot = (table, number);
    // A column that is made or dropped is not changed besides.
    if deed == Deed::Changes && deep.iter().rev().take(MOST_TOUCHES).any(|touch| touch.slot == slot) {
        return;
    }
    if let Some(name) = column_name(names, table, number) {
        deep.push(Deep { slot, kind: "column", name, deed, cascades: false, part: false, sets: Vec::new() });
    }
}

fn column_name(names: &dyn Names, table: ObjId, number: ColumnNumber) -> Option<String> {
    match &names.object(table)?.body {
        Body::Relation(relation) => {
            let column = relation.column_at(number).filter(|column| !column.dropped)?;
            Some(format!("{}.{}", names.qualified(table), quote(&column.name)))
        }
        _ => None,
    }
}

fn name_of(id: ObjId, object: &Object, names: &dyn Names) -> String {
    match &object.body {
        Body::Extension(_) | Body::Cast(_) | Body::DefaultPrivileges => object.name.to_string(),
        _ => full_name(names, id),
    }
}

/// The statements of a side.
fn steps(side: Side, touches: &Touches, told: &Told<'_>, links: &links::Links) -> Vec<Step> {
    let ran = match side {
        Side::Forward => told.forward.as_ref(),
        Side::Rollback => told.rollback.as_ref(),
    };
    let Some(ran) = ran else { return Vec::new() };
    let mut left: Vec<Vec<Left>> = vec![Vec::new(); ran.script.statements.len() + 1];
    for found in told.differences.iter().filter(|_| side == Side::Forward) {
        let Some(list) = found.forward_statement.and_then(|number| left.get_mut(number)) else { continue };
        if list.len() < MOST_TOUCHES {
            list.push(Left { kind: found.kind, name: found.name.clone(), change: found.change });
        }
    }
    let step = |(at, statement): (usize, &super::Statement)| {
        let number = at + 1;
        let none = Vec::new();
        let mine = touches.get(&(side, number)).unwrap_or(&none);
        let own: Vec<&Deep> = mine.iter().filter(|touch| !touch.part).collect();
        let work = match &*statement.op {
            Op::Transaction(_) => Work::Transaction,
            Op::Gap(_) => Work::Unknown,
            _ if told.unknown.contains(&(side, number)) => Work::Unknown,
            _ if own.iter().any(|touch| touch.deed != Deed::Writes) => Work::Schema,
            _ if !own.is_empty() => Work::Rows,
            _ => Work::Nothing,
        };
        let shown = own.iter().take(MOST_TOUCHES).map(|touch| Touched {
            kind: touch.kind,
            name: touch.name.clone(),
            deed: touch.deed,
            cascades: touch.cascades,
            partners: links.of(side, number, touch.slot, touch.deed),
        });
        Step {
            work,
            touches: shown.collect(),
            more: own.len().saturating_sub(MOST_TOUCHES),
            partners: links.all(side, number),
            left: left.get(number).cloned().unwrap_or_default(),
            failure: ran.failures.get(&number).cloned(),
            meant: links.meant(side, number),
        }
    };
    ran.script.statements.iter().enumerate().map(step).collect()
}
