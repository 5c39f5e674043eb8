"""
Real servers as child processes, each on a port of 127.0.0.1 of its own, for tests to mistreat.

Standard library only: `tests/wire/run` uses it with any Python. What was stopped starts empty; one
that was paused, or cut off by a `Proxy`, has all that it had.
"""

import atexit
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

from tests.faults.ports import HOST, free_port

WIRE_SERVER_JAR = Path(__file__).parents[1] / "wire/server/target/wire-server.jar"

SECONDS_TO_START = 300  # on a machine with much other work; on an idle one it takes one or two
SECONDS_TO_ANSWER = 5


class ServerError(Exception):
    """A server did not start; the message says why."""


class PortTaken(ServerError):
    """Another process listens on the port."""


class Server:
    """A child process that is killed with the test that started it, by its own pid."""

    scheme: str
    path: str
    privileges: tuple[str, ...] = ()  # options of `setpriv`: what it gives up

    def __init__(self, port: int | None = None):
        self._is_port_fixed = port is not None
        self.port = port or free_port()
        self._process: subprocess.Popen | None = None
        self._log = None

    @classmethod
    def missing(cls) -> str | None:
        """Say what keeps this server from being started here, if anything does."""
        raise NotImplementedError

    @property
    def uri(self) -> str:
        return f"{self.scheme}://{HOST}:{self.port}/{self.path}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        """
        Start, and wait until it answers.

        :raises ServerError: something is missing, the process ended, or it did not answer in time
        """
        if self.running:
            return self
        if missing := self.missing():
            raise ServerError(missing)
        try:
            self._start_process()
        except PortTaken:  # another process got the port before this one was ready to listen
            if self._is_port_fixed:
                raise
            self.port = free_port()
            self._start_process()
        self._is_port_fixed = True  # clients know it from now on
        return self

    def _start_process(self) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        self._process = subprocess.Popen(
            _dies_with_us(self._command(), self.privileges),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            cwd=tempfile.gettempdir(),
            start_new_session=True,  # Ctrl-C is for the tests, which then stop their servers
        )
        atexit.register(self._stop_if_ours, os.getpid())
        try:
            self._wait_for_an_answer()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Kill it: there is nothing to be saved, and a paused process hears nothing milder."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
            self._log.close()
            atexit.unregister(self._stop_if_ours)

    def restart(self) -> Self:
        """Stop and start on the same port; what was stored is gone."""
        self.stop()
        return self.start()

    def pause(self) -> None:
        """Stop the process in its tracks: connections are accepted and nothing is answered."""
        self._process.send_signal(signal.SIGSTOP)
        os.waitpid(self._process.pid, os.WUNTRACED)  # the signal alone does not say when

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_) -> None:
        self.stop()

    def _command(self) -> list[str]:
        raise NotImplementedError

    def _answers(self, connection: socket.socket) -> bool:
        """Say whether the server on the other side answers, and is this process."""
        raise NotImplementedError

    def _wait_for_an_answer(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            if re.search("address (is )?already in use", self._written(), re.IGNORECASE):
                raise PortTaken(f"{type(self).__name__}: port {self.port} is in use.")
            if self._process.poll() is not None:
                raise ServerError(f"{type(self).__name__} ended at once: {self._last_words()}")
            if self._answers_now():
                return
            time.sleep(0.02)
        raise ServerError(f"{type(self).__name__} did not answer: {self._last_words()}")

    def _answers_now(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), SECONDS_TO_ANSWER) as connection:
                return self._answers(connection)
        except OSError:
            return False

    def _written(self) -> str:
        """Return what the process has printed so far, leaving its place in the file alone."""
        return os.pread(self._log.fileno(), 100_000, 0).decode(errors="replace")

    def _last_words(self) -> str:
        return self._written().strip()[-1000:] or "it said nothing"

    def _stop_if_ours(self, starter: int) -> None:
        if os.getpid() == starter:  # a fork of the tests ends without taking their servers along
            self.stop()


class RedisServer(Server):
    scheme, path = "redis", "0"

    @classmethod
    def missing(cls) -> str | None:
        return None if shutil.which("redis-server") else "Install redis-server."

    def _command(self) -> list[str]:
        return [
            *("redis-server", "--bind", HOST, "--port", str(self.port)),
            *("--save", "", "--appendonly", "no", "--daemonize", "no"),
        ]

    def _answers(self, connection: socket.socket) -> bool:
        connection.sendall(b"INFO server\r\n")
        return f"process_id:{self.pid}\r\n".encode() in connection.recv(65_536)


class WireServer(Server):
    """Speaks MongoDB's wire protocol: mongo-java-server, with the memory backend."""

    scheme, path = "mongodb", "lms"

    # An OP_MSG of 51 bytes, number 1: {"ping": 1, "$db": "admin"}.
    _PING = (
        b"\x33\0\0\0" b"\1\0\0\0" b"\0\0\0\0" b"\xdd\7\0\0" b"\0\0\0\0" b"\0"
        b"\x1e\0\0\0" b"\x10ping\0" b"\1\0\0\0" b"\2$db\0" b"\6\0\0\0admin\0" b"\0"
    )  # fmt: skip

    @classmethod
    def missing(cls) -> str | None:
        if not shutil.which("java"):
            return "Install Java 17 or later."
        if not WIRE_SERVER_JAR.exists():
            return "Run tests/wire/run once: it builds the server for MongoDB's wire protocol."
        return None

    def _command(self) -> list[str]:
        # One small process among many tests: start soon, take little.
        java = ("java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
        return [*java, "-jar", str(WIRE_SERVER_JAR), str(self.port)]

    def _answers(self, connection: socket.socket) -> bool:
        if f"listening on {self.port}" not in self._written():
            return False  # whoever accepted the connection is somebody else
        connection.sendall(self._PING)
        return b"ok\0" in connection.recv(65_536)


class PostgresServer(Server):
    """PostgreSQL with a cluster of its own, whose one user needs no password here."""

    scheme, path = "postgres", "lms"

    def __init__(self, port: int | None = None):
        super().__init__(port)
        self._folder = tempfile.TemporaryDirectory(prefix="lms-postgres-")
        if os.geteuid() == 0:  # it refuses to run as root
            self.privileges = ("--reuid=postgres", "--regid=postgres", "--clear-groups")
            shutil.chown(self._folder.name, "postgres", "postgres")

    @classmethod
    def programs(cls) -> Path | None:
        """Return the folder with the server's programs, which Debian leaves out of the path."""
        known = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not known and (found := shutil.which("initdb")):
            known = [Path(found).resolve()]
        return known[-1].parent if known else None

    @classmethod
    def missing(cls) -> str | None:
        return None if cls.programs() else "Install postgresql."

    @property
    def uri(self) -> str:
        return f"{self.scheme}://lms@{HOST}:{self.port}/{self.path}"

    def start(self) -> Self:
        if not self.running and not self.missing():
            self._run("initdb", "-D", self._data, "-U", "lms", "-A", "trust", "-E", "UTF8", "-N")
        super().start()
        self._run("createdb", "-h", HOST, "-p", str(self.port), "-U", "lms", "lms")
        return self

    def stop(self) -> None:
        """End it at once, without a word to its clients; killed it would leave its children."""
        if self.running:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(SECONDS_TO_START)
        super().stop()
        self._folder.cleanup()

    @property
    def _data(self) -> str:
        return f"{self._folder.name}/data"

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": HOST,
            "unix_socket_directories": self._folder.name,
            "fsync": "off",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        postgres = str(self.programs() / "postgres")
        return [postgres, "-D", self._data, "-p", str(self.port), *options]

    def _answers(self, connection: socket.socket) -> bool:
        return "ready to accept connections" in self._written()

    def _run(self, program: str, *options: str) -> None:
        command = [str(self.programs() / program), *options]
        if self.privileges:
            command = ["setpriv", *self.privileges, *command]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self._folder.name)
        if done.returncode != 0:
            raise ServerError(f"{program} failed: {done.stderr.strip()[-1000:]}")


def _dies_with_us(command: list[str], privileges: tuple[str, ...]) -> list[str]:
    """
    Have Linux kill the process when the thread that starts it is gone, be it by SIGKILL.

    So a server is started from a thread that stays, as pytest's own does.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, *privileges, "--pdeathsig", "KILL", *command] if setpriv else command
