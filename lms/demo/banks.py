"""Read the quizzes of the demo catalogue: `<course>.lesson-<n>.gift` beside `<course>.md`.

A bank is a GIFT file as any author may import it. Its title and its settings stand in comments
before the first question, which other readers of the format pass over: `// pass mark: 60`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mongoengine import IntField

from apps.quizzes import documents
from apps.quizzes.documents import GRADINGS, SHOW_KEY, WITH_CHOICES
from apps.quizzes.interchange import gift
from apps.quizzes.interchange.draft import QuestionDraft
from lms.demo.errors import CatalogueError

_NAME = re.compile(r"(?P<course>.+)\.lesson-(?P<lesson>[1-9]\d?)\.gift")


@dataclass(frozen=True)
class Quiz:
    """A quiz of a lesson; `settings` are fields of `apps.quizzes.documents.Quiz`."""

    title: str
    questions: tuple[QuestionDraft, ...]
    settings: dict = field(default_factory=dict)


def read_banks(folder: Path) -> dict[tuple[str, int], Quiz]:
    """
    Return the quizzes of a folder by their course's file, without its ending, and lesson.

    :raises CatalogueError: a bank is not in the catalogue's form
    """
    return {_place_of(path): read_bank(path) for path in sorted(folder.glob("*.gift"))}


def read_bank(path: Path) -> Quiz:
    """
    :raises CatalogueError: it is not in the catalogue's form
    """
    reading = gift.read(path.read_bytes())
    for found in reading.faults:
        raise CatalogueError(f"{path}:{found.line}: {found.reason}")
    for unknown in reading.unsupported:
        raise CatalogueError(f"{path}:{unknown.line}: There is no kind “{unknown.kind}” here.")
    for question in reading.questions:
        if question.kind in WITH_CHOICES and all(one.is_correct for one in question.choices):
            raise CatalogueError(f"{path}:{question.line}: No choice is wrong.")
    settings = _settings(path)
    if "title" not in settings:
        raise CatalogueError(f"{path}:1: Missing here: title.")
    if not reading.questions:
        raise CatalogueError(f"{path}:1: A quiz needs at least one question.")
    return Quiz(settings.pop("title"), tuple(reading.questions), settings)


def _place_of(path: Path) -> tuple[str, int]:
    name = _NAME.fullmatch(path.name)
    if name is None:
        raise CatalogueError(f"{path}:1: A bank is called <course>.lesson-<number>.gift.")
    return name["course"], int(name["lesson"])


def _settings(path: Path) -> dict[str, Any]:
    """Read the comments that the file begins with."""
    settings: dict[str, Any] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.startswith("//"):
            break
        name, _, value = (part.strip() for part in line.removeprefix("//").partition(":"))
        field_name, read = _SETTINGS.get(name, (None, None))
        if field_name is None or field_name in settings:
            raise CatalogueError(f"{path}:{number}: Did not expect “{line}” here.")
        try:
            settings[field_name] = read(value)
        except (KeyError, ValueError) as error:
            raise CatalogueError(f"{path}:{number}: “{value}” is no {name}.") from error
    return settings


def _some_text(value: str) -> str:
    if not value:
        raise ValueError(value)
    return value


def _number_for(setting: IntField) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not setting.min_value <= int(value) <= setting.max_value:
            raise ValueError(value)
        return int(value)

    return read


_YES = {"yes": True, "no": False}.__getitem__
_SETTINGS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "title": ("title", _some_text),
    "time limit": ("time_limit_seconds", _number_for(documents.Quiz.time_limit_seconds)),
    "attempts": ("max_attempts", _number_for(documents.Quiz.max_attempts)),
    "pass mark": ("pass_mark", _number_for(documents.Quiz.pass_mark)),
    "grading": ("grading", {one: one for one in GRADINGS}.__getitem__),
    "shuffle": ("shuffle", _YES),
    "partial credit": ("partial_credit", _YES),
    "show key": ("show_key", {one: one for one in SHOW_KEY}.__getitem__),
}
