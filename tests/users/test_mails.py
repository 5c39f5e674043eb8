"""Emails about accounts; `tests/faults/test_mail.py` tests failures of the mail server."""

from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from apps.common.errors import NotFound
from apps.common.models import MailQuota
from apps.users import selectors, services
from apps.users.models import Account, AccountMail
from apps.users.services.mails import put_in_outbox, verification_key
from lms.celery import SWEEPS
from tests.factories import make_student
from tests.users.racing import race

NEW = {"new_password1": "a whole new phrase", "new_password2": "a whole new phrase"}
CONFIRM = "/api/auth/password/reset/confirm/"


class TwoAtOnce(EmailBackend):
    """A slow mail server: while it accepts an email, the next worker starts."""

    def send_messages(self, messages) -> int:
        assert services.send_account_mails() == 0
        return super().send_messages(messages)


def account_of(user) -> Account:
    return Account.objects.get(profile_id=str(user.id))


def mailed(kind: str, user) -> mail.EmailMultiAlternatives:
    put_in_outbox(kind, user_id=user.id)
    assert services.send_account_mails() == 1
    return mail.outbox[-1]


def link_in(message) -> dict:
    """Return the parameters in the fragment of the link in an email."""
    [word] = [word for word in message.body.split() if word.startswith("http")]
    return {name: value for name, [value] in parse_qs(urlsplit(word).fragment).items()}


# Content


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", AccountMail.Kind.values)
def test_each_email_is_complete_in_each_language(settings, kind, language):
    settings.PUBLIC_URL = "https://learn.example"
    user = make_student(username="森.ada", language=language)
    Account.objects.update(email_verified=kind == "reset")

    message = mailed(kind, user)

    page = "verify#key=" if kind == "verify" else "reset#uid="
    assert ("森.ada" in message.body) == (kind != "verify")
    assert message.body.count("://") == message.body.count(f"https://learn.example/{page}") == 1
    assert "\n" not in message.subject.strip()
    assert message.subject
    html = message.alternatives[0][0]
    assert html.count(f'href="https://learn.example/{page}') == html.count("href=") == 1
    assert f'lang="{language}"' in html
    for wrong in ("{{", "{%", "&amp;amp;"):
        assert wrong not in message.body + html
    assert ("ola" in message.body) == (language == "es")


def test_a_username_cannot_put_a_link_into_an_email():
    message = mailed("invite", make_student(username="www.evil.example"))

    html = message.alternatives[0][0]
    assert "www.evil.example" in html
    assert html.count("href=") == 1


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", ["verify", "reset"])
def test_an_email_to_an_unverified_address_contains_no_username(kind, language):
    user = make_student(username="You-won.Claim-at.www.evil.example", language=language)

    message = mailed(kind, user)

    assert "evil" not in str(message.message()) + message.body + message.alternatives[0][0]
    assert message.body.startswith(("Hello,\n", "Hola:\n"))


def test_links_begin_with_the_public_url_for_any_host_header(anonymous, student):
    anonymous.post("/api/auth/password/reset/", {"email": student.email}, HTTP_HOST="localhost")
    anonymous.post(
        "/api/auth/password/reset/",
        {"email": student.email},
        HTTP_X_FORWARDED_HOST="evil.test",
    )
    evil = anonymous.post(
        "/api/auth/password/reset/", {"email": student.email}, HTTP_HOST="evil.test"
    )

    assert evil.status_code == 400
    assert len(mail.outbox) == 2
    for message in mail.outbox:
        assert "http://127.0.0.1:8000/reset#" in message.body
        assert "localhost/" not in message.body
        assert "evil" not in str(message.message())


def test_tokens_are_created_when_the_email_is_sent_and_are_not_stored(student, anonymous):
    services.request_password_reset(email=student.email)
    account = account_of(student)
    account.set_password("changed while the email waited")  # which invalidates earlier tokens
    account.save()

    services.send_account_mails()

    stored = AccountMail.objects.values_list().get()
    assert not [value for value in stored if isinstance(value, str) and value != "reset"]
    assert anonymous.post(CONFIRM, link_in(mail.outbox[0]) | NEW).status_code == 200


def test_no_line_break_reaches_a_header(student):
    hurt = make_student()
    Account.objects.filter(profile_id=str(hurt.id)).update(email="a@b.org\r\nBcc: x@y.org")
    for user in (hurt, student):
        put_in_outbox("reset", user_id=user.id)

    assert services.send_account_mails() == 1
    assert [message.to for message in mail.outbox] == [[student.email]]


# Links


def test_a_reset_link_is_valid_for_a_day(student, anonymous, monkeypatch):
    link = link_in(mailed("reset", student))
    now = PasswordResetTokenGenerator()._now()

    def at(**later) -> int:
        monkeypatch.setattr(
            PasswordResetTokenGenerator, "_now", lambda self: now + timedelta(**later)
        )
        return anonymous.post(CONFIRM, link | NEW).status_code

    assert at(hours=25) == 400
    assert at(hours=23) == 200


@pytest.mark.parametrize("change", ["password", "email"])
def test_a_reset_link_is_invalid_once_the_password_or_email_has_changed(student, anonymous, change):
    link = link_in(mailed("reset", student))
    Account.objects.update(**{change: "other@example.org"})

    response = anonymous.post(CONFIRM, link | NEW)

    assert (response.status_code, list(response.data)) == (400, ["token"])


def test_a_reset_link_works_only_for_its_owner(student, anonymous):
    link, other = link_in(mailed("reset", student)), make_student()
    foreign = link_in(mailed("reset", other)) | {"token": link["token"]}

    assert anonymous.post(CONFIRM, foreign | NEW).status_code == 400


@pytest.mark.parametrize("name", ["uid", "token"])
@pytest.mark.parametrize(
    "value", ["", "x", "0", "z" * 13, "z" * 5000, "\x00", "é-é", {"$ne": None}, 5, None], ids=repr
)
def test_an_altered_link_sets_no_password(student, anonymous, name, value):
    link = link_in(mailed("reset", student))
    before = account_of(student).password

    response = anonymous.post(CONFIRM, link | {name: value} | NEW)

    assert response.status_code == 400
    assert list(response.data) in ([name], ["token"])  # which does not reveal whose link it is
    assert account_of(student).password == before


def test_a_verification_link_is_valid_for_a_week(student, monkeypatch):
    key = verification_key(account_of(student))
    later = timezone.now().timestamp() + timedelta(days=7, seconds=9).total_seconds()
    monkeypatch.setattr("django.core.signing.time", SimpleNamespace(time=lambda: later))

    with pytest.raises(NotFound):
        services.verify_email(key=key)


def test_a_key_of_another_kind_verifies_nothing(student):
    from django.core import signing

    account = account_of(student)
    for salt, value in {
        "other": [account.pk, account.email_key],
        "users.verify": "text",
    }.items():
        with pytest.raises(NotFound):
            services.verify_email(key=signing.dumps(value, salt=salt))
    assert not account_of(student).email_verified


# Sending


def test_an_email_is_not_sent_by_two_workers_at_the_same_time(student, settings):
    settings.EMAIL_BACKEND = "tests.users.test_mails.TwoAtOnce"
    put_in_outbox("reset", user_id=student.id)

    assert services.send_account_mails() == 1
    assert len(mail.outbox) == 1


def test_an_email_that_is_sent_again_has_the_same_id(student):
    """A worker that crashes after sending sends it again; mail programs detect the duplicate."""
    first = mailed("reset", student)
    AccountMail.objects.update(sent_at=None, due_at=timezone.now())

    services.send_account_mails()

    assert mail.outbox[1].extra_headers == first.extra_headers
    assert mailed("reset", student).extra_headers != first.extra_headers


def test_an_email_is_sent_after_any_outage_of_the_mail_server(student):
    services.request_password_reset(email=student.email)
    AccountMail.objects.update(created_at=timezone.now() - timedelta(days=30), attempts=400)

    assert services.send_account_mails() == 1


def test_the_time_between_attempts_to_send_an_email_grows(student, settings):
    settings.EMAIL_BACKEND = "tests.users.mailboxes.RefusesOne"
    refused = make_student(email="refused@example.org")
    services.request_password_reset(email=refused.email)

    def wait() -> float:
        AccountMail.objects.update(due_at=timezone.now())
        services.send_account_mails()
        return round((AccountMail.objects.get().due_at - timezone.now()).total_seconds() / 60)

    waits = [wait() for _ in range(7)]
    AccountMail.objects.update(created_at=timezone.now() - timedelta(days=8), attempts=400)

    assert waits == [2, 4, 8, 16, 32, 60, 60]
    assert wait() == 24 * 60


def test_deactivated_users_receive_no_emails(student):
    services.request_password_reset(email=student.email)
    services.update_user(user_id=str(student.id), is_active=False)
    services.request_password_reset(email=student.email)

    services.send_account_mails()

    assert mail.outbox == []
    assert AccountMail.objects.count() == 1


def test_an_email_is_in_its_readers_language_and_links_to_the_web_app(settings):
    settings.PUBLIC_URL = "https://learn.example"
    user = make_student(username="ada", language="es", email="ada@example.org")
    services.request_password_reset(email="ADA@example.org")

    assert services.send_account_mails() == 1

    [message] = mail.outbox
    assert message.subject == "Elige una contraseña nueva"
    assert message.to == [user.email]
    assert "https://learn.example/reset#uid=" in message.body
    [(html, kind)] = message.alternatives
    assert kind == "text/html"
    assert '<a href="https://learn.example/reset#uid=' in html


def test_an_email_is_sent_once(student):
    services.request_password_reset(email=student.email)

    assert services.send_account_mails() == 1
    assert services.send_account_mails() == 0
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_send_an_email_twice():
    for _ in range(10):
        services.request_password_reset(email=make_student().email)

    race(4, lambda n: services.send_account_mails())

    assert len(mail.outbox) == 10
    assert len({message.to[0] for message in mail.outbox}) == 10


def test_a_failed_email_waits_and_the_others_are_sent(student, settings):
    refused = make_student(email="refused@example.org")
    settings.EMAIL_BACKEND = "tests.users.mailboxes.RefusesOne"
    for user in (refused, student):
        services.request_password_reset(email=user.email)

    assert services.send_account_mails() == 1
    assert [message.to for message in mail.outbox] == [[student.email]]
    waiting = AccountMail.objects.get(sent_at=None)
    assert (waiting.attempts, waiting.due_at > timezone.now()) == (1, True)

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    AccountMail.objects.update(due_at=timezone.now())

    assert services.send_account_mails() == 1
    assert mail.outbox[1].extra_headers["Message-ID"].startswith(f"<account-{waiting.pk}-reset@")


def test_emails_to_an_account_are_limited(student):
    for _ in range(10):
        services.request_password_reset(email=student.email)

    assert AccountMail.objects.count() == 3


def test_waiting_emails_of_an_account_are_limited_during_outages(student):
    for _ in range(5):
        services.request_password_reset(email=student.email)
        AccountMail.objects.update(created_at=timezone.now() - timedelta(hours=2))

    assert AccountMail.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_concurrent_requests_do_not_bypass_the_limit_of_emails():
    student = make_student()

    race(10, lambda n: services.request_password_reset(email=student.email))

    assert AccountMail.objects.count() == 3


def test_several_accounts_do_not_bypass_the_limit_of_an_address():
    for number in range(5):
        user = make_student(username=f"again{number}", email="Victim@example.org")
        put_in_outbox("verify", user_id=user.id)
        services.send_account_mails()
        put_in_outbox("reset", user_id=user.id)
        services.send_account_mails()
        services.erase(user_id=str(user.id))

    subjects = [message.subject for message in mail.outbox]
    assert sorted(map(subjects.count, set(subjects))) == [3, 3]


def test_email_changes_do_not_bypass_the_limit_of_an_address(student):
    for number in range(4):
        user = make_student(email=f"own{number}@example.org")
        put_in_outbox("verify", user_id=user.id)
        services.update_user(user_id=str(user.id), email="victim@example.org")
        services.send_account_mails()
        services.update_user(user_id=str(user.id), email=f"own{number}@example.org")

    assert len([message for message in mail.outbox if message.to == ["victim@example.org"]]) == 3


def test_an_email_past_the_limit_is_sent_when_the_limit_allows_it(student):
    for _ in range(3):
        mailed("reset", student)
    AccountMail.objects.update(created_at=timezone.now() - timedelta(hours=2))
    put_in_outbox("reset", user_id=student.id)
    assert services.send_account_mails() == 0
    waiting = AccountMail.objects.get(sent_at=None)
    assert timedelta(minutes=58) < waiting.due_at - timezone.now() < timedelta(hours=1)
    assert waiting.attempts == 0

    MailQuota.objects.all().delete()
    AccountMail.objects.filter(sent_at=None).update(due_at=timezone.now())

    assert services.send_account_mails() == 1


def test_an_email_of_an_erased_account_is_not_stored(student):
    services.erase(user_id=str(student.id))

    put_in_outbox("verify", user_id=student.id)

    assert AccountMail.objects.count() == 0


def test_a_verification_key_verifies_only_its_own_address(student):
    key = verification_key(account_of(student))
    services.update_user(user_id=str(student.id), email="new@example.org")

    for wrong in (key, key + "x", "x", ""):
        with pytest.raises(NotFound):
            services.verify_email(key=wrong)
    assert not selectors.get_user(student.id).email_verified

    services.verify_email(key=verification_key(account_of(student)))
    assert selectors.get_user(student.id).email_verified
    assert account_of(student).email_verified


def test_a_new_email_address_receives_a_verification_despite_earlier_emails(student):
    for _ in range(3):
        put_in_outbox(AccountMail.Kind.VERIFY, user_id=student.id)
    before = AccountMail.objects.count()

    services.update_user(user_id=str(student.id), email="new@example.org")

    assert AccountMail.objects.count() == before + 1


# Retention


def test_sent_emails_are_deleted_once_no_limit_counts_them(settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"verification": (3, 2 * 24 * 60 * 60)}
    account, now = account_of(make_student()), timezone.now()
    for hours, is_sent in ((49, True), (47, True), (400 * 24, False)):
        created_at = now - timedelta(hours=hours)
        AccountMail.objects.create(
            account=account,
            kind="verify",
            created_at=created_at,
            sent_at=created_at if is_sent else None,
        )

    assert (services.delete_old_account_mails(), services.delete_old_account_mails()) == (1, 0)

    left = AccountMail.objects.values_list("created_at", "sent_at")
    assert {(now - created_at, bool(sent_at)) for created_at, sent_at in left} == {
        (timedelta(hours=47), True),
        (timedelta(days=400), False),
    }


def test_the_timetable_deletes_old_emails_every_hour():
    assert SWEEPS["apps.users.tasks.delete_old_account_mails"] == 60 * 60
