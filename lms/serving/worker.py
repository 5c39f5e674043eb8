"""
gunicorn's threaded worker, hardened against slow and faulty clients.

gunicorn limits neither the time of a whole request nor of a response, and closes connections in its
main thread, which takes up to two seconds each. This worker differs from it in five ways:

* A new connection waits in the poller, not in a thread, until its first byte arrives.
* `lms.serving.client_socket` limits how long threads wait for a client, from head to closing.
* The number of connections is limited, in total and per address; the longest idle one makes room.
* A response that is sent before the body is complete announces and closes the connection.
* The worker's own errors look like the API's, with the same headers, and repeat no input.

It relies on gunicorn's internals; `tests/platform/test_worker.py` fails if they change.
"""

import errno
import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from itertools import chain
from selectors import EVENT_READ
from uuid import uuid4

from gunicorn.http import errors, message
from gunicorn.http.body import ChunkedReader
from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import TConn, ThreadWorker

from apps.common.client_address import network_of, parse_ip
from lms import env, settings
from lms.serving.client_socket import ClientSocket, HeadTooLarge, TooSlow, WaitingClients
from lms.site import headers

HEAD_SECONDS = env.number("WEB_HEAD_SECONDS", default=10, least=1)
TRANSFER_SECONDS = env.number("WEB_TRANSFER_SECONDS", default=20, least=1)
MOST_PER_ADDRESS = env.number("WEB_CONNECTIONS_PER_ADDRESS", default=16, least=1)
HEAD_BYTES = 32 * 1024
SHARE_THAT_MAY_WAIT = 0.5  # of the threads
PAUSE_WITHOUT_FILES = 0.05  # seconds
_TRY_AGAIN = {errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED}
_NO_FILES_LEFT = {errno.EMFILE, errno.ENFILE}


class HeadTooLate(Exception):
    """The request's head did not arrive in time."""


class LengthRequired(Exception):
    """The body is chunked; Django reads no body without a `Content-Length`."""


# The first matching type applies.
ERROR_RESPONSES: dict[type[Exception], tuple[int, str, str]] = {
    HeadTooLate: (408, "request_timeout", "The request did not arrive in time."),
    LengthRequired: (411, "length_required", "Send a Content-Length with the body."),
    errors.LimitRequestLine: (414, "uri_too_long", "The URL is too long."),
    errors.ExpectationFailed: (417, "expectation_failed", "The expectation cannot be met."),
    errors.LimitRequestHeaders: (431, "headers_too_large", "The header fields are too large."),
    HeadTooLarge: (431, "headers_too_large", "The header fields are too large."),
    errors.UnsupportedTransferCoding: (
        *(501, "unsupported_transfer_coding"),
        "The transfer coding is not supported.",
    ),
    errors.ConfigurationProblem: (500, "server_error", "Something went wrong on the server."),
    errors.InvalidResponseHeader: (500, "server_error", "Something went wrong on the server."),
    errors.ParseException: (400, "bad_request", "The request is malformed."),
    Exception: (500, "server_error", "Something went wrong on the server."),
}
TOO_MANY = (
    *(429, "too_many_connections"),
    "Too many connections from this address. Try again in 1 minute.",
)


class Request(message.Request):
    def should_close(self) -> bool:
        return super().should_close() or self._is_incomplete()

    def _is_incomplete(self) -> bool:
        """Return whether a part of the body has not arrived yet."""
        arrived = self.unreader.buf.getbuffer().nbytes
        return getattr(self.body.reader, "length", 0) > arrived


class Parser(RequestParser):
    mesg_class = Request

    def __next__(self) -> Request:
        try:
            return super().__next__()
        except TooSlow as error:
            raise HeadTooLate() from error


class Connection(TConn):
    def __init__(self, cfg, sock: ClientSocket, client, server, open_connections: Counter):
        super().__init__(cfg, sock, client, server)
        self.parser = Parser(cfg, sock, client)
        self.network = counted_network(client)
        self._open: Counter | None = open_connections
        open_connections[self.network] += 1

    def close(self, graceful: bool = False) -> None:
        super().close(graceful)
        if self._open is not None:
            self._open[self.network] -= 1
            if not self._open[self.network]:
                del self._open[self.network]
            self._open = None


class Worker(ThreadWorker):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._waiting = WaitingClients(max(1, int(self.cfg.threads * SHARE_THAT_MAY_WAIT)))
        self._open: Counter = Counter()

    # In the main thread

    def accept(self, listener) -> None:
        try:
            accepted, client = listener.accept()
        except OSError as error:
            if error.errno in _NO_FILES_LEFT:
                self._make_room_for_files()
            elif error.errno not in _TRY_AGAIN:
                raise
            return
        sock = ClientSocket(accepted, self._waiting)
        connection = Connection(self.cfg, sock, client, listener.getsockname(), self._open)
        self.nr_conns += 1
        if self._has_room_for(connection):
            self._await_first_byte(connection)
        else:
            self._refuse(connection)

    def on_pending_socket_readable(self, conn, client) -> None:
        if client.fileno() >= 0:  # Otherwise it was just closed, to make room.
            super().on_pending_socket_readable(conn, client)

    def on_client_socket_readable(self, conn, client) -> None:
        if client.fileno() >= 0:
            super().on_client_socket_readable(conn, client)

    def _has_room_for(self, connection: Connection) -> bool:
        """Return whether the connection may stay, after idle ones have made room."""
        while self.nr_conns >= self.worker_connections and self._close_idle(self._idle()):
            pass
        if not connection.network:
            return True
        neighbors = (other for other in self._idle() if other.network == connection.network)
        is_within = self._open[connection.network] <= MOST_PER_ADDRESS
        return is_within or self._close_idle(neighbors)

    def _idle(self) -> Iterator[Connection]:
        """Yield the connections without a request, starting with those that never had one."""
        return chain(self.pending_conns, self.keepalived_conns)

    def _close_idle(self, candidates: Iterator[Connection]) -> bool:
        """Close the first candidate, which is idle longest; return whether there was any."""
        connection = next(iter(candidates), None)
        if connection is None:
            return False
        is_new = connection in self.pending_conns
        (self.pending_conns if is_new else self.keepalived_conns).remove(connection)
        self.poller.unregister(connection.sock)
        self.nr_conns -= 1
        connection.close()
        return True

    def _make_room_for_files(self) -> None:
        if not self._close_idle(self._idle()):
            time.sleep(PAUSE_WITHOUT_FILES)

    def _await_first_byte(self, connection: Connection) -> None:
        connection.timeout = time.monotonic() + HEAD_SECONDS
        self.pending_conns.append(connection)
        ready = partial(self.on_pending_socket_readable, connection)
        self.poller.register(connection.sock, EVENT_READ, ready)

    def _refuse(self, connection: Connection) -> None:
        with suppress(OSError):
            connection.sock.send(render_error(*TOO_MANY))
        self.nr_conns -= 1
        connection.close()

    def _cap_keepalive(self, deadline: float) -> None:
        """Stop waiting for the first byte of silent connections when the worker stops."""
        super()._cap_keepalive(deadline)
        for connection in self.pending_conns:
            connection.timeout = min(connection.timeout, deadline)

    # In a thread of the pool

    def handle(self, conn):
        conn.sock.begin_head(seconds=HEAD_SECONDS, most=HEAD_BYTES)
        keeps_open = super().handle(conn)
        if not keeps_open:
            conn.sock.finish()  # The main thread would wait for the slow clients one by one.
        return keeps_open

    def handle_request(self, req, conn):
        """
        :raises LengthRequired: the body is chunked
        """
        if isinstance(req.body.reader, ChunkedReader):
            raise LengthRequired()
        conn.sock.begin_body(seconds=TRANSFER_SECONDS)
        return super().handle_request(req, conn)

    def handle_error(self, req, client, addr, exc) -> None:
        """Respond to a request that never reached Django; the log does not repeat it."""
        error = next(ERROR_RESPONSES[kind] for kind in ERROR_RESPONSES if isinstance(exc, kind))
        if error[0] == HTTPStatus.INTERNAL_SERVER_ERROR:
            self.log.exception("A request failed outside of Django.")
        else:
            self.log.warning("Refused a request: %d (%s).", error[0], type(exc).__name__)
        with suppress(OSError):
            client.sendall(render_error(*error))


def render_error(status: int, code: str, detail: str) -> bytes:
    """Return a complete HTTP response, after which the connection is closed."""
    body = json.dumps({"detail": detail, "code": code}).encode()
    fields = {
        "Connection": "close",
        "Content-Type": "application/json",
        "Content-Length": len(body),
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": headers.NOTHING,
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Request-ID": uuid4().hex,
    }
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        fields["Retry-After"] = "60"
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def counted_network(client) -> str:
    """
    Return the network for which a client's connections are counted: the address, for IPv6 its /64.

    It is "" if they are not limited: all clients share the address of a trusted proxy, and local
    proxies, probes and tests connect from loopback. There, only waiting threads are limited.
    """
    if settings.TRUSTED_PROXIES or not isinstance(client, tuple):
        return ""
    address = parse_ip(client[0])
    return "" if address is None or address.is_loopback else network_of(client[0])
