"""
Representations of questions and choices.

Students get only what is listed in the representations without an answer key. So a field that is
added to a document stays private until it is listed there.
"""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from bson import ObjectId

from apps.common.clock import format_timestamp
from apps.common.representations import Id, Revisioned, Timestamp
from apps.quizzes.contents import ChoiceContent, QuestionContent
from apps.quizzes.documents import Attempt, Choice, ChoiceSnapshot, Kind, Question, QuestionSnapshot


class QuestionChoiceRepresentation(TypedDict):
    id: Id
    text: str
    is_correct: bool


class QuestionRepresentation(TypedDict):
    """A question with its answer key."""

    id: Id
    quiz: Id
    text: str
    kind: Kind
    answer: str
    tolerance: float | None
    points: float
    position: int
    explanation: str
    choices: list[QuestionChoiceRepresentation]
    created_at: Timestamp


class RevisionedQuestion(QuestionRepresentation, Revisioned):
    """A question that is the whole answer, so that its revision is in the ETag."""


class AskedChoiceRepresentation(TypedDict):
    id: Id
    text: str


class AskedQuestionRepresentation(TypedDict):
    """A question as students get it: without its answer key."""

    id: Id
    quiz: Id
    text: str
    kind: Kind
    tolerance: float | None
    points: float
    position: int
    choices: list[AskedChoiceRepresentation]


class ChoiceRepresentation(Revisioned):
    """A choice; students get it without `is_correct`."""

    id: Id
    question: Id
    text: str
    is_correct: NotRequired[bool]
    position: int


def represent_question(
    question: Question, choices: Sequence[ChoiceContent]
) -> QuestionRepresentation:
    return {
        "id": str(question.id),
        "quiz": str(question.quiz),
        "text": question.text,
        "kind": question.kind,
        "answer": question.answer,
        "tolerance": question.tolerance,
        "points": question.points,
        "position": question.position,
        "explanation": question.explanation,
        "choices": [
            {"id": str(choice.id), "text": choice.text, "is_correct": choice.is_correct}
            for choice in choices
        ],
        "created_at": format_timestamp(question.created_at),
    }


def represent_revisioned_question(
    question: Question, choices: Sequence[ChoiceContent]
) -> RevisionedQuestion:
    return {**represent_question(question, choices), "revision": question.revision}


def represent_asked_question(
    question: QuestionContent | QuestionSnapshot, *, quiz_id: ObjectId, position: int
) -> AskedQuestionRepresentation:
    return {
        "id": str(question.id),
        "quiz": str(quiz_id),
        "text": question.text,
        "kind": question.kind,
        "tolerance": question.tolerance,
        "points": question.points,
        "position": position,
        "choices": [_represent_asked_choice(choice) for choice in question.choices],
    }


def represent_attempt_questions(attempt: Attempt) -> list[AskedQuestionRepresentation]:
    """Represent an attempt's questions in its order, without the answer key."""
    return [
        represent_asked_question(question, quiz_id=attempt.quiz, position=position)
        for position, question in enumerate(attempt.questions, start=1)
    ]


def represent_choice(choice: Choice, *, with_key: bool = True) -> ChoiceRepresentation:
    row: ChoiceRepresentation = {
        "id": str(choice.id),
        "question": str(choice.question),
        "text": choice.text,
        "position": choice.position,
        # Without the key, its edits must not be noticeable either.
        "revision": choice.revision if with_key else 1,
    }
    if with_key:
        row["is_correct"] = choice.is_correct
    return row


def _represent_asked_choice(choice: ChoiceContent | ChoiceSnapshot) -> AskedChoiceRepresentation:
    return {"id": str(choice.id), "text": choice.text}
