"""
Estimate how much work hostile HTML causes for a parser, before it is parsed.

At many tags, an HTML5 parser searches the open elements, and it reopens all open formatting
elements in each block: 200 unclosed `<b title=…>` before 50,000 paragraphs become ten million
elements. So an element counts as open until it is certainly closed. Where this differs from the
parser, this module counts more open elements.
"""

import re

_PLAIN_TAG = re.compile(
    r"(/?)([a-z][a-z0-9-]*)"
    r"(?:\s+[a-z_:][\w.:-]*+(?:\s*=\s*(?:\"[^\">]*+\"|'[^'>]*+'|[^\s\"'=>`]++))?+)*+"
    r"\s*/?>",
    re.IGNORECASE,
)
_NAME = re.compile(r"[a-z][^\s/>]*", re.IGNORECASE)
_COMMENT = re.compile(r"!--(?!-?>)[^>]*-->")
_VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
}  # fmt: skip
_CLOSED_BY_NEXT = {"dd", "dt", "li", "option", "p", "td", "th", "tr"}  # of the same name
_CLOSED_BY_BLOCKS = {(name, True) for name in _CLOSED_BY_NEXT | {"tbody", "tfoot", "thead"}}
_BLOCKS = {
    "article", "aside", "blockquote", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "li", "ol", "section", "summary", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul",
}  # fmt: skip
# Their content is not parsed as tags, or end tags in it do not close elements around it.
_SPECIAL = {
    "applet", "body", "frameset", "head", "html", "iframe", "marquee", "math", "noembed",
    "noframes", "noscript", "object", "plaintext", "script", "select", "style", "svg", "template",
    "textarea", "title", "xmp",
}  # fmt: skip


class TooMuchMarkup(ValueError):
    """Parsing the HTML would take too long, or too much memory."""


class HtmlLimits:
    """
    Count the tags of an HTML text in their order, and refuse a text that exceeds a limit.

    :param tags: the maximum number of tags that the author has written
    :param open: the maximum number of elements that are open at the same time
    :param work: the maximum of the number of open elements, summed over all tags
    """

    def __init__(self, *, tags: int, open: int, work: int):
        self._most_tags, self._most_open, self._most_work = tags, open, work
        self._tags = self._work = 0
        self._open: list[tuple[str, bool]] = []  # name, and whether the author has written it
        self._written = 0  # open elements that the author has written
        self._closes = True  # whether end tags certainly close elements

    def add(self, html: str) -> None:
        """
        Count HTML that the author has written.

        :raises TooMuchMarkup: a limit is exceeded
        """
        for piece in html.split("<")[1:]:
            self._tags += 1
            if self._tags > self._most_tags:
                raise TooMuchMarkup
            self._add_piece(piece)
            self._count()

    def open(self, name: str) -> None:
        """Count the start tag of a generated element that `close` closes later."""
        self._open.append((name, False))
        self._count()

    def close(self, name: str) -> None:
        """Count the end tag of a generated element; the author's elements in it stay open."""
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index] == (name, False):
                del self._open[index]
                break
        self._count()

    def _add_piece(self, piece: str) -> None:
        """Count the text from a `<` to the next."""
        tag = _PLAIN_TAG.match(piece)
        if tag is None:
            self._add_unusual(piece)
        elif tag[1]:
            self._close_written(tag[2].lower())
        else:
            self._open_written(tag[2].lower())

    def _add_unusual(self, piece: str) -> None:
        """Count markup that is not a plain tag; after it, end tags may be ignored by a parser."""
        if _COMMENT.match(piece):
            return
        if piece[:1] in "!?/" or _NAME.match(piece):
            self._closes = False
        if name := _NAME.match(piece):
            self._open_written(name[0].lower())

    def _open_written(self, name: str) -> None:
        if name in _SPECIAL:
            self._closes = False
        last = self._open[-1] if self._open else ("", False)
        if name in _VOID or (name in _CLOSED_BY_NEXT and last == (name, True)):
            return
        self._open.append((name, True))
        self._written += 1
        if self._written > self._most_open:
            raise TooMuchMarkup

    def _close_written(self, name: str) -> None:
        """Close the innermost element, and the elements in it that its end tag closes as well."""
        index = len(self._open) - 1
        while name in _BLOCKS and index >= 0 and self._open[index] in _CLOSED_BY_BLOCKS:
            if self._open[index][0] == name:
                break
            index -= 1
        if self._closes and index >= 0 and self._open[index] == (name, True):
            self._written -= len(self._open) - index
            del self._open[index:]

    def _count(self) -> None:
        self._work += self._written
        if self._work > self._most_work:
            raise TooMuchMarkup
