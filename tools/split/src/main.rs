//! Cuts the browser module at its lazy functions, so that each system's pages are a file of their own:
//!
//!     cutline-split LINKED.wasm PKG-FOLDER NAME MAIN.wasm
//!
//! LINKED.wasm comes from the linker with its relocations. Writes the chunks and the manifest of who needs which into the
//! folder, the rest of the module to MAIN.wasm (for wasm-bindgen), and prints the chunks, one a line. This is the step that
//! cargo-leptos does with `--split`. Before it, what is never called is taken out ([`unused`]).

mod unused;

use eyre::{Context, Result, bail, ensure};
use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};
use wasm_split_cli_support::{Options, transform};

/// The name by which leptos finds the script that fetches chunks.
const LINK: &str = "./__wasm_split.______________________.js";

fn main() -> Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let [linked, pkg, name, main] = args.as_slice() else {
        bail!("usage: cutline-split LINKED.wasm PKG-FOLDER NAME MAIN.wasm");
    };
    let pkg = Path::new(pkg);
    let wasm = fs::read(linked).wrap_err_with(|| format!("reading {linked}"))?;
    let (wasm, unused) = unused::without(&wasm).wrap_err("taking out what is never called")?;
    eprintln!("{unused} bytes of functions that are never called");
    let main_module = format!("./{name}.js");
    let mut options = Options::new(&wasm);
    options.output_dir = pkg;
    options.main_out_path = Path::new(main);
    options.main_module = &main_module;
    options.link_name = LINK;
    let split = transform(options)?;
    let manifest: BTreeMap<_, _> = split.prefetch_map.into_iter().collect();
    ensure!(!manifest.is_empty(), "the module has no lazy function");
    fs::write(pkg.join("__wasm_split_manifest.json"), serde_json::to_string_pretty(&manifest)?)?;
    for chunk in &split.split_modules {
        println!("{}", chunk.display());
    }
    Ok(())
}
