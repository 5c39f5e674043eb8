r"""
Signs and escapes of GIFT.

As in Moodle, each escape is first replaced by a character that no text holds; what is left of the
signs is then what divides a question.
"""

import re

FORMATS = ("html", "markdown", "plain", "moodle")

_ESCAPABLE = "~=#{}:\n"
_PLACES = dict(zip(_ESCAPABLE, "\x01\x02\x03\x04\x05\x06\x0e", strict=True))
_SIGNS = str.maketrans({place: sign for sign, place in _PLACES.items()})
_ESCAPE = re.compile(r"\\([~=#{}:n\\])")
_PUT_ASIDE = _PLACES | {"n": _PLACES["\n"], "\\": "\\"}
_ESCAPED = str.maketrans({sign: f"\\{sign}" for sign in "~=#{}:\\"} | {"\n": r"\n"})
_FORMAT = re.compile(rf"\[({'|'.join(FORMATS)})\]")


def put_aside(text: str) -> str:
    """Replace the escapes; the text must not hold control characters."""
    return _ESCAPE.sub(lambda escape: _PUT_ASIDE[escape[1]], text)


def put_back(text: str) -> str:
    """Replace what was put aside by the signs themselves."""
    return text.translate(_SIGNS)


def escape(text: str) -> str:
    return text.translate(_ESCAPED)


def format_of(text: str, otherwise: str) -> tuple[str, str]:
    """Return the format that a text begins with, and the rest; other brackets are text."""
    if found := _FORMAT.match(text):
        return found[1], text[found.end() :]
    return otherwise, text
