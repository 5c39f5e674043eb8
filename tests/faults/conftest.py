"""Servers that each test starts, disturbs and kills.

Tests that need them run in `tests/wire/run` (`make test-wire`) and are skipped elsewhere, so that
`make test` stays quick.
"""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.faults.mail import MailServer
from tests.faults.product import Product
from tests.faults.proxy import MongoProxy
from tests.faults.servers import RedisServer, WireServer
from tests.faults.shared import shared_product
from tests.faults.sweeps import make_repairs_due


@pytest.fixture(scope="session")
def needs_servers() -> None:
    """Skip if real servers are not requested or not installed."""
    if not os.environ.get("MONGODB_URI"):
        pytest.skip("Run it with tests/wire/run, because it needs real servers.")
    for server_class in (RedisServer, WireServer):
        if missing := server_class.missing():
            pytest.skip(missing)


@pytest.fixture
def redis_server(needs_servers):
    with RedisServer() as server:
        yield server


@pytest.fixture
def wire_server(needs_servers):
    """A server for MongoDB's wire protocol, which loses its data when it stops."""
    with WireServer() as server:
        yield server


@pytest.fixture
def proxy(settings, needs_servers) -> Iterator[MongoProxy]:
    """The proxy through which this process reaches the MongoDB of the test run."""
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


@pytest.fixture
def only_sweeps_repair(settings, monkeypatch) -> None:
    """Run no tasks except the sweeps, and make interrupted work due for repair at once."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None
    make_repairs_due(monkeypatch)


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as mail_server:
        yield mail_server


@pytest.fixture
def product_with_celery(redis_server, mail_server, tmp_path) -> Iterator[Product]:
    """A product with Redis, Celery and a mail server that shares the data of the test run."""
    with shared_product(
        tmp_path,
        REDIS_URL=redis_server.uri,
        WEB_WORKERS="2",
        LMS_CELERY_BESIDE="on",
        EMAIL_URL=f"smtp://127.0.0.1:{mail_server.port}",
    ) as (product, _):
        yield product.prepare().start(path="/health/ready")
