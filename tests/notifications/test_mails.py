"""Emails of notifications; `tests/faults/test_mail.py` tests faults of the mail server."""

import re
from datetime import timedelta
from email import message_from_bytes

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from apps.common.clock import now_in_milliseconds
from apps.common.storage import outbox
from apps.notifications import selectors, services
from apps.notifications.documents import Notification
from apps.users.documents import User
from apps.users.services import erase, update_user
from tests.factories import client_of, enroll_in, make_course, make_student, viewer_of
from tests.notifications.factories import make_notification
from tests.users.racing import race

KINDS = [
    ("enrolled", {"link": "/learn/5"}),
    ("milestone", {"link": "/courses/5", "percent": 75}),
    ("milestone", {"link": "/courses/5", "percent": 100}),
    ("quiz_passed", {"link": "/quiz/5?submission=6"}),
    ("quiz_failed", {"link": "/quiz/5?submission=6"}),
    ("quiz_regraded", {"link": "/quiz/5?submission=6", "grade": 66.67}),
    ("instructor_granted", {"link": "/studio"}),
]


class SlowMailServer(EmailBackend):
    """A second worker starts while this mail server receives an email."""

    def send_messages(self, messages) -> int:
        assert services.send_mails() == 0
        return super().send_messages(messages)


class UnavailableMailServer(EmailBackend):
    """A mail server that refuses connections, and counts them."""

    connections = 0

    def open(self) -> None:
        UnavailableMailServer.connections += 1
        raise ConnectionRefusedError


@pytest.fixture(autouse=True)
def _emails_wait(settings):
    """Send no email until a test calls `send_mails`."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None
    settings.PUBLIC_URL = "https://learn.example"


def send_email(user, kind: str = "enrolled", **options) -> mail.EmailMultiAlternatives:
    make_notification(user, kind, **options)
    assert services.send_mails() == 1
    return mail.outbox[-1]


def make_all_due() -> None:
    Notification.objects(mail_due_at__exists=True).update(set__mail_due_at=now_in_milliseconds())


# Contents


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_each_email_is_complete_in_each_language(kind, options, language):
    user = make_student(username="森.ada", language=language)
    User.objects(id=user.id).update(set__email_verified=True)

    message = send_email(user, kind, title="R&D <b>", **options)

    html = message.alternatives[0][0]
    words = re.sub(r"https://\S+", "#", message.body)  # A token may contain any word.
    assert message.to == [user.email]
    assert "森.ada" in message.body
    assert f"\nhttps://learn.example{options['link']}\n" in message.body
    assert re.search(r"^https://learn\.example/unsubscribe/[\w:.-]+/$", message.body, re.M)
    assert html.count("href=") == message.body.count("https://") == 2
    assert f'href="https://learn.example{options["link"]}"' in html
    assert f'lang="{language}"' in html
    assert "<b>" not in html
    assert message.subject
    assert len(message.subject) < 140
    for mistake in ("{{", "{%", "&amp;amp;", "None", "\n\n\n"):
        assert mistake not in message.subject + words + re.sub(r"https://[^<\"]+", "#", html)
    assert ("ola" in words) == (language == "es")
    if kind != "instructor_granted":
        assert "R&D <b>" in message.body
        assert "R&D <b>" in message.subject
    assert ("75" in words) == (options.get("percent") == 75)
    assert ("66.67" in words) == (kind == "quiz_regraded" and language == "en")
    assert ("66,67" in words) == (kind == "quiz_regraded" and language == "es")


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_an_email_to_an_unverified_address_does_not_contain_the_username(kind, options, language):
    user = make_student(username="www.evil.example", language=language)

    message = send_email(user, kind, title="Logic", **options)

    assert "evil" not in message.body + message.alternatives[0][0]
    assert message.body.startswith(("Hello,\n", "Hola:\n"))


def test_a_long_title_is_shortened_only_in_the_subject(student):
    message = send_email(student, title="x" * 255)

    assert len(message.subject) < 120
    assert "x" * 255 in message.body


def test_line_breaks_never_reach_a_header(student):
    bad_username = make_student(username="ada")
    User.objects(id=bad_username.id).update(set__username="ada\r\nBcc: x@y.org")
    bad_address = make_student()
    User.objects(id=bad_address.id).update(set__email="a@b.org\r\nBcc: x@y.org")
    for user in (bad_username, bad_address, student):
        make_notification(user, title="Logic\r\nBcc: x@y.org\r\n\r\nhttps://evil.example")

    assert services.send_mails() == 2

    for message in mail.outbox:
        assert message.subject == "You are enrolled in “Logic Bcc: x@y.org https://evil.example”"
        assert message.message()["Bcc"] is None
        assert message.alternatives[0][0].count("href=") == 2
    assert selectors.get_notification(
        Notification.objects.get(recipient=bad_address.id).id, viewer=viewer_of(bad_address)
    ).mail_due_at


def test_an_email_is_in_the_recipients_language_at_the_time_of_sending(student):
    make_notification(student, title="Lógica")
    update_user(user_id=str(student.id), language="es")

    services.send_mails()

    assert mail.outbox[0].subject == "Ya estás en el curso «Lógica»"


def test_links_use_the_public_url_and_not_the_host_of_the_request(student):
    course = make_course()
    client_of(student).post(
        "/api/enrollments/", {"course": str(course.id)}, HTTP_X_FORWARDED_HOST="evil.test"
    )

    services.send_mails()

    [message] = mail.outbox
    assert f"https://learn.example/learn/{course.id}" in message.body
    assert "evil" not in str(message.message())


def test_headers_contain_the_unsubscribe_link_for_mail_programs(student):
    message = send_email(student)

    [link] = re.findall(r"https://learn\.example/unsubscribe/\S+", message.body)
    assert message.message()["List-Unsubscribe"] == f"<{link}>"
    assert message.message()["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert len(link) < 250


# Sending


def test_an_email_is_sent_once_after_the_response_and_its_time_is_stored(student):
    course = make_course()
    response = client_of(student).post("/api/enrollments/", {"course": str(course.id)})
    assert response.status_code == 201
    assert mail.outbox == []

    assert [services.send_mails() for _ in range(2)] == [1, 0]

    assert len(mail.outbox) == 1
    notification = Notification.objects.get()
    assert notification.emailed_at
    assert notification.mail_due_at is None


def test_a_new_notification_starts_the_task(student, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True

    enroll_in(make_course(), student)

    assert [message.to for message in mail.outbox] == [[student.email]]


def test_without_a_mail_server_each_email_becomes_a_file(settings, tmp_path):
    settings.EMAIL_BACKEND = "apps.common.mail.file_backend.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    students = [make_student() for _ in range(30)]
    for student in students:
        make_notification(student)

    assert services.send_mails() == 30

    files = settings.EMAIL_FILE_PATH.iterdir()
    emails = [message_from_bytes(file.read_bytes()) for file in files]
    assert len({email["Message-ID"] for email in emails}) == 30
    assert {email["To"] for email in emails} == {student.email for student in students}
    assert {email.is_multipart() for email in emails} == {True}
    assert {email.epilogue for email in emails} == {""}  # Nothing follows the email.


def test_an_unverified_address_receives_emails(student):
    assert not student.email_verified
    assert send_email(student).to == [student.email]


def test_an_email_being_sent_is_not_sent_by_another_worker(student, settings):
    settings.EMAIL_BACKEND = "tests.notifications.test_mails.SlowMailServer"
    make_notification(student)

    assert services.send_mails() == 1
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_four_workers_send_each_email_once():
    for _ in range(20):
        make_notification(make_student())

    assert sum(race(4, lambda n: services.send_mails())) == 20

    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 20


def test_a_round_continues_until_no_email_is_due(student, monkeypatch):
    monkeypatch.setattr(selectors, "MAILS_AT_ONCE", 2)
    for _ in range(5):
        make_notification(student)

    assert services.send_mails() == 5


def test_a_round_that_takes_too_long_leaves_the_rest_to_the_next(student, monkeypatch):
    monkeypatch.setattr(outbox, "LONGEST_ROUND", 0)
    for _ in range(3):
        make_notification(student)

    assert [services.send_mails() for _ in range(4)] == [1, 1, 1, 0]


def test_an_unavailable_mail_server_is_tried_once_a_round(student, settings):
    settings.EMAIL_BACKEND = "tests.notifications.test_mails.UnavailableMailServer"
    UnavailableMailServer.connections = 0
    for _ in range(5):
        make_notification(student)

    assert services.send_mails() == 0
    assert UnavailableMailServer.connections == 1
    assert Notification.objects(mail_attempts=0).count() == 5

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert services.send_mails() == 5  # They are still due.


def test_an_email_that_is_sent_again_has_the_same_message_id(student):
    """An email is sent again if the worker dies before it stores that the email was sent."""
    first = send_email(student)
    Notification.objects.update(unset__emailed_at=True, set__mail_due_at=now_in_milliseconds())

    services.send_mails()

    ids = [message.extra_headers["Message-ID"] for message in mail.outbox]
    notification = Notification.objects.get()
    assert ids == [f"<notification-{notification.id}@localhost>"] * 2
    assert send_email(student).extra_headers["Message-ID"] != first.extra_headers["Message-ID"]


def test_the_email_of_a_killed_worker_is_sent_later(student, monkeypatch):
    make_notification(student)
    monkeypatch.setattr("apps.common.storage.outbox.send", _kill_worker)
    with pytest.raises(SystemExit):
        services.send_mails()
    monkeypatch.undo()
    assert services.send_mails() == 0  # The claim of the killed worker has not expired.

    make_all_due()

    assert services.send_mails() == 1


def _kill_worker(message) -> None:
    raise SystemExit


def test_an_email_that_fails_is_retried_at_growing_intervals(student, settings):
    settings.EMAIL_BACKEND = "tests.users.mailboxes.RefusesOne"
    refused = make_student(email="refused@example.org")
    failing = make_notification(refused)
    make_notification(student)
    assert services.send_mails() == 1
    assert [message.to for message in mail.outbox] == [[student.email]]

    def minutes_to_next_attempt() -> float:
        make_all_due()
        services.send_mails()
        failing.reload()
        return round((failing.mail_due_at - now_in_milliseconds()).total_seconds() / 60)

    pauses = [minutes_to_next_attempt() for _ in range(6)]
    failing.update(set__created_at=now_in_milliseconds() - timedelta(days=8), mail_attempts=400)

    assert pauses == [4, 8, 16, 32, 60, 60]
    assert minutes_to_next_attempt() == 24 * 60

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    make_all_due()
    assert services.send_mails() == 1


# Emails that are not wanted


def test_a_kind_that_is_muted_by_email_is_not_emailed(student):
    services.set_preferences(user_id=str(student.id), muted=[], mail_muted=["enrolled"])
    notification = make_notification(student)
    make_notification(student, "milestone", percent=25)

    assert services.send_mails() == 1

    assert "25" in mail.outbox[0].subject
    notification.reload()
    assert (notification.mail_due_at, notification.emailed_at) == (None, None)
    assert selectors.count_unread(str(student.id)) == 2


def test_a_kind_that_is_muted_only_in_the_app_is_emailed(student):
    services.set_preferences(user_id=str(student.id), muted=["enrolled"], mail_muted=[])

    assert send_email(student)


def test_a_deactivated_user_receives_no_emails(student):
    make_notification(student)
    update_user(user_id=str(student.id), is_active=False)

    assert services.send_mails() == 0

    assert Notification.objects(mail_due_at__exists=True).count() == 0


def test_a_notification_created_after_the_erasure_is_deleted(student):
    erase(user_id=str(student.id))
    make_notification(student)

    assert services.send_mails() == 0

    assert Notification.objects.count() == 0


def test_logs_contain_no_addresses_or_tokens(student, settings, caplog):
    settings.EMAIL_BACKEND = "tests.users.mailboxes.RefusesOne"
    make_notification(make_student(email="refused@example.org"))
    message = send_email(student)
    token = re.search(r"unsubscribe/(\S+)/", message.body)[1]

    assert "waits" in caplog.text
    for secret in ("refused@", student.email, token):
        assert secret not in caplog.text
