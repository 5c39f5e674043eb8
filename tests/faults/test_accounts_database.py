"""F5: SQLite with sixteen who write at once, in threads of one process and in several processes."""

from collections import Counter
from threading import Semaphore

import pytest

from apps.users import services
from tests.factories import PASSWORD, make_student
from tests.faults.product import Product
from tests.users.racing import race
from tests.waiting import LIMIT

WRITERS = 16
hashing = Semaphore(4)  # so that it is SQLite that is under load, not the processors


def _account(name: str) -> dict:
    return {
        "username": name,
        "email": f"{name}@example.org",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }


def _come_and_go(product, n: int) -> list[int]:
    """Register, sign in, refresh twice, sign out; return the statuses."""
    name, statuses = f"writer{n}", []

    def post(path: str, body: dict, **options):
        answer = product.ask("POST", f"/api/auth/{path}/", json=body, timeout=LIMIT, **options)
        assert answer.status_code in (200, 201), (path, answer.status_code, answer.text)
        statuses.append(answer.status_code)
        return answer.json()

    with hashing:
        post("registration", _account(name))
        signed_in = post("login", {"username": name, "password": PASSWORD})
    refresh, access = signed_in["refresh"], signed_in["access"]
    for _ in range(2):
        renewed = post("token/refresh", {"refresh": refresh})
        refresh, access = renewed["refresh"], renewed["access"]
    post("logout", {}, headers={"Authorization": f"Bearer {access}"})
    return statuses


def _all_went_well(product) -> None:
    outcomes = product.ask_at_once(WRITERS, lambda n: _come_and_go(product, n))
    statuses = Counter(status for one in outcomes for status in one)
    assert statuses == {201: WRITERS, 200: 4 * WRITERS}
    assert "locked" not in product.said()


def test_sixteen_writers_in_one_process_get_no_error(tmp_path):
    with Product(tmp_path) as product:
        _all_went_well(product.prepare().start())


def test_sixteen_writers_in_several_processes_get_no_error(wire_server, redis_server, tmp_path):
    given = {"MONGODB_URI": wire_server.uri, "REDIS_URL": redis_server.uri, "WEB_WORKERS": "3"}
    with Product(tmp_path, **given) as product:
        _all_went_well(product.prepare().start(path="/health/ready"))


@pytest.mark.django_db(transaction=True)
def test_sixteen_threads_that_only_write_do_not_lock_each_other_out(patient_accounts):
    people = [make_student() for _ in range(WRITERS)]

    def write(n: int) -> int:
        for _ in range(10):
            tokens = services.open_session(user=people[n])
            _, tokens = services.refresh_session(token=tokens.refresh)
            services.sign_out(session_id=tokens.session_id, refresh="")
        return n

    assert race(WRITERS, write) == list(range(WRITERS))
