#!/usr/bin/env bash
# All checks, or one kind of them: lint, unit, e2e.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$ROOT"
kind=${1:-all}
asked() { [ "$kind" = all ] || [ "$kind" = "$1" ]; }

scripts/setup.sh test

if asked lint; then
  step "Format"
  cargo fmt --all --check
  cargo fmt --check --manifest-path tools/split/Cargo.toml
  leptosfmt --check --quiet "${VIEWS[@]}"
  step "Walls: who may know whom"
  node scripts/walls.mjs
fi

dir=$(mktemp -d "${TMPDIR:-/tmp}/cutline-test.XXXXXX")
chmod 755 "$dir"
trap 'scripts/postgres.sh stop "$dir/pg"; rm -rf "$dir"' EXIT
TEST_DATABASE_URL=$(scripts/postgres.sh start "$dir/pg")
export TEST_DATABASE_URL

# The server carries the site, so the site comes first; the tests' build of the server is the one the browser tests use.
scripts/build.sh site
step "What the first load of a page weighs"
node scripts/first-load.mjs "$SITE"

if asked lint; then
  step "Lints for the server, and the queries against a real schema"
  scripts/sqlx.sh check
  step "Lints for benchmarks and browser"
  cargo clippy --release -p cutline-benches --all-targets -- -D warnings
  cargo clippy -p cutline-browser --profile wasm-release --target wasm32-unknown-unknown -- -D warnings
fi

if asked unit; then
  step "Unit, property and server tests"
  # Migrations are applied by the tests themselves, each to a database of its own.
  DATABASE_URL=$TEST_DATABASE_URL cargo test --release "${SERVER_SIDE[@]}"
fi

if asked e2e; then
  cargo build --release -p cutline --features ssr
  step "End-to-end tests in Chromium"
  CUTLINE_BIN=$CARGO_TARGET_DIR/release/cutline npx playwright test --config end2end/playwright.config.ts
fi
