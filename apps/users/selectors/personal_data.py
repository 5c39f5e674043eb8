"""Everything that is stored about a user."""

from apps.common.capacity import Capacity
from apps.common.clock import format_timestamp
from apps.common.events import ask
from apps.common.storage.cache import Json
from apps.users.events import PersonalData
from apps.users.models import Account, MailRequest, Session
from apps.users.representations import represent_session, represent_user
from apps.users.selectors.accounts import get_account
from apps.users.selectors.users import get_user

EXPORTS = Capacity(4, wait=1)  # Each is occupied until the export is sent.


def personal_data_of(user_id: str) -> Json:
    """
    Return everything that this app and the apps above store about a user.

    A list of large items is an iterator, which reads each item when it is needed.
    """
    return _own_data(user_id) | _data_above(user_id)


def _data_above(user_id: str) -> Json:
    data: Json = {}
    for answer in ask(PersonalData(user_id)):
        data |= answer
    return data


def _own_data(user_id: str) -> Json:
    account = get_account(user_id)
    return {
        "profile": _profile_data(user_id),
        "account": _account_data(account),
        "sessions": [_session_data(session) for session in account.sessions.all()],
        "revoked_tokens": [
            {"id": token.jti, "expires_at": format_timestamp(token.expires_at)}
            for token in account.outstandingtoken_set.all()
        ],
        "mails": [
            {
                "kind": mail.kind,
                "created_at": format_timestamp(mail.created_at),
                "sent_at": format_timestamp(mail.sent_at),
            }
            for mail in account.mails.all()
        ],
        "mail_requests": [
            {"kind": request.kind, "created_at": format_timestamp(request.created_at)}
            for request in MailRequest.objects.filter(email_key=account.email_key)
        ],
        "staff_actions": [
            {"at": format_timestamp(entry.action_time), "what": str(entry)}
            for entry in account.logentry_set.all()
        ],
    }


def _profile_data(user_id: str) -> Json:
    user = get_user(user_id)
    data: Json = {**represent_user(user), "granted_at": format_timestamp(user.granted_at)}
    del data["revision"]
    return data


def _account_data(account: Account) -> Json:
    return {
        "username": account.username,
        "email": account.email,
        "email_verified": account.email_verified,
        "is_staff": account.is_staff,
        "is_superuser": account.is_superuser,
        "groups": [group.name for group in account.groups.all()],
        "permissions": [permission.codename for permission in account.user_permissions.all()],
        "date_joined": format_timestamp(account.date_joined),
        "last_login": format_timestamp(account.last_login),
    }


def _session_data(session: Session) -> Json:
    data: Json = {**represent_session(session, current_id=None)}
    del data["current"]
    return data | {"expires_at": format_timestamp(session.expires_at)}
