"""Every document has a limited size, because MongoDB stores at most 16 MB."""

from datetime import UTC, datetime

import bson
import pytest
from bson import ObjectId
from mongoengine import (
    DictField,
    Document,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    ListField,
    MapField,
    StringField,
)
from mongoengine.fields import BinaryField

from apps.common.normalization import search_words
from apps.common.storage.idempotency_keys import MOST_BYTES, IdempotencyKey
from apps.common.storage.indexes import documents
from apps.courses.documents import Course
from apps.lessons.documents import Lesson
from apps.notifications.documents import Notification
from apps.quizzes.documents import (
    MAX_CHOICES,
    MAX_QUESTIONS,
    Answer,
    Attempt,
    Choice,
    ChoiceSnapshot,
    Question,
    QuestionImport,
    QuestionResult,
    QuestionSnapshot,
    Quiz,
)

MAX_STORED = 16 * 1024 * 1024
FAR_BELOW = 12 * 1024 * 1024
WIDE = "\U0001f600"  # A character has at most four bytes.
# Dictionaries have no limit of their own; their values are limited where they are set.
LIMITED_ELSEWHERE = {(Notification, "params")}  # titles and numbers, set by apps.notifications


def fields_of(kind: type[Document | EmbeddedDocument]):
    """Yield all fields of a document, and of the documents embedded in it."""
    for name, field in kind._fields.items():
        yield kind, name, field
        while isinstance(field, ListField):
            field = field.field
            yield kind, f"{name}[]", field
        if isinstance(field, EmbeddedDocumentField):
            yield from fields_of(field.document_type)


def is_limited(field) -> bool:
    if isinstance(field, (StringField, ListField)):
        return bool(field.max_length or getattr(field, "choices", None))
    return not isinstance(field, (DictField, MapField, DynamicField, BinaryField))


def test_every_text_and_list_of_every_document_has_a_limit():
    without = {
        f"{kind.__name__}.{name}"
        for document in documents()
        for kind, name, field in fields_of(document)
        if kind.__module__.startswith(("apps.", "lms."))
        and not is_limited(field)
        and (kind, name) not in LIMITED_ELSEWHERE
    }

    assert without == set()


def size_of(document: Document) -> int:
    return len(bson.encode(document.to_mongo()))


def widest(field: StringField) -> str:
    return WIDE * field.max_length


def largest_questions() -> list[QuestionSnapshot]:
    choices = [ChoiceSnapshot(id=ObjectId(), text=widest(Choice.text)) for _ in range(MAX_CHOICES)]
    return [
        QuestionSnapshot(
            id=ObjectId(),
            text=widest(Question.text),
            kind="multiple",
            answer=widest(Question.answer),
            tolerance=1.5,
            points=1.5,
            explanation=widest(Question.explanation),
            choices=choices,
        )
        for _ in range(MAX_QUESTIONS)
    ]


def test_the_largest_attempt_can_be_stored():
    questions, now = largest_questions(), datetime.now(UTC)
    attempt = Attempt(
        **dict.fromkeys(("quiz", "student", "lesson", "course"), ObjectId()),
        attempt=1,
        started_at=now,
        questions=questions,
        pass_mark=70,
        answers=[
            Answer(
                question=question.id,
                choices=[choice.id for choice in question.choices],
                text=widest(Answer.text),
            )
            for question in questions
        ],
        results=[
            QuestionResult(question=question.id, points=1, max_points=1, correct=True)
            for question in questions
        ],
    )
    attempt.validate()

    assert size_of(attempt) < MAX_STORED - 1024 * 1024
    attempt.save()


def test_the_largest_import_can_be_stored():
    pending_import = QuestionImport(
        quiz=ObjectId(), first_position=1, questions=largest_questions()
    )
    pending_import.validate()

    assert size_of(pending_import) < MAX_STORED - 1024 * 1024


def test_the_largest_question_order_and_new_choices_are_small():
    order = Quiz(
        lesson=ObjectId(),
        course=ObjectId(),
        title=widest(Quiz.title),
        question_order=[ObjectId() for _ in range(MAX_QUESTIONS)],
    )

    assert size_of(order) < 100_000


@pytest.mark.parametrize(
    "character",
    [WIDE, "ﷺ", "漢", "가", "a ", "c++ ", "ß", "\u0390", "1 "],
    ids=["emoji", "ligature", "Chinese", "Korean", "letters", "signs", "s", "Greek", "digits"],
)
def test_the_words_of_the_longest_course_are_far_below_the_limit(character):
    title, description = (character * 255)[:255], (character * 10_000)[:10_000]
    different = "".join(chr(0x4E00 + number) for number in range(10_000))
    for text in (description, different):
        words = search_words(f"{title} {text}")
        course = Course(title=title, description=text, words=words)
        course.lesson_order = [ObjectId() for _ in range(Course.lesson_order.max_length)]
        course.validate()

        assert size_of(course) < 2 * 1024 * 1024


def test_the_largest_lesson_and_answer_can_be_stored():
    lesson = Lesson(
        title=widest(Lesson.title),
        course=ObjectId(),
        position=1,
        content=widest(Lesson.content),
        content_html="x" * Lesson.content_html.max_length,
    )
    key = IdempotencyKey(user=ObjectId(), key="k", digest="d", body="x" * MOST_BYTES)

    assert size_of(lesson) < FAR_BELOW
    assert size_of(key) < FAR_BELOW
