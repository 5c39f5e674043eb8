"""Every read of profiles. `cached_*` is for pages, `get_*` for decisions."""

import json
import re
from collections.abc import Iterable, Iterator
from hashlib import blake2b

from bson import ObjectId
from django.utils.translation import gettext as _
from mongoengine import QuerySet

from apps.common.errors import Forbidden, NotFound
from apps.common.events import ask
from apps.common.normalization import normalize_email_key, normalize_name, search_pattern
from apps.common.storage.cache import Json, Lookup, Uncached, invalidate, read_through
from apps.common.storage.pagination import PAGE_SIZE, Page, Paging, page_of
from apps.users.documents import User
from apps.users.events import InstructorsOfPublishedCourses, StudentsOfInstructor
from apps.users.representations import (
    UserCardRepresentation,
    UserRepresentation,
    card_of,
    represent_user,
    represent_user_card,
)
from apps.users.viewer import Viewer

FIVE_MINUTES = 5 * 60
A_QUARTER_OF_AN_HOUR = 15 * 60
CARDS = "cards"  # the cache key that all lists of users depend on
FILTERS_FOR_ADMINS = ("instructor_requested", "is_active")


def get_user(user_id) -> User:
    """
    Return a user as the store has it now, which is what a decision must read.

    :raises NotFound: there is no such user
    """
    return _first(User.objects(id=user_id))


def find_user(*, username: str) -> User:
    """
    Return the user with this username, in any case and width.

    :raises NotFound: there is no such user
    """
    return _first(User.objects(username_key=normalize_name(username)))


def get_visible_user(user_id: str, *, viewer: Viewer) -> User:
    """
    :raises NotFound: there is no such user that the viewer may see
    """
    _check_visible(user_id, viewer)
    return get_user(user_id)


def cached_user(user_id: str) -> UserRepresentation:
    """
    Return a user with all fields.

    :raises NotFound: there is no such user
    """
    row = read_through(**vars(user_lookup(user_id)))
    if row is None:
        raise NotFound()
    return row


def cached_visible_user(
    user_id: str, *, viewer: Viewer
) -> UserRepresentation | UserCardRepresentation:
    """
    Return a user as the viewer may see it: with all fields, or as a card.

    :raises NotFound: there is no such user that the viewer may see
    """
    _check_visible(user_id, viewer)
    row = cached_user(user_id)
    return row if _sees_all_fields(user_id, viewer) else card_of(row)


def list_users(*, viewer: Viewer, paging: Paging, **filters) -> Page:
    """
    Return a page of the users that the viewer may see: with all fields for admins, else cards.

    :raises Forbidden: a filter or the order uses a field that only admins see
    """
    _check_filters(viewer, filters)
    ordering = filters.pop("ordering", "username")

    def represent(user: User) -> UserRepresentation | UserCardRepresentation:
        whole = _sees_all_fields(str(user.id), viewer)
        return represent_user(user) if whole else represent_user_card(user)

    def load() -> Json:
        users = _filtered(User.objects, by_admin=viewer.is_admin, **filters)
        users = users if visible_ids is None else users.filter(id__in=sorted(visible_ids))
        key = ordering.replace("username", "username_key")
        return page_of(users.order_by(key, "id"), paging, represent).as_json()

    visible_ids = None if viewer.is_admin else _visible_ids(viewer)
    is_common = paging == Paging(size=PAGE_SIZE) and set(filters) <= {"role"}
    if viewer.is_authenticated or not is_common:
        return Page(**load())
    key = _digest_key("users", [sorted(visible_ids), filters, ordering])
    return Page(**read_through(key, load, FIVE_MINUTES, depends_on=[CARDS]))


def user_cards(ids: Iterable[str], *, viewer: Viewer) -> dict[str, UserCardRepresentation]:
    """
    Return the cards of these users.

    Visibility is not checked: a viewer who may see an object may see the users it names.
    """
    user_ids = set(ids)

    def load() -> dict[str, UserCardRepresentation]:
        users = User.objects(id__in=list(user_ids)).only("username", "bio", "profile_picture")
        return {str(user.id): represent_user_card(user) for user in users}

    # Combinations of users rarely repeat, so only single cards are worth caching.
    if len(user_ids) != 1:
        return load()
    [user_id] = user_ids
    return read_through(
        f"cards:{user_id}", lambda: load() or Uncached({}), FIVE_MINUTES, depends_on=[CARDS]
    )


def users_matching(search: str) -> list[ObjectId]:
    """Return the ids of users with a username in which every search word begins a word."""
    return User.objects(__raw__=search_pattern(search)).distinct("id")


def count_users() -> Json:
    """Return the number of users, and of instructors."""
    return {
        "users": User.objects.count(),
        "instructors": User.objects(is_instructor=True).count(),
    }


def picture_names() -> Iterator[str]:
    """Yield the names of all stored pictures that profiles use; profiles are read on demand."""
    users = User.objects(profile_picture__ne=None).no_cache()
    for names in users.scalar("profile_picture", "profile_picture_small"):
        yield from filter(None, names)


def user_lookup(user_id) -> Lookup:
    def load() -> Json:
        user = User.objects(id=user_id).first()
        return represent_user(user) if user else Uncached(None)

    return Lookup(_user_key(user_id), load, A_QUARTER_OF_AN_HOUR)


def invalidate_user(user_id) -> None:
    invalidate(_user_key(user_id), CARDS)


def _check_filters(viewer: Viewer, filters: dict) -> None:
    uses_hidden_field = (
        filters.get("role") == "admin"
        or filters.get("ordering") in ("created_at", "-created_at")
        or any(name in filters for name in FILTERS_FOR_ADMINS)
    )
    if uses_hidden_field and not viewer.is_admin:
        raise Forbidden(_("Only admins can filter or sort by this."))


def _filtered(
    users: QuerySet,
    *,
    by_admin: bool,
    search: str = "",
    role: str = "",
    instructor_requested: bool | None = None,
    is_active: bool | None = None,
) -> QuerySet:
    conditions = {"instructor_requested": instructor_requested, "is_active": is_active}
    set_conditions = {name: value for name, value in conditions.items() if value is not None}
    users = users.filter(**set_conditions | _role_condition(role, by_admin=by_admin))
    return users.filter(__raw__=_search_condition(search, by_admin)) if search else users


def _role_condition(role: str, *, by_admin: bool) -> dict:
    """Select by role. For others, admins count as students, so that they cannot be recognized."""
    match role:
        case "student":
            return {"is_instructor": False} | ({"is_admin": False} if by_admin else {})
        case "instructor" | "admin":
            return {f"is_{role}": True}
        case _:
            return {}


def _search_condition(search: str, by_admin: bool) -> dict:
    """Match usernames, and for admins also the beginning of the email address."""
    by_name = search_pattern(search)
    if not by_admin:
        return by_name
    email = f"^{re.escape(normalize_email_key(search.strip()))}"
    return {"$or": [by_name, {"email_key": {"$regex": email}}]}


def _check_visible(user_id: str, viewer: Viewer) -> None:
    if not _sees_all_fields(user_id, viewer) and user_id not in _visible_ids(viewer):
        raise NotFound()


def _sees_all_fields(user_id: str, viewer: Viewer) -> bool:
    return viewer.is_admin or user_id == viewer.id


def _visible_ids(viewer: Viewer) -> set[str]:
    """Return the ids of the viewer, of instructors of published courses, and of own students."""
    ids: set[str] = set().union(*ask(InstructorsOfPublishedCourses()))
    if viewer.is_instructor:
        ids = ids.union(*ask(StudentsOfInstructor(viewer.id)))
    return ids | {viewer.id} if viewer.id else ids


def _first(users: QuerySet) -> User:
    user = users.first()
    if user is None:
        raise NotFound()
    return user


def _digest_key(name: str, parts: object) -> str:
    text = json.dumps(parts, sort_keys=True, default=str)
    return f"{name}:{blake2b(text.encode(), digest_size=16).hexdigest()}"


def _user_key(user_id) -> str:
    return f"user:{user_id}"
