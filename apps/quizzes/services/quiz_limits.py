"""How many quizzes a lesson and a course may have."""

from django.utils.translation import gettext_lazy as _

from apps.common.errors import Conflict
from apps.common.storage.count_limits import CountLimit
from apps.lessons import selectors as lessons
from apps.quizzes.documents import Quiz

MAX_IN_COURSE = 1000
MAX_IN_LESSON = 50


class TooManyQuizzes(Conflict):
    code = "too_many_quizzes"
    detail = _("A lesson can have at most %(lesson)s quizzes, and a course at most %(course)s.") % {
        "lesson": MAX_IN_LESSON,
        "course": MAX_IN_COURSE,
    }


def count_in_course(course_id) -> int:
    """Count by lesson, because a quiz gets its new course only after its lesson has moved."""
    return Quiz.objects(lesson__in=lessons.lesson_ids(course_id), removed=None).count()


def count_in_lesson(lesson_id) -> int:
    return Quiz.objects(lesson=lesson_id, removed=None).count()


OF_COURSE = CountLimit(
    "quizzes-of-course", MAX_IN_COURSE, count=count_in_course, refusal=TooManyQuizzes
)
OF_LESSON = CountLimit(
    "quizzes-of-lesson", MAX_IN_LESSON, count=count_in_lesson, refusal=TooManyQuizzes
)
