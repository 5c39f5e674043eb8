"""F1 and F11 at once, with Celery: every enrolment is mailed about, once, when all are back."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Timer

import pytest
from django.core import mail as sent
from django.core.mail.backends.locmem import EmailBackend

from apps.enrollments.documents import Enrollment
from apps.notifications.documents import Notification
from apps.notifications.services import send_mails
from tests.factories import make_course, make_student
from tests.faults.mail import MailServer
from tests.faults.ports import HOST, free_port
from tests.faults.product import Product
from tests.faults.proxy import MongoProxy
from tests.faults.shared import beside_the_suite, token_of
from tests.notifications.factories import make_notification
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]

SECONDS_AWAY = 4.0  # longer than PyMongo looks for a server by itself
STUDENTS = 200
AT_ONCE = 6
SECONDS_TO_MAIL = 900  # sweeps start every minute, and retry an interrupted mail after two


@pytest.fixture
def mail():
    with MailServer() as mail:
        yield mail


@pytest.fixture
def product(redis_server, mail, tmp_path):
    with beside_the_suite(
        tmp_path,
        REDIS_URL=redis_server.uri,
        WEB_WORKERS="2",
        LMS_CELERY_BESIDE="on",
        EMAIL_URL=f"smtp://127.0.0.1:{mail.port}",
    ) as (product, _):
        yield product.prepare().start(path="/health/ready")


def test_redis_killed_and_mail_refused_in_the_middle_end_with_one_mail_each(
    product, redis_server, mail
):
    course = make_course(lessons=1)
    students = [make_student() for _ in range(STUDENTS)]
    tokens = [token_of(student) for student in students]

    def enroll(n: int) -> int:
        if n == STUDENTS // 4:
            mail.refusing = True
        if n == STUDENTS // 3:
            redis_server.stop()
        body = {"course": str(course.id)}
        return product.ask("POST", "/api/enrollments/", token=tokens[n], json=body).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert set(pool.map(enroll, range(STUDENTS))) == {201}

    assert Enrollment.objects(undelivered_since=None).count() == STUDENTS
    assert Notification.objects(emailed_at=None).count() >= STUDENTS // 2
    taken_before = len(mail.taken)
    redis_server.start()
    mail.refusing = False
    _let_two_hours_pass()
    wait_until(
        lambda: Notification.objects(mail_due_at__exists=True).count() == 0,
        seconds=SECONDS_TO_MAIL,
        pause=0.5,
    )

    assert taken_before < STUDENTS // 2
    assert [len(mail.letters_to(student.email)) for student in students] == [1] * STUDENTS
    assert Notification.objects(emailed_at__ne=None).count() == STUDENTS


def test_killed_without_redis_and_without_a_mail_server_all_is_mailed_after_the_start(
    needs_servers, tmp_path
):
    port = free_port()
    with Product(tmp_path, LMS_DEMO="on", EMAIL_URL=f"smtp://{HOST}:{port}") as product:
        product.launch()
        [course] = product.ask("GET", "/api/courses/?page_size=1").json()["results"]
        addresses = [_enrol_somebody_new(product, n, course["id"]) for n in range(5)]
        time.sleep(2)  # one that is being tried when its worker is killed waits for two minutes
        for worker in product.workers():
            os.kill(worker, signal.SIGKILL)
        product.stop()

        with MailServer(port) as mail:
            product.launch()
            wait_until(lambda: len(mail.taken) == 2 * len(addresses), seconds=SECONDS_TO_MAIL)

    told = [letter["To"] for _, letter in mail.taken if letter["List-Unsubscribe"]]
    assert sorted(told) == sorted(addresses)


def _enrol_somebody_new(product, n: int, course_id: str) -> str:
    names = {"username": f"learner{n}", "email": f"learner{n}@example.org"}
    secret = {"password1": "a long enough secret", "password2": "a long enough secret"}
    token = product.ask("POST", "/api/auth/registration/", json=names | secret).json()["access"]
    body = {"course": course_id}
    answer = product.ask("POST", "/api/enrollments/", token=token, json=body)
    assert answer.status_code == 201
    return names["email"]


class CutsMongoDB(EmailBackend):
    """A mail server in whose hands MongoDB goes away, for a while."""

    proxy: MongoProxy

    def send_messages(self, messages) -> int:
        taken = super().send_messages(messages)
        self.proxy.cut()
        Timer(SECONDS_AWAY, self.proxy.mend).start()
        return taken


def test_a_mongodb_that_goes_while_a_mail_is_sent_costs_no_second_one(proxy, settings):
    settings.EMAIL_BACKEND = "tests.faults.test_outbox.CutsMongoDB"
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None
    CutsMongoDB.proxy = proxy
    make_notification(make_student())

    assert send_mails() == 1

    _let_two_hours_pass()
    assert send_mails() == 0
    assert len(sent.outbox) == 1
    assert Notification.objects.get().emailed_at


def _let_two_hours_pass() -> None:
    for one in Notification.objects(mail_due_at__exists=True):
        due_at = one.mail_due_at - timedelta(hours=2)
        Notification.objects(id=one.id, mail_due_at=one.mail_due_at).update(set__mail_due_at=due_at)
