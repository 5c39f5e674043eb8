from celery import shared_task

from apps.users import services


@shared_task
def send_account_mails() -> int:
    """Send the emails that are due; those that fail are sent again later."""
    services.answer_mail_requests()
    return services.send_account_mails()


@shared_task
def repair_profiles() -> int:
    """Finish requests that were interrupted between the account and the profile."""
    return services.finish_erasures() + services.repair_profiles()


@shared_task
def repair_grants() -> int:
    """Deliver undelivered grants of the instructor role."""
    return services.repair_grants()


@shared_task
def remove_unused_pictures() -> int:
    """Delete stored pictures that no profile uses any more."""
    return services.remove_unused_profile_pictures()


@shared_task
def end_expired_sessions() -> int:
    """Delete expired sessions, and the records of expired tokens."""
    services.delete_expired_tokens()
    return services.end_expired_sessions()


@shared_task
def delete_old_account_mails() -> int:
    """Delete emails that were sent so long ago that no limit counts them."""
    return services.delete_old_account_mails()
