import pytest

from apps.notifications.documents import Notification
from apps.users.services import update_user
from tests.exports import export_of
from tests.factories import client_of, enroll_in, make_course, make_student
from tests.notifications.telling import grade, tell

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
def mails_wait(settings):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None


def unread(client) -> int:
    return client.get(f"{LIST}unread-count/").data["unread"]


# Reading


def test_enrolling_over_http_tells_the_student_and_nobody_else(student, client, instructor, admin):
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


def test_it_is_worded_in_the_readers_language_when_it_is_read(student, client):
    course = make_course(title="Lógica")
    enroll_in(course, student)
    assert client.get(LIST).data["results"][0]["message"] == "You are enrolled in “Lógica”."

    client.patch("/api/auth/user/", {"language": "es"})

    for headers in ({}, {"HTTP_ACCEPT_LANGUAGE": "en"}):
        [row] = client.get(LIST, **headers).data["results"]
        assert row["message"] == "Ya estás en el curso «Lógica»."
        one = client.get(f"{LIST}{row['id']}/", **headers).data
        assert one == row


def test_refusals_keep_to_the_language_of_the_request(student, client):
    client.patch("/api/auth/user/", {"language": "es"})

    refused = client.get(f"{LIST}{'0' * 24}/", HTTP_ACCEPT_LANGUAGE="en")

    assert refused.data == {"detail": "Not found.", "code": "not_found"}


def test_the_list_is_narrowed_by_kind_and_by_what_is_read(student, client):
    first = tell(student)
    grade(student, passed=True)
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
def test_a_wrong_query_is_refused(client, query):
    response = client.get(f"{LIST}?{query}")
    assert (response.status_code, list(response.data)) == (400, [query.partition("=")[0]])


def test_the_list_is_read_by_cursor_to_its_end_and_back_and_by_page(student, client):
    for _ in range(5):
        tell(student)
    pages = [client.get(f"{LIST}?page_size=2").data]
    while pages[-1]["next"]:
        assert "cursor=" in pages[-1]["next"]
        pages.append(client.get(pages[-1]["next"]).data)
    back = [pages[-1]]
    while back[-1]["previous"]:
        back.append(client.get(back[-1]["previous"]).data)

    ids = [row["id"] for page in pages for row in page["results"]]
    assert ids == [str(one.id) for one in Notification.objects.order_by("-id")]
    assert {page["count"] for page in pages} == {5}
    assert [page["results"] for page in reversed(back)] == [page["results"] for page in pages]
    by_number = client.get(f"{LIST}?page_size=2&page=2").data
    assert by_number["results"] == pages[1]["results"]
    assert client.get(f"{LIST}?page_size=2&page=4").status_code == 404


# Changing


def test_it_is_marked_as_read_and_as_unread(student, client):
    address = f"{LIST}{tell(student).id}/"

    for act, is_read in (
        (lambda: client.post(f"{address}read/"), True),
        (lambda: client.patch(address, {"is_read": False}), False),
        (lambda: client.put(address, {"is_read": True}), True),
        (lambda: client.patch(address, {}), True),
        (lambda: client.put(address, {}), False),
    ):
        answer = act()
        assert answer.status_code == 200
        assert answer.data == client.get(address).data
        assert answer["ETag"] == client.get(address)["ETag"]
        assert answer.data["is_read"] == is_read
        assert unread(client) == (not is_read)


def test_what_was_read_may_be_put_back_and_changes_nothing_else(student, client):
    address = f"{LIST}{tell(student).id}/"
    read = client.get(address).data

    put = client.put(address, read | {"message": "Mine", "link": "//evil.example", "is_read": True})

    assert put.data == read | {"is_read": True}


@pytest.mark.parametrize(
    "body", [{"is_read": "true"}, {"is_read": 1}, {"is_read": None}, {"params": {}}, {"key": "x"}]
)
def test_a_wrong_body_is_refused(student, client, body):
    address = f"{LIST}{tell(student).id}/"
    for verb in (client.put, client.patch):
        response = verb(address, body)
        assert (response.status_code, list(response.data)) == (400, list(body))
    assert not Notification.objects.get().is_read


def test_a_stale_edit_or_removal_is_refused(student, client):
    address = f"{LIST}{tell(student).id}/"
    stale = client.get(address)["ETag"]
    current = client.post(f"{address}read/")["ETag"]

    for verb in ("put", "patch", "delete"):
        refused = getattr(client, verb)(address, {"is_read": False}, HTTP_IF_MATCH=stale)
        assert refused.status_code == 412
    assert client.post(f"{address}read/", HTTP_IF_MATCH=stale).status_code == 412
    assert client.get(address, HTTP_IF_NONE_MATCH=current).status_code == 304
    assert client.delete(address, HTTP_IF_MATCH=current).status_code == 204


def test_a_removed_one_is_gone(student, client):
    address = f"{LIST}{tell(student).id}/"

    assert client.delete(address).status_code == 204

    for verb in (client.get, client.delete, client.patch):
        assert verb(address).status_code == 404
    assert client.get(LIST).data["count"] == unread(client) == 0


def test_all_are_marked_at_once_and_only_ones_own(student, client):
    other = make_student()
    mine, theirs = [tell(student) for _ in range(3)], tell(other)
    tag = client.get(f"{LIST}{mine[0].id}/")["ETag"]

    assert client.post(f"{LIST}read-all/").data == {"unread": 0}

    assert [one.reload().is_read for one in (*mine, theirs)] == [True] * 3 + [False]
    stale = client.patch(f"{LIST}{mine[0].id}/", {"is_read": False}, HTTP_IF_MATCH=tag)
    assert stale.status_code == 412


def test_nobody_touches_anothers(student):
    address = f"{LIST}{tell(student).id}/"
    for stranger in map(client_of, (make_student(), make_student(is_admin=True))):
        for verb in ("get", "put", "patch", "delete"):
            assert getattr(stranger, verb)(address).status_code == 404
        assert stranger.post(f"{address}read/").status_code == 404
    assert not Notification.objects.get().is_read


# What is cached is never old


def test_a_reader_sees_every_write_at_once(student, client, mails_wait):
    from apps.notifications.services import send_mails

    def seen() -> tuple:
        page = client.get(LIST).data
        [row] = page["results"][:1] or [{"is_read": None, "emailed_at": None}]
        return page["count"], unread(client), row["is_read"], bool(row["emailed_at"])

    assert seen() == (0, 0, None, False)
    notification = tell(student)
    assert seen() == (1, 1, False, False)
    send_mails()
    assert seen() == (1, 1, False, True)
    client.post(f"{LIST}{notification.id}/read/")
    assert seen() == (1, 0, True, True)
    client.patch(f"{LIST}{notification.id}/", {"is_read": False})
    assert seen() == (1, 1, False, True)
    client.post(f"{LIST}read-all/")
    assert seen() == (1, 0, True, True)
    client.put(PREFERENCES, {"enrolled": {"app": False}})
    assert seen() == (0, 0, None, False)
    client.put(PREFERENCES, {})
    assert seen() == (1, 0, True, True)
    client.delete(f"{LIST}{notification.id}/")
    assert seen() == (0, 0, None, False)


# What one wants to hear of


def test_without_a_word_everything_is_wanted(client):
    assert client.get(PREFERENCES).data == {kind: {"app": True, "mail": True} for kind in KINDS}


def test_a_kind_that_is_not_wanted_is_in_no_list_and_no_count_until_it_is_wanted_again(
    student, client
):
    notification = tell(student)
    grade(student, passed=True)

    client.put(PREFERENCES, {"enrolled": {"app": False}})

    page = client.get(LIST).data
    assert ([row["kind"] for row in page["results"]], page["count"]) == (["quiz_passed"], 1)
    assert unread(client) == 1
    for query in ("kind=enrolled", "is_read=false&kind=enrolled", "page=1&kind=enrolled"):
        assert client.get(f"{LIST}?{query}").data["count"] == 0
    assert client.get(f"{LIST}?kind=quiz_passed&is_read=false").data["count"] == 1
    client.post(f"{LIST}read-all/")
    client.put(PREFERENCES, {"quiz_passed": {"app": False}})
    assert client.get(LIST).data["results"][0]["id"] == str(notification.id)
    assert unread(client) == 1


def test_put_replaces_a_kind_left_out_is_wanted(client):
    put = client.put(PREFERENCES, {"enrolled": {"app": False, "mail": False}, "milestone": {}})
    assert put.data["enrolled"] == {"app": False, "mail": False}
    assert put.data["milestone"] == {"app": True, "mail": True}
    assert client.get(PREFERENCES).data == put.data

    again = client.put(PREFERENCES, {"milestone": {"mail": False}})

    assert again.data["enrolled"] == {"app": True, "mail": True}
    assert again.data["milestone"] == {"app": True, "mail": False}
    assert client.put(PREFERENCES, again.data).data == again.data


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
def test_wrong_preferences_are_refused(client, body):
    response = client.put(PREFERENCES, body)

    assert (response.status_code, list(response.data)) == (400, list(body))
    assert client.get(PREFERENCES).data["enrolled"] == {"app": True, "mail": True}


def test_preferences_that_somebody_changed_since_are_not_overwritten(client):
    first = client.get(PREFERENCES)["ETag"]
    assert client.get(PREFERENCES, HTTP_IF_NONE_MATCH=first).status_code == 304
    second = client.put(PREFERENCES, {"enrolled": {"mail": False}}, HTTP_IF_MATCH=first)
    assert second.status_code == 200

    for stale in (first, '"9-0123"'):
        assert client.put(PREFERENCES, {}, HTTP_IF_MATCH=stale).status_code == 412
    assert client.put(PREFERENCES, {}, HTTP_IF_MATCH=second["ETag"]).status_code == 200
    assert client.patch(PREFERENCES, {}).status_code == 405


def test_a_stale_put_before_anything_was_said_is_refused_too(client):
    assert client.put(PREFERENCES, {}, HTTP_IF_MATCH='"9-0123"').status_code == 412
    assert (
        client.put(PREFERENCES, {}, HTTP_IF_MATCH=client.get(PREFERENCES)["ETag"]).status_code
        == 200
    )


# The export


def test_the_export_holds_what_one_was_told_and_wants(student, client):
    tell(student)
    client.delete(f"{LIST}{tell(student, title='Removed').id}/")
    tell(make_student(), title="Theirs")
    client.put(PREFERENCES, {"milestone": {"mail": False}})

    data = export_of(client)

    titles = [row["params"]["title"] for row in data["notifications"]]
    assert titles == ["Removed", "Algebra"]
    assert {"kind": "milestone", "app": True, "mail": False} in data["notification_preferences"]


def test_a_grant_over_http_is_told(student, client, admin):
    client_of(admin).patch(f"/api/users/{student.id}/", {"is_instructor": True})

    [row] = client.get(LIST).data["results"]
    assert (row["kind"], row["link"]) == ("instructor_granted", "/studio")
    assert update_user(user_id=str(student.id), bio="x").undelivered_since is None
