"""The contents of a store that is kept to be opened by later releases."""

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from mongoengine import get_db

from apps.common.clock import now_in_milliseconds
from apps.common.storage.indexes import documents as document_classes
from apps.enrollments.documents import Enrollment
from apps.quizzes.documents import Quiz
from apps.users.selectors import find_user
from lms.demo.loading import DemoFilling
from lms.serving import preparation
from lms.stores import documents
from tests.contract.world import World
from tests.factories import client_of, make_student

BANK = b"::Capital:: Which city is the capital of France? {=Paris ~Lyon ~Nice}"


def fill_stores() -> None:
    """Prepare the empty stores, store documents of every collection, and close the stores."""
    settings.CELERY_TASK_ALWAYS_EAGER = True
    preparation.migrate()
    preparation.migrate_documents()
    preparation.build_indexes()
    World("student")
    _use_all_features()
    _interrupt()
    names = {kind._get_collection_name() for kind in document_classes()}
    empty = sorted(name for name in names if not get_db()[name].find_one())
    assert not empty, f"There are no documents in {', '.join(empty)}."
    documents.close_store()
    connections.close_all()


def _use_all_features() -> None:
    student, instructor = (
        client_of(find_user(username=name)) for name in ("student", "instructor")
    )
    responses = [
        student.put("/api/notifications/preferences/", {"enrolled": {"mail": False}}),
        instructor.post(
            f"/api/quizzes/{Quiz.objects.first().id}/import/",
            {"file": SimpleUploadedFile("bank", BANK), "format": "gift"},
            format="multipart",
        ),
        instructor.post(
            "/api/courses/",
            {"title": "Geometry", "description": "Points and lines.", "price": "9.50"},
            HTTP_IDEMPOTENCY_KEY="geometry",
        ),
        client_of(make_student()).delete("/api/auth/user/"),
    ]
    assert all(each.status_code < 300 for each in responses), [each.content for each in responses]
    DemoFilling(name="demo", finished=True).save()


def _interrupt() -> None:
    Enrollment.objects.update_one(set__undelivered_since=now_in_milliseconds())
