"""Mails of notifications; `tests/faults/test_mail.py` has what a mail server can do to them."""

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
from tests.factories import client_of, enroll_in, make_course, make_student
from tests.notifications.telling import tell
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


class TwoAtOnce(EmailBackend):
    """A mail server that is slow: while it takes a mail, the next worker begins."""

    def send_messages(self, messages) -> int:
        assert services.send_mails() == 0
        return super().send_messages(messages)


class Away(EmailBackend):
    """A mail server that is not there; `tries` counts who knocked."""

    tries = 0

    def open(self) -> None:
        Away.tries += 1
        raise ConnectionRefusedError


@pytest.fixture(autouse=True)
def _later(settings):
    """No mail goes out until a test says so."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None
    settings.PUBLIC_URL = "https://learn.example"


def mailed(user, kind: str = "enrolled", **given) -> mail.EmailMultiAlternatives:
    tell(user, kind, **given)
    assert services.send_mails() == 1
    return mail.outbox[-1]


def due_now() -> None:
    Notification.objects(mail_due_at__exists=True).update(set__mail_due_at=now_in_milliseconds())


# What they say


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(("kind", "given"), KINDS)
def test_each_mail_is_whole_in_each_language(kind, given, language):
    user = make_student(username="森.ada", language=language)
    User.objects(id=user.id).update(set__email_verified=True)

    message = mailed(user, kind, title="R&D <b>", **given)

    html = message.alternatives[0][0]
    words = re.sub(r"https://\S+", "#", message.body)  # a token may hold anything
    assert message.to == [user.email]
    assert "森.ada" in message.body
    assert f"\nhttps://learn.example{given['link']}\n" in message.body
    assert re.search(r"^https://learn\.example/unsubscribe/[\w:.-]+/$", message.body, re.M)
    assert html.count("href=") == message.body.count("https://") == 2
    assert f'href="https://learn.example{given["link"]}"' in html
    assert f'lang="{language}"' in html
    assert "<b>" not in html
    assert message.subject
    assert len(message.subject) < 140
    for wrong in ("{{", "{%", "&amp;amp;", "None", "\n\n\n"):
        assert wrong not in message.subject + words + re.sub(r"https://[^<\"]+", "#", html)
    assert ("ola" in words) == (language == "es")
    if kind != "instructor_granted":
        assert "R&D <b>" in message.body
        assert "R&D <b>" in message.subject
    assert ("75" in words) == (given.get("percent") == 75)
    assert ("66.67" in words) == (kind == "quiz_regraded" and language == "en")
    assert ("66,67" in words) == (kind == "quiz_regraded" and language == "es")


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(("kind", "given"), KINDS)
def test_mail_to_an_unverified_address_repeats_no_username(kind, given, language):
    user = make_student(username="www.evil.example", language=language)

    message = mailed(user, kind, title="Logic", **given)

    assert "evil" not in message.body + message.alternatives[0][0]
    assert message.body.startswith(("Hello,\n", "Hola:\n"))


def test_a_long_title_is_short_in_the_subject_and_whole_in_the_mail(student):
    message = mailed(student, title="x" * 255)

    assert len(message.subject) < 120
    assert "x" * 255 in message.body


def test_no_line_break_reaches_a_header(student):
    hurt = make_student(username="ada")
    User.objects(id=hurt.id).update(set__username="ada\r\nBcc: x@y.org")
    broken = make_student()
    User.objects(id=broken.id).update(set__email="a@b.org\r\nBcc: x@y.org")
    for user in (hurt, broken, student):
        tell(user, title="Logic\r\nBcc: x@y.org\r\n\r\nhttps://evil.example")

    assert services.send_mails() == 2

    for message in mail.outbox:
        assert message.subject == "You are enrolled in “Logic Bcc: x@y.org https://evil.example”"
        assert message.message()["Bcc"] is None
        assert message.alternatives[0][0].count("href=") == 2
    assert selectors.get_notification(
        Notification.objects.get(recipient=broken.id).id, recipient_id=str(broken.id)
    ).mail_due_at


def test_a_mail_is_worded_in_the_language_that_its_reader_speaks_when_it_is_sent(student):
    tell(student, title="Lógica")
    update_user(user_id=str(student.id), language="es")

    services.send_mails()

    assert mail.outbox[0].subject == "Tienes plaza en «Lógica»"


def test_a_link_begins_with_our_address_whatever_host_was_asked(student):
    course = make_course()
    client_of(student).post(
        "/api/enrollments/", {"course": str(course.id)}, HTTP_X_FORWARDED_HOST="evil.test"
    )

    services.send_mails()

    [message] = mail.outbox
    assert f"https://learn.example/learn/{course.id}" in message.body
    assert "evil" not in str(message.message())


def test_it_names_the_way_to_stop_it_to_mail_programs(student):
    message = mailed(student)

    [link] = re.findall(r"https://learn\.example/unsubscribe/\S+", message.body)
    assert message.message()["List-Unsubscribe"] == f"<{link}>"
    assert message.message()["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert len(link) < 250


# How they go out


def test_a_mail_goes_out_once_after_the_answer_and_its_time_is_noted(student):
    course = make_course()
    response = client_of(student).post("/api/enrollments/", {"course": str(course.id)})
    assert response.status_code == 201
    assert mail.outbox == []

    assert [services.send_mails() for _ in range(2)] == [1, 0]

    assert len(mail.outbox) == 1
    notification = Notification.objects.get()
    assert notification.emailed_at
    assert notification.mail_due_at is None


def test_telling_nudges_the_worker(student, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True

    enroll_in(make_course(), student)

    assert [message.to for message in mail.outbox] == [[student.email]]


def test_without_a_mail_server_each_mail_is_a_file_of_its_own(settings, tmp_path):
    settings.EMAIL_BACKEND = "apps.common.mail.file_backend.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    students = [make_student() for _ in range(30)]
    for student in students:
        tell(student)

    assert services.send_mails() == 30

    letters = [message_from_bytes(one.read_bytes()) for one in settings.EMAIL_FILE_PATH.iterdir()]
    assert len({letter["Message-ID"] for letter in letters}) == 30
    assert {letter["To"] for letter in letters} == {student.email for student in students}
    assert {letter.is_multipart() for letter in letters} == {True}
    assert {letter.epilogue for letter in letters} == {""}  # nothing follows the mail


def test_an_address_that_is_not_verified_gets_mail_as_well(student):
    assert not student.email_verified
    assert mailed(student).to == [student.email]


def test_while_one_worker_sends_a_mail_no_other_does(student, settings):
    settings.EMAIL_BACKEND = "tests.notifications.test_mails.TwoAtOnce"
    tell(student)

    assert services.send_mails() == 1
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_four_workers_do_not_send_a_mail_twice():
    for _ in range(20):
        tell(make_student())

    assert sum(race(4, lambda n: services.send_mails())) == 20

    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 20


def test_a_round_goes_on_until_nothing_is_due(student, monkeypatch):
    monkeypatch.setattr(selectors, "MAILS_AT_ONCE", 2)
    for _ in range(5):
        tell(student)

    assert services.send_mails() == 5


def test_a_round_that_takes_long_leaves_the_rest_to_the_next(student, monkeypatch):
    monkeypatch.setattr(outbox, "LONGEST_ROUND", 0)
    for _ in range(3):
        tell(student)

    assert [services.send_mails() for _ in range(4)] == [1, 1, 1, 0]


def test_a_server_that_is_away_is_asked_once_a_round(student, settings):
    settings.EMAIL_BACKEND = "tests.notifications.test_mails.Away"
    Away.tries = 0
    for _ in range(5):
        tell(student)

    assert services.send_mails() == 0
    assert Away.tries == 1
    assert Notification.objects(mail_attempts=0).count() == 5

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert services.send_mails() == 5  # at once: they kept their turn


def test_a_mail_that_goes_out_again_is_known_by_its_id(student):
    """A worker that dies between sending and noting it sends it again: letter-boxes can tell."""
    first = mailed(student)
    Notification.objects.update(unset__emailed_at=True, set__mail_due_at=now_in_milliseconds())

    services.send_mails()

    ids = [message.extra_headers["Message-ID"] for message in mail.outbox]
    notification = Notification.objects.get()
    assert ids == [f"<notification-{notification.id}@localhost>"] * 2
    assert mailed(student).extra_headers["Message-ID"] != first.extra_headers["Message-ID"]


def test_a_worker_that_was_killed_leaves_its_mail_to_be_tried_again(student, monkeypatch):
    tell(student)
    monkeypatch.setattr("apps.common.storage.outbox.send", _killed)
    with pytest.raises(SystemExit):
        services.send_mails()
    monkeypatch.undo()
    assert services.send_mails() == 0  # nobody knows yet that it was killed

    due_now()

    assert services.send_mails() == 1


def _killed(message) -> None:
    raise SystemExit


def test_a_mail_that_cannot_go_out_waits_less_and_less_often_tried_and_the_others_go(
    student, settings
):
    settings.EMAIL_BACKEND = "tests.users.mailboxes.RefusesOne"
    refused = make_student(email="refused@example.org")
    waiting = tell(refused)
    tell(student)
    assert services.send_mails() == 1
    assert [message.to for message in mail.outbox] == [[student.email]]

    def wait() -> float:
        due_now()
        services.send_mails()
        waiting.reload()
        return round((waiting.mail_due_at - now_in_milliseconds()).total_seconds() / 60)

    waits = [wait() for _ in range(6)]
    waiting.update(set__created_at=now_in_milliseconds() - timedelta(days=8), mail_attempts=400)

    assert waits == [4, 8, 16, 32, 60, 60]
    assert wait() == 24 * 60

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    due_now()
    assert services.send_mails() == 1


# Who wants none


def test_a_kind_that_is_not_wanted_by_mail_is_not_mailed_and_does_not_wait(student):
    services.set_preferences(user_id=str(student.id), muted=[], mail_muted=["enrolled"])
    notification = tell(student)
    tell(student, "milestone", percent=25)

    assert services.send_mails() == 1

    assert "25" in mail.outbox[0].subject
    notification.reload()
    assert (notification.mail_due_at, notification.emailed_at) == (None, None)
    assert selectors.count_unread(str(student.id)) == 2


def test_a_kind_that_is_not_wanted_in_the_app_is_mailed(student):
    services.set_preferences(user_id=str(student.id), muted=["enrolled"], mail_muted=[])

    assert mailed(student)


def test_whoever_was_deactivated_is_mailed_nothing(student):
    tell(student)
    update_user(user_id=str(student.id), is_active=False)

    assert services.send_mails() == 0

    assert Notification.objects(mail_due_at__exists=True).count() == 0


def test_nothing_is_kept_of_what_was_told_to_somebody_who_is_gone(student):
    erase(user_id=str(student.id))
    tell(student)

    assert services.send_mails() == 0

    assert Notification.objects.count() == 0


def test_no_log_names_an_address_or_a_token(student, settings, caplog):
    settings.EMAIL_BACKEND = "tests.users.mailboxes.RefusesOne"
    tell(make_student(email="refused@example.org"))
    message = mailed(student)
    token = re.search(r"unsubscribe/(\S+)/", message.body)[1]

    assert "waits" in caplog.text
    for secret in ("refused@", student.email, token):
        assert secret not in caplog.text
