# What one does here, by verbs. `make demo` and `make test` set up everything they need; afterwards no network is used.
#   PYTHON=python3.12   the Python to build on (3.11 or newer)
#   VENV=.venv          where the environment stands

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
CATALOGUES := formsvc/i18n

.PHONY: demo test lint bench torture run messages

demo: $(READY)
	$(BIN)/python examples/demo.py

test: $(READY)
	$(BIN)/python -m pytest -n 2

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_house.py

bench: $(READY)
	$(BIN)/python -m benchmarks

# Kills, faults and power cuts on the real program; needs strace, and says what it leaves out without it. It goes on
# where the last one ended, and its figures are those of all; remove the folder .torture to begin anew.
#   make torture TORTURE='--minutes 60 --mutations 100000'
torture: $(READY)
	$(BIN)/python -m torture --state .torture --keep .torture $(TORTURE)

run: $(READY)
	$(BIN)/formsvc watch

messages: $(READY)
	$(BIN)/pybabel --quiet compile --domain formsvc --directory $(CATALOGUES)
	$(BIN)/pybabel --quiet compile --domain click --directory $(CATALOGUES)

# Dependency groups need pip 25.1; one that is there already is left alone.
$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("formsvc needs Python 3.11 or newer: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[all]' --group dev
	@touch $@
