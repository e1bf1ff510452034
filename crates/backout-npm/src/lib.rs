//! The engine for JavaScript: three functions, which the npm package and the checker element call.
//!
//! Nothing is judged here. The module `input` reads what the caller gave, and says what is wrong with it.

mod input;

use backout::report::{Format, human};
use backout::rules::Rule;
use js_sys::{Array, JSON, TypeError};
use wasm_bindgen::prelude::*;

/// Judges the rollbacks of an input, and returns the report with the keys of its JSON Schema.
#[wasm_bindgen(skip_typescript)]
pub fn check(input: &JsValue) -> Result<JsValue, JsValue> {
    let report = backout::check(&input::read(input).map_err(refused)?);
    // The browser's own parser builds the object faster than calls across the border would.
    JSON::parse(&backout::report::json::render(&report))
}

/// Judges the rollbacks of an input, and writes the report in one of the command line's formats.
#[wasm_bindgen(skip_typescript)]
pub fn render(input: &JsValue, format: &JsValue) -> Result<String, JsValue> {
    let format = input::format(format).map_err(refused)?;
    let mut input = input::read(input).map_err(refused)?;
    // These two have pictures, which are drawn from the details.
    input.options.details |= matches!(format, Format::Html | Format::Markdown);
    let report = backout::check(&input);
    Ok(format.render(&report, &human::Options::default()))
}

/// Every rule with its page, in the order of the reports.
#[wasm_bindgen(skip_typescript)]
pub fn rules() -> Result<JsValue, JsValue> {
    let all = backout::rules::all().iter().map(rule).collect::<Vec<_>>();
    JSON::parse(&serde_json::Value::Array(all).to_string())
}

/// The ids that an input may name: formats, runners, layouts and server versions.
#[wasm_bindgen(skip_typescript)]
pub fn choices() -> Result<JsValue, JsValue> {
    let formats: Vec<_> = Format::ALL.iter().map(|format| format.id()).collect();
    let runners: Vec<_> = backout::runner::Runner::ALL.iter().map(|runner| runner.id()).collect();
    let layouts: Vec<_> = backout::layout::Layout::all().iter().map(|layout| layout.id).collect();
    let versions: Vec<_> = input::VERSIONS.collect();
    JSON::parse(&serde_json::json!({ "formats": formats, "runners": runners, "layouts": layouts, "serverVersions": versions }).to_string())
}

fn rule(rule: &Rule) -> serde_json::Value {
    serde_json::json!({
        "name": rule.name, "heading": rule.heading.id(), "severity": rule.severity.id(),
        "summary": rule.summary(), "page": rule.page.trim(),
    })
}

/// The caller's mistake as a `TypeError`.
fn refused(problem: input::Problem) -> JsValue {
    TypeError::new(&problem.to_string()).into()
}

/// The elements of an array.
fn items(array: &JsValue) -> Option<Vec<JsValue>> {
    Array::is_array(array).then(|| Array::from(array).iter().collect())
}
