"""Servers of a test's own: started for it, mistreated by it, killed after it.

Tests that need them run beside `tests/wire/run` (`make test-wire`) and are skipped elsewhere, so
that `make test` stays quick.
"""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.faults.proxy import MongoProxy
from tests.faults.servers import RedisServer, WireServer


@pytest.fixture(scope="session")
def needs_servers() -> None:
    """Skip where no real servers are asked for, or where they cannot be had."""
    if not os.environ.get("MONGODB_URI"):
        pytest.skip("Run it by tests/wire/run: it mistreats real servers.")
    for kind in (RedisServer, WireServer):
        if missing := kind.missing():
            pytest.skip(missing)


@pytest.fixture
def redis_server(needs_servers):
    with RedisServer() as server:
        yield server


@pytest.fixture
def wire_server(needs_servers):
    """A server for MongoDB's wire protocol; it forgets everything when it stops."""
    with WireServer() as server:
        yield server


@pytest.fixture
def proxy(settings, needs_servers) -> Iterator[MongoProxy]:
    """The way of this process to the suite's MongoDB."""
    from lms import settings as product
    from lms.stores import documents as stores

    settings.STORE_TIMEOUT_SECONDS = product.STORE_TIMEOUT_SECONDS
    direct = settings.MONGODB_URI
    with MongoProxy(urlsplit(direct).port) as proxy:
        settings.MONGODB_URI = f"mongodb://127.0.0.1:{proxy.port}/lms"
        stores.close_store()
        yield proxy
        settings.MONGODB_URI = direct
        stores.close_store()
