"""Logs are JSON lines unless they go to a terminal, and contain no personal data."""

import io
import json
import logging
import re

import pytest
from django.core.exceptions import DisallowedHost

from apps.common import logs


@pytest.fixture
def written(monkeypatch):
    """Return a function that logs a message and returns the written line."""
    stream = io.StringIO()

    def write(*args, level=logging.WARNING, name="lms.test", **options) -> str:
        handler = _handler(stream)
        logger = logging.Logger(name)
        logger.addHandler(handler)
        logger.log(level, *args, **options)
        return stream.getvalue()

    return write


def _handler(stream) -> logging.Handler:
    configuration = logs.configuration("INFO")
    formatter = configuration["formatters"]["default"]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter["()"](formatter.get("fmt") or formatter.get("format")))
    handler.addFilter(logs.RequestFilter())
    return handler


def test_a_line_is_json_with_the_request_id(written):
    token = logs.request_id.set("request-0001")
    try:
        line = written("It rained %s.", "cats")
    finally:
        logs.request_id.reset(token)

    assert json.loads(line) | {"asctime": ""} == {
        "asctime": "",
        "levelname": "WARNING",
        "name": "lms.test",
        "request_id": "request-0001",
        "message": "It rained cats.",
    }


def test_on_a_terminal_it_is_a_plain_line(monkeypatch, written):
    monkeypatch.setattr("sys.stderr", _Terminal())

    assert written("It rained.").endswith(" WARNING - It rained.\n")


@pytest.mark.parametrize(
    "secret",
    [
        "ada@example.org",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "mongodb://ada:hunter2@db.example.org/lms",
        "redis://:hunter2@cache.example.org",
        "password=hunter2",
        "/reset?uid=1&token=c0ffee-hunter2",
        "Authorization: Bearer abcdef.hunter2",
        "{'password': 'hunter2'}",
        '{"password1": "hunter2"}',
        '"refresh": "hunter2"',
    ],
)
def test_no_secret_is_logged(written, secret):
    line = written("Something happened with %s.", secret)

    assert "Something happened" in line
    for part in ("hunter2", "ada@", "eyJhb"):
        assert part not in line


def test_an_exception_is_logged_without_its_secrets(written):
    try:
        raise ValueError("no mail to ada@example.org, password=hunter2")
    except ValueError:
        line = written("It broke.", exc_info=True)

    assert "ValueError" in json.loads(line)["exc_info"]
    assert "ada@" not in line
    assert "hunter2" not in line


def test_a_request_is_logged_as_one_line_with_its_route(client, caplog):
    with caplog.at_level(logging.INFO, logger="lms.access"):
        client.get("/media/ada@example.org.png?token=hunter2")

    [record] = [each for each in caplog.records if each.name == "lms.access"]
    assert record.getMessage() == "GET /media/<path:name> 404"
    assert record.milliseconds >= 0


def test_an_error_that_django_logs_names_no_path(written, rf):
    request = rf.get("/api/courses/ada@example.org/?token=hunter2")
    request.id = "request-0002"

    line = written("%s: %s", "Internal Server Error", request.path, extra={"request": request})

    assert json.loads(line)["message"] == "Internal Server Error: (its path)"
    assert json.loads(line)["request_id"] == "request-0002"
    for secret in ("ada", "hunter2"):
        assert secret not in line


def test_a_refused_host_is_logged_as_one_short_line_without_the_host(written, rf):
    host = "ada@example.org" + "key" * 2500
    try:
        raise DisallowedHost(f"Invalid HTTP_HOST header: {host!r}.")
    except DisallowedHost as error:
        line = written(str(error), exc_info=error, name="django.security.DisallowedHost")

    assert json.loads(line)["name"] == "django.security.DisallowedHost"
    assert len(line) < 300
    assert "keykey" not in line


def test_a_refused_host_costs_only_a_line(client, capfd):
    assert client.get("/", headers={"Host": "key" * 2500}).status_code == 400

    assert "keykey" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    "secret", ["ada@example.org", "token=hunter2", "eyJhbGciOiJIUzI1NiJ9.e30.x"]
)
@pytest.mark.parametrize("cut", range(1, 12))
def test_a_long_message_is_truncated_before_a_word_that_may_be_secret(written, secret, cut):
    line = written("a" * (logs.LONGEST_VALUE - cut - 1) + " " + secret)

    assert len(json.loads(line)["message"]) <= logs.LONGEST_VALUE
    for part in ("ada", "hunter", "eyJ"):
        assert part not in line


def test_a_long_exception_is_truncated(written):
    try:
        raise ValueError("word " * 100_000)
    except ValueError:
        line = written("It broke.", exc_info=True)

    assert "ValueError" in json.loads(line)["exc_info"]
    assert len(line) < 2 * logs.LONGEST_TRACE


@pytest.mark.parametrize(
    "value",
    [{"password": "hunter2"}, ["ada@example.org"], ValueError("token=hunter2"), "key=hunter2"],
)
def test_no_other_value_of_a_line_contains_a_secret(written, value):
    line = written("It rained.", extra={"about": value, "number": 5})

    assert json.loads(line)["number"] == 5
    for part in ("hunter2", "ada@"):
        assert part not in line


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.org+eve@example.org",
        "x_eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "MY_SECRET_KEY = hunter2",
        "password" + "x" * 500 + "=hunter2",
        "a" * 100 + "@example.org",
        "key:  bearer   hunter2",
    ],
)
def test_words_of_any_length_are_redacted(text):
    for part in ("hunter2", "eve", "example", "sdWIi"):
        assert part not in logs.redact(text)


@pytest.mark.parametrize(
    "address",
    [
        *("ada@localhost", "ada@[192.0.2.1]", "ada@[IPv6:2001:db8::1]", "o'ada@example.org"),
        *("ada!b@example.org", "b/ada@example.org", "b{ada}$%&*=?^`|~@example.org", "ada.@example"),
        *("ádá@bücher.example", "ada@xn--bcher-kva.example", "ada%40example.org", "a%40b@ada.org"),
    ],
)
@pytest.mark.parametrize(
    "template",
    ["{}", "mail to {}: refused", "<{}>", "('{}', 5)", '{{"to": "{}"}}', "@x@{}", "mailto:{}, x"],
)
def test_every_form_of_an_email_address_is_redacted(address, template):
    text = logs.redact(template.format(address))

    for part in re.findall(r"\w+", address.replace("%40", " ")):
        assert not re.search(rf"\b{part}\b", text.replace("[redacted]", "")), text


@pytest.mark.parametrize(
    "text",
    ["    @wraps(view)", "a @ b", "GET /api/courses/<id>/ 200 in 5 ms", "mongodb://db.example/lms"],
)
def test_text_without_an_email_address_stays(text):
    assert logs.redact(text) == text


def test_gunicorn_uses_the_same_format():
    loggers = logs.configuration("INFO")["loggers"]

    assert loggers["gunicorn.error"] == {"level": "WARNING", "handlers": [], "propagate": True}


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True
