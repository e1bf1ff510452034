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
}

impl Route {
    /// The page of a fragment; whatever is not known is the editors.
    pub fn of(fragment: &str) -> Self {
        let path = fragment.trim_start_matches('#');
        let mut parts = path.strip_prefix('/').unwrap_or_default().splitn(2, '/');
        match (parts.next(), parts.next().filter(|name| !name.is_empty())) {
            (Some("rules"), None) => Route::Rules,
            (Some("rules"), Some(name)) => Route::Rule(name.to_owned()),
            (Some("examples"), None) => Route::Examples,
            (Some("examples"), Some(name)) => Route::Example(name.to_owned()),
            _ => Route::Home,
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
        for home in ["", "#", "#/", "#s=1.abc", "#/nothing", "#verdict"] {
            assert_eq!(Route::of(home), Route::Home, "{home}");
        }
    }
}
