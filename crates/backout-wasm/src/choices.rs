//! What there is to choose from, for menus and pages.

use crate::VERSIONS;
use backout::layout::Layout;
use backout::report::Format;
use backout::runner::Runner;
use serde_json::{Value, json};
use wasm_bindgen::prelude::wasm_bindgen;

/// Every rule with its page, in the order of the report; JSON.
#[wasm_bindgen]
pub fn rules() -> String {
    let rules = backout::rules::all().iter().map(|rule| {
        json!({
            "name": rule.name,
            "heading": rule.heading.id(),
            "severity": rule.severity.id(),
            "summary": rule.summary(),
            "page": rule.page.trim(),
        })
    });
    Value::from_iter(rules).to_string()
}

/// What an input may name: formats, runners and whether they are all or nothing, layouts and server versions; JSON.
#[wasm_bindgen]
pub fn choices() -> String {
    let formats = Format::ALL.map(Format::id);
    let runners = Runner::ALL.into_iter().map(|runner| json!({"id": runner.id(), "atomic": runner.all_or_nothing(false)}));
    let layouts = Layout::all().iter().map(|layout| layout.id);
    let versions = VERSIONS.collect::<Vec<_>>();
    json!({
        "formats": formats, "runners": Value::from_iter(runners), "layouts": Value::from_iter(layouts), "serverVersions": versions,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_page_and_every_runner_an_id() {
        let rules: Value = serde_json::from_str(&rules()).expect("it is JSON");
        let pages = rules
            .as_array()
            .map_or(0, |rules| rules.iter().filter(|rule| rule["page"].as_str().is_some_and(|page| page.len() > 100)).count());
        assert_eq!(pages, backout::rules::all().len());
        let choices: Value = serde_json::from_str(&choices()).expect("it is JSON");
        assert_eq!(choices["runners"].as_array().map(Vec::len), Some(Runner::ALL.len()));
    }
}
