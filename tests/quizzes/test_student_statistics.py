"""Mean grades of courses, compared with a table computed by hand, and submissions by day."""

from datetime import UTC, datetime

import pytest
from bson import ObjectId

from apps.quizzes.documents import Attempt
from apps.quizzes.selectors.student_statistics import mean_grades, submitted_by_day
from tests.factories import make_course
from tests.quizzes.submissions import store_graded, store_quiz

# Percentages of submissions, in order:
#
#           quiz A        quiz B      highest       latest        first         average
#   Ada   40 100 70       50 30     (100+50)/2    (70+30)/2     (40+50)/2     (70+40)/2
#                                     = 75          = 50          = 45          = 55
#   Ben      80           none        80            80            80            80
#   Cem     none           0           0             0             0             0
#   mean                            155/3=51.67   130/3=43.33   125/3=41.67   135/3=45
MEANS = {"highest": 51.67, "latest": 43.33, "first": 41.67, "average": 45.0}


@pytest.mark.parametrize("grading", MEANS)
def test_the_mean_grade_of_a_course_is_the_mean_of_its_students_mean_grades(grading):
    course = make_course(lessons=1)
    first, second = (store_quiz(course, grading=grading) for _ in range(2))
    _store_submissions(first, {"ada": [40, 100, 70], "ben": [80]}, {"ada": (ada := ObjectId())})
    _store_submissions(second, {"ada": [50, 30], "cem": [0]}, {"ada": ada})

    assert mean_grades([course.id]) == {str(course.id): MEANS[grading]}


def test_each_quiz_has_its_own_grading_and_each_course_its_own_mean():
    course, other = make_course(lessons=1), make_course(lessons=1)
    ada = ObjectId()
    for grading in MEANS:  # 90, 60, 30 and 60: their mean is 60
        _store_submissions(store_quiz(course, grading=grading), {"ada": [30, 90, 60]}, {"ada": ada})
    _store_submissions(store_quiz(other), {"ada": [12.5]}, {"ada": ada})

    assert mean_grades([course.id, other.id]) == {str(course.id): 60.0, str(other.id): 12.5}
    assert mean_grades([other.id]) == {str(other.id): 12.5}


def test_open_attempts_and_deleted_quizzes_do_not_count():
    course = make_course(lessons=1)
    quiz = store_quiz(course, grading="latest")
    student = ObjectId()
    store_graded(quiz, 80, student=student)
    open_attempt = store_graded(quiz, 0, student=student, attempt=2)
    Attempt.objects(id=open_attempt.id).update(unset__submitted_at=True, unset__percentage=True)
    removed = store_quiz(course, removed=True)
    store_graded(removed, 10, student=student)

    assert mean_grades([course.id]) == {str(course.id): 80.0}


def test_courses_without_submissions_have_no_mean_grade():
    course = make_course(lessons=1)
    assert mean_grades([course.id]) == {}
    store_quiz(course)
    assert mean_grades([course.id]) == {}
    assert mean_grades([]) == {}


def test_submissions_are_counted_by_day_in_utc():
    quiz, student = store_quiz(), ObjectId()
    late = datetime(2026, 3, 2, 23, 59, tzinfo=UTC)
    for attempt, moment in enumerate(
        [late, late, datetime(2026, 3, 3, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)], start=1
    ):
        store_graded(quiz, 50, student=student, attempt=attempt, submitted_at=moment)
    store_graded(quiz, 50, submitted_at=late)

    since = datetime(2026, 3, 2, tzinfo=UTC)

    assert submitted_by_day(student, since=since) == {"2026-03-02": 2, "2026-03-03": 1}


def _store_submissions(
    quiz, percentages: dict[str, list[float]], students: dict[str, ObjectId]
) -> None:
    """Store each student's submissions in reverse order, which must not matter."""
    for name, own in percentages.items():
        student = students.get(name) or ObjectId()
        for attempt, percentage in reversed(list(enumerate(own, start=1))):
            store_graded(quiz, percentage, student=student, attempt=attempt)
