"""The calls of the README, pasted as they stand."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.factories import make_course

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.django_db(transaction=True)
def test_the_five_calls_work_when_pasted(live_server):
    make_course(title="Thinking in Python", lessons=4)
    [calls] = re.findall(r"```sh\n(API=.*?)```", README.read_text(), flags=re.DOTALL)
    script = calls.replace("http://127.0.0.1:8000", live_server.url)

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 0, done.stderr
    summary = json.loads("{" + done.stdout.rpartition("}{")[2])
    assert (summary["completed"], summary["percentage"], summary["milestones"]) == (1, 25, [25])
