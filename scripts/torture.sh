#!/usr/bin/env bash
# Kills, lost replies and many at once against the release program on a PostgreSQL of its own; see torture/src/main.rs.
#
#   MINUTES   how long, 10 by default
#   SEED      which random numbers; printed, so that a run can be made again as far as timing lets it
#   CONTACTS  contacts beside the demo company's, 20,000 by default: commands long enough to be killed in the middle
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$ROOT"

step "The program"
program=${CUTLINE_BIN:-$CARGO_TARGET_DIR/release/cutline}
# Together, as the tests build them: a package by itself has other features, and all below it would be compiled again.
cargo build --release -q "${SERVER_SIDE[@]}" --bin cutline --bin cutline-torture

dir=$(mktemp -d "${TMPDIR:-/tmp}/cutline-torture.XXXXXX")
chmod 755 "$dir"
# What was answered must have been kept, also by a PostgreSQL that is killed in the next moment.
export TORTURE_OPTIONS="-c synchronous_commit=on"
url=$(scripts/postgres.sh start "$dir/pg" "$TORTURE_OPTIONS")
trap 'scripts/postgres.sh stop "$dir/pg"; rm -rf "$dir"' EXIT

step "Torture"
TORTURE_PROGRAM=$program TORTURE_POSTGRES=$dir/pg TORTURE_URL=$url TORTURE_FILES=$dir "$CARGO_TARGET_DIR/release/cutline-torture"
