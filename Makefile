# make demo    build everything and open a hospital in the browser       make test   build and run every test
# make build   the program at build/release/codman                        make check  format, arrows, sizes, linters
# make test-interop  tables read by Spark and delta-rs, the API by schemathesis   make test-slow  kills, full disks, large inputs
# make fuzz    ten minutes for each parser (FUZZ_SECONDS=600)             make bench  speed beside the peers     make coverage  lines run, by room
.DEFAULT_GOAL := help
.PHONY: help setup build web test test-interop test-slow fuzz bench coverage check demo clean
FUZZ_SECONDS ?= 600
BUILD := build/release
JOBS ?= $(shell nproc)

help:
	@sed -n 's/^# //p' Makefile

setup:
	@tools/setup build

web: setup
	@tools/build-web

build: setup web
	@tools/configure release
	@ninja -C $(BUILD) -j$(JOBS) codman

test:
	@tools/setup test
	@tools/test

test-interop: build
	@tools/setup interop
	@tools/test-interop

test-slow:
	@tools/setup test
	@tools/build-web
	@tools/test-slow

fuzz:
	@tools/setup test
	@tools/build-web
	@tools/fuzz $(FUZZ_SECONDS)

bench:
	@tools/setup bench
	@tools/build-web
	@tools/bench

coverage:
	@tools/setup test
	@tools/build-web
	@tools/coverage

check:
	@tools/setup check
	@tools/check

demo: build
	@$(BUILD)/codman demo $(DEMO_ARGS)

clean:
	rm -rf build web/dist
