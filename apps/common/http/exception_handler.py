"""Every error becomes `{"detail", "code"}`, or a list of messages per field."""

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
MOST_MESSAGES = 100  # in a response


def handle_exception(error: Exception, context: dict) -> Response | None:
    """Return the response for a view's exception; None leaves it to the 500 handler."""
    if isinstance(error, Invalid):
        return Response(_by_field(error.messages), status=400)
    if isinstance(error, DomainError):
        response = _error_response(error.status, error.detail, error.code, **error.more)
        if error.retry_after:
            response["Retry-After"] = str(error.retry_after)
        return response
    if is_store_unavailable(error):
        logger.error("A store is unavailable: %s", type(error).__name__)
        return store_unavailable()
    if is_too_large_to_store(error):
        return _error_response(413, _("The data is too large to be stored."), "too_large")
    error = _translate(error)
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        response.data = _by_field(response.data)
    else:
        response.data = {"detail": encodable(response.data["detail"]), "code": _code(error)}
    return response


def _by_field(errors: list | dict) -> dict[str, list[str]]:
    """
    Return a list of messages per field; a message names the nested field that it is about.

    Both are shortened, because they may repeat what the client sent.
    """
    if isinstance(errors, list):
        errors = {"non_field_errors": errors}
    messages = ((field, text) for field, nested in errors.items() for text in _messages(nested))
    messages_by_field: dict[str, list[str]] = {}
    for field, message in islice(messages, MOST_MESSAGES):
        messages_by_field.setdefault(truncate(field), []).append(encodable(message))
    return messages_by_field


def _messages(errors: object, path: str = "") -> Iterator[str]:
    match errors:
        case dict():
            for name, nested in errors.items():
                yield from _messages(nested, f"{path}{truncate(name)}.")
        case list() if any(isinstance(nested, dict) for nested in errors):
            for number, nested in enumerate(errors):
                yield from _messages(nested, f"{path}{number}.")
        case list():
            for message in errors:
                yield from _messages(message, path)
        case _:
            yield f"{path[:-1]}: {errors}" if path else str(errors)


def store_unavailable() -> Response:
    detail = _("The data store is unavailable. Try again in a few seconds.")
    response = _error_response(503, detail, "store_unavailable")
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _error_response(status: int, detail: str, code: str, **more) -> Response:
    return Response(
        {"detail": encodable(detail, LONGEST_DETAIL), "code": code} | more, status=status
    )


def _translate(error: Exception) -> Exception:
    """Return DRF's exception for an exception of Django or of a store."""
    match error:
        case DoesNotExist():
            return exceptions.NotFound()
        case NotUniqueError():
            return exceptions.ValidationError(_("Already exists."))
        case InvalidDocumentValue() | InvalidDocumentError() | OverflowError():
            return exceptions.ValidationError(_("A value cannot be stored."))
        case UnicodeEncodeError():
            return exceptions.ValidationError(_("The text contains invalid Unicode."))
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
