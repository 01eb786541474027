# `make chat` opens the page, `make test` runs every check; both install what they need into .venv.

PYTHON ?= python3
BIN := .venv/bin
PIP_INSTALL = $(BIN)/pip install --quiet --disable-pip-version-check
# PyTorch's CPU build: make install TORCH_INDEX=https://download.pytorch.org/whl/cpu
# One version has other files, so other hashes, in each index: it is pinned here, and not in requirements.lock.
TORCH := torch==2.13.0
TORCH_SOURCE = $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX))

NEWSQA ?= ../shared/newsqa
# Environments of the libraries that bench-peers compares with; no part of the project.
PEERS ?= $(HOME)/.cache/article-qa/peers
# A Milvus server for test-milvus.
MILVUS ?= $(HOME)/.cache/article-qa/milvus
# What `transformers serve` needs beside the project's packages, for test-llm.
SERVING ?= $(HOME)/.cache/article-qa/serving
PEER_NAMES := $(notdir $(basename $(wildcard benchmarks/peers/requirements/*.txt)))
ROUNDS ?= 200

.PHONY: install chat test test-browser lint bench-quality bench-dialogues bench-languages bench-speed bench-million bench-page \
  reader bench-milvus bench-worst bench-claims bench-peers bench-ray test-milvus test-llm load-test crash-test fuzz mutants \
  pictures docs lock audit licences clean

install: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP_INSTALL) --require-hashes --no-deps -r requirements.lock
	$(PIP_INSTALL) $(TORCH_SOURCE) $(TORCH)
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	$(BIN)/pip check
	touch $@

chat: install
	test -f .qa/CURRENT || $(BIN)/qa index seeds
	$(BIN)/qa chat

test: install lint
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The page in a real browser; Debian's Chromium is enough (apt-get install chromium).
test-browser: install
	$(BIN)/pytest tests/browser

bench-quality: install
	NEWSQA=$(NEWSQA) $(BIN)/python -m benchmarks.quality

bench-dialogues: install
	$(BIN)/python -m benchmarks.dialogues

# The same questions in twelve languages; XQUAD is a folder of xquad.LANGUAGE.json,
# WORDS=1 leaves out the encoder
XQUAD ?= ../shared/xquad
bench-languages: install
	XQUAD=$(XQUAD) WORDS=$(WORDS) $(BIN)/python -m benchmarks.languages

bench-million: install
	NEWSQA=$(NEWSQA) $(BIN)/python -m benchmarks.million

# How many planted falsehoods of a scripted model are shown as proved, and how many true claims are lost
bench-claims: install
	$(BIN)/python -m benchmarks.claims

bench-speed: install
	NEWSQA=$(NEWSQA) $(BIN)/python -m benchmarks.speed

# article-qa beside other libraries, each in an environment of its own: about an hour on two cores.
bench-peers: install $(PEER_NAMES:%=$(PEERS)/%/installed)
	NEWSQA=$(NEWSQA) PEERS=$(PEERS) $(BIN)/python -m benchmarks.peers

$(PEERS)/%/installed: benchmarks/peers/requirements/%.txt
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check $(TORCH_SOURCE) $(TORCH) -r $<
	touch $@

# An index on Milvus (PLACE, by default Milvus Lite) beside the same index in files
bench-milvus: install
	NEWSQA=$(NEWSQA) $(BIN)/python -m benchmarks.milvus

# A real server, in a network of its own, killed while an index is written to it
test-milvus: install $(MILVUS)/installed
	NEWSQA=$(NEWSQA) $(BIN)/python -m benchmarks.milvus_server $(MILVUS)/bin/milvus-server

# A real server of language models, `transformers serve`, with a tiny model that is made for it
test-llm: install $(SERVING)/installed
	$(BIN)/python -m benchmarks.llm_server $(SERVING)

$(SERVING)/installed: Makefile
	$(PIP_INSTALL) --no-deps --target $(@D) accelerate==1.15.0 distro==1.9.0 jiter==0.19.0 openai==3.57.0 \
		psutil==7.2.2 sniffio==1.3.1
	touch $@

$(MILVUS)/installed: Makefile
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check milvus==2.3.5
	touch $@

# Ray: a cluster of three nodes that loses one, a build that is killed, and what Ray costs on one machine
bench-ray: install
	NEWSQA=$(NEWSQA) $(BIN)/python -m benchmarks.ray

# Teaches the default reader again, on a GPU if there is one: goes on from its last checkpoint if it was stopped.
# Questions with their passages in READING, articles in NEWSQA (docs/reader.md says in which shape).
READING ?= ../shared/reading
LESSONS ?= $(HOME)/.cache/article-qa/reader
reader: install
	mkdir -p $(LESSONS)
	test -f $(LESSONS)/examples.jsonl || $(BIN)/python -m training.prepare $(NEWSQA)/train/articles.jsonl.gz \
		$(LESSONS)/examples.jsonl $(READING)/train/questions.jsonl:$(READING)/train/passages.jsonl \
		training/questions/news.jsonl \
		--quizzes $(NEWSQA)/train/questions.jsonl --held-out training/questions/quizzes_held_out.txt
	$(BIN)/python -m training.train $(LESSONS)/examples.jsonl $(LESSONS) --passes $(PASSES) \
		--dev $(NEWSQA)/mini/articles.jsonl.gz $(READING)/dev/passages.jsonl $(READING)/dev/questions.jsonl
	$(BIN)/python -m training.export $(LESSONS) qa/answer/default_reader
PASSES ?= 1.5

# Anything at all as a file, a manifest, a request, or to /v1, for FUZZ seconds each.
fuzz: install
	FUZZ=$(or $(FUZZ),60) $(BIN)/pytest tests/test_fuzz.py tests/qa/web/programs --timeout 0

# What the worst files take of time and memory before they are left out: SECURITY.md
bench-worst: install
	$(BIN)/python -m benchmarks.worst

# Kills builds at random moments; as root also on a full disk.
crash-test: install
	$(BIN)/python -m benchmarks.crash --rounds $(ROUNDS)

# How soon the page can be seen and asked; INDEX=folder takes an index of the set that is there
bench-page: install
	NEWSQA=$(NEWSQA) $(BIN)/python -m benchmarks.page

# The README's pictures of the page, taken anew
pictures: install
	PICTURES=docs/images $(BIN)/pytest tests/browser/test_pictures.py

# 50 clients on one `qa chat` while its index is updated twice and rebuilt once; DURATION=300 CLIENTS=50 SET=dev
load-test: install
	NEWSQA=$(NEWSQA) $(BIN)/python -m benchmarks.load

# Versions and hashes, for every platform and Python, of what the commands above install, from pyproject.toml's
# bounds: all but PyTorch and, on Linux, the CUDA packages that it pins itself.
lock: .venv-tools/installed
	.venv-tools/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
		--no-annotate --custom-compile-command "make lock" --group dev --extra milvus --extra ray pyproject.toml \
		--constraint .venv-tools/torch.txt -o .venv-tools/all.lock
	.venv-tools/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
		--no-annotate --custom-compile-command "make lock" --group dev --extra milvus --extra ray pyproject.toml \
		--constraint .venv-tools/torch.txt -o requirements.lock \
		$$(grep -oE '^(torch|triton|cuda-[a-z]+|nvidia-[a-z0-9-]+)==' .venv-tools/all.lock \
			| sed 's/==//; s/^/--no-emit-package /')

# Known vulnerabilities of what is pinned; fails where fewer packages were looked up than are pinned.
audit: .venv-tools/installed
	.venv-tools/bin/python -m tools.audit requirements.lock $(TORCH)

# Names and licences of what a user installs, as docs/licences.md.
licences: install
	$(BIN)/python -m tools.licences > docs/licences.md

# The documentation as a site, .docs-site/, from docs/ and the docstrings; the page of the commands from their parsers.
docs: install .venv-docs/installed
	$(BIN)/python -m tools.commands > docs/commands.md
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --quiet

.venv-docs/installed: Makefile
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/pip install --quiet --disable-pip-version-check mkdocs-material==9.8.2 mkdocstrings-python==2.0.11
	touch $@

# Which changes for the worse no fast test notices: hours for all files; MUTANTS="qa/retrieval/ranking.py" for some
mutants: install .venv-mutants/installed
	nice $(BIN)/python -m tools.mutants $(CURDIR)/.venv-mutants/bin $(MUTANTS)

.venv-mutants/installed: Makefile
	$(PYTHON) -m venv .venv-mutants
	.venv-mutants/bin/pip install --quiet --disable-pip-version-check cosmic-ray==8.7.0
	touch $@

.venv-tools/installed: Makefile
	$(PYTHON) -m venv .venv-tools
	.venv-tools/bin/pip install --quiet --disable-pip-version-check uv pip-audit
	echo $(TORCH) > .venv-tools/torch.txt
	touch $@

clean:
	rm -rf .venv .venv-tools .venv-docs .venv-mutants .docs-site .qa .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
