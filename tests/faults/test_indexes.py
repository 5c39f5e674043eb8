"""F10: a unique index that duplicates do not let be built: readiness says so until it is there."""

import pytest
from pymongo.errors import PyMongoError

from apps.common.storage import indexes
from apps.common.tasks import build_missing_indexes
from apps.enrollments.documents import Enrollment
from apps.progress.documents import Progress
from lms.health import checks
from tests.factories import enroll_in, make_course

UNIQUE = "student_id_1_course_id_1"


@pytest.fixture
def duplicates(monkeypatch):
    """Two places of one student in one course, and no index that refuses the second."""
    monkeypatch.setattr(checks, "INDEXES_LIFETIME", 0.0)
    student = enroll_in(make_course())
    places = Enrollment._get_collection()
    places.drop_index(UNIQUE)
    place = places.find_one({"student_id": student.id})
    second = places.insert_one({**place, "_id": student.id}).inserted_id
    yield lambda: places.delete_one({"_id": second})
    places.delete_one({"_id": second})
    indexes.build_indexes()


@pytest.mark.django_db(transaction=True)
def test_readiness_names_an_index_that_could_not_be_built(duplicates, client):
    with pytest.raises(PyMongoError):
        build_missing_indexes()

    ready = client.get("/health/ready")

    assert ready.status_code == 503
    assert ready.json()["indexes"] == "missing"


@pytest.mark.django_db(transaction=True)
def test_the_sweep_builds_it_once_the_duplicates_are_gone(duplicates, client):
    with pytest.raises(PyMongoError):
        build_missing_indexes()
    duplicates()

    build_missing_indexes()

    assert client.get("/health/ready").json()["indexes"] == "ok"


def test_one_that_cannot_be_built_does_not_keep_the_others_from_being_built(duplicates):
    progress = Progress._get_collection()
    progress.drop_index("student_id_1_lesson_id_1")

    with pytest.raises(PyMongoError):
        indexes.build_indexes()

    assert indexes.missing_indexes() == ["enrollments: student_id, course_id"]
