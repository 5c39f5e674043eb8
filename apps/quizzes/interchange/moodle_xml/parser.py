"""Parse Moodle XML into elements with line numbers, one question at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

import defusedxml
from defusedxml.expatreader import DefusedExpatParser

from apps.quizzes.interchange.errors import InvalidFile

ROOT, QUESTION = "quiz", "question"
MAX_DEPTH = 20  # Moodle's own files have seven levels.
MAX_ELEMENTS = 20_000  # and attributes, per question; a calculated question may have thousands


@dataclass(slots=True)
class Element:
    name: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    text_parts: list[str] = field(default_factory=list)

    def find(self, name: str) -> Element | None:
        return next(self.find_all(name), None)

    def find_all(self, name: str) -> Iterator[Element]:
        return (child for child in self.children if child.name == name)

    def child_text(self, name: str, default: str = "") -> str:
        """Return the text of a child element."""
        child = self.find(name)
        return default if child is None else child.text()

    def text(self) -> str:
        """
        :raises InvalidFile: the element contains elements
        """
        if self.children:
            raise InvalidFile("unescaped_html", line=self.line)
        return "".join(self.text_parts).strip()


def parse_questions(data: bytes, add_question: Callable[[Element], None]) -> None:
    """
    Call `add_question` with each question as soon as it is parsed.

    :raises InvalidFile: the file is not well-formed XML, not Moodle XML, or has a document type
    """
    handler = _Handler(add_question)
    # In pieces, expat would scan a long token from its beginning again with each piece.
    parser = DefusedExpatParser(bufsize=len(data) + 1, forbid_dtd=True)
    parser.setContentHandler(handler)
    try:
        parser.parse(BytesIO(data))
    except SAXParseException as error:
        line = error.getLineNumber()
        raise InvalidFile("not_xml", line=line, error=error.getMessage()) from error
    except defusedxml.DefusedXmlException as error:
        raise InvalidFile("document_type", line=handler.line) from error
    except (LookupError, ValueError) as error:  # Python's parser raises them for some encodings.
        if handler.has_started:
            raise
        raise InvalidFile("unknown_encoding", line=1) from error


class _Handler(ContentHandler):
    def __init__(self, add_question: Callable[[Element], None]):
        super().__init__()
        self._add_question = add_question
        self._open: list[Element] = []
        self._element_count = 0  # with their attributes, in the current question
        self.has_started = False

    def setDocumentLocator(self, locator):
        self._locator = locator

    @property
    def line(self) -> int:
        return self._locator.getLineNumber()

    def startElement(self, name, attrs):
        self.has_started = True
        self._check_element(name, len(attrs))
        element = Element(name, self.line, dict(attrs))
        if len(self._open) > 1:
            self._open[-1].children.append(element)
        self._open.append(element)

    def _check_element(self, name: str, attributes: int) -> None:
        if len(self._open) <= 1:
            self._element_count = attributes
        else:
            self._element_count += 1 + attributes
        if not self._open and name != ROOT:
            raise InvalidFile("wrong_root", line=self.line)
        if len(self._open) >= MAX_DEPTH:
            raise InvalidFile("nested_too_deeply", line=self.line)
        if self._element_count > MAX_ELEMENTS:
            raise InvalidFile("too_many_elements", line=self.line)

    def characters(self, content):
        if len(self._open) > 1:
            self._open[-1].text_parts.append(content)

    def endElement(self, name):
        element = self._open.pop()
        if len(self._open) == 1 and name == QUESTION:
            self._add_question(element)
