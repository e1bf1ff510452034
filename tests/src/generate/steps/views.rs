//! Views and materialized views.

use super::{Step, parts, undo};
use crate::generate::dice::Dice;
use crate::generate::model::{Column, Index, Model, Place, Table, View};
use crate::generate::names::{SENTENCES, VIEWS};
use crate::generate::text::{Mark, ident, name};

struct Query {
    body: String,
    columns: Vec<String>,
    needs: Vec<usize>,
    reads: Vec<(usize, String)>,
}

/// A query over the model's tables and views.
fn query(model: &Model, dice: &mut Dice) -> Option<Query> {
    let plain: Vec<&View> = model.views.iter().filter(|view| !view.frozen).collect();
    if dice.chance(20)
        && let Some(view) = dice.pick(&plain)
    {
        let columns: Vec<String> = view.columns.iter().take(2).cloned().collect();
        let list: Vec<String> = columns.iter().map(|column| ident(column)).collect();
        let body = format!("SELECT {} FROM {}", list.join(", "), model.q(&view.schema, &view.name));
        return Some(Query { body, columns, needs: vec![view.id], reads: Vec::new() });
    }
    let table = parts::table(model, dice)?;
    if table.columns.is_empty() {
        return None;
    }
    let from = model.q(&table.schema, &table.name);
    let mut chosen: Vec<&Column> = table.columns.iter().filter(|_| dice.chance(60)).collect();
    if chosen.is_empty() {
        chosen.extend(table.columns.first());
    }
    let mut reads: Vec<(usize, String)> = chosen.iter().map(|column| (table.id, column.name.clone())).collect();
    let mut needs = vec![table.id];
    let mut columns: Vec<String> = chosen.iter().map(|column| column.name.clone()).collect();
    let list = |prefix: &str| chosen.iter().map(|column| format!("{prefix}{}", ident(&column.name))).collect::<Vec<_>>().join(", ");
    let filter = dice.pick(&table.columns).cloned().and_then(|column| Some((parts::condition(model, dice, &column, "")?, column)));
    let body = match dice.roll(7) {
        0 => {
            let by = chosen.iter().find(|column| parts::sorts(column))?;
            columns = vec![by.name.clone(), "how_many".into()];
            reads = vec![(table.id, by.name.clone())];
            let c = ident(&by.name);
            format!("SELECT {c}, count(*) AS how_many FROM {from} GROUP BY {c}")
        }
        1 => {
            let others: Vec<&Table> = model.tables.iter().filter(|other| other.id != table.id && !other.columns.is_empty()).collect();
            let other: &Table = dice.pick(&others)?;
            let right = other.columns.last()?;
            columns.push("other_value".into());
            needs.push(other.id);
            reads.push((other.id, right.name.clone()));
            let on = model.q(&other.schema, &other.name);
            format!("SELECT {}, b.{} AS other_value FROM {from} a CROSS JOIN {on} b", list("a."), ident(&right.name))
        }
        2 if table.columns.len() > 1 && table.place == Place::Alone => {
            // A star is written out when the view is made.
            columns = table.columns.iter().map(|column| column.name.clone()).collect();
            reads = columns.iter().map(|column| (table.id, column.clone())).collect();
            format!("SELECT * FROM {from}")
        }
        3 | 4 => match filter {
            Some((text, column)) => {
                reads.push((table.id, column.name));
                format!("SELECT {} FROM {from} WHERE {}", list(""), Mark::Body.on(text))
            }
            None => format!("SELECT {} FROM {from}", list("")),
        },
        5 => {
            let functions: Vec<_> = model
                .routines
                .iter()
                .filter(|routine| {
                    !routine.procedure
                        && routine.arguments.is_empty()
                        && routine.returns != "trigger"
                        && !routine.returns.starts_with("SETOF")
                })
                .collect();
            match dice.pick(&functions) {
                Some(function) => {
                    needs.push(function.id);
                    columns.push("computed".into());
                    format!("SELECT {}, {}() AS computed FROM {from}", list(""), model.q(&function.schema, &function.name))
                }
                None => format!("SELECT {} FROM {from}", list("")),
            }
        }
        _ => format!("SELECT {} FROM {from}", list("")),
    };
    Some(Query { body, columns, needs, reads })
}

fn made(model: &mut Model, dice: &mut Dice, materialized: bool) -> Option<View> {
    let query = query(model, dice)?;
    let schema = model.schema(dice);
    Some(View {
        id: model.number(),
        schema,
        name: model.fresh(dice, &VIEWS),
        materialized,
        body: query.body,
        columns: query.columns,
        needs: query.needs,
        reads: query.reads,
        indexes: Vec::new(),
        grants: Vec::new(),
        comment: if dice.chance(12) { dice.pick(&SENTENCES).map(|text| text.to_string()) } else { None },
        frozen: false,
    })
}

/// A view is made.
pub fn create(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let view = made(model, dice, false)?;
    let mut forward = model.create_view(&view);
    if dice.chance(25) {
        forward[0] = forward[0].replacen("CREATE VIEW", "CREATE OR REPLACE VIEW", 1);
    }
    let own = model.q(&view.schema, &view.name);
    let rollback = undo(model, dice, "VIEW", &own);
    model.views.push(view);
    Step::new("create view", forward, vec![rollback])
}

/// A materialized view is made.
pub fn create_materialized(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let mut view = made(model, dice, true)?;
    if dice.chance(60) {
        let column = view.columns.first()?.clone();
        let sorts = view
            .reads
            .first()
            .and_then(|(id, column)| model.table(*id)?.columns.iter().find(|each| each.name == *column))
            .is_some_and(parts::sorts);
        let index = model.reserve(&format!("{}_lookup", view.name.to_lowercase().replace(' ', "_")));
        if sorts {
            let keys = ident(&column);
            view.indexes.push(Index {
                name: index,
                generated: false,
                unique: false,
                method: String::new(),
                keys,
                columns: vec![column],
                condition: None,
                suffix: String::new(),
                comment: None,
            });
        }
    }
    let forward = model.create_view(&view);
    let own = model.q(&view.schema, &view.name);
    let rollback = undo(model, dice, "MATERIALIZED VIEW", &own);
    model.views.push(view);
    Step::new("create materialized view", forward, vec![rollback])
}

fn some(model: &Model, dice: &mut Dice) -> Option<View> {
    dice.pick(&model.views).cloned()
}

fn kind(view: &View) -> &'static str {
    if view.materialized { "MATERIALIZED VIEW" } else { "VIEW" }
}

/// A view is dropped.
pub fn drop(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let view = some(model, dice)?;
    if view.frozen || model.is_needed(view.id) {
        return None;
    }
    let own = model.q(&view.schema, &view.name);
    let forward = super::tables::drop_text(dice, kind(&view), &own);
    let rollback = model.create_view(&view);
    model.views.retain(|each| each.id != view.id);
    Step::new("drop view", vec![forward], rollback)
}

/// A view gets another query.
pub fn replace(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let view = some(model, dice)?;
    if view.frozen || view.body.contains('*') {
        return None;
    }
    let own = model.q(&view.schema, &view.name);
    let kind = kind(&view);
    if dice.chance(50) && !view.materialized {
        // Another condition: the columns stay, so that OR REPLACE does both ways.
        let (table, column) = view.reads.first()?.clone();
        let column = model.table(table)?.columns.iter().find(|each| each.name == column)?.clone();
        if view.body.contains("WHERE") || view.body.contains("GROUP") || view.body.contains("CROSS") {
            return None;
        }
        let condition = parts::condition(model, dice, &column, "")?;
        let body = format!("{} WHERE {}", view.body, Mark::Body.on(condition));
        let forward = format!("CREATE OR REPLACE VIEW {own} AS {body}");
        let rollback = format!("CREATE OR REPLACE VIEW {own} AS {}", view.body);
        model.views.iter_mut().find(|each| each.id == view.id)?.body = body;
        return Step::one("replace view", forward, rollback);
    }
    if model.is_needed(view.id) {
        return None;
    }
    // A further column: back only by DROP and CREATE.
    let body = view.body.replacen(" FROM ", ", 1 AS extra_flag FROM ", 1);
    if view.columns.iter().any(|column| column == "extra_flag") {
        return None;
    }
    let forward = match view.materialized || dice.chance(30) {
        true => {
            let mut forward = vec![format!("DROP {kind} {own}")];
            forward.extend(model.create_view(&View { body: body.clone(), ..view.clone() }));
            forward
        }
        false => vec![format!("CREATE OR REPLACE VIEW {own} AS {body}")],
    };
    let mut rollback = vec![undo(model, dice, kind, &own)];
    rollback.extend(model.create_view(&view));
    let now = model.views.iter_mut().find(|each| each.id == view.id)?;
    now.body = body;
    now.columns.push("extra_flag".into());
    Step::new("replace view", forward, rollback)
}

/// A view is renamed.
pub fn rename(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let view = some(model, dice)?;
    let new = model.reserve(&format!("{}_v2", view.name.to_lowercase().replace(' ', "_")));
    // ALTER TABLE does for views, too.
    let kind = if dice.chance(15) { "TABLE" } else { kind(&view) };
    let guard = super::guard(model, dice);
    let step = Step::renamed("rename view", model, kind, &guard, &view.schema, &view.name, &new);
    let now = model.views.iter_mut().find(|each| each.id == view.id)?;
    now.name = new;
    now.frozen = true;
    model.freeze_readers(view.id);
    step
}

/// A column of a view is renamed.
pub fn rename_column(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let view = some(model, dice)?;
    let column = dice.pick(&view.columns)?.clone();
    let own = model.q(&view.schema, &view.name);
    let kind = kind(&view);
    if view.columns.iter().any(|each| each == "shown_as") {
        return None;
    }
    let step = Step::one(
        "rename view column",
        format!("ALTER {kind} {own} RENAME COLUMN {} TO shown_as", name(&column)),
        format!("ALTER {kind} {own} RENAME COLUMN shown_as TO {}", name(&column)),
    );
    let now = model.views.iter_mut().find(|each| each.id == view.id)?;
    now.columns.iter_mut().filter(|each| **each == column).for_each(|each| *each = "shown_as".into());
    now.frozen = true;
    model.freeze_readers(view.id);
    step
}

/// A view moves to another schema.
pub fn move_away(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let view = some(model, dice)?;
    let other = dice.pick(&model.schemas)?.clone();
    if other == view.schema {
        return None;
    }
    let step = Step::moved("move view", model, kind(&view), &view.name, &view.schema, &other);
    let now = model.views.iter_mut().find(|each| each.id == view.id)?;
    now.schema = other;
    now.frozen = true;
    model.freeze_readers(view.id);
    step
}

/// An option or a default of a view.
pub fn tune(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let view = some(model, dice)?;
    let own = model.q(&view.schema, &view.name);
    if view.materialized {
        return None;
    }
    model.views.iter_mut().find(|each| each.id == view.id)?.frozen = true;
    Step::one(
        "view option",
        format!("ALTER VIEW {own} SET (security_barrier = true)"),
        format!("ALTER VIEW {own} RESET (security_barrier)"),
    )
}
