"""
Each student's attempts and grades, and the cache keys that depend on them.

A page of enrollments has thousands of quizzes and attempts, so they are read without building a
document for each.
"""

from collections.abc import Iterable

from bson import ObjectId

from apps.common.storage.cache import invalidate
from apps.common.storage.documents import matches_any_pair
from apps.quizzes.contents import AttemptResult, QuizResultFields
from apps.quizzes.documents import Attempt, Quiz
from apps.quizzes.representations import QuizResultRepresentation, represent_quiz_result
from apps.quizzes.selectors.attempts import passed_quizzes
from apps.quizzes.selectors.quizzes import quizzes_of_lesson, ready_quizzes
from apps.quizzes.selectors.summaries import compute_summaries

StudentAndCourse = tuple[str, str]  # ids

_QUIZ_FIELDS = dict.fromkeys(
    ("lesson_id", "course_id", "title", "grading", "question_count", "problems", "moved_at"), 1
)
_ATTEMPT_FIELDS = dict.fromkeys(("quiz_id", "student_id", "attempt", "percentage", "passed"), 1)


def quiz_progress_of(
    pairs: Iterable[StudentAndCourse],
) -> dict[StudentAndCourse, list[QuizResultRepresentation]]:
    """
    Return the result of each quiz for each pair of ids.

    Quizzes that cannot be taken are left out, unless the student has already attempted them.
    """
    pairs = list(pairs)
    progress: dict[StudentAndCourse, list[QuizResultRepresentation]] = {pair: [] for pair in pairs}
    rows = _quizzes_in({course for _, course in pairs})
    if not rows:
        return progress
    ready = _ready_quizzes(rows)
    moved = [row["_id"] for row in rows if row.get("moved_at")]
    attempts = _attempts_by_student_and_quiz(pairs, moved)
    quizzes: dict[str, list[QuizResultFields]] = {}
    for row in rows:
        quizzes.setdefault(str(row["course_id"]), []).append(_result_fields(row))
    for student, course in progress:
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


def _quizzes_in(course_ids: set[str]) -> list[dict]:
    ids = [ObjectId(course_id) for course_id in course_ids]
    condition = {"course_id": {"$in": ids}, "removed": None}
    return list(Quiz._get_collection().find(condition, _QUIZ_FIELDS).sort("_id"))


def _result_fields(row: dict) -> QuizResultFields:
    return QuizResultFields(
        id=row["_id"],
        lesson=row["lesson_id"],
        title=row["title"],
        grading=row.get("grading", Quiz.grading.default),
    )


def _ready_quizzes(rows: list[dict]) -> set[ObjectId]:
    """Return the ids of the quizzes that can be taken; older data has no stored summary."""
    ready = {row["_id"] for row in rows if _has_summary(row) and not row.get("problems")}
    computed = compute_summaries([row["_id"] for row in rows if not _has_summary(row)])
    return ready | {quiz_id for quiz_id, summary in computed.items() if summary.is_ready}


def _has_summary(row: dict) -> bool:
    return row.get("question_count") is not None


def _attempts_by_student_and_quiz(
    pairs: list[StudentAndCourse], moved_quizzes: list[ObjectId]
) -> dict[tuple[str, ObjectId], list[AttemptResult]]:
    """
    :param moved_quizzes: quizzes whose attempts may still have the course they were moved from
    """
    rows = _attempt_rows(matches_any_pair(pairs))
    if moved_quizzes:
        following = {
            "student_id": {"$in": list({ObjectId(student) for student, _ in pairs})},
            "quiz_id": {"$in": moved_quizzes},
            "course_id": {"$nin": list({ObjectId(course) for _, course in pairs})},
        }
        rows += _attempt_rows(following)
    rows.sort(key=lambda row: row["attempt"])
    grouped: dict[tuple[str, ObjectId], list[AttemptResult]] = {}
    for row in rows:
        result = AttemptResult(row["attempt"], row.get("percentage"), row.get("passed"))
        grouped.setdefault((str(row["student_id"]), row["quiz_id"]), []).append(result)
    return grouped


def _attempt_rows(condition: dict) -> list[dict]:
    return list(Attempt._get_collection().find(condition, _ATTEMPT_FIELDS))
