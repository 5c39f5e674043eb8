"""Every read of progress records, and what is computed from them."""

from collections.abc import Callable, Iterable
from datetime import datetime
from statistics import fmean

from mongoengine import Q, QuerySet

from apps.common.capacity import Capacity
from apps.common.clock import format_timestamp
from apps.common.errors import NotFound
from apps.common.storage.cache import Json, Uncached, invalidate, read_through
from apps.common.storage.count_by_day import count_by_day
from apps.common.storage.documents import matches_any_pair
from apps.common.storage.pagination import Page, PageTooLarge, Paging, page_of, page_slice
from apps.common.storage.rounds import batches
from apps.courses import selectors as courses
from apps.enrollments import selectors as enrollments
from apps.lessons import selectors as lessons
from apps.progress.documents import Progress
from apps.quizzes import selectors as quizzes
from apps.users.viewer import SignedInViewer, Viewer

FIVE_MINUTES = 5 * 60
MOST_LESSONS_OF_PAGE = 20_000  # Twenty enrollments in the largest course fit on a page.
PLACES_AT_ONCE = 1_000  # in one condition
SUMMARIES = Capacity(4, wait=1)

Place = tuple[str, str]  # student id, course id


def get_visible_record(record_id, *, viewer: Viewer) -> Progress:
    """
    :raises NotFound: it does not exist, or is not visible to the viewer
    """
    record = Progress.objects(id=record_id).first()
    if record is None or not _is_visible(record, viewer):
        raise NotFound()
    return record


def cached_record(*, student_id: str, lesson_id: str, represent: Callable) -> Json | None:
    """Return a student's record of a lesson, None where there is none yet."""

    def load() -> Json:
        record = Progress.objects(student=student_id, lesson=lesson_id).first()
        return represent(record) if record else Uncached(None)

    return read_through(_key(student_id, lesson_id), load, FIVE_MINUTES)


def list_records(*, viewer: SignedInViewer, represent: Callable, paging: Paging, **filters) -> Page:
    """Return records, newest first; a student's own record of one lesson comes from the cache."""
    first = paging.number == 1 and not paging.cursor
    if first and set(filters) == {"lesson"} and not (viewer.is_admin or viewer.is_instructor):
        row = cached_record(
            student_id=viewer.id, lesson_id=str(filters["lesson"]), represent=represent
        )
        return Page(count=1 if row else 0, rows=[row] if row else [], next=None, previous=None)
    given = {name: value for name, value in filters.items() if value is not None}
    records = _visible_to(viewer).filter(**given)
    if paging.cursor is None:
        return page_of(records.order_by("-id"), paging, represent)
    return page_slice(records, paging, represent)


def summary_of(*, student_id: str, course_id: str) -> Json:
    """Return how far a student has come in a course; shape: contract, `/api/progress/summary/`."""
    place = (str(student_id), str(course_id))
    return summaries_of([place])[place]


def summaries_of(places: Iterable[Place]) -> dict[Place, Json]:
    """
    Return summaries of several places, in as many queries as for one.

    :raises Busy: too many summaries are being computed
    """
    with SUMMARIES:
        return _summaries(list(places))


def summaries_of_page(places: Iterable[Place]) -> dict[Place, Json]:
    """
    :raises PageTooLarge: the courses have too many lessons for one page
    :raises Busy: too many summaries are being computed
    """
    places = list(places)
    counts = courses.lesson_counts_of({course for _, course in places})
    if sum(counts.get(course, 0) for _, course in places) > MOST_LESSONS_OF_PAGE:
        raise PageTooLarge()
    return summaries_of(places)


def _summaries(places: list[Place]) -> dict[Place, Json]:
    outlines = lessons.cached_outlines({course for _, course in places})
    completed = _completed_by_place(places)
    milestones = enrollments.milestones_of(places)
    results = quizzes.quiz_progress_of(places)
    return {
        (student, course): _summary(
            course,
            outlines[course],
            completed.get((student, course), set()),
            milestones.get((student, course), []),
            results[student, course],
        )
        for student, course in places
    }


def count_completed(*, student_id, lesson_ids: list) -> int:
    return Progress.objects(student=student_id, lesson__in=lesson_ids, completed=True).count()


def has_completed(*, student_id, lesson_id) -> bool:
    return count_completed(student_id=student_id, lesson_ids=[lesson_id]) > 0


def completions_by_student(lesson_ids: list) -> dict[str, int]:
    """Return how many of the lessons each student has completed, by aggregation."""
    groups = Progress.objects(lesson__in=lesson_ids, completed=True).aggregate(
        [{"$group": {"_id": "$student_id", "count": {"$sum": 1}}}]
    )
    return {str(group["_id"]): group["count"] for group in groups}


def completed_by_day(student_id, *, since: datetime) -> dict[str, int]:
    """Return how many lessons a student has completed on each day."""
    done = Progress.objects(student=student_id, completed=True, completed_at__gte=since)
    return count_by_day(done, "completed_at")


def completed_by_course(course_ids: list, *, without: Iterable[Place]) -> dict[str, int]:
    """Return how many lessons all students have completed in each course, but in these places."""
    groups = Progress.objects(course__in=course_ids, completed=True).aggregate(
        [{"$group": {"_id": "$course_id", "count": {"$sum": 1}}}]
    )
    counts = {str(group["_id"]): group["count"] for group in groups}
    for (_, course), count in _completed_in(without).items():
        counts[course] = counts.get(course, 0) - count
    return counts


def percentage(completed: int, total: int) -> float:
    return round(100 * completed / total, 2) if total else 0.0


def personal_data_of(user_id: str) -> list[Json]:
    return [
        {
            "lesson": str(one.lesson),
            "course": str(one.course),
            "completed": one.completed,
            "completed_at": format_timestamp(one.completed_at),
        }
        for one in Progress.objects(student=user_id).order_by("-id").no_cache()
    ]


def invalidate_progress(*places: tuple) -> None:
    """Forget the records of `(student id, lesson id)`, and what is made of the students'."""
    if places:
        students = {student for student, _ in places}
        invalidate(
            *(_key(student, lesson) for student, lesson in places),
            *(progress_key(student) for student in students),
        )


def progress_key(student_id) -> str:
    """Return the cache key whose version every change of the student's progress bumps."""
    return f"progress:user:{student_id}"


def _summary(
    course: str, outline: list[Json], completed: set[str], milestones: list, results: list[Json]
) -> Json:
    place_of = {lesson["id"]: place for place, lesson in enumerate(outline)}
    grades = [one["grade"] for one in results if one["grade"] is not None]
    done = [lesson["id"] for lesson in outline if lesson["id"] in completed]
    left = [lesson for lesson in outline if lesson["id"] not in completed]
    return {
        "course": course,
        "total": len(outline),
        "completed": len(done),
        "completed_lessons": done,
        "percentage": percentage(len(done), len(outline)),
        "milestones": milestones,
        "next_lesson": {name: left[0][name] for name in ("id", "title")} if left else None,
        "grade": round(fmean(grades), 2) if grades else None,
        "quizzes": sorted(results, key=lambda one: place_of.get(one["lesson"], len(outline))),
    }


def _completed_by_place(places: list[Place]) -> dict[Place, set[str]]:
    condition = matches_any_pair(places, completed=True)
    fields = dict.fromkeys(("student_id", "course_id", "lesson_id"), 1)
    grouped: dict[Place, set[str]] = {}
    # Raw rows, because there may be a record for each of a thousand lessons.
    for row in Progress._get_collection().find(condition, fields):
        pair = (str(row["student_id"]), str(row["course_id"]))
        grouped.setdefault(pair, set()).add(str(row["lesson_id"]))
    return grouped


def _completed_in(places: Iterable[Place]) -> dict[Place, int]:
    """Return how many lessons were completed in each of the places where any was."""
    key = {"student": "$student_id", "course": "$course_id"}
    counts: dict[Place, int] = {}
    for some in batches(list(set(places)), at_once=PLACES_AT_ONCE):
        done = Progress.objects(__raw__=matches_any_pair(some, completed=True))
        for group in done.aggregate([{"$group": {"_id": key, "count": {"$sum": 1}}}]):
            place = str(group["_id"]["student"]), str(group["_id"]["course"])
            counts[place] = group["count"]
    return counts


def _visible_to(viewer: Viewer) -> QuerySet:
    """One's own; those in courses that one teaches; for admins all."""
    if viewer.is_admin:
        return Progress.objects
    visible = Q(student=viewer.id)
    if viewer.is_instructor:
        visible |= Q(course__in=courses.ids_taught_by(viewer.id))
    return Progress.objects(visible)


def _is_visible(record: Progress, viewer: Viewer) -> bool:
    if viewer.is_admin or str(record.student) == viewer.id:
        return True
    return viewer.is_instructor and record.course in courses.ids_taught_by(viewer.id)


def _key(student_id, lesson_id) -> str:
    return f"progress:user:{student_id}:lesson:{lesson_id}"
