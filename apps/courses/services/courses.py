from typing import Any

from bson import ObjectId
from django.utils.translation import gettext_lazy as _

from apps.common.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    ReferenceNotFound,
    reference_errors,
)
from apps.common.events import ask
from apps.common.normalization import search_words
from apps.common.storage.count_limits import CountLimit
from apps.common.storage.documents import replace, update
from apps.common.storage.pictures import remove_pictures, remove_unused_pictures, store_picture
from apps.common.storage.rounds import in_rounds
from apps.courses import selectors
from apps.courses.documents import IMAGES, Category, Course
from apps.courses.events import PublishBlockers
from apps.courses.services.permissions import get_editable_course
from apps.users import selectors as users
from apps.users.viewer import SignedInViewer

MOST_COURSES = 1000  # of one instructor


class NoLessons(DomainError):
    code = "no_lessons"
    detail = _("A course without lessons cannot be published.")


class NotReady(DomainError):
    code = "not_ready"
    detail = _("This course is not ready to be published.")


class TooManyCourses(Conflict):
    code = "too_many_courses"
    detail = _("An instructor can have at most %(number)s courses.") % {"number": MOST_COURSES}


COURSES = CountLimit(
    "courses",
    MOST_COURSES,
    count=lambda instructor_id: Course.objects(instructor=instructor_id, removed=None).count(),
    refusal=TooManyCourses,
)


def create_course(*, course_id: ObjectId, viewer: SignedInViewer, **fields: Any) -> Course:
    """
    Create a draft. Its instructor is the viewer, unless an admin names another one.

    :raises Forbidden: a viewer who is not an admin names another instructor
    :raises Invalid: the instructor or the category does not exist
    :raises TooManyCourses: the instructor has the maximum number of courses
    """
    instructor_id = fields.pop("instructor", None) or ObjectId(viewer.id)
    _check_instructor(instructor_id, viewer)
    _check_category(fields.get("category"))
    course = Course(id=course_id, instructor=instructor_id, **fields)
    course.words = _search_words(course.title, course.description)
    try:
        return _out_of_deleted_category(COURSES.insert(instructor_id, course))
    finally:
        selectors.invalidate_course(course_id)


def update_course(
    course_id: str, *, viewer: SignedInViewer, expected: list[int] | None = None, **fields: Any
) -> Course:
    """
    :raises NotFound: there is no such course that the viewer may see
    :raises Forbidden: the viewer may not edit it, or not give it to another instructor
    :raises Invalid: the instructor or the category does not exist
    :raises TooManyCourses: the new instructor has the maximum number of courses
    :raises StaleRevision: the course was edited in the meantime
    """
    course = get_editable_course(course_id, viewer=viewer)
    instructor_id, condition = fields.get("instructor", course.instructor), {}
    if instructor_id != course.instructor:
        _check_instructor(instructor_id, viewer)
        condition = {"instructor": course.instructor}
    changes_category = fields.get("category") not in (None, course.category)
    if changes_category:
        _check_category(fields["category"])
    fields["words"] = _search_words(
        fields.get("title", course.title), fields.get("description", course.description)
    )
    if "image" in fields:  # Only null gets here, because pictures are uploaded.
        fields["image_small"] = None
    write = _replace_image if "image" in fields else _write
    with COURSES.moved(course.instructor, instructor_id):
        updated = write(course, expected, condition=condition, **fields)
    return _out_of_deleted_category(updated) if changes_category else updated


def publish_course(
    course_id: str, *, viewer: SignedInViewer, expected: list[int] | None = None
) -> Course:
    """
    :raises NotFound: there is no such course that the viewer may see
    :raises Forbidden: the viewer may not edit it
    :raises NoLessons: it has no lessons
    :raises NotReady: an app above reports what is missing
    :raises StaleRevision: the course was edited in the meantime
    """
    course = get_editable_course(course_id, viewer=viewer)
    problems = [problem for answer in ask(PublishBlockers(str(course.id))) for problem in answer]
    if problems:
        raise NotReady(" ".join(problems))
    if course.lesson_count < 1:
        raise NoLessons()
    return _write(course, expected, condition={"lesson_count__gt": 0}, published=True)


def unpublish_course(
    course_id: str, *, viewer: SignedInViewer, expected: list[int] | None = None
) -> Course:
    """
    Make a course a draft again; enrolled students can still read it.

    :raises NotFound: there is no such course that the viewer may see
    :raises Forbidden: the viewer may not edit it
    :raises StaleRevision: the course was edited in the meantime
    """
    course = get_editable_course(course_id, viewer=viewer)
    return _write(course, expected, published=False)


def set_image(
    course_id: str, upload, *, viewer: SignedInViewer, expected: list[int] | None = None
) -> Course:
    """
    :raises NotFound: there is no such course that the viewer may see
    :raises Forbidden: the viewer may not edit it
    :raises Invalid: the upload is not a picture in an accepted format
    :raises Busy: too many pictures are being decoded
    :raises Throttled: the viewer uploads too many pictures
    :raises StaleRevision: the course was edited in the meantime
    """
    course = get_editable_course(course_id, viewer=viewer)
    image, image_small = store_picture(upload, folder=IMAGES, field="image", by=viewer.id)
    try:
        return _replace_image(course, expected, image=image, image_small=image_small)
    except DomainError:
        remove_pictures(image, image_small)
        raise


def delete_unused_images() -> int:
    """Delete stored pictures that no course uses any more; return their number."""
    return remove_unused_pictures(IMAGES, selectors.image_names)


def clear_instructor(user_id: str) -> None:
    """Leave the courses of an erased user without an instructor."""
    for courses in in_rounds(Course.objects(instructor=user_id)):
        course_ids = courses.distinct("id")
        courses.update(unset__instructor=True, inc__revision=1)
        for course_id in course_ids:
            selectors.invalidate_course(course_id)
    COURSES.recount(user_id)  # The name of the counter contains the user's id.


def invalidate(course: Course) -> None:
    """Invalidate everything that is cached of a course."""
    selectors.invalidate_course(course.id)
    selectors.invalidate_title(course.id)
    selectors.invalidate_categories()


def _write(
    course: Course, expected: list[int] | None, *, condition: dict | None = None, **fields
) -> Course:
    try:
        return update(course, expected=expected, condition=condition, **fields)
    finally:
        invalidate(course)


def _replace_image(
    course: Course, expected: list[int] | None, *, condition: dict | None = None, **fields
) -> Course:
    """Write, and delete the pictures that this write has replaced."""
    try:
        before, after = replace(course, expected=expected, condition=condition, **fields)
    finally:
        invalidate(course)
    remove_pictures(before.image, before.image_small)
    return after


def _check_instructor(instructor_id: ObjectId | None, viewer: SignedInViewer) -> None:
    if instructor_id is None:
        raise Invalid(instructor=_("A course needs an instructor."))
    if str(instructor_id) == viewer.id:
        return
    if not viewer.is_admin:
        raise Forbidden(_("Only an admin can give a course to another instructor."))
    with reference_errors("instructor"):
        instructor = users.get_user(instructor_id)
    if not (instructor.is_instructor or instructor.is_admin):
        raise ReferenceNotFound("instructor")


def _check_category(category_id: ObjectId | None) -> None:
    if category_id is not None:
        with reference_errors("category"):
            selectors.get_category(category_id)


def _out_of_deleted_category(course: Course) -> Course:
    """Return the course without a category that was deleted while it was being set."""
    deleted = course.category and not Category.objects(id=course.category, removed=None).count()
    return _write(course, None, category=None) if deleted else course


def _search_words(title: str, description: str) -> list[str]:
    return search_words(f"{title} {description}")
