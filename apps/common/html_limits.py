"""How much work hostile HTML makes for a parser, counted before it is parsed.

An HTML5 parser looks through the elements that are open at many tags, and makes all open formatting
elements again in each block: 200 unclosed `<b title=…>` before 50,000 paragraphs are ten million
elements. So elements are counted as open until they are surely closed; where this differs from what
a parser does, more are counted as open here.
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
_CLOSES_ITSELF = {"dd", "dt", "li", "option", "p", "td", "th", "tr"}  # at the next of its name
_CLOSED_BY_BLOCKS = {(name, True) for name in _CLOSES_ITSELF | {"tbody", "tfoot", "thead"}}
_BLOCKS = {
    "article", "aside", "blockquote", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "li", "ol", "section", "summary", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul",
}  # fmt: skip
# What is within them is not read as tags, or end tags do not close what was open before.
_SPECIAL = {
    "applet", "body", "frameset", "head", "html", "iframe", "marquee", "math", "noembed",
    "noframes", "noscript", "object", "plaintext", "script", "select", "style", "svg", "template",
    "textarea", "title", "xmp",
}  # fmt: skip


class TooMuchMarkup(ValueError):
    """Parsing the HTML would take too long, or too much memory."""


class HtmlLimits:
    """
    Counts the tags of one piece of HTML, in their order, and refuses what is beyond its bounds.

    :param tags: the most tags that people have written themselves
    :param open: the most elements that are open at the same time
    :param work: the most of all open elements, summed over all tags
    """

    def __init__(self, *, tags: int, open: int, work: int):
        self._most_tags, self._most_open, self._most_work = tags, open, work
        self._tags = self._work = 0
        self._open: list[tuple[str, bool]] = []  # name, and whether people have written it
        self._written = 0  # of those
        self._closes = True  # whether end tags are believed

    def add(self, html: str) -> None:
        """
        Count HTML that people have written.

        :raises TooMuchMarkup: it is beyond a bound
        """
        for piece in html.split("<")[1:]:
            self._tags += 1
            if self._tags > self._most_tags:
                raise TooMuchMarkup
            self._add_piece(piece)
            self._count()

    def open(self, name: str) -> None:
        """Count the start tag of an element that is surely closed later by `close`."""
        self._open.append((name, False))
        self._count()

    def close(self, name: str) -> None:
        """Count its end tag; what people have left open in it stays open."""
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place] == (name, False):
                del self._open[place]
                break
        self._count()

    def _add_piece(self, piece: str) -> None:
        """Count what follows one `<`, up to the next."""
        tag = _PLAIN_TAG.match(piece)
        if tag is None:
            self._add_strange(piece)
        elif tag[1]:
            self._close_written(tag[2].lower())
        else:
            self._open_written(tag[2].lower())

    def _add_strange(self, piece: str) -> None:
        """Count what is no plain tag; from then on no end tag is sure to be one."""
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
        if name in _VOID or (name in _CLOSES_ITSELF and last == (name, True)):
            return
        self._open.append((name, True))
        self._written += 1
        if self._written > self._most_open:
            raise TooMuchMarkup

    def _close_written(self, name: str) -> None:
        """Close the innermost element, with those in it that its end tag closes, too."""
        place = len(self._open) - 1
        while name in _BLOCKS and place >= 0 and self._open[place] in _CLOSED_BY_BLOCKS:
            if self._open[place][0] == name:
                break
            place -= 1
        if self._closes and place >= 0 and self._open[place] == (name, True):
            self._written -= len(self._open) - place
            del self._open[place:]

    def _count(self) -> None:
        self._work += self._written
        if self._work > self._most_work:
            raise TooMuchMarkup
