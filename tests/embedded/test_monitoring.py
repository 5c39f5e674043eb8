import pytest
from pymongo import DeleteOne, InsertOne, UpdateOne
from pymongo.errors import DuplicateKeyError
from pymongo.monitoring import CommandListener


class Heard(CommandListener):
    def __init__(self):
        self.begun, self.ended, self.failures = [], [], []

    def started(self, event):
        self.begun.append((event.command_name, event.command))

    def succeeded(self, event):
        self.ended.append(event.command_name)

    def failed(self, event):
        self.failures.append(event.command_name)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def things(connect, heard):
    return connect(event_listeners=[heard]).lms.things


def test_each_operation_is_one_command_as_mongodb_calls_it(things, heard):
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

    names = [name for name, _ in heard.begun]
    assert names == [
        *("insert", "insert", "update", "update", "update", "delete", "delete", "findAndModify"),
        *("find", "find", "aggregate", "count", "distinct", "aggregate", "createIndexes", "drop"),
    ]
    assert heard.ended == names
    commands = dict(heard.begun)
    assert all(command[name] == "things" for name, command in heard.begun)
    assert commands["find"] == {"find": "things", "filter": {"n": 4}, "sort": {"n": -1}, "limit": 2}
    assert commands["findAndModify"]["query"] == {"_id": 1}
    assert commands["findAndModify"]["sort"] == {"n": 1}
    assert heard.begun[2][1]["updates"] == [
        {"q": {"_id": 1}, "u": {"$set": {"n": 2}}, "multi": False, "upsert": True}
    ]
    assert commands["delete"]["deletes"] == [{"q": {"_id": 3}, "limit": 0}]


def test_a_bulk_is_one_command_for_each_run_of_a_kind(things, heard):
    things.bulk_write(
        [
            InsertOne({"_id": 1}),
            InsertOne({"_id": 2}),
            UpdateOne({"_id": 1}, {"$set": {"n": 1}}),
            DeleteOne({"_id": 2}),
        ]
    )

    assert [name for name, _ in heard.begun] == ["insert", "update", "delete"]


def test_a_cursor_is_a_command_when_it_is_read_and_once(things, heard):
    cursor = things.find()
    assert heard.begun == []
    list(cursor)
    cursor.alive  # noqa: B018
    assert len(heard.begun) == 1


def test_a_refused_operation_is_told_as_failed(things, heard):
    things.insert_one({"_id": 1})
    with pytest.raises(DuplicateKeyError):
        things.insert_one({"_id": 1})

    assert heard.failures == ["insert"]
