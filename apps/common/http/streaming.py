"""Large JSON responses, of which only a part is in memory at any time."""

import json
from collections.abc import Iterator, Mapping

import pymongo
from django.conf import settings

from apps.common.capacity import Capacity

_END = object()


def stream_json(data: Mapping[str, object], *, slots: Capacity) -> Iterator[bytes]:
    """
    Yield a JSON object in parts; a value that is an iterator becomes an array.

    Each item is made in a slot and sent without one, so that a slow client occupies none.
    """
    opening = b"{"
    for name, value in data.items():
        yield opening + _encode(name) + b":"
        if isinstance(value, Iterator):
            yield from _stream_array(value, slots)
        else:
            yield _encode(value)
        opening = b","
    yield b"}" if data else b"{}"


def _stream_array(items: Iterator, slots: Capacity) -> Iterator[bytes]:
    opening = b"["
    while (item := _next_item(items, slots)) is not None:
        yield opening + item
        opening = b","
    yield b"[]" if opening == b"[" else b"]"


def _next_item(items: Iterator, slots: Capacity) -> bytes | None:
    # The middleware's deadline has ended with the view, before the response is sent.
    with slots, pymongo.timeout(settings.STORE_TIMEOUT_SECONDS):
        item = next(items, _END)
        return None if item is _END else _encode(item)


def _encode(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
