"""All regular expressions in the product's sources, and hostile texts for each."""

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from types import ModuleType

from django.urls import URLPattern, URLResolver, get_resolver

from lms import env

ROOTS = ("apps", "lms", "embedded_mongo")
METHODS = ("match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")
# Django's and DRF's classes and functions that search for a pattern.
SEARCHING = ("RegexField", "RegexValidator", "re_path")


@dataclass(frozen=True)
class Use:
    """A pattern and a method by which the product applies it."""

    where: str
    pattern: re.Pattern
    method: str

    def __call__(self, text: str) -> None:
        apply = getattr(self.pattern, self.method)
        if isinstance(self.pattern.pattern, bytes):
            text = text.encode("latin-1", "replace")
        result = apply(text[:0], text) if self.method in ("sub", "subn") else apply(text)
        if self.method == "finditer":
            list(result)


def uses() -> list[Use]:
    """
    Return all uses of patterns in sources and routes.

    :raises AssertionError: a pattern is not constant, or is never applied
    """
    all_uses = dict.fromkeys((*_in_sources(), *_in_routes()))
    return sorted(all_uses, key=lambda use: (use.where, str(use.pattern.pattern), use.method))


@cache
def sources() -> list[tuple[ModuleType, ast.Module]]:
    paths = (path for root in ROOTS for path in sorted((env.ROOT / root).rglob("*.py")))
    return [
        (_module(path), ast.parse(path.read_text()))
        for path in paths
        if "tests" not in path.relative_to(env.ROOT).parts
    ]


def _module(path: Path) -> ModuleType:
    names = path.relative_to(env.ROOT).with_suffix("").parts
    return importlib.import_module(".".join(names).removesuffix(".__init__"))


def _in_sources() -> Iterator[Use]:
    applied = _applied_methods(tree for _, tree in sources())
    for module, tree in sources():
        for scope, node in _nodes(tree):
            yield from _of_call(module, scope, node, applied)
            yield from _of_lookup(module, node)


def _of_call(module: ModuleType, scope: ast.AST, node: ast.AST, applied: dict) -> Iterator[Use]:
    """Yield the uses of `re.compile(…)`, `re.sub(…)`, `RegexField(…)` or `re_path(…)`."""
    if not isinstance(node, ast.Call) or not (name := _called(node)):
        return
    where = f"{module.__name__}:{node.lineno}"
    pattern = _pattern(module, scope, node, where)
    if name != "compile":
        yield Use(where, pattern, "search" if name in SEARCHING else name)
        return
    methods = applied.get(_target(scope, node)) or set()
    assert methods, f"{where}: nothing applies this pattern to a text by its name"
    yield from (Use(where, pattern, method) for method in sorted(methods))


def _of_lookup(module: ModuleType, node: ast.AST) -> Iterator[Use]:
    if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "lookup_value_regex":
        pattern = re.compile(ast.literal_eval(node.value))
        yield Use(f"{module.__name__}:{node.lineno}", pattern, "fullmatch")


def _called(node: ast.Call) -> str | None:
    match node.func:
        case ast.Attribute(value=ast.Name(id="re"), attr=name) if name in (*METHODS, "compile"):
            return name
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in SEARCHING:
            return name
    return None


def _pattern(module: ModuleType, scope: ast.AST, node: ast.Call, where: str) -> re.Pattern:
    names = vars(module) | _constants(scope)
    flags = (keyword.value for keyword in node.keywords if keyword.arg == "flags")
    expressions = [node.args[0], *flags]
    if _called(node) == "compile":
        expressions += node.args[1:2]
    try:
        values = [
            eval(compile(ast.Expression(expression), where, "eval"), names)
            for expression in expressions
        ]
    except NameError as error:
        raise AssertionError(f"{where}: this pattern is not constant") from error
    return values[0] if isinstance(values[0], re.Pattern) else re.compile(*values)


def _constants(scope: ast.AST) -> dict[str, object]:
    """Return the constants that a function or a class defines, by name."""
    return {
        node.targets[0].id: node.value.value
        for node in ast.walk(scope)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }


def _target(scope: ast.AST, call: ast.Call) -> str | None:
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and node.value is call:
            return getattr(node.targets[0], "id", None)
    return None


def _applied_methods(trees: Iterator[ast.Module]) -> dict[str, set[str]]:
    """Return the methods that any source calls on a pattern, by the pattern's name."""
    applied: dict[str, set[str]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            match node:
                case ast.Attribute(value=ast.Name(id=name) | ast.Attribute(attr=name), attr=method):
                    if method in METHODS:
                        applied.setdefault(name, set()).add(method)
                case ast.Attribute(value=ast.IfExp() as choice, attr=method) if method in METHODS:
                    for pattern in (choice.body, choice.orelse):
                        applied.setdefault(getattr(pattern, "id", ""), set()).add(method)
                case ast.Call(args=[ast.Name(id=name), *_]) if _called(node) in SEARCHING:
                    applied.setdefault(name, set()).add("search")
    return applied


def _nodes(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Yield the function, class or module around each node, and the node."""
    pending: list[tuple[ast.AST, ast.AST]] = [(tree, tree)]
    while pending:
        scope, node = pending.pop()
        yield scope, node
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            scope = node
        pending += [(scope, child) for child in ast.iter_child_nodes(node)]


def _in_routes(resolver: URLResolver | None = None) -> Iterator[Use]:
    """Yield all routes except Django's own of the admin, whose paths have a maximum length."""
    for route in (resolver or get_resolver()).url_patterns:
        if getattr(route, "app_name", None) == "admin":
            continue
        yield Use(f"route {route.pattern}", re.compile(route.pattern.regex), "search")
        if not isinstance(route, URLPattern):
            yield from _in_routes(route)


# Hostile texts

Make = tuple[str, str, str]  # a start, what is repeated, an end


def hostile_texts(pattern: re.Pattern) -> list[Make]:
    """Return texts of the pattern's own letters, on which it fails late or often."""
    tree = re._parser.parse(pattern.pattern, pattern.flags)
    pieces = list(dict.fromkeys(_pieces(tree)))[:16]
    sample = "".join(_pieces(tree))[:40]
    beginnings = [sample[:length] for length in range(1, len(sample) + 1)]
    units = dict.fromkeys((*pieces, *beginnings, *map("".join, product(pieces, repeat=2))))
    starts = ("", *beginnings[:: max(1, len(beginnings) // 6)], *pieces[:6])
    return [
        *(("", unit, end) for unit in units for end in ("", "\0")),
        *((start, unit, "\0") for start in dict.fromkeys(starts) for unit in pieces),
    ]


def text_of(make: Make, length: int) -> str:
    start, unit, end = make
    return start + unit * (length // len(unit)) + end


def _pieces(tree) -> Iterator[str]:
    """Yield the words of the pattern, and characters of its classes."""
    word = ""
    for operation, value in tree:
        name = str(operation)
        if name == "LITERAL":
            word += chr(value)
            continue
        if word:
            yield word
        word = ""
        yield from _pieces_of(name, value)
    if word:
        yield word


def _pieces_of(name: str, value) -> Iterator[str]:
    match name:
        case "ANY":
            yield "a"
        case "NOT_LITERAL":
            yield "b" if value == ord("a") else "a"
        case "IN":
            yield from _members(value)
        case "BRANCH":
            for branch in value[1]:
                yield from _pieces(branch)
        case "SUBPATTERN" | "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            yield from _pieces(value[-1])
        case "ASSERT" | "ASSERT_NOT":
            yield from _pieces(value[1])
        case "ATOMIC_GROUP":
            yield from _pieces(value)


def _members(values: list) -> list[str]:
    matches = _class_of(values)
    alphabet = "a1 _-.\n\t\"'\\/éZ@%={}[]:;,<\x00\u0301"
    ends = [chr(value[0]) for name, value in values if str(name) == "RANGE"]
    literals = [chr(value) for name, value in values if str(name) == "LITERAL"]
    members = [letter for letter in (*literals, *ends, *alphabet) if matches(letter)]
    return list(dict.fromkeys(members))[:4]


def _class_of(values: list):
    """Return a function that tells whether a letter is in a class of the parser of `re`."""
    negated = str(values[0][0]) == "NEGATE"
    tests = [_test_of(str(name), value) for name, value in values[int(negated) :]]
    return lambda letter: any(test(letter) for test in tests) != negated


def _test_of(name: str, value):
    match name:
        case "LITERAL":
            return lambda letter: letter == chr(value)
        case "RANGE":
            return lambda letter: value[0] <= ord(letter) <= value[1]
        case _:
            kind = str(value).removeprefix("CATEGORY_")
            sign = {"DIGIT": "d", "SPACE": "s", "WORD": "w"}[kind.removeprefix("NOT_")]
            category = re.compile("\\" + (sign.upper() if kind.startswith("NOT_") else sign))
            return lambda letter: bool(category.fullmatch(letter))
