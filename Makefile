# One word per chore. Everything runs from .venv, which makes itself and is left alone while nothing changed.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=

# Four stamps: the tools that make the environment, what the bot needs, what working on it needs, its own bytecode.
TOOLS := $(VENV)/.tools
READY := $(VENV)/.ready
DEV   := $(VENV)/.dev
CODE  := $(VENV)/.code

# Many tests wait for something: one process more than there are cores. Bytecode is kept, as it is asked for each time.
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
PYTEST  := PYTHONDONTWRITEBYTECODE= $(BIN)/pytest --numprocesses $(WORKERS) --dist worksteal

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
           --no-emit-index-url --no-emit-find-links --no-header --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help demo run talk quick test soak nightly check format charts words scripts attack bench growth scale browser lock clean

help: ## this list
	@awk -F ' *:[^#]*## *' '/^[a-z]+:.*##/ { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

demo: $(READY) $(CODE) ## the real bot and a page with phones, on this machine, without a token
	@$(BIN)/koppelkans demo $(ARGS)

run: $(READY) $(CODE) ## the bot on Telegram; needs TELEGRAM_TOKEN
	@$(BIN)/koppelkans run $(ARGS)

talk: $(READY) $(CODE) ## play a chart in the terminal
	@$(BIN)/koppelkans talk $(ARGS)

quick: $(DEV) ## the tests of a minute: nothing slow, no browser, no PostgreSQL
	@KOPPELKANS_TEST_STORES=sqlite $(PYTEST) -m "not slow and not soak and not nightly and not browser" $(ARGS)

test: $(DEV) $(CODE) ## every test but the long ones, with a browser and both stores
	@$(PYTEST) $(ARGS)

soak: $(DEV) $(CODE) ## the long tests: long walks, processes that are killed, workers, crashes
	@$(PYTEST) -m soak $(ARGS)

nightly: $(DEV) $(CODE) ## everything on both stores, new walks, every point of a crash, a whole country; takes hours
	@KOPPELKANS_TEST_STORES=both KOPPELKANS_SEEDS=new $(PYTEST) -m "" $(ARGS)
	@$(BIN)/python -m tests.fuzz
	@$(MAKE) scale

check: $(DEV) $(CODE) ## style, types, charts, drawings, catalogs and the rules of the house
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/koppelkans check
	@$(BIN)/koppelkans draw --check
	@$(BIN)/koppelkans words --check
	@$(BIN)/pytest --quiet tests/test_house.py

format: $(DEV) ## put the code in its usual shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

charts: $(READY) $(CODE) ## draw every chart again, into docs/charts
	@$(BIN)/koppelkans draw $(ARGS)

words: $(READY) $(CODE) ## bring locale/ up to date with the charts
	@$(BIN)/koppelkans words $(ARGS)

scripts: $(DEV) ## rewrite tests/conversations after a deliberate change; the diff is the review
	@KOPPELKANS_SCRIPTS=rewrite $(BIN)/pytest --quiet tests/test_conversations.py $(ARGS)

attack: $(DEV) $(CODE) ## attack a bot that runs, and say what held; ARGS="--only NAME", "--base-url URL"
	@$(BIN)/python -m tests.attack $(ARGS)

bench: $(DEV) ## the real bot beside a bot that does nothing, over HTTP
	@$(BIN)/python -m tests.benchmarks $(ARGS)

scale: $(DEV) ## 342 wijken on one PostgreSQL, with the people of a whole country
	@$(BIN)/python -m tests.benchmarks.scale $(ARGS)

growth: $(DEV) ## the real bot on stores with little and with much in them
	@$(BIN)/python -m tests.benchmarks.growth $(ARGS)

browser: $(DEV) ## the test with a real browser; says what to install when there is none
	@command -v chromium >/dev/null || { echo "No chromium here. On Debian: apt-get install chromium fonts-noto-core fonts-noto-color-emoji"; exit 1; }
	@KOPPELKANS_BROWSER=required $(BIN)/pytest tests/browser $(ARGS)

lock: $(TOOLS) ## write the lock files again; ARGS=--upgrade takes newer versions
	@$(COMPILE) $(ARGS) --group bootstrap --output-file bootstrap.lock
	@$(COMPILE) $(ARGS) --constraint bootstrap.lock --output-file requirements.lock pyproject.toml
	@$(COMPILE) $(ARGS) --constraint bootstrap.lock --constraint requirements.lock \
		--group dev --output-file requirements-dev.lock pyproject.toml

clean: ## throw away the environment and the caches, not the data
	@rm -rf $(VENV) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find bot db flows tests -name __pycache__ -prune -exec rm -rf {} +

# Nothing but Python is asked of the machine. pip installs the few tools, hashes checked; they do the rest.
$(TOOLS): bootstrap.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	@echo "making $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement bootstrap.lock
	@touch $@

define install
@echo "installing from $(1) …"
@$(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode --python $(BIN)/python bootstrap.lock $(1)
@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
endef

$(READY): $(TOOLS) requirements.lock pyproject.toml
	$(call install,requirements.lock)
	@rm -f $(DEV)
	@touch $@

$(DEV): $(TOOLS) requirements-dev.lock requirements.lock pyproject.toml
	$(call install,requirements-dev.lock)
	@touch $(READY) $@

# Where Python may not write bytecode (PYTHONDONTWRITEBYTECODE), every start would compile everything anew.
$(CODE): $(shell find bot db flows -name '*.py') | $(TOOLS)
	@$(BIN)/python -m compileall -q bot db flows
	@touch $@
