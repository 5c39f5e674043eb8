"""The question banks of the demo catalog, and the errors of invalid ones."""

from collections import Counter

import pytest
from bson import ObjectId

from apps.quizzes.documents import KINDS, ChoiceSnapshot, QuestionSnapshot, content_of
from apps.quizzes.problems import find_problems
from lms.demo.catalog import read_catalog
from lms.demo.errors import CatalogError
from lms.demo.question_banks import read_bank


def quizzes() -> list:
    return [
        (course, lesson.quiz)
        for category in read_catalog()
        for course in category.courses
        for lesson in course.lessons
        if lesson.quiz
    ]


def snapshot_of(draft) -> QuestionSnapshot:
    choices = [
        ChoiceSnapshot(id=ObjectId(), text=choice.text, is_correct=choice.is_correct)
        for choice in draft.choices
    ]
    return QuestionSnapshot(id=ObjectId(), choices=choices, **content_of(draft))


def test_many_courses_have_quizzes_with_questions_of_all_kinds():
    planned = quizzes()
    assert len(planned) >= 16
    assert len({course.title for course, _ in planned}) >= 12
    own = [course for course, _ in planned if course.instructor == "demo-instructor"]
    assert len({course.title for course in own if course.published}) >= 3
    assert any(not course.published for course in own)
    kinds = [question.kind for _, quiz in planned for question in quiz.questions]
    assert set(kinds) == set(KINDS)


def test_every_question_can_be_answered():
    for _, quiz in quizzes():
        assert find_problems([snapshot_of(draft) for draft in quiz.questions]) == []
        assert 5 <= len(quiz.questions) <= 10


def test_every_question_explains_its_answer():
    questions = [question for _, quiz in quizzes() for question in quiz.questions]
    assert [question.text for question in questions if not question.explanation] == []


def test_correct_choices_are_spread_over_all_positions():
    questions = [
        question
        for _, quiz in quizzes()
        for question in quiz.questions
        if question.kind == "single"
    ]
    positions = Counter(
        [choice.is_correct for choice in question.choices].index(True) for question in questions
    )
    assert max(positions.values()) < len(questions) / 2


def test_settings_are_read_from_the_comments_before_the_first_question(tmp_path):
    bank = tmp_path / "a.lesson-2.gift"
    bank.write_text(
        "// title: Angles\n// time limit: 600\n// attempts: 3\n// pass mark: 60\n"
        "// grading: latest\n// shuffle: yes\n// partial credit: no\n// show key: never\n\n"
        "// a comment: not a setting\nTrue? {T}\n"
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
        ("// title: A\n// color: red\n\nTrue? {T}", 2),
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
def test_the_error_of_an_invalid_bank_names_its_file_and_line(tmp_path, text, line):
    bank = tmp_path / "a.lesson-1.gift"
    bank.write_text(text)
    with pytest.raises(CatalogError, match=rf"a\.lesson-1\.gift:{line}: "):
        read_bank(bank)


@pytest.mark.parametrize("name", ["a.lesson-2.gift", "b.lesson-1.gift", "a.gift"])
def test_a_bank_without_a_lesson_is_refused(tmp_path, name):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "category.md").write_text("# Category\n")
    (folder / "a.md").write_text(
        "---\ntitle: A\ninstructor: demo-instructor\nprice: 0.00\npublished: true\n"
        "created: 2026-01-01\n---\nAbout.\n\n# One\nminutes: 1\n\nText.\n"
    )
    (folder / "a.webp").write_bytes(b"")
    (folder / name).write_text("// title: A\n\nTrue? {T}")
    with pytest.raises(CatalogError, match=name):
        read_catalog(tmp_path)
