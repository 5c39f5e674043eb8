"""If MongoDB is down or frozen, requests fail quickly with 503 and recover without a restart."""

import pytest

from apps.users import services as users
from tests.factories import PASSWORD, make_course, make_student
from tests.faults.shared import shared_product
from tests.waiting import assert_fast

pytestmark = pytest.mark.django_db(transaction=True)

MAX_SECONDS = 3.0
CONCURRENT_REQUESTS = 12
PATHS_WITHOUT_MONGODB = ["/", "/health/live", "/swagger/", "/swagger.json", "/robots.txt"]


@pytest.fixture
def product(needs_servers, tmp_path):
    with shared_product(tmp_path) as (product, proxy):
        product.proxy = proxy
        yield product


def _assert_unavailable(product, method: str, path: str, **options) -> None:
    def send() -> None:
        response = product.request(method, path, **options)
        assert response.status_code == 503, (path, response.text)
        assert response.json()["code"] == "store_unavailable"
        assert int(response.headers["Retry-After"]) > 0

    assert_fast(send, seconds=MAX_SECONDS)


def _assert_degraded(product, student, token: str, refresh: str) -> None:
    """Check responses while MongoDB is unreachable or frozen."""
    sign_in = {"username": student.username, "password": PASSWORD}
    checks = [
        lambda: _assert_unavailable(product, "GET", "/api/lessons/"),
        lambda: _assert_unavailable(product, "GET", "/api/enrollments/", token=token),
        lambda: _assert_unavailable(product, "POST", "/api/auth/login/", json=sign_in),
        lambda: _assert_unavailable(
            product, "POST", "/api/auth/token/refresh/", json={"refresh": refresh}
        ),
        lambda: _assert_not_ready(product),
        lambda: [_assert_available(product, path) for path in PATHS_WITHOUT_MONGODB],
    ]
    product.run_concurrently(len(checks), lambda n: checks[n]())
    product.run_concurrently(CONCURRENT_REQUESTS, lambda n: checks[0]())


def _assert_not_ready(product) -> None:
    def send() -> None:
        ready = product.request("GET", "/health/ready")
        assert ready.status_code == 503
        assert ready.json()["documents"] == "down"

    assert_fast(send, seconds=MAX_SECONDS + 0.5)


def _assert_available(product, path: str) -> None:
    def send() -> None:
        assert product.request("GET", path).status_code == 200, path

    assert_fast(send, seconds=MAX_SECONDS)


def _assert_recovered(product, student, course, refresh: str) -> None:
    sign_in = {"username": student.username, "password": PASSWORD}
    signed_in = product.request("POST", "/api/auth/login/", json=sign_in)
    assert signed_in.status_code == 200
    refreshed = product.request("POST", "/api/auth/token/refresh/", json={"refresh": refresh})
    assert refreshed.status_code == 200, "the refused refresh must not use up the token"
    assert product.request("GET", f"/api/courses/{course.id}/").status_code == 200


def test_a_product_started_without_mongodb_connects_later(product):
    course, student = make_course(lessons=1), make_student(password=PASSWORD)
    tokens = users.open_session(user=student)
    product.proxy.disconnect()

    product.launch()

    _assert_degraded(product, student, tokens.access, tokens.refresh)
    assert "MongoDB is unreachable" in product.read_log()
    product.proxy.reconnect()
    product.wait_for("/health/ready")
    _assert_recovered(product, student, course, tokens.refresh)


@pytest.mark.parametrize("fault", ["down", "frozen"])
def test_a_running_product_recovers_when_mongodb_returns(product, fault):
    course, student = make_course(lessons=1), make_student(password=PASSWORD)
    tokens = users.open_session(user=student)
    product.prepare().start(path="/health/ready")
    assert product.request("GET", "/api/courses/").status_code == 200
    (worker,) = product.workers()

    product.proxy.disconnect() if fault == "down" else product.proxy.freeze()
    _assert_degraded(product, student, tokens.access, tokens.refresh)
    product.proxy.reconnect() if fault == "down" else product.proxy.unfreeze()

    product.wait_for("/health/ready")
    _assert_recovered(product, student, course, tokens.refresh)
    assert product.workers() == [worker]
