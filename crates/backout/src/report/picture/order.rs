//! The order graph: the objects that matter to the pair, what they need, and the drop that something stands in the way of.

use super::svg::{Svg, WIDTH, number};
use super::{Part, Picture, Tone, line_of, place, short, sign};
use crate::report::details::{DetailsReport, EdgeReport, ObjectReport};
use crate::report::words::count;

/// How many objects are drawn; those of a blocked drop first, then those that the pair touches.
const MOST: usize = 36;

/// The widest that a card becomes where few stand in a row.
const WIDEST: f64 = 269.0;
const TALL: f64 = 44.0;
const ACROSS: f64 = 22.0;
const DOWN: f64 = 44.0;
const ROW: usize = 3;

pub(super) fn draw(details: &DetailsReport, id: &str) -> Option<Picture> {
    if details.objects.is_empty() {
        return None;
    }
    let shown = chosen(&details.objects);
    let mut numbers = vec![None; details.objects.len()];
    for (at, object) in shown.iter().enumerate() {
        if let Some(number) = numbers.get_mut(*object) {
            *number = Some(at);
        }
    }
    let number = |object: usize| numbers.get(object).copied().flatten();
    let edges: Vec<(usize, usize, &EdgeReport)> =
        details.edges.iter().filter_map(|edge| Some((number(edge.from)?, number(edge.to)?, edge))).collect();
    let edges = needed(edges);
    let pairs: Vec<(usize, usize)> = edges.iter().map(|(from, to, _)| (*from, *to)).collect();
    let rows = place::rows(shown.len(), &pairs, ROW);
    let most = rows.iter().map(Vec::len).max().unwrap_or(1) as f64;
    let wide = ((WIDTH - (most - 1.0) * ACROSS) / most).min(WIDEST);
    let summary = summary(details);
    let mut svg = Svg::new(id);
    let top = svg.headline(&summary) + 18.0;
    let mut places = vec![None; shown.len()];
    for (at, row) in rows.iter().enumerate() {
        let width = row.len() as f64 * wide + (row.len() as f64 - 1.0) * ACROSS;
        for (column, node) in row.iter().enumerate() {
            if let Some(place) = places.get_mut(*node) {
                *place = Some(((WIDTH - width) / 2.0 + column as f64 * (wide + ACROSS), top + at as f64 * (TALL + DOWN)));
            }
        }
    }
    let place = |node: usize| places.get(node).copied().flatten();
    for class in ["calm", "bad"] {
        svg.raw(&format!(
            "<marker id=\"{}\" class=\"{class}\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" \
             markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path class=\"head\" d=\"M0 0L8 4L0 8z\"/></marker>\n",
            svg.name(class)
        ));
    }
    for (number, (from, to, edge)) in edges.iter().enumerate() {
        let (Some(from), Some(to)) = (place(*from), place(*to)) else { continue };
        line(&mut svg, details, edge, [from, to], wide, |x, row| pass(&places, wide, number, x, row));
    }
    for (at, object) in shown.iter().enumerate() {
        if let (Some(place), Some(object)) = (place(at), details.objects.get(*object)) {
            card(&mut svg, details, object, place, wide);
        }
    }
    let mut height = top + rows.len() as f64 * (TALL + DOWN) - DOWN + 20.0;
    let hidden = details.objects.len() - shown.len() + details.more_objects;
    if hidden > 0 {
        svg.text(0.0, height, "s", &format!("and {}", count(hidden, "more object")), WIDTH);
        height += 14.0;
    }
    svg.text(0.0, height, "s", "arrow: needs · F, R: statement of forward, rollback · + makes, ~ changes, − drops", WIDTH);
    Some(Picture { svg: svg.finish("order", "What hangs on what", &summary, height + 8.0), summary, text: text(details, hidden) })
}

/// Without what follows from the others: a view on a column needs its table too.
fn needed(edges: Vec<(usize, usize, &EdgeReport)>) -> Vec<(usize, usize, &EdgeReport)> {
    let mut known: Vec<(usize, usize)> = edges.iter().map(|(from, to, _)| (*from, *to)).collect();
    known.sort_unstable();
    let needs = |from: usize, to: usize| known.binary_search(&(from, to)).is_ok();
    let follows = |from: usize, to: usize| {
        let first = known.partition_point(|(other, _)| *other < from);
        let between = known.iter().skip(first).take_while(|(other, _)| *other == from);
        between.into_iter().any(|(_, other)| *other != to && needs(*other, to) && !needs(to, *other))
    };
    edges.into_iter().filter(|(from, to, edge)| edge.blocks || edge.by.is_some() || !follows(*from, *to)).collect()
}

fn chosen(objects: &[ObjectReport]) -> Vec<usize> {
    let weight = |object: &ObjectReport| match object {
        object if object.blocked_at.is_some() || object.blocks.is_some() => 0,
        object if !object.forward.is_empty() || !object.rollback.is_empty() => 1,
        _ => 2,
    };
    let of = |wanted| (0..).zip(objects).filter(move |(_, object)| weight(object) == wanted).map(|(at, _)| at);
    let mut order: Vec<usize> = (0..=2).flat_map(of).take(MOST).collect();
    order.sort_unstable();
    order
}

fn tone(object: &ObjectReport) -> Tone {
    if object.blocked_at.is_some() || object.blocks.is_some() {
        Tone::Bad
    } else if object.forward.is_empty() && object.rollback.is_empty() {
        Tone::Calm
    } else if !object.forward.is_empty() && !object.rollback.is_empty() {
        Tone::Good
    } else {
        Tone::Open
    }
}

/// `+F1 −R3`.
fn deeds(object: &ObjectReport) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (letter, list) in [('F', &object.forward), ('R', &object.rollback)] {
        for deed in list.iter().take(4) {
            parts.push(format!("{}{letter}{}", sign(deed.deed), deed.statement));
        }
        if list.len() > 4 {
            parts.push("…".to_owned());
        }
    }
    parts.join(" ")
}

fn card(svg: &mut Svg, details: &DetailsReport, object: &ObjectReport, (x, y): (f64, f64), wide: f64) {
    let rollback = object.blocked_at.or(object.rollback.last().map(|deed| deed.statement));
    let statement = match (object.blocked_at, object.forward.first(), rollback) {
        (None, Some(deed), _) => Some(("forward", deed.statement)),
        (_, _, Some(statement)) => Some(("rollback", statement)),
        (_, _, None) => object.blocks.map(|statement| ("rollback", statement)),
    };
    let place = statement.map(|(side, statement)| (side, statement, line_of(details, side, statement)));
    let tone = tone(object);
    let aside = if tone == Tone::Calm { " aside" } else { "" };
    let blocked = object.blocked_at.map(|at| format!("\nstatement {at} of the rollback cannot drop it"));
    let blocks = object.blocks.map(|at| format!("\nstands in the way of statement {at} of the rollback"));
    let said = format!("{} {}{}{}", object.kind, object.name, blocked.unwrap_or_default(), blocks.unwrap_or_default());
    svg.begin(&format!("{}{aside}", tone.class()), place, &said);
    svg.card(x, y, wide, TALL, tone);
    svg.text(x + 11.0, y + 18.0, "", short(&object.name), wide - 18.0);
    let (class, note) = match (object.blocked_at, object.blocks) {
        (Some(at), _) => ("s t", format!("{} ✗ R{at} cannot drop it", object.kind)),
        (None, Some(at)) => ("s t", format!("{} in the way of R{at}", object.kind)),
        (None, None) if aside.is_empty() => ("s", format!("{} {}", object.kind, deeds(object))),
        (None, None) => ("s", format!("{} (not touched)", object.kind)),
    };
    svg.text(x + 11.0, y + 33.0, class, &note, wide - 16.0);
    svg.end();
}

/// Where a line passes a row that it comes to at `x`: at the nearer side of a card that is in its way, a little apart from other lines.
fn pass(cards: &[Option<(f64, f64)>], wide: f64, line: usize, x: f64, row: f64) -> f64 {
    let Some((left, _)) = cards.iter().flatten().find(|card| (card.1 - row).abs() < 1.0 && card.0 < x && x < card.0 + wide) else {
        return x;
    };
    let right = left + wide + ACROSS / 2.0;
    let left = left - ACROSS / 2.0;
    (if left > 0.0 && (right > WIDTH || x + x < left + right) { left } else { right }) + (line % 5) as f64 * 4.0 - 8.0
}

/// From what needs, below, up to what is needed: each row on the way is passed between its cards.
fn line(svg: &mut Svg, details: &DetailsReport, edge: &EdgeReport, [from, to]: [(f64, f64); 2], wide: f64, pass: impl Fn(f64, f64) -> f64) {
    let mut path = String::new();
    // It leaves upwards and arrives from below.
    let mut curve = |x: f64, y: f64, bend: f64, to: f64, end: f64| {
        let [x, y, bend, to, end] = [x, y, bend, to, end].map(number);
        path += &format!("{}{x} {y}C{x} {bend} {to} {bend} {to} {end}", if path.is_empty() { "M" } else { "L" });
    };
    let (mut x, mut y) = (from.0 + wide / 2.0, from.1);
    let (last, bottom) = (to.0 + wide / 2.0, to.1 + TALL);
    if y <= bottom {
        let under = y + TALL;
        curve(x, under, under.max(bottom) + DOWN / 2.0, last, bottom);
    }
    while y > bottom {
        let end = y - DOWN;
        let next = if end > bottom + 1.0 { pass(x + (last - x) * (TALL + DOWN) / (y - bottom + TALL), end - TALL) } else { last };
        curve(x, y, y - DOWN / 2.0, next, end);
        (x, y) = (next, end - TALL);
    }
    let tone = if edge.blocks { "bad" } else { "calm" };
    let class = match (edge.blocks, edge.part) {
        (true, _) => "bad\" marker-end=\"url(#",
        (false, true) => "part\" marker-end=\"url(#",
        (false, false) => "\" marker-end=\"url(#",
    };
    let class = format!("{class}{})", svg.name(tone));
    svg.flow(&class, &path, &said(details, edge));
}

fn said(details: &DetailsReport, edge: &EdgeReport) -> String {
    let name = |at: usize| details.objects.get(at).map_or(String::new(), |object| format!("{} {}", object.kind, short(&object.name)));
    let verb = if edge.part { "goes with" } else { "needs" };
    let by = edge.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
    let blocks = if edge.blocks { ", and stands in the way of its drop" } else { "" };
    format!("{} {verb} {}{by}{blocks}", name(edge.from), name(edge.to))
}

fn summary(details: &DetailsReport) -> String {
    let blocked: Vec<&ObjectReport> = details.objects.iter().filter(|object| object.blocked_at.is_some()).collect();
    let holders: Vec<&ObjectReport> = details.objects.iter().filter(|object| object.blocks.is_some()).collect();
    match (blocked.as_slice(), holders.as_slice()) {
        ([], _) => {
            let touched = details.objects.iter().filter(|object| !object.forward.is_empty() || !object.rollback.is_empty()).count();
            format!("No drop is blocked; the pair touches {}", count(touched, "object"))
        }
        ([one], [holder]) => format!("{} cannot be dropped before {}", short(&one.name), short(&holder.name)),
        ([one], holders) => format!("{} cannot be dropped: {} in the way", short(&one.name), count(holders.len(), "object")),
        (many, _) => format!("{} cannot be dropped in this order", count(many.len(), "object")),
    }
}

fn text(details: &DetailsReport, hidden: usize) -> Vec<Part> {
    const LINES: usize = 120;
    let mut text: Vec<Part> = Vec::new();
    for object in details.objects.iter().filter(|object| object.blocked_at.is_some()) {
        let at = object.blocked_at.unwrap_or_default();
        let words = format!("statement {at} of the rollback cannot drop {} {}", object.kind, short(&object.name));
        text.push(Part { words, at: Some(("rollback", line_of(details, "rollback", at))) });
    }
    // Blocking ones first.
    for blocks in [true, false] {
        let edges = details.edges.iter().filter(|edge| edge.blocks == blocks);
        text.extend(edges.map(|edge| Part::plain(said(details, edge))));
    }
    let more = text.len().saturating_sub(LINES);
    text.truncate(LINES);
    if more > 0 {
        text.push(Part::plain(format!("and {}", count(more, "more line"))));
    }
    if hidden > 0 {
        text.push(Part::plain(format!("and {}", count(hidden, "more object"))));
    }
    text
}
