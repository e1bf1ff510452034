//! A small model of a schema: as much as the generator needs to write SQL that a server accepts, and to write it again.
//!
//! It knows nothing of the engine's catalog, and it need not be right: the server decides.

use std::collections::BTreeSet;

use super::dice::Dice;
use super::text::{Mark, ident, name};

/// What sets one plan's way of writing apart from another's.
#[derive(Clone, Debug, Default)]
pub struct Style {
    /// Writes `public.` too.
    pub qualify: bool,
    /// Leaves out the schema of this one, which the scripts set as their search path.
    pub path: Option<String>,
    /// Leaves out names that the server generates.
    pub unnamed: bool,
    /// Writes constraints of one column behind the column.
    pub inline: bool,
    /// The rollback drops with IF EXISTS, in so many cases of a hundred.
    pub guarded: usize,
    /// The rollback drops with CASCADE, in so many cases of a hundred.
    pub cascade: usize,
}

/// A type of a column.
#[derive(Clone, Debug, PartialEq)]
pub struct Ty {
    /// As it is written, unless it is one of the model's own.
    pub text: String,
    /// `int`, `text`, `numeric`, `bool`, `time`, `date`, `uuid`, `json`, `array`, `enum`, `range` or `other`.
    pub family: &'static str,
    /// The model's own type.
    pub own: Option<usize>,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Ty,
    /// Whether it is NOT NULL.
    pub not_null: bool,
    /// The default as it is written.
    pub default: Option<String>,
    /// `ALWAYS` or `BY DEFAULT`.
    pub identity: Option<&'static str>,
    /// The expression of a generated column.
    pub generated: Option<String>,
    /// Written as serial.
    pub serial: bool,
    /// What it needs besides its type: sequences and functions in its default.
    pub needs: Vec<usize>,
    /// The columns that its expression reads.
    pub reads: Vec<String>,
    /// Its comment.
    pub comment: Option<String>,
}

/// What a constraint demands.
#[derive(Clone, Debug, PartialEq)]
pub enum Demand {
    /// A primary key.
    Primary,
    /// Unique columns.
    Unique,
    /// An expression.
    Check(String),
    /// A table, its columns, and what follows.
    Foreign(usize, Vec<String>, String),
    /// No two overlapping ranges.
    Exclude,
}

/// A constraint of a table.
#[derive(Clone, Debug)]
pub struct Constraint {
    /// Its name.
    pub name: String,
    /// Whether the server would name it so by itself.
    pub generated: bool,
    /// What it demands.
    pub demand: Demand,
    /// The columns.
    pub columns: Vec<String>,
    /// ` DEFERRABLE` and the like.
    pub suffix: String,
    /// Its comment.
    pub comment: Option<String>,
}

/// An index.
#[derive(Clone, Debug)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Whether the server would name it so by itself.
    pub generated: bool,
    /// Whether it is unique.
    pub unique: bool,
    /// ` USING gin` or nothing.
    pub method: String,
    /// What it is on, as it is written.
    pub keys: String,
    /// The columns that it reads.
    pub columns: Vec<String>,
    /// The condition.
    pub condition: Option<String>,
    /// ` INCLUDE (…)`, ` WITH (…)`.
    pub suffix: String,
    /// Its comment.
    pub comment: Option<String>,
}

/// Something small on a table, with the statement that makes it.
#[derive(Clone, Debug)]
pub struct Attached {
    /// `trigger`, `policy`, `rule` or `statistics`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Everything behind `CREATE TRIGGER name`, with a hole for the table: `{table}`.
    pub rest: String,
    /// The columns that it reads.
    pub columns: Vec<String>,
    /// What it needs.
    pub needs: Vec<usize>,
    /// Whether it was switched off.
    pub disabled: bool,
    /// Its comment.
    pub comment: Option<String>,
}

/// How a table stands to others.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// On its own.
    Alone,
    /// Partitioned: by what.
    Parent(String),
    /// A partition: of which table, for which values.
    Part(usize, String),
    /// It inherits.
    Child(usize),
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its number.
    pub id: usize,
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Its columns, inherited ones left out.
    pub columns: Vec<Column>,
    /// Its constraints.
    pub constraints: Vec<Constraint>,
    /// Its indexes.
    pub indexes: Vec<Index>,
    /// Triggers, policies, rules, statistics.
    pub attached: Vec<Attached>,
    /// Roles with their privileges.
    pub grants: Vec<(String, String)>,
    /// Row security.
    pub secured: bool,
    /// How it stands to others.
    pub place: Place,
    /// ` WITH (fillfactor = 70)` or nothing.
    pub options: String,
    /// Its comment.
    pub comment: Option<String>,
    /// The role that owns it, when it is not the one that runs the scripts.
    pub owner: Option<String>,
    /// Changed in a way that it cannot be written again.
    pub frozen: bool,
    /// Holds rows with the keys 1, 2, …
    pub rows: usize,
}

/// A view.
#[derive(Clone, Debug)]
pub struct View {
    /// Its number.
    pub id: usize,
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Whether it is materialized.
    pub materialized: bool,
    /// The query.
    pub body: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// The tables, views and functions that it needs.
    pub needs: Vec<usize>,
    /// The columns that it reads, with their tables.
    pub reads: Vec<(usize, String)>,
    /// Its indexes.
    pub indexes: Vec<Index>,
    /// Roles with their privileges.
    pub grants: Vec<(String, String)>,
    /// Its comment.
    pub comment: Option<String>,
    /// Changed in a way that it cannot be written again.
    pub frozen: bool,
}

/// A function or procedure.
#[derive(Clone, Debug)]
pub struct Routine {
    /// Its number.
    pub id: usize,
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Whether it is a procedure.
    pub procedure: bool,
    /// Its arguments: name and type.
    pub arguments: Vec<(String, Ty)>,
    /// What stands between the arguments and the body.
    pub middle: String,
    /// What it returns: `trigger`, `integer`, …; empty for a procedure.
    pub returns: String,
    /// The body with its quotes.
    pub body: String,
    /// What it needs.
    pub needs: Vec<usize>,
    /// Roles with their privileges.
    pub grants: Vec<(String, String)>,
    /// Its comment.
    pub comment: Option<String>,
    /// Changed in a way that it cannot be written again.
    pub frozen: bool,
}

/// What a type is.
#[derive(Clone, Debug)]
pub enum Shape {
    /// An enumeration.
    Enum(Vec<String>),
    /// A domain: base type, what follows.
    Domain(Ty, String),
    /// A composite type.
    Composite(Vec<(String, Ty)>),
    /// A range over a type.
    Range(String),
}

/// A type.
#[derive(Clone, Debug)]
pub struct Type {
    /// Its number.
    pub id: usize,
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub shape: Shape,
    /// Its comment.
    pub comment: Option<String>,
    /// Changed in a way that it cannot be written again.
    pub frozen: bool,
}

/// A sequence of its own.
#[derive(Clone, Debug)]
pub struct Sequence {
    /// Its number.
    pub id: usize,
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// ` INCREMENT BY 10` and the like.
    pub options: String,
    /// The column that owns it.
    pub owner: Option<(usize, String)>,
    /// Changed in a way that it cannot be written again.
    pub frozen: bool,
}

/// A schema with objects.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The schemas besides public, with their numbers.
    pub schemas: Vec<String>,
    /// The roles.
    pub roles: Vec<String>,
    /// The tables.
    pub tables: Vec<Table>,
    /// The views.
    pub views: Vec<View>,
    /// The routines.
    pub routines: Vec<Routine>,
    /// The types.
    pub types: Vec<Type>,
    /// The sequences.
    pub sequences: Vec<Sequence>,
    /// The publications: name, tables.
    pub publications: Vec<(String, Vec<usize>)>,
    /// How things are written.
    pub style: Style,
    /// The server's version.
    pub version: u16,
    /// Stands before every name that is chosen, those of columns excepted.
    pub prefix: &'static str,
    used: BTreeSet<String>,
    next: usize,
}

impl Model {
    /// A number for a new object.
    pub fn number(&mut self) -> usize {
        self.next += 1;
        self.next
    }

    /// A name that nothing has had yet.
    pub fn fresh(&mut self, dice: &mut Dice, pool: &[&str]) -> String {
        let word = pool.get(dice.roll(pool.len())).copied().unwrap_or("thing");
        self.reserve(word)
    }

    /// The word, or the word with a number when it is taken.
    pub fn reserve(&mut self, word: &str) -> String {
        let word = format!("{}{word}", if word.starts_with(self.prefix) { "" } else { self.prefix });
        let mut found = word.clone();
        let mut number = 1;
        while !self.used.insert(found.clone()) {
            number += 1;
            found = format!("{word}_{number}");
        }
        found
    }

    /// Whether a generated name is free; it is taken from then on.
    pub fn take(&mut self, word: &str) -> bool {
        word.len() < 60 && self.used.insert(word.to_string())
    }

    /// One of the schemas, mostly public or the path.
    pub fn schema(&self, dice: &mut Dice) -> String {
        if let Some(path) = &self.style.path
            && dice.chance(85)
        {
            return path.clone();
        }
        match dice.pick(&self.schemas) {
            Some(schema) if dice.chance(40) => schema.clone(),
            _ => "public".into(),
        }
    }

    /// A marked name with its schema, as far as the style writes it.
    pub fn q(&self, schema: &str, object: &str) -> String {
        let bare = match &self.style.path {
            Some(path) => path == schema,
            None => schema == "public" && !self.style.qualify,
        };
        match bare {
            true => name(object),
            false => format!("{}{}", Mark::Schema.on(format!("{}.", ident(schema))), name(object)),
        }
    }

    /// The marked name of a table.
    pub fn table_name(&self, id: usize) -> String {
        self.tables.iter().find(|table| table.id == id).map_or(String::new(), |table| self.q(&table.schema, &table.name))
    }

    /// A table.
    pub fn table(&self, id: usize) -> Option<&Table> {
        self.tables.iter().find(|table| table.id == id)
    }

    /// A table to change.
    pub fn table_mut(&mut self, id: usize) -> Option<&mut Table> {
        self.tables.iter_mut().find(|table| table.id == id)
    }

    /// A type as it is written.
    pub fn ty(&self, ty: &Ty) -> String {
        let text = match ty.own.and_then(|id| self.types.iter().find(|each| each.id == id)) {
            Some(own) => self.q(&own.schema, &own.name),
            None => ty.text.clone(),
        };
        Mark::Type.on(text)
    }

    /// Whether anything but itself needs the object with this number.
    pub fn is_needed(&self, id: usize) -> bool {
        self.tables.iter().any(|table| {
            let referenced = table.id != id
                && (table.constraints.iter().any(|constraint| matches!(&constraint.demand, Demand::Foreign(other, ..) if *other == id))
                    || matches!(&table.place, Place::Part(other, _) | Place::Child(other) if *other == id));
            referenced
                || table.columns.iter().any(|column| column.ty.own == Some(id) || column.needs.contains(&id))
                || table.attached.iter().any(|each| each.needs.contains(&id))
        }) || self.views.iter().any(|view| view.needs.contains(&id))
            || self.routines.iter().any(|routine| routine.needs.contains(&id) || routine.arguments.iter().any(|(_, ty)| ty.own == Some(id)))
            || self.types.iter().any(|each| match &each.shape {
                Shape::Domain(ty, _) => ty.own == Some(id),
                Shape::Composite(parts) => parts.iter().any(|(_, ty)| ty.own == Some(id)),
                _ => false,
            })
            || self.publications.iter().any(|(_, tables)| tables.contains(&id))
            || self.sequences.iter().any(|sequence| sequence.owner.as_ref().is_some_and(|(table, _)| *table == id))
    }

    /// Whether a view, a foreign key of another table, an expression, a policy, a trigger or a sequence reads the column.
    pub fn is_read(&self, id: usize, column: &str) -> bool {
        let reads = |list: &[String]| list.iter().any(|each| each == column);
        self.views.iter().any(|view| view.reads.iter().any(|(table, each)| *table == id && each == column))
            || self.sequences.iter().any(|sequence| sequence.owner.as_ref().is_some_and(|(table, each)| *table == id && each == column))
            || self.tables.iter().any(|table| {
                table.constraints.iter().any(|constraint| match &constraint.demand {
                    Demand::Foreign(other, columns, _) => *other == id && reads(columns),
                    _ => false,
                }) || (table.id == id
                    && (table.columns.iter().any(|each| reads(&each.reads))
                        || table.attached.iter().any(|each| reads(&each.columns))
                        || matches!(&table.place, Place::Parent(by) if by.contains(column))))
                    || matches!(&table.place, Place::Part(other, _) | Place::Child(other) if *other == id)
            })
    }

    /// Whether the table's column is in a constraint or an index.
    pub fn is_bound(&self, table: &Table, column: &str) -> bool {
        let reads = |list: &[String]| list.iter().any(|each| each == column);
        table.constraints.iter().any(|constraint| reads(&constraint.columns)) || table.indexes.iter().any(|index| reads(&index.columns))
    }

    /// What was renamed or moved cannot be written again by those whose text names it.
    pub fn freeze_readers(&mut self, id: usize) {
        for view in self.views.iter_mut().filter(|view| view.needs.contains(&id)) {
            view.frozen = true;
        }
        for routine in self.routines.iter_mut().filter(|routine| routine.needs.contains(&id)) {
            routine.frozen = true;
        }
        for table in self.tables.iter_mut() {
            let needs = table.columns.iter().any(|column| column.needs.contains(&id) || column.ty.own == Some(id))
                || table.attached.iter().any(|each| each.needs.contains(&id));
            if needs || (table.id == id) {
                table.frozen = true;
            }
        }
    }
}
