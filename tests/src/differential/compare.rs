//! Holds what backout says of a plan against what the server did.

use std::collections::BTreeMap;

use crate::answers::same;

/// How bad a disagreement is, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Harm {
    /// The verdict is safe, and the rollback fails or does not restore.
    FalseSafe,
    /// An answer is yes, and the server says no.
    FalseYes,
    /// An answer is no, and the server says yes.
    FalseNo,
    /// The answer is right, and its SQLSTATE, statement or differences are not.
    Detail,
    /// Without the baseline: an answer that this baseline refutes.
    Open,
}

/// A kind of disagreement: what many plans may have in common.
pub type Class = (Harm, String);

/// What the server and backout say of one plan.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The server's lines.
    pub facts: BTreeMap<String, String>,
    /// Those of backout.
    pub said: BTreeMap<String, String>,
    /// Where they differ: class, and the two lines.
    pub classes: Vec<(Class, String)>,
    /// The words whose answer is "unknown".
    pub unknown: Vec<&'static str>,
    /// The words that were compared and agree.
    pub agreed: Vec<&'static str>,
    /// Words that backout decides without knowing the baseline.
    pub decided_open: usize,
}

/// The words that a server can answer.
pub const ASKED: [&str; 7] = ["forward_runs", "rollback_runs", "restores", "redo", "rerun", "partial", "resumes"];

impl Outcome {
    /// Whether the server calls the rollback good: it runs and restores.
    pub fn is_good(&self) -> bool {
        let yes = |word: &str| self.facts.get(word).is_some_and(|line| line.starts_with("yes"));
        yes("forward_runs") && yes("rollback_runs") && yes("restores")
    }

    /// Whether the forward runs on the server.
    pub fn runs_forward(&self) -> bool {
        self.facts.get("forward_runs").is_some_and(|line| line == "yes")
    }

    /// The verdict of backout.
    pub fn verdict(&self) -> &str {
        self.said.get("verdict").map_or("", String::as_str)
    }
}

/// Compares the lines.
pub fn compare(facts: BTreeMap<String, String>, said: BTreeMap<String, String>, open: BTreeMap<String, String>) -> Outcome {
    let mut outcome = Outcome { facts, said, ..Outcome::default() };
    let (facts, said) = (outcome.facts.clone(), outcome.said.clone());
    let runs_forward = outcome.runs_forward();
    for word in ASKED {
        let (Some(fact), Some(line)) = (facts.get(word), said.get(word)) else { continue };
        // What follows from a wrong answer says nothing new.
        let wrong = |word: &str| outcome.classes.iter().any(|((_, class), _)| class.starts_with(word));
        if wrong("forward_runs") || (wrong("rollback_runs") && word != "partial") || fact.starts_with("no because") {
            continue;
        }
        if word == "partial" {
            partial(&mut outcome, fact, line);
            continue;
        }
        if line.starts_with("unknown") {
            outcome.unknown.push(word);
        } else if line_agrees(word, line, fact) {
            outcome.agreed.push(word);
        } else {
            let harm = match (head(line), head(fact)) {
                ("yes", "no") => Harm::FalseYes,
                ("no", "yes") => Harm::FalseNo,
                _ => Harm::Detail,
            };
            let class = format!("{word}: server {}, backout {}", kind(fact), kind(line));
            outcome.classes.push(((harm, class), format!("{word}: server {fact}\n{word}: backout {line}")));
        }
    }
    if runs_forward && outcome.verdict() == "safe" && !outcome.is_good() {
        let class = format!("verdict safe, rollback_runs {}, restores {}", kind(&facts["rollback_runs"]), kind(&facts["restores"]));
        outcome.classes.insert(0, ((Harm::FalseSafe, class), String::new()));
    }
    if runs_forward {
        without_baseline(&mut outcome, &open);
    }
    outcome
}

/// `resumes` says after how many statements, which is a detail of its own.
fn line_agrees(word: &str, line: &str, fact: &str) -> bool {
    same(line, fact) || (word == "resumes" && line == fact)
}

/// Answers given without the baseline must hold on this baseline, too.
fn without_baseline(outcome: &mut Outcome, open: &BTreeMap<String, String>) {
    for word in ASKED {
        let (Some(fact), Some(line)) = (outcome.facts.get(word).cloned(), open.get(word)) else { continue };
        if fact.starts_with("no because") || line.starts_with("unknown") || word == "forward_runs" {
            continue;
        }
        if word == "partial" {
            let (fact, line) = (cut(&fact), cut(line));
            for (k, fact) in &fact {
                let Some(line) = line.get(k).filter(|line| *line != "unknown") else { continue };
                outcome.decided_open += 1;
                if head(line) != head(fact) {
                    let class = format!("partial: server {}, backout without the baseline {}", kind(fact), kind(line));
                    outcome
                        .classes
                        .push(((Harm::Open, class), format!("partial: server {k}:{fact}\npartial: without the baseline {k}:{line}")));
                    break;
                }
            }
            continue;
        }
        outcome.decided_open += 1;
        if head(line) != head(&fact) {
            let class = format!("{word}: server {}, backout without the baseline {}", kind(&fact), kind(line));
            outcome.classes.push(((Harm::Open, class), format!("{word}: server {fact}\n{word}: without the baseline {line}")));
            return;
        }
    }
}

fn partial(outcome: &mut Outcome, fact: &str, line: &str) {
    let (facts, lines) = (cut(fact), cut(line));
    let mut unknown = false;
    for (k, fact) in &facts {
        let said = lines.get(k).map_or("unknown", String::as_str);
        if said == "unknown" {
            unknown = true;
        } else if said != fact {
            let harm = match (said, fact.as_str()) {
                ("yes", _) => Harm::FalseYes,
                ("runs", fact) if fact != "yes" => Harm::FalseYes,
                (_, "yes") => Harm::FalseNo,
                (said, "runs") if said != "runs" => Harm::FalseNo,
                _ => Harm::Detail,
            };
            let class = format!("partial: server {}, backout {}", kind(fact), kind(said));
            outcome.classes.push(((harm, class), format!("partial: server {k}:{fact}\npartial: backout {k}:{said}")));
            return;
        }
    }
    match unknown {
        true => outcome.unknown.push("partial"),
        false => outcome.agreed.push("partial"),
    }
}

/// The prefixes of a line by their number.
pub fn cut(line: &str) -> BTreeMap<usize, String> {
    line.split(", ").filter_map(|each| each.split_once(':')).filter_map(|(k, rest)| Some((k.parse().ok()?, rest.to_string()))).collect()
}

fn head(line: &str) -> &str {
    line.split([' ', ':']).next().unwrap_or_default()
}

/// A line without statement numbers and names: `no 2BP01`, `no: changed column, missing index`.
fn kind(line: &str) -> String {
    match line.split_once(": ") {
        Some((head, list)) => {
            let mut kinds: Vec<String> = list.split("; ").map(|each| each.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
            kinds.sort();
            kinds.dedup();
            format!("{head}: {}", kinds.join(", "))
        }
        None => line.split(" at ").next().unwrap_or_default().to_string(),
    }
}
