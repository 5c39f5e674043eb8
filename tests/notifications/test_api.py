import pytest

from apps.notifications.documents import Notification
from apps.notifications.services import send_mails
from apps.users.services import update_user
from tests.exports import export_of
from tests.factories import client_of, enroll_in, make_course, make_student
from tests.notifications.factories import make_notification, publish_grade

LIST = "/api/notifications/"
PREFERENCES = f"{LIST}preferences/"
KINDS = [
    "enrolled",
    "milestone",
    "quiz_passed",
    "quiz_failed",
    "quiz_regraded",
    "instructor_granted",
]


@pytest.fixture
def client(student):
    return client_of(student)


@pytest.fixture
def emails_are_not_sent(settings):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None


def count_unread(client) -> int:
    return client.get(f"{LIST}unread-count/").data["unread"]


# Reading notifications


def test_enrolling_notifies_the_student_and_nobody_else(student, client, instructor, admin):
    course = make_course(title="Logic", instructor=instructor)
    client.post("/api/enrollments/", {"course": str(course.id)})

    [row] = client.get(LIST).data["results"]

    notification = Notification.objects.get()
    assert row == {
        "id": str(notification.id),
        "recipient": str(student.id),
        "kind": "enrolled",
        "message": "You are enrolled in “Logic”.",
        "link": f"/learn/{course.id}",
        "is_read": False,
        "created_at": row["created_at"],
        "emailed_at": row["emailed_at"],
    }
    assert row["created_at"].endswith("Z")
    assert row["emailed_at"].endswith("Z")
    for other in (instructor, admin, make_student()):
        assert client_of(other).get(LIST).data["count"] == 0
        assert client_of(other).get(f"{LIST}{row['id']}/").status_code == 404


def test_messages_are_in_the_current_language_of_the_readers_profile(student, client):
    course = make_course(title="Lógica")
    enroll_in(course, student)
    assert client.get(LIST).data["results"][0]["message"] == "You are enrolled in “Lógica”."

    client.patch("/api/auth/user/", {"language": "es"})

    for headers in ({}, {"HTTP_ACCEPT_LANGUAGE": "en"}):
        [row] = client.get(LIST, **headers).data["results"]
        assert row["message"] == "Ya estás en el curso «Lógica»."
        assert client.get(f"{LIST}{row['id']}/", **headers).data == row


def test_errors_are_in_the_language_of_the_request(student, client):
    client.patch("/api/auth/user/", {"language": "es"})

    refused = client.get(f"{LIST}{'0' * 24}/", HTTP_ACCEPT_LANGUAGE="en")

    assert refused.data == {"detail": "Not found.", "code": "not_found"}


def test_the_list_is_filtered_by_kind_and_by_is_read(student, client):
    first = make_notification(student)
    publish_grade(student, passed=True)
    client.post(f"{LIST}{first.id}/read/")

    def kinds(query: str) -> list[str]:
        return [row["kind"] for row in client.get(f"{LIST}?{query}").data["results"]]

    assert kinds("") == ["quiz_passed", "enrolled"]
    assert kinds("is_read=true") == ["enrolled"]
    assert kinds("is_read=false") == ["quiz_passed"]
    assert kinds("kind=enrolled") == ["enrolled"]
    assert kinds("kind=enrolled&is_read=false") == []


@pytest.mark.parametrize(
    "query", ["kind=x", "is_read=1", "cursor=x", "page=0", "ordering=id", "expand=recipient"]
)
def test_an_invalid_query_is_refused(client, query):
    response = client.get(f"{LIST}?{query}")
    assert (response.status_code, list(response.data)) == (400, [query.partition("=")[0]])


def test_the_list_is_paginated_by_cursor_in_both_directions_and_by_page_number(student, client):
    for _ in range(5):
        make_notification(student)
    pages = [client.get(f"{LIST}?page_size=2").data]
    while pages[-1]["next"]:
        assert "cursor=" in pages[-1]["next"]
        pages.append(client.get(pages[-1]["next"]).data)
    previous = [pages[-1]]
    while previous[-1]["previous"]:
        previous.append(client.get(previous[-1]["previous"]).data)

    ids = [row["id"] for page in pages for row in page["results"]]
    assert ids == [str(pk) for pk in Notification.objects.order_by("-id").scalar("id")]
    assert {page["count"] for page in pages} == {5}
    assert [page["results"] for page in reversed(previous)] == [page["results"] for page in pages]
    by_number = client.get(f"{LIST}?page_size=2&page=2").data
    assert by_number["results"] == pages[1]["results"]
    assert client.get(f"{LIST}?page_size=2&page=4").status_code == 404


# Changing notifications


def test_a_notification_is_marked_as_read_and_as_unread(student, client):
    address = f"{LIST}{make_notification(student).id}/"

    for send_request, is_read in (
        (lambda: client.post(f"{address}read/"), True),
        (lambda: client.patch(address, {"is_read": False}), False),
        (lambda: client.put(address, {"is_read": True}), True),
        (lambda: client.patch(address, {}), True),
        (lambda: client.put(address, {}), False),
    ):
        response = send_request()
        assert response.status_code == 200
        assert response.data == client.get(address).data
        assert response["ETag"] == client.get(address)["ETag"]
        assert response.data["is_read"] == is_read
        assert count_unread(client) == (not is_read)


def test_a_put_of_the_representation_changes_only_is_read(student, client):
    address = f"{LIST}{make_notification(student).id}/"
    row = client.get(address).data

    put = client.put(address, row | {"message": "Mine", "link": "//evil.example", "is_read": True})

    assert put.data == row | {"is_read": True}


@pytest.mark.parametrize(
    "body", [{"is_read": "true"}, {"is_read": 1}, {"is_read": None}, {"params": {}}, {"key": "x"}]
)
def test_an_invalid_body_is_refused(student, client, body):
    address = f"{LIST}{make_notification(student).id}/"
    for verb in (client.put, client.patch):
        response = verb(address, body)
        assert (response.status_code, list(response.data)) == (400, list(body))
    assert not Notification.objects.get().is_read


def test_a_stale_edit_or_deletion_is_refused(student, client):
    address = f"{LIST}{make_notification(student).id}/"
    stale = client.get(address)["ETag"]
    current = client.post(f"{address}read/")["ETag"]

    for verb in ("put", "patch", "delete"):
        refused = getattr(client, verb)(address, {"is_read": False}, HTTP_IF_MATCH=stale)
        assert refused.status_code == 412
    assert client.post(f"{address}read/", HTTP_IF_MATCH=stale).status_code == 412
    assert client.get(address, HTTP_IF_NONE_MATCH=current).status_code == 304
    assert client.delete(address, HTTP_IF_MATCH=current).status_code == 204


def test_a_deleted_notification_is_not_found(student, client):
    address = f"{LIST}{make_notification(student).id}/"

    assert client.delete(address).status_code == 204

    for verb in (client.get, client.delete, client.patch):
        assert verb(address).status_code == 404
    assert client.get(LIST).data["count"] == count_unread(client) == 0


def test_read_all_marks_only_your_own_notifications(student, client):
    other = make_student()
    own, foreign = [make_notification(student) for _ in range(3)], make_notification(other)
    tag = client.get(f"{LIST}{own[0].id}/")["ETag"]

    assert client.post(f"{LIST}read-all/").data == {"unread": 0}

    assert [notification.reload().is_read for notification in own] == [True] * 3
    assert not foreign.reload().is_read
    stale = client.patch(f"{LIST}{own[0].id}/", {"is_read": False}, HTTP_IF_MATCH=tag)
    assert stale.status_code == 412


def test_other_users_cannot_see_or_change_a_notification(student):
    address = f"{LIST}{make_notification(student).id}/"
    for stranger in map(client_of, (make_student(), make_student(is_admin=True))):
        for verb in ("get", "put", "patch", "delete"):
            assert getattr(stranger, verb)(address).status_code == 404
        assert stranger.post(f"{address}read/").status_code == 404
    assert not Notification.objects.get().is_read


# Caching


def test_every_write_is_visible_at_once(student, client, emails_are_not_sent):
    def visible_state() -> tuple:
        page = client.get(LIST).data
        [row] = page["results"][:1] or [{"is_read": None, "emailed_at": None}]
        return page["count"], count_unread(client), row["is_read"], bool(row["emailed_at"])

    assert visible_state() == (0, 0, None, False)
    notification = make_notification(student)
    assert visible_state() == (1, 1, False, False)
    send_mails()
    assert visible_state() == (1, 1, False, True)
    client.post(f"{LIST}{notification.id}/read/")
    assert visible_state() == (1, 0, True, True)
    client.patch(f"{LIST}{notification.id}/", {"is_read": False})
    assert visible_state() == (1, 1, False, True)
    client.post(f"{LIST}read-all/")
    assert visible_state() == (1, 0, True, True)
    client.put(PREFERENCES, {"enrolled": {"app": False}})
    assert visible_state() == (0, 0, None, False)
    client.put(PREFERENCES, {})
    assert visible_state() == (1, 0, True, True)
    client.delete(f"{LIST}{notification.id}/")
    assert visible_state() == (0, 0, None, False)


# Preferences


def test_all_kinds_are_on_by_default(client):
    assert client.get(PREFERENCES).data == {kind: {"app": True, "mail": True} for kind in KINDS}


def test_a_muted_kind_is_in_no_list_or_count_until_it_is_unmuted(student, client):
    notification = make_notification(student)
    publish_grade(student, passed=True)

    client.put(PREFERENCES, {"enrolled": {"app": False}})

    page = client.get(LIST).data
    assert ([row["kind"] for row in page["results"]], page["count"]) == (["quiz_passed"], 1)
    assert count_unread(client) == 1
    for query in ("kind=enrolled", "is_read=false&kind=enrolled", "page=1&kind=enrolled"):
        assert client.get(f"{LIST}?{query}").data["count"] == 0
    assert client.get(f"{LIST}?kind=quiz_passed&is_read=false").data["count"] == 1
    client.post(f"{LIST}read-all/")
    client.put(PREFERENCES, {"quiz_passed": {"app": False}})
    assert client.get(LIST).data["results"][0]["id"] == str(notification.id)
    assert count_unread(client) == 1


def test_put_turns_on_each_kind_that_is_omitted(client):
    put = client.put(PREFERENCES, {"enrolled": {"app": False, "mail": False}, "milestone": {}})
    assert put.data["enrolled"] == {"app": False, "mail": False}
    assert put.data["milestone"] == {"app": True, "mail": True}
    assert client.get(PREFERENCES).data == put.data

    second = client.put(PREFERENCES, {"milestone": {"mail": False}})

    assert second.data["enrolled"] == {"app": True, "mail": True}
    assert second.data["milestone"] == {"app": True, "mail": False}
    assert client.put(PREFERENCES, second.data).data == second.data


@pytest.mark.parametrize(
    "body",
    [
        {"nosuch": {"app": True}},
        {"enrolled": True},
        {"enrolled": None},
        {"enrolled": []},
        {"enrolled": {"app": "no"}},
        {"enrolled": {"app": None}},
        {"enrolled": {"sms": True}},
        {"revision": 3},
    ],
)
def test_invalid_preferences_are_refused(client, body):
    response = client.put(PREFERENCES, body)

    assert (response.status_code, list(response.data)) == (400, list(body))
    assert client.get(PREFERENCES).data["enrolled"] == {"app": True, "mail": True}


def test_a_stale_put_does_not_overwrite_preferences(client):
    first = client.get(PREFERENCES)["ETag"]
    assert client.get(PREFERENCES, HTTP_IF_NONE_MATCH=first).status_code == 304
    second = client.put(PREFERENCES, {"enrolled": {"mail": False}}, HTTP_IF_MATCH=first)
    assert second.status_code == 200

    for stale in (first, '"9-0123"'):
        assert client.put(PREFERENCES, {}, HTTP_IF_MATCH=stale).status_code == 412
    assert client.put(PREFERENCES, {}, HTTP_IF_MATCH=second["ETag"]).status_code == 200
    assert client.patch(PREFERENCES, {}).status_code == 405


def test_a_stale_put_is_refused_before_preferences_are_stored(client):
    current = client.get(PREFERENCES)["ETag"]

    assert client.put(PREFERENCES, {}, HTTP_IF_MATCH='"9-0123"').status_code == 412
    assert client.put(PREFERENCES, {}, HTTP_IF_MATCH=current).status_code == 200


# Personal data


def test_the_export_contains_notifications_and_preferences(student, client):
    make_notification(student)
    client.delete(f"{LIST}{make_notification(student, title='Removed').id}/")
    make_notification(make_student(), title="Theirs")
    client.put(PREFERENCES, {"milestone": {"mail": False}})

    data = export_of(client)

    titles = [row["params"]["title"] for row in data["notifications"]]
    assert titles == ["Removed", "Algebra"]
    assert {"kind": "milestone", "app": True, "mail": False} in data["notification_preferences"]


def test_an_approved_instructor_is_notified(student, client, admin):
    client_of(admin).patch(f"/api/users/{student.id}/", {"is_instructor": True})

    [row] = client.get(LIST).data["results"]
    assert (row["kind"], row["link"]) == ("instructor_granted", "/studio")
    assert update_user(user_id=str(student.id), bio="x").undelivered_since is None
