#!/usr/bin/env bash
# Builds the site as cargo-leptos would, by its steps and from the settings it reads, without needing it:
#
#   scripts/build.sh           module, style, public files and server
#   scripts/build.sh browser   all but the server
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$ROOT"
name=cutline
pkg=$SITE/pkg

step "Compiling for the browser"
cargo build --lib --profile wasm-release --target wasm32-unknown-unknown --no-default-features --features hydrate
module=$CARGO_TARGET_DIR/wasm32-unknown-unknown/wasm-release/$name.wasm

# The optimiser takes half a minute: only when the module changed.
sum=$(sha256sum "$module" | cut -d' ' -f1)
if [ "$(cat "$pkg/.module" 2>/dev/null)" != "$sum" ]; then
  step "Optimising the module"
  mkdir -p "$pkg"
  wasm-bindgen "$module" --target web --no-typescript --out-dir "$pkg" --out-name "$name"
  wasm-opt -O2 --enable-bulk-memory --enable-nontrapping-float-to-int --enable-reference-types --enable-multivalue \
    --enable-sign-ext --enable-mutable-globals --enable-simd "$pkg/${name}_bg.wasm" -o "$pkg/${name}_bg.opt.wasm"
  mv "$pkg/${name}_bg.opt.wasm" "$pkg/${name}_bg.wasm"
  printf %s "$sum" >"$pkg/.module"
fi

step "Bundling style and public files"
mkdir -p "$pkg"
lightningcss --bundle --minify --targets '>= 0.5%, not dead' style/main.css -o "$pkg/$name.css"
cp -r public/. "$SITE/"

[ "${1:-all}" = browser ] && exit
step "Compiling the server"
cargo build --release --no-default-features --features ssr
