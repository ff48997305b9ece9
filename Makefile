# The commands of the project; CI calls these and nothing else. Steps live in scripts/.
SHELL := /bin/bash
.PHONY: run test setup fmt lint unit e2e bench watch build charts sqlx

# Serves the planner with demo data on http://127.0.0.1:3000 (CUTLINE_ADDR changes that).
run: build
	@. scripts/common.sh && CUTLINE_DEMO=$${CUTLINE_DEMO-true} LEPTOS_SITE_ROOT="$$SITE" exec "$$CARGO_TARGET_DIR/release/cutline" serve

# Everything: format, lints for server and browser, unit, property, server and end-to-end tests.
test:
	@scripts/test.sh

setup:
	@scripts/setup.sh test

build:
	@scripts/setup.sh run
	@scripts/build.sh

fmt:
	@. scripts/common.sh && cargo fmt --all

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

# Rebuilds on every change; needs cargo-leptos.
watch:
	@scripts/setup.sh run
	@. scripts/common.sh && cargo leptos watch

# Rewrites .sqlx after a change of SQL or migrations.
sqlx:
	@scripts/setup.sh run
	@scripts/sqlx.sh write

charts:
	@npm run charts
