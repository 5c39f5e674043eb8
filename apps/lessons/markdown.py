"""Lesson text: Markdown as its author wrote it, and the HTML that a page may show.

Rendering 200,000 characters of prose takes a tenth of a second. Hostile text of the same length
could take a minute or become gigabytes; so whatever multiplies is counted before it is done.
"""

import re
from collections.abc import Callable, Iterator, Sequence

import nh3
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, list_block, table
from markdown_it.token import Token

from apps.common.capacity import Capacity
from apps.common.errors import Invalid
from apps.common.html_limits import HtmlLimits, TooMuchMarkup
from apps.common.normalization import normalize_line_breaks
from apps.lessons.documents import MOST_HTML_BYTES

MOST_LINES = 20_000
MOST_MARKS = 20_000
MOST_COLUMNS = 50
MOST_ROWS = 1_000  # of a table
MOST_CELLS = MOST_COLUMNS * MOST_ROWS  # of all tables
MOST_CONTAINERS = 5_000  # lists and quotes
MOST_LEVELS = 30  # of lists, quotes and emphasis within each other
MOST_NESTED_LINES = 100_000  # lines, each multiplied by the lists and quotes that contain it
MOST_TAGS = 5_000  # of HTML
MOST_OPEN = 200
MOST_WORK = 250_000  # open elements that an HTML parser meets, or makes again
_MARKS = "*_~[<"
# The markers of the lists and quotes that a line begins.
_PREFIX = re.compile(r"[ \t]*+(?:(?:>|(?:[*+-]|\d{1,9}[.)])(?![^ \t]))[ \t]*+)*+")
_NEW_LIST = re.compile(r" {0,3}(?:[*+-]|1[.)])[ \t]+[^ \t]")

BlockRule = Callable[[StateBlock, int, int, bool], bool]

_rendering = Capacity(2, wait=1.0)  # a request still writes afterwards, within two seconds


def _bounded_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a table, unless it is too large; its shorter rows would be filled up."""
    if not table(state, start, end, True):
        return False
    if silent:
        return True
    rows = next((line for line in range(start + 2, end) if state.isEmpty(line)), end) - start - 2
    divider = state.src[state.bMarks[start + 1] : state.eMarks[start + 1]]
    columns = divider.strip().strip("|").count("|") + 1
    state.env["cells"] = state.env.get("cells", 0) + rows * columns
    if columns > MOST_COLUMNS or rows > MOST_ROWS or state.env["cells"] > MOST_CELLS:
        raise _TooLarge(
            _("A table has more than %(columns)s columns or %(rows)s rows.")
            % {"columns": MOST_COLUMNS, "rows": MOST_ROWS}
        )
    return table(state, start, end, False)


def _counted(rule: BlockRule) -> BlockRule:
    """Count what the rule reads: thousands of quotes fit into one another in few characters."""

    def run(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        read = rule(state, start, end, silent)
        if read and not silent:
            state.env["containers"] = state.env.get("containers", 0) + 1
            if state.env["containers"] > MOST_CONTAINERS:
                raise _TooLarge(
                    _("There are more than %(number)s lists and quotes.")
                    % {"number": MOST_CONTAINERS}
                )
        return read

    return run


_DEEPEST = MOST_LEVELS + 10  # The parser does not look into anything deeper.
_markdown = MarkdownIt("commonmark", {"html": True, "maxNesting": _DEEPEST})
_markdown.enable(["table", "strikethrough"])
# With the rules of markdown-it that each of them may end.
for _name, _rule, _ended in (
    ("table", _bounded_table, ["paragraph", "reference"]),
    ("blockquote", _counted(blockquote), ["paragraph", "reference", "blockquote", "list"]),
    ("list", _counted(list_block), ["paragraph", "reference", "blockquote"]),
):
    _markdown.block.ruler.at(_name, _rule, {"alt": _ended})

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "dfn", "div",
    "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
    "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong",
    "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "abbr": {"title"},
    "code": {"class"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
}


class _TooLarge(ValueError):
    """The text is beyond a bound; its message is for people."""


def render(source: str) -> str:
    """
    Return sanitised HTML: no script, style, form, frame, event or address but http and mail.

    :raises Invalid: it would be too large, or take too long to make
    :raises Busy: other texts are being rendered
    """
    with _rendering:
        try:
            return _rendered(source)
        except TooMuchMarkup as error:
            message = _("There is too much HTML, or too many elements are left open.")
            raise Invalid(content=message) from error
        except _TooLarge as error:
            raise Invalid(content=str(error)) from error


def _rendered(source: str) -> str:
    source = normalize_line_breaks(source)
    _check_source(source)
    env: dict = {}
    tokens = _markdown.parse(source, env)
    _check_tokens(tokens)
    html = nh3.clean(
        _markdown.renderer.render(tokens, _markdown.options, env),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    _check_size(len(html.encode()))
    return html


def _check_source(source: str) -> None:
    """Count what takes long to read: each line, and each sign that may begin something."""
    if source.count("\n") > MOST_LINES:
        raise _TooLarge(_("The text has more than %(number)s lines.") % {"number": MOST_LINES})
    if sum(map(source.count, _MARKS)) > MOST_MARKS:
        raise _TooLarge(
            _("The text has more than %(number)s of the signs %(signs)s.")
            % {"number": MOST_MARKS, "signs": " ".join(_MARKS)}
        )
    if _count_nested_lines(source) > MOST_NESTED_LINES:
        raise _TooLarge(_("Too many lines are in nested lists or quotes."))


def _count_nested_lines(source: str) -> int:
    """
    Return at least the sum, over all lines, of the lists and quotes that contain the line.

    The parser looks at a line once for each of them. Text that follows a nested quote without a
    blank line continues it, however few characters it has.
    """
    total = depth = 0
    for line in source.split("\n"):
        match = _PREFIX.match(line)
        prefix = match[0] if match else ""
        spaces = prefix.count(" ") + 4 * prefix.count("\t")
        markers = len(prefix) - prefix.count(" ") - prefix.count("\t")
        own = min(markers + spaces // 2, _DEEPEST)
        ends_paragraph = not line.strip() or _NEW_LIST.match(line)
        carried = 0 if ends_paragraph else depth
        total += max(own, carried)
        depth = max(own if markers else 0, carried)
    return total


def _check_tokens(tokens: Sequence[Token]) -> None:
    """Count what takes long to write, or to sanitise."""
    html = HtmlLimits(tags=MOST_TAGS, open=MOST_OPEN, work=MOST_WORK)
    size = 0
    for token in _shown(tokens):
        if token.level >= MOST_LEVELS:
            raise _TooLarge(_("Lists, quotes or emphasis are nested too deep."))
        size += len(token.content) + sum(len(str(value)) for value in token.attrs.values())
        if token.type in ("html_block", "html_inline"):
            html.add(token.content)
        elif token.nesting > 0:
            html.open(token.tag)
        elif token.nesting < 0:
            html.close(token.tag)
    _check_size(size)


def _shown(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens that become HTML; what is in an image becomes its alternative text."""
    for token in tokens:
        if token.type == "inline":
            yield from token.children or ()
        else:
            yield token


def _check_size(size: int) -> None:
    if size > MOST_HTML_BYTES:
        raise _TooLarge(
            _("The page would be larger than 1 MB. Links that are repeated add to its size.")
        )
