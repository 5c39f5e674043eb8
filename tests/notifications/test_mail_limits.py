"""How many emails a recipient gets, and how the rest is joined into the next one."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from apps.common.clock import now_in_milliseconds
from apps.common.mail.quotas import delete_old_quotas
from apps.common.models import MailQuota
from apps.notifications import selectors, services
from apps.notifications.documents import Notification
from apps.users import services as users
from apps.users.documents import User
from apps.users.models import Account
from tests.command_counter import record_commands
from tests.factories import make_student
from tests.notifications.telling import tell
from tests.users.racing import race

LIMIT, LIMIT_UNVERIFIED = 4, 2  # small, so that the tests are fast
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class SlowMailServer(EmailBackend):
    """Takes an email only while another worker sends all that it can."""

    def send_messages(self, messages) -> int:
        services.send_mails()
        return super().send_messages(messages)


@pytest.fixture(autouse=True)
def _later(settings):
    """No mail goes out until a test says so."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None
    settings.PUBLIC_URL = "https://learn.example"


@pytest.fixture(autouse=True)
def _small_limits(request, settings):
    if "default_limits" not in request.fixturenames:
        settings.NOTIFICATION_MAILS = (LIMIT, 3600)
        settings.NOTIFICATION_MAILS_UNVERIFIED = (LIMIT_UNVERIFIED, 24 * 3600)


@pytest.fixture
def default_limits() -> None:
    """Ask for the limits that the product has unless it is configured otherwise."""


@pytest.fixture(autouse=True)
def _plain_static(settings):
    """Show pages without collecting the static files first."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def verified() -> User:
    return verify(make_student())


def verify(user: User) -> User:
    Account.objects.filter(profile_id=str(user.id)).update(email_verified=True)
    User.objects(id=user.id).update(set__email_verified=True)
    return user.reload()


def tell_many(user: User, number: int, kind: str = "enrolled") -> list[Notification]:
    return [tell(user, kind, title=f"Course {n}") for n in range(number)]


def let_pass(duration: timedelta) -> None:
    """Let time pass for the counts of emails and for the notifications that wait."""
    for quota in MailQuota.objects.all():
        quota.sent_at = [sent_at - duration.total_seconds() for sent_at in quota.sent_at]
        quota.save()
    for one in Notification.objects(mail_due_at__exists=True):
        one.update(set__mail_due_at=one.mail_due_at - duration)


def waiting() -> int:
    return Notification.objects(emailed_at=None).count()


# The limits


def test_a_recipient_gets_twenty_emails_an_hour(verified, default_limits):
    tell_many(verified, 25)

    assert [services.send_mails() for _ in range(2)] == [20, 0]
    let_pass(HOUR - timedelta(minutes=1))
    assert services.send_mails() == 0
    assert waiting() == 5


def test_an_address_that_is_not_verified_gets_ten_emails_a_day(student, default_limits):
    tell_many(student, 15)

    assert services.send_mails() == 10
    let_pass(DAY - timedelta(minutes=1))
    assert services.send_mails() == 0
    assert waiting() == 5


def test_the_rest_is_joined_into_one_email_when_the_limit_allows_it(verified):
    tell_many(verified, LIMIT + 5)
    services.send_mails()
    due_at = min(one.mail_due_at for one in Notification.objects(emailed_at=None))
    assert timedelta(minutes=58) < due_at - now_in_milliseconds() <= HOUR

    let_pass(HOUR)

    assert [services.send_mails() for _ in range(2)] == [1, 0]
    assert waiting() == 0
    assert Notification.objects(mail_due_at__exists=True).count() == 0
    for n in range(LIMIT, LIMIT + 5):
        assert f"• You are enrolled in “Course {n}”.\n" in mail.outbox[-1].body


def test_every_notification_stays_in_the_app(verified):
    tell_many(verified, LIMIT + 5)
    services.send_mails()

    assert selectors.count_unread(str(verified.id)) == LIMIT + 5


def test_the_limit_of_one_recipient_delays_nobody_else(student):
    tell_many(student, LIMIT_UNVERIFIED + 1)
    other = make_student()
    tell(other)

    services.send_mails()

    assert mail.outbox[-1].to == [other.email]


def test_what_happens_while_the_limit_holds_waits_for_the_same_email(verified):
    tell_many(verified, LIMIT + 1)
    services.send_mails()
    let_pass(HOUR / 2)
    for _ in range(3):
        tell(verified)
        assert services.send_mails() == 0

    let_pass(HOUR / 2)

    assert services.send_mails() == 1
    assert "You have 4 new notifications." in mail.outbox[-1].body


def test_verifying_the_address_lifts_the_limit_of_a_day(student):
    tell_many(student, LIMIT_UNVERIFIED + 5)
    services.send_mails()

    verify(student)
    tell(student)

    assert services.send_mails() == 1
    assert "You have 6 new notifications." in mail.outbox[-1].body
    assert waiting() == 0


def test_a_changed_address_gets_what_waits_within_the_same_limits(student):
    tell_many(student, LIMIT_UNVERIFIED + 5)
    services.send_mails()

    users.update_user(user_id=str(student.id), email="new@example.org")
    tell(student)
    assert services.send_mails() == 0

    let_pass(DAY)

    assert services.send_mails() == 1
    assert mail.outbox[-1].to == ["new@example.org"]


def test_an_address_gets_no_more_emails_through_a_second_account(student):
    tell_many(student, LIMIT_UNVERIFIED)
    services.send_mails()
    users.erase(user_id=str(student.id))

    again = make_student(username="again", email=student.email.upper())
    tell_many(again, 3)

    assert services.send_mails() == 0


def test_the_limits_are_settings_that_turning_rate_limits_off_does_not_lift(verified, settings):
    settings.RATE_LIMITED = False
    settings.NOTIFICATION_MAILS = (3, 60)
    tell_many(verified, 5)

    assert services.send_mails() == 3


def test_counts_are_kept_for_as_long_as_a_limit_looks_back(student):
    tell(student)
    services.send_mails()

    assert delete_old_quotas(older_than=DAY) == 0
    MailQuota.objects.update(updated_at=now_in_milliseconds() - DAY * 2)
    assert delete_old_quotas(older_than=DAY) == 2


def test_a_count_names_nobody(student):
    tell(student)
    services.send_mails()

    stored = str(list(MailQuota.objects.values()))
    assert student.email not in stored
    assert str(student.id) not in stored


# Workers and faults


@pytest.mark.django_db(transaction=True)
def test_the_limit_holds_however_many_workers_send_at_once():
    students = [make_student() for _ in range(2)]
    for student in students:
        tell_many(student, LIMIT_UNVERIFIED + 6)

    race(4, lambda n: services.send_mails())

    assert sorted(message.to[0] for message in mail.outbox) == sorted(
        student.email for student in students for _ in range(LIMIT_UNVERIFIED)
    )


@pytest.mark.django_db(transaction=True)
def test_workers_that_race_for_a_joined_email_send_it_once():
    student = make_student()
    tell_many(student, LIMIT_UNVERIFIED + 10)
    services.send_mails()
    let_pass(DAY)

    race(4, lambda n: services.send_mails())

    [message] = mail.outbox[LIMIT_UNVERIFIED:]
    assert len(set(re.findall(r"“(Course \d+)”", message.body))) == 10
    assert waiting() == 0


def test_a_mail_that_another_worker_is_sending_is_not_joined(student, settings):
    tell_many(student, LIMIT_UNVERIFIED + 1)
    services.send_mails()
    let_pass(DAY)
    settings.EMAIL_BACKEND = "tests.notifications.test_mail_limits.SlowMailServer"
    del mail.outbox[:]
    tell(student, title="Late")

    services.send_mails()

    assert sum("Course 2" in message.body for message in mail.outbox) == 1
    assert sum("Late" in message.body for message in mail.outbox) == 1


def test_a_mail_server_that_is_away_uses_up_no_limit(student, settings):
    settings.EMAIL_BACKEND = "tests.notifications.test_mails.Away"
    tell_many(student, LIMIT_UNVERIFIED)
    for _ in range(LIMIT_UNVERIFIED + 5):
        assert services.send_mails() == 0

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert services.send_mails() == LIMIT_UNVERIFIED


def test_a_joined_email_that_a_killed_worker_sent_goes_out_again_as_the_same(verified, monkeypatch):
    tell_many(verified, LIMIT + 3)
    services.send_mails()
    let_pass(HOUR)
    monkeypatch.setattr("apps.notifications.services.mails._finish", _killed)
    with pytest.raises(SystemExit):
        services.send_mails()
    monkeypatch.undo()
    let_pass(HOUR)
    tell(verified, title="In the meantime")

    services.send_mails()

    first, again = [one for one in mail.outbox if "3 new notifications" in one.subject]
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
    assert first.body.split("Course")[1:] == again.body.split("Course")[1:]
    assert waiting() == 0


def test_a_joined_email_that_failed_is_tried_again_with_all_that_it_mentions(verified, settings):
    tell_many(verified, LIMIT + 3)
    services.send_mails()
    let_pass(HOUR)
    settings.EMAIL_BACKEND = "tests.notifications.test_mails.Away"
    assert services.send_mails() == 0
    assert waiting() == 3

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert services.send_mails() == 1
    assert "3 new notifications" in mail.outbox[-1].subject
    assert waiting() == 0


def _killed(*_, **__) -> None:
    raise SystemExit


def test_hundreds_that_wait_delay_nobody_else(verified, monkeypatch):
    monkeypatch.setattr(selectors, "MAILS_AT_ONCE", 20)
    now = now_in_milliseconds()
    rows = [
        Notification(
            recipient=verified.id,
            kind="enrolled",
            key=str(n),
            link="/",
            params={"title": "A"},
            created_at=now,
            mail_due_at=now,
        )
        for n in range(300)
    ]
    Notification.objects.insert(rows, load_bulk=False)
    other = make_student()
    tell(other)

    with record_commands() as commands:
        assert services.send_mails() == LIMIT + 1

    assert len(commands) < 300  # not several for each of them
    assert mail.outbox[-1].to == [other.email]
    let_pass(HOUR)
    assert services.send_mails() == 1
    assert waiting() == 0


# What a joined email says


@pytest.fixture
def joined(verified):
    """The joined email about 25 notifications of two kinds."""
    tell_many(verified, LIMIT)
    services.send_mails()
    tell_many(verified, 12)
    tell_many(verified, 13, kind="quiz_failed")
    assert services.send_mails() == 0
    let_pass(HOUR)
    assert services.send_mails() == 1
    return mail.outbox[-1]


def test_it_lists_the_newest_and_counts_the_others(joined):
    assert joined.subject == "25 new notifications"
    lines = re.findall(r"^• .*$", joined.body, re.M)
    assert len(lines) == 20
    assert lines[0] == "• You have not passed the quiz “Course 12” yet; try again."
    assert lines[-1] == "• You are enrolled in “Course 5”."
    assert "… and 5 more in the app." in joined.body
    assert "\nhttps://learn.example/notifications\n" in joined.body


def test_its_html_has_the_same_lines_and_no_links_but_ours(joined):
    html = joined.alternatives[0][0]
    assert html.count("• ") == 20
    assert html.count("href=") == joined.body.count("https://") == 2
    assert "\n\n\n" not in joined.body


def test_its_link_stops_the_kinds_that_it_names_and_no_other(verified, joined):
    [link] = re.findall(r"https://learn\.example(/unsubscribe/\S+)", joined.body)
    assert joined.extra_headers["List-Unsubscribe"] == f"<https://learn.example{link}>"
    assert joined.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    assert Client(enforce_csrf_checks=True).post(link).status_code == 200

    assert selectors.get_preferences(verified.id).mail_muted == ["enrolled", "quiz_failed"]


def test_it_leaves_out_kinds_that_were_muted_meanwhile(verified):
    tell_many(verified, LIMIT)
    services.send_mails()
    tell_many(verified, 3)
    tell_many(verified, 2, kind="quiz_failed")
    services.send_mails()
    services.set_preferences(user_id=str(verified.id), muted=[], mail_muted=["enrolled"])
    let_pass(HOUR)

    assert services.send_mails() == 1

    assert "You have 2 new notifications." in mail.outbox[-1].body
    assert "enrolled" not in mail.outbox[-1].body
    let_pass(timedelta(minutes=5))
    assert services.send_mails() == 0
    assert Notification.objects(mail_due_at__exists=True).count() == 0
    assert Notification.objects(kind="enrolled", emailed_at=None).count() == 3


def test_it_is_not_sent_when_all_its_kinds_were_muted_meanwhile(verified, settings):
    tell_many(verified, LIMIT + 3)
    services.send_mails()
    let_pass(HOUR)
    settings.EMAIL_BACKEND = "tests.notifications.test_mails.Away"
    services.send_mails()
    services.set_preferences(user_id=str(verified.id), muted=[], mail_muted=["enrolled"])
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert services.send_mails() == 0
    assert Notification.objects(mail_due_at__exists=True).count() == 0


def test_it_speaks_the_language_of_its_reader(verified):
    users.update_user(user_id=str(verified.id), language="es")
    tell_many(verified, LIMIT + 2)
    services.send_mails()
    let_pass(HOUR)

    services.send_mails()

    assert mail.outbox[-1].subject == "2 notificaciones nuevas"
    assert "Hola, " in mail.outbox[-1].body


def test_no_title_breaks_its_lines_or_headers(verified):
    tell_many(verified, LIMIT)
    services.send_mails()
    for _ in range(2):
        tell(
            verified, title="Logic\r\nBcc: x@y.org\r\n\r\nhttps://learn.example/notifications\n<b>"
        )
    services.send_mails()
    let_pass(HOUR)

    services.send_mails()

    message = mail.outbox[-1]
    assert message.message()["Bcc"] is None
    assert len(re.findall(r"^• ", message.body, re.M)) == 2
    assert message.alternatives[0][0].count("href=") == 2
    assert "<b>" not in message.alternatives[0][0]
