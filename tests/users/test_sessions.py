import time
from datetime import timedelta
from statistics import median

import jwt
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from apps.common.storage.rate_limits import Throttled
from apps.users import services
from apps.users.models import Account, Session
from apps.users.services import sessions
from apps.users.tasks import end_expired_sessions
from apps.users.tokens import InvalidToken, read_access, read_refresh
from tests.factories import PASSWORD, make_student
from tests.users.racing import race

WEEK = timedelta(days=7)


def forged(**changes) -> str:
    """Return a valid access token with these claims replaced."""
    now = int(time.time())
    claims = {
        "token_type": "access",
        "exp": now + 900,
        "iat": now,
        "jti": "j",
        "session_id": "s",
        "user_id": "u",
        "account_id": 1,
        "iss": "lms",
        "aud": "lms-api",
    }
    key = changes.pop("key", django_settings.SECRET_KEY)
    algorithm = changes.pop("algorithm", "HS256")
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode(claims, key, algorithm=algorithm)


def test_a_valid_token_is_accepted():
    assert read_access(forged()).session_id == "s"


@pytest.mark.parametrize(
    "changes",
    [
        {"algorithm": "none", "key": ""},
        {"algorithm": "HS512"},
        {"key": "another key that is also more than 32 bytes"},
        {"iss": "other"},
        {"iss": None},
        {"aud": "other"},
        {"aud": None},
        {"token_type": "refresh"},
        {"token_type": None},
        {"session_id": None},
        {"exp": None},
        pytest.param({"exp": int(time.time()) - 600}, id="expired"),
    ],
    ids=str,
)
def test_any_other_token_is_rejected(changes):
    with pytest.raises(InvalidToken):
        read_access(forged(**changes))


@pytest.mark.parametrize("off", [-9, 9])
def test_small_clock_differences_are_tolerated(off):
    now = int(time.time()) + off
    assert read_access(forged(iat=now, exp=now + (900 if off > 0 else 1)))


def test_an_access_token_is_not_a_refresh_token(student):
    tokens = services.open_session(user=student)

    with pytest.raises(InvalidToken):
        read_refresh(tokens.access)
    with pytest.raises(InvalidToken):
        read_access(tokens.refresh)


def test_reusing_a_refresh_token_also_invalidates_its_successor(student):
    first = services.open_session(user=student)
    _, second = services.refresh_session(token=first.refresh)

    with pytest.raises(services.SessionEnded):
        services.refresh_session(token=first.refresh)
    with pytest.raises(services.SessionEnded):
        services.refresh_session(token=second.refresh)

    assert Session.objects.count() == 0
    assert BlacklistedToken.objects.count() == 1
    assert set(OutstandingToken.objects.values_list("token", flat=True)) == {""}


def test_a_session_is_refreshed_a_limited_number_of_times_a_minute(student, settings):
    settings.RATE_LIMITED = True
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"refreshes": (3, 60)}
    tokens, other = services.open_session(user=student), services.open_session(user=student)
    first = tokens
    for _ in range(3):
        _, tokens = services.refresh_session(token=tokens.refresh)

    with pytest.raises(Throttled) as refused:
        services.refresh_session(token=tokens.refresh)
    assert 0 < refused.value.retry_after <= 60
    services.verify_token(token=tokens.refresh)
    services.refresh_session(token=other.refresh)
    with pytest.raises(services.SessionEnded):
        services.refresh_session(token=first.refresh)
    with pytest.raises(services.SessionEnded):
        services.verify_token(token=tokens.access)


def test_refreshing_stores_no_row(student):
    tokens = services.open_session(user=student)
    for _ in range(3):
        _, tokens = services.refresh_session(token=tokens.refresh)

    assert BlacklistedToken.objects.count() == OutstandingToken.objects.count() == 0
    assert Session.objects.count() == 1


def test_expired_tokens_and_sessions_are_removed_a_few_at_a_time(student, monkeypatch):
    monkeypatch.setattr(sessions, "ROWS_PER_TRANSACTION", 2)
    for _ in range(5):
        services.sign_out(session_id=services.open_session(user=student).session_id, refresh="")
    for _ in range(5):
        services.open_session(user=student)
    past = timezone.now() - WEEK
    OutstandingToken.objects.update(expires_at=past)
    Session.objects.update(expires_at=past)

    with CaptureQueriesContext(connection) as queries:
        assert end_expired_sessions() == 5

    sessions_and_tokens = [one["sql"] for one in queries if one["sql"].startswith("DELETE")]
    assert sum('"users_session"' in sql for sql in sessions_and_tokens) == 3
    assert sum('"token_blacklist_outstandingtoken"' in sql for sql in sessions_and_tokens) == 3
    assert Session.objects.count() == 0
    assert not OutstandingToken.objects.filter(expires_at__lte=timezone.now()).exists()


@pytest.mark.django_db(transaction=True)
def test_only_one_of_fifty_concurrent_refreshes_gets_a_new_token():
    tokens = services.open_session(user=make_student())

    outcomes = race(50, lambda n: services.refresh_session(token=tokens.refresh))

    assert sum(isinstance(outcome, tuple) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, services.SessionEnded) for outcome in outcomes) == 49
    assert Session.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_sixteen_concurrent_sign_ins_do_not_meet_a_locked_database(patient_accounts):
    users = [make_student(password=PASSWORD) for _ in range(16)]

    def sign_in_and_out(n: int):
        for _ in range(5):
            _, tokens = services.sign_in(username=users[n].username, password=PASSWORD)
            _, tokens = services.refresh_session(token=tokens.refresh)
            services.sign_out(session_id=tokens.session_id, refresh="")

    assert race(16, sign_in_and_out) == [None] * 16


def test_a_session_ends_after_a_month_of_any_use(student):
    tokens = services.open_session(user=student)
    session = Session.objects.get()
    lives = session.expires_at - session.created_at
    assert abs(lives - timedelta(days=30)) < timedelta(seconds=2)
    end = timezone.now() + timedelta(days=2)
    Session.objects.update(expires_at=end)

    _, tokens = services.refresh_session(token=tokens.refresh)
    assert abs(tokens.refresh_until - end) < timedelta(seconds=2)

    Session.objects.update(expires_at=timezone.now())
    with pytest.raises(services.SessionEnded):
        services.refresh_session(token=tokens.refresh)


def test_a_session_ends_after_a_week_without_use(student):
    tokens = services.open_session(user=student)
    Session.objects.update(last_used_at=timezone.now() - WEEK)

    with pytest.raises(services.SessionEnded):
        services.refresh_session(token=tokens.refresh)
    with pytest.raises(services.SessionEnded):
        services.verify_token(token=tokens.refresh)


def test_expired_sessions_are_deleted(student):
    services.open_session(user=student)
    dead = services.open_session(user=student)
    Session.objects.filter(pk=dead.session_id).update(expires_at=timezone.now())

    assert end_expired_sessions() == 1
    assert Session.objects.count() == 1

    OutstandingToken.objects.update(expires_at=timezone.now() - WEEK)
    end_expired_sessions()
    assert OutstandingToken.objects.count() == BlacklistedToken.objects.count() == 0


def test_ending_sessions_twice_changes_nothing(student):
    tokens = services.open_session(user=student)

    for _ in range(2):
        services.sign_out(session_id=tokens.session_id, refresh=tokens.refresh)
        services.sign_out(session_id=None, refresh="nonsense")

    assert BlacklistedToken.objects.count() == 1


def test_an_account_has_a_limited_number_of_recorded_tokens(student, monkeypatch):
    monkeypatch.setattr(sessions, "MOST_RECORDED_TOKENS", 3)
    other = services.open_session(user=make_student())
    services.sign_out(session_id=other.session_id, refresh="")
    for _ in range(6):
        last = services.open_session(user=student)
        services.sign_out(session_id=last.session_id, refresh="")

    recorded = set(BlacklistedToken.objects.values_list("token__jti", flat=True))
    assert len(recorded) == OutstandingToken.objects.count() == 3 + 1
    assert {last.refresh_jti, other.refresh_jti} <= recorded


def test_a_used_token_may_already_have_been_recorded_by_another_worker(student):
    tokens = services.open_session(user=student)
    end = timezone.now() + WEEK
    OutstandingToken.objects.create(jti=tokens.refresh_jti, token="", expires_at=end)

    services.sign_out(session_id=tokens.session_id, refresh="")

    assert BlacklistedToken.objects.count() == 1


def test_a_password_that_was_just_changed_opens_no_session(student):
    from apps.users.services.sessions import _open

    account = Account.objects.get()  # as it was when its password was checked
    Account.objects.update(password="another")

    with pytest.raises(services.InvalidCredentials):
        _open(account, user_agent="", address="")


def test_failed_sign_ins_take_the_same_time_for_all_reasons():
    make_student(username="active", password=PASSWORD)
    make_student(username="inactive", password=PASSWORD)
    make_student(username="invited")
    Account.objects.filter(username="inactive").update(is_active=False)
    tries = {
        "wrong": ("active", "wrong"),
        "inactive": ("inactive", PASSWORD),
        "inactive and wrong": ("inactive", "wrong"),
        "invited": ("invited", PASSWORD),
        "unknown": ("nobody", PASSWORD),
    }

    def seconds(username: str, password: str) -> float:
        began = time.process_time()
        with pytest.raises(services.InvalidCredentials):
            services.sign_in(username=username, password=password)
        return time.process_time() - began

    rounds = [
        {reason: seconds(*credentials) for reason, credentials in tries.items()} for _ in range(15)
    ]
    medians = [median(times[reason] for times in rounds) for reason in tries]
    assert max(medians) < 1.2 * min(medians)


# The maximum of sessions


def test_a_session_past_the_maximum_ends_the_least_recently_used(student, settings):
    settings.MAX_SESSIONS = 3
    first, second, third = (services.open_session(user=student) for _ in range(3))
    services.refresh_session(token=first.refresh)  # so the second is the oldest

    services.open_session(user=student)

    assert Session.objects.count() == 3
    with pytest.raises(services.SessionEnded):
        services.verify_token(token=second.access)
    for tokens in (first, third):
        services.verify_token(token=tokens.access)
    services.open_session(user=make_student())
    assert Session.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_concurrent_sign_ins_do_not_exceed_the_maximum_of_sessions(student, settings):
    settings.MAX_SESSIONS = 3

    race(10, lambda _: services.open_session(user=student))

    assert Session.objects.count() == 3


def test_fifty_sessions_are_allowed(settings):
    assert settings.MAX_SESSIONS == 50
