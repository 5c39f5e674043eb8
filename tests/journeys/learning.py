"""From registration to 100 per cent, over HTTP, against a server that runs.

    python -m tests.journeys.learning http://127.0.0.1:8000 --admin demo-admin --password …

Two people register; an admin grants one of them the role of an instructor, who publishes a course
of five lessons, the last with a quiz; the other enrolls, completes the lessons, fails the quiz and
is told so, passes it, and has reached every milestone. With `--mail` the mails are looked for in
the folder that the server puts them into.
"""

import argparse
import time
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default as modern
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
SECONDS_TO_MAIL = 300  # a task sends it at once; were that lost, the sweep


@dataclass
class Visitor:
    """Somebody who speaks to the API, signed in or not."""

    http: httpx.Client
    token: str = ""
    id: str = ""
    email: str = ""

    def ask(self, method: str, path: str, *, status: int, **body):
        """Send a request and return its JSON; any other status ends the journey."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        answer = self.http.request(method, path, json=body or None, headers=headers)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def sign_in(self, username: str, password: str) -> "Visitor":
        signed = self.ask(
            "POST", "/api/auth/login/", status=200, username=username, password=password
        )
        return Visitor(self.http, signed["access"], signed["user"]["id"])

    def register(self, name: str, **wishes) -> "Visitor":
        username = f"{name}-{token_hex(4)}"
        made = self.ask(
            "POST",
            "/api/auth/registration/",
            status=201,
            username=username,
            email=f"{username}@example.org",
            password1=PASSWORD,
            password2=PASSWORD,
            **wishes,
        )
        return Visitor(self.http, made["access"], made["user"]["id"], made["user"]["email"])


def travel(http: httpx.Client, *, admin: str, password: str, mail: Path | None = None) -> list[str]:
    """Walk the whole journey; return its steps, as they were done."""
    visitor = Visitor(http)
    teacher = visitor.register("teacher", is_instructor=True)
    steps = ["a teacher registered and asked for the instructor's role"]
    teacher.ask("POST", "/api/courses/", status=403, title="Too early")

    head = visitor.sign_in(admin, password)
    head.ask("PATCH", f"/api/users/{teacher.id}/", status=200, is_instructor=True)
    steps.append("the admin granted it")

    course = publish_course(teacher)
    quiz = write_quiz(teacher, course["id"])
    steps.append(f"the instructor published a course of {len(LESSONS)} lessons and a quiz")

    learner = visitor.register("learner")
    place = learner.ask("POST", "/api/enrollments/", status=201, course=course["id"])
    learner.ask("POST", "/api/enrollments/", status=400, course=course["id"])
    steps.append("a student registered and enrolled")

    steps += complete_lessons(learner, course["id"])
    steps += take_quiz(learner, quiz, course["id"], mail)
    place = learner.ask("GET", f"/api/enrollments/{place['id']}/", status=200)
    assert place["milestones"] == [25, 50, 75, 100], place
    assert place["completed_at"], place
    steps.append("25, 50, 75 and 100 per cent were reached")

    learner.ask("POST", "/api/auth/logout/", status=200)
    learner.ask("GET", "/api/auth/user/", status=401)
    steps.append("the student signed out, and the token is void")
    return steps


def publish_course(teacher: Visitor) -> dict:
    course = teacher.ask(
        "POST", "/api/courses/", status=201, title="Geometry from Nothing", price="19.90"
    )
    address = f"/api/courses/{course['id']}/"
    teacher.ask("POST", f"{address}publish/", status=400)
    for title in LESSONS:
        lesson = {"title": title, "course": course["id"], "content": f"# {title}"}
        teacher.ask("POST", "/api/lessons/", status=201, **lesson)
    return teacher.ask("POST", f"{address}publish/", status=200)


def write_quiz(teacher: Visitor, course_id: str) -> dict:
    last = teacher.ask("GET", f"/api/courses/{course_id}/lessons/", status=200)[-1]
    quiz = teacher.ask("POST", "/api/quizzes/", status=201, title="All of it", lesson=last["id"])
    for question in QUESTIONS:
        teacher.ask("POST", "/api/questions/", status=201, quiz=quiz["id"], **question)
    whole = teacher.ask("GET", f"/api/quizzes/{quiz['id']}/", status=200)
    assert whole["problems"] == [], whole
    return whole


def complete_lessons(learner: Visitor, course_id: str) -> list[str]:
    """Complete all lessons but the last, which waits for its quiz."""
    steps = []
    lessons = learner.ask("GET", f"/api/courses/{course_id}/lessons/", status=200)
    for lesson in lessons[:-1]:
        read = learner.ask("GET", f"/api/lessons/{lesson['id']}/", status=200)
        assert read["content_html"].startswith("<h1>"), read
        learner.ask("POST", "/api/progress/", status=200, lesson=lesson["id"], completed=True)
        summary = learner.ask("GET", f"/api/progress/summary/?course={course_id}", status=200)
        steps.append(f"completed “{lesson['title']}”: {summary['percentage']:g} per cent")
    assert summary["percentage"] == 80, summary
    refused = learner.ask("POST", "/api/progress/", status=400, lesson=lessons[-1]["id"])
    assert refused["code"] == "quiz_not_passed", refused
    return steps


def take_quiz(learner: Visitor, quiz: dict, course_id: str, mail: Path | None) -> list[str]:
    """Fail, hear of it, pass, and hear of that."""
    address = f"/api/quizzes/{quiz['id']}/"
    shown = learner.ask("GET", address, status=200)
    assert "is_correct" not in str(shown), shown
    learner.ask("POST", f"{address}start/", status=201)
    failed = submit(learner, quiz, [])
    assert (failed["percentage"], failed["passed"]) == (0, False), failed
    hear_of(learner, "quiz_failed", f"/quiz/{quiz['id']}?submission={failed['id']}", mail)

    passed = submit(learner, quiz, [right_answer(question) for question in quiz["questions"]])
    assert (passed["attempt"], passed["percentage"], passed["passed"]) == (2, 100, True), passed
    hear_of(learner, "quiz_passed", f"/quiz/{quiz['id']}?submission={passed['id']}", mail)
    hear_of(learner, "milestone", f"/courses/{course_id}", mail)
    summary = learner.ask("GET", f"/api/progress/summary/?course={course_id}", status=200)
    assert (summary["percentage"], summary["grade"]) == (100, 100), summary
    said = "with its mail" if mail else "in the app"
    return [f"failed the quiz, was told {said}, and passed: {summary['percentage']:g} per cent"]


def submit(learner: Visitor, quiz: dict, answers: list[dict]) -> dict:
    body = {"quiz": quiz["id"], "answers": answers}
    return learner.ask("POST", "/api/quiz-submissions/", status=201, **body)


def right_answer(question: dict) -> dict:
    """Return the right answer, as only its author can."""
    right = [choice["id"] for choice in question["choices"] if choice["is_correct"]]
    answer = {"choices": right} if right else {"text": question["answer"]}
    return {"question": question["id"]} | answer


def hear_of(learner: Visitor, kind: str, link: str, mail: Path | None) -> None:
    told = learner.ask("GET", f"/api/notifications/?kind={kind}", status=200)["results"]
    assert told, kind
    assert told[0]["message"], told
    assert told[0]["link"] == link, told
    if mail:
        find_mail(mail, to=learner.email, link=link)


def find_mail(folder: Path, *, to: str, link: str) -> None:
    """Wait for the one mail to the address that holds the link."""
    end = time.monotonic() + SECONDS_TO_MAIL
    while time.monotonic() < end:
        for file in folder.glob("[!.]*"):  # the hidden ones are being written
            letter = message_from_bytes(file.read_bytes(), policy=modern)
            text = letter.get_body(("plain",))
            if letter["To"] == to and text and link in text.get_content():
                assert letter["List-Unsubscribe"], file
                return
        time.sleep(0.2)
    raise AssertionError(f"no mail to {to} with {link} in {folder}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("server", help="such as http://127.0.0.1:8000")
    parser.add_argument("--admin", default="demo-admin")
    parser.add_argument("--password", required=True)
    parser.add_argument("--mail", type=Path, help="the folder with the server's mails")
    given = parser.parse_args()
    with httpx.Client(base_url=given.server, timeout=60) as http:
        steps = travel(http, admin=given.admin, password=given.password, mail=given.mail)
        for step in steps:
            print(f"ok  {step}")


if __name__ == "__main__":
    main()
