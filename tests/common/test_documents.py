"""Documents, their indexes, and conflicting edits."""

import pytest
from bson import ObjectId
from mongoengine import NotUniqueError, StringField

from apps.common.errors import NotFound, StaleRevision
from apps.common.storage import indexes
from apps.common.storage.documents import (
    RevisionedDocument,
    for_each,
    insert,
    matches_any_pair,
    update,
)


class Page(RevisionedDocument):
    name = StringField(required=True)

    meta = {
        "collection": "test_pages",
        "auto_create_index": False,
        "indexes": [{"fields": ("name",), "unique": True}],
    }


@pytest.fixture(autouse=True)
def _no_pages():
    Page.drop_collection()
    Page.ensure_indexes()
    yield
    Page.drop_collection()
    Page.ensure_indexes()  # Readiness checks the indexes of all documents.


def test_a_retried_insert_returns_the_document_that_it_inserted():
    page = Page(id=ObjectId(), name="one")

    assert insert(page).id == insert(Page(id=page.id, name="one")).id
    with pytest.raises(NotUniqueError):
        insert(Page(id=ObjectId(), name="one"))
    assert Page.objects.count() == 1


def test_each_edit_increments_the_revision():
    page = insert(Page(name="one"))

    changed = update(page, name="two")

    assert (changed.name, changed.revision) == ("two", 2)
    assert update(page, expected=[2], name="three").revision == 3


def test_an_edit_with_a_stale_revision_changes_nothing():
    page = insert(Page(name="one"))
    update(page, name="two")

    with pytest.raises(StaleRevision):
        update(page, expected=[1], name="three")
    with pytest.raises(StaleRevision):
        update(page, expected=[], name="three")
    assert Page.objects.get().name == "two"


def test_an_edit_of_a_deleted_document_does_not_restore_it():
    page = insert(Page(name="one"))
    page.delete()

    with pytest.raises(NotFound):
        update(page, name="two")
    assert Page.objects.count() == 0


def test_a_missing_index_is_named_and_built():
    Page._get_collection().drop_index("name_1")

    assert "test_pages: name" in indexes.missing_indexes()
    indexes.build_indexes()
    assert "test_pages: name" not in indexes.missing_indexes()


def test_an_index_that_duplicates_prevent_is_reported():
    Page._get_collection().drop_index("name_1")
    Page._get_collection().insert_many([{"name": "one"}, {"name": "one"}])

    with pytest.raises(Exception, match=r"duplicate|E11000|11000"):
        indexes.build_indexes()
    assert "test_pages: name" in indexes.missing_indexes()


def test_the_command_prints_what_it_has_built(capsys):
    from django.core.management import call_command

    call_command("build_indexes")

    assert "All indexes of" in capsys.readouterr().out


def test_a_backlog_is_read_one_document_at_a_time_and_each_only_once():
    names = ["a", "b", "c", "d", "e"]
    Page.objects.insert([Page(name=name) for name in [*names, "other"]])
    done = []

    def visit(page):
        done.append(page.name)
        Page.objects(name="d").delete()  # before its turn

    assert for_each(Page.objects(name__ne="other"), visit) == 4
    assert done == ["a", "b", "c", "e"]
    assert for_each(Page.objects(name="nothing"), visit) == 0


def test_each_branch_of_pairs_contains_the_further_conditions():
    one, other, third = ObjectId(), ObjectId(), ObjectId()

    condition = matches_any_pair([(one, other), (one, third)], completed=True)

    [branch] = condition.pop("$or")
    assert condition == {}
    assert branch.pop("completed") is True
    assert branch.pop("student_id") == one
    assert set(branch.pop("course_id")["$in"]) == {other, third}
    assert branch == {}
    assert matches_any_pair([], completed=True) == {"_id": {"$in": []}}
