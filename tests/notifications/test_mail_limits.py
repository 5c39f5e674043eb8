"""The limits of emails per recipient, and the email that lists all held notifications."""

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
from tests.notifications.factories import make_notification
from tests.users.racing import race

LIMIT, LIMIT_UNVERIFIED = 4, 2  # small, so that the tests are fast
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class SlowMailServer(EmailBackend):
    """A second worker sends emails while this mail server receives one."""

    def send_messages(self, messages) -> int:
        services.send_mails()
        return super().send_messages(messages)


@pytest.fixture(autouse=True)
def _emails_wait(settings):
    """Send no email until a test calls `send_mails`."""
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
    """Use the default limits of the product."""


@pytest.fixture(autouse=True)
def _plain_static(settings):
    """Render pages without collected static files."""
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


def make_notifications(user: User, number: int, kind: str = "enrolled") -> list[Notification]:
    return [make_notification(user, kind, title=f"Course {n}") for n in range(number)]


def let_pass(duration: timedelta) -> None:
    """Let time pass for the quotas and for the emails that wait."""
    for quota in MailQuota.objects.all():
        quota.sent_at = [sent_at - duration.total_seconds() for sent_at in quota.sent_at]
        quota.save()
    for notification in Notification.objects(mail_due_at__exists=True):
        notification.update(set__mail_due_at=notification.mail_due_at - duration)


def count_unsent() -> int:
    return Notification.objects(emailed_at=None).count()


# The limits


def test_a_recipient_receives_at_most_twenty_emails_an_hour(verified, default_limits):
    make_notifications(verified, 25)

    assert [services.send_mails() for _ in range(2)] == [20, 0]
    let_pass(HOUR - timedelta(minutes=1))
    assert services.send_mails() == 0
    assert count_unsent() == 5


def test_an_unverified_address_receives_at_most_ten_emails_a_day(student, default_limits):
    make_notifications(student, 15)

    assert services.send_mails() == 10
    let_pass(DAY - timedelta(minutes=1))
    assert services.send_mails() == 0
    assert count_unsent() == 5


def test_held_notifications_are_joined_into_one_email_when_the_limit_allows(verified):
    make_notifications(verified, LIMIT + 5)
    services.send_mails()
    due_at = min(Notification.objects(emailed_at=None).scalar("mail_due_at"))
    assert timedelta(minutes=58) < due_at - now_in_milliseconds() <= HOUR

    let_pass(HOUR)

    assert [services.send_mails() for _ in range(2)] == [1, 0]
    assert count_unsent() == 0
    assert Notification.objects(mail_due_at__exists=True).count() == 0
    for n in range(LIMIT, LIMIT + 5):
        assert f"• You are enrolled in “Course {n}”.\n" in mail.outbox[-1].body


def test_held_notifications_are_visible_in_the_app(verified):
    make_notifications(verified, LIMIT + 5)
    services.send_mails()

    assert selectors.count_unread(str(verified.id)) == LIMIT + 5


def test_the_limit_of_one_recipient_does_not_delay_others(student):
    make_notifications(student, LIMIT_UNVERIFIED + 1)
    other = make_student()
    make_notification(other)

    services.send_mails()

    assert mail.outbox[-1].to == [other.email]


def test_later_notifications_are_held_for_the_same_email(verified):
    make_notifications(verified, LIMIT + 1)
    services.send_mails()
    let_pass(HOUR / 2)
    for _ in range(3):
        make_notification(verified)
        assert services.send_mails() == 0

    let_pass(HOUR / 2)

    assert services.send_mails() == 1
    assert "You have 4 new notifications." in mail.outbox[-1].body


def test_verifying_the_address_removes_the_daily_limit(student):
    make_notifications(student, LIMIT_UNVERIFIED + 5)
    services.send_mails()

    verify(student)
    make_notification(student)

    assert services.send_mails() == 1
    assert "You have 6 new notifications." in mail.outbox[-1].body
    assert count_unsent() == 0


def test_a_changed_address_receives_held_emails_within_the_same_limits(student):
    make_notifications(student, LIMIT_UNVERIFIED + 5)
    services.send_mails()

    users.update_user(user_id=str(student.id), email="new@example.org")
    make_notification(student)
    assert services.send_mails() == 0

    let_pass(DAY)

    assert services.send_mails() == 1
    assert mail.outbox[-1].to == ["new@example.org"]


def test_a_second_account_does_not_raise_the_limit_of_an_address(student):
    make_notifications(student, LIMIT_UNVERIFIED)
    services.send_mails()
    users.erase(user_id=str(student.id))

    second = make_student(username="second", email=student.email.upper())
    make_notifications(second, 3)

    assert services.send_mails() == 0


def test_the_limits_are_settings_and_hold_without_rate_limits(verified, settings):
    settings.RATE_LIMITED = False
    settings.NOTIFICATION_MAILS = (3, 60)
    make_notifications(verified, 5)

    assert services.send_mails() == 3


def test_quotas_are_kept_for_the_longest_period_of_a_limit(student):
    make_notification(student)
    services.send_mails()

    assert delete_old_quotas(older_than=DAY) == 0
    MailQuota.objects.update(updated_at=now_in_milliseconds() - DAY * 2)
    assert delete_old_quotas(older_than=DAY) == 2


def test_quotas_contain_no_addresses_or_ids(student):
    make_notification(student)
    services.send_mails()

    stored = str(list(MailQuota.objects.values()))
    assert student.email not in stored
    assert str(student.id) not in stored


# Concurrent workers and faults


@pytest.mark.django_db(transaction=True)
def test_concurrent_workers_do_not_exceed_the_limit():
    students = [make_student() for _ in range(2)]
    for student in students:
        make_notifications(student, LIMIT_UNVERIFIED + 6)

    race(4, lambda n: services.send_mails())

    assert sorted(message.to[0] for message in mail.outbox) == sorted(
        student.email for student in students for _ in range(LIMIT_UNVERIFIED)
    )


@pytest.mark.django_db(transaction=True)
def test_concurrent_workers_send_a_joined_email_once():
    student = make_student()
    make_notifications(student, LIMIT_UNVERIFIED + 10)
    services.send_mails()
    let_pass(DAY)

    race(4, lambda n: services.send_mails())

    [message] = mail.outbox[LIMIT_UNVERIFIED:]
    assert len(set(re.findall(r"“(Course \d+)”", message.body))) == 10
    assert count_unsent() == 0


def test_an_email_being_sent_by_another_worker_is_not_joined(student, settings):
    make_notifications(student, LIMIT_UNVERIFIED + 1)
    services.send_mails()
    let_pass(DAY)
    settings.EMAIL_BACKEND = "tests.notifications.test_mail_limits.SlowMailServer"
    del mail.outbox[:]
    make_notification(student, title="Late")

    services.send_mails()

    assert sum("Course 2" in message.body for message in mail.outbox) == 1
    assert sum("Late" in message.body for message in mail.outbox) == 1


def test_an_unavailable_mail_server_does_not_count_against_the_limit(student, settings):
    settings.EMAIL_BACKEND = "tests.notifications.test_mails.UnavailableMailServer"
    make_notifications(student, LIMIT_UNVERIFIED)
    for _ in range(LIMIT_UNVERIFIED + 5):
        assert services.send_mails() == 0

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert services.send_mails() == LIMIT_UNVERIFIED


def test_the_joined_email_of_a_killed_worker_is_sent_again_unchanged(verified, monkeypatch):
    make_notifications(verified, LIMIT + 3)
    services.send_mails()
    let_pass(HOUR)
    monkeypatch.setattr("apps.notifications.services.mails._finish", _kill_worker)
    with pytest.raises(SystemExit):
        services.send_mails()
    monkeypatch.undo()
    let_pass(HOUR)
    make_notification(verified, title="In the meantime")

    services.send_mails()

    first, second = [email for email in mail.outbox if "3 new notifications" in email.subject]
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert first.body.split("Course")[1:] == second.body.split("Course")[1:]
    assert count_unsent() == 0


def test_a_joined_email_that_failed_is_retried_with_all_its_notifications(verified, settings):
    make_notifications(verified, LIMIT + 3)
    services.send_mails()
    let_pass(HOUR)
    settings.EMAIL_BACKEND = "tests.notifications.test_mails.UnavailableMailServer"
    assert services.send_mails() == 0
    assert count_unsent() == 3

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert services.send_mails() == 1
    assert "3 new notifications" in mail.outbox[-1].subject
    assert count_unsent() == 0


def _kill_worker(*_, **__) -> None:
    raise SystemExit


def test_hundreds_of_waiting_emails_do_not_delay_others(verified, monkeypatch):
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
    make_notification(other)

    with record_commands() as commands:
        assert services.send_mails() == LIMIT + 1

    assert len(commands) < 300  # fewer than one for each notification
    assert mail.outbox[-1].to == [other.email]
    let_pass(HOUR)
    assert services.send_mails() == 1
    assert count_unsent() == 0


# Contents of a joined email


@pytest.fixture
def joined(verified):
    """The joined email about 25 notifications of two kinds."""
    make_notifications(verified, LIMIT)
    services.send_mails()
    make_notifications(verified, 12)
    make_notifications(verified, 13, kind="quiz_failed")
    assert services.send_mails() == 0
    let_pass(HOUR)
    assert services.send_mails() == 1
    return mail.outbox[-1]


def test_a_joined_email_lists_the_newest_and_counts_the_others(joined):
    assert joined.subject == "25 new notifications"
    lines = re.findall(r"^• .*$", joined.body, re.M)
    assert len(lines) == 20
    assert lines[0] == "• You have not passed the quiz “Course 12” yet; try again."
    assert lines[-1] == "• You are enrolled in “Course 5”."
    assert "… and 5 more in the app." in joined.body
    assert "\nhttps://learn.example/notifications\n" in joined.body


def test_the_html_of_a_joined_email_has_the_same_lines_and_links(joined):
    html = joined.alternatives[0][0]
    assert html.count("• ") == 20
    assert html.count("href=") == joined.body.count("https://") == 2
    assert "\n\n\n" not in joined.body


def test_its_unsubscribe_link_mutes_only_the_kinds_in_it(verified, joined):
    [link] = re.findall(r"https://learn\.example(/unsubscribe/\S+)", joined.body)
    assert joined.extra_headers["List-Unsubscribe"] == f"<https://learn.example{link}>"
    assert joined.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    assert Client(enforce_csrf_checks=True).post(link).status_code == 200

    assert selectors.get_preferences(verified.id).mail_muted == ["enrolled", "quiz_failed"]


def test_a_joined_email_omits_kinds_that_were_muted_in_the_meantime(verified):
    make_notifications(verified, LIMIT)
    services.send_mails()
    make_notifications(verified, 3)
    make_notifications(verified, 2, kind="quiz_failed")
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


def test_a_joined_email_is_not_sent_when_all_its_kinds_are_muted(verified, settings):
    make_notifications(verified, LIMIT + 3)
    services.send_mails()
    let_pass(HOUR)
    settings.EMAIL_BACKEND = "tests.notifications.test_mails.UnavailableMailServer"
    services.send_mails()
    services.set_preferences(user_id=str(verified.id), muted=[], mail_muted=["enrolled"])
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert services.send_mails() == 0
    assert Notification.objects(mail_due_at__exists=True).count() == 0


def test_a_joined_email_is_in_the_recipients_language(verified):
    users.update_user(user_id=str(verified.id), language="es")
    make_notifications(verified, LIMIT + 2)
    services.send_mails()
    let_pass(HOUR)

    services.send_mails()

    assert mail.outbox[-1].subject == "2 notificaciones nuevas"
    assert "Hola, " in mail.outbox[-1].body


def test_a_title_cannot_break_the_lines_or_headers(verified):
    make_notifications(verified, LIMIT)
    services.send_mails()
    for _ in range(2):
        make_notification(
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
