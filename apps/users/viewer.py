"""Who is asking."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SignedInViewer:
    """Somebody signed in; `id` is the profile's, as everywhere in the API."""

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
    """What a person is signed in by: `request.auth`."""

    session_id: str
    requests: int | None  # in this minute; None where nobody counts


class AnonymousViewer:
    id = None
    account_id = None
    username = ""
    is_instructor: Literal[False] = False
    is_admin: Literal[False] = False
    is_authenticated: Literal[False] = False
    is_anonymous = True


Viewer = SignedInViewer | AnonymousViewer
