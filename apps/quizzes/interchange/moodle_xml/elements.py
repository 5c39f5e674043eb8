"""XML as elements that know their line, one question at a time, by defusedxml."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

import defusedxml
import defusedxml.sax
from django.utils.translation import gettext as _

from apps.quizzes.interchange.moodle import Refused

ROOT, QUESTION = "quiz", "question"
DEEPEST = 20  # Moodle's own files have seven levels
MOST_ELEMENTS = 20_000  # of one question; one that is calculated may have thousands


@dataclass(slots=True)
class Element:
    name: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)  # of its text

    def find(self, name: str) -> Element | None:
        return next(self.find_all(name), None)

    def find_all(self, name: str) -> Iterator[Element]:
        return (child for child in self.children if child.name == name)

    def text_of(self, name: str, otherwise: str = "") -> str:
        """Return the text within a child element."""
        child = self.find(name)
        return otherwise if child is None else child.text()

    def text(self) -> str:
        """
        :raises Refused: there are elements in it
        """
        if self.children:
            raise Refused(
                _("HTML within an element of text must be escaped, or in CDATA."), line=self.line
            )
        return "".join(self.parts).strip()


def read_questions(data: bytes, take: Callable[[Element], None]) -> None:
    """
    Hand over each question as soon as it is read.

    :raises Refused: it is not XML, not of questions, or holds more than elements and texts
    """
    handler = _Handler(take)
    try:
        defusedxml.sax.parseString(data, handler, forbid_dtd=True)
    except SAXParseException as error:
        reason = _("This is not well-formed XML: %(why)s.") % {"why": error.getMessage()}
        raise Refused(reason, line=error.getLineNumber()) from error
    except defusedxml.DefusedXmlException as error:
        reason = _("Document types and entities are not allowed.")
        raise Refused(reason, line=handler.line) from error
    except (LookupError, ValueError) as error:  # Python's parser raises them for some encodings
        if handler.began:
            raise
        raise Refused(_("The encoding of the file is not known here."), line=1) from error


class _Handler(ContentHandler):
    def __init__(self, take: Callable[[Element], None]):
        super().__init__()
        self._take = take
        self._open: list[Element] = []
        self._number = 0  # of the elements in this question
        self.began = False

    def setDocumentLocator(self, locator):
        self._where = locator

    @property
    def line(self) -> int:
        return self._where.getLineNumber()

    def startElement(self, name, attrs):
        self.began = True
        self._refuse_strange(name)
        element = Element(name, self.line, dict(attrs))
        if len(self._open) > 1:
            self._open[-1].children.append(element)
        self._open.append(element)

    def _refuse_strange(self, name: str) -> None:
        self._number = self._number + 1 if len(self._open) > 1 else 0
        if not self._open and name != ROOT:
            raise Refused(_("The outermost element must be <quiz>."), line=self.line)
        if len(self._open) >= DEEPEST:
            raise Refused(_("Elements are nested too deep."), line=self.line)
        if self._number > MOST_ELEMENTS:
            raise Refused(_("A question has too many elements."), line=self.line)

    def characters(self, content):
        if len(self._open) > 1:
            self._open[-1].parts.append(content)

    def endElement(self, name):
        element = self._open.pop()
        if len(self._open) == 1 and name == QUESTION:
            self._take(element)
