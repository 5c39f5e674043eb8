"""The API calls of the README work as they are."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.factories import make_course

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.django_db(transaction=True)
def test_the_calls_of_the_readme_work(live_server):
    make_course(title="Thinking in Python", lessons=4)
    [calls] = re.findall(r"```sh\n(API=.*?)```", README.read_text(), flags=re.DOTALL)
    script = calls.replace("http://127.0.0.1:8000", live_server.url)

    completed = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, timeout=60
    )

    assert completed.returncode == 0, completed.stderr
    summary = json.loads("{" + completed.stdout.rpartition("}{")[2])
    assert (summary["completed"], summary["percentage"], summary["milestones"]) == (1, 25, [25])
