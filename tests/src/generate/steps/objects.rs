//! Sequences, schemas, statistics, publications, options of tables, rows.

use super::{Step, guard, parts, undo};
use crate::generate::dice::Dice;
use crate::generate::model::{Attached, Model, Place, Sequence, Table};
use crate::generate::names::{SCHEMAS, SEQUENCES};
use crate::generate::text::{Mark, ident, literal, name};

/// A sequence is made.
pub fn create_sequence(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let schema = model.schema(dice);
    let sequence = Sequence {
        id: model.number(),
        schema,
        name: model.fresh(dice, &SEQUENCES),
        options: dice.of(["", " INCREMENT BY 10", " START WITH 1000", " AS integer", " MINVALUE 5 MAXVALUE 500 CYCLE"]).into(),
        owner: None,
        frozen: false,
    };
    let own = model.q(&sequence.schema, &sequence.name);
    let rollback = undo(model, dice, "SEQUENCE", &own);
    let forward = format!("CREATE SEQUENCE {own}{}", sequence.options);
    model.sequences.push(sequence);
    Step::one("create sequence", forward, rollback)
}

fn some_sequence(model: &Model, dice: &mut Dice) -> Option<Sequence> {
    dice.pick(&model.sequences).cloned()
}

/// A sequence that no default and no column needs is dropped.
pub fn drop_sequence(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let sequence = some_sequence(model, dice)?;
    if sequence.frozen || sequence.owner.is_some() || model.is_needed(sequence.id) {
        return None;
    }
    let own = model.q(&sequence.schema, &sequence.name);
    let forward = super::tables::drop_text(dice, "SEQUENCE", &own);
    let rollback =
        format!("CREATE SEQUENCE {own}{}", if sequence.options.is_empty() { String::new() } else { Mark::Part.on(&sequence.options) });
    model.sequences.retain(|each| each.id != sequence.id);
    Step::one("drop sequence", forward, rollback)
}

/// A sequence is altered, renamed or moved.
pub fn alter_sequence(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let sequence = some_sequence(model, dice)?;
    let own = model.q(&sequence.schema, &sequence.name);
    let guard = guard(model, dice);
    let mut new = sequence.clone();
    new.frozen = true;
    let step = match dice.roll(3) {
        0 if !sequence.options.contains("MAXVALUE") => Step::one(
            "alter sequence",
            format!("ALTER SEQUENCE {own} MAXVALUE 2000000"),
            format!("ALTER SEQUENCE {guard}{own} NO MAXVALUE"),
        ),
        1 => {
            new.name = model.reserve(&format!("{}_seq", sequence.name));
            Step::renamed("rename sequence", model, "SEQUENCE", &guard, &new.schema, &sequence.name, &new.name)
        }
        _ => Step::one("alter sequence", format!("ALTER SEQUENCE {own} CACHE 20"), format!("ALTER SEQUENCE {guard}{own} CACHE 1")),
    };
    *model.sequences.iter_mut().find(|each| each.id == sequence.id)? = new;
    model.freeze_readers(sequence.id);
    step
}

/// A column becomes the owner of a sequence.
pub fn own_sequence(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let sequence = some_sequence(model, dice)?;
    let table = parts::table(model, dice)?;
    let column = dice.pick(&table.columns)?.clone();
    if sequence.owner.is_some() || sequence.schema != table.schema {
        return None;
    }
    let (own, on) = (model.q(&sequence.schema, &sequence.name), model.q(&table.schema, &table.name));
    let now = model.sequences.iter_mut().find(|each| each.id == sequence.id)?;
    now.owner = Some((table.id, column.name.clone()));
    now.frozen = true;
    Step::one(
        "own sequence",
        format!("ALTER SEQUENCE {own} OWNED BY {on}.{}", name(&column.name)),
        format!("ALTER SEQUENCE {own} OWNED BY NONE"),
    )
}

/// A schema is made, and something in it.
pub fn create_schema(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let word = model.fresh(dice, &SCHEMAS);
    let guard = if dice.chance(15) { "IF NOT EXISTS " } else { "" };
    let step = Step::one("create schema", format!("CREATE SCHEMA {guard}{}", name(&word)), undo(model, dice, "SCHEMA", &name(&word)));
    model.schemas.push(word);
    step
}

/// A schema is renamed.
pub fn rename_schema(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let old = dice.pick(&model.schemas)?.clone();
    let new = model.reserve(&format!("{}_archive", old.to_lowercase()));
    if model.style.path.as_ref() == Some(&old) {
        return None;
    }
    let step = Step::swapped("rename schema", &old, &new, |from, to| format!("ALTER SCHEMA {} RENAME TO {}", name(from), name(to)));
    // Whatever names the schema in its text cannot be written again.
    let rename = |schema: &mut String| {
        let hit = *schema == old;
        if hit {
            *schema = new.clone();
        }
        hit
    };
    let mut ids = Vec::new();
    model.tables.iter_mut().for_each(|each| {
        if rename(&mut each.schema) {
            ids.push(each.id)
        }
    });
    model.views.iter_mut().for_each(|each| {
        if rename(&mut each.schema) {
            ids.push(each.id)
        }
    });
    model.routines.iter_mut().for_each(|each| {
        if rename(&mut each.schema) {
            ids.push(each.id)
        }
    });
    model.types.iter_mut().for_each(|each| {
        if rename(&mut each.schema) {
            ids.push(each.id)
        }
    });
    model.sequences.iter_mut().for_each(|each| {
        if rename(&mut each.schema) {
            ids.push(each.id)
        }
    });
    for id in ids {
        model.freeze_readers(id);
    }
    for schema in &mut model.schemas {
        rename(schema);
    }
    step
}

/// Extended statistics are made.
pub fn create_statistics(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let table = parts::table(model, dice)?;
    let columns: Vec<String> =
        table.columns.iter().filter(|column| parts::sorts(column) && column.ty.own.is_none()).map(|column| column.name.clone()).collect();
    if columns.len() < 2 || table.place != Place::Alone {
        return None;
    }
    let (a, b) = (ident(&columns[0]), ident(&columns[1]));
    let statistics = Attached {
        kind: "statistics",
        name: model.reserve(&format!("{}_stats", table.name.to_lowercase().replace(' ', "_"))),
        rest: format!("{}ON {a}, {b} FROM {{table}}", dice.of(["", "(ndistinct) ", "(dependencies) "])),
        columns: Vec::new(),
        needs: Vec::new(),
        disabled: false,
        comment: None,
    };
    let own = model.q(&table.schema, &statistics.name);
    let forward = model.attached(&table, &statistics);
    let rollback = undo(model, dice, "STATISTICS", &own);
    let now = model.table_mut(table.id)?;
    now.attached.push(statistics);
    // They follow neither a column nor a schema in a way that this model keeps.
    now.frozen = true;
    Step::one("create statistics", forward, rollback)
}

/// A publication is made.
pub fn create_publication(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let named = model.reserve(dice.of(["changes", "replica_feed", "audit_feed"]));
    let tables: Vec<Table> = model.tables.iter().filter(|table| table.place == Place::Alone).cloned().collect();
    let table = dice.pick(&tables)?.clone();
    let for_all = dice.chance(15);
    let target = if for_all { " FOR ALL TABLES".into() } else { format!(" FOR TABLE {}", model.q(&table.schema, &table.name)) };
    let rest = if dice.chance(20) { " WITH (publish = 'insert, update')" } else { "" };
    let rollback = undo(model, dice, "PUBLICATION", &name(&named));
    let forward = format!("CREATE PUBLICATION {}{target}{rest}", name(&named));
    model.publications.push((named, if for_all { Vec::new() } else { vec![table.id] }));
    Step::one("create publication", forward, rollback)
}

/// A table joins or leaves a publication.
pub fn change_publication(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let (named, tables) = dice.pick(&model.publications)?.clone();
    if tables.is_empty() {
        return None;
    }
    let others: Vec<Table> =
        model.tables.iter().filter(|table| table.place == Place::Alone && !tables.contains(&table.id)).cloned().collect();
    let table = dice.pick(&others)?.clone();
    let on = model.q(&table.schema, &table.name);
    model.publications.iter_mut().find(|(each, _)| *each == named)?.1.push(table.id);
    Step::one(
        "change publication",
        format!("ALTER PUBLICATION {} ADD TABLE {on}", name(&named)),
        format!("ALTER PUBLICATION {} DROP TABLE {on}", name(&named)),
    )
}

/// Options, persistence, replica identity, clustering.
pub fn options(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let table = parts::table(model, dice)?;
    let on = model.q(&table.schema, &table.name);
    let text = |rest: &str| format!("ALTER TABLE {on} {rest}");
    let alone = table.place == Place::Alone;
    let index = dice.pick(&table.indexes).cloned();
    let step = match (dice.roll(5), index) {
        (0, _) if table.options.is_empty() && !matches!(table.place, Place::Parent(_)) => {
            Step::one("table option", text("SET (fillfactor = 80)"), text("RESET (fillfactor)"))
        }
        (1, _) => Step::one("replica identity", text("REPLICA IDENTITY FULL"), text("REPLICA IDENTITY DEFAULT")),
        (2, _) if alone && !model.is_needed(table.id) && !table.columns.iter().any(|column| column.serial || column.identity.is_some()) => {
            let foreign = table.constraints.iter().any(|each| matches!(each.demand, crate::generate::model::Demand::Foreign(..)));
            if foreign {
                return None;
            }
            Step::one("unlogged table", text("SET UNLOGGED"), text("SET LOGGED"))
        }
        (3, Some(index)) if alone && index.condition.is_none() && index.method.is_empty() => {
            Step::one("cluster table", text(&format!("CLUSTER ON {}", name(&index.name))), text("SET WITHOUT CLUSTER"))
        }
        (4, _) if table.secured => Step::one("force row security", text("FORCE ROW LEVEL SECURITY"), text("NO FORCE ROW LEVEL SECURITY")),
        _ => return None,
    };
    model.table_mut(table.id)?.frozen = true;
    step
}

/// Rows with literal keys are inserted, and deleted by their keys.
pub fn insert_rows(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let tables: Vec<Table> = model
        .tables
        .iter()
        .filter(|table| {
            let checks = table.constraints.iter().any(|each| matches!(each.demand, crate::generate::model::Demand::Check(_)));
            let simple = !checks && table.columns.iter().skip(1).all(|column| !column.not_null || column.default.is_some());
            let key = table
                .columns
                .first()
                .is_some_and(|column| column.name == "id" && column.ty.family == "int" && column.identity != Some("ALWAYS"));
            let triggers = table.attached.iter().any(|each| each.kind != "statistics");
            let plain =
                table.constraints.iter().all(|each| each.suffix.is_empty()) && !table.columns.iter().any(|column| column.ty.own.is_some());
            table.place == Place::Alone && simple && key && !triggers && plain && table.rows == 0
        })
        .cloned()
        .collect();
    let table = dice.pick(&tables)?.clone();
    let on = model.q(&table.schema, &table.name);
    let text = table.columns.iter().find(|column| {
        column.ty.text == "text" && column.generated.is_none() && !table.constraints.iter().any(|each| each.columns.contains(&column.name))
    });
    let (columns, first, second) = match text {
        Some(column) => (format!("id, {}", name(&column.name)), format!("1, {}", literal("first")), format!("2, {}", literal("second"))),
        None => ("id".to_string(), "1".to_string(), "2".to_string()),
    };
    let unique_default = table.constraints.iter().any(|each| {
        each.demand == crate::generate::model::Demand::Unique
            && table.columns.iter().any(|column| each.columns.contains(&column.name) && column.default.is_some())
    });
    let two = dice.chance(40) && !unique_default;
    let values = if two { format!("({first}), ({second})") } else { format!("({first})") };
    let conflict = if dice.chance(15) { " ON CONFLICT DO NOTHING" } else { "" };
    let forward = format!("INSERT INTO {on} ({columns}) VALUES {values}{conflict}");
    let rollback = match two {
        true => format!("DELETE FROM {on} WHERE id IN (1, 2)"),
        false => format!("DELETE FROM {on} WHERE id = 1"),
    };
    let now = model.table_mut(table.id)?;
    now.rows = if two { 2 } else { 1 };
    now.frozen = true;
    Step::one("insert rows", forward, rollback)
}
