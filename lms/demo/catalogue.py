"""Read the demo catalogue: a folder per category, a Markdown file per course, a `#` per lesson.

Quizzes lie beside the courses; `lms.demo.banks` reads them.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from lms.demo.banks import Quiz, read_banks
from lms.demo.errors import CatalogueError

SHIPPED = Path(__file__).with_name("catalogue")

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


@dataclass(frozen=True)
class Category:
    name: str
    description: str
    courses: tuple[Course, ...]


def read_catalogue(folder: Path = SHIPPED) -> list[Category]:
    """
    Return the categories of a folder with their courses, ordered by file name.

    :raises CatalogueError: a file is missing or not in the catalogue's form
    """
    return [_read_category(entry) for entry in sorted(folder.iterdir()) if entry.is_dir()]


@dataclass(frozen=True)
class _Passage:
    """Consecutive lines of a file that still know where they stand in it."""

    path: Path
    first: int
    lines: list[str]

    def __iter__(self) -> Iterator[tuple[int, str]]:
        return enumerate(self.lines)

    def cut(self, start: int, end: int | None = None) -> "_Passage":
        return _Passage(self.path, self.first + start, self.lines[start:end])

    def text(self) -> str:
        return "\n".join(self.lines).strip()

    def error(self, problem: str, *, at: int = 0) -> CatalogueError:
        return CatalogueError(f"{self.path}:{self.first + at}: {problem}")


def _read_category(folder: Path) -> Category:
    page = _open(folder / "category.md")
    name = _heading(page, 0)
    paths = [path for path in sorted(folder.glob("*.md")) if path != page.path]
    banks = read_banks(folder)
    courses = tuple(_with_quizzes(_read_course(path), path.stem, banks) for path in paths)
    for course, lesson in banks:
        raise CatalogueError(f"{folder / course}.lesson-{lesson}.gift:1: There is no such lesson.")
    return Category(name, page.cut(1).text(), courses)


def _with_quizzes(course: Course, name: str, banks: dict[tuple[str, int], Quiz]) -> Course:
    """Return the course with its quizzes, which are taken out of the banks."""
    lessons = (
        replace(lesson, quiz=banks.pop((name, number), None))
        for number, lesson in enumerate(course.lessons, start=1)
    )
    return replace(course, lessons=tuple(lessons))


def _read_course(path: Path) -> Course:
    page = _open(path)
    end = _end_of_front_matter(page)
    about = _fields(page.cut(1, end), _COURSE_FIELDS, required=_COURSE_FIELDS.keys())
    body = page.cut(end + 1)
    starts = _lesson_starts(body)
    if not starts:
        raise page.error("A course needs at least one lesson.")
    lessons = tuple(
        _read_lesson(body.cut(start, following))
        for start, following in zip(starts, [*starts[1:], None], strict=True)
    )
    return Course(description=body.cut(0, starts[0]).text(), lessons=lessons, **about)


def _read_lesson(passage: _Passage) -> Lesson:
    title = _heading(passage, 0)
    end = 1
    while end < len(passage.lines) and passage.lines[end].strip():
        end += 1
    about = _fields(passage.cut(1, end), _LESSON_FIELDS, required={"minutes"})
    content = passage.cut(end).text()
    if not content:
        raise passage.error(f"The lesson “{title}” has no content.")
    return Lesson(title=title, content=content, **about)


def _open(path: Path) -> _Passage:
    try:
        return _Passage(path, 1, path.read_text(encoding="utf-8").split("\n"))
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}:1: {error}") from error


def _heading(passage: _Passage, at: int) -> str:
    title = passage.lines[at].removeprefix("# ").strip()
    if not passage.lines[at].startswith("# ") or not title:
        raise passage.error("Expected “# ” and a title.", at=at)
    return title


def _end_of_front_matter(page: _Passage) -> int:
    if page.lines[0] != "---":
        raise page.error("A course begins with a line “---”.")
    try:
        return page.lines.index("---", 1)
    except ValueError:
        raise page.error("The “---” that ends the front matter is missing.") from None


def _lesson_starts(body: _Passage) -> list[int]:
    """Find the `# ` lines that are titles; in a fence, such a line is somebody's comment."""
    starts, fence, opened = [], None, 0
    for at, line in body:
        marks = _FENCE.fullmatch(line)
        if fence is None and marks:
            fence, opened = marks["marks"], at
        elif fence and marks and marks["marks"].startswith(fence) and not marks["info"].strip():
            fence = None
        elif fence is None and line.startswith("# "):
            starts.append(at)
    if fence:
        raise body.error("This fence is never closed.", at=opened)
    return starts


def _fields(passage: _Passage, readers: dict[str, Callable[[str], Any]], *, required) -> dict:
    """Read lines of `name: value`, each by the reader of its name."""
    found: dict[str, Any] = {}
    for at, line in passage:
        name, _, value = (part.strip() for part in line.partition(":"))
        if name not in readers or name in found:
            raise passage.error(f"Did not expect “{line}” here.", at=at)
        try:
            found[name] = readers[name](value)
        except (KeyError, ValueError) as error:
            raise passage.error(f"“{value}” is no {name}.", at=at) from error
    if missing := sorted(required - found.keys()):
        raise passage.error(f"Missing here: {', '.join(missing)}.")
    return found


def _some_text(value: str) -> str:
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
    "title": _some_text,
    "instructor": _some_text,
    "price": _price,
    "published": {"true": True, "false": False}.__getitem__,
    "created": date.fromisoformat,
}
_LESSON_FIELDS: dict[str, Callable[[str], Any]] = {
    "minutes": _minutes,
    "preview": {"yes": True, "no": False}.__getitem__,
    "video": _some_text,
}
