"""Bodies mean one thing only."""

import io

import pytest
from rest_framework.exceptions import APIException

from apps.common.parsers import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_KEYS,
    PictureParser,
    StrictJSONParser,
    TooLarge,
)


def parse(body: bytes):
    return StrictJSONParser().parse(io.BytesIO(body))


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"{}", {}),
        (b'"text"', "text"),
        (b'{"a": [1, 2.5, true, null]}', {"a": [1, 2.5, True, None]}),
        ('{"a": "\u05d0\u0301 🦉"}'.encode(), {"a": "\u05d0\u0301 🦉"}),
        (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, None),
        (b'{"a": {"b": 1}, "c": {"b": 2}}', {"a": {"b": 1}, "c": {"b": 2}}),
    ],
)
def test_json_is_read(body, value):
    assert parse(body) == value or value is None


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"{,}", "line 1, column 2"),
        (b'{"a": 1, "a": 1}', "“a” twice"),
        (b'{"b": [{"a": 1, "a": 1}]}', "“a” twice"),
        (b"[" * (MAX_DEPTH + 1), "deeper than 32"),
        (b"[Infinity]", "Infinity"),
        (b"[-1e999]", "too large a number"),
        (b"[" + b"1" * 5000 + b"]", "not usable"),
        (b'"\xe4"', "not UTF-8 (byte 2)"),
        (b"[" + b"{}," * 3 + b'{"k":1}' + b"]]", "not JSON"),
    ],
)
def test_what_is_wrong_is_said(body, what):
    with pytest.raises(APIException) as refused:
        parse(body)

    assert refused.value.status_code == 400
    assert what in str(refused.value)


def test_too_many_keys_are_refused():
    body = b"{" + b",".join(b'"%d":1' % n for n in range(MAX_KEYS + 1)) + b"}"

    with pytest.raises(APIException, match="10000 keys"):
        parse(body)


def test_the_largest_body_is_read_and_one_byte_more_is_not():
    largest = b'"' + b"x" * (MAX_BYTES - 2) + b'"'

    assert len(parse(largest)) == MAX_BYTES - 2
    with pytest.raises(APIException) as refused:
        parse(largest + b" ")
    assert refused.value.status_code == 413


def test_a_picture_that_says_that_it_is_too_large_is_not_read_at_all():
    class Unread:
        META = {"CONTENT_LENGTH": str(100 * 1024 * 1024), "CONTENT_TYPE": "multipart/form-data"}

        def read(self, *_):
            raise AssertionError("It was read.")

    with pytest.raises(TooLarge):
        PictureParser().parse(Unread(), "multipart/form-data; boundary=b", {"request": Unread()})
