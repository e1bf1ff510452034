//! What holds for every rule.

use super::*;

#[test]
fn every_page_has_its_parts() {
    for rule in all() {
        for part in ["## Why it matters", "## Reported", "## Not reported", "## How to fix it", "## When to ignore it", "## Source"] {
            assert!(rule.page.contains(part), "the page of {} lacks {part}", rule.name);
        }
        assert!(rule.summary().ends_with('.'), "the first line of the page of {} is a sentence", rule.name);
    }
}

#[test]
fn names_are_unique_and_dashed() {
    let names: std::collections::BTreeSet<_> = all().iter().map(|rule| rule.name).collect();
    assert_eq!(names.len(), all().len());
    assert!(names.iter().all(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
}
