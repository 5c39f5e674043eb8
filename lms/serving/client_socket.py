"""
Sockets of clients, which may be slow on purpose, so threads never wait for them without a limit.

A client has an allowance of seconds during which threads wait for it; each byte that it sends or
reads earns time back. In addition, only some of the threads may wait for clients at the same time:
if another one would, the slowest client is disconnected. So any number of slow clients leaves
threads for the others, which a deadline alone would not achieve, because clients can reconnect.
"""

import errno
import os
import select
import socket
import struct
import time
from contextlib import suppress
from threading import Lock

BYTES_PER_SECOND = 32 * 1024  # A client at this rate is never disconnected.
LINGER_SECONDS = 2.0
_RESET = struct.pack("ii", 1, 0)
_PIECE = 1024 * 1024
_MOST_UNSENT = 128 * 1024


class TooSlow(TimeoutError):
    """A client has used up its allowance, or had to make room for others."""

    def __init__(self):
        super().__init__(errno.ECONNRESET, "The client is too slow.")


class HeadTooLarge(Exception):
    """The request line and the header fields are larger than they may be."""


class Allowance:
    """The seconds that a thread may wait for a client; bytes earn back at most those spent."""

    def __init__(self, seconds: float):
        self._seconds = self.left = float(seconds)

    @property
    def used(self) -> float:
        return self._seconds - self.left

    def spend(self, seconds: float) -> None:
        self.left -= seconds

    def earn(self, size: int) -> None:
        """Count transferred bytes."""
        self.left = min(self._seconds, self.left + size / BYTES_PER_SECOND)


class WaitingClients:
    """The clients that threads are waiting for, up to a maximum number."""

    def __init__(self, most: int):
        self._most = most
        self._lock = Lock()
        self._clients: dict[ClientSocket, tuple[Allowance, float]] = {}

    def add(self, client: "ClientSocket", allowance: Allowance) -> None:
        """Add a client, and if there are too many, disconnect the slowest."""
        with self._lock:
            if len(self._clients) >= self._most:
                slowest = max(self._clients, key=self._seconds_used)
                del self._clients[slowest]
                slowest.disconnect()
            self._clients[client] = (allowance, time.monotonic())

    def remove(self, client: "ClientSocket") -> None:
        with self._lock:
            self._clients.pop(client, None)

    def _seconds_used(self, client: "ClientSocket") -> float:
        allowance, since = self._clients[client]
        return allowance.used + time.monotonic() - since


class ClientSocket(socket.socket):
    """
    The socket of a client.

    It never blocks in the kernel; a call that would block waits in `_wait`.
    """

    def __init__(self, accepted: socket.socket, waiting: WaitingClients):
        super().__init__(fileno=accepted.detach())
        super().setblocking(False)
        if self.family != socket.AF_UNIX:
            # Otherwise the kernel buffers megabytes for a client that reads nothing.
            self.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _MOST_UNSENT)
        self._waiting = waiting
        self._timeout: float | None = None
        self._is_too_slow = False
        self._bytes_left: int | None = None
        self._receiving = self._sending = Allowance(0)
        self._expects_more = False

    def begin_head(self, *, seconds: float, most: int) -> None:
        """Expect a request's head of at most `most` bytes."""
        self._begin(seconds)
        self._bytes_left = most

    def begin_body(self, *, seconds: float) -> None:
        """Expect a request's body, then send the response."""
        self._begin(seconds)
        self._expects_more = True

    def finish(self) -> None:
        """
        Close the socket after the client has had time to read the response, unless it is too slow.

        Remaining input is read first, because otherwise the kernel would discard the response.
        """
        with suppress(OSError):
            if self._is_too_slow:
                self.shutdown(socket.SHUT_RDWR)
            else:
                self.shutdown(socket.SHUT_WR)
                self._discard()
        self.close()

    def disconnect(self) -> None:
        """End the connection; a thread that waits for the client raises :class:`TooSlow`."""
        self._is_too_slow = True
        with suppress(OSError):
            # Otherwise the kernel keeps unread data for minutes.
            self.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.shutdown(socket.SHUT_RDWR)

    def recv(self, size: int, *flags) -> bytes:
        """
        :raises TooSlow: nothing arrived in time
        :raises HeadTooLarge: the head exceeds its limit
        :raises ConnectionResetError: the client has disconnected before the body was complete
        """
        while True:
            try:
                data = super().recv(size, *flags)
                break
            except BlockingIOError:
                self._wait(select.POLLIN, self._receiving)
        self._receiving.earn(len(data))
        self._check_size(len(data))
        if not data and self._expects_more:
            raise ConnectionResetError(errno.ECONNRESET, "The body is incomplete.")
        return data

    def send(self, data, *flags) -> int:
        """
        :raises TooSlow: the client did not read in time
        """
        while True:
            try:
                sent = super().send(data, *flags)
                break
            except BlockingIOError:
                self._wait(select.POLLOUT, self._sending)
        self._sending.earn(sent)
        return sent

    def sendall(self, data, *flags) -> None:
        left = memoryview(data)
        while left:
            left = left[self.send(left[:_PIECE], *flags) :]

    def sendfile(self, file, offset: int = 0, count: int | None = None) -> int:
        """Send all or `count` bytes of a file, and return the number of sent bytes."""
        if count is None:
            count = os.fstat(file.fileno()).st_size - offset
        sent = 0
        while sent < count:
            try:
                piece = min(_PIECE, count - sent)
                size = os.sendfile(self.fileno(), file.fileno(), offset + sent, piece)
            except BlockingIOError:
                self._wait(select.POLLOUT, self._sending)
                continue
            if not size:  # The file was truncated.
                break
            self._sending.earn(size)
            sent += size
        return sent

    def setblocking(self, flag: bool) -> None:
        """Reset the timeout of `settimeout`; the socket itself never blocks."""
        self._timeout = None

    def settimeout(self, value: float | None) -> None:
        """Limit each single wait, in addition to the allowance."""
        self._timeout = value

    def gettimeout(self) -> float | None:
        return self._timeout

    def _begin(self, seconds: float) -> None:
        self._receiving, self._sending = Allowance(seconds), Allowance(seconds)
        self._bytes_left = None
        self._expects_more = False
        self._timeout = None

    def _check_size(self, size: int) -> None:
        if self._bytes_left is not None:
            self._bytes_left -= size
            if self._bytes_left < 0:
                raise HeadTooLarge()

    def _discard(self) -> None:
        self._begin(LINGER_SECONDS)
        end = time.monotonic() + LINGER_SECONDS
        while time.monotonic() < end and self.recv(_PIECE):
            pass

    def _wait(self, event: int, allowance: Allowance) -> None:
        """
        Wait until the socket is ready.

        :raises TooSlow: the time is over, or the client had to make room for others
        """
        seconds = allowance.left if self._timeout is None else min(allowance.left, self._timeout)
        is_ready = False
        if seconds > 0 and not self._is_too_slow:
            start = time.monotonic()
            self._waiting.add(self, allowance)
            try:
                is_ready = bool(_poll(self, event, seconds))
            finally:
                self._waiting.remove(self)
            allowance.spend(time.monotonic() - start)
        if not is_ready and event == select.POLLOUT:
            self.disconnect()
        if not is_ready or self._is_too_slow:
            self._is_too_slow = True
            raise TooSlow()


def _poll(client: socket.socket, event: int, seconds: float) -> list:
    poll = select.poll()  # Unlike a selector, it needs no file descriptor.
    poll.register(client, event)
    return poll.poll(seconds * 1000)
