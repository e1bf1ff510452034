//! Writes the objects of the model as statements, with marks for the defects.

use super::model::{Column, Constraint, Demand, Index, Model, Place, Routine, Shape, Table, Type, View};
use super::text::{Mark, ident, literal, name, names};

impl Model {
    /// A column's definition.
    pub fn column(&self, column: &Column, in_key: bool) -> String {
        let mut text = format!("{} ", name(&column.name));
        if column.serial {
            text.push_str(&Mark::Type.on(if column.ty.text == "bigint" { "bigserial" } else { "serial" }));
        } else {
            text.push_str(&self.ty(&column.ty));
        }
        if let Some(default) = &column.default {
            text.push_str(&Mark::Part.on(format!(" DEFAULT {}", Mark::Value.on(default))));
        }
        if column.not_null && !in_key && !column.serial && column.identity.is_none() {
            text.push_str(&Mark::Part.on(" NOT NULL"));
        }
        if let Some(kind) = column.identity {
            text.push_str(&Mark::Part.on(format!(" GENERATED {kind} AS IDENTITY")));
        }
        if let Some(expression) = &column.generated {
            text.push_str(&Mark::Part.on(format!(" GENERATED ALWAYS AS ({}) STORED", Mark::Body.on(expression))));
        }
        text
    }

    /// What a constraint demands, behind its name.
    pub fn demand(&self, constraint: &Constraint) -> String {
        let columns = names(&constraint.columns);
        let text = match &constraint.demand {
            Demand::Primary => format!("PRIMARY KEY ({columns})"),
            Demand::Unique => format!("UNIQUE ({columns})"),
            Demand::Check(expression) => format!("CHECK ({})", Mark::Body.on(expression)),
            Demand::Foreign(table, others, suffix) => {
                format!("FOREIGN KEY ({columns}) REFERENCES {} ({}){}", self.table_name(*table), names(others), Mark::Part.on(suffix))
            }
            Demand::Exclude => format!("EXCLUDE USING gist ({columns} WITH &&)"),
        };
        match constraint.suffix.is_empty() {
            true => text,
            false => text + &Mark::Part.on(&constraint.suffix),
        }
    }

    /// A constraint with its name, if the style writes it.
    pub fn constraint(&self, constraint: &Constraint) -> String {
        match constraint.generated && self.style.unnamed {
            true => self.demand(constraint),
            false => format!("CONSTRAINT {} {}", name(&constraint.name), self.demand(constraint)),
        }
    }

    /// A constraint behind its only column.
    fn inline(&self, constraint: &Constraint) -> Option<String> {
        if !(self.style.inline && self.style.unnamed && constraint.generated && constraint.columns.len() == 1) {
            return None;
        }
        let text = match &constraint.demand {
            Demand::Primary => " PRIMARY KEY".to_string(),
            Demand::Unique => " UNIQUE".into(),
            Demand::Check(expression) => format!(" CHECK ({})", Mark::Body.on(expression)),
            Demand::Foreign(table, others, suffix) => {
                format!(" REFERENCES {} ({}){}", self.table_name(*table), names(others), Mark::Part.on(suffix))
            }
            Demand::Exclude => return None,
        };
        Some(Mark::Part.on(text + &constraint.suffix))
    }

    /// The statements that make a table with all that belongs to it.
    pub fn create_table(&self, table: &Table) -> Vec<String> {
        let own = self.q(&table.schema, &table.name);
        let key: Vec<&String> =
            table.constraints.iter().filter(|each| each.demand == Demand::Primary).flat_map(|each| &each.columns).collect();
        let mut parts = Vec::new();
        for column in &table.columns {
            let mut text = self.column(column, key.contains(&&column.name));
            for constraint in table.constraints.iter().filter(|each| each.columns.first() == Some(&column.name)) {
                text.push_str(&self.inline(constraint).unwrap_or_default());
            }
            parts.push(text);
        }
        for constraint in table.constraints.iter().filter(|each| self.inline(each).is_none()) {
            parts.push(self.constraint(constraint));
        }
        let mut body = String::new();
        for (at, part) in parts.iter().enumerate() {
            match at {
                0 => body.push_str(part),
                // Which part is a key matters; the others can be forgotten one by one.
                _ => body.push_str(&Mark::Part.on(format!(", {part}"))),
            }
        }
        let head = match &table.place {
            Place::Part(parent, values) => {
                let body = if body.is_empty() { body } else { format!(" ({body})") };
                format!("CREATE TABLE {own} PARTITION OF {}{body} {}", self.table_name(*parent), Mark::Value.on(values))
            }
            Place::Parent(by) => format!("CREATE TABLE {own} ({body}) PARTITION BY {by}"),
            Place::Child(parent) => {
                format!("CREATE TABLE {own} ({body}){}", Mark::Part.on(format!(" INHERITS ({})", self.table_name(*parent))))
            }
            Place::Alone => format!("CREATE TABLE {own} ({body})"),
        };
        let mut all = vec![head + &if table.options.is_empty() { String::new() } else { Mark::Part.on(&table.options) }];
        all.extend(self.belongings(table));
        all
    }

    /// What belongs to a table and is made after it.
    pub fn belongings(&self, table: &Table) -> Vec<String> {
        let own = self.q(&table.schema, &table.name);
        let mut all: Vec<String> = table.indexes.iter().map(|index| self.index(index, &own)).collect();
        for attached in &table.attached {
            all.push(self.attached(table, attached));
            if attached.disabled {
                all.push(format!("ALTER TABLE {own} DISABLE TRIGGER {}", name(&attached.name)));
            }
            if let Some(comment) = &attached.comment {
                let on = match attached.kind {
                    "statistics" => format!("STATISTICS {}", self.q(&table.schema, &attached.name)),
                    kind => format!("{} {} ON {own}", kind.to_uppercase(), name(&attached.name)),
                };
                all.push(format!("COMMENT ON {on} IS {}", literal(comment)));
            }
        }
        if table.secured {
            all.push(format!("ALTER TABLE {own} ENABLE ROW LEVEL SECURITY"));
        }
        for (role, privileges) in &table.grants {
            all.push(format!("GRANT {} ON {own} TO {}", Mark::Value.on(privileges), ident(role)));
        }
        if let Some(comment) = &table.comment {
            all.push(format!("COMMENT ON TABLE {own} IS {}", literal(comment)));
        }
        for column in &table.columns {
            if let Some(comment) = &column.comment {
                all.push(format!("COMMENT ON COLUMN {own}.{} IS {}", name(&column.name), literal(comment)));
            }
        }
        for constraint in &table.constraints {
            if let Some(comment) = &constraint.comment {
                all.push(format!("COMMENT ON CONSTRAINT {} ON {own} IS {}", name(&constraint.name), literal(comment)));
            }
        }
        for index in &table.indexes {
            if let Some(comment) = &index.comment {
                all.push(format!("COMMENT ON INDEX {} IS {}", self.q(&table.schema, &index.name), literal(comment)));
            }
        }
        if let Some(owner) = &table.owner {
            all.push(format!("ALTER TABLE {own} OWNER TO {}", ident(owner)));
        }
        all
    }

    /// A trigger, policy, rule or statistics object.
    pub fn attached(&self, table: &Table, attached: &super::model::Attached) -> String {
        let own = self.q(&table.schema, &table.name);
        let word = attached.kind.to_uppercase();
        let called = match attached.kind {
            "statistics" => self.q(&table.schema, &attached.name),
            _ => name(&attached.name),
        };
        format!("CREATE {word} {called} {}", attached.rest.replace("{table}", &own))
    }

    /// The statement that makes an index.
    pub fn index(&self, index: &Index, on: &str) -> String {
        let unique = if index.unique { Mark::Part.on(" UNIQUE") } else { String::new() };
        let called = match index.generated && self.style.unnamed {
            true => String::new(),
            false => format!(" {}", name(&index.name)),
        };
        let condition = index.condition.as_ref().map_or(String::new(), |text| Mark::Part.on(format!(" WHERE {}", Mark::Body.on(text))));
        let suffix = if index.suffix.is_empty() { String::new() } else { Mark::Part.on(&index.suffix) };
        format!("CREATE{unique} INDEX{called} ON {on}{} ({}){suffix}{condition}", index.method, Mark::Body.on(&index.keys))
    }

    /// The statements that make a view with all that belongs to it.
    pub fn create_view(&self, view: &View) -> Vec<String> {
        let own = self.q(&view.schema, &view.name);
        let kind = if view.materialized { "MATERIALIZED VIEW" } else { "VIEW" };
        let mut all = vec![format!("CREATE {kind} {own} AS {}", view.body)];
        all.extend(view.indexes.iter().map(|index| self.index(index, &own)));
        for (role, privileges) in &view.grants {
            all.push(format!("GRANT {} ON {own} TO {}", Mark::Value.on(privileges), ident(role)));
        }
        if let Some(comment) = &view.comment {
            all.push(format!("COMMENT ON {kind} {own} IS {}", literal(comment)));
        }
        all
    }

    /// `FUNCTION` or `PROCEDURE` with its name and argument types.
    pub fn signature(&self, routine: &Routine) -> String {
        let kind = if routine.procedure { "PROCEDURE" } else { "FUNCTION" };
        let types: Vec<String> = routine.arguments.iter().map(|(_, ty)| self.ty(ty)).collect();
        format!("{kind} {}{}", self.q(&routine.schema, &routine.name), Mark::Arguments.on(format!("({})", types.join(", "))))
    }

    /// The statements that make a routine with all that belongs to it.
    pub fn create_routine(&self, routine: &Routine, replace: bool) -> Vec<String> {
        let kind = if routine.procedure { "PROCEDURE" } else { "FUNCTION" };
        let arguments: Vec<String> = routine.arguments.iter().map(|(word, ty)| format!("{word} {}", self.ty(ty))).collect();
        let returns = if routine.procedure { String::new() } else { format!(" RETURNS {}", Mark::Type.on(&routine.returns)) };
        let or = if replace { " OR REPLACE" } else { "" };
        let mut all = vec![format!(
            "CREATE{or} {kind} {}({}){returns}{} {}",
            self.q(&routine.schema, &routine.name),
            arguments.join(", "),
            routine.middle,
            routine.body
        )];
        if replace {
            return all;
        }
        for (role, privileges) in &routine.grants {
            all.push(format!("GRANT {privileges} ON {} TO {}", self.signature(routine), ident(role)));
        }
        if let Some(comment) = &routine.comment {
            all.push(format!("COMMENT ON {} IS {}", self.signature(routine), literal(comment)));
        }
        all
    }

    /// The statements that make a type.
    pub fn create_type(&self, own: &Type) -> Vec<String> {
        let called = self.q(&own.schema, &own.name);
        let text = match &own.shape {
            Shape::Enum(values) => {
                let list: Vec<String> = values.iter().map(|value| literal(value)).collect();
                format!("CREATE TYPE {called} AS ENUM ({})", list.join(", "))
            }
            Shape::Domain(base, rest) => format!("CREATE DOMAIN {called} AS {}{}", self.ty(base), Mark::Part.on(rest)),
            Shape::Composite(parts) => {
                let list: Vec<String> = parts.iter().map(|(word, ty)| format!("{} {}", name(word), self.ty(ty))).collect();
                format!("CREATE TYPE {called} AS ({})", list.join(", "))
            }
            Shape::Range(subtype) => format!("CREATE TYPE {called} AS RANGE (subtype = {})", Mark::Type.on(subtype)),
        };
        let mut all = vec![text];
        if let Some(comment) = &own.comment {
            let kind = if matches!(own.shape, Shape::Domain(..)) { "DOMAIN" } else { "TYPE" };
            all.push(format!("COMMENT ON {kind} {called} IS {}", literal(comment)));
        }
        all
    }
}
