"""Logs: JSON lines, or plain ones on a terminal; nothing personal is in either."""

import logging
import logging.config
import re
import sys
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter

request_id: ContextVar[str] = ContextVar("request_id", default="-")

_NAMED = re.compile(  # what a name says is secret, in a query, an assignment or a dictionary
    r"""(?ix)
    ((?:password|passwd|secret|token|refresh|access|authorization|cookie|key)\w*
    \\?["']?\s*[:=]\s*\\?["']?(?:bearer\s+)?)
    [^\s"'\\,;&}]+
    """
)
_SHAPED = re.compile(  # what its shape says is secret
    r"""(?ix)
    [\w.+-]+@[\w-]+(\.[\w-]+)+                     # a mail address
    | eyJ[\w-]+\.[\w-]+\.[\w-]+                    # a JSON web token
    | (?<=bearer\s)[^\s"']+
    | (?<=://)[^/\s@]+(?=@)                        # user and password in a URL
    """
)


class RequestFilter(logging.Filter):
    """Puts the request's id on each record, and takes its address off: people type into it."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = record.__dict__.pop("request", None)
        record.request_id = getattr(request, "id", None) or request_id.get()
        path = getattr(request, "path", None)
        if path and isinstance(record.args, tuple):
            record.args = tuple("(its path)" if arg == path else arg for arg in record.args)
        return True


class Plain(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class JsonLines(JsonFormatter):
    def process_log_record(self, log_data: dict) -> dict:
        return {
            name: redact(value) if isinstance(value, str) else value
            for name, value in super().process_log_record(log_data).items()
        }


def redact(text: str) -> str:
    """Return the text without addresses, tokens and passwords, whoever let them in."""
    return _SHAPED.sub("[redacted]", _NAMED.sub(r"\1[redacted]", text))


def configure(options: dict) -> None:
    """Set up logging for the process; `level` is the root's."""
    logging.config.dictConfig(configuration(options["level"]))


def configuration(level: str) -> dict:
    plain = {"()": Plain, "format": "%(asctime)s %(levelname)s %(request_id)s %(message)s"}
    lines = {
        "()": JsonLines,
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
