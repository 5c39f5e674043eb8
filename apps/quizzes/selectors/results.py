"""What students have made of quizzes."""

from collections.abc import Iterable, Sequence

from bson import ObjectId

from apps.common.cache import Json, Lookup, forget, read_all
from apps.quizzes.documents import Attempt, Quiz
from apps.quizzes.grading import grade_of
from apps.quizzes.problems import problems_of
from apps.quizzes.selectors.attempts import passed_quizzes
from apps.quizzes.selectors.quizzes import contents_of, quizzes_of_lesson

HALF_AN_HOUR = 30 * 60

Place = tuple[str, str]  # student id, course id


def results_of(places: Iterable[Place]) -> dict[Place, list[Json]]:
    """
    Return `{quiz, lesson, title, attempts, grade, passed}` of each quiz in each place.

    Quizzes that nobody could take are left out where the student has not taken them.
    """
    places = list(places)
    quizzes = _quizzes_of_courses({course for _, course in places})
    attempts = _attempts_in(places) if any(quizzes.values()) else {}
    return {
        (student, course): [
            _result(quiz, taken)
            for quiz in quizzes[course]
            for taken in [attempts.get((student, quiz["quiz"]), [])]
            if quiz["ready"] or taken
        ]
        for student, course in places
    }


def standing_in(quiz: Quiz, attempts: Sequence[Attempt]) -> Json:
    """Return `{attempts, grade, passed}` from one's attempts at a quiz, the first first."""
    return _outcome(quiz.grading, attempts)


def what_holds_back(*, student_id, lesson_id) -> list[ObjectId]:
    """Return the quizzes that the student has still to pass to complete the lesson."""
    quizzes = quizzes_of_lesson(lesson_id)
    if not quizzes:
        return []
    passed = passed_quizzes(student_id=student_id, quiz_ids=[quiz.id for quiz in quizzes])
    waiting = [quiz for quiz in quizzes if quiz.id not in passed]
    contents = contents_of(waiting) if waiting else {}
    return [quiz.id for quiz in waiting if not problems_of(contents[quiz.id])]


def forget_quizzes(*course_ids) -> None:
    if course_ids:
        forget(*(_key(one) for one in course_ids))


def forget_grades(*student_ids) -> None:
    """Forget whatever was made from the students' results."""
    if student_ids:
        forget(*(grades_key(one) for one in student_ids))


def grades_key(student_id) -> str:
    """Return the key whose stamp each grade of the student raises."""
    return f"grades:user:{student_id}"


def _quizzes_of_courses(course_ids: set[str]) -> dict[str, list[Json]]:
    ids = sorted(course_ids)
    lookups = [Lookup(_key(one), lambda one=one: _load(one), HALF_AN_HOUR) for one in ids]
    values = read_all(*lookups)[0] if ids else []
    return dict(zip(ids, values, strict=True))


def _load(course_id: str) -> Json:
    quizzes = list(Quiz.objects(course=course_id, removed=None).order_by("id"))
    contents = contents_of(quizzes) if quizzes else {}
    return [
        {
            "quiz": str(quiz.id),
            "lesson": str(quiz.lesson),
            "title": quiz.title,
            "grading": quiz.grading,
            "ready": not problems_of(contents[quiz.id]),
        }
        for quiz in quizzes
    ]


def _attempts_in(places: list[Place]) -> dict[tuple[str, str], list[Attempt]]:
    found = Attempt.objects(
        student__in=list({ObjectId(student) for student, _ in places}),
        course__in=list({ObjectId(course) for _, course in places}),
    )
    grouped: dict[tuple[str, str], list[Attempt]] = {}
    for one in found.only("quiz", "student", "attempt", "percentage", "passed").order_by("attempt"):
        grouped.setdefault((str(one.student), str(one.quiz)), []).append(one)
    return grouped


def _result(quiz: Json, attempts: Sequence[Attempt]) -> Json:
    about = {name: quiz[name] for name in ("quiz", "lesson", "title")}
    return about | _outcome(quiz["grading"], attempts)


def _outcome(grading: str, attempts: Sequence[Attempt]) -> Json:
    percentages = [one.percentage for one in attempts if one.percentage is not None]
    return {
        "attempts": len(attempts),
        "grade": grade_of(percentages, grading),
        "passed": any(one.passed for one in attempts),
    }


def _key(course_id) -> str:
    return f"quizzes:course:{course_id}"
