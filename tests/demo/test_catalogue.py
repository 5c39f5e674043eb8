from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from lms.demo.catalogue import CatalogueError, Lesson, read_catalogue
from lms.demo.people import INSTRUCTORS

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
    return tmp_path


def write(folder: Path, text: str) -> None:
    (folder / "crafts" / "knots.md").write_text(text, encoding="utf-8")


def read_course(folder: Path, text: str):
    write(folder, text)
    return read_catalogue(folder)[0].courses[0]


def test_a_category_is_a_heading_and_a_paragraph(folder):
    [category] = read_catalogue(folder)

    assert (category.name, category.description) == ("Crafts", "Things made by hand.")
    assert category.courses == ()


def test_a_course_is_read_with_its_lessons(folder):
    course = read_course(folder, COURSE)

    assert course.title == "Knots"
    assert course.description == "Rope, and what to do with it."
    assert (course.instructor, course.price, course.published) == ("maria-lindqvist", "4.50", True)
    assert course.created == date(2026, 3, 2)
    assert course.lessons == (
        Lesson("The bowline", 12, "A loop that holds.", True, "https://example.org/embed/1"),
        Lesson("The clove hitch", 9, "Two turns round a post."),
    )


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("```", "```"), ("```sh", "```"), ("~~~~ text", "~~~~~"), ("   ```", "```")],
)
def test_a_hash_inside_a_fence_begins_no_lesson(folder, opening, closing):
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
        ("---\ntitle", "title", 1, "begins with a line"),
        ("02\n---\n", "02\n", 1, "ends the front matter"),
        ("price: 4.50", "price: 4.5", 4, "“4.5” is no price"),
        ("price: 4.50\n", "", 2, "Missing here: price"),
        ("published: true", "published: maybe", 5, "“maybe” is no published"),
        ("2026-03-02", "2 March", 6, "“2 March” is no created"),
        ("created:", "made:", 6, "Did not expect “made: 2026-03-02”"),
        ("price: 4.50", "title: Ropes", 4, "Did not expect “title: Ropes”"),
        ("# The bowline", "# ", 10, "a title"),
        ("minutes: 12", "minutes: 0", 11, "“0” is no minutes"),
        ("minutes: 9\n", "", 18, "Missing here: minutes"),
        ("preview: yes", "preview: perhaps", 12, "“perhaps” is no preview"),
        ("A loop that holds.", "```\nrope", 15, "never closed"),
        ("Two turns round a post.\n", "", 17, "has no content"),
        (COURSE[COURSE.index("# The bowline") :], "", 1, "at least one lesson"),
    ],
)
def test_an_error_names_file_and_line(folder, before, after, line, problem):
    assert before in COURSE
    write(folder, COURSE.replace(before, after))

    with pytest.raises(CatalogueError) as caught:
        read_catalogue(folder)

    assert str(caught.value).startswith(f"{folder / 'crafts' / 'knots.md'}:{line}: ")
    assert problem in str(caught.value)


def test_a_category_without_its_page_is_named(tmp_path):
    (tmp_path / "empty").mkdir()

    with pytest.raises(CatalogueError, match=r"category\.md:1: "):
        read_catalogue(tmp_path)


@pytest.fixture(scope="module")
def categories():
    return read_catalogue()


@pytest.fixture(scope="module")
def courses(categories):
    return [course for category in categories for course in category.courses]


@pytest.fixture(scope="module")
def lessons(courses):
    return [(course.title, lesson) for course in courses for lesson in course.lessons]


def test_what_is_shipped_is_a_catalogue_and_no_sample(categories, courses):
    assert len(categories) >= 6
    assert len(courses) >= 24


def test_names_and_texts_fit_the_contract(categories, courses, lessons):
    assert [c.name for c in categories if len(c.name) > 100] == []
    assert [c.name for c in categories if not 0 < len(c.description) <= 10_000] == []
    assert [c.title for c in courses if len(c.title) > 255] == []
    assert [c.title for c in courses if not 0 < len(c.description) <= 10_000] == []
    assert [lesson.title for _, lesson in lessons if len(lesson.title) > 255] == []
    assert [lesson.title for _, lesson in lessons if len(lesson.content) > 200_000] == []


def test_nothing_is_there_twice(categories, courses, lessons):
    assert _twice(category.name.casefold() for category in categories) == []
    assert _twice(course.title.casefold() for course in courses) == []
    assert _twice((course, lesson.title.casefold()) for course, lesson in lessons) == []
    assert _twice(lesson.content for _, lesson in lessons) == []


def test_courses_are_taught_by_people_we_know(courses):
    assert {course.instructor for course in courses} == {p.username for p in INSTRUCTORS}


def test_one_draft_waits_for_the_demo_instructor(courses):
    assert [c.instructor for c in courses if not c.published] == ["demo-instructor"]


def test_courses_are_of_different_lengths(courses):
    lengths = {len(course.lessons) for course in courses}

    assert min(lengths) >= 3
    assert len(lengths) >= 5


def test_every_published_course_can_be_tried(courses):
    open_courses = [c for c in courses if any(lesson.preview for lesson in c.lessons)]

    assert [c.title for c in courses if c.published and c not in open_courses] == []


def test_every_lesson_is_worth_opening(lessons):
    thin = [(course, lesson.title) for course, lesson in lessons if _words(lesson) < 150]

    assert thin == []


def _words(lesson: Lesson) -> int:
    return len(lesson.content.split())


def _twice(things) -> list:
    return [thing for thing, count in Counter(things).items() if count > 1]
