from celery import shared_task

from apps.users import services


@shared_task
def send_account_mails() -> int:
    """Send the mails that wait; one that cannot go out is tried again later."""
    services.answer_mail_requests()
    return services.send_account_mails()


@shared_task
def repair_profiles() -> int:
    """Bring accounts and profiles together again where a request was cut off between the two."""
    return services.finish_erasures() + services.repair_profiles()


@shared_task
def repair_grants() -> int:
    """Tell of new instructors where a request was cut off before all had heard of them."""
    return services.repair_grants()


@shared_task
def remove_unused_pictures() -> int:
    """Remove stored pictures that no profile shows any more."""
    return services.remove_unused_profile_pictures()


@shared_task
def end_expired_sessions() -> int:
    """Remove sessions that are over, and the record of tokens that have expired."""
    services.delete_expired_tokens()
    return services.end_expired_sessions()


@shared_task
def delete_old_account_mails() -> int:
    return services.delete_old_account_mails()
