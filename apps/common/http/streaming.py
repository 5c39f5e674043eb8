"""Large JSON responses, of which only a part is in memory at any time."""

import json
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack

import pymongo
from django.conf import settings
from django.http import StreamingHttpResponse

from apps.common.capacity import Capacity

_END = object()


class JsonStreamResponse(StreamingHttpResponse):
    """
    A JSON object that is sent in parts.

    No view uses another streaming response, because each open stream occupies a thread.

    :param load: returns the object; a value that is an iterator becomes an array
    :param slots: one of them is occupied from before the loading to the end of the response
    :raises Busy: too many streams are open
    """

    def __init__(
        self, load: Callable[[], Mapping[str, object]], *, slots: Capacity, headers: dict[str, str]
    ):
        stream = JsonStream(load, slots=slots)
        super().__init__(stream, content_type="application/json", headers=headers)


class JsonStream(Iterator[bytes]):
    """
    The parts of a JSON object, which occupy a slot until they end, fail or are closed.

    The server closes each response, even if it has sent none of its parts. A generator could not
    release the slot then, because closing it runs none of its code before it was started. Nobody
    closes a response that an error in a middleware replaces, so the destructor abandons its slot.
    """

    _is_open = False

    def __init__(self, load: Callable[[], Mapping[str, object]], *, slots: Capacity):
        self._slots = slots
        with ExitStack() as stack:
            stack.enter_context(slots)
            self._parts = _parts_of(load())
            self._slot = stack.pop_all()
            self._is_open = True

    def __next__(self) -> bytes:
        try:
            return next(self._parts)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._is_open = False
        self._slot.close()  # Only the first call releases it.
        self._parts.close()

    def __del__(self) -> None:
        if self._is_open:
            self._slots.abandon()


def _parts_of(data: Mapping[str, object]) -> Generator[bytes]:
    opening = b"{"
    for name, value in data.items():
        yield opening + _encode(name) + b":"
        if isinstance(value, Iterator):
            yield from _array_parts_of(value)
        else:
            yield _encode(value)
        opening = b","
    yield b"}" if data else b"{}"


def _array_parts_of(items: Iterator) -> Iterator[bytes]:
    opening = b"["
    while (item := _next_item(items)) is not None:
        yield opening + item
        opening = b","
    yield b"[]" if opening == b"[" else b"]"


def _next_item(items: Iterator) -> bytes | None:
    # The middleware's deadline has ended with the view, before the response is sent.
    with pymongo.timeout(settings.STORE_TIMEOUT_SECONDS):
        item = next(items, _END)
        return None if item is _END else _encode(item)


def _encode(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
