"""Split a GIFT file into blocks, which are separated by blank lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from apps.quizzes.interchange.errors import InvalidFile
from apps.quizzes.interchange.text import has_control_character

_WHITESPACE = " \t\r"
_PROPERTY = re.compile(r"//\s*(points(?=: [\d.]+$)|answer|kind): (.*)")


@dataclass
class Block:
    """
    The lines of a block, without comments.

    :param line: the line number of the first line
    :param properties: of the question, from comments before it
    :param control_character_line: the line number of the first control character
    """

    line: int = 0
    lines: list[str] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    control_character_line: int | None = None

    def add(self, number: int, line: str) -> None:
        if line.startswith("//"):
            if match := _PROPERTY.fullmatch(line):
                self.properties[match[1]] = match[2]
            return
        if not self.lines:
            self.line = number
        if self.control_character_line is None and has_control_character(line):
            self.control_character_line = number
        self.lines.append(line)


def split_blocks(data: bytes) -> Iterator[Block]:
    """
    :raises InvalidFile: the file is not UTF-8
    """
    block = Block()
    for number, line in enumerate(_split_lines(_decode(data)), start=1):
        line = line.strip(_WHITESPACE)
        if line:
            block.add(number, line)
            continue
        if block.lines:
            yield block
        block = Block()
    if block.lines:
        yield block


def _split_lines(text: str) -> list[str]:
    """Split at line feeds, or at carriage returns if there are no line feeds, as Moodle does."""
    return text.split("\n" if "\n" in text else "\r")


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InvalidFile("not_utf8", line=line) from error
