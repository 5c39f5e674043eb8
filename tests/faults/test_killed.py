"""F6: the worker is killed in the middle of enrolling: one record or none, and mended after."""

import os
import signal

import httpx
import pytest

from apps.courses.documents import Course
from apps.enrollments.documents import Enrollment
from apps.notifications.documents import Notification
from apps.progress.documents import Progress
from tests.factories import make_course, make_student
from tests.faults.proxy import is_write
from tests.faults.shared import beside_the_suite, token_of
from tests.faults.sweeps import hurry, sweep

pytestmark = pytest.mark.django_db(transaction=True)

WRITES = 5  # the place, the count, the records, the notification, that all was told


def test_killed_after_any_write_an_enrolment_is_there_once_and_whole_after_the_sweep(
    needs_servers, tmp_path, monkeypatch
):
    hurry(monkeypatch)
    with beside_the_suite(tmp_path) as (product, proxy):
        product.prepare().start(path="/health/ready")
        for n in range(1, WRITES + 1):
            course, student = make_course(lessons=3), make_student()
            token, body = token_of(student), {"course": str(course.id)}
            product.ask("GET", "/api/auth/user/", token=token)
            (worker,) = product.workers()
            proxy.cut_after(1, counting=_KillsAt(n, worker))

            with pytest.raises(httpx.TransportError):
                product.ask("POST", "/api/enrollments/", token=token, json=body)
            product.wait_for("/health/live")
            again = product.ask("POST", "/api/enrollments/", token=token, json=body)
            sweep()

            assert again.status_code in (201, 400), (n, again.text)
            place = Enrollment.objects.get(student=student.id)
            assert place.undelivered_since is None
            assert Progress.objects(student=student.id).count() == 3
            assert Course.objects.get(id=course.id).enrollment_count == 1
            assert Notification.objects(recipient=student.id).count() == 1


class _KillsAt:
    """Counts writes to enrolments and what follows, kills at the n-th, and lets it pass."""

    def __init__(self, n: int, worker: int):
        self.left, self.worker = n, worker
        self.enrolling = False

    def __call__(self, command: dict) -> bool:
        self.enrolling = self.enrolling or command.get("insert") == "enrollments"
        if self.enrolling and is_write(command):
            self.left -= 1
            if self.left == 0:
                os.kill(self.worker, signal.SIGKILL)
        return False
