from celery import shared_task

from apps.enrollments import services


@shared_task
def repair_enrollments() -> None:
    services.repair_enrollments()
