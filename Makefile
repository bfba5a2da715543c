VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin

.PHONY: help demo test lint lock wheel-test clean
help:
	@echo "make demo   simulate a bank's first months, diagnose them, write the report"
	@echo "make test   lint, types, import rule, tests, wheel test"
	@echo "make lint   ruff, mypy, import-linter"
	@echo "make lock   compile the pinned requirements"

$(BIN)/.demo: requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --require-hashes -r requirements.txt
	$(BIN)/pip install -q --no-deps -e .
	@touch $@

$(BIN)/.dev: requirements-dev.txt $(BIN)/.demo
	$(BIN)/pip install -q --require-hashes -r requirements-dev.txt
	@touch $@

demo: $(BIN)/.demo
	$(BIN)/takeup demo

lint: $(BIN)/.dev
	$(BIN)/ruff check src tests
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/pytest -n 2
	$(MAKE) wheel-test

wheel-test: $(BIN)/.dev
	rm -rf dist build/wheel-venv
	$(BIN)/python -m build -q --no-isolation
	$(PYTHON) -m venv build/wheel-venv
	build/wheel-venv/bin/pip install -q --require-hashes -r requirements.txt
	build/wheel-venv/bin/pip install -q --no-deps dist/*.whl
	cd build && wheel-venv/bin/takeup demo --out wheel-demo && test -s wheel-demo/report.html

lock:
	$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras -o requirements.txt pyproject.toml
	$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras --allow-unsafe --extra dev -o requirements-dev.txt -c requirements.txt pyproject.toml

clean:
	rm -rf $(VENV) build dist takeup-demo
