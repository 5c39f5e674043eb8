"""Verbs that change who there is, what they may do, and where they are signed in."""

from apps.users.services.accounts import create_account, invite, register
from apps.users.services.erasure import erase, erase_late_writes, finish_erasures
from apps.users.services.mails import send_account_mails
from apps.users.services.passwords import (
    ask_for_reset,
    change_password,
    offer_verification,
    reset_password,
    verify_email,
)
from apps.users.services.people import (
    LastAdmin,
    WrongPassword,
    change_oneself,
    change_person,
    repair_grants,
    set_picture,
)
from apps.users.services.profiles import ensure_profile, repair_profiles
from apps.users.services.sessions import (
    InvalidCredentials,
    SessionOver,
    end_all_sessions,
    end_expired_sessions,
    end_session,
    open_session,
    refresh_session,
    sign_in,
    sign_out,
    verify_token,
)

__all__ = [
    "InvalidCredentials",
    "LastAdmin",
    "SessionOver",
    "WrongPassword",
    "ask_for_reset",
    "change_oneself",
    "change_password",
    "change_person",
    "create_account",
    "end_all_sessions",
    "end_expired_sessions",
    "end_session",
    "ensure_profile",
    "erase",
    "erase_late_writes",
    "finish_erasures",
    "invite",
    "offer_verification",
    "open_session",
    "refresh_session",
    "register",
    "repair_grants",
    "repair_profiles",
    "reset_password",
    "send_account_mails",
    "set_picture",
    "sign_in",
    "sign_out",
    "verify_email",
    "verify_token",
]
