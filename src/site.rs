//! The site's files: carried in the program, named by their content, compressed when they were built. A folder serves
//! instead while somebody works on the site (`cargo leptos watch`).

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cutline_kit::browser::Assets;
use cutline_platform::http::takes_encoding;
use rust_embed::RustEmbed;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::path::{Component, Path, PathBuf};

/// What the build put into the program; nothing where it was compiled without a site, as for lints.
#[derive(RustEmbed)]
#[folder = "$CUTLINE_SITE"]
#[allow_missing = true]
struct Carried;

/// A day: for the one file whose name says nothing about its content.
const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");
/// A name that is its content's never gets another one.
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Files that are being worked on.
const ASK: HeaderValue = HeaderValue::from_static("no-cache");

/// What `scripts/site.mjs` says of a site.
#[derive(Clone, Debug, Deserialize)]
struct Index {
    version: String,
    pkg: String,
    files: HashMap<String, String>,
}

/// The site.
#[derive(Clone, Debug)]
pub struct Site {
    index: Index,
    folder: Option<PathBuf>,
}

impl Site {
    /// The site in the program.
    pub fn carried() -> io::Result<Self> {
        let index = match Carried::get("site.json") {
            Some(file) => serde_json::from_slice(&file.data)?,
            None => Index::plain(),
        };
        Ok(Self { index, folder: None })
    }

    /// The site in a folder, whose files go by their plain names.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self { index: Index::plain(), folder: Some(folder) }
    }

    /// Folder of the module and its chunks, below the site's root.
    pub fn pkg(&self) -> &str {
        &self.index.pkg
    }

    /// Changes with every file.
    pub fn version(&self) -> &str {
        &self.index.version
    }

    /// How pages name its files.
    pub fn assets(&self) -> Assets {
        Assets { version: self.index.version.clone(), files: self.index.files.clone() }
    }

    /// Which chunks a lazy page needs, by its function.
    pub fn chunks(&self) -> Option<HashMap<String, Vec<String>>> {
        let file = self.read(&format!("{}/__wasm_split_manifest.json", self.index.pkg))?;
        serde_json::from_slice(&file).ok()
    }

    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        let Some(folder) = &self.folder else { return Carried::get(path).map(|file| file.data) };
        let inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        inside.then(|| std::fs::read(folder.join(path)).ok()).flatten().map(Cow::Owned)
    }

    /// The file at a path, in the encoding that the browser takes.
    pub fn answer(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        let path = path.trim_start_matches('/');
        if path.is_empty() || path == "site.json" {
            return None;
        }
        if Path::new(path).extension().is_some_and(|ending| ending == "br" || ending == "gz") {
            return None;
        }
        let mut taken = [("br", "br"), ("gzip", "gz")].into_iter().filter(|(name, _)| takes_encoding(headers, name));
        let encoded = taken.find_map(|(name, ending)| Some((name, self.read(&format!("{path}.{ending}"))?)));
        let (encoding, content) = match encoded {
            Some((name, content)) => (Some(name), content),
            None => (None, self.read(path)?),
        };
        let cache = match (&self.folder, path) {
            (Some(_), _) => ASK,
            (None, "favicon.svg") => A_DAY,
            (None, _) => FOR_GOOD,
        };
        let kind = mime_guess::from_path(path).first_or_octet_stream();
        let mut response = (StatusCode::OK, Body::from(content)).into_response();
        let all = response.headers_mut();
        all.insert(header::CACHE_CONTROL, cache);
        all.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Ok(kind) = HeaderValue::from_str(kind.as_ref()) {
            all.insert(header::CONTENT_TYPE, kind);
        }
        if let Some(name) = encoding {
            all.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
        }
        Some(response)
    }
}

impl Index {
    /// Plain names: no version, and every file called what it is.
    fn plain() -> Self {
        let files = [("cutline.css".to_owned(), "pkg/cutline.css".to_owned())];
        Self { version: String::new(), pkg: "pkg".to_owned(), files: files.into() }
    }
}
