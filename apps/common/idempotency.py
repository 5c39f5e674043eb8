"""`Idempotency-Key`: a POST that is sent again is answered again, not done again.

The claim on a key names the id of the document to be made, so that a rerun after a crash finds
what the first try has made. Only a 2xx is kept.
"""

import json
import re
import time
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

from bson import ObjectId
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from mongoengine import (
    DateTimeField,
    Document,
    IntField,
    NotUniqueError,
    ObjectIdField,
    StringField,
)
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from apps.common.clock import now_in_milliseconds
from apps.common.errors import Conflict, Invalid, Refusal

KEPT = timedelta(hours=24)
CLAIM = timedelta(minutes=1)
WAIT_SECONDS = 1.0
POLL_SECONDS = 0.05
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class IdempotencyConflict(Conflict):
    code = "idempotency_conflict"
    detail = _("This Idempotency-Key was used for another request.")


class StillRunning(Conflict):
    code = "idempotency_running"
    detail = _("The first request with this Idempotency-Key is still running; try again shortly.")


class IdempotencyKey(Document):
    """A person's claim on a key; with `status` set, the answer that the first request got."""

    person = ObjectIdField(required=True)
    key = StringField(required=True)
    digest = StringField(required=True)
    document_id = ObjectIdField(default=ObjectId)
    created_at = DateTimeField(default=now_in_milliseconds)
    claimed_at = DateTimeField(default=now_in_milliseconds)
    status = IntField()
    body = StringField()
    etag = StringField()

    meta = {
        "collection": "idempotency_keys",
        "auto_create_index": False,
        "indexes": [{"fields": ("person", "key"), "unique": True}, "created_at"],
    }


def once(handler: Callable, key: str) -> Callable:
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


def forget_old_keys() -> int:
    """Remove what has been kept for a day; return how many."""
    return IdempotencyKey.objects(created_at__lt=now_in_milliseconds() - KEPT).delete()


def forget_keys_of(person_id) -> None:
    """Remove what is kept of a person: the answers hold what they wrote."""
    IdempotencyKey.objects(person=person_id).delete()


def _claim(person: ObjectId, key: str, digest: str) -> IdempotencyKey:
    # The answer must come while the request may still ask the store.
    deadline = time.monotonic() + min(WAIT_SECONDS, settings.STORE_TIMEOUT_SECONDS / 2)
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
            raise StillRunning()
        time.sleep(POLL_SECONDS)


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
        if isinstance(error, Refusal) or getattr(error, "status_code", 500) < 500:
            mine.delete()
        else:  # it may be half done: the next try takes over at once, under the same id
            mine.update(set__claimed_at=now_in_milliseconds() - CLAIM)
        raise
    if not 200 <= response.status_code < 300:
        mine.delete()
        return response
    mine.update(
        set__status=response.status_code,
        set__body=json.dumps(response.data, cls=JSONEncoder),
        set__etag=response.get("ETag", ""),
    )
    return response


def _replay(kept: IdempotencyKey) -> Response:
    response = Response(json.loads(kept.body), status=kept.status)
    response["Idempotent-Replayed"] = "true"
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
    digest = sha256(b"".join(upload.chunks())).hexdigest()
    upload.seek(0)
    return digest
