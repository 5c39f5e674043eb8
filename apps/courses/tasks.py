from celery import shared_task

from apps.courses import services


@shared_task
def finish_deletions() -> None:
    services.finish_deletions()


@shared_task
def delete_unused_images() -> None:
    services.delete_unused_images()
