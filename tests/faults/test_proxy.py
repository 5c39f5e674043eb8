import select
import socket
import socketserver
import threading
from itertools import count

import pymongo
import pytest
from pymongo.errors import AutoReconnect, ConnectionFailure

from tests.faults.ports import HOST
from tests.faults.proxy import MongoProxy, Proxy, command_name, is_write
from tests.waiting import LIMIT


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line)


@pytest.fixture
def echo():
    """A proxy to a server that echoes every line."""
    with socketserver.ThreadingTCPServer((HOST, 0), Echo) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with Proxy(server.server_address[1]) as proxy:
            yield proxy
        server.shutdown()


@pytest.fixture
def mongo(wire_server):
    with MongoProxy(wire_server.port) as proxy:
        yield proxy


@pytest.fixture
def proxied(mongo):
    """A database that is reached through the proxy."""
    with _client(mongo.port) as client:
        yield client.lms


@pytest.fixture
def direct(wire_server):
    """The same database without the proxy."""
    with _client(wire_server.port) as client:
        yield client.lms


def test_bytes_are_forwarded_in_both_directions(echo):
    with _connect(echo) as connection:
        assert _is_echoed(connection, b"a" * 300_000 + b"\n")


def test_disconnecting_ends_connections_and_refuses_new_ones_until_reconnected(echo):
    connection = _connect(echo)

    echo.disconnect()

    assert echo.is_disconnected
    assert _has_ended(connection)
    with pytest.raises(ConnectionRefusedError):
        _connect(echo)
    echo.reconnect()
    with _connect(echo) as another:
        assert _is_echoed(another, b"hello\n")


def test_a_frozen_proxy_accepts_bytes_and_forwards_them_when_unfrozen(echo):
    connection = _connect(echo)
    echo.freeze()
    connection.sendall(b"held\n")
    another = _connect(echo)
    another.sendall(b"also held\n")
    for client in (connection, another):
        assert _is_silent(client)

    echo.unfreeze()

    assert connection.recv(10) == b"held\n"
    assert another.recv(10) == b"also held\n"


def test_a_frozen_proxy_can_be_disconnected(echo):
    connection = _connect(echo)
    echo.freeze()
    connection.sendall(b"lost\n")

    echo.disconnect()

    assert _has_ended(connection)


def test_a_client_is_disconnected_if_the_server_is_down(wire_server):
    with Proxy(wire_server.port) as proxy:
        wire_server.stop()
        assert _has_ended(_connect(proxy))


def test_a_write_is_stored_if_its_response_is_lost(mongo, proxied, direct):
    mongo.disconnect_after(2, losing="response")
    proxied.first.insert_one({})

    with pytest.raises(AutoReconnect):
        proxied.second.insert_one({})

    assert mongo.is_disconnected
    assert direct.first.count_documents({}) == direct.second.count_documents({}) == 1


def test_a_write_is_not_stored_if_its_command_is_lost(mongo, proxied, direct):
    mongo.disconnect_after(2, losing="command")
    proxied.first.insert_one({})

    with pytest.raises(AutoReconnect):
        proxied.second.insert_one({})

    assert direct.first.count_documents({}) == 1
    assert direct.second.count_documents({}) == 0


def test_all_connections_end_and_clients_reconnect_later(mongo, proxied):
    with _client(mongo.port) as another:
        another.lms.things.find_one()
        mongo.disconnect_after(1)
        with pytest.raises(AutoReconnect):
            proxied.things.insert_one({})
        with pytest.raises(ConnectionFailure):
            another.lms.things.find_one()

        mongo.reconnect()

        assert another.lms.things.count_documents({}) == 1
        proxied.things.insert_one({})


@pytest.mark.parametrize(
    "write",
    [
        lambda things: things.insert_one({}),
        lambda things: things.insert_many([{"n": n} for n in range(500)]),
        lambda things: things.update_many({}, {"$set": {"a": 1}}),
        lambda things: things.delete_one({}),
        lambda things: things.find_one_and_update({}, {"$set": {"a": 1}}),
    ],
)
def test_every_kind_of_write_is_counted(mongo, proxied, write):
    mongo.disconnect_after(1)

    with pytest.raises(AutoReconnect):
        write(proxied.things)


def test_reads_are_not_counted_as_writes(mongo, proxied):
    mongo.disconnect_after(1)

    proxied.things.find_one()
    proxied.things.count_documents({})
    list(proxied.things.aggregate([{"$match": {}}]))

    assert not mongo.is_disconnected


def test_a_custom_condition_selects_the_counted_commands(mongo, proxied):
    mongo.disconnect_after(1, counting=lambda command: command.get("insert") == "second")
    proxied.first.insert_one({})

    with pytest.raises(AutoReconnect):
        proxied.second.insert_one({})


def test_command_names_are_parsed(mongo, proxied):
    names = []
    mongo.disconnect_after(1, counting=lambda command: names.append(command_name(command)))
    proxied.things.insert_one({})
    proxied.things.find_one()

    assert [name for name in names if name in ("insert", "find")] == ["insert", "find"]


def test_a_request_interrupted_at_every_write_is_complete_after_a_retry(mongo, proxied, direct):
    """Show the intended use: disconnect at the first write, the second, … until all succeed."""
    for n in count(1):
        direct.client.drop_database("lms")
        mongo.disconnect_after(n, counting=is_write)
        try:
            _enroll(proxied)
        except AutoReconnect:
            mongo.reconnect()
            _enroll(proxied)
        else:
            break
        assert direct.enrollments.count_documents({}) == 1
        assert direct.progress.count_documents({"enrollment": 1}) == 1

    assert n == 3


def _enroll(database):
    database.enrollments.update_one({"_id": 1}, {"$setOnInsert": {"pending": True}}, upsert=True)
    database.progress.update_one({"enrollment": 1}, {"$setOnInsert": {"done": 0}}, upsert=True)


def _connect(proxy: Proxy) -> socket.socket:
    return socket.create_connection((HOST, proxy.port), timeout=LIMIT)


def _has_ended(connection: socket.socket) -> bool:
    try:
        return connection.recv(10) == b""
    except ConnectionResetError:
        return True


def _is_silent(connection: socket.socket) -> bool:
    return not select.select([connection], [], [], 0.2)[0]


def _is_echoed(connection: socket.socket, line: bytes) -> bool:
    threading.Thread(target=connection.sendall, args=[line]).start()
    with connection.makefile("rb") as responses:
        return responses.readline() == line


def _client(port: int) -> pymongo.MongoClient:
    return pymongo.MongoClient(HOST, port, serverSelectionTimeoutMS=2000)
