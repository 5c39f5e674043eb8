from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embedded_mongo import EmbeddedClient, fields

Connect = Callable[..., EmbeddedClient]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def connect(path: Path) -> Iterator[Connect]:
    """Return a function that opens the store; clients that a test leaves open are closed."""
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
    return client.db.things


@pytest.fixture
def reopen(connect: Connect):
    """Return a function that closes a client and opens its file again."""

    def reopen(client: EmbeddedClient, **options) -> EmbeddedClient:
        client.close()
        return connect(**options)

    return reopen


class Decoded:
    """The number and the total size of the decoded documents. Tests measure work, not time."""

    documents = 0
    bytes = 0

    def reset(self) -> None:
        self.documents = self.bytes = 0

    def count(self, call: Callable[[], object]) -> int:
        """Return how many documents a call decodes."""
        self.reset()
        call()
        return self.documents


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> Decoded:
    decoded, decode = Decoded(), fields.decode

    def count(document: bytes) -> dict:
        decoded.documents += 1
        decoded.bytes += len(document)
        return decode(document)

    monkeypatch.setattr("embedded_mongo.fields.decode", count)
    monkeypatch.setattr("embedded_mongo.collection_store.decode", count)
    return decoded
