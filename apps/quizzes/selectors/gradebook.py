"""Each student's attempts and grades, and the cache keys that depend on them."""

from collections.abc import Iterable

from bson import ObjectId
from mongoengine import QuerySet

from apps.common.storage.cache import invalidate
from apps.common.storage.documents import matches_any_pair
from apps.quizzes.documents import Attempt, Quiz
from apps.quizzes.representations import QuizResultRepresentation, represent_quiz_result
from apps.quizzes.selectors.attempts import passed_quizzes
from apps.quizzes.selectors.quizzes import quizzes_of_lesson, ready_quizzes

StudentAndCourse = tuple[str, str]  # ids

_NEEDED_FIELDS = ("lesson", "course", "title", "grading", "question_count", "problems", "moved_at")


def quiz_progress_of(
    pairs: Iterable[StudentAndCourse],
) -> dict[StudentAndCourse, list[QuizResultRepresentation]]:
    """
    Return the result of each quiz for each pair of ids.

    Quizzes that cannot be taken are left out, unless the student has already attempted them.
    """
    pairs = list(pairs)
    quizzes = _quizzes_by_course({course for _, course in pairs})
    if not quizzes:
        return {pair: [] for pair in pairs}
    ready = ready_quizzes(quiz for of_course in quizzes.values() for quiz in of_course)
    moved = [quiz.id for of_course in quizzes.values() for quiz in of_course if quiz.moved_at]
    attempts = _attempts_by_student_and_quiz(pairs, moved)
    progress: dict[StudentAndCourse, list[QuizResultRepresentation]] = {pair: [] for pair in pairs}
    for student, course in pairs:
        for quiz in quizzes.get(course, []):
            own = attempts.get((student, quiz.id), [])
            if quiz.id in ready or own:
                progress[student, course].append(represent_quiz_result(quiz, own))
    return progress


def unpassed_quizzes(*, student_id, lesson_id, excluding: ObjectId | None = None) -> set[ObjectId]:
    """
    Return the quizzes that the student still has to pass to complete the lesson.

    :param excluding: a quiz that is known to be passed
    """
    quizzes = quizzes_of_lesson(lesson_id)
    ready = ready_quizzes(quiz for quiz in quizzes if quiz.id != excluding)
    return ready and ready - passed_quizzes(student_id=student_id, quiz_ids=list(ready))


def invalidate_quizzes(*course_ids) -> None:
    if course_ids:
        invalidate(*(quizzes_key(course_id) for course_id in course_ids))


def quizzes_key(course_id) -> str:
    """Return the cache key whose version is bumped by each change of the course's quizzes."""
    return f"quizzes:course:{course_id}"


def invalidate_grades(*student_ids) -> None:
    """Invalidate everything that depends on the students' grades."""
    if student_ids:
        invalidate(*(grades_key(student_id) for student_id in student_ids))


def grades_key(student_id) -> str:
    """Return the cache key whose version is bumped by each new grade of the student."""
    return f"grades:user:{student_id}"


def _quizzes_by_course(course_ids: set[str]) -> dict[str, list[Quiz]]:
    ids = [ObjectId(course_id) for course_id in course_ids]
    quizzes = Quiz.objects(course__in=ids, removed=None).only(*_NEEDED_FIELDS)
    by_course: dict[str, list[Quiz]] = {}
    for quiz in quizzes.order_by("id"):
        by_course.setdefault(str(quiz.course), []).append(quiz)
    return by_course


def _attempts_by_student_and_quiz(
    pairs: list[StudentAndCourse], moved_quizzes: list[ObjectId]
) -> dict[tuple[str, ObjectId], list[Attempt]]:
    """
    :param moved_quizzes: quizzes whose attempts may still have the course they were moved from
    """
    attempts = list(_with_results_only(Attempt.objects(__raw__=matches_any_pair(pairs))))
    if moved_quizzes:
        students = list({ObjectId(student) for student, _ in pairs})
        courses = list({ObjectId(course) for _, course in pairs})
        following = Attempt.objects(
            student__in=students, quiz__in=moved_quizzes, course__nin=courses
        )
        attempts += _with_results_only(following)
        attempts.sort(key=lambda attempt: attempt.attempt)
    grouped: dict[tuple[str, ObjectId], list[Attempt]] = {}
    for attempt in attempts:
        grouped.setdefault((str(attempt.student), attempt.quiz), []).append(attempt)
    return grouped


def _with_results_only(attempts: QuerySet) -> QuerySet:
    """Return the attempts in order, with only the fields that their results need."""
    return attempts.only("quiz", "student", "attempt", "percentage", "passed").order_by("attempt")
