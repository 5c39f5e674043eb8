"""Read or compute the summaries of quizzes' questions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bson import ObjectId
from mongoengine import QuerySet

from apps.quizzes.contents import QuizSummary
from apps.quizzes.documents import Choice, Question, Quiz
from apps.quizzes.grading import rounded_sum
from apps.quizzes.problems import NO_QUESTIONS, Problem, question_problem
from apps.quizzes.selectors.contents import with_stored_choices


class ChoiceCount(NamedTuple):
    total: int
    correct: int


NO_CHOICES = ChoiceCount(total=0, correct=0)


def stored_summaries(quizzes: Iterable[Quiz]) -> dict[ObjectId, QuizSummary]:
    """Return the stored summaries; compute those that older data do not have."""
    quizzes = list(quizzes)
    summaries = {
        quiz.id: QuizSummary(
            quiz.question_count,
            quiz.choice_count,
            quiz.max_score,
            [(problem.question, problem.code) for problem in quiz.problems or []],
        )
        for quiz in quizzes
        if quiz.question_count is not None
    }
    return summaries | compute_summaries([quiz.id for quiz in quizzes if quiz.id not in summaries])


def compute_summaries(quiz_ids: Sequence[ObjectId]) -> dict[ObjectId, QuizSummary]:
    """Compute the summaries of quizzes from their stored questions."""
    if not quiz_ids:
        return {}
    fields = ("quiz", "kind", "answer", "points", "new_choices")
    by_quiz: dict[ObjectId, list[Question]] = {quiz_id: [] for quiz_id in quiz_ids}
    for question in Question.objects(quiz__in=quiz_ids).order_by("position", "id").only(*fields):
        by_quiz[question.quiz].append(question)
    counts = _count_choices([question for each in by_quiz.values() for question in each])
    return {
        quiz_id: QuizSummary(
            question_count=len(questions),
            choice_count=sum(counts.get(question.id, NO_CHOICES).total for question in questions),
            max_score=rounded_sum(question.points for question in questions),
            problems=_find_problems(questions, counts),
        )
        for quiz_id, questions in by_quiz.items()
    }


def _find_problems(
    questions: Sequence[Question], counts: Mapping[ObjectId, ChoiceCount]
) -> list[Problem]:
    if not questions:
        return [(None, NO_QUESTIONS)]
    codes = (
        (
            question.id,
            question_problem(
                question.kind,
                question.answer,
                has_right_choice=_has_correct_choice(question, counts),
            ),
        )
        for question in questions
    )
    return [(question_id, code) for question_id, code in codes if code]


def _has_correct_choice(question: Question, counts: Mapping[ObjectId, ChoiceCount]) -> bool:
    if question.new_choices is not None:
        return any(choice.is_correct for choice in question.new_choices)
    return counts.get(question.id, NO_CHOICES).correct > 0


def _count_choices(questions: Sequence[Question]) -> dict[ObjectId, ChoiceCount]:
    """Count the choices of each question, except those whose choices are being replaced."""
    stored = with_stored_choices(questions)
    if not stored:
        return {}
    quiz_ids = {question.quiz for question in questions}
    counts = _counts_by_question(Choice.objects(quiz__in=list(quiz_ids)))
    missing = stored - set(counts)  # as in `choices_of`
    if missing:
        counts |= _counts_by_question(Choice.objects(question__in=list(missing)))
    return {question_id: counts[question_id] for question_id in stored & set(counts)}


def _counts_by_question(choices: QuerySet) -> dict[ObjectId, ChoiceCount]:
    correct = {"$sum": {"$cond": ["$is_correct", 1, 0]}}
    group = {"_id": "$question_id", "total": {"$sum": 1}, "correct": correct}
    rows = choices.aggregate([{"$group": group}])
    return {row["_id"]: ChoiceCount(row["total"], row["correct"]) for row in rows}
