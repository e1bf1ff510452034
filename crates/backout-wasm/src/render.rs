//! A report in the formats of the command line, of a plain JavaScript object.

use crate::check::refused;
use crate::input;
use backout::Teller;
use backout::report::{Format, human};
use wasm_bindgen::prelude::*;

/// Judges the rollbacks of an input, and writes the report in one of the command line's formats.
#[wasm_bindgen(skip_typescript)]
pub fn render(input: &JsValue, format: &JsValue) -> Result<String, JsValue> {
    let format = input::format(format).map_err(refused)?;
    let mut input = input::read(input).map_err(refused)?;
    // These two have pictures, which are drawn from the details.
    if matches!(format, Format::Html | Format::Markdown) {
        input.options.details = Some(Teller::ALL);
    }
    let report = backout::check(&input);
    Ok(format.render(&report, &human::Options::default()))
}
