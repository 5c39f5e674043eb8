from celery import shared_task

from apps.lessons import services


@shared_task
def deliver_lesson_event(*, lesson_id: str) -> None:
    services.deliver_lesson_event(lesson_id)


@shared_task
def repair_lessons() -> None:
    services.repair_lessons()
    services.repair_orders()
