"""JSON objects that are sent in parts."""

import json
import time

import pymongo
import pytest
from django.conf import settings

from apps.common.capacity import Busy, Capacity
from apps.common.http.streaming import stream_json


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"a": []},
        {"a": [1, None], "é": {"b": "“ü”\n"}},
        {"a": [{"b": 1}, {"b": 2}], "c": [], "d": "x"},
    ],
)
def test_the_parts_are_one_json_object(data):
    lazy = {name: iter(value) if isinstance(value, list) else value for name, value in data.items()}

    assert json.loads(b"".join(stream_json(lazy, slots=Capacity(1)))) == data


def test_an_item_is_made_in_a_slot_and_sent_without_one():
    slots = Capacity(1, wait=0.01)
    busy = []

    def items():
        for number in range(2):
            with pytest.raises(Busy):
                slots.__enter__()
            busy.append(number)
            yield number

    for _part in stream_json({"items": items()}, slots=slots):
        with slots:  # free, however slowly the client reads
            pass
    assert busy == [0, 1]


def test_a_stream_that_breaks_off_gives_its_slot_back():
    slots = Capacity(1, wait=0.01)

    def items():
        yield 1
        raise RuntimeError("planted")

    with pytest.raises(RuntimeError):
        list(stream_json({"items": items()}, slots=slots))
    stream = stream_json({"items": iter([1, 2])}, slots=slots)
    next(stream), next(stream)
    stream.close()

    with slots:
        pass


def test_each_item_has_a_deadline_of_its_own(monkeypatch):
    monkeypatch.setattr(settings, "STORE_TIMEOUT_SECONDS", 60)
    left = []

    def items():
        for _ in range(2):
            left.append(pymongo._csot.get_deadline() - time.monotonic())
            yield 1

    list(stream_json({"items": items()}, slots=Capacity(1)))

    assert all(50 < seconds <= 60 for seconds in left)
    assert len(left) == 2
