# What to type: `make help`. Needs GNU make (3.81 or newer) and Python 3.11 or newer; everything else goes into .venv.

PYTHON ?= python3
CORES  ?=
CONFIG ?=
DEVICE ?=
ARGS   ?=
NAME   ?= default

VENV  := .venv
BIN   := $(VENV)/bin
STAMP := $(VENV)/.installed
# present while pip is at work: an install that was interrupted starts afresh next time
BUSY  := $(VENV)/.installing

# without CORES all cores of this machine, or what the profile of a cluster says
REPRODUCE = $(BIN)/python workflow/reproduce.py $(if $(CORES),--cores $(CORES)) $(if $(DEVICE),--device $(DEVICE))

PYTEST = $(BIN)/python -m pytest -n 2 --dist loadfile
# Two pytest workers on two cores: one thread each, or the linear algebra libraries start four that fight.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 VECLIB_MAXIMUM_THREADS=1 NUMEXPR_NUM_THREADS=1

.DEFAULT_GOAL := help
.PHONY: help install reproduce smoke report snapshot quick test check lint types layers calls format study
.PHONY: benchmark clean distclean

help:  ## this list
	@echo "make TARGET [CORES=2] [CONFIG=config/paper.yaml] [DEVICE=auto|cpu|cuda] [ARGS='topopt'] [PYTHON=python3.12]"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' Makefile

install: $(STAMP)  ## make .venv (the other targets do it by themselves)

reproduce: $(STAMP)  ## regenerate all results at the default size; ARGS names targets or options of Snakemake
	@$(REPRODUCE) $(if $(CONFIG),--overlay $(CONFIG)) -- $(ARGS)

smoke: $(STAMP)  ## run the whole pipeline at a tiny size in a temporary folder, kept only when it fails
	@folder=$$(mktemp -d "$${TMPDIR:-/tmp}/mlsim-smoke.XXXXXX") || exit 1; \
	if $(REPRODUCE) --overlay config/smoke.yaml $(CONFIG) --directory "$$folder" -- $(ARGS); \
	then rm -rf "$$folder"; \
	else status=$$?; echo "the smoke run failed; it is kept in $$folder"; exit $$status; fi

report: $(STAMP)  ## results/report.html: one page with all tables, figures, settings and run times
	@$(BIN)/python -m snakemake $(if $(CONFIG),--configfile $(CONFIG)) --report results/report.html $(ARGS)

snapshot: $(STAMP)  ## copy tables, figures, claims and costs into docs/reproduction/NAME: make snapshot NAME=default
	@$(BIN)/python workflow/snapshot.py $(NAME) $(ARGS)

quick: lint layers  ## style, layers, doctests, and tests that train nothing and start no Snakemake: a minute
	$(ONE_THREAD) $(PYTEST) -q -m "not slow" $(ARGS)

test: lint types layers  ## all that make check does, then all tests; ARGS goes to pytest, e.g. ARGS='-k topopt'
	$(ONE_THREAD) $(PYTEST) --no-loadscope-reorder $(ARGS)

check: lint types layers calls  ## style, types, who may import whom, and whether rules fit their functions; runs no job

lint: $(STAMP)  ## style and words, and whether the generated pages are up to date
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/snakefmt --check Snakefile workflow tools
	$(BIN)/python tools/words.py --strict
	$(BIN)/python tools/document_quantities.py --check
	$(BIN)/python tools/document_config.py --check
	$(BIN)/python tools/document_replication.py --check

types: $(STAMP)  ## types, by basedpyright
	$(BIN)/basedpyright

layers: $(STAMP)  ## who may import whom, by import-linter
	$(BIN)/lint-imports --no-logo

calls: $(STAMP)  ## inputs and arguments of rules against the signatures of their functions
	$(BIN)/python -m pytest -q -n 0 tests/workflow/test_calls.py

format: $(STAMP)  ## rewrite Python and Snakemake files in the house style, and the generated pages
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/snakefmt Snakefile workflow tools
	$(BIN)/python tools/document_quantities.py
	$(BIN)/python tools/document_config.py
	$(BIN)/python tools/document_replication.py

study: $(STAMP)  ## write the skeleton of a new study that runs at once: make study NAME=heat_pump
	@$(BIN)/python tools/new_study.py "$(filter-out default,$(NAME))"

benchmark: $(STAMP)  ## measure the fast paths against the slow reference and print the ratios
	@$(ONE_THREAD) $(BIN)/python -m benchmarks $(ARGS)

clean:  ## remove results/ and .snakemake/ (they belong together) and caches; keeps .venv
	rm -rf results .snakemake build .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests tools workflow benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean  ## clean, and remove .venv too
	rm -rf $(VENV)

# The stamp is written last, so that whatever goes wrong is tried again by the next call, and a second call does nothing.
$(STAMP): constraints.txt pyproject.toml
	@command -v "$(PYTHON)" >/dev/null || \
	{ echo "mlsim needs Python 3.11 or newer; there is no $(PYTHON): name one by make PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "mlsim needs Python 3.11 or newer; $(PYTHON) is older: name one by make PYTHON=python3.12" >&2; exit 1; }
	@if [ -e $(BUSY) ] || ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  "$(PYTHON)" -m venv --clear $(VENV) >/dev/null 2>&1 || \
	  "$(PYTHON)" -m virtualenv --clear $(VENV) >/dev/null 2>&1 || \
	  virtualenv --clear --python "$(PYTHON)" $(VENV) >/dev/null 2>&1 || \
	  { echo "cannot make .venv: install python3-venv (Debian: apt install python3-venv) or virtualenv" >&2; exit 1; }; \
	fi
	@echo "installing into $(VENV): once, a few minutes, 2 to 6 GB of disk"
	@touch $(BUSY)
	$(BIN)/python -m pip install --no-input --disable-pip-version-check -c constraints.txt -e '.[test]'
	@$(BIN)/python -c 'import torch, snakemake, zarr'
	@rm -f $(BUSY)
	@touch $@
