"""The maker of a request."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SignedInViewer:
    """A signed-in user; `id` is the profile's, as everywhere in the API."""

    id: str
    account_id: int
    username: str
    is_instructor: bool
    is_admin: bool
    language: str = "en"

    is_authenticated = True
    is_anonymous = False


@dataclass(frozen=True)
class Bearer:
    """The session of a request and its access token: `request.auth`."""

    session_id: str
    requests: int | None  # in this minute; None if requests are not counted


class AnonymousViewer:
    id = None
    account_id = None
    username = ""
    is_instructor: Literal[False] = False
    is_admin: Literal[False] = False
    is_authenticated: Literal[False] = False
    is_anonymous = True


Viewer = SignedInViewer | AnonymousViewer
