"""Requests that lose MongoDB after each of their writes, and checks of what retries leave."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from django.http import HttpResponse
from django.test import Client, override_settings

from apps.common.storage.indexes import documents
from apps.users.documents import User
from apps.users.models import Account
from tests.faults.proxy import MongoProxy
from tests.faults.sweeps import run_sweeps

NEVER = 1_000_000
MAX_WRITES = 30  # more than any request makes
# Seconds that a request waits for an unreachable store. The second value is used only if the
# request ended before the connection was lost.
STORE_TIMEOUTS = (0.4, 30.0)

IDEMPOTENCY_HEADERS = {"HTTP_IDEMPOTENCY_KEY": "the-same"}


@dataclass
class Scenario:
    """A client, the request it sends, and a check of the data after all repairs."""

    client: Client
    request: Callable[..., HttpResponse]
    assert_consistent: Callable[[], None]

    def send(self, **headers) -> HttpResponse:
        return self.request(self.client, **headers)


def assert_retries_repair(proxy: MongoProxy, make_scenario: Callable[[], Scenario]) -> None:
    """Lose MongoDB after each write in turn, retry, run the sweeps, and check the data."""
    for n in count(1):
        scenario = interrupt_request(proxy, make_scenario, n)
        if scenario is None:
            assert n > 1
            return
        assert n < MAX_WRITES
        retried = scenario.send()
        assert retried.status_code < 500, (n, retried.content)
        run_sweeps()
        scenario.assert_consistent()


def interrupt_request(
    proxy: MongoProxy, make_scenario: Callable[[], Scenario], n: int, **headers
) -> Scenario | None:
    """
    Send the request of a new scenario and lose MongoDB at the n-th write.

    Return None if the request makes fewer writes.
    """
    for seconds in STORE_TIMEOUTS:
        proxy.disconnect_after(NEVER)
        _delete_all_data()
        scenario = make_scenario()
        scenario.client.raise_request_exception = False
        proxy.disconnect_after(n)
        with override_settings(STORE_TIMEOUT_SECONDS=seconds):
            response = scenario.send(**headers)
        if proxy.is_disconnected:
            break
    else:
        assert response.status_code < 500, response.content
        return None
    assert response.status_code in (200, 201, 204, 503), (
        n,
        response.status_code,
        response.content,
    )
    if response.status_code == 503:
        assert response.json()["code"] == "store_unavailable"
        assert response["Retry-After"]
    proxy.reconnect()
    _wait_until_connected()
    return scenario


def _delete_all_data() -> None:
    for document_class in documents():
        document_class._get_collection().delete_many({})
    Account.objects.all().delete()


def _wait_until_connected() -> None:
    User.objects.count()  # It waits up to the server selection timeout.
