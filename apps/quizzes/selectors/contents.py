"""Read the questions of quizzes with their choices."""

from collections.abc import Iterable, Sequence

from bson import ObjectId

from apps.common.capacity import Capacity
from apps.quizzes.contents import ChoiceContent, QuestionContent
from apps.quizzes.documents import (
    MAX_CHOICES,
    MAX_QUESTIONS,
    WITH_CHOICES,
    Choice,
    ChoiceSnapshot,
    Question,
    QuestionImport,
    QuestionSnapshot,
    Quiz,
    content_of,
)

FULL_QUIZZES = Capacity(4, wait=1)  # for reading whole quizzes, submissions, pages of questions
ALL_CHOICES = MAX_QUESTIONS * MAX_CHOICES  # so that one reply of the store holds all of a quiz


def questions_of(quiz: Quiz) -> list[Question]:
    """Return a quiz's questions in order; while they are being reordered, in the new order."""
    questions = list(Question.objects(quiz=quiz.id).order_by("position", "id"))
    if quiz.import_ids:
        questions += _questions_being_imported(quiz, {question.id for question in questions})
    ranks = {question_id: rank for rank, question_id in enumerate(quiz.question_order or [])}
    return sorted(questions, key=lambda question: ranks.get(question.id, len(ranks)))


def snapshot_questions(quiz: Quiz) -> list[QuestionSnapshot]:
    """Return the questions as an attempt that was started now would store them."""
    return [
        QuestionSnapshot(
            id=question.id,
            choices=[ChoiceSnapshot(**choice._asdict()) for choice in question.choices],
            **content_of(question),
        )
        for question in contents_of_quiz(quiz)
    ]


def contents_of_quiz(quiz: Quiz) -> list[QuestionContent]:
    """Return all questions of a quiz, in order, with their choices."""
    return contents_of(questions_of(quiz), quiz=quiz)


def contents_of(
    questions: Sequence[Question], *, quiz: Quiz | None = None
) -> list[QuestionContent]:
    """
    Return questions with their choices.

    :param quiz: if these are all questions of one quiz; then its id alone finds the choices
    """
    choices = choices_of(questions, quiz=quiz)
    return [
        QuestionContent(id=question.id, choices=choices[question.id], **content_of(question))
        for question in questions
    ]


def choices_of(
    questions: Sequence[Question], *, quiz: Quiz | None = None
) -> dict[ObjectId, list[ChoiceContent]]:
    """
    Return the choices of each question, in order; if they are being replaced, the new ones.

    :param quiz: if these are all questions of one quiz; then its id alone finds the choices
    """
    choices = {
        question.id: [
            ChoiceContent(choice.id, choice.text, choice.is_correct)
            for choice in question.new_choices or []
        ]
        for question in questions
    }
    stored = with_stored_choices(questions)
    if quiz is not None and stored:
        _add_choices({"quiz_id": quiz.id}, choices, stored)
    # Choices that are still being moved, or are from older data, have another quiz id or none.
    missing = [question_id for question_id in stored if not choices[question_id]]
    if missing:
        _add_choices({"question_id": {"$in": missing}}, choices, set(missing))
    return choices


def with_stored_choices(questions: Iterable[Question]) -> set[ObjectId]:
    """Return the questions that can have choices, except those whose choices are being replaced."""
    return {
        question.id
        for question in questions
        if question.new_choices is None and question.kind in WITH_CHOICES
    }


def _add_choices(
    condition: dict, choices: dict[ObjectId, list[ChoiceContent]], question_ids: set[ObjectId]
) -> None:
    fields = {"question_id": 1, "text": 1, "is_correct": 1}
    rows = Choice._get_collection().find(condition, fields)
    for row in rows.sort([("position", 1), ("_id", 1)]).batch_size(ALL_CHOICES):
        if row["question_id"] in question_ids:
            choice = ChoiceContent(row["_id"], row["text"], row.get("is_correct", False))
            choices[row["question_id"]].append(choice)


def _questions_being_imported(quiz: Quiz, stored: set[ObjectId]) -> list[Question]:
    """Return the questions of committed imports that are not stored yet."""
    imports = QuestionImport.objects(id__in=quiz.import_ids, unfinished_since__ne=None)
    return [
        Question(
            id=question.id,
            quiz=quiz.id,
            position=position,
            created_at=unfinished.created_at,
            new_choices=question.choices,
            **content_of(question),
        )
        for unfinished in imports.order_by("id")
        for position, question in enumerate(unfinished.questions, start=unfinished.first_position)
        if question.id not in stored
    ]
