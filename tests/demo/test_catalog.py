from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from lms.demo.catalog import CATALOG, Lesson, read_catalog
from lms.demo.errors import CatalogError
from lms.demo.users import INSTRUCTORS

COURSE = """\
---
title: Knots
instructor: maria-lindqvist
price: 4.50
published: true
created: 2026-03-02
---
Rope, and what to do with it.

# The bowline
minutes: 12
preview: yes
video: https://example.org/embed/1

A loop that holds.

# The clove hitch
minutes: 9

Two turns round a post.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "crafts").mkdir()
    (tmp_path / "crafts" / "category.md").write_text("# Crafts\n\nThings made by hand.\n")
    (tmp_path / "crafts" / "knots.webp").write_bytes(b"")
    return tmp_path


def write(folder: Path, text: str) -> None:
    (folder / "crafts" / "knots.md").write_text(text, encoding="utf-8")


def read_course(folder: Path, text: str):
    write(folder, text)
    return read_catalog(folder)[0].courses[0]


def test_a_category_is_read_from_its_heading_and_description(folder):
    [category] = read_catalog(folder)

    assert (category.name, category.description) == ("Crafts", "Things made by hand.")
    assert category.courses == ()


def test_a_course_is_read_with_its_lessons(folder):
    course = read_course(folder, COURSE)

    assert course.title == "Knots"
    assert course.description == "Rope, and what to do with it."
    assert (course.instructor, course.price, course.published) == ("maria-lindqvist", "4.50", True)
    assert course.created == date(2026, 3, 2)
    assert course.cover == folder / "crafts" / "knots.webp"
    assert course.lessons == (
        Lesson("The bowline", 12, "A loop that holds.", True, "https://example.org/embed/1"),
        Lesson("The clove hitch", 9, "Two turns round a post."),
    )


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("```", "```"), ("```sh", "```"), ("~~~~ text", "~~~~~"), ("   ```", "```")],
)
def test_a_comment_in_a_fence_does_not_start_a_lesson(folder, opening, closing):
    fenced = f"{opening}\n# only a comment\n{closing}"

    course = read_course(folder, COURSE.replace("A loop that holds.", fenced))

    assert [lesson.title for lesson in course.lessons] == ["The bowline", "The clove hitch"]
    assert "# only a comment" in course.lessons[0].content


def test_a_shorter_fence_inside_a_longer_one_does_not_close_it(folder):
    fenced = "````\n```\n# only a comment\n```\n# another\n````"

    course = read_course(folder, COURSE.replace("A loop that holds.", fenced))

    assert len(course.lessons) == 2


def test_deeper_headings_belong_to_the_lesson(folder):
    course = read_course(folder, COURSE.replace("A loop that holds.", "## Why\n\nIt holds."))

    assert course.lessons[0].content == "## Why\n\nIt holds."


@pytest.mark.parametrize(
    ("before", "after", "line", "problem"),
    [
        ("---\ntitle", "title", 1, "starts with a line"),
        ("02\n---\n", "02\n", 1, "ends the front matter"),
        ("price: 4.50", "price: 4.5", 4, "“4.5” is not a valid price"),
        ("price: 4.50\n", "", 2, "Missing fields: price"),
        ("published: true", "published: maybe", 5, "“maybe” is not a valid published"),
        ("2026-03-02", "2 March", 6, "“2 March” is not a valid created"),
        ("created:", "made:", 6, "Unexpected line “made: 2026-03-02”"),
        ("price: 4.50", "title: Ropes", 4, "Unexpected line “title: Ropes”"),
        ("# The bowline", "# ", 10, "a title"),
        ("minutes: 12", "minutes: 0", 11, "“0” is not a valid minutes"),
        ("minutes: 9\n", "", 18, "Missing fields: minutes"),
        ("preview: yes", "preview: perhaps", 12, "“perhaps” is not a valid preview"),
        ("A loop that holds.", "```\nrope", 15, "never closed"),
        ("Two turns round a post.\n", "", 17, "has no content"),
        (COURSE[COURSE.index("# The bowline") :], "", 1, "at least one lesson"),
    ],
)
def test_an_error_names_file_and_line(folder, before, after, line, problem):
    assert before in COURSE
    write(folder, COURSE.replace(before, after))

    with pytest.raises(CatalogError) as error:
        read_catalog(folder)

    assert str(error.value).startswith(f"{folder / 'crafts' / 'knots.md'}:{line}: ")
    assert problem in str(error.value)


def test_a_category_without_a_page_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()

    with pytest.raises(CatalogError, match=r"category\.md:1: "):
        read_catalog(tmp_path)


def test_a_course_without_a_cover_is_refused(folder):
    write(folder, COURSE)
    (folder / "crafts" / "knots.webp").unlink()

    with pytest.raises(CatalogError, match=r"knots\.md:1: The cover knots\.webp is missing"):
        read_catalog(folder)


@pytest.fixture(scope="module")
def categories():
    return read_catalog()


@pytest.fixture(scope="module")
def courses(categories):
    return [course for category in categories for course in category.courses]


@pytest.fixture(scope="module")
def lessons(courses):
    return [(course.title, lesson) for course in courses for lesson in course.lessons]


def test_the_catalog_has_enough_categories_and_courses(categories, courses):
    assert len(categories) >= 6
    assert len(courses) >= 24


def test_names_and_texts_are_within_their_limits(categories, courses, lessons):
    assert [c.name for c in categories if len(c.name) > 100] == []
    assert [c.name for c in categories if not 0 < len(c.description) <= 10_000] == []
    assert [c.title for c in courses if len(c.title) > 255] == []
    assert [c.title for c in courses if not 0 < len(c.description) <= 10_000] == []
    assert [lesson.title for _, lesson in lessons if len(lesson.title) > 255] == []
    assert [lesson.title for _, lesson in lessons if len(lesson.content) > 200_000] == []


def test_names_and_contents_are_unique(categories, courses, lessons):
    assert _duplicates(category.name.casefold() for category in categories) == []
    assert _duplicates(course.title.casefold() for course in courses) == []
    assert _duplicates((course, lesson.title.casefold()) for course, lesson in lessons) == []
    assert _duplicates(lesson.content for _, lesson in lessons) == []


def test_every_instructor_has_a_course(courses):
    assert {course.instructor for course in courses} == {user.username for user in INSTRUCTORS}


def test_only_the_demo_instructor_has_a_draft(courses):
    assert [c.instructor for c in courses if not c.published] == ["demo-instructor"]


def test_courses_are_of_different_lengths(courses):
    lengths = {len(course.lessons) for course in courses}

    assert min(lengths) >= 3
    assert len(lengths) >= 5


def test_every_published_course_has_a_preview(courses):
    with_preview = [c for c in courses if any(lesson.preview for lesson in c.lessons)]

    assert [c.title for c in courses if c.published and c not in with_preview] == []


def test_every_lesson_has_at_least_150_words(lessons):
    short = [(course, lesson.title) for course, lesson in lessons if _word_count(lesson) < 150]

    assert short == []


def test_every_course_has_a_small_cover_of_its_own(courses):
    pictures = [course.cover.read_bytes() for course in courses]

    assert _duplicates(pictures) == []
    assert sum(map(len, pictures)) < 1_000_000
    for course in courses:
        with Image.open(course.cover) as picture:
            assert (picture.format, picture.size) == ("WEBP", (1280, 720))


def test_every_file_of_the_catalog_belongs_to_a_course(courses):
    covers = {path.name for path in CATALOG.glob("*/*.webp")}

    assert covers == {course.cover.name for course in courses}


def _word_count(lesson: Lesson) -> int:
    return len(lesson.content.split())


def _duplicates(values) -> list:
    return [value for value, count in Counter(values).items() if count > 1]
