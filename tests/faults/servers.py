"""
Real servers as child processes, each on its own port of 127.0.0.1, for tests of faults.

This module uses only the standard library, because `tests/wire/run` imports it with any Python. A
server that was stopped starts empty; a server that was paused, or disconnected by a `Proxy`, keeps
its data.
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

SECONDS_TO_START = 300  # on a busy machine; an idle machine needs one or two
SECONDS_TO_ANSWER = 5


class ServerError(Exception):
    """A server did not start; the message says why."""


class PortTaken(ServerError):
    """Another process listens on the port."""


class Server:
    """A child process that is killed when the process that started it ends."""

    scheme: str
    path: str
    privileges: tuple[str, ...] = ()  # options of `setpriv`

    def __init__(self, port: int | None = None):
        self._is_port_fixed = port is not None
        self.port = port or free_port()
        self._process: subprocess.Popen | None = None
        self._log = None

    @classmethod
    def missing(cls) -> str | None:
        """Return what is missing to start this server here, or None."""
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
        Start the server, and wait until it responds.

        :raises ServerError: something is missing, the process ended, or it did not respond in time
        """
        if self.running:
            return self
        if missing := self.missing():
            raise ServerError(missing)
        try:
            self._start_process()
        except PortTaken:  # Another process took the port before this server could listen.
            if self._is_port_fixed:
                raise
            self.port = free_port()
            self._start_process()
        self._is_port_fixed = True  # Clients know the port from now on.
        return self

    def _start_process(self) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        self._process = subprocess.Popen(
            _with_parent_death_signal(self._command(), self.privileges),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            cwd=tempfile.gettempdir(),
            start_new_session=True,  # Ctrl-C stops the tests, which then stop their servers.
        )
        atexit.register(self._stop_if_started_by, os.getpid())
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Kill the process; it has nothing to save, and a paused process ignores SIGTERM."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
            self._log.close()
            atexit.unregister(self._stop_if_started_by)

    def restart(self) -> Self:
        """Stop the server and start it on the same port, without its data."""
        self.stop()
        return self.start()

    def pause(self) -> None:
        """Suspend the process; the system still accepts connections, but nothing responds."""
        self._process.send_signal(signal.SIGSTOP)
        os.waitpid(self._process.pid, os.WUNTRACED)  # Wait until the process has stopped.

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_) -> None:
        self.stop()

    def _command(self) -> list[str]:
        raise NotImplementedError

    def _responds(self, connection: socket.socket) -> bool:
        """Return whether this process responds on the connection."""
        raise NotImplementedError

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            if re.search("address (is )?already in use", self._read_log(), re.IGNORECASE):
                raise PortTaken(f"{type(self).__name__}: port {self.port} is in use.")
            if self._process.poll() is not None:
                raise ServerError(f"{type(self).__name__} ended at once: {self._end_of_log()}")
            if self._is_ready():
                return
            time.sleep(0.02)
        raise ServerError(f"{type(self).__name__} did not respond: {self._end_of_log()}")

    def _is_ready(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), SECONDS_TO_ANSWER) as connection:
                return self._responds(connection)
        except OSError:
            return False

    def _read_log(self) -> str:
        """Return the output of the process, without moving the file position."""
        return os.pread(self._log.fileno(), 100_000, 0).decode(errors="replace")

    def _end_of_log(self) -> str:
        return self._read_log().strip()[-1000:] or "no output"

    def _stop_if_started_by(self, starter: int) -> None:
        if os.getpid() == starter:  # A forked process must not stop its parent's servers.
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

    def _responds(self, connection: socket.socket) -> bool:
        connection.sendall(b"INFO server\r\n")
        return f"process_id:{self.pid}\r\n".encode() in connection.recv(65_536)


class WireServer(Server):
    """mongo-java-server, which speaks MongoDB's wire protocol, with the memory backend."""

    scheme, path = "mongodb", "lms"

    # An OP_MSG of 51 bytes with request ID 1: {"ping": 1, "$db": "admin"}.
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
        # Start quickly and use little memory.
        java = ("java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
        return [*java, "-jar", str(WIRE_SERVER_JAR), str(self.port)]

    def _responds(self, connection: socket.socket) -> bool:
        if f"listening on {self.port}" not in self._read_log():
            return False  # Another process accepted the connection.
        connection.sendall(self._PING)
        return b"ok\0" in connection.recv(65_536)


class PostgresServer(Server):
    """PostgreSQL with a temporary cluster and one user, who needs no password."""

    scheme, path = "postgres", "lms"

    def __init__(self, port: int | None = None):
        super().__init__(port)
        self._folder = tempfile.TemporaryDirectory(prefix="lms-postgres-")
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root.
            self.privileges = ("--reuid=postgres", "--regid=postgres", "--clear-groups")
            shutil.chown(self._folder.name, "postgres", "postgres")

    @classmethod
    def programs(cls) -> Path | None:
        """Return the folder with the server's programs, which is not in Debian's PATH."""
        paths = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not paths and (path := shutil.which("initdb")):
            paths = [Path(path).resolve()]
        return paths[-1].parent if paths else None

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
        """Stop the server at once with SIGQUIT, because SIGKILL would leave its children."""
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

    def _responds(self, connection: socket.socket) -> bool:
        return "ready to accept connections" in self._read_log()

    def _run(self, program: str, *options: str) -> None:
        command = [str(self.programs() / program), *options]
        if self.privileges:
            command = ["setpriv", *self.privileges, *command]
        completed = subprocess.run(command, capture_output=True, text=True, cwd=self._folder.name)
        if completed.returncode != 0:
            raise ServerError(f"{program} failed: {completed.stderr.strip()[-1000:]}")


def _with_parent_death_signal(command: list[str], privileges: tuple[str, ...]) -> list[str]:
    """
    Return the command with `setpriv`, so that Linux kills the process when its parent thread ends.

    Start servers from a thread that lives as long as the tests, such as pytest's main thread.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, *privileges, "--pdeathsig", "KILL", *command] if setpriv else command
