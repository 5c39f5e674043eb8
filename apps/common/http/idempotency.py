"""
`Idempotency-Key`: a POST that is sent again is answered again, but runs once.

Only a 2xx is stored. An answer that is too large to be stored is repeated as `{"id": …}`, the id
of the created object (`{}` without one), with the header `Idempotent-Shortened: true`, so that the
client can read the rest by the id.
"""

import json
import re
from collections.abc import Callable, Mapping
from hashlib import sha256

from bson import ObjectId
from django.core.files.uploadedfile import UploadedFile
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from apps.common.errors import DomainError, Invalid
from apps.common.storage.idempotency_keys import (
    IdempotencyKey,
    claim_key,
    expire_claim,
    release_key,
    store_answer,
)

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def idempotent(handler: Callable, key: str) -> Callable:
    """
    Return the handler of a POST so that it runs once for the key.

    :raises Invalid: the key is malformed
    """
    if not _KEY.fullmatch(key):
        raise Invalid(
            idempotency_key=_("Must be 1 to 255 printable ASCII characters without spaces.")
        )

    def run(request, *args, **kwargs) -> Response:
        claim = claim_key(request.user.id, key, _digest(request))
        if claim.status:
            return _replay(claim)
        request.new_id = claim.document_id
        return _run(claim, lambda: handler(request, *args, **kwargs))

    return run


def _run(claim: IdempotencyKey, handler: Callable[[], Response]) -> Response:
    try:
        response = handler()
    except Exception as error:
        if isinstance(error, DomainError) or getattr(error, "status_code", 500) < 500:
            release_key(claim)
        else:  # It may have been interrupted between two writes.
            expire_claim(claim)
        raise
    if not 200 <= response.status_code < 300:
        release_key(claim)
        return response
    answer = response.data
    short_answer = {"id": answer["id"]} if isinstance(answer, dict) and "id" in answer else {}
    store_answer(
        claim,
        status=response.status_code,
        etag=response.get("ETag", ""),
        body=_as_json(answer),
        short_body=_as_json(short_answer),
        users=_users_in(answer),
    )
    return response


def _users_in(answer) -> set[ObjectId]:
    """Return the ids of the users whose profiles, whole or public, the answer holds."""
    if isinstance(answer, Mapping):
        own = {ObjectId(answer["id"])} if {"id", "username"} <= set(answer) else set()
        return own.union(*map(_users_in, answer.values()))
    return set().union(*map(_users_in, answer)) if isinstance(answer, list | tuple) else set()


def _as_json(answer) -> bytes:
    # The request has succeeded, so invalid Unicode in the answer must not make it fail.
    return json.dumps(answer, cls=JSONEncoder, ensure_ascii=False).encode(errors="replace")


def _replay(answer: IdempotencyKey) -> Response:
    response = Response(json.loads(answer.body), status=answer.status)
    response["Idempotent-Replayed"] = "true"
    if answer.shortened:
        response["Idempotent-Shortened"] = "true"
    if answer.etag:
        response["ETag"] = answer.etag
    return response


def _digest(request) -> str:
    body = {
        name: _file_digest(value) if isinstance(value, UploadedFile) else value
        for name, value in (request.data.items() if hasattr(request.data, "items") else [])
    } or request.data
    parts = [request.method, request.path, sorted(request.query_params.lists()), body]
    text = json.dumps(parts, sort_keys=True, default=str)
    # Keyed, because the body may contain a password that could be guessed from a plain digest.
    return salted_hmac("idempotency", text, algorithm="sha256").hexdigest()


def _file_digest(upload: UploadedFile) -> str:
    digest = sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
