# make lab             build .venv, open JupyterLab on your own copy of the lessons
# make test            build what is missing; unit tests, checks of the notebooks, every output compared
# make test-torchtext  the same with torchtext 0.18.0 and torch 2.3.1, as environment.yml names them
# make test-colab      run the lessons as Colab does, with its Python 3.13 and its versions: all of them, or LESSONS="03 07"
# make test-imdb       run the lessons on the full IMDb: all of them, or LESSONS="03 07"
# make test-browser    run the lessons in JupyterLab in headless Chromium; screenshots in dist/browser
# make notebooks       run the lessons afresh and store their outputs: all of them, or LESSONS="03 07"
# make sample figures  write the bundled reviews, draw the figures
# make workshop-kit    one folder in dist/ that installs with the network off; PLATFORM=win_amd64 PYTHON_VERSION=3.11 IMDB=file
# make handouts        the lessons as HTML pages in dist/handouts, with and without solutions
# make lint            ruff
#
# PYTHON=…        another Python (3.11 to 3.13; for test-torchtext 3.11 or 3.12)
# COLAB_PYTHON=…  another Python 3.13 for test-colab
# TORCH_INDEX=    empty: torch from PyPI, which on Linux is the one for CUDA, several gigabytes (remove .venv* first)

PYTHON ?= $(or $(shell for p in python3.11 python3; do $$p -c "" 2>/dev/null && echo $$p && break; done),python3)
COLAB_PYTHON ?= $(shell python3.13 -c "" 2>/dev/null && echo python3.13 || echo $(PYTHON))
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
INDEX = $(TORCH_INDEX:%=--extra-index-url %)
VENV := .venv/bin/python
READY := .venv/ready

lab: $(READY)
	$(VENV) -m lessons_lib lab

test: $(READY)
test-torchtext: VENV := .venv-torchtext/bin/python
test-torchtext: .venv-torchtext/ready
test test-torchtext: export LESSONS_DATA = sample
test test-torchtext:
	$(VENV) -m pytest
	$(VENV) -m pytest --nbval --nbval-current-env --nbval-sanitize-with tests/nbval_sanitize.cfg notebooks

test-colab: .venv-colab/ready
	.venv-colab/bin/python -m tools.colab $(LESSONS)

test-imdb: $(READY)
	$(VENV) -m tools.notebooks run --data imdb $(LESSONS)

test-browser: $(READY)
	$(VENV) -m pytest tests/browser

notebooks: $(READY)
	$(VENV) -m tools.notebooks write $(LESSONS)

sample: $(READY)
	$(VENV) tools/write_sample.py

figures: $(READY)
	$(VENV) figures/draw.py

workshop-kit: $(READY)
	$(VENV) -m tools.workshop_kit --torch-index "$(TORCH_INDEX)" $(PLATFORM:%=--platform %) \
		$(PYTHON_VERSION:%=--python-version %) $(if $(IMDB),--imdb "$(IMDB)")

handouts: $(READY)
	$(VENV) -m tools.handouts $(LESSONS)

lint: $(READY)
	$(VENV) -m ruff check

# torch comes first and by itself: only it is looked up in the extra index, which costs seconds where that cannot be reached.
# An install that was interrupted leaves no $(READY), and the next one starts from an empty folder.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) tools/check_python.py
	$(PYTHON) -m venv $(if $(wildcard $@),,--clear) $(@D)
	rm -f $@
	$(@D)/bin/python -m pip install --constraint constraints.txt --no-deps $(INDEX) torch
	$(@D)/bin/python -m pip install --constraint constraints.txt --editable ".[lab,test]"
	touch $@

# What conda installs with pip, in the same two steps; so the line that names the index is left out of the second.
.venv-torchtext/ready: environment.yml pyproject.toml
	$(PYTHON) tools/check_python.py torchtext
	$(PYTHON) -m venv $(if $(wildcard $@),,--clear) $(@D)
	rm -f $@
	sed -n 's/^      - \(torch.*\)/\1/p' environment.yml | xargs $(@D)/bin/python -m pip install --no-deps $(INDEX)
	sed -n '/--extra-index-url/d; s/^      - //p' environment.yml | $(@D)/bin/python -m pip install --requirement /dev/stdin
	touch $@

.venv-colab/ready: tools/colab.txt
	$(COLAB_PYTHON) tools/check_python.py colab
	$(COLAB_PYTHON) -m venv $(if $(wildcard $@),,--clear) $(@D)
	rm -f $@
	grep '^torch' tools/colab.txt | xargs $(@D)/bin/python -m pip install --no-deps $(INDEX)
	$(@D)/bin/python -m pip install --requirement tools/colab.txt
	touch $@

.PHONY: lab test test-torchtext test-colab test-imdb test-browser notebooks sample figures workshop-kit handouts lint
