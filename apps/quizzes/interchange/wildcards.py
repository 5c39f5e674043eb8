r"""The `*` of Moodle's short answers stands for any text, and `\*` for itself."""

import re

_WILDCARD = re.compile(r"(?<!\\)\*")


def are_in(pattern: str) -> bool:
    return _WILDCARD.search(pattern) is not None


def literal(pattern: str) -> str:
    return pattern.replace(r"\*", "*")


def pattern_of(text: str) -> str:
    return text.replace("*", r"\*")
