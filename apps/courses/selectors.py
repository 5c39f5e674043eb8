"""Every read of categories and courses. `cached_*` is for pages, `get_*` for decisions."""

from collections.abc import Iterable, Iterator

from bson import ObjectId
from mongoengine import Q, QuerySet

from apps.common.clock import format_timestamp
from apps.common.errors import NotFound
from apps.common.events import ask
from apps.common.normalization import search_pattern
from apps.common.storage.cache import Json, Uncached, invalidate, read_through
from apps.common.storage.pagination import LARGEST_PAGE, PAGE_SIZE, Page, Paging, page_of
from apps.courses.documents import Category, Course
from apps.courses.events import CoursesOfStudent
from apps.courses.representations import (
    CategoryCardRepresentation,
    CategoryRepresentation,
    CourseCardRepresentation,
    CourseRepresentation,
    represent_category,
    represent_category_card,
    represent_course,
    represent_course_card,
)
from apps.users.viewer import Viewer

FIVE_MINUTES = 5 * 60
HALF_AN_HOUR = 30 * 60
AN_HOUR = 60 * 60

COURSE_LISTS = "courses"  # stamps of all lists of courses, of categories
CATEGORY_LISTS = "categories"

# Lists are cached as the web app asks for them; whatever else is asked for is read from the store.
CACHED_FILTERS = ("category", "published", "free")
CACHED_COURSE_PAGES = (PAGE_SIZE, 8)  # the start page shows eight
CACHED_CATEGORY_PAGES = (PAGE_SIZE, LARGEST_PAGE)


# Categories


def get_category(category_id) -> Category:
    """
    :raises NotFound: there is none
    """
    return _found(Category.objects(id=category_id, removed=None))


def cached_category(category_id: str) -> CategoryRepresentation:
    def load() -> Json:
        category = get_category(category_id)
        return represent_category(
            category, course_count=count_published([category.id])[category.id]
        )

    return read_through(
        f"category:{category_id}",
        load,
        AN_HOUR,
        depends_on=[CATEGORY_LISTS],
    )


def list_categories(*, paging: Paging) -> Page:
    def load() -> Json:
        categories = Category.objects(removed=None).order_by("name_key")
        page = page_of(categories, paging, lambda category: category)
        counts = count_published([category.id for category in page.rows])
        page.rows[:] = [represent_category(row, course_count=counts[row.id]) for row in page.rows]
        return page.as_json()

    if paging.size not in CACHED_CATEGORY_PAGES:
        return Page(**load())
    key = f"categories:{paging.number}:{paging.size}"
    return Page(**read_through(key, load, AN_HOUR, depends_on=[CATEGORY_LISTS]))


def count_published(category_ids: Iterable[ObjectId]) -> dict[ObjectId, int]:
    """Return the number of published courses of each of the categories."""
    counts = dict.fromkeys(category_ids, 0)
    courses = Course.objects(category__in=list(counts), published=True, removed=None)
    groups = courses.aggregate([{"$group": {"_id": "$category_id", "count": {"$sum": 1}}}])
    return counts | {group["_id"]: group["count"] for group in groups}


def category_cards(
    category_ids: set[str], *, viewer: Viewer
) -> dict[str, CategoryCardRepresentation]:
    """Return the cards of categories, which everybody may see."""
    categories = Category.objects(id__in=list(category_ids), removed=None).only("name")
    return {str(category.id): represent_category_card(category) for category in categories}


def invalidate_categories() -> None:
    invalidate(CATEGORY_LISTS)


# Courses


def get_course(course_id) -> Course:
    """
    Return a course as the store has it now: what a decision must read.

    :raises NotFound: there is none
    """
    return _found(Course.objects(id=course_id, removed=None))


def get_visible_course(course_id, *, viewer: Viewer) -> Course:
    """
    :raises NotFound: there is none that the viewer may know of
    """
    course = get_course(course_id)
    if not _is_visible(str(course.id), course.published, str(course.instructor), viewer):
        raise NotFound()
    return course


def is_instructor_of(viewer: Viewer, course: Course) -> bool:
    """Return whether the viewer may edit the course; a demoted instructor may only read it."""
    return viewer.is_admin or (
        viewer.is_instructor
        and course.instructor is not None
        and str(course.instructor) == viewer.id
    )


def cached_course(course_id: str) -> CourseRepresentation:
    """Return a course as a page shows it, whoever asks: from the cache, where no write came since.

    :raises NotFound: there is none
    """
    return read_through(
        course_key(course_id), lambda: represent_course(get_course(course_id)), HALF_AN_HOUR
    )


def cached_visible_course(course_id: str, *, viewer: Viewer) -> CourseRepresentation:
    """
    :raises NotFound: there is none that the viewer may know of
    """
    row = cached_course(course_id)
    if not _is_visible(row["id"], row["published"], row["instructor"], viewer):
        raise NotFound()
    return row


def cached_title(course_id: str) -> str:
    """
    Return a course's title; it is kept apart, for it lasts while the course's counts go on.

    :raises NotFound: there is no such course
    """
    return read_through(_title_key(course_id), lambda: get_course(course_id).title, HALF_AN_HOUR)


def list_courses(*, viewer: Viewer, paging: Paging, **filters) -> Page:
    """Return a page of what the viewer may know of; what is the same for all is kept."""
    ordering = filters.pop("ordering", "-created_at")

    def load() -> Json:
        courses = _narrowed(courses_visible_to(viewer), **filters)
        return page_of(courses.order_by(ordering, "-id"), paging, represent_course).as_json()

    def load_for_all() -> Json:
        page = load()
        return page if page["rows"] else Uncached(page)  # there may be no such category

    if not _is_list_cached(viewer, paging, filters):
        return Page(**load())
    values = [filters.get(name) for name in CACHED_FILTERS]
    key = ":".join(map(str, ["courses", *values, ordering, paging.size]))
    return Page(**read_through(key, load_for_all, FIVE_MINUTES, depends_on=[COURSE_LISTS]))


def cached_published_courses(most: int) -> list[Json]:
    """Return `{id, updated_at}` of so many published courses, newest first."""

    def load() -> Json:
        courses = Course.objects(published=True, removed=None).order_by("-created_at")
        return [
            {"id": str(one.id), "updated_at": format_timestamp(one.updated_at)}
            for one in courses.only("updated_at").limit(most)
        ]

    return read_through(f"courses:on-show:{most}", load, FIVE_MINUTES, depends_on=[COURSE_LISTS])


def courses_visible_to(viewer: Viewer) -> QuerySet:
    """Published ones; one's own; those that one has a place in; for admins all."""
    courses = Course.objects(removed=None)
    if viewer.is_admin:
        return courses
    visible = Q(published=True)
    if viewer.is_authenticated:
        visible |= Q(instructor=viewer.id) | Q(id__in=_courses_of_student(viewer.id))
    return courses.filter(visible)


def ids_taught_by(instructor_id: str) -> list:
    return Course.objects(instructor=instructor_id, removed=None).distinct("id")


def instructors_of_published_courses() -> set[str]:
    """Return who teaches a published course."""
    ids = Course.objects(published=True, removed=None).distinct("instructor")
    return {str(one) for one in ids if one}


def course_cards(course_ids: set[str], *, viewer: Viewer) -> dict[str, CourseCardRepresentation]:
    """Return the cards of the courses that the viewer may see."""
    courses = courses_visible_to(viewer).filter(id__in=list(course_ids))
    fields = courses.only("title", "image", "published")
    return {str(course.id): represent_course_card(course) for course in fields}


def taught_by(instructor_id: str) -> list[Json]:
    """Return `{id, title, lesson_count}` of the courses that one teaches, newest first."""
    taught = Course.objects(instructor=instructor_id, removed=None).order_by("-created_at", "-id")
    return [
        {"id": str(one.id), "title": one.title, "lesson_count": one.lesson_count}
        for one in taught.only("title", "lesson_count")
    ]


def count_courses() -> Json:
    """Return how many courses there are, and how many of them are published."""
    there = Course.objects(removed=None)
    return {"courses": there.count(), "published": there.filter(published=True).count()}


def personal_data_of(user_id: str) -> list[Json]:
    taught = Course.objects(instructor=user_id, removed=None).order_by("-created_at")
    needed = taught.only("title", "created_at").no_cache()
    return [
        {"id": str(one.id), "title": one.title, "created_at": format_timestamp(one.created_at)}
        for one in needed
    ]


def image_names() -> Iterator[str]:
    """Yield the names of all stored pictures that courses show, read as they are yielded."""
    pictured = Course.objects(image__ne=None).no_cache()
    for names in pictured.scalar("image", "image_small"):
        yield from filter(None, names)


def invalidate_course(course_id) -> None:
    invalidate(course_key(course_id), COURSE_LISTS)


def _narrowed(
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
    given = {name: value for name, value in conditions.items() if value is not None}
    courses = courses.filter(**given)
    return courses.filter(__raw__=search_pattern(search)) if search else courses


def _is_list_cached(viewer: Viewer, paging: Paging, filters: dict) -> bool:
    """Return whether the page is the same for all, and one that many ask for."""
    return (
        (not viewer.is_authenticated or filters.get("published") is True)
        and paging.number == 1
        and paging.size in CACHED_COURSE_PAGES
        and set(filters) <= set(CACHED_FILTERS)
    )


def _is_visible(course_id: str, published: bool, instructor: str | None, viewer: Viewer) -> bool:
    if published or viewer.is_admin:
        return True
    if not viewer.is_authenticated:
        return False
    return instructor == viewer.id or course_id in _courses_of_student(viewer.id)


def _courses_of_student(student_id: str) -> list[str]:
    return [one for answer in ask(CoursesOfStudent(student_id)) for one in answer]


def _found(documents: QuerySet):
    document = documents.first()
    if document is None:
        raise NotFound()
    return document


def invalidate_title(course_id) -> None:
    invalidate(_title_key(course_id))


def course_key(course_id) -> str:
    """Return the key whose stamp each change of the course raises."""
    return f"course:{course_id}"


def _title_key(course_id) -> str:
    return f"course:{course_id}:title"
