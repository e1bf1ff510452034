//! A history of migrations on a server, each measured on the state that those before it have left.

use postgres::Client;

use super::measure::{Failure, Mode, Script, send};
use super::server::{Server, one};
use super::snapshot::{Difference, Snapshot, differences, take};

/// Longer forwards are not tried half-applied.
const HALVES: std::ops::RangeInclusive<usize> = 2..=40;

/// What the server did with one migration.
#[derive(Clone, Debug)]
pub struct Step {
    /// The forward on the state before it.
    pub forward: Result<(), Failure>,
    /// Whether all forwards before this one ran.
    pub intact: bool,
    /// The rollback after the forward; absent without one or when the forward failed.
    pub rollback: Option<Result<(), Failure>>,
    /// What differs after the rollback, if it ran.
    pub left: Option<Vec<Difference>>,
    /// The rollback after the rollback, if it ran.
    pub twice: Option<Result<(), Failure>>,
    /// The forward after the rollback, if that ran, and what differs then from the first time.
    pub redo: Option<(Result<(), Failure>, Vec<Difference>)>,
    /// The rollback after the first statements of the forward, each committed alone: none of them, the first, and so on. Empty if
    /// the statements do not run alone.
    pub partial: Vec<Result<(), Failure>>,
}

/// A database that grows by one migration after the other.
pub struct History<'a> {
    server: &'a Server,
    admin: Client,
    intact: bool,
}

const STATE: &str = "history_state";
const AFTER: &str = "history_after";
const BACK: &str = "history_back";
const TRIED: &str = "history_tried";

impl<'a> History<'a> {
    /// A history that begins with an empty database.
    pub fn new(server: &'a Server) -> Result<Self, String> {
        let mut history = Self { server, admin: server.connect("postgres")?, intact: true };
        history.copy(STATE, "template0")?;
        Ok(history)
    }

    /// Plays what is there before the first migration.
    pub fn baseline(&mut self, script: &Script) -> Result<(), String> {
        self.run(STATE, script)?.map_err(|failure| format!("the baseline fails: {} {}", failure.sqlstate, failure.message))
    }

    /// Measures the next migration and stays on the state after it, or before it if it fails.
    pub fn step(&mut self, forward: &Script, rollback: Option<&Script>) -> Result<Step, String> {
        let before = self.snapshot(STATE)?;
        self.copy(AFTER, STATE)?;
        let outcome = self.run(AFTER, forward)?;
        let mut step =
            Step { forward: outcome, intact: self.intact, rollback: None, left: None, twice: None, redo: None, partial: Vec::new() };
        if step.forward.is_err() {
            self.intact = false;
            return Ok(step);
        }
        if let Some(rollback) = rollback {
            self.there_and_back(&mut step, &before, forward, rollback)?;
            if HALVES.contains(&forward.statements.len()) && !forward.controls_transactions() {
                step.partial = self.halves(forward, rollback)?;
            }
        }
        self.copy(STATE, AFTER)?;
        Ok(step)
    }

    fn there_and_back(&mut self, step: &mut Step, before: &Snapshot, forward: &Script, rollback: &Script) -> Result<(), String> {
        let after = self.snapshot(AFTER)?;
        self.copy(BACK, AFTER)?;
        let outcome = self.run(BACK, rollback)?;
        step.rollback = Some(outcome.clone());
        if outcome.is_err() {
            return Ok(());
        }
        step.left = Some(differences(before, &self.snapshot(BACK)?));
        self.copy(TRIED, BACK)?;
        step.twice = Some(self.run(TRIED, rollback)?);
        let redo = self.run(BACK, forward)?;
        let differs = match redo {
            Ok(()) => differences(&after, &self.snapshot(BACK)?),
            Err(_) => Vec::new(),
        };
        step.redo = Some((redo, differs));
        Ok(())
    }

    /// What a rollback within one transaction does is seen without its COMMIT, so that the same database serves for the next half.
    fn halves(&mut self, forward: &Script, rollback: &Script) -> Result<Vec<Result<(), Failure>>, String> {
        let mut found = Vec::new();
        let alone = rollback.mode == Mode::Transaction;
        self.copy(BACK, STATE)?;
        for statement in &forward.statements {
            if alone {
                let mut client = self.server.connect(BACK)?;
                let mut outcome = send(&mut client, "BEGIN", 0).and_then(|()| rollback.run_inside(&mut client));
                if outcome.is_ok() {
                    outcome = send(&mut client, "SET CONSTRAINTS ALL IMMEDIATE", rollback.statements.len() + 1);
                }
                send(&mut client, "ROLLBACK", 0).map_err(|failure| failure.message)?;
                found.push(outcome);
            } else {
                self.settle(BACK)?;
                self.copy(TRIED, BACK)?;
                found.push(self.run(TRIED, rollback)?);
            }
            let half = Script { statements: vec![statement.clone()], mode: Mode::Autocommit };
            if self.run(BACK, &half)?.is_err() {
                return Ok(Vec::new());
            }
        }
        Ok(found)
    }

    fn run(&mut self, database: &str, script: &Script) -> Result<Result<(), Failure>, String> {
        let mut client = self.server.connect(database)?;
        let outcome = script.run(&mut client);
        drop(client);
        self.settle(database)?;
        Ok(outcome)
    }

    fn snapshot(&mut self, database: &str) -> Result<Snapshot, String> {
        let mut client = self.server.connect(database)?;
        let snapshot = take(&mut client)?;
        drop(client);
        self.settle(database)?;
        Ok(snapshot)
    }

    fn copy(&mut self, database: &str, template: &str) -> Result<(), String> {
        self.server.remove(&mut self.admin, database)?;
        self.server.copy(&mut self.admin, database, template)
    }

    /// Waits until the session before is gone: a database with a session in it cannot be copied.
    fn settle(&mut self, database: &str) -> Result<(), String> {
        let sql = format!("SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}'");
        for _ in 0..5000 {
            if one(&mut self.admin, &sql)? == "0" {
                return Ok(());
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        Err("a session of the history does not end".into())
    }
}
