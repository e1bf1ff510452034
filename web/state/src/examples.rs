//! The examples of the page: one for each classic mistake, and one without any.
//!
//! They stand in `web/examples`, written as the stories of the tests are, so that what they promise is compared with the engine
//! and executed on a real server.

use crate::{Settings, State};

/// A plan to open, with its story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// A short name for addresses: `order`.
    pub id: &'static str,
    /// What goes wrong, as a heading.
    pub title: &'static str,
    /// What happened, in two sentences.
    pub story: String,
    /// The verdict that the report has.
    pub verdict: &'static str,
    /// The rule that tells the mistake.
    pub rule: &'static str,
    /// The scripts and settings.
    pub state: State,
}

macro_rules! examples {
    ($($number:literal $id:literal)*) => {
        /// Each file with its short name.
        const FILES: &[(&str, &str)] = &[$(($id, include_str!(concat!("../../examples/", $number, "-", $id, ".md")))),*];
    };
}

examples! {
    "01" "order"
    "02" "run-twice"
    "03" "column-type"
    "04" "index"
    "05" "enum"
    "06" "cascade"
    "07" "half-applied"
    "08" "concurrently"
    "09" "data-loss"
    "10" "function-body"
    "11" "constraint-name"
    "12" "search-path"
    "13" "wrong-table"
    "14" "guard"
    "15" "privileges"
    "16" "good"
}

/// All examples in their order.
pub fn all() -> Vec<Example> {
    FILES.iter().map(|(id, text)| read(id, text)).collect()
}

/// The example of that name.
pub fn find(id: &str) -> Option<Example> {
    FILES.iter().find(|(known, _)| *known == id).map(|(id, text)| read(id, text))
}

fn read(id: &'static str, text: &'static str) -> Example {
    let mut example = Example { id, title: "", story: String::new(), verdict: "", rule: "", state: State::default() };
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(block) = line.strip_prefix("```") {
            let body = lines.by_ref().take_while(|line| *line != "```");
            let script = match block {
                "sql baseline" => &mut example.state.baseline,
                "sql forward" => &mut example.state.forward,
                "sql rollback" => &mut example.state.rollback,
                _ => {
                    example.verdict = body.filter_map(|line| line.strip_prefix("verdict ")).last().unwrap_or_default();
                    continue;
                }
            };
            // The marks say to the tests where the findings are; the reader is to see that in the report.
            for line in body.filter(|line| !line.starts_with("-- v ")) {
                script.push_str(line);
                script.push('\n');
            }
        } else if let Some(title) = line.strip_prefix("## ") {
            example.title = title;
        } else if let Some(rule) = line.strip_prefix("rule: ") {
            example.rule = rule;
        } else if let Some(runner) = line.strip_prefix("runner: ") {
            example.state.settings = Settings { runner: Some(runner.to_owned()), ..Settings::default() };
        } else if !line.is_empty() {
            if !example.story.is_empty() {
                example.story.push(' ');
            }
            example.story.push_str(line);
        }
    }
    example
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::share;
    use backout::source::Source;
    use std::collections::BTreeSet;

    #[test]
    fn every_file_is_an_example_and_every_example_is_whole() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");
        assert_eq!(std::fs::read_dir(folder).expect("the examples are there").count(), FILES.len());
        for example in all() {
            let Example { id, title, story, verdict, rule, state } = &example;
            for text in [title, story.as_str(), verdict, rule, &state.forward, &state.rollback] {
                assert!(!text.is_empty(), "{id}: {example:?}");
            }
            assert_eq!(story.matches(". ").count() + 1, 2, "{id}: a story has two sentences: {story}");
            assert!(!format!("{state:?}").contains("-- v "), "{id}");
            let link = share::encode(state).expect("an example goes into a link");
            assert!(link.len() < 2000, "{id}: {}", link.len());
            assert_eq!(find(id), Some(example));
        }
    }

    #[test]
    fn each_has_the_verdict_and_the_finding_that_it_promises() {
        let mut rules = BTreeSet::new();
        for example in all() {
            let source = |path: &str, text: &str| (!text.is_empty()).then(|| Source { path: path.into(), text: text.into() });
            let runner = example.state.settings.runner.as_deref().map(|id| id.parse().expect("the runner exists"));
            let options = backout::Options { runner, ..backout::Options::default() };
            let State { forward, rollback, baseline, .. } = &example.state;
            let report = backout::check(&backout::Input::pair(
                source("forward.sql", forward),
                source("rollback.sql", rollback),
                source("baseline.sql", baseline),
                options,
            ));
            let only = &report.migrations[0];
            assert_eq!(only.verdict.id(), example.verdict, "{}", example.id);
            assert!(only.findings.iter().any(|finding| finding.rule == example.rule), "{} does not report {}", example.id, example.rule);
            rules.insert(example.rule);
        }
        assert_eq!(rules.len(), FILES.len(), "each tells another mistake");
    }
}
