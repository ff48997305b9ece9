#!/usr/bin/env bash
# The offline data of compile-time checked queries, made by compiling against a fresh, migrated database.
#
#   scripts/sqlx.sh check   fails when .sqlx is stale; lints the server on the way
#   scripts/sqlx.sh write   rewrites .sqlx
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$ROOT"
action=${1:-check}

url=${TEST_DATABASE_URL:-}
if [ -z "$url" ]; then
  dir=$(mktemp -d "${TMPDIR:-/tmp}/cutline-sqlx.XXXXXX")
  chmod 755 "$dir"
  trap 'scripts/postgres.sh stop "$dir/pg"; rm -rf "$dir"' EXIT
  url=$(scripts/postgres.sh start "$dir/pg")
fi
name=sqlx_check_$$
psql() { command psql -X -q -v ON_ERROR_STOP=1 "$@"; }
psql "$url" -c "create database $name"
checked=${url%%/postgres\?*}/$name?${url##*/postgres\?}
for migration in migrations/*.sql; do psql "$checked" -f "$migration"; done

fresh=$(mktemp -d)
# The macros write what they see while they expand, so every crate that has some must be compiled anew.
git grep -l 'sqlx::query\(_scalar\|_as\)\?!' -- 'crates/*.rs' 'src/*.rs' | sed 's|\(.*\)src/.*|\1src/lib.rs|' | sort -u | xargs touch
SQLX_OFFLINE=false SQLX_OFFLINE_DIR=$fresh DATABASE_URL=$checked cargo clippy --release --all-targets "${SERVER_SIDE[@]}" -- -D warnings
psql "$url" -c "drop database $name"

if [ "$action" = write ]; then
  rm -rf .sqlx
  mkdir .sqlx
  cp "$fresh"/*.json .sqlx/
elif ! diff -rq "$fresh" .sqlx; then
  fail "The offline query data in .sqlx is stale: run make sqlx and commit what it writes."
fi
rm -rf "$fresh"
