"""The web worker: its own errors, its limits, and gunicorn's internals that it relies on."""

import json
import socket
from collections import Counter
from contextlib import ExitStack
from selectors import DefaultSelector
from threading import Thread

import gunicorn
import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

from lms.serving import worker
from lms.serving.client_socket import Allowance, ClientSocket, TooSlow, WaitingClients
from lms.site import headers
from tests.waiting import LIMIT


def test_gunicorn_is_the_version_that_the_worker_was_written_for():
    """With a new version, compare `gunicorn.workers.gthread` and `gunicorn.http` with ours."""
    assert gunicorn.version_info[:2] == (27, 0)


class Server:
    """A worker in a thread of this process, whose application responds with the path."""

    def __init__(self, host: str = "127.0.0.1"):
        self.listener = socket.create_server((host, 0))
        self.address = self.listener.getsockname()[:2]
        config = Config()
        config.set("threads", 4)
        config.set("worker_connections", 100)
        self._worker = worker.Worker(*(1, 0, [self.listener], None, 30, config), Logger(config))
        self._worker.wsgi = _application
        self._worker.is_parent_alive = lambda: True
        self._worker.tpool = self._worker.get_thread_pool()
        self._worker.poller = DefaultSelector()
        self._worker.method_queue.init()
        self._thread = Thread(target=self._worker.run)
        self._thread.start()

    def stop(self) -> None:
        self._worker.handle_exit(None, None)
        self._thread.join()
        self._worker.tmp.close()

    def connect(self, stack: ExitStack) -> socket.socket:
        return stack.enter_context(socket.create_connection(self.address, timeout=LIMIT))

    def ask(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        """Send the bytes, and return status, headers in lower case, and the complete body."""
        with ExitStack() as stack:
            client = self.connect(stack)
            client.sendall(request)
            answer = b""
            while piece := client.recv(65536):
                answer += piece
        head, _, body = answer.partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in lines)
        return int(status.split()[1]), fields, body


def _application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["PATH_INFO"].encode()]


@pytest.fixture
def serve():
    servers = []

    def serve(**options) -> Server:
        servers.append(Server(**options))
        return servers[-1]

    yield serve
    for server in servers:
        server.stop()


HOST = b"Host: 127.0.0.1\r\n"
REFUSED = {
    "no request": (b"secret nonsense\r\n\r\n", 400),
    "no header": (b"GET / HTTP/1.1\r\nsecret\r\n\r\n", 400),
    "a version": (b"GET /secret HTTP/9.9\r\n\r\n", 400),
    "a method": (b"secret /secret HTTP/1.1\r\n\r\n", 400),
    "two lengths": (
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nsecret",
        400,
    ),
    "a chunked body": (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nsecret", 411),
    "a long address": (b"GET /api/?secret=" + b"x" * 5000 + b" HTTP/1.1\r\n\r\n", 414),
    "an expectation": (b"POST / HTTP/1.1\r\nExpect: secret\r\n\r\n", 417),
    "many header lines": (b"GET / HTTP/1.1\r\n" + b"X-Secret: secret\r\n" * 1000 + b"\r\n", 431),
    "a long header line": (b"GET / HTTP/1.1\r\nX-Secret: " + b"x" * 9000 + b"\r\n\r\n", 431),
    "a head without end": (b"GET / HTTP/1.1\r\n" + b"X-Secret: secret\r\n" * 9000, 431),
    "a coding": (b"POST / HTTP/1.1\r\nTransfer-Encoding: secret\r\n\r\n", 501),
}


@pytest.mark.parametrize(("request_", "status"), REFUSED.values(), ids=REFUSED.keys())
def test_requests_that_gunicorn_refuses_get_api_errors(serve, request_, status):
    answered, fields, body = serve().ask(request_)

    assert answered == status
    assert set(json.loads(body)) == {"detail", "code"}
    assert fields["content-type"] == "application/json"
    assert fields["connection"] == "close"
    assert fields["x-content-type-options"] == "nosniff"
    assert fields["content-security-policy"] == headers.NOTHING
    assert fields["referrer-policy"] == "same-origin"
    assert len(fields["x-request-id"]) == 32
    assert b"secret" not in body.lower()


def test_every_parser_error_has_a_response():
    for kind, (status, code, detail) in worker.ERROR_RESPONSES.items():
        answer = worker.render_error(status, code, detail)
        assert answer.startswith(b"HTTP/1.1 %d " % status), kind
    assert list(worker.ERROR_RESPONSES)[-1] is Exception


def test_an_application_that_fails_is_a_500(serve):
    server = serve()
    server._worker.wsgi = lambda environ, start_response: 1 / 0

    status, _, body = server.ask(b"GET /secret HTTP/1.1\r\n" + HOST + b"\r\n")

    assert (status, json.loads(body)["code"]) == (500, "server_error")


def test_requests_on_a_connection_are_answered_in_order(serve):
    first = b"GET /one HTTP/1.1\r\n" + HOST + b"\r\n"
    last = b"GET /two HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n"

    _, _, rest = serve().ask(first + last)

    assert rest.index(b"/one") < rest.index(b"/two")


def test_a_small_unread_body_leaves_the_connection_open(serve):
    unread = b"POST /one HTTP/1.1\r\nContent-Length: 6\r\n" + HOST + b"\r\nunread"
    last = b"GET /two HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n"

    _, fields, rest = serve().ask(unread + last)

    assert fields["connection"] == "keep-alive"
    assert b"/two" in rest


def test_an_incomplete_body_closes_the_connection(serve):
    status, fields, body = serve().ask(b"POST /one HTTP/1.1\r\nContent-Length: 9999\r\n\r\n{")

    assert (status, fields["connection"]) == (200, "close")
    assert b"/one" in body


# Connections from an address


@pytest.mark.parametrize(
    ("client", "network"),
    [
        (("203.0.113.7", 1), "203.0.113.7"),
        (("::ffff:203.0.113.7", 1, 0, 0), "203.0.113.7"),
        (("2001:db8:1:2:3::4", 1, 0, 0), "2001:db8:1:2::/64"),
        (("fe80::1%eth0", 1, 0, 2), "fe80::/64"),
        (("127.0.0.1", 1), ""),
        (("::1", 1, 0, 0), ""),
        (("::ffff:127.0.0.1", 1, 0, 0), ""),
        ("", ""),
    ],
)
def test_connections_are_counted_by_address_or_network(client, network):
    assert worker.counted_network(client) == network


def test_connections_through_proxies_are_not_counted(monkeypatch):
    monkeypatch.setattr(worker.settings, "TRUSTED_PROXIES", 1)

    assert worker.counted_network(("203.0.113.7", 1)) == ""


def test_an_address_with_too_many_connections_loses_its_idle_ones(serve, monkeypatch):
    monkeypatch.setattr(worker, "counted_network", lambda client: client[0])
    monkeypatch.setattr(worker, "MOST_PER_ADDRESS", 3)
    server = serve()
    with ExitStack() as stack:
        silent = [server.connect(stack) for _ in range(10)]

        assert server.ask(b"GET /one HTTP/1.0\r\n\r\n")[0] == 200
        assert silent[0].recv(1) == b""


def test_an_address_whose_connections_are_all_busy_gets_no_other(serve, monkeypatch):
    monkeypatch.setattr(worker, "counted_network", lambda client: client[0])
    monkeypatch.setattr(worker, "MOST_PER_ADDRESS", 1)
    server = serve()
    with ExitStack() as stack:
        server.connect(stack).sendall(b"GET /busy HTTP/1.1\r\nX-Slow: ")
        while server._worker.pending_conns or not server._worker._open:
            pass

        status, fields, body = server.ask(b"")

    assert (status, json.loads(body)["code"]) == (429, "too_many_connections")
    assert fields["retry-after"] == "60"


def test_a_closed_connection_is_no_longer_counted(serve):
    server = serve()

    for _ in range(3):
        server.ask(b"GET /one HTTP/1.0\r\n\r\n")
    server.ask(b"nonsense\r\n\r\n")

    while server._worker.nr_conns:
        pass
    assert server._worker._open == Counter()


# Sockets


@pytest.fixture
def pair():
    """Return the server's socket of a client, and the client's own end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        accepted, _ = listener.accept()
    with client, ClientSocket(accepted, WaitingClients(8)) as served:
        yield served, client


def test_received_bytes_extend_the_time_up_to_the_limit():
    allowance = Allowance(10)
    allowance.spend(4)
    allowance.earn(32 * 1024)
    assert allowance.left == 7
    allowance.earn(32 * 1024 * 1024)
    assert allowance.left == 10


def test_a_file_is_sent_completely_or_in_part(pair, tmp_path):
    served, client = pair
    content = bytes(range(256)) * 8000
    (tmp_path / "file").write_bytes(content)
    received = bytearray()

    def read() -> None:
        while piece := client.recv(65536):
            received.extend(piece)

    reader = Thread(target=read)
    reader.start()
    served.begin_body(seconds=LIMIT)
    with (tmp_path / "file").open("rb") as file:
        assert served.sendfile(file) == len(content)
        assert served.sendfile(file, offset=256, count=512) == 512
    served.sendall(content)
    served.finish()
    reader.join()

    assert received == content + content[256:768] + content


def test_an_incomplete_body_is_not_treated_as_complete(pair):
    served, client = pair
    served.begin_body(seconds=LIMIT)
    client.sendall(b"half")
    client.close()

    assert served.recv(100) == b"half"
    with pytest.raises(ConnectionResetError):
        served.recv(100)


def test_the_slowest_client_makes_room_for_another(pair):
    served, _ = pair
    waiting = WaitingClients(2)
    slow, slower = (ClientSocket(end, waiting) for end in socket.socketpair())
    with slow, slower:
        for client, seconds in ((slow, 2), (slower, 5)):
            allowance = Allowance(10)
            allowance.spend(seconds)
            waiting.add(client, allowance)

        waiting.add(served, Allowance(10))

        assert slower.recv(1) == b""
        assert set(waiting._clients) == {slow, served}


def test_disconnecting_a_client_frees_the_thread_that_waits_for_it(pair):
    served, _ = pair
    served.begin_head(seconds=60, most=100)
    outcomes = []

    def wait() -> None:
        try:
            served.recv(1)
        except TooSlow as error:
            outcomes.append(error)

    thread = Thread(target=wait)
    thread.start()
    while served not in served._waiting._clients:
        pass

    served.disconnect()
    thread.join(LIMIT)

    assert len(outcomes) == 1
