"""The environment of the suite, set before Django's settings are read (`-p tests.environment`).

It runs on the embedded store, SQLite and the in-process cache, or on real servers where
`MONGODB_URI`, `REDIS_URL` and `DATABASE_URL` say so; nothing else of the caller's environment
counts.
"""

import os
import tempfile
from pathlib import Path

import pymongo.monitoring

from tests.command_counter import commands

DATA = Path(tempfile.mkdtemp(prefix="lms-tests-"))
SERVERS = ("MONGODB_URI", "REDIS_URL", "DATABASE_URL")

for line in Path(__file__).parent.parent.joinpath(".env.example").read_text().splitlines():
    name = line.strip("# ").partition("=")[0].strip()
    if name.isidentifier() and name not in SERVERS:
        os.environ[name] = ""
for name in SERVERS:
    os.environ.setdefault(name, "")  # those of a `.env` are somebody's own: the suite empties them
os.environ |= {
    "SECRET_KEY": "only-for-tests-" * 5,
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "LMS_DATA_DIR": str(DATA),
    "LMS_RATE_LIMITS": "off",
}

pymongo.monitoring.register(commands)
