"""The link in each mail that stops those of its kind."""

import re

import pytest
from django.core import mail, signing
from django.test import Client

from apps.notifications import selectors, services
from apps.notifications.documents import Preferences
from apps.notifications.services.preferences import SALT, unsubscribe_token
from apps.users.services import erase, update_user
from tests.factories import make_student
from tests.notifications.telling import tell

ONE_CLICK = {
    "data": "List-Unsubscribe=One-Click",
    "content_type": "application/x-www-form-urlencoded",
}


@pytest.fixture(autouse=True)
def _plain_static(settings):
    """Show pages without collecting the static files first."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def client() -> Client:
    """A mail program: nobody is signed in, and no cookie or CSRF token is sent."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def address(student) -> str:
    """What the link in a mail about an enrolment leads to."""
    tell(student)
    [link] = re.findall(r"http://127\.0\.0\.1:8000(/unsubscribe/\S+)", mail.outbox[-1].body)
    return link


def muted(user) -> list[str]:
    return selectors.get_preferences(user.id).mail_muted


def test_one_click_stops_the_mails_of_this_kind_and_no_other(student, client, address):
    assert client.post(address, **ONE_CLICK).status_code == 200

    assert muted(student) == ["enrolled"]
    sent = len(mail.outbox)
    tell(student)
    assert len(mail.outbox) == sent
    tell(student, "milestone", percent=25)
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
    assert "new courses of yours" in page


def test_the_button_stops_them_and_doing_it_twice_is_fine(student, client, address):
    for _ in range(2):
        page = client.post(address)
        assert page.status_code == 200
        assert "You get no more of these mails." in page.text
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
def test_whatever_body_comes_along_it_is_the_token_that_counts(student, client, address, body):
    assert client.post(address, **body).status_code == 200
    assert muted(student) == ["enrolled"]


def test_what_was_said_otherwise_stays(student, client, address):
    services.set_preferences(
        user_id=str(student.id), muted=["quiz_passed"], mail_muted=["milestone"]
    )

    client.post(address, **ONE_CLICK)

    assert muted(student) == ["milestone", "enrolled"]
    assert selectors.get_preferences(student.id).muted == ["quiz_passed"]


def test_an_edit_that_did_not_know_of_it_is_stale(student, client, address):
    before = services.set_preferences(user_id=str(student.id), muted=[], mail_muted=[])

    client.post(address, **ONE_CLICK)

    assert selectors.get_preferences(student.id).revision == before.revision + 1


def test_the_page_speaks_the_recipients_language(student, client, address):
    update_user(user_id=str(student.id), language="es")

    page = client.get(address, headers={"Accept-Language": "en"})
    done = client.post(address, headers={"Accept-Language": "en"})

    assert '<html lang="es">' in page.text
    assert "Correos sobre: tus nuevos cursos" in page.text
    assert "Ya no recibirás más correos de este tipo." in done.text
    assert page["Content-Language"] == done["Content-Language"] == "es"


def test_it_is_a_page_as_strict_as_the_others(client, address):
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


def test_a_link_that_is_not_ours_is_refused_in_words(student, client, address):
    token = address.split("/")[2]
    others = make_student()
    named, _, signed = token.partition(":")
    theirs = unsubscribe_token(user_id=str(others.id), kinds=["enrolled"]).partition(":")[0]
    for wrong in (
        "x",
        token[:-1],
        token + "x",
        f"{theirs}:{signed}",
        signing.dumps([str(student.id), "enrolled"], salt="users.verify"),
        signing.dumps([str(student.id), "enrolled"], salt=SALT, key="k" * 50),
        "é" * 20,
        "a" * 5000,
        "%00",
        named,
    ):
        for method in (client.get, client.post):
            page = method(f"/unsubscribe/{wrong}/")
            assert page.status_code == 404, wrong
            assert "This link is not one of ours." in page.text
    assert muted(student) == muted(others) == []


def test_the_link_of_somebody_who_is_gone_leads_nowhere(student, client, address):
    erase(user_id=str(student.id))

    assert client.post(address, **ONE_CLICK).status_code == 404
    assert Preferences.objects.count() == 0


def test_no_other_verb_is_known(client, address):
    for method in (client.put, client.patch, client.delete, client.options):
        assert method(address).status_code == 405


def test_who_asks_too_often_is_told_when_to_come_again(client, address, settings):
    settings.RATE_LIMITED = True
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"anonymous": (3, 60)}

    answers = [client.get(address) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1]["Retry-After"]) == 60
    assert "<h1>Too many requests.</h1>" in answers[-1].text


def test_a_store_that_is_away_is_said_and_nothing_is_lost(client, address, monkeypatch):
    from pymongo.errors import ServerSelectionTimeoutError

    def away(*_, **__):
        raise ServerSelectionTimeoutError("away")

    monkeypatch.setattr(services, "mute_mail", away)
    client.raise_request_exception = False

    answer = client.post(address)

    assert (answer.status_code, answer["Retry-After"]) == (503, "2")


def test_no_log_names_the_token(client, address, caplog):
    client.post(address)
    client.get(address + "x/")
    client.get("/unsubscribe/some-wrong-token/")

    assert "POST /unsubscribe/<token>/ 200" in caplog.text
    assert address.split("/")[2] not in caplog.text
    assert "some-wrong-token" not in caplog.text
