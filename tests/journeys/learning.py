"""An end-to-end test of the API, from registration to 100 percent progress.

    python -m tests.journeys.learning http://127.0.0.1:8000 --admin demo-admin --password …

Two users register. An admin grants one of them the instructor role; the instructor publishes a
course with five lessons and a quiz. The other user enrolls, completes the lessons, fails the quiz,
passes it, and reaches every milestone. With `--mail`, the test also checks the emails in the folder
to which the server writes them.
"""

import argparse
import time
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default as default_policy
from pathlib import Path
from secrets import token_hex

import httpx

PASSWORD = "a long enough secret"
LESSONS = ["Points", "Vectors", "Planes", "Angles", "Areas"]
QUESTIONS = [
    {"text": "How many sides has a square?", "kind": "numeric", "answer": "4"},
    {"text": "A point has no size.", "kind": "true_false", "answer": "true"},
    {
        "text": "What has direction and length?",
        "kind": "single",
        "choices": [{"text": "A vector", "is_correct": True}, {"text": "A point"}],
    },
]
SECONDS_TO_MAIL = 300  # A task sends it at once; a sweep sends it if the task is lost.


@dataclass
class ApiClient:
    """A client of the API, signed in or anonymous."""

    http: httpx.Client
    token: str = ""
    id: str = ""
    email: str = ""

    def request(self, method: str, path: str, *, status: int, **body):
        """Send a request and return its JSON; any other status ends the test."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        response = self.http.request(method, path, json=body or None, headers=headers)
        message = f"{method} {path}: {response.status_code} {response.text}"
        assert response.status_code == status, message
        return response.json() if response.content else None

    def sign_in(self, username: str, password: str) -> "ApiClient":
        response = self.request(
            "POST", "/api/auth/login/", status=200, username=username, password=password
        )
        return ApiClient(self.http, response["access"], response["user"]["id"])

    def register(self, name: str, **options) -> "ApiClient":
        username = f"{name}-{token_hex(4)}"
        response = self.request(
            "POST",
            "/api/auth/registration/",
            status=201,
            username=username,
            email=f"{username}@example.org",
            password1=PASSWORD,
            password2=PASSWORD,
            **options,
        )
        user = response["user"]
        return ApiClient(self.http, response["access"], user["id"], user["email"])


def run_journey(
    http: httpx.Client, *, admin: str, password: str, mail: Path | None = None
) -> list[str]:
    """Run all steps and return their descriptions."""
    anonymous = ApiClient(http)
    instructor = anonymous.register("instructor", is_instructor=True)
    steps = ["a user registered and requested the instructor role"]
    instructor.request("POST", "/api/courses/", status=403, title="Too early")

    admin_client = anonymous.sign_in(admin, password)
    admin_client.request("PATCH", f"/api/users/{instructor.id}/", status=200, is_instructor=True)
    steps.append("the admin granted the role")

    course = publish_course(instructor)
    quiz = write_quiz(instructor, course["id"])
    steps.append(f"the instructor published a course of {len(LESSONS)} lessons and a quiz")

    student = anonymous.register("student")
    enrollment = student.request("POST", "/api/enrollments/", status=201, course=course["id"])
    student.request("POST", "/api/enrollments/", status=400, course=course["id"])
    steps.append("a student registered and enrolled")

    steps += complete_lessons(student, course["id"])
    steps += take_quiz(student, quiz, course["id"], mail)
    enrollment = student.request("GET", f"/api/enrollments/{enrollment['id']}/", status=200)
    assert enrollment["milestones"] == [25, 50, 75, 100], enrollment
    assert enrollment["completed_at"], enrollment
    steps.append("the student reached the milestones 25, 50, 75 and 100 percent")

    student.request("POST", "/api/auth/logout/", status=200)
    student.request("GET", "/api/auth/user/", status=401)
    steps.append("the student signed out, and the token is invalid")
    return steps


def publish_course(instructor: ApiClient) -> dict:
    course = instructor.request(
        "POST", "/api/courses/", status=201, title="Geometry from Nothing", price="19.90"
    )
    address = f"/api/courses/{course['id']}/"
    instructor.request("POST", f"{address}publish/", status=400)
    for title in LESSONS:
        lesson = {"title": title, "course": course["id"], "content": f"# {title}"}
        instructor.request("POST", "/api/lessons/", status=201, **lesson)
    return instructor.request("POST", f"{address}publish/", status=200)


def write_quiz(instructor: ApiClient, course_id: str) -> dict:
    last = instructor.request("GET", f"/api/courses/{course_id}/lessons/", status=200)[-1]
    quiz = instructor.request(
        "POST", "/api/quizzes/", status=201, title="Final quiz", lesson=last["id"]
    )
    for question in QUESTIONS:
        instructor.request("POST", "/api/questions/", status=201, quiz=quiz["id"], **question)
    quiz = instructor.request("GET", f"/api/quizzes/{quiz['id']}/", status=200)
    assert quiz["problems"] == [], quiz
    return quiz


def complete_lessons(student: ApiClient, course_id: str) -> list[str]:
    """Complete all lessons except the last, which requires its quiz."""
    steps = []
    lessons = student.request("GET", f"/api/courses/{course_id}/lessons/", status=200)
    for lesson in lessons[:-1]:
        lesson_detail = student.request("GET", f"/api/lessons/{lesson['id']}/", status=200)
        assert lesson_detail["content_html"].startswith("<h1>"), lesson_detail
        student.request("POST", "/api/progress/", status=200, lesson=lesson["id"], completed=True)
        summary = student.request("GET", f"/api/progress/summary/?course={course_id}", status=200)
        steps.append(f"completed “{lesson['title']}”: {summary['percentage']:g} percent")
    assert summary["percentage"] == 80, summary
    refused = student.request("POST", "/api/progress/", status=400, lesson=lessons[-1]["id"])
    assert refused["code"] == "quiz_not_passed", refused
    return steps


def take_quiz(student: ApiClient, quiz: dict, course_id: str, mail: Path | None) -> list[str]:
    """Fail and then pass the quiz, and check the notifications."""
    address = f"/api/quizzes/{quiz['id']}/"
    student_view = student.request("GET", address, status=200)
    assert "is_correct" not in str(student_view), student_view
    student.request("POST", f"{address}start/", status=201)
    failed = submit(student, quiz, [])
    assert (failed["percentage"], failed["passed"]) == (0, False), failed
    link = f"/quiz/{quiz['id']}?submission={failed['id']}"
    check_notification(student, "quiz_failed", link, mail)

    passed = submit(student, quiz, [correct_answer(question) for question in quiz["questions"]])
    assert (passed["attempt"], passed["percentage"], passed["passed"]) == (2, 100, True), passed
    link = f"/quiz/{quiz['id']}?submission={passed['id']}"
    check_notification(student, "quiz_passed", link, mail)
    check_notification(student, "milestone", f"/courses/{course_id}", mail)
    summary = student.request("GET", f"/api/progress/summary/?course={course_id}", status=200)
    assert (summary["percentage"], summary["grade"]) == (100, 100), summary
    channel = "by mail" if mail else "in the app"
    return [
        f"failed the quiz, was notified {channel}, and passed: {summary['percentage']:g} percent"
    ]


def submit(student: ApiClient, quiz: dict, answers: list[dict]) -> dict:
    body = {"quiz": quiz["id"], "answers": answers}
    return student.request("POST", "/api/quiz-submissions/", status=201, **body)


def correct_answer(question: dict) -> dict:
    """Return the correct answer, which only the instructor's view of the quiz includes."""
    choices = [choice["id"] for choice in question["choices"] if choice["is_correct"]]
    answer = {"choices": choices} if choices else {"text": question["answer"]}
    return {"question": question["id"]} | answer


def check_notification(student: ApiClient, kind: str, link: str, mail: Path | None) -> None:
    response = student.request("GET", f"/api/notifications/?kind={kind}", status=200)
    notifications = response["results"]
    assert notifications, kind
    assert notifications[0]["message"], notifications
    assert notifications[0]["link"] == link, notifications
    if mail:
        wait_for_mail(mail, to=student.email, link=link)


def wait_for_mail(folder: Path, *, to: str, link: str) -> None:
    """Wait for a mail to the address that contains the link."""
    deadline = time.monotonic() + SECONDS_TO_MAIL
    while time.monotonic() < deadline:
        for file in folder.glob("[!.]*"):  # Hidden files are still being written.
            message = message_from_bytes(file.read_bytes(), policy=default_policy)
            text = message.get_body(("plain",))
            if message["To"] == to and text and link in text.get_content():
                assert message["List-Unsubscribe"], file
                return
        time.sleep(0.2)
    raise AssertionError(f"no mail to {to} with {link} in {folder}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("server", help="for example http://127.0.0.1:8000")
    parser.add_argument("--admin", default="demo-admin")
    parser.add_argument("--password", required=True)
    parser.add_argument("--mail", type=Path, help="folder to which the server writes emails")
    options = parser.parse_args()
    with httpx.Client(base_url=options.server, timeout=60) as http:
        steps = run_journey(http, admin=options.admin, password=options.password, mail=options.mail)
        for step in steps:
            print(f"ok  {step}")


if __name__ == "__main__":
    main()
