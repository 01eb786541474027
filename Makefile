# `make chat` opens the page, `make test` runs every check; both install what they need into .venv.

PYTHON ?= python3
BIN := .venv/bin
# PyTorch's CPU build: make install TORCH_INDEX=https://download.pytorch.org/whl/cpu
PIP_INSTALL = $(BIN)/pip install --quiet --disable-pip-version-check
TORCH_SOURCE = $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX))

NEWSQA ?= ../shared/newsqa
ROUNDS ?= 200

.PHONY: install chat test test-browser lint bench-quality bench-dialogues bench-speed crash-test lock clean

install: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP_INSTALL) $(TORCH_SOURCE) $$(grep '^torch==' requirements.lock)
	$(PIP_INSTALL) -r requirements.lock
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

chat: install
	test -f .qa/CURRENT || $(BIN)/qa index seeds
	$(BIN)/qa chat

test: install lint
	$(BIN)/pytest

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The page in a real browser; Debian's Chromium is enough (apt-get install chromium).
test-browser: install
	$(BIN)/pytest tests/browser

bench-quality: install
	NEWSQA=$(NEWSQA) $(BIN)/python -m benchmarks.quality

bench-dialogues: install
	$(BIN)/python -m benchmarks.dialogues

bench-speed: install
	NEWSQA=$(NEWSQA) $(BIN)/python -m benchmarks.speed

# Kills builds at random moments; as root also on a full disk.
crash-test: install
	$(BIN)/python -m benchmarks.crash --rounds $(ROUNDS)

# Exact versions of everything that the commands above install, from the bounds in pyproject.toml.
lock:
	rm -rf .venv-lock
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet --upgrade pip
	.venv-lock/bin/pip install --quiet torch==2.13.0
	.venv-lock/bin/pip install --quiet . --group dev
	.venv-lock/bin/pip freeze --exclude article-qa | sed 's/+cpu$$//' > requirements.lock
	rm -rf .venv-lock

clean:
	rm -rf .venv .qa .mypy_cache .pytest_cache .ruff_cache .hypothesis
