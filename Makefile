# `make help` lists every command. ARGS="..." is passed on where it makes sense.

.DEFAULT_GOAL := help

VENV := .venv
PY := $(VENV)/bin/python
ARGS ?=
TEST_WORKERS ?= logical

.PHONY: help
help: ## List every command
	@awk 'BEGIN { FS = ":[^#]*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

##@ Run it

.PHONY: setup
setup: ## Make .venv from the lock (done by every other command when needed)
	@sh scripts/bootstrap.sh

.PHONY: run
run: setup ## Start Yipan with a demo group; Ctrl-C stops it
	@$(VENV)/bin/yipan up $(ARGS)

.PHONY: demo
demo: setup ## Generate the demo group
	@$(VENV)/bin/yipan demo $(ARGS)

.PHONY: doctor
doctor: setup ## Check settings, database, queue, clock and keys, and say what to do
	@$(VENV)/bin/yipan doctor $(ARGS)

##@ Work on it

.PHONY: test
test: setup browser ## Run the tests (ARGS="tests/ledger -k reversal" for some)
	$(PY) -m pytest -n $(TEST_WORKERS) --maxprocesses 8 --dist loadfile -m "not slow" $(ARGS)

.PHONY: browser
browser: setup ## Get the browser and fonts that tests drive, if they are missing and it may
	@$(PY) -m scripts.browser

.PHONY: screenshots
screenshots: setup browser ## Pictures of every page, phone and PC (ARGS="--out FOLDER --only mall")
	$(PY) -m scripts.screenshots $(ARGS)

.PHONY: lint
lint: style limits layers typecheck frontend-check ## Everything below that reads the code

.PHONY: style
style: setup ## ruff: rules and format
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

.PHONY: limits
limits: setup ## House limits: sizes, names, money without floats, no machine paths or secrets
	$(PY) -m scripts.check_limits

.PHONY: layers
layers: setup ## Import layers: wings, modules, pure rules
	$(VENV)/bin/lint-imports --no-logo

.PHONY: typecheck
typecheck: setup ## mypy, strict
	$(VENV)/bin/mypy

.PHONY: format
format: setup ## Let ruff repair and format what it can
	$(VENV)/bin/ruff check --fix-only .
	$(VENV)/bin/ruff format .

.PHONY: frontend
frontend: setup ## Build styles, scripts and icons from frontend/ (commit what it writes)
	$(PY) -m scripts.frontend

.PHONY: frontend-check
frontend-check: setup ## Types of the scripts; the committed build is what the sources give
	$(PY) -m scripts.frontend --check

.PHONY: messages
messages: setup ## Compile the translations, and list what has none
	$(PY) -m scripts.messages

.PHONY: docs-check
docs-check: setup ## Every link between the documents leads somewhere
	$(PY) -m scripts.check_docs

.PHONY: check-slow
check-slow: setup ## The slow checks: slow tests, the example against a running server, a small bench
	$(PY) -m scripts.check_slow $(ARGS)

.PHONY: bench
bench: setup ## Measure (docs/benchmarks.md says what)
	$(PY) -m bench $(ARGS)

.PHONY: lock
lock: ## Pin the dependencies anew (ARGS=--upgrade for newer versions)
	@sh scripts/lock.sh $(ARGS)

.PHONY: clean
clean: ## Remove caches and build output; keeps .venv and the data
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .tools
	find src tests bench examples scripts -name __pycache__ -type d -prune -exec rm -rf {} +
