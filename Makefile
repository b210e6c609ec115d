# Needs only python3 (3.11 or newer) with venv, and make. Everything else is put below .build/ and .venv/.
export UV_PYTHON_DOWNLOADS = never
# A program of this house imports for a second and a half, and for five where nothing that was compiled is kept.
unexport PYTHONDONTWRITEBYTECODE
UV := $(or $(shell command -v uv),.build/uv/bin/uv)
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help install docs pictures strings run test test-browser test-others browsers faults planted lint test-tools image-proof bench bench-scale wheel audit sbom clean

help:  ## Shows these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

install: .venv/.installed  ## Installs the product and its tools into .venv

.build/uv/bin/uv:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed."; exit 1; }
	@python3 -m venv .build/uv || { echo "python3 has no venv: on Debian, apt install python3-venv."; exit 1; }
	@.build/uv/bin/python -m pip install --quiet --disable-pip-version-check uv

.venv/.installed: pyproject.toml uv.lock | $(filter .build/uv/bin/uv,$(UV))
	@$(UV) sync --quiet --frozen --all-extras
	@$(BIN)/python -c "import api.cli, api.app"  # compiled once, not by each program that starts first
	@touch $@

HELP := frontend/help/site/index.html

docs: $(HELP)  ## Makes the help that the product serves under /help

$(HELP): .venv/.installed frontend/help/properdocs.yml $(shell find docs frontend/help/theme -type f)
	@$(BIN)/properdocs build --quiet --config-file frontend/help/properdocs.yml

# A HOST of the environment is often the machine's name: it is taken from the command line alone.
HOST := 127.0.0.1
PORT := 8000
run: install docs  ## Starts the product on http://127.0.0.1:8000; HOST=0.0.0.0 lets phones in
	@$(BIN)/three-circles serve --host $(HOST) --port $(PORT)

lint: install  ## Style, types, layers, stories, words and long lines
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/three-circles vignettes check
	$(BIN)/three-circles plans check
	$(BIN)/python -m tests.tools.words
	$(BIN)/python -m tests.tools.wrap_lines --check

test-tools: install
	@sh tests/install-tools.sh

# Side by side, each told when it is done: what waits for a server or a browser leaves the processors to the others.
# Browser tests are a run of their own, for Playwright's event loop would stay in the way of asynchronous tests after them.
test: install docs test-tools  ## Every check and test, in a real browser and on real databases too
	@$(MAKE) --no-print-directory --keep-going --jobs=3 --output-sync=target lint test-browser test-others

test-browser: install docs test-tools
	$(BIN)/pytest tests/browser -m "not faults and not engines"

test-others: install docs test-tools
	$(BIN)/pytest tests --ignore tests/browser -m "not faults" -n 2 --dist worksteal

VNU := .build/vnu/package/build/dist/vnu.jar
$(VNU):
	@mkdir -p .build/vnu && cd .build/vnu && npm pack --silent vnu-jar@26.9.27 >/dev/null && tar xzf vnu-jar-*.tgz

browsers: install docs test-tools $(VNU)  ## Every journey in Chromium, Firefox and WebKit, and valid HTML, before a release
	CI=1 $(BIN)/pytest tests/browser/test_engines.py tests/browser/test_html.py

FAULTS := .build/faults.jsonl
faults: install test-tools  ## Breaks what can break, under ten minutes; prints what was tried, refused and lost
	@mkdir -p .build && rm -f $(FAULTS)
	THREE_CIRCLES_FAULTS=$(FAULTS) CI=1 $(BIN)/pytest tests/server -n 2 --dist worksteal
	THREE_CIRCLES_FAULTS=$(FAULTS) CI=1 $(BIN)/pytest tests/browser/test_buffering.py
	$(BIN)/pytest tests -m "hypothesis and not faults" --hypothesis-profile=thorough -n 2 --dist worksteal
	@$(BIN)/python -m tests.tools.fault_table $(FAULTS) docs/faults.md

WITH_PICTURES := every_page pictures review group_exercise whole_plan plans
pictures: install docs test-tools  ## Takes the pictures of the help and the README again, and of every page into screenshots/
	PICTURES=1 SCREENSHOTS=1 $(BIN)/pytest $(WITH_PICTURES:%=tests/browser/test_%.py)

strings: install docs test-tools  ## Collects every string that the browser tests see into docs/strings.txt, to be read
	@rm -rf .build/strings
	STRINGS=1 $(BIN)/pytest $(WITH_PICTURES:%=tests/browser/test_%.py)
	@$(BIN)/python -m tests.tools.strings

planted: install test-tools  ## Plants faults one at a time, and says whether the tests catch them
	@$(BIN)/python -m tests.tools.planted_faults

bench: install test-tools  ## Measures speed; prints ratios to figures of the same run
	$(BIN)/python -m tests.bench

bench-scale: install test-tools  ## A thousand groups at once on four processes
	$(BIN)/python -m tests.bench scale

image-proof: install  ## Builds the image without a container engine and proves it (as root, on Debian)
	$(BIN)/python -m tests.tools.image

wheel: install  ## Builds dist/three_circles-*.whl
	$(UV) build --quiet --wheel

audit: install  ## Asks the advisory database (OSV) about every locked version; needs the network
	$(UV) audit --frozen --no-dev

sbom: install  ## Writes the bill of materials to dist/ (CycloneDX)
	@$(BIN)/python -m tests.tools.bill $(UV) dist/three-circles.cdx.json

clean:  ## Removes what was built and installed, never data
	rm -rf .venv .build dist frontend/help/site .pytest_cache .mypy_cache .ruff_cache .hypothesis
