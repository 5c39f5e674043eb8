from celery import shared_task

from apps.notifications import services


@shared_task
def send_notification_mails() -> int:
    """Send the mails that wait; one that cannot go out is tried again later."""
    return services.send_mails()
