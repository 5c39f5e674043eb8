"""The suite's environment, set before Django reads its settings (`-p tests.environment`).

The suite runs on the embedded store, SQLite and the in-process cache, or on real servers if
`MONGODB_URI`, `REDIS_URL` and `DATABASE_URL` are set; the caller's other settings have no effect.

Parallel workers (`pytest -n 2`) share nothing: each has its own data folder, MongoDB and Redis, and
pytest-django gives each its own SQL database.
"""

import os
import tempfile
from pathlib import Path

import pymongo.monitoring

from tests.command_counter import commands
from tests.faults.servers import RedisServer, Server, WireServer

FIRST_WORKER = "gw0"
DATA = Path(tempfile.mkdtemp(prefix="lms-tests-"))
SERVERS = ("MONGODB_URI", "REDIS_URL", "DATABASE_URL")

for line in Path(__file__).parent.parent.joinpath(".env.example").read_text().splitlines():
    name = line.strip("# ").partition("=")[0].strip()
    if name.isidentifier() and name not in SERVERS:
        os.environ[name] = ""
for name in SERVERS:
    os.environ.setdefault(name, "")  # The suite must not empty the stores of a `.env`.
os.environ |= {
    "SECRET_KEY": "only-for-tests-" * 5,
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "LMS_DATA_DIR": str(DATA),
    "LMS_RATE_LIMITS": "off",
}

pymongo.monitoring.register(commands)


def start_own_servers() -> list[Server]:
    """Start the servers that a worker needs in place of those that the first worker uses."""
    servers: list[Server] = []
    for name, kind in (("MONGODB_URI", WireServer), ("REDIS_URL", RedisServer)):
        if os.environ[name]:
            servers.append(kind().start())
            os.environ[name] = servers[-1].uri
    return servers


if os.environ.get("PYTEST_XDIST_WORKER", FIRST_WORKER) != FIRST_WORKER:
    OWN_SERVERS = start_own_servers()  # each is stopped when this process exits
