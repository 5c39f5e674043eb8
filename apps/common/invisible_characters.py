"""
Characters that leave no mark on a page, or turn the text around them: none belongs into a name.

Some of them are parts of letters and of emoji, and stay there.
"""

import re
import unicodedata

_BLANK = ("Cf", "Cc", "Zs", "Zl", "Zp")
_BRAILLE_BLANK = "\u2800"
# Fillers, blank vowels and what Unicode reserves for invisible characters.
_NEVER_SEEN = re.compile(
    "[\x80-\x9f\u034f\u115f\u1160\u17b4\u17b5\u2065\u3164\uffa0\ufff0-\ufff8\U00016fe4"
    "\U000e0000-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff]"
)
# Of category Cf, but signs around numbers and abbreviations that are seen.
_SEEN = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
_JOINERS = "\u200c\u200d"
_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_TAGS = "\U000e0020-\U000e007f"
# What joiners join and selectors vary: emoji, ideographs and letters from Hebrew on, but neither
# spaces nor what is invisible itself, nor Latin and Greek letters, which have one form each.
_BASE = (
    "[\xa9\xae\u0590-\u167f\u1681-\u180a\u1810-\u1dff\u2010-\u2027\u2030-\u205e\u2070-\u27ff"
    "\u2801-\u2fff\u3001-\ufdff\ufe10-\U000dffff]"
)
_IN_PLACE_OR_NOT = re.compile(
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
    seen = "".join(one for one in _NEVER_SEEN.sub("", text) if not _is_unseen_anywhere(one))
    return _IN_PLACE_OR_NOT.sub(lambda found: found[1] or "", seen)


def is_blank(text: str) -> bool:
    """Say whether nothing of a text is seen."""
    return all(unicodedata.category(one) in _BLANK or one == _BRAILLE_BLANK for one in text)


def _is_unseen_anywhere(character: str) -> bool:
    return (
        unicodedata.category(character) == "Cf"
        and character not in _SEEN
        and _DEPENDENT.match(character) is None
    )
