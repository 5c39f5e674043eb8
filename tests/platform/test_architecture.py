"""Import rules that import-linter cannot express; its own are in `pyproject.toml`."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp
import pytest

from lms.env import ROOT

PACKAGES = ("apps", "lms", "embedded_mongo")
PUBLIC = {"selectors", "services", "events", "documents", "representations"}
# Modules of other kinds that apps share, and what they share.
SHARED = {
    "apps.users.viewer",  # who makes the request
    "apps.courses.serializers",  # cards of courses within other answers
    "apps.users.serializers",
    "apps.progress.serializers",
    "apps.courses.permissions",  # who teaches a course, or manages the catalog
}
# The modules that start the product import others once the environment and Django are ready.
STARTING = {"lms/serving/launch.py", "lms/serving/server.py"}


@cache
def import_graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, cache_dir=None)


def imported_names(path: Path) -> set[str]:
    """Return the names that a file imports, `a.b` for both `import a.b` and `from a import b`."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{name.name}" for name in node.names}
        elif isinstance(node, ast.Import):
            names |= {name.name for name in node.names}
    return names


def imports_of_other_apps() -> list[tuple[str, str]]:
    """Return (app, module) for each import of another app's module."""
    imports = set()
    for path in sorted((ROOT / "apps").rglob("*.py")):
        app = path.relative_to(ROOT / "apps").parts[0]
        for name in imported_names(path):
            parts = name.split(".")
            if parts[0] == "apps" and len(parts) > 2 and parts[1] not in (app, "common"):
                imports.add((app, ".".join(parts[:3])))
    return sorted(imports)


@pytest.mark.parametrize(("app", "module"), imports_of_other_apps())
def test_an_app_imports_only_the_public_modules_of_another_app(app, module):
    assert module.split(".")[2] in PUBLIC or module in SHARED


def test_the_import_contracts_name_all_apps():
    apps = {path.parent.name for path in (ROOT / "apps").glob("*/__init__.py")}
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    containers = [set(contract.get("containers", ())) for contract in contracts["contracts"]]

    assert {f"apps.{app}" for app in apps - {"common"}} in containers


def test_no_module_imports_itself_through_others():
    circles = [sorted(circle) for circle in _circles(import_graph())]

    assert circles == []


def test_only_modules_that_start_the_product_import_inside_functions():
    paths = (path for root in PACKAGES for path in (ROOT / root).rglob("*.py"))

    assert {str(path.relative_to(ROOT)) for path in paths if _imports_inside(path)} <= STARTING


def _imports_inside(path: Path) -> bool:
    """Return whether a function of the file imports something."""
    functions = (
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return any(
        isinstance(node, ast.Import | ast.ImportFrom)
        for function in functions
        for node in ast.walk(function)
    )


def _circles(graph: grimp.ImportGraph) -> Iterator[set[str]]:
    """Return the largest sets of modules each of which imports, at any remove, all the others."""
    unvisited = set(graph.modules)
    while unvisited:
        module = unvisited.pop()
        upstream = graph.find_upstream_modules(module)
        circle = {module} | {other for other in upstream if _imports(graph, other, module)}
        if len(circle) > 1:
            yield circle
        unvisited -= circle


def _imports(graph: grimp.ImportGraph, importer: str, imported: str) -> bool:
    return graph.chain_exists(importer=importer, imported=imported)
