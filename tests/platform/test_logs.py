"""Logs are lines of JSON where no terminal reads them, and nobody is named in them."""

import io
import json
import logging

import pytest

from apps.common import logs


@pytest.fixture
def written(monkeypatch):
    """Return a function that logs and gives back the line as it was written."""
    stream = io.StringIO()

    def write(*args, level=logging.WARNING, **options) -> str:
        handler = _handler(stream)
        logger = logging.Logger("lms.test")
        logger.addHandler(handler)
        logger.log(level, *args, **options)
        return stream.getvalue()

    return write


def _handler(stream) -> logging.Handler:
    made = logs.configuration("INFO")
    formatter = made["formatters"]["shown"]
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
def test_no_secret_is_written(written, secret):
    line = written("Something happened with %s.", secret)

    assert "Something happened" in line
    for part in ("hunter2", "ada@", "eyJhb"):
        assert part not in line


def test_an_exception_is_written_without_its_secrets(written):
    try:
        raise ValueError("no mail to ada@example.org, password=hunter2")
    except ValueError:
        line = written("It broke.", exc_info=True)

    assert "ValueError" in json.loads(line)["exc_info"]
    assert "ada@" not in line
    assert "hunter2" not in line


def test_a_request_is_one_line_of_its_route(client, caplog):
    with caplog.at_level(logging.INFO, logger="lms.access"):
        client.get("/media/ada@example.org.png?token=hunter2")

    [record] = [each for each in caplog.records if each.name == "lms.access"]
    assert record.getMessage() == "GET /media/<path:name> 404"
    assert record.milliseconds >= 0


def test_an_error_of_djangos_names_no_path(written, rf):
    request = rf.get("/api/courses/ada@example.org/?token=hunter2")
    request.id = "request-0002"

    line = written("%s: %s", "Internal Server Error", request.path, extra={"request": request})

    assert json.loads(line)["message"] == "Internal Server Error: (its path)"
    assert json.loads(line)["request_id"] == "request-0002"
    for secret in ("ada", "hunter2"):
        assert secret not in line


def test_gunicorn_writes_as_everybody_does():
    loggers = logs.configuration("INFO")["loggers"]

    assert loggers["gunicorn.error"] == {"level": "WARNING", "handlers": [], "propagate": True}


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True
