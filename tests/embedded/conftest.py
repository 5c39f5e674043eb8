from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embedded_mongo import EmbeddedClient, store

Connect = Callable[..., EmbeddedClient]


@pytest.fixture(scope="session", autouse=True)
def _indexes():
    """Stands in for the whole suite's: these tests need neither Django nor its stores."""


@pytest.fixture(autouse=True)
def _clean():
    """As above."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lms.db"


@pytest.fixture
def connect(path: Path) -> Iterator[Connect]:
    """Open the store, as often as a test likes; what it leaves open is closed."""
    clients = []

    def connect(**options) -> EmbeddedClient:
        clients.append(EmbeddedClient(**{"path": path, "synchronous": "NORMAL"} | options))
        return clients[-1]

    yield connect
    for client in clients:
        client.close()


@pytest.fixture
def client(connect: Connect) -> EmbeddedClient:
    return connect()


@pytest.fixture
def things(client: EmbeddedClient):
    return client.lms.things


@pytest.fixture
def reopened(connect: Connect):
    """Close a client and open its file again."""

    def reopened(client: EmbeddedClient, **options) -> EmbeddedClient:
        client.close()
        return connect(**options)

    return reopened


class Decoded:
    """How many documents were read; speed is measured in these, never by the clock."""

    number = 0


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> Decoded:
    counted, decode = Decoded(), store.decode

    def counting(document: bytes) -> dict:
        counted.number += 1
        return decode(document)

    monkeypatch.setattr("embedded_mongo.fields.decode", counting)
    monkeypatch.setattr("embedded_mongo.store.decode", counting)
    return counted
