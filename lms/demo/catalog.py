"""
Read the demo catalog: a folder for each category, and in it a Markdown file for each course.

A course has front matter, and a `# ` heading for each lesson. Next to `<course>.md` are its cover,
`<course>.webp`, and its question banks, which `lms.demo.question_banks` reads.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from lms.demo.errors import CatalogError
from lms.demo.question_banks import Quiz, read_banks

CATALOG = Path(__file__).with_name("catalog")

_FENCE = re.compile(r" {0,3}(?P<marks>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)")
_PRICE = re.compile(r"\d+\.\d\d")


@dataclass(frozen=True)
class Lesson:
    title: str
    minutes: int
    content: str
    preview: bool = False
    video: str | None = None
    quiz: Quiz | None = None


@dataclass(frozen=True)
class Course:
    title: str
    description: str
    instructor: str
    price: str
    published: bool
    created: date
    lessons: tuple[Lesson, ...]
    cover: Path


@dataclass(frozen=True)
class Category:
    name: str
    description: str
    courses: tuple[Course, ...]


def read_catalog(folder: Path = CATALOG) -> list[Category]:
    """
    Return the categories of a folder with their courses, ordered by file name.

    :raises CatalogError: a file is missing or not in the catalog's format
    """
    return [_read_category(entry) for entry in sorted(folder.iterdir()) if entry.is_dir()]


@dataclass(frozen=True)
class _Section:
    """Consecutive lines of a file; errors name the file and the line number."""

    path: Path
    first_line: int
    lines: list[str]

    def __iter__(self) -> Iterator[tuple[int, str]]:
        return enumerate(self.lines)

    def slice(self, start: int, end: int | None = None) -> "_Section":
        return _Section(self.path, self.first_line + start, self.lines[start:end])

    def text(self) -> str:
        return "\n".join(self.lines).strip()

    def error(self, problem: str, *, index: int = 0) -> CatalogError:
        return CatalogError(f"{self.path}:{self.first_line + index}: {problem}")


def _read_category(folder: Path) -> Category:
    page = _open(folder / "category.md")
    name = _heading(page, 0)
    paths = [path for path in sorted(folder.glob("*.md")) if path != page.path]
    banks = read_banks(folder)
    courses = tuple(_with_quizzes(_read_course(path), path.stem, banks) for path in paths)
    for course, lesson in banks:
        raise CatalogError(
            f"{folder / course}.lesson-{lesson}.gift:1: The course has no such lesson."
        )
    return Category(name, page.slice(1).text(), courses)


def _with_quizzes(course: Course, name: str, banks: dict[tuple[str, int], Quiz]) -> Course:
    """Return the course with its quizzes, and remove these from `banks`."""
    lessons = (
        replace(lesson, quiz=banks.pop((name, number), None))
        for number, lesson in enumerate(course.lessons, start=1)
    )
    return replace(course, lessons=tuple(lessons))


def _read_course(path: Path) -> Course:
    page = _open(path)
    end = _end_of_front_matter(page)
    fields = _fields(page.slice(1, end), _COURSE_FIELDS, required=_COURSE_FIELDS.keys())
    body = page.slice(end + 1)
    cover = path.with_suffix(".webp")
    if not cover.is_file():
        raise page.error(f"The cover {cover.name} is missing.")
    starts = _lesson_starts(body)
    if not starts:
        raise page.error("A course needs at least one lesson.")
    lessons = tuple(
        _read_lesson(body.slice(start, end)) for start, end in pairwise([*starts, None])
    )
    return Course(
        description=body.slice(0, starts[0]).text(), lessons=lessons, cover=cover, **fields
    )


def _read_lesson(section: _Section) -> Lesson:
    title = _heading(section, 0)
    end = 1
    while end < len(section.lines) and section.lines[end].strip():
        end += 1
    fields = _fields(section.slice(1, end), _LESSON_FIELDS, required={"minutes"})
    content = section.slice(end).text()
    if not content:
        raise section.error(f"The lesson “{title}” has no content.")
    return Lesson(title=title, content=content, **fields)


def _open(path: Path) -> _Section:
    try:
        return _Section(path, 1, path.read_text(encoding="utf-8").split("\n"))
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path}:1: {error}") from error


def _heading(section: _Section, index: int) -> str:
    title = section.lines[index].removeprefix("# ").strip()
    if not section.lines[index].startswith("# ") or not title:
        raise section.error("Expected “# ” and a title.", index=index)
    return title


def _end_of_front_matter(page: _Section) -> int:
    if page.lines[0] != "---":
        raise page.error("A course starts with a line “---”.")
    try:
        return page.lines.index("---", 1)
    except ValueError:
        raise page.error("The “---” that ends the front matter is missing.") from None


def _lesson_starts(body: _Section) -> list[int]:
    """Return the indexes of `# ` lines, except comments in fenced code blocks."""
    starts, fence, fence_start = [], None, 0
    for index, line in body:
        match = _FENCE.fullmatch(line)
        if fence is None and match:
            fence, fence_start = match["marks"], index
        elif fence and match and match["marks"].startswith(fence) and not match["info"].strip():
            fence = None
        elif fence is None and line.startswith("# "):
            starts.append(index)
    if fence:
        raise body.error("This fence is never closed.", index=fence_start)
    return starts


def _fields(section: _Section, readers: dict[str, Callable[[str], Any]], *, required) -> dict:
    """Return the values of `name: value` lines, each parsed by the reader of its name."""
    values: dict[str, Any] = {}
    for index, line in section:
        name, _, value = (part.strip() for part in line.partition(":"))
        if name not in readers or name in values:
            raise section.error(f"Unexpected line “{line}”.", index=index)
        try:
            values[name] = readers[name](value)
        except (KeyError, ValueError) as error:
            raise section.error(f"“{value}” is not a valid {name}.", index=index) from error
    if missing := sorted(required - values.keys()):
        raise section.error(f"Missing fields: {', '.join(missing)}.")
    return values


def _non_empty(value: str) -> str:
    if not value:
        raise ValueError(value)
    return value


def _minutes(value: str) -> int:
    if int(value) < 1:
        raise ValueError(value)
    return int(value)


def _price(value: str) -> str:
    if not _PRICE.fullmatch(value):
        raise ValueError(value)
    return value


_COURSE_FIELDS: dict[str, Callable[[str], Any]] = {
    "title": _non_empty,
    "instructor": _non_empty,
    "price": _price,
    "published": {"true": True, "false": False}.__getitem__,
    "created": date.fromisoformat,
}
_LESSON_FIELDS: dict[str, Callable[[str], Any]] = {
    "minutes": _minutes,
    "preview": {"yes": True, "no": False}.__getitem__,
    "video": _non_empty,
}
