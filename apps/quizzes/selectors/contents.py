"""The questions of quizzes with their choices, and the figures that they come to.

A full quiz has 6,000 choices, so they are read without building a document of each.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from bson import ObjectId
from mongoengine import QuerySet

from apps.quizzes.documents import (
    MOST_CHOICES,
    MOST_QUESTIONS,
    WITH_CHOICES,
    Choice,
    ChoiceSnapshot,
    Question,
    QuestionImport,
    QuestionSnapshot,
    Quiz,
    content_of,
)
from apps.quizzes.grading import rounded_sum
from apps.quizzes.problems import NO_QUESTIONS, Problem, problem_of, problems_of

ALL_AT_ONCE = MOST_QUESTIONS * MOST_CHOICES  # in one answer of the store


class ChoiceContent(NamedTuple):
    """A choice within its question."""

    id: ObjectId
    text: str
    is_correct: bool


class ChoiceCount(NamedTuple):
    number: int
    right: int


@dataclass(frozen=True)
class QuestionContent:
    """A question with its choices, with the fields of an :class:`QuestionSnapshot`."""

    id: ObjectId
    text: str
    kind: str
    answer: str
    tolerance: float | None
    points: float
    explanation: str
    choices: Sequence[ChoiceContent]


@dataclass(frozen=True)
class QuizFigures:
    """What the questions of a quiz come to; `problems` keep it from being taken."""

    question_count: int
    choice_count: int  # but for those of questions that are being given others
    max_score: float
    problems: Sequence[Problem]

    @property
    def is_ready(self) -> bool:
        return not self.problems


def questions_of(quiz: Quiz) -> list[Question]:
    """Return a quiz's questions in order; while they are being moved, in the wanted one."""
    found = list(Question.objects(quiz=quiz.id).order_by("position", "id"))
    if quiz.importing:
        found += _being_imported(quiz, {one.id for one in found})
    wanted = {one: place for place, one in enumerate(quiz.question_order or [])}
    return sorted(found, key=lambda one: wanted.get(one.id, len(wanted)))


def asked_in(quiz: Quiz) -> list[QuestionSnapshot]:
    """Return a quiz's questions, choices and key, as an attempt that began now would hold them."""
    return [
        QuestionSnapshot(
            id=one.id,
            choices=[ChoiceSnapshot(**choice._asdict()) for choice in one.choices],
            **content_of(one),
        )
        for one in contents_of(questions_of(quiz), whole=quiz)
    ]


def contents_of(
    questions: Sequence[Question], *, whole: Quiz | None = None
) -> list[QuestionContent]:
    """
    Return questions with their choices.

    :param whole: the quiz of which these are all questions; its choices are found by its id alone
    """
    choices = choices_of(questions, whole=whole)
    return [
        QuestionContent(id=one.id, choices=choices[one.id], **content_of(one)) for one in questions
    ]


def choices_of(
    questions: Sequence[Question], *, whole: Quiz | None = None
) -> dict[ObjectId, list[ChoiceContent]]:
    """
    Return the choices of each question in order, those that it is to have where it says so.

    :param whole: the quiz of which these are all questions; its choices are found by its id alone
    """
    found = {
        question.id: [
            ChoiceContent(one.id, one.text, one.is_correct) for one in question.wanted_choices or []
        ]
        for question in questions
    }
    settled = _settled(questions)
    if whole is not None and settled:
        _add_choices({"quiz_id": whole.id}, found, settled)
    # A question that has just moved here, or is of an earlier release, is found by its own id.
    missing = [question_id for question_id in settled if not found[question_id]]
    if missing:
        _add_choices({"question_id": {"$in": missing}}, found, set(missing))
    return found


def _settled(questions: Iterable[Question]) -> set[ObjectId]:
    """Return the questions that have choices of their own, and are not being given others."""
    return {one.id for one in questions if one.wanted_choices is None and one.kind in WITH_CHOICES}


def _add_choices(
    condition: dict, found: dict[ObjectId, list[ChoiceContent]], wanted: set[ObjectId]
) -> None:
    fields = {"question_id": 1, "text": 1, "is_correct": 1}
    rows = Choice._get_collection().find(condition, fields)
    for row in rows.sort([("position", 1), ("_id", 1)]).batch_size(ALL_AT_ONCE):
        if row["question_id"] in wanted:
            choice = ChoiceContent(row["_id"], row["text"], row.get("is_correct", False))
            found[row["question_id"]].append(choice)


def answer_key_digest(questions: Iterable[QuestionContent]) -> str:
    """Return a digest of a quiz's answer key, whatever the order of its questions and choices."""
    rows = sorted(
        (str(one.id), one.kind, one.answer, one.tolerance, one.explanation, _key_of(one.choices))
        for one in questions
    )
    return blake2b(repr(rows).encode(), digest_size=16).hexdigest()


def _key_of(choices: Iterable[ChoiceContent]) -> list[tuple[str, bool]]:
    return sorted((str(one.id), bool(one.is_correct)) for one in choices)


def stored_figures(quizzes: Iterable[Quiz]) -> dict[ObjectId, QuizFigures]:
    """Return the figures that quizzes have stored, and count those of an earlier release."""
    quizzes = list(quizzes)
    figures = {
        quiz.id: QuizFigures(
            quiz.question_count,
            quiz.choice_count,
            quiz.max_score,
            [(one.question, one.code) for one in quiz.problems or []],
        )
        for quiz in quizzes
        if quiz.question_count is not None
    }
    return figures | count_figures([one.id for one in quizzes if one.id not in figures])


def figures_of(questions: Sequence[QuestionContent]) -> QuizFigures:
    return QuizFigures(
        question_count=len(questions),
        choice_count=sum(len(one.choices) for one in questions),
        max_score=rounded_sum(one.points for one in questions),
        problems=problems_of(questions),
    )


def count_figures(quiz_ids: Sequence[ObjectId]) -> dict[ObjectId, QuizFigures]:
    """Return the figures of quizzes as the store has their questions now."""
    if not quiz_ids:
        return {}
    needed = ("quiz", "kind", "answer", "points", "wanted_choices")
    found = Question.objects(quiz__in=quiz_ids).order_by("position", "id").only(*needed)
    by_quiz: dict[ObjectId, list[Question]] = {quiz_id: [] for quiz_id in quiz_ids}
    for question in found:
        by_quiz[question.quiz].append(question)
    counts = _count_choices([one for each in by_quiz.values() for one in each])
    return {
        quiz_id: QuizFigures(
            question_count=len(questions),
            choice_count=sum(counts[one.id].number for one in questions if one.id in counts),
            max_score=rounded_sum(one.points for one in questions),
            problems=_problems(questions, counts),
        )
        for quiz_id, questions in by_quiz.items()
    }


def _problems(
    questions: Sequence[Question], counts: Mapping[ObjectId, ChoiceCount]
) -> list[Problem]:
    if not questions:
        return [(None, NO_QUESTIONS)]
    found = (
        (one.id, problem_of(one.kind, one.answer, has_right_choice=_has_right(one, counts)))
        for one in questions
    )
    return [(question_id, code) for question_id, code in found if code]


def _has_right(question: Question, counts: Mapping[ObjectId, ChoiceCount]) -> bool:
    if question.wanted_choices is not None:
        return any(choice.is_correct for choice in question.wanted_choices)
    return question.id in counts and counts[question.id].right > 0


def _count_choices(questions: Sequence[Question]) -> dict[ObjectId, ChoiceCount]:
    """Count the choices of each question that has any and is not being given others."""
    settled = _settled(questions)
    if not settled:
        return {}
    counts = _counted(Choice.objects(quiz__in=list({one.quiz for one in questions})))
    missing = settled - set(counts)  # as in `choices_of`
    if missing:
        counts |= _counted(Choice.objects(question__in=list(missing)))
    return {question_id: counts[question_id] for question_id in settled & set(counts)}


def _counted(choices: QuerySet) -> dict[ObjectId, ChoiceCount]:
    right = {"$sum": {"$cond": ["$is_correct", 1, 0]}}
    group = {"_id": "$question_id", "number": {"$sum": 1}, "right": right}
    rows = choices.aggregate([{"$group": group}])
    return {row["_id"]: ChoiceCount(row["number"], row["right"]) for row in rows}


def _being_imported(quiz: Quiz, present: set[ObjectId]) -> list[Question]:
    """Return the questions of imports that are decided and not carried out yet."""
    imports = QuestionImport.objects(id__in=quiz.importing, pending_since__ne=None)
    return [
        Question(
            id=question.id,
            quiz=quiz.id,
            position=position,
            created_at=one.created_at,
            wanted_choices=question.choices,
            **content_of(question),
        )
        for one in imports.order_by("id")
        for position, question in enumerate(one.questions, start=one.first_position)
        if question.id not in present
    ]
