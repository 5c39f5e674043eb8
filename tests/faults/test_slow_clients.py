"""Slow clients, many more than threads, do not delay other clients."""

import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.faults.ports import HOST
from tests.faults.product import Product
from tests.waiting import LIMIT

THREADS = 8
SLOW_CLIENTS = 60
TIMEOUT = 1  # seconds until a slow client is disconnected
ENDLESS_TIMEOUT = 24 * 60 * 60  # A thread that waits for a client is blocked for the whole test.
BIG_FILE_BYTES = 30 * 1024 * 1024

HEAD = b"POST /api/auth/token/verify/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
JSON = HEAD + b"Content-Type: application/json\r\n"
BODY = JSON + b"Content-Length: 500000\r\n\r\n{"
FORM = HEAD + b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 900000\r\n\r\n--x"
TOO_LARGE = JSON + b"Content-Length: 99000000\r\n\r\n{"
FILE = b"GET /media/big.bin HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
PIPELINED = b"GET /swagger.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 100

# The bytes that a client sends first, and the bytes that it then sends repeatedly.
SENDERS = {
    "nothing": (b"", b""),
    "a part of the headers": (b"GET /api/courses/ HTT", b""),
    "its headers byte by byte": (b"GET /api/courses/ HTTP/1.1\r\nX-Slow: ", b"x"),
    "a part of its body": (BODY, b""),
    "its body byte by byte": (BODY, b" "),
    "its form byte by byte": (FORM, b" "),
    "headers that expect 100-continue": (BODY[:-3] + b"Expect: 100-continue\r\n\r\n", b""),
}
READERS = {"a file": FILE, "a hundred pipelined requests": PIPELINED}


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    with _run_product(tmp_path_factory.mktemp("product"), TIMEOUT) as product:
        yield product


@pytest.fixture(scope="module")
def product_without_timeout(tmp_path_factory):
    with _run_product(
        tmp_path_factory.mktemp("product-without-timeout"), ENDLESS_TIMEOUT
    ) as product:
        yield product


@contextmanager
def _run_product(folder: Path, timeout: int) -> Iterator[Product]:
    timeouts = {"WEB_HEAD_SECONDS": str(timeout), "WEB_TRANSFER_SECONDS": str(timeout)}
    with Product(folder, WEB_THREADS=str(THREADS), **timeouts) as product:
        product.prepare()
        (folder / "media").mkdir(exist_ok=True)
        (folder / "media" / "big.bin").write_bytes(b"\0" * BIG_FILE_BYTES)
        yield product.start()


@pytest.fixture
def connect():
    """Return a function that connects a client with a small receive buffer."""
    with ExitStack() as stack:

        def connect(product: Product) -> socket.socket:
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(LIMIT)
            client.connect((HOST, product.port))
            return client

        yield connect


@pytest.fixture
def send_slowly():
    """Return a function that makes clients send bytes repeatedly until the test ends."""
    end = Event()
    threads = []

    def send(clients: list[socket.socket], chunk: bytes) -> None:
        while not end.wait(0.25):
            for client in clients:
                with suppress(OSError):
                    client.sendall(chunk)

    def start(clients: list[socket.socket], chunk: bytes) -> None:
        threads.append(Thread(target=send, args=(clients, chunk)))
        threads[-1].start()

    yield start
    end.set()
    for thread in threads:
        thread.join()


def _assert_others_are_served(product) -> None:
    for path in ("/health/live", "/api/courses/") * 3:
        assert product.request("GET", path).status_code == 200


def _read_to_the_end(client: socket.socket) -> int:
    """
    Return the number of bytes received until the connection ends.

    :raises TimeoutError: the connection does not end
    """
    received = 0
    with suppress(ConnectionError):
        while piece := client.recv(1024 * 1024):
            received += len(piece)
    return received


def _wait_for_hangup(client: socket.socket) -> None:
    """Wait until the connection has ended, without reading from it."""
    poll = select.poll()
    poll.register(client, 0)  # errors and hang-ups are always reported
    assert poll.poll(LIMIT * 1000)


@pytest.mark.parametrize(("first", "chunk"), SENDERS.values(), ids=SENDERS.keys())
def test_clients_that_send_slowly_do_not_delay_others(
    product_without_timeout, connect, send_slowly, first, chunk
):
    clients = [connect(product_without_timeout) for _ in range(SLOW_CLIENTS)]
    for client in clients:
        client.sendall(first)
    if chunk:
        send_slowly(clients, chunk)

    _assert_others_are_served(product_without_timeout)


@pytest.mark.parametrize("request_", READERS.values(), ids=READERS.keys())
def test_clients_that_read_nothing_do_not_delay_others(product_without_timeout, connect, request_):
    for _ in range(SLOW_CLIENTS):
        connect(product_without_timeout).sendall(request_)

    _assert_others_are_served(product_without_timeout)


@pytest.mark.parametrize(("first", "chunk"), SENDERS.values(), ids=SENDERS.keys())
def test_a_client_that_sends_slowly_is_disconnected(product, connect, send_slowly, first, chunk):
    client = connect(product)
    client.sendall(first)
    if chunk:
        send_slowly([client], chunk)

    _read_to_the_end(client)


@pytest.mark.parametrize("request_", READERS.values(), ids=READERS.keys())
def test_a_client_that_reads_nothing_is_disconnected(product, connect, request_):
    client = connect(product)
    client.sendall(request_)

    _wait_for_hangup(client)

    assert _read_to_the_end(client) < 4 * 1024 * 1024


def test_headers_that_arrive_too_late_get_status_408(product, connect):
    client = connect(product)
    client.sendall(b"GET /api/courses/ HTT")

    assert client.recv(65536).startswith(b"HTTP/1.1 408 ")


def test_a_body_that_is_refused_unread_closes_the_connection(product, connect, send_slowly):
    clients = [connect(product) for _ in range(SLOW_CLIENTS)]
    for client in clients:
        client.sendall(TOO_LARGE)
    send_slowly(clients, b" ")

    response = clients[-1].recv(65536)
    _assert_others_are_served(product)

    assert b"\r\nConnection: close\r\n" in response
    _read_to_the_end(clients[-1])


def test_a_client_that_sends_steadily_is_not_disconnected(product, connect):
    """The request takes longer than the timeout for clients that send nothing."""
    client = connect(product)
    client.sendall(JSON + b"Content-Length: 800000\r\n\r\n")
    start = time.monotonic()
    for _ in range(40):
        client.sendall(b" " * 20_000)
        time.sleep(0.05)

    assert time.monotonic() - start > 1.5 * TIMEOUT
    assert client.recv(65536).startswith(b"HTTP/1.1 400 ")


def test_an_idle_connection_is_closed_after_a_timeout(product, connect):
    client = connect(product)
    client.sendall(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")

    assert b"\r\nConnection: keep-alive\r\n" in client.recv(65536)
    _read_to_the_end(client)


def test_idle_connections_are_closed_if_there_are_too_many(tmp_path):
    settings = {"WEB_CONNECTIONS": "20", "WEB_HEAD_SECONDS": str(ENDLESS_TIMEOUT)}
    with Product(tmp_path, WEB_THREADS="4", **settings) as product, ExitStack() as stack:
        product.prepare().start()
        address = (HOST, product.port)
        idle = [stack.enter_context(socket.create_connection(address)) for _ in range(60)]

        _assert_others_are_served(product)
        idle[0].settimeout(LIMIT)
        assert idle[0].recv(1) == b""
