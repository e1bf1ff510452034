//! Columns: added, dropped, renamed, given another type, default, constraint, identity.

use super::{Step, parts, undo_part};
use crate::generate::dice::Dice;
use crate::generate::model::{Column, Model, Place, Table};
use crate::generate::names::COLUMNS;
use crate::generate::text::{Mark, name};

/// A table whose columns can be changed on their own.
fn plain(model: &Model, dice: &mut Dice) -> Option<Table> {
    let tables: Vec<&Table> = model.tables.iter().filter(|table| !matches!(table.place, Place::Part(..))).collect();
    dice.pick(&tables).map(|table| (*table).clone())
}

/// A column of such a table that nothing reads.
fn free(model: &Model, dice: &mut Dice) -> Option<(Table, Column)> {
    let table = plain(model, dice)?;
    let columns: Vec<&Column> = table.columns.iter().filter(|column| !model.is_read(table.id, &column.name)).collect();
    let column = (*dice.pick(&columns)?).clone();
    Some((table, column))
}

fn own(model: &Model, table: &Table) -> String {
    model.q(&table.schema, &table.name)
}

fn replace_column(model: &mut Model, table: usize, column: &str, new: Column) -> Option<()> {
    let table = model.table_mut(table)?;
    let at = table.columns.iter().position(|each| each.name == column)?;
    table.columns[at] = new;
    Some(())
}

/// A column is added.
pub fn add(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let table = plain(model, dice)?;
    let column = parts::column(model, dice, &table.columns)?;
    if column.not_null && column.default.is_none() && table.rows > 0 {
        return None;
    }
    let on = own(model, &table);
    let guard = if dice.chance(model.style.guarded / 2) { "IF NOT EXISTS " } else { "" };
    let word = if dice.chance(90) { "COLUMN " } else { "" };
    let forward = format!("ALTER TABLE {on} ADD {word}{guard}{}", model.column(&column, false));
    let rollback = undo_part(model, dice, &on, "COLUMN", &name(&column.name));
    model.table_mut(table.id)?.columns.push(column);
    Step::one("add column", forward, rollback)
}

/// Several columns are added by one statement, and dropped by one.
pub fn add_several(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let table = plain(model, dice)?;
    let mut columns: Vec<Column> = Vec::new();
    for _ in 0..4 {
        let taken: Vec<Column> = table.columns.iter().chain(&columns).cloned().collect();
        columns.extend(parts::column(model, dice, &taken).filter(|column| !column.not_null || column.default.is_some()));
    }
    let on = own(model, &table);
    let added: Vec<String> = columns.iter().map(|column| format!("ADD COLUMN {}", model.column(column, false))).collect();
    let dropped: Vec<String> =
        columns.iter().map(|column| format!("DROP COLUMN {}{}", super::guard(model, dice), name(&column.name))).collect();
    if columns.len() < 2 {
        return None;
    }
    model.table_mut(table.id)?.columns.extend(columns);
    Step::one("add columns", format!("ALTER TABLE {on} {}", added.join(", ")), format!("ALTER TABLE {on} {}", dropped.join(", ")))
}

/// A column is dropped and added again with what was on it.
pub fn drop(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let (table, column) = free(model, dice)?;
    if table.frozen || table.columns.len() < 2 || (column.not_null && column.default.is_none() && table.rows > 0) {
        return None;
    }
    // Constraints of several columns go with one of them; attached things that read it were ruled out.
    let on = own(model, &table);
    let forward = format!("ALTER TABLE {on} DROP COLUMN {}", name(&column.name));
    let lost = |columns: &[String]| columns.contains(&column.name);
    let in_key = table.constraints.iter().any(|each| each.demand == crate::generate::model::Demand::Primary && lost(&each.columns));
    if in_key && model.is_needed(table.id) {
        return None;
    }
    let mut rollback = vec![format!("ALTER TABLE {on} ADD COLUMN {}", model.column(&column, in_key))];
    for constraint in table.constraints.iter().filter(|each| lost(&each.columns)) {
        rollback.push(format!("ALTER TABLE {on} ADD {}", model.constraint(constraint)));
        if let Some(comment) = &constraint.comment {
            rollback.push(format!(
                "COMMENT ON CONSTRAINT {} ON {on} IS {}",
                name(&constraint.name),
                crate::generate::text::literal(comment)
            ));
        }
    }
    for index in table.indexes.iter().filter(|each| lost(&each.columns)) {
        rollback.push(model.index(index, &on));
        if let Some(comment) = &index.comment {
            rollback.push(format!(
                "COMMENT ON INDEX {} IS {}",
                model.q(&table.schema, &index.name),
                crate::generate::text::literal(comment)
            ));
        }
    }
    if let Some(comment) = &column.comment {
        rollback.push(format!("COMMENT ON COLUMN {on}.{} IS {}", name(&column.name), crate::generate::text::literal(comment)));
    }
    let column_name = column.name.clone();
    let now = model.table_mut(table.id)?;
    now.columns.retain(|each| each.name != column_name);
    now.constraints.retain(|each| !each.columns.contains(&column_name));
    now.indexes.retain(|each| !each.columns.contains(&column_name));
    Step::new("drop column", vec![forward], rollback)
}

/// A column is renamed.
pub fn rename(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let table = plain(model, dice)?;
    let column = dice.pick(&table.columns)?.clone();
    let (word, _) = dice.of(COLUMNS);
    if table.columns.iter().any(|each| each.name == word) {
        return None;
    }
    let on = own(model, &table);
    let noise = if dice.chance(80) { "COLUMN " } else { "" };
    let step = Step::swapped("rename column", &column.name, word, |from, to| {
        format!("ALTER TABLE {on} RENAME {noise}{} TO {}", name(from), name(to))
    });
    let old = column.name.clone();
    let renamed = |list: &mut Vec<String>| list.iter_mut().filter(|each| **each == old).for_each(|each| *each = word.to_string());
    let now = model.table_mut(table.id)?;
    now.frozen = true;
    for each in now.columns.iter_mut() {
        if each.name == old {
            each.name = word.into();
        }
        renamed(&mut each.reads);
    }
    now.constraints.iter_mut().for_each(|each| renamed(&mut each.columns));
    now.indexes.iter_mut().for_each(|each| renamed(&mut each.columns));
    now.attached.iter_mut().for_each(|each| renamed(&mut each.columns));
    for view in model.views.iter_mut() {
        for (id, each) in view.reads.iter_mut() {
            if *id == table.id && *each == old {
                *each = word.into();
                view.frozen = true;
            }
        }
    }
    model.freeze_readers(table.id);
    step
}

/// A column gets another type.
pub fn retype(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let (table, column) = free(model, dice)?;
    if column.serial || column.identity.is_some() || column.generated.is_some() || column.ty.own.is_some() {
        return None;
    }
    let (new, using, back) = match column.ty.family {
        "int" => (dice.of(["bigint", "numeric", "text"]), "", "integer"),
        "text" => (dice.of(["text", "varchar(200)", "varchar"]), "", "text"),
        "numeric" => (dice.of(["numeric(14,4)", "double precision", "text"]), "", "numeric"),
        "time" => (dice.of(["timestamptz", "date", "text"]), "", "timestamptz"),
        "bool" => (dice.of(["text", "integer"]), "int", "boolean"),
        "json" => (dice.of(["text", "jsonb"]), "", "jsonb"),
        "uuid" => ("text", "", "uuid"),
        _ => return None,
    };
    if new == column.ty.text || model.is_bound(&table, &column.name) || column.default.is_some() {
        return None;
    }
    let on = own(model, &table);
    let c = name(&column.name);
    let word = dice.of(["TYPE", "SET DATA TYPE"]);
    let forward_using = if using == "int" && new == "integer" { format!(" USING {c}::int") } else { String::new() };
    let old = model.ty(&column.ty);
    let forward = format!("ALTER TABLE {on} ALTER COLUMN {c} {word} {}{forward_using}", Mark::Type.on(new));
    // Not every cast back happens by itself.
    let needs_using =
        matches!((new, back), ("text", "integer" | "numeric" | "timestamptz" | "boolean" | "jsonb" | "uuid") | ("integer", "boolean"));
    let rollback_using =
        if needs_using || dice.chance(30) { Mark::Part.on(format!(" USING {c}::{}", column.ty.text)) } else { String::new() };
    let rollback = format!("ALTER TABLE {on} ALTER COLUMN {c} {word} {old}{rollback_using}");
    let mut changed = column.clone();
    changed.ty.text = new.into();
    changed.ty.family = match new {
        "text" | "varchar(200)" | "varchar" => "text",
        "date" => "date",
        "integer" => "int",
        _ => column.ty.family,
    };
    replace_column(model, table.id, &column.name, changed)?;
    Step::one("change type", forward, rollback)
}

/// A default is set, changed or dropped.
pub fn redefault(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let table = plain(model, dice)?;
    let column = dice.pick(&table.columns)?.clone();
    if column.serial || column.identity.is_some() || column.generated.is_some() {
        return None;
    }
    let on = own(model, &table);
    let c = name(&column.name);
    let (new, needs) = match dice.roll(6) {
        0 if column.ty.family == "int" && column.ty.own.is_none() => {
            let sequences: Vec<_> = model.sequences.iter().filter(|sequence| !sequence.frozen).cloned().collect();
            let sequence = dice.pick(&sequences)?.clone();
            let named = model.q(&sequence.schema, &sequence.name);
            (Some(format!("nextval('{named}')")), vec![sequence.id])
        }
        1 if column.default.is_some() => (None, Vec::new()),
        _ => (parts::default(model, dice, &column.ty), Vec::new()),
    };
    if new == column.default {
        return None;
    }
    let set = |value: &Option<String>| match value {
        Some(value) => format!("ALTER TABLE {on} ALTER COLUMN {c} SET DEFAULT {}", Mark::Value.on(value)),
        None => format!("ALTER TABLE {on} ALTER COLUMN {c} DROP DEFAULT"),
    };
    let step = Step::one("change default", set(&new), set(&column.default));
    replace_column(model, table.id, &column.name.clone(), Column { default: new, needs, ..column })?;
    step
}

/// NOT NULL is set or dropped.
pub fn not_null(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let table = plain(model, dice)?;
    let column = dice.pick(&table.columns)?.clone();
    if column.serial || column.identity.is_some() || table.constraints.iter().any(|each| each.columns.contains(&column.name)) {
        return None;
    }
    if matches!(&table.place, Place::Parent(by) if by.contains(&column.name)) || (table.rows > 0 && !column.not_null) {
        return None;
    }
    let on = own(model, &table);
    let c = name(&column.name);
    let text = |set: bool| format!("ALTER TABLE {on} ALTER COLUMN {c} {} NOT NULL", if set { "SET" } else { "DROP" });
    let step = Step::one("change not null", text(!column.not_null), text(column.not_null));
    replace_column(model, table.id, &column.name.clone(), Column { not_null: !column.not_null, ..column })?;
    step
}

/// A column becomes an identity, or stops being one.
pub fn identity(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let table = plain(model, dice)?;
    let column = table.columns.iter().find(|column| column.name == "id")?.clone();
    let on = own(model, &table);
    let c = name(&column.name);
    if column.ty.family != "int" || column.serial || column.default.is_some() || table.place != Place::Alone {
        return None;
    }
    let add = |kind: &str| format!("ALTER TABLE {on} ALTER COLUMN {c} ADD GENERATED {kind} AS IDENTITY");
    let guard = if dice.chance(model.style.guarded) { Mark::Guard.on(" IF EXISTS") } else { String::new() };
    let (now, step) = match column.identity {
        None if column.not_null => {
            let kind = dice.of(["ALWAYS", "BY DEFAULT"]);
            (Some(kind), Step::one("add identity", add(kind), format!("ALTER TABLE {on} ALTER COLUMN {c} DROP IDENTITY{guard}")))
        }
        None => return None,
        Some(kind) if dice.chance(50) => {
            let other = if kind == "ALWAYS" { "BY DEFAULT" } else { "ALWAYS" };
            let set = |kind: &str| format!("ALTER TABLE {on} ALTER COLUMN {c} SET GENERATED {kind}");
            (Some(other), Step::one("change identity", set(other), set(kind)))
        }
        Some(kind) => (None, Step::one("drop identity", format!("ALTER TABLE {on} ALTER COLUMN {c} DROP IDENTITY"), add(kind))),
    };
    replace_column(model, table.id, "id", Column { identity: now, ..column })?;
    step
}

/// A generated column is added.
pub fn generated(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let table = plain(model, dice)?;
    let sources: Vec<&Column> = table
        .columns
        .iter()
        .filter(|column| column.generated.is_none() && column.ty.own.is_none() && ["int", "text", "numeric"].contains(&column.ty.family))
        .collect();
    let source = (*dice.pick(&sources)?).clone();
    let mut column = parts::column(model, dice, &table.columns)?;
    let c = name(&source.name);
    let (ty, expression) = match source.ty.family {
        "text" => ("text", format!("upper({c})")),
        _ => ("numeric", format!("{c} * 2")),
    };
    column = parts::bare(
        &column.name,
        crate::generate::model::Ty { text: ty.into(), family: if ty == "text" { "text" } else { "numeric" }, own: None },
    );
    column.generated = Some(expression);
    column.reads = vec![source.name.clone()];
    let on = own(model, &table);
    let forward = format!("ALTER TABLE {on} ADD COLUMN {}", model.column(&column, false));
    let rollback = undo_part(model, dice, &on, "COLUMN", &name(&column.name));
    model.table_mut(table.id)?.columns.push(column);
    Step::one("add generated column", forward, rollback)
}

/// A generated column becomes an ordinary one; the way back is a new column.
pub fn degenerate(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let (table, column) = free(model, dice)?;
    if column.generated.is_none() || model.is_bound(&table, &column.name) || table.place != Place::Alone || model.is_needed(table.id) {
        return None;
    }
    let on = own(model, &table);
    let c = name(&column.name);
    let forward = format!("ALTER TABLE {on} ALTER COLUMN {c} DROP EXPRESSION");
    let rollback =
        vec![format!("ALTER TABLE {on} DROP COLUMN {c}"), format!("ALTER TABLE {on} ADD COLUMN {}", model.column(&column, false))];
    replace_column(model, table.id, &column.name.clone(), Column { generated: None, reads: Vec::new(), ..column })?;
    Step::new("drop expression", vec![forward], rollback)
}

/// Statistics target and storage.
pub fn tune(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let table = plain(model, dice)?;
    let column = dice.pick(&table.columns)?.clone();
    let on = own(model, &table);
    let c = name(&column.name);
    model.table_mut(table.id)?.frozen = true;
    match column.ty.text.as_str() {
        "text" | "jsonb" | "bytea" if dice.chance(50) => Step::one(
            "change storage",
            format!("ALTER TABLE {on} ALTER COLUMN {c} SET STORAGE EXTERNAL"),
            format!("ALTER TABLE {on} ALTER COLUMN {c} SET STORAGE EXTENDED"),
        ),
        _ => Step::one(
            "change statistics",
            format!("ALTER TABLE {on} ALTER COLUMN {c} SET STATISTICS 500"),
            format!("ALTER TABLE {on} ALTER COLUMN {c} SET STATISTICS -1"),
        ),
    }
}

/// A column takes another one's place: added, filled, the old one dropped.
pub fn replace(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let (table, old) = free(model, dice)?;
    let fits = old.ty.own.is_none() && ["int", "text", "numeric"].contains(&old.ty.family) && old.generated.is_none() && !old.serial;
    if !fits || old.identity.is_some() || model.is_bound(&table, &old.name) || old.comment.is_some() {
        return None;
    }
    let new = Column { default: None, not_null: false, ..parts::column(model, dice, &table.columns)? };
    let new = Column { ty: crate::generate::model::Ty { text: "text".into(), family: "text", own: None }, ..new };
    let on = own(model, &table);
    let (o, n) = (name(&old.name), name(&new.name));
    let forward = vec![
        format!("ALTER TABLE {on} ADD COLUMN {}", model.column(&new, false)),
        format!("UPDATE {on} SET {n} = {o}::text"),
        format!("ALTER TABLE {on} DROP COLUMN {o}"),
    ];
    let filled = Column { not_null: false, ..old.clone() };
    let mut rollback = vec![
        format!("ALTER TABLE {on} ADD COLUMN {}", model.column(&filled, false)),
        format!("UPDATE {on} SET {o} = {n}::{}", old.ty.text),
    ];
    if old.not_null {
        rollback.push(format!("ALTER TABLE {on} ALTER COLUMN {o} SET NOT NULL"));
    }
    rollback.push(undo_part(model, dice, &on, "COLUMN", &n));
    replace_column(model, table.id, &old.name, new)?;
    Step::new("replace column", forward, rollback)
}
