//! What the page is about: scripts and settings. They can be sent in a link ([`share`]) and come as examples ([`examples`]).
//!
//! Nothing here knows a browser or judges anything, so all of it is tested natively.

pub mod examples;
pub mod share;

use serde::{Deserialize, Serialize};

/// Everything that makes a page what it is for its reader; the rest follows from it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The script that changes the schema.
    #[serde(rename = "f", skip_serializing_if = "String::is_empty")]
    pub forward: String,
    /// The script that takes the change back.
    #[serde(rename = "r", skip_serializing_if = "String::is_empty")]
    pub rollback: String,
    /// The schema before the forward; empty when it is not given.
    #[serde(rename = "b", skip_serializing_if = "String::is_empty")]
    pub baseline: String,
    /// The choices.
    #[serde(rename = "s", skip_serializing_if = "Settings::is_default")]
    pub settings: Settings,
}

/// The choices that bear on the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The server's major version.
    #[serde(rename = "v")]
    pub server_version: u16,
    /// What executes the scripts, by its id; nothing when it was not stated.
    #[serde(rename = "r", skip_serializing_if = "Option::is_none")]
    pub runner: Option<String>,
    /// Idempotency and atomicity decide the verdict too.
    #[serde(rename = "s", skip_serializing_if = "std::ops::Not::not")]
    pub strict: bool,
    /// What the forward makes with `IF NOT EXISTS` is new.
    #[serde(rename = "n", skip_serializing_if = "std::ops::Not::not")]
    pub assume_new: bool,
    /// The rules whose findings are not shown, by name, in alphabetical order.
    #[serde(rename = "o", skip_serializing_if = "Vec::is_empty")]
    pub rules_off: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { server_version: 17, runner: None, strict: false, assume_new: false, rules_off: Vec::new() }
    }
}

impl Settings {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
