"""The product as a child process: prepared and served as in production, ended by its own pid."""

import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Self

import httpx

from tests.environment import DATA
from tests.faults.ports import HOST, free_port
from tests.waiting import LIMIT

ROOT = Path(__file__).parents[2]
SECONDS_TO_END = 10
COLLECTED = DATA / "collected"  # once for all products of a run: it takes seconds
OURS = (
    *("MONGODB_URI", "REDIS_URL", "DATABASE_URL", "PROMETHEUS_MULTIPROC_DIR"),
    "DJANGO_SETTINGS_MODULE",  # pytest's: the server finds its own
)


class Product:
    """A server of its own: on a free port, with its data in a folder, without limits unless told.

    With `DATABASE_URL` and `MONGODB_URI` of the suite, tokens and documents of the suite hold here.

    :param root: the checkout that is served
    """

    def __init__(self, folder: Path, *, root: Path = ROOT, **settings: str):
        self.port = free_port()
        self.root = root
        self.log = folder / "product.log"
        self._process: subprocess.Popen | None = None
        folder.mkdir(parents=True, exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if name not in OURS}
        self._environment = kept | {
            "SECRET_KEY": "only-for-tests-" * 5,
            "ALLOWED_HOSTS": HOST,
            "LMS_DATA_DIR": str(folder),
            "LMS_RATE_LIMITS": "off",
            "LMS_DEMO": "off",
            "LMS_CELERY_BESIDE": "off",
            "PORT": str(self.port),
            "PUBLIC_URL": f"http://{HOST}:{self.port}",
            **settings,
        }

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    def prepare(self) -> Self:
        """Do what is done once for each release."""
        static = self.log.parent / "static"
        if COLLECTED.exists():
            shutil.copytree(COLLECTED, static)
        self._run("manage.py", "prepare")
        if not COLLECTED.exists():
            shutil.copytree(static, COLLECTED)
        return self

    def start(self, *, path: str = "/health/live") -> Self:
        """Serve, and wait until the path is answered by 200."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "gunicorn",
                    "--config",
                    "python:lms.serving.server",
                    "lms.wsgi",
                ],
                cwd=self.root,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_for(path)
        return self

    def launch(self) -> Self:
        """Prepare and serve as `make run` does."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "lms.serving.launch"],
                cwd=self.root,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_for("/health/live")
        return self

    def stop(self, *, wait: float = SECONDS_TO_END) -> None:
        """End it, and whatever it has started."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(wait)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    @property
    def pid(self) -> int:
        return self._process.pid

    def workers(self) -> list[int]:
        """Return the ids of the processes that answer."""
        return _started_by(Path(f"/proc/{self.pid}/task/{self.pid}"))

    def celery(self) -> list[int]:
        """Return the ids of Celery's processes, each before its children."""
        found = []
        unseen = [pid for pid in children(self.pid) if pid not in self.workers()]
        while unseen:
            found.append(unseen.pop())
            unseen += children(found[-1])
        return found

    def ask(self, method: str, path: str, *, token: str = "", timeout: float = LIMIT, **options):
        """Send one request on a connection of its own."""
        headers = options.pop("headers", {})
        if token:
            headers["Authorization"] = f"Bearer {token}"
        # Reading the certificates of all authorities would take longer than most requests.
        with httpx.Client(verify=False, timeout=timeout) as client:
            return client.request(method, self.address + path, headers=headers, **options)

    def ask_at_once(self, number: int, act) -> list[httpx.Response]:
        with ThreadPoolExecutor(number) as pool:
            return list(pool.map(act, range(number)))

    def wait_for(self, path: str, *, status: int = 200) -> None:
        """
        Wait until a GET of the path is answered with the status.

        :raises AssertionError: it is not, in time; the message includes the end of the log
        """
        deadline = time.monotonic() + LIMIT
        answered = None
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                answered = self.ask("GET", path, timeout=5)
                if answered.status_code == status:
                    return
            except httpx.HTTPError as error:
                answered = error
            time.sleep(0.1)
        said = self.said()[-3000:]
        raise AssertionError(f"{path} was not answered by {status}: {answered}\n{said}")

    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=self.root,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIMIT,
        )
        assert done.returncode == 0, done.stderr.decode()[-3000:]


def children(pid: int) -> list[int]:
    """Return the ids of a process's children, whichever of its threads has started them."""
    return [one for thread in Path(f"/proc/{pid}/task").glob("*") for one in _started_by(thread)]


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process and its descendants have used, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ticks = sum(map(int, fields[11:15]))  # its own time, and that of children that have ended
    return ticks / os.sysconf("SC_CLK_TCK") + sum(map(cpu_seconds, children(pid)))


def _started_by(thread: Path) -> list[int]:
    try:
        return [int(pid) for pid in (thread / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
        return []


def timed(act) -> tuple[httpx.Response, float]:
    """Return the answer, and the seconds it took."""
    began = time.monotonic()
    answer = act()
    return answer, time.monotonic() - began
