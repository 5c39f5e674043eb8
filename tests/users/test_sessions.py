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
    """Return an access token as we make them, but for what is named."""
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


def test_a_token_as_we_make_them_is_read():
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
def test_any_other_token_is_void(changes):
    with pytest.raises(InvalidToken):
        read_access(forged(**changes))


@pytest.mark.parametrize("off", [-9, 9])
def test_a_clock_that_is_off_a_little_does_no_harm(off):
    now = int(time.time()) + off
    assert read_access(forged(iat=now, exp=now + (900 if off > 0 else 1)))


def test_an_access_token_is_no_refresh_token(student):
    tokens = services.open_session(user=student)

    with pytest.raises(InvalidToken):
        read_refresh(tokens.access)
    with pytest.raises(InvalidToken):
        read_access(tokens.refresh)


def test_a_refresh_token_is_good_once_and_takes_its_successor_with_it(student):
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
def test_of_fifty_who_show_a_refresh_token_one_gets_the_next():
    tokens = services.open_session(user=make_student())

    outcomes = race(50, lambda n: services.refresh_session(token=tokens.refresh))

    assert sum(isinstance(one, tuple) for one in outcomes) == 1
    assert sum(isinstance(one, services.SessionEnded) for one in outcomes) == 49
    assert Session.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_sixteen_sign_in_at_once_and_none_meets_a_locked_database(patient_accounts):
    people = [make_student(password=PASSWORD) for _ in range(16)]

    def sign_in_and_out(n: int):
        for _ in range(5):
            _, tokens = services.sign_in(username=people[n].username, password=PASSWORD)
            _, tokens = services.refresh_session(token=tokens.refresh)
            services.sign_out(session_id=tokens.session_id, refresh="")

    assert race(16, sign_in_and_out) == [None] * 16


def test_a_session_ends_after_a_month_however_it_is_used(student):
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


def test_a_session_is_over_that_nobody_has_used_for_a_week(student):
    tokens = services.open_session(user=student)
    Session.objects.update(last_used_at=timezone.now() - WEEK)

    with pytest.raises(services.SessionEnded):
        services.refresh_session(token=tokens.refresh)
    with pytest.raises(services.SessionEnded):
        services.verify_token(token=tokens.refresh)


def test_sessions_that_are_over_are_removed(student):
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


def test_a_dead_token_that_another_worker_has_recorded_is_no_trouble(student):
    tokens = services.open_session(user=student)
    end = timezone.now() + WEEK
    OutstandingToken.objects.create(jti=tokens.refresh_jti, token="", expires_at=end)

    services.sign_out(session_id=tokens.session_id, refresh="")

    assert BlacklistedToken.objects.count() == 1


def test_whoever_signs_in_with_a_password_that_was_just_changed_is_out(student):
    from apps.users.services.sessions import _open

    account = Account.objects.get()  # as it was when its password was checked
    Account.objects.update(password="another")

    with pytest.raises(services.InvalidCredentials):
        _open(account, user_agent="", address="")


def test_unknown_inactive_and_wrong_are_refused_in_the_same_time():
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

    rounds = [{what: seconds(*given) for what, given in tries.items()} for _ in range(15)]
    medians = [median(one[what] for one in rounds) for what in tries]
    assert max(medians) < 1.2 * min(medians)


# How many there are


def test_one_session_too_many_ends_the_least_recently_used(student, settings):
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
def test_however_many_sign_in_at_once_no_more_sessions_live(student, settings):
    settings.MAX_SESSIONS = 3

    race(10, lambda _: services.open_session(user=student))

    assert Session.objects.count() == 3


def test_fifty_sessions_are_allowed(settings):
    assert settings.MAX_SESSIONS == 50
