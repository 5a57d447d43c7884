# `make help` says what there is. The first of these Pythons that will do is used; PYTHON=... names another. The system's comes first:
# distributions build theirs with a profile, version managers mostly don't, and then all takes up to a sixth longer (docs/performance.md).
WILL_DO := -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
PYTHON ?= $(shell for p in /usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11; do $$p $(WILL_DO) && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCK := build/lock
COMPILE := $(LOCK)/bin/uv pip compile --quiet --generate-hashes --universal --no-emit-index-url --no-header --no-annotate --python-version 3.11

# The tests start the service by the dozen: where the environment forbids it, each process would compile it anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help install demo clean-demo test browser compiled lint types rules format guide bench soak faults dumps lock

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z -]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: .venv/.installed ## Make .venv with everything that the service needs

demo: .venv/.installed ## Run everything here, with members to try it with (Ctrl-C stops it)
	@$(BIN)/jappoo demo

clean-demo: ## Drop what the demo has kept
	rm -rf var/jappoo.db var/jappoo.db-wal var/jappoo.db-shm var/valkey var/simulator var/log

test: .venv/.installed-tests browser ## Linters, types, import rules and all tests, on SQLite and PostgreSQL
	@$(MAKE) --no-print-directory --jobs 2 compiled lint
	@PYTEST_PLUGINS=tests.floors $(BIN)/python -m pytest --numprocesses $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )) --maxprocesses 5 --dist worksteal --durations 20

browser: # The browser tests' Chromium: installed where that can be done without asking, asked for by name elsewhere
	@for name in chromium chromium-browser google-chrome-stable google-chrome; do command -v $$name >/dev/null && exit 0; done; \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo 'Installing chromium'; apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; fi; \
		command -v chromium >/dev/null || { echo 'The browser tests want Chromium: install it (Debian, Ubuntu: apt install chromium)'; exit 1; }

compiled: .venv/.installed-tests # The tests, once: each of their processes would compile them. What is wrong with one its run says
	@PYTEST_PLUGINS=tests.floors $(BIN)/python -m pytest --collect-only -qq >/dev/null || :

lint: types rules ## Linters, types, import rules and migrations only

types: .venv/.installed-tests
	@$(BIN)/mypy --no-error-summary

rules: .venv/.installed-tests
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo 'not formatted: make format'; exit 1; }
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m tests.migrations

format: .venv/.installed-tests ## Format the code
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

guide: .venv/.installed-tests browser ## Print the guide's screens and pictures, and the count of entries, from the talks that test them
	@$(BIN)/python -m pytest -q -k "not postgresql" --write-guide tests/conversations
	@$(BIN)/python -m pytest -q --write-guide tests/browser

bench soak faults: .venv/.installed-tests ## Figures and long runs: one table each, and var/*.json
	@$(BIN)/python -m tests.$@
	@case $@ in bench) $(BIN)/python -m tests.bench.messages && $(BIN)/python -m tests.bench.audience && $(BIN)/python -m tests.bench.boutiques && $(BIN)/python -m tests.bench.figures && $(BIN)/python -m tests.bench.pins && $(BIN)/python -m tests.bench.day --quick;; soak) EVERY_DATABASE=1 $(BIN)/python -m pytest -k sqlite tests/web tests/menus tests/commands tests/browser && $(BIN)/python -m tests.soak.honesty && $(BIN)/python -m tests.soak.forged_sms;; faults) $(BIN)/python -m tests.faults.broadcast && $(BIN)/python -m tests.faults.weighing_list && $(BIN)/python -m tests.faults.training_seats && $(BIN)/python -m tests.faults.slow_clients && $(BIN)/python -m tests.faults.boutiques;; esac

dumps: .venv/.installed-tests ## Make this version's filled databases, which all later ones must upgrade
	@$(BIN)/python -m tests.releases

lock: ## Pin every package and its hashes again
	$(if $(PYTHON),,$(error no Python 3.11 or newer))
	@test -x $(LOCK)/bin/uv || { $(PYTHON) -m venv $(LOCK) && $(LOCK)/bin/pip install --quiet uv; }
	$(COMPILE) requirements/run.in --output-file requirements.txt
	$(COMPILE) requirements/test.in --constraint requirements.txt --output-file requirements/test.txt

.venv/.installed: requirements.txt requirements/run.in pyproject.toml
	@test -n '$(PYTHON)' && $(PYTHON) $(WILL_DO) || { echo 'Jappoo needs Python 3.11 or newer with venv: install it (Debian, Ubuntu:' \
		'apt install python3-venv), or name it: make PYTHON=/path/to/python3.11'; exit 1; }
	@echo 'Installing into .venv (a minute or two, the first time)'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) install --no-deps --require-hashes -r requirements.txt
	@$(PIP) install --no-build-isolation --no-deps --no-index --editable .
	@touch $@

.venv/.installed-tests: .venv/.installed requirements/test.txt
	@echo 'Installing the test tools into .venv (a minute or two, the first time)'
	@$(PIP) install --no-deps --require-hashes -r requirements/test.txt
	@touch $@
