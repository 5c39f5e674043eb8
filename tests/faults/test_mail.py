"""No mail is lost or sent twice if the mail server is down, hangs or rejects an address."""

from datetime import timedelta

import pytest
from django.db.models import F

from apps.notifications import services as notifications
from apps.notifications.documents import Notification
from apps.users import services as users
from apps.users.models import AccountMail
from tests.factories import make_student
from tests.faults.mail import MailServer
from tests.faults.ports import free_port
from tests.notifications.factories import make_notification
from tests.users.racing import race
from tests.waiting import LIMIT

pytestmark = pytest.mark.django_db(transaction=True)

TWO_HOURS = timedelta(hours=2)
SECONDS_TO_GIVE_UP = 3.0  # on a server that hangs; other servers respond in milliseconds


class AccountMails:
    """Emails about accounts, whose outbox is an SQL table."""

    send = staticmethod(users.send_account_mails)

    def request_mail(self, user) -> None:
        users.request_password_reset(email=user.email)

    def make_due(self) -> None:
        """Make mails due that wait for a retry."""
        AccountMail.objects.update(due_at=F("due_at") - TWO_HOURS)

    def waiting_count(self) -> int:
        return AccountMail.objects.filter(sent_at=None).count()

    def mark_as_unsent(self) -> None:
        AccountMail.objects.update(sent_at=None)


class NotificationMails:
    """Emails about notifications, whose outbox is the notifications."""

    send = staticmethod(notifications.send_mails)

    def request_mail(self, user) -> None:
        make_notification(user)

    def make_due(self) -> None:
        for notification in Notification.objects(mail_due_at__exists=True):
            notification.update(set__mail_due_at=notification.mail_due_at - TWO_HOURS)

    def waiting_count(self) -> int:
        return Notification.objects(emailed_at=None, mail_due_at__exists=True).count()

    def mark_as_unsent(self) -> None:
        Notification.objects.update(
            unset__emailed_at=True, set__mail_due_at=Notification.objects.first().created_at
        )


@pytest.fixture(params=[AccountMails, NotificationMails])
def outbox(request, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None  # Only the test sends mails.
    return request.param()


@pytest.fixture
def server(settings):
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_TIMEOUT = LIMIT
        yield server


def _request_mails(outbox, number: int) -> list[str]:
    users = [make_student() for _ in range(number)]
    for user in users:
        outbox.request_mail(user)
    return [user.email for user in users]


def test_mails_wait_while_the_server_is_down_and_are_sent_once(server, settings, outbox):
    settings.EMAIL_PORT = free_port()
    addresses = _request_mails(outbox, 3)
    assert outbox.send() == 0
    assert outbox.waiting_count() == 3

    settings.EMAIL_PORT = server.port
    assert outbox.send() == 3  # immediately, because no mail was rejected
    outbox.make_due()
    outbox.send()

    assert [len(server.messages_to(address)) for address in addresses] == [1, 1, 1]
    assert outbox.waiting_count() == 0


@pytest.mark.parametrize("fault", ["rejected_addresses", "hanging_addresses"])
def test_an_address_that_fails_does_not_block_mail_to_others(server, settings, outbox, fault):
    settings.EMAIL_TIMEOUT = SECONDS_TO_GIVE_UP
    first, second, third = _request_mails(outbox, 3)
    getattr(server, fault).add(second)

    outbox.send()
    assert [len(server.messages_to(address)) for address in (first, second, third)] == [1, 0, 1]

    getattr(server, fault).clear()
    outbox.make_due()
    outbox.send()
    assert [len(server.messages_to(address)) for address in (first, second, third)] == [1, 1, 1]


def test_a_server_that_sends_no_greeting_is_tried_once_per_run(server, settings, outbox):
    settings.EMAIL_TIMEOUT = SECONDS_TO_GIVE_UP
    addresses = _request_mails(outbox, 3)
    server.is_silent = True

    assert outbox.send() == 0
    assert server.connection_count == 1

    server.is_silent = False
    assert outbox.send() == 3
    assert [len(server.messages_to(address)) for address in addresses] == [1, 1, 1]


def test_a_mail_counts_as_sent_if_the_server_answers_quit_incorrectly(server, outbox):
    (address,) = _request_mails(outbox, 1)
    server.is_goodbye_invalid = True

    assert outbox.send() == 1
    outbox.make_due()
    outbox.send()

    assert len(server.messages_to(address)) == 1


def test_concurrent_workers_send_each_mail_once(server, outbox):
    addresses = _request_mails(outbox, 8)

    race(4, lambda n: outbox.send())

    assert [len(server.messages_to(address)) for address in addresses] == [1] * 8


def test_a_mail_that_is_sent_again_has_the_same_message_id(server, outbox):
    """A worker can die after it has sent a mail and before it records that."""
    (address,) = _request_mails(outbox, 1)
    outbox.send()
    outbox.mark_as_unsent()
    outbox.make_due()
    outbox.send()

    ids = [message["Message-ID"] for message in server.messages_to(address)]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_sent_mails_have_the_headers_for_one_click_unsubscribe(server):
    student = make_student()
    make_notification(student)

    [message] = server.messages_to(student.email)
    link = message["List-Unsubscribe"].strip()  # The long header is folded.
    assert link.startswith("<http://127.0.0.1:8000/unsubscribe/")
    assert link.endswith("/>")
    assert not set(link) & set(" \r\n\t")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
