"""F11: the mail server is gone, hangs, or refuses one address: nothing lost, nothing twice."""

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
SECONDS_TO_GIVE_UP = 3.0  # on a server that hangs; one that does not answers in milliseconds


class AccountMails:
    """The outbox in SQL."""

    send = staticmethod(users.send_account_mails)

    def ask_for(self, person) -> None:
        users.request_password_reset(email=person.email)

    def wait(self) -> None:
        """Let time pass for the mails that wait."""
        AccountMail.objects.update(due_at=F("due_at") - TWO_HOURS)

    def waiting(self) -> int:
        return AccountMail.objects.filter(sent_at=None).count()

    def forget_that_they_went_out(self) -> None:
        AccountMail.objects.update(sent_at=None)


class NotificationMails:
    """The outbox in the notifications themselves."""

    send = staticmethod(notifications.send_mails)

    def ask_for(self, person) -> None:
        make_notification(person)

    def wait(self) -> None:
        for one in Notification.objects(mail_due_at__exists=True):
            one.update(set__mail_due_at=one.mail_due_at - TWO_HOURS)

    def waiting(self) -> int:
        return Notification.objects(emailed_at=None, mail_due_at__exists=True).count()

    def forget_that_they_went_out(self) -> None:
        Notification.objects.update(
            unset__emailed_at=True, set__mail_due_at=Notification.objects.first().created_at
        )


@pytest.fixture(params=[AccountMails, NotificationMails])
def outbox(request, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None  # nobody sends but the test
    return request.param()


@pytest.fixture
def server(settings):
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_TIMEOUT = LIMIT
        yield server


def _ask_for_mails(outbox, number: int) -> list[str]:
    people = [make_student() for _ in range(number)]
    for person in people:
        outbox.ask_for(person)
    return [person.email for person in people]


def test_while_it_is_gone_mails_wait_and_then_go_out_once(server, settings, outbox):
    settings.EMAIL_PORT = free_port()
    addresses = _ask_for_mails(outbox, 3)
    assert outbox.send() == 0
    assert outbox.waiting() == 3

    settings.EMAIL_PORT = server.port
    assert outbox.send() == 3  # at once: it was not their fault
    outbox.wait()
    outbox.send()

    assert [len(server.letters_to(one)) for one in addresses] == [1, 1, 1]
    assert outbox.waiting() == 0


@pytest.mark.parametrize("fault", ["refused", "hanging"])
def test_one_address_that_fails_keeps_no_other_from_getting_its_mail(
    server, settings, outbox, fault
):
    settings.EMAIL_TIMEOUT = SECONDS_TO_GIVE_UP
    first, second, third = _ask_for_mails(outbox, 3)
    getattr(server, fault).add(second)

    outbox.send()
    assert [len(server.letters_to(one)) for one in (first, second, third)] == [1, 0, 1]

    getattr(server, fault).clear()
    outbox.wait()
    outbox.send()
    assert [len(server.letters_to(one)) for one in (first, second, third)] == [1, 1, 1]


def test_a_server_that_hangs_at_once_is_knocked_at_once_a_round(server, settings, outbox):
    settings.EMAIL_TIMEOUT = SECONDS_TO_GIVE_UP
    addresses = _ask_for_mails(outbox, 3)
    server.silent = True

    assert outbox.send() == 0
    assert server.callers == 1

    server.silent = False
    assert outbox.send() == 3
    assert [len(server.letters_to(one)) for one in addresses] == [1, 1, 1]


def test_a_server_that_says_goodbye_badly_has_taken_the_mail_all_the_same(server, outbox):
    (address,) = _ask_for_mails(outbox, 1)
    server.rude = True

    assert outbox.send() == 1
    outbox.wait()
    outbox.send()

    assert len(server.letters_to(address)) == 1


def test_workers_that_send_at_once_send_each_mail_once(server, outbox):
    addresses = _ask_for_mails(outbox, 8)

    race(4, lambda n: outbox.send())

    assert [len(server.letters_to(one)) for one in addresses] == [1] * 8


def test_a_mail_that_may_be_sent_again_says_that_it_is_the_same(server, outbox):
    """A worker that dies between sending and noting it: the letter-box can tell."""
    (address,) = _ask_for_mails(outbox, 1)
    outbox.send()
    outbox.forget_that_they_went_out()
    outbox.wait()
    outbox.send()

    ids = [letter["Message-ID"] for letter in server.letters_to(address)]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_the_way_to_stop_the_mails_reaches_the_letter_box(server):
    student = make_student()
    make_notification(student)

    [letter] = server.letters_to(student.email)
    link = letter["List-Unsubscribe"].strip()  # it is too long for the line of its name
    assert link.startswith("<http://127.0.0.1:8000/unsubscribe/")
    assert link.endswith("/>")
    assert not set(link) & set(" \r\n\t")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
