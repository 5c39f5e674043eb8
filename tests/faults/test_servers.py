import subprocess
import sys
import time

import pymongo
import pytest
import redis
from pymongo.errors import ConnectionFailure

from tests.faults.servers import RedisServer, ServerError
from tests.waiting import LIMIT

TIMEOUTS = {"socket_timeout": 1, "socket_connect_timeout": 1}


def test_redis_responds_at_its_uri(redis_server):
    assert redis.from_url(redis_server.uri).ping()


def test_a_stopped_server_refuses_connections_and_restarts_on_the_same_port(redis_server):
    uri = redis_server.uri
    redis_server.stop()
    with pytest.raises(redis.ConnectionError):
        redis.from_url(uri, **TIMEOUTS).ping()

    redis_server.restart()

    assert redis.from_url(uri, **TIMEOUTS).ping()


def test_a_paused_redis_responds_when_it_is_resumed(redis_server):
    redis_server.pause()
    with pytest.raises(redis.TimeoutError):
        redis.from_url(redis_server.uri, **TIMEOUTS).ping()

    redis_server.resume()

    assert redis.from_url(redis_server.uri, **TIMEOUTS).ping()


def test_a_paused_mongodb_keeps_its_data_and_responds_when_it_is_resumed(wire_server):
    client = pymongo.MongoClient(wire_server.uri, timeoutMS=1000, serverSelectionTimeoutMS=1000)
    client.lms.things.insert_one({"_id": 1})
    wire_server.pause()
    with pytest.raises(ConnectionFailure):
        client.lms.things.find_one()

    wire_server.resume()

    assert client.lms.things.find_one() == {"_id": 1}


def test_a_paused_server_can_be_stopped(redis_server):
    redis_server.pause()

    redis_server.stop()

    assert not redis_server.running
    assert _refuses_within(0, redis_server.uri)


def test_starting_on_a_port_in_use_raises_an_error(redis_server):
    with pytest.raises(ServerError, match="in use"):
        RedisServer(redis_server.port).start()


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux signals the death of a parent process"
)
def test_a_server_ends_if_its_tests_are_killed():
    if missing := RedisServer.missing():
        pytest.skip(missing)
    code = "from tests.faults.servers import RedisServer; print(RedisServer().start().uri)"
    killed_code = f"{code}; import os, sys; sys.stdout.flush(); os.kill(os.getpid(), 9)"

    completed = subprocess.run([sys.executable, "-c", killed_code], capture_output=True, text=True)

    assert _refuses_within(LIMIT, completed.stdout.strip())


def _refuses_within(seconds: float, uri: str) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        try:
            redis.from_url(uri, **TIMEOUTS).ping()
        except redis.ConnectionError:
            return True
        if time.monotonic() > deadline:
            return False
