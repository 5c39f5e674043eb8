"""Every read of lessons; who may read their content is decided here, too."""

from collections.abc import Callable, Iterable

from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from mongoengine import QuerySet

from apps.common.errors import DomainError, NotFound
from apps.common.storage.cache import Json, invalidate, read_through
from apps.common.storage.pagination import Page, Paging, page_of
from apps.courses import selectors as courses
from apps.courses.documents import Course
from apps.enrollments import selectors as enrollments
from apps.lessons.documents import Lesson
from apps.users.viewer import Viewer

HALF_AN_HOUR = 30 * 60
LONGEST_PAGE = 8_000_000  # characters of all texts in a page of a list

# What one gets only where one may read the lesson; elsewhere these are null.
PRIVATE = ("content", "content_html", "video_url", "embed_url")


class PageTooLarge(DomainError):
    code = "page_too_large"
    detail = _("The texts of these lessons are too long for one page. Use a smaller page_size.")


def get_lesson(lesson_id) -> Lesson:
    """
    :raises NotFound: there is none
    """
    lesson = Lesson.objects(id=lesson_id, removed=None).first()
    if lesson is None:
        raise NotFound()
    return lesson


def get_visible_lesson(lesson_id, *, viewer: Viewer) -> tuple[Lesson, Course]:
    """
    Return a lesson whose title one may know, and its course.

    :raises NotFound: there is none that the viewer may know of
    """
    lesson = get_lesson(lesson_id)
    return lesson, courses.get_visible_course(lesson.course, viewer=viewer)


def read_lesson(lesson_id, *, viewer: Viewer, represent: Callable) -> Json:
    """
    Return a lesson as the viewer may read it.

    :raises NotFound: there is none that the viewer may know of
    """
    lesson, course = get_visible_lesson(lesson_id, viewer=viewer)
    learnt = _courses_learnt_by(viewer)
    return hide_private_content(viewer, represent(lesson), {str(course.id): course}, learnt=learnt)


def list_lessons(*, viewer: Viewer, represent: Callable, paging: Paging, course=None) -> Page:
    """
    Return lessons of the courses that the viewer may know of, in the courses' order.

    :raises PageTooLarge: the texts of the page's lessons are too long together
    """
    visible = courses.courses_visible_to(viewer)
    if course is not None:
        visible = visible.filter(id=course)
    by_id = {str(one.id): one for one in visible.only("instructor", "published", "lesson_order")}
    lessons = Lesson.objects(course__in=[ObjectId(one) for one in by_id], removed=None)
    learnt = _courses_learnt_by(viewer)
    size = 0

    def represent_for_viewer(lesson: Lesson) -> Json:
        nonlocal size
        row = represent(lesson)
        # Counted before it is hidden: the store has read it, even if the viewer may not.
        size += len(row["content"]) + len(row["content_html"])
        if size > LONGEST_PAGE:
            raise PageTooLarge()
        return hide_private_content(viewer, row, by_id, learnt=learnt)

    # A hundred lessons may be 180 MB: they are read in small batches, and not kept.
    in_order = lessons.order_by("course", "position").no_cache().batch_size(5)
    return page_of(in_order, paging, represent_for_viewer)


def hide_private_content(
    viewer: Viewer, row: Json, courses_by_id: dict[str, Course], *, learnt: set[str]
) -> Json:
    """
    Return the row with null for what the viewer may not read.

    :param learnt: the ids of the courses that the viewer is enrolled in
    """
    if may_read(viewer, row, courses_by_id[row["course"]], learnt=learnt):
        return row
    return row | dict.fromkeys(PRIVATE)


def may_read(viewer: Viewer, row: Json, course: Course, *, learnt: set[str]) -> bool:
    """Previews of published courses are everybody's; the rest is for who is enrolled or teaches."""
    if viewer.is_admin or (row["is_preview"] and course.published):
        return True
    if not viewer.is_authenticated:
        return False
    return str(course.instructor) == viewer.id or str(course.id) in learnt


def _courses_learnt_by(viewer: Viewer) -> set[str]:
    if viewer.is_admin or not viewer.is_authenticated:
        return set()  # nothing depends on it
    return set(enrollments.courses_of_student(viewer.id))


def cached_outline(course_id) -> list[Json]:
    """Return `{id, title, position, duration_minutes, is_preview}` of all lessons, in order."""
    return read_through(outline_key(course_id), lambda: _outline(course_id), HALF_AN_HOUR)


def lesson_ids(course_id) -> list[ObjectId]:
    """Return the ids of a course's lessons as the store has them now."""
    return _of_courses([course_id]).distinct("id")


def cached_lesson_ids(course_id) -> list[ObjectId]:
    def load() -> Json:
        return [str(one) for one in lesson_ids(course_id)]

    key = outline_key(course_id)
    kept = read_through(f"{key}:ids", load, HALF_AN_HOUR, depends_on=[key])
    return [ObjectId(one) for one in kept]


def lessons_by_course(course_ids: Iterable) -> dict[str, list[Json]]:
    """Return `{id, title}` of the lessons of several courses, in order, in one query."""
    found = _of_courses(course_ids).only("title", "course", "position")
    grouped: dict[str, list[Json]] = {str(one): [] for one in course_ids}
    for lesson in found.order_by("position"):
        grouped[str(lesson.course)].append({"id": str(lesson.id), "title": lesson.title})
    return grouped


def lesson_cards(lesson_ids: set[str], *, viewer: Viewer) -> dict[str, Json]:
    """Return the cards of those of the lessons whose course the viewer may know of."""
    found = list(Lesson.objects(id__in=list(lesson_ids), removed=None).only("title", "course"))
    known = courses.course_cards({str(one.course) for one in found}, viewer=viewer)
    return {
        str(one.id): {"id": str(one.id), "title": one.title}
        for one in found
        if str(one.course) in known
    }


def last_position(course_id) -> int:
    # Hidden ones, too: their position is taken until they are gone.
    last = Lesson.objects(course=course_id).order_by("-position").only("position").first()
    return last.position if last else 0


def positions_of_others(course_id, lesson_ids: list[ObjectId]) -> set[int]:
    """Return the positions that the course's other lessons hold, hidden ones too."""
    others = Lesson.objects(course=course_id, id__nin=lesson_ids)
    return set(others.distinct("position"))


def count_lessons(course_id) -> int:
    return _of_courses([course_id]).count()


def invalidate_outline(course_id) -> None:
    invalidate(outline_key(course_id))


def _outline(course_id) -> list[Json]:
    course = Course.objects(id=course_id).only("lesson_order").first()
    wanted = {one: place for place, one in enumerate(course.lesson_order or [])} if course else {}
    found = _of_courses([course_id]).exclude("content", "content_html").order_by("position")
    # While lessons are being moved, the order that was asked for holds.
    ordered = sorted(found, key=lambda one: wanted.get(one.id, len(wanted)))
    return [
        {
            "id": str(one.id),
            "title": one.title,
            "position": place if wanted else one.position,
            "duration_minutes": one.duration_minutes,
            "is_preview": one.is_preview,
        }
        for place, one in enumerate(ordered, start=1)
    ]


def _of_courses(course_ids: Iterable) -> QuerySet:
    return Lesson.objects(course__in=list(course_ids), removed=None)


def outline_key(course_id) -> str:
    """Return the key whose stamp each change of a lesson of the course raises."""
    return f"lessons:course:{course_id}"
