# make lab             build .venv, open JupyterLab on your own copy of the lessons
# make test            build what is missing; unit tests, checks of the notebooks, every output compared
# make test-imdb       run the lessons on the full IMDb: all of them, or LESSONS="03 07"
# make notebooks       run the lessons afresh and store their outputs: all of them, or LESSONS="03 07"
# make sample figures  write the bundled reviews, draw the figures
# make lint            ruff
#
# PYTHON=…      another Python (3.11 to 3.13)
# TORCH_INDEX=  empty: torch from PyPI, which on Linux is the one for CUDA, several gigabytes (remove .venv first)

PYTHON ?= $(or $(shell for p in python3.11 python3; do $$p -c "" 2>/dev/null && echo $$p && break; done),python3)
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
VENV := .venv/bin/python
READY := .venv/ready

lab: $(READY)
	$(VENV) -m lessons_lib lab

test: export LESSONS_DATA = sample
test: $(READY)
	$(VENV) -m pytest
	$(VENV) -m pytest --nbval --nbval-current-env --nbval-sanitize-with tests/nbval_sanitize.cfg notebooks

test-imdb: $(READY)
	$(VENV) -m tools.notebooks run --data imdb $(LESSONS)

notebooks: $(READY)
	$(VENV) -m tools.notebooks write $(LESSONS)

sample: $(READY)
	$(VENV) tools/write_sample.py

figures: $(READY)
	$(VENV) figures/draw.py

lint: $(READY)
	$(VENV) -m ruff check

# torch comes first and by itself: only it is looked up in the extra index, which costs seconds where that cannot be reached.
# An install that was interrupted leaves no $(READY), and the next one starts from an empty folder.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) tools/check_python.py
	$(PYTHON) -m venv $(if $(wildcard $@),,--clear) .venv
	rm -f $@
	$(VENV) -m pip install --constraint constraints.txt --no-deps $(TORCH_INDEX:%=--extra-index-url %) torch
	$(VENV) -m pip install --constraint constraints.txt --editable ".[lab,test]"
	touch $@

.PHONY: lab test test-imdb notebooks sample figures lint
