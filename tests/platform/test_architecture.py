"""Apps meet only at selectors, services, events and documents."""

import ast
from pathlib import Path

import pytest

from lms.env import ROOT

PUBLIC = {"selectors", "services", "events", "documents"}
# Modules that apps share although they are none of these, and why.
SHARED = {
    "apps.users.viewer",  # who makes the request
    "apps.courses.serializers",  # cards of courses within other answers
    "apps.users.serializers",
    "apps.progress.serializers",
    "apps.courses.permissions",  # who teaches a course, or runs the catalogue
}


def imports_of(path: Path) -> set[str]:
    """Return the modules that a file imports, `a.b` for both `import a.b` and `from a import b`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{name.name}" for name in node.names}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


def foreign_imports() -> list[tuple[str, str]]:
    """Return (app, module) for each import of another app's module."""
    found = []
    for path in sorted((ROOT / "apps").rglob("*.py")):
        app = path.relative_to(ROOT / "apps").parts[0]
        for name in imports_of(path):
            parts = name.split(".")
            if parts[0] == "apps" and len(parts) > 2 and parts[1] not in (app, "common"):
                found.append((app, ".".join(parts[:3])))
    return sorted(set(found))


@pytest.mark.parametrize(("app", "module"), foreign_imports())
def test_an_app_sees_only_the_public_modules_of_another(app, module):
    assert module.split(".")[2] in PUBLIC or module in SHARED
