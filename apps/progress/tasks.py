from celery import shared_task

from apps.progress import services


@shared_task
def repair_progress() -> None:
    services.repair_progress()
