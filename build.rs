//! Tells the program which site to carry: the one that `scripts/build.sh` put together for this checkout, or none.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=SITE");
    let asked = env::var_os("SITE").map(PathBuf::from);
    if let Some(site) = &asked {
        println!("cargo::rerun-if-changed={}", site.join("site.json").display());
    }
    let site = asked.filter(|site| site.join("site.json").is_file());
    let nothing = env::var_os("OUT_DIR").map(|out| Path::new(&out).join("no-site")).unwrap_or_default();
    let site = site.unwrap_or_else(|| {
        // Without the folder there is nothing to carry either.
        let _ = fs::create_dir_all(&nothing);
        nothing
    });
    println!("cargo::rustc-env=CUTLINE_SITE={}", site.display());
}
