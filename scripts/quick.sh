#!/usr/bin/env bash
# From one changed line to a served page in under a minute: the same steps as build.sh without what only makes the module
# small (whole-program optimisation, wasm-opt, compression), browser and server side by side, and the site served from a
# folder. Leave it running: Enter builds again and restarts.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$ROOT"
name=cutline
work=$CARGO_TARGET_DIR/quick/$CHECKOUT
site=$work/site
bin=$CARGO_TARGET_DIR/release/cutline
mkdir -p "$site/pkg"

build() {
  local server status=0
  cargo build --release -p cutline --features ssr &
  server=$!
  cargo build -p cutline-browser --profile wasm-quick --target wasm32-unknown-unknown || status=$?
  wait "$server" || status=$?
  [ "$status" = 0 ] || return "$status"
  local linked=$CARGO_TARGET_DIR/wasm32-unknown-unknown/wasm-quick/cutline_browser.wasm
  if [ "$linked" -nt "$site/pkg/$name.js" ]; then
    rm -rf "$site/pkg"
    mkdir -p "$site/pkg"
    cut_and_bind "$linked" "$site/pkg" "$work/main.wasm" >/dev/null || return 1
  fi
  lightningcss --bundle --targets '>= 0.5%, not dead' style/main.css -o "$site/pkg/$name.css" || return 1
  cp -R public/. "$site/"
}

once=${1:-}
while true; do
  began=$SECONDS
  if build; then
    step "Built in $((SECONDS - began)) s"
    [ "$once" = build ] && exit
    CUTLINE_DEMO=${CUTLINE_DEMO-true} "$bin" serve --site-root "$site" &
    serving=$!
    trap '[ -z "$serving" ] || { kill "$serving" 2>/dev/null; wait "$serving"; }' EXIT
  else
    serving=
    [ "$once" = build ] && exit 1
  fi
  read -r -p "Enter builds again, Ctrl-D ends. " || exit 0
  [ -z "$serving" ] || { kill "$serving"; wait "$serving" || true; }
done
