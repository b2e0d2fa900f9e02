# Everything a checkout needs: `make build`, `make test`, and the rest that `make help` lists.

PYTHON ?= python3
NPM ?= npm
NODE ?= node
HUB ?= _build/hub
VENV := .venv
BIN := $(VENV)/bin
MODULES := site/node_modules
# One process a processor; a number does as well.
WORKERS ?= auto
# More options of `geocairn-train train`, such as TRAIN="--epochs 5".
TRAIN ?=

# JSON Schemas are fetched once and cached. Where a folder of them lies beside the checkout, they
# are read from there, and nothing is fetched.
SCHEMAS_BESIDE := $(abspath ../shared/schemas)
ifneq ($(wildcard $(SCHEMAS_BESIDE)),)
export GEOCAIRN_SCHEMAS ?= $(SCHEMAS_BESIDE)
endif

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup site build preview test lint format strings docs docs-serve train bench wheel clean
# A target that fails halfway must not look finished.
.DELETE_ON_ERROR:

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  %-12s %s\n", $$1, $$2 }'

setup: $(VENV)/.set-up $(MODULES)/.set-up ## Install everything, into .venv and site/node_modules

# Done again only when what is to be installed changes.
$(VENV)/.set-up: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("geocairn needs Python 3.11 or newer; name one with PYTHON=..." if sys.version_info < (3, 11) else 0)'
	@echo "Setting up $(VENV); the first time this takes a minute or two ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

$(MODULES)/.set-up: site/package.json site/package-lock.json
	@$(NODE) -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' \
	  || { echo "geocairn needs Node.js 20 or newer; name one with NODE=... and NPM=..." >&2; exit 1; }
	@echo "Setting up $(MODULES) ..."
	@cd site && $(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

site: setup ## Bundle the browser code and styles into _build/site
	@$(BIN)/geocairn schemas export _build/schemas $$($(NODE) site/schemas.mjs)
	$(NODE) site/build.mjs

build: site docs ## Compile catalog/ into the hub _build/hub
	$(BIN)/geocairn build catalog --output $(HUB)

preview: site docs ## Show the hub in a browser, built again whenever something changes
	$(BIN)/geocairn preview catalog --output $(HUB) --open

# The bundle goes first, for tests of Python build wheels and hubs with it.
test: lint site docs ## Run every check and every test
	cd site && $(NODE) --test --test-reporter=spec
	$(BIN)/pytest --numprocesses $(WORKERS)

lint: setup ## Check style, types and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd site && $(NODE) node_modules/typescript/bin/tsc

format: setup ## Format the code and mend what can be mended without a person
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

strings: setup ## Gather the texts of the site into the catalogues of its languages
	$(BIN)/python -m geocairn.compile.pages.catalogue

docs: _build/docs/index.html ## Build the documentation into _build/docs

_build/docs/index.html: mkdocs.yml CHANGELOG.md $(shell find docs builder training/geocairn_training/cli site/docs site/assets -type f -not -name '*.pyc') | setup
	$(BIN)/mkdocs build --strict

docs-serve: setup ## Show the documentation while it is written
	$(BIN)/mkdocs serve

train: setup ## Train the shipped example on data it makes itself, on the CPU in minutes
	$(BIN)/python -m geocairn_training.data.synthetic _build/example
	$(BIN)/geocairn-train train --config training/configs/example.yaml $(TRAIN)

bench: $(VENV)/.set-up-bench ## Measure; see benchmarks/README.md
	$(BIN)/python -m benchmarks $(BENCH)

$(VENV)/.set-up-bench: $(VENV)/.set-up
	@$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[bench]'
	@touch $@

wheel: site docs ## Build the wheel into _build/dist
	$(BIN)/pip wheel --quiet --no-deps --wheel-dir _build/dist .

clean: ## Remove what was built and set up
	rm -rf _build $(VENV) $(MODULES)
