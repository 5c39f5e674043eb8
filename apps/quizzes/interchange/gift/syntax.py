r"""
GIFT's special characters, and the escapes for them.

As in Moodle, each escape is first replaced by a control character, which no text contains. All
special characters that remain are syntax.
"""

import re

FORMATS = ("html", "markdown", "plain", "moodle")

_ESCAPABLE = "~=#{}:\n"
_PLACEHOLDERS = dict(zip(_ESCAPABLE, "\x01\x02\x03\x04\x05\x06\x0e", strict=True))
_UNESCAPED = str.maketrans({placeholder: sign for sign, placeholder in _PLACEHOLDERS.items()})
_ESCAPE = re.compile(r"\\([~=#{}:n\\])")
_PROTECTED = _PLACEHOLDERS | {"n": _PLACEHOLDERS["\n"], "\\": "\\"}
_ESCAPED = str.maketrans({sign: f"\\{sign}" for sign in "~=#{}:\\"} | {"\n": r"\n"})
_FORMAT = re.compile(rf"\[({'|'.join(FORMATS)})\]")


def protect_escapes(text: str) -> str:
    """Replace escapes by control characters; the text must not contain any."""
    return _ESCAPE.sub(lambda match: _PROTECTED[match[1]], text)


def unescape(text: str) -> str:
    """Replace protected escapes by the characters that they stand for."""
    return text.translate(_UNESCAPED)


def escape(text: str) -> str:
    return text.translate(_ESCAPED)


def split_format(text: str, default: str) -> tuple[str, str]:
    """Return the format at the start of a text, such as `[html]`, and the rest of the text."""
    if match := _FORMAT.match(text):
        return match[1], text[match.end() :]
    return default, text
