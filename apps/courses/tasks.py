from celery import shared_task

from apps.courses import services


@shared_task
def finish_removals() -> None:
    services.finish_removals()


@shared_task
def remove_unused_images() -> None:
    services.remove_unused_images()
