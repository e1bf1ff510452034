//! Which page the fragment of the address names.

/// A page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Route {
    /// The editors.
    #[default]
    Home,
    /// The list of examples.
    Examples,
    /// An example, to be opened.
    Example(String),
    /// The list of rules.
    Rules,
    /// A rule's page.
    Rule(String),
    /// A row of the history, to be opened.
    Row(usize),
    /// Nothing that there is.
    Unknown,
}

impl Route {
    /// The page of a fragment; what is no path is the editors.
    pub fn of(fragment: &str) -> Self {
        let Some(path) = fragment.trim_start_matches('#').strip_prefix('/') else { return Route::Home };
        let mut parts = path.splitn(2, '/');
        match (parts.next(), parts.next().filter(|name| !name.is_empty())) {
            (Some("rules"), None) => Route::Rules,
            (Some("rules"), Some(name)) => Route::Rule(name.to_owned()),
            (Some("examples"), None) => Route::Examples,
            (Some("examples"), Some(name)) => Route::Example(name.to_owned()),
            (Some("row"), Some(index)) => index.parse().map_or(Route::Unknown, Route::Row),
            (Some("") | None, None) => Route::Home,
            _ => Route::Unknown,
        }
    }

    /// What the window is called.
    pub fn title(&self) -> String {
        match self {
            Route::Home | Route::Row(_) | Route::Unknown => "backout: will this rollback work?".to_owned(),
            Route::Examples => "Examples - backout".to_owned(),
            Route::Rules => "Rules - backout".to_owned(),
            Route::Example(name) | Route::Rule(name) => format!("{name} - backout"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn fragments_name_pages() {
        assert_eq!(Route::of("#/rules/syntax-error"), Route::Rule("syntax-error".to_owned()));
        assert_eq!(Route::of("#/rules/"), Route::Rules);
        assert_eq!(Route::of("#/examples/wrong-order"), Route::Example("wrong-order".to_owned()));
        assert_eq!(Route::of("#/row/12"), Route::Row(12));
        for home in ["", "#", "#/", "#s=1.abc", "#verdict"] {
            assert_eq!(Route::of(home), Route::Home, "{home}");
        }
        for unknown in ["#/nothing", "#/row/x", "#//rules"] {
            assert_eq!(Route::of(unknown), Route::Unknown, "{unknown}");
        }
    }
}
