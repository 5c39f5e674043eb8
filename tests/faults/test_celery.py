"""The server restarts Celery if it ends, and stops it when the server ends."""

import os
import signal
from pathlib import Path

import pytest

from apps.notifications.documents import Notification
from tests.factories import make_student
from tests.faults.product import children
from tests.notifications.factories import make_notification
from tests.waiting import LIMIT, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]

SECONDS_TO_SWEEP = 900  # Sweeps start every minute and are dropped if no worker is free.
PROCESSES = 4  # the worker, its two children, and beat


@pytest.fixture
def product(product_with_celery):
    wait_until(lambda: len(product_with_celery.celery_pids()) == PROCESSES)
    return product_with_celery


def test_celery_is_restarted_after_it_was_killed_and_the_sweeps_continue(
    product, mail_server, settings
):
    killed = product.celery_pids()
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    settings.CELERY_TASK_ALWAYS_EAGER = False  # Only a sweep can send the email.
    settings.CELERY_BROKER_URL = None
    student = make_student()
    make_notification(student)

    wait_until(lambda: Notification.objects.get().emailed_at, seconds=SECONDS_TO_SWEEP)

    assert len(mail_server.messages_to(student.email)) == 1
    wait_until(lambda: len(product.celery_pids()) == PROCESSES)
    assert set(product.celery_pids()).isdisjoint(killed)


def test_a_killed_worker_leaves_no_child_processes(product):
    [worker] = [pid for pid in product.celery_pids() if children(pid)]
    worker_children = children(worker)
    assert len(worker_children) == PROCESSES - 2

    os.kill(worker, signal.SIGKILL)

    wait_until(lambda: not _running(worker_children))


def test_a_stopped_server_stops_celery_first(product):
    celery = product.celery_pids()

    product.stop(wait=LIMIT)

    assert not _running(celery)


def test_celery_stops_when_the_server_is_killed(product):
    celery = product.celery_pids()

    os.kill(product.pid, signal.SIGKILL)

    wait_until(lambda: not _running(celery))


def _running(pids: list[int]) -> list[int]:
    return [pid for pid in pids if _is_running(pid)]


def _is_running(pid: int) -> bool:
    try:
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes() != b""
        )  # A zombie process has no command line.
    except (FileNotFoundError, ProcessLookupError):
        return False
