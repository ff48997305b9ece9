# What every script shares: where things are kept and how a step announces itself. Sourced, not run.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# One cache for every checkout, so that a clean clone compiles only its own code again.
CUTLINE_CACHE=${CUTLINE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/cutline}
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$CUTLINE_CACHE/target}
export SQLX_OFFLINE=${SQLX_OFFLINE:-true}
TOOLS=$CUTLINE_CACHE/tools
export PATH=$TOOLS/bin:$ROOT/node_modules/.bin:$PATH
# The finished site, which the server carries; each checkout has its own.
CHECKOUT=$(printf %s "$ROOT" | cksum | cut -d' ' -f1)
export SITE=${SITE:-$CARGO_TARGET_DIR/site/$CHECKOUT}

# Where views are written, for leptosfmt; from the root.
mapfile -t VIEWS < <(cd "$ROOT" && git ls-files --cached --others --exclude-standard 'crates/*/src/view/*.rs' 'crates/kit/src/*.rs' 'src/shell/*.rs')
# Everything that runs at the server. The browser's crate is never compiled with it: features of one would change the other.
SERVER_SIDE=(--workspace --exclude cutline-browser --exclude cutline-benches --features cutline/ssr)

step() { printf '\n\033[1m▸ %s\033[0m\n' "$*"; }
fail() { printf '\n%s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# Cuts a linked module into chunks and binds it: LINKED.wasm PKG-FOLDER MAIN.wasm. Prints the chunks, one a line.
cut_and_bind() {
  cutline-split "$1" "$2" cutline "$3" &&
    wasm-bindgen "$3" --target web --no-typescript --keep-lld-exports --no-demangle --out-dir "$2" --out-name cutline >&2
}

# Version of a crate as Cargo.lock has it.
locked() { awk -v n="\"$1\"" '$1=="name" && $3==n {getline; gsub(/"/,"",$3); print $3; exit}' "$ROOT/Cargo.lock"; }
