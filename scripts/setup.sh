#!/usr/bin/env bash
# Installs whatever building, running or testing needs and is missing. Says nothing and takes a second when all is there.
#
#   scripts/setup.sh run    what `make run` needs
#   scripts/setup.sh test   that, Chromium and leptosfmt
#   scripts/setup.sh mutants   what `make run` needs, and cargo-mutants
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
for_what=${1:-run}
cd "$ROOT"

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif have sudo; then sudo "$@"
  else fail "Administrator rights are needed for: $*
Run that command as an administrator, then run make again."; fi
}

apt_updated=
apt_install() {
  have apt-get || fail "Missing: $*
This is not a Debian system, so Cutline cannot install it for you. Install it with your package manager, then run make again."
  step "Installing $*"
  [ -n "$apt_updated" ] || as_root apt-get update -qq
  apt_updated=1
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >"$CUTLINE_CACHE/apt.log" 2>&1 ||
    { tail -20 "$CUTLINE_CACHE/apt.log" >&2; fail "apt-get could not install $*. Its last lines are above."; }
}

# PostgreSQL 15 or newer, found the way the server finds it.
postgres_bin() {
  local dir
  for dir in "${CUTLINE_PG_BIN:-}" "$(pg_config --bindir 2>/dev/null || true)" \
      $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) /usr/local/pgsql/bin /opt/homebrew/opt/postgresql@*/bin; do
    [ -n "$dir" ] && [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && { printf %s "$dir"; return; }
  done
  return 1
}

wasm_target_ready() {
  local dir
  dir=$(rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null) && ls "$dir"/libstd-*.rlib >/dev/null 2>&1
}

# The browser target where rustup's servers cannot be reached: Debian's compiler with its library source, from which
# the standard library for wasm32 is built once. Compiler and library must be the same build.
wasm_target_from_debian() {
  apt_install rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web lld-19
  rustup toolchain link cutline-debian /usr
  rustup override set cutline-debian >/dev/null 2>&1
  wasm_target_ready && return
  step "Building the standard library for the browser (once, about a minute)"
  local crate lib
  crate=$(mktemp -d)
  (
    cd "$crate"
    unset RUSTUP_TOOLCHAIN
    /usr/bin/cargo init -q --lib --name std_for_wasm --vcs none .
    RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$crate/target \
      /usr/bin/cargo build -q --release -Zbuild-std=std,panic_abort --target wasm32-unknown-unknown
  )
  lib=$(/usr/bin/rustc --print sysroot)/lib/rustlib
  as_root mkdir -p "$lib/wasm32-unknown-unknown/lib" "$lib/x86_64-unknown-linux-gnu/bin"
  as_root cp "$crate"/target/wasm32-unknown-unknown/release/deps/*.rlib "$lib/wasm32-unknown-unknown/lib/"
  as_root ln -sf /usr/lib/llvm-19/bin/lld "$lib/x86_64-unknown-linux-gnu/bin/rust-lld"
  rm -rf "$crate"
}

mkdir -p "$CUTLINE_CACHE"
have cargo || fail "Missing: a Rust toolchain. Install it from your distribution or with rustup, then run make again."
have node || fail "Missing: Node.js 20 or newer. Install it, then run make again."
have cc || apt_install gcc libc6-dev

postgres_bin >/dev/null || apt_install postgresql
if ! have chromium && [ "$for_what" = test ]; then apt_install chromium; fi

if ! wasm_target_ready; then
  if have rustup && RUSTUP_MAX_RETRIES=0 timeout 60 rustup target add wasm32-unknown-unknown >/dev/null 2>&1; then
    step "Added the browser target with rustup"
  else
    wasm_target_from_debian
  fi
fi
cargo clippy --version >/dev/null 2>&1 || apt_install rust-web-clippy
cargo fmt --version >/dev/null 2>&1 || apt_install rustfmt-web

# wasm-bindgen's program must have exactly the version of the crate. It runs for a fraction of a second: compiling it
# unoptimised saves minutes.
want=$(locked wasm-bindgen)
if [ "$(wasm-bindgen --version 2>/dev/null)" != "wasm-bindgen $want" ]; then
  step "Compiling wasm-bindgen $want (once, a few minutes)"
  CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    CARGO_TARGET_DIR=$CUTLINE_CACHE/tools-build cargo install -q wasm-bindgen-cli --version "$want" --root "$TOOLS" --force
  rm -rf "$CUTLINE_CACHE/tools-build"
fi

# Views are formatted by a program of their own.
if [ "$for_what" = test ] && [ "$(leptosfmt --version 2>/dev/null)" != "leptosfmt 0.1.33" ]; then
  step "Compiling leptosfmt (once, a minute or two)"
  CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    CARGO_TARGET_DIR=$CUTLINE_CACHE/tools-build cargo install -q leptosfmt --version 0.1.33 --root "$TOOLS" --force
  rm -rf "$CUTLINE_CACHE/tools-build"
fi

# Our own program that splits the module, compiled again when it changes.
sum=$(cat tools/split/Cargo.toml tools/split/Cargo.lock tools/split/src/*.rs | sha256sum | cut -d' ' -f1)
if ! have cutline-split || [ "$(cat "$TOOLS/.split" 2>/dev/null)" != "$sum" ]; then
  step "Compiling the program that splits the module (once, a minute)"
  CARGO_TARGET_DIR=$CUTLINE_CACHE/tools-build cargo install -q --path tools/split --locked --root "$TOOLS" --force
  rm -rf "$CUTLINE_CACHE/tools-build"
  printf %s "$sum" >"$TOOLS/.split"
fi

# Mutation tests are for whoever asks for them.
if [ "$for_what" = mutants ] && ! have cargo-mutants; then
  step "Compiling cargo-mutants (once, a few minutes)"
  CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    CARGO_TARGET_DIR=$CUTLINE_CACHE/tools-build cargo install -q cargo-mutants --version 27.1.0 --root "$TOOLS" --force
  rm -rf "$CUTLINE_CACHE/tools-build"
fi

if ! cmp -s package-lock.json node_modules/.cutline-lock; then
  step "Installing the npm packages that build and test the browser side"
  npm ci --no-audit --no-fund --loglevel=error
  cp package-lock.json node_modules/.cutline-lock
fi
