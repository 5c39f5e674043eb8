"""
The functions of mongomock that the store relies on or overrides have not changed.

If this fails after an upgrade of mongomock, read the changes, check what the store relies on, run
the fuzz test with more rounds, and only then update the digests.
"""

import inspect
from hashlib import sha256
from importlib.metadata import version

import pytest
from mongomock import MongoClient, aggregate, filtering, helpers
from mongomock.collection import Collection, Cursor, _copy_field, _project_by_spec
from mongomock.database import Database

from embedded_mongo.collection import Collection as EmbeddedCollection

DIGESTS = {
    Collection._apply_update_document: "7f38fc47e65b",
    Collection._copy_only_fields: "c7ec109fb7ba",
    Collection._get_dataset: "d18fbc7247ff",
    Collection._list_all_indexes: "e6d6ea5ffcb9",
    Collection._update: "3db2c47fedfa",
    Collection.count_documents: "a3fda3de1bd7",
    Collection.index_information: "5f99fe629ff4",
    Collection.list_indexes: "f69b260aa4b4",
    Collection.replace_one: "cbab82ab3bd5",
    Collection.update_many: "9506621c4daa",
    Collection.update_one: "65b4ee4f0ffa",
    Collection.with_options: "02beb87fe0a3",
    Cursor: "38f571b42f80",
    Database.__init__: "9d8d633c567b",
    Database.command: "04a752a1ae53",
    Database.create_collection: "26ad0a7ab262",
    Database.get_collection: "33b8c47a1c97",
    Database.list_collection_names: "a4aeeb3069d7",
    MongoClient: "b56f51909be7",
    _copy_field: "4950e2c1dbfd",
    _project_by_spec: "6f3ab19b37d1",
    aggregate.process_pipeline: "a32e2551442e",
    aggregate._handle_lookup_stage: "fdd5ea0e39a9",
    aggregate._handle_match_stage: "4dc6934bdcb4",
    aggregate._handle_out_stage: "f4b628e6822a",
    aggregate._handle_unwind_stage: "872b108506b2",
    filtering._Filterer: "31d2b818813a",
    filtering._in_op: "c00963c2197b",
    filtering.iter_key_candidates: "5a22645cc61d",
    filtering._iter_key_candidates_sublist: "f9d2d1ede521",
    helpers.get_value_by_dot: "7668816be453",
    helpers.make_datetime_timezone_aware_in_document: "622972b652c3",
    helpers.patch_datetime_awareness_in_document: "f8a38f3bf6b1",
    helpers.set_value_by_dot: "470c5dd53374",
}


@pytest.mark.parametrize("function", DIGESTS, ids=lambda function: function.__qualname__)
def test_the_function_is_unchanged(function):
    assert sha256(inspect.getsource(function).encode()).hexdigest()[:12] == DIGESTS[function]


def test_the_installed_releases_are_the_tested_ones():
    assert version("mongomock") == "4.3.0"
    assert version("pymongo").startswith("4.20.")


def test_no_inherited_method_bypasses_the_store():
    """The inherited methods only read, or call methods that the store overrides."""
    inherited = {
        name
        for name, method in inspect.getmembers(EmbeddedCollection, inspect.isfunction)
        if not name.startswith("_") and method.__module__.startswith("mongomock")
    }
    assert inherited == {
        "aggregate_raw_batches",
        "distinct",
        "drop",
        "find_raw_batches",
        "index_information",
        "initialize_ordered_bulk_op",
        "initialize_unordered_bulk_op",
        "list_indexes",
        "rename",
    }
