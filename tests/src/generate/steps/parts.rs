//! What steps are made of: types, defaults, conditions, columns.

use crate::generate::dice::Dice;
use crate::generate::model::{Column, Model, Shape, Table, Ty};
use crate::generate::names::COLUMNS;
use crate::generate::text::ident;

/// A type of a family, in one of its spellings.
pub fn ty(dice: &mut Dice, family: &'static str) -> Ty {
    let text = match family {
        "int" => dice.of(["integer", "int", "bigint", "smallint", "int4", "int8"]),
        "text" => dice.of(["text", "text", "varchar(100)", "character varying(50)", "varchar", "char(3)"]),
        "numeric" => dice.of(["numeric(12,2)", "numeric", "decimal(10,4)", "double precision", "real"]),
        "bool" => dice.of(["boolean", "bool"]),
        "time" => dice.of(["timestamptz", "timestamp with time zone", "timestamp", "timestamp(3)"]),
        "date" => "date",
        "uuid" => "uuid",
        "json" => dice.of(["jsonb", "jsonb", "json"]),
        "array" => dice.of(["text[]", "integer[]"]),
        "range" => dice.of(["int4range", "daterange", "tstzrange"]),
        _ => dice.of(["inet", "interval", "bytea", "time"]),
    };
    Ty { text: text.into(), family, own: None }
}

/// One of the model's own types.
pub fn own_type(model: &Model, dice: &mut Dice) -> Option<Ty> {
    let own = dice.pick(&model.types)?;
    let family = match &own.shape {
        Shape::Enum(_) => "enum",
        Shape::Domain(base, _) => base.family,
        Shape::Composite(_) => "composite",
        Shape::Range(_) => "range",
    };
    Some(Ty { text: String::new(), family, own: Some(own.id) })
}

/// A constant or expression that is a value of the type.
pub fn default(model: &Model, dice: &mut Dice, ty: &Ty) -> Option<String> {
    if let Some(own) = ty.own.and_then(|id| model.types.iter().find(|each| each.id == id)) {
        return match &own.shape {
            Shape::Enum(values) => {
                let value = dice.pick(values)?.replace('\'', "''");
                Some(match dice.chance(40) {
                    true => format!("'{value}'::{}", model.q(&own.schema, &own.name)),
                    false => format!("'{value}'"),
                })
            }
            Shape::Domain(base, _) if base.own.is_none() && ["int", "numeric"].contains(&base.family) => Some("1".into()),
            _ => None,
        };
    }
    Some(
        match ty.family {
            "int" => dice.of(["0", "1", "100", "-1"]),
            "text" if ty.text == "char(3)" => dice.of(["'EUR'", "'n/a'"]),
            "text" => dice.of(["''", "'new'", "'unknown'", "'n/a'::text", "lower('X')"]),
            "numeric" => dice.of(["0", "0.00", "1.5", "19.0"]),
            "bool" => dice.of(["false", "true"]),
            "time" => dice.of(["now()", "CURRENT_TIMESTAMP", "'2024-01-01 00:00:00'"]),
            "date" => dice.of(["CURRENT_DATE", "'2024-01-31'"]),
            "uuid" => dice.of(["gen_random_uuid()", "'00000000-0000-0000-0000-000000000000'"]),
            "json" => dice.of(["'{}'", "'[]'"]),
            "array" => "'{}'",
            _ => return None,
        }
        .to_string(),
    )
}

/// A condition on a column, as it is written after `prefix`.
pub fn condition(model: &Model, dice: &mut Dice, column: &Column, prefix: &str) -> Option<String> {
    let c = format!("{prefix}{}", ident(&column.name));
    if let Some(own) = column.ty.own.and_then(|id| model.types.iter().find(|each| each.id == id)) {
        return match &own.shape {
            Shape::Enum(values) => Some(format!("{c} <> '{}'", dice.pick(values)?.replace('\'', "''"))),
            _ => Some(format!("{c} IS NOT NULL")),
        };
    }
    Some(match (column.ty.family, dice.roll(3)) {
        ("int" | "numeric", 0) => format!("{c} >= 0"),
        ("int" | "numeric", 1) => format!("{c} BETWEEN 0 AND 1000"),
        ("int" | "numeric", _) => format!("{c} <> 7"),
        ("text", 0) => format!("{c} <> ''"),
        ("text", 1) => format!("length({c}) < 40"),
        ("text", _) => format!("{c} IN ('a', 'b', 'new')"),
        ("bool", 0) => format!("{c} IS TRUE"),
        ("bool", _) => format!("NOT {c}"),
        ("time" | "date", _) => format!("{c} > '2000-01-01'"),
        ("json", _) if column.ty.text == "jsonb" => format!("jsonb_typeof({c}) = 'object'"),
        ("array", _) => format!("cardinality({c}) < 20"),
        _ => format!("{c} IS NOT NULL"),
    })
}

/// A column that the table does not have yet.
pub fn column(model: &Model, dice: &mut Dice, taken: &[Column]) -> Option<Column> {
    let (word, family) = dice.of(COLUMNS);
    if taken.iter().any(|column| column.name == word) {
        return None;
    }
    let ty = match dice.chance(22) {
        true => own_type(model, dice).unwrap_or_else(|| ty(dice, family)),
        false => ty(dice, family),
    };
    let default = if dice.chance(40) { default(model, dice, &ty) } else { None };
    let not_null = dice.chance(35);
    Some(Column { default, not_null, ..bare(word, ty) })
}

/// A column without anything.
pub fn bare(name: &str, ty: Ty) -> Column {
    Column {
        name: name.into(),
        ty,
        not_null: false,
        default: None,
        identity: None,
        generated: None,
        serial: false,
        needs: Vec::new(),
        reads: Vec::new(),
        comment: None,
    }
}

/// Whether a B-tree can sort it.
pub fn sorts(column: &Column) -> bool {
    column.ty.text != "json" && !["composite"].contains(&column.ty.family)
}

/// The words of a name that the server generates, joined.
pub fn generated(parts: &[&str]) -> String {
    parts.join("_")
}

/// A table to change: not a partition, not frozen if it must be written again.
pub fn table(model: &Model, dice: &mut Dice) -> Option<Table> {
    dice.pick(&model.tables).cloned()
}
