//! What every PostgreSQL has (place holder until its tables land).

/// The built-in catalog of a server version.
pub struct Builtin;

impl Builtin {
    /// The columns of a system relation.
    pub fn system_relation(&self, _schema: &str, _name: &str) -> Option<()> {
        None
    }
}
