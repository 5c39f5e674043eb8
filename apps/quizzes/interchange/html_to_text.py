"""Convert HTML to plain text."""

import re
from html.parser import HTMLParser

import nh3

from apps.common.html_limits import HtmlLimits, TooMuchMarkup
from apps.quizzes.interchange.errors import InvalidFile

# More than any valid text needs, and fast to parse, however the elements are nested.
MAX_CHARACTERS = 65_536
MAX_TAGS = 2_000
MAX_OPEN = 200
MAX_WORK = 20_000

_BLOCK_NAMES = """
    address article aside blockquote caption center dd details div dl dt figcaption figure footer
    h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tr ul
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_CELLS = frozenset({"td", "th"})
_TAGS = _BLOCKS | _CELLS | {"br", "img", "sup"}
_CLEANER = nh3.Cleaner(tags=_TAGS, attributes={"img": {"alt"}}, link_rel=None)
_SPACES = re.compile(r"[ \t\n\r\f]+")
_SUPERSCRIPTS = str.maketrans("0123456789+-=()in", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿ")


def html_to_text(html: str, *, keep_lines: bool = False) -> str:
    """
    Return the visible text: an image becomes its alternative text, 10<sup>3</sup> becomes 10³.

    :param keep_lines: keep the line breaks of the source, as in Moodle's automatic format
    :raises InvalidFile: the text is too long, or parsing it would take too long
    """
    _check_limits(html)
    parser = _TextParser(keep_lines=keep_lines)
    # Cleaned HTML is well-formed, so parsing it takes time in proportion to its length.
    parser.feed(_CLEANER.clean(html))
    parser.close()
    return parser.text()


def _check_limits(html: str) -> None:
    try:
        if len(html) > MAX_CHARACTERS:
            raise TooMuchMarkup
        HtmlLimits(tags=MAX_TAGS, open=MAX_OPEN, work=MAX_WORK).add(html)
    except TooMuchMarkup as error:
        raise InvalidFile("too_much_markup") from error


class _TextParser(HTMLParser):
    def __init__(self, *, keep_lines: bool):
        super().__init__()
        self._lines: list[str] = []
        self._line: list[str] = []
        self._keep_lines = keep_lines
        self._pre_depth = 0
        self._sup_depth = 0

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
        self._change_depth(tag, 1)

    def handle_endtag(self, tag):
        if tag in _BLOCKS:
            self._end_block()
        elif tag in _CELLS:
            self._line.append("\t")
        self._change_depth(tag, -1)

    def handle_data(self, data):
        if self._sup_depth:
            data = _to_superscript(data)
        if self._pre_depth or (self._keep_lines and data.strip()):
            first_line, *lines = data.split("\n")
            self._line.append(first_line)
            for line in lines:
                self._end_line()
                self._line.append(line)
        else:
            self._append_collapsed(_SPACES.sub(" ", data))

    def _append_collapsed(self, data: str) -> None:
        follows_space = not self._line or self._line[-1][-1:].isspace()
        self._line.append(data.lstrip(" ") if follows_space else data)

    def _change_depth(self, tag: str, step: int) -> None:
        self._pre_depth += step * (tag == "pre")
        self._sup_depth += step * (tag == "sup")

    def _end_line(self) -> None:
        line = "".join(self._line)
        self._lines.append(line.rstrip() if self._pre_depth else line.strip())
        self._line = []

    def _end_block(self) -> None:
        if any(part.strip() for part in self._line):
            self._end_line()
        self._line = []


def _to_superscript(text: str) -> str:
    """Return the text in superscript characters, or after a `^` if a character has none."""
    superscript = text.strip().translate(_SUPERSCRIPTS)
    unchanged = set(superscript) & set(text.strip())
    return "^" + text if unchanged else superscript
