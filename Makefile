# Needs only python3 (3.11 or newer) with venv, and make. Everything else is put below .build/ and .venv/.
export UV_PYTHON_DOWNLOADS = never
UV := $(or $(shell command -v uv),.build/uv/bin/uv)
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help install run test lint test-tools bench wheel audit sbom clean

help:  ## Shows these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

install: .venv/.installed  ## Installs the product and its tools into .venv

.build/uv/bin/uv:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed."; exit 1; }
	@python3 -m venv .build/uv || { echo "python3 has no venv: on Debian, apt install python3-venv."; exit 1; }
	@.build/uv/bin/python -m pip install --quiet --disable-pip-version-check uv

.venv/.installed: pyproject.toml uv.lock | $(filter .build/uv/bin/uv,$(UV))
	@$(UV) sync --quiet --frozen --all-extras
	@touch $@

run: install  ## Starts the product on http://127.0.0.1:8000
	@$(BIN)/three-circles serve

lint: install  ## Style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/three-circles vignettes check
	$(BIN)/three-circles plans check

test-tools: install
	@sh tests/install-tools.sh

test: lint test-tools  ## Every check and test, in a real browser and on real databases too
	$(BIN)/pytest tests --ignore tests/browser -n 2 --dist worksteal
	$(BIN)/pytest tests/browser

bench: install test-tools  ## Measures speed; prints ratios to figures of the same run
	$(BIN)/python -m tests.load

wheel: install  ## Builds dist/three_circles-*.whl
	$(UV) build --quiet --wheel

audit: install  ## Asks the advisory database (OSV) about every locked version; needs the network
	$(UV) audit --frozen --no-dev

sbom: install  ## Writes the bill of materials to dist/ (CycloneDX)
	@$(BIN)/python -m tests.trust.bill $(UV) dist/three-circles.cdx.json

clean:  ## Removes what was built and installed, never data
	rm -rf .venv .build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
