# Everything a person needs to run, check and build Dorfnetz. `make` alone lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
PACKAGES := libs/shared services/registry services/events services/notifications services/portal deploy/standalone
EDITABLE := $(addprefix -e ,$(PACKAGES))
NO_EMIT := $(addprefix --no-emit-package dorfnetz-,shared registry events notifications portal)
UV := $(BIN)/uv --quiet --no-progress
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header $(NO_EMIT)

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# One virtual environment; each stamp names the set of locked packages that is installed in it.
$(BIN)/uv:
	@$(PYTHON) -m venv .venv || { echo "make: python3 with venv is needed (Debian: apt-get install python3-venv)" >&2; exit 1; }
	@$(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) || \
	  { echo "make: the package registry cannot be reached; the first start needs a network" >&2; rm -rf .venv; exit 1; }

define install
	@echo "Installing packages ($(1)) ..."
	@$(UV) pip install --require-hashes -r requirements/$(1).txt || \
	  { echo "make: the packages could not be installed; the first start needs a network" >&2; exit 1; }
	@$(UV) pip install --no-deps $(EDITABLE)
	@touch $@
endef

.venv/.standalone: requirements/standalone.txt $(addsuffix /pyproject.toml,$(PACKAGES)) | $(BIN)/uv
	$(call install,standalone)

.venv/.dev: requirements/dev.txt $(addsuffix /pyproject.toml,$(PACKAGES)) | $(BIN)/uv
	$(call install,dev)
	@touch .venv/.standalone

.venv/.bench: requirements/bench.txt .venv/.dev
	$(call install,bench)

.PHONY: lock
lock: | $(BIN)/uv ## Lock every package with its hashes into requirements/
	$(LOCK) services/*/pyproject.toml -o requirements/runtime.txt
	$(LOCK) deploy/standalone/pyproject.toml -o requirements/standalone.txt
	$(LOCK) deploy/standalone/pyproject.toml --group pyproject.toml:dev -o requirements/dev.txt
	$(LOCK) deploy/standalone/pyproject.toml --group pyproject.toml:dev --group pyproject.toml:bench -o requirements/bench.txt

.PHONY: demo
demo: .venv/.standalone ## Start the whole platform with the Heidedörfer network in it
	@exec $(BIN)/python -m standalone

.PHONY: demo-reset
demo-reset: ## Throw the demo's data away
	@[ ! -x $(BIN)/python ] || $(BIN)/python -m standalone --reset

.PHONY: test
test: .venv/.dev ## Run all tests on a real PostgreSQL and a real RabbitMQ
	@$(BIN)/python tests/run.py

.PHONY: faults
faults: .venv/.dev ## Hurt servers and connections many times over; every event must still take effect once
	@FAULTS=large $(BIN)/python tests/run.py tests/faults tests/security/test_erasure.py

.PHONY: contracts
contracts: .venv/.dev ## Publish new and extended events and endpoints in docs/; refuses what breaks subscribers
	@PYTHONPATH=tests/support $(BIN)/python -m testkit.contracts

.PHONY: check
check: .venv/.dev ## Lint, types, imports, templates
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
	@$(BIN)/mypy libs services deploy tests benchmarks
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/djlint services/portal/src --lint --quiet

.PHONY: format
format: .venv/.dev ## Format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

.PHONY: bench
bench: .venv/.bench ## Measure: each row is a ratio to a named baseline in the same run
	@$(BIN)/python -m benchmarks

COMPOSE ?= $(shell command -v docker-compose >/dev/null && echo docker-compose || echo docker compose)
DEPLOYMENT := deploy/compose

.PHONY: images
images: ## Build the container images of the services and of the front door
	docker build --tag dorfnetz:0.1.0 --target services .
	docker build --tag dorfnetz-front-door:0.1.0 $(DEPLOYMENT)/front-door

.PHONY: secrets
secrets: ## Make the passwords, the signing key and .env of deploy/compose
	@$(DEPLOYMENT)/make-secrets

.PHONY: compose-up
compose-up: secrets ## Run the deployment of deploy/compose in the background
	cd $(DEPLOYMENT) && $(COMPOSE) up -d

.PHONY: compose-demo
compose-demo: secrets ## The same with the Heidedörfer network in it
	cd $(DEPLOYMENT) && $(COMPOSE) -f docker-compose.yml -f docker-compose.demo.yml up -d

.PHONY: clean
clean: ## Remove the virtual environment and caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
