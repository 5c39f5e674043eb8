from celery import shared_task

from apps.lessons import services


@shared_task
def tell_of_lesson(*, lesson_id: str) -> None:
    services.tell_of_lesson(lesson_id)


@shared_task
def repair_lessons() -> None:
    services.repair_lessons()
    services.repair_orders()
