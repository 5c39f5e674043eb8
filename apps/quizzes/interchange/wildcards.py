r"""In Moodle's short answers, `*` matches any text, and `\*` is an asterisk."""

import re

_WILDCARD = re.compile(r"(?<!\\)\*")


def has_wildcard(pattern: str) -> bool:
    return _WILDCARD.search(pattern) is not None


def unescape(pattern: str) -> str:
    return pattern.replace(r"\*", "*")


def escape(text: str) -> str:
    return text.replace("*", r"\*")
