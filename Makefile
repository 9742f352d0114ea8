# What a newcomer needs: `make rehearse` and `make test`.  Only Python ≥ 3.11 and make are assumed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SEED ?= 1

.PHONY: rehearse test check format lint types campaign bench doctor clean

rehearse: $(READY) ## fly the scenario `quickstart`, live in the terminal, in a few minutes
	$(BIN)/groundsys rehearse quickstart --seed $(SEED) --report groundsys-data/quickstart.json

test: $(READY) ## every test, with shortened scenarios
	$(BIN)/pytest -n 2 --dist loadgroup

check: $(READY) lint types test ## formatting, ruff, strict mypy, import-linter and every test

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: $(READY)
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

campaign: $(READY) ## long scenarios and faults: `quickstart` over several seeds
	$(BIN)/pytest -n 0 -m campaign tests

bench: $(READY) ## what the README's figures rest on, in groundsys-data/bench.json
	mkdir -p groundsys-data
	$(BIN)/python -m tests.benchmarks --out groundsys-data/bench.json

doctor: $(READY)
	$(BIN)/groundsys doctor

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("groundsys needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; name another with: make PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25'  # pip 23 cannot resolve fastcrc
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) groundsys-data build ./*.egg-info
