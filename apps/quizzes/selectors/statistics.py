"""Compute the statistics of a quiz by aggregation, without loading its submissions."""

from collections.abc import Mapping, Sequence

from bson import ObjectId
from mongoengine import Q, QuerySet

from apps.common.storage.cache import Json
from apps.quizzes import item_analysis
from apps.quizzes.contents import ChoiceContent
from apps.quizzes.documents import TRUE_FALSE, WITH_CHOICES, Attempt, Question, Quiz
from apps.quizzes.item_analysis import Sums
from apps.quizzes.representations import (
    ChoiceFiguresRepresentation,
    QuestionFiguresRepresentation,
    StatisticsRepresentation,
)

Pipeline = list[dict]
# The number of selections by choice id; for true/false questions, by (question id, text).
SelectionCounts = Mapping[object, int]
NO_SUMS = Sums(n=0, x=0, y=0, xx=0, yy=0, xy=0, max_points=0, x_varies=False, y_varies=False)


def statistics_of(
    quiz: Quiz,
    questions: Sequence[Question],
    choices: Mapping[ObjectId, Sequence[ChoiceContent]],
    *,
    every_attempt: bool,
) -> StatisticsRepresentation:
    """
    Return the statistics of a quiz and of its questions, in order; rates are in percent.

    :param choices: the choices of each question, by its id
    :param every_attempt: whether to include all submissions, or only the first of each student
    """
    submissions = _all_submissions(quiz) if every_attempt else _first_submissions(quiz)
    rows = list(submissions.aggregate(_BY_PERCENTAGE))
    by_percentage = {round(100 * row["_id"]): row["n"] for row in rows}
    attempts = sum(by_percentage.values())
    return {
        "quiz": str(quiz.id),
        "attempts": attempts,
        "students": _count_students(submissions) if every_attempt else attempts,
        "mean": item_analysis.mean(by_percentage),
        "median": item_analysis.median(by_percentage),
        "pass_rate": item_analysis.percentage(sum(row["passed"] for row in rows), attempts),
        "warning": item_analysis.sample_warning(attempts),
        "questions": _question_statistics(submissions, questions, choices),
    }


def _question_statistics(
    submissions: QuerySet,
    questions: Sequence[Question],
    choices: Mapping[ObjectId, Sequence[ChoiceContent]],
) -> list[QuestionFiguresRepresentation]:
    sums_by_question = _sums_by_question(submissions)
    counts = _count_selections(submissions, questions)
    rows: list[QuestionFiguresRepresentation] = []
    for question in questions:
        sums = sums_by_question.get(question.id, NO_SUMS)
        rows.append(
            {
                "question": str(question.id),
                "text": question.text,
                "kind": question.kind,
                "n": sums.n,
                "facility": item_analysis.facility(sums),
                "discrimination": item_analysis.discrimination(sums),
                "warning": item_analysis.sample_warning(sums.n),
                "choices": _choice_statistics(question, choices.get(question.id, ()), counts),
            }
        )
    return rows


def _choice_statistics(
    question: Question, choices: Sequence[ChoiceContent], counts: SelectionCounts
) -> list[ChoiceFiguresRepresentation]:
    if question.kind == TRUE_FALSE:
        return [
            {
                "id": None,
                "text": text,
                "is_correct": _normalize(question.answer) == text,
                "count": counts.get((question.id, text), 0),
            }
            for text in ("true", "false")
        ]
    if question.kind not in WITH_CHOICES:
        return []
    return [
        {
            "id": str(choice.id),
            "text": choice.text,
            "is_correct": choice.is_correct,
            "count": counts.get(choice.id, 0),
        }
        for choice in choices
    ]


# Queries


def _all_submissions(quiz: Quiz) -> QuerySet:
    return Attempt.objects(quiz=quiz.id, submitted_at__ne=None)


def _first_submissions(quiz: Quiz) -> QuerySet:
    """Return each student's first submission, which is a later attempt if the first expired."""
    later = _all_submissions(quiz).aggregate(
        [
            {"$sort": {"student_id": 1, "attempt": 1}},
            {
                "$group": {
                    "_id": "$student_id",
                    "submission": {"$first": "$_id"},
                    "attempt": {"$first": "$attempt"},
                }
            },
            {"$match": {"attempt": {"$gt": 1}}},
        ]
    )
    submissions = [row["submission"] for row in later]
    return _all_submissions(quiz).filter(Q(attempt=1) | Q(id__in=submissions))


def _count_students(submissions: QuerySet) -> int:
    rows = list(
        submissions.aggregate(
            [{"$group": {"_id": "$student_id"}}, {"$group": {"_id": None, "n": {"$sum": 1}}}]
        )
    )
    return rows[0]["n"] if rows else 0


def _sums_by_question(submissions: QuerySet) -> dict[ObjectId, Sums]:
    return {row["_id"]: _sums_from(row) for row in submissions.aggregate(_SUMS)}


def _sums_from(row: Json) -> Sums:
    sums = {name: int(row[name]) for name in ("n", "x", "y", "xx", "yy", "xy")}
    return Sums(
        **sums,
        max_points=round(100 * row["max_points"]),
        x_varies=row["x_min"] < row["x_max"],
        y_varies=row["y_min"] < row["y_max"],
    )


def _count_selections(submissions: QuerySet, questions: Sequence[Question]) -> SelectionCounts:
    """Count how often each choice, and each answer to a true/false question, was selected."""
    kinds = {question.kind for question in questions}
    counts: dict = {}
    if kinds & set(WITH_CHOICES):
        counts |= {row["_id"]: row["n"] for row in submissions.aggregate(_BY_CHOICE)}
    if TRUE_FALSE in kinds:
        true_false = [question.id for question in questions if question.kind == TRUE_FALSE]
        for row in submissions.aggregate(_by_text(true_false)):
            key = (row["_id"]["question"], _normalize(row["_id"].get("text")))
            counts[key] = counts.get(key, 0) + row["n"]
    return counts


def _normalize(text: str | None) -> str:
    return (text or "").strip().casefold()


def _by_text(question_ids: list[ObjectId]) -> Pipeline:
    return [
        {"$project": {"answers": 1}},
        {"$unwind": "$answers"},
        {"$match": {"answers.question": {"$in": question_ids}}},
        {
            "$group": {
                "_id": {"question": "$answers.question", "text": "$answers.text"},
                "n": {"$sum": 1},
            }
        },
    ]


def _hundredths(number: str) -> dict:
    """Return the expression that rounds to whole hundredths, by operators of every engine."""
    above = {"$add": [{"$multiply": [number, 100]}, 0.5]}
    return {"$subtract": [above, {"$mod": [above, 1]}]}


# Not "$answers.choices": mongomock finds nothing if one answer has no choices.
_SELECTED = {
    "$map": {
        "input": {"$ifNull": ["$answers", []]},
        "as": "answer",
        "in": {"$ifNull": ["$$answer.choices", []]},
    }
}
_BY_CHOICE: Pipeline = [
    {"$project": {"selected": _SELECTED}},
    {"$unwind": "$selected"},
    {"$unwind": "$selected"},
    {"$group": {"_id": "$selected", "n": {"$sum": 1}}},
]
_BY_PERCENTAGE: Pipeline = [
    {
        "$group": {
            "_id": "$percentage",
            "n": {"$sum": 1},
            "passed": {"$sum": {"$cond": ["$passed", 1, 0]}},
        }
    }
]
_SUMS: Pipeline = [
    {"$project": {"results": 1, "score": _hundredths("$score")}},
    {"$unwind": "$results"},
    {
        "$project": {
            "question": "$results.question",
            "max_points": "$results.max_points",
            "score": 1,
            "x": _hundredths("$results.points"),
        }
    },
    {"$project": {"question": 1, "x": 1, "max_points": 1, "y": {"$subtract": ["$score", "$x"]}}},
    {
        "$group": {
            "_id": "$question",
            "n": {"$sum": 1},
            "x": {"$sum": "$x"},
            "y": {"$sum": "$y"},
            "xx": {"$sum": {"$multiply": ["$x", "$x"]}},
            "yy": {"$sum": {"$multiply": ["$y", "$y"]}},
            "xy": {"$sum": {"$multiply": ["$x", "$y"]}},
            "max_points": {"$sum": "$max_points"},
            "x_min": {"$min": "$x"},
            "x_max": {"$max": "$x"},
            "y_min": {"$min": "$y"},
            "y_max": {"$max": "$y"},
        }
    },
]
