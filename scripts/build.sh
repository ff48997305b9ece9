#!/usr/bin/env bash
# Builds the site as cargo-leptos would, by its steps and from the settings it reads, without needing it; then the server,
# which carries the site.
#
#   scripts/build.sh           site and server
#   scripts/build.sh site      the site only
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$ROOT"
name=cutline
work=$CARGO_TARGET_DIR/site/$CHECKOUT.parts
mkdir -p "$work"

step "Compiling for the browser"
cargo build -p cutline-browser --profile wasm-release --target wasm32-unknown-unknown
linked=$CARGO_TARGET_DIR/wasm32-unknown-unknown/wasm-release/cutline_browser.wasm

# Splitting and optimising take a while: only when the module changed.
sum=$(cat "$linked" tools/split/src/*.rs scripts/common.sh scripts/build.sh | sha256sum | cut -d' ' -f1)
if [ "$(cat "$work/.module" 2>/dev/null)" != "$sum" ]; then
  step "Splitting and optimising the module"
  rm -rf "$work/pkg" "$work/.module"
  mkdir -p "$work/pkg"
  cut_and_bind "$linked" "$work/pkg" "$work/main.wasm" >"$work/chunks"
  # Chunks and server name its exports, so those stay.
  for script in "$work/pkg/"*.js; do
    esbuild "$script" --minify --format=esm --target=es2022 --allow-overwrite --log-level=warning --outfile="$script"
  done
  # Each file by itself: memory, table, imports and exports are shared between them.
  { echo "$work/pkg/${name}_bg.wasm"; cat "$work/chunks"; } | xargs -d '\n' -P "$(nproc)" -I{} sh -c 'wasm-opt -Oz --converge --enable-bulk-memory \
    --enable-nontrapping-float-to-int --enable-reference-types --enable-multivalue --enable-sign-ext --enable-mutable-globals \
    --enable-simd "$1" -o "$1.opt" && mv "$1.opt" "$1"' _ {}
  printf %s "$sum" >"$work/.module"
fi

step "Bundling style, naming and compressing the files"
lightningcss --bundle --minify --targets '>= 0.5%, not dead' style/main.css -o "$work/$name.css"
node scripts/site.mjs "$work" public "$SITE"

[ "${1:-all}" = site ] && exit
step "Compiling the server"
cargo build --release -p cutline --features ssr
