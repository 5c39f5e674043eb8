"""Errors become responses with one list of messages per field."""

import json

import pytest
from django.conf import settings
from django.http import UnreadablePostError
from mongoengine import Document, ListField, OperationError, StringField
from pymongo.errors import OperationFailure
from rest_framework import serializers

from apps.common.http.exception_handler import handle_exception


class Large(Document):
    text = StringField()
    parts = ListField(StringField())

    meta = {"collection": "test_large", "auto_create_index": False}


@pytest.fixture(autouse=True)
def _nothing_large():
    yield
    Large.drop_collection()


class Choice(serializers.Serializer):
    text = serializers.CharField()


class Question(serializers.Serializer):
    choices = Choice(many=True)
    numbers = serializers.ListField(child=serializers.IntegerField())


def errors_of(error: Exception) -> dict:
    response = handle_exception(error, {})
    assert response.status_code == 400
    return response.data


def test_an_error_without_a_field_is_a_non_field_error():
    assert errors_of(serializers.ValidationError("Wrong.")) == {"non_field_errors": ["Wrong."]}


def test_each_field_has_one_list_of_messages_at_any_depth():
    data = {"choices": [{"text": "a"}, {"text": ""}], "numbers": [1, "x", None]}
    with pytest.raises(serializers.ValidationError) as refused:
        Question(data=data).is_valid(raise_exception=True)

    assert errors_of(refused.value) == {
        "choices": ["1.text: This field may not be blank."],
        "numbers": ["1: A valid integer is required.", "2: This field may not be null."],
    }


@pytest.mark.parametrize("operation", ["insert", "save", "update", "modify"])
def test_a_document_that_is_too_large_is_a_413(operation):
    """A document has at most 16 MB, on MongoDB and in the embedded store."""
    large = "x" * 17_000_000
    stored = Large(text="small").save()
    act = {
        "insert": lambda: Large(text=large).save(force_insert=True),
        "save": lambda: Large(id=stored.id, text=large).save(),
        "update": lambda: Large.objects(id=stored.id).update_one(set__text=large),
        "modify": lambda: Large.objects(id=stored.id).modify(set__text=large),
    }[operation]

    with pytest.raises(Exception) as raised:  # noqa: PT011 - the driver and MongoEngine differ
        act()
    response = handle_exception(raised.value, {})

    assert (response.status_code, response.data["code"]) == (413, "too_large")
    assert Large.objects.get().text == "small"


@pytest.mark.skipif(bool(settings.MONGODB_URI), reason="the test server lets updates grow")
def test_a_document_that_grows_too_large_on_the_server_is_a_413():
    stored = Large(parts=["x" * 9_000_000]).save()

    with pytest.raises(Exception) as raised:  # noqa: PT011 - the driver and MongoEngine differ
        Large.objects(id=stored.id).update_one(push__parts="y" * 9_000_000)

    assert handle_exception(raised.value, {}).status_code == 413


@pytest.mark.parametrize("code", [10334, 17419, 17420])
def test_the_servers_error_codes_for_too_large_are_recognized(code):
    error = OperationError("Could not save document")
    error.__cause__ = OperationFailure("too large", code)

    assert handle_exception(error, {}).status_code == 413


@pytest.mark.parametrize(
    "errors",
    [
        {f"field{number}": ["wrong"] for number in range(1000)},
        {"field": {number: ["wrong"] for number in range(1000)}},
        ["wrong"] * 1000,
    ],
)
def test_a_response_has_at_most_a_hundred_messages(errors):
    answer = handle_exception(serializers.ValidationError(errors), {}).data

    assert sum(map(len, answer.values())) == 100


def test_client_input_is_repeated_shortened_and_as_valid_unicode():
    errors = {"\ud800" + "k" * 5000: ["\udfff" + "m" * 5000], "a": {"\ud800": ["wrong"]}}

    answer = handle_exception(serializers.ValidationError(errors), {}).data

    assert len(json.dumps(answer, ensure_ascii=False).encode()) < 1000


def test_an_incomplete_body_is_a_400():
    assert handle_exception(UnreadablePostError("timed out"), {}).status_code == 400
