"""Every read of people: of their profiles, their accounts and their sessions."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b

from bson import ObjectId
from django.db.models import Q
from django.utils.translation import gettext as _
from mongoengine import QuerySet

from apps.common.capacity import Capacity
from apps.common.clock import format_timestamp
from apps.common.errors import NotFound
from apps.common.events import ask
from apps.common.normalization import normalize_email_key, normalize_name, search_pattern
from apps.common.storage.cache import Json, Lookup, Uncached, invalidate, read_all, read_through
from apps.common.storage.pagination import PAGE_SIZE, Page, Paging, page_of
from apps.common.storage.pictures import picture_url
from apps.users.documents import User
from apps.users.events import InstructorsOfPublishedCourses, PersonalData, StudentsOfInstructor
from apps.users.models import Account, AccountMail, MailRequest, Session
from apps.users.viewer import Viewer

FIVE_MINUTES = 5 * 60
A_QUARTER_OF_AN_HOUR = 15 * 60
A_DAY = 24 * 60 * 60
CARDS = "cards"  # the cache key that all lists of users depend on
EXPORTS = Capacity(4, wait=1)  # Each is occupied until the export is sent.


# Profiles


def get_user(user_id) -> User:
    """
    Return a person as the store has them now: what a decision must read.

    :raises NotFound: it does not exist
    """
    return _found(User.objects(id=user_id))


def find_user(*, username: str) -> User:
    """
    Return the person of that name, whatever its case and width.

    :raises NotFound: it does not exist
    """
    return _found(User.objects(username_key=normalize_name(username)))


def cached_user(user_id: str, *, represent: Callable) -> Json:
    """
    Return a person as their own page shows them: all fields.

    :raises NotFound: it does not exist
    """
    return _shown(read_through(**vars(_user_lookup(user_id, represent))))


def get_visible_user(user_id: str, *, viewer: Viewer) -> User:
    """
    :raises NotFound: it does not exist, or is not visible to the viewer
    """
    if user_id != viewer.id and not viewer.is_admin and user_id not in _ids_shown_to(viewer):
        raise NotFound()
    return get_user(user_id)


def cached_visible_user(user_id: str, *, viewer: Viewer, represent: Callable) -> Json:
    """
    Return a person as the viewer may see them: whole, or their card.

    :raises NotFound: it does not exist, or is not visible to the viewer
    """
    if user_id == viewer.id or viewer.is_admin:
        return cached_user(user_id, represent=represent)
    if user_id not in _ids_shown_to(viewer):
        raise NotFound()
    row = cached_user(user_id, represent=represent)
    # Without the revision, which changes with hidden fields, too.
    return {name: row[name] for name in CARD_FIELDS}


def list_users(*, viewer: Viewer, represent: Callable, paging: Paging, **filters) -> Page:
    """Return a page of those whom the viewer may know of: whole for admins, else cards."""
    ordering = filters.pop("ordering", "username")

    def represent_for_viewer(user: User) -> Json:
        whole = viewer.is_admin or str(user.id) == viewer.id
        return represent(user) if whole else user_card(user)

    def load() -> Json:
        people = _narrowed(User.objects, by_admin=viewer.is_admin, **filters)
        people = people if visible is None else people.filter(id__in=sorted(visible))
        key = ordering.replace("username", "username_key")
        return page_of(people.order_by(key, "id"), paging, represent_for_viewer).as_json()

    visible = None if viewer.is_admin else _ids_shown_to(viewer) | _oneself(viewer)
    is_usual = paging == Paging(size=PAGE_SIZE) and set(filters) <= {"role"}
    if viewer.is_authenticated or not is_usual:
        return Page(**load())
    key = _digest_key("users", [sorted(visible), filters, ordering])
    return Page(**read_through(key, load, FIVE_MINUTES, depends_on=[CARDS]))


CARD_FIELDS = ("id", "username", "bio", "profile_picture")


def user_card(user: User) -> Json:
    return {
        "id": str(user.id),
        "username": user.username,
        "bio": user.bio,
        "profile_picture": picture_url(user.profile_picture),
    }


def user_cards(ids: Iterable[str], *, viewer: Viewer) -> dict[str, Json]:
    """Return the cards of these people; who sees where they are named may see who they are."""
    wanted = set(ids)

    def load() -> Json:
        found = User.objects(id__in=list(wanted)).only("username", "bio", "profile_picture")
        return {str(user.id): user_card(user) for user in found}

    # Callers choose which cards are asked for together, so only a single one is worth keeping.
    if len(wanted) != 1:
        return load()
    [user_id] = wanted
    return read_through(
        f"cards:{user_id}", lambda: load() or Uncached({}), FIVE_MINUTES, depends_on=[CARDS]
    )


def users_matching(search: str) -> list[ObjectId]:
    """Return the ids of those in whose name each word of the search begins a word."""
    return User.objects(__raw__=search_pattern(search)).distinct("id")


def count_users() -> Json:
    """Return how many people there are, and how many of them are instructors."""
    return {
        "users": User.objects.count(),
        "instructors": User.objects(is_instructor=True).count(),
    }


def picture_names() -> Iterator[str]:
    """Yield the names of all stored pictures that profiles show, read as they are yielded."""
    pictured = User.objects(profile_picture__ne=None).no_cache()
    for names in pictured.scalar("profile_picture", "profile_picture_small"):
        yield from filter(None, names)


def invalidate_user(user_id) -> None:
    invalidate(_user_key(user_id), CARDS)


# Accounts


def get_account(user_id) -> Account:
    """
    Return the account of a profile.

    :raises NotFound: the user does not exist, or is being erased
    """
    account = Account.objects.filter(profile_id=str(user_id), erasing_since=None).first()
    if account is None:
        raise NotFound()
    return account


def find_account(*, username: str = "", email: str = "") -> Account | None:
    """Return the account of that name, or else of that address, whatever case and width."""
    if username:
        return Account.objects.filter(username_key=normalize_name(username)).first()
    return Account.objects.filter(email_key=normalize_email_key(email)).first() if email else None


def count_waiting_mails() -> int:
    return AccountMail.objects.filter(sent_at=None).count()


def find_account_for_sign_in(login: str) -> Account | None:
    """Return the account with this email address, or else the one with this username."""
    key = normalize_email_key(login)
    accounts = Account.objects.filter(Q(email_key=key) | Q(username_key=normalize_name(login)))
    return max(accounts, key=lambda account: account.email_key == key, default=None)


def taken_names(*, username: str = "", email: str = "", by_others_than=None) -> dict[str, str]:
    """Return what is to be said of a name and of an address that somebody else has already."""
    messages = {}
    own = str(by_others_than)
    if (holder := find_account(username=username)) and holder.profile_id != own:
        messages["username"] = _("This name is taken.")
    if (holder := find_account(email=email)) and holder.profile_id != own:
        messages["email"] = _("This address is taken.")
    return messages


# Sessions


def cached_session_and_user(
    session_id: str, user_id: str, *, represent: Callable, counting: tuple[str, int] | None
) -> tuple[Json, Json, int | None]:
    """
    Return the session and the person, None each where there is none, and the raised counter.

    One round trip to the cache when both are kept there.
    """
    session = Lookup(_session_key(session_id), lambda: _load_session(session_id), A_DAY)
    user = _user_lookup(user_id, represent)
    (session, user), number = read_all(session, user, counting=counting)
    return session, user, number


def is_session_active(session_id: str) -> bool:
    """Return whether the session has not been ended, as of the last write to it."""
    key = _session_key(session_id)
    return read_through(key, lambda: _load_session(session_id), A_DAY) is not None


def sessions_of(account_id: int, *, paging: Paging) -> Page:
    """
    Return a page of the sessions that live, the last used first.

    :raises NotFound: the page is past the end
    """
    alive = Session.objects.alive().filter(account=account_id)
    return page_of(_Rows(alive), paging, _represent_session)


def has_session(account_id: int, session_id: str) -> bool:
    """Say whether a session of the account lives, as SQL has it now."""
    return Session.objects.alive().filter(account=account_id, pk=session_id).exists()


def invalidate_sessions(session_ids: Iterable[str]) -> None:
    keys = [_session_key(one) for one in session_ids]
    if keys:
        invalidate(*keys)


# All of a person


def personal_data_of(user_id: str, *, represent: Callable) -> Json:
    """
    Return all that is stored of a person, in this app and in those above it.

    A list of large items is an iterator, which reads each item when its turn comes.
    """
    return _own_data(user_id, represent) | _data_above(user_id)


def _data_above(user_id: str) -> Json:
    data: Json = {}
    for answer in ask(PersonalData(user_id)):
        data |= answer
    return data


def _own_data(user_id: str, represent: Callable) -> Json:
    account = get_account(user_id)
    user = get_user(user_id)
    profile = represent(user) | {"granted_at": format_timestamp(user.granted_at)}
    profile.pop("revision")
    return {
        "profile": profile,
        "account": {
            "username": account.username,
            "email": account.email,
            "email_verified": account.email_verified,
            "is_staff": account.is_staff,
            "is_superuser": account.is_superuser,
            "groups": [group.name for group in account.groups.all()],
            "permissions": [right.codename for right in account.user_permissions.all()],
            "date_joined": format_timestamp(account.date_joined),
            "last_login": format_timestamp(account.last_login),
        },
        "sessions": [
            _represent_session(one) | {"expires_at": format_timestamp(one.expires_at)}
            for one in account.sessions.all()
        ],
        "revoked_tokens": [
            {"id": one.jti, "expires_at": format_timestamp(one.expires_at)}
            for one in account.outstandingtoken_set.all()
        ],
        "mails": [
            {
                "kind": one.kind,
                "created_at": format_timestamp(one.created_at),
                "sent_at": format_timestamp(one.sent_at),
            }
            for one in account.mails.all()
        ],
        "mail_requests": [
            {"kind": one.kind, "created_at": format_timestamp(one.created_at)}
            for one in MailRequest.objects.filter(email_key=account.email_key)
        ],
        "staff_actions": [
            {"at": format_timestamp(entry.action_time), "what": str(entry)}
            for entry in account.logentry_set.all()
        ],
    }


class _Rows:
    """A query of SQL that is paged as those of documents are."""

    def __init__(self, rows):
        self._rows = rows
        self._start = 0

    def count(self) -> int:
        return self._rows.count()

    def skip(self, number: int) -> "_Rows":
        self._start = number
        return self

    def limit(self, number: int):
        return self._rows[self._start : self._start + number]


def _narrowed(
    people: QuerySet,
    *,
    by_admin: bool,
    search: str = "",
    role: str = "",
    instructor_requested: bool | None = None,
    is_active: bool | None = None,
) -> QuerySet:
    conditions = {"instructor_requested": instructor_requested, "is_active": is_active}
    given = {name: value for name, value in conditions.items() if value is not None}
    people = people.filter(**given | _of_role(role))
    return people.filter(__raw__=_matching(search, by_admin)) if search else people


def _of_role(role: str) -> dict:
    match role:
        case "student":
            return {"is_instructor": False, "is_admin": False}
        case "instructor" | "admin":
            return {f"is_{role}": True}
        case _:
            return {}


def _matching(search: str, by_admin: bool) -> dict:
    """Admins, who see addresses, find people by the beginning of one, too."""
    by_name = search_pattern(search)
    if not by_admin:
        return by_name
    address = f"^{re.escape(normalize_email_key(search.strip()))}"
    return {"$or": [by_name, {"email_key": {"$regex": address}}]}


def _ids_shown_to(viewer: Viewer) -> set[str]:
    """Return whose card one may see: who teaches on show, and one's own students."""
    format_timestamp = set().union(*ask(InstructorsOfPublishedCourses()))
    if viewer.is_instructor:
        format_timestamp = format_timestamp.union(*ask(StudentsOfInstructor(viewer.id)))
    return format_timestamp


def _oneself(viewer: Viewer) -> set[str]:
    return {viewer.id} if viewer.id else set()


def _user_lookup(user_id, represent: Callable) -> Lookup:
    def load() -> Json:
        user = User.objects(id=user_id).first()
        return represent(user) if user else Uncached(None)

    return Lookup(_user_key(user_id), load, A_QUARTER_OF_AN_HOUR)


def _load_session(session_id: str) -> Json:
    session = Session.objects.filter(
        id=session_id, account__is_active=True, account__erasing_since=None
    ).first()
    if session is None:
        return Uncached(None)  # a deactivation that is undone brings the session back
    return {"account": session.account_id, "expires_at": session.expires_at.timestamp()}


def _represent_session(session: Session) -> Json:
    return {
        "id": session.id,
        "created_at": format_timestamp(session.created_at),
        "last_used_at": format_timestamp(session.last_used_at),
        "user_agent": session.user_agent,
        "address": session.address,
    }


def _found(people: QuerySet) -> User:
    return _shown(people.first())


def _shown(found):
    if found is None:
        raise NotFound()
    return found


def _digest_key(name: str, asked: object) -> str:
    text = json.dumps(asked, sort_keys=True, default=str)
    return f"{name}:{blake2b(text.encode(), digest_size=16).hexdigest()}"


def _user_key(user_id) -> str:
    return f"user:{user_id}"


def _session_key(session_id: str) -> str:
    return f"session:{session_id}"
