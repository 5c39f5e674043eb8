"""
Read the question banks of the demo catalog: `<course>.lesson-<n>.gift` next to `<course>.md`.

A question bank is a GIFT file that any instructor could import. The quiz's title and settings are
in comments before the first question, such as `// pass mark: 60`, which other programs ignore.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mongoengine import IntField

from apps.quizzes import documents
from apps.quizzes.documents import GRADING_METHODS, SHOW_KEY_OPTIONS, WITH_CHOICES
from apps.quizzes.interchange.drafts import QuestionDraft
from apps.quizzes.question_files import describe_problem, read_file
from lms.demo.errors import CatalogError

_NAME = re.compile(r"(?P<course>.+)\.lesson-(?P<lesson>[1-9]\d?)\.gift")


@dataclass(frozen=True)
class Quiz:
    """A planned quiz; `settings` are fields of `apps.quizzes.documents.Quiz`."""

    title: str
    questions: tuple[QuestionDraft, ...]
    settings: dict = field(default_factory=dict)


def read_banks(folder: Path) -> dict[tuple[str, int], Quiz]:
    """
    Return the quizzes in a folder by (name of the course's file without extension, lesson number).

    :raises CatalogError: a question bank is invalid
    """
    return {_course_and_lesson_of(path): read_bank(path) for path in sorted(folder.glob("*.gift"))}


def read_bank(path: Path) -> Quiz:
    """
    :raises CatalogError: the question bank is invalid
    """
    parsed = read_file(path.read_bytes(), format="gift")
    for problem in parsed.problems:
        raise CatalogError(f"{path}:{problem.line}: {describe_problem(problem).reason}")
    for unsupported in parsed.unsupported:
        reason = f"Question type “{unsupported.kind}” is not supported."
        raise CatalogError(f"{path}:{unsupported.line}: {reason}")
    for question in parsed.questions:
        if question.kind in WITH_CHOICES and all(choice.is_correct for choice in question.choices):
            raise CatalogError(f"{path}:{question.line}: Every choice is correct.")
    settings = _settings(path)
    if "title" not in settings:
        raise CatalogError(f"{path}:1: The title is missing.")
    if not parsed.questions:
        raise CatalogError(f"{path}:1: A quiz needs at least one question.")
    return Quiz(settings.pop("title"), tuple(parsed.questions), settings)


def _course_and_lesson_of(path: Path) -> tuple[str, int]:
    name = _NAME.fullmatch(path.name)
    if name is None:
        raise CatalogError(f"{path}:1: Name the file <course>.lesson-<number>.gift.")
    return name["course"], int(name["lesson"])


def _settings(path: Path) -> dict[str, Any]:
    """Read the comments at the start of the file."""
    settings: dict[str, Any] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.startswith("//"):
            break
        name, _, value = (part.strip() for part in line.removeprefix("//").partition(":"))
        field_name, read = _SETTINGS.get(name, (None, None))
        if field_name is None or field_name in settings:
            raise CatalogError(f"{path}:{number}: Unexpected line “{line}”.")
        try:
            settings[field_name] = read(value)
        except (KeyError, ValueError) as error:
            raise CatalogError(f"{path}:{number}: “{value}” is not a valid {name}.") from error
    return settings


def _non_empty(value: str) -> str:
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
    "title": ("title", _non_empty),
    "time limit": ("time_limit_seconds", _number_for(documents.Quiz.time_limit_seconds)),
    "attempts": ("max_attempts", _number_for(documents.Quiz.max_attempts)),
    "pass mark": ("pass_mark", _number_for(documents.Quiz.pass_mark)),
    "grading": ("grading", {method: method for method in GRADING_METHODS}.__getitem__),
    "shuffle": ("shuffle", _YES),
    "partial credit": ("partial_credit", _YES),
    "show key": ("show_key", {option: option for option in SHOW_KEY_OPTIONS}.__getitem__),
}
