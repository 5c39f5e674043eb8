"""What students' submissions come to, by aggregation."""

from datetime import datetime
from itertools import chain

from bson import ObjectId

from apps.common.days import count_by_day
from apps.quizzes.documents import GRADINGS, Attempt, Quiz


def submitted_by_day(student_id, *, since: datetime) -> dict[str, int]:
    """Return how many submissions a student has made on each day."""
    return count_by_day(
        Attempt.objects(student=student_id, submitted_at__gte=since), "submitted_at"
    )


def mean_grades(course_ids: list) -> dict[str, float]:
    """
    Return the mean grade of each of the courses in which a quiz was taken.

    It is the mean over students, each with the mean of their grades, one a quiz, by its grading.
    """
    quizzes = _by_grading(course_ids)
    submissions = Attempt.objects(quiz__in=list(chain(*quizzes.values())), submitted_at__ne=None)
    rows = submissions.aggregate(
        [
            {"$sort": {"quiz_id": 1, "student_id": 1, "attempt": 1}},
            {"$group": _OF_STUDENT_AND_QUIZ},
            {"$project": {"course": 1, "grade": _grade_by(quizzes)}},
            {
                "$group": {
                    "_id": {"course": "$course", "student": "$_id.student"},
                    "grade": {"$avg": "$grade"},
                }
            },
            {"$group": {"_id": "$_id.course", "grade": {"$avg": "$grade"}}},
        ],
        allowDiskUse=True,
    )
    return {str(row["_id"]): round(row["grade"], 2) for row in rows}


def _by_grading(course_ids: list) -> dict[str, list[ObjectId]]:
    quizzes: dict[str, list[ObjectId]] = {grading: [] for grading in GRADINGS}
    for quiz in Quiz.objects(course__in=course_ids, removed=None).only("grading"):
        quizzes[quiz.grading].append(quiz.id)
    return quizzes


def _grade_by(quizzes: dict[str, list[ObjectId]]) -> dict | str:
    """The figure that the grading of the group's quiz names."""
    figure: dict | str = "$highest"
    for grading in ("latest", "first", "average"):
        figure = {"$cond": [{"$in": ["$_id.quiz", quizzes[grading]]}, f"${grading}", figure]}
    return figure


_OF_STUDENT_AND_QUIZ = {
    "_id": {"quiz": "$quiz_id", "student": "$student_id"},
    "course": {"$first": "$course_id"},
    "highest": {"$max": "$percentage"},
    "latest": {"$last": "$percentage"},
    "first": {"$first": "$percentage"},
    "average": {"$avg": "$percentage"},
}
