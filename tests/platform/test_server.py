"""The number of workers, and their limits."""

import json
import subprocess
import sys

import pytest

from lms import env

SHOW = """
import json
from lms import settings
from lms.serving import server
names = ("bind", "workers", "threads", "max_requests", "timeout", "worker_class", "SHARED")
shown = {name: getattr(server, name) for name in names}
print(json.dumps(shown | {"waiting": settings.MOST_WAITING_REQUESTS}))
"""
MONGODB, REDIS = "mongodb://127.0.0.1:1/lms", "redis://127.0.0.1:1/0"


def serving(**environment: str) -> dict:
    required = {"SECRET_KEY": "k" * 50, "ALLOWED_HOSTS": "localhost"}
    options = subprocess.run(
        [sys.executable, "-c", SHOW],
        env=required | environment,
        cwd=env.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(options.stdout)


@pytest.mark.parametrize(
    "environment", [{}, {"MONGODB_URI": MONGODB}, {"REDIS_URL": REDIS}, {"WEB_WORKERS": "4"}]
)
def test_a_single_process_serves_unless_all_stores_are_shared(environment):
    options = serving(**environment)

    assert (options["workers"], options["max_requests"], options["SHARED"]) == (
        1,
        0,
        False,
    )
    assert options["worker_class"] == "lms.serving.worker.Worker"
    assert options["threads"] > 1


def test_several_processes_serve_with_shared_stores():
    options = serving(MONGODB_URI=MONGODB, REDIS_URL=REDIS)

    assert 3 <= options["workers"] <= 8
    assert options["max_requests"] > 0
    assert options["timeout"] == 30


@pytest.mark.parametrize(
    ("environment", "threads"),
    [({}, 128), ({"MONGODB_URI": MONGODB, "REDIS_URL": REDIS}, 32), ({"WEB_THREADS": "8"}, 8)],
)
def test_half_of_the_threads_wait_for_expensive_jobs_at_most(environment, threads):
    shown = serving(**environment)

    assert shown["threads"] == threads
    assert shown["waiting"] == threads // 2


def test_the_server_listens_on_the_configured_port():
    options = serving(MONGODB_URI=MONGODB, REDIS_URL=REDIS, WEB_WORKERS="2", PORT="8123")

    assert (options["workers"], options["bind"]) == (2, "127.0.0.1:8123")
