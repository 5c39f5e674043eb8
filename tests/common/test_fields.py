"""Fields accept only their own JSON type."""

import pytest
from bson import ObjectId
from rest_framework.serializers import ValidationError

from apps.common.http.fields import (
    MOST_ELEMENTS,
    BooleanField,
    ChoiceField,
    ListField,
    MoneyField,
    NumberField,
    ObjectIdField,
    TextField,
)
from apps.common.http.serializers import Serializer


class Thing(Serializer):
    title = TextField(max_length=10)
    note = TextField(required=False, lines=True)
    number = NumberField(required=False, min_value=1)
    flag = BooleanField(required=False)
    price = MoneyField(required=False)
    owner = ObjectIdField(read_only=True)


def read(**data) -> dict:
    thing = Thing(data={"title": "x"} | data)
    thing.is_valid(raise_exception=True)
    return thing.validated_data


@pytest.mark.parametrize(
    ("name", "invalid"),
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
def test_a_value_of_another_type_is_refused(name, invalid):
    with pytest.raises(ValidationError) as refused:
        read(**{name: invalid})

    assert list(refused.value.detail) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "🦉",
        "👩🏽\u200d🔬",
        "שלום",
        "e\u0301",
        "<b>",
        "\\",
        "'; DROP",
        "a.b",
        "$where",
    ],
)
def test_any_line_of_text_is_accepted(text):
    assert read(title=text)["title"] == text


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("\u202bשלום", "שלום"),
        ("a\u202eb\u200bc\u2066d", "abcd"),
        ("a\u061cb\u200ec\u200fd", "abcd"),
        ("a\u00adb\ufeffc\u2060d", "abcd"),
        ("a\u115fb\u1160c\u3164d", "abcd"),
        ("a\uffa0b\u034fc\u0080d", "abcd"),
        ("a\u200db", "ab"),
        ("é\u200dè", "éè"),
        ("a\ufe0fb", "ab"),
        ("\ufe0fa \ufe0fb", "a b"),
        ("1\ufe0f", "1"),
        ("a\U000e0067\U000e007f", "a"),
        ("😀\u200d", "😀"),
        ("😀\u200d\u200d😀", "😀😀"),
        ("\u200b a \u200b", "a"),
    ],
)
def test_invisible_characters_are_removed_from_a_line(text, stored):
    assert read(title=text)["title"] == stored
    assert read(title=stored)["title"] == stored


@pytest.mark.parametrize(
    "text",
    [
        "❤\ufe0f\u200d🔥",
        "🕵🏽\u200d♀\ufe0f",
        "1\ufe0f\u20e3",
        "©\ufe0f",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "می\u200cخواهم",
        "क्\u200dष",
        "葛\U000e0100",
        "\u0600١",
    ],
)
def test_joiners_and_selectors_are_kept_in_emoji_and_letters(text):
    assert read(title=text)["title"] == text


def test_the_length_of_a_line_includes_invisible_characters():
    with pytest.raises(ValidationError):
        read(title="a" + "\u200b" * 10)


@pytest.mark.parametrize("text", ["\u3164", "\u202e\u2066", "\u2800", "\u200b \ufe0f"])
def test_a_line_without_visible_characters_is_blank(text):
    with pytest.raises(ValidationError, match="blank"):
        read(title=text)


def test_several_lines_stay_as_they_were_sent():
    assert read(note="a\u202eb\n\u200bc")["note"] == "a\u202eb\n\u200bc"


def test_several_lines_are_accepted_if_the_field_allows_them():
    assert read(note="a\n\tb")["note"] == "a\n\tb"


@pytest.mark.parametrize(
    ("text", "cents", "formatted"),
    [("19.90", 1990, "19.90"), ("0", 0, "0.00"), ("7.5", 750, "7.50"), ("007", 700, "7.00")],
)
def test_money_is_stored_in_cents_and_formatted_with_two_places(text, cents, formatted):
    assert read(price=text)["price"] == cents
    assert MoneyField().to_representation(cents) == formatted


@pytest.mark.parametrize(
    "invalid", ["x", "5" * 23, "5" * 25, "G" * 24, "A" * 24, 5, {"$ne": 1}, []]
)
def test_a_malformed_id_is_refused(invalid):
    with pytest.raises(ValidationError):
        ObjectIdField().run_validation(invalid)


def test_an_id_is_parsed_and_formatted():
    object_id = ObjectId()

    assert ObjectIdField().run_validation(str(object_id)) == object_id
    assert ObjectIdField().to_representation(object_id) == str(object_id)


def test_a_post_reports_all_unknown_and_read_only_fields_together():
    thing = Thing(data={"nosuch": 1, "owner": str(ObjectId()), "number": "1"})

    assert not thing.is_valid()
    assert set(thing.errors) == {"nosuch", "owner", "number", "title"}


def test_a_change_ignores_read_only_fields():
    thing = Thing(data={"title": "x", "owner": "anything"}, context={"replaces": True})

    assert thing.is_valid()
    assert thing.validated_data == {"title": "x"}


class CountingField(TextField):
    """A field that counts its validations."""

    validations = 0

    def run_validation(self, data):
        CountingField.validations += 1
        return super().run_validation(data)


@pytest.mark.parametrize(
    ("field", "invalid", "message"),
    [
        (ListField(child=CountingField(), max_length=3), ["x"] * 4, "no more than 3"),
        (ListField(child=CountingField()), ["x"] * (MOST_ELEMENTS + 1), "no more than 1000"),
        (ListField(child=CountingField(), max_length=3), "xxxx", "a list"),
        (ListField(child=CountingField(), max_length=3), {"0": "x"}, "a list"),
    ],
)
def test_a_list_is_refused_for_type_or_length_before_its_elements(field, invalid, message):
    CountingField.validations = 0

    with pytest.raises(ValidationError, match=message):
        field.run_validation(invalid)

    assert CountingField.validations == 0


def test_a_list_that_is_short_enough_is_accepted():
    assert ListField(child=TextField(), max_length=3).run_validation(["a", "b"]) == ["a", "b"]


def test_the_lines_of_a_text_are_separated_by_line_feeds():
    field = TextField(lines=True)

    assert field.run_validation("a\r\nb\rc\n\r\nd") == "a\nb\nc\n\nd"


def test_a_text_that_is_too_long_gets_only_that_message():
    with pytest.raises(ValidationError) as refused:
        TextField(max_length=10).run_validation("\0" * 11)

    assert refused.value.detail == ["Ensure this field has no more than 10 characters."]


@pytest.mark.parametrize(
    "invalid", ["x" * 100_000, "\ud800", "a\0b", ["x"] * 1000, {"a": "x" * 1000}, 10**90, None]
)
def test_a_message_repeats_only_the_beginning_of_an_invalid_choice(invalid):
    with pytest.raises(ValidationError) as refused:
        ChoiceField(choices=["a", "b"]).run_validation(invalid)

    assert len(str(refused.value.detail[0])) < 120
    assert str(refused.value.detail[0]).encode()


def test_a_change_may_send_back_read_only_fields_and_a_new_object_may_not():
    data = {"title": "x", "owner": str(ObjectId())}

    with pytest.raises(ValidationError):
        Thing(data=data).is_valid(raise_exception=True)
    thing = Thing(data=data, context={"replaces": True})
    thing.is_valid(raise_exception=True)

    assert thing.validated_data == {"title": "x"}
