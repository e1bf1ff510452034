//! What executes the scripts, and so what surrounds them.
//!
//! A runner is a handful of facts, each from the tool's documentation or source: whether it wraps a file in a transaction, how much
//! it sends in one string (several statements in one string are one implicit transaction on the server), and whether it goes on
//! after an error. From these follows which half-applied states can exist.

use std::fmt;
use std::str::FromStr;

/// What executes the scripts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Runner {
    /// `psql -f`: each statement commits itself, and errors do not stop it.
    Psql,
    /// `psql -v ON_ERROR_STOP=1 -f`: each statement commits itself, the first error stops it.
    #[default]
    PsqlStop,
    /// `psql --single-transaction -v ON_ERROR_STOP=1 -f`.
    PsqlSingleTransaction,
    /// golang-migrate.
    GolangMigrate,
    /// Diesel's migrations.
    Diesel,
    /// sqlx's migrations.
    Sqlx,
    /// goose.
    Goose,
    /// dbmate.
    Dbmate,
    /// sql-migrate.
    SqlMigrate,
    /// Hasura's command line.
    Hasura,
    /// Flyway.
    Flyway,
    /// Sqitch, which hands its scripts to `psql`.
    Sqitch,
    /// tern.
    Tern,
    /// node-pg-migrate.
    NodePgMigrate,
    /// Pop and its command line soda.
    Pop,
    /// Liquibase.
    Liquibase,
}

/// How much of a script a runner sends at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sends {
    /// Each statement alone, found as the server's own lexer finds it.
    Statements,
    /// Each piece that the tool cuts at line ends: usually a statement, sometimes several, sometimes half of one.
    Chunks,
    /// The whole script as one string.
    WholeScript,
}

/// What is known of a runner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunnerFacts {
    /// The id in reports, on the command line and in the configuration.
    pub id: &'static str,
    /// Whether it opens a transaction before a script and commits it after, unless the script says otherwise.
    pub wraps: bool,
    /// How a script says that it wants no transaction around it.
    pub opt_out: Option<&'static str>,
    /// How much it sends at once.
    pub sends: Sends,
    /// Whether it executes the statements after one that failed.
    pub goes_on: bool,
    /// Whether it understands `psql`'s backslash commands; for the others a backslash is a syntax error.
    pub backslash: bool,
    /// Where these facts are documented.
    pub source: &'static str,
}

impl Runner {
    /// All runners, in the order of the documentation.
    pub const ALL: [Self; 16] = [
        Self::Psql,
        Self::PsqlStop,
        Self::PsqlSingleTransaction,
        Self::GolangMigrate,
        Self::Diesel,
        Self::Sqlx,
        Self::Goose,
        Self::Dbmate,
        Self::SqlMigrate,
        Self::Hasura,
        Self::Flyway,
        Self::Sqitch,
        Self::Tern,
        Self::NodePgMigrate,
        Self::Pop,
        Self::Liquibase,
    ];

    /// What is known of it.
    pub fn facts(self) -> RunnerFacts {
        const PSQL: RunnerFacts = RunnerFacts {
            id: "psql",
            wraps: false,
            opt_out: None,
            sends: Sends::Statements,
            goes_on: true,
            backslash: true,
            source: "https://www.postgresql.org/docs/current/app-psql.html",
        };
        const TOOL: RunnerFacts =
            RunnerFacts { id: "", wraps: true, opt_out: None, sends: Sends::WholeScript, goes_on: false, backslash: false, source: "" };
        match self {
            Self::Psql => PSQL,
            Self::PsqlStop => RunnerFacts { id: "psql-stop", goes_on: false, ..PSQL },
            Self::PsqlSingleTransaction => RunnerFacts { id: "psql-single-transaction", wraps: true, goes_on: false, ..PSQL },
            Self::GolangMigrate => RunnerFacts {
                id: "golang-migrate",
                // It opens none itself; the one string it sends is a transaction of the server's making.
                wraps: false,
                source: "https://github.com/golang-migrate/migrate/blob/master/database/postgres/README.md",
                ..TOOL
            },
            Self::Diesel => RunnerFacts {
                id: "diesel",
                opt_out: Some("run_in_transaction = false in metadata.toml"),
                source: "https://docs.rs/diesel_migrations/latest/diesel_migrations/struct.FileBasedMigrations.html",
                ..TOOL
            },
            Self::Sqlx => RunnerFacts {
                id: "sqlx",
                opt_out: Some("-- no-transaction as the first line"),
                source: "https://docs.rs/sqlx/latest/sqlx/macro.migrate.html",
                ..TOOL
            },
            Self::Goose => RunnerFacts {
                id: "goose",
                opt_out: Some("-- +goose NO TRANSACTION"),
                sends: Sends::Chunks,
                source: "https://pressly.github.io/goose/documentation/annotations/",
                ..TOOL
            },
            Self::Dbmate => RunnerFacts {
                id: "dbmate",
                opt_out: Some("transaction:false after migrate:up or migrate:down"),
                source: "https://github.com/amacneil/dbmate#migration-options",
                ..TOOL
            },
            Self::SqlMigrate => RunnerFacts {
                id: "sql-migrate",
                opt_out: Some("notransaction after +migrate Up or +migrate Down"),
                sends: Sends::Chunks,
                source: "https://github.com/rubenv/sql-migrate#writing-migrations",
                ..TOOL
            },
            Self::Hasura => RunnerFacts { id: "hasura", source: "https://github.com/hasura/graphql-engine/issues/2939", ..TOOL },
            Self::Flyway => RunnerFacts {
                id: "flyway",
                opt_out: Some("executeInTransaction=false in the script's configuration file"),
                sends: Sends::Statements,
                source: "https://documentation.red-gate.com/flyway/flyway-concepts/migrations/migration-transaction-handling",
                ..TOOL
            },
            Self::Sqitch => RunnerFacts {
                id: "sqitch",
                goes_on: false,
                // Its scripts bring their own BEGIN and COMMIT; it starts psql with ON_ERROR_STOP.
                source: "https://sqitch.org/docs/manual/sqitchtutorial/",
                ..PSQL
            },
            Self::Tern => RunnerFacts {
                id: "tern",
                opt_out: Some("---- tern: disable-tx ----"),
                source: "https://github.com/jackc/tern#migrations",
                ..TOOL
            },
            Self::NodePgMigrate => {
                RunnerFacts { id: "node-pg-migrate", source: "https://salsita.github.io/node-pg-migrate/migrations/transactions", ..TOOL }
            }
            Self::Pop => RunnerFacts { id: "pop", source: "https://gobuffalo.io/documentation/database/migrations/", ..TOOL },
            Self::Liquibase => RunnerFacts {
                id: "liquibase",
                opt_out: Some("runInTransaction:false after the changeset's id"),
                sends: Sends::Statements,
                source: "https://docs.liquibase.com/concepts/changelogs/attributes/run-in-transaction.html",
                ..TOOL
            },
        }
    }

    /// The id in reports, on the command line and in the configuration.
    pub fn id(self) -> &'static str {
        self.facts().id
    }

    /// Whether a statement that cannot be in a transaction block runs here: `opted_out` when the script asked for no transaction,
    /// `alone` when the statement is the only one in the string that is sent.
    ///
    /// ```
    /// use backout::runner::Runner;
    /// assert!(Runner::GolangMigrate.runs_outside_transaction(false, true));
    /// assert!(!Runner::GolangMigrate.runs_outside_transaction(false, false));
    /// ```
    pub fn runs_outside_transaction(self, opted_out: bool, alone: bool) -> bool {
        let facts = self.facts();
        if facts.wraps && !opted_out {
            return false;
        }
        match facts.sends {
            Sends::Statements => true,
            Sends::Chunks | Sends::WholeScript => alone,
        }
    }

    /// Whether all statements of a script without transaction control stand or fall together.
    pub fn all_or_nothing(self, opted_out: bool) -> bool {
        let facts = self.facts();
        (facts.wraps && !opted_out) || facts.sends == Sends::WholeScript
    }
}

impl fmt::Display for Runner {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.id())
    }
}

impl FromStr for Runner {
    type Err = String;

    /// Reads an id; the error names the ones that exist.
    fn from_str(id: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|runner| runner.id() == id).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|runner| runner.id()).collect();
            format!("there is no runner `{id}`: choose one of {}", known.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_leads_back() {
        for runner in Runner::ALL {
            assert_eq!(runner.id().parse(), Ok(runner));
        }
        assert!("oracle".parse::<Runner>().is_err());
    }

    #[test]
    fn a_whole_script_in_one_string_is_a_transaction() {
        let together: Vec<_> = Runner::ALL.into_iter().filter(|runner| runner.all_or_nothing(false)).map(Runner::id).collect();
        assert_eq!(
            together,
            [
                "psql-single-transaction",
                "golang-migrate",
                "diesel",
                "sqlx",
                "goose",
                "dbmate",
                "sql-migrate",
                "hasura",
                "flyway",
                "tern",
                "node-pg-migrate",
                "pop",
                "liquibase"
            ]
        );
    }
}
