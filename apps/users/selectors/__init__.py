"""Every read of users: of their profiles, their accounts and their sessions."""

from apps.users.selectors.accounts import (
    count_waiting_mails,
    find_account,
    find_account_for_sign_in,
    get_account,
    taken_names,
)
from apps.users.selectors.personal_data import EXPORTS, personal_data_of
from apps.users.selectors.sessions import (
    cached_session_and_user,
    has_session,
    invalidate_sessions,
    is_session_active,
    list_sessions,
)
from apps.users.selectors.users import (
    cached_user,
    cached_visible_user,
    count_users,
    find_user,
    get_user,
    get_visible_user,
    invalidate_user,
    list_users,
    picture_names,
    user_cards,
    users_matching,
)

__all__ = [
    "EXPORTS",
    "cached_session_and_user",
    "cached_user",
    "cached_visible_user",
    "count_users",
    "count_waiting_mails",
    "find_account",
    "find_account_for_sign_in",
    "find_user",
    "get_account",
    "get_user",
    "get_visible_user",
    "has_session",
    "invalidate_sessions",
    "invalidate_user",
    "is_session_active",
    "list_sessions",
    "list_users",
    "personal_data_of",
    "picture_names",
    "taken_names",
    "user_cards",
    "users_matching",
]
