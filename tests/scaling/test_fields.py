"""Fields validate in linear time, and every field of a body has a limit."""

import ast
from collections.abc import Callable, Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework import serializers

from apps.common.http import fields, query_params
from apps.common.http.serializers import Serializer
from apps.users import serializers as users
from tests.scaling.growth import problem_with
from tests.scaling.patterns import sources

SIZE = 20_000

FIELDS = {
    fields.TextField: lambda: fields.TextField(max_length=1000),
    fields.ChoiceField: lambda: fields.ChoiceField(choices=["a", "b"]),
    fields.ListField: lambda: fields.ListField(child=fields.TextField(max_length=10)),
    fields.NumberField: fields.NumberField,
    fields.DecimalField: lambda: fields.DecimalField(places=2),
    fields.BooleanField: fields.BooleanField,
    fields.MoneyField: fields.MoneyField,
    fields.ObjectIdField: fields.ObjectIdField,
    fields.PictureField: fields.PictureField,
    query_params.ChoicesParam: lambda: query_params.ChoicesParam(["a", "b"]),
    query_params.IntegerParam: query_params.IntegerParam,
    query_params.BooleanParam: query_params.BooleanParam,
    query_params.SearchParam: query_params.SearchParam,
    users.UsernameField: users.UsernameField,
    users.EmailField: users.EmailField,
    users.PasswordField: users.PasswordField,
    users.BioField: users.BioField,
    users.TokenField: users.TokenField,
}
OF_QUERIES = (
    query_params.ChoicesParam,
    query_params.IntegerParam,
)  # Their input is always text.

TEXTS: dict[str, Callable[[int], object]] = {
    unit: lambda n, unit=unit: unit * (n // len(unit))
    for unit in ("a", " ", "-", "a.", "a@", "@a.", "\u0301\u0323", "ﷺ", "\0", "1", "a,", ",", "\n")
}
VALUES: dict[str, Callable[[int], object]] = {
    "list": lambda n: ["a"] * n,
    "lists": lambda n: [[0]] * n,
    "object": lambda n: {str(number): 1 for number in range(n)},
}
CASES = [
    pytest.param(kind, make, id=f"{kind.__name__} {case!r}")
    for kind in FIELDS
    for case, make in (TEXTS if kind in OF_QUERIES else TEXTS | VALUES).items()
]


@pytest.mark.parametrize(("kind", "make"), CASES)
def test_a_field_validates_in_linear_time(kind, make):
    class Parent(Serializer):
        field = FIELDS[kind]()

    def read(value) -> None:
        Parent(data={"field": value}).is_valid()

    assert problem_with(read, make, SIZE) is None


def test_every_field_class_is_tested():
    kinds = {
        kind
        for module, _ in sources()
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, serializers.Field)
        and not issubclass(kind, serializers.BaseSerializer)
        and kind.__module__.startswith(("apps.", "lms."))
    }

    assert kinds == set(FIELDS)


def test_no_module_uses_drfs_unlimited_lists_and_choices():
    unbounded = [
        f"{module.__name__}:{node.lineno}"
        for module, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and getattr(node.func.value, "id", "") == "serializers"
        and node.func.attr in ("ListField", "ChoiceField", "MultipleChoiceField", "DictField")
    ]

    assert unbounded == []


def test_every_text_and_list_of_a_body_has_a_limit():
    unbounded = {
        path
        for kind in set(_bodies(get_resolver()))
        for path, field in _fields(kind(), kind.__name__)
        if _is_unbounded(field)
    }

    assert unbounded == set()


def _bodies(resolver: URLResolver) -> Iterator[type]:
    """Return the serializers of the bodies that the API's views take."""
    for route in resolver.url_patterns:
        if not isinstance(route, URLPattern):
            yield from _bodies(route)
        elif view := getattr(route.callback, "cls", None):
            declared = [body for body, *_ in getattr(view, "schemas", {}).values()]
            for kind in (getattr(view, "serializer_class", None), *declared):
                if isinstance(kind, type) and issubclass(kind, serializers.Serializer):
                    yield kind


def _fields(serializer, path: str) -> Iterator[tuple[str, serializers.Field]]:
    """Return the fields that can be written, at any depth."""
    for name, field in serializer.fields.items():
        if not field.read_only:
            yield from _within(field, f"{path}.{name}")


def _within(field, path: str) -> Iterator[tuple[str, serializers.Field]]:
    yield path, field
    child = getattr(field, "child", field)
    if isinstance(child, serializers.Serializer):
        yield from _fields(child, path)
    elif child is not field:
        yield from _within(child, f"{path}.")


def _is_unbounded(field: serializers.Field) -> bool:
    texts_and_lists = (serializers.CharField, serializers.ListField, serializers.ListSerializer)
    return isinstance(field, texts_and_lists) and field.max_length is None
