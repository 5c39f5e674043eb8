"""Logs without personal data: JSON lines, or plain lines on a terminal."""

import logging
import logging.config
import re
import sys
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter

request_id: ContextVar[str] = ContextVar("request_id", default="-")

LONGEST_VALUE = 2_000  # characters of a message or of another value in a line
LONGEST_TRACE = 20_000

# Clients influence what is logged, so both expressions must run in linear time: a match starts only
# at the beginning of a word, or cannot fail, and a possessive `++` never backtracks.
_SECRET_BY_NAME = re.compile(  # in a query, an assignment or a dictionary
    r"""(?ix)
    ((?<!\w)(?=\w*?(?:password|passwd|secret|token|refresh|access|authorization|cookie|key))\w++
    \\?["']?\s*+[:=]\s*+\\?["']?(?:bearer\s++)?)
    [^\s"'\\,;&}]+
    """
)
_SECRET_BY_FORM = re.compile(
    r"""(?ix)
    (?:(?<![^\s"(),:;<>\[\]\\@])|(?<=%40))              # what an email address may be: a word
    (?:(?!%40)[^\s"(),:;<>\[\]\\@])++(?:@|%40)[^\s"(),;<>\\]++  # with an @ in it
    | (?-i:eyJ)[\w-]++(?:\.[\w-]*+){0,2}                # a JSON web token, or its beginning
    | (?<=bearer\s)[^\s"']+
    | (?<=://)[^/\s@]++(?=@)                            # user and password in a URL
    """
)


class RequestFilter(logging.Filter):
    """
    Add the request's id to each record, and remove its path, which may contain personal data.

    When Django refuses a suspicious request, only the logger's name is written, which names the
    reason: no rate limit applies yet, and the message repeats what the client sent.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security."):
            record.msg, record.args = "The request was refused.", ()
            record.exc_info = record.exc_text = None
        request = record.__dict__.pop("request", None)
        record.request_id = getattr(request, "id", None) or request_id.get()
        path = getattr(request, "path", None)
        if path and isinstance(record.args, tuple):
            record.args = tuple("(its path)" if arg == path else arg for arg in record.args)
        return True


class PlainFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redact(_truncate(super().format(record), LONGEST_TRACE))


class JsonLinesFormatter(JsonFormatter):
    def process_log_record(self, log_data: dict) -> dict:
        return {
            name: _format_value(value, LONGEST_TRACE if name == "exc_info" else LONGEST_VALUE)
            for name, value in super().process_log_record(log_data).items()
        }


def redact(text: str) -> str:
    """Return the text without email addresses, tokens and passwords."""
    return _SECRET_BY_FORM.sub("[redacted]", _SECRET_BY_NAME.sub(r"\1[redacted]", text))


def _format_value(value: object, most: int) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact(_truncate(str(value), most))


def _truncate(text: str, most: int) -> str:
    """Return the beginning of the text, up to a whole word: part of a secret is not recognized."""
    if len(text) <= most:
        return text
    return "".join(re.split(r"(\s+)", text[:most])[:-1]) + "…"


def configure(options: dict) -> None:
    """Set up logging for the process; `level` is the root logger's."""
    logging.config.dictConfig(configuration(options["level"]))


def configuration(level: str) -> dict:
    plain = {"()": PlainFormatter, "format": "%(asctime)s %(levelname)s %(request_id)s %(message)s"}
    lines = {
        "()": JsonLinesFormatter,
        "fmt": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s",
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request": {"()": RequestFilter}},
        "formatters": {"default": plain if sys.stderr.isatty() else lines},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "default",
                "filters": ["request"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.request": {"level": "ERROR"},  # The access log already has a line for each 4xx.
            "pymongo": {"level": "WARNING"},
            "celery": {"level": "WARNING"},
            "gunicorn.error": {"level": "WARNING", "handlers": [], "propagate": True},
        },
    }
