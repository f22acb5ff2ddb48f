# From a bare checkout: `make demo` or `make test`. Needs Python 3.11 or newer, nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
# Two workers suit two cores; a machine with more may say so.
WORKERS ?= 2

.PHONY: demo test lint bench simulate docs clean requirements messages

demo: $(VENV)/.installed
	$(BIN)/usance demo $(ARGS)

test: lint
	$(BIN)/python -m pytest -n $(WORKERS) --max-worker-restart 0 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(VENV)/.installed-development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed-development
	$(BIN)/python -m benchmarks $(ARGS)

# Trade by chance, each run from another seed; a failing one is printed.
RUNS ?= 5
simulate: $(VENV)/.installed-development
	for run in $$(seq $(RUNS)); do \
		seed=$$(od -An -N4 -tu4 /dev/urandom | tr -d ' '); echo "USANCE_SIMULATION_SEED=$$seed"; \
		USANCE_SIMULATION_SEED=$$seed $(BIN)/python -m pytest -q tests/simulation || exit 1; \
	done

docs: $(VENV)/.installed
	$(BIN)/usance openapi > docs/openapi.json

# Gather the strings of pages and code into the catalogues, and compile them.
messages: $(VENV)/.installed-development
	$(BIN)/python -m config.messages

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info src/*.egg-info

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Usance needs Python 3.11 or newer; name one with make PYTHON=python3.12"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements/runtime.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.installed-development: requirements/development.txt $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/development.txt
	touch $@

# Pin every requirement again, with hashes and without the address of an index. Needs uv.
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet
requirements:
	$(COMPILE) requirements/runtime.in -o requirements/runtime.txt
	$(COMPILE) requirements/development.in -c requirements/runtime.txt -o requirements/development.txt
