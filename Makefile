# Everything starts here; `make help` lists it. Only Debian's python3 is expected, the rest is fetched.

PYTHON ?= python3
ARGS ?=
# Scenarios mostly wait for each other, so more of them than processors.
E2E_WORKERS ?= 6
VENV := .venv
BIN := $(VENV)/bin
TOOLS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/ivr/tools
RUN_STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
PIP_INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check
LOCK := $(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --upgrade

export PATH := $(CURDIR)/$(BIN):$(TOOLS)/usr/bin:$(PATH):/usr/sbin:/sbin

.DEFAULT_GOAL := help
.PHONY: run demo setup test check million e2e chaos bench lock clean help

run: setup ## Start Asterisk and the server; Ctrl-C stops (ARGS="--sip-port 5070")
	@$(BIN)/ivr run $(ARGS)

demo: setup ## The same with simulated callers and agents: real SIP, real audio
	@$(BIN)/ivr demo $(ARGS)

setup: $(RUN_STAMP) ## Prepare everything without starting; then: .venv/bin/ivr --help
	@$(BIN)/ivr setup

test: check million e2e ## Everything: the fast part, a million events, then whole calls on a real Asterisk

check: $(DEV_STAMP) ## The fast part: style, types, floors, unit and property tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/ivr setup --tests
	@$(BIN)/pytest tests/unit -n 2

million: $(DEV_STAMP) ## A million random events and long histories through the routing core (part of test)
	@$(BIN)/pytest tests/long -n 2

e2e: $(DEV_STAMP) ## Whole calls on a real Asterisk with real phones (part of test)
	@$(BIN)/ivr setup --tests
	@$(BIN)/pytest tests/e2e -n $(E2E_WORKERS)

chaos: $(DEV_STAMP) ## Break things under calls; what it cost goes to docs/reliability.md
	@$(BIN)/ivr setup --tests
	@$(BIN)/python -m tests.chaos $(ARGS)

bench: $(DEV_STAMP) ## Measure hand-overs and the choice by skills beside app_queue; menu, core, console, journal
	@$(BIN)/ivr setup
	@$(BIN)/python -m benchmarks $(ARGS)

lock: $(DEV_STAMP) ## Bring the lock files up to date with pyproject.toml
	@printf 'setuptools>=77\n' | $(LOCK) pyproject.toml - -o requirements.txt
	@printf 'setuptools>=77\nuv\n' | $(LOCK) --extra dev -c requirements.txt pyproject.toml - \
		-o requirements-dev.txt

clean: ## Remove the Python environment and caches; state/ (recordings, journal) stays
	@rm -rf $(VENV) build ivr.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache

help: ## This list
	@awk -F ':.*## ' '/^[a-z0-9_-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The environment. Each stamp is written last, so that an interrupted step is done again.

$(RUN_STAMP): requirements.txt pyproject.toml | $(BIN)/pip
	@echo "installing Python packages" >&2
	@$(PIP_INSTALL) --require-hashes -r requirements.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV_STAMP): requirements-dev.txt $(RUN_STAMP)
	@echo "installing Python packages for tests" >&2
	@$(PIP_INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@

$(BIN)/pip:
	@sh .ci/make-venv "$(PYTHON)" "$(VENV)"
