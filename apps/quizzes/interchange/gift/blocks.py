"""A GIFT file as blocks between blank lines, without comments."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from apps.quizzes.interchange.moodle import Refused
from apps.quizzes.interchange.texts import has_control

_SPACE = " \t\r"
_NOTE = re.compile(r"//\s*(points(?=: [\d.]+$)|answer|kind): (.*)")


@dataclass
class Block:
    line: int = 0  # of its first text
    lines: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)  # what its comments say to us
    control_at: int | None = None

    def add(self, number: int, line: str) -> None:
        if line.startswith("//"):
            if note := _NOTE.fullmatch(line):
                self.notes[note[1]] = note[2]
            return
        if not self.lines:
            self.line = number
        if self.control_at is None and has_control(line):
            self.control_at = number
        self.lines.append(line)


def blocks_of(data: bytes) -> Iterator[Block]:
    """
    :raises Refused: it is not UTF-8
    """
    block = Block()
    for number, line in enumerate(_lines(_decoded(data)), start=1):
        line = line.strip(_SPACE)
        if line:
            block.add(number, line)
            continue
        if block.lines:
            yield block
        block = Block()
    if block.lines:
        yield block


def _lines(text: str) -> list[str]:
    """Divide at line feeds, or in a file without any at carriage returns, as Moodle does."""
    return text.split("\n" if "\n" in text else "\r")


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(
            _("The file is not text in UTF-8."), line=error.object.count(b"\n", 0, error.start) + 1
        ) from error
