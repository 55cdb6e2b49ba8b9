# make demo      a running tracker with the five sample documents, on 127.0.0.1:8000 (PORT= to change)
# make test      every test, on SQLite and PostgreSQL (pytest's own words go after ARGS=)
# make coverage  every test, and how much of the code they reach: about twice as long
# make faults    a thousand killed processes, and the other faults on purpose: up to ten minutes
# make load      220 people at once on this machine, for three minutes
# make check     what must be clean before a change lands: style, types, templates, migrations, dependencies, coverage
.DEFAULT_GOAL := help
.PHONY: help setup demo test coverage faults load check lock styles clean

BIN := .venv/bin
PYTHON ?= python3
PORT ?= 8000
ARGS ?=

unexport PYTHONDONTWRITEBYTECODE  # tests start some hundred processes: each would translate Django from its source

help:
	@sed -n 's/^# //p' Makefile

setup: .venv/stamp

.venv/stamp: requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	@echo "Installing the locked packages (about a minute the first time) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check 'uv==0.13.8' \
	  && $(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/dev.txt \
	  || $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

demo: setup
	@PORT=$(PORT) $(BIN)/python manage.py demo

test: setup
	@$(BIN)/python -m pytest -n 2 $(ARGS)
	@$(BIN)/python -m tests.on_postgresql $(ARGS)

coverage: setup
	@$(BIN)/python -m pytest -n 2 --cov --cov-report=
	@$(BIN)/python -m tests.on_postgresql --cov --cov-append --cov-report=
	@$(BIN)/coverage report

faults: setup
	@$(BIN)/python -m pytest tests/faults -m 'slow or not slow' $(ARGS)

load: setup
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/load.txt
	@$(BIN)/python -m tests.load.run $(ARGS)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --lint --quiet templates
	DEBUG=true $(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/mypy
	$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements/production.txt
	$(MAKE) coverage

lock:
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet \
	  pyproject.toml -o requirements/production.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet \
	  --group test --group lint pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet \
	  --group load pyproject.toml -o requirements/load.txt

styles:
	cd styles && npm ci && npm run build

clean:
	rm -rf .venv var
