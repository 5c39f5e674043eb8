"""Every read of lessons, and who may read their content."""

from collections.abc import Iterable

from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from mongoengine import QuerySet

from apps.common.clock import now_in_milliseconds
from apps.common.errors import DomainError, NotFound
from apps.common.storage import undelivered
from apps.common.storage.cache import Json, invalidate, read_through
from apps.common.storage.pagination import Page, Paging, page_of
from apps.courses import selectors as courses
from apps.courses.documents import Course
from apps.enrollments import selectors as enrollments
from apps.lessons.documents import Lesson
from apps.lessons.representations import (
    LessonCardRepresentation,
    LessonRepresentation,
    OutlineRepresentation,
    represent_lesson,
    represent_lesson_card,
    represent_lesson_title,
    represent_outline,
)
from apps.users.viewer import Viewer

HALF_AN_HOUR = 30 * 60
LONGEST_PAGE = 8_000_000  # characters of all texts on one page of a list
TEXTS = ("content", "content_html")


class PageTooLarge(DomainError):
    code = "page_too_large"
    detail = _("The texts of these lessons are too long for one page. Use a smaller page_size.")


def get_lesson(lesson_id) -> Lesson:
    """
    :raises NotFound: there is no such lesson
    """
    lesson = Lesson.objects(id=lesson_id, removed=None).first()
    if lesson is None:
        raise NotFound()
    return lesson


def course_of_lesson(lesson_id) -> ObjectId:
    """
    Return the id of the course that a lesson is in now, which is what a decision must read.

    :raises NotFound: there is no such lesson
    """
    lesson = Lesson.objects(id=lesson_id, removed=None).only("course").first()
    if lesson is None:
        raise NotFound()
    return lesson.course


def get_visible_lesson(lesson_id, *, viewer: Viewer) -> tuple[Lesson, Course]:
    """
    Return a lesson whose title the viewer may see, and its course.

    :raises NotFound: there is no such lesson that the viewer may see
    """
    lesson = get_lesson(lesson_id)
    return lesson, courses.get_visible_course(lesson.course, viewer=viewer)


def read_lesson(lesson_id, *, viewer: Viewer) -> LessonRepresentation:
    """
    Return a lesson, without its content if the viewer may not read that.

    :raises NotFound: there is no such lesson that the viewer may see
    """
    lesson, course = get_visible_lesson(lesson_id, viewer=viewer)
    readable = _may_read(viewer, lesson, course, enrolled=_courses_of(viewer))
    return represent_lesson(lesson) if readable else represent_lesson_title(lesson)


def list_lessons(*, viewer: Viewer, paging: Paging, course=None) -> Page:
    """
    Return lessons of the courses that the viewer may see, in the order of their courses.

    :raises PageTooLarge: the texts of the page's lessons are too long together
    """
    visible = courses.courses_visible_to(viewer)
    if course is not None:
        visible = visible.filter(id=course)
    by_id = {row.id: row for row in visible.only("instructor", "published", "lesson_order")}
    lessons = Lesson.objects(course__in=list(by_id), removed=None).exclude(*TEXTS)
    page = page_of(lessons.order_by("course", "position"), paging, lambda lesson: lesson)
    enrolled = _courses_of(viewer)
    readable = {
        lesson.id: lesson
        for lesson in page.rows
        if _may_read(viewer, lesson, by_id[lesson.course], enrolled=enrolled)
    }
    _add_texts(readable)
    page.rows[:] = [
        represent_lesson(lesson) if lesson.id in readable else represent_lesson_title(lesson)
        for lesson in page.rows
    ]
    return page


def visible_outline(course_id: str, *, viewer: Viewer) -> list[OutlineRepresentation]:
    """
    :raises NotFound: there is no such course that the viewer may see
    """
    courses.get_visible_course(course_id, viewer=viewer)
    return cached_outline(course_id)


def cached_outline(course_id) -> list[OutlineRepresentation]:
    """Return the titles and positions of all lessons of a course, in order."""
    return read_through(outline_key(course_id), lambda: _outline(course_id), HALF_AN_HOUR)


def lesson_ids(course_id) -> list[ObjectId]:
    """Return the ids of a course's lessons as the store has them now."""
    return _of_courses([course_id]).distinct("id")


def cached_lesson_ids(course_id) -> list[ObjectId]:
    def load() -> Json:
        return [str(lesson_id) for lesson_id in lesson_ids(course_id)]

    key = outline_key(course_id)
    cached = read_through(f"{key}:ids", load, HALF_AN_HOUR, depends_on=[key])
    return [ObjectId(lesson_id) for lesson_id in cached]


def lessons_by_course(course_ids: Iterable) -> dict[str, list[LessonCardRepresentation]]:
    """Return the lessons of several courses, in order, with one query."""
    lessons = _of_courses(course_ids).only("title", "course", "position")
    by_course: dict[str, list[LessonCardRepresentation]] = {str(id): [] for id in course_ids}
    for lesson in lessons.order_by("position"):
        by_course[str(lesson.course)].append(represent_lesson_card(lesson))
    return by_course


def lesson_cards(lesson_ids: set[str], *, viewer: Viewer) -> dict[str, LessonCardRepresentation]:
    """Return the cards of the lessons whose course the viewer may see."""
    lessons = list(Lesson.objects(id__in=list(lesson_ids), removed=None).only("title", "course"))
    visible = courses.course_cards({str(lesson.course) for lesson in lessons}, viewer=viewer)
    return {
        str(lesson.id): represent_lesson_card(lesson)
        for lesson in lessons
        if str(lesson.course) in visible
    }


def last_position(course_id) -> int:
    # Hidden lessons count, too, because they keep their position until they are deleted.
    last = Lesson.objects(course=course_id).order_by("-position").only("position").first()
    return last.position if last else 0


def positions(course_id) -> dict[ObjectId, int]:
    """Return the positions of the course's lessons, including hidden ones, by their ids."""
    return dict(Lesson.objects(course=course_id).scalar("id", "position"))


def count_lessons(course_id) -> int:
    return _of_courses([course_id]).count()


def has_changing_lessons(course_id) -> bool:
    """
    Return whether a lesson may be joining or leaving the course right now.

    A lesson that has moved away is not counted in the course any more before it is written.
    """
    since = now_in_milliseconds() - undelivered.GRACE_PERIOD
    return Lesson.objects(course=course_id, undelivered_since__gte=since).count() > 0


def invalidate_outline(course_id) -> None:
    invalidate(outline_key(course_id))


def outline_key(course_id) -> str:
    """Return the cache key whose version every change of a lesson of the course bumps."""
    return f"lessons:course:{course_id}"


def _may_read(viewer: Viewer, lesson: Lesson, course: Course, *, enrolled: set[str]) -> bool:
    """
    Return whether the viewer may read the content of a lesson.

    :param enrolled: the ids of the courses that the viewer is enrolled in
    """
    if viewer.is_admin or (lesson.is_preview and course.published):
        return True
    if not viewer.is_authenticated:
        return False
    return str(course.instructor) == viewer.id or str(course.id) in enrolled


def _courses_of(viewer: Viewer) -> set[str]:
    if viewer.is_admin or not viewer.is_authenticated:
        return set()  # An admin reads everything, an anonymous viewer is never enrolled.
    return set(enrollments.courses_of_student(viewer.id))


def _add_texts(lessons: dict[ObjectId, Lesson]) -> None:
    """
    Add the texts to lessons that were read without them.

    :raises PageTooLarge: they are too long together
    """
    # A hundred lessons can have 180 MB, so they are read in small batches.
    texts = Lesson.objects(id__in=list(lessons)).only(*TEXTS).no_cache().batch_size(5)
    size = 0
    for text in texts if lessons else ():
        size += len(text.content) + len(text.content_html)
        if size > LONGEST_PAGE:
            raise PageTooLarge()
        lessons[text.id].content = text.content
        lessons[text.id].content_html = text.content_html


def _outline(course_id) -> list[OutlineRepresentation]:
    lessons = list(_of_courses([course_id]).exclude(*TEXTS).order_by("position"))
    order = courses.lesson_order_of(course_id)
    if not order:
        return [represent_outline(lesson, position=lesson.position) for lesson in lessons]
    # While lessons are being moved, the stored order applies.
    ranks = {lesson_id: rank for rank, lesson_id in enumerate(order)}
    lessons.sort(key=lambda lesson: ranks.get(lesson.id, len(ranks)))
    return [
        represent_outline(lesson, position=position)
        for position, lesson in enumerate(lessons, start=1)
    ]


def _of_courses(course_ids: Iterable) -> QuerySet:
    return Lesson.objects(course__in=list(course_ids), removed=None)
