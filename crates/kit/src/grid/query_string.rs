//! A grid's view in the URL, so that back, reload and sharing work: `?q=novak&region=CA,NV&sort=-score`.

use cutline_domain::table::query::Sort;
use leptos_router::location::Url;
use leptos_router::params::ParamsMap;
use std::str::FromStr;

/// The values of a key that holds a list. A comma within a value is written `%2C` once more, so that it stays in it.
pub fn list(params: &ParamsMap, key: &str) -> Vec<String> {
    let text = params.get(key).unwrap_or_default();
    text.split(',').filter(|part| !part.is_empty()).map(|part| part.replace("%2C", ",").replace("%25", "%")).collect()
}

/// Reads `score` or, for highest first, `-score`.
pub fn sort<K: FromStr>(text: &str) -> Option<Sort<K>> {
    let (descending, name) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    Some(Sort { key: name.parse().ok()?, descending })
}

/// Writes a sort order as [`sort`] reads it.
pub fn sort_text(key: &str, descending: bool) -> String {
    format!("{}{key}", if descending { "-" } else { "" })
}

/// A query string in the making.
#[derive(Debug, Default)]
pub struct Writer(Vec<String>);

impl Writer {
    /// Adds a value, unless it is empty.
    pub fn text(&mut self, key: &str, value: &str) {
        if !value.is_empty() {
            self.0.push(format!("{key}={}", Url::escape(value)));
        }
    }

    /// Adds a list, unless it is empty.
    pub fn list<T: AsRef<str>>(&mut self, key: &str, values: impl IntoIterator<Item = T>) {
        let escaped = values.into_iter().map(|value| value.as_ref().replace('%', "%25").replace(',', "%2C"));
        self.text(key, &escaped.collect::<Vec<_>>().join(","));
    }

    /// With its question mark; empty when nothing was added.
    pub fn finish(self) -> String {
        if self.0.is_empty() { String::new() } else { format!("?{}", self.0.join("&")) }
    }
}
