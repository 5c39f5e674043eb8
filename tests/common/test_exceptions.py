"""How what is wrong is told: one list of messages a field."""

import pytest
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
