"""Readiness reports a unique index that cannot be built because of duplicates."""

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
def remove_duplicate(monkeypatch):
    """Two enrollments for one (student, course) pair, without the unique index."""
    monkeypatch.setattr(checks, "INDEXES_LIFETIME", 0.0)
    student = enroll_in(make_course())
    enrollments = Enrollment._get_collection()
    enrollments.drop_index(UNIQUE)
    enrollment = enrollments.find_one({"student_id": student.id})
    second = enrollments.insert_one({**enrollment, "_id": student.id}).inserted_id
    yield lambda: enrollments.delete_one({"_id": second})
    enrollments.delete_one({"_id": second})
    indexes.build_indexes()


@pytest.mark.django_db(transaction=True)
def test_readiness_reports_a_missing_index(remove_duplicate, client):
    with pytest.raises(PyMongoError):
        build_missing_indexes()

    ready = client.get("/health/ready")

    assert ready.status_code == 503
    assert ready.json()["indexes"] == "missing"


@pytest.mark.django_db(transaction=True)
def test_a_sweep_builds_the_index_after_the_duplicates_are_removed(remove_duplicate, client):
    with pytest.raises(PyMongoError):
        build_missing_indexes()
    remove_duplicate()

    build_missing_indexes()

    assert client.get("/health/ready").json()["indexes"] == "ok"


def test_an_index_that_cannot_be_built_does_not_block_the_others(remove_duplicate):
    progress = Progress._get_collection()
    progress.drop_index("student_id_1_lesson_id_1")

    with pytest.raises(PyMongoError):
        indexes.build_indexes()

    assert indexes.missing_indexes() == ["enrollments: student_id, course_id"]
