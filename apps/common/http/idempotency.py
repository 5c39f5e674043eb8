"""`Idempotency-Key`: a POST that is sent again is answered again, not done again.

The claim on a key names the id of the document to be made, so that a rerun after a crash finds
what the first try has made. Only a 2xx is stored. An answer that is too large to be stored is
repeated as `{"id": …}`, the id of what was made (`{}` where it has none), with the header
`Idempotent-Shortened: true`: nothing is done twice, and the rest can be read by the id.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from hashlib import sha256

from bson import ObjectId
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from mongoengine import (
    BooleanField,
    DateTimeField,
    Document,
    IntField,
    ListField,
    NotUniqueError,
    ObjectIdField,
    StringField,
)
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from apps.common.clock import now_in_milliseconds
from apps.common.errors import Conflict, DomainError, Invalid

KEPT = timedelta(hours=24)
CLAIM = timedelta(minutes=1)
WAIT_SECONDS = 1.0
POLL_SECONDS = 0.05
MOST_KEYS = 1_000  # of one user in 24 hours
# Bytes of stored answers: of one, of one that is always stored, and of all others of one user.
MOST_BYTES = 1024 * 1024
FEW_BYTES = 4 * 1024
MOST_BYTES_IN_ALL = 16 * 1024 * 1024
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class IdempotencyConflict(Conflict):
    code = "idempotency_conflict"
    detail = _("This Idempotency-Key was used for another request.")


class RequestInProgress(Conflict):
    code = "idempotency_running"
    detail = _("The first request with this Idempotency-Key is still running; try again shortly.")


class TooManyKeys(DomainError):
    status = 429
    code = "too_many_idempotency_keys"
    detail = _(
        "You have used too many idempotency keys in 24 hours. Try again in an hour or send no key."
    )
    retry_after = 60 * 60


class IdempotencyKey(Document):
    """A person's claim on a key; with `status` set, the answer that the first request got."""

    person = ObjectIdField(required=True)
    key = StringField(required=True, max_length=255)
    digest = StringField(required=True, max_length=64)
    document_id = ObjectIdField(default=ObjectId)
    created_at = DateTimeField(default=now_in_milliseconds)
    claimed_at = DateTimeField(default=now_in_milliseconds)
    status = IntField()
    body = StringField(max_length=MOST_BYTES)
    size = IntField()  # of the body, in bytes
    shortened = BooleanField()
    etag = StringField(max_length=255)
    users = ListField(ObjectIdField(), default=None)  # whose profiles are in the answer

    meta = {
        "collection": "idempotency_keys",
        "auto_create_index": False,
        "indexes": [{"fields": ("person", "key"), "unique": True}, "created_at", "users"],
    }


def idempotent(handler: Callable, key: str) -> Callable:
    """Return the handler of a POST so that it runs once for the key."""
    if not _KEY.fullmatch(key):
        raise Invalid(idempotency_key=_("Give 1 to 255 printable ASCII characters without spaces."))

    def run(request, *args, **kwargs) -> Response:
        claim = _claim(ObjectId(request.user.id), key, _digest(request))
        if claim.status:
            return _replay(claim)
        request.new_id = claim.document_id
        return _run(claim, lambda: handler(request, *args, **kwargs))

    return run


def delete_old_keys() -> int:
    """Remove what has been kept for a day; return how many."""
    return IdempotencyKey.objects(created_at__lt=now_in_milliseconds() - KEPT).delete()


def delete_keys_of(user_id) -> None:
    """Remove the answers to a user, and those to other users that hold the user's profile."""
    IdempotencyKey.objects(person=user_id).delete()
    IdempotencyKey.objects(users=user_id).delete()


def _claim(person: ObjectId, key: str, digest: str) -> IdempotencyKey:
    # The answer must come while the request may still ask the store.
    deadline = time.monotonic() + min(WAIT_SECONDS, settings.STORE_TIMEOUT_SECONDS / 2)
    _check_number(person, key)
    while True:
        try:
            return IdempotencyKey(person=person, key=key, digest=digest).save(force_insert=True)
        except NotUniqueError:
            held = IdempotencyKey.objects(person=person, key=key).first()
        if held is None:
            continue  # given up in between
        if held.created_at < now_in_milliseconds() - KEPT:
            IdempotencyKey.objects(id=held.id, created_at=held.created_at).delete()
            continue
        if held.digest != digest:
            raise IdempotencyConflict()
        if held.status:
            return held
        if taken := _take_over(held):
            return taken
        if time.monotonic() > deadline:
            raise RequestInProgress()
        time.sleep(POLL_SECONDS)


def _check_number(person: ObjectId, key: str) -> None:
    """
    :raises TooManyKeys: the key would be one more than a user may have
    """
    keys = IdempotencyKey.objects(person=person)
    if keys.count() >= MOST_KEYS and not keys.filter(key=key).count():
        raise TooManyKeys()


def _take_over(held: IdempotencyKey) -> IdempotencyKey | None:
    now = now_in_milliseconds()
    if held.claimed_at > now - CLAIM:
        return None
    return IdempotencyKey.objects(id=held.id, claimed_at=held.claimed_at, status=None).modify(
        new=True, set__claimed_at=now
    )


def _run(claim: IdempotencyKey, handler: Callable[[], Response]) -> Response:
    mine = IdempotencyKey.objects(id=claim.id)
    try:
        response = handler()
    except Exception as error:
        if isinstance(error, DomainError) or getattr(error, "status_code", 500) < 500:
            mine.delete()
        else:  # it may be half done: the next try takes over at once, under the same id
            mine.update(set__claimed_at=now_in_milliseconds() - CLAIM)
        raise
    if not 200 <= response.status_code < 300:
        mine.delete()
        return response
    mine.update(
        set__status=response.status_code,
        set__etag=response.get("ETag", ""),
        set__users=sorted(_users_in(response.data)),
        **_stored(claim.person, response.data),
    )
    return response


def _stored(person: ObjectId, answer) -> dict:
    """Return what is stored of an answer: all of it, or where it is too large its id."""
    body = _as_json(answer)
    if _is_stored_whole(person, len(body)):
        return {"set__body": body.decode(), "set__size": len(body)}
    named = {"id": answer["id"]} if isinstance(answer, dict) and "id" in answer else {}
    return {"set__body": _as_json(named).decode(), "set__shortened": True}


def _users_in(answer) -> set[ObjectId]:
    """Return the ids of the users whose profiles, whole or public, the answer holds."""
    if isinstance(answer, Mapping):
        own = {ObjectId(answer["id"])} if {"id", "username"} <= set(answer) else set()
        return own.union(*map(_users_in, answer.values()))
    return set().union(*map(_users_in, answer)) if isinstance(answer, list | tuple) else set()


def _as_json(answer) -> bytes:
    # A character that is no Unicode must not make a request fail that has been done.
    return json.dumps(answer, cls=JSONEncoder, ensure_ascii=False).encode(errors="replace")


def _is_stored_whole(person: ObjectId, size: int) -> bool:
    if size <= FEW_BYTES or size > MOST_BYTES:
        return size <= FEW_BYTES
    return IdempotencyKey.objects(person=person).sum("size") + size <= MOST_BYTES_IN_ALL


def _replay(kept: IdempotencyKey) -> Response:
    response = Response(json.loads(kept.body), status=kept.status)
    response["Idempotent-Replayed"] = "true"
    if kept.shortened:
        response["Idempotent-Shortened"] = "true"
    if kept.etag:
        response["ETag"] = kept.etag
    return response


def _digest(request) -> str:
    body = {
        name: _content(value) if isinstance(value, UploadedFile) else value
        for name, value in (request.data.items() if hasattr(request.data, "items") else [])
    } or request.data
    asked = [request.method, request.path, sorted(request.query_params.lists()), body]
    text = json.dumps(asked, sort_keys=True, default=str)
    # Keyed: the body may hold a password, which nobody shall try to guess from its digest.
    return salted_hmac("idempotency", text, algorithm="sha256").hexdigest()


def _content(upload: UploadedFile) -> str:
    digest = sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
