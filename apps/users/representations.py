"""What the API answers about users and their sessions, ready for JSON."""

from typing import Annotated, NotRequired, TypedDict

from apps.common.clock import format_timestamp
from apps.common.representations import Help, Id, Revisioned, Timestamp
from apps.common.storage.pictures import picture_url
from apps.users.documents import User
from apps.users.models import Session
from apps.users.tokens import Tokens


class UserRepresentation(Revisioned):
    """A user with all fields."""

    id: Id
    username: str
    email: str
    email_verified: bool
    language: str
    bio: str
    profile_picture: str | None
    profile_picture_small: str | None
    is_student: bool
    is_instructor: bool
    is_admin: bool
    instructor_requested: bool
    is_active: bool
    created_at: Timestamp


class UserCardRepresentation(TypedDict):
    """The part of a user that other users see."""

    id: Id
    username: str
    bio: str
    profile_picture: str | None


class SessionRepresentation(TypedDict):
    id: str
    created_at: Timestamp
    last_used_at: Timestamp
    user_agent: str
    address: str
    current: Annotated[bool, Help("Whether the request was made in this session.")]


class SignedInRepresentation(TypedDict):
    """In cookie mode the refresh token is in the cookie, and not here."""

    access: Annotated[str, Help("For `Authorization: Bearer …`, valid for 15 minutes.")]
    refresh: NotRequired[Annotated[str, Help("Valid for one refresh within 7 days.")]]
    user: UserRepresentation


class DetailRepresentation(TypedDict):
    detail: str


def represent_user(user: User) -> UserRepresentation:
    return {
        "id": str(user.id),
        "username": user.username,
        "email": user.email,
        "email_verified": user.email_verified,
        "language": user.language,
        "bio": user.bio,
        "profile_picture": picture_url(user.profile_picture),
        "profile_picture_small": picture_url(user.profile_picture_small),
        "is_student": user.is_student,
        "is_instructor": user.is_instructor,
        "is_admin": user.is_admin,
        "instructor_requested": user.instructor_requested,
        "is_active": user.is_active,
        "created_at": format_timestamp(user.created_at),
        "revision": user.revision,
    }


def represent_user_card(user: User) -> UserCardRepresentation:
    return {
        "id": str(user.id),
        "username": user.username,
        "bio": user.bio,
        "profile_picture": picture_url(user.profile_picture),
    }


def card_of(row: UserRepresentation) -> UserCardRepresentation:
    """Return the card without the revision, which changes with hidden fields, too."""
    return {
        "id": row["id"],
        "username": row["username"],
        "bio": row["bio"],
        "profile_picture": row["profile_picture"],
    }


def represent_session(session: Session, *, current_id: str | None) -> SessionRepresentation:
    return {
        "id": session.id,
        "created_at": format_timestamp(session.created_at),
        "last_used_at": format_timestamp(session.last_used_at),
        "user_agent": session.user_agent,
        "address": session.address,
        "current": session.id == current_id,
    }


def represent_sign_in(user: User, tokens: Tokens, *, in_cookie: bool) -> SignedInRepresentation:
    representation = represent_user(user)
    del representation["revision"]  # type: ignore[misc]
    if in_cookie:
        return {"access": tokens.access, "user": representation}
    return {"access": tokens.access, "refresh": tokens.refresh, "user": representation}
