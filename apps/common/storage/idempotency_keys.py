"""
Idempotency keys: which POST a user has sent under a key, and what it was answered.

A key's claim names the id of the document to be created, so that a retry after a crash finds the
document that the first attempt has created. An answer that is too large to be stored is replaced
by a short one.
"""

import time
from datetime import timedelta

from bson import ObjectId
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from mongoengine import (
    BooleanField,
    DateTimeField,
    Document,
    IntField,
    ListField,
    NotUniqueError,
    ObjectIdField,
    QuerySet,
    StringField,
)

from apps.common.clock import now_in_milliseconds
from apps.common.errors import Conflict, DomainError
from apps.common.storage.count_limits import CountLimit
from apps.common.storage.rounds import delete_in_rounds

LIFETIME = timedelta(hours=24)
CLAIM_LIFETIME = timedelta(minutes=1)
WAIT_SECONDS = 1.0
POLL_SECONDS = 0.05
# Bytes of stored answers: of one, of one that is always stored, and of all others of a user.
MOST_BYTES = 1024 * 1024
FEW_BYTES = 4 * 1024
MOST_BYTES_IN_ALL = 16 * 1024 * 1024


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
    """A user's claim on a key; once `status` is set, it holds the first request's answer."""

    user = ObjectIdField(required=True, db_field="person")
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
    # Users whose profiles are in the answer; as many as fit into one.
    users = ListField(ObjectIdField(), default=None, max_length=MOST_BYTES // 24)

    meta = {
        "collection": "idempotency_keys",
        "auto_create_index": False,
        "indexes": [{"fields": ("user", "key"), "unique": True}, "created_at", "users"],
    }


KEYS = CountLimit(
    "keys_of_user",
    1_000,  # in 24 hours
    count=lambda user: IdempotencyKey.objects(user=user).count(),
    refusal=TooManyKeys,
)


def claim_key(user_id: str, key: str, digest: str) -> IdempotencyKey:
    """
    Return a new claim on the key, or the stored answer of an equal request.

    :param digest: of the request, to recognize another one under the same key
    :raises TooManyKeys: the user may have no more keys
    :raises IdempotencyConflict: the key belongs to another request
    :raises RequestInProgress: the first request is still running
    """
    user = ObjectId(user_id)
    # Must finish within the request's store deadline.
    deadline = time.monotonic() + min(WAIT_SECONDS, settings.STORE_TIMEOUT_SECONDS / 2)
    while True:
        try:
            return _insert_claim(IdempotencyKey(user=user, key=key, digest=digest))
        except (NotUniqueError, TooManyKeys) as error:
            earlier = IdempotencyKey.objects(user=user, key=key).first()
            if earlier is None and isinstance(error, TooManyKeys):
                raise
        if earlier is None:
            continue  # It was released between the two commands.
        if earlier.created_at < now_in_milliseconds() - LIFETIME:
            IdempotencyKey.objects(id=earlier.id, created_at=earlier.created_at).delete()
            continue
        if earlier.digest != digest:
            raise IdempotencyConflict()
        if earlier.status:
            return earlier
        if claim := _take_over(earlier):
            return claim
        if time.monotonic() > deadline:
            raise RequestInProgress()
        time.sleep(POLL_SECONDS)


def release_key(claim: IdempotencyKey) -> None:
    """Remove the claim of a request that has changed nothing."""
    with KEYS.released(claim.user):
        IdempotencyKey.objects(id=claim.id).delete()


def expire_claim(claim: IdempotencyKey) -> None:
    """Let the next request take over a claim at once; it creates the document under the same id."""
    expired_at = now_in_milliseconds() - CLAIM_LIFETIME
    IdempotencyKey.objects(id=claim.id).update(set__claimed_at=expired_at)


def store_answer(
    claim: IdempotencyKey,
    *,
    status: int,
    etag: str,
    body: bytes,
    short_body: bytes,
    users: set[ObjectId],
) -> None:
    """
    Store the answer, or if it is too large its short form.

    :param users: the users whose profiles are in the answer
    """
    if _is_stored_whole(claim.user, len(body)):
        fields = {"set__body": body.decode(), "set__size": len(body)}
    else:
        fields = {"set__body": short_body.decode(), "set__shortened": True}
    fields |= {"set__status": status, "set__etag": etag, "set__users": sorted(users)}
    IdempotencyKey.objects(id=claim.id).update(**fields)


def delete_old_keys() -> int:
    """Delete the keys that are older than a day, and return their number."""
    old = IdempotencyKey.objects(created_at__lt=now_in_milliseconds() - LIFETIME)
    return sum(_delete_keys(old.filter(user=user), user) for user in old.distinct("user"))


def delete_keys_of(user_id: str) -> None:
    """Delete the answers to a user, and those to others that contain the user's profile."""
    delete_in_rounds(IdempotencyKey.objects(user=user_id))
    delete_in_rounds(IdempotencyKey.objects(users=user_id))
    KEYS.recount(user_id)  # The counter contains the user's id.


def _insert_claim(claim: IdempotencyKey) -> IdempotencyKey:
    """
    :raises NotUniqueError: the user has used the key before
    :raises TooManyKeys: the user may have no more keys
    """
    return KEYS.insert(claim.user, claim, by=lambda claim: claim.save(force_insert=True))


def _delete_keys(keys: QuerySet, user: ObjectId) -> int:
    number, deleted = keys.count(), 0
    with KEYS.released(user, number, confirm=lambda: deleted == number):
        deleted = delete_in_rounds(keys)
    return deleted


def _take_over(earlier: IdempotencyKey) -> IdempotencyKey | None:
    """Claim the key of a request that has probably died; None if it may still be running."""
    now = now_in_milliseconds()
    if earlier.claimed_at > now - CLAIM_LIFETIME:
        return None
    expired = IdempotencyKey.objects(id=earlier.id, claimed_at=earlier.claimed_at, status=None)
    return expired.modify(new=True, set__claimed_at=now)


def _is_stored_whole(user: ObjectId, size: int) -> bool:
    if size <= FEW_BYTES or size > MOST_BYTES:
        return size <= FEW_BYTES
    return IdempotencyKey.objects(user=user).sum("size") + size <= MOST_BYTES_IN_ALL
