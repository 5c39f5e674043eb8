"""Fields take exactly their JSON type."""

import pytest
from bson import ObjectId
from rest_framework.serializers import ValidationError

from apps.common.fields import FlagField, IdField, MoneyField, NumberField, TextField
from apps.common.serializers import Serializer


class Thing(Serializer):
    title = TextField(max_length=10)
    note = TextField(required=False, lines=True)
    number = NumberField(required=False, min_value=1)
    flag = FlagField(required=False)
    price = MoneyField(required=False)
    owner = IdField(read_only=True)


def read(**data) -> dict:
    thing = Thing(data={"title": "x"} | data)
    thing.is_valid(raise_exception=True)
    return thing.validated_data


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("title", 1),
        ("title", True),
        ("title", None),
        ("title", ""),
        ("title", "x" * 11),
        ("title", ["x"]),
        ("title", {"$ne": None}),
        ("title", "a\x00b"),
        ("title", "a\x1bb"),
        ("title", "a\r\nBcc: b"),
        ("title", "a\u2028b"),
        ("title", "\ud800"),
        ("title", "\u200b"),
        ("title", "\u2060 \ufeff"),
        ("note", "a\x00b"),
        ("number", "1"),
        ("number", 1.0),
        ("number", True),
        ("number", 0),
        ("number", 10**20),
        ("flag", "true"),
        ("flag", 1),
        ("flag", None),
        ("price", 19.9),
        ("price", 19),
        ("price", "19.999"),
        ("price", "-1.00"),
        ("price", "1e3"),
        ("price", "١٢"),
        ("price", " 1.00"),
        ("price", "99999999999.99"),
    ],
)
def test_a_value_of_another_type_is_refused(name, wrong):
    with pytest.raises(ValidationError) as refused:
        read(**{name: wrong})

    assert list(refused.value.detail) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "🦉",
        "👩🏽\u200d🔬",
        "שלום",
        "\u202bשלום",
        "e\u0301",
        "<b>",
        "\\",
        "'; DROP",
        "a.b",
        "$where",
    ],
)
def test_any_line_of_text_comes_through(text):
    assert read(title=text)["title"] == text


def test_several_lines_come_through_where_they_are_allowed():
    assert read(note="a\n\tb")["note"] == "a\n\tb"


@pytest.mark.parametrize(
    ("given", "cents", "shown"),
    [("19.90", 1990, "19.90"), ("0", 0, "0.00"), ("7.5", 750, "7.50"), ("007", 700, "7.00")],
)
def test_money_is_whole_cents_and_shown_with_two_places(given, cents, shown):
    assert read(price=given)["price"] == cents
    assert MoneyField().to_representation(cents) == shown


@pytest.mark.parametrize("wrong", ["x", "5" * 23, "5" * 25, "G" * 24, "A" * 24, 5, {"$ne": 1}, []])
def test_a_malformed_id_is_refused(wrong):
    with pytest.raises(ValidationError):
        IdField().run_validation(wrong)


def test_an_id_is_read_and_shown():
    made = ObjectId()

    assert IdField().run_validation(str(made)) == made
    assert IdField().to_representation(made) == str(made)


def test_unknown_and_read_only_fields_are_refused_where_something_is_made_all_at_once():
    thing = Thing(data={"nosuch": 1, "owner": str(ObjectId()), "number": "1"})

    assert not thing.is_valid()
    assert set(thing.errors) == {"nosuch", "owner", "number", "title"}


def test_read_only_fields_are_ignored_where_something_is_changed():
    thing = Thing(object(), data={"title": "x", "owner": "anything"})

    assert thing.is_valid()
    assert thing.validated_data == {"title": "x"}
