"""What all submissions of a quiz say together, by aggregation: none of them is loaded."""

from collections.abc import Iterator, Mapping, Sequence

from bson import ObjectId
from mongoengine import Q, QuerySet

from apps.common.storage.cache import Json
from apps.quizzes import item_analysis
from apps.quizzes.documents import TRUE_FALSE, WITH_CHOICES, Attempt, Question, Quiz
from apps.quizzes.item_analysis import Sums
from apps.quizzes.selectors.contents import ChoiceContent

Stages = list[dict]
Taken = Mapping[object, int]  # by choice; by question and text where there are none
NO_SUMS = Sums(n=0, x=0, y=0, xx=0, yy=0, xy=0, most=0, x_varies=False, y_varies=False)


def statistics_of(
    quiz: Quiz,
    questions: Sequence[Question],
    choices: Mapping[ObjectId, Sequence[ChoiceContent]],
    *,
    every_attempt: bool,
) -> Json:
    """
    Return the figures of a quiz and of its questions, in their order; rates are in per cent.

    :param choices: those of each question, by its id
    :param every_attempt: over all submissions; else over the first that each student has submitted
    """
    submissions = _all(quiz) if every_attempt else _first_of_each(quiz)
    rows = list(submissions.aggregate(_BY_PERCENTAGE))
    by_percentage = {round(100 * row["_id"]): row["n"] for row in rows}
    attempts = sum(by_percentage.values())
    return {
        "quiz": str(quiz.id),
        "attempts": attempts,
        "students": _count_students(submissions) if every_attempt else attempts,
        "mean": item_analysis.mean(by_percentage),
        "median": item_analysis.median(by_percentage),
        "pass_rate": item_analysis.per_cent(sum(row["passed"] for row in rows), attempts),
        "warning": item_analysis.warning(attempts),
        "questions": list(_questions(submissions, questions, choices)),
    }


def _questions(
    submissions: QuerySet,
    questions: Sequence[Question],
    choices: Mapping[ObjectId, Sequence[ChoiceContent]],
) -> Iterator[Json]:
    sums = _sums_by_question(submissions)
    taken = _taken(submissions, questions)
    for question in questions:
        of_it = sums.get(question.id, NO_SUMS)
        yield {
            "question": str(question.id),
            "text": question.text,
            "kind": question.kind,
            "n": of_it.n,
            "facility": item_analysis.facility(of_it),
            "discrimination": item_analysis.discrimination(of_it),
            "warning": item_analysis.warning(of_it.n),
            "choices": _choices(question, choices.get(question.id, ()), taken),
        }


def _choices(question: Question, choices: Sequence[ChoiceContent], taken: Taken) -> list[Json]:
    if question.kind == TRUE_FALSE:
        return [
            {
                "id": None,
                "text": text,
                "is_correct": _plain(question.answer) == text,
                "count": taken.get((question.id, text), 0),
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
            "count": taken.get(choice.id, 0),
        }
        for choice in choices
    ]


# What is asked of the store


def _all(quiz: Quiz) -> QuerySet:
    return Attempt.objects(quiz=quiz.id, submitted_at__ne=None)


def _first_of_each(quiz: Quiz) -> QuerySet:
    """The first that each student has submitted: the first attempt, unless that ran out."""
    later = _all(quiz).aggregate(
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
    return _all(quiz).filter(Q(attempt=1) | Q(id__in=[row["submission"] for row in later]))


def _count_students(submissions: QuerySet) -> int:
    rows = list(
        submissions.aggregate(
            [{"$group": {"_id": "$student_id"}}, {"$group": {"_id": None, "n": {"$sum": 1}}}]
        )
    )
    return rows[0]["n"] if rows else 0


def _sums_by_question(submissions: QuerySet) -> dict[ObjectId, Sums]:
    return {row["_id"]: _sums(row) for row in submissions.aggregate(_SUMS)}


def _sums(row: Json) -> Sums:
    whole = {name: int(row[name]) for name in ("n", "x", "y", "xx", "yy", "xy")}
    return Sums(
        **whole,
        most=round(100 * row["most"]),
        x_varies=row["x_min"] < row["x_max"],
        y_varies=row["y_min"] < row["y_max"],
    )


def _taken(submissions: QuerySet, questions: Sequence[Question]) -> Taken:
    """Return how often each choice was taken, and what was said to a true_false."""
    kinds = {question.kind for question in questions}
    taken: dict = {}
    if kinds & set(WITH_CHOICES):
        taken |= {row["_id"]: row["n"] for row in submissions.aggregate(_BY_CHOICE)}
    if TRUE_FALSE in kinds:
        asked = [one.id for one in questions if one.kind == TRUE_FALSE]
        for row in submissions.aggregate(_by_text(asked)):
            key = (row["_id"]["question"], _plain(row["_id"].get("text")))
            taken[key] = taken.get(key, 0) + row["n"]
    return taken


def _plain(text: str | None) -> str:
    return (text or "").strip().casefold()


def _by_text(question_ids: list[ObjectId]) -> Stages:
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
    """The nearest whole number of hundredths, by operators that every engine has."""
    above = {"$add": [{"$multiply": [number, 100]}, 0.5]}
    return {"$subtract": [above, {"$mod": [above, 1]}]}


# Not "$answers.choices": mongomock finds none where one answer has no choices.
_CHOSEN = {
    "$map": {
        "input": {"$ifNull": ["$answers", []]},
        "as": "answer",
        "in": {"$ifNull": ["$$answer.choices", []]},
    }
}
_BY_CHOICE: Stages = [
    {"$project": {"chosen": _CHOSEN}},
    {"$unwind": "$chosen"},
    {"$unwind": "$chosen"},
    {"$group": {"_id": "$chosen", "n": {"$sum": 1}}},
]
_BY_PERCENTAGE: Stages = [
    {
        "$group": {
            "_id": "$percentage",
            "n": {"$sum": 1},
            "passed": {"$sum": {"$cond": ["$passed", 1, 0]}},
        }
    }
]
_SUMS: Stages = [
    {"$project": {"marks": 1, "score": _hundredths("$score")}},
    {"$unwind": "$marks"},
    {
        "$project": {
            "question": "$marks.question",
            "most": "$marks.max_points",
            "score": 1,
            "x": _hundredths("$marks.points"),
        }
    },
    {"$project": {"question": 1, "x": 1, "most": 1, "y": {"$subtract": ["$score", "$x"]}}},
    {
        "$group": {
            "_id": "$question",
            "n": {"$sum": 1},
            "x": {"$sum": "$x"},
            "y": {"$sum": "$y"},
            "xx": {"$sum": {"$multiply": ["$x", "$x"]}},
            "yy": {"$sum": {"$multiply": ["$y", "$y"]}},
            "xy": {"$sum": {"$multiply": ["$x", "$y"]}},
            "most": {"$sum": "$most"},
            "x_min": {"$min": "$x"},
            "x_max": {"$max": "$x"},
            "y_min": {"$min": "$y"},
            "y_max": {"$max": "$y"},
        }
    },
]
