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


class Course(Document):
    title = StringField(unique=True)
    words = ListField(StringField())
    students = IntField(default=0)
    meta = {"db_alias": ALIAS, "collection": "courses", "indexes": ["words"]}


class Answer(EmbeddedDocument):
    question = IntField()
    text = StringField()


class Enrollment(Document):
    student = IntField(required=True)
    course = ReferenceField(Course, reverse_delete_rule=CASCADE)
    completed_at = DateTimeField()
    answers = EmbeddedDocumentListField(Answer)
    code = StringField(unique=True, sparse=True)
    meta = {
        "db_alias": ALIAS,
        "collection": "enrollments",
        "indexes": [{"fields": ("student", "course"), "unique": True}],
    }


def connect(path):
    return mongoengine.connect(
        "db",
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


def test_documents_are_saved_updated_and_found(path):
    course = Course(title="Logic", words=["logic", "proof"]).save()
    course.title = "Algebra"
    course.save()
    mongoengine.disconnect(ALIAS)
    connect(path)

    assert Course.objects.get(title="Algebra").id == course.id
    assert Course.objects(words__startswith="pro").count() == 1
    assert Course.objects(Q(words="proof") & Q(title__ne="x")).first() == course
    assert Course.objects.count() == 1


def test_duplicates_raise_mongoengine_errors():
    course = Course(title="Logic").save()
    Enrollment(student=1, course=course).save()

    with pytest.raises(mongoengine.NotUniqueError):
        Enrollment(student=1, course=course).save()
    with pytest.raises(mongoengine.NotUniqueError):
        Course(title="Logic").save(write_concern={"w": 1})
    with pytest.raises(mongoengine.NotUniqueError):
        Course.objects.insert(Course(title="Logic"))
    with pytest.raises(mongoengine.NotUniqueError):
        Course(title="Other").save().update(set__title="Logic")
    with pytest.raises(mongoengine.errors.BulkWriteError):
        Course.objects.insert([Course(title="New"), Course(title="Logic")])
    assert {course.title for course in Course.objects} == {"Logic", "Other", "New"}
    assert Enrollment.objects(code=None).count() == 1


def test_atomic_updates_and_upserts():
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    course = Course(title="Logic").save()
    course.modify(inc__students=1)
    Course.objects(id=course.id).update_one(inc__students=1, add_to_set__words="logic")
    Enrollment.objects(student=1, course=course).update_one(
        min__completed_at=noon, set_on_insert__code="first", upsert=True
    )
    enrollment = Enrollment.objects(student=1, course=course).modify(
        min__completed_at=noon.replace(hour=13), set_on_insert__code="second", upsert=True, new=True
    )

    course.reload()
    assert (course.students, course.words) == (2, ["logic"])
    assert (enrollment.completed_at, enrollment.code) == (noon, "first")
    assert Enrollment.objects(student=2).modify(set__code="x") is None
    assert Enrollment.objects(student=3, course=course).upsert_one(set__code="third").student == 3


def test_deletion_cascades_to_referring_documents():
    course = Course(title="Logic").save()
    Enrollment(student=1, course=course, answers=[Answer(question=1, text="yes")]).save()
    assert Enrollment.objects.get(answers__question=1).course == course
    course.delete()

    assert Enrollment.objects.count() == 0


def test_sorting_slicing_and_counting():
    Course.objects.insert([Course(title=f"{number:02}") for number in range(20)])
    page = Course.objects.order_by("-title").skip(5).limit(5)

    assert [course.title for course in page] == ["14", "13", "12", "11", "10"]
    assert page.count() == 20
    assert page.count(with_limit_and_skip=True) == 5
    assert [course.title for course in Course.objects.order_by("title")[18:]] == ["18", "19"]
    assert Course.objects.only("title").first().words == []
    assert Course.objects(title__in=["01", "02", "99"]).scalar("title").order_by("title")[0] == "01"
    assert Course.objects(title="03").aggregate([{"$count": "n"}]).next() == {"n": 1}
    assert Course.objects.sum("students") == 0


def test_declared_indexes_are_created():
    Enrollment(student=1).save()

    assert {name for name in Enrollment._get_collection().index_information()} == {
        "_id_",
        "student_1_course_1",
        "code_1",
    }
    assert Enrollment.compare_indexes() == {"missing": [], "extra": []}
