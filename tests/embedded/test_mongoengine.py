from datetime import UTC, datetime

import mongoengine
import pytest
from mongoengine import (
    CASCADE,
    DateTimeField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    Q,
    ReferenceField,
    StringField,
)

from embedded_mongo import EmbeddedClient

ALIAS = "embedded"


class Shelf(Document):
    title = StringField(unique=True)
    words = ListField(StringField())
    learners = IntField(default=0)
    meta = {"db_alias": ALIAS, "collection": "courses", "indexes": ["words"]}


class Answer(EmbeddedDocument):
    question = IntField()
    text = StringField()


class Place(Document):
    student = IntField(required=True)
    course = ReferenceField(Shelf, reverse_delete_rule=CASCADE)
    completed_at = DateTimeField()
    answers = EmbeddedDocumentListField(Answer)
    code = StringField(unique=True, sparse=True)
    meta = {
        "db_alias": ALIAS,
        "collection": "places",
        "indexes": [{"fields": ("student", "course"), "unique": True}],
    }


def connect(path):
    return mongoengine.connect(
        "lms",
        alias=ALIAS,
        mongo_client_class=EmbeddedClient,
        path=path,
        synchronous="NORMAL",
        tz_aware=True,
        uuidRepresentation="standard",
    )


@pytest.fixture(autouse=True)
def connected(path):
    yield connect(path)
    mongoengine.disconnect(ALIAS)


def test_a_document_is_saved_changed_and_found(path):
    course = Shelf(title="Logic", words=["logic", "proof"]).save()
    course.title = "Algebra"
    course.save()
    mongoengine.disconnect(ALIAS)
    connect(path)

    assert Shelf.objects.get(title="Algebra").id == course.id
    assert Shelf.objects(words__startswith="pro").count() == 1
    assert Shelf.objects(Q(words="proof") & Q(title__ne="x")).first() == course
    assert Shelf.objects.count() == 1


def test_the_second_is_refused_by_name():
    course = Shelf(title="Logic").save()
    Place(student=1, course=course).save()

    with pytest.raises(mongoengine.NotUniqueError):
        Place(student=1, course=course).save()
    with pytest.raises(mongoengine.NotUniqueError):
        Shelf(title="Logic").save(write_concern={"w": 1})
    with pytest.raises(mongoengine.NotUniqueError):
        Shelf.objects.insert(Shelf(title="Logic"))
    with pytest.raises(mongoengine.NotUniqueError):
        Shelf(title="Other").save().update(set__title="Logic")
    with pytest.raises(mongoengine.errors.BulkWriteError):
        Shelf.objects.insert([Shelf(title="New"), Shelf(title="Logic")])
    assert {course.title for course in Shelf.objects} == {"Logic", "Other", "New"}
    assert Place.objects(code=None).count() == 1


def test_counters_and_firsts_are_set_in_one_write():
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    course = Shelf(title="Logic").save()
    course.modify(inc__learners=1)
    Shelf.objects(id=course.id).update_one(inc__learners=1, add_to_set__words="logic")
    Place.objects(student=1, course=course).update_one(
        min__completed_at=noon, set_on_insert__code="first", upsert=True
    )
    place = Place.objects(student=1, course=course).modify(
        min__completed_at=noon.replace(hour=13), set_on_insert__code="second", upsert=True, new=True
    )

    course.reload()
    assert (course.learners, course.words) == (2, ["logic"])
    assert (place.completed_at, place.code) == (noon, "first")
    assert Place.objects(student=2).modify(set__code="x") is None
    assert Place.objects(student=3, course=course).upsert_one(set__code="third").student == 3


def test_what_refers_to_the_deleted_is_deleted_too():
    course = Shelf(title="Logic").save()
    Place(student=1, course=course, answers=[Answer(question=1, text="yes")]).save()
    assert Place.objects.get(answers__question=1).course == course
    course.delete()

    assert Place.objects.count() == 0


def test_pages_are_sorted_and_counted():
    Shelf.objects.insert([Shelf(title=f"{number:02}") for number in range(20)])
    page = Shelf.objects.order_by("-title").skip(5).limit(5)

    assert [course.title for course in page] == ["14", "13", "12", "11", "10"]
    assert page.count() == 20
    assert page.count(with_limit_and_skip=True) == 5
    assert [course.title for course in Shelf.objects.order_by("title")[18:]] == ["18", "19"]
    assert Shelf.objects.only("title").first().words == []
    assert Shelf.objects(title__in=["01", "02", "99"]).scalar("title").order_by("title")[0] == "01"
    assert Shelf.objects(title="03").aggregate([{"$count": "n"}]).next() == {"n": 1}
    assert Shelf.objects.sum("learners") == 0


def test_every_declared_index_is_there():
    Place(student=1).save()

    assert {name for name in Place._get_collection().index_information()} == {
        "_id_",
        "student_1_course_1",
        "code_1",
    }
    assert Place.compare_indexes() == {"missing": [], "extra": []}
