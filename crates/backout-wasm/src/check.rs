//! A check of a plain JavaScript object.

use crate::input;
use js_sys::{JSON, TypeError};
use wasm_bindgen::prelude::*;

/// Judges the rollbacks of an input, and returns the report with the keys of its JSON Schema.
#[wasm_bindgen(skip_typescript)]
pub fn check(input: &JsValue) -> Result<JsValue, JsValue> {
    let report = backout::check(&input::read(input).map_err(refused)?);
    // The browser's own parser builds the object faster than calls across the border would.
    JSON::parse(&backout::report::json::render(&report))
}

/// The caller's mistake as a `TypeError`.
pub fn refused(problem: input::Problem) -> JsValue {
    TypeError::new(&problem.to_string()).into()
}
