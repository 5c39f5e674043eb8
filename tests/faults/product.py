"""The product as a child process, prepared and served as in production."""

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
SECONDS_TO_STOP = 10
# Static files are collected once for all products of a test run, because it takes seconds.
COLLECTED_STATIC = DATA / "collected"
TEST_VARIABLES = (
    *("MONGODB_URI", "REDIS_URL", "DATABASE_URL", "PROMETHEUS_MULTIPROC_DIR"),
    "DJANGO_SETTINGS_MODULE",  # set by pytest; the server has its own default
)


class Product:
    """A product on a free port, with its data in a folder and, by default, without rate limits.

    With the `DATABASE_URL` and `MONGODB_URI` of the test run, it shares accounts and documents.

    :param root: the checkout to serve
    :param settings: environment variables
    """

    def __init__(self, folder: Path, *, root: Path = ROOT, **settings: str):
        self.port = free_port()
        self.root = root
        self.log = folder / "product.log"
        self._process: subprocess.Popen | None = None
        folder.mkdir(parents=True, exist_ok=True)
        inherited = {
            name: value for name, value in os.environ.items() if name not in TEST_VARIABLES
        }
        self._environment = inherited | {
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
        """Run the steps of a release."""
        static = self.log.parent / "static"
        if COLLECTED_STATIC.exists():
            shutil.copytree(COLLECTED_STATIC, static)
        self._run("manage.py", "prepare")
        if not COLLECTED_STATIC.exists():
            shutil.copytree(static, COLLECTED_STATIC)
        return self

    def start(self, *, path: str = "/health/live") -> Self:
        """Serve, and wait until a GET of the path returns 200."""
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

    def stop(self, *, wait: float = SECONDS_TO_STOP) -> None:
        """Stop the product and all of its child processes."""
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
        """Return the process IDs of the web workers."""
        return _child_pids(Path(f"/proc/{self.pid}/task/{self.pid}"))

    def celery_pids(self) -> list[int]:
        """Return the process IDs of Celery, parents before children."""
        pids = []
        unseen = [pid for pid in children(self.pid) if pid not in self.workers()]
        while unseen:
            pids.append(unseen.pop())
            unseen += children(pids[-1])
        return pids

    def request(
        self, method: str, path: str, *, token: str = "", timeout: float = LIMIT, **options
    ):
        """Send a request on a new connection."""
        headers = options.pop("headers", {})
        if token:
            headers["Authorization"] = f"Bearer {token}"
        # Loading the CA certificates would take longer than most requests.
        with httpx.Client(verify=False, timeout=timeout) as client:
            return client.request(method, self.address + path, headers=headers, **options)

    def run_concurrently(self, number: int, act) -> list:
        """Call `act(0)` to `act(number - 1)` in threads, and return the results in order."""
        with ThreadPoolExecutor(number) as pool:
            return list(pool.map(act, range(number)))

    def wait_for(self, path: str, *, status: int = 200) -> None:
        """
        Wait until a GET of the path returns the status.

        :raises AssertionError: the time is over; the message includes the end of the log
        """
        deadline = time.monotonic() + LIMIT
        response = None
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                response = self.request("GET", path, timeout=5)
                if response.status_code == status:
                    return
            except httpx.HTTPError as error:
                response = error
            time.sleep(0.1)
        log = self.read_log()[-3000:]
        raise AssertionError(f"{path} did not return {status}: {response}\n{log}")

    def read_log(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def _run(self, *command: str) -> None:
        completed = subprocess.run(
            [sys.executable, *command],
            cwd=self.root,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIMIT,
        )
        assert completed.returncode == 0, completed.stderr.decode()[-3000:]


def children(pid: int) -> list[int]:
    """Return the process IDs of the children of all threads of a process."""
    return [
        child for thread in Path(f"/proc/{pid}/task").glob("*") for child in _child_pids(thread)
    ]


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process and its descendants have used, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ticks = sum(map(int, fields[11:15]))  # including children that have ended
    return ticks / os.sysconf("SC_CLK_TCK") + sum(map(cpu_seconds, children(pid)))


def _child_pids(thread: Path) -> list[int]:
    try:
        return [int(pid) for pid in (thread / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):  # The process has ended.
        return []


def measure(act) -> tuple[httpx.Response, float]:
    """Return the response and its duration in seconds."""
    start = time.monotonic()
    response = act()
    return response, time.monotonic() - start
