"""JSON objects that are sent in parts."""

import json
import time

import pymongo
import pytest
from django.conf import settings
from django.core import signals

from apps.common.capacity import Busy, Capacity
from apps.common.http.streaming import JsonStream, JsonStreamResponse
from lms.env import ROOT


def is_free(slots: Capacity) -> bool:
    try:
        with slots:
            return True
    except Busy:
        return False


@pytest.fixture
def open_connections(monkeypatch):
    """Keep the test's database connections open when a response is closed."""
    monkeypatch.setattr(signals.request_finished, "receivers", [])


@pytest.fixture
def slots() -> Capacity:
    return Capacity(1, wait=0.01)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"a": []},
        {"a": [1, None], "é": {"b": "“ü”\n"}},
        {"a": [{"b": 1}, {"b": 2}], "c": [], "d": "x"},
    ],
)
def test_the_parts_are_one_json_object(data, slots):
    lazy = {name: iter(value) if isinstance(value, list) else value for name, value in data.items()}

    assert json.loads(b"".join(JsonStream(lambda: lazy, slots=slots))) == data


def test_a_stream_occupies_one_slot_from_the_loading_to_its_end(slots):
    states = []

    def load():
        states.append(is_free(slots))
        return {"items": iter([1, 2])}

    stream = JsonStream(load, slots=slots)
    with pytest.raises(Busy):
        JsonStream(dict, slots=slots)
    states += [is_free(slots) for _part in stream]

    assert not any(states)
    assert is_free(slots)


def test_a_stream_that_cannot_be_loaded_releases_its_slot(slots):
    with pytest.raises(ZeroDivisionError):
        JsonStream(lambda: {"a": 1 / 0}, slots=slots)

    assert is_free(slots)


def test_a_stream_that_nobody_closes_releases_its_slot(slots):
    stream = JsonStream(dict, slots=slots)
    assert not is_free(slots)

    del stream

    assert is_free(slots)


def test_a_stream_that_breaks_releases_its_slot(slots):
    def items():
        yield 1
        raise RuntimeError("planted")

    stream = JsonStream(lambda: {"items": items()}, slots=slots)
    with pytest.raises(RuntimeError):
        list(stream)

    assert is_free(slots)


@pytest.mark.parametrize("parts", [0, 2])
def test_a_stream_that_is_closed_early_releases_its_slot_once(slots, parts):
    stream = JsonStream(lambda: {"items": iter([1, 2])}, slots=slots)
    for _ in range(parts):
        next(stream)

    stream.close()
    with slots:
        stream.close()
        assert not is_free(slots)

    assert is_free(slots)
    assert list(stream) == []


@pytest.mark.usefixtures("open_connections")
@pytest.mark.parametrize("is_sent", [True, False])
def test_closing_the_response_releases_the_slot_whether_it_was_sent_or_not(slots, is_sent):
    response = JsonStreamResponse(lambda: {"a": 1}, slots=slots, headers={})
    assert not is_free(slots)

    if is_sent:
        response.getvalue()
    response.close()

    assert is_free(slots)


@pytest.mark.usefixtures("open_connections")
def test_the_response_to_head_releases_the_slot_without_sending_parts(slots):
    response = JsonStreamResponse(lambda: {"a": 1}, slots=slots, headers={})

    response.streaming_content = []  # as Django's test client and middleware do
    response.close()

    assert is_free(slots)


def test_each_item_has_a_deadline_of_its_own(monkeypatch, slots):
    monkeypatch.setattr(settings, "STORE_TIMEOUT_SECONDS", 60)
    left = []

    def items():
        for _ in range(2):
            left.append(pymongo._csot.get_deadline() - time.monotonic())
            yield 1

    list(JsonStream(lambda: {"items": items()}, slots=slots))

    assert all(50 < seconds <= 60 for seconds in left)
    assert len(left) == 2


def test_every_streaming_response_occupies_a_slot():
    paths = (path for root in ("apps", "lms") for path in (ROOT / root).rglob("*.py"))
    streaming = {path.name for path in paths if "StreamingHttpResponse" in path.read_text()}

    assert streaming == {"streaming.py"}
