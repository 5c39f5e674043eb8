"""
The response of every route and method for each role: its status as declared here, and its body
exactly as the published schema describes it.

X is anonymous. S1 is enrolled in I1's published course, S2 is not. I2 is another instructor, A an
admin. The ids belong to I1's course and everything below it, and to S1's enrollment, progress,
submission, notification, session and profile.
"""

import io
import re

import pytest
from bson import ObjectId
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver
from django.urls.resolvers import URLResolver
from PIL import Image

from apps.enrollments.documents import Enrollment
from apps.notifications.documents import Notification
from apps.progress.documents import Progress
from apps.quizzes.documents import Attempt
from apps.users.documents import User
from apps.users.models import Account
from tests.described_responses import expansions_of, faults_of
from tests.factories import (
    PASSWORD,
    choices_of,
    client_of,
    enroll_in,
    lessons_of,
    make_admin,
    make_category,
    make_course,
    make_instructor,
    make_question,
    make_quiz,
    make_student,
    wrong_answers,
)

ROLES = ("X", "S1", "S2", "I1", "I2", "A")

# fmt: off
EXPECTED_STATUSES = {
    #                                                 X    S1   S2   I1   I2   A
    "POST /api/auth/registration/":                   (201, 201, 201, 201, 201, 201),
    "POST /api/auth/registration/verify-email/":      (404, 404, 404, 404, 404, 404),
    "POST /api/auth/registration/resend-email/":      (200, 200, 200, 200, 200, 200),
    "POST /api/auth/login/":                          (401, 401, 401, 401, 401, 401),
    "POST /api/auth/token/refresh/":                  (401, 401, 401, 401, 401, 401),
    "POST /api/auth/token/verify/":                   (401, 401, 401, 401, 401, 401),
    "POST /api/auth/logout/":                         (200, 200, 200, 200, 200, 200),
    "POST /api/auth/logout/all/":                     (401, 200, 200, 200, 200, 200),
    "GET /api/auth/sessions/":                        (401, 200, 200, 200, 200, 200),
    "DELETE /api/auth/sessions/{session}/":           (401, 204, 404, 404, 404, 404),
    "GET /api/auth/user/":                            (401, 200, 200, 200, 200, 200),
    "PUT /api/auth/user/":                            (401, 200, 200, 200, 200, 200),
    "PATCH /api/auth/user/":                          (401, 200, 200, 200, 200, 200),
    "DELETE /api/auth/user/":                         (401, 204, 204, 204, 204, 409),
    "GET /api/auth/user/export/":                     (401, 200, 200, 200, 200, 200),
    "POST /api/auth/password/change/":                (401, 200, 200, 200, 200, 200),
    "POST /api/auth/password/reset/":                 (200, 200, 200, 200, 200, 200),
    "POST /api/auth/password/reset/confirm/":         (400, 400, 400, 400, 400, 400),
    "GET /api/users/":                                (200, 200, 200, 200, 200, 200),
    "POST /api/users/":                               (401, 403, 403, 403, 403, 201),
    "GET /api/users/{user}/":                         (404, 200, 404, 200, 404, 200),
    "PUT /api/users/{user}/":                         (401, 200, 404, 403, 404, 200),
    "PATCH /api/users/{user}/":                       (401, 200, 404, 403, 404, 200),
    "DELETE /api/users/{user}/":                      (401, 403, 404, 403, 404, 204),
    "POST /api/users/{user}/picture/":                (401, 200, 404, 403, 404, 200),
    "GET /api/categories/":                           (200, 200, 200, 200, 200, 200),
    "POST /api/categories/":                          (401, 403, 403, 403, 403, 201),
    "GET /api/categories/{category}/":                (200, 200, 200, 200, 200, 200),
    "PUT /api/categories/{category}/":                (401, 403, 403, 403, 403, 200),
    "PATCH /api/categories/{category}/":              (401, 403, 403, 403, 403, 200),
    "DELETE /api/categories/{category}/":             (401, 403, 403, 403, 403, 204),
    "GET /api/courses/":                              (200, 200, 200, 200, 200, 200),
    "POST /api/courses/":                             (401, 403, 403, 201, 201, 201),
    "GET /api/courses/{course}/":                     (200, 200, 200, 200, 200, 200),
    "PUT /api/courses/{course}/":                     (401, 403, 403, 200, 403, 200),
    "PATCH /api/courses/{course}/":                   (401, 403, 403, 200, 403, 200),
    "DELETE /api/courses/{course}/":                  (401, 403, 403, 409, 403, 409),
    "POST /api/courses/{course}/publish/":            (401, 403, 403, 200, 403, 200),
    "POST /api/courses/{course}/unpublish/":          (401, 403, 403, 200, 403, 200),
    "POST /api/courses/{course}/image/":              (401, 403, 403, 200, 403, 200),
    "GET /api/courses/{course}/lessons/":             (200, 200, 200, 200, 200, 200),
    "PUT /api/courses/{course}/lessons/order/":       (401, 403, 403, 200, 403, 200),
    "GET /api/lessons/":                              (200, 200, 200, 200, 200, 200),
    "POST /api/lessons/":                             (401, 403, 403, 201, 403, 201),
    "POST /api/lessons/preview/":                     (401, 403, 403, 200, 200, 200),
    "GET /api/lessons/{lesson}/":                     (200, 200, 200, 200, 200, 200),
    "PUT /api/lessons/{lesson}/":                     (401, 403, 403, 200, 403, 200),
    "PATCH /api/lessons/{lesson}/":                   (401, 403, 403, 200, 403, 200),
    "DELETE /api/lessons/{lesson}/":                  (401, 403, 403, 204, 403, 204),
    "GET /api/enrollments/":                          (401, 200, 200, 200, 200, 200),
    "POST /api/enrollments/":                         (401, 400, 201, 201, 201, 201),
    "GET /api/enrollments/{enrollment}/":             (401, 200, 404, 200, 404, 200),
    "DELETE /api/enrollments/{enrollment}/":          (401, 204, 404, 204, 404, 204),
    "GET /api/dashboard/":                            (401, 200, 200, 200, 200, 200),
    "GET /api/progress/":                             (401, 200, 200, 200, 200, 200),
    "POST /api/progress/":                            (401, 200, 403, 403, 403, 403),
    "GET /api/progress/summary/":                     (401, 200, 403, 403, 403, 403),
    "GET /api/progress/{progress}/":                  (401, 200, 404, 200, 404, 200),
    "PUT /api/progress/{progress}/":                  (401, 200, 404, 403, 404, 403),
    "PATCH /api/progress/{progress}/":                (401, 200, 404, 403, 404, 403),
    "GET /api/quizzes/":                              (401, 200, 200, 200, 200, 200),
    "POST /api/quizzes/":                             (401, 403, 403, 201, 403, 201),
    "GET /api/quizzes/{quiz}/":                       (401, 200, 404, 200, 404, 200),
    "PUT /api/quizzes/{quiz}/":                       (401, 403, 403, 200, 403, 200),
    "PATCH /api/quizzes/{quiz}/":                     (401, 403, 403, 200, 403, 200),
    "DELETE /api/quizzes/{quiz}/":                    (401, 403, 403, 204, 403, 204),
    "PUT /api/quizzes/{quiz}/questions/order/":       (401, 403, 403, 200, 403, 200),
    "POST /api/quizzes/{quiz}/start/":                (401, 201, 404, 403, 404, 403),
    "GET /api/quizzes/{quiz}/statistics/":            (401, 403, 404, 200, 404, 200),
    "GET /api/quizzes/{quiz}/regrade/":               (401, 403, 404, 200, 404, 200),
    "POST /api/quizzes/{quiz}/regrade/":              (401, 403, 403, 202, 403, 202),
    "POST /api/quizzes/{quiz}/import/":               (401, 403, 403, 201, 403, 201),
    "GET /api/quizzes/{quiz}/export/":                (401, 403, 404, 200, 404, 200),
    "GET /api/questions/":                            (401, 200, 200, 200, 200, 200),
    "POST /api/questions/":                           (401, 403, 403, 201, 403, 201),
    "GET /api/questions/{question}/":                 (401, 200, 404, 200, 404, 200),
    "PUT /api/questions/{question}/":                 (401, 403, 403, 200, 403, 200),
    "PATCH /api/questions/{question}/":               (401, 403, 403, 200, 403, 200),
    "DELETE /api/questions/{question}/":              (401, 403, 403, 204, 403, 204),
    "GET /api/choices/":                              (401, 200, 200, 200, 200, 200),
    "POST /api/choices/":                             (401, 403, 403, 201, 403, 201),
    "GET /api/choices/{choice}/":                     (401, 200, 404, 200, 404, 200),
    "PUT /api/choices/{choice}/":                     (401, 403, 403, 200, 403, 200),
    "PATCH /api/choices/{choice}/":                   (401, 403, 403, 200, 403, 200),
    "DELETE /api/choices/{choice}/":                  (401, 403, 403, 204, 403, 204),
    "GET /api/quiz-submissions/":                     (401, 200, 200, 200, 200, 200),
    "POST /api/quiz-submissions/":                    (401, 201, 403, 403, 403, 403),
    "GET /api/quiz-submissions/{submission}/":        (401, 200, 404, 200, 404, 200),
    "GET /api/notifications/":                        (401, 200, 200, 200, 200, 200),
    "GET /api/notifications/unread-count/":           (401, 200, 200, 200, 200, 200),
    "POST /api/notifications/read-all/":              (401, 200, 200, 200, 200, 200),
    "GET /api/notifications/preferences/":            (401, 200, 200, 200, 200, 200),
    "PUT /api/notifications/preferences/":            (401, 200, 200, 200, 200, 200),
    "GET /api/notifications/{notification}/":         (401, 200, 404, 404, 404, 404),
    "PUT /api/notifications/{notification}/":         (401, 200, 404, 404, 404, 404),
    "PATCH /api/notifications/{notification}/":       (401, 200, 404, 404, 404, 404),
    "DELETE /api/notifications/{notification}/":      (401, 204, 404, 404, 404, 404),
    "POST /api/notifications/{notification}/read/":   (401, 200, 404, 404, 404, 404),
}
# fmt: on


class World:
    """The users and objects that the matrix refers to."""

    def __init__(self):
        self.users = {
            "X": None,
            "S1": make_student(),
            "S2": make_student(),
            "I1": make_instructor(),
            "I2": make_instructor(),
            "A": make_admin(),
        }
        self.category = make_category()
        self.course = make_course(instructor=self.users["I1"], category=self.category.id, lessons=2)
        enroll_in(self.course, self.users["S1"])
        self.lesson = lessons_of(self.course)[0]
        self.enrollment = Enrollment.objects.get(student=self.users["S1"].id)
        self.progress = Progress.objects.get(student=self.users["S1"].id, lesson=self.lesson.id)
        self.quiz = make_quiz(lesson=lessons_of(self.course)[1])
        self.question = make_question(self.quiz)
        self.choice = choices_of(self.question)[0]
        client_of(self.users["S1"]).post(
            "/api/quiz-submissions/",
            {"quiz": str(self.quiz.id), "answers": wrong_answers(self.quiz)},
        )
        self.submission = Attempt.objects.get()
        client_of(self.users["I1"]).post(f"/api/quizzes/{self.quiz.id}/regrade/")
        self.notification = Notification.objects(recipient=self.users["S1"].id).first()

    def ids(self, client_of_s1) -> dict:
        session = client_of_s1.get("/api/auth/sessions/").data
        rows = session["results"] if isinstance(session, dict) else session
        return {
            "user": self.users["S1"].id,
            "category": self.category.id,
            "course": self.course.id,
            "lesson": self.lesson.id,
            "enrollment": self.enrollment.id,
            "progress": self.progress.id,
            "quiz": self.quiz.id,
            "question": self.question.id,
            "choice": self.choice.id,
            "submission": self.submission.id,
            "notification": self.notification.id,
            "session": rows[0]["id"],
        }

    def query_of(self, route: str) -> str:
        """Return the query string with the parameters that the route requires."""
        return {
            "GET /api/progress/summary/": f"?course={self.course.id}",
            "GET /api/quizzes/{quiz}/export/": "?format=gift",
        }.get(route, "")

    def body_of(self, route: str) -> dict:
        """Return a body that is valid for users who may send it."""
        course, lesson = str(self.course.id), str(self.lesson.id)
        quiz, question = str(self.quiz.id), str(self.question.id)
        question_body = {"quiz": quiz, "text": "New", "kind": "numeric", "answer": "1"}
        new_user = {"username": f"new{ObjectId()}", "email": f"{ObjectId()}@example.org"}
        secret = "another long secret"
        return {
            "POST /api/auth/registration/": new_user | {"password1": secret, "password2": secret},
            "POST /api/auth/registration/verify-email/": {"key": "x"},
            "POST /api/auth/registration/resend-email/": {"email": new_user["email"]},
            "POST /api/auth/login/": {"username": "nobody", "password": "x"},
            "POST /api/auth/token/refresh/": {"refresh": "x"},
            "POST /api/auth/token/verify/": {"token": "x"},
            "POST /api/auth/password/change/": {
                "old_password": PASSWORD,
                "new_password1": secret,
                "new_password2": secret,
            },
            "POST /api/auth/password/reset/": {"email": new_user["email"]},
            "POST /api/auth/password/reset/confirm/": {
                "uid": "x",
                "token": "x",
                "new_password1": secret,
                "new_password2": secret,
            },
            "PUT /api/auth/user/": {"bio": "New"},
            "PATCH /api/auth/user/": {"bio": "New"},
            "POST /api/users/": new_user,
            "PUT /api/users/{user}/": {"bio": "New"},
            "PATCH /api/users/{user}/": {"bio": "New"},
            "POST /api/categories/": {"name": "New"},
            "PUT /api/categories/{category}/": {"name": "New"},
            "PATCH /api/categories/{category}/": {"name": "New"},
            "POST /api/courses/": {"title": "New"},
            "PUT /api/courses/{course}/": {"title": "New"},
            "PATCH /api/courses/{course}/": {"title": "New"},
            "PUT /api/courses/{course}/lessons/order/": {
                "lessons": [str(lesson.id) for lesson in lessons_of(self.course)]
            },
            "POST /api/lessons/": {"title": "New", "course": course},
            "POST /api/lessons/preview/": {"content": "New"},
            "PUT /api/lessons/{lesson}/": {"title": "New", "course": course},
            "PATCH /api/lessons/{lesson}/": {"title": "New"},
            "POST /api/enrollments/": {"course": course},
            "POST /api/progress/": {"lesson": lesson},
            "PUT /api/progress/{progress}/": {"lesson": str(self.progress.lesson)},
            "PATCH /api/progress/{progress}/": {"completed": True},
            "POST /api/quizzes/": {"title": "New", "lesson": lesson},
            "PUT /api/quizzes/{quiz}/": {"title": "New", "lesson": lesson},
            "PATCH /api/quizzes/{quiz}/": {"title": "New"},
            "PUT /api/quizzes/{quiz}/questions/order/": {"questions": [question]},
            "POST /api/questions/": question_body,
            "PUT /api/questions/{question}/": question_body,
            "PATCH /api/questions/{question}/": {"text": "New"},
            "POST /api/choices/": {"question": question, "text": "New"},
            "PUT /api/choices/{choice}/": {"question": question, "text": "New"},
            "PATCH /api/choices/{choice}/": {"text": "New"},
            "POST /api/quiz-submissions/": {"quiz": quiz, "answers": []},
            "PUT /api/notifications/preferences/": {"milestone": {"mail": False}},
            "PUT /api/notifications/{notification}/": {"is_read": True},
            "PATCH /api/notifications/{notification}/": {"is_read": True},
        }.get(route, {})


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", EXPECTED_STATUSES)
def test_each_role_may_do_exactly_what_is_declared(route, role):
    world = World()
    if route == "POST /api/auth/password/change/" and role != "X":
        set_password(world.users[role], PASSWORD)
    expected = EXPECTED_STATUSES[route][ROLES.index(role)]
    client = client_of(world.users[role])
    owner = client if role == "S1" else client_of(world.users["S1"])
    method, address = route.split()
    address = address.format(**world.ids(owner)) + world.query_of(route)
    send = getattr(client, method.lower())
    if route.endswith(("/image/", "/picture/")):
        field = address.strip("/").rpartition("/")[2]
        response = send(address, {field: _picture()}, format="multipart")
    elif route.endswith("/import/"):
        bank = SimpleUploadedFile("bank.gift", b"Is it? {T}")
        response = send(address, {"file": bank, "format": "gift"}, format="multipart")
    else:
        response = send(address, world.body_of(route) or None)

    assert response.status_code == expected, response.content
    assert faults_of(response, route) == []
    if response.status_code >= 400:
        assert response["Content-Type"] == "application/json"


@pytest.mark.parametrize("role", ROLES)
def test_responses_with_expanded_references_are_exactly_as_described(role):
    world = World()
    client = client_of(world.users[role])
    ids = world.ids(client_of(world.users["S1"]))
    for route in EXPECTED_STATUSES:
        names = expansions_of(route) if route.startswith("GET ") else []
        if names:
            path = route.removeprefix("GET ").format(**ids)
            response = client.get(path, {"expand": ",".join(names)})
            assert response.status_code == EXPECTED_STATUSES[route][ROLES.index(role)]
            assert faults_of(response, route) == [], route


def test_the_matrix_has_exactly_all_routes_and_methods():
    assert set(EXPECTED_STATUSES) == set(_routes(get_resolver().url_patterns))


@pytest.mark.parametrize("route", EXPECTED_STATUSES)
def test_an_unsupported_method_is_a_405(route):
    world, admin = World(), make_admin()
    address = route.split()[1]
    known = {other.split()[0] for other in EXPECTED_STATUSES if other.split()[1] == address}
    client = client_of(admin)
    ids = world.ids(client_of(world.users["S1"]))
    for verb in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - known:
        response = getattr(client, verb.lower())(address.format(**ids))
        assert response.status_code == 405, (verb, response.data)
        assert response.data["code"] == "method_not_allowed"


def set_password(user: User, password: str) -> None:
    account = Account.objects.get(profile_id=str(user.id))
    account.set_password(password)
    account.save()


def _picture() -> io.BytesIO:
    picture_file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture_file, "PNG")
    picture_file.name = "a.png"
    picture_file.seek(0)
    return picture_file


def _routes(patterns, prefix: str = "/"):
    """Yield `METHOD /path/{name}/` for everything under `/api/`."""
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, path)
        elif path.startswith("/api/"):
            yield from (f"{verb} {_readable(path)}" for verb in _verbs(pattern.callback))


def _verbs(view) -> list[str]:
    known = ("get", "post", "put", "patch", "delete")
    verbs = getattr(view, "actions", None) or [other for other in known if hasattr(view.cls, other)]
    return [verb.upper() for verb in verbs if verb != "head"]


def _readable(path: str) -> str:
    path = re.sub(r"[\^$]", "", path)
    path = re.sub(r"\(\?P<id>[^)]*\)|<\w+:session_id>", "{}", path)
    named = {
        "users": "user",
        "categories": "category",
        "courses": "course",
        "lessons": "lesson",
        "enrollments": "enrollment",
        "progress": "progress",
        "sessions": "session",
        "quizzes": "quiz",
        "questions": "question",
        "choices": "choice",
        "quiz-submissions": "submission",
        "notifications": "notification",
    }
    collection = path.split("/{}")[0].rpartition("/")[2]
    return path.replace("{}", "{" + named.get(collection, "") + "}")
