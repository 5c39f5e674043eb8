"""Logs: JSON lines, or plain ones on a terminal; nothing personal is in either."""

import logging
import logging.config
import re
import sys
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter

request_id: ContextVar[str] = ContextVar("request_id", default="-")

LONGEST = 2_000  # characters of a message or of another value of a line
LONGEST_TRACE = 20_000

# Requests choose what is logged, so both expressions take time in proportion to the text: a match
# begins only where a word begins, or cannot fail, and a possessive `++` gives nothing back.
_NAMED = re.compile(  # what a name says is secret, in a query, an assignment or a dictionary
    r"""(?ix)
    ((?<!\w)(?=\w*?(?:password|passwd|secret|token|refresh|access|authorization|cookie|key))\w++
    \\?["']?\s*+[:=]\s*+\\?["']?(?:bearer\s++)?)
    [^\s"'\\,;&}]+
    """
)
_SHAPED = re.compile(  # what its shape says is secret
    r"""(?ix)
    (?:(?<![^\s"(),:;<>\[\]\\@])|(?<=%40))              # what an email address may be: a word
    (?:(?!%40)[^\s"(),:;<>\[\]\\@])++(?:@|%40)[^\s"(),;<>\\]++  # with an @ in it
    | (?-i:eyJ)[\w-]++(?:\.[\w-]*+){0,2}                # a JSON web token, or its beginning
    | (?<=bearer\s)[^\s"']+
    | (?<=://)[^/\s@]++(?=@)                            # user and password in a URL
    """
)


class RequestFilter(logging.Filter):
    """Puts the request's id on each record, and takes its address off: people type into it.

    Of a request that Django refuses as suspicious only the logger's name is written, which names
    the reason: it comes before all rate limits, and its message repeats what the caller sent.
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
        return redact(_beginning(super().format(record), LONGEST_TRACE))


class JsonLinesFormatter(JsonFormatter):
    def process_log_record(self, log_data: dict) -> dict:
        return {
            name: _written(value, LONGEST_TRACE if name == "exc_info" else LONGEST)
            for name, value in super().process_log_record(log_data).items()
        }


def redact(text: str) -> str:
    """Return the text without addresses, tokens and passwords, whoever let them in."""
    return _SHAPED.sub("[redacted]", _NAMED.sub(r"\1[redacted]", text))


def _written(value: object, most: int) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact(_beginning(str(value), most))


def _beginning(text: str, most: int) -> str:
    """Return the text's first characters without the word that is cut: it may be a secret's."""
    if len(text) <= most:
        return text
    return "".join(re.split(r"(\s+)", text[:most])[:-1]) + "…"


def configure(options: dict) -> None:
    """Set up logging for the process; `level` is the root's."""
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
        "formatters": {"shown": plain if sys.stderr.isatty() else lines},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "shown",
                "filters": ["request"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.request": {"level": "ERROR"},  # each 4xx has its line already
            "pymongo": {"level": "WARNING"},
            "celery": {"level": "WARNING"},
            "gunicorn.error": {"level": "WARNING", "handlers": [], "propagate": True},
        },
    }
