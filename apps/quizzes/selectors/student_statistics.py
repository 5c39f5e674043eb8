"""Statistics of students' submissions, computed by aggregation."""

from collections.abc import Iterable
from datetime import datetime
from statistics import fmean

from bson import ObjectId

from apps.common.storage.count_by_day import count_by_day
from apps.quizzes.documents import Attempt, Quiz


def submitted_by_day(student_id, *, since: datetime) -> dict[str, int]:
    """Return the number of a student's submissions by day."""
    return count_by_day(
        Attempt.objects(student=student_id, submitted_at__gte=since), "submitted_at"
    )


def mean_grades(course_ids: list) -> dict[str, float]:
    """
    Return the mean grade, in percent, of each course that has submissions.

    It is the mean over students of the mean of each student's grades, one grade per quiz.
    """
    totals: dict[tuple, list[float]] = {}  # sum and number of grades by (course, student)
    for grading, quiz_ids in _quizzes_by_grading(course_ids).items():
        for row in _sum_grades_by_student(quiz_ids, grading):
            total = totals.setdefault((row["_id"]["course"], row["_id"]["student"]), [0.0, 0])
            total[0] += row["sum"]
            total[1] += row["n"]
    by_course: dict[str, list[float]] = {}
    for (course, _student), (total_of_grades, number) in totals.items():
        by_course.setdefault(str(course), []).append(total_of_grades / number)
    return {course: round(fmean(means), 2) for course, means in by_course.items()}


def _sum_grades_by_student(quiz_ids: list[ObjectId], grading: str) -> Iterable[dict]:
    """Return the sum and number of grades, one per quiz, of each student in each course."""
    return Attempt.objects(quiz__in=quiz_ids, submitted_at__ne=None).aggregate(
        [
            {"$sort": {"quiz_id": 1, "student_id": 1, "attempt": 1}},
            {"$group": _BY_STUDENT_AND_QUIZ},
            {
                "$group": {
                    "_id": {"course": "$course", "student": "$_id.student"},
                    "sum": {"$sum": f"${grading}"},
                    "n": {"$sum": 1},
                }
            },
        ],
        allowDiskUse=True,
    )


def _quizzes_by_grading(course_ids: list) -> dict[str, list[ObjectId]]:
    """Return the ids of the courses' quizzes by grading method, each of which needs a query."""
    quizzes: dict[str, list[ObjectId]] = {}
    for quiz in Quiz.objects(course__in=course_ids, removed=None).only("grading"):
        quizzes.setdefault(quiz.grading, []).append(quiz.id)
    return quizzes


_BY_STUDENT_AND_QUIZ = {
    "_id": {"quiz": "$quiz_id", "student": "$student_id"},
    "course": {"$first": "$course_id"},
    "highest": {"$max": "$percentage"},
    "latest": {"$last": "$percentage"},
    "first": {"$first": "$percentage"},
    "average": {"$avg": "$percentage"},
}
