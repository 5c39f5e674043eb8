"""Settings come from the environment; an invalid one prevents the start with one sentence."""

import os
import re
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from lms import env

REQUIRED = {"SECRET_KEY": "k" * 50, "ALLOWED_HOSTS": "localhost"}


def test_a_setting_that_is_empty_counts_as_not_set(monkeypatch):
    monkeypatch.setenv("LMS_X", "  ")

    assert env.text("LMS_X", "default") == "default"
    assert env.number("LMS_X", default=7) == 7
    assert env.flag("LMS_X", default=True)
    assert env.words("LMS_X", "a, b,,") == ["a", "b"]
    assert env.email("LMS_X") is None


@pytest.mark.parametrize(("value", "expected"), [("on", True), ("TRUE", True), ("off", False)])
def test_flags_accept_on_and_off(monkeypatch, value, expected):
    monkeypatch.setenv("LMS_X", value)

    assert env.flag("LMS_X") is expected


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (env.flag, "perhaps"),
        (lambda name: env.number(name, default=1), "-1"),
        (lambda name: env.number(name, default=1), "x"),
        (lambda name: env.number(name, default=1), "٣"),
        (lambda name: env.number(name, default=1, least=1, most=65535), "0"),
        (lambda name: env.number(name, default=1, least=1, most=65535), "65536"),
        (lambda name: env.number(name, default=1), "9" * 4000),
        (lambda name: env.secret(name, at_least=50), "short"),
        (lambda name: env.required_words(name, "why"), " , "),
        (lambda name: env.rate(name, "1/1"), "10"),
        (lambda name: env.rate(name, "1/1"), "0/60"),
        (lambda name: env.rate(name, "1/1"), "10/²"),
        (lambda name: env.database(name, ""), "nosuch://x"),
        (lambda name: env.database(name, ""), "postgres://"),
        (env.email, "nosuch://x"),
        (lambda name: env.url(name, "redis"), "mongodb://x"),
        (lambda name: env.url(name, "redis"), "redis://"),
        (lambda name: env.url(name, "redis"), "localhost:6379"),
    ],
)
def test_an_invalid_value_is_refused_by_name(monkeypatch, read, value):
    monkeypatch.setenv("LMS_X", value)

    with pytest.raises(ImproperlyConfigured, match="LMS_X"):
        read("LMS_X")


def test_the_message_about_an_invalid_url_contains_no_password(monkeypatch):
    monkeypatch.setenv("LMS_X", "nosuch://user:hunter2@host/db")

    for read in (lambda: env.database("LMS_X", ""), lambda: env.email("LMS_X")):
        with pytest.raises(ImproperlyConfigured) as refused:
            read()
        assert "hunter2" not in str(refused.value)


def test_email_settings_are_read_from_a_url(monkeypatch):
    monkeypatch.setenv("LMS_X", "smtp+tls://ada:pass%40word@mail.example.org:587")

    mail = env.email("LMS_X")

    assert (mail["EMAIL_HOST"], mail["EMAIL_PORT"], mail["EMAIL_USE_TLS"]) == (
        "mail.example.org",
        587,
        True,
    )
    assert (mail["EMAIL_HOST_USER"], mail["EMAIL_HOST_PASSWORD"]) == ("ada", "pass@word")


@pytest.mark.parametrize("missing", REQUIRED)
@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "manage.py", "migrate"],
        [sys.executable, "-m", "gunicorn", "-c", "python:lms.serving.server", "lms.wsgi"],
    ],
    ids=["manage.py", "gunicorn"],
)
def test_nothing_starts_without_the_required_settings(tmp_path, command, missing):
    environment = {name: value for name, value in REQUIRED.items() if name != missing}

    result = _run(command, LMS_DATA_DIR=str(tmp_path), **environment)

    assert result.returncode == 1
    assert missing in result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_key_under_fifty_characters_is_refused(tmp_path):
    result = _run(
        [sys.executable, "manage.py", "check"],
        LMS_DATA_DIR=str(tmp_path),
        **REQUIRED | {"SECRET_KEY": "k" * 49},
    )

    assert result.returncode == 1
    assert "at least 50 random characters" in result.stderr


def test_every_setting_is_in_the_example():
    listed = set(re.findall(r"^# ([A-Z][A-Z0-9_]+)=", _read(".env.example"), re.MULTILINE))
    sources = "".join(
        _read(f"lms/{name}.py")
        for name in ("settings", "serving/server", "serving/worker", "serving/launch")
    )
    names = r'env\.\w+\(\s*"([A-Z][A-Z0-9_]+)"'
    read = set(re.findall(names, sources)) | {"LMS_DATA_DIR"}

    assert read == listed


def _run(command: list[str], **environment: str) -> subprocess.CompletedProcess:
    unset = {"PATH": os.environ["PATH"]}
    return subprocess.run(
        command, env=unset | environment, cwd=env.ROOT, capture_output=True, text=True, timeout=300
    )


def _read(name: str) -> str:
    return (env.ROOT / name).read_text()
