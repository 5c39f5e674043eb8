# `make` alone lists what can be done. Python 3.11 or later is all that `make run` needs.
.PHONY: help run test test-wire test-postgres lint format messages lock clean
.DEFAULT_GOAL := help

python := .venv/bin/python
bin := .venv/bin
tests ?=
# `manage.py` refuses to start without these two; for a check any will do.
with_settings = SECRET_KEY=$$($(python) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	ALLOWED_HOSTS=localhost

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' Makefile

run: ## Set everything up and serve at http://127.0.0.1:8000/ (PORT=8001 make run: elsewhere)
	@tools/venv requirements.txt
	@exec $(python) -m lms.launch

test: dev ## Run the tests on the embedded store, SQLite and the in-process cache
	$(python) -m pytest $(tests)

test-wire: dev ## Run the same tests on a MongoDB-wire server and a real Redis
	tests/wire/run $(python) -m pytest $(tests)

test-postgres: dev ## Run the tests of accounts with PostgreSQL, too
	tests/wire/run --postgres $(python) -m pytest $(or $(tests),$(of_accounts))
of_accounts := tests/users tests/races tests/journeys tests/test_rights.py tests/test_everywhere.py

lint: dev ## Check style, types, layers, migrations and Django's own advice
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/lint-imports
	$(bin)/mypy
	$(with_settings) $(python) manage.py makemigrations --check --dry-run
	$(with_settings) PUBLIC_URL=https://localhost $(python) manage.py check --deploy --fail-level WARNING

format: dev ## Put the code into its form
	$(bin)/ruff check --fix .
	$(bin)/ruff format .

# django.po holds the translations, to be edited by hand; django.mo beside it is generated from it.
messages: dev ## Bring the Spanish catalogue up to date with the code, and compile it
	$(python) tools/messages.py

lock: dev ## Pin the dependencies anew, with hashes
	$(bin)/uv pip compile $(compile) requirements.in -o requirements.txt
	$(bin)/uv pip compile $(compile) requirements-dev.in -o requirements-dev.txt
compile := --custom-compile-command 'make lock' --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links

clean: ## Remove what was made, but for the data in var/
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .import_linter_cache tests/wire/server/target
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: dev
dev:
	@tools/venv requirements.txt requirements-dev.txt
