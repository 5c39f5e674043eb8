import select
import socket
import socketserver
import threading
from itertools import count

import pymongo
import pytest
from pymongo.errors import AutoReconnect, ConnectionFailure

from tests.faults.ports import HOST
from tests.faults.proxy import MongoProxy, Proxy, is_write, name_of
from tests.waiting import LIMIT


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line)


@pytest.fixture
def echo():
    """A proxy to a server that says everything again."""
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
def through(mongo):
    """A database behind the proxy."""
    with _client(mongo.port) as client:
        yield client.lms


@pytest.fixture
def beside(wire_server):
    """The same database, reached without the proxy."""
    with _client(wire_server.port) as client:
        yield client.lms


def test_bytes_go_there_and_back(echo):
    with _dial(echo) as connection:
        assert _said_again(connection, b"a" * 300_000 + b"\n")


def test_a_cut_ends_connections_and_refuses_new_ones_until_mended(echo):
    connection = _dial(echo)

    echo.cut()

    assert echo.is_cut
    assert _has_ended(connection)
    with pytest.raises(ConnectionRefusedError):
        _dial(echo)
    echo.mend()
    with _dial(echo) as another:
        assert _said_again(another, b"hello\n")


def test_a_frozen_proxy_takes_bytes_and_hands_them_on_when_thawed(echo):
    connection = _dial(echo)
    echo.freeze()
    connection.sendall(b"held\n")
    another = _dial(echo)
    another.sendall(b"held, too\n")
    for each in (connection, another):
        assert _is_silent(each)

    echo.thaw()

    assert connection.recv(10) == b"held\n"
    assert another.recv(10) == b"held, too\n"


def test_a_frozen_proxy_can_be_cut(echo):
    connection = _dial(echo)
    echo.freeze()
    connection.sendall(b"lost\n")

    echo.cut()

    assert _has_ended(connection)


def test_a_client_whose_server_is_away_is_hung_up_on(wire_server):
    with Proxy(wire_server.port) as proxy:
        wire_server.stop()
        assert _has_ended(_dial(proxy))


def test_a_lost_answer_leaves_what_was_written(mongo, through, beside):
    mongo.cut_after(2, losing="answer")
    through.first.insert_one({})

    with pytest.raises(AutoReconnect):
        through.second.insert_one({})

    assert mongo.is_cut
    assert beside.first.count_documents({}) == beside.second.count_documents({}) == 1


def test_a_lost_command_leaves_nothing(mongo, through, beside):
    mongo.cut_after(2, losing="command")
    through.first.insert_one({})

    with pytest.raises(AutoReconnect):
        through.second.insert_one({})

    assert beside.first.count_documents({}) == 1
    assert beside.second.count_documents({}) == 0


def test_all_connections_are_cut_and_come_back_when_mended(mongo, through):
    with _client(mongo.port) as another:
        another.lms.things.find_one()
        mongo.cut_after(1)
        with pytest.raises(AutoReconnect):
            through.things.insert_one({})
        with pytest.raises(ConnectionFailure):
            another.lms.things.find_one()

        mongo.mend()

        assert another.lms.things.count_documents({}) == 1
        through.things.insert_one({})


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
def test_every_kind_of_write_counts(mongo, through, write):
    mongo.cut_after(1)

    with pytest.raises(AutoReconnect):
        write(through.things)


def test_reads_do_not_count_as_writes(mongo, through):
    mongo.cut_after(1)

    through.things.find_one()
    through.things.count_documents({})
    list(through.things.aggregate([{"$match": {}}]))

    assert not mongo.is_cut


def test_what_counts_can_be_chosen(mongo, through):
    mongo.cut_after(1, counting=lambda command: command.get("insert") == "second")
    through.first.insert_one({})

    with pytest.raises(AutoReconnect):
        through.second.insert_one({})


def test_names_are_those_of_the_commands(mongo, through):
    names = []
    mongo.cut_after(1, counting=lambda command: names.append(name_of(command)))
    through.things.insert_one({})
    through.things.find_one()

    assert [name for name in names if name in ("insert", "find")] == ["insert", "find"]


def test_a_story_cut_at_every_write_is_whole_after_the_retry(mongo, through, beside):
    """The way to use it: cut at the first write, the second, … until the story ends uncut."""
    for n in count(1):
        beside.client.drop_database("lms")
        mongo.cut_after(n, counting=is_write)
        try:
            _enrol(through)
        except AutoReconnect:
            mongo.mend()
            _enrol(through)
        else:
            break
        assert beside.places.count_documents({}) == 1
        assert beside.progress.count_documents({"of": 1}) == 1

    assert n == 3


def _enrol(database):
    database.places.update_one({"_id": 1}, {"$setOnInsert": {"pending": True}}, upsert=True)
    database.progress.update_one({"of": 1}, {"$setOnInsert": {"done": 0}}, upsert=True)


def _dial(proxy: Proxy) -> socket.socket:
    return socket.create_connection((HOST, proxy.port), timeout=LIMIT)


def _has_ended(connection: socket.socket) -> bool:
    try:
        return connection.recv(10) == b""
    except ConnectionResetError:
        return True


def _is_silent(connection: socket.socket) -> bool:
    return not select.select([connection], [], [], 0.2)[0]


def _said_again(connection: socket.socket, line: bytes) -> bool:
    threading.Thread(target=connection.sendall, args=[line]).start()
    with connection.makefile("rb") as answers:
        return answers.readline() == line


def _client(port: int) -> pymongo.MongoClient:
    return pymongo.MongoClient(HOST, port, serverSelectionTimeoutMS=2000)
