"""F1, F2: Redis gone or frozen costs speed and nothing else; back again, it revives nothing."""

import os
import signal
import time
from itertools import count

import pytest

from tests.factories import make_course, make_instructor, make_student
from tests.faults.product import timed
from tests.faults.proxy import Proxy
from tests.faults.servers import RedisServer
from tests.faults.shared import beside_the_suite, token_of
from tests.waiting import assert_fast, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

AT_MOST_MORE = 0.5
LEFT_ALONE = 2.1  # seconds until Redis is asked again


@pytest.fixture(scope="module")
def served(needs_servers, django_db_setup, tmp_path_factory):
    """One product of two workers for the tests of this module, with a Redis behind a proxy."""
    with (
        RedisServer() as redis,
        Proxy(redis.port) as way,
        beside_the_suite(
            tmp_path_factory.mktemp("product"),
            REDIS_URL=f"redis://127.0.0.1:{way.port}/0",
            WEB_WORKERS="2",
            LMS_RATE_LIMITS="on",
            LMS_LIMIT_ANONYMOUS="100000/60",
            LMS_LIMIT_SIGNED_IN="100000/60",
            LMS_LIMIT_SIGN_IN="6/3600",
            LMS_LIMIT_REGISTRATION="1000/60",
        ) as (product, _),
    ):
        product.way, product.redis = way, redis
        yield product.prepare().start(path="/health/ready")


@pytest.fixture
def product(served):
    yield served
    served.way.mend()
    served.way.thaw()
    _until_redis_is_used(served)


def _until_redis_is_used(product) -> None:
    time.sleep(LEFT_ALONE)
    product.ask_at_once(8, lambda n: product.ask("GET", "/api/courses/"))


def _titles(product, course) -> set[str]:
    """Ask both workers."""
    answers = product.ask_at_once(8, lambda n: product.ask("GET", f"/api/courses/{course.id}/"))
    assert {answer.status_code for answer in answers} == {200}
    return {answer.json()["title"] for answer in answers}


def test_without_redis_all_works_and_the_log_says_so_once_a_minute(product):
    author, student = make_instructor(), make_student()
    course = make_course(lessons=2, instructor=author)
    teacher, learner = token_of(author), token_of(student)
    lesson = {"title": "New", "course": str(course.id)}
    before = product.said().count("The cache is unavailable")

    product.way.cut()
    asked = [
        product.ask("GET", "/api/courses/"),
        product.ask("POST", "/api/enrollments/", token=learner, json={"course": str(course.id)}),
        product.ask("GET", "/api/enrollments/", token=learner),
        product.ask("GET", f"/api/courses/{course.id}/lessons/", token=learner),
        product.ask("POST", "/api/lessons/", token=teacher, json=lesson),
        product.ask("GET", "/health/ready"),
    ]

    assert [answer.status_code for answer in asked] == [200, 201, 200, 200, 201, 200]
    assert asked[-1].json()["cache"] == "down"
    for _ in range(3):
        product.ask("GET", "/api/courses/")
        time.sleep(0.7)
    assert product.said().count("The cache is unavailable") - before <= 2  # a line for each worker


def test_without_redis_the_limits_are_kept_by_each_process(product):
    product.way.cut()
    body = {"username": "nobody", "password": "wrong wrong wrong"}

    answers = [product.ask("POST", "/api/auth/login/", json=body) for _ in range(20)]

    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {401, 429}
    assert statuses.count(401) <= 2 * 6
    assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 429)


def test_what_was_written_without_redis_is_not_hidden_when_it_comes_back(product):
    author = make_instructor()
    course = make_course(lessons=1, instructor=author)
    teacher = token_of(author)
    assert _titles(product, course) == {"Algebra"}

    product.way.cut()
    address = f"/api/courses/{course.id}/"
    changed = product.ask("PATCH", address, token=teacher, json={"title": "Changed"})
    assert changed.status_code == 200
    assert _titles(product, course) == {"Changed"}

    product.way.mend()
    for _ in range(4):
        assert _titles(product, course) == {"Changed"}
        time.sleep(LEFT_ALONE / 3)
    wait_until(lambda: product.ask("GET", "/health/ready").json()["cache"] == "ok")


def test_a_worker_that_was_killed_without_redis_does_not_leave_old_copies(product):
    author = make_instructor()
    course = make_course(lessons=1, instructor=author)
    teacher = token_of(author)
    assert _titles(product, course) == {"Algebra"}

    product.way.cut()
    address = f"/api/courses/{course.id}/"
    product.ask("PATCH", address, token=teacher, json={"title": "Changed"})
    before = product.workers()
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    _until_replaced(product, before)
    product.way.mend()

    assert _titles(product, course) == {"Changed"}


def test_a_session_that_ended_without_redis_stays_over(product):
    token = token_of(make_student())
    assert product.ask("GET", "/api/auth/user/", token=token).status_code == 200

    product.way.cut()
    assert product.ask("POST", "/api/auth/logout/", token=token).status_code == 200
    product.way.mend()

    for n in range(4):
        assert product.ask("GET", "/api/auth/user/", token=token).status_code == 401, n
        time.sleep(LEFT_ALONE / 3)


def test_a_frozen_redis_costs_half_a_second_at_most(product):
    author, student = make_instructor(), make_student()
    course = make_course(lessons=1, instructor=author)
    teacher, learner = token_of(author), token_of(student)
    numbers = count(1)

    def add_lesson():
        lesson = {"title": f"L{next(numbers)}", "course": str(course.id)}
        return product.ask("POST", "/api/lessons/", token=teacher, json=lesson)

    def register():
        name = f"frozen{next(numbers)}"
        secret = {"password1": "a long enough secret", "password2": "a long enough secret"}
        account = {"username": name, "email": f"{name}@example.org", **secret}
        return product.ask("POST", "/api/auth/registration/", json=account)

    requests = [
        lambda: product.ask("GET", f"/api/courses/{course.id}/"),
        lambda: product.ask("GET", "/api/enrollments/", token=learner),
        add_lesson,
        register,
    ]
    for request in requests:
        request()
    usual = [timed(request) for request in requests]
    product.redis.pause()
    try:
        for request, (answer, seconds) in zip(requests, usual, strict=True):
            _is_answered_in_time(request, answer.status_code, seconds + AT_MOST_MORE)
    finally:
        product.redis.resume()


def _is_answered_in_time(request, status: int, seconds: float) -> None:
    def ask_after_a_pause() -> None:
        time.sleep(LEFT_ALONE)  # until the product asks Redis again
        assert request().status_code == status

    assert_fast(ask_after_a_pause, seconds=LEFT_ALONE + seconds)


def _until_replaced(product, before: list[int]) -> None:
    def are_replaced() -> bool:
        workers = product.workers()
        return len(workers) == len(before) and not set(workers) & set(before)

    wait_until(are_replaced)
    product.wait_for("/health/live")
    time.sleep(1)  # both serve, not only the first
