"""Without Redis, or with a frozen Redis, everything works; its old entries are not used later."""

import os
import signal
import time
from itertools import count

import pytest

from tests.factories import make_course, make_instructor, make_student
from tests.faults.product import measure
from tests.faults.proxy import Proxy
from tests.faults.servers import RedisServer
from tests.faults.shared import create_access_token, shared_product
from tests.waiting import assert_fast, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

MAX_EXTRA_SECONDS = 0.5
SECONDS_TO_RETRY = 2.1  # seconds until Redis is tried again


@pytest.fixture(scope="module")
def module_product(needs_servers, django_db_setup, tmp_path_factory):
    """A product with two workers and Redis behind a proxy, shared by the tests of this module."""
    with (
        RedisServer() as redis,
        Proxy(redis.port) as redis_proxy,
        shared_product(
            tmp_path_factory.mktemp("product"),
            REDIS_URL=f"redis://127.0.0.1:{redis_proxy.port}/0",
            WEB_WORKERS="2",
            LMS_RATE_LIMITS="on",
            LMS_LIMIT_ANONYMOUS="100000/60",
            LMS_LIMIT_SIGNED_IN="100000/60",
            LMS_LIMIT_SIGN_IN="6/3600",
            LMS_LIMIT_REGISTRATION="1000/60",
        ) as (product, _),
    ):
        product.redis_proxy, product.redis = redis_proxy, redis
        yield product.prepare().start(path="/health/ready")


@pytest.fixture
def product(module_product):
    yield module_product
    module_product.redis_proxy.reconnect()
    module_product.redis_proxy.unfreeze()
    _wait_until_redis_is_used(module_product)


def _wait_until_redis_is_used(product) -> None:
    time.sleep(SECONDS_TO_RETRY)
    product.run_concurrently(8, lambda n: product.request("GET", "/api/courses/"))


def _titles(product, course) -> set[str]:
    """Return the titles that both workers return."""
    responses = product.run_concurrently(
        8, lambda n: product.request("GET", f"/api/courses/{course.id}/")
    )
    assert {response.status_code for response in responses} == {200}
    return {response.json()["title"] for response in responses}


def test_without_redis_requests_succeed_and_each_worker_logs_it_once_a_minute(product):
    instructor, student = make_instructor(), make_student()
    course = make_course(lessons=2, instructor=instructor)
    instructor_token, student_token = create_access_token(instructor), create_access_token(student)
    lesson = {"title": "New", "course": str(course.id)}
    before = product.read_log().count("The cache is unavailable")

    product.redis_proxy.disconnect()
    responses = [
        product.request("GET", "/api/courses/"),
        product.request(
            "POST", "/api/enrollments/", token=student_token, json={"course": str(course.id)}
        ),
        product.request("GET", "/api/enrollments/", token=student_token),
        product.request("GET", f"/api/courses/{course.id}/lessons/", token=student_token),
        product.request("POST", "/api/lessons/", token=instructor_token, json=lesson),
        product.request("GET", "/health/ready"),
    ]

    assert [response.status_code for response in responses] == [200, 201, 200, 200, 201, 200]
    assert responses[-1].json()["cache"] == "down"
    for _ in range(3):
        product.request("GET", "/api/courses/")
        time.sleep(0.7)
    assert product.read_log().count("The cache is unavailable") - before <= 2  # one line per worker


def test_without_redis_each_process_applies_the_rate_limits(product):
    product.redis_proxy.disconnect()
    body = {"username": "nobody", "password": "wrong wrong wrong"}

    responses = [product.request("POST", "/api/auth/login/", json=body) for _ in range(20)]

    statuses = [response.status_code for response in responses]
    assert set(statuses) == {401, 429}
    assert statuses.count(401) <= 2 * 6
    assert all(
        "Retry-After" in response.headers for response in responses if response.status_code == 429
    )


def test_changes_made_without_redis_are_visible_when_it_returns(product):
    instructor = make_instructor()
    course = make_course(lessons=1, instructor=instructor)
    instructor_token = create_access_token(instructor)
    assert _titles(product, course) == {"Algebra"}

    product.redis_proxy.disconnect()
    path = f"/api/courses/{course.id}/"
    changed = product.request("PATCH", path, token=instructor_token, json={"title": "Changed"})
    assert changed.status_code == 200
    assert _titles(product, course) == {"Changed"}

    product.redis_proxy.reconnect()
    for _ in range(4):
        assert _titles(product, course) == {"Changed"}
        time.sleep(SECONDS_TO_RETRY / 3)
    wait_until(lambda: product.request("GET", "/health/ready").json()["cache"] == "ok")


def test_a_worker_killed_without_redis_leaves_no_stale_cache_entries(product):
    instructor = make_instructor()
    course = make_course(lessons=1, instructor=instructor)
    instructor_token = create_access_token(instructor)
    assert _titles(product, course) == {"Algebra"}

    product.redis_proxy.disconnect()
    path = f"/api/courses/{course.id}/"
    product.request("PATCH", path, token=instructor_token, json={"title": "Changed"})
    workers = product.workers()
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    _wait_until_replaced(product, workers)
    product.redis_proxy.reconnect()

    assert _titles(product, course) == {"Changed"}


def test_a_session_ended_without_redis_stays_ended(product):
    token = create_access_token(make_student())
    assert product.request("GET", "/api/auth/user/", token=token).status_code == 200

    product.redis_proxy.disconnect()
    assert product.request("POST", "/api/auth/logout/", token=token).status_code == 200
    product.redis_proxy.reconnect()

    for n in range(4):
        assert product.request("GET", "/api/auth/user/", token=token).status_code == 401, n
        time.sleep(SECONDS_TO_RETRY / 3)


def test_a_frozen_redis_adds_at_most_half_a_second(product):
    instructor, student = make_instructor(), make_student()
    course = make_course(lessons=1, instructor=instructor)
    instructor_token, student_token = create_access_token(instructor), create_access_token(student)
    numbers = count(1)

    def add_lesson():
        lesson = {"title": f"L{next(numbers)}", "course": str(course.id)}
        return product.request("POST", "/api/lessons/", token=instructor_token, json=lesson)

    def register():
        name = f"frozen{next(numbers)}"
        passwords = {"password1": "a long enough secret", "password2": "a long enough secret"}
        account = {"username": name, "email": f"{name}@example.org", **passwords}
        return product.request("POST", "/api/auth/registration/", json=account)

    requests = [
        lambda: product.request("GET", f"/api/courses/{course.id}/"),
        lambda: product.request("GET", "/api/enrollments/", token=student_token),
        add_lesson,
        register,
    ]
    for request in requests:
        request()
    measured = [measure(request) for request in requests]
    product.redis.pause()
    try:
        for request, (response, seconds) in zip(requests, measured, strict=True):
            _assert_in_time(request, response.status_code, seconds + MAX_EXTRA_SECONDS)
    finally:
        product.redis.resume()


def _assert_in_time(request, status: int, seconds: float) -> None:
    def send_after_a_pause() -> None:
        time.sleep(SECONDS_TO_RETRY)  # until the product tries Redis again
        assert request().status_code == status

    assert_fast(send_after_a_pause, seconds=SECONDS_TO_RETRY + seconds)


def _wait_until_replaced(product, old_workers: list[int]) -> None:
    def are_replaced() -> bool:
        workers = product.workers()
        return len(workers) == len(old_workers) and not set(workers) & set(old_workers)

    wait_until(are_replaced)
    product.wait_for("/health/live")
    time.sleep(1)  # until both workers serve requests
