"""
A TCP proxy that tests can disconnect and freeze without any change to the server.

`MongoProxy` parses the messages and can disconnect at a chosen command, such as between two writes
of one request.
"""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple, Self

import bson

from tests.faults.ports import HOST, free_port

SECONDS_TO_CONNECT = 2
CHUNK = 65_536

HEADER = struct.Struct("<iiii")  # message length, request ID, response to, opcode
OP_QUERY, OP_MSG = 2004, 2013

WRITES = frozenset({"insert", "update", "delete", "findAndModify"})


def command_name(command: dict) -> str:
    """Return the name of a MongoDB command, which is its first key."""
    return next(iter(command), "")


def is_write(command: dict) -> bool:
    return command_name(command) in WRITES


class Proxy:
    """Listens on `.port` of 127.0.0.1 and forwards all bytes to and from the target port."""

    def __init__(self, target_port: int):
        self.target_port = target_port
        self.port = free_port()
        self._lock = threading.RLock()
        self._listener: socket.socket | None = None
        self._links: set[_Link] = set()
        self._flowing = threading.Event()
        self._flowing.set()

    @property
    def is_disconnected(self) -> bool:
        return self._listener is None

    def disconnect(self) -> None:
        """Close all connections, and refuse new ones."""
        with self._lock:
            if self._listener is not None:
                _hang_up(self._listener)
                self._listener.close()
            self._listener = None
            for link in self._links:
                link.hang_up()

    def reconnect(self) -> None:
        """Accept connections again, on the same port."""
        with self._lock:
            if self._listener is None:
                self._listener = socket.create_server((HOST, self.port), backlog=128)
                _in_background(self._accept, self._listener)

    def freeze(self) -> None:
        """Accept connections and bytes, but forward nothing until `unfreeze()`."""
        self._flowing.clear()

    def unfreeze(self) -> None:
        """Forward the bytes that were held back, and all later ones."""
        self._flowing.set()

    def __enter__(self) -> Self:
        self.reconnect()
        return self

    def __exit__(self, *_) -> None:
        self.disconnect()
        self.unfreeze()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # disconnect() closes the listener.
            while True:
                client, _ = listener.accept()
                _in_background(self._serve, listener, client)

    def _serve(self, listener: socket.socket, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError), self._connect() as server:
            link = _Link(client, server)
            with self._lock:
                if listener is not self._listener:
                    return  # The proxy was disconnected while it connected to the server.
                self._links.add(link)
            response_thread = _in_background(self._forward, link, server, client, self._may_return)
            self._forward(link, client, server, self._may_send)
            response_thread.join()
            with self._lock:
                self._links.discard(link)

    def _connect(self) -> socket.socket:
        server = socket.create_connection((HOST, self.target_port), SECONDS_TO_CONNECT)
        server.settimeout(None)
        return server

    def _forward(self, link, source: socket.socket, sink: socket.socket, may_pass) -> None:
        """Forward one direction until a side closes its connection, then close both."""
        try:
            for piece in self._pieces(source):
                self._flowing.wait()
                if not may_pass(link, piece):
                    break
                sink.sendall(piece)
        except OSError:
            pass  # One side has closed its connection.
        finally:
            link.hang_up()

    def _pieces(self, source: socket.socket) -> Iterator[bytes]:
        while piece := source.recv(CHUNK):
            yield piece

    def _may_send(self, link: "_Link", piece: bytes) -> bool:
        return True

    def _may_return(self, link: "_Link", piece: bytes) -> bool:
        return True


class MongoProxy(Proxy):
    """A proxy that parses uncompressed MongoDB messages and can disconnect at a chosen one."""

    def __init__(self, target_port: int):
        super().__init__(target_port)
        self._planned: _PlannedDisconnect | None = None
        self._lost_response: tuple[_Link, int] | None = None

    def disconnect_after(
        self,
        n: int,
        *,
        counting: Callable[[dict], bool] = is_write,
        losing: Literal["response", "command"] = "response",
    ) -> None:
        """
        Disconnect once, at the n-th of the next commands that `counting` accepts, from 1.

        If the response is lost, the server has executed the command. If the command is lost, the
        server has not received it. The proxy stays disconnected until `reconnect()`.
        """
        with self._lock:
            self._planned = _PlannedDisconnect(n, counting, losing)
            self._lost_response = None

    def _pieces(self, source: socket.socket) -> Iterator[bytes]:
        with source.makefile("rb") as stream:
            while header := stream.read(HEADER.size):
                message = header + stream.read(_length(header, 0) - HEADER.size)
                if len(message) < _length(header, 0):
                    return  # The connection ended in the middle of a message.
                yield message

    def _may_send(self, link: "_Link", message: bytes) -> bool:
        with self._lock:
            if self._planned is None or not self._planned.counting(command_in(message)):
                return True
            self._planned = self._planned._replace(n=self._planned.n - 1)
            if self._planned.n > 0:
                return True
            losing, self._planned = self._planned.losing, None
            if losing == "response":
                self._lost_response = (link, HEADER.unpack_from(message)[1])
                return True
            self.disconnect()
            return False

    def _may_return(self, link: "_Link", message: bytes) -> bool:
        with self._lock:
            if self._lost_response != (link, HEADER.unpack_from(message)[2]):
                return True
            self._lost_response = None
            self.disconnect()
            return False


def command_in(message: bytes) -> dict:
    """Return the command in a message, without its document sequences, or {} if there is none."""
    kind = HEADER.unpack_from(message)[3]
    if kind == OP_MSG:
        return _document(message, _body_of(message))
    if kind == OP_QUERY:
        flags, numbers = 4, 8
        return _document(message, message.index(b"\0", HEADER.size + flags) + 1 + numbers)
    return {}


def _body_of(message: bytes) -> int:
    """Return the offset of the only section of kind 0, the command, in an OP_MSG."""
    section = HEADER.size + 4
    while message[section] != 0:
        section += 1 + _length(message, section + 1)
    return section + 1


def _document(message: bytes, start: int) -> dict:
    return bson.decode(message[start : start + _length(message, start)])


def _length(message: bytes, start: int) -> int:
    return int.from_bytes(message[start : start + 4], "little")


class _PlannedDisconnect(NamedTuple):
    n: int
    counting: Callable[[dict], bool]
    losing: str


class _Link:
    """A connection of a client and the matching connection to the server."""

    def __init__(self, client: socket.socket, server: socket.socket):
        self._sockets = (client, server)
        for socket_ in self._sockets:
            socket_.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def hang_up(self) -> None:
        """Shut down both connections; the thread that reads closes the sockets."""
        for socket_ in self._sockets:
            _hang_up(socket_)


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # The connection has already ended.
        connection.shutdown(socket.SHUT_RDWR)


def _in_background(target: Callable[..., None], *arguments) -> threading.Thread:
    thread = threading.Thread(target=target, args=arguments, daemon=True)
    thread.start()
    return thread
