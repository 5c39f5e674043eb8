"""Every read of courses. `cached_*` is for pages, `get_*` for decisions."""

from collections.abc import Iterator

from bson import ObjectId
from mongoengine import Q, QuerySet

from apps.common.clock import format_timestamp, now_in_milliseconds
from apps.common.errors import NotFound
from apps.common.events import ask
from apps.common.normalization import search_pattern
from apps.common.storage import undelivered
from apps.common.storage.cache import Json, Uncached, invalidate, read_through
from apps.common.storage.pagination import PAGE_SIZE, Page, Paging, page_of
from apps.courses.documents import Course
from apps.courses.events import CoursesOfStudent
from apps.courses.representations import (
    CourseCardRepresentation,
    CourseRepresentation,
    represent_course,
    represent_course_card,
)
from apps.users.viewer import Viewer

FIVE_MINUTES = 5 * 60
HALF_AN_HOUR = 30 * 60

COURSE_LISTS = "courses"  # the cache key that all lists of courses depend on

# Lists are cached as the web app asks for them; others are read from the store.
CACHED_FILTERS = ("category", "published", "free")
CACHED_PAGE_SIZES = (PAGE_SIZE, 8)  # The start page shows eight courses.


def get_course(course_id) -> Course:
    """
    Return a course as the store has it now, which is what a decision must read.

    :raises NotFound: there is no such course
    """
    course = Course.objects(id=course_id, removed=None).first()
    if course is None:
        raise NotFound()
    return course


def get_visible_course(course_id, *, viewer: Viewer) -> Course:
    """
    :raises NotFound: there is no such course that the viewer may see
    """
    course = get_course(course_id)
    if not _is_visible(str(course.id), course.published, str(course.instructor), viewer):
        raise NotFound()
    return course


def cached_course(course_id: str) -> CourseRepresentation:
    """
    Return a course for a page, from the cache unless a write has made it stale.

    :raises NotFound: there is no such course
    """
    return read_through(
        course_key(course_id), lambda: represent_course(get_course(course_id)), HALF_AN_HOUR
    )


def cached_visible_course(course_id: str, *, viewer: Viewer) -> CourseRepresentation:
    """
    :raises NotFound: there is no such course that the viewer may see
    """
    row = cached_course(course_id)
    if not _is_visible(row["id"], row["published"], row["instructor"], viewer):
        raise NotFound()
    return row


def cached_title(course_id: str) -> str:
    """
    Return a course's title. It has a cache key of its own, because counts do not make it stale.

    :raises NotFound: there is no such course
    """
    return read_through(_title_key(course_id), lambda: get_course(course_id).title, HALF_AN_HOUR)


def list_courses(*, viewer: Viewer, paging: Paging, **filters) -> Page:
    """Return a page of the courses that the viewer may see; common lists come from the cache."""
    ordering = filters.pop("ordering", "-created_at")

    def load() -> Json:
        courses = _filtered(courses_visible_to(viewer), **filters)
        return page_of(courses.order_by(ordering, "-id"), paging, represent_course).as_json()

    def load_for_everyone() -> Json:
        page = load()
        return page if page["rows"] else Uncached(page)  # The category may not exist.

    if not _is_list_cached(viewer, paging, filters):
        return Page(**load())
    values = [filters.get(name) for name in CACHED_FILTERS]
    key = ":".join(map(str, ["courses", *values, ordering, paging.size]))
    return Page(**read_through(key, load_for_everyone, FIVE_MINUTES, depends_on=[COURSE_LISTS]))


def cached_published_courses(limit: int) -> list[Json]:
    """Return `{id, updated_at}` of the newest published courses."""

    def load() -> Json:
        courses = Course.objects(published=True, removed=None).order_by("-created_at")
        return [
            {"id": str(course.id), "updated_at": format_timestamp(course.updated_at)}
            for course in courses.only("updated_at").limit(limit)
        ]

    return read_through(f"courses:published:{limit}", load, FIVE_MINUTES, depends_on=[COURSE_LISTS])


def courses_visible_to(viewer: Viewer) -> QuerySet:
    """Return published courses, the viewer's own, and those the viewer is enrolled in."""
    courses = Course.objects(removed=None)
    if viewer.is_admin:
        return courses
    visible = Q(published=True)
    if viewer.is_authenticated:
        visible |= Q(instructor=viewer.id) | Q(id__in=_courses_of_student(viewer.id))
    return courses.filter(visible)


def enrollment_count_of(course_id) -> int | None:
    return Course.objects(id=course_id).scalar("enrollment_count").first()


def lesson_order_of(course_id) -> list[ObjectId]:
    """Return the lesson order that is being applied to the course, or an empty list."""
    course = Course.objects(id=course_id).only("lesson_order").first()
    return list(course.lesson_order or []) if course else []


def lesson_count_of(course_id) -> int | None:
    return Course.objects(id=course_id).scalar("lesson_count").first()


def courses_with_interrupted_order() -> QuerySet:
    """Return the courses whose new order no running request can still be applying."""
    before = now_in_milliseconds() - undelivered.GRACE_PERIOD
    interrupted = Q(lesson_order_since=None) | Q(lesson_order_since__lt=before)
    return Course.objects(interrupted, lesson_order__exists=True, lesson_order__ne=None)


def is_published(course_id) -> bool:
    return Course.objects(id=course_id, published=True, removed=None).count() > 0


def ids_taught_by(instructor_id: str) -> list:
    return Course.objects(instructor=instructor_id, removed=None).distinct("id")


def instructors_of_published_courses() -> set[str]:
    """Return the ids of the instructors of published courses."""

    def load() -> list[str]:
        ids = Course.objects(published=True, removed=None).distinct("instructor")
        return [str(instructor_id) for instructor_id in ids if instructor_id]

    key = "courses:instructors"
    return set(read_through(key, load, FIVE_MINUTES, depends_on=[COURSE_LISTS]))


def course_cards(course_ids: set[str], *, viewer: Viewer) -> dict[str, CourseCardRepresentation]:
    """Return the cards of the courses that the viewer may see."""
    courses = courses_visible_to(viewer).filter(id__in=list(course_ids))
    fields = courses.only("title", "image", "published")
    return {str(course.id): represent_course_card(course) for course in fields}


def taught_by(instructor_id: str) -> list[Json]:
    """Return `{id, title, lesson_count}` of an instructor's courses, newest first."""
    courses = Course.objects(instructor=instructor_id, removed=None)
    return [
        {"id": str(course.id), "title": course.title, "lesson_count": course.lesson_count}
        for course in courses.order_by("-created_at", "-id").only("title", "lesson_count")
    ]


def count_courses() -> Json:
    """Return the number of courses, and of published courses."""
    courses = Course.objects(removed=None)
    return {"courses": courses.count(), "published": courses.filter(published=True).count()}


def personal_data_of(user_id: str) -> list[Json]:
    courses = Course.objects(instructor=user_id, removed=None).order_by("-created_at")
    return [
        {
            "id": str(course.id),
            "title": course.title,
            "created_at": format_timestamp(course.created_at),
        }
        for course in courses.only("title", "created_at").no_cache()
    ]


def image_names() -> Iterator[str]:
    """Yield the names of all stored pictures that courses use; courses are read on demand."""
    courses = Course.objects(image__ne=None).no_cache()
    for names in courses.scalar("image", "image_small"):
        yield from filter(None, names)


def invalidate_course(course_id) -> None:
    invalidate(course_key(course_id), COURSE_LISTS)


def _filtered(
    courses: QuerySet,
    *,
    category=None,
    instructor=None,
    published: bool | None = None,
    free: bool | None = None,
    price_min: int | None = None,
    price_max: int | None = None,
    search: str = "",
) -> QuerySet:
    conditions = {
        "category": category,
        "instructor": instructor,
        "published": published,
        "price__gte": price_min,
        "price__lte": price_max,
    }
    if free is not None:
        conditions["price" if free else "price__gt"] = 0
    set_conditions = {name: value for name, value in conditions.items() if value is not None}
    courses = courses.filter(**set_conditions)
    return courses.filter(__raw__=search_pattern(search)) if search else courses


def _is_list_cached(viewer: Viewer, paging: Paging, filters: dict) -> bool:
    """Return whether the page is the same for everyone, and often requested."""
    return (
        (not viewer.is_authenticated or filters.get("published") is True)
        and paging.number == 1
        and paging.size in CACHED_PAGE_SIZES
        and set(filters) <= set(CACHED_FILTERS)
    )


def _is_visible(course_id: str, published: bool, instructor: str | None, viewer: Viewer) -> bool:
    if published or viewer.is_admin:
        return True
    if not viewer.is_authenticated:
        return False
    return instructor == viewer.id or course_id in _courses_of_student(viewer.id)


def _courses_of_student(student_id: str) -> list[str]:
    answers = ask(CoursesOfStudent(student_id))
    return [course_id for course_ids in answers for course_id in course_ids]


def invalidate_title(course_id) -> None:
    invalidate(_title_key(course_id))


def course_key(course_id) -> str:
    """Return the cache key whose version every change of the course bumps."""
    return f"course:{course_id}"


def _title_key(course_id) -> str:
    return f"course:{course_id}:title"
