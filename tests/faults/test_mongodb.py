"""F3: MongoDB gone at the start, gone later, or frozen: 503 in time, and back by itself."""

import pytest

from apps.users import services as users
from tests.factories import PASSWORD, make_course, make_student
from tests.faults.shared import beside_the_suite
from tests.waiting import assert_fast

pytestmark = pytest.mark.django_db(transaction=True)

IN_TIME = 3.0
MANY = 12
NEEDS_NO_MONGODB = ["/", "/health/live", "/swagger/", "/swagger.json", "/robots.txt"]


@pytest.fixture
def product(needs_servers, tmp_path):
    with beside_the_suite(tmp_path) as (product, proxy):
        product.proxy = proxy
        yield product


def _refused_in_time(product, method: str, path: str, **options) -> None:
    def be_refused() -> None:
        answer = product.ask(method, path, **options)
        assert answer.status_code == 503, (path, answer.text)
        assert answer.json()["code"] == "store_unavailable"
        assert int(answer.headers["Retry-After"]) > 0

    assert_fast(be_refused, seconds=IN_TIME)


def _stays_up_without(product, student, token: str, refresh: str) -> None:
    """What must hold while MongoDB is unreachable, however it is."""
    sign_in = {"username": student.username, "password": PASSWORD}
    refused = [
        lambda: _refused_in_time(product, "GET", "/api/lessons/"),
        lambda: _refused_in_time(product, "GET", "/api/enrollments/", token=token),
        lambda: _refused_in_time(product, "POST", "/api/auth/login/", json=sign_in),
        lambda: _refused_in_time(
            product, "POST", "/api/auth/token/refresh/", json={"refresh": refresh}
        ),
        lambda: _not_ready_in_time(product),
        lambda: [_answers(product, path) for path in NEEDS_NO_MONGODB],
    ]
    product.ask_at_once(len(refused), lambda n: refused[n]())
    product.ask_at_once(MANY, lambda n: refused[0]())


def _not_ready_in_time(product) -> None:
    def be_unready() -> None:
        ready = product.ask("GET", "/health/ready")
        assert ready.status_code == 503
        assert ready.json()["documents"] == "down"

    assert_fast(be_unready, seconds=IN_TIME + 0.5)


def _answers(product, path: str) -> None:
    def be_answered() -> None:
        assert product.ask("GET", path).status_code == 200, path

    assert_fast(be_answered, seconds=IN_TIME)


def _works(product, student, course, refresh: str) -> None:
    sign_in = {"username": student.username, "password": PASSWORD}
    signed_in = product.ask("POST", "/api/auth/login/", json=sign_in)
    assert signed_in.status_code == 200
    refreshed = product.ask("POST", "/api/auth/token/refresh/", json={"refresh": refresh})
    assert refreshed.status_code == 200, "a refresh that was refused has used up its token"
    assert product.ask("GET", f"/api/courses/{course.id}/").status_code == 200


def test_gone_at_the_start_it_is_found_when_it_comes(product):
    course, student = make_course(lessons=1), make_student(password=PASSWORD)
    tokens = users.open_session(user=student)
    product.proxy.cut()

    product.launch()

    _stays_up_without(product, student, tokens.access, tokens.refresh)
    assert "MongoDB is unreachable" in product.said()
    product.proxy.mend()
    product.wait_for("/health/ready")
    _works(product, student, course, tokens.refresh)


@pytest.mark.parametrize("fault", ["gone", "frozen"])
def test_gone_or_frozen_later_it_is_found_when_it_comes_back(product, fault):
    course, student = make_course(lessons=1), make_student(password=PASSWORD)
    tokens = users.open_session(user=student)
    product.prepare().start(path="/health/ready")
    assert product.ask("GET", "/api/courses/").status_code == 200
    (worker,) = product.workers()

    product.proxy.cut() if fault == "gone" else product.proxy.freeze()
    _stays_up_without(product, student, tokens.access, tokens.refresh)
    product.proxy.mend() if fault == "gone" else product.proxy.thaw()

    product.wait_for("/health/ready")
    _works(product, student, course, tokens.refresh)
    assert product.workers() == [worker]
