# The commands of the project; CI calls these and nothing else. Steps live in scripts/.
SHELL := /bin/bash
.PHONY: run test setup build install fmt lint unit e2e bench torture mutants quick watch charts sqlx

# Serves the planner with demo data on http://127.0.0.1:3000 (CUTLINE_ADDR changes that).
run: build
	@. scripts/common.sh && CUTLINE_DEMO=$${CUTLINE_DEMO-true} exec "$$CARGO_TARGET_DIR/release/cutline" serve

# Everything: format, lints for server and browser, unit, property, server and end-to-end tests.
test:
	@scripts/test.sh

setup:
	@scripts/setup.sh test

build:
	@scripts/setup.sh run
	@scripts/build.sh

# Puts the program on the PATH: one file that runs from any folder.
install: build
	@scripts/install.sh

fmt:
	@scripts/setup.sh test
	@. scripts/common.sh && leptosfmt --quiet "$${VIEWS[@]}" && cargo fmt --all

lint:
	@scripts/test.sh lint

unit:
	@scripts/test.sh unit

e2e:
	@scripts/test.sh e2e

# Ratios against named peers in the same run; see docs/PERFORMANCE.md.
bench:
	@scripts/setup.sh test
	@scripts/bench.sh

# Kills, lost replies and eight users at two servers, then invariants and replay. Ten minutes; MINUTES=60 takes an hour.
torture:
	@scripts/setup.sh run
	@scripts/torture.sh

# Whether the tests of the rules would notice a mistake: cargo-mutants on domain. Takes hours; SHARD=0/5 takes a fifth of them.
mutants:
	@scripts/setup.sh mutants
	@. scripts/common.sh && cargo mutants -p cutline-domain --features nfc --output "$$CARGO_TARGET_DIR" $${SHARD:+--shard $$SHARD} -- --release

# While working on it: serves the demo, and Enter brings in what was changed, in less than a minute.
quick:
	@scripts/setup.sh run
	@scripts/quick.sh

# Rebuilds on every change; needs cargo-leptos.
watch:
	@scripts/setup.sh run
	@. scripts/common.sh && cargo leptos watch --split

# Rewrites .sqlx after a change of SQL or migrations.
sqlx:
	@scripts/setup.sh run
	@scripts/sqlx.sh write

charts:
	@npm run charts
