from io import BytesIO
from zlib import crc32

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.common.clock import now_in_milliseconds
from apps.common.storage.idempotency_keys import CLAIM_LIFETIME, IdempotencyKey
from apps.common.storage.pictures import MAX_BYTES
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
from tests.users.pictures import png

CARD = {"id", "username", "bio", "profile_picture"}


def names(response) -> list[str]:
    assert response.status_code == 200, response.data
    return [row["username"] for row in response.data["results"]]


@pytest.fixture
def on_show():
    """An instructor of a published course."""
    user = make_instructor(username="ivy")
    make_course(instructor=user)
    return user


# Who sees whom


def test_nobody_sees_the_cards_of_who_teaches_on_show_alone(anonymous, on_show, student):
    make_course(published=False)

    response = anonymous.get("/api/users/")

    assert names(response) == ["ivy"]
    assert set(response.data["results"][0]) == CARD
    assert set(anonymous.get(f"/api/users/{on_show.id}/").data) == CARD
    assert anonymous.get(f"/api/users/{student.id}/").status_code == 404


def test_a_student_sees_themselves_too_and_themselves_whole(on_show, student):
    other, client = make_student(), client_of(student)

    assert names(client.get("/api/users/")) == ["ivy", student.username]
    assert client.get(f"/api/users/{student.id}/").data["email"] == student.email
    assert set(client.get(f"/api/users/{on_show.id}/").data) == CARD
    assert client.get(f"/api/users/{other.id}/").status_code == 404


def test_an_instructor_sees_the_cards_of_their_own_students(on_show):
    own = enroll_in(make_course(instructor=on_show), make_student(username="own"))
    foreign = enroll_in(make_course(instructor=make_instructor(username="z")))
    client = client_of(on_show)

    assert names(client.get("/api/users/")) == ["ivy", "own", "z"]
    assert set(client.get(f"/api/users/{own.id}/").data) == CARD
    assert client.get(f"/api/users/{foreign.id}/").status_code == 404


def test_an_admin_sees_all_whole(admin, student):
    client = client_of(admin)

    assert sorted(names(client.get("/api/users/"))) == sorted([admin.username, student.username])
    assert client.get("/api/users/").data["results"][0]["email"]
    assert client.get(f"/api/users/{student.id}/").data["email"] == student.email


def test_nothing_of_one_reader_is_shown_to_the_next(student, anonymous):
    client, address = client_of(student), f"/api/users/{student.id}/"

    assert client.get(address).status_code == 200
    assert anonymous.get(address).status_code == 404
    assert client_of(make_student()).get(address).status_code == 404


def test_a_card_has_a_tag(anonymous, on_show):
    address = f"/api/users/{on_show.id}/"
    tag = anonymous.get(address)["ETag"]

    assert anonymous.get(address, HTTP_IF_NONE_MATCH=tag).status_code == 304
    services.update_user(user_id=str(on_show.id), bio="New")
    assert anonymous.get(address, HTTP_IF_NONE_MATCH=tag).data["bio"] == "New"


def test_the_etag_of_a_public_profile_reveals_no_change_of_a_hidden_field(anonymous, on_show):
    address = f"/api/users/{on_show.id}/"
    before = anonymous.get(address)["ETag"]
    services.update_user(user_id=str(on_show.id), email="new@example.org", language="es")

    assert anonymous.get(address)["ETag"] == before
    assert anonymous.get(address, HTTP_IF_NONE_MATCH=before).status_code == 304

    services.update_user(user_id=str(on_show.id), bio="New")
    assert anonymous.get(address)["ETag"] != before


# Lists


def test_admins_filter_by_more_than_others(admin, student):
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
def test_a_bad_parameter_is_named(admin, query):
    response = client_of(admin).get(f"/api/users/?{query}")

    assert response.status_code == 400
    assert list(response.data) == [query.partition("=")[0]]


def test_pages_follow_each_other_by_name(admin):
    for number in range(5):
        make_student(username=f"pupil-{number}")
    client = client_of(admin)

    first = client.get("/api/users/?search=pupil&page_size=3")
    second = client.get(first.data["next"])

    assert names(first) + names(second) == [f"pupil-{number}" for number in range(5)]
    assert (first.data["count"], second.data["next"]) == (5, None)
    assert client.get("/api/users/?page=9").status_code == 404


# Invitations


def test_an_admin_invites_somebody_who_sets_a_password(admin, anonymous):
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


def test_an_invitation_sent_twice_is_one(admin):
    body = {"username": "ada", "email": "ada@example.org"}
    key = {"HTTP_IDEMPOTENCY_KEY": "once"}

    answers = [client_of(admin).post("/api/users/", body, **key) for _ in range(2)]

    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].data["id"] == answers[1].data["id"]
    assert len(mail.outbox) == 1
    conflict = client_of(admin).post("/api/users/", body | {"bio": "x"}, **key)
    assert (conflict.status_code, conflict.data["code"]) == (409, "idempotency_conflict")


def test_an_invitation_that_was_cut_off_is_finished_under_its_key(admin):
    body = {"username": "ada", "email": "ada@example.org"}
    key = {"HTTP_IDEMPOTENCY_KEY": "once"}
    first = client_of(admin).post("/api/users/", body, **key).data
    User.objects(id=first["id"]).delete()  # as if the first had died before it, and the answer
    IdempotencyKey.objects.update(
        unset__status=True, set__claimed_at=now_in_milliseconds() - CLAIM_LIFETIME
    )

    again = client_of(admin).post("/api/users/", body, **key)

    assert (again.status_code, again.data["id"]) == (201, first["id"])
    assert Account.objects.filter(username="ada").count() == 1
    assert User.objects(username="ada").count() == 1


@pytest.mark.parametrize("field", ["id", "is_admin", "is_active", "created_at", "password", "role"])
def test_an_invitation_sets_nothing_else(admin, field):
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
def test_an_invitation_is_checked_as_a_registration_is(field, value):
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


def test_one_writes_ones_own_bio_here_too(student):
    client, address = client_of(student), f"/api/users/{student.id}/"
    before = client.get(address).json()

    assert client.put(address, before).status_code == 200
    assert client.patch(address, {"bio": "Me"}).data["bio"] == "Me"
    assert client.delete(address).status_code == 403


def test_others_are_not_ones_own_to_write(student, on_show, anonymous):
    other = make_student()

    def statuses(client, user) -> list[int]:
        address = f"/api/users/{user.id}/"
        return [
            client.patch(address, {"bio": "x"}).status_code,
            client.put(address, {"bio": "x"}).status_code,
            client.delete(address).status_code,
            client.post(f"{address}picture/", {}, format="multipart").status_code,
        ]

    assert statuses(client_of(student), other) == [404] * 4
    assert statuses(client_of(student), on_show) == [403] * 4
    assert statuses(client_of(on_show), student) == [404] * 4
    assert statuses(anonymous, on_show) == [401] * 4
    assert User.objects(bio="x").count() == 0


def test_an_admin_grants_and_takes_roles(admin, student):
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


def test_the_last_admin_stays(admin):
    client, address = client_of(admin), f"/api/users/{admin.id}/"

    answers = [
        client.patch(address, {"is_admin": False}),
        client.patch(address, {"is_active": False}),
        client.delete(address),
    ]

    assert [one.status_code for one in answers] == [409] * 3
    assert {one.data["code"] for one in answers} == {"last_admin"}
    make_admin()
    assert client.patch(address, {"is_admin": False}).status_code == 200


def test_who_was_admin_is_one_no_more_at_once(admin):
    other = make_admin()
    client = client_of(other)
    assert client.get("/api/users/?is_active=true").status_code == 200

    client_of(admin).patch(f"/api/users/{other.id}/", {"is_admin": False})

    assert client.get("/api/users/?is_active=true").status_code == 403
    assert client.patch(f"/api/users/{admin.id}/", {"bio": "x"}).status_code == 404
    assert client.patch(f"/api/users/{other.id}/", {"is_admin": True}).status_code == 403


def test_what_an_admin_read_of_somebody_can_be_put_back(admin, student):
    client, address = client_of(admin), f"/api/users/{student.id}/"
    client.patch(address, {"is_instructor": True, "bio": "Hi", "language": "es"})
    before = client.get(address).json()

    assert client.put(address, before).json() == before
    emptied = client.put(address, {}).json()
    assert (emptied["bio"], emptied["is_instructor"], emptied["is_active"]) == ("", True, True)


def test_a_request_that_an_admin_declines_is_gone(admin, student):
    services.update_user(user_id=str(student.id), instructor_requested=True)

    declined = (
        client_of(admin).patch(f"/api/users/{student.id}/", {"instructor_requested": False}).data
    )

    assert (declined["instructor_requested"], declined["is_instructor"]) == (False, False)


def test_a_stale_change_of_somebody_changes_nothing(admin, student):
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


def test_an_admin_erases_somebody(admin, student):
    client, address = client_of(admin), f"/api/users/{student.id}/"

    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404
    assert client.delete(address).status_code == 404


@pytest.mark.parametrize("id", ["x", "0" * 23, "0" * 25, "0" * 24, "ABCDEF" * 4])
def test_what_is_no_ones_id_has_no_address(admin, id):
    response = client_of(admin).get(f"/api/users/{id}/")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


# Pictures


def upload(content: bytes | None = None, name: str = "me.png", **more) -> dict:
    return {"picture": SimpleUploadedFile(name, content or png()), **more}


def send(user, body: dict, **headers):
    address = f"/api/users/{user.id}/picture/"
    return client_of(user).post(address, body, format="multipart", **headers)


def content_of(address: str) -> bytes:
    with default_storage.open(address.removeprefix("/media/")) as file:
        return file.read()


def stored(address: str) -> Image.Image:
    return Image.open(BytesIO(content_of(address)))


def test_a_picture_is_made_anew_in_two_sizes(student):
    exif = Image.Exif()
    exif[0x010E] = "where I live"

    response = send(student, upload(png(2000, 1000, exif=exif), name="../../secret.png"))

    assert response.status_code == 200
    large = stored(response.data["profile_picture"])
    small = stored(response.data["profile_picture_small"])
    assert (large.size, small.size) == ((1280, 640), (480, 240))
    assert "secret" not in response.data["profile_picture"]
    assert not large.getexif()
    assert response.data == client_of(student).get("/api/auth/user/").data


def test_a_turned_picture_is_stored_upright(student):
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn

    response = send(student, upload(png(40, 20, exif=exif)))

    assert stored(response.data["profile_picture"]).size == (20, 40)


def test_a_polyglot_loses_what_it_carries(student):
    response = send(student, upload(png() + b"<script>alert(1)</script>"))

    assert b"script" not in content_of(response.data["profile_picture"])


def bomb() -> bytes:
    """A PNG that says it has 30,000 by 30,000 pixels."""
    content = bytearray(png())
    content[16:24] = (30_000).to_bytes(4, "big") * 2
    content[29:33] = crc32(bytes(content[12:29])).to_bytes(4, "big")
    return bytes(content)


def many_pixels() -> bytes:
    made = BytesIO()
    Image.new("1", (6400, 6400)).save(made, "PNG")
    return made.getvalue()


def cut() -> bytes:
    made = BytesIO()
    Image.effect_noise((50, 50), 90).save(made, "PNG")
    return made.getvalue()[:1000]


def gif() -> bytes:
    made = BytesIO()
    Image.new("P", (2, 2)).save(made, "GIF")
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 400),
        (b"<html><script>alert(1)</script></html>", 400),
        (cut(), 400),
        (gif(), 400),
        (bomb(), 400),
        (many_pixels(), 400),
        (png() + b"\0" * (MAX_BYTES - len(png())), 200),
        (png() + b"\0" * (MAX_BYTES + 1 - len(png())), 413),
        (b"\0" * 20 * 1024 * 1024, 413),
    ],
    ids=["svg", "html", "cut", "gif", "bomb", "many pixels", "full", "a byte over", "far over"],
)
def test_only_a_real_picture_of_fair_size_is_taken(student, content, status):
    response = send(student, upload(content))

    assert response.status_code == status, response.data
    assert bool(User.objects.get().profile_picture) == (status == 200)


def test_an_upload_is_one_file_and_nothing_else(student):
    address, client = f"/api/users/{student.id}/picture/", client_of(student)
    two = {"picture": [upload()["picture"], upload()["picture"]]}

    for body in ({}, {"picture": "text"}, two, upload(extra="x"), {"image": upload()["picture"]}):
        assert client.post(address, body, format="multipart").status_code == 400, body
    assert client.post(address, {"picture": "x"}).status_code == 415
    assert client.get(address).status_code == 405


def test_null_removes_a_picture_and_nothing_else_sets_one(student):
    client, address = client_of(student), "/api/auth/user/"
    url = send(student, upload()).data["profile_picture"]

    assert client.patch(address, {"profile_picture": url}).data["profile_picture"] == url
    assert client.patch(address, {"profile_picture": "/x.png"}).data["profile_picture"] == url
    assert client.put(address, {}).data["profile_picture"] == url

    gone = client.patch(address, {"profile_picture": None}).data

    assert (gone["profile_picture"], gone["profile_picture_small"]) == (None, None)
    assert not default_storage.exists(url.removeprefix("/media/"))


def test_an_admin_sets_somebodys_picture(admin, student):
    address = f"/api/users/{student.id}/picture/"
    assert client_of(admin).post(address, upload(), format="multipart").data["profile_picture"]
