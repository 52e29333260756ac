# make demo    build everything and open a hospital in the browser       make test   build and run every test
# make build   the program at build/release/codman                        make check  format, arrows, sizes, linters
.DEFAULT_GOAL := help
.PHONY: help setup build web test check demo clean
BUILD := build/release
JOBS ?= $(shell nproc)

help:
	@sed -n 's/^# //p' Makefile

setup:
	@tools/setup build

web: setup
	@tools/build-web

build: setup web
	@mkdir -p build
	@cmake --preset release > build/configure.log 2>&1 || { cat build/configure.log; exit 1; }
	@ninja -C $(BUILD) -j$(JOBS) codman

test:
	@tools/setup test
	@tools/test

check:
	@tools/setup check
	@tools/check

demo: build
	@$(BUILD)/codman demo $(DEMO_ARGS)

clean:
	rm -rf build web/dist
