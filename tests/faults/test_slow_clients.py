"""F9: a hundred slow clients, and everybody else is answered as ever."""

import socket
import time
from contextlib import ExitStack

import pytest

from tests.faults.ports import HOST
from tests.faults.product import Product, timed

SLOW = 100
SOON = 6.0  # seconds


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    with Product(tmp_path_factory.mktemp("product")) as product:
        yield product.prepare().start()


def _others_are_answered(product) -> None:
    for _ in range(5):
        answer, seconds = timed(lambda: product.ask("GET", "/api/courses/", timeout=20))
        assert answer.status_code == 200
        assert seconds < SOON


@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"GET /api/courses/ HTT",
        b"POST /api/auth/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
    ],
    ids=["who say nothing", "who stop in the head", "who stop in the body"],
)
def test_slow_clients_keep_nobody_waiting(product, first):
    with ExitStack() as stack:
        for _ in range(SLOW):
            slow = stack.enter_context(socket.create_connection((HOST, product.port)))
            slow.sendall(first)
        time.sleep(0.5)

        _others_are_answered(product)
