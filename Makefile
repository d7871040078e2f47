# What a person types. Each command first sets up what is missing, and does nothing twice.
#
#   make run [PHOTOS=DIR]   build and open Likeness, with a folder of photos added; without a display,
#                           serve the same pages to a browser and print their address
#   make test               everything: formatting, lints, tests of the engine, the pages, the window
#   make check              the quick part of it
#   make bench              the measurements behind BENCHMARKS.md

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: run window browser test check bench format lint programs engine-tests page-checks browser-tests window-tests \
        tools-browser tools-window tools-tests photos-for-tests

export PATH := $(CURDIR)/.setup/node/bin:$(or $(CARGO_HOME),$(HOME)/.cargo)/bin:$(PATH)
export LIKENESS_DATA ?= $(abspath $(CURDIR)/../shared/data)
# Where the Tauri build looks for the pages; without it, any package.json would do.
export TAURI_FRONTEND_PATH := ui

PHOTOS ?=
photos := $(if $(PHOTOS),"$(PHOTOS)")
display := $(or $(WAYLAND_DISPLAY),$(DISPLAY),$(filter Darwin,$(shell uname)))

run: $(if $(display),window,browser)

window: tools-window ui/dist/index.html
	cargo build --locked --release --package likeness-desktop
	target/release/likeness-desktop $(photos)

# `likeness add` ends with 3 when it is done and some files had problems.
browser: tools-browser ui/dist/index.html
	cargo build --locked --release --package likeness-cli
	$(if $(photos),target/release/likeness add $(photos) || (($$? == 3)))
	target/release/likeness serve

test: format lint engine-tests page-checks browser-tests window-tests

check: tools-browser format ui/dist/index.html
	cargo clippy --locked --all-targets -- --deny warnings
	npm --prefix ui run check
	npm --prefix ui test

bench: tools-browser photos-for-tests
	cargo bench --locked --package likeness-benches

format: tools-tests
	cargo fmt --all --check

lint: tools-tests ui/dist/index.html
	cargo clippy --locked --workspace --all-targets -- --deny warnings

# Programs and tests are built in one go and for one choice of packages: each other choice would build the
# dependencies again, with other features.
members := --locked --workspace --exclude likeness-benches

programs: tools-tests ui/dist/index.html
	cargo build $(members) --bins --tests

engine-tests: programs photos-for-tests
	cargo test $(members)

page-checks: tools-tests ui/node_modules/.package-lock.json
	npm --prefix ui run check
	npm --prefix ui test

browser-tests: programs tests/node_modules/.package-lock.json photos-for-tests
	node --test tests/browser/*.test.mjs

window-tests: programs photos-for-tests
	node --test tests/window/*.test.mjs

# System packages, Rust and Node.js.
tools-browser:
	setup/tools engine
tools-window:
	setup/tools engine window
tools-tests:
	setup/tools engine window tests

# The pages.
page_sources := $(shell find ui \( -name node_modules -o -name dist \) -prune -o -type f -print)

ui/dist/index.html: ui/node_modules/.package-lock.json $(page_sources)
	npm --prefix ui run build
	touch $@

%/node_modules/.package-lock.json: %/package.json %/package-lock.json
	npm --prefix $* ci --no-audit --no-fund
	touch $@

photos-for-tests:
	@test -d "$(LIKENESS_DATA)/photos" || { echo "error: no photos to test with at $(LIKENESS_DATA)" >&2; \
	  echo "hint: set LIKENESS_DATA to the folder that holds photos/, formats/ and broken/" >&2; exit 1; }
