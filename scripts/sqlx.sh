#!/usr/bin/env bash
# The offline data of compile-time checked queries, made by compiling against a fresh, migrated database.
#
#   scripts/sqlx.sh check   fails when .sqlx is stale; lints the server on the way
#   scripts/sqlx.sh write   rewrites .sqlx
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$ROOT"
action=${1:-check}
lint=(cargo clippy --release --all-targets "${SERVER_SIDE[@]}")

# What was checked once needs no check again while queries, migrations and .sqlx stay as they are.
asking=$(git grep -l --untracked 'sqlx::query\(_scalar\|_as\)\?!' -- 'crates/*.rs' 'src/*.rs')
state=$(cat $asking migrations/*.sql .sqlx/*.json Cargo.lock | sha256sum | cut -d' ' -f1)
checked=$CARGO_TARGET_DIR/.queries-$CHECKOUT
if [ "$action" = check ] && [ "$(cat "$checked" 2>/dev/null)" = "$state" ]; then
  exec "${lint[@]}" -- -D warnings
fi

dir=$(mktemp -d "${TMPDIR:-/tmp}/cutline-sqlx.XXXXXX")
chmod 755 "$dir"
mkdir "$dir/fresh" "$dir/times"
roots=$(printf '%s\n' $asking | sed 's|\(.*\)src/.*|\1src/lib.rs|' | sort -u)
finish() {
  # What was touched gets its times back, so that the tests use what is already built.
  for root in $roots; do touch -r "$dir/times/${root//\//,}" "$root"; done
  [ -n "${TEST_DATABASE_URL:-}" ] || scripts/postgres.sh stop "$dir/pg"
  rm -rf "$dir"
}
for root in $roots; do touch -r "$root" "$dir/times/${root//\//,}"; done
trap finish EXIT

url=${TEST_DATABASE_URL:-$(scripts/postgres.sh start "$dir/pg")}
name=sqlx_check_$$
psql() { command psql -X -q -v ON_ERROR_STOP=1 "$@"; }
psql "$url" -c "create database $name"
migrated=${url%%/postgres\?*}/$name?${url##*/postgres\?}
for migration in migrations/*.sql; do psql "$migrated" -f "$migration"; done

# The macros write what they see while they expand, so every crate that has some must be compiled anew.
touch $roots
[ "$action" = write ] || lint+=(-- -D warnings)
SQLX_OFFLINE=false SQLX_OFFLINE_DIR=$dir/fresh DATABASE_URL=$migrated "${lint[@]}"
psql "$url" -c "drop database $name"

if [ "$action" = write ]; then
  rm -rf .sqlx
  mkdir .sqlx
  cp "$dir"/fresh/*.json .sqlx/
elif ! diff -rq "$dir/fresh" .sqlx; then
  fail "The offline query data in .sqlx is stale: run make sqlx and commit what it writes."
fi
cat $asking migrations/*.sql .sqlx/*.json Cargo.lock | sha256sum | cut -d' ' -f1 >"$checked"
