"""What all submissions of a quiz say together, by aggregation: none of them is loaded."""

from collections.abc import Iterator, Mapping, Sequence

from bson import ObjectId

from apps.common.cache import Json
from apps.quizzes import item_analysis
from apps.quizzes.documents import TRUE_FALSE, WITH_CHOICES, AskedChoice, Attempt, Question, Quiz
from apps.quizzes.item_analysis import Sums

Stages = list[dict]
Taken = Mapping[tuple[ObjectId, object], int]  # by question, and choice or text


def statistics_of(
    quiz: Quiz,
    questions: Sequence[Question],
    choices: Mapping[ObjectId, Sequence[AskedChoice]],
    *,
    every_attempt: bool,
) -> Json:
    """
    Return the figures of a quiz and of its questions, in their order; rates are in per cent.

    :param choices: those of each question, by its id
    :param every_attempt: over all submissions; else over the first that each student has submitted
    """
    rows = _aggregate(quiz, every_attempt, ("percentage", "passed"), _BY_PERCENTAGE)
    by_percentage = {round(100 * row["_id"]): row["n"] for row in rows}
    attempts = sum(by_percentage.values())
    return {
        "attempts": attempts,
        "students": _count_students(quiz) if every_attempt else attempts,
        "mean": item_analysis.mean(by_percentage),
        "median": item_analysis.median(by_percentage),
        "pass_rate": item_analysis.per_cent(sum(row["passed"] for row in rows), attempts),
        "warning": item_analysis.warning(attempts),
        "questions": list(_questions(quiz, questions, choices, every_attempt)),
    }


def _questions(
    quiz: Quiz,
    questions: Sequence[Question],
    choices: Mapping[ObjectId, Sequence[AskedChoice]],
    every_attempt: bool,
) -> Iterator[Json]:
    sums = _sums_by_question(quiz, every_attempt)
    taken = _taken(quiz, questions, every_attempt)
    for question in questions:
        of_it = sums.get(question.id, NONE)
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


def _choices(question: Question, choices: Sequence[AskedChoice], taken: Taken) -> list[Json]:
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
            "count": taken.get((question.id, choice.id), 0),
        }
        for choice in choices
    ]


# What is asked of the store


def _aggregate(
    quiz: Quiz, every_attempt: bool, fields: tuple[str, ...], stages: Stages
) -> list[Json]:
    """Run the stages over these fields of the submissions that are looked at."""
    submissions = Attempt.objects(quiz=quiz.id, submitted_at__ne=None)
    chosen = _only(fields) if every_attempt else _first_of_each(fields)
    return list(submissions.aggregate([*chosen, *stages], allowDiskUse=True))


def _only(fields: tuple[str, ...]) -> Stages:
    return [{"$project": dict.fromkeys(fields, 1)}]


def _first_of_each(fields: tuple[str, ...]) -> Stages:
    """The first that each student has submitted; the unique index gives the order."""
    # What is absent in the first is null: mongomock would take it from the second.
    kept = {name: {"$first": {"$ifNull": [f"${name}", None]}} for name in fields}
    return [
        {"$sort": {"student_id": 1, "attempt": 1}},
        {"$group": {"_id": "$student_id"} | kept},
    ]


def _count_students(quiz: Quiz) -> int:
    of_all = [{"$group": {"_id": "$student_id"}}, {"$group": {"_id": None, "n": {"$sum": 1}}}]
    rows = _aggregate(quiz, True, ("student_id",), of_all)
    return rows[0]["n"] if rows else 0


def _sums_by_question(quiz: Quiz, every_attempt: bool) -> dict[ObjectId, Sums]:
    rows = _aggregate(quiz, every_attempt, ("marks", "score"), _SUMS)
    return {row["_id"]: _sums(row) for row in rows}


def _sums(row: Json) -> Sums:
    whole = {name: int(row[name]) for name in ("n", "x", "y", "xx", "yy", "xy", "most")}
    return Sums(
        **whole,
        x_varies=row["x_min"] < row["x_max"],
        y_varies=row["y_min"] < row["y_max"],
    )


def _taken(quiz: Quiz, questions: Sequence[Question], every_attempt: bool) -> Taken:
    """Return how often each choice was taken, and each text given to a true_false."""
    offering = [one.id for one in questions if one.kind in (*WITH_CHOICES, TRUE_FALSE)]
    taken: dict[tuple[ObjectId, object], int] = {}
    for row in _aggregate(quiz, every_attempt, ("answers",), _by_answer(offering)):
        question, given = row["_id"]["question"], row["_id"].get("given")
        key = (question, _plain(given) if isinstance(given, str) else given)
        taken[key] = taken.get(key, 0) + row["n"]
    return taken


def _plain(text: str) -> str:
    return text.strip().casefold()


def _hundredths(number: str) -> dict:
    """The nearest whole number of hundredths, by operators that every engine has."""
    above = {"$add": [{"$multiply": [number, 100]}, 0.5]}
    return {"$subtract": [above, {"$mod": [above, 1]}]}


def _by_answer(question_ids: list[ObjectId]) -> Stages:
    given = {"$ifNull": ["$answers.choices", "$answers.text"]}
    return [
        {"$unwind": "$answers"},
        {"$match": {"answers.question": {"$in": question_ids}}},
        {"$unwind": {"path": "$answers.choices", "preserveNullAndEmptyArrays": True}},
        {
            "$group": {
                "_id": {"question": "$answers.question", "given": given},
                "n": {"$sum": 1},
            }
        },
    ]


NONE = Sums(n=0, x=0, y=0, xx=0, yy=0, xy=0, most=0, x_varies=False, y_varies=False)

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
    {"$unwind": "$marks"},
    {
        "$project": {
            "question": "$marks.question",
            "x": _hundredths("$marks.points"),
            "most": _hundredths("$marks.max_points"),
            "score": _hundredths("$score"),
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
