"""Pictures in an S3 bucket, against a server that speaks S3's protocol."""

import io
from collections.abc import Iterator
from datetime import timedelta

import boto3
import httpx
import pytest
from botocore.config import Config
from moto.server import ThreadedMotoServer
from PIL import Image

from apps.common.storage import pictures
from apps.courses.documents import Course
from apps.courses.services import delete_unused_images
from lms.settings import IN_BUCKET
from tests.factories import client_of, make_course
from tests.faults.ports import HOST, free_port
from tests.waiting import LIMIT

BUCKET = "pictures"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address=HOST, port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def use(settings, monkeypatch):
    """Return a function that stores pictures in the bucket at an endpoint, with real settings."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")

    def use(endpoint: str) -> None:
        patient = IN_BUCKET["OPTIONS"]["client_config"].merge(Config(read_timeout=LIMIT))
        options = {"bucket_name": BUCKET, "endpoint_url": endpoint, "region_name": "us-east-1"}
        options["client_config"] = patient
        bucket = IN_BUCKET | {"OPTIONS": IN_BUCKET["OPTIONS"] | options}
        settings.STORAGES = settings.STORAGES | {"default": bucket}

    return use


@pytest.fixture
def bucket(endpoint, use):
    use(endpoint)
    bucket = boto3.resource("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(
        Bucket=BUCKET
    )
    yield bucket
    bucket.objects.delete()
    bucket.delete()


def picture() -> io.BytesIO:
    bucket = io.BytesIO()
    Image.new("RGB", (900, 600), "teal").save(bucket, "PNG")
    bucket.name = "cover.png"
    bucket.seek(0)
    return bucket


def keys(bucket) -> set[str]:
    return {item.key for item in bucket.objects.all()}


@pytest.mark.parametrize(
    ("kind", "field", "folder"), [("courses", "image", "courses"), ("users", "picture", "people")]
)
def test_pictures_are_stored_read_replaced_and_removed(bucket, instructor, kind, field, folder):
    client = client_of(instructor)
    object_id = make_course(instructor=instructor).id if kind == "courses" else instructor.id
    address = f"/api/{kind}/{object_id}/"
    attribute = "image" if kind == "courses" else "profile_picture"

    first = client.post(f"{address}{field}/", {field: picture()}, format="multipart")
    assert first.status_code == 200, first.data
    before = keys(bucket)
    assert len(before) == 2
    assert all(key.startswith(f"{folder}/") for key in before)
    for name in (attribute, f"{attribute}_small"):
        read = httpx.get(first.data[name])
        assert read.status_code == 200
        assert Image.open(io.BytesIO(read.content)).format == "WEBP"

    client.post(f"{address}{field}/", {field: picture()}, format="multipart")
    assert len(keys(bucket)) == 2
    assert not keys(bucket) & before

    assert client.patch(address, {attribute: None}).data[attribute] is None
    assert keys(bucket) == set()


def test_the_sweep_removes_unreferenced_pictures(bucket, instructor, monkeypatch):
    client, course = client_of(instructor), make_course(instructor=instructor)
    client.post(f"/api/courses/{course.id}/image/", {"image": picture()}, format="multipart")
    before = keys(bucket)
    bucket.put_object(Key="courses/unused.webp", Body=b"x")

    assert delete_unused_images() == 0  # A request may be about to refer to it.
    monkeypatch.setattr(pictures, "UNUSED_AFTER", timedelta(minutes=-1))
    assert delete_unused_images() == 1
    assert keys(bucket) == before


def test_an_unreachable_bucket_is_a_503_and_changes_nothing(use, instructor):
    use(f"http://{HOST}:{free_port()}")
    course = make_course(instructor=instructor)
    response = client_of(instructor).post(
        f"/api/courses/{course.id}/image/", {"image": picture()}, format="multipart"
    )
    assert (response.status_code, response.data["code"]) == (503, "store_unavailable")
    assert response["Retry-After"]
    assert Course.objects.get(id=course.id).image is None


def test_a_picture_that_cannot_be_removed_fails_no_request(bucket, use, instructor):
    course = make_course(instructor=instructor)
    client = client_of(instructor)
    client.post(f"/api/courses/{course.id}/image/", {"image": picture()}, format="multipart")
    use(f"http://{HOST}:{free_port()}")

    response = client.patch(f"/api/courses/{course.id}/", {"image": None})

    assert (response.status_code, response.data["image"]) == (200, None)
