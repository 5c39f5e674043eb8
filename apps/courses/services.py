"""What changes categories and courses."""

from typing import Any

from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from mongoengine import NotUniqueError, Q

from apps.common.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    ReferenceNotFound,
    StaleRevision,
    reference_errors,
)
from apps.common.events import ask, publish
from apps.common.normalization import normalize_name, search_words
from apps.common.storage.count_limits import CountLimit
from apps.common.storage.documents import check_revision, for_each, replace, update
from apps.common.storage.pictures import remove_pictures, remove_unused_pictures, store_picture
from apps.courses import selectors
from apps.courses.documents import IMAGES, Category, Course
from apps.courses.events import CourseRemoved, PublishBlockers
from apps.users import selectors as users
from apps.users.viewer import SignedInViewer


class HasEnrollments(Conflict):
    code = "has_enrollments"
    detail = _("Students have a place in this course; an admin may remove it with `?cascade=true`.")


class LastLesson(Conflict):
    code = "last_lesson"
    detail = _("A published course keeps at least one lesson; unpublish it first.")


class BeingReordered(Conflict):
    code = "being_reordered"
    detail = _("The lessons of this course are being put in order; try again shortly.")


class NoLessons(DomainError):
    code = "no_lessons"
    detail = _("A course without a lesson cannot be published.")


class NotReady(DomainError):
    code = "not_ready"
    detail = _("Something in this course is not ready to be published.")


MOST_CATEGORIES = 1000
MOST_COURSES = 1000  # of an instructor


class TooManyCategories(Conflict):
    code = "too_many_categories"
    detail = _("There are at most %(number)s categories.") % {"number": MOST_CATEGORIES}


class TooManyCourses(Conflict):
    code = "too_many_courses"
    detail = _("An instructor has at most %(number)s courses.") % {"number": MOST_COURSES}


CATEGORIES = CountLimit(
    "categories",
    MOST_CATEGORIES,
    count=lambda _all: Category.objects(removed=None).count(),
    refusal=TooManyCategories,
)
COURSES = CountLimit(
    "courses",
    MOST_COURSES,
    count=lambda instructor_id: Course.objects(instructor=instructor_id, removed=None).count(),
    refusal=TooManyCourses,
)


# Categories


def create_category(*, category_id: ObjectId, name: str, description: str = "") -> Category:
    """
    :raises TooManyCategories: there is no room for another
    :raises Invalid: the name is taken, whatever its case
    """
    category = Category(
        id=category_id, name=name, name_key=normalize_name(name), description=description
    )
    try:
        return CATEGORIES.insert("all", category)
    except NotUniqueError as error:
        raise _name_taken() from error
    finally:
        selectors.invalidate_categories()


def update_category(category: Category, *, expected: list[int] | None, **fields) -> Category:
    """
    :raises Invalid: the name is taken
    :raises StaleRevision: somebody has edited it since
    """
    if "name" in fields:
        fields["name_key"] = normalize_name(fields["name"])
    try:
        return update(category, expected=expected, **fields)
    except NotUniqueError as error:
        raise _name_taken() from error
    finally:
        selectors.invalidate_categories()


def delete_category(category: Category, *, expected: list[int] | None) -> None:
    """
    Remove a category, hidden first, gone last; its courses stay, without one.

    :raises StaleRevision: somebody has edited it since
    """
    condition = {} if expected is None else {"revision__in": expected}
    visible = Category.objects(id=category.id, removed=None, **condition)
    with CATEGORIES.released("all"):
        if visible.modify(set__removed=True) is None:
            check_revision(Category, category.id)
    _finish_category_removal(category)


def _finish_category_removal(category: Category) -> None:
    selectors.invalidate_categories()
    affected = Course.objects(category=category.id).distinct("id")
    Course.objects(category=category.id).update(unset__category=True, inc__revision=1)
    for course_id in affected:
        selectors.invalidate_course(course_id)
    category.delete()


def _name_taken() -> Invalid:
    return Invalid(name=_("There is a category of this name already."))


# Courses


def create_course(*, course_id: ObjectId, by: SignedInViewer, **fields: Any) -> Course:
    """
    Make a draft, the caller's own unless an admin names its instructor.

    :raises Forbidden: somebody else is named by one who is no admin
    :raises Invalid: the instructor is none, or there is no such category
    :raises TooManyCourses: the instructor has as many as one may have
    """
    instructor_id = fields.pop("instructor", None) or ObjectId(by.id)
    _check_instructor(instructor_id, by)
    _check_category(fields.get("category"))
    course = Course(id=course_id, instructor=instructor_id, **fields)
    course.words = _words(course.title, course.description)
    try:
        return _out_of_lost_category(COURSES.insert(instructor_id, course))
    finally:
        selectors.invalidate_course(course_id)


def update_course(
    course: Course, *, by: SignedInViewer, expected: list[int] | None = None, **fields: Any
) -> Course:
    """
    :raises Forbidden: one who is no admin names somebody else as its instructor
    :raises Invalid: the instructor is none, or there is no such category
    :raises TooManyCourses: the new instructor has as many as one may have
    :raises StaleRevision: somebody has edited it since
    """
    instructor_id, condition = fields.get("instructor", course.instructor), {}
    if instructor_id != course.instructor:
        _check_instructor(instructor_id, by)
        condition = {"instructor": course.instructor}
    regrouped = fields.get("category") not in (None, course.category)
    if regrouped:
        _check_category(fields["category"])
    fields["words"] = _words(
        fields.get("title", course.title), fields.get("description", course.description)
    )
    if "image" in fields:  # only null comes here: pictures are uploaded
        fields["image_small"] = None
    write = _replace_image if "image" in fields else _write
    with COURSES.moved(course.instructor, instructor_id):
        changed = write(course, expected, condition=condition, **fields)
    return _out_of_lost_category(changed) if regrouped else changed


def publish_course(course: Course, *, expected: list[int] | None = None) -> Course:
    """
    Put a course on show.

    :raises NoLessons: it has no lesson
    :raises NotReady: an app above says what is missing
    """
    problems = [one for answer in ask(PublishBlockers(str(course.id))) for one in answer]
    if problems:
        raise NotReady(" ".join(problems))
    if course.lesson_count < 1:
        raise NoLessons()
    return _write(course, expected, condition={"lesson_count__gt": 0}, published=True)


def unpublish_course(course: Course, *, expected: list[int] | None = None) -> Course:
    """Take a course off the shelves; whoever is enrolled goes on reading it."""
    return _write(course, expected, published=False)


def set_image(course: Course, upload, *, by: str, expected: list[int] | None = None) -> Course:
    """
    :param by: the id of the user who uploads it
    :raises Invalid: the upload is no picture that we take
    :raises Busy: too many pictures are being decoded
    :raises Throttled: `by` uploads too many
    :raises StaleRevision: somebody has edited it since
    """
    image, image_small = store_picture(upload, folder=IMAGES, field="image", by=by)
    try:
        return _replace_image(course, expected, image=image, image_small=image_small)
    except DomainError:
        remove_pictures(image, image_small)
        raise


def delete_unused_images() -> int:
    """Remove stored pictures that no course shows any more; return how many."""
    return remove_unused_pictures(IMAGES, selectors.image_names)


def delete_course(course: Course, *, cascade: bool, expected: list[int] | None = None) -> None:
    """
    Remove a course and everything below it: hidden first, gone last.

    :raises HasEnrollments: it has students, and `cascade` was not said
    :raises StaleRevision: somebody has edited it since
    """
    condition = {"id": course.id, "removed": None}
    if expected is not None:
        condition["revision__in"] = expected
    if not cascade:
        condition["enrollment_count__lte"] = 0
    with COURSES.released(course.instructor):
        hidden = Course.objects(**condition).modify(set__removed=True)
        if hidden is None:
            now = selectors.get_course(course.id)
            as_expected = expected is None or now.revision in expected
            if as_expected and not cascade and now.enrollment_count > 0:
                raise HasEnrollments()
            raise StaleRevision()
    finish_deletion(course)


def finish_deletion(course: Course) -> None:
    """Remove what belongs to a hidden course, and then itself; the sweep tries again."""
    selectors.invalidate_course(course.id)
    selectors.invalidate_title(course.id)
    selectors.invalidate_categories()
    if publish(CourseRemoved(str(course.id))):
        gone = Course.objects(id=course.id).modify(remove=True) or course
        remove_pictures(gone.image, gone.image_small)


def finish_deletions() -> int:
    """Finish what was cut off; return how many courses and categories it was."""
    courses = for_each(Course.objects(removed=True), finish_deletion)
    return courses + for_each(Category.objects(removed=True), _finish_category_removal)


def clear_instructor(user_id: str) -> None:
    """Leave an erased person's courses without an instructor."""
    taught = Course.objects(instructor=user_id)
    ids = taught.distinct("id")
    taught.update(unset__instructor=True, inc__revision=1)
    COURSES.recount(user_id)  # the counter's name holds the user's id
    for course_id in ids:
        selectors.invalidate_course(course_id)


# What the apps above count and order


def increment_enrollment_count(course_id, *, by: int = 1) -> bool:
    """Count a place taken or given up; say whether the course is still there."""
    counted = Course.objects(id=course_id, removed=None).update_one(inc__enrollment_count=by)
    selectors.invalidate_course(course_id)
    return bool(counted)


def recount_enrollments(course_id, number: int) -> None:
    Course.objects(id=course_id).update_one(set__enrollment_count=number)
    selectors.invalidate_course(course_id)


def increment_lesson_count(course_id) -> bool:
    """Count a lesson more; say whether the course is still there."""
    counted = Course.objects(id=course_id, removed=None).update_one(inc__lesson_count=1)
    selectors.invalidate_course(course_id)
    return bool(counted)


def decrement_lesson_count(course_id) -> None:
    """
    Count a lesson less.

    :raises LastLesson: the course is published and has no other
    """
    may_go = Q(published=False) | Q(lesson_count__gt=1)
    counted = Course.objects(may_go, id=course_id).update_one(dec__lesson_count=1)
    selectors.invalidate_course(course_id)
    if not counted and Course.objects(id=course_id).count():
        raise LastLesson()


def recount_lessons(course_id, number: int) -> None:
    Course.objects(id=course_id).update_one(set__lesson_count=number)
    selectors.invalidate_course(course_id)


def begin_lesson_order(course_id, lesson_ids: list[ObjectId]) -> None:
    """
    Store the wanted order, which readers obey while lessons are being moved.

    :raises BeingReordered: another order is being carried out
    """
    begun = Course.objects(id=course_id, lesson_order=None).update_one(set__lesson_order=lesson_ids)
    if not begun:
        raise BeingReordered()


def end_lesson_order(course_id) -> None:
    Course.objects(id=course_id).update_one(unset__lesson_order=True)


def _write(
    course: Course, expected: list[int] | None, *, condition: dict | None = None, **fields
) -> Course:
    try:
        return update(course, expected=expected, condition=condition, **fields)
    finally:
        _forget(course)


def _replace_image(
    course: Course, expected: list[int] | None, *, condition: dict | None = None, **fields
) -> Course:
    """Write, and remove the pictures that this write has replaced."""
    try:
        before, after = replace(course, expected=expected, condition=condition, **fields)
    finally:
        _forget(course)
    remove_pictures(before.image, before.image_small)
    return after


def _forget(course: Course) -> None:
    selectors.invalidate_course(course.id)
    selectors.invalidate_title(course.id)
    selectors.invalidate_categories()


def _check_instructor(instructor_id: ObjectId | None, by: SignedInViewer) -> None:
    if instructor_id is None:
        raise Invalid(instructor=_("A course needs an instructor."))
    if str(instructor_id) == by.id:
        return
    if not by.is_admin:
        raise Forbidden(_("You may not give a course to somebody else."))
    with reference_errors("instructor"):
        instructor = users.get_user(instructor_id)
    if not (instructor.is_instructor or instructor.is_admin):
        raise ReferenceNotFound("instructor")


def _check_category(category_id: ObjectId | None) -> None:
    if category_id is not None:
        with reference_errors("category"):
            selectors.get_category(category_id)


def _out_of_lost_category(course: Course) -> Course:
    """Return the course without a category that was removed while it was put there."""
    lost = course.category and not Category.objects(id=course.category, removed=None).count()
    return _write(course, None, category=None) if lost else course


def _words(title: str, description: str) -> list[str]:
    return search_words(f"{title} {description}")
