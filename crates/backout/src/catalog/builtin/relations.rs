//! The relations of pg_catalog and information_schema with their columns.

use super::{RELATIONS, table::Line};

/// A system table or view.
#[derive(Clone, Copy, Debug)]
pub struct SystemRelation {
    /// Its name, without the schema.
    pub name: &'static str,
    /// Whether it is a view.
    pub view: bool,
    line: Line,
}

/// A column of a system relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SystemColumn {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: &'static str,
}

impl SystemRelation {
    /// Its columns, in the order of the first version that has them; none if they are not described (views for watching a server).
    pub fn columns(self) -> impl Iterator<Item = SystemColumn> + Clone {
        self.line.words().filter(|word| *word != "*").map(|word| {
            let (name, ty) = word.split_once(':').unwrap_or((word, ""));
            let ty = match ty {
                "" => "oid",
                "n" => "name",
                "t" => "text",
                "b" => "bool",
                "4" => "int4",
                "8" => "int8",
                "i" => "information_schema.sql_identifier",
                "c" => "information_schema.character_data",
                "d" => "information_schema.cardinal_number",
                "y" => "information_schema.yes_or_no",
                ty => ty,
            };
            SystemColumn { name, ty }
        })
    }

    /// Whether the columns are described.
    #[must_use]
    pub fn is_described(self) -> bool {
        self.columns().next().is_some()
    }

    /// The type of a column, system columns (`ctid`, `tableoid`, …) of tables included.
    #[must_use]
    pub fn column(self, name: &str) -> Option<&'static str> {
        self.columns().find(|column| column.name == name).map(|column| column.ty).or_else(|| {
            Some(match name {
                _ if self.view => return None,
                "ctid" => "tid",
                "xmin" | "xmax" => "xid",
                "cmin" | "cmax" => "cid",
                "tableoid" => "oid",
                _ => return None,
            })
        })
    }
}

const PREFIX: &str = "information_schema.";

pub(super) fn find(schema: &str, name: &str, version: u16) -> Option<SystemRelation> {
    relation(match schema {
        "pg_catalog" if name.starts_with("pg_") => RELATIONS.find(name, version),
        "information_schema" => RELATIONS.find(&(PREFIX.to_owned() + name), version),
        _ => None,
    }?)
}

pub(super) fn all(version: u16) -> impl Iterator<Item = (&'static str, SystemRelation)> {
    RELATIONS.lines(version).filter_map(|line| {
        let schema = if line.name.starts_with(PREFIX) { "information_schema" } else { "pg_catalog" };
        Some((schema, relation(line)?))
    })
}

fn relation(line: Line) -> Option<SystemRelation> {
    let columns = line.shift()?;
    let name = line.name.strip_prefix(PREFIX).unwrap_or(line.name);
    Some(SystemRelation { name, view: columns.name == "v", line: columns })
}
