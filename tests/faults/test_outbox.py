"""Every enrollment is mailed exactly once after Redis, mail server and MongoDB have failed."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Timer

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from apps.enrollments.documents import Enrollment
from apps.notifications.documents import Notification
from apps.notifications.services import send_mails
from tests.factories import make_course, make_student
from tests.faults.mail import MailServer
from tests.faults.ports import HOST, free_port
from tests.faults.product import Product
from tests.faults.proxy import MongoProxy
from tests.faults.shared import create_access_token
from tests.notifications.factories import make_notification
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]

SECONDS_DOWN = 4.0  # longer than PyMongo's own server selection
STUDENTS = 200
THREADS = 6
SECONDS_TO_MAIL = 900  # Sweeps run every minute and retry an interrupted mail after two.


def test_each_student_gets_one_mail_if_redis_and_the_mail_server_fail_meanwhile(
    product_with_celery, redis_server, mail_server
):
    course = make_course(lessons=1)
    students = [make_student() for _ in range(STUDENTS)]
    tokens = [create_access_token(student) for student in students]

    def enroll(n: int) -> int:
        if n == STUDENTS // 4:
            mail_server.rejects_all = True
        if n == STUDENTS // 3:
            redis_server.stop()
        body = {"course": str(course.id)}
        response = product_with_celery.request(
            "POST", "/api/enrollments/", token=tokens[n], json=body
        )
        return response.status_code

    with ThreadPoolExecutor(THREADS) as pool:
        assert set(pool.map(enroll, range(STUDENTS))) == {201}

    assert Enrollment.objects(undelivered_since=None).count() == STUDENTS
    assert Notification.objects(emailed_at=None).count() >= STUDENTS // 2
    sent_before = len(mail_server.received)
    redis_server.start()
    mail_server.rejects_all = False
    _make_mails_due()
    wait_until(
        lambda: Notification.objects(mail_due_at__exists=True).count() == 0,
        seconds=SECONDS_TO_MAIL,
        pause=0.5,
    )

    assert sent_before < STUDENTS // 2
    assert [len(mail_server.messages_to(student.email)) for student in students] == [1] * STUDENTS
    assert Notification.objects(emailed_at__ne=None).count() == STUDENTS


def test_mails_are_sent_after_a_restart_if_the_product_was_killed_without_a_mail_server(
    needs_servers, tmp_path
):
    port = free_port()
    with Product(tmp_path, LMS_DEMO="on", EMAIL_URL=f"smtp://{HOST}:{port}") as product:
        product.launch()
        [course] = product.request("GET", "/api/courses/?page_size=1").json()["results"]
        addresses = [_enroll_new_student(product, n, course["id"]) for n in range(5)]
        time.sleep(2)  # A mail whose worker is killed while sending is retried after two minutes.
        for worker in product.workers():
            os.kill(worker, signal.SIGKILL)
        product.stop()

        with MailServer(port) as mail_server:
            product.launch()
            wait_until(
                lambda: len(mail_server.received) == 2 * len(addresses), seconds=SECONDS_TO_MAIL
            )

    recipients = [
        message["To"] for _, message in mail_server.received if message["List-Unsubscribe"]
    ]
    assert sorted(recipients) == sorted(addresses)


def _enroll_new_student(product, n: int, course_id: str) -> str:
    names = {"username": f"student{n}", "email": f"student{n}@example.org"}
    passwords = {"password1": "a long enough secret", "password2": "a long enough secret"}
    token = product.request("POST", "/api/auth/registration/", json=names | passwords).json()[
        "access"
    ]
    body = {"course": course_id}
    response = product.request("POST", "/api/enrollments/", token=token, json=body)
    assert response.status_code == 201
    return names["email"]


class DisconnectingBackend(EmailBackend):
    """An email backend that disconnects MongoDB for a while after it has sent the mails."""

    proxy: MongoProxy

    def send_messages(self, messages) -> int:
        sent_count = super().send_messages(messages)
        self.proxy.disconnect()
        Timer(SECONDS_DOWN, self.proxy.reconnect).start()
        return sent_count


def test_a_mail_is_not_sent_twice_if_mongodb_fails_while_it_is_sent(proxy, settings):
    settings.EMAIL_BACKEND = "tests.faults.test_outbox.DisconnectingBackend"
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None
    DisconnectingBackend.proxy = proxy
    make_notification(make_student())

    assert send_mails() == 1

    _make_mails_due()
    assert send_mails() == 0
    assert len(mail.outbox) == 1
    assert Notification.objects.get().emailed_at


def _make_mails_due() -> None:
    for notification in Notification.objects(mail_due_at__exists=True):
        earlier = notification.mail_due_at - timedelta(hours=2)
        Notification.objects(id=notification.id, mail_due_at=notification.mail_due_at).update(
            set__mail_due_at=earlier
        )
