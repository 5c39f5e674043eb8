import re

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_BREAK = re.compile(r"[\n\r\t\x85\u2028\u2029]")


def has_control_character(text: str) -> bool:
    return _CONTROL.search(text) is not None


def join_lines(text: str) -> str:
    """Return the text with a space for each line break: choices and answers are single lines."""
    if not _LINE_BREAK.search(text):
        return text.strip()
    parts = (part.strip() for part in _LINE_BREAK.split(text))
    return " ".join(part for part in parts if part)
