"""A POST with the same idempotency key runs only once."""

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from bson import ObjectId
from django.core.files.uploadedfile import SimpleUploadedFile
from mongoengine import Document, StringField
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from apps.common.clock import now_in_milliseconds
from apps.common.errors import Conflict
from apps.common.http import idempotency
from apps.common.http.parsers import StrictJSONParser
from apps.common.http.viewsets import ApiView
from apps.common.storage import idempotency_keys
from apps.common.storage.documents import insert
from apps.common.storage.idempotency_keys import IdempotencyKey, delete_old_keys
from apps.users.viewer import SignedInViewer

USER = SignedInViewer(
    id="5" * 24, account_id=1, username="ada", is_instructor=False, is_admin=False
)
OTHER = SignedInViewer(
    id="6" * 24, account_id=2, username="bob", is_instructor=False, is_admin=False
)


class Note(Document):
    text = StringField()

    meta = {"collection": "test_notes", "auto_create_index": False}


class Full(Conflict):
    code = "full"


class Notes(ApiView, APIView):
    permission_classes = [IsAuthenticated]
    parser_classes = [StrictJSONParser, MultiPartParser]
    before = staticmethod(lambda: None)
    after = staticmethod(lambda: None)

    def post(self, request):
        self.before()
        note = insert(Note(id=self.new_id, text=request.data.get("text")))
        self.after()
        return Response({"id": str(note.id)}, status=201, headers={"ETag": '"1-ab"'})


class PublicNotes(Notes):
    permission_classes = [AllowAny]


@pytest.fixture(autouse=True)
def _no_notes():
    Note.drop_collection()
    yield
    Note.drop_collection()


def send(key="key-1", *, user=USER, path="/api/notes/", data=None, format="json", **view):
    headers = {"Idempotency-Key": key} if key is not None else {}
    body = data or {"text": "x"}
    request = APIRequestFactory().post(path, body, format=format, headers=headers)
    force_authenticate(request, user=user)
    return Notes.as_view(**view)(request)


def test_the_second_request_gets_the_first_response_and_does_nothing():
    first, second = send(), send()

    assert (second.status_code, second.data) == (first.status_code, first.data) == (201, first.data)
    assert second["Idempotent-Replayed"] == "true"
    assert second["ETag"] == first["ETag"]
    assert Note.objects.count() == 1


def test_another_key_or_user_or_no_key_is_another_request():
    for other in ({"key": "key-2"}, {"user": OTHER}, {"key": None}, {"key": None}):
        send(**other)

    assert Note.objects.count() == 4
    assert IdempotencyKey.objects.count() == 2


def test_a_route_that_anybody_may_use_takes_no_key():
    request = APIRequestFactory().post("/api/notes/", {}, headers={"Idempotency-Key": "key-1"})
    force_authenticate(request, user=USER)
    for _ in range(2):
        assert PublicNotes.as_view()(request).status_code == 201

    assert Note.objects.count() == 2
    assert IdempotencyKey.objects.count() == 0


@pytest.mark.parametrize(
    "other",
    [{"data": {"text": "y"}}, {"path": "/api/others/"}],
    ids=["another body", "another route"],
)
def test_another_request_under_the_same_key_is_a_conflict(other):
    send()

    refused = send(**other)

    assert (refused.status_code, refused.data["code"]) == (409, "idempotency_conflict")
    assert Note.objects.count() == 1


def test_files_are_distinguished_by_their_content():
    def upload(content: bytes):
        file = SimpleUploadedFile("a.png", content)
        return send(data={"text": "x", "file": file}, format="multipart")

    assert upload(b"one").status_code == upload(b"one").status_code == 201
    assert upload(b"two").status_code == 409
    assert Note.objects.count() == 1


@pytest.mark.parametrize("invalid", ["", " ", "a b", "x" * 256, "ключ".encode().decode("latin-1")])
def test_a_malformed_key_is_refused(invalid):
    assert send(invalid).status_code == 400
    assert Note.objects.count() == 0


@pytest.mark.parametrize("error", [Full(), ValidationError({"text": ["wrong"]})])
def test_an_error_response_is_not_stored(error):
    def refuse():
        raise error

    assert send(before=refuse).status_code >= 400
    assert send().status_code == 201


def test_an_interrupted_request_continues_under_the_same_id():
    def die():
        raise RuntimeError("planted")

    with pytest.raises(RuntimeError):
        send(after=die)
    [note] = Note.objects

    again = send()

    assert again.status_code == 201
    assert again.data["id"] == str(note.id)
    assert Note.objects.count() == 1


def test_the_claim_of_a_dead_request_is_taken_over_after_a_minute(monkeypatch):
    monkeypatch.setattr(idempotency_keys, "WAIT_SECONDS", 0.1)
    died = IdempotencyKey(user=ObjectId(USER.id), key="key-1", digest=_digest_of_a_note())
    died.save()

    waiting = send()
    died.update(set__claimed_at=now_in_milliseconds() - timedelta(seconds=61))
    taken = send()

    assert (waiting.status_code, waiting.data["code"]) == (409, "idempotency_running")
    assert taken.data["id"] == str(died.document_id)


def test_the_second_request_waits_for_the_running_first_one():
    started, may_continue = Event(), Event()

    def wait():
        started.set()
        may_continue.wait(60)

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(send, before=wait)
        started.wait(60)
        second = threads.submit(send)
        may_continue.set()

    assert first.result().data == second.result().data
    assert Note.objects.count() == 1


def test_twenty_simultaneous_requests_run_once():
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: send(), range(20)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data["id"] for answer in answers}) == 1
    assert Note.objects.count() == 1


def test_a_key_lasts_a_day():
    send()
    IdempotencyKey.objects.update(set__created_at=now_in_milliseconds() - timedelta(hours=25))

    assert send(data={"text": "y"}).status_code == 201
    assert Note.objects.count() == 2


def test_the_sweep_deletes_old_keys():
    send("old")
    IdempotencyKey.objects.update(set__created_at=now_in_milliseconds() - timedelta(hours=25))
    send("new")

    assert delete_old_keys() == 1
    assert [stored.key for stored in IdempotencyKey.objects] == ["new"]


def _digest_of_a_note() -> str:
    send("another")
    return IdempotencyKey.objects.get(key="another").digest


# Limits of the stored responses


def answering(answer, **options):
    """Send a request whose response is `answer`."""
    request = APIRequestFactory().post(
        "/api/notes/", {"text": "x"}, format="json", headers={"Idempotency-Key": "key-1"} | options
    )
    force_authenticate(request, user=USER)

    class Answering(Notes):
        def post(self, request):
            insert(Note(id=self.new_id))
            return Response(answer, status=201)

    return Answering.as_view()(request)


def test_a_response_that_is_too_large_is_repeated_as_its_id():
    answer = {"id": "5" * 24, "text": "\U0001f600" * (idempotency_keys.MOST_BYTES // 4)}

    first, second = answering(answer), answering(answer)

    assert first.data == answer
    assert (second.status_code, second.data) == (201, {"id": "5" * 24})
    assert second["Idempotent-Shortened"] == second["Idempotent-Replayed"] == "true"
    assert Note.objects.count() == 1


@pytest.mark.parametrize("answer", [["x" * idempotency_keys.MOST_BYTES], {"x": "y" * 2_000_000}])
def test_a_large_response_without_an_id_is_repeated_as_an_empty_object(answer):
    answering(answer)

    assert answering(answer).data == {}
    assert Note.objects.count() == 1


def test_a_response_of_the_largest_size_is_repeated_in_full():
    answer = {
        # Each character takes 4 bytes in UTF-8 and 12 in ASCII.
        "text": "\U0001f600" * (idempotency_keys.MOST_BYTES // 4 - 10)
    }

    answering(answer)

    again = answering(answer)
    assert again.data == answer
    assert "Idempotent-Shortened" not in again


def test_invalid_unicode_in_a_response_does_not_fail_the_request():
    assert answering({"text": "\ud800"}).status_code == 201
    assert answering({"text": "\ud800"}).data == {"text": "?"}


def test_the_stored_responses_of_a_user_have_a_total_limit(monkeypatch):
    monkeypatch.setattr(idempotency_keys, "MOST_BYTES_IN_ALL", 20_000)
    answer = {"id": "5" * 24, "text": "x" * 8_000}

    repeated = []
    for key in ("a", "b", "c"):
        answering(answer, **{"Idempotency-Key": key})
        repeated.append(answering(answer, **{"Idempotency-Key": key}).data)

    assert repeated == [answer, answer, {"id": "5" * 24}]


def test_the_number_of_keys_per_user_and_day_is_limited(monkeypatch):
    monkeypatch.setattr(idempotency_keys.KEYS, "most", 2)
    for key in ("a", "b"):
        send(key)

    refused = send("c")

    assert (refused.status_code, refused.data["code"]) == (429, "too_many_idempotency_keys")
    assert int(refused["Retry-After"]) > 0
    assert send("a")["Idempotent-Replayed"] == "true"
    assert send("c", user=OTHER).status_code == 201
    IdempotencyKey.objects(key="a").update(
        set__created_at=now_in_milliseconds() - timedelta(hours=25)
    )
    delete_old_keys()
    assert send("c").status_code == 201


def test_the_digest_of_a_file_does_not_load_it_into_memory():
    class Upload(SimpleUploadedFile):
        reads = 0

        def chunks(self, chunk_size=None):
            for _ in range(300):
                self.reads += 1
                yield b"x" * 1_000_000

    upload = Upload("a", b"")
    tracemalloc.start()
    idempotency._file_digest(upload)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert upload.reads == 300
    assert peak < 10_000_000
