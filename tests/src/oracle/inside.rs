//! The questions of a report asked inside one transaction, which is rolled back: fast enough for tens of thousands of plans.
//!
//! Each script is played in the state that a committed script would have left. That holds for statements that do the same in a
//! transaction block; where the end of a transaction matters, [`measure`](super::measure()) tells what happens.

use postgres::Client;

use super::measure::{Facts, Failure, Mode, Prefix, Script, first_word};
use super::server::Server;
use super::snapshot::{Kinds, Snapshot, differences, prepare, take_prepared};

/// After so many plans the database is made anew.
const PLANS_PER_DATABASE: usize = 1000;

/// After so many plans the dead rows are removed that what was rolled back has left in the catalogs: each query reads them.
const PLANS_PER_VACUUM: usize = 10;

/// Statements that begin with these words are tried in one transaction.
const WORDS: [&str; 16] = [
    "create", "alter", "drop", "comment", "grant", "revoke", "insert", "update", "delete", "truncate", "select", "with", "do", "refresh",
    "set", "reset",
];

/// What ends or wants a transaction, does something else in one, or leaves something in the session that `RESET ALL` does not take away.
const APART: [&str; 19] = [
    "commit",
    "rollback",
    "concurrently",
    "add value",
    "temp",
    "subscription",
    "database",
    "tablespace",
    "system",
    "'now'",
    "local",
    "set role",
    "session authorization",
    "set constraints",
    "lock table",
    "pg_sleep",
    "txid",
    "xact",
    "xid",
];

/// What counts on when its transaction is rolled back.
const COUNTS: [&str; 4] = ["serial", "identity", "nextval", "setval"];

/// Whether scripts do within one transaction what they do when each of their statements is committed.
pub fn fits_one_transaction(scripts: &[&Script]) -> bool {
    let statements = || scripts.iter().flat_map(|script| &script.statements).map(|statement| statement.to_ascii_lowercase());
    let words = || scripts.iter().flat_map(|script| &script.statements).filter_map(|statement| first_word(statement));
    let says = |of: &[&str]| statements().any(|statement| of.iter().any(|word| statement.contains(word)));
    let makes_rows = words().any(|word| matches!(word.as_str(), "insert" | "update" | "select" | "with" | "do"));
    scripts.iter().all(|script| script.mode != Mode::GoOn)
        && words().all(|word| WORDS.contains(&word.as_str()))
        && !says(&APART)
        && !(makes_rows && says(&COUNTS))
}

/// A session that measures one plan after another.
pub struct Inside<'a> {
    server: &'a Server,
    admin: Client,
    client: Client,
    kinds: Kinds,
    prepared: String,
    plans: usize,
}

const DATABASE: &str = "inside";

fn open(server: &Server, admin: &mut Client, kinds: Kinds) -> Result<(Client, String), String> {
    server.remove(admin, DATABASE)?;
    server.copy(admin, DATABASE, "template0")?;
    let mut client = server.connect(DATABASE)?;
    let prepared = prepare(&mut client, kinds)?;
    Ok((client, prepared))
}

impl<'a> Inside<'a> {
    /// A session on the server, in which objects of these kinds are looked at.
    pub fn new(server: &'a Server, kinds: Kinds) -> Result<Self, String> {
        let mut admin = server.connect("postgres")?;
        let (client, prepared) = open(server, &mut admin, kinds)?;
        Ok(Self { server, admin, client, kinds, prepared, plans: 0 })
    }

    /// Measures a plan; an error says that the baseline fails.
    pub fn measure(&mut self, baseline: &Script, forward: &Script, rollback: &Script) -> Result<Facts, String> {
        self.plans += 1;
        if self.plans.is_multiple_of(PLANS_PER_DATABASE) || self.client.is_closed() {
            (self.client, self.prepared) = open(self.server, &mut self.admin, self.kinds)?;
        } else if self.plans.is_multiple_of(PLANS_PER_VACUUM) {
            self.control("VACUUM")?;
        }
        // Each statement commits what it did, and with it ends what a deferred constraint waits for.
        self.control("BEGIN; SET CONSTRAINTS ALL IMMEDIATE")?;
        let facts = self.plan(baseline, forward, rollback);
        self.control("ROLLBACK; RESET ALL")?;
        facts
    }

    fn plan(&mut self, baseline: &Script, forward: &Script, rollback: &Script) -> Result<Facts, String> {
        let mut facts = Facts::default();
        if let Err(failure) = self.run(baseline) {
            return Err(format!("the baseline fails: {} {} at {}", failure.sqlstate, failure.message, failure.statement));
        }
        let before = self.snapshot()?;
        let halves = !forward.controls_transactions();
        self.control("RESET ALL")?;
        for (k, statement) in forward.statements.iter().enumerate() {
            if halves {
                let (runs, after) = self.attempt(rollback)?;
                let left = after.map_or_else(Vec::new, |after| differences(&before, &after));
                facts.prefixes.push(Prefix { k, runs, left });
            }
            if let Err(failure) = self.send(statement, k + 1) {
                facts.forward_runs = Err(failure);
                return Ok(facts);
            }
        }
        let applied = self.snapshot()?;
        let resumes = !rollback.controls_transactions();
        facts.resumes = resumes.then_some(Ok(()));
        self.control("RESET ALL")?;
        for (at, statement) in rollback.statements.iter().enumerate() {
            // The half that was applied was a session of its own.
            if resumes && at > 0 && facts.resumes == Some(Ok(())) {
                self.control("SAVEPOINT half")?;
                if let Err(failure) = self.run(rollback) {
                    facts.resumes = Some(Err((at, failure)));
                }
                self.control("ROLLBACK TO half")?;
            }
            if let Err(failure) = self.send(statement, at + 1) {
                facts.rollback_runs = Some(Err(failure));
                facts.resumes = None;
                return Ok(facts);
            }
        }
        facts.rollback_runs = Some(Ok(()));
        let back = self.snapshot()?;
        facts.left = Some(differences(&before, &back));
        self.control("SAVEPOINT again")?;
        facts.rerun = Some(self.run(rollback));
        self.control("ROLLBACK TO again")?;
        let redo = self.run(forward);
        if redo.is_ok() {
            facts.redo_differs = differences(&applied, &self.snapshot()?);
        }
        facts.redo = Some(redo);
        Ok(facts)
    }

    /// Plays a script and takes it back; tells the schema that it would have left.
    fn attempt(&mut self, script: &Script) -> Result<(Result<(), Failure>, Option<Snapshot>), String> {
        self.control("SAVEPOINT here")?;
        let runs = self.run(script);
        let after = if runs.is_ok() { Some(self.snapshot()?) } else { None };
        self.control("ROLLBACK TO here")?;
        Ok((runs, after))
    }

    /// Plays a script in a session as it begins.
    fn run(&mut self, script: &Script) -> Result<(), Failure> {
        self.send("RESET ALL", 0)?;
        script.statements.iter().enumerate().try_for_each(|(at, statement)| self.send(statement, at + 1))
    }

    fn send(&mut self, statement: &str, number: usize) -> Result<(), Failure> {
        if statement == "BEGIN" || statement == "COMMIT" {
            return Ok(());
        }
        super::measure::send(&mut self.client, statement, number)
    }

    fn control(&mut self, sql: &str) -> Result<(), String> {
        self.client.batch_execute(sql).map_err(|error| format!("{sql}: {error:?}"))
    }

    fn snapshot(&mut self) -> Result<Snapshot, String> {
        take_prepared(&mut self.client, &self.prepared)
    }
}
