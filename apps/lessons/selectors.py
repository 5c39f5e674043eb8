"""Every read of lessons, and who may read their content."""

from collections.abc import Iterable

from bson import ObjectId
from mongoengine import QuerySet

from apps.common.capacity import Capacity
from apps.common.clock import now_in_milliseconds
from apps.common.errors import NotFound
from apps.common.storage import undelivered
from apps.common.storage.cache import Json, invalidate, read_many, read_through
from apps.common.storage.pagination import Page, Paging, limit_bytes, page_of
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

FULL_LESSONS = Capacity(4, wait=1)  # for reading lessons with their texts
HALF_AN_HOUR = 30 * 60
TEXTS = ("content", "content_html")
OUTLINE_FIELDS = ("course_id", "title", "position", "duration_minutes", "is_preview")


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
    :raises Busy: too many lessons are being read
    """
    with FULL_LESSONS:
        lesson, course = get_visible_lesson(lesson_id, viewer=viewer)
        readable = _may_read(viewer, lesson, course, enrolled=_courses_of(viewer))
        return represent_lesson(lesson) if readable else represent_lesson_title(lesson)


def list_lessons(*, viewer: Viewer, paging: Paging, course=None) -> Page:
    """
    Return lessons of the courses that the viewer may see, in the order of their courses.

    :raises PageTooLarge: the texts of the page's lessons are too long together
    :raises Busy: too many lessons are being read
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
    return cached_outlines([course_id])[str(course_id)]


def cached_outlines(course_ids: Iterable) -> dict[str, list[OutlineRepresentation]]:
    """Return the outlines of several courses; those that are not cached cost two queries."""
    keys = {str(course_id): outline_key(course_id) for course_id in course_ids}
    return read_many(keys, _outlines, HALF_AN_HOUR)


def lesson_ids(course_id) -> list[ObjectId]:
    """Return the ids of a course's lessons as the store has them now."""
    return _of_courses([course_id]).distinct("id")


def cached_lesson_ids(course_id) -> list[ObjectId]:
    def load() -> Json:
        return [str(lesson_id) for lesson_id in lesson_ids(course_id)]

    key = outline_key(course_id)
    cached = read_through(f"{key}:ids", load, HALF_AN_HOUR, depends_on=[key])
    return [ObjectId(lesson_id) for lesson_id in cached]


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
    :raises Busy: too many lessons are being read
    """
    if not lessons:
        return
    # A hundred lessons can have 180 MB, so they are read in small batches, or one by one in the
    # embedded store.
    condition, fields = {"_id": {"$in": list(lessons)}}, dict.fromkeys(TEXTS, 1)
    rows = Lesson._get_collection().find(condition, fields).batch_size(5)
    texts = ({"id": str(row["_id"])} | {name: row.get(name, "") for name in TEXTS} for row in rows)
    with FULL_LESSONS:
        for text in limit_bytes(texts):
            lesson = lessons[ObjectId(text["id"])]
            lesson.content, lesson.content_html = text["content"], text["content_html"]


def _outlines(course_ids: list[str]) -> dict[str, list[OutlineRepresentation]]:
    """Return outlines from raw rows, because a course may have a thousand lessons."""
    ids = [ObjectId(course_id) for course_id in course_ids]
    condition, fields = (
        {"course_id": {"$in": ids}, "removed": None},
        dict.fromkeys(OUTLINE_FIELDS, 1),
    )
    lessons = Lesson._get_collection().find(condition, fields)
    by_course: dict[ObjectId, list[dict]] = {course_id: [] for course_id in ids}
    for lesson in lessons.sort("position"):
        by_course[lesson["course_id"]].append(lesson)
    orders = courses.lesson_orders_of(ids)
    return {
        str(course_id): _outline(rows, orders.get(course_id, []))
        for course_id, rows in by_course.items()
    }


def _outline(lessons: list[dict], order: list[ObjectId]) -> list[OutlineRepresentation]:
    """
    :param order: the new order, which applies while lessons are being moved
    """
    if not order:
        return [represent_outline(lesson, position=lesson["position"]) for lesson in lessons]
    ranks = {lesson_id: rank for rank, lesson_id in enumerate(order)}
    lessons = sorted(lessons, key=lambda lesson: ranks.get(lesson["_id"], len(ranks)))
    return [
        represent_outline(lesson, position=position)
        for position, lesson in enumerate(lessons, start=1)
    ]


def _of_courses(course_ids: Iterable) -> QuerySet:
    return Lesson.objects(course__in=list(course_ids), removed=None)
