"""Every change of categories and courses."""

from apps.courses.services.categories import create_category, delete_category, update_category
from apps.courses.services.counters import (
    BeingReordered,
    LastLesson,
    begin_lesson_order,
    decrement_lesson_count,
    end_lesson_order,
    increment_enrollment_count,
    increment_lesson_count,
    recount_enrollments,
    recount_lessons,
)
from apps.courses.services.courses import (
    clear_instructor,
    create_course,
    delete_unused_images,
    publish_course,
    set_image,
    unpublish_course,
    update_course,
)
from apps.courses.services.deletion import delete_course, finish_deletions
from apps.courses.services.permissions import check_may_edit, get_editable_course, may_edit

__all__ = [
    "BeingReordered",
    "LastLesson",
    "begin_lesson_order",
    "check_may_edit",
    "clear_instructor",
    "create_category",
    "create_course",
    "decrement_lesson_count",
    "delete_category",
    "delete_course",
    "delete_unused_images",
    "end_lesson_order",
    "finish_deletions",
    "get_editable_course",
    "increment_enrollment_count",
    "increment_lesson_count",
    "may_edit",
    "publish_course",
    "recount_enrollments",
    "recount_lessons",
    "set_image",
    "unpublish_course",
    "update_category",
    "update_course",
]
