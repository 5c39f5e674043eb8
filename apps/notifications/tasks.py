from celery import shared_task

from apps.notifications import services


@shared_task
def send_notification_mails() -> int:
    """Send the emails that are due; those that fail are sent again later."""
    return services.send_mails()
