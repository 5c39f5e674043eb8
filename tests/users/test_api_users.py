"""Visibility, lists, invitations and changes of users."""

import pytest
from django.core import mail

from apps.common.clock import now_in_milliseconds
from apps.common.storage.idempotency_keys import CLAIM_LIFETIME, IdempotencyKey
from apps.users import services
from apps.users.documents import User
from apps.users.models import Account
from tests.factories import (
    PASSWORD,
    client_of,
    enroll_in,
    make_admin,
    make_course,
    make_instructor,
    make_student,
)
from tests.users.pictures import upload

CARD = {"id", "username", "bio", "profile_picture"}


def names(response) -> list[str]:
    assert response.status_code == 200, response.data
    return [row["username"] for row in response.data["results"]]


@pytest.fixture
def public_instructor():
    """An instructor of a published course."""
    user = make_instructor(username="ivy")
    make_course(instructor=user)
    return user


# Visibility


def test_anonymous_visitors_see_only_cards_of_instructors_of_published_courses(
    anonymous, public_instructor, student
):
    make_course(published=False)

    response = anonymous.get("/api/users/")

    assert names(response) == ["ivy"]
    assert set(response.data["results"][0]) == CARD
    assert set(anonymous.get(f"/api/users/{public_instructor.id}/").data) == CARD
    assert anonymous.get(f"/api/users/{student.id}/").status_code == 404


def test_students_also_see_themselves_with_all_fields(public_instructor, student):
    other, client = make_student(), client_of(student)

    assert names(client.get("/api/users/")) == ["ivy", student.username]
    assert client.get(f"/api/users/{student.id}/").data["email"] == student.email
    assert set(client.get(f"/api/users/{public_instructor.id}/").data) == CARD
    assert client.get(f"/api/users/{other.id}/").status_code == 404


def test_instructors_see_the_cards_of_their_own_students(public_instructor):
    own = enroll_in(make_course(instructor=public_instructor), make_student(username="own"))
    foreign = enroll_in(make_course(instructor=make_instructor(username="z")))
    client = client_of(public_instructor)

    assert names(client.get("/api/users/")) == ["ivy", "own", "z"]
    assert set(client.get(f"/api/users/{own.id}/").data) == CARD
    assert client.get(f"/api/users/{foreign.id}/").status_code == 404


def test_admins_see_all_users_with_all_fields(admin, student):
    client = client_of(admin)

    assert sorted(names(client.get("/api/users/"))) == sorted([admin.username, student.username])
    assert client.get("/api/users/").data["results"][0]["email"]
    assert client.get(f"/api/users/{student.id}/").data["email"] == student.email


def test_a_user_cached_for_one_viewer_is_not_shown_to_others(student, anonymous):
    client, address = client_of(student), f"/api/users/{student.id}/"

    assert client.get(address).status_code == 200
    assert anonymous.get(address).status_code == 404
    assert client_of(make_student()).get(address).status_code == 404


def test_a_card_has_an_etag(anonymous, public_instructor):
    address = f"/api/users/{public_instructor.id}/"
    tag = anonymous.get(address)["ETag"]

    assert anonymous.get(address, HTTP_IF_NONE_MATCH=tag).status_code == 304
    services.update_user(user_id=str(public_instructor.id), bio="New")
    assert anonymous.get(address, HTTP_IF_NONE_MATCH=tag).data["bio"] == "New"


def test_the_etag_of_a_public_profile_reveals_no_change_of_a_hidden_field(
    anonymous, public_instructor
):
    address = f"/api/users/{public_instructor.id}/"
    before = anonymous.get(address)["ETag"]
    services.update_user(user_id=str(public_instructor.id), email="new@example.org", language="es")

    assert anonymous.get(address)["ETag"] == before
    assert anonymous.get(address, HTTP_IF_NONE_MATCH=before).status_code == 304

    services.update_user(user_id=str(public_instructor.id), bio="New")
    assert anonymous.get(address)["ETag"] != before


# Lists


def test_only_admins_filter_by_hidden_fields(admin, student):
    services.update_user(user_id=str(student.id), instructor_requested=True)
    gone = make_student()
    services.update_user(user_id=str(gone.id), is_active=False)
    client = client_of(admin)

    assert names(client.get("/api/users/?instructor_requested=true")) == [student.username]
    assert names(client.get("/api/users/?is_active=false")) == [gone.username]
    assert names(client.get("/api/users/?role=admin")) == [admin.username]
    for query in (
        "instructor_requested=true",
        "is_active=false",
        "role=admin",
        "ordering=created_at",
        "ordering=-created_at",
    ):
        assert client.get(f"/api/users/?{query}").status_code == 200
        for other in (client_of(student), client_of(None)):
            assert other.get(f"/api/users/?{query}").status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        *("nosuch=1", "email=a", "username__ne=x", "username[$ne]=x", "__raw__=1"),
        *("page=0", "page=x", f"page={10**20}", "page_size=101", "role=root", "ordering=email"),
        *("is_active=maybe", "search=a&search=b", f"search={'x' * 201}"),
    ],
)
def test_an_invalid_parameter_is_named(admin, query):
    response = client_of(admin).get(f"/api/users/?{query}")

    assert response.status_code == 400
    assert list(response.data) == [query.partition("=")[0]]


def test_pages_are_ordered_by_username(admin):
    for number in range(5):
        make_student(username=f"pupil-{number}")
    client = client_of(admin)

    first = client.get("/api/users/?search=pupil&page_size=3")
    second = client.get(first.data["next"])

    assert names(first) + names(second) == [f"pupil-{number}" for number in range(5)]
    assert (first.data["count"], second.data["next"]) == (5, None)
    assert client.get("/api/users/?page=9").status_code == 404


# Invitations


def test_an_invited_user_sets_a_password(admin, anonymous):
    body = {"username": "ada", "email": "ada@example.org", "bio": "Hi", "is_instructor": True}

    response = client_of(admin).post("/api/users/", body)

    assert response.status_code == 201
    assert (response.data["is_instructor"], response.data["bio"]) == (True, "Hi")
    assert client_of(admin).get(f"/api/users/{response.data['id']}/")["ETag"] == response["ETag"]
    [message] = mail.outbox
    uid, token = message.body.partition("#uid=")[2].split()[0].split("&token=")
    new = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    confirmed = anonymous.post(
        "/api/auth/password/reset/confirm/", {"uid": uid, "token": token} | new
    )
    assert confirmed.status_code == 200
    signed_in = anonymous.post("/api/auth/login/", {"username": "ada", "password": PASSWORD})
    assert signed_in.data["user"]["email_verified"] is True


def test_a_repeated_invitation_is_idempotent(admin):
    body = {"username": "ada", "email": "ada@example.org"}
    key = {"HTTP_IDEMPOTENCY_KEY": "once"}

    answers = [client_of(admin).post("/api/users/", body, **key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].data["id"] == answers[1].data["id"]
    assert len(mail.outbox) == 1
    conflict = client_of(admin).post("/api/users/", body | {"bio": "x"}, **key)
    assert (conflict.status_code, conflict.data["code"]) == (409, "idempotency_conflict")


def test_an_interrupted_invitation_is_finished_by_its_idempotency_key(admin):
    body = {"username": "ada", "email": "ada@example.org"}
    key = {"HTTP_IDEMPOTENCY_KEY": "once"}
    first = client_of(admin).post("/api/users/", body, **key).data
    User.objects(id=first["id"]).delete()  # As if the first request had crashed here.
    IdempotencyKey.objects.update(
        unset__status=True, set__claimed_at=now_in_milliseconds() - CLAIM_LIFETIME
    )

    again = client_of(admin).post("/api/users/", body, **key)

    assert (again.status_code, again.data["id"]) == (201, first["id"])
    assert Account.objects.filter(username="ada").count() == 1
    assert User.objects(username="ada").count() == 1


@pytest.mark.parametrize("field", ["id", "is_admin", "is_active", "created_at", "password", "role"])
def test_an_invitation_cannot_set_other_fields(admin, field):
    body = {"username": "ada", "email": "ada@example.org", field: True}
    assert list(client_of(admin).post("/api/users/", body).data) == [field]
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "ADMIN"),
        ("username", "ａｄｍｉｎ"),
        ("username", "a\r\nBcc: x@y.z"),
        ("email", "ADMIN@example.org"),
        ("email", "x@y.z\nBcc: x@y.z"),
        ("bio", "x" * 2001),
    ],
)
def test_an_invitation_is_validated_like_a_registration(field, value):
    chief = make_admin(username="admin", email="admin@example.org")
    body = {"username": "ada", "email": "ada@example.org", field: value}

    response = client_of(chief).post("/api/users/", body)

    assert (response.status_code, list(response.data)) == (400, [field])
    assert User.objects.count() == 1
    assert mail.outbox == []


def test_only_admins_invite(student, instructor, anonymous):
    body = {"username": "ada", "email": "ada@example.org"}

    assert anonymous.post("/api/users/", body).status_code == 401
    for user in (student, instructor):
        assert client_of(user).post("/api/users/", body).status_code == 403


# Changes


def test_users_edit_themselves_but_do_not_delete_themselves_here(student):
    client, address = client_of(student), f"/api/users/{student.id}/"
    before = client.get(address).json()

    assert client.put(address, before).status_code == 200
    assert client.patch(address, {"bio": "Me"}).data["bio"] == "Me"
    assert client.delete(address).status_code == 403


def test_users_cannot_edit_others(student, public_instructor, anonymous):
    other = make_student()

    def statuses(client, user) -> list[int]:
        address = f"/api/users/{user.id}/"
        return [
            client.patch(address, {"bio": "x"}).status_code,
            client.put(address, {"bio": "x"}).status_code,
            client.delete(address).status_code,
            client.post(f"{address}picture/", upload(), format="multipart").status_code,
        ]

    assert statuses(client_of(student), other) == [404] * 4
    assert statuses(client_of(student), public_instructor) == [403] * 4
    assert statuses(client_of(public_instructor), student) == [404] * 4
    assert statuses(anonymous, public_instructor) == [401] * 4
    assert User.objects(bio="x").count() == 0


def test_admins_grant_and_revoke_roles(admin, student):
    client, address = client_of(admin), f"/api/users/{student.id}/"
    services.update_user(user_id=str(student.id), instructor_requested=True)

    granted = client.patch(address, {"is_instructor": True}).data
    assert (granted["is_instructor"], granted["instructor_requested"]) == (True, False)
    assert client.patch(address, {"is_admin": True}).data["is_admin"]
    assert Account.objects.get(profile_id=str(student.id)).is_superuser
    assert not client.patch(address, {"is_active": False}).data["is_active"]
    ignored = client.patch(address, {"email": "x@y.org", "username": "x", "is_student": False}).data
    assert (ignored["email"], ignored["is_student"]) == (student.email, True)
    for field, value in {"is_admin": "yes", "is_instructor": 1, "is_active": None}.items():
        assert list(client.patch(address, {field: value}).data) == [field]


def test_the_last_admin_remains(admin):
    client, address = client_of(admin), f"/api/users/{admin.id}/"

    answers = [
        client.patch(address, {"is_admin": False}),
        client.patch(address, {"is_active": False}),
        client.delete(address),
    ]

    assert [answer.status_code for answer in answers] == [409] * 3
    assert {answer.data["code"] for answer in answers} == {"last_admin"}
    make_admin()
    assert client.patch(address, {"is_admin": False}).status_code == 200


def test_a_demotion_takes_effect_at_once(admin):
    other = make_admin()
    client = client_of(other)
    assert client.get("/api/users/?is_active=true").status_code == 200

    client_of(admin).patch(f"/api/users/{other.id}/", {"is_admin": False})

    assert client.get("/api/users/?is_active=true").status_code == 403
    assert client.patch(f"/api/users/{admin.id}/", {"bio": "x"}).status_code == 404
    assert client.patch(f"/api/users/{other.id}/", {"is_admin": True}).status_code == 403


def test_a_user_can_be_put_back_as_an_admin_read_it(admin, student):
    client, address = client_of(admin), f"/api/users/{student.id}/"
    client.patch(address, {"is_instructor": True, "bio": "Hi", "language": "es"})
    before = client.get(address).json()

    assert client.put(address, before).json() == before
    emptied = client.put(address, {}).json()
    assert (emptied["bio"], emptied["is_instructor"], emptied["is_active"]) == ("", True, True)


def test_an_admin_declines_a_request_for_the_instructor_role(admin, student):
    services.update_user(user_id=str(student.id), instructor_requested=True)

    declined = (
        client_of(admin).patch(f"/api/users/{student.id}/", {"instructor_requested": False}).data
    )

    assert (declined["instructor_requested"], declined["is_instructor"]) == (False, False)


def test_a_stale_change_of_a_user_changes_nothing(admin, student):
    client, address = client_of(admin), f"/api/users/{student.id}/"
    tag = client.get(address)["ETag"]
    client.patch(address, {"is_instructor": True})
    late = {"HTTP_IF_MATCH": tag}

    assert client.patch(address, {"is_active": False}, **late).status_code == 412
    assert client.delete(address, **late).status_code == 412
    assert (
        client.post(f"{address}picture/", upload(), format="multipart", **late).status_code == 412
    )
    assert Account.objects.get(profile_id=str(student.id)).is_active


def test_admins_erase_users(admin, student):
    client, address = client_of(admin), f"/api/users/{student.id}/"

    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404
    assert client.delete(address).status_code == 404


@pytest.mark.parametrize("id", ["x", "0" * 23, "0" * 25, "0" * 24, "ABCDEF" * 4])
def test_a_malformed_or_unknown_id_is_not_found(admin, id):
    response = client_of(admin).get(f"/api/users/{id}/")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
