//! A grid's view in the URL, so that back, reload and sharing work: `?q=novak&region=CA,NV&sort=-score`.

use cutline_domain::table::query::Sort;
use leptos_router::location::Url;
use leptos_router::params::ParamsMap;
use std::str::FromStr;

// leptos's router decodes a query twice, so a `%` that is meant would be taken for an escape: it is written `~p`, a comma within
// a list's value `~c`, and a tilde `~t`.
fn kept(value: &str) -> String {
    value.replace('~', "~t").replace('%', "~p")
}

fn given(text: &str) -> String {
    text.replace("~c", ",").replace("~p", "%").replace("~t", "~")
}

/// The value of a key, as [`Writer::text`] writes it; empty without it.
pub fn text(params: &ParamsMap, key: &str) -> String {
    params.get(key).as_deref().map(given).unwrap_or_default()
}

/// The values of a key that holds a list, as [`Writer::list`] writes it.
pub fn list(params: &ParamsMap, key: &str) -> Vec<String> {
    let text = params.get(key).unwrap_or_default();
    text.split(',').filter(|part| !part.is_empty()).map(given).collect()
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
        self.add(key, &kept(value));
    }

    fn add(&mut self, key: &str, value: &str) {
        if !value.is_empty() {
            self.0.push(format!("{key}={}", Url::escape(value)));
        }
    }

    /// Adds a list, unless it is empty.
    pub fn list<T: AsRef<str>>(&mut self, key: &str, values: impl IntoIterator<Item = T>) {
        let kept = values.into_iter().map(|value| kept(value.as_ref()).replace(',', "~c"));
        self.add(key, &kept.collect::<Vec<_>>().join(","));
    }

    /// With its question mark; empty when nothing was added.
    pub fn finish(self) -> String {
        if self.0.is_empty() { String::new() } else { format!("?{}", self.0.join("&")) }
    }
}
