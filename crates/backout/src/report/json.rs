//! The report as one JSON object.

use super::Report;

/// The object, indented, with a line end.
pub fn render(report: &Report) -> String {
    match serde_json::to_string_pretty(report) {
        Ok(mut text) => {
            text.push('\n');
            text
        }
        // Strings, numbers and lists only: there is nothing that could not be written.
        Err(error) => format!("{{\"error\": \"{error}\"}}\n"),
    }
}
