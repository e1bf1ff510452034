//! Stories: Markdown with a heading, a sentence, SQL blocks with marks, and the report that is expected.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::oracle::{Difference, Facts, Failure, Mode, Script};

/// One story of a file.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// The file it stands in, without folder.
    pub file: String,
    /// Its heading.
    pub name: String,
    /// The line of the heading.
    pub line: usize,
    /// The schema before, if the story gives it to backout.
    pub baseline: Option<String>,
    /// Schemas in which the answer must hold when there is no baseline; only the oracle sees them.
    pub worlds: Vec<String>,
    /// The forward.
    pub forward: String,
    /// The rollback.
    pub rollback: String,
    /// Settings such as `runner: psql`.
    pub settings: BTreeMap<String, String>,
    /// The expected report, line by line, by the first word.
    pub report: BTreeMap<String, String>,
    /// The byte range of the report block's text in the file.
    pub report_range: Option<std::ops::Range<usize>>,
    /// What the SQL is marked with.
    pub marks: Vec<Mark>,
}

/// A finding that a story expects.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// `baseline`, `forward` or `rollback`.
    pub script: String,
    /// The line in the script, counted from 1.
    pub line: usize,
    /// `error`, `warning` or `note`.
    pub severity: String,
    /// The rule.
    pub rule: String,
}

/// The words that may begin a line of a report block, in the order in which they are written.
pub const WORDS: [&str; 12] = [
    "verdict",
    "forward_runs",
    "rollback_runs",
    "restores",
    "redo",
    "rerun",
    "partial",
    "resumes",
    "local",
    "atomic",
    "lossless",
    "findings",
];

/// The folder of the stories of a dialect.
pub fn folder(dialect: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("plans").join(dialect)
}

/// The folder of the app's examples, from that of the stories: they are stories too.
const EXAMPLES: &str = "../../../web/examples";

/// Every story of a dialect and every example of the app, by file and line. `STORY=part` in the environment picks those whose file or heading holds the part, or one of several between `|`.
pub fn stories(dialect: &str) -> Vec<Story> {
    let mut files: Vec<(String, PathBuf)> = Vec::new();
    for below in ["", EXAMPLES] {
        let folder = folder(dialect).join(below);
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        files.extend(entries.flatten().map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            (if below.is_empty() { name } else { format!("{below}/{name}") }, entry.path())
        }));
    }
    files.retain(|(name, _)| name.ends_with(".md"));
    files.sort();
    let wanted = std::env::var("STORY").unwrap_or_default();
    let mut all = Vec::new();
    for (name, path) in files {
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        all.extend(parse(&name, &text));
    }
    all.retain(|story| wanted.split('|').any(|part| story.file.contains(part) || story.name.contains(part)));
    all
}

/// Reads the stories of one file; a block that is not understood is a panic that names its line.
pub fn parse(file: &str, text: &str) -> Vec<Story> {
    let mut found: Vec<Story> = Vec::new();
    let mut block: Option<(String, usize)> = None;
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let start = at;
        at += line.len();
        let trimmed = line.trim_end();
        if let Some((kind, body)) = &block {
            if trimmed == "```" {
                let story = found.last_mut().unwrap_or_else(|| panic!("{file}:{}: a block before the first heading", number + 1));
                let sql = text[*body..start].to_string();
                close(story, kind, sql, *body..start, &format!("{file}:{}", number + 1));
                block = None;
            }
        } else if let Some(kind) = trimmed.strip_prefix("```") {
            block = Some((kind.trim().to_string(), at));
        } else if let Some(name) = trimmed.strip_prefix("## ") {
            found.push(Story { file: file.into(), name: name.into(), line: number + 1, ..Story::default() });
        } else if let Some((key, value)) = trimmed.split_once(": ")
            && ["runner", "server", "server-from", "mode", "assume-new", "oracle", "wrong", "rule"].contains(&key)
            && let Some(story) = found.last_mut()
        {
            story.settings.insert(key.into(), value.trim().into());
        }
    }
    assert!(block.is_none(), "{file}: the last block has no end");
    found
}

fn close(story: &mut Story, kind: &str, text: String, range: std::ops::Range<usize>, place: &str) {
    match kind {
        "sql baseline" => {
            story.marks.extend(marks("baseline", &text));
            story.baseline = Some(text);
        }
        "sql forward" => {
            story.marks.extend(marks("forward", &text));
            story.forward = text;
        }
        "sql rollback" => {
            story.marks.extend(marks("rollback", &text));
            story.rollback = text;
        }
        "sql world" => story.worlds.push(text),
        "text report" => {
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
                assert!(WORDS.contains(&word), "{place}: a report line cannot begin with {word:?}");
                let rest = if word == "partial" { expand(rest) } else { rest.trim().into() };
                story.report.insert(word.into(), rest);
            }
            story.report_range = Some(range);
        }
        other => panic!("{place}: unknown block {other:?}; use sql baseline, sql forward, sql rollback, sql world or text report"),
    }
}

/// The marks of a script: `-- error: rule` at the end of a line, `-- ^ error: rule` under it, or `-- v error: rule` above it.
fn marks(script: &str, text: &str) -> Vec<Mark> {
    let mut found = Vec::new();
    let mut line = 0;
    for (number, content) in text.lines().enumerate() {
        let code = content.split("--").next().unwrap_or_default();
        let mut any = false;
        for comment in content.split("--").skip(1) {
            // An arrow down is for the line below, where the line itself ends inside a quoted body.
            let down = comment.trim().starts_with("v ");
            let comment = comment.trim().trim_start_matches(['^', 'v']).trim();
            let Some((severity, rule)) = comment.split_once(": ") else { continue };
            if !["error", "warning", "note"].contains(&severity)
                || !rule.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            {
                continue;
            }
            any = true;
            let line = if code.trim().is_empty() { line } else { number + 1 };
            let line = if down { number + 2 } else { line };
            found.push(Mark { script: script.into(), line, severity: severity.into(), rule: rule.into() });
        }
        if !any {
            line = number + 1;
        }
    }
    found
}

impl Story {
    /// The runner that the story states, or the default of loose scripts.
    pub fn runner(&self) -> &str {
        self.settings.get("runner").map_or("psql-stop", String::as_str)
    }

    /// The mode in which a server is to run a script under the story's runner.
    pub fn mode(&self) -> Mode {
        if let Some(mode) = self.settings.get("mode") {
            return match mode.as_str() {
                "autocommit" => Mode::Autocommit,
                "transaction" => Mode::Transaction,
                other => panic!("{}: {}: unknown mode {other:?}", self.file, self.name),
            };
        }
        match self.runner() {
            "psql" => Mode::GoOn,
            "psql-stop" => Mode::Autocommit,
            "golang-migrate" => Mode::OneString,
            _ => Mode::Transaction,
        }
    }

    /// The forward as the server is to run it.
    pub fn forward_script(&self) -> Script {
        Script::new(&self.forward, self.mode())
    }

    /// The rollback as the server is to run it.
    pub fn rollback_script(&self) -> Script {
        Script::new(&self.rollback, self.mode())
    }

    /// Whether a server of this version can tell the story's facts.
    pub fn fits(&self, version: u16) -> bool {
        let setting = |key: &str| self.settings.get(key).and_then(|value| value.parse::<u16>().ok());
        setting("server").is_none_or(|wanted| wanted == version)
            && setting("server-from").is_none_or(|from| from <= version)
            && self.settings.get("oracle").is_none_or(|oracle| oracle != "none")
    }

    /// What backout is known to get wrong in this story.
    pub fn wrong(&self) -> BTreeSet<String> {
        let words = self.settings.get("wrong").map(String::as_str).unwrap_or_default();
        words.split(", ").filter(|word| !word.is_empty()).map(str::to_string).collect()
    }

    /// Where the story stands, for messages.
    pub fn place(&self) -> String {
        format!("{}:{} {}", self.file, self.line, self.name)
    }
}

/// The lines of a report block that a server can tell.
pub fn lines(facts: &Facts) -> BTreeMap<String, String> {
    let mut lines = BTreeMap::new();
    let mut put = |word: &str, text: String| {
        lines.insert(word.to_string(), text);
    };
    put("forward_runs", outcome(&facts.forward_runs));
    let premise = match (&facts.forward_runs, &facts.rollback_runs) {
        (Err(_), _) => Some("no because forward_runs"),
        (_, Some(Err(_))) => Some("no because rollback_runs"),
        _ => None,
    };
    match (&facts.rollback_runs, premise) {
        (Some(runs), _) => put("rollback_runs", outcome(runs)),
        (None, premise) => put("rollback_runs", premise.unwrap_or("unknown").into()),
    }
    if let Some(premise) = premise {
        for word in ["restores", "redo", "rerun"] {
            put(word, premise.into());
        }
    } else {
        put("restores", restores(facts.left.as_deref().unwrap_or_default()));
        let redo = match &facts.redo {
            Some(Ok(())) if differing(&facts.redo_differs).is_empty() => "yes".to_string(),
            Some(Ok(())) => format!("no: {}", differing(&facts.redo_differs).join("; ")),
            Some(failed) => outcome(failed),
            None => "unknown".into(),
        };
        put("redo", redo);
        put("rerun", facts.rerun.as_ref().map_or("unknown".into(), outcome));
    }
    // A forward that fails as a whole is beyond its halves.
    if !facts.prefixes.is_empty() && facts.forward_runs.is_ok() {
        let each = facts.prefixes.iter().map(|prefix| match &prefix.runs {
            Ok(()) if differing(&prefix.left).is_empty() => format!("{}:yes", prefix.k),
            Ok(()) => format!("{}:runs", prefix.k),
            Err(_) => format!("{}:{}", prefix.k, outcome(&prefix.runs)),
        });
        put("partial", each.collect::<Vec<_>>().join(", "));
    }
    match &facts.resumes {
        Some(Ok(())) => put("resumes", "yes".into()),
        Some(Err((j, _))) => put("resumes", format!("no after {j}")),
        None => {}
    }
    lines
}

/// An answer as a report line spells it.
pub fn outcome(outcome: &Result<(), Failure>) -> String {
    match outcome {
        Ok(()) => "yes".into(),
        Err(failure) => format!("no {} at {}", failure.sqlstate, failure.statement),
    }
}

fn restores(left: &[Difference]) -> String {
    let differing = differing(left);
    if !differing.is_empty() {
        return format!("no: {}", differing.join("; "));
    }
    let mut except: Vec<&str> = left.iter().map(|difference| difference.change).collect();
    except.sort_unstable();
    except.dedup();
    match except.is_empty() {
        true => "yes".into(),
        false => format!("yes except {}", except.join(", ")),
    }
}

/// The differences that count, as words.
fn differing(left: &[Difference]) -> Vec<String> {
    let counting = left.iter().filter(|difference| !matches!(difference.change, "column-order" | "text"));
    counting.map(|difference| format!("{} {} {}", difference.change, difference.kind, difference.name)).collect()
}

/// Spells `2-4:yes` as `2:yes, 3:yes, 4:yes`.
pub fn expand(line: &str) -> String {
    let each = line.trim().split(", ").flat_map(|each| {
        let (range, rest) = each.split_once(':').unwrap_or((each, ""));
        let (from, to) = range.split_once('-').unwrap_or((range, range));
        let bounds = from.parse::<usize>().ok().zip(to.parse::<usize>().ok());
        let (from, to) = bounds.unwrap_or_else(|| panic!("a partial line holds {each:?}; write 0:yes or 2-4:yes"));
        (from..=to).map(move |k| format!("{k}:{rest}"))
    });
    each.collect::<Vec<_>>().join(", ")
}

/// The opposite of [`expand`].
pub fn compress(line: &str) -> String {
    let mut groups: Vec<(String, String, String)> = Vec::new();
    for each in line.split(", ") {
        let (k, rest) = each.split_once(':').unwrap_or((each, ""));
        match groups.last_mut() {
            Some(group) if group.2 == rest => group.1 = k.into(),
            _ => groups.push((k.into(), k.into(), rest.into())),
        }
    }
    let each = groups.iter().map(|(from, to, rest)| if from == to { format!("{from}:{rest}") } else { format!("{from}-{to}:{rest}") });
    each.collect::<Vec<_>>().join(", ")
}

/// Joins what several worlds say: the common answer, or unknown.
pub fn join(worlds: &[BTreeMap<String, String>]) -> BTreeMap<String, String> {
    let mut joined = worlds.first().cloned().unwrap_or_default();
    for (word, text) in &mut joined {
        let mut others: Vec<&str> = worlds.iter().skip(1).map(|world| world.get(word).map_or("", String::as_str)).collect();
        if word == "resumes" {
            // Where the rollback does not run nobody asks.
            others.retain(|other| !other.is_empty());
        }
        if others.iter().all(|other| other == text) {
            continue;
        }
        let answers = |text: &str| text.split([' ', ':']).next().unwrap_or_default().to_string();
        let same = word != "partial" && others.iter().all(|other| answers(other) == answers(text));
        *text = match (same, word.as_str()) {
            (true, _) => answers(text),
            (false, "partial") => join_partial(text, &others),
            (false, _) => "unknown".into(),
        };
    }
    premises(&mut joined);
    joined
}

/// An answer whose premise is unknown is unknown, unless no world has another.
fn premises(lines: &mut BTreeMap<String, String>) {
    let unknown = |lines: &BTreeMap<String, String>, word: &str| lines.get(word).is_some_and(|line| line.starts_with("unknown"));
    if unknown(lines, "forward_runs") && lines.get("rollback_runs").is_none_or(|line| line.starts_with("no because")) {
        lines.insert("rollback_runs".into(), "unknown".into());
    }
    if unknown(lines, "rollback_runs") {
        for word in ["restores", "redo", "rerun"] {
            if word != "restores" || lines.get(word).is_none_or(|line| !line.starts_with("no")) {
                lines.insert(word.into(), "unknown".into());
            }
        }
    }
}

fn join_partial(first: &str, others: &[&str]) -> String {
    let cut = |text: &str| -> BTreeMap<String, String> {
        text.split(", ").filter_map(|each| each.split_once(':')).map(|(k, rest)| (k.to_string(), rest.to_string())).collect()
    };
    let others: Vec<_> = others.iter().map(|other| cut(other)).collect();
    let each = first.split(", ").filter_map(|each| each.split_once(':')).map(|(k, rest)| {
        let same = others.iter().all(|other| other.get(k).is_some_and(|text| text == rest));
        let no = rest.starts_with("no") && others.iter().all(|other| other.get(k).is_some_and(|text| text.starts_with("no")));
        match (same, no) {
            (true, _) => format!("{k}:{rest}"),
            (_, true) => format!("{k}:no"),
            _ => format!("{k}:unknown"),
        }
    });
    each.collect::<Vec<_>>().join(", ")
}

/// Writes report blocks back into a story file; `reports` are by heading line.
pub fn write(dialect: &str, file: &str, reports: &BTreeMap<usize, BTreeMap<String, String>>) {
    let path = folder(dialect).join(file);
    let mut text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    for story in parse(file, &text.clone()).iter().rev() {
        let Some(lines) = reports.get(&story.line) else { continue };
        let mut body = String::new();
        for word in WORDS {
            if let Some(line) = lines.get(word) {
                let line = if word == "partial" { compress(line) } else { line.clone() };
                body.push_str(&format!("{word} {line}\n"));
            }
        }
        match &story.report_range {
            Some(range) => text.replace_range(range.clone(), &body),
            None => {
                let after: usize = text.split_inclusive('\n').take(story.line).map(str::len).sum();
                let end = text[after..].find("\n## ").map_or(text.len(), |next| after + next + 1);
                let block = format!("```text report\n{body}```\n\n");
                let end = after + text[after..end].trim_end().len();
                text.replace_range(end..end, &format!("\n\n{}", block.trim_end()));
            }
        }
    }
    fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_has_blocks_settings_and_marks() {
        let text = "# File\n\n## A table stays\n\nSaid in a sentence.\n\nrunner: diesel\n\n```sql forward\nCREATE TABLE jobs (id int);\n```\n\n```sql rollback\nSELECT 1; -- note: a-rule\nSELECT 2;\n-- ^ error: b-rule\n```\n\n```text report\nverdict unsafe\n```\n";
        let stories = parse("a.md", text);
        assert_eq!(stories.len(), 1);
        assert_eq!(stories[0].runner(), "diesel");
        assert_eq!(stories[0].report["verdict"], "unsafe");
        let marks: Vec<_> = stories[0].marks.iter().map(|mark| (mark.line, mark.rule.as_str())).collect();
        assert_eq!(marks, [(1, "a-rule"), (2, "b-rule")]);
    }
}
