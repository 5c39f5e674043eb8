"""A worker that is killed while a student enrolls leaves one enrollment or none."""

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
from tests.faults.shared import create_access_token, shared_product
from tests.faults.sweeps import make_repairs_due, run_sweeps

pytestmark = pytest.mark.django_db(transaction=True)

WRITES = 5  # enrollment, count, progress records, notification, delivery of events


def test_an_enrollment_is_complete_after_a_kill_at_any_write_a_retry_and_the_sweeps(
    needs_servers, tmp_path, monkeypatch
):
    make_repairs_due(monkeypatch)
    with shared_product(tmp_path) as (product, proxy):
        product.prepare().start(path="/health/ready")
        for n in range(1, WRITES + 1):
            course, student = make_course(lessons=3), make_student()
            token, body = create_access_token(student), {"course": str(course.id)}
            product.request("GET", "/api/auth/user/", token=token)
            (worker,) = product.workers()
            proxy.disconnect_after(1, counting=_KillWorkerAtWrite(n, worker))

            with pytest.raises(httpx.TransportError):
                product.request("POST", "/api/enrollments/", token=token, json=body)
            product.wait_for("/health/live")
            retried = product.request("POST", "/api/enrollments/", token=token, json=body)
            run_sweeps()

            assert retried.status_code in (201, 400), (n, retried.text)
            enrollment = Enrollment.objects.get(student=student.id)
            assert enrollment.undelivered_since is None
            assert Progress.objects(student=student.id).count() == 3
            assert Course.objects.get(id=course.id).enrollment_count == 1
            assert Notification.objects(recipient=student.id).count() == 1


class _KillWorkerAtWrite:
    """Counts writes from the enrollment on, and kills the worker at the n-th."""

    def __init__(self, n: int, worker: int):
        self.remaining, self.worker = n, worker
        self.enrolling = False

    def __call__(self, command: dict) -> bool:
        self.enrolling = self.enrolling or command.get("insert") == "enrollments"
        if self.enrolling and is_write(command):
            self.remaining -= 1
            if self.remaining == 0:
                os.kill(self.worker, signal.SIGKILL)
        return False
