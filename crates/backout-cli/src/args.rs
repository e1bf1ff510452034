//! The flags.

use backout::finding::Severity;
use backout::layout::Layout;
use backout::report::Format;
use backout::runner::Runner;
use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Says before the incident whether a rollback of a PostgreSQL migration will work.
///
/// Reads forward and rollback scripts, plays them through on a model of the database, and names the statement that would fail
/// or the object that would not come back. No database is needed, and nothing is sent anywhere.
#[derive(Debug, Parser)]
#[command(name = "backout", version, after_help = EXAMPLES, max_term_width = 100)]
pub struct Cli {
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "Examples:
  backout check migrations/
      judge every migration of a folder, as a history from an empty database
  backout check --forward up.sql --rollback down.sql
      judge one pair
  backout explain drop-before-dependent
      what a rule means, with examples

Exit codes: 0 nothing found at or above --fail-on, 1 something found, 2 the work could not be done";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge the rollbacks of migrations
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Check),
    /// Show what a rule means, with examples and what to do
    Explain {
        /// The rule's name, such as drop-before-dependent
        rule: String,
    },
    /// List all rules
    Rules {
        /// How to write the list
        #[arg(long, value_enum, default_value_t = ListFormat::Human)]
        format: ListFormat,
    },
}

const CHECK_EXAMPLES: &str = "Examples:
  backout check                                    the migrations of this folder
  backout check db/migrate --schema production.sql on the schema that pg_dump --schema-only wrote
  backout check up.sql down.sql                    two files whose names say which is which
  backout check --forward a.sql --rollback b.sql   two files of any name
  backout check change.sql                         one file that holds both directions
  pbpaste | backout check -                        the same from standard input
  git show HEAD:down.sql | backout check --forward up.sql --rollback -
  backout check migrations/ --format json --output report.json

Migrations are recognised by their names, as the tools name them: golang-migrate, diesel, sqlx, goose,
dbmate, sql-migrate, hasura, flyway, sqitch, tern, node-pg-migrate, pop, liquibase, plain pairs such as
forward.sql and rollback.sql in any folder, and the SQL of a document. --layout and --runner take these
names, plain and document.

In a script, a comment before a statement silences a rule: -- backout: ignore RULE REASON
A migration that cannot be taken back says so: -- backout: irreversible REASON";

/// The flags of `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Folders or files with migrations; - reads one text that holds both directions [default: this folder]
    #[arg(value_name = "PATH", conflicts_with_all = ["forward", "rollback"])]
    pub paths: Vec<PathBuf>,

    /// The script that changes the schema; - reads standard input
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub forward: Option<PathBuf>,
    /// The script that takes the change back; - reads standard input
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub rollback: Option<PathBuf>,
    /// The schema before the first forward, such as pg_dump --schema-only writes it; - reads standard input
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub schema: Option<PathBuf>,
    /// How the files are named and written [default: recognised]
    #[arg(long, value_parser = layouts(), hide_possible_values = true, help_heading = "Input", conflicts_with_all = ["forward", "rollback"])]
    pub layout: Option<String>,

    /// What executes the scripts: psql, psql-stop (ON_ERROR_STOP), psql-single-transaction, or a tool such as golang-migrate
    /// [default: the layout's own, else psql-stop]
    #[arg(long, value_parser = runners(), hide_possible_values = true, help_heading = "Judgement")]
    pub runner: Option<String>,
    /// The major version of the server, 13 to 18
    #[arg(long, value_name = "N", default_value_t = 17, value_parser = clap::value_parser!(u16).range(13..=18), help_heading = "Judgement")]
    pub server_version: u16,
    /// Let idempotency and atomicity decide the verdict too
    #[arg(long, help_heading = "Judgement")]
    pub strict: bool,
    /// Take what the forward makes with IF NOT EXISTS to be new
    #[arg(long, help_heading = "Judgement")]
    pub assume_new: bool,

    /// How to write the report
    #[arg(long, value_parser = formats(), default_value = "human", help_heading = "Output")]
    pub format: String,
    /// With --format json, tell what each statement does and what takes it back
    #[arg(long, help_heading = "Output")]
    pub details: bool,
    /// Write the report to a file instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// The least severity that makes the exit code 1
    #[arg(long, value_enum, default_value_t = FailOn::Error, value_name = "SEVERITY", help_heading = "Output")]
    pub fail_on: FailOn,
    /// The least severity that is shown [default: all for one migration, errors for several]
    #[arg(long, value_enum, value_name = "SEVERITY", help_heading = "Output")]
    pub show: Option<Show>,
    /// One line for each migration that is not safe, and nothing else
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
}

impl Check {
    /// The report's format.
    pub fn format(&self) -> Format {
        Format::ALL.into_iter().find(|format| format.id() == self.format).unwrap_or(Format::Human)
    }
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The least severity that makes the exit code 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "the names say it")]
pub enum FailOn {
    Error,
    Warning,
    Note,
    Never,
}

impl FailOn {
    /// The threshold; none for never.
    pub fn threshold(self) -> Option<Severity> {
        match self {
            FailOn::Error => Some(Severity::Error),
            FailOn::Warning => Some(Severity::Warning),
            FailOn::Note => Some(Severity::Note),
            FailOn::Never => None,
        }
    }
}

/// The least severity that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Show {
    Error,
    Warning,
    Note,
}

impl Show {
    /// As the report calls it.
    pub fn severity(self) -> Severity {
        match self {
            Show::Error => Severity::Error,
            Show::Warning => Severity::Warning,
            Show::Note => Severity::Note,
        }
    }
}

/// How to write a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ListFormat {
    Human,
    Json,
}

fn layouts() -> PossibleValuesParser {
    PossibleValuesParser::new(Layout::all().iter().map(|layout| layout.id))
}

fn runners() -> PossibleValuesParser {
    PossibleValuesParser::new(Runner::ALL.map(Runner::id))
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(Format::ALL.map(Format::id))
}
