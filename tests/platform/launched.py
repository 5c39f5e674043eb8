"""The product as a child process that `make run` would start."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from lms import env
from tests.faults.ports import free_port
from tests.waiting import LIMIT


class Product:
    """The product as `make run` starts it, with its own port and folder."""

    def __init__(self, folder: Path, **environment: str):
        self.address = f"http://127.0.0.1:{free_port()}"
        self.folder = folder
        defaults = {
            "PATH": os.environ["PATH"],
            "PORT": self.address.rpartition(":")[2],
            "LMS_DATA_DIR": str(folder),
            "LMS_DEMO": "off",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lms.serving.launch"],
            env=defaults | environment,
            cwd=env.ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + LIMIT
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.address}/health/ready", timeout=LIMIT).status_code == 200:
                    return
            time.sleep(0.05)
        raise AssertionError(f"It did not become ready: {self.end()}")

    def end(self, signal_number: int = signal.SIGINT) -> str:
        """Send the signal to the whole group, like a terminal, and return the output."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal_number)
        output, _ = self.process.communicate(timeout=LIMIT)
        return output
