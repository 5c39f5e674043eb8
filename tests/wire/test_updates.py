"""Updates on a server have the results that the tests of the embedded store expect."""

import os
from uuid import uuid4

import pymongo
import pytest

from embedded_mongo.tests.test_field_updates import RESULTS

URI = os.environ.get("MONGODB_URI")

pytestmark = pytest.mark.skipif(
    not URI, reason="MONGODB_URI is not set; tests/wire/run starts a server"
)


@pytest.fixture(scope="module")
def things():
    with pymongo.MongoClient(URI, serverSelectionTimeoutMS=5000) as client:
        name = f"updates_{uuid4().hex[:12]}"
        yield client[name].things
        client.drop_database(name)


@pytest.mark.parametrize(("document", "update", "expected"), RESULTS, ids=str)
def test_an_update_on_a_server_has_the_same_result(things, document, update, expected):
    things.replace_one({"_id": 1}, document, upsert=True)

    things.update_one({"_id": 1}, update)

    assert things.find_one(1, {"_id": 0}) == expected
