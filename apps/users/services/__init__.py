"""Verbs that change who there is, what they may do, and where they are signed in."""

from apps.users.services.accounts import create_account, invite, register
from apps.users.services.attempts import is_password_right
from apps.users.services.erasure import erase, erase_late_writes, finish_erasures
from apps.users.services.mails import send_account_mails
from apps.users.services.passwords import (
    answer_mail_requests,
    change_password,
    replace_password,
    request_mail,
    request_password_reset,
    request_verification,
    reset_password,
    verify_email,
)
from apps.users.services.people import (
    LastAdmin,
    WrongPassword,
    remove_unused_profile_pictures,
    repair_grants,
    set_picture,
    update_current_user,
    update_user,
)
from apps.users.services.profiles import ensure_profile, repair_profiles
from apps.users.services.sessions import (
    InvalidCredentials,
    SessionEnded,
    authenticate,
    delete_expired_tokens,
    end_all_sessions,
    end_expired_sessions,
    end_session,
    end_staff_sessions,
    open_session,
    open_staff_session,
    refresh_session,
    sign_in,
    sign_out,
    verify_token,
)

__all__ = [
    "InvalidCredentials",
    "LastAdmin",
    "SessionEnded",
    "WrongPassword",
    "answer_mail_requests",
    "authenticate",
    "change_password",
    "create_account",
    "delete_expired_tokens",
    "end_all_sessions",
    "end_expired_sessions",
    "end_session",
    "end_staff_sessions",
    "ensure_profile",
    "erase",
    "erase_late_writes",
    "finish_erasures",
    "invite",
    "is_password_right",
    "open_session",
    "open_staff_session",
    "refresh_session",
    "register",
    "remove_unused_profile_pictures",
    "repair_grants",
    "repair_profiles",
    "replace_password",
    "request_mail",
    "request_password_reset",
    "request_verification",
    "reset_password",
    "send_account_mails",
    "set_picture",
    "sign_in",
    "sign_out",
    "update_current_user",
    "update_user",
    "verify_email",
    "verify_token",
]
