# `make` without a target lists the commands. Python 3.11 or later is all that `make run` needs.
.PHONY: help run dev ci test test-wire test-postgres schemathesis lint format messages lock clean api-types web-lint web-test web-build web-e2e web-lighthouse web-pictures web-messages web-format web-icons
.DEFAULT_GOAL := help

python := .venv/bin/python
bin := .venv/bin
tests ?=
# `manage.py` refuses to start without these two; for a check any will do.
with_settings = SECRET_KEY=$$($(python) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	ALLOWED_HOSTS=localhost

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "make %-14s %s\n", $$1, $$2}' Makefile

run: ## Install everything and serve http://127.0.0.1:8000/ (PORT=8001 make run: another port)
	@tools/venv requirements.txt
	@$(python) tools/web.py build || echo "Continuing without the web app; / explains how to use the API."
	@exec $(python) -m lms.serving.launch

dev: install ## Serve the API with reload, and the web app with reload at http://127.0.0.1:4200/
	tools/dev

ci: ## Run everything that CI runs
	.ci/run

# Whole suites run on several cores, one worker each; chosen tests (tests=…) run in one process.
pytest = $(python) -m pytest $(if $(tests),,-n auto --maxprocesses 4 --dist worksteal)

test: install ## Run the tests on the embedded store, SQLite and the in-process cache (tests=…: only these)
	$(pytest) $(tests)

test-wire: install ## Run the same tests on a MongoDB-wire server and a real Redis
	tests/wire/run $(pytest) $(without_stores) $(tests)
# Tests that use no store, or run as a step of their own.
without_stores := --ignore tests/scaling --ignore tests/contract

test-postgres: install ## Run the tests of accounts with PostgreSQL as well
	tests/wire/run --postgres $(pytest) $(or $(tests),$(account_tests))
account_tests := tests/users tests/races tests/journeys tests/test_permissions_matrix.py tests/test_api_conventions.py

schemathesis: install ## Send 1,500 generated requests as each role, and compare answers and description (seed=2: others)
	SCHEMATHESIS_CASES=1500 SCHEMATHESIS_SEED=$(or $(seed),1) $(python) -m pytest -n 2 tests/contract

lint: install ## Check style, types, layers, migrations and Django's deployment checks
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/lint-imports
	$(bin)/mypy
	$(with_settings) $(python) manage.py makemigrations --check --dry-run
	$(with_settings) PUBLIC_URL=https://localhost TRUSTED_PROXIES=1 $(python) manage.py check --deploy --fail-level WARNING

format: install ## Format the code
	$(bin)/ruff check --fix .
	$(bin)/ruff format .

# Edit the translations in django.po; django.mo is generated from it.
messages: install ## Update the Spanish message catalog from the code, and compile it
	$(python) tools/messages.py

lock: install ## Re-lock the dependencies, with hashes
	$(bin)/uv pip compile $(compile) requirements.in -o requirements.txt
	$(bin)/uv pip compile $(compile) requirements-dev.in -o requirements-dev.txt
compile := --custom-compile-command 'make lock' --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links

# The web app, in frontend/. Uses the system's Node.js if it is recent enough, otherwise installs one into .venv.
web := $(python) tools/web.py
web-build: install ## Build the web app for production in all languages, and check its size
	$(web) build --force
	$(web) run node bytes.mjs

web-lint: install ## Check the web app's style, layers, templates and API types
	$(web) run ng lint --max-warnings 0
	$(web) run prettier --check .
	$(web) run stylelint 'src/**/*.scss' --max-warnings 0
	$(web) run tsc --noEmit -p e2e
	$(web) translations
	$(make_types) && diff -u $(types) $(types).new > /dev/null || { echo 'The API changed: make api-types' >&2; false; }
	rm -f $(types).new

web-format: install ## Format the web app's code
	$(web) run prettier --write --log-level warn .
	$(web) run stylelint --fix 'src/**/*.scss'

web-test: install ## Run the web app's unit tests with coverage
	$(web) run ng test --watch=false --coverage

web-e2e: install ## Run the end-to-end tests in Chromium against the real backend
	$(web) build
	$(web) run playwright test -c e2e $(tests)

web-pictures: install ## Take the screenshots of the README
	$(web) build
	$(web) run playwright test -c e2e/pictures.config.ts

web-lighthouse: install ## Rate the public pages with Lighthouse (runs=5: median of five runs)
	$(web) build
	$(web) run node lighthouse.mjs $(runs)

web-messages: install ## Update src/locale/messages.es.xlf from the templates
	$(web) run ng extract-i18n

web-icons: install ## Render the icon files from public/icon.svg
	$(web) run node icons.mjs

api-types: install ## Generate the web app's types from the API description
	$(make_types) && mv $(types).new $(types)
types := frontend/src/app/core/api/schema.ts
make_types = swagger=$$(mktemp) && $(with_settings) $(python) tools/swagger.py > $$swagger \
	&& $(web) run swagger2openapi --patch $$swagger -o $$swagger.3 \
	&& $(web) run openapi-typescript $$swagger.3 -o src/app/core/api/schema.ts.new > /dev/null \
	; status=$$?; rm -f $$swagger $$swagger.3; test $$status = 0

clean: ## Remove everything that was built or installed, but keep the data in var/
	rm -rf frontend/node_modules frontend/dist frontend/.angular frontend/coverage frontend/test-results
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .import_linter_cache tests/wire/server/target
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: install
install:
	@tools/venv requirements.txt requirements-dev.txt
