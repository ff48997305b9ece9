//! What the site's files are called: by their content, so that browsers may keep them for good. The server tells the page in
//! its head.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::OnceLock;

/// Name of the page's `meta` that holds them.
pub const META: &str = "cutline-site";

/// What the files of one build of the site are called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assets {
    /// Changes with every file; empty while the site is worked on.
    pub version: String,
    /// What each file is called now, by its plain name.
    pub files: HashMap<String, String>,
}

static ASSETS: OnceLock<Assets> = OnceLock::new();

/// Says what files are called: the server when it starts, the browser when it takes over. The first word counts.
pub fn set_assets(assets: Assets) {
    let _ = ASSETS.set(assets);
}

/// What this page's files are called.
pub fn assets() -> &'static Assets {
    ASSETS.get_or_init(from_page)
}

/// Address of a file of the site by its plain name: `icons.svg`.
pub fn asset(name: &str) -> String {
    assets().address(name)
}

impl Assets {
    fn address(&self, name: &str) -> String {
        format!("/{}", self.files.get(name).map_or(name, String::as_str))
    }
}

#[cfg(feature = "hydrate")]
fn from_page() -> Assets {
    let meta = leptos::prelude::document().query_selector(&format!("meta[name={META}]")).ok().flatten();
    let told = meta.and_then(|meta| meta.get_attribute("content"));
    // Without it files go by their plain names, as they do while the site is worked on.
    told.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
}

#[cfg(not(feature = "hydrate"))]
fn from_page() -> Assets {
    Assets::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_go_by_the_names_that_were_told() {
        let files = [("icons.svg".to_owned(), "icons.1a2b.svg".to_owned())].into();
        let told = Assets { version: "1".into(), files };
        assert_eq!(
            (told.address("icons.svg").as_str(), told.address("favicon.svg").as_str()),
            ("/icons.1a2b.svg", "/favicon.svg")
        );
    }
}
