#!/usr/bin/env bash
# Measures Cutline side by side with others and prints the tables.
#   (a) one border moved: domain/ natively, crossfilter2 in Node
#   (b) frames of a drag in the browser, where end2end/bench/frames exists
#   (c) the commands of a cycle at 200,000 items, plain SQL by psql; the export, XlsxWriter where Python has it
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$ROOT"
[ -d node_modules/crossfilter2 ] || fail "Missing: crossfilter2. Run make setup, then run this again."

step "(a) One border moved"
export CUTLINE_CHECKSUMS=$CARGO_TARGET_DIR/recompute-checksums.json
log=$CARGO_TARGET_DIR/recompute-bench.log
env -u RUSTFLAGS cargo bench -q -p cutline-benches --bench recompute >"$log" 2>&1 || { tail -20 "$log" >&2; fail "cargo bench failed. Its last lines are above."; }
node benches/crossfilter.mjs "$CARGO_TARGET_DIR/criterion" "$CUTLINE_CHECKSUMS"

if [ -x end2end/bench/frames ]; then
  step "(b) Frames of a drag in the browser"
  end2end/bench/frames
fi

step "(c) A cycle at size"
cargo run -q --release --features ssr --example at_size -- "${ITEMS:-200000}"
