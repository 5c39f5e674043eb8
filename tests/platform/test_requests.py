"""No header makes the server fail or hang."""

import io

import pytest
from django.http.cookie import parse_cookie

from apps.common.http.requests import Request, parse_cookies
from lms.wsgi import application


def ask(path: str = "/api/courses/", **environ: str) -> tuple[str, bytes]:
    """Return status and body of the product's response to a WSGI request."""
    statuses = []
    request = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
    }
    answer = application(request | environ, lambda status, headers: statuses.append(status))
    return statuses[0], b"".join(answer)


@pytest.mark.parametrize(
    "content_type",
    [
        "a; x*=nope''b",
        "a; x*" + "9" * 5000 + "=1; b",
        "a; x*0*=utf-8''a; x*0=b",
        "application/json; charset=zlib",
        "application/json; charset=idna",
        "application/json; charset=unicode_escape",
        "application/json; charset=" + "x" * 8000,
        "application/json; charset=\xff",
        "a;" + ";" * 8000,
        "\xff\xfe",
    ],
)
def test_an_unreadable_content_type_is_not_a_server_error(content_type):
    status, _ = ask(CONTENT_TYPE=content_type)
    assert status == "200 OK"

    status, body = ask(CONTENT_TYPE=content_type, QUERY_STRING="\\ud800=1&page=%ED%A0%80")
    assert status == "400 Bad Request"
    assert b"parameter does not exist" in body


def test_a_body_with_an_unreadable_content_type_is_a_415():
    body = {"CONTENT_LENGTH": "2", "wsgi.input": io.BytesIO(b"{}"), "REQUEST_METHOD": "POST"}

    status, _ = ask("/api/auth/login/", CONTENT_TYPE="application/json; x*=nope''b", **body)

    assert status == "415 Unsupported Media Type"


def test_a_body_is_utf_8_whatever_its_content_type_says():
    environ = {"CONTENT_TYPE": "application/json; charset=utf-16", "QUERY_STRING": "a=%C3%A9"}
    base = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "wsgi.input": io.BytesIO()}

    assert Request(base | environ).GET["a"] == "é"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "a=b; c=d",
        "a=b=c;;=d; e",
        'a="b c"',
        r'a="b\054c\"d\\e\9"',
        'a="',
        '""=""',
        "a=é",
        'messages="[[\\"__json_message\\"\\0540\\05425\\054\\"x\\"]]:1"',
    ],
)
def test_cookies_are_parsed_as_by_django(header):
    assert parse_cookies(header) == parse_cookie(header)


def test_an_if_match_with_a_page_of_tags_is_read():
    status, _ = ask(HTTP_IF_NONE_MATCH='"1-a",' * 1300, HTTP_IF_MATCH='"1-a",' * 1300)

    assert status == "200 OK"


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_COOKIE": "a=" + "b" * 8192},
        {"HTTP_HOST": "a" * 9000},
        {f"HTTP_X_{number}": "a" * 8000 for number in range(5)},
    ],
)
def test_headers_that_are_too_long_are_refused(headers):
    status, _ = ask(**headers)

    assert status == "400 Bad Request"


@pytest.mark.parametrize(
    "path",
    [
        "/" + "a" * 4000,
        "/api/courses/" + "a" * 4000 + "/",
        "/media/" + "a" * 4000,
        "/media/" + "a" * 256,
        "/media/" + "\xc3\xa9" * 200,
        "/media/" + "a/" * 250,
        "/media/a\0b",
        "/media/\xed\xa0\x80",
        "/static/" + "a" * 300,
        "/static/a\0b",
        "/unsubscribe/" + "a" * 400 + "/",
        "/unsubscribe/\0\xed\xa0\x80/",
        "/admin/r/" + "a/" * 2000 + "x",
        "/a\0b",
        "/\xed\xa0\x80",
    ],
)
def test_an_unknown_path_in_any_notation_is_a_404(path, settings):
    settings.MEDIA_ROOT.mkdir()  # Otherwise the file system would not check the name.
    status, _ = ask(path)

    assert status == "404 Not Found"


@pytest.mark.parametrize("path", ["/api/courses/", "/admin/login/"])
def test_too_many_parameters_are_a_400(path):
    status, _ = ask(path, QUERY_STRING="a&" * 1100)

    assert status == "400 Bad Request"


class Counted(io.BytesIO):
    """A body that counts how much of it was read."""

    taken = 0

    def read(self, *size) -> bytes:
        part = super().read(*size)
        self.taken += len(part)
        return part


NAMELESS = b'--b\r\nContent-Disposition: form-data; filename="x"\r\n\r\nx\r\n'


@pytest.mark.parametrize("path", ["/", "/courses", "/nosuch", "/admin/login/", "/health/live"])
@pytest.mark.parametrize(
    ("body", "most"),
    [(b"x" * 2_000_000, 0), (NAMELESS * 18_000, 200_000)],
    ids=["a large form", "a form of many parts"],
)
def test_no_page_reads_an_oversized_form(path, body, most):
    stream = Counted(body)
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "multipart/form-data; boundary=b",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_COOKIE": "csrftoken=" + "a" * 32,
        "wsgi.input": stream,
    }

    status, _ = ask(path, **environ)

    assert status.startswith("4")
    assert stream.taken <= most


def test_a_cookie_with_a_null_character_is_ignored():
    assert parse_cookies('sessionid="abc\\000def"; a=1') == {"a": "1"}
