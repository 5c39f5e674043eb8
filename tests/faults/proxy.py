"""
A way to a server that tests can cut, mend, freeze and thaw while the server knows nothing of it.

`MongoProxy` reads along, and can cut at a chosen command: between two writes of one request.
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

HEADER = struct.Struct("<iiii")  # length of the message, its number, the number it answers, kind
OP_QUERY, OP_MSG = 2004, 2013

WRITES = frozenset({"insert", "update", "delete", "findAndModify"})


def name_of(command: dict) -> str:
    """Return the name of a MongoDB command: its first key, whose value is often the collection."""
    return next(iter(command), "")


def is_write(command: dict) -> bool:
    return name_of(command) in WRITES


class Proxy:
    """Listens on `.port` of 127.0.0.1 and hands on what comes to the target, and its answers."""

    def __init__(self, target_port: int):
        self.target_port = target_port
        self.port = free_port()
        self._lock = threading.RLock()
        self._listener: socket.socket | None = None
        self._links: set[_Link] = set()
        self._flowing = threading.Event()
        self._flowing.set()

    @property
    def is_cut(self) -> bool:
        return self._listener is None

    def cut(self) -> None:
        """Close all connections, and refuse new ones."""
        with self._lock:
            if self._listener is not None:
                _hang_up(self._listener)
                self._listener.close()
            self._listener = None
            for link in self._links:
                link.hang_up()

    def mend(self) -> None:
        """Take connections again, on the same port."""
        with self._lock:
            if self._listener is None:
                self._listener = socket.create_server((HOST, self.port), backlog=128)
                _in_background(self._accept, self._listener)

    def freeze(self) -> None:
        """Take connections and bytes, and hand on nothing until thawed."""
        self._flowing.clear()

    def thaw(self) -> None:
        """Hand on what was held, and all that comes."""
        self._flowing.set()

    def __enter__(self) -> Self:
        self.mend()
        return self

    def __exit__(self, *_) -> None:
        self.cut()
        self.thaw()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the listener is closed by cut()
            while True:
                client, _ = listener.accept()
                _in_background(self._serve, listener, client)

    def _serve(self, listener: socket.socket, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError), self._connect() as server:
            link = _Link(client, server)
            with self._lock:
                if listener is not self._listener:
                    return  # cut while we connected
                self._links.add(link)
            answers = _in_background(self._hand_on, link, server, client, self._may_return)
            self._hand_on(link, client, server, self._may_go)
            answers.join()
            with self._lock:
                self._links.discard(link)

    def _connect(self) -> socket.socket:
        server = socket.create_connection((HOST, self.target_port), SECONDS_TO_CONNECT)
        server.settimeout(None)
        return server

    def _hand_on(self, link, source: socket.socket, sink: socket.socket, may_pass) -> None:
        """Hand on one direction until either side is done, and then end the other direction too."""
        try:
            for piece in self._pieces(source):
                self._flowing.wait()
                if not may_pass(link, piece):
                    break
                sink.sendall(piece)
        except OSError:
            pass  # one side has gone
        finally:
            link.hang_up()

    def _pieces(self, source: socket.socket) -> Iterator[bytes]:
        while piece := source.recv(CHUNK):
            yield piece

    def _may_go(self, link: "_Link", piece: bytes) -> bool:
        return True

    def _may_return(self, link: "_Link", piece: bytes) -> bool:
        return True


class MongoProxy(Proxy):
    """A proxy that understands MongoDB's messages, uncompressed ones, and cuts by counting them."""

    def __init__(self, target_port: int):
        super().__init__(target_port)
        self._cut: _Cut | None = None
        self._fatal_answer: tuple[_Link, int] | None = None

    def cut_after(
        self,
        n: int,
        *,
        counting: Callable[[dict], bool] = is_write,
        losing: Literal["answer", "command"] = "answer",
    ) -> None:
        """
        Cut, once, at the n-th command from now that `counting` says yes to; the first is 1.

        Losing its answer, the server has done it and the client does not hear of it; losing the
        command itself, the server never sees it. It stays cut until mended; see `is_cut`.
        """
        with self._lock:
            self._cut = _Cut(n, counting, losing)
            self._fatal_answer = None

    def _pieces(self, source: socket.socket) -> Iterator[bytes]:
        with source.makefile("rb") as stream:
            while header := stream.read(HEADER.size):
                message = header + stream.read(_length(header, 0) - HEADER.size)
                if len(message) < _length(header, 0):
                    return  # hung up in the middle of it
                yield message

    def _may_go(self, link: "_Link", message: bytes) -> bool:
        with self._lock:
            if self._cut is None or not self._cut.counting(command_in(message)):
                return True
            self._cut = self._cut._replace(n=self._cut.n - 1)
            if self._cut.n > 0:
                return True
            losing, self._cut = self._cut.losing, None
            if losing == "answer":
                self._fatal_answer = (link, HEADER.unpack_from(message)[1])
                return True
            self.cut()
            return False

    def _may_return(self, link: "_Link", message: bytes) -> bool:
        with self._lock:
            if self._fatal_answer != (link, HEADER.unpack_from(message)[2]):
                return True
            self._fatal_answer = None
            self.cut()
            return False


def command_in(message: bytes) -> dict:
    """Return the command that a message carries, without documents sent beside it; {} if none."""
    kind = HEADER.unpack_from(message)[3]
    if kind == OP_MSG:
        return _document(message, _body_of(message))
    if kind == OP_QUERY:
        flags, numbers = 4, 8
        return _document(message, message.index(b"\0", HEADER.size + flags) + 1 + numbers)
    return {}


def _body_of(message: bytes) -> int:
    """Return where the one section of kind 0, the command, begins in an OP_MSG."""
    section = HEADER.size + 4
    while message[section] != 0:
        section += 1 + _length(message, section + 1)
    return section + 1


def _document(message: bytes, start: int) -> dict:
    return bson.decode(message[start : start + _length(message, start)])


def _length(message: bytes, start: int) -> int:
    return int.from_bytes(message[start : start + 4], "little")


class _Cut(NamedTuple):
    n: int
    counting: Callable[[dict], bool]
    losing: str


class _Link:
    """A client's connection and the one to the server that belongs to it."""

    def __init__(self, client: socket.socket, server: socket.socket):
        self._ends = (client, server)
        for end in self._ends:
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def hang_up(self) -> None:
        """End the conversation on both sides; the sockets are closed by the thread that reads."""
        for end in self._ends:
            _hang_up(end)


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it is gone already
        connection.shutdown(socket.SHUT_RDWR)


def _in_background(work: Callable[..., None], *arguments) -> threading.Thread:
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    thread.start()
    return thread
