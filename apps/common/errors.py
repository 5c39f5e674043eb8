"""Refusals: what a service raises when it may not or cannot do what was asked.

Each is declared beside the verb that raises it and says by its class which answer it becomes.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A domain call was refused; `status`, `code`, `detail` and `more` are what the API answers."""

    status = 400
    code = "refused"
    detail = _("This was refused.")
    retry_after: int | None = None  # seconds, where trying again later can help

    def __init__(self, detail: str = "", **more):
        self.detail = str(detail or self.detail)  # in the language of who asks
        self.more = more
        super().__init__(self.detail)


class Forbidden(DomainError):
    status = 403
    code = "permission_denied"
    detail = _("You may not do this.")


class NotFound(DomainError):
    status = 404
    code = "not_found"
    detail = _("Not found.")


class Conflict(DomainError):
    status = 409


class StaleRevision(DomainError):
    status = 412
    code = "stale_version"
    detail = _("Somebody changed this since you read it.")


class Invalid(DomainError):
    """Fields were given values that the stores' rules refuse: `{field: [messages]}`."""

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
