"""Celery, and the schedule of the sweeps, which run with or without Celery."""

import os
import sys

from celery import Celery
from celery.signals import beat_init, celeryd_init, setup_logging

from apps.common.storage import migrations
from apps.common.task_queue import LOW_PRIORITY
from lms.serving import private_files
from lms.stores import documents

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")

app = Celery("lms")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

A_MINUTE, AN_HOUR, A_DAY = 60, 60 * 60, 24 * 60 * 60

# The periodic tasks, and the seconds between two runs.
SWEEPS = {
    "apps.users.tasks.send_account_mails": A_MINUTE,
    "apps.users.tasks.repair_profiles": A_MINUTE,
    "apps.users.tasks.repair_grants": A_MINUTE,
    "apps.users.tasks.end_expired_sessions": AN_HOUR,
    "apps.users.tasks.delete_old_account_mails": AN_HOUR,
    "apps.users.tasks.remove_unused_pictures": AN_HOUR,
    "apps.courses.tasks.finish_deletions": A_MINUTE,
    "apps.courses.tasks.delete_unused_images": AN_HOUR,
    "apps.enrollments.tasks.repair_enrollments": A_MINUTE,
    "apps.lessons.tasks.repair_lessons": A_MINUTE,
    "apps.quizzes.tasks.repair_quizzes": A_MINUTE,
    "apps.quizzes.tasks.repair_regrades": A_MINUTE,
    "apps.quizzes.tasks.delete_old_imports": AN_HOUR,
    "apps.progress.tasks.repair_progress": A_MINUTE,
    "apps.notifications.tasks.send_notification_mails": A_MINUTE,
    "apps.common.tasks.migrate_documents": A_MINUTE,
    "apps.common.tasks.build_missing_indexes": A_MINUTE,
    "apps.common.tasks.repair_counters": A_MINUTE,
    "apps.common.tasks.delete_old_idempotency_keys": AN_HOUR,
    "apps.common.tasks.delete_old_mail_quotas": AN_HOUR,
    "apps.common.tasks.delete_expired_admin_sessions": A_DAY,
}

app.conf.task_routes = {task: {"priority": 9} for task in LOW_PRIORITY}  # Redis takes 0 first
app.conf.beat_schedule = {
    # A sweep that has waited until the next one is not needed.
    task: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
    for task, seconds in SWEEPS.items()
}


@setup_logging.connect
def _keep_logging(**_) -> None:
    """Keep Celery from replacing the logging configuration of the settings."""


@celeryd_init.connect
@beat_init.connect
def _restrict_files(**_) -> None:
    """Restrict access to Celery's files, even if the server has not started it."""
    private_files.restrict_umask()


@celeryd_init.connect
def _refuse_newer_store(**_) -> None:
    """End a worker that is started on the documents of a newer release."""
    try:
        migrations.refuse_newer_store()
    except migrations.StoreIsNewer as error:
        sys.exit(f"lms: {error}")
    finally:
        documents.close_store()  # The worker's processes open it again after the fork.
