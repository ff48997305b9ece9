#!/usr/bin/env bash
# A throw-away PostgreSQL for tests and query checks: private socket, no port, nothing kept.
#
#   scripts/postgres.sh start DIR [OPTIONS]   makes and starts it, prints its URL; options of the server on top of these
#   scripts/postgres.sh again DIR [OPTIONS]   starts one that was killed
#   scripts/postgres.sh stop DIR              stops and removes it
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
action=$1 dir=$2 more=${3:-}

bin=${CUTLINE_PG_BIN:-}
for candidate in "$(pg_config --bindir 2>/dev/null || true)" $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
  [ -z "$bin" ] && [ -x "$candidate/initdb" ] && bin=$candidate
done
[ -n "$bin" ] || fail "PostgreSQL's programs were not found. Run: make setup"

# PostgreSQL refuses root.
as_owner() {
  if [ "$(id -u)" = 0 ]; then runuser -u "$(id -un postgres 2>/dev/null || echo nobody)" -- "$@"; else "$@"; fi
}

run() {
  as_owner "$bin/pg_ctl" start -w -s -D "$dir/data" -l "$dir/postgres.log" \
    -o "-c listen_addresses= -k $dir -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 $more" >&2
}

case $action in
  start)
    mkdir -p "$dir"
    [ "$(id -u)" != 0 ] || chown "$(id -un postgres 2>/dev/null || echo nobody)" "$dir"
    cd "$dir"
    as_owner "$bin/initdb" -D "$dir/data" -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$dir.log" 2>&1 ||
      { cat "$dir.log" >&2; fail "initdb failed."; }
    run
    echo "postgres://postgres@localhost/postgres?host=$(printf %s "$dir" | sed 's|/|%2F|g')"
    ;;
  again)
    cd "$dir"
    run
    ;;
  stop)
    [ ! -d "$dir/data" ] || { cd "$dir"; as_owner "$bin/pg_ctl" stop -w -s -m immediate -D "$dir/data" || true; }
    rm -rf "$dir" "$dir.log"
    ;;
esac
