//! A rule as the analyser describes it, and the examples in its page.

use crate::state::Texts;
use serde::Deserialize;

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// The check that it belongs to.
    pub heading: String,
    /// How bad its findings are.
    pub severity: String,
    /// Its page's first sentence.
    pub summary: String,
    /// Its page in Markdown.
    pub page: String,
}

impl Rule {
    /// The scripts below a heading of the page; none when the example is not a pair of scripts.
    pub fn example(&self, heading: &str) -> Option<Texts> {
        let mut lines = self
            .page
            .lines()
            .skip_while(|line| line.strip_prefix("## ") != Some(heading))
            .skip(1)
            .take_while(|line| !line.starts_with("## "));
        let (mut texts, mut found) = (Texts::default(), false);
        while let Some(line) = lines.next() {
            let Some(kind) = line.strip_prefix("```sql ") else { continue };
            let text: String = lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
            match kind {
                "forward" => texts.forward = text,
                "rollback" => texts.rollback = text,
                "baseline" => texts.baseline = text,
                _ => continue,
            }
            found = true;
        }
        found.then_some(texts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_scripts_of_an_example_are_found_below_their_heading() {
        let page = "Summary.\n\n## Reported\n\n```sql forward\nCREATE TABLE a ();\n```\n\n```sql rollback\nDROP TABLE b;\n```\n\n## Not reported\n\nIt is a folder.\n";
        let rule = Rule { name: "x".into(), heading: "plan".into(), severity: "note".into(), summary: String::new(), page: page.into() };
        let texts = Texts { forward: "CREATE TABLE a ();\n".into(), rollback: "DROP TABLE b;\n".into(), baseline: String::new() };
        assert_eq!(rule.example("Reported"), Some(texts));
        assert_eq!(rule.example("Not reported"), None);
        assert_eq!(rule.example("Elsewhere"), None);
    }
}
