"""
Background tasks, run by Celery if there is a broker, otherwise by a thread of this process.

The sweeps in `lms/celery.py` find all unfinished work again, so a lost task only costs time.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context
from datetime import timedelta
from queue import Full
from threading import Thread

from celery import current_app, shared_task
from django.conf import settings
from django.core.management import call_command
from kombu.exceptions import OperationalError

from apps.common.mail import quotas
from apps.common.storage import count_limits, idempotency_keys, indexes, migrations
from apps.common.task_queue import TaskQueue

logger = logging.getLogger(__name__)

LONGEST_QUEUE = 1_000  # of each priority
A_DAY = 24 * 60 * 60

_submit_here: Callable[[str, dict], None] | None = None
_outgoing = TaskQueue(LONGEST_QUEUE)
_sender: Thread | None = None


def enqueue(name: str, **arguments) -> None:
    """
    Run a task soon, outside this request; if it cannot be queued, a sweep does its work.

    :param name: the task's dotted path, so that services need not import the tasks that call them
    """
    if settings.CELERY_TASK_ALWAYS_EAGER:
        # A context of its own, because the request's store deadline does not apply to the task.
        Context().run(lambda: current_app.tasks[name](**arguments))
    elif settings.CELERY_BROKER_URL:
        _send_soon(name, arguments)
    elif _submit_here:
        _submit_here(name, arguments)


def run_in_process(submit: Callable[[str, dict], None] | None) -> None:
    """Set what runs tasks in this process; without it, another process's sweep does their work."""
    global _submit_here
    _submit_here = submit


def _send_soon(name: str, arguments: dict) -> None:
    """Send the task from a thread, so that no request waits for an unreachable or frozen broker."""
    global _sender
    with suppress(Full):
        _outgoing.put(name, arguments)
    if _sender is None or not _sender.is_alive():
        _sender = Thread(target=_send, name="broker", daemon=True)
        _sender.start()


def _send() -> None:
    while task := _outgoing.get():
        try:
            current_app.tasks[task.name].apply_async(kwargs=task.arguments, retry=False)
        except (OperationalError, OSError):
            logger.warning("The broker is unreachable; a sweep will do the work of %s.", task.name)
            _outgoing.clear()


@shared_task
def migrate_documents() -> None:
    """Apply the steps that are missing after a restore, or a start without the database."""
    with suppress(migrations.StepInProgress):
        migrations.migrate()


@shared_task
def build_missing_indexes() -> None:
    """Build indexes that are missing after a restore, or a start without the database."""
    if indexes.missing_indexes():
        indexes.build_indexes()


@shared_task
def delete_old_idempotency_keys() -> None:
    idempotency_keys.delete_old_keys()


@shared_task
def delete_old_mail_quotas() -> int:
    windows = [settings.NOTIFICATION_MAILS[1], settings.NOTIFICATION_MAILS_UNVERIFIED[1], A_DAY]
    return quotas.delete_old_quotas(older_than=timedelta(seconds=max(windows)))


@shared_task
def repair_counters() -> None:
    count_limits.delete_unused_counters()


@shared_task
def delete_expired_admin_sessions() -> None:
    call_command("clearsessions")
