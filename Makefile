# The commands of the project; `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements/dev.txt
STAMP := $(VENV)/.lock.sha256
# Some machines switch bytecode off; without it every Airflow process pays 6 to 12 seconds at start.
unexport PYTHONDONTWRITEBYTECODE
export GX_ANALYTICS_ENABLED := false
export AIRFLOW__USAGE_DATA_COLLECTION__ENABLED := False

.DEFAULT_GOAL := help
.PHONY: help demo up test test-unit test-integration test-airflow test-deploy check fix docs pictures bench lock clean venv

help:  ## this list
	@grep -hE '^[a-z -]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

# The environment is made again only when the lock or pyproject.toml changed since it was made.
venv:
	@want=$$(cat $(LOCK) pyproject.toml | sha256sum | cut -c1-64); \
	if [ "$$(cat $(STAMP) 2>/dev/null)" != "$$want" ] || [ ! -x $(BIN)/chuyenhoa ]; then \
	  set -e; \
	  $(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 14) else "Python 3.11, 3.12 or 3.13 is needed; name one with: make PYTHON=python3.12 ...")'; \
	  echo "Setting up $(VENV) from $(LOCK) (a few minutes, once) ..."; \
	  rm -rf $(VENV); $(PYTHON) -m venv $(VENV); \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --compile --no-deps --require-hashes -r $(LOCK); \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --compile --no-deps --no-build-isolation -e .; \
	  $(BIN)/python -m compileall -q plugins dags devtools >/dev/null; \
	  echo "$$want" > $(STAMP); \
	fi

demo: venv  ## the main job on an embedded Airflow: from dropped files to issued documents
	@$(BIN)/python -m devtools.demo

up: venv  ## the same Airflow, kept running with its pages until Ctrl-C
	@$(BIN)/python -m devtools.up

# ARGS goes to pytest as it is: make test ARGS=tests/unit/feedback, make test-unit ARGS='-k follow_on -x'.
PYTEST := $(BIN)/python -m pytest -n logical --maxprocesses=4 --dist=loadfile --no-loadscope-reorder

test: venv  ## the whole test suite on all cores, with coverage and the ten slowest tests; ARGS=… for a part
	@$(PYTEST) --durations=10 $(if $(ARGS),--no-cov $(ARGS),--cov-fail-under=90 --pure-floor=100)

KIND := --no-cov --durations=10 -m
test-unit: venv  ## what needs no process, server or store: under a minute
	@$(PYTEST) $(KIND) unit $(or $(ARGS),tests/unit)

test-integration: venv  ## stores, processes, servers on loopback, LibreOffice
	@$(PYTEST) $(KIND) integration $(ARGS)

test-airflow: venv  ## DAGs, and a whole Airflow
	@$(PYTEST) $(KIND) airflow $(ARGS)

test-deploy: venv  ## image, compose file, settings
	@$(PYTEST) $(KIND) deploy $(ARGS)

pictures: venv  ## make the pictures of the README from what the last demo left (needs Chromium)
	@$(BIN)/python -m devtools.pictures

check: venv  ## format, lint, types, import contracts, plan data
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/chuyenhoa plan check

fix: venv  ## let ruff fix what it can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

docs: venv  ## write the generated pages and the names of the finding codes from the data
	@$(BIN)/chuyenhoa plan criteria > docs/criteria.md
	@$(BIN)/chuyenhoa templates fields --markdown > docs/truong-du-lieu.md
	@$(BIN)/python -m devtools.commands_page > docs/commands.md
	@$(BIN)/python -m devtools.finding_codes

bench: venv  ## what it costs, measured against peers (installs them on first use)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/bench.txt
	@$(BIN)/python -m benchmarks

lock:  ## write requirements/ again from pyproject.toml (needs network)
	@bash requirements/lock.sh

clean:  ## remove what the commands made (not the environment)
	rm -rf var build .pytest_cache .mypy_cache .ruff_cache .coverage* htmlcov *.egg-info
