"""Uploads of profile pictures."""

from io import BytesIO
from zlib import crc32

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from apps.common.storage.pictures import MAX_BYTES
from apps.users.documents import User
from tests.factories import (
    client_of,
)
from tests.users.pictures import png, upload


def send(user, body: dict, **headers):
    address = f"/api/users/{user.id}/picture/"
    return client_of(user).post(address, body, format="multipart", **headers)


def content_of(address: str) -> bytes:
    with default_storage.open(address.removeprefix("/media/")) as file:
        return file.read()


def stored(address: str) -> Image.Image:
    return Image.open(BytesIO(content_of(address)))


def test_a_picture_is_stored_in_two_sizes_without_metadata(student):
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


def test_a_rotated_picture_is_stored_upright(student):
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn

    response = send(student, upload(png(40, 20, exif=exif)))

    assert stored(response.data["profile_picture"]).size == (20, 40)


def test_a_polyglot_file_loses_its_other_content(student):
    response = send(student, upload(png() + b"<script>alert(1)</script>"))

    assert b"script" not in content_of(response.data["profile_picture"])


def bomb() -> bytes:
    """Return a PNG whose header declares 30,000 by 30,000 pixels."""
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
def test_only_a_real_picture_within_the_limits_is_accepted(student, content, status):
    response = send(student, upload(content))

    assert response.status_code == status, response.data
    assert bool(User.objects.get().profile_picture) == (status == 200)


def test_an_upload_contains_exactly_one_file(student):
    address, client = f"/api/users/{student.id}/picture/", client_of(student)
    two = {"picture": [upload()["picture"], upload()["picture"]]}

    for body in ({}, {"picture": "text"}, two, upload(extra="x"), {"image": upload()["picture"]}):
        assert client.post(address, body, format="multipart").status_code == 400, body
    assert client.post(address, {"picture": "x"}).status_code == 415
    assert client.get(address).status_code == 405


def test_null_removes_a_picture_and_other_values_are_ignored(student):
    client, address = client_of(student), "/api/auth/user/"
    url = send(student, upload()).data["profile_picture"]

    assert client.patch(address, {"profile_picture": url}).data["profile_picture"] == url
    assert client.patch(address, {"profile_picture": "/x.png"}).data["profile_picture"] == url
    assert client.put(address, {}).data["profile_picture"] == url

    gone = client.patch(address, {"profile_picture": None}).data

    assert (gone["profile_picture"], gone["profile_picture_small"]) == (None, None)
    assert not default_storage.exists(url.removeprefix("/media/"))


def test_admins_set_the_pictures_of_users(admin, student):
    address = f"/api/users/{student.id}/picture/"
    assert client_of(admin).post(address, upload(), format="multipart").data["profile_picture"]
