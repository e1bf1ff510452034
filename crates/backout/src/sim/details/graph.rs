//! The objects that matter to a pair and what they need: those that it touches, those that stand in its way, and those
//! that they lean on. What is only part of an object is told as that object.

use super::{Deed, Details, Edge, MOST_OBJECTS, Node, Side, Told, Touches, column_name, name_of, owners};
use crate::catalog::Names;
use crate::catalog::context::report_kind;
use crate::catalog::history::{Moment, Slot};
use crate::catalog::object::{Body, DepKind, ObjId, Object};
use litemap::LiteMap;

/// More statements than this are not told of one object.
const MOST_STATEMENTS: usize = 12;

/// More objects than this that the pair itself does not touch are not told.
const MOST_AROUND: usize = 60;

/// Deeper nesting of what belongs to what does not happen: schema, table, constraint, index.
const DEEPEST: usize = 5;

struct Graph<'a> {
    /// After the forward.
    now: &'a Moment<'a>,
    /// Before it.
    before: &'a Moment<'a>,
    places: LiteMap<Slot, usize>,
    nodes: Vec<Node>,
    more: usize,
}

impl Graph<'_> {
    /// The object after the forward, or before it when the forward drops it.
    fn object(&self, id: ObjId) -> Option<(&Object, &dyn Names)> {
        match self.now.object(id) {
            Some(object) => Some((object, self.now)),
            None => self.before.object(id).map(|object| (object, self.before as &dyn Names)),
        }
    }

    fn add(&mut self, slot: Slot) -> Option<usize> {
        if let Some(&at) = self.places.get(&slot) {
            return Some(at);
        }
        let (id, column) = slot;
        let (object, names) = self.object(id)?;
        if matches!(object.body, Body::Schema) && column == 0 && object.name == "public" {
            return None;
        }
        let (kind, name) = match column {
            0 => (report_kind(&object.body), name_of(id, object, names)),
            // A column that the forward drops has its name before it.
            _ => ("column", column_name(names, id, column).or_else(|| column_name(self.before, id, column))?),
        };
        if self.nodes.len() >= MOST_OBJECTS {
            self.more += 1;
            return None;
        }
        self.places.insert(slot, self.nodes.len());
        self.nodes.push(Node { kind, name, touched: Vec::new(), blocked: None, blocks: None });
        Some(self.nodes.len() - 1)
    }

    /// The node that stands for an object or column: itself, or what it belongs to.
    fn fold(&self, mut slot: Slot) -> Option<usize> {
        for _ in 0..DEEPEST {
            if let Some(&at) = self.places.get(&slot).or_else(|| self.places.get(&(slot.0, 0))) {
                return Some(at);
            }
            let (object, _) = self.object(slot.0)?;
            slot = match &object.body {
                Body::Default(default) => (object.parent, default.column),
                _ => (owners(object).into_iter().next()?, 0),
            };
        }
        None
    }
}

/// Adds the graph to the details.
pub(super) fn draw(details: &mut Details, touches: &Touches, told: &Told<'_>, before: &Moment<'_>, now: &Moment<'_>) {
    let mut graph = Graph { now, before, places: LiteMap::new(), nodes: Vec::new(), more: 0 };
    let own = touches.iter().flat_map(|(at, deep)| deep.iter().filter(|touch| !touch.part).map(move |touch| (at, touch)));
    for ((side, number), touch) in own {
        // What the rollback makes anew is what the forward dropped, or nothing of the pair's dependencies.
        let Some(at) = graph.add(touch.slot) else { continue };
        if touch.slot.1 != 0 {
            graph.add((touch.slot.0, 0));
        }
        let node = &mut graph.nodes[at];
        if node.touched.len() < MOST_STATEMENTS && node.touched.last() != Some(&(*side, *number, touch.deed)) {
            node.touched.push((*side, *number, touch.deed));
        }
    }
    // Things that the rollback puts back are other objects with the same name.
    remade(&mut graph, touches);
    let mut blocked: Vec<(usize, usize)> = Vec::new();
    for (number, held) in told.rollback.iter().flat_map(|ran| ran.blocked()) {
        let targets: Vec<usize> = held.targets.iter().filter_map(|slot| graph.add(*slot)).collect();
        for (slot, _) in held.targets.iter().filter(|slot| slot.1 != 0).map(|slot| ((slot.0, 0), ())) {
            graph.add(slot);
        }
        for &at in &targets {
            graph.nodes[at].blocked.get_or_insert(number);
        }
        for slot in held.holders.iter().take(MOST_AROUND) {
            // A foreign key stands in the way as its table does.
            let slot = match graph.object(slot.0) {
                Some((object, _)) if slot.1 == 0 && !graph.places.contains_key(slot) => match &object.body {
                    Body::Constraint(_) | Body::Trigger(_) | Body::Rule(_) | Body::Policy(_) => (object.parent, 0),
                    Body::Default(default) => (object.parent, default.column),
                    _ => *slot,
                },
                _ => *slot,
            };
            if let Some(at) = graph.add(slot) {
                graph.nodes[at].blocks.get_or_insert(number);
                blocked.extend(targets.iter().map(|&target| (at, target)));
            }
        }
    }
    around(&mut graph);
    details.edges = edges(&graph, &blocked);
    details.objects = graph.nodes;
    details.more_objects = graph.more;
}

/// Tells what the rollback makes anew at the node of what it replaces.
fn remade(graph: &mut Graph<'_>, touches: &Touches) {
    let named: LiteMap<(&'static str, String), usize> =
        graph.nodes.iter().enumerate().map(|(at, node)| ((node.kind, node.name.clone()), at)).collect();
    for ((side, number), deep) in touches.iter().filter(|((side, _), _)| *side == Side::Rollback) {
        for touch in deep.iter().filter(|touch| !touch.part && touch.deed == Deed::Makes && !graph.places.contains_key(&touch.slot)) {
            let Some(node) = named.get(&(touch.kind, touch.name.clone())).and_then(|&at| graph.nodes.get_mut(at)) else { continue };
            if node.touched.len() < MOST_STATEMENTS {
                node.touched.push((*side, *number, touch.deed));
            }
        }
    }
}

/// Adds what the pair leans on without touching it.
fn around(graph: &mut Graph<'_>) {
    let mut wanted: Vec<Slot> = Vec::new();
    for id in relevant(graph) {
        let Some((object, _)) = graph.object(id) else { continue };
        let leans =
            object.deps.iter().filter(|dep| graph.fold((id, dep.own_column)).is_some() && graph.fold((dep.on, dep.column)).is_none());
        wanted.extend(leans.map(|dep| (dep.on, 0)));
    }
    wanted.sort_unstable();
    wanted.dedup();
    let mut added = 0;
    for slot in wanted {
        let shown = graph.object(slot.0).is_some_and(|(object, _)| {
            matches!(&object.body, Body::Relation(_) | Body::Type(_) | Body::Routine(_)) && owners(object).is_empty()
        });
        if shown && added < MOST_AROUND {
            added += 1;
            graph.add(slot);
        } else {
            graph.more += usize::from(shown);
        }
    }
}

/// The objects whose dependencies are looked at: the nodes and what changed.
fn relevant(graph: &Graph<'_>) -> Vec<ObjId> {
    let mut ids: Vec<ObjId> = graph.places.keys().map(|(id, _)| *id).chain(graph.now.changed()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn edges(graph: &Graph<'_>, blocked: &[(usize, usize)]) -> Vec<Edge> {
    let mut found: LiteMap<(usize, usize), Edge> = LiteMap::new();
    for &(id, column) in graph.places.keys().filter(|(_, column)| *column != 0) {
        if let (Some(&from), Some(&to)) = (graph.places.get(&(id, column)), graph.places.get(&(id, 0))) {
            found.insert((from, to), Edge { from, to, part: true, by: None, blocks: false });
        }
    }
    for id in relevant(graph) {
        let Some((object, _)) = graph.object(id) else { continue };
        for dep in &object.deps {
            let (Some(from), Some(to)) = (graph.fold((id, dep.own_column)), graph.fold((dep.on, dep.column))) else { continue };
            if from == to
                || matches!(graph.nodes[to].kind, "schema") && graph.nodes[from].kind != "schema" && !blocked.contains(&(from, to))
            {
                continue;
            }
            let itself = graph.places.contains_key(&(id, dep.own_column)) || graph.places.contains_key(&(id, 0));
            let by = (!itself && matches!(object.body, Body::Constraint(_))).then(|| object.name.to_string());
            let part = dep.kind != DepKind::Normal;
            let edge = found.entry((from, to)).or_insert(Edge { from, to, part, by: by.clone(), blocks: false });
            edge.part &= part;
            edge.by = edge.by.take().or(by);
        }
    }
    for &(from, to) in blocked {
        let edge = found.entry((from, to)).or_insert(Edge { from, to, part: false, by: None, blocks: true });
        edge.blocks = true;
    }
    found.into_tuple_vec().into_iter().map(|(_, edge)| edge).collect()
}
