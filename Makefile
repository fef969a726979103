# zbanalysis: one command for each thing a person wants.  `make` alone lists them.
#
# Needed: make and Python 3.11 or newer.  With uv (if it is on the PATH) the environment is built faster.
#   make report ARGS="--plan zibo-14 --lang zh"     options for the command behind a target
#   make PYTHON=python3.12 report                   another Python

PYTHON ?= python3
UV     := $(shell command -v uv 2>/dev/null)
VENV   := .venv
BIN    := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY     := $(BIN)/python
ARGS   ?=

# Compiled modules halve the time of every start; pip's news would only stand in the way.
unexport PYTHONDONTWRITEBYTECODE
# A PYTHONPATH or a user's site would mix other packages into the locked ones.
unexport PYTHONPATH
export PYTHONNOUSERSITE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

ifdef UV
  INSTALL := $(UV) pip install --quiet --python $(PY) --compile-bytecode
else
  INSTALL := $(PY) -m pip install --quiet --quiet
endif

# `fewest` locks one version for all Pythons: the same figures on every machine.
LOCK = $(or $(UV),$(PY) -m uv) pip compile --universal --python-version 3.11 --fork-strategy fewest \
  --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links --quiet \
  --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)
EXTRAS := lint reference voila browser

.PHONY: help env report test test-browser check lab lint notebooks reference lock clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; \
	  do printf '  make %-10s %s\n' "$$name" "$$text"; done

env: $(VENV)/.installed  ## the environment in .venv, from requirements.txt (every target below calls it)

report: env  ## the evaluation reports (PDF, Chinese and English) in reports/
	@$(PY) -m zbanalysis report $(ARGS)

test: env  ## all tests, documentation examples and notebooks, in one process more than there are cores
	@$(PY) -m pytest --numprocesses $$($(PY) -c "import os; print(os.cpu_count() + 1)") --dist loadfile $(ARGS)

test-browser: $(VENV)/.browser  ## explorer and web page in a real browser (installs playwright, axe-core, and as root Debian's Chromium)
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
	  command -v $$name >/dev/null && exit 0; done; \
	  test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq \
	    && apt-get install -y -qq chromium fonts-noto-cjk >/dev/null \
	  || { echo "There is no Chromium: install one, with Chinese fonts (Debian and Ubuntu, as root:\
	 apt-get install chromium fonts-noto-cjk), then make test-browser again." >&2; exit 1; }
	@$(PY) -m pytest -m browser tests/explore/test_browser.py tests/report/test_html_browser.py $(ARGS)

check: env  ## is the data folder right? all problems at once
	@$(PY) -m zbanalysis check $(ARGS)

lab: env  ## JupyterLab on the notebooks
	@$(PY) -m zbanalysis lab $(ARGS)

lint: $(VENV)/.lint  ## style of code and docstrings (ruff, numpydoc)
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m numpydoc lint $$(find zbanalysis -name '*.py')

notebooks: env  ## run the committed notebooks and write them back, outputs and all, in their canonical form
	@$(PY) -m zbanalysis.runs.committed $(ARGS)

reference: $(VENV)/.reference  ## rebuild zbanalysis/projection/calibration/ from the panel, the regions, M1 and M3
	@$(PY) -m zbanalysis.projection.build $(ARGS)

lock: $(PY)  ## remake requirements.txt and requirements/ from pyproject.toml; UPGRADE=1 takes newer versions too
	@test -n "$(UV)" || $(PY) -m pip install --quiet uv==0.13.9
	@$(PY) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], "pip", sep="\n")' \
	  | $(LOCK) pyproject.toml - --extra test --output-file requirements.txt >/dev/null
	@for extra in $(EXTRAS); do \
	  $(PY) -c 'import sys, tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"][sys.argv[1]], sep="\n")' $$extra \
	  | $(LOCK) - --constraints requirements.txt --output-file requirements/$$extra.txt \
	      $$(sed -n 's/^\([a-z0-9._-]*\)==[^ ]* .$$/--no-emit-package \1/p' requirements.txt) >/dev/null || exit 1; done

clean:  ## remove the environment and what runs wrote; the sources and the data stay
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .cache reports/runs reports/*.pdf reports/*.json
	find . \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +

# --- how the environment comes about ---

$(PY):
	@command -v '$(PYTHON)' >/dev/null || { echo "\
	Python 3.11 or newer is needed, and there is no '$(PYTHON)':\
	 install it, or name one with: make PYTHON=/path/to/python3.12 report" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "\
	Python 3.11 or newer is needed, but '$(PYTHON)' is $$($(PYTHON) --version 2>&1):\
	 install a newer one, or name it with: make PYTHON=/path/to/python3.12 report" >&2; exit 1; }
ifdef UV
	@$(UV) venv --quiet --seed --allow-existing --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(VENV)
else
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "\
	'$(PYTHON)' cannot make an environment (see above):\
	 install its venv package (Debian and Ubuntu: python3-venv), or uv." >&2; exit 1; }
endif

$(VENV)/.installed: requirements.txt pyproject.toml | $(PY)
	@echo "Building the environment in $(VENV) (a few minutes the first time) ..."
	@$(INSTALL) --require-hashes -r requirements.txt
	@$(PY) -m pip uninstall --quiet --quiet --yes setuptools wheel
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@$(PY) -m compileall -qq zbanalysis || true
	@touch $@

# What requirements/ lacks stands in requirements.txt and is there.
$(EXTRAS:%=$(VENV)/.%): $(VENV)/.%: requirements/%.txt $(VENV)/.installed
	@$(INSTALL) --no-deps --require-hashes -r $<
	@touch $@
