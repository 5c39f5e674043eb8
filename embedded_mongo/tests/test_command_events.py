import pytest
from pymongo import DeleteOne, InsertOne, UpdateOne
from pymongo.errors import DuplicateKeyError
from pymongo.monitoring import CommandListener


class RecordingListener(CommandListener):
    def __init__(self):
        self.commands, self.succeeded_names, self.failed_names = [], [], []

    def started(self, event):
        self.commands.append((event.command_name, event.command))

    def succeeded(self, event):
        self.succeeded_names.append(event.command_name)

    def failed(self, event):
        self.failed_names.append(event.command_name)


@pytest.fixture
def listener() -> RecordingListener:
    return RecordingListener()


@pytest.fixture
def things(connect, listener):
    return connect(event_listeners=[listener]).db.things


def test_each_operation_is_one_command_of_mongodb(things, listener):
    things.insert_one({"_id": 1, "n": 1})
    things.insert_many([{"_id": 2}, {"_id": 3}])
    things.update_one({"_id": 1}, {"$set": {"n": 2}}, upsert=True)
    things.update_many({}, {"$set": {"m": 1}})
    things.replace_one({"_id": 2}, {"n": 3})
    things.delete_one({"_id": 3})
    things.delete_many({"_id": 3})
    things.find_one_and_update({"_id": 1}, {"$set": {"n": 4}}, sort=[("n", 1)])
    things.find_one({"_id": 1})
    list(things.find({"n": 4}).sort("n", -1).limit(2))
    things.count_documents({"n": 4})
    things.estimated_document_count()
    things.distinct("n", {"n": 4})
    lookup = {"from": "others", "localField": "n", "foreignField": "_id", "as": "others"}
    list(things.aggregate([{"$match": {"n": 4}}, {"$lookup": lookup}]))
    things.create_index("n")
    things.drop()

    names = [name for name, _ in listener.commands]
    assert names == [
        *("insert", "insert", "update", "update", "update", "delete", "delete", "findAndModify"),
        *("find", "find", "aggregate", "count", "distinct", "aggregate", "createIndexes", "drop"),
    ]
    assert listener.succeeded_names == names
    last = dict(listener.commands)
    assert all(command[name] == "things" for name, command in listener.commands)
    assert last["find"] == {"find": "things", "filter": {"n": 4}, "sort": {"n": -1}, "limit": 2}
    assert last["findAndModify"]["query"] == {"_id": 1}
    assert last["findAndModify"]["sort"] == {"n": 1}
    assert listener.commands[2][1]["updates"] == [
        {"q": {"_id": 1}, "u": {"$set": {"n": 2}}, "multi": False, "upsert": True}
    ]
    assert last["delete"]["deletes"] == [{"q": {"_id": 3}, "limit": 0}]


def test_a_bulk_write_is_one_command_per_sequence_of_the_same_operation(things, listener):
    things.bulk_write(
        [
            InsertOne({"_id": 1}),
            InsertOne({"_id": 2}),
            UpdateOne({"_id": 1}, {"$set": {"n": 1}}),
            DeleteOne({"_id": 2}),
        ]
    )

    assert [name for name, _ in listener.commands] == ["insert", "update", "delete"]


def test_a_cursor_is_one_command_when_it_is_first_read(things, listener):
    cursor = things.find()
    assert listener.commands == []
    list(cursor)
    cursor.alive  # noqa: B018
    assert len(listener.commands) == 1


def test_a_rejected_operation_is_a_failed_command(things, listener):
    things.insert_one({"_id": 1})
    with pytest.raises(DuplicateKeyError):
        things.insert_one({"_id": 1})

    assert listener.failed_names == ["insert"]
