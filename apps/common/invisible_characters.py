"""
Characters that are invisible, or that change the direction of the text: names must not have them.

Some are parts of letters and of emoji, where they are kept.
"""

import re
import unicodedata

_BLANK = ("Cf", "Cc", "Zs", "Zl", "Zp")
_BRAILLE_BLANK = "\u2800"
# Fillers, blank vowels, and code points that Unicode reserves for invisible characters.
_NEVER_VISIBLE = re.compile(
    "[\x80-\x9f\u034f\u115f\u1160\u17b4\u17b5\u2065\u3164\uffa0\ufff0-\ufff8\U00016fe4"
    "\U000e0000-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff]"
)
# Visible signs around numbers and abbreviations, although their category is Cf.
_VISIBLE = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
_JOINERS = "\u200c\u200d"
_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_TAGS = "\U000e0020-\U000e007f"
# Characters that joiners join and selectors vary: emoji, ideographs and letters from Hebrew on, but
# not spaces, invisible characters, or Latin and Greek letters, which have only one form.
_BASE = (
    "[\xa9\xae\u0590-\u167f\u1681-\u180a\u1810-\u1dff\u2010-\u2027\u2030-\u205e\u2070-\u27ff"
    "\u2801-\u2fff\u3001-\ufdff\ufe10-\U000dffff]"
)
_VALID_OR_STRAY = re.compile(
    f"(\U0001f3f4[{_TAGS}]{{1,6}}\U000e007f"  # flags of regions
    "|(?<=[0-9#*])\ufe0f(?=\u20e3)"  # keycaps
    f"|(?<={_BASE})[{_SELECTORS}]"
    f"|(?<={_BASE})[{_JOINERS}](?={_BASE})"
    f"|(?<={_BASE}[\ufe0e\ufe0f])\u200d(?={_BASE}))"
    f"|[{_JOINERS}{_SELECTORS}{_TAGS}]"
)
_DEPENDENT = re.compile(f"[{_JOINERS}{_SELECTORS}{_TAGS}]")


def remove_invisible(text: str) -> str:
    """Return a line of text without bidirectional controls and invisible characters."""
    if text.isascii():
        return text
    visible = (char for char in _NEVER_VISIBLE.sub("", text) if not _is_always_invisible(char))
    return _VALID_OR_STRAY.sub(lambda match: match[1] or "", "".join(visible))


def is_blank(text: str) -> bool:
    """Return whether the text has no visible character."""
    return all(unicodedata.category(char) in _BLANK or char == _BRAILLE_BLANK for char in text)


def _is_always_invisible(character: str) -> bool:
    return (
        unicodedata.category(character) == "Cf"
        and character not in _VISIBLE
        and _DEPENDENT.match(character) is None
    )
