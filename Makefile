VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
# The locks name all that is needed, so nothing is looked for; compiled is what is imported, when it is.
LOCKED := pip install -q --require-hashes --no-deps --no-compile
# What is imported is compiled once, not by each of a thousand processes.
unexport PYTHONDONTWRITEBYTECODE
# Linting and types read the server's settings: they get a home of their own.
export TAKEUP_HOME ?= $(CURDIR)/build/takeup

.PHONY: help demo written attack test test-quick test-profile mutants lint bench faults calibrate fit-reasons lock picture system wheel-test audit clean
help:
	@echo "make demo     simulate a bank, write its report; then a server that holds it, with a sign-in per role"
	@echo "make test     lint, types, import rule, tests on SQLite and PostgreSQL, wheel test"
	@echo "make test-quick  for the inner loop: what needs no server, browser or Spark"
	@echo "make test-profile  where the time of the tests goes"
	@echo "make mutants  twenty planted faults; the tests catch each"
	@echo "make lint     ruff, mypy, import-linter"
	@echo "make faults   200 kills while it records, drains, erases, backs up, restores; nothing acknowledged is lost"
	@echo "make attack   500 random programmes: nobody is found in what their reports tell; 500 random tables are read or refused in words"
	@echo "make bench    a full diagnosis beside queries written by hand; reading a table; a night (BESIDE=../older: beside its source)"
	@echo "make calibrate every estimate against programmes of known truth; goes on where it stopped"
	@echo "make fit-reasons  fit how evidence becomes belief, on seeds of their own"
	@echo "make audit    known weaknesses of the pinned packages"
	@echo "make picture  the README's picture, from the demo's report"
	@echo "make written  what is written from the code: schema, table of addresses, map"
	@echo "make lock     compile the pinned requirements"

$(BIN)/.demo: requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/$(LOCKED) -r requirements.txt
	$(BIN)/pip install -q --no-deps -e .
	@touch $@

$(BIN)/.dev: requirements-dev.txt $(BIN)/.demo
	$(BIN)/$(LOCKED) -r requirements-dev.txt
	@touch $@

# What the tests need of the machine: Java for Spark, a browser for the report, Pango for print,
# PostgreSQL for the server's store.
system:
	@command -v java >/dev/null && (command -v chromium || command -v chromium-browser) >/dev/null && command -v pdftotext >/dev/null && command -v xgettext >/dev/null && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 \
	  || (apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
	      openjdk-17-jre-headless chromium postgresql gettext poppler-utils libpango-1.0-0 libpangoft2-1.0-0) >/dev/null

# An S3 for the tests, in an environment of its own: the ranges of its packages exclude ours.
build/s3/.made: tests/s3-requirements.txt
	$(PYTHON) -m venv build/s3
	build/s3/bin/$(LOCKED) -r tests/s3-requirements.txt
	@touch $@

PORT ?= 8000
demo: $(BIN)/.demo
	$(BIN)/takeup demo
	TAKEUP_HOME=takeup-demo/server $(BIN)/takeup serve --sample --port $(PORT)

# Three workers on two cores: tests wait for servers and browsers now and then.
WORKERS ?= 3
PYTEST := $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

lint: $(BIN)/.dev
	$(BIN)/ruff check src tests benchmarks calibration docs clients examples
	$(BIN)/ruff format --check src tests benchmarks calibration docs clients examples
	$(BIN)/mypy
	$(BIN)/lint-imports

test: $(BIN)/.dev
	$(MAKE) -j 2 lint system build/s3/.made
	$(PYTEST)
	TAKEUP_TEST_STORE=postgres $(PYTEST) -m store
	$(MAKE) wheel-test

# For the inner loop: no server, browser, Spark or other process, no file that takes long.
test-quick: $(BIN)/.dev
	$(PYTEST) -m "not slow"

# Where the time goes, from a cold start; `tests/seconds.json` is written anew.
test-profile: $(BIN)/.dev system build/s3/.made
	rm -rf build/made build/times*.jsonl
	TAKEUP_TIMES=build/times.jsonl $(PYTEST) -p tests.tools.where_time_goes
	TAKEUP_TIMES=build/times-postgres.jsonl TAKEUP_TEST_STORE=postgres $(PYTEST) -p tests.tools.where_time_goes -m store
	$(BIN)/python -m tests.tools.where_time_goes build/times.jsonl build/times-postgres.jsonl

# Twenty faults planted one at a time: the tests catch each.
mutants: $(BIN)/.dev system
	$(BIN)/python -m tests.tools.planted_faults

wheel-test: $(BIN)/.dev
	rm -rf dist build/wheel-venv
	$(BIN)/python -m build -q --no-isolation
	$(PYTHON) -m venv build/wheel-venv
	build/wheel-venv/bin/$(LOCKED) -r requirements.txt
	build/wheel-venv/bin/pip install -q --no-deps dist/*.whl
	cd $$(mktemp -d) && $(CURDIR)/build/wheel-venv/bin/takeup demo --out demo && test -s demo/report.html

faults: $(BIN)/.dev system
	TAKEUP_KILLS=200 $(BIN)/pytest tests/faults

# Reports of 500 random programmes, attacked with all that they tell; 500 tables of no plan, which are read or refused.
attack: $(BIN)/.dev
	TAKEUP_ATTACKS=500 $(BIN)/pytest tests/disclosure/test_attack.py tests/server/overview/test_small_team_in_every_form.py
	TAKEUP_TABLES=500 $(BIN)/pytest tests/sources/test_any_file.py tests/sources/test_any_table.py tests/journeys/test_shapes.py

# What is known of the pinned packages; needs the network.
audit: $(BIN)/.dev
	$(BIN)/pip-audit -r requirements.txt --disable-pip --no-deps

bench: $(BIN)/.dev
	$(BIN)/python benchmarks/bench.py
	$(BIN)/python benchmarks/reading.py $(foreach tree,$(BESIDE),--tree $(tree))
	$(BIN)/python benchmarks/record_api.py
	$(BIN)/python benchmarks/night.py $(foreach tree,$(BESIDE),--tree $(tree))
	$(PYTHON) -m venv build/peers
	build/peers/bin/pip install -q mlflow arize-phoenix arize-phoenix-client
	$(BIN)/python benchmarks/peers.py --peers build/peers/bin/python

PROGRAMMES ?= 2000
calibrate: $(BIN)/.dev
	$(BIN)/python -m calibration.run --programmes $(PROGRAMMES)

fit-reasons: $(BIN)/.dev
	$(BIN)/python -m calibration.fit_reasons

picture: $(BIN)/.dev system
	$(BIN)/takeup demo --out build/picture
	$(BIN)/python docs/picture.py build/picture/report.html docs/report.png

written: $(BIN)/.dev
	$(BIN)/takeup schema --out docs/reference/diagnosis.schema.json
	$(BIN)/python docs/addresses.py
	$(BIN)/python docs/house.py

lock: $(BIN)/.dev
	$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras --extra server -o requirements.txt pyproject.toml
	$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras --allow-unsafe --extra server --extra dev -o requirements-dev.txt -c requirements.txt pyproject.toml
	$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras -o tests/s3-requirements.txt tests/s3-requirements.in

clean:
	rm -rf $(VENV) build dist takeup-demo
