"""SQLite with sixteen concurrent writers, in threads of one process and in several processes."""

from collections import Counter
from threading import Semaphore

import pytest

from apps.users import services
from tests.factories import PASSWORD, make_student
from tests.faults.product import Product
from tests.users.racing import race
from tests.waiting import LIMIT

WRITERS = 16
hashing = Semaphore(4)  # keeps password hashing from using all processor time


def _registration(name: str) -> dict:
    return {
        "username": name,
        "email": f"{name}@example.org",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }


def _use_account(product, n: int) -> list[int]:
    """Register, sign in, refresh twice and sign out; return the statuses."""
    name, statuses = f"writer{n}", []

    def post(path: str, body: dict, **options):
        response = product.request(
            "POST", f"/api/auth/{path}/", json=body, timeout=LIMIT, **options
        )
        assert response.status_code in (200, 201), (path, response.status_code, response.text)
        statuses.append(response.status_code)
        return response.json()

    with hashing:
        post("registration", _registration(name))
        signed_in = post("login", {"username": name, "password": PASSWORD})
    refresh, access = signed_in["refresh"], signed_in["access"]
    for _ in range(2):
        renewed = post("token/refresh", {"refresh": refresh})
        refresh, access = renewed["refresh"], renewed["access"]
    post("logout", {}, headers={"Authorization": f"Bearer {access}"})
    return statuses


def _assert_no_write_fails(product) -> None:
    results = product.run_concurrently(WRITERS, lambda n: _use_account(product, n))
    statuses = Counter(status for statuses in results for status in statuses)
    assert statuses == {201: WRITERS, 200: 4 * WRITERS}
    assert "locked" not in product.read_log()


def test_sixteen_writers_in_one_process_get_no_error(tmp_path):
    with Product(tmp_path) as product:
        _assert_no_write_fails(product.prepare().start())


def test_sixteen_writers_in_several_processes_get_no_error(wire_server, redis_server, tmp_path):
    environment = {
        "MONGODB_URI": wire_server.uri,
        "REDIS_URL": redis_server.uri,
        "WEB_WORKERS": "3",
    }
    with Product(tmp_path, **environment) as product:
        _assert_no_write_fails(product.prepare().start(path="/health/ready"))


@pytest.mark.django_db(transaction=True)
def test_sixteen_threads_can_write_sessions_at_the_same_time(patient_accounts):
    students = [make_student() for _ in range(WRITERS)]

    def write(n: int) -> int:
        for _ in range(10):
            tokens = services.open_session(user=students[n])
            _, tokens = services.refresh_session(token=tokens.refresh)
            services.sign_out(session_id=tokens.session_id, refresh="")
        return n

    assert race(WRITERS, write) == list(range(WRITERS))
