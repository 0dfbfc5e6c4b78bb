# make report   set up once, run the worked example, print where index.html is
# make test     set up once, run the checks: ruff, mypy, pytest with doctests, nbval over the notebooks
# make bench    show speed as ratios beside their aims, and draw the simulations of the methods
# make long     run the tests that make test leaves out: more of a kind of which it does one, and slower
# make search   run the tests of random input on new examples (make test draws the same ones) and the long tests
# make recipes  run the files of docs/schedulers.md in Airflow, which it installs into an environment of its own
# make lab      open JupyterLab on the notebooks
# make stored   run the notebooks again and keep their outputs (after a wanted change)
# make example  write the generated files of the worked example again, the same bytes
# make lock     pin the newest versions that pyproject.toml admits (needs uv)

PYTHON ?= python3
EXTRAS ?= test
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# As many processes as cores: threads of theirs would only wait for each other.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
# Every process of the tests would compile the package and the tests again.
unexport PYTHONDONTWRITEBYTECODE
AIRFLOW := .airflow/bin/python
NOTEBOOKS := $(wildcard notebooks/*.ipynb)

.PHONY: report test types tests long bench search recipes lab stored example lock clean
.DEFAULT_GOAL := report

report: $(READY)
	$(BIN)/coee run

# Types are checked by one process: beside the tests, so that no core waits for it.
test: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(MAKE) --no-print-directory --jobs=2 types tests
	$(BIN)/python -m pytest -q -n auto --dist loadfile -o addopts="" -p no:cacheprovider --nbval --nbval-cell-timeout 300 $(NOTEBOOKS)

types: $(READY)
	$(BIN)/mypy

tests: $(READY)
	$(BIN)/python -m pytest -q -n auto --dist worksteal -m "not benchmark and not long"

long: $(READY)
	$(BIN)/python -m pytest -q -n auto --dist worksteal -m "long and not benchmark" $(OPTIONS)

bench: $(READY)
	$(BIN)/python -m pytest -q -s -m benchmark

search: $(READY)
	HYPOTHESIS_PROFILE=default $(BIN)/python -m pytest -q -n auto --dist worksteal -m "hypothesis or long"

recipes: $(READY)
	test -x $(AIRFLOW) || $(PYTHON) -m venv .airflow
	$(AIRFLOW) -m pip install --quiet --disable-pip-version-check apache-airflow apache-airflow-providers-papermill
	COEE_AIRFLOW=$(abspath $(AIRFLOW)) $(BIN)/python -m pytest -q tests/publish/test_recipes.py

lab: $(READY)
	$(BIN)/jupyter lab notebooks

stored: $(READY)
	$(BIN)/coee store $(NOTEBOOKS)

example: $(READY)
	@set -e; for script in data/*/*/make.py; do $(BIN)/python -B $$script; done

lock:
	uv pip compile --universal --python-version 3.11 --all-extras --no-header --no-annotate --no-emit-index-url pyproject.toml --output-file requirements.lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "No virtual environment could be made. On Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable '.[$(EXTRAS)]'
	@touch $(READY)

clean:
	rm -rf $(VENV) .airflow .validator outputs
