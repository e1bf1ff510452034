//! What is remembered of objects beside what they are, under names that no column has (`Catalog::set_mark`).

/// The mark of a presumed table of which a statement showed that it is not partitioned.
pub const NOT_PARTITIONED: &str = "\u{1}u";

/// The mark of a presumed table that has no default partition.
pub const NO_DEFAULT: &str = "\u{1}d";

/// The mark of a presumed table that has no children.
pub const NO_CHILDREN: &str = "\u{1}o";

/// The mark of a name that the server made where something that we do not see may have it.
pub fn guessed(name: &str) -> String {
    format!("\u{1}n{name}")
}

/// The mark of a name whose presumed relation got another one: what was named after it kept its name.
pub fn left(name: &str) -> String {
    format!("\u{1}l{name}")
}
