//! The questions of a report, asked of a server: each is a path of scripts, run from the baseline in a database of its own.

use postgres::Client;

use super::pieces::pieces;
use super::server::Server;
use super::snapshot::{Difference, Snapshot, differences, take};

/// How a runner hands a script to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Each statement commits alone, and the first error ends the script.
    Autocommit,
    /// Each statement commits alone, and the script goes on after errors.
    GoOn,
    /// One transaction around the script.
    Transaction,
    /// The whole script is one string, which is a transaction when it holds several statements.
    OneString,
}

/// The statements of a script and the way they are run.
#[derive(Clone, Debug)]
pub struct Script {
    /// The statements in order.
    pub statements: Vec<String>,
    /// How they reach the server.
    pub mode: Mode,
}

/// The statement that failed, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The five characters of the SQLSTATE.
    pub sqlstate: String,
    /// The statement, counted from 1; one past the last is the runner's COMMIT.
    pub statement: usize,
    /// What the server says.
    pub message: String,
}

/// What happens after the first `k` statements of the forward.
#[derive(Clone, Debug)]
pub struct Prefix {
    /// How many statements of the forward were applied, each committed alone.
    pub k: usize,
    /// Whether the whole rollback runs from there.
    pub runs: Result<(), Failure>,
    /// What then differs from the schema before the forward.
    pub left: Vec<Difference>,
}

/// What the server did with one plan.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The forward on the baseline.
    pub forward_runs: Result<(), Failure>,
    /// The rollback after the forward; absent when the forward failed.
    pub rollback_runs: Option<Result<(), Failure>>,
    /// What differs after the rollback; absent when a script before failed.
    pub left: Option<Vec<Difference>>,
    /// The forward after the rollback.
    pub redo: Option<Result<(), Failure>>,
    /// What differs between the schemas after the first and the second forward.
    pub redo_differs: Vec<Difference>,
    /// The rollback after the rollback.
    pub rerun: Option<Result<(), Failure>>,
    /// Every half-applied forward, as far as its statements run alone; none when the forward controls transactions.
    pub prefixes: Vec<Prefix>,
    /// The first half-applied rollback after which the whole rollback fails, and how; none when it controls transactions.
    pub resumes: Option<Result<(), (usize, Failure)>>,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            forward_runs: Ok(()),
            rollback_runs: None,
            left: None,
            redo: None,
            redo_differs: Vec::new(),
            rerun: None,
            prefixes: Vec::new(),
            resumes: None,
        }
    }
}

impl Facts {
    /// Whether the server failed in itself (XX000), as it does when it tries some statements again within one transaction.
    pub fn has_internal_error(&self) -> bool {
        let whole = [Some(&self.forward_runs), self.rollback_runs.as_ref(), self.redo.as_ref(), self.rerun.as_ref()];
        let tried = self.prefixes.iter().map(|prefix| &prefix.runs);
        let failures = whole.into_iter().flatten().chain(tried).filter_map(|runs| runs.as_ref().err());
        let resumed = self.resumes.iter().filter_map(|runs| runs.as_ref().err()).map(|(_, failure)| failure);
        failures.chain(resumed).any(|failure| failure.sqlstate == "XX000")
    }
}

impl Script {
    /// Cuts a text into a script.
    pub fn new(sql: &str, mode: Mode) -> Self {
        Self { statements: pieces(sql), mode }
    }

    /// Whether the script begins or ends transactions itself.
    pub fn controls_transactions(&self) -> bool {
        let words = ["begin", "commit", "rollback", "start", "end", "abort", "savepoint", "release", "prepare"];
        self.statements.iter().any(|statement| first_word(statement).is_some_and(|word| words.contains(&word.as_str())))
    }

    fn first(&self, count: usize) -> Self {
        Self { statements: self.statements.iter().take(count).cloned().collect(), mode: Mode::Autocommit }
    }

    /// Runs inside a transaction block, up to the first error.
    pub(super) fn run_inside(&self, client: &mut Client) -> Result<(), Failure> {
        self.statements.iter().enumerate().try_for_each(|(at, statement)| send(client, statement, at + 1))
    }

    /// Runs in a session of its own.
    pub(super) fn run(&self, client: &mut Client) -> Result<(), Failure> {
        let wrapped = match self.mode {
            Mode::Autocommit | Mode::GoOn => false,
            // A string of one statement is no transaction block, and one that says BEGIN itself is run as it says.
            Mode::OneString => self.statements.len() > 1 && !self.controls_transactions(),
            Mode::Transaction => true,
        };
        if wrapped {
            send(client, "BEGIN", 0)?;
        }
        let mut first = Ok(());
        for (at, statement) in self.statements.iter().enumerate() {
            let outcome = send(client, statement, at + 1);
            if outcome.is_err() && self.mode != Mode::GoOn {
                return outcome;
            }
            if first.is_ok() {
                first = outcome;
            }
        }
        if wrapped {
            send(client, "COMMIT", self.statements.len() + 1)?;
        }
        first
    }
}

pub(super) fn first_word(statement: &str) -> Option<String> {
    let mut rest = statement.trim_start();
    loop {
        if rest.starts_with("--") {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest).trim_start();
        } else if rest.starts_with("/*") {
            rest = rest.split_once("*/").map_or("", |(_, rest)| rest).trim_start();
        } else {
            break;
        }
    }
    let word: String = rest.chars().take_while(|c| c.is_ascii_alphabetic()).collect();
    (!word.is_empty()).then(|| word.to_ascii_lowercase())
}

pub(super) fn send(client: &mut Client, statement: &str, number: usize) -> Result<(), Failure> {
    let upper = statement.to_ascii_uppercase();
    let from_client = first_word(statement).as_deref() == Some("copy") && upper.contains("FROM") && upper.contains("STDIN");
    // A server that waits for rows would wait for ever; the schema does not hang on them.
    let result = match from_client {
        true => client.copy_in(statement).and_then(|rows| rows.finish()).map(|_| ()),
        false => client.simple_query(statement).map(|_| ()),
    };
    result.map_err(|error| match error.as_db_error() {
        Some(db) => Failure { sqlstate: db.code().code().to_string(), statement: number, message: db.message().to_string() },
        None => Failure { sqlstate: "XX000".into(), statement: number, message: format!("{error:?}") },
    })
}

/// One database after another, each starting from the baseline.
struct Bench<'a> {
    server: &'a Server,
    admin: Client,
    baseline: Script,
    /// Roles belong to the cluster: with any about, every path starts from nothing.
    roles: bool,
}

const BASE: &str = "story_base";
const WORK: &str = "story_work";

impl Bench<'_> {
    /// Makes the template, if one can serve.
    fn prepare(&mut self) -> Result<(), String> {
        self.server.remove(&mut self.admin, WORK)?;
        self.server.remove(&mut self.admin, BASE)?;
        self.server.remove_roles(&mut self.admin)?;
        if !self.roles {
            self.server.copy(&mut self.admin, BASE, "template0")?;
            self.lay(BASE)?;
        }
        Ok(())
    }

    fn lay(&self, database: &str) -> Result<(), String> {
        let mut client = self.server.connect(database)?;
        self.baseline
            .run(&mut client)
            .map_err(|failure| format!("the baseline fails: {} {} at {}", failure.sqlstate, failure.message, failure.statement))
    }

    fn fresh(&mut self) -> Result<(), String> {
        self.server.remove(&mut self.admin, WORK)?;
        if self.roles {
            self.server.remove_roles(&mut self.admin)?;
            self.server.copy(&mut self.admin, WORK, "template0")?;
            return self.lay(WORK);
        }
        self.server.copy(&mut self.admin, WORK, BASE)
    }

    fn run(&mut self, script: &Script) -> Result<Result<(), Failure>, String> {
        let mut client = self.server.connect(WORK)?;
        let outcome = script.run(&mut client);
        drop(client);
        self.settle()?;
        Ok(outcome)
    }

    /// Waits until the session before is really gone, with its temporary objects.
    fn settle(&mut self) -> Result<(), String> {
        let sql = format!("SELECT count(*) FROM pg_stat_activity WHERE datname = '{WORK}'");
        for _ in 0..2000 {
            if super::server::one(&mut self.admin, &sql)? == "0" {
                return Ok(());
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        Err("a session of the story does not end".into())
    }

    fn snapshot(&self) -> Result<Snapshot, String> {
        take(&mut self.server.connect(WORK)?)
    }
}

/// Measures a plan: baseline, forward and rollback, each a session of its own.
pub fn measure(server: &Server, baseline: &Script, forward: &Script, rollback: &Script) -> Result<Facts, String> {
    let all = [baseline, forward, rollback];
    let roles = all.iter().flat_map(|script| &script.statements).any(|text| {
        let text = text.to_ascii_lowercase();
        ["role", "create user", "create group", "drop owned", "reassign"].iter().any(|word| text.contains(word))
    });
    let mut bench = Bench { server, admin: server.connect("postgres")?, baseline: baseline.clone(), roles };
    bench.prepare()?;
    let facts = paths(&mut bench, forward, rollback);
    bench.roles = true;
    bench.server.remove(&mut bench.admin, WORK)?;
    bench.server.remove(&mut bench.admin, BASE)?;
    bench.server.remove_roles(&mut bench.admin)?;
    facts
}

fn paths(bench: &mut Bench<'_>, forward: &Script, rollback: &Script) -> Result<Facts, String> {
    let mut facts = Facts::default();
    bench.fresh()?;
    let before = bench.snapshot()?;
    facts.forward_runs = bench.run(forward)?;
    if facts.forward_runs.is_ok() {
        let applied = bench.snapshot()?;
        let outcome = bench.run(rollback)?;
        facts.rollback_runs = Some(outcome.clone());
        if outcome.is_ok() {
            facts.left = Some(differences(&before, &bench.snapshot()?));
            facts.redo = Some(bench.run(forward)?);
            if facts.redo == Some(Ok(())) {
                facts.redo_differs = differences(&applied, &bench.snapshot()?);
            }
            bench.fresh()?;
            bench.run(forward)?.map_err(|failure| format!("the forward ran once and then not: {failure:?}"))?;
            bench.run(rollback)?.map_err(|failure| format!("the rollback ran once and then not: {failure:?}"))?;
            facts.rerun = Some(bench.run(rollback)?);
            if !rollback.controls_transactions() {
                facts.resumes = Some(resumes(bench, forward, rollback)?);
            }
        }
    }
    if !forward.controls_transactions() {
        for k in 0..forward.statements.len() {
            bench.fresh()?;
            if bench.run(&forward.first(k))?.is_err() {
                break;
            }
            let runs = bench.run(rollback)?;
            let left = match runs {
                Ok(()) => differences(&before, &bench.snapshot()?),
                Err(_) => Vec::new(),
            };
            facts.prefixes.push(Prefix { k, runs, left });
        }
    }
    Ok(facts)
}

fn resumes(bench: &mut Bench<'_>, forward: &Script, rollback: &Script) -> Result<Result<(), (usize, Failure)>, String> {
    for j in 1..rollback.statements.len() {
        bench.fresh()?;
        bench.run(forward)?.map_err(|failure| format!("the forward ran once and then not: {failure:?}"))?;
        if bench.run(&rollback.first(j))?.is_err() {
            break;
        }
        if let Err(failure) = bench.run(rollback)? {
            return Ok(Err((j, failure)));
        }
    }
    Ok(Ok(()))
}
