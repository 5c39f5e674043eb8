"""How many lessons a course has, and may have."""

from django.utils.translation import gettext_lazy as _

from apps.common.errors import Conflict
from apps.common.storage.count_limits import CountLimit
from apps.common.storage.recounts import recount
from apps.courses import selectors as catalog
from apps.courses import services as courses
from apps.lessons import selectors

MOST_LESSONS = 1000  # of a course; a new order names all of them


class TooManyLessons(Conflict):
    code = "too_many_lessons"
    detail = _("A course can have at most %(number)s lessons.") % {"number": MOST_LESSONS}


LESSONS = CountLimit("lessons", MOST_LESSONS, count=selectors.count_lessons, refusal=TooManyLessons)


def recount_lessons(course_id) -> bool:
    """Count the lessons of a course again; return whether the number is final."""
    return recount(
        read=lambda: catalog.lesson_count_of(course_id),
        count=lambda: selectors.count_lessons(course_id),
        replace=lambda number, before: courses.recount_lessons(course_id, number, before=before),
        is_changing=lambda: selectors.has_changing_lessons(course_id),
    )
