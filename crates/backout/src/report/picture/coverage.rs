//! The coverage map: the forward on the left, the rollback on the right, and a line from each statement to what undoes it.

use super::svg::{Svg, WIDTH, number};
use super::{Part, Picture, Tone, doing, short};
use crate::report::MigrationReport;
use crate::report::details::{DetailsReport, LeftReport, StepReport};
use crate::report::words::count;
use crate::sim::{Side, Verity};
use std::cmp::Ordering;

/// How many statements of a side are drawn; of more, those that something is wrong with come first.
const MOST: usize = 60;

const CARD: f64 = 240.0;
const TALL: f64 = 38.0;
const SLIM: f64 = 16.0;
const SPACE: f64 = 8.0;

/// A statement as it is drawn.
struct Row<'a> {
    step: &'a StepReport,
    /// What it is undone by or undoes, as far as that takes effect.
    partners: Vec<usize>,
    side: &'static str,
    tone: Tone,
    /// What to say of it.
    note: String,
}

impl Row<'_> {
    /// Transaction control and settings take little room.
    fn slim(&self) -> bool {
        self.tone == Tone::Calm && self.step.touches.is_empty()
    }
}

/// A row or several that are left out.
enum Line<'r, 'a> {
    Row(&'r Row<'a>),
    More(usize),
}

pub(super) fn draw(migration: &MigrationReport, details: &DetailsReport, id: &str) -> Picture {
    let forward: Vec<Row<'_>> = details.forward.iter().map(|step| forward(migration, details, step)).collect();
    let rollback: Vec<Row<'_>> = details.rollback.iter().map(|step| rollback(migration, details, step)).collect();
    let summary = summary(migration, &forward, &rollback);
    let mut svg = Svg::new(id);
    let top = svg.headline(&summary) + 38.0;
    svg.text(0.0, top - 14.0, "s", "FORWARD", CARD);
    svg.text(WIDTH - CARD, top - 14.0, "s", "ROLLBACK", CARD);
    let (mut flows, mut cards) = (Svg::new(id), Svg::new(id));
    let (left, mut height) = column(&mut cards, &forward, 0.0, top);
    let (right, other) = column(&mut cards, &rollback, WIDTH - CARD, top);
    height = height.max(other);
    if rollback.is_empty() {
        cards.text(WIDTH - CARD, top + 24.0, "f", "there is no rollback", CARD);
        height = height.max(top + TALL);
    }
    if forward.is_empty() {
        cards.text(0.0, top + 24.0, "f", "there is no forward to compare with", CARD);
        height = height.max(top + TALL);
    }
    for row in &forward {
        let Some(from) = place(&left, row.step.statement) else { continue };
        let tried = row.step.meant.iter().filter(|partner| !row.step.partners.contains(partner)).map(|partner| (*partner, true));
        let undo = |partner: &usize| (*partner, !row.partners.contains(partner));
        for (partner, tried) in row.step.partners.iter().map(undo).chain(tried) {
            let Some(to) = place(&right, partner) else { continue };
            let (x, end) = (CARD, WIDTH - CARD);
            let [from, to, leave, enter] = [from, to, x + 40.0, end - 40.0].map(number);
            let path = format!("M{} {from} C{leave} {from} {enter} {to} {} {to}", number(x), number(end));
            let class = match (tried, row.tone) {
                (true, _) => "bad try",
                (false, Tone::Good) => "good",
                (false, Tone::Bad | Tone::Open) => "open",
                (false, Tone::Calm) => "",
            };
            let verb = if tried { "would undo, if the rollback ran, something of" } else { "undoes something of" };
            flows.flow(
                class,
                &path,
                &format!("statement {partner} of the rollback {verb} statement {} of the forward", row.step.statement),
            );
        }
    }
    svg.raw(&flows.into_body());
    svg.raw(&cards.into_body());
    let mut text: Vec<Part> = Vec::new();
    text.extend(forward.iter().filter(|row| !row.slim()).take(MOST).map(|row| told(row, "undone by")));
    text.extend(rollback.iter().filter(|row| row.tone != Tone::Good && !row.slim()).take(MOST).map(|row| told(row, "undoes")));
    let more = forward.iter().filter(|row| !row.slim()).count().saturating_sub(MOST);
    if more > 0 {
        text.push(Part::plain(format!("and {} of the forward", count(more, "more statement"))));
    }
    Picture { svg: svg.finish("coverage", "What undoes what", &summary, height + 8.0), summary, text }
}

/// One line of the text.
fn told(row: &Row<'_>, verb: &str) -> Part {
    let what = if row.step.touches.is_empty() { String::new() } else { format!(" ({})", doing(row.step)) };
    let partners = match row.partners.as_slice() {
        [] => String::new(),
        list => format!("; {verb} {}", numbers(list)),
    };
    let note = if row.note.is_empty() { String::new() } else { format!("; {}", row.note) };
    let words = format!("{} {}, line {}{what}{partners}{note}", row.side, row.step.statement, row.step.line);
    Part { words, at: Some((row.side, row.step.line)) }
}

fn numbers(list: &[usize]) -> String {
    let word = if list.len() == 1 { "statement" } else { "statements" };
    format!("{word} {}", list.iter().map(usize::to_string).collect::<Vec<_>>().join(", "))
}

fn summary(migration: &MigrationReport, forward: &[Row<'_>], rollback: &[Row<'_>]) -> String {
    if forward.is_empty() {
        return "There is no forward to compare the rollback with".to_owned();
    }
    if let Some(failed) = migration.answers.forward_runs.failure.as_ref() {
        return format!("The forward itself fails at statement {}", failed.statement);
    }
    let doing = forward.iter().filter(|row| !row.slim()).count();
    let of = |tone: Tone| forward.iter().filter(|row| row.tone == tone && !row.slim()).count();
    let (bad, open) = (of(Tone::Bad), of(Tone::Open));
    let mut parts = Vec::new();
    if rollback.is_empty() {
        return format!("No rollback: nothing undoes what the forward does ({})", count(doing, "statement"));
    }
    if bad == 0 && open == 0 {
        parts.push(format!("The rollback undoes all that the forward does ({})", count(doing, "statement")));
    } else if bad > 0 {
        parts.push(format!("{bad} of {} not undone", count(doing, "forward statement")));
    }
    if open > 0 {
        parts.push(format!("{open} of {doing} not certainly undone"));
    }
    let fails = rollback.iter().filter(|row| row.step.sqlstate.is_some()).count();
    let strays = rollback.iter().filter(|row| row.tone == Tone::Bad && row.step.sqlstate.is_none()).count();
    if fails > 0 {
        parts.push(format!("{} of the rollback {}", count(fails, "statement"), if fails == 1 { "fails" } else { "fail" }));
    }
    if strays > 0 {
        parts.push(format!("{strays} beyond its scope"));
    }
    parts.join("; ")
}

/// Why a statement of the rollback takes no effect, if it takes none although it does not fail itself.
fn in_vain(migration: &MigrationReport, details: &DetailsReport, statement: usize) -> Option<&'static str> {
    let at = migration.answers.rollback_runs.failure.as_ref()?.statement;
    let whole = migration.answers.atomic.answer == Verity::Yes;
    match statement.cmp(&at) {
        Ordering::Less if whole => Some("taken back with its transaction"),
        Ordering::Greater if whole || !details.goes_on => Some("not reached"),
        Ordering::Less | Ordering::Equal | Ordering::Greater => None,
    }
}

fn forward<'a>(migration: &MigrationReport, details: &DetailsReport, step: &'a StepReport) -> Row<'a> {
    let (vain, partners): (Vec<_>, Vec<_>) = step.partners.iter().partition(|partner| in_vain(migration, details, **partner).is_some());
    let rows = &migration.answers.lossless.rows;
    let left_row = rows.iter().find(|row| row.statement == step.statement);
    let losses = &migration.answers.lossless.losses;
    let lost = losses.iter().find(|loss| loss.by == Side::Forward && !loss.own && loss.statement == step.statement);
    let writes = step.touches.iter().any(|touch| touch.deed == "writes" && touch.partners.is_empty());
    let (tone, note) = if let Some(state) = step.sqlstate {
        (Tone::Bad, format!("fails with {state}"))
    } else if let [first, rest @ ..] = step.left.as_slice() {
        // Where the world is open, what is left is left in some of the worlds.
        let sure = migration.answers.restores.answer != Verity::Unknown;
        let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
        (if sure { Tone::Bad } else { Tone::Open }, format!("{}{more}", stays(first, sure)))
    } else if !step.meant.is_empty() && step.partners.is_empty() {
        (Tone::Bad, format!("what would undo it fails: {}", numbers(&step.meant)))
    } else if !vain.is_empty() {
        (Tone::Bad, format!("would be undone by {}", numbers(&vain)))
    } else if step.work == "unknown" {
        (Tone::Open, "what it does is not known".to_owned())
    } else if let Some(row) = left_row {
        (Tone::Open, format!("{} row {}", if row.change == "extra" { "left behind:" } else { "not put back:" }, row.key))
    } else if let Some(loss) = lost {
        (Tone::Open, format!("{} are lost: {}", loss.what, short(&loss.object)))
    } else if writes && migration.rollback.as_ref().is_some_and(|rollback| rollback.statements > 0) {
        (Tone::Open, "nothing writes these rows back".to_owned())
    } else if !step.partners.is_empty() {
        (Tone::Good, String::new())
    } else if step.touches.is_empty() {
        (Tone::Calm, String::new())
    } else if migration.answers.forward_runs.failure.is_some() {
        (Tone::Calm, "not judged".to_owned())
    } else if migration.rollback.as_ref().is_none_or(|rollback| rollback.statements == 0) {
        (Tone::Open, "nothing undoes it".to_owned())
    } else {
        (Tone::Calm, "nothing of it remains".to_owned())
    };
    Row { step, partners, side: "forward", tone, note }
}

fn stays(left: &LeftReport, sure: bool) -> String {
    let what = match left.change {
        "extra" => "left behind",
        "missing" => "not put back",
        "renamed" => "renamed",
        _ => "not as before",
    };
    let may = if sure { "" } else { "perhaps " };
    format!("{may}{what}: {} {}", left.kind, short(&left.name))
}

fn rollback<'a>(migration: &MigrationReport, details: &DetailsReport, step: &'a StepReport) -> Row<'a> {
    let strays = &migration.answers.local.strays;
    let stray = strays.iter().filter(|stray| stray.statement == step.statement).max_by_key(|stray| stray.certain);
    let vain = in_vain(migration, details, step.statement);
    let (tone, note) = if let Some(state) = step.sqlstate {
        (Tone::Bad, format!("fails with {state}"))
    } else if let Some(why) = vain.filter(|_| !step.touches.is_empty()) {
        (Tone::Open, why.to_owned())
    } else if let Some(stray) = stray {
        let tone = if stray.certain { Tone::Bad } else { Tone::Open };
        let may = if stray.certain { "" } else { "perhaps " };
        (tone, format!("{may}outside its scope: {} {} {}", stray.touch, stray.kind, short(&stray.name)))
    } else if step.work == "unknown" {
        (Tone::Open, "what it does is not known".to_owned())
    } else if !step.partners.is_empty() {
        (Tone::Good, String::new())
    } else if step.touches.is_empty() {
        let note = if step.work == "nothing" { "changes nothing here" } else { "" };
        (Tone::Calm, note.to_owned())
    } else if details.forward.is_empty() || migration.answers.forward_runs.failure.is_some() {
        (Tone::Calm, String::new())
    } else {
        (Tone::Open, "undoes nothing of the forward".to_owned())
    };
    Row { step, partners: if vain.is_some() { Vec::new() } else { step.partners.clone() }, side: "rollback", tone, note }
}

fn place(places: &[(usize, f64)], statement: usize) -> Option<f64> {
    places.iter().find(|(of, _)| *of == statement).map(|(_, y)| *y)
}

/// Draws the statements of a side; where each one's middle is, and where the column ends.
fn column(svg: &mut Svg, rows: &[Row<'_>], x: f64, top: f64) -> (Vec<(usize, f64)>, f64) {
    let mut places = Vec::new();
    let mut y = top;
    for line in lines(rows) {
        match line {
            Line::Row(row) if row.slim() => {
                svg.begin("calm", Some((row.side, row.step.statement, row.step.line)), &title(row));
                svg.text(x + 30.0, y + 11.0, "s", &row.step.sql, CARD - 34.0);
                svg.end();
                places.push((row.step.statement, y + SLIM / 2.0));
                y += SLIM + SPACE / 2.0;
            }
            Line::Row(row) => {
                svg.begin(row.tone.class(), Some((row.side, row.step.statement, row.step.line)), &title(row));
                svg.card(x, y, CARD, TALL, row.tone);
                svg.text(x + 11.0, y + 16.0, "f", &row.step.statement.to_string(), 24.0);
                svg.text(x + 34.0, y + 16.0, "", &doing(row.step), CARD - 58.0);
                svg.middle(x + CARD - 13.0, y + 17.0, "t", row.tone.sign());
                if row.note.is_empty() || row.tone == Tone::Calm {
                    svg.text(x + 34.0, y + 30.0, "s", &row.step.sql, CARD - 42.0);
                } else {
                    svg.text(x + 34.0, y + 30.0, "s t", &row.note, CARD - 42.0);
                }
                svg.end();
                places.push((row.step.statement, y + TALL / 2.0));
                y += TALL + SPACE;
            }
            Line::More(hidden) => {
                svg.text(x + 34.0, y + 11.0, "s", &format!("and {}", count(hidden, "more statement")), CARD);
                y += SLIM + SPACE;
            }
        }
    }
    (places, y)
}

fn title(row: &Row<'_>) -> String {
    let Row { step, side, note, .. } = row;
    let mut title = format!("{side}, statement {}, line {}\n{}", step.statement, step.line, step.sql);
    for touch in step.touches.iter().take(12) {
        let cascade = if touch.cascades { " by CASCADE" } else { "" };
        title.push_str(&format!("\n{} {} {}{cascade}", touch.deed, touch.kind, touch.name));
    }
    for text in [Some(note), step.error.as_ref()].into_iter().flatten().filter(|text| !text.is_empty()) {
        title.push('\n');
        title.push_str(text);
    }
    title
}

/// What is drawn: everything, or what matters most with the rest counted.
fn lines<'r, 'a>(rows: &'r [Row<'a>]) -> Vec<Line<'r, 'a>> {
    let mut shown = vec![rows.len() <= MOST; rows.len()];
    if rows.len() > MOST {
        let weight = |row: &Row<'_>| match row.tone {
            Tone::Bad => 0,
            Tone::Open => 1,
            Tone::Good | Tone::Calm => 2,
        };
        let of = |wanted| (0..).zip(rows).filter(move |(_, row)| weight(row) == wanted).map(|(at, _)| at);
        (0..=2).flat_map(of).take(MOST).for_each(|at: usize| shown[at] = true);
    }
    let mut lines = Vec::new();
    for (row, shown) in rows.iter().zip(shown) {
        match (shown, lines.last_mut()) {
            (true, _) => lines.push(Line::Row(row)),
            (false, Some(Line::More(hidden))) => *hidden += 1,
            (false, _) => lines.push(Line::More(1)),
        }
    }
    lines
}
