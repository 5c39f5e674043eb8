"""Every refusal and fault becomes `{"detail", "code"}`, or one list of messages a field."""

import logging
from collections.abc import Iterator
from itertools import islice

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.http import Http404, UnreadablePostError
from django.utils.translation import gettext_lazy as _
from mongoengine.errors import (
    DoesNotExist,
    InvalidDocumentError,
    NotUniqueError,
)
from mongoengine.errors import ValidationError as InvalidDocumentValue
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from apps.common.errors import DomainError, Invalid
from apps.common.http.echo import LONGEST_DETAIL, encodable, truncate
from apps.common.storage.failures import is_store_unavailable, is_too_large_to_store

logger = logging.getLogger(__name__)

RETRY_SECONDS = 2
MOST_MESSAGES = 100  # of one answer


def handle_exception(error: Exception, context: dict) -> Response | None:
    """Return the answer for what a view raised; None leaves it to the 500 handler."""
    if isinstance(error, Invalid):
        return Response(_by_field(error.messages), status=400)
    if isinstance(error, DomainError):
        response = _answer(error.status, error.detail, error.code, **error.more)
        if error.retry_after:
            response["Retry-After"] = str(error.retry_after)
        return response
    if is_store_unavailable(error):
        logger.error("A store is away: %s", type(error).__name__)
        return store_unavailable()
    if is_too_large_to_store(error):
        return _answer(413, _("This is too large to be stored."), "too_large")
    error = _translate(error)
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        response.data = _by_field(response.data)
    else:
        response.data = {"detail": encodable(response.data["detail"]), "code": _code(error)}
    return response


def _by_field(wrong: list | dict) -> dict[str, list[str]]:
    """Return a list of messages a field, each saying where in the field it belongs.

    Fields and messages may repeat what the caller sent, however much it is.
    """
    if isinstance(wrong, list):
        wrong = {"non_field_errors": wrong}
    messages = ((field, each) for field, within in wrong.items() for each in _messages(within))
    answer: dict[str, list[str]] = {}
    for field, message in islice(messages, MOST_MESSAGES):
        answer.setdefault(truncate(field), []).append(encodable(message))
    return answer


def _messages(within: object, place: str = "") -> Iterator[str]:
    match within:
        case dict():
            for name, part in within.items():
                yield from _messages(part, f"{place}{truncate(name)}.")
        case list() if any(isinstance(part, dict) for part in within):
            for number, part in enumerate(within):
                yield from _messages(part, f"{place}{number}.")
        case list():
            for message in within:
                yield from _messages(message, place)
        case _:
            yield f"{place[:-1]}: {within}" if place else str(within)


def store_unavailable() -> Response:
    response = _answer(
        503, _("The data store cannot be reached; try again shortly."), "store_unavailable"
    )
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _answer(status: int, detail: str, code: str, **more) -> Response:
    return Response(
        {"detail": encodable(detail, LONGEST_DETAIL), "code": code} | more, status=status
    )


def _translate(error: Exception) -> Exception:
    """Return DRF's exception for one of the stores' or of Django's."""
    match error:
        case DoesNotExist():
            return exceptions.NotFound()
        case NotUniqueError():
            return exceptions.ValidationError(_("This is there already."))
        case InvalidDocumentValue() | InvalidDocumentError() | OverflowError():
            return exceptions.ValidationError(_("A value cannot be stored."))
        case UnicodeEncodeError():
            return exceptions.ValidationError(_("A text holds characters that are no Unicode."))
        case RequestDataTooBig():
            too_big = exceptions.APIException(_("The body is too large."), code="too_large")
            too_big.status_code = 413
            return too_big
        case TooManyFieldsSent() | SuspiciousOperation() | UnreadablePostError():
            return exceptions.ParseError(_("The request is malformed."))
        case _:
            return error


def _code(error: Exception) -> str:
    if isinstance(error, Http404):
        return "not_found"
    if isinstance(error, PermissionDenied):
        return "permission_denied"
    if not isinstance(error, exceptions.APIException):
        return "error"
    codes = error.get_codes()
    return codes if isinstance(codes, str) else error.default_code
