"""What students have made of quizzes."""

from collections.abc import Iterable, Sequence

from bson import ObjectId
from mongoengine import QuerySet

from apps.common.storage.cache import Json, invalidate
from apps.common.storage.documents import matches_any_pair
from apps.quizzes.documents import Attempt, Quiz
from apps.quizzes.grading import grade_of
from apps.quizzes.selectors.attempts import passed_quizzes
from apps.quizzes.selectors.quizzes import quizzes_of_lesson, ready_among

Place = tuple[str, str]  # student id, course id

_NEEDED = ("lesson", "course", "title", "grading", "question_count", "problems", "moved_at")


def quiz_results_of(places: Iterable[Place]) -> dict[Place, list[Json]]:
    """
    Return `{quiz, lesson, title, attempts, grade, passed}` of each quiz in each place.

    Quizzes that nobody could take are left out where the student has not taken them.
    """
    places = list(places)
    quizzes = _quizzes_of({course for _, course in places})
    if not quizzes:
        return {place: [] for place in places}
    ready = ready_among(quiz for of_course in quizzes.values() for quiz in of_course)
    moving = [quiz.id for each in quizzes.values() for quiz in each if quiz.moved_at]
    attempts = _attempts_in(places, moving)
    results: dict[Place, list[Json]] = {place: [] for place in places}
    for student, course in places:
        for quiz in quizzes.get(course, []):
            taken = attempts.get((student, quiz.id), [])
            if quiz.id in ready or taken:
                results[student, course].append(_result(quiz, taken))
    return results


def quiz_progress_in(quiz: Quiz, attempts: Sequence[Attempt]) -> Json:
    """Return `{attempts, grade, passed}` from one's attempts at a quiz, the first first."""
    percentages = [one.percentage for one in attempts if one.percentage is not None]
    return {
        "attempts": len(attempts),
        "grade": grade_of(percentages, quiz.grading),
        "passed": any(one.passed for one in attempts),
    }


def unpassed_quizzes(*, student_id, lesson_id, but_for: ObjectId | None = None) -> set[ObjectId]:
    """
    Return the quizzes that the student has still to pass to complete the lesson.

    :param but_for: one that is known to be passed
    """
    quizzes = quizzes_of_lesson(lesson_id)
    ready = ready_among(quiz for quiz in quizzes if quiz.id != but_for)
    return ready and ready - passed_quizzes(student_id=student_id, quiz_ids=list(ready))


def invalidate_quizzes(*course_ids) -> None:
    if course_ids:
        invalidate(*(quizzes_key(one) for one in course_ids))


def quizzes_key(course_id) -> str:
    """Return the key whose stamp each change of a quiz of the course raises."""
    return f"quizzes:course:{course_id}"


def invalidate_grades(*student_ids) -> None:
    """Forget whatever was made from the students' results."""
    if student_ids:
        invalidate(*(grades_key(one) for one in student_ids))


def grades_key(student_id) -> str:
    """Return the key whose stamp each grade of the student raises."""
    return f"grades:user:{student_id}"


def _quizzes_of(course_ids: set[str]) -> dict[str, list[Quiz]]:
    found = Quiz.objects(course__in=[ObjectId(one) for one in course_ids], removed=None)
    by_course: dict[str, list[Quiz]] = {}
    for quiz in found.only(*_NEEDED).order_by("id"):
        by_course.setdefault(str(quiz.course), []).append(quiz)
    return by_course


def _attempts_in(
    places: list[Place], moving: list[ObjectId]
) -> dict[tuple[str, ObjectId], list[Attempt]]:
    """
    :param moving: quizzes whose attempts may still have the course that the quiz was moved from
    """
    found = list(_briefly(Attempt.objects(__raw__=matches_any_pair(places))))
    if moving:
        students = list({ObjectId(student) for student, _ in places})
        courses = list({ObjectId(course) for _, course in places})
        following = Attempt.objects(student__in=students, quiz__in=moving, course__nin=courses)
        found = sorted([*found, *_briefly(following)], key=lambda one: one.attempt)
    grouped: dict[tuple[str, ObjectId], list[Attempt]] = {}
    for one in found:
        grouped.setdefault((str(one.student), one.quiz), []).append(one)
    return grouped


def _briefly(attempts: QuerySet) -> QuerySet:
    return attempts.only("quiz", "student", "attempt", "percentage", "passed").order_by("attempt")


def _result(quiz: Quiz, attempts: Sequence[Attempt]) -> Json:
    about = {"quiz": str(quiz.id), "lesson": str(quiz.lesson), "title": quiz.title}
    return about | quiz_progress_in(quiz, attempts)
