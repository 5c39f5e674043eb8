"""How what is wrong is told: one list of messages a field."""

import json

import pytest
from django.http import UnreadablePostError
from rest_framework import serializers

from apps.common.exceptions import answer_exception


class Choice(serializers.Serializer):
    text = serializers.CharField()


class Question(serializers.Serializer):
    choices = Choice(many=True)
    numbers = serializers.ListField(child=serializers.IntegerField())


def told(error: Exception) -> dict:
    response = answer_exception(error, {})
    assert response.status_code == 400
    return response.data


def test_what_belongs_to_no_field_has_a_name_of_its_own():
    assert told(serializers.ValidationError("Wrong.")) == {"non_field_errors": ["Wrong."]}


def test_each_field_has_one_list_of_messages_however_deep_it_is():
    given = {"choices": [{"text": "a"}, {"text": ""}], "numbers": [1, "x", None]}
    with pytest.raises(serializers.ValidationError) as refused:
        Question(data=given).is_valid(raise_exception=True)

    assert told(refused.value) == {
        "choices": ["1.text: This field may not be blank."],
        "numbers": ["1: A valid integer is required.", "2: This field may not be null."],
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {f"field{number}": ["wrong"] for number in range(1000)},
        {"field": {number: ["wrong"] for number in range(1000)}},
        ["wrong"] * 1000,
    ],
)
def test_an_answer_has_at_most_a_hundred_messages(wrong):
    answer = answer_exception(serializers.ValidationError(wrong), {}).data

    assert sum(map(len, answer.values())) == 100


def test_what_a_caller_sent_is_repeated_in_part_and_as_unicode():
    wrong = {"\ud800" + "k" * 5000: ["\udfff" + "m" * 5000], "a": {"\ud800": ["wrong"]}}

    answer = answer_exception(serializers.ValidationError(wrong), {}).data

    assert len(json.dumps(answer, ensure_ascii=False).encode()) < 1000


def test_a_body_that_cannot_be_read_to_its_end_is_a_400():
    assert answer_exception(UnreadablePostError("timed out"), {}).status_code == 400
