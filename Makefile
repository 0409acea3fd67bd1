# make run: the window.   make test: everything that must hold.
VENV ?= .venv
PY := $(VENV)/bin/python
# The first Python of 3.11 or newer that really runs.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
DEMO_WORK ?= build/demo_model
DEMO_MINUTES ?= 150

.PHONY: run test export-tools cuda gpu-check package package-check check-python setup setup-dev lint unit \
	test-slow bench doctor demo-model demo-report yardsticks screenshots translations check-translations \
	clean

run: setup
	$(PY) -m steerlm_studio $(ARGS)

test: lint unit

lint: setup-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

# Two processes: more would starve the engines and windows that the tests start.
unit: setup-dev
	QT_QPA_PLATFORM=offscreen $(PY) -m pytest -m "not slow" -n 2 --dist worksteal

test-slow: setup-dev
	QT_QPA_PLATFORM=offscreen $(PY) -m pytest -m slow --timeout 1800

# What `export` and `inspect` need beside the window: torch, gguf, sentencepiece, PyYAML.
export-tools: setup
	$(PY) -m pip install -q -e ".[export]"

# llama.cpp for NVIDIA GPUs, here A100, H100 and H200; also runs without one. Needs nvcc, no GPU.
# `rm $(VENV)/cmake-args` goes back to the build for the CPU.
CUDA_ARCHITECTURES ?= 80-real;90-real
cuda: check-python
	@$(PYTHON) packaging/cuda.py $(VENV) --architectures "$(CUDA_ARCHITECTURES)"

# On a machine with a GPU, after `make cuda`: checks and figures into docs/performance-gpu.md.
gpu-check: setup
	$(PY) -m pip install -q -e ".[export]"
	PYTHONPATH=packaging $(PY) -m gpu.check $(ARGS)

# The bundle that needs no Python, and a Debian package of it, into dist/. It is made in an
# environment of its own, with the llama.cpp of $(VENV) and PyTorch for the CPU.
BUNDLE_ENV ?= build/bundle-env
# Where else than in pip's usual places that may be: an index, as PyTorch's site names it.
TORCH_INDEX ?=
package: check-python
	@$(PYTHON) packaging/bundle_environment.py $(BUNDLE_ENV) --like $(VENV) \
		--torch-index "$(TORCH_INDEX)"
	$(BUNDLE_ENV)/bin/python packaging/package.py

# Install that package on a clean Debian, run its self-test there, remove it. Needs root.
package-check: check-python
	$(PYTHON) packaging/check_package.py $(ARGS)

# What prompts, slider moves and lanes cost here; ARGS="--model FILE --lanes 1,8 --depth 0,1024".
bench: setup
	$(PY) -m steerlm_studio bench $(ARGS)

doctor: setup
	$(PY) -m steerlm_studio doctor

# Train the demo model (at most $(DEMO_MINUTES) minutes; resumes), make its .nemo and its GGUF.
demo-model: setup-dev
	PYTHONPATH=packaging $(PY) -m demo_model.train --work $(DEMO_WORK) --minutes $(DEMO_MINUTES)
	PYTHONPATH=packaging $(PY) -m demo_model.save --work $(DEMO_WORK) --out $(DEMO_WORK)/demo-steerlm.nemo
	$(PY) -m steerlm_studio export $(DEMO_WORK)/demo-steerlm.nemo resources/demo/demo-steerlm-q8_0.gguf \
		--type Q8_0 --name "SteerLM Studio demo" --licence apache-2.0 --sampling Demo

# Measure the shipped demo model: resources/demo/report.json and docs/demo-model.md.
demo-report: setup-dev
	PYTHONPATH=packaging $(PY) -m demo_model.report

# llama.cpp's own benchmark programs and server, to compare with: build/yardsticks/build/bin.
yardsticks: setup
	$(PY) packaging/yardsticks.py --out build/yardsticks

# Take the pictures of README and docs anew, from the real window on a virtual screen.
screenshots: setup
	xvfb-run -a -s "-screen 0 1920x1080x24" $(PY) packaging/screenshots.py docs/images
	xvfb-run -a -s "-screen 0 1920x1080x24" $(PY) packaging/store_pictures.py docs/images
	xvfb-run -a -s "-screen 0 1920x1080x24" $(PY) packaging/transcript_pictures.py docs/images

# Collect the window's words for translators (resources/translations/*.ts), compile theirs.
translations: setup-dev
	$(PY) packaging/translations.py

# Before a release: fail while a word of the window is missing in one of its languages.
check-translations: setup-dev
	$(PY) packaging/translations.py --check

setup: check-python
	@$(PYTHON) packaging/bootstrap.py $(VENV)

setup-dev: check-python
	@$(PYTHON) packaging/bootstrap.py $(VENV) --dev

check-python:
	@test -n "$(PYTHON)" || { echo "SteerLM Studio needs Python 3.11 or newer. \
	Please run: sudo apt-get install -y python3.11 python3.11-venv (or newer)"; exit 1; }

clean:
	rm -rf $(VENV) build dist
