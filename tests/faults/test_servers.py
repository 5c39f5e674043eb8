import subprocess
import sys
import time

import pymongo
import pytest
import redis
from pymongo.errors import ConnectionFailure

from tests.faults.servers import RedisServer, ServerError
from tests.waiting import LIMIT

SOON = {"socket_timeout": 1, "socket_connect_timeout": 1}


def test_redis_answers_at_its_uri(redis_server):
    assert redis.from_url(redis_server.uri).ping()


def test_a_stopped_server_refuses_and_a_restarted_one_answers_on_the_same_port(redis_server):
    uri = redis_server.uri
    redis_server.stop()
    with pytest.raises(redis.ConnectionError):
        redis.from_url(uri, **SOON).ping()

    redis_server.restart()

    assert redis.from_url(uri, **SOON).ping()


def test_a_paused_redis_takes_the_question_and_answers_when_resumed(redis_server):
    redis_server.pause()
    with pytest.raises(redis.TimeoutError):
        redis.from_url(redis_server.uri, **SOON).ping()

    redis_server.resume()

    assert redis.from_url(redis_server.uri, **SOON).ping()


def test_a_paused_mongodb_answers_nobody_and_still_knows_all_when_resumed(wire_server):
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


def test_a_server_on_a_port_that_is_taken_says_so(redis_server):
    with pytest.raises(ServerError, match="in use"):
        RedisServer(redis_server.port).start()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_a_server_dies_with_tests_that_were_killed():
    if missing := RedisServer.missing():
        pytest.skip(missing)
    tests = "from tests.faults.servers import RedisServer; print(RedisServer().start().uri)"
    killed = f"{tests}; import os, sys; sys.stdout.flush(); os.kill(os.getpid(), 9)"

    done = subprocess.run([sys.executable, "-c", killed], capture_output=True, text=True)

    assert _refuses_within(LIMIT, done.stdout.strip())


def _refuses_within(seconds: float, uri: str) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        try:
            redis.from_url(uri, **SOON).ping()
        except redis.ConnectionError:
            return True
        if time.monotonic() > deadline:
            return False
