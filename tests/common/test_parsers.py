"""Ambiguous and oversized bodies are refused."""

import io
import time

import pytest
from django.test import RequestFactory
from rest_framework.exceptions import APIException, ParseError
from rest_framework.request import Request

from apps.common.http.parsers import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_KEYS,
    MAX_VALUES,
    FileParser,
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
        (b'"\\ud83e\\udd89 \\\\ud800"', "🦉 \\ud800"),
        (b'"[[{:,\\"[\\\\"', '[[{:,"[\\'),
        (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, None),
        (b'{"a": {"b": 1}, "c": {"b": 2}}', {"a": {"b": 1}, "c": {"b": 2}}),
    ],
)
def test_valid_json_is_parsed(body, value):
    assert parse(body) == value or value is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{,}", "line 1, column 2"),
        (b'{"a": 1, "a": 1}', "“a” appears twice"),
        (b'{"b": [{"a": 1, "a": 1}]}', "“a” appears twice"),
        (b"[" * (MAX_DEPTH + 1), "deeper than 32"),
        (b"[Infinity]", "Infinity"),
        (b"[-1e999]", "is too large"),
        (b"[" + b"1" * 5000 + b"]", "is too long"),
        (b"[" + b"1" * 101 + b"]", "is too long"),
        (b"[0." + b"1" * 5000 + b"]", "is too long"),
        (b'{"' + b"k" * 257 + b'": 1}', "longer than 256"),
        (b'"\\ud800"', "invalid Unicode"),
        (b'["\\udc00\\ud800"]', "invalid Unicode"),
        (b'"\xe4"', "not UTF-8 (byte 2)"),
        (b"[" + b"{}," * 3 + b'{"k":1}' + b"]]", "not JSON"),
    ],
)
def test_the_error_says_what_is_wrong(body, message):
    with pytest.raises(APIException) as refused:
        parse(body)

    assert refused.value.status_code == 400
    assert message in str(refused.value)


def test_too_many_keys_are_refused():
    body = b"{" + b",".join(b'"%d":1' % n for n in range(MAX_KEYS + 1)) + b"}"

    with pytest.raises(APIException, match="10000 keys"):
        parse(body)


def test_the_largest_body_is_accepted_and_one_byte_more_is_not():
    largest = b'"' + b"x" * (MAX_BYTES - 2) + b'"'

    assert len(parse(largest)) == MAX_BYTES - 2
    with pytest.raises(APIException) as refused:
        parse(largest + b" ")
    assert refused.value.status_code == 413


def test_a_picture_that_declares_too_many_bytes_is_not_read():
    class Unread:
        META = {"CONTENT_LENGTH": str(100 * 1024 * 1024), "CONTENT_TYPE": "multipart/form-data"}

        def read(self, *_):
            raise AssertionError("It was read.")

    with pytest.raises(TooLarge):
        PictureParser().parse(Unread(), "multipart/form-data; boundary=b", {"request": Unread()})


def test_fields_with_unpaired_surrogates_are_named():
    with pytest.raises(APIException) as refused:
        parse(b'{"a": ["\\ud800"], "b": {"\\udfff": 1}, "\\ud800": 1, "c": 1}')

    assert set(refused.value.detail) == {"a", "b", "\ud800"}


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b"0," * MAX_VALUES + b"0]",
        b"[" + b"[]," * (MAX_VALUES // 2) + b"0]",
        b'{"a": [' + b"{}," * MAX_VALUES + b"0]}",
        b"[" * (MAX_BYTES // 2),
    ],
)
def test_too_many_values_are_refused_before_any_is_created(body):
    with pytest.raises(ParseError, match=f"{MAX_VALUES} values"):
        parse(body)


def test_the_maximum_number_of_values_is_accepted():
    assert len(parse(b"[" + b"0," * (MAX_VALUES - 2) + b"0]")) == MAX_VALUES - 1


@pytest.mark.parametrize(
    "body",
    [
        b'\\"' * (MAX_BYTES // 2),
        b'"\\' * (MAX_BYTES // 2),
        b'"' * MAX_BYTES,
        b"\\" * MAX_BYTES,
        b'"' + b"\\" * (MAX_BYTES - 1),
        b"[" + b"1" * (MAX_BYTES - 2) + b"]",
        b'{"k' + b',"k'.join(b'%090d":1' % n for n in (*range(9989), 9988)) + b"}",
    ],
    ids=lambda body: repr(body[:8]),
)
def test_a_megabyte_of_anything_is_refused_quickly(body):
    began = time.thread_time()
    with pytest.raises(ParseError):
        parse(body)

    assert time.thread_time() - began < 1


# Forms


PART = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'


def send(body: bytes, parser: type[FileParser] = FileParser):
    request = RequestFactory().generic("POST", "/", body, "multipart/form-data; boundary=b")
    return parser.file(Request(request, parsers=[parser()]), "file")


@pytest.mark.parametrize(
    "part",
    [
        PART % (b"a", b"", b"x"),
        PART % (b"file", b'; filename="a"', b"x"),
        b'--b\r\nContent-Disposition: form-data; filename="a"\r\n\r\nx\r\n',
        b"--b\r\n\r\nx\r\n",
    ],
)
def test_a_form_with_too_many_parts_is_refused(part):
    with pytest.raises(ParseError):
        send(part * 5_000 + b"--b--\r\n")


@pytest.mark.parametrize("size", [10, 1024 * 1024 + 1])
@pytest.mark.parametrize("name", [b"a." + b"x" * 250, b"&#xD800;.png", b"a\0b", b"../a"])
def test_a_file_may_have_any_name(name, size):
    whole = PART % (b"file", b'; filename="%s"' % name, b"x" * size) + b"--b--\r\n"

    assert send(whole, PictureParser).size == size


@pytest.mark.parametrize(
    "name", [b"\xed\xa0\x80", b"a\0b", b"x" * 900, b"&#xD800;", b"%ED%A0%80", b"a\\ud800"]
)
def test_an_unknown_field_of_any_name_is_reported(name):
    with pytest.raises(APIException) as refused:
        send(PART % (name, b"", b"x") + b"--b--\r\n")

    assert refused.value.status_code == 400
