"""The quizzes that are shipped beside the demo's courses, and what is refused of such files."""

from collections import Counter

import pytest
from bson import ObjectId

from apps.quizzes.documents import KINDS, ChoiceSnapshot, QuestionSnapshot, content_of
from apps.quizzes.problems import problems_of
from lms.demo.banks import read_bank
from lms.demo.catalogue import read_catalogue
from lms.demo.errors import CatalogueError


def quizzes() -> list:
    return [
        (course, lesson.quiz)
        for category in read_catalogue()
        for course in category.courses
        for lesson in course.lessons
        if lesson.quiz
    ]


def asked(draft) -> QuestionSnapshot:
    choices = [
        ChoiceSnapshot(id=ObjectId(), text=one.text, is_correct=one.is_correct)
        for one in draft.choices
    ]
    return QuestionSnapshot(id=ObjectId(), choices=choices, **content_of(draft))


def test_the_quizzes_are_of_all_kinds_and_spread_over_the_catalogue():
    found = quizzes()
    assert len(found) >= 16
    assert len({course.title for course, _ in found}) >= 12
    own = [course for course, _ in found if course.instructor == "demo-instructor"]
    assert len({course.title for course in own if course.published}) >= 3
    assert any(not course.published for course in own)
    kinds = [question.kind for _, quiz in found for question in quiz.questions]
    assert set(kinds) == set(KINDS)


def test_every_question_can_be_answered():
    for _, quiz in quizzes():
        assert problems_of([asked(one) for one in quiz.questions]) == []
        assert 5 <= len(quiz.questions) <= 10


def test_every_question_explains_its_answer():
    questions = [one for _, quiz in quizzes() for one in quiz.questions]
    assert [one.text for one in questions if not one.explanation] == []


def test_the_right_choice_stands_at_any_place():
    questions = [one for _, quiz in quizzes() for one in quiz.questions if one.kind == "single"]
    places = Counter([choice.is_correct for choice in one.choices].index(True) for one in questions)
    assert max(places.values()) < len(questions) / 2


def test_settings_stand_before_the_first_question(tmp_path):
    bank = tmp_path / "a.lesson-2.gift"
    bank.write_text(
        "// title: Angles\n// time limit: 600\n// attempts: 3\n// pass mark: 60\n"
        "// grading: latest\n// shuffle: yes\n// partial credit: no\n// show key: never\n\n"
        "// a remark: not a setting\nTrue? {T}\n"
    )
    quiz = read_bank(bank)
    assert quiz.title == "Angles"
    assert quiz.settings == {
        "time_limit_seconds": 600,
        "max_attempts": 3,
        "pass_mark": 60,
        "grading": "latest",
        "shuffle": True,
        "partial_credit": False,
        "show_key": "never",
    }
    [question] = quiz.questions
    assert (question.kind, question.answer) == ("true_false", "true")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("True? {T}", 1),
        ("// title:\n\nTrue? {T}", 1),
        ("// title: A\n// colour: red\n\nTrue? {T}", 2),
        ("// title: A\n// attempts: many\n\nTrue? {T}", 2),
        ("// title: A\n// attempts: 0\n\nTrue? {T}", 2),
        ("// title: A\n// pass mark: 101\n\nTrue? {T}", 2),
        ("// title: A\n// time limit: 0\n\nTrue? {T}", 2),
        ("// title: A\n// attempts: 3\n// attempts: 4\n\nTrue? {T}", 3),
        ("// title: A\n// grading: best\n\nTrue? {T}", 2),
        ("// title: A\n", 1),
        ("// title: A\n\nTrue? {T", 3),
        ("// title: A\n\nDiscuss. {}", 3),
        ("// title: A\n\nTrue? {T}\n\nWhich? {=one ~%100%two}", 5),
        ("// title: A\n\nWhich? {~%50%one ~%50%two}", 3),
    ],
)
def test_a_bank_that_cannot_be_read_is_named_by_file_and_line(tmp_path, text, line):
    bank = tmp_path / "a.lesson-1.gift"
    bank.write_text(text)
    with pytest.raises(CatalogueError, match=rf"a\.lesson-1\.gift:{line}: "):
        read_bank(bank)


@pytest.mark.parametrize("name", ["a.lesson-2.gift", "b.lesson-1.gift", "a.gift"])
def test_a_bank_of_no_lesson_is_refused(tmp_path, name):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    (shelf / "category.md").write_text("# Shelf\n")
    (shelf / "a.md").write_text(
        "---\ntitle: A\ninstructor: demo-instructor\nprice: 0.00\npublished: true\n"
        "created: 2026-01-01\n---\nAbout.\n\n# One\nminutes: 1\n\nText.\n"
    )
    (shelf / name).write_text("// title: A\n\nTrue? {T}")
    with pytest.raises(CatalogueError, match=name):
        read_catalogue(tmp_path)
