"""Every change of lessons and their order."""

from apps.lessons.services.counts import LESSONS
from apps.lessons.services.delivery import deliver_lesson_event, repair_lessons
from apps.lessons.services.lessons import (
    add_lesson,
    create_lesson,
    delete_lesson,
    delete_lessons_of_course,
    record_contents_change,
    update_lesson,
)
from apps.lessons.services.order import reorder_lessons, repair_orders

__all__ = [
    "LESSONS",
    "add_lesson",
    "create_lesson",
    "delete_lesson",
    "delete_lessons_of_course",
    "deliver_lesson_event",
    "record_contents_change",
    "reorder_lessons",
    "repair_lessons",
    "repair_orders",
    "update_lesson",
]
