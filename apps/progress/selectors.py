"""Every read of progress records, and the figures computed from them."""

from collections.abc import Iterable
from datetime import datetime
from statistics import fmean

from mongoengine import Q, QuerySet

from apps.common.capacity import Capacity
from apps.common.clock import format_timestamp
from apps.common.errors import NotFound, reference_errors
from apps.common.storage.cache import Json, Uncached, invalidate, read_through
from apps.common.storage.count_by_day import count_by_day
from apps.common.storage.documents import matches_any_pair
from apps.common.storage.pagination import Page, PageTooLarge, Paging, page_of, page_slice
from apps.common.storage.rounds import batches
from apps.courses import selectors as courses
from apps.enrollments import selectors as enrollments
from apps.enrollments.services import NotEnrolled
from apps.lessons import selectors as lessons
from apps.lessons.representations import OutlineRepresentation
from apps.progress.documents import Progress
from apps.progress.representations import (
    ProgressRepresentation,
    SummaryRepresentation,
    represent_progress,
)
from apps.quizzes import selectors as quizzes
from apps.quizzes.representations import QuizResultRepresentation
from apps.users.viewer import SignedInViewer, Viewer

FIVE_MINUTES = 5 * 60
MOST_LESSONS_OF_PAGE = 20_000  # Twenty enrollments in the largest course fit on a page.
PAIRS_AT_ONCE = 1_000  # in one condition
SUMMARIES = Capacity(4, wait=1)

StudentAndCourse = tuple[str, str]  # ids


def get_visible_record(record_id, *, viewer: Viewer) -> Progress:
    """
    :raises NotFound: there is no such record that the viewer may see
    """
    record = Progress.objects(id=record_id).first()
    if record is None or not _is_visible(record, viewer):
        raise NotFound()
    return record


def read_record(record_id, *, viewer: Viewer) -> ProgressRepresentation:
    """
    :raises NotFound: there is no such record that the viewer may see
    """
    return represent_progress(get_visible_record(record_id, viewer=viewer))


def cached_record(*, student_id: str, lesson_id: str) -> ProgressRepresentation | None:
    """Return a student's record of a lesson, or None if there is none yet."""

    def load() -> Json:
        record = Progress.objects(student=student_id, lesson=lesson_id).first()
        return represent_progress(record) if record else Uncached(None)

    return read_through(_key(student_id, lesson_id), load, FIVE_MINUTES)


def list_records(*, viewer: SignedInViewer, paging: Paging, **filters) -> Page:
    """Return records, newest first; a student's own record of a lesson comes from the cache."""
    is_first = paging.number == 1 and not paging.cursor
    if is_first and set(filters) == {"lesson"} and not (viewer.is_admin or viewer.is_instructor):
        row = cached_record(student_id=viewer.id, lesson_id=str(filters["lesson"]))
        return Page(count=1 if row else 0, rows=[row] if row else [], next=None, previous=None)
    conditions = {name: value for name, value in filters.items() if value is not None}
    records = _visible_to(viewer).filter(**conditions)
    if paging.cursor is None:
        return page_of(records.order_by("-id"), paging, represent_progress)
    return page_slice(records, paging, represent_progress)


def read_summary(course_id: str, *, viewer: SignedInViewer) -> SummaryRepresentation:
    """
    Return the viewer's progress in a course.

    :raises Invalid: there is no such course that the viewer may see
    :raises NotEnrolled: the viewer is not enrolled in the course
    :raises Busy: too many summaries are being computed
    """
    with reference_errors("course"):
        courses.get_visible_course(course_id, viewer=viewer)
    if course_id not in enrollments.courses_of_student(viewer.id):
        raise NotEnrolled()
    pair = (viewer.id, course_id)
    return summaries_of([pair])[pair]


def summaries_of(
    pairs: Iterable[StudentAndCourse],
) -> dict[StudentAndCourse, SummaryRepresentation]:
    """
    Return the summary of each pair, in as many queries as for one pair.

    :raises Busy: too many summaries are being computed
    """
    with SUMMARIES:
        return _load_summaries(list(pairs))


def summaries_of_page(
    pairs: Iterable[StudentAndCourse],
) -> dict[StudentAndCourse, SummaryRepresentation]:
    """
    :raises PageTooLarge: the courses have too many lessons for one page
    :raises Busy: too many summaries are being computed
    """
    pairs = list(pairs)
    counts = courses.lesson_counts_of({course for _, course in pairs})
    if sum(counts.get(course, 0) for _, course in pairs) > MOST_LESSONS_OF_PAGE:
        raise PageTooLarge()
    return summaries_of(pairs)


def _load_summaries(
    pairs: list[StudentAndCourse],
) -> dict[StudentAndCourse, SummaryRepresentation]:
    outlines = lessons.cached_outlines({course for _, course in pairs})
    completed = _completed_lessons(pairs)
    milestones = enrollments.milestones_of(pairs)
    results = quizzes.quiz_progress_of(pairs)
    return {
        (student, course): _summarize(
            course,
            outlines[course],
            completed.get((student, course), set()),
            milestones.get((student, course), []),
            results[student, course],
        )
        for student, course in pairs
    }


def count_completed(*, student_id, lesson_ids: list) -> int:
    return Progress.objects(student=student_id, lesson__in=lesson_ids, completed=True).count()


def has_completed(*, student_id, lesson_id) -> bool:
    return count_completed(student_id=student_id, lesson_ids=[lesson_id]) > 0


def completions_by_student(lesson_ids: list) -> dict[str, int]:
    """Return the number of the lessons that each student has completed."""
    groups = Progress.objects(lesson__in=lesson_ids, completed=True).aggregate(
        [{"$group": {"_id": "$student_id", "count": {"$sum": 1}}}]
    )
    return {str(group["_id"]): group["count"] for group in groups}


def completed_by_day(student_id, *, since: datetime) -> dict[str, int]:
    """Return the number of lessons that a student has completed by day."""
    completed = Progress.objects(student=student_id, completed=True, completed_at__gte=since)
    return count_by_day(completed, "completed_at")


def completed_by_course(course_ids: list, *, without: Iterable[StudentAndCourse]) -> dict[str, int]:
    """
    Return the number of completions in each course.

    :param without: pairs whose completions do not count
    """
    groups = Progress.objects(course__in=course_ids, completed=True).aggregate(
        [{"$group": {"_id": "$course_id", "count": {"$sum": 1}}}]
    )
    counts = {str(group["_id"]): group["count"] for group in groups}
    for (_, course), count in _count_completed_by_pair(without).items():
        counts[course] = counts.get(course, 0) - count
    return counts


def percentage(completed: int, total: int) -> float:
    return round(100 * completed / total, 2) if total else 0.0


def personal_data_of(user_id: str) -> list[Json]:
    return [
        {
            "lesson": str(record.lesson),
            "course": str(record.course),
            "completed": record.completed,
            "completed_at": format_timestamp(record.completed_at),
        }
        for record in Progress.objects(student=user_id).order_by("-id").no_cache()
    ]


def invalidate_progress(*pairs: tuple) -> None:
    """Invalidate the records of `(student id, lesson id)`, and what depends on them."""
    if pairs:
        students = {student for student, _ in pairs}
        invalidate(
            *(_key(student, lesson) for student, lesson in pairs),
            *(progress_key(student) for student in students),
        )


def progress_key(student_id) -> str:
    """Return the cache key that every change of the student's progress invalidates."""
    return f"progress:user:{student_id}"


def _summarize(
    course_id: str,
    outline: list[OutlineRepresentation],
    completed: set[str],
    milestones: list[int],
    results: list[QuizResultRepresentation],
) -> SummaryRepresentation:
    ranks = {lesson["id"]: rank for rank, lesson in enumerate(outline)}
    grades = [result["grade"] for result in results if result["grade"] is not None]
    completed_ids = [lesson["id"] for lesson in outline if lesson["id"] in completed]
    remaining = [lesson for lesson in outline if lesson["id"] not in completed]
    return {
        "course": course_id,
        "total": len(outline),
        "completed": len(completed_ids),
        "completed_lessons": completed_ids,
        "percentage": percentage(len(completed_ids), len(outline)),
        "milestones": milestones,
        "next_lesson": (
            {"id": remaining[0]["id"], "title": remaining[0]["title"]} if remaining else None
        ),
        "grade": round(fmean(grades), 2) if grades else None,
        "quizzes": sorted(results, key=lambda result: ranks.get(result["lesson"], len(outline))),
    }


def _completed_lessons(pairs: list[StudentAndCourse]) -> dict[StudentAndCourse, set[str]]:
    condition = matches_any_pair(pairs, completed=True)
    fields = dict.fromkeys(("student_id", "course_id", "lesson_id"), 1)
    completed: dict[StudentAndCourse, set[str]] = {}
    # Raw rows are faster, and there may be a record for each of a thousand lessons.
    for row in Progress._get_collection().find(condition, fields):
        pair = (str(row["student_id"]), str(row["course_id"]))
        completed.setdefault(pair, set()).add(str(row["lesson_id"]))
    return completed


def _count_completed_by_pair(pairs: Iterable[StudentAndCourse]) -> dict[StudentAndCourse, int]:
    """Return the number of completed lessons of each pair that has any."""
    key = {"student": "$student_id", "course": "$course_id"}
    counts: dict[StudentAndCourse, int] = {}
    for some in batches(list(set(pairs)), at_once=PAIRS_AT_ONCE):
        completed = Progress.objects(__raw__=matches_any_pair(some, completed=True))
        for group in completed.aggregate([{"$group": {"_id": key, "count": {"$sum": 1}}}]):
            pair = str(group["_id"]["student"]), str(group["_id"]["course"])
            counts[pair] = group["count"]
    return counts


def _visible_to(viewer: Viewer) -> QuerySet:
    """Return the viewer's own records, those in the viewer's own courses, and all for admins."""
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
