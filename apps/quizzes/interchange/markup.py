"""HTML as plain text."""

import re
from html.parser import HTMLParser

import nh3
from django.utils.translation import gettext as _

from apps.common.html_limits import HtmlLimits, TooMuchMarkup
from apps.quizzes.interchange.moodle import Refused

# More than any text of ours needs, and little enough to be read in no time, however it is nested.
MOST_CHARACTERS = 65_536
MOST_TAGS = 2_000
MOST_OPEN = 200
MOST_WORK = 20_000

_NAMES_OF_BLOCKS = """
    address article aside blockquote caption center dd details div dl dt figcaption figure footer
    h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tr ul
"""
_BLOCKS = frozenset(_NAMES_OF_BLOCKS.split())
_CELLS = frozenset({"td", "th"})
_OTHERS = frozenset({"br", "img", "sup"})
_CLEANER = nh3.Cleaner(tags=_BLOCKS | _CELLS | _OTHERS, attributes={"img": {"alt"}}, link_rel=None)
_SPACES = re.compile(r"[ \t\n\r\f]+")
_RAISED = str.maketrans("0123456789+-=()in", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿ")


def plain_text(html: str, *, keep_lines: bool = False) -> str:
    """
    Return what a reader sees: an image as its alternative text, 10<sup>3</sup> as 10³.

    With `keep_lines`, line breaks of the source are some of the text, too, as where Moodle
    formats what was typed.

    :raises Refused: there is more of it than a text of ours could need
    """
    _check_bounds(html)
    reader = _Reader(keep_lines=keep_lines)
    reader.feed(
        _CLEANER.clean(html)
    )  # well-formed now, so reading it takes no longer than it is long
    reader.close()
    return reader.text()


def _check_bounds(html: str) -> None:
    try:
        if len(html) > MOST_CHARACTERS:
            raise TooMuchMarkup
        HtmlLimits(tags=MOST_TAGS, open=MOST_OPEN, work=MOST_WORK).add(html)
    except TooMuchMarkup as error:
        raise Refused(_("A text is too long, or has too much mark-up.")) from error


class _Reader(HTMLParser):
    def __init__(self, *, keep_lines: bool):
        super().__init__()
        self._lines: list[str] = []
        self._line: list[str] = []
        self._keep_lines = keep_lines
        self._pre = 0
        self._sup = 0

    def text(self) -> str:
        self._end_block()
        return "\n".join(self._lines).strip()

    def handle_starttag(self, tag, attrs):
        if tag == "br":
            self._end_line()
        elif tag == "img":
            self._line.append(dict(attrs).get("alt") or "")
        elif tag in _BLOCKS:
            self._end_block()
        self._count(tag, 1)

    def handle_endtag(self, tag):
        if tag in _BLOCKS:
            self._end_block()
        elif tag in _CELLS:
            self._line.append("\t")
        self._count(tag, -1)

    def handle_data(self, data):
        if self._sup:
            data = _raised(data)
        if self._pre or (self._keep_lines and data.strip()):
            first, *others = data.split("\n")
            self._line.append(first)
            for other in others:
                self._end_line()
                self._line.append(other)
        else:
            self._append_spaced(_SPACES.sub(" ", data))

    def _append_spaced(self, data: str) -> None:
        follows_space = not self._line or self._line[-1][-1:].isspace()
        self._line.append(data.lstrip(" ") if follows_space else data)

    def _count(self, tag: str, step: int) -> None:
        self._pre += step * (tag == "pre")
        self._sup += step * (tag == "sup")

    def _end_line(self) -> None:
        line = "".join(self._line)
        self._lines.append(line.rstrip() if self._pre else line.strip())
        self._line = []

    def _end_block(self) -> None:
        if any(part.strip() for part in self._line):
            self._end_line()
        self._line = []


def _raised(text: str) -> str:
    """Return a text in raised figures, or where there are none with a mark before it."""
    raised = text.strip().translate(_RAISED)
    as_it_was = set(raised) & set(text.strip())
    return "^" + text if as_it_was else raised
