"""
The errors of services and selectors.

An error is declared next to the function that raises it, and its base class decides the response.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """
    A domain call failed.

    The response has the `status` and contains `code`, `detail` and the fields of `more`.
    """

    status = 400
    code = "refused"
    detail = _("This request cannot be completed.")
    retry_after: int | None = None  # seconds, if a later retry can succeed

    def __init__(self, detail: str = "", **more):
        self.detail = str(detail or self.detail)  # Translated now, to the request's language.
        self.more = more
        super().__init__(self.detail)


class Forbidden(DomainError):
    status = 403
    code = "permission_denied"
    detail = _("You do not have permission to do this.")


class NotFound(DomainError):
    status = 404
    code = "not_found"
    detail = _("Not found.")


class Conflict(DomainError):
    status = 409


class StaleRevision(DomainError):
    status = 412
    code = "stale_version"
    detail = _("This was changed after you read it. Reload it and try again.")


def check_expected(revision: int, expected: list[int] | None) -> None:
    """
    Check the revisions that a client expects with `If-Match`; None expects nothing.

    :raises StaleRevision: the revision is not one of them
    """
    if expected is not None and revision not in expected:
        raise StaleRevision()


class Invalid(DomainError):
    """Fields have invalid values: `{field: [messages]}`."""

    code = "invalid"

    def __init__(self, **messages: str):
        super().__init__("; ".join(map(str, messages.values())))
        self.messages = {field: [str(message)] for field, message in messages.items()}


class ReferenceNotFound(Invalid):
    """A field names an object that does not exist, or that the viewer may not know of."""

    def __init__(self, field: str):
        super().__init__(**{field: NotFound.detail})


@contextmanager
def reference_errors(field: str) -> Iterator[None]:
    """
    Report an object that the block does not find as an error of the field that names it.

    :raises ReferenceNotFound: the block raised `NotFound`
    """
    try:
        yield
    except NotFound as error:
        raise ReferenceNotFound(field) from error
