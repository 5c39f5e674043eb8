"""Celery beside the server: whatever ends it, it is back, and it never outlives the server."""

import os
import signal
from pathlib import Path

import pytest

from apps.notifications.documents import Notification
from tests.factories import make_student
from tests.faults.mail import MailServer
from tests.faults.product import children
from tests.faults.shared import beside_the_suite
from tests.notifications.factories import make_notification
from tests.waiting import LIMIT, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]

SECONDS_TO_SWEEP = 900  # sweeps start every minute, and one that no worker takes in time is dropped
PROCESSES = 4  # the worker, its two children, and the beat


@pytest.fixture
def mail():
    with MailServer() as mail:
        yield mail


@pytest.fixture
def product(redis_server, mail, tmp_path):
    with beside_the_suite(
        tmp_path,
        REDIS_URL=redis_server.uri,
        WEB_WORKERS="1",
        LMS_CELERY_BESIDE="on",
        EMAIL_URL=f"smtp://127.0.0.1:{mail.port}",
    ) as (product, _):
        product.prepare().start(path="/health/ready")
        wait_until(lambda: len(product.celery()) == PROCESSES)
        yield product


def test_killed_it_is_started_again_and_the_sweeps_go_on(product, mail, settings):
    killed = product.celery()
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    settings.CELERY_TASK_ALWAYS_EAGER = False  # nobody is asked to send it: a sweep must find it
    settings.CELERY_BROKER_URL = None
    student = make_student()
    make_notification(student)

    wait_until(lambda: Notification.objects.get().emailed_at, seconds=SECONDS_TO_SWEEP)

    assert len(mail.letters_to(student.email)) == 1
    wait_until(lambda: len(product.celery()) == PROCESSES)
    assert set(product.celery()).isdisjoint(killed)


def test_a_worker_that_is_killed_leaves_no_children(product):
    [worker] = [pid for pid in product.celery() if children(pid)]
    left = children(worker)
    assert len(left) == PROCESSES - 2

    os.kill(worker, signal.SIGKILL)

    wait_until(lambda: not _living(left))


def test_a_server_that_stops_ends_it_first(product):
    celery = product.celery()

    product.stop(wait=LIMIT)

    assert not _living(celery)


def test_a_server_that_is_killed_takes_it_along(product):
    celery = product.celery()

    os.kill(product.pid, signal.SIGKILL)

    wait_until(lambda: not _living(celery))


def _living(pids: list[int]) -> list[int]:
    return [pid for pid in pids if _lives(pid)]


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""  # a zombie has none
    except (FileNotFoundError, ProcessLookupError):
        return False
