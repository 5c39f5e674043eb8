"""Data of one user is never returned to another, whatever was cached before."""

import json

from apps.enrollments.documents import Enrollment
from apps.notifications.documents import Notification
from apps.notifications.services import notify
from apps.progress.documents import Progress
from tests.factories import (
    client_of,
    enroll_in,
    lessons_of,
    make_admin,
    make_course,
    make_instructor,
    make_student,
)


def test_data_read_by_one_user_never_reaches_another(anonymous):
    course = make_course(lessons=1, published=True, title="Known")
    draft = make_course(instructor=make_instructor(), published=False, title="Hidden draft")
    lesson = lessons_of(course)[0]
    lesson.update(set__content="Hidden content", set__content_html="<p>Hidden content</p>")
    student = make_student(username="s1", email="s1@secret.example", bio="Hidden bio")
    enroll_in(course, student)
    notify(
        recipient_id=str(student.id),
        kind="enrolled",
        key="k",
        link="/",
        title="Hidden notification",
    )
    notification = Notification.objects.get(key="k")
    enrollment = Enrollment.objects.get(student=student.id)
    record = Progress.objects.get(student=student.id)
    addresses = [
        "/api/courses/",
        "/api/courses/?search=hidden",
        f"/api/courses/{draft.id}/",
        f"/api/courses/{course.id}/",
        f"/api/courses/{course.id}/lessons/",
        "/api/lessons/",
        f"/api/lessons/{lesson.id}/",
        "/api/users/",
        f"/api/users/{student.id}/",
        "/api/enrollments/",
        f"/api/enrollments/{enrollment.id}/?expand=student,course,progress",
        "/api/progress/",
        f"/api/progress/?lesson={lesson.id}",
        f"/api/progress/{record.id}/",
        f"/api/progress/summary/?course={course.id}",
        "/api/notifications/",
        "/api/notifications/?is_read=false",
        f"/api/notifications/{notification.id}/",
        "/api/notifications/unread-count/",
        "/api/notifications/preferences/",
        "/api/auth/user/",
        "/api/auth/user/export/",
        "/api/auth/sessions/",
        "/api/dashboard/",
        f"/api/dashboard/?course={draft.id}",
    ]
    readers = [client_of(student), client_of(make_admin())]
    author = client_of(_user(draft.instructor))
    for address in addresses:
        for reader in (*readers, author):
            response = reader.get(address)
            assert response.status_code in (200, 400, 403, 404)
            response.getvalue()  # An export occupies a slot until it is read.

    for stranger in (client_of(make_student()), anonymous, client_of(make_instructor())):
        for address in addresses:
            response = stranger.get(address)
            text = json.dumps(_json(response), ensure_ascii=False)
            for secret in (
                "Hidden content",
                "Hidden draft",
                "Hidden notification",
                "s1@secret.example",
                "Hidden bio",
            ):
                assert secret not in text, (address, secret)
            assert response["Cache-Control"] == "private, no-store"


def test_the_same_url_returns_each_users_own_data():
    course = make_course(lessons=2)
    first, second = enroll_in(course), enroll_in(course)
    clients = [client_of(first), client_of(second)]
    clients[0].post("/api/progress/", {"lesson": str(lessons_of(course)[0].id)})

    percentages = [
        client.get(f"/api/progress/summary/?course={course.id}").data["percentage"]
        for client in clients
    ]
    user_ids = [client.get("/api/auth/user/").data["id"] for client in clients]

    assert percentages == [50, 0]
    assert user_ids == [str(first.id), str(second.id)]


def test_a_card_of_an_unpublished_course_is_null(instructor):
    course = make_course(lessons=1, instructor=instructor)
    student = enroll_in(course)
    client = client_of(student)
    enrollment = Enrollment.objects.get(student=student.id)
    client.delete(f"/api/enrollments/{enrollment.id}/")
    client_of(instructor).post(f"/api/courses/{course.id}/unpublish/")

    [row] = client.get("/api/progress/?expand=course,lesson").data["results"]

    assert (row["course"], row["lesson"]) == (None, None)


def _json(response):
    return json.loads(response.getvalue()) if response.streaming else response.json()


def _user(user_id):
    from apps.users.selectors import get_user

    return get_user(user_id)
