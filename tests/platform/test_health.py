"""Liveness, readiness and metrics."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore, Event

import pytest
from django.db import connection
from mongoengine import get_db
from pymongo.errors import ServerSelectionTimeoutError

from apps.common.storage import cache, indexes
from lms.health import checks
from tests.waiting import LIMIT


@pytest.fixture(autouse=True)
def _nothing_verified(monkeypatch):
    monkeypatch.setattr(checks, "_verified_at", float("-inf"))
    monkeypatch.setattr(checks, "_running", {})


def _down() -> str:
    raise ServerSelectionTimeoutError("mongodb://user:secret@db.example.org is unreachable")


def _replace(monkeypatch, part: str, check) -> None:
    monkeypatch.setitem(checks.CHECKS, part, check)


def test_a_process_that_responds_is_alive(client, monkeypatch):
    for part in checks.CHECKS:
        _replace(monkeypatch, part, _down)

    response = client.get("/health/live")

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


@pytest.mark.django_db(transaction=True)
def test_readiness_names_each_part(client):
    response = client.get("/health/ready")

    assert response.status_code == 200
    assert response.json() == {
        "status": "ready",
        "documents": "ok",
        "migrations": "ok",
        "indexes": "ok",
        "sql": "ok",
        "cache": "ok",
    }


@pytest.mark.parametrize("part", ["documents", "indexes", "sql"])
def test_an_unavailable_part_is_named_in_a_503(client, monkeypatch, part):
    _replace(monkeypatch, part, _down)

    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["status"] == "unavailable"
    assert response.json()[part] == "down"
    assert "secret" not in response.text


def test_an_unavailable_cache_is_named_in_a_200(client, monkeypatch):
    monkeypatch.setattr(cache, "ping", lambda: False)

    response = client.get("/health/ready")

    assert response.status_code == 200
    assert response.json()["cache"] == "down"


def test_a_part_that_hangs_is_reported_in_time(client, monkeypatch):
    end = Event()
    monkeypatch.setattr(checks, "TIMEOUT_SECONDS", 0.2)
    _replace(monkeypatch, "documents", lambda: end.wait(LIMIT) and "ok")

    responses = [client.get("/health/ready") for _ in range(2)]  # Waiting for the part would hang.

    end.set()
    assert [response.json()["documents"] for response in responses] == ["down", "down"]


@pytest.fixture
def hanging(client, monkeypatch):
    """Return a thread pool, and a hanging check's start event, end event and calls."""
    hangs, end = Event(), Event()
    calls = []

    def documents() -> str:
        calls.append(hangs.set())
        end.wait(LIMIT)
        return "ok"

    monkeypatch.setattr(checks, "TIMEOUT_SECONDS", LIMIT)
    _replace(monkeypatch, "documents", documents)
    with ThreadPoolExecutor(6) as pool:
        yield pool, hangs, end, calls
        end.set()


def test_simultaneous_callers_share_a_result(hanging):
    pool, hangs, end, calls = hanging
    first = pool.submit(checks.current_state)
    assert hangs.wait(LIMIT)
    others = [pool.submit(checks.current_state) for _ in range(4)]
    while checks._waiting._value > checks.MOST_WAITING - 5:
        time.sleep(0.01)
    end.set()

    assert {future.result(LIMIT)["documents"] for future in (first, *others)} == {"ok"}
    assert len(calls) == 1


def test_while_a_part_hangs_most_callers_get_the_previous_result(hanging, monkeypatch):
    """Otherwise each caller would block a thread, and anyone may call."""
    pool, hangs, end, _ = hanging
    monkeypatch.setattr(checks, "_result", (time.monotonic(), {"documents": "as before"}))
    monkeypatch.setattr(checks, "_waiting", BoundedSemaphore(1))
    first = pool.submit(checks.current_state)
    assert hangs.wait(LIMIT)

    assert pool.submit(checks.current_state).result(LIMIT) == {"documents": "as before"}
    end.set()
    assert first.result(LIMIT)["documents"] == "ok"


def test_a_missing_index_is_named_only_in_the_log(client, monkeypatch, caplog):
    kind = next(kind for kind in indexes.documents() if len(kind._meta["index_specs"]) > 1)
    built = kind._get_collection().index_information()
    name = next(name for name in built if name != "_id_")
    kind._get_collection().drop_index(name)
    try:
        response = client.get("/health/ready")

        assert response.status_code == 503
        assert response.json()["indexes"] == "missing"
        assert kind._get_collection_name() in caplog.text
    finally:
        indexes.build_indexes()
    assert client.get("/health/ready").json()["indexes"] == "ok"


def test_the_probes_query_the_real_stores():
    assert get_db().name
    assert checks.documents() == "ok"
    assert connection.vendor


# Metrics


def test_requests_are_counted_by_route_and_status(client):
    before = _metric(client, 'lms_requests_total{method="GET",route="/",status="200"}')
    client.get("/")

    after = _metric(client, 'lms_requests_total{method="GET",route="/",status="200"}')
    assert after == before + 1


def test_metrics_say_which_parts_are_available(client, monkeypatch):
    _replace(monkeypatch, "documents", _down)

    assert _metric(client, 'lms_up{part="documents"}') == 0
    assert _metric(client, 'lms_up{part="cache"}') == 1


def test_metrics_contain_no_paths_and_no_personal_data(client):
    client.get("/secret-zebra?email=ada@example.org")
    client.get("/api/echo/", headers={"X-Request-ID": "request-id-zebra"})
    client.generic("BREW", "/")

    metrics_text = client.get("/metrics").text

    assert "zebra" not in metrics_text
    assert "ada@" not in metrics_text
    assert "BREW" not in metrics_text


def test_metrics_are_not_available_through_a_proxy(client):
    for header in ("X-Forwarded-For", "Forwarded"):
        assert client.get("/metrics", headers={header: "203.0.113.9"}).status_code == 404


def _metric(client, name: str) -> float:
    lines = client.get("/metrics").text.splitlines()
    return next((float(line.split()[-1]) for line in lines if line.startswith(name)), 0.0)
