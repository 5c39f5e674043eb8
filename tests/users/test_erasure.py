"""Erased users leave nothing, even if requests were running at the same time."""

import json
from datetime import timedelta

import pytest
from bson import ObjectId, json_util
from django.apps import apps
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.views import APIView

from apps.common.events import publish
from apps.common.storage.documents import insert
from apps.common.storage.idempotency_keys import IdempotencyKey
from apps.common.storage.indexes import documents
from apps.courses.documents import Course
from apps.enrollments.documents import Enrollment
from apps.enrollments.services import enroll_student
from apps.notifications.documents import Notification, Preferences
from apps.notifications.services import notify, set_preferences
from apps.progress.documents import Progress
from apps.progress.services import create_progress_records
from apps.quizzes.documents import Attempt
from apps.quizzes.services import start_attempt, submit_attempt
from apps.users import services
from apps.users.documents import Erasure, User
from apps.users.events import UserErased
from apps.users.models import Account
from apps.users.tasks import repair_profiles
from apps.users.viewer import SignedInViewer
from tests.factories import (
    PASSWORD,
    client_of,
    enroll_in,
    lessons_of,
    make_admin,
    make_course,
    make_instructor,
    make_lesson,
    make_question,
    make_quiz,
    make_student,
    right_answers,
)
from tests.users.pictures import png

NAME, EMAIL = "zebedee-unlike-any", "zebedee-mailbox@unlike.example"


@pytest.fixture
def quiz():
    quiz = make_quiz(lesson=make_lesson(course=make_course()))
    make_question(quiz)
    return quiz


@pytest.fixture
def user(quiz) -> User:
    """A user who has left traces in every app."""
    user = make_instructor(username=NAME, email=EMAIL, password=PASSWORD, bio="I am Zebedee.")
    course = Course.objects.get(id=quiz.course)
    enroll_in(course, user)
    client = client_of(user)
    key = {"HTTP_IDEMPOTENCY_KEY": "a-key"}
    assert client.post("/api/courses/", {"title": "Own"}, **key).status_code == 201
    for lesson in lessons_of(course):
        client.post("/api/progress/", {"lesson": str(lesson.id)})
    submit_answers(user, quiz)
    start_attempt(str(quiz.id), viewer=viewer_of(user))
    set_preferences(user_id=str(user.id), muted=["enrolled"], mail_muted=[])
    picture = SimpleUploadedFile("me.png", png(), content_type="image/png")
    services.set_picture(user_id=str(user.id), by=str(user.id), upload=picture)
    services.request_password_reset(email=EMAIL)
    services.send_account_mails()
    services.sign_in(username=NAME, password=PASSWORD)
    account = Account.objects.get(profile_id=str(user.id))
    LogEntry.objects.create(
        user=Account.objects.get(profile_id=str(make_admin().id)),
        content_type=ContentType.objects.get_for_model(Account),
        object_id=str(account.pk),
        object_repr=str(account),
        action_flag=DELETION,
    )
    return user


def viewer_of(user: User) -> SignedInViewer:
    return SignedInViewer(
        id=str(user.id), account_id=0, username="", is_instructor=False, is_admin=False
    )


def submit_answers(user: User, quiz) -> None:
    submit_attempt(
        quiz_id=str(quiz.id),
        viewer=viewer_of(user),
        answers=[
            {
                "question": ObjectId(answer["question"]),
                "choices": [ObjectId(answer["choices"][0])],
            }
            for answer in right_answers(quiz)
        ],
        request_id=ObjectId(),
    )


def let_a_minute_pass() -> None:
    for erasure in Erasure.objects:
        erasure.update(set__erased_at=erasure.erased_at - timedelta(minutes=1))


def stored() -> dict[str, str]:
    """Return the content of both stores, as text by collection or table."""
    collections = {
        kind.__name__: json_util.dumps(list(kind._get_collection().find())) for kind in documents()
    }
    tables = {
        model._meta.db_table: json.dumps(list(model._default_manager.values()), default=str)
        for model in apps.get_models()
    }
    return collections | tables


def where_named(*names: str) -> list[str]:
    return [
        place for place, text in stored().items() if any(name in text.lower() for name in names)
    ]


def test_no_store_contains_the_name_of_an_erased_user(user):
    names = (str(user.id), NAME, EMAIL, "zebedee")
    assert {"User", "Enrollment", "Progress", "Attempt", "Notification"} <= set(where_named(*names))
    assert {"users_account", "django_admin_log", "IdempotencyKey"} <= set(where_named(*names))

    services.erase(user_id=str(user.id))

    assert where_named(*names) == ["Erasure"]  # until their requests have ended
    let_a_minute_pass()
    repair_profiles()
    assert where_named(*names) == []
    assert default_storage.listdir("people") == ([], [])


def invite(admin):
    return admin.post("/api/users/", {"username": NAME, "email": EMAIL}, **WITH_KEY)


def upload_picture(admin):
    user = make_student(username=NAME, email=EMAIL)
    picture = SimpleUploadedFile("me.png", png(), content_type="image/png")
    address = f"/api/users/{user.id}/picture/"
    return admin.post(address, {"picture": picture}, format="multipart", **WITH_KEY)


def enroll_with_profile(admin):
    user = make_student(username=NAME, email=EMAIL)
    body = {"course": str(make_course().id), "student": str(user.id)}
    return admin.post("/api/enrollments/?expand=student", body, **WITH_KEY)


WITH_KEY = {"HTTP_IDEMPOTENCY_KEY": "of-an-admin"}


@pytest.mark.parametrize("request_by", [invite, upload_picture, enroll_with_profile])
def test_no_stored_response_to_another_user_names_an_erased_user(admin, request_by):
    client = client_of(admin)
    assert request_by(client).status_code in (200, 201)
    client.post("/api/categories/", {"name": "Chess"}, HTTP_IDEMPOTENCY_KEY="another")
    assert "IdempotencyKey" in where_named(NAME)
    user = User.objects.get(username=NAME)

    services.erase(user_id=str(user.id))

    assert where_named(str(user.id), NAME, EMAIL) == ["Erasure"]
    assert [claim.key for claim in IdempotencyKey.objects] == ["another"]


def test_username_and_email_can_be_used_again_at_once(user):
    services.erase(user_id=str(user.id))

    again = make_student(username=NAME, email=EMAIL)

    let_a_minute_pass()
    repair_profiles()
    assert User.objects(id=again.id).count() == 1


def test_concurrent_writes_are_erased_with_the_user(user, quiz):
    course, other = Course.objects.get(id=quiz.course), make_course(lessons=1)
    user_id = str(user.id)
    services.erase(user_id=user_id)

    # Requests that were authenticated before the erasure do this.
    enroll_student(student_id=user.id, course=course)
    enroll_student(student_id=user.id, course=other)
    create_progress_records(student_id=user_id, course_id=str(other.id))
    submit_answers(user, quiz)
    start_attempt(str(quiz.id), viewer=viewer_of(user))
    notify(recipient_id=user_id, kind="enrolled", key="late", link="/", title="Late")
    set_preferences(user_id=user_id, muted=[], mail_muted=["enrolled"])
    IdempotencyKey(user=user.id, key="late", digest="d").save()
    late_course = make_course(instructor=user)
    assert where_named(user_id)

    repair_profiles()
    assert where_named(user_id)  # Such a request may still be running.
    let_a_minute_pass()
    repair_profiles()

    assert where_named(user_id) == []
    assert Enrollment.objects.count() == Progress.objects.count() == 0
    assert Preferences.objects.count() == IdempotencyKey.objects.count() == 0
    assert Notification.objects(recipient=user.id).count() == 0
    assert [attempt.erased for attempt in Attempt.objects] == [True, True]
    assert Course.objects.get(id=late_course.id).instructor is None
    for enrolled_course in (course, other):
        assert Course.objects.get(id=enrolled_course.id).enrollment_count == 0


def test_a_late_write_whose_erasure_fails_is_erased_by_the_next_sweep(user, monkeypatch):
    services.erase(user_id=str(user.id))
    enroll_student(student_id=user.id, course=make_course())
    let_a_minute_pass()
    monkeypatch.setattr("apps.users.services.erasure.publish", lambda event: False)
    repair_profiles()
    monkeypatch.undo()

    repair_profiles()

    assert where_named(str(user.id)) == []


def test_a_request_erases_what_it_wrote_after_the_erasure_of_its_user(user, monkeypatch):
    course, client = make_course(lessons=2), client_of(user)

    def insert_late(document):
        services.erase(user_id=str(user.id))
        return insert(document)

    monkeypatch.setattr("apps.enrollments.services.insert", insert_late)
    client.post("/api/enrollments/", {"course": str(course.id)})

    assert where_named(str(user.id)) == ["Erasure"]
    assert Course.objects.get(id=course.id).enrollment_count == 0


def test_a_request_that_ends_its_own_session_erases_nothing(user):
    client = client_of(user)
    before = stored()

    assert client.post("/api/auth/logout/").status_code == 200

    after = stored()
    for place in ("User", "Enrollment", "Progress", "Attempt", "Notification", "Preferences"):
        assert after[place] == before[place]


def test_erasing_again_changes_nothing_of_others(user, quiz):
    other = enroll_in(Course.objects.get(id=quiz.course))
    submit_answers(other, quiz)
    services.erase(user_id=str(user.id))
    before = {place: text for place, text in stored().items() if place != "Erasure"}

    let_a_minute_pass()
    repair_profiles()

    after = stored()
    assert after.pop("Erasure") == "[]"
    for place in ("Enrollment", "Progress", "Notification", "User", "users_account"):
        assert after[place] == before[place]


def test_a_picture_set_while_its_user_is_erased_is_deleted(user):
    stale = User.objects.get(id=user.id)
    picture = SimpleUploadedFile("new.png", png(), content_type="image/png")
    services.set_picture(user_id=str(user.id), by=str(user.id), upload=picture)

    services.profiles.delete_profile(stale)

    assert default_storage.listdir("people") == ([], [])


def test_an_erased_user_receives_no_emails(user, settings):
    services.erase(user_id=str(user.id))
    del mail.outbox[:]

    notify(recipient_id=str(user.id), kind="enrolled", key="late", link="/", title="Late")
    services.request_password_reset(email=EMAIL)
    services.send_account_mails()

    assert mail.outbox == []
    assert publish(UserErased(user_id=str(user.id)))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "/api/auth/user/", None),
        ("patch", "/api/auth/user/", {"bio": "x"}),
        ("put", "/api/auth/user/", {"bio": "x"}),
        ("delete", "/api/auth/user/", None),
        ("get", "/api/auth/user/export/", None),
        (
            "post",
            "/api/auth/password/change/",
            {
                "old_password": PASSWORD,
                "new_password1": "a whole new phrase",
                "new_password2": "a whole new phrase",
            },
        ),
    ],
)
def test_a_request_of_a_user_who_is_erased_meanwhile_is_a_401(monkeypatch, method, path, body):
    user = make_student(password=PASSWORD)
    client, check = client_of(user), APIView.check_permissions

    def erase_first(self, request):
        check(self, request)
        services.erase(user_id=str(user.id))

    monkeypatch.setattr(APIView, "check_permissions", erase_first)
    response = getattr(client, method)(path, body)

    assert (response.status_code, response.data["code"]) == (401, "token_not_valid")
    assert response["WWW-Authenticate"] == "Bearer"
