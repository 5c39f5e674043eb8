"""The page behind the unsubscribe link in each email."""

import re

import pytest
from django.core import mail, signing
from django.test import Client
from pymongo.errors import ServerSelectionTimeoutError

from apps.notifications import selectors, services
from apps.notifications.documents import Preferences
from apps.notifications.services.preferences import SALT, unsubscribe_token
from apps.users.services import erase, update_user
from tests.factories import make_student
from tests.notifications.factories import make_notification

ONE_CLICK = {
    "data": "List-Unsubscribe=One-Click",
    "content_type": "application/x-www-form-urlencoded",
}


@pytest.fixture(autouse=True)
def _plain_static(settings):
    """Render pages without collected static files."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def client() -> Client:
    """A mail program, which sends no cookie and no CSRF token."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def address(student) -> str:
    """The path of the link in an email about an enrollment."""
    make_notification(student)
    [link] = re.findall(r"http://127\.0\.0\.1:8000(/unsubscribe/\S+)", mail.outbox[-1].body)
    return link


def muted(user) -> list[str]:
    return selectors.get_preferences(user.id).mail_muted


def test_one_click_turns_off_emails_of_this_kind_only(student, client, address):
    assert client.post(address, **ONE_CLICK).status_code == 200

    assert muted(student) == ["enrolled"]
    sent = len(mail.outbox)
    make_notification(student)
    assert len(mail.outbox) == sent
    make_notification(student, "milestone", percent=25)
    assert len(mail.outbox) == sent + 1
    assert selectors.count_unread(str(student.id)) == 3


def test_opening_the_link_changes_nothing_and_shows_one_button(student, client, address):
    for method in (client.get, client.head):
        assert method(address).status_code == 200

    page = client.get(address).text
    assert muted(student) == []
    assert Preferences.objects.count() == 0
    assert '<form method="post"><button' in page
    assert page.count("<button") == 1
    assert "new enrollments" in page


def test_the_button_unsubscribes_and_may_be_used_twice(student, client, address):
    for _ in range(2):
        page = client.post(address)
        assert page.status_code == 200
        assert "You are unsubscribed from these emails." in page.text
        assert "<form" not in page.text

    assert muted(student) == ["enrolled"]
    assert Preferences.objects.get().revision == 1


@pytest.mark.parametrize(
    "body",
    [
        {"data": b"\xff\xfe" * 100, "content_type": "application/octet-stream"},
        {"data": "a=" + "b" * 3_000_000, "content_type": "application/x-www-form-urlencoded"},
        {"data": "x", "content_type": "multipart/form-data; boundary=é"},
    ],
)
def test_the_body_of_the_request_is_ignored(student, client, address, body):
    assert client.post(address, **body).status_code == 200
    assert muted(student) == ["enrolled"]


def test_other_preferences_stay_the_same(student, client, address):
    services.set_preferences(
        user_id=str(student.id), muted=["quiz_passed"], mail_muted=["milestone"]
    )

    client.post(address, **ONE_CLICK)

    assert muted(student) == ["milestone", "enrolled"]
    assert selectors.get_preferences(student.id).muted == ["quiz_passed"]


def test_unsubscribing_increments_the_revision_of_the_preferences(student, client, address):
    before = services.set_preferences(user_id=str(student.id), muted=[], mail_muted=[])

    client.post(address, **ONE_CLICK)

    assert selectors.get_preferences(student.id).revision == before.revision + 1


def test_the_page_is_in_the_recipients_language(student, client, address):
    update_user(user_id=str(student.id), language="es")

    page = client.get(address, headers={"Accept-Language": "en"})
    confirmation = client.post(address, headers={"Accept-Language": "en"})

    assert '<html lang="es">' in page.text
    assert "Correos sobre: tus nuevas inscripciones" in page.text
    assert "Ya no recibirás más correos de este tipo." in confirmation.text
    assert page["Content-Language"] == confirmation["Content-Language"] == "es"


def test_the_page_has_the_same_security_headers_as_others(client, address):
    for page in (client.get(address), client.post(address), client.get("/unsubscribe/x/")):
        policy = page["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "form-action 'self'" in policy
        assert "unsafe" not in policy
        assert page["X-Frame-Options"] == "DENY"
        assert "no-store" in page["Cache-Control"]
        assert page["Content-Type"].startswith("text/html")
        assert not re.search(r"<script|<style|style=|\son\w+=", page.text)
        assert not page.cookies


def test_an_invalid_link_is_not_found(student, client, address):
    token = address.split("/")[2]
    other = make_student()
    payload, _, signature = token.partition(":")
    foreign_token = unsubscribe_token(user_id=str(other.id), kinds=["enrolled"])
    foreign_payload = foreign_token.partition(":")[0]
    for invalid in (
        "x",
        token[:-1],
        token + "x",
        f"{foreign_payload}:{signature}",
        signing.dumps([str(student.id), "enrolled"], salt="users.verify"),
        signing.dumps([str(student.id), "enrolled"], salt=SALT, key="k" * 50),
        "é" * 20,
        "a" * 5000,
        "%00",
        payload,
    ):
        for method in (client.get, client.post):
            page = method(f"/unsubscribe/{invalid}/")
            assert page.status_code == 404, invalid
            assert "This link is invalid." in page.text
    assert muted(student) == muted(other) == []


def test_the_link_of_an_erased_user_is_not_found(student, client, address):
    erase(user_id=str(student.id))

    assert client.post(address, **ONE_CLICK).status_code == 404
    assert Preferences.objects.count() == 0


def test_other_methods_are_not_allowed(client, address):
    for method in (client.put, client.patch, client.delete, client.options):
        assert method(address).status_code == 405


def test_too_many_requests_are_refused_with_the_time_to_wait(client, address, settings):
    settings.RATE_LIMITED = True
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"anonymous": (3, 60)}

    responses = [client.get(address) for _ in range(4)]

    assert [response.status_code for response in responses] == [200, 200, 200, 429]
    assert int(responses[-1]["Retry-After"]) == 60
    assert "<h1>Too many requests.</h1>" in responses[-1].text


def test_an_unavailable_store_is_a_503(client, address, monkeypatch):
    def fail(*_, **__):
        raise ServerSelectionTimeoutError("unavailable")

    monkeypatch.setattr(services, "unsubscribe", fail)
    client.raise_request_exception = False

    response = client.post(address)

    assert (response.status_code, response["Retry-After"]) == (503, "2")


def test_logs_do_not_contain_the_token(client, address, caplog):
    client.post(address)
    client.get(address + "x/")
    client.get("/unsubscribe/some-wrong-token/")

    assert "POST /unsubscribe/<token>/ 200" in caplog.text
    assert address.split("/")[2] not in caplog.text
    assert "some-wrong-token" not in caplog.text
