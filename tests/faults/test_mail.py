"""F11: the mail server is gone, hangs, or refuses one address: nothing lost, nothing twice."""

from datetime import timedelta

import pytest
from django.db.models import F

from apps.users import services
from apps.users.models import AccountMail
from tests.factories import make_student
from tests.faults.mail import MailServer
from tests.faults.ports import free_port
from tests.users.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings):
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_TIMEOUT = 0.5
        yield server


def _ask_for_mails(number: int) -> list[str]:
    people = [make_student() for _ in range(number)]
    for person in people:
        services.ask_for_reset(email=person.email)
    return [person.email for person in people]


def _later(hours: int = 2) -> None:
    """Let time pass for the mails that wait."""
    AccountMail.objects.update(due_at=F("due_at") - timedelta(hours=hours))


def test_while_it_is_gone_mails_wait_and_then_go_out_once(server, settings):
    settings.EMAIL_PORT = free_port()
    addresses = _ask_for_mails(3)
    assert services.send_account_mails() == 0
    assert AccountMail.objects.filter(sent_at=None).count() == 3

    settings.EMAIL_PORT = server.port
    _later()
    services.send_account_mails()
    _later()
    services.send_account_mails()

    assert [len(server.letters_to(one)) for one in addresses] == [1, 1, 1]


@pytest.mark.parametrize("fault", ["refused", "hanging"])
def test_one_address_that_fails_keeps_no_other_from_getting_its_mail(server, fault):
    first, second, third = _ask_for_mails(3)
    getattr(server, fault).add(second)

    services.send_account_mails()
    assert [len(server.letters_to(one)) for one in (first, second, third)] == [1, 0, 1]

    getattr(server, fault).clear()
    _later()
    services.send_account_mails()
    assert [len(server.letters_to(one)) for one in (first, second, third)] == [1, 1, 1]


def test_workers_that_send_at_once_send_each_mail_once(server):
    addresses = _ask_for_mails(8)

    race(4, lambda n: services.send_account_mails())

    assert [len(server.letters_to(one)) for one in addresses] == [1] * 8


def test_a_mail_that_may_be_sent_again_says_that_it_is_the_same(server, monkeypatch):
    """A worker that dies between sending and noting it: the letter-box can tell."""
    (address,) = _ask_for_mails(1)
    services.send_account_mails()
    AccountMail.objects.update(sent_at=None)
    _later()
    services.send_account_mails()

    ids = [letter["Message-ID"] for letter in server.letters_to(address)]
    assert len(ids) == 2
    assert len(set(ids)) == 1
