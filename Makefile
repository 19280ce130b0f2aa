# `make book LANG=zh` and `make test` need Python 3.11 or newer, make and git: everything else goes into .venv.

VENV ?= .venv
example := example_book

# LANG is also the locale of whoever runs make: it names a language only where it was typed on make's command line,
# and then no program that we start may take it for a locale.
language := zh
ifeq ($(origin LANG),command line)
  language := $(LANG)
  unexport LANG
  MAKEOVERRIDES :=
endif

# The first Python that is new enough and can make virtual environments; a command may exist and still not run.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
  $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$python && break; done)

bin := $(VENV)/bin
install := $(bin)/python -m pip install --quiet --disable-pip-version-check --editable

.PHONY: help book test lint format types docs docs-sync clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 18

book: $(VENV)/.book ## sync the example book into LANG (ENGINE=name chooses the engine) and build it
	$(bin)/sphinx-amts sync $(example)/book -l $(language) $(if $(ENGINE),--engine $(ENGINE))
	$(bin)/sphinx-build -M html $(example)/book $(example)/_build/$(language) -q -D language=$(language)
	@echo "The book in $(language): $(example)/_build/$(language)/html/index.html"

test: $(VENV)/.test ## run the tests (ARGS='-k word' chooses some)
	$(bin)/pytest -n 2 $(ARGS)

lint: $(VENV)/.dev ## check style and formatting
	$(bin)/ruff check
	$(bin)/ruff format --check

format: $(VENV)/.dev ## mend what the linter can mend
	$(bin)/ruff check --fix
	$(bin)/ruff format

types: $(VENV)/.dev ## check types
	$(bin)/mypy

docs: $(VENV)/.docs ## build the documentation in all its languages; a warning is an error
	$(bin)/sphinx-build -q -W --keep-going -b html docs docs/_build/html
	@for language in es zh; do \
	  $(bin)/sphinx-build -q -W --keep-going -b html -D language=$$language docs docs/_build/html/$$language || exit; done
	@echo "The documentation: docs/_build/html/index.html, es/index.html and zh/index.html beside it"

docs-sync: $(VENV)/.docs ## bring the documentation's translations up to date (Spanish needs Apertium)
	$(bin)/sphinx-amts sync docs -l es -l zh

clean: ## remove what was built and installed
	rm -rf $(VENV) .tox build dist docs/_build $(example)/_build .mypy_cache .pytest_cache .ruff_cache .hypothesis

# What an extra needs is installed once, and again when pyproject.toml changes.
extras_test := test,corpora
$(VENV)/.%: pyproject.toml $(bin)/python
	$(install) '.[$(or $(extras_$*),$*)]'
	@touch $@

$(bin)/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer with venv was found; name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "$(PYTHON) is not Python 3.11 or newer" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
