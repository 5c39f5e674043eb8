"""F9: slow clients, many more than threads, do not keep the other clients waiting."""

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
SLOW = 60
PATIENCE = 1  # seconds until a slow client is disconnected
ENDLESS_PATIENCE = 24 * 60 * 60  # a thread that waits for a client with it is lost for the test
BIG_FILE_BYTES = 30 * 1024 * 1024

HEAD = b"POST /api/auth/token/verify/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
JSON = HEAD + b"Content-Type: application/json\r\n"
BODY = JSON + b"Content-Length: 500000\r\n\r\n{"
FORM = HEAD + b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 900000\r\n\r\n--x"
TOO_LARGE = JSON + b"Content-Length: 99000000\r\n\r\n{"
FILE = b"GET /media/big.bin HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
PIPELINED = b"GET /swagger.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 100

# What a client sends at once, and what it sends again and again.
SENDERS = {
    "nothing": (b"", b""),
    "a part of the head": (b"GET /api/courses/ HTT", b""),
    "its head byte by byte": (b"GET /api/courses/ HTTP/1.1\r\nX-Slow: ", b"x"),
    "a part of its body": (BODY, b""),
    "its body byte by byte": (BODY, b" "),
    "its form byte by byte": (FORM, b" "),
    "a head that promises to wait": (BODY[:-3] + b"Expect: 100-continue\r\n\r\n", b""),
}
READERS = {"a file": FILE, "a hundred answers at once": PIPELINED}


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    with _served(tmp_path_factory.mktemp("product"), PATIENCE) as product:
        yield product


@pytest.fixture(scope="module")
def patient_product(tmp_path_factory):
    with _served(tmp_path_factory.mktemp("patient-product"), ENDLESS_PATIENCE) as product:
        yield product


@contextmanager
def _served(folder: Path, patience: int) -> Iterator[Product]:
    bounds = {"WEB_HEAD_SECONDS": str(patience), "WEB_TRANSFER_SECONDS": str(patience)}
    with Product(folder, WEB_THREADS=str(THREADS), **bounds) as product:
        product.prepare()
        (folder / "media").mkdir(exist_ok=True)
        (folder / "media" / "big.bin").write_bytes(b"\0" * BIG_FILE_BYTES)
        yield product.start()


@pytest.fixture
def connect():
    """Return a function that connects a client with a small receive buffer, closed at the end."""
    with ExitStack() as stack:

        def connect(product: Product) -> socket.socket:
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(LIMIT)
            client.connect((HOST, product.port))
            return client

        yield connect


@pytest.fixture
def sending():
    """Return a function that lets clients send a few bytes again and again, until the end."""
    end = Event()
    threads = []

    def send(clients: list[socket.socket], drop: bytes) -> None:
        while not end.wait(0.25):
            for client in clients:
                with suppress(OSError):
                    client.sendall(drop)

    def start(clients: list[socket.socket], drop: bytes) -> None:
        threads.append(Thread(target=send, args=(clients, drop)))
        threads[-1].start()

    yield start
    end.set()
    for thread in threads:
        thread.join()


def _others_are_answered(product) -> None:
    for path in ("/health/live", "/api/courses/") * 3:
        assert product.ask("GET", path).status_code == 200


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


@pytest.mark.parametrize(("first", "drop"), SENDERS.values(), ids=SENDERS.keys())
def test_clients_that_send_slowly_keep_nobody_waiting(
    patient_product, connect, sending, first, drop
):
    clients = [connect(patient_product) for _ in range(SLOW)]
    for client in clients:
        client.sendall(first)
    if drop:
        sending(clients, drop)

    _others_are_answered(patient_product)


@pytest.mark.parametrize("request_", READERS.values(), ids=READERS.keys())
def test_clients_that_read_nothing_keep_nobody_waiting(patient_product, connect, request_):
    for _ in range(SLOW):
        connect(patient_product).sendall(request_)

    _others_are_answered(patient_product)


@pytest.mark.parametrize(("first", "drop"), SENDERS.values(), ids=SENDERS.keys())
def test_a_client_that_sends_slowly_is_disconnected(product, connect, sending, first, drop):
    client = connect(product)
    client.sendall(first)
    if drop:
        sending([client], drop)

    _read_to_the_end(client)


@pytest.mark.parametrize("request_", READERS.values(), ids=READERS.keys())
def test_a_client_that_reads_nothing_is_disconnected(product, connect, request_):
    client = connect(product)
    client.sendall(request_)

    _wait_for_hangup(client)

    assert _read_to_the_end(client) < 4 * 1024 * 1024


def test_a_head_that_comes_too_late_is_answered(product, connect):
    client = connect(product)
    client.sendall(b"GET /api/courses/ HTT")

    assert client.recv(65536).startswith(b"HTTP/1.1 408 ")


def test_a_body_that_is_refused_unread_ends_the_connection_and_says_so(product, connect, sending):
    clients = [connect(product) for _ in range(SLOW)]
    for client in clients:
        client.sendall(TOO_LARGE)
    sending(clients, b" ")

    answer = clients[-1].recv(65536)
    _others_are_answered(product)

    assert b"\r\nConnection: close\r\n" in answer
    _read_to_the_end(clients[-1])


def test_a_client_at_a_modest_rate_may_take_its_time(product, connect):
    """It takes several times the seconds for which the product waits for one that stops."""
    client = connect(product)
    client.sendall(JSON + b"Content-Length: 800000\r\n\r\n")
    began = time.monotonic()
    for _ in range(40):
        client.sendall(b" " * 20_000)
        time.sleep(0.05)

    assert time.monotonic() - began > 1.5 * PATIENCE
    assert client.recv(65536).startswith(b"HTTP/1.1 400 ")


def test_a_connection_without_a_request_is_kept_for_a_while_only(product, connect):
    client = connect(product)
    client.sendall(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")

    assert b"\r\nConnection: keep-alive\r\n" in client.recv(65536)
    _read_to_the_end(client)


def test_silent_connections_make_room_when_there_are_too_many(tmp_path):
    settings = {"WEB_CONNECTIONS": "20", "WEB_HEAD_SECONDS": str(ENDLESS_PATIENCE)}
    with Product(tmp_path, WEB_THREADS="4", **settings) as product, ExitStack() as stack:
        product.prepare().start()
        address = (HOST, product.port)
        silent = [stack.enter_context(socket.create_connection(address)) for _ in range(60)]

        _others_are_answered(product)
        silent[0].settimeout(LIMIT)
        assert silent[0].recv(1) == b""
