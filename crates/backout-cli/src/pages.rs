//! The rules' pages.

use crate::args::ListFormat;
use crate::error::Error;
use crate::terminal;
use backout::rules::{self, Heading};
use std::fmt::Write;
use std::path::PathBuf;

/// Prints a rule's page.
pub fn explain(name: &str) -> Result<bool, Error> {
    let Some(rule) = rules::find(name) else {
        let hint =
            rules::nearest(name).map_or("`backout rules` lists them all".to_owned(), |rule| format!("did you mean `{}`?", rule.name));
        return Err(Error::Other(format!("there is no rule `{name}`: {hint}")));
    };
    print(&format!("# {}\n\n{} · {} by default\n\n{}\n", rule.name, rule.heading.id(), rule.severity.id(), rule.page.trim()))
}

/// Prints all rules.
pub fn rules(format: ListFormat) -> Result<bool, Error> {
    match format {
        ListFormat::Human => print(&list()),
        ListFormat::Json => {
            let one = |rule: &rules::Rule| {
                serde_json::json!({
                    "name": rule.name, "heading": rule.heading.id(), "severity": rule.severity.id(),
                    "summary": rule.summary(), "page": rule.page.trim(),
                })
            };
            let all: Vec<_> = rules::all().iter().map(one).collect();
            print(&format!("{:#}\n", serde_json::Value::Array(all)))
        }
    }
}

fn list() -> String {
    let widest = rules::all().iter().map(|rule| rule.name.len()).max().unwrap_or_default();
    let mut out = String::new();
    for heading in Heading::ALL {
        if !out.is_empty() {
            out.push('\n');
        }
        let _ = writeln!(out, "{}", heading.id());
        for rule in rules::all().iter().filter(|rule| rule.heading == heading) {
            let _ = writeln!(out, "  {:widest$}  {:7}  {}", rule.name, rule.severity.id(), rule.summary());
        }
    }
    out
}

fn print(text: &str) -> Result<bool, Error> {
    terminal::print(text).map(|()| true).map_err(|error| Error::Write(PathBuf::from("standard output"), error))
}
