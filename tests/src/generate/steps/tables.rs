//! Tables as wholes: made, dropped, renamed, moved, partitioned, inherited.

use super::{Step, guard, parts, undo};
use crate::generate::dice::Dice;
use crate::generate::model::{Column, Constraint, Demand, Model, Place, Table, Ty};
use crate::generate::names::{SENTENCES, TABLES};
use crate::generate::text::Mark;

fn new(model: &mut Model, dice: &mut Dice) -> Table {
    let schema = model.schema(dice);
    let named = model.fresh(dice, &TABLES);
    Table {
        id: model.number(),
        schema,
        name: named,
        columns: Vec::new(),
        constraints: Vec::new(),
        indexes: Vec::new(),
        attached: Vec::new(),
        grants: Vec::new(),
        secured: false,
        place: Place::Alone,
        options: String::new(),
        comment: None,
        owner: None,
        frozen: false,
        rows: 0,
    }
}

/// A key column, and the constraint that goes with it.
fn key(model: &mut Model, dice: &mut Dice, table: &mut Table) {
    let ty = Ty { text: dice.of(["bigint", "bigint", "integer", "uuid"]).into(), family: "int", own: None };
    let uuid = ty.text == "uuid";
    let mut column = parts::bare("id", Ty { family: if uuid { "uuid" } else { "int" }, ..ty });
    match dice.roll(5) {
        0 if !uuid => {
            column.serial = true;
            model.take(&format!("{}_id_seq", table.name));
        }
        1 if !uuid => column.identity = Some("ALWAYS"),
        2 if !uuid => column.identity = Some("BY DEFAULT"),
        _ if uuid => column.default = Some("gen_random_uuid()".into()),
        _ => {}
    }
    column.not_null = true;
    table.columns.push(column);
    let named = format!("{}_pkey", table.name);
    if dice.chance(92) && model.take(&named) {
        table.constraints.push(Constraint {
            name: named,
            generated: true,
            demand: Demand::Primary,
            columns: vec!["id".into()],
            suffix: String::new(),
            comment: None,
        });
    }
}

fn some_columns(model: &Model, dice: &mut Dice, table: &mut Table) {
    for _ in 0..1 + dice.roll(5) {
        if let Some(column) = parts::column(model, dice, &table.columns) {
            table.columns.push(column);
        }
    }
}

/// Constraints for the columns of a new table.
fn constraints(model: &mut Model, dice: &mut Dice, table: &mut Table) {
    let columns: Vec<Column> = table.columns.iter().skip(1).cloned().collect();
    for column in &columns {
        let (suffix, demand) = match dice.roll(9) {
            0 if parts::sorts(column) => ("key", Demand::Unique),
            1 => match parts::condition(model, dice, column, "") {
                Some(text) => ("check", Demand::Check(text)),
                None => continue,
            },
            _ => continue,
        };
        let named = parts::generated(&[&table.name, &column.name, suffix]);
        let chosen = dice.chance(25);
        let named =
            if chosen { model.reserve(&format!("{}_{}_{}", table.name, column.name, dice.of(["rule", "once", "valid"]))) } else { named };
        if !chosen && !model.take(&named) {
            continue;
        }
        let columns = vec![column.name.clone()];
        table.constraints.push(Constraint { name: named, generated: !chosen, demand, columns, suffix: String::new(), comment: None });
    }
    if dice.chance(40) {
        reference(model, dice, table);
    }
}

/// A column that refers to another table's key.
fn reference(model: &mut Model, dice: &mut Dice, table: &mut Table) {
    let keyed: Vec<Table> = model.tables.iter().filter(|other| other.place == Place::Alone && has_key(other)).cloned().collect();
    let Some(other) = dice.pick(&keyed) else { return };
    let Some(id) = other.columns.iter().find(|column| column.name == "id") else { return };
    let word = format!("{}_id", other.name.to_lowercase().replace(' ', "_").trim_end_matches('s'));
    if table.columns.iter().any(|column| column.name == word) {
        return;
    }
    let named = parts::generated(&[&table.name, &word, "fkey"]);
    if !model.take(&named) {
        return;
    }
    table.columns.push(Column { not_null: dice.chance(40), ..parts::bare(&word, id.ty.clone()) });
    let action = dice.of(["", "", " ON DELETE CASCADE", " ON DELETE SET NULL", " ON UPDATE CASCADE"]);
    table.constraints.push(Constraint {
        name: named,
        generated: true,
        demand: Demand::Foreign(other.id, vec!["id".into()], action.into()),
        columns: vec![word],
        suffix: dice.of(["", "", "", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"]).into(),
        comment: None,
    });
}

fn has_key(table: &Table) -> bool {
    table.constraints.iter().any(|each| each.demand == Demand::Primary && each.columns == ["id"])
}

fn made(model: &mut Model, dice: &mut Dice, table: Table, kind: &'static str) -> Option<Step> {
    let forward = model.create_table(&table);
    let own = model.q(&table.schema, &table.name);
    let rollback = undo(model, dice, "TABLE", &own);
    model.tables.push(table);
    Step::new(kind, forward, vec![rollback])
}

/// A table is made.
pub fn create(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let mut table = new(model, dice);
    key(model, dice, &mut table);
    some_columns(model, dice, &mut table);
    constraints(model, dice, &mut table);
    if dice.chance(12) {
        table.options = dice.of([" WITH (fillfactor = 70)", " WITH (autovacuum_enabled = false)"]).into();
    }
    if dice.chance(15) {
        table.comment = dice.pick(&SENTENCES).map(|text| text.to_string());
    }
    made(model, dice, table, "create table")
}

/// A partitioned table with a partition or two.
pub fn create_partitioned(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let mut table = new(model, dice);
    some_columns(model, dice, &mut table);
    let by_list = dice.chance(40);
    let (word, ty, by) = match by_list {
        true => ("region", "text", "LIST (region)"),
        false => ("happened_on", "date", "RANGE (happened_on)"),
    };
    table.columns.insert(0, Column { not_null: true, ..parts::bare(word, Ty { text: ty.into(), family: "other", own: None }) });
    table.place = Place::Parent(by.into());
    let (id, schema, base) = (table.id, table.schema.clone(), table.name.clone());
    let mut step = made(model, dice, table, "create partitioned table")?;
    for at in 0..dice.roll(3) {
        let values = values(by_list, at);
        let named = model.reserve(&format!("{}_{}", base.to_lowercase().replace(' ', "_"), ["first", "second", "third"][at.min(2)]));
        let part = Table { schema: schema.clone(), name: named, place: Place::Part(id, values), ..new(model, dice) };
        step.forward.extend(model.create_table(&part));
        if dice.chance(50) {
            let own = model.q(&part.schema, &part.name);
            step.rollback.insert(0, undo(model, dice, "TABLE", &own));
        }
        model.tables.push(part);
    }
    Some(step)
}

fn values(by_list: bool, at: usize) -> String {
    match by_list {
        true => format!("FOR VALUES IN ('{}')", ["north", "south", "west", "east"][at % 4]),
        false => format!("FOR VALUES FROM ('{}-01-01') TO ('{}-01-01')", 2020 + at, 2021 + at),
    }
}

/// A partition is added to a partitioned table.
pub fn add_partition(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let parents: Vec<Table> =
        model.tables.iter().filter(|table| matches!(table.place, Place::Parent(_)) && !table.frozen).cloned().collect();
    let parent = dice.pick(&parents)?.clone();
    let by_list = matches!(&parent.place, Place::Parent(by) if by.starts_with("LIST"));
    let at = model.tables.iter().filter(|table| matches!(table.place, Place::Part(id, _) if id == parent.id)).count();
    let named = model.reserve(&format!("{}_more", parent.name.to_lowercase().replace(' ', "_")));
    let values = match (by_list, at) {
        _ if dice.chance(20) && at < 3 => "DEFAULT".to_string(),
        (true, 3..) => return None,
        (by_list, at) => values(by_list, at + usize::from(!by_list) * 4),
    };
    let part = Table { schema: parent.schema.clone(), name: named, place: Place::Part(parent.id, values), ..new(model, dice) };
    made(model, dice, part, "add partition")
}

/// A partition is detached and attached again.
pub fn detach(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let parts: Vec<Table> = model.tables.iter().filter(|table| matches!(table.place, Place::Part(..)) && !table.frozen).cloned().collect();
    let part = dice.pick(&parts)?.clone();
    let Place::Part(parent, values) = &part.place else { return None };
    let (parent, own) = (model.table_name(*parent), model.q(&part.schema, &part.name));
    let table = model.table_mut(part.id)?;
    table.frozen = true;
    let step = Step::one(
        "detach partition",
        format!("ALTER TABLE {parent} DETACH PARTITION {own}"),
        format!("ALTER TABLE {parent} ATTACH PARTITION {own} {}", Mark::Value.on(values)),
    );
    model.freeze_readers(part.id);
    step
}

/// A table that inherits.
pub fn create_child(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let parents: Vec<Table> = model.tables.iter().filter(|table| table.place == Place::Alone && !table.frozen).cloned().collect();
    let parent = dice.pick(&parents)?.clone();
    let mut table = new(model, dice);
    table.place = Place::Child(parent.id);
    while table.columns.is_empty() {
        let column = parts::column(model, dice, &parent.columns);
        table.columns.extend(column);
    }
    made(model, dice, table, "create child table")
}

/// A child stops inheriting.
pub fn disinherit(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let children: Vec<Table> =
        model.tables.iter().filter(|table| matches!(table.place, Place::Child(_)) && !table.frozen).cloned().collect();
    let child = dice.pick(&children)?.clone();
    let Place::Child(parent) = child.place else { return None };
    let (parent, own) = (model.table_name(parent), model.q(&child.schema, &child.name));
    model.table_mut(child.id)?.frozen = true;
    Step::one("end inheritance", format!("ALTER TABLE {own} NO INHERIT {parent}"), format!("ALTER TABLE {own} INHERIT {parent}"))
}

/// A table is dropped; the rollback writes it again.
pub fn drop(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let free: Vec<Table> = model
        .tables
        .iter()
        .filter(|table| {
            let parts = model.tables.iter().filter(|each| matches!(each.place, Place::Part(id, _) if id == table.id)).count();
            !table.frozen && parts == 0 && !model.is_needed(table.id)
        })
        .cloned()
        .collect();
    let table = dice.pick(&free)?.clone();
    let own = model.q(&table.schema, &table.name);
    let guard = if dice.chance(20) { "IF EXISTS " } else { "" };
    let forward = format!("DROP TABLE {guard}{own}{}", if dice.chance(10) { " CASCADE" } else { "" });
    let rollback = model.create_table(&table);
    model.tables.retain(|each| each.id != table.id);
    Step::new("drop table", vec![forward], rollback)
}

/// A table is renamed.
pub fn rename(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let table = parts::table(model, dice)?;
    let new = match dice.chance(50) {
        true => model.reserve(&format!("{}_old", table.name)),
        false => model.fresh(dice, &TABLES),
    };
    let guard = guard(model, dice);
    let step = Step::renamed("rename table", model, "TABLE", &guard, &table.schema, &table.name, &new);
    model.table_mut(table.id)?.name = new;
    model.freeze_readers(table.id);
    step
}

/// A table moves to another schema.
pub fn move_away(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let table = parts::table(model, dice)?;
    let other = dice.pick(&model.schemas)?.clone();
    if other == table.schema {
        return None;
    }
    let step = Step::moved("move table", model, "TABLE", &table.name, &table.schema, &other);
    model.table_mut(table.id)?.schema = other;
    model.freeze_readers(table.id);
    step
}

/// The text of a drop in the forward.
pub fn drop_text(dice: &mut Dice, kind: &str, object: &str) -> String {
    let guard = if dice.chance(15) { "IF EXISTS " } else { "" };
    format!("DROP {kind} {guard}{object}")
}
